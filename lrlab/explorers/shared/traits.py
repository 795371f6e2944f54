"""Traits that refuse a bad value with the sentence that the rest of lrlab uses."""

from __future__ import annotations

import math
import numbers
from collections.abc import Iterable
from typing import Any

from traitlets import TraitType


class Between(TraitType[Any, Any]):
    """A finite number from ``low`` to ``high``, both allowed; a whole one if ``whole``."""

    def __init__(self, default: float, low: float, high: float, *, whole: bool = False) -> None:
        super().__init__(default)
        self.low, self.high, self.whole = low, high, whole

    def validate(self, obj: Any, value: Any) -> float | int:
        kind = numbers.Integral if self.whole else numbers.Real
        good = isinstance(value, kind) and not isinstance(value, bool) and math.isfinite(value)
        if not (good and self.low <= value <= self.high):
            noun = "whole number" if self.whole else "number"
            raise ValueError(f"{self.name} must be a {noun} from {self.low:g} to {self.high:g}, got {value!r}")
        return int(value) if self.whole else float(value)


class Switch(TraitType[Any, Any]):
    """True or False, and nothing that merely looks like it."""

    def validate(self, obj: Any, value: Any) -> bool:
        if not isinstance(value, bool):
            raise ValueError(f"{self.name} must be True or False, got {value!r}")
        return value


class OneOf(TraitType[Any, Any]):
    """One of ``names``, or None."""

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__(None, allow_none=True)
        self.names = tuple(names)

    def validate(self, obj: Any, value: Any) -> str:
        if not (isinstance(value, str) and value in self.names):
            raise ValueError(f"{self.name} must be None or one of {', '.join(self.names)}, got {value!r}")
        return value


class SomeOf(TraitType[Any, Any]):
    """Any of ``names``, each once, kept in their order; given as any iterable of strings."""

    def __init__(self, default: Iterable[str], names: Iterable[str]) -> None:
        super().__init__(list(default))
        self.names = tuple(names)

    def validate(self, obj: Any, value: Any) -> list[str]:
        # A generator would be empty by the time that the message quotes it.
        given = list(value) if isinstance(value, Iterable) and not isinstance(value, str) else None
        if given is None or any(name not in self.names for name in given):
            shown = value if given is None else given
            raise ValueError(f"{self.name} must be a list with names from {', '.join(self.names)}, got {shown!r}")
        return [name for name in self.names if name in given]
