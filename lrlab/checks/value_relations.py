"""What wrong numbers are beside the right ones: a constant times them, their root, one of the arguments …"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lrlab.checks.serialize import is_number, is_real

Relation = tuple[Callable[..., Any], str]  # what stands in place of the right values, and words for it
LOGARITHM = "Which logarithm is asked for, the natural one or that of base"
FACTORS = {  # what a factor may come from
    -1: "Where does the sign change?",
    math.log(10): f"That is ln 10. {LOGARITHM} 10?",
    1 / math.log(10): f"That is 1 / ln 10. {LOGARITHM} 10?",
    math.log(2): f"That is ln 2. {LOGARITHM} 2?",
    1 / math.log(2): f"That is 1 / ln 2. {LOGARITHM} 2?",
    math.pi / 180: "That is π / 180. Are degrees taken for radians?",
    180 / math.pi: "That is 180 / π. Are radians taken for degrees?",
    math.pi: "That is π.",
    1 / math.pi: "That is 1 / π.",
}
ANY_FACTOR = "Which factor or unit is too many, or left out?"
ALONE: tuple[Relation, ...] = (  # made of the right values alone
    (abs, "is the right one without its sign. Which operation loses it?"),
    (np.ceil, "is the right one rounded up. Where do you round, and should you?"),
    (lambda w: 1 / w, "is 1 divided by the right one. What should be divided by what?"),
    (lambda w: 1 - w, "is 1 minus the right one. What part is left, and what part is taken away?"),
    (np.square, "is the square of the right one. Is a root missing, or a square too many?"),
    (np.sqrt, "is the root of the right one. Is a square missing, or a root too many?"),
    (np.exp, "is e to the power of the right one. Is a logarithm missing?"),
    (np.log, "is the logarithm of the right one. Is a logarithm too many?"),
)
WITH_ONE: tuple[Relation, ...] = (  # made of the right values and of a number among the arguments
    (lambda w, a: w * a, "is the right one times {0}. How often does {0} act?"),
    (lambda w, a: w / a, "is the right one divided by {0}. How often does {0} act?"),
    (lambda w, a: w + a, "is the right one plus {0}. Is {0} added once too often?"),
    (lambda w, a: w - a, "is the right one minus {0}. Is {0} left out, or subtracted?"),
    (lambda w, a: a - w, "and the right one add up to {0}. What part is left, and what part is taken away?"),
    (lambda w, a: w * a**2, "is the right one times {0}². Do you multiply where you should divide?"),
    (lambda w, a: w / a**2, "is the right one divided by {0}². Do you divide where you should multiply?"),
    (lambda w, a: w * np.sqrt(a), "is the right one times √{0}. Is a root missing, or too many?"),
    (lambda w, a: w / np.sqrt(a), "is the right one divided by √{0}. Is a root missing, or too many?"),
    (lambda w, a: w * (1 - a), "is the right one times 1 - {0}. Should that factor be there?"),
    (lambda w, a: w / (1 - a), "is the right one divided by 1 - {0}. Is that factor missing?"),
    (lambda w, a: w**a, "is the right one to the power of {0}. How often does {0} act?"),
    (lambda w, a: a + 0 * w, "is {0} itself. What else should it depend on?"),
    (lambda w, a: a**2 / w, "times the right one is always {0}². Do you divide where you should multiply?"),
)
WITH_TWO: tuple[Relation, ...] = (
    (lambda w, a, b: w * a / b, "is the right one times {0} / {1}. Is one of them used in place of the other?"),
    (lambda w, a, b: w + a - b, "is the right one plus {0} - {1}. Is one of them used in place of the other?"),
)
SUM: tuple[Relation, ...] = ((lambda w, a, b: a + b - w, "and the right one add up to {0} + {1}. Is it upside down?"),)
LIMITS: tuple[Relation, ...] = (
    (np.maximum, "stops at {0}, and the right one goes below it. Is {0} a lower limit here?"),
    (np.minimum, "stops at {0}, and the right one goes above it. Is {0} an upper limit here?"),
)


@dataclass(frozen=True)
class Values:
    """The numbers of some calls in one row, each beside the right one.

    Attributes:
        mine, right: all numbers.
        sizes: how many each call has.
        arguments: the numbers among the arguments by name, each repeated for every number of its call.
    """

    mine: np.ndarray
    right: np.ndarray
    sizes: tuple[int, ...]
    arguments: Mapping[str, np.ndarray]

    @property
    def wrong(self) -> np.ndarray:
        return ~np.isclose(self.mine, self.right, rtol=1e-5, atol=1e-12)

    def calls(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield the student's numbers and the right ones, call by call."""
        ends = np.cumsum(self.sizes)[:-1]
        yield from zip(np.split(self.mine, ends), np.split(self.right, ends), strict=True)


def in_a_row(calls: Sequence[tuple[Any, Any, Mapping[str, Any]]]) -> Values:
    """Return the numbers of calls, given as (the student's value, the right value, the arguments by name).

    Raises:
        ValueError: what is no finite number, or another count than that of the right values.
    """
    pairs = [(list(_numbers(mine, right)), list(_numbers(right, right))) for mine, right, _ in calls]
    if any(len(mine) != len(right) for mine, right in pairs):
        raise ValueError("not as many values")
    mine, right = (np.array([x for pair in pairs for x in pair[k]], dtype=float) for k in (0, 1))
    sizes = tuple(len(values) for values, _ in pairs)
    names = [
        name for name in calls[0][2] if all(_each(call[2].get(name), n) for call, n in zip(calls, sizes, strict=True))
    ]
    rows = {
        name: np.concatenate([np.broadcast_to(call[2][name], n) for call, n in zip(calls, sizes, strict=True)])
        for name in names
    }
    if not np.isfinite([mine, right]).all():
        raise ValueError("not finite")
    return Values(mine, right, sizes, rows)


def _each(argument: Any, count: int) -> bool:
    """Whether an argument is a number, or a list with one for each value."""
    if isinstance(argument, list):
        return 1 < len(argument) == count and all(map(is_number, argument))
    return is_number(argument)


def _numbers(value: Any, like: Any) -> Iterator[float]:
    """Yield the numbers in lists and dicts, which must have the shape of another value."""
    if isinstance(like, dict):
        if not isinstance(value, dict) or value.keys() != like.keys():
            raise ValueError("other keys")
        for key, one in like.items():
            yield from _numbers(value[key], one)
    elif isinstance(like, list):
        if not isinstance(value, list) or len(value) != len(like):
            raise ValueError("not as many values")
        for mine, one in zip(value, like, strict=True):
            yield from _numbers(mine, one)
    elif is_real(value) and is_real(like):
        yield float(value)
    else:
        raise ValueError("no number")


def of_values(wrong: Values, every: Values | None) -> Iterator[str]:
    """Say what holds between all numbers of the wrong calls and the right ones, the simplest first.

    Args:
        wrong: the numbers of the calls that are wrong.
        every: those of all calls, if all have numbers.
    """
    right = wrong.right[wrong.wrong]
    if len(right) < 2 or _distinct(right) < 2:
        return  # one wrong value, or one right one, is no evidence
    if every and len(every.mine) > 2 and np.ptp(every.mine) == 0:
        yield "never changes. On what should it depend?"
        return
    if _distinct(wrong.mine[wrong.wrong]) > 1:
        yield from _rounded(wrong)
        yield from _single([words for made, words in ALONE if _equal(wrong, made(wrong.right))])
        yield from _by_a_constant(wrong)
    names = list(wrong.arguments)
    yield from _single(list(_by_arguments(wrong, WITH_ONE, itertools.permutations(names, 1))))
    yield from _single(list(_by_arguments(wrong, WITH_TWO, itertools.permutations(names, 2))))
    yield from _single(list(_by_arguments(wrong, SUM, itertools.combinations(names, 2))))
    yield from _single(list(_by_limits(every))) if every else ()
    yield from _in_each_call(wrong)
    share = np.abs(wrong.mine - wrong.right) / np.maximum(np.abs(wrong.right), 1e-12)
    if share.max() < 1e-3:
        yield "is the right one up to less than a thousandth. Is a number in it rounded, such as π?"
    off = (wrong.mine - wrong.right)[wrong.wrong]
    if np.all(off > 0) or np.all(off < 0):
        yield f"is too {'high' if off[0] > 0 else 'low'} wherever it is wrong. Which part of the rule does that?"


def _equal(values: Values, should: Any) -> bool:
    return bool(np.allclose(values.mine, should, rtol=1e-6, atol=1e-15))


def _distinct(numbers: np.ndarray) -> int:
    return len({float(f"{x:.6g}") for x in numbers.tolist()})


def _single(words: list[str]) -> list[str]:
    """Return the one relation that holds, or none: of several, any would be a guess."""
    return words if len(words) == 1 else []


def _rounded(values: Values) -> Iterator[str]:
    for digits in range(10):
        if np.allclose(values.mine, np.round(values.right, digits), rtol=1e-12, atol=1e-15):
            to = f" to {digits} decimal{'s' * (digits > 1)}" if digits else ""
            yield f"is the right one rounded{to}. Where do you round? Return all digits."
            return
    if np.allclose(values.mine, np.floor(values.right), rtol=1e-12, atol=1e-15):
        yield "is the right one rounded down. Where do you round, and should you?"


def _by_a_constant(values: Values) -> Iterator[str]:
    k = int(np.argmax(np.abs(values.right)))
    factor, offset = values.mine[k] / values.right[k], values.mine[k] - values.right[k]
    if factor and _equal(values, factor * values.right):
        source = next(
            (words for known, words in FACTORS.items() if math.isclose(known, factor, rel_tol=1e-5)), ANY_FACTOR
        )
        yield f"is {factor:.5g} times the right one. {source}"
    elif _equal(values, values.right + offset):
        sign = "+" if offset > 0 else "-"
        yield f"is the right one {sign} {abs(offset):.5g}. What is counted once too often, or left out?"
    elif _equal(values, values.mine[k] + values.right[k] - values.right):
        yield f"and the right one always add up to {values.mine[k] + values.right[k]:.5g}. Is it upside down?"


def _by_arguments(values: Values, relations: Sequence[Relation], chosen: Iterable[tuple[str, ...]]) -> Iterator[str]:
    for names in chosen:
        rows = [values.arguments[name] for name in names]
        if all(_distinct(row[values.wrong]) > 1 for row in rows):
            for made, words in relations:
                if _equal(values, made(values.right, *rows)):
                    yield words.format(*names)


def _by_limits(every: Values) -> Iterator[str]:
    """Of all calls: somewhere the limit acts, and somewhere it doesn't."""
    stopped = every.mine[every.wrong]
    limits = {name: row for name, row in every.arguments.items() if _distinct(row) > 1}
    if _distinct(stopped) == 1:
        limits[f"{stopped[0]:.5g}"] = np.full(len(every.mine), stopped[0])
    for name, row in limits.items():
        for made, words in LIMITS:
            beyond = made(every.right, row) != row
            if beyond.any() and _equal(every, made(every.right, row)):
                yield words.format(name)


def _in_each_call(values: Values) -> Iterator[str]:
    """Say what holds within each call, where a constant is another one in the next."""
    calls = list(values.calls())
    if not all(len(right) > 2 and _distinct(right[right != 0]) > 2 for _, right in calls):
        return
    if all(np.ptp(mine) == 0 for mine, _ in calls):
        yield "never changes within a call. On what should it depend?"
    elif all(np.allclose(mine, mine[0] + right[0] - right, rtol=1e-6, atol=1e-12) for mine, right in calls):
        yield "and the right one add up to the same number within each call. Is it upside down?"
    elif all(np.ptp(mine - right) < 1e-9 * np.abs(right).max() for mine, right in calls):
        yield "is the right one plus the same number within each call. What is added once too often, or left out?"
    elif all(_constant_ratio(mine, right) for mine, right in calls):
        yield "is the right one times the same factor within each call. Which factor is too many, or left out?"


def _constant_ratio(mine: np.ndarray, right: np.ndarray) -> bool:
    k = int(np.argmax(np.abs(right)))
    return bool(mine[k] and np.allclose(mine, mine[k] / right[k] * right, rtol=1e-6, atol=1e-15))
