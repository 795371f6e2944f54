"""From a schedule to the scheduler of torch's own that has the same curve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from math import prod
from typing import TypeVar

from torch.optim import Optimizer, lr_scheduler, swa_utils
from torch.optim.lr_scheduler import LRScheduler, ReduceLROnPlateau, SequentialLR

from lrlab.schedules import Join, OneCycle, Product, ReduceOnPlateau, Schedule
from lrlab.schedules.product import unscaled
from lrlab.torch_scheduler.param_groups import check_momentum, give_each_its_rate, rates_of, scales_for, set_rate


def build_equivalent(
    schedule: Schedule, optimizer: Optimizer, *, scale: float | Sequence[float] = 1.0, cycle_momentum: bool = False
) -> LRScheduler:
    """Torch's own scheduler for the curve of ``schedule``, started afresh on ``optimizer``.

    Torch takes the base rate from the optimizer, so each group's ``lr`` and ``initial_lr`` are set to
    ``scale * schedule.lr`` first: an ``initial_lr`` left by an earlier scheduler would win otherwise. A rate that is a
    tensor stays that tensor, and groups that share one get one each, as in :class:`~lrlab.torch_scheduler.ScheduleLR`.
    To resume, build the scheduler first and load the optimizer's state after it: torch's schedulers go on from the
    rates that they find there. One that holds a function made for it (of a formula that torch has no class for) can't
    be pickled, as a ``LambdaLR`` of a ``lambda`` can't; what :meth:`~lrlab.schedules.Schedule.attach` returns can.
    ``cycle_momentum`` (default False) is torch's argument of ``CyclicLR`` and ``OneCycleLR``.

    ``TypeError`` if torch has no such scheduler, or ``optimizer`` is none; ``ValueError`` if the groups' scales
    differ where torch has one ``eta_min`` > 0 for all of them (:meth:`~lrlab.schedules.Schedule.attach` scales it for
    each), or as for :class:`~lrlab.torch_scheduler.ScheduleLR`. Nothing is touched then.
    """
    if schedule.torch_equivalent() is None:
        raise TypeError(f"torch.optim.lr_scheduler has no scheduler for {schedule!r}")
    if not isinstance(optimizer, Optimizer):  # torch's own words, before the groups are touched
        raise TypeError(f"{type(optimizer).__name__} is not an Optimizer")
    scales = scales_for(scale, len(optimizer.param_groups))
    check_momentum(schedule, optimizer, cycle_momentum)
    kept = [(dict(group), rate) for group, rate in zip(optimizer.param_groups, rates_of(optimizer), strict=True)]
    try:
        return _build(schedule, optimizer, scales, cycle_momentum)
    except Exception:
        for group, (before, rate) in zip(optimizer.param_groups, kept, strict=True):
            group.clear()
            group.update(before)
            set_rate(group, rate)
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
    give_each_its_rate(optimizer)
    for group, scale in zip(optimizer.param_groups, scales, strict=True):
        set_rate(group, scale * lr)
        group["initial_lr"] = scale * lr


def _alone(schedule: Schedule, optimizer: Optimizer, scales: list[float], cycle_momentum: bool = False) -> LRScheduler:
    """Torch's equivalent of a schedule that is no composition, from the rates that the param groups hold."""
    name, arguments = schedule.torch_equivalent() or ("", {})
    for key in schedule.lr_arguments:
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
    result = SequentialLR(optimizer, [built[i] for i in range(len(pieces))], milestones=starts[1:])
    # It starts the first piece from the initial_lr that the last one built has left behind.
    for group, scale in zip(optimizer.param_groups, scales, strict=True):
        set_rate(group, scale * schedule(0))
    result._last_lr = result._schedulers[0]._last_lr = rates_of(optimizer)
    return result


P = TypeVar("P", bound=ReduceLROnPlateau)


def build_plateau(
    plateau: ReduceOnPlateau, optimizer: Optimizer, *, scale: float | Sequence[float] = 1.0, kind: type[P]
) -> P:
    """Torch's ``ReduceLROnPlateau``, or ours, as ``kind`` says: see :meth:`~lrlab.schedules.ReduceOnPlateau.attach`."""
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"{type(optimizer).__name__} is not an Optimizer")
    scales = scales_for(scale, len(optimizer.param_groups))
    arguments = {field.name: getattr(plateau, field.name) for field in fields(plateau) if field.init}
    _start_at(optimizer, arguments.pop("lr"), scales)
    # One number, unless the groups differ: torch can't extend a list to a group that is added later.
    lowest = [scale * plateau.min_lr for scale in scales]
    return kind(optimizer, **arguments | {"min_lr": lowest if isinstance(scale, Sequence) else lowest[0]})
