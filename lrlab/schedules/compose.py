r"""New schedules out of others: one after the other, times each other, times a number, after a warm-up.

>>> from lrlab.schedules import Cosine, Exponential, Join, Linear, warmup
>>> warmup(Cosine(0.1, T_max=95), 5).curve(7).round(4).tolist()
[0.02, 0.04, 0.06, 0.08, 0.1, 0.1, 0.1]
>>> Join([Linear(0.1, total_iters=5), Exponential(0.1, gamma=0.5)], milestones=[5])([0, 5, 6]).round(4).tolist()
[0.0333, 0.1, 0.05]
>>> (Cosine(0.1, T_max=10) * Exponential(1, gamma=0.5))(1) == Cosine(0.1, T_max=10)(1) * 0.5
True
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import KW_ONLY, dataclass
from typing import Annotated, Any, ClassVar

import numpy as np

from lrlab._formula import Floats
from lrlab._validation import COUNT, POSITIVE, STEPS, Positive, Validator, check
from lrlab.schedules.base import Schedule
from lrlab.schedules.cosine import Cosine
from lrlab.schedules.decay import Exponential
from lrlab.schedules.ramps import Linear, LinearWarmup

# The others set a rate of their own, whatever the one before made of it.
CHAINABLE = frozenset(
    [
        *("ConstantLR", "CosineAnnealingLR", "ExponentialLR", "LinearLR"),
        *("MultiplicativeLR", "MultiStepLR", "PolynomialLR", "StepLR"),
    ]
)


def _one(value: Any) -> Schedule:
    if not isinstance(value, Schedule):
        raise TypeError
    return value


def _several(value: Any) -> tuple[Schedule, ...]:
    if isinstance(value, Schedule) or not isinstance(value, Iterable) or not (found := tuple(map(_one, value))):
        raise TypeError
    return found


def _whole(value: Any) -> tuple[int, ...]:
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise TypeError
    return tuple(COUNT.convert(step) for step in value)


ONE_SCHEDULE = Validator("a schedule", _one)
OneSchedule = Annotated[Schedule, ONE_SCHEDULE]
Schedules = Annotated[tuple[Schedule, ...], Validator("a list of schedules, at least one", _several)]
Breaks = Annotated[tuple[int, ...], Validator("a list of whole numbers >= 1", _whole)]


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
        piece, found = np.searchsorted(self.milestones, n, side="right"), np.empty_like(n)
        for i, (schedule, start) in enumerate(zip(self.schedules, self._starts, strict=True)):
            here = piece == i
            if here.any():
                found[here] = value(schedule, n[here] - start)
        return found

    def rate(self, n: Floats) -> Floats:
        return self._piecewise(n, lambda schedule, steps: schedule.rate(steps))

    def momentums(self, n: Floats) -> Floats:
        if not self.cycles_momentum:
            return super().momentums(n)
        return self._piecewise(n, lambda schedule, steps: schedule.momentums(steps))

    def flat(self) -> tuple[list[Schedule], list[int]]:
        """Return the pieces and their starts, with the pieces of a joined piece in its place."""
        found, starts = [], []
        for schedule, start in zip(self.schedules, self._starts, strict=True):
            following = [m for m in self.milestones if m > start]
            inner, offsets = schedule.flat() if isinstance(schedule, Join) else ([schedule], [0])
            for piece, offset in zip(inner, offsets, strict=True):
                if not following or start + offset < following[0]:
                    found.append(piece)
                    starts.append(start + offset)
        return found, starts

    def torch_equivalent(self) -> tuple[str, dict[str, Any]]:
        pieces, starts = self.flat()
        names = [_torch_name(piece) for piece in pieces]
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
            parts.append(rf"s_{{{i}}}: & \quad {_shown(schedule)}")
        return _lines(r"\eta_n & = " + _environment("cases", rows), *parts)


@dataclass(frozen=True)
class Product(Schedule):
    r"""Schedules multiplied with each other, at every step: torch's ``ChainedScheduler``. Written ``s * t`` too.

    .. math:: \eta_n = \prod_i s_i(n)

    ``schedules``: at least one. One of them carries the learning rate, the others are factors around 1:
    ``Cosine(0.1, T_max=90) * Linear(1, total_iters=5)``. The momentum is left alone.

    Torch's equivalent multiplies its schedulers' changes of the rate, step by step. Torch can do that only for
    ``MultiplicativeLR``, ``StepLR``, ``MultiStepLR``, ``ConstantLR``, ``LinearLR``, ``ExponentialLR``,
    ``PolynomialLR`` and a ``CosineAnnealingLR`` down to zero; others raise ``TypeError``. **Past** ``T_max`` a
    chained cosine is no product any more: it climbs by what it would add alone. And a rate that has reached 0 stays
    there in torch.
    """

    schedules: Schedules
    group: ClassVar[str] = "field"
    example: ClassVar = {"schedules": (Linear(0.1, total_iters=5), Exponential(1, gamma=0.98))}

    @property
    def length(self) -> int | None:
        return min((s.length for s in self.schedules if s.length is not None), default=None)

    def rate(self, n: Floats) -> Floats:
        rates = self.schedules[0].rate(n)
        for schedule in self.schedules[1:]:
            rates = rates * schedule.rate(n)
        return rates

    def flat(self) -> list[Schedule]:
        """Return the factors, with those of a factor that is a product itself in its place."""
        return [f for s in self.schedules for f in (s.flat() if isinstance(s, Product) else [s])]

    def torch_equivalent(self) -> tuple[str, dict[str, Any]]:
        factors = self.flat()
        for factor in factors:
            name = _torch_name(factor)
            if name not in CHAINABLE:
                raise TypeError(f"ChainedScheduler has no use for {name}, which sets rates of its own, of {factor!r}")
            if getattr(unscaled(factor)[0], "eta_min", 0) > 0:
                raise TypeError(f"ChainedScheduler does not multiply an eta_min > 0, that of {factor!r}")
        return "ChainedScheduler", {"schedulers": factors}

    def tex(self) -> str:
        names = [f"s_{{{i}}}" for i in range(len(self.schedules))]
        product = r" \cdot ".join(f"{name}(n)" for name in names)
        parts = [rf"{name}: & \quad {_shown(s)}" for name, s in zip(names, self.schedules, strict=True)]
        return _lines(rf"\eta_n & = {product}", *parts)


@dataclass(frozen=True)
class Scaled(Schedule):
    r"""A schedule times a number, its momentum unchanged. Written ``2 * s`` too.

    .. math:: \eta_n = k\, s(n)

    ``schedule`` *s*; ``factor`` *k*, > 0. One param group slower than another needs no second schedule:
    ``attach(optimizer, scale=[0.1, 1])``. Torch's equivalent is that of ``schedule``, from a scaled rate.
    """

    schedule: OneSchedule
    _: KW_ONLY
    factor: Positive
    group: ClassVar[str] = "field"
    example: ClassVar = {"schedule": LinearWarmup(0.1, warmup=5), "factor": 0.5}

    @property
    def length(self) -> int | None:
        return self.schedule.length

    @property
    def cycles_momentum(self) -> bool:
        return self.schedule.cycles_momentum

    def rate(self, n: Floats) -> Floats:
        return self.factor * self.schedule.rate(n)

    def momentums(self, n: Floats) -> Floats:
        return self.schedule.momentums(n)

    def torch_equivalent(self) -> tuple[str, dict[str, Any]] | None:
        return self.schedule.torch_equivalent()

    def tex(self) -> str:
        return _lines(rf"\eta_n & = {self.factor:g}\; s(n)", rf"s: & \quad {_shown(self.schedule)}")


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


def unscaled(schedule: Schedule) -> tuple[Schedule, float]:
    """Return the schedule inside any number of :class:`Scaled`, and their factor."""
    factor = 1.0
    while isinstance(schedule, Scaled):
        factor *= schedule.factor
        schedule = schedule.schedule
    return schedule, factor


def _torch_name(schedule: Schedule) -> str:
    equivalent = schedule.torch_equivalent()
    if equivalent is None:
        raise TypeError(f"torch.optim.lr_scheduler has no scheduler for {schedule!r}")
    return equivalent[0]


def _shown(schedule: Schedule) -> str:
    return schedule.tex() or rf"\text{{{schedule!r}}}"


def _environment(name: str, rows: Iterable[str]) -> str:
    return rf"\begin{{{name}}} " + r" \\ ".join(rows) + rf" \end{{{name}}}"


def _lines(*rows: str) -> str:
    return _environment("aligned", rows)
