r"""Schedules times each other, and times a number.

>>> from lrlab.schedules import Cosine, Exponential
>>> (Cosine(0.1, T_max=10) * Exponential(1, gamma=0.5))(1) == Cosine(0.1, T_max=10)(1) * 0.5
True
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import KW_ONLY, dataclass
from typing import Annotated, Any, ClassVar

from lrlab._formula import Floats
from lrlab._validation import Positive, Validator, as_list
from lrlab.schedules.base import Schedule
from lrlab.schedules.decay import Exponential
from lrlab.schedules.ramps import Linear
from lrlab.schedules.warmups import LinearWarmup

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
    result = tuple(map(_one, as_list(value)))
    if not result:
        raise ValueError
    return result


ONE_SCHEDULE = Validator("a schedule", _one)
OneSchedule = Annotated[Schedule, ONE_SCHEDULE]
Schedules = Annotated[tuple[Schedule, ...], Validator("a list of schedules, at least one", _several)]


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
            name = torch_name(factor)
            if name not in CHAINABLE:
                raise TypeError(f"ChainedScheduler has no use for {name}, which sets rates of its own, of {factor!r}")
            if getattr(unscaled(factor)[0], "eta_min", 0) > 0:
                raise TypeError(f"ChainedScheduler does not multiply an eta_min > 0, that of {factor!r}")
        return "ChainedScheduler", {"schedulers": factors}

    def tex(self) -> str:
        names = [f"s_{{{i}}}" for i in range(len(self.schedules))]
        product = r" \cdot ".join(f"{name}(n)" for name in names)
        parts = [rf"{name}: & \quad {shown(s)}" for name, s in zip(names, self.schedules, strict=True)]
        return aligned(rf"\eta_n & = {product}", *parts)


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
        return aligned(rf"\eta_n & = {self.factor:g}\; s(n)", rf"s: & \quad {shown(self.schedule)}")


def unscaled(schedule: Schedule) -> tuple[Schedule, float]:
    """Return the schedule inside any number of :class:`Scaled`, and their factor."""
    factor = 1.0
    while isinstance(schedule, Scaled):
        factor *= schedule.factor
        schedule = schedule.schedule
    return schedule, factor


def torch_name(schedule: Schedule) -> str:
    equivalent = schedule.torch_equivalent()
    if equivalent is None:
        raise TypeError(f"torch.optim.lr_scheduler has no scheduler for {schedule!r}")
    return equivalent[0]


def shown(schedule: Schedule) -> str:
    return schedule.tex() or rf"\text{{{schedule!r}}}"


def environment(name: str, rows: Iterable[str]) -> str:
    return rf"\begin{{{name}}} " + r" \\ ".join(rows) + rf" \end{{{name}}}"


def aligned(*rows: str) -> str:
    return environment("aligned", rows)
