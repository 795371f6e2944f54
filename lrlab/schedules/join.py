r"""One schedule after the other, and a warm-up before one.

>>> from lrlab.schedules import Cosine, Exponential, Join, Linear, warmup
>>> warmup(Cosine(0.1, T_max=95), 5).curve(7).round(4).tolist()
[0.02, 0.04, 0.06, 0.08, 0.1, 0.1, 0.1]
>>> Join([Linear(0.1, total_iters=5), Exponential(0.1, gamma=0.5)], milestones=[5])([0, 5, 6]).round(4).tolist()
[0.0333, 0.1, 0.05]
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from typing import Annotated, Any, ClassVar

import numpy as np

from lrlab._formula import Floats
from lrlab._validation import COUNT, POSITIVE, STEPS, Validator, as_list, check
from lrlab.schedules.base import Schedule
from lrlab.schedules.cosine import Cosine
from lrlab.schedules.product import ONE_SCHEDULE, Schedules, aligned, environment, shown, torch_name
from lrlab.schedules.warmups import LinearWarmup


def _counts(value: Any) -> tuple[int, ...]:
    return tuple(map(COUNT.convert, as_list(value)))


Breaks = Annotated[tuple[int, ...], Validator("a list of whole numbers >= 1", _counts)]


@dataclass(frozen=True)
class Join(Schedule):
    r"""One schedule after the other: torch's ``SequentialLR``.

    .. math:: \eta_n = s_i(n - m_i), \quad m_i \le n < m_{i+1}, \quad m_0 = 0

    ``schedules`` :math:`s_0, s_1, …`, each counting its steps from 0 where it begins; ``milestones``
    :math:`m_1 < m_2 < …`, whole numbers >= 1, one less than there are schedules. Step :math:`m_i` is the first of
    schedule *i*. The last goes on as long as it can.

    ``ValueError`` if the milestones do not rise (two pieces overlap) or a piece of a fixed length ends before the
    next one starts (a gap); it says which. The momentum is joined too, if all have one.

    Torch's equivalent is ``SequentialLR``, with the exceptions that raise ``TypeError``: a ``MultiplicativeLR`` or a
    ``SWALR`` after another goes on from **the rate that it finds** and not from its own; a ``ChainedScheduler``
    can't be started there at all; and two ``OneCycleLR`` would share one place in the param groups.
    """

    schedules: Schedules
    _: KW_ONLY
    milestones: Breaks
    group: ClassVar[str] = "field"
    example: ClassVar = {
        "schedules": (LinearWarmup(0.1, warmup=5), Cosine(0.1, T_max=95)),
        "milestones": (5,),
    }

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(self.milestones) != len(self.schedules) - 1:
            many = len(self.schedules)
            raise ValueError(f"milestones must be one less than the schedules ({many}), got {self.milestones!r}")
        starts = self._starts
        for i in range(1, len(starts)):
            here, before, length = f"schedules[{i}]", f"schedules[{i - 1}]", self.schedules[i - 1].length
            if starts[i] <= starts[i - 1]:
                clash = f"{before} starts at step {starts[i - 1]} and {here} at step {starts[i]}, so they overlap"
                raise ValueError(f"milestones must rise, got {self.milestones!r}: {clash}")
            if length is not None and starts[i - 1] + length < starts[i]:
                gap = f"steps {starts[i - 1] + length} to {starts[i] - 1} have no rate"
                raise ValueError(f"{before} must last until {here} starts, got {length} steps: {gap}")

    @property
    def _starts(self) -> tuple[int, ...]:
        return (0, *self.milestones)

    @property
    def length(self) -> int | None:
        last = self.schedules[-1].length
        return None if last is None else self._starts[-1] + last

    @property
    def cycles_momentum(self) -> bool:
        return all(s.cycles_momentum for s in self.schedules)

    def _piecewise(self, n: Floats, value: Callable[[Schedule, Floats], Floats]) -> Floats:
        if self.length is not None and (n > self.length).any():  # a piece would speak of steps that it counts itself
            raise ValueError(f"step must be <= {self.length}, where the last of the schedules ends, got {n.max():g}")
        piece, result = np.searchsorted(self.milestones, n, side="right"), np.empty_like(n)
        for i, (schedule, start) in enumerate(zip(self.schedules, self._starts, strict=True)):
            here = piece == i
            if here.any():
                result[here] = value(schedule, n[here] - start)
        return result

    def rate(self, n: Floats) -> Floats:
        return self._piecewise(n, lambda schedule, steps: schedule.rate(steps))

    def momentums(self, n: Floats) -> Floats:
        if not self.cycles_momentum:
            return super().momentums(n)
        return self._piecewise(n, lambda schedule, steps: schedule.momentums(steps))

    def flat(self) -> tuple[list[Schedule], list[int]]:
        """Return the pieces and their starts, with the pieces of a joined piece in its place."""
        pieces, starts = [], []
        for schedule, start in zip(self.schedules, self._starts, strict=True):
            following = [m for m in self.milestones if m > start]
            inner, offsets = schedule.flat() if isinstance(schedule, Join) else ([schedule], [0])
            for piece, offset in zip(inner, offsets, strict=True):
                if not following or start + offset < following[0]:
                    pieces.append(piece)
                    starts.append(start + offset)
        return pieces, starts

    def torch_equivalent(self) -> tuple[str, dict[str, Any]]:
        pieces, starts = self.flat()
        names = [torch_name(piece) for piece in pieces]
        for i, name in enumerate(names):
            why = None
            if name in ("MultiplicativeLR", "SWALR") and i > 0:
                why = "it goes on from the rate that it finds, not from its own"
            elif name == "ChainedScheduler":
                why = "it can't be started at a milestone"
            elif name == "OneCycleLR" and name in names[:i]:
                why = "another one uses the same place in the param groups"
            if why:
                raise TypeError(f"SequentialLR has no use for the {name} of {pieces[i]!r}: {why}")
        return "SequentialLR", {"schedulers": pieces, "milestones": starts[1:]}

    def tex(self) -> str:
        starts = [*self._starts, None]
        rows, parts = [], []
        for i, schedule in enumerate(self.schedules):
            start, stop = starts[i], starts[i + 1]
            until = rf"{start} \le n" + ("" if stop is None else f" < {stop}")
            rows.append(rf"s_{{{i}}}({f'n - {start}' if start else 'n'}) & {until}")
            parts.append(rf"s_{{{i}}}: & \quad {shown(schedule)}")
        return aligned(r"\eta_n & = " + environment("cases", rows), *parts)


def warmup(schedule: Schedule, steps: int) -> Schedule:
    r"""``schedule`` after ``steps`` updates of linear warm-up to its own first rate.

    .. math:: \eta_n = \frac{n+1}{w}\, s(0) \;\text{ for } n < w, \qquad s(n - w) \;\text{ from } n = w

    ``steps`` *w*, a whole number >= 0; 0 changes nothing. The first update uses ``s(0) / w``, the last of the
    warm-up ``s(0)``: the warm-up comes on top, so a cosine after it still has all its steps. It must act **before**
    the first update: a "warm-up" that sets the rate after the first epoch has spent that epoch at the full rate.

    ``ValueError`` if the schedule starts at 0. Source: lecture, slide "Some Tips & Notes!"; Goyal et al. 2017,
    "Accurate, Large Minibatch SGD", section 2.2.
    """
    schedule = check("schedule", ONE_SCHEDULE, schedule)
    steps = check("steps", STEPS, steps)
    if steps == 0:
        return schedule
    return Join(
        (LinearWarmup(check("schedule(0)", POSITIVE, schedule(0)), warmup=steps), schedule), milestones=(steps,)
    )
