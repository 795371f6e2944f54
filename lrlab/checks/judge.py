"""Compare plain outcomes with the right values. Pure: no student object comes near this module.

Outcomes may come from a process that is not trusted, so anything malformed counts as a wrong answer, never as an error.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from lrlab.checks.drive import Outcome

if TYPE_CHECKING:
    from lrlab.checks.exercise import Case

RTOL = 1e-6  # loose enough for any order of the arithmetic, tight enough for every misconception
RTOL_SINGLE = 1e-5  # for answers in single precision, which lose a digit where they subtract
ZERO = 1e-12  # what counts as 0 where 0 is due: the remainder of a subtraction
ABSENT = {"type": "nothing"}  # stands for a value that is not there
TINY = 1e-300  # below this a float has lost digits, and no relative comparison is fair


class Part(NamedTuple):
    """One value of a fact beside the right one; `path` is the fact's name, then the indices and keys down to it."""

    path: tuple[str | int, ...]
    mine: Any
    wanted: Any
    right: bool


@dataclass(frozen=True)
class Verdict:
    """How one call did.

    Attributes:
        right: whether the call earns its point.
        values: the student's values, flattened; empty where there are none.
        marks: for each right value, whether the student's is equal to it.
        problem: "" or what is wrong besides the values: "none", "error", "odd", "refused", "shape", "list", "integers",
            "changed".
        parts: the values of a `Facts` driver, each beside the right one.
    """

    right: bool
    values: tuple[float, ...] = ()
    marks: tuple[bool, ...] = ()
    problem: str = ""
    parts: tuple[Part, ...] = ()


def close(value: float, expected: float, *, single: bool = False) -> bool:
    """Whether two floats are equal up to rounding; NaN equals nothing."""
    if expected == 0:
        return abs(value) <= ZERO
    return math.isclose(value, expected, rel_tol=RTOL_SINGLE if single else RTOL, abs_tol=TINY)


def same(one: Any, other: Any) -> bool:
    """Whether two pieces of plain data are equal up to rounding, NaN included."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[k], other[k]) for k in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if _is_number(one) and _is_number(other):
        return close(float(one), float(other), single=True)
    return type(one) is type(other) and bool(one == other)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def compare(outcomes: Sequence[Outcome], cases: Sequence[Case]) -> list[Verdict]:
    """A verdict for each case; a missing outcome is a wrong answer."""
    padded = [*outcomes, *[Outcome(kind="odd", type="nothing")] * len(cases)]
    return [_compare(outcome, case.expected) for outcome, case in zip(settled(padded, cases), cases, strict=False)]


def settled(outcomes: Sequence[Outcome], cases: Sequence[Case]) -> list[Outcome]:
    """The outcomes, each with lists in the place of arrays where only those gave the right values."""
    return [_settled(outcome, case.expected) for outcome, case in zip(outcomes, cases, strict=False)]


def _settled(outcome: Outcome, expected: Any) -> Outcome:
    other = outcome.get("otherwise")
    if not isinstance(other, dict) or _compare(outcome, expected).right:
        return outcome
    return other if _compare(other, expected).right else outcome


def _compare(outcome: Outcome, expected: Any) -> Verdict:
    kind = outcome.get("kind", "odd")
    if kind in ("none", "error", "odd", "refused"):
        return Verdict(False, problem=kind)
    if isinstance(expected, dict):
        return _compare_facts(outcome, expected)
    right_values = np.asarray(expected, dtype=np.float64)
    try:
        values = tuple(float(v) for v in outcome["values"])
        shape = tuple(int(s) for s in outcome["shape"])
    except (KeyError, TypeError, ValueError):
        return Verdict(False, problem="odd")
    if shape != right_values.shape or len(values) != right_values.size:
        return Verdict(False, values=values, problem="shape")
    single = outcome.get("single") is True
    marks = tuple(close(v, e, single=single) for v, e in zip(values, right_values.ravel().tolist(), strict=True))
    problem = ""
    if outcome.get("integers") and shape and not all(marks):
        problem = "integers"
    elif kind == "list":
        problem = "list"
    elif outcome.get("changed"):
        problem = "changed"
    return Verdict(all(marks) and not problem, values, marks, problem)


def _compare_facts(outcome: Outcome, expected: dict[str, Any]) -> Verdict:
    facts = outcome.get("facts")
    if outcome.get("kind") != "facts" or not isinstance(facts, dict):
        return Verdict(False, problem="odd")
    parts = tuple(_parts((), facts, expected, outcome.get("single") is True))
    problem = "changed" if outcome.get("changed") else ""
    return Verdict(all(p.right for p in parts) and not problem, problem=problem, parts=parts)


def _parts(path: tuple[str | int, ...], mine: Any, wanted: Any, single: bool) -> list[Part]:
    """Value by value as far as both go; then what is missing or too much."""
    if isinstance(wanted, dict) and isinstance(mine, dict):
        return [part for key in wanted for part in _parts((*path, key), mine.get(key, ABSENT), wanted[key], single)]
    if isinstance(wanted, list) and isinstance(mine, list):
        found = [
            p for i, (m, w) in enumerate(zip(mine, wanted, strict=False)) for p in _parts((*path, i), m, w, single)
        ]
        if len(mine) != len(wanted) or not wanted:
            found.append(Part(path, mine, wanted, len(mine) == len(wanted)))
        return found
    if _is_number(wanted):
        right = _is_number(mine) and close(float(mine), float(wanted), single=single)
    else:
        right = type(mine) is type(wanted) and bool(mine == wanted)
    return [Part(path, mine, wanted, right)]
