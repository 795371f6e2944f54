"""What every schedule is: a frozen, callable object from a step to a learning rate.

The package's one circle of imports is here: :meth:`Schedule.attach` and :meth:`Schedule.torch` import
:mod:`lrlab.torch_scheduler`, which imports the schedules. They do it when they are called, so schedules need no torch.
Free functions would avoid the circle, but ``schedule.attach(optimizer)`` reads better.
"""

from __future__ import annotations

import math
import numbers
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, ClassVar, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lrlab._formula import Floats, Formula
from lrlab._validation import COUNT, NON_NEGATIVE, as_floats, check

BLOCK = 256  # the fewest rates that an attached schedule works out at a time: hardly dearer than one
LARGEST_BLOCK = 65_536  # and the most: 2 MB as a list

if TYPE_CHECKING:
    from torch.optim import Optimizer
    from torch.optim.lr_scheduler import LRScheduler


def as_steps(step: ArrayLike) -> Floats:
    """``step`` as a float64 array of any shape; ``ValueError`` unless all are finite numbers >= 0."""
    try:
        steps = as_floats(step)
        good = bool(np.isfinite(steps).all() and (steps >= 0).all())
    except (TypeError, ValueError):
        good = False
    if not good:
        raise ValueError(f"step must be a finite number >= 0 or an array of them, got {step!r}")
    return steps


def plain_step(step: Any) -> int | float:
    """``step`` as a builtin that a checkpoint can hold, an ``int`` where it is whole by its type."""
    steps = as_steps(step)
    if steps.ndim:
        raise ValueError(f"step must be one number >= 0, got {step!r}")
    whole = isinstance(step, numbers.Integral) or getattr(np.asarray(step), "dtype", np.dtype(float)).kind in "biu"
    return int(step) if whole else float(steps)


def ask(name: str, function: Callable[[Any], float], x: float) -> float:
    """``function(x)``; ``ValueError`` unless it is a finite number >= 0: ``lr_lambda(3) must be …, got -1``."""
    answer = function(x)
    if type(answer) is float and 0 <= answer < math.inf:  # the usual case, at the price of a comparison
        return answer
    return check(f"{name}({x})", NON_NEGATIVE, answer)


def each(name: str, function: Callable[[Any], float], values: Floats) -> Floats:
    """:func:`ask` for each value, in the values' shape; a whole value reaches it as an ``int``, as in torch."""
    answers = np.empty_like(values)
    for index, value in np.ndenumerate(values):
        answers[index] = ask(name, function, int(value) if value == np.floor(value) else float(value))
    return answers


def power(base: float, exponent: Floats) -> Floats:
    """Return ``base ** exponent`` for a base > 0, without pow where that is 0 or inf: there it is 20 times slower."""
    size = exponent * math.log(base)
    beyond = np.where(size > 0, np.inf, 0.0)
    return np.power(base, exponent, out=beyond, where=(size > -746) & (size < 710))


@dataclass(frozen=True)
class Schedule(Formula):
    """A learning rate as a function of the step.

    ``s(step)`` takes the number of completed optimizer updates, counted from 0 (so ``s(0)`` is the rate
    that the first update uses), and returns the learning rate: a builtin ``float`` for one step, a float64
    array of the same shape for an array of steps. No optimizer is needed, and none is touched, until
    :meth:`attach`. ``2 * s`` scales it, ``s * t`` multiplies two (``lrlab.schedules.product``).

    A new schedule is a frozen dataclass with annotated fields (see ``lrlab._validation``), its
    formula in :meth:`rate` and in ``latex``, its class of torch in :attr:`torch_class`, and an ``example``.

    Raises:
        ValueError: at construction for an argument that breaks its rule, and at the call for a step that is negative or
            not finite.
    """

    group: ClassVar[str] = ""
    """Where it comes from, ``"lecture"``, ``"torch"`` or ``"field"``; a class of your own need not say."""
    torch_class: ClassVar[tuple[str, ...]] = ()
    """The class of ``torch.optim.lr_scheduler`` with the same curve, then its arguments, which are fields as well."""
    lr_arguments: ClassVar[tuple[str, ...]] = ()
    """The arguments of torch's class that are learning rates, so that a param group's ``scale`` applies to them."""

    def rate(self, n: Floats) -> Floats:
        """Return the formula itself, on a float64 array of valid steps."""
        raise NotImplementedError(f"{type(self).__name__} does not say its formula: define rate(n)")

    def torch_equivalent(self) -> tuple[str, dict[str, Any]] | None:
        """Return the class of ``torch.optim.lr_scheduler`` with the same curve, and its arguments; None if none has.

        It is that of :attr:`torch_class`; a schedule whose fields are no arguments of torch's defines it.
        """
        if not self.torch_class:
            return None
        name, *taken = self.torch_class
        arguments = {field: getattr(self, field) for field in taken}
        return name, arguments | ({"cycle_momentum": False} if self.cycles_momentum else {})

    def twin(self) -> tuple[str, dict[str, Any]] | None:
        """Do as :meth:`torch_equivalent`, whose deprecated name this is; lrlab 0.2 won't have it."""
        warnings.warn("Schedule.twin() is now called torch_equivalent()", DeprecationWarning, stacklevel=2)
        return self.torch_equivalent()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Take the deprecated names that a schedule of your own may define: ``twin`` and ``twin_rates``."""
        super().__init_subclass__(**kwargs)
        for old, new in (("twin", "torch_equivalent"), ("twin_rates", "lr_arguments")):
            if old in vars(cls):
                warnings.warn(f"{cls.__name__}.{old} is now called {new}", DeprecationWarning, stacklevel=2)
                setattr(cls, new, vars(cls)[old])

    @overload
    def __call__(self, step: float) -> float: ...
    @overload
    def __call__(self, step: Sequence[float] | NDArray[Any]) -> Floats: ...
    def __call__(self, step: ArrayLike) -> float | Floats:
        steps = as_steps(step)
        rates = self.rate(steps)
        return float(rates) if steps.ndim == 0 else rates

    def curve(self, steps: int) -> Floats:
        """Return the rates of the first ``steps`` updates: ``s(0), …, s(steps - 1)``, shape ``(steps,)``."""
        return self(np.arange(check("steps", COUNT, steps)))

    @property
    def length(self) -> int | None:
        """How many updates it has rates for; None if it goes on without end."""
        return None

    @property
    def cycles_momentum(self) -> bool:
        """Whether a momentum goes with the rate (:meth:`momentum`)."""
        return type(self).momentums is not Schedule.momentums

    def momentums(self, n: Floats) -> Floats:
        """Return the momentum's formula, on a float64 array of valid steps."""
        raise ValueError(f"{self!r} has no momentum of its own")

    @overload
    def momentum(self, step: float) -> float: ...
    @overload
    def momentum(self, step: Sequence[float] | NDArray[Any]) -> Floats: ...
    def momentum(self, step: ArrayLike) -> float | Floats:
        """Return the momentum (Adam's first beta) that belongs to ``step``: a float, or an array for an array.

        ``ValueError`` if the schedule leaves the momentum alone: :attr:`cycles_momentum` says so.
        """
        steps = as_steps(step)
        values = self.momentums(steps)
        return float(values) if steps.ndim == 0 else values

    def ahead(self, step: int, wanted: int = BLOCK) -> list[float]:
        """Return the rates from ``step`` on, as many as are worth working out together: what ``attach`` reads from.

        That is ``wanted``, within bounds: some hundred are hardly dearer than one, and of millions most would be for
        nothing. One alone if a function of the user's is in it, which must not be asked before its turn.
        """
        if not _known_ahead(self):
            return [self(step)]
        stop = step + min(max(BLOCK, wanted), LARGEST_BLOCK)
        if self.length is not None:
            stop = max(step + 1, min(stop, self.length))
        return self(np.arange(step, stop)).tolist()

    def attach(
        self, optimizer: Optimizer, *, scale: float | Sequence[float] = 1.0, cycle_momentum: bool = False
    ) -> LRScheduler:
        """Return a real torch ``LRScheduler`` that sets ``optimizer``'s learning rate to ``scale * self(step)``.

        See :class:`lrlab.torch_scheduler.ScheduleLR`; ``scale`` is one factor, or one for each param group;
        ``cycle_momentum=True`` sets the momentum as well, where the schedule has one.
        """
        from lrlab.torch_scheduler import ScheduleLR

        return ScheduleLR(optimizer, self, scale=scale, cycle_momentum=cycle_momentum)

    def torch(
        self, optimizer: Optimizer, *, scale: float | Sequence[float] = 1.0, cycle_momentum: bool = False
    ) -> LRScheduler:
        """Torch's own scheduler for the same curve, started afresh on ``optimizer``.

        ``TypeError`` if torch has no such scheduler. See :func:`lrlab.torch_scheduler.build_equivalent`.
        """
        from lrlab.torch_scheduler import build_equivalent

        return build_equivalent(self, optimizer, scale=scale, cycle_momentum=cycle_momentum)

    def __mul__(self, other: object) -> Schedule:
        from lrlab.schedules.product import Product, Scaled  # they are schedules themselves

        if isinstance(other, Schedule):
            return Product((self, other))
        return Scaled(self, factor=float(other)) if isinstance(other, numbers.Real) else NotImplemented

    __rmul__ = __mul__


def _known_ahead(value: Any) -> bool:
    if isinstance(value, Schedule):
        return all(_known_ahead(getattr(value, f.name)) for f in fields(value))
    return all(map(_known_ahead, value)) if isinstance(value, tuple) else not callable(value)
