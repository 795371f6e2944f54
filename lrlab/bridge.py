"""From a schedule to an optimizer: the one place where a schedule's value reaches ``param_groups``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch.optim import Optimizer, lr_scheduler
from torch.optim.lr_scheduler import LRScheduler

from lrlab.schedules.base import Schedule
from lrlab.schedules.rules import NON_NEGATIVE, check


def _scales(scale: float | Sequence[float], groups: int) -> list[float]:
    """One factor for each of ``groups`` param groups."""
    if isinstance(scale, (str, bytes)) or not isinstance(scale, Sequence):
        return [check("scale", NON_NEGATIVE, scale)] * groups
    if len(scale) != groups:
        raise ValueError(f"scale must have one factor for each of the optimizer's {groups} param groups, got {scale!r}")
    return [check("scale", NON_NEGATIVE, factor) for factor in scale]


class ScheduleLR(LRScheduler):
    """A :class:`~lrlab.schedules.Schedule` as a torch scheduler.

    At ``last_epoch == n`` every param group's learning rate is ``scale * schedule(n)``; the rates that the
    optimizer came with are replaced, as ``OneCycleLR`` does. So ``schedule(n)`` is what update *n* uses.

    Args:
        optimizer: any ``torch.optim.Optimizer``.
        schedule: what to follow.
        scale: one factor >= 0 for all groups (default 1; groups added later follow too), or a list with one
            for each param group.
        last_epoch: as in torch; leave it at -1, and resume with ``load_state_dict``.

    ``state_dict()`` holds plain numbers only (it loads under ``torch.load(weights_only=True)``). The schedule
    itself is code, like a ``LambdaLR``'s function, and is not in it: build the same one before you load.
    Errors: ``ValueError`` if ``scale`` breaks its rule or does not fit the param groups.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        schedule: Schedule,
        *,
        scale: float | Sequence[float] = 1.0,
        last_epoch: int = -1,
    ) -> None:
        if isinstance(optimizer, Optimizer):  # else the base class says what is wrong
            _scales(scale, len(optimizer.param_groups))
        self.schedule = schedule
        self.scale = scale
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float | Any]:
        rate = self.schedule(self.last_epoch)
        return [factor * rate for factor in _scales(self.scale, len(self.optimizer.param_groups))]

    def state_dict(self) -> dict[str, Any]:
        hidden = {"schedule", "scale"}
        return {key: value for key, value in super().state_dict().items() if key not in hidden}


def torch_twin(schedule: Schedule, optimizer: Optimizer, *, scale: float | Sequence[float] = 1.0) -> LRScheduler:
    """Torch's own scheduler for the curve of ``schedule``, started afresh on ``optimizer``.

    Torch takes the base rate from the optimizer, so each group's ``lr`` and ``initial_lr`` are set to
    ``scale * schedule.lr`` first: an ``initial_lr`` left by an earlier scheduler would win otherwise.
    ``TypeError`` if torch has no such scheduler, or ``optimizer`` is none; ``ValueError`` if the groups' scales
    differ where torch has one ``eta_min`` > 0 for all of them (:meth:`Schedule.attach` scales it for each).
    """
    twin = schedule.twin()
    if twin is None:
        raise TypeError(f"torch.optim.lr_scheduler has no scheduler for {schedule!r}")
    if not isinstance(optimizer, Optimizer):  # torch's own words, before the groups are touched
        raise TypeError(f"{type(optimizer).__name__} is not an Optimizer")
    name, arguments = twin
    scales = _scales(scale, len(optimizer.param_groups))
    for key in schedule.twin_rates:
        rates = [factor * arguments[key] for factor in scales]
        if key == "eta_min" and len(set(rates)) > 1:
            raise ValueError(f"scale must be one factor, as {name} has one eta_min for all groups, got {scale!r}")
        arguments[key] = rates[0] if key == "eta_min" else rates
    base = getattr(schedule, "lr", schedule(0))
    for group, factor in zip(optimizer.param_groups, scales, strict=True):
        group["lr"] = group["initial_lr"] = factor * base
    return getattr(lr_scheduler, name)(optimizer, **arguments)
