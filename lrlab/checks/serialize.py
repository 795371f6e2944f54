"""Objects as plain data: numbers, texts, truths, None, lists and dicts, as JSON has them.

All of this runs while an answer is watched, and each call of Python or of C is an event that the tracer looks at. So
what is of Python's own types, as nearly all of it is, takes few calls. Types are compared by identity: a type of the
answer's own may say that it equals another one.
"""

from __future__ import annotations

import math
import numbers
import sys
from collections.abc import Mapping
from copy import deepcopy
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

LARGEST = 100_000  # values in one answer
REALS = (float, int, np.floating, np.integer)
PAIRS = (dict, Mapping)  # dict first, by its bases: what Mapping says is kept under a type's own hash and equality
EXACT = (Fraction, Decimal)
_is_finite = math.isfinite
_identity = object.__hash__  # of types too, whatever their own type answers
FLOATS = frozenset({_identity(float)})
PLAIN = frozenset(map(_identity, (float, int, bool, str, type(None))))  # types whose values can't change


class Unusable(Exception):
    """An answer returned what can't be compared. The message is a sentence for the student."""


class WrongType(Unusable):
    """An answer returned another kind of object than the one that its exercise's ``should_return`` names."""

    def __init__(self, value: Any) -> None:
        entries = f" with {len(value)} entries" if isinstance(value, list | tuple) else ""
        self.kind = type(value).__name__ + entries


def as_numpy(value: Any) -> Any:
    """Return a torch tensor as the numpy array of its values, an exact number as a float; anything else as it is."""
    if isinstance(value, EXACT):
        try:
            return float(value)
        except (OverflowError, ValueError):  # beyond every float; a Decimal that signals
            return value
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(value, torch.Tensor):
        value = value.detach().cpu()
        return (value.float() if value.dtype is torch.bfloat16 else value).numpy()
    return value


def _types(values: list[Any] | tuple[Any, ...]) -> set[int]:
    return set(map(_identity, map(type, values)))


def is_single(value: Any) -> bool:
    """Whether numbers come in single precision or less, and so can't be held to more digits than they have."""
    kind = type(value)
    if _identity(kind) in PLAIN or ((kind is list or kind is tuple) and _types(value) <= PLAIN):
        return False
    value = as_numpy(value)
    if isinstance(value, PAIRS):
        return any(map(is_single, value.values()))
    if isinstance(value, list | tuple):
        return any(map(is_single, value))
    return isinstance(value, np.ndarray | np.generic) and value.dtype.kind == "f" and value.dtype.itemsize < 8


def is_real(value: Any) -> bool:
    """Whether plain data is a number: no truth value, but nan and inf count."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_number(value: Any) -> bool:
    """Whether plain data is a finite number."""
    return is_real(value) and math.isfinite(value)


def json_number(value: float) -> float | str:
    """Return a float; what JSON has no number for as text: "nan", "inf", "-inf"."""
    return value if math.isfinite(value) else str(value)


def to_jsonable(value: Any) -> Any:
    """``value`` as plain data. What has no such form becomes {"type": its type}, which equals no right value."""
    kind = type(value)
    if kind is float:
        return value if value - value == 0 else str(value)  # not zero for nan, inf and -inf
    if kind is str or kind is bool or value is None:
        return value
    if kind is dict:
        return {str(k): to_jsonable(v) for k, v in value.items()}
    if (kind is list or kind is tuple) and len(value) <= LARGEST:
        if _types(value) == FLOATS and all(map(_is_finite, value)):
            return [*value]
        return [to_jsonable(v) for v in value]
    if kind is not np.ndarray:
        value = as_numpy(value)
    no_form = {"type": type(value).__name__}
    if isinstance(value, bool | str):
        return value
    if isinstance(value, np.bool_):
        return bool(value)
    if isinstance(value, REALS) or isinstance(value, numbers.Real):  # noqa: SIM101 - the second asks in Python
        try:
            return json_number(float(value))
        except OverflowError:  # an int beyond every float
            return no_form
    if isinstance(value, np.ndarray):
        return to_jsonable(value.tolist()) if value.dtype.kind in "iufbO" and value.size <= LARGEST else no_form
    if isinstance(value, list | tuple | range):
        return [to_jsonable(v) for v in value] if len(value) <= LARGEST else no_form
    if isinstance(value, PAIRS):
        return {str(k): to_jsonable(v) for k, v in value.items()}
    return no_form


def copied(value: Any) -> Any:
    """Return a copy of an argument: of lists and dicts all the way down, and of another object as ``deepcopy`` does."""
    kind = type(value)
    if _identity(kind) in PLAIN:
        return value
    if kind is list:
        return [*value] if _types(value) <= PLAIN else [copied(v) for v in value]
    if kind is tuple:
        return tuple([copied(v) for v in value])
    if kind is dict:
        return {k: copied(v) for k, v in value.items()}
    return deepcopy(value)
