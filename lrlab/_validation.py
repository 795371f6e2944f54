"""What arguments may be, in one wording for the whole package.

A function checks its arguments with :func:`check`. In a dataclass the validator is part of the field's annotation, and
:class:`lrlab._formula.Formula` applies it::

    class StepDecay(Schedule):
        lr: Positive
        every: Count

:func:`check` turns a value into a builtin ``float``, ``int`` or ``tuple`` (an ``np.float64`` in ``param_groups`` would
make the checkpoint fail under ``torch.load(weights_only=True)``), or raises a ``ValueError`` that names the argument,
the rule and the value.
"""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Validator:
    """One rule for a value.

    Attributes:
        description: the rule in words, which complete the sentence "lr must be …".
        convert: returns the value as a builtin, or raises ``TypeError``, ``ValueError`` or ``OverflowError``.
        options: all values that it takes, where these are a few names.
    """

    description: str
    convert: Callable[[Any], Any]
    options: tuple[str, ...] = ()


def check(name: str, validator: Validator, value: Any) -> Any:
    """Return ``value``, converted by ``validator``; otherwise a ``ValueError`` names argument, rule and value."""
    try:
        return validator.convert(value)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"{name} must be {validator.description}, got {value!r}") from None


def each_once(name: str, validator: Validator, values: Any) -> tuple[Any, ...]:
    """Return one value or several as a tuple, each converted; ``ValueError`` if there is none, or one of them twice."""
    several = isinstance(values, Iterable) and not isinstance(values, str)
    result = tuple(check(name, validator, value) for value in (values if several else [values]))
    if not result or len(set(result)) < len(result):
        raise ValueError(f"{name} must be at least one, each once, got {result!r}")
    return result


def as_floats(values: Any) -> NDArray[np.float64]:
    """Return numbers in any shape as a float64 array; ``ValueError`` for anything else, or numbers beyond float64.

    It refuses more than numpy, which reads texts and dates as numbers. A tensor may be on any device and may require
    its gradient, alone or in a list.
    """
    if isinstance(values, (list, tuple)):
        values = [_without_gradient(value) for value in values]
    array = np.asarray(_without_gradient(values))
    # Fractions, decimals and whole numbers of more than 64 bits are objects to numpy, and numbers each by itself.
    objects = array.dtype.kind == "O" and all(isinstance(value, (numbers.Real, Decimal)) for value in array.flat)
    if array.dtype.kind not in "biuf" and not objects:
        raise ValueError(f"expected numbers, got {values!r}")
    try:
        return array.astype(np.float64, copy=False)
    except OverflowError:
        raise ValueError(f"expected numbers within float64, got {values!r}") from None


def _without_gradient(value: Any) -> Any:
    return value.detach().cpu() if hasattr(value, "detach") else value


def rising(low: float, high: float) -> tuple[float, float]:
    """Return the ends of a range of rates > 0; ``ValueError`` if ``high`` is not above ``low``."""
    low, high = check("low", POSITIVE, low), check("high", POSITIVE, high)
    if high <= low:
        raise ValueError(f"high must be a number > low ({low:g}), got {high!r}")
    return low, high


def check_no_rate(optimizer: Any, arguments: Mapping[str, Any]) -> None:
    """``ValueError`` if an optimizer, or its arguments, bring a learning rate where an experiment sets its own."""
    given = dict(arguments)
    while isinstance(optimizer, partial):
        given, optimizer = {**optimizer.keywords, **given}, optimizer.func
    if "lr" in given:
        raise ValueError(
            f"optimizer must get its learning rate from the experiment, got lr={given['lr']!r}: leave that out"
        )


def number(accept: Callable[[float], bool]) -> Callable[[Any], float]:
    """Return the converter for finite numbers that ``accept`` takes."""

    def convert(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, numbers.Real):
            raise TypeError
        result = float(value)
        if not (math.isfinite(result) and accept(result)):
            raise ValueError
        return result

    return convert


def whole(at_least: int, at_most: float = math.inf) -> Callable[[Any], int]:
    """Return the converter for whole numbers between these, both allowed."""

    def convert(value: Any) -> int:
        if not is_whole(value) or not at_least <= value <= at_most:
            raise ValueError
        float(value)  # the formulas are float64: a count beyond it is refused here and not at the call
        return int(value)

    return convert


def is_whole(value: Any) -> bool:
    """Return whether it is a whole number, and no truth value."""
    return isinstance(value, numbers.Integral) and not isinstance(value, bool)


def as_list(value: Any) -> list[Any]:
    """Return the items of any iterable; ``TypeError`` for a string, and for what is no iterable."""
    if isinstance(value, str):
        raise TypeError
    return list(value)


def _milestones(value: Any) -> tuple[int, ...]:
    steps = tuple(sorted(map(whole(0), as_list(value))))
    if not steps:
        raise ValueError
    return steps


def _function(value: Any) -> Callable[..., Any]:
    if not callable(value):
        raise TypeError
    return value


def among(names: Collection[str]) -> Callable[[Any], str]:
    """Return the converter for a choice between names."""

    def convert(value: Any) -> str:
        if not (isinstance(value, str) and value in names):
            raise ValueError
        return str(value)

    return convert


def one_of(*names: str) -> Validator:
    """Return the validator for a choice between names."""
    return Validator(f"{', '.join(map(repr, names[:-1]))} or {names[-1]!r}", among(names), names)


def _yes_or_no(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def or_none(validator: Validator) -> Validator:
    """Return the validator that takes None as well."""
    return Validator(
        f"{validator.description}, or None", lambda value: None if value is None else validator.convert(value)
    )


POSITIVE = Validator("a finite number > 0", number(lambda x: x > 0))
NON_NEGATIVE = Validator("a finite number >= 0", number(lambda x: x >= 0))
FRACTION = Validator("a number > 0 and <= 1", number(lambda x: 0 < x <= 1))
ABOVE_1 = Validator("a number > 1", number(lambda x: x > 1))
BELOW_1 = Validator("a number > 0 and < 1", number(lambda x: 0 < x < 1))
UNIT = Validator("a number >= 0 and <= 1", number(lambda x: 0 <= x <= 1))
MOMENTUM = Validator("a number >= 0 and < 1", number(lambda x: 0 <= x < 1))
SEED = Validator("a whole number >= 0 of at most 63 bits", whole(0, 2**63 - 1))  # torch's generators take no more
STEPS = Validator("a whole number >= 0", whole(0))
COUNT = Validator("a whole number >= 1", whole(1))
SEVERAL = Validator("a whole number >= 2", whole(2))
MILESTONES = Validator("a list of whole numbers >= 0, at least one", _milestones)
FUNCTION = Validator("a function of the step", _function)
SWITCH = Validator("True or False", _yes_or_no)

Positive = Annotated[float, POSITIVE]
NonNegative = Annotated[float, NON_NEGATIVE]
Fraction = Annotated[float, FRACTION]
Below1 = Annotated[float, BELOW_1]
Unit = Annotated[float, UNIT]
Momentum = Annotated[float, MOMENTUM]
Steps = Annotated[int, STEPS]
Count = Annotated[int, COUNT]
OptionalCount = Annotated[int | None, or_none(COUNT)]
Milestones = Annotated[tuple[int, ...], MILESTONES]
Function = Annotated[Callable[[int], float], FUNCTION]
OptionalFunction = Annotated[Callable[[int], float] | None, or_none(FUNCTION)]
Switch = Annotated[bool, SWITCH]
CyclicMode = Annotated[str, one_of("triangular", "triangular2", "exp_range")]
ScaleMode = Annotated[str, one_of("cycle", "iterations")]
Anneal = Annotated[str, one_of("cos", "linear")]
Tail = Annotated[str, one_of("linear", "cosine", "sqrt")]
PlateauMode = Annotated[str, one_of("min", "max")]
ThresholdMode = Annotated[str, one_of("rel", "abs")]
