"""From a schedule to an optimizer: the one place where a schedule's value reaches ``param_groups``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from math import prod
from typing import Any

import numpy as np
from torch.optim import Optimizer, lr_scheduler, swa_utils
from torch.optim.lr_scheduler import LRScheduler, ReduceLROnPlateau, SequentialLR

from lrlab.schedules import Join, OneCycle, Product, ReduceOnPlateau, Schedule
from lrlab.schedules.compose import unscaled
from lrlab.schedules.rules import NON_NEGATIVE, SWITCH, check


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
        cycle_momentum: set the momentum (Adam's first beta) to ``schedule.momentum(n)`` as well; default False, which
            leaves it alone. Torch's ``CyclicLR`` and ``OneCycleLR`` do it unless told not to.
        last_epoch: as in torch; leave it at -1, and resume with ``load_state_dict``.

    ``state_dict()`` holds plain numbers only (it loads under ``torch.load(weights_only=True)``). The schedule
    itself is code, like a ``LambdaLR``'s function, and is not in it: build the same one before you load. The
    momentum is part of the optimizer's own state, and is set again at the next step.
    Errors: ``ValueError`` if ``scale`` breaks its rule or does not fit the param groups, or if ``cycle_momentum`` is
    asked of a schedule or an optimizer that has no momentum.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        schedule: Schedule,
        *,
        scale: float | Sequence[float] = 1.0,
        cycle_momentum: bool = False,
        last_epoch: int = -1,
    ) -> None:
        self._factors: list[float] = []
        if isinstance(optimizer, Optimizer):  # else the base class says what is wrong
            self._factors = _scales(scale, len(optimizer.param_groups))
            _check_momentum(schedule, optimizer, cycle_momentum)
        self.schedule = schedule
        self.scale = scale
        self.cycle_momentum = cycle_momentum
        self._ahead: tuple[int, list[float], list[float]] = (0, [], [])
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float | Any]:
        groups = self.optimizer.param_groups
        if len(self._factors) != len(groups):
            self._factors = _scales(self.scale, len(groups))
        rate, momentum = self._at(self.last_epoch)
        if self.cycle_momentum:
            _set_momentum(self.optimizer, momentum)
        return [factor * rate for factor in self._factors]

    def _at(self, step: float) -> tuple[float, float]:
        """Rate and momentum, read from values worked out many at a time: one by one would cost more than torch."""
        if not isinstance(step, int):  # torch's scheduler.step(epoch + part)
            return self.schedule(step), self.schedule.momentum(step) if self.cycle_momentum else 0.0
        start, rates, momenta = self._ahead
        if not start <= step < start + len(rates):
            start, rates, momenta = step, self.schedule.ahead(step), []
            if self.cycle_momentum:
                momenta = self.schedule.momentum(np.arange(start, start + len(rates))).tolist()
            self._ahead = start, rates, momenta
        return rates[step - start], momenta[step - start] if momenta else 0.0

    def state_dict(self) -> dict[str, Any]:
        hidden = {"schedule", "scale", "cycle_momentum", "_factors", "_ahead"}
        return {key: value for key, value in super().state_dict().items() if key not in hidden}


def _check_momentum(schedule: Schedule, optimizer: Optimizer, cycle_momentum: bool) -> None:
    if not check("cycle_momentum", SWITCH, cycle_momentum):
        return
    if not schedule.cycles_momentum:
        raise ValueError(f"cycle_momentum must be False for a schedule without momentum, got {schedule!r}")
    if not {"momentum", "betas"} & set(optimizer.defaults):
        raise ValueError(
            f"cycle_momentum must be False for {type(optimizer).__name__}, which has no momentum, got True"
        )


def _set_momentum(optimizer: Optimizer, momentum: float) -> None:
    for group in optimizer.param_groups:
        if "betas" in group:
            group["betas"] = (momentum, *group["betas"][1:])
        else:
            group["momentum"] = momentum


def torch_twin(
    schedule: Schedule, optimizer: Optimizer, *, scale: float | Sequence[float] = 1.0, cycle_momentum: bool = False
) -> LRScheduler:
    """Torch's own scheduler for the curve of ``schedule``, started afresh on ``optimizer``.

    Torch takes the base rate from the optimizer, so each group's ``lr`` and ``initial_lr`` are set to
    ``scale * schedule.lr`` first: an ``initial_lr`` left by an earlier scheduler would win otherwise.
    ``cycle_momentum`` (default False) is torch's argument of ``CyclicLR`` and ``OneCycleLR``.

    ``TypeError`` if torch has no such scheduler, or ``optimizer`` is none; ``ValueError`` if the groups' scales
    differ where torch has one ``eta_min`` > 0 for all of them (:meth:`Schedule.attach` scales it for each), or as
    for :class:`ScheduleLR`. Nothing is touched then.
    """
    twin = schedule.twin()
    if twin is None:
        raise TypeError(f"torch.optim.lr_scheduler has no scheduler for {schedule!r}")
    if not isinstance(optimizer, Optimizer):  # torch's own words, before the groups are touched
        raise TypeError(f"{type(optimizer).__name__} is not an Optimizer")
    scales = _scales(scale, len(optimizer.param_groups))
    _check_momentum(schedule, optimizer, cycle_momentum)
    kept = [dict(group) for group in optimizer.param_groups]
    try:
        return _build(schedule, optimizer, scales, cycle_momentum)
    except Exception:
        for group, before in zip(optimizer.param_groups, kept, strict=True):
            group.clear()
            group.update(before)
        raise


def _build(schedule: Schedule, optimizer: Optimizer, scales: list[float], cycle_momentum: bool) -> LRScheduler:
    schedule, factor = unscaled(schedule)
    scales = [factor * scale for scale in scales]
    if isinstance(schedule, Join):
        return _sequential(schedule, optimizer, scales, cycle_momentum)
    if isinstance(schedule, Product):
        factors = [unscaled(part) for part in schedule.flat()]
        lr = prod(number * part.lr for part, number in factors)  # type: ignore[attr-defined]
        _start_at(optimizer, lr, scales)
        return lr_scheduler.ChainedScheduler([_alone(part, optimizer, scales) for part, _ in factors], optimizer)
    _start_at(optimizer, getattr(schedule, "lr", None) or schedule(0), scales)
    return _alone(schedule, optimizer, scales, cycle_momentum)


def _start_at(optimizer: Optimizer, lr: float, scales: list[float]) -> None:
    for group, scale in zip(optimizer.param_groups, scales, strict=True):
        group["lr"] = group["initial_lr"] = scale * lr


def _alone(schedule: Schedule, optimizer: Optimizer, scales: list[float], cycle_momentum: bool = False) -> LRScheduler:
    """The twin of a schedule that is no composition, from the rates that the param groups hold."""
    name, arguments = schedule.twin() or ("", {})
    for key in schedule.twin_rates:
        rates = [scale * arguments[key] for scale in scales]
        if key == "eta_min" and len(set(rates)) > 1:
            raise ValueError(f"scale must be one factor, as {name} has one eta_min for all groups, got {scales!r}")
        arguments[key] = rates[0] if key == "eta_min" else rates
    if cycle_momentum:
        names = ("base_momentum", "max_momentum")
        arguments |= {"cycle_momentum": True} | {name: getattr(schedule, name) for name in names}
    return getattr(swa_utils if name == "SWALR" else lr_scheduler, name)(optimizer, **arguments)


def _sequential(schedule: Join, optimizer: Optimizer, scales: list[float], cycle_momentum: bool) -> SequentialLR:
    pieces, starts = schedule.flat()
    # OneCycleLR reads its rates from the param groups at every step, and each piece writes initial_lr there.
    order = sorted(range(len(pieces)), key=lambda i: isinstance(unscaled(pieces[i])[0], OneCycle))
    built = {i: _build(pieces[i], optimizer, scales, cycle_momentum) for i in order}
    found = SequentialLR(optimizer, [built[i] for i in range(len(pieces))], milestones=starts[1:])
    # It starts the first piece from the initial_lr that the last one built has left behind.
    for group, scale in zip(optimizer.param_groups, scales, strict=True):
        group["lr"] = scale * schedule(0)
    found._last_lr = found._schedulers[0]._last_lr = [group["lr"] for group in optimizer.param_groups]
    return found


def torch_plateau(
    plateau: ReduceOnPlateau, optimizer: Optimizer, *, scale: float | Sequence[float] = 1.0
) -> ReduceLROnPlateau:
    """Torch's ``ReduceLROnPlateau`` for ``plateau``: see :meth:`ReduceOnPlateau.torch`."""
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"{type(optimizer).__name__} is not an Optimizer")
    scales = _scales(scale, len(optimizer.param_groups))
    arguments = {field.name: getattr(plateau, field.name) for field in fields(plateau) if field.init}
    _start_at(optimizer, arguments.pop("lr"), scales)
    return ReduceLROnPlateau(optimizer, **arguments | {"min_lr": [scale * plateau.min_lr for scale in scales]})
