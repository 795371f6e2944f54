"""From a schedule to an optimizer: the one place where a schedule's value reaches ``param_groups``.

:meth:`lrlab.schedules.Schedule.attach` and :meth:`~lrlab.schedules.Schedule.torch` import this module when they are
called, and it imports the schedules: the package's one circle of imports.
"""

from __future__ import annotations

from lrlab._extras import require

require("torch", "torch")

from collections.abc import Sequence
from dataclasses import fields
from math import prod
from typing import Any, TypeVar

import numpy as np
from torch import Tensor
from torch.optim import Optimizer, lr_scheduler, swa_utils
from torch.optim.lr_scheduler import LRScheduler, ReduceLROnPlateau, SequentialLR

from lrlab._validation import NON_NEGATIVE, SWITCH, check
from lrlab.schedules import Join, OneCycle, Product, ReduceOnPlateau, Schedule
from lrlab.schedules.base import plain_step
from lrlab.schedules.compose import unscaled


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
        optimizer: any ``torch.optim.Optimizer``. A rate that is a tensor stays that tensor and is written into; groups
            that share one get one each, and the first keeps it.
        schedule: what to follow.
        scale: one factor >= 0 for all groups (default 1; groups added later follow too), or a list with one
            for each param group.
        cycle_momentum: set the momentum (Adam's first beta) to ``schedule.momentum(n)`` as well; default False, which
            leaves it alone. Torch's ``CyclicLR`` and ``OneCycleLR`` do it unless told not to.
        last_epoch: as in torch; leave it at -1, and resume with ``load_state_dict``.

    **To resume,** build the optimizer and the scheduler as before and load both states, in any order, also the
    optimizer's before ``attach``. ``load_state_dict`` sets the rates (and a cycled momentum) of update ``last_epoch``,
    by the schedule and the scale that this scheduler has. If something else had set the groups by the time of saving
    (the next scheduler of a ``SequentialLR``, a line of your own), it puts back what they held then. An optimizer's
    state that is loaded **after** the scheduler's brings the rates that were saved in it: the same, if both were saved
    together. So load it first if you resume with another schedule or scale; the next ``step()`` sets those in any case.

    ``state_dict()`` holds plain numbers only (it loads under ``torch.load(weights_only=True)``). The schedule
    itself is code, like a ``LambdaLR``'s function, and is not in it: build the same one before you load.

    Raises:
        ValueError: if ``scale`` breaks its rule or does not fit the param groups, if ``cycle_momentum`` is asked of a
            schedule or an optimizer that has no momentum, or if a group's rate is a tensor of whole numbers. The
            optimizer is as it was then.
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
        self.schedule = schedule
        self.scale = scale
        self.cycle_momentum = cycle_momentum
        self._ahead: tuple[int, list[float], list[float]] = (0, [], [])
        self._in_order_from = 0
        if isinstance(optimizer, Optimizer):  # else the base class says what is wrong
            self._factors = _scales(scale, len(optimizer.param_groups))
            _check_momentum(schedule, optimizer, cycle_momentum)
            self._at(last_epoch + 1)  # whatever a function of the user's raises, before anything is touched
            give_each_its_rate(optimizer)
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float | Any]:
        groups = self.optimizer.param_groups
        if type(self.last_epoch) is not int or self.last_epoch < 0:  # of scheduler.step(epoch)
            self.last_epoch = plain_step(self.last_epoch)  # type: ignore[assignment]  # a part of an epoch, as torch has it
        for group in groups:
            if type(group["lr"]) is not float:  # one added later may share its tensor with another
                give_each_its_rate(self.optimizer)
                break
        if len(self._factors) != len(groups):
            self._factors = _scales(self.scale, len(groups))
        rate, momentum = self._at(self.last_epoch)
        if self.cycle_momentum:
            _set_momenta(self.optimizer, [momentum] * len(groups))
        return [factor * rate for factor in self._factors]

    def _at(self, step: float) -> tuple[float, float]:
        """Rate and momentum, read from values worked out many at a time: one by one would cost more than torch."""
        if not isinstance(step, int):  # torch's scheduler.step(epoch + part)
            return self.schedule(step), self.schedule.momentum(step) if self.cycle_momentum else 0.0
        start, rates, momenta = self._ahead
        if not start <= step < start + len(rates):
            if step != start + len(rates):
                self._in_order_from = step
            # As many as were used in order: a recurrence stays linear in the steps taken, and a jump is cheap.
            start, rates, momenta = step, self.schedule.ahead(step, step - self._in_order_from), []
            if self.cycle_momentum:
                momenta = self.schedule.momentum(np.arange(start, start + len(rates))).tolist()
            self._ahead = start, rates, momenta
        return rates[step - start], momenta[step - start] if momenta else 0.0

    def state_dict(self) -> dict[str, Any]:
        """Return the counts and the rates; and what the param groups hold, if it is not what this scheduler has set."""
        hidden = {"schedule", "scale", "cycle_momentum", "_factors", "_ahead", "_in_order_from"}
        state = {key: value for key, value in super().state_dict().items() if key not in hidden}
        return state | {"held": None if self._is_in_charge() else _held(self.optimizer)}

    def _is_in_charge(self) -> bool:
        set_by_this = list(map(float, self._last_lr))
        rates, momenta = _held(self.optimizer)
        if rates[: len(set_by_this)] != set_by_this:
            return False
        momentum = self._at(self.last_epoch)[1] if self.cycle_momentum and self.last_epoch >= 0 else None
        return momentum is None or momenta[: len(set_by_this)] == [momentum] * len(set_by_this)

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Load the scheduler's state and set the optimizer's rates, as the class says under "To resume"."""
        state = dict(state_dict)
        held = state.pop("held", None)
        super().load_state_dict(state)
        if self.last_epoch < 0:  # its turn in a SequentialLR is still to come
            return
        if held is not None:
            _hold(self.optimizer, held, momentum=self.cycle_momentum)
            return
        for group, rate in zip(self.optimizer.param_groups, self.get_lr(), strict=True):
            set_rate(group, rate)
        self._last_lr = rates_of(self.optimizer)


class PlateauLR(ReduceLROnPlateau):
    """Torch's ``ReduceLROnPlateau`` that can be resumed in any order, and whose param groups share no tensor.

    ``load_state_dict`` sets the rates that the param groups held when the state was saved; torch's own leaves them
    to the optimizer's state. All else is loaded as torch does it: patience, factor and lowest rates, too.
    """

    def _reduce_lr(self, epoch: int) -> None:
        give_each_its_rate(self.optimizer)
        super()._reduce_lr(epoch)

    def state_dict(self) -> dict[str, Any]:
        return super().state_dict() | {"held": _held(self.optimizer)}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        state = dict(state_dict)
        held = state.pop("held", ([float(rate) for rate in state_dict["_last_lr"]], []))  # a state of torch's own class
        super().load_state_dict(state)
        _hold(self.optimizer, held, momentum=False)
        self._last_lr = rates_of(self.optimizer)


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


def _held(optimizer: Optimizer) -> tuple[list[float], list[float]]:
    """Return the rates and the momenta of all param groups, as plain numbers; no momenta if the optimizer has none."""
    groups = optimizer.param_groups
    momenta = [
        float(g["betas"][0] if "betas" in g else g["momentum"]) for g in groups if {"betas", "momentum"} & set(g)
    ]
    return [float(group["lr"]) for group in groups], momenta


def _hold(optimizer: Optimizer, held: tuple[list[float], list[float]], *, momentum: bool) -> None:
    give_each_its_rate(optimizer)
    for group, rate in zip(optimizer.param_groups, held[0], strict=False):
        set_rate(group, rate)
    if momentum:
        _set_momenta(optimizer, held[1])


def _check_momentum(schedule: Schedule, optimizer: Optimizer, cycle_momentum: bool) -> None:
    if not check("cycle_momentum", SWITCH, cycle_momentum):
        return
    if not schedule.cycles_momentum:
        raise ValueError(f"cycle_momentum must be False for a schedule without momentum, got {schedule!r}")
    if not {"momentum", "betas"} & set(optimizer.defaults):
        raise ValueError(
            f"cycle_momentum must be False for {type(optimizer).__name__}, which has no momentum, got True"
        )


def _set_momenta(optimizer: Optimizer, momenta: list[float]) -> None:
    for group, momentum in zip(optimizer.param_groups, momenta, strict=False):
        if "betas" in group:
            group["betas"] = (momentum, *group["betas"][1:])
        else:
            group["momentum"] = momentum


def build_equivalent(
    schedule: Schedule, optimizer: Optimizer, *, scale: float | Sequence[float] = 1.0, cycle_momentum: bool = False
) -> LRScheduler:
    """Torch's own scheduler for the curve of ``schedule``, started afresh on ``optimizer``.

    Torch takes the base rate from the optimizer, so each group's ``lr`` and ``initial_lr`` are set to
    ``scale * schedule.lr`` first: an ``initial_lr`` left by an earlier scheduler would win otherwise. A rate that is a
    tensor stays that tensor, and groups that share one get one each, as in :class:`ScheduleLR`. To resume, build the
    scheduler first and load the optimizer's state after it: torch's schedulers go on from the rates that they find
    there. One that holds a function made for it (of a formula that torch has no class for) can't be pickled, as a
    ``LambdaLR`` of a ``lambda`` can't; what :meth:`~lrlab.schedules.Schedule.attach` returns can.
    ``cycle_momentum`` (default False) is torch's argument of ``CyclicLR`` and ``OneCycleLR``.

    ``TypeError`` if torch has no such scheduler, or ``optimizer`` is none; ``ValueError`` if the groups' scales
    differ where torch has one ``eta_min`` > 0 for all of them (:meth:`~lrlab.schedules.Schedule.attach` scales it for
    each), or as for :class:`ScheduleLR`. Nothing is touched then.
    """
    if schedule.torch_equivalent() is None:
        raise TypeError(f"torch.optim.lr_scheduler has no scheduler for {schedule!r}")
    if not isinstance(optimizer, Optimizer):  # torch's own words, before the groups are touched
        raise TypeError(f"{type(optimizer).__name__} is not an Optimizer")
    scales = _scales(scale, len(optimizer.param_groups))
    _check_momentum(schedule, optimizer, cycle_momentum)
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
    found = SequentialLR(optimizer, [built[i] for i in range(len(pieces))], milestones=starts[1:])
    # It starts the first piece from the initial_lr that the last one built has left behind.
    for group, scale in zip(optimizer.param_groups, scales, strict=True):
        set_rate(group, scale * schedule(0))
    found._last_lr = found._schedulers[0]._last_lr = rates_of(optimizer)
    return found


P = TypeVar("P", bound=ReduceLROnPlateau)


def build_plateau(
    plateau: ReduceOnPlateau, optimizer: Optimizer, *, scale: float | Sequence[float] = 1.0, kind: type[P]
) -> P:
    """Torch's ``ReduceLROnPlateau``, or ours, as ``kind`` says: see :meth:`~lrlab.schedules.ReduceOnPlateau.attach`."""
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"{type(optimizer).__name__} is not an Optimizer")
    scales = _scales(scale, len(optimizer.param_groups))
    arguments = {field.name: getattr(plateau, field.name) for field in fields(plateau) if field.init}
    _start_at(optimizer, arguments.pop("lr"), scales)
    # One number, unless the groups differ: torch can't extend a list to a group that is added later.
    lowest = [scale * plateau.min_lr for scale in scales]
    return kind(optimizer, **arguments | {"min_lr": lowest if isinstance(scale, Sequence) else lowest[0]})
