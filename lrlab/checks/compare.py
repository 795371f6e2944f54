"""Compare plain outcomes with the right values. Pure: no student object comes near this module.

Outcomes may come from a process that is not trusted, so anything malformed counts as a wrong answer, never as an error.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from lrlab.checks.call import Outcome
from lrlab.checks.serialize import is_real

if TYPE_CHECKING:
    from lrlab.checks.exercise import Case

RTOL = 1e-6  # loose enough for any order of the arithmetic, tight enough for every misconception
RTOL_SINGLE = 1e-5  # for answers in single precision, which lose a digit where they subtract
ZERO = 1e-12  # what counts as 0 where 0 is right: the remainder of a subtraction
MISSING = {"type": "nothing"}  # stands for a value that is not there
TINY = 1e-300  # below this a float has lost digits, and no relative comparison is fair


class Part(NamedTuple):
    """One value beside the right one; ``path`` is the fact's name ("value" of one value), then the indices and keys."""

    path: tuple[str | int, ...]
    mine: Any
    wanted: Any
    right: bool


@dataclass(frozen=True)
class Verdict:
    """How one call did.

    Attributes:
        case: what was called.
        outcome: what came back, in the form that counts.
        right: whether the call earns its point.
        problem: "" or what is wrong besides the values: "none", "error", "odd", "refused", "shape", "list", "integers",
            "changed".
        parts: the student's values, each beside the right one; empty where there are none to compare.
    """

    case: Case
    outcome: Outcome
    right: bool
    problem: str = ""
    parts: tuple[Part, ...] = ()

    @property
    def has_facts(self) -> bool:
        """Whether facts are compared, and not one value or array."""
        return isinstance(self.case.expected, dict)


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
    return _equal(one, other, single=True)


def gives_the_right_value(mistake: str, case: Case) -> bool:
    """Whether a known mistake, by its name, gives the right value in a case, or none."""
    given, expected = case.mistaken.get(mistake), case.expected
    if given is None or isinstance(expected, dict):
        return given is None or same(given, expected)
    return same(given, np.ravel(np.asarray(expected, dtype=float)).tolist())


def _equal(mine: Any, wanted: Any, *, single: bool) -> bool:
    if is_real(mine) and is_real(wanted):
        return close(float(mine), float(wanted), single=single)
    return type(mine) is type(wanted) and bool(mine == wanted)


def compare(outcomes: Sequence[Outcome], cases: Sequence[Case]) -> list[Verdict]:
    """Return a verdict for each case; a missing outcome is a wrong answer.

    Where an answer gave something else for lists than for arrays, the right one of the two counts.
    """
    verdicts = []
    for case, outcome in zip(cases, [*outcomes, *[Outcome(kind="odd", type="nothing")] * len(cases)], strict=False):
        verdict = _compare(outcome, case)
        other = outcome.get("otherwise")
        with_lists = _compare(other, case) if isinstance(other, dict) else verdict
        verdicts.append(with_lists if with_lists.right and not verdict.right else verdict)
    return verdicts


def _compare(outcome: Outcome, case: Case) -> Verdict:
    kind = outcome.get("kind", "odd")
    if kind in ("none", "error", "odd", "refused"):
        return Verdict(case, outcome, False, kind)
    return (_compare_facts if isinstance(case.expected, dict) else _compare_values)(outcome, case)


def _compare_values(outcome: Outcome, case: Case) -> Verdict:
    expected = np.asarray(case.expected, dtype=np.float64)
    try:
        values = [float(v) for v in outcome["values"]]
        shape = tuple(int(s) for s in outcome["shape"])
    except (KeyError, TypeError, ValueError):
        return Verdict(case, outcome, False, "odd")
    if shape != expected.shape or len(values) != expected.size:
        return Verdict(case, outcome, False, "shape")
    single = outcome.get("single") is True
    parts = tuple(
        Part(("value", i) if shape else ("value",), mine, wanted, close(mine, wanted, single=single))
        for i, (mine, wanted) in enumerate(zip(values, expected.ravel().tolist(), strict=True))
    )
    right = all(part.right for part in parts)
    problem = ""
    if outcome.get("integers") and shape and not right:
        problem = "integers"
    elif outcome["kind"] == "list":
        problem = "list"
    elif outcome.get("changed"):
        problem = "changed"
    return Verdict(case, outcome, right and not problem, problem, parts)


def _compare_facts(outcome: Outcome, case: Case) -> Verdict:
    facts = outcome.get("facts")
    if outcome.get("kind") != "facts" or not isinstance(facts, dict):
        return Verdict(case, outcome, False, "odd")
    parts = tuple(_parts((), facts, case.expected, outcome.get("single") is True))
    problem = "changed" if outcome.get("changed") else ""
    return Verdict(case, outcome, all(p.right for p in parts) and not problem, problem, parts)


def _parts(path: tuple[str | int, ...], mine: Any, wanted: Any, single: bool) -> list[Part]:
    """Value by value as far as both go; then what is missing or too much."""
    if isinstance(wanted, dict) and isinstance(mine, dict):
        return [part for key in wanted for part in _parts((*path, key), mine.get(key, MISSING), wanted[key], single)]
    if isinstance(wanted, list) and isinstance(mine, list):
        pairs = enumerate(zip(mine, wanted, strict=False))
        parts = [part for i, (m, w) in pairs for part in _parts((*path, i), m, w, single)]
        if len(mine) != len(wanted) or not wanted:
            parts.append(Part(path, mine, wanted, len(mine) == len(wanted)))
        return parts
    return [Part(path, mine, wanted, _equal(mine, wanted, single=single))]
