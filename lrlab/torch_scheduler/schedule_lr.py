"""Our own schedulers: a schedule as a torch scheduler, and torch's plateau that can be resumed in any order."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler, ReduceLROnPlateau

from lrlab.schedules import Schedule
from lrlab.schedules.base import plain_step
from lrlab.torch_scheduler.param_groups import (
    check_momentum,
    give_each_its_rate,
    rates_and_momenta,
    rates_of,
    restore,
    scales_for,
    set_momenta,
    set_rate,
)


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
    by the schedule and the scale that this scheduler has. If something else had changed the groups before you saved
    (the next scheduler of a ``SequentialLR``, or your own code), it restores the values they had then. An optimizer's
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
            self._factors = scales_for(scale, len(optimizer.param_groups))
            check_momentum(schedule, optimizer, cycle_momentum)
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
            self._factors = scales_for(self.scale, len(groups))
        rate, momentum = self._at(self.last_epoch)
        if self.cycle_momentum:
            set_momenta(self.optimizer, [momentum] * len(groups))
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
        return state | {"held": None if self._is_in_charge() else rates_and_momenta(self.optimizer)}

    def _is_in_charge(self) -> bool:
        set_by_this = list(map(float, self._last_lr))
        rates, momenta = rates_and_momenta(self.optimizer)
        if rates[: len(set_by_this)] != set_by_this:
            return False
        momentum = self._at(self.last_epoch)[1] if self.cycle_momentum and self.last_epoch >= 0 else None
        return momentum is None or momenta[: len(set_by_this)] == [momentum] * len(set_by_this)

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Load the scheduler's state and set the optimizer's rates, as the class says under "To resume".

        Raises:
            ValueError: it is no scheduler's state. This one is as it was then.
        """
        state = dict(state_dict)
        last = state.get("last_epoch")
        if not isinstance(last, int | float) or isinstance(last, bool) or not -1 <= last < math.inf:
            raise ValueError(f"state_dict must have last_epoch, a finite number >= -1, got {last!r}")
        held = state.pop("held", None)
        super().load_state_dict(state)
        if self.last_epoch < 0:  # its turn in a SequentialLR is still to come
            return
        if held is not None:
            restore(self.optimizer, held, momentum=self.cycle_momentum)
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
        return super().state_dict() | {"held": rates_and_momenta(self.optimizer)}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        state = dict(state_dict)
        held = state.pop("held", ([float(rate) for rate in state_dict["_last_lr"]], []))  # a state of torch's own class
        super().load_state_dict(state)
        restore(self.optimizer, held, momentum=False)
        self._last_lr = rates_of(self.optimizer)
