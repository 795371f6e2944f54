"""What schedulers do to an optimizer's param groups: read and set rates and momenta, tensors among them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import Tensor
from torch.optim import Optimizer

from lrlab._validation import NON_NEGATIVE, SWITCH, check
from lrlab.schedules import Schedule


def scales_for(scale: float | Sequence[float], groups: int) -> list[float]:
    """One factor for each of ``groups`` param groups."""
    if isinstance(scale, (str, bytes)) or not isinstance(scale, Sequence):
        return [check("scale", NON_NEGATIVE, scale)] * groups
    if len(scale) != groups:
        raise ValueError(f"scale must have one factor for each of the optimizer's {groups} param groups, got {scale!r}")
    return [check("scale", NON_NEGATIVE, factor) for factor in scale]


def give_each_its_rate(optimizer: Optimizer) -> None:
    """Part the param groups that share one tensor as their rate: torch hands ``lr=tensor`` to all of them.

    The first keeps the tensor, the others get copies. ``ValueError`` for a tensor that can't hold a learning rate.
    """
    tensors = [(i, group["lr"]) for i, group in enumerate(optimizer.param_groups) if isinstance(group["lr"], Tensor)]
    for i, rate in tensors:
        if not rate.is_floating_point():  # 0.9 written into it would be 0
            raise ValueError(
                f"lr must be a number or a tensor of floating-point numbers, got one of {rate.dtype} "
                f"in param_groups[{i}]: use torch.tensor({float(rate.item())})"
            )
    seen = set()
    for i, rate in tensors:
        if rate.data_ptr() in seen:
            optimizer.param_groups[i]["lr"] = rate.detach().clone()
        seen.add(rate.data_ptr())


def set_rate(group: dict[str, Any], rate: float | Tensor) -> None:
    """Set a param group's rate; a tensor stays the one that it is, as a compiled step or a CUDA graph reads it."""
    if isinstance(group["lr"], Tensor):
        group["lr"].fill_(rate)
    else:
        group["lr"] = rate


def rates_of(optimizer: Optimizer) -> list[float | Tensor]:
    """Each param group's rate as ``get_last_lr`` shows it: a copy, if it is a tensor."""
    rates = (group["lr"] for group in optimizer.param_groups)
    return [rate.detach().clone() if isinstance(rate, Tensor) else rate for rate in rates]


def rates_and_momenta(optimizer: Optimizer) -> tuple[list[float], list[float]]:
    """Return the rates and the momenta of all param groups, as plain numbers; no momenta if the optimizer has none."""
    groups = optimizer.param_groups
    momenta = [
        float(g["betas"][0] if "betas" in g else g["momentum"]) for g in groups if {"betas", "momentum"} & set(g)
    ]
    return [float(group["lr"]) for group in groups], momenta


def restore(optimizer: Optimizer, held: tuple[list[float], list[float]], *, momentum: bool) -> None:
    give_each_its_rate(optimizer)
    for group, rate in zip(optimizer.param_groups, held[0], strict=False):
        set_rate(group, rate)
    if momentum:
        set_momenta(optimizer, held[1])


def check_momentum(schedule: Schedule, optimizer: Optimizer, cycle_momentum: bool) -> None:
    if not check("cycle_momentum", SWITCH, cycle_momentum):
        return
    if not schedule.cycles_momentum:
        raise ValueError(f"cycle_momentum must be False for a schedule without momentum, got {schedule!r}")
    if not {"momentum", "betas"} & set(optimizer.defaults):
        raise ValueError(
            f"cycle_momentum must be False for {type(optimizer).__name__}, which has no momentum, got True"
        )


def set_momenta(optimizer: Optimizer, momenta: list[float]) -> None:
    for group, momentum in zip(optimizer.param_groups, momenta, strict=False):
        if "betas" in group:
            group["betas"] = (momentum, *group["betas"][1:])
        else:
            group["momentum"] = momentum
