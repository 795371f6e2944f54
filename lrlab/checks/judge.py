"""Compare plain outcomes with the right values. Pure: no student object comes near this module.

Outcomes may come from a process that is not trusted, so anything malformed counts as a wrong answer, never as an error.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from lrlab.checks.drive import Outcome, to_plain

if TYPE_CHECKING:
    from lrlab.checks.exercise import Case, Exercise

RTOL = 1e-9  # loose enough for any order of the arithmetic, tight enough for every misconception
TINY = 1e-300  # below this a float has lost digits, and no relative comparison is fair


@dataclass(frozen=True)
class Verdict:
    """How one call did.

    Attributes:
        right: whether the call earns its point.
        values: the student's values, flattened; empty where there are none.
        marks: for each right value, whether the student's is equal to it.
        problem: "" or what is wrong besides the values: "none", "error", "odd", "shape", "list", "integers", "changed".
    """

    right: bool
    values: tuple[float, ...] = ()
    marks: tuple[bool, ...] = ()
    problem: str = ""


def close(value: float, expected: float) -> bool:
    """Whether two floats are equal up to rounding; NaN equals nothing."""
    return math.isclose(value, expected, rel_tol=RTOL, abs_tol=TINY)


def compare(outcomes: Sequence[Outcome], cases: Sequence[Case]) -> list[Verdict]:
    """A verdict for each case; a missing outcome is a wrong answer."""
    padded = [*outcomes, *[Outcome(kind="odd", type="nothing")] * len(cases)]
    return [_compare(outcome, case.expected) for outcome, case in zip(padded, cases, strict=False)]


def _compare(outcome: Outcome, expected: float | Sequence[Any]) -> Verdict:
    right_values = np.asarray(expected, dtype=np.float64)
    kind = outcome.get("kind", "odd")
    if kind in ("none", "error", "odd"):
        return Verdict(False, problem=kind)
    try:
        values = tuple(float(v) for v in outcome["values"])
        shape = tuple(int(s) for s in outcome["shape"])
    except (KeyError, TypeError, ValueError):
        return Verdict(False, problem="odd")
    if shape != right_values.shape or len(values) != right_values.size:
        return Verdict(False, values=values, problem="shape")
    marks = tuple(close(v, e) for v, e in zip(values, right_values.ravel().tolist(), strict=True))
    problem = ""
    if outcome.get("integers") and not all(marks):
        problem = "integers"
    elif kind == "list":
        problem = "list"
    elif outcome.get("changed"):
        problem = "changed"
    return Verdict(all(marks) and not problem, values, marks, problem)


def diagnose(exercise: Exercise, cases: Sequence[Case], outcomes: Sequence[Outcome]) -> list[str]:
    """What may have gone wrong, in sentences, the surest first; at most two.

    A misconception is named when it gives the student's values on every case that has values, and
    they are wrong somewhere.
    """
    verdicts = compare(outcomes, cases)
    if all(v.right for v in verdicts):
        return []
    hints = [*_problem_hints(exercise, cases, outcomes, verdicts), *_misconceptions(exercise, cases, verdicts)]
    wrong_values = any(v.marks and not all(v.marks) for v in verdicts)
    return hints[:2] or ([exercise.hint] if exercise.hint and wrong_values else [])


def _misconceptions(exercise: Exercise, cases: Sequence[Case], verdicts: Sequence[Verdict]) -> list[str]:
    known = [(c, v) for c, v in zip(cases, verdicts, strict=True) if v.marks and v.problem != "integers"]
    if not known or all(all(v.marks) for _, v in known):
        return []
    for misconception in exercise.misconceptions:
        if all(_explains(misconception.formula, case, verdict) for case, verdict in known):
            return [misconception.hint]
    return []


def _explains(formula: Any, case: Case, verdict: Verdict) -> bool:
    args = [np.array(a) if isinstance(a, list) else a for a in case.args]
    with np.errstate(all="ignore"):
        try:
            plain = to_plain(formula(*args))
        except (ArithmeticError, ValueError, IndexError):
            return False
    predicted = [float(v) for v in plain.get("values", [])]
    return len(predicted) == len(verdict.values) and all(map(close, verdict.values, predicted))


def _problem_hints(
    exercise: Exercise, cases: Sequence[Case], outcomes: Sequence[Outcome], verdicts: Sequence[Verdict]
) -> list[str]:
    problems = {v.problem for v in verdicts}
    name = exercise.name
    hints = []
    if "none" in problems:
        printed = any(o.get("printed") for o in outcomes)
        hints.append(
            f"{name} prints its result but doesn't return it: end it with `return …` in place of `print(…)`."
            if printed
            else f"{name} returns nothing (None): is there a `return` on every path through it?"
        )
    in_place = any("Cannot cast ufunc" in o.get("message", "") for o in outcomes)
    if "error" in problems and in_place:
        hints.append(
            "`*=`, `+=`, `-=` and `/=` change an array in place, and an array of whole numbers can't hold the result. "
            "Make a new array: `x = x * …` in place of `x *= …`."
        )
    elif "error" in problems:
        on_arrays = [isinstance(c.args[0], list) for c, v in zip(cases, verdicts, strict=True) if v.problem == "error"]
        scalars_work = any(not isinstance(c.args[0], list) and v.marks for c, v in zip(cases, verdicts, strict=True))
        if all(on_arrays) and scalars_work:
            hints.append(
                f"{name} works for one number {exercise.parameters[0]} and fails for an array of them. "
                + exercise.problem_hints.get("array_error", "")
            )
        else:
            hints.append(_first_error(name, outcomes))
    if "integers" in problems:
        hints.append(
            "Your answer holds whole numbers, so everything after the decimal point is cut off. np.zeros_like(n) "
            "and np.empty_like(n) copy n's integer type: np.zeros(n.shape) makes floats."
        )
    if "list" in problems:
        hints.append(f"{name} returns a list: for an array, return an array (np.array(your_list)).")
    if "shape" in problems:
        index = next(i for i, v in enumerate(verdicts) if v.problem == "shape")
        wanted, got = np.shape(np.asarray(cases[index].expected)), tuple(outcomes[index]["shape"])
        hints.append(
            f"{name} gives {_shape_words(got)} where {_shape_words(wanted)} is due: one number in, one number out; "
            "an array in, an array of the same shape out."
        )
    if "changed" in problems:
        changed = next(o["changed"] for o in outcomes if o.get("changed"))
        which = exercise.parameters[changed[0]]
        hints.append(
            f"{name} changes the array {which} that it is given (`{which} += 1` does this in place), so the caller's "
            f"{which} is spoilt. Make a new one: `{which} = {which} + 1`."
        )
    if "odd" in problems:
        kinds = sorted({o.get("type", "?") for o, v in zip(outcomes, verdicts, strict=False) if v.problem == "odd"})
        hints.append(f"{name} returns something of type {', '.join(kinds)}; a number or an array of numbers is due.")
    return hints


def _first_error(name: str, outcomes: Sequence[Outcome]) -> str:
    error = next(o for o in outcomes if o.get("kind") == "error")
    where = f" ({error['line']})" if error.get("line") else ""
    return f"{name} stops with {error.get('type')}: {error.get('message', '')}{where}."


def _shape_words(shape: tuple[int, ...]) -> str:
    return "one number" if not shape else f"an array of shape {shape}"
