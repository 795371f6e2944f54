"""What the explorers of results made beforehand share: few enough numbers for the page, goals that can be reached."""

from __future__ import annotations

import base64
import math
import numbers
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lrlab._formula import Floats
from lrlab._validation import Validator, among, check, is_whole
from lrlab.explorers.shared.traits import Step, one_of

_LARGEST = 1e30  # far beyond any axis, and a float32 still


def reachable(names: Iterable[str]) -> tuple[Validator | Step, ...]:
    """Return the rules for one of ``names`` of which the explorer's ``_targets`` knows when it is reached."""

    def among_the_targets(explorer: Any, name: str, value: Any) -> Any:
        there = f"None or one of {', '.join(explorer._targets)}" if explorer._targets else "None"
        return check(name, Validator(f"{there} with these results", among(explorer._targets)), value)

    return one_of(names, none=True), among_the_targets


def nearest_tried(
    name: str, value: Any, tried: ArrayLike, *, low: float, whole: bool = False, by_ratio: bool = False
) -> Any:
    """Return the value of ``tried``, sorted, that is the nearest to ``value``.

    Args:
        name: of the argument, for the message.
        low: the lowest ``value`` that is allowed; the highest is the last of ``tried``.
        whole: whether only a whole number is allowed.
        by_ratio: whether the nearest is the one with the smallest ratio, for values above 0.

    Raises:
        ValueError: ``value`` is no such number.
    """
    known = np.asarray(tried)
    high = known[-1].item()

    def clean(value: Any) -> Any:
        number = is_whole(value) if whole else isinstance(value, numbers.Real) and not isinstance(value, bool)
        slack = 0 if whole else 1e-6  # as printed it may be rounded outwards
        if not (number and low * (1 - slack) <= value <= high * (1 + slack)):
            raise ValueError
        gaps = np.log(known) - math.log(value) if by_ratio else known - value
        return known[np.argmin(np.abs(gaps))].item()

    kind, ends = ("a whole number", (low, high)) if whole else ("a number", (f"{low:g}", f"{high:g}"))
    return check(name, Validator(f"{kind} from {ends[0]} to {ends[1]}", clean), value)


def packed(values: ArrayLike, kind: str = "<f4") -> str:
    """``values`` as base64 of a ``kind`` of numbers, default little-endian float32; numbers.js takes it apart."""
    known = np.asarray(values)
    if kind == "<f4":
        known = np.clip(known.astype(np.float64), -_LARGEST, _LARGEST)  # NaN stays NaN
    return base64.b64encode(known.astype(kind).tobytes()).decode()


def unpacked(text: str, kind: str = "<f4") -> Floats:
    """Return what :func:`packed` packed."""
    return np.frombuffer(base64.b64decode(text), dtype=kind).astype(np.float64)


def listed(values: ArrayLike) -> list[float | None]:
    """``values`` as a list, with None for those that are not finite, which JSON does not know."""
    return [value if np.isfinite(value) else None for value in np.asarray(values, dtype=np.float64).tolist()]


def thinned(length: int, most: int) -> NDArray[np.int64]:
    """Which of ``length`` places to keep: all, or ``most`` of them, evenly, both ends included."""
    return np.unique(np.linspace(0, length - 1, min(length, most)).round().astype(np.int64))


def banded(values: Floats) -> dict[str, list[float | None]]:
    """Several seeds' lines, (seeds, points), as their mean, lowest and highest."""
    return {"mean": listed(values.mean(axis=0)), "low": listed(values.min(axis=0)), "high": listed(values.max(axis=0))}
