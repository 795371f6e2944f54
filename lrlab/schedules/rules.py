"""What a schedule's arguments may be, in one wording.

A rule stands beside the field that it guards, as a type::

    class StepDecay(Schedule):
        lr: Positive
        every: Count

:func:`check` turns a value into a builtin ``float``, ``int`` or ``tuple`` (an ``np.float64`` that reached
``param_groups`` would make the checkpoint fail under ``torch.load(weights_only=True)``), or raises a
``ValueError`` that names the argument, the rule and the value.
"""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Annotated, Any


@dataclass(frozen=True)
class Rule:
    """One rule: its words, and a function that returns the clean value or raises."""

    words: str
    clean: Callable[[Any], Any]


def check(name: str, rule: Rule, value: Any) -> Any:
    """Return ``value`` cleaned by ``rule``; ``ValueError`` names argument, rule and value otherwise."""
    try:
        return rule.clean(value)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"{name} must be {rule.words}, got {value!r}") from None


def _number(accept: Callable[[float], bool]) -> Callable[[Any], float]:
    def clean(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, numbers.Real):
            raise TypeError
        number = float(value)
        if not (math.isfinite(number) and accept(number)):
            raise ValueError
        return number

    return clean


def _whole(at_least: int) -> Callable[[Any], int]:
    def clean(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, numbers.Integral) or value < at_least:
            raise ValueError
        return int(value)

    return clean


def _milestones(value: Any) -> tuple[int, ...]:
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise TypeError
    steps = tuple(sorted(_whole(0)(step) for step in value))
    if not steps:
        raise ValueError
    return steps


def _function(value: Any) -> Callable[..., Any]:
    if not callable(value):
        raise TypeError
    return value


POSITIVE = Rule("a finite number > 0", _number(lambda x: x > 0))
NON_NEGATIVE = Rule("a finite number >= 0", _number(lambda x: x >= 0))
FRACTION = Rule("a number > 0 and <= 1", _number(lambda x: 0 < x <= 1))
UNIT = Rule("a number >= 0 and <= 1", _number(lambda x: 0 <= x <= 1))
SEED = Rule("a whole number >= 0", _whole(0))
STEPS = Rule("a whole number >= 0", _whole(0))
COUNT = Rule("a whole number >= 1", _whole(1))
MILESTONES = Rule("a list of whole numbers >= 0, at least one", _milestones)
FUNCTION = Rule("a function of the step", _function)

Positive = Annotated[float, POSITIVE]
NonNegative = Annotated[float, NON_NEGATIVE]
Fraction = Annotated[float, FRACTION]
Unit = Annotated[float, UNIT]
Steps = Annotated[int, STEPS]
Count = Annotated[int, COUNT]
Milestones = Annotated[tuple[int, ...], MILESTONES]
Function = Annotated[Callable[[int], float], FUNCTION]
