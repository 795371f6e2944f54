"""A number that stands for plain data, so that values can be recognized without being stored."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator
from typing import Any

from lrlab.checks.compare import ZERO
from lrlab.checks.serialize import is_number

VALUE = "value"  # stands for a fact's name where one value is compared
DECIMALS = 5
TOLERANCE = 2e-5  # of one value: single precision changes its logarithm by less
GOLDEN = (math.sqrt(5) - 1) / 2
RIGHT = 0.0  # the mark of the right value, whatever it is


def mark(value: Any) -> float:
    """Return a sum over all that is in the data, in which each place has a weight of its own.

    Numbers enter by their logarithm, so that a small one counts as much as a large one.
    """
    total = math.fsum((1 + k * GOLDEN % 1) * number for k, number in enumerate(_numbers(value)))
    return round(1 + total, DECIMALS)  # so that a single 0 is not RIGHT


def has_mark(value: Any, of: float) -> bool:
    """Whether data has the mark of other data, up to rounding."""
    count = sum(1 for _ in _numbers(value))
    return abs(mark(value) - of) <= TOLERANCE * (1 + count / 8)


def _numbers(value: Any) -> Iterator[float]:
    if isinstance(value, dict):
        for key in sorted(value):
            yield from _numbers(value[key])
    elif isinstance(value, list | tuple):
        yield 0.25 + len(value)
        for one in value:
            yield from _numbers(one)
    elif is_number(value):
        number = float(value)
        yield 0.0 if abs(number) <= ZERO else math.copysign(40 + math.log(abs(number)), number)
    else:
        yield zlib.crc32(repr(value).encode()) / 2**30
