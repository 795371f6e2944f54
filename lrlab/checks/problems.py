"""What is wrong with an answer besides its values, in sentences: it calls what it may not, stops, returns nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from lrlab.checks.call import Outcome
from lrlab.checks.compare import Verdict
from lrlab.checks.tracer import ESCAPES

if TYPE_CHECKING:
    from lrlab.checks.exercise import Exercise

# What an `if`, a `max` or a function of `math` says that was given an array.
ONE_NUMBER_ONLY = ("truth value of an array", "converted to Python scalar", "converted to a scalar index")

POSITIONS = "n entries have the positions 0 to n - 1: which position does the line ask for in its last round?"
USUAL_CAUSES = {  # by words of an error
    "NoneType": "A None is usually what a function without `return` gave, or a method that works in place.",
    "not callable": "Usually a `*` is left out before a bracket, or a name is used for two things.",
    "index out of range": POSITIONS,
    "out of bounds": POSITIONS,
    "are valid indices": "A position must be a whole number: `//` gives one, `/` doesn't.",
    "from empty": "Is something taken out of a list once more than it was put in?",
    "KeyError": "A dictionary that may lack a key is read with .get(key, what to use instead).",
    "OverflowError": "A number grew beyond what a float can hold. Which power or sum has no end here?",
    "ZeroDivisionError": "Does a count begin at 0 that should begin at 1, or is an argument 0?",
}


def problem_hints(exercise: Exercise, verdicts: Sequence[Verdict]) -> list[str]:
    """Return a sentence for each kind of problem that there is, the surest first."""
    order = ("refused", "none", "error", "integers", "list", "shape", "changed", "odd")
    having = {problem: [v for v in verdicts if v.problem == problem] for problem in order}
    return [_problem_hint(exercise, problem, some, verdicts) for problem, some in having.items() if some]


def _problem_hint(exercise: Exercise, problem: str, having: Sequence[Verdict], verdicts: Sequence[Verdict]) -> str:
    """Return a sentence about the calls that have this problem, among all of them."""
    name, outcome, case = exercise.name, having[0].outcome, having[0].case
    kind = outcome.get("type", "?")
    match problem:
        case "refused" if kind in ESCAPES:
            return (
                f"{name} calls {kind}, and then works where this check can't see it. Solve the exercise without "
                "a thread or a process of your own."
            )
        case "refused":
            return (
                f"{name} calls {kind}, a library function that does the job for you. The exercise asks you to write "
                "the rule yourself; numpy, math and torch's operations on tensors are fine."
            )
        case "none" if any(v.outcome.get("printed") for v in verdicts):
            return f"{name} prints its result but doesn't return it: end it with `return …` in place of `print(…)`."
        case "none":
            return nothing(name)
        case "error":
            return _error(exercise, having, verdicts)
        case "integers":
            return (
                "Your array has an integer type, so everything after the decimal point is cut off. np.zeros_like(n) "
                "and np.empty_like(n) copy the integer type of n; np.zeros(n.shape) makes floats."
            )
        case "list":
            return f"{name} returned a {kind}; for an array it should return an array: np.array(your_{kind})."
        case "shape":
            shapes = tuple(outcome["shape"]), np.shape(np.asarray(case.expected))
            mine, wanted = ("one number" if not shape else f"an array of shape {shape}" for shape in shapes)
            return (
                f"{name} returned {mine}; it should return {wanted}. For one number return one number, for an array "
                "an array of the same shape."
            )
        case "changed":
            return _changed(exercise, outcome["changed"][0])
    message = next((v.outcome["message"] for v in having if v.outcome.get("message")), "")
    return message or wrong_type(exercise, kind, "a number or an array of numbers")


def _error(exercise: Exercise, having: Sequence[Verdict], verdicts: Sequence[Verdict]) -> str:
    name, hints = exercise.name, exercise.problem_hints
    slow = next((v.outcome for v in having if v.outcome.get("type") == "TooSlow"), None)
    if slow is not None:
        ends = hints.get("slow", "Is there a loop whose condition never changes?")
        return f"{name} did not finish in time and was stopped{_line(slow)}. {ends}"
    if any("Cannot cast ufunc" in v.outcome.get("message", "") for v in having):
        return (
            "`*=`, `+=`, `-=` and `/=` change an array in place, and an array of integers can't hold the result. "
            "Make a new array: write `x = x * …` instead of `x *= …`."
        )
    if all(isinstance(v.case.args[0], list) and not v.has_facts for v in having):
        n, why = exercise.parameters[0], hints.get("array_error", "")
        if any(v.parts and not v.has_facts and not isinstance(v.case.args[0], list) for v in verdicts):
            return f"{name} works for one number {n} and fails for an array of them. {why}"
        if all(any(words in v.outcome.get("message", "") for words in ONE_NUMBER_ONLY) for v in having):
            return f"{name} fails for an array {n}. {why}"  # a cell may have arrays only
    first = having[0].outcome
    said = f"{first.get('type')}: {first.get('message', '')}"
    cause = next((cause for words, cause in USUAL_CAUSES.items() if words in said), "")
    return f"{name} raised {said}{_line(first)}. {cause}".strip()


def _line(outcome: Outcome) -> str:
    return f" ({outcome['line']})" if outcome.get("line") else ""


def _changed(exercise: Exercise, argument: int | str) -> str:
    """Return a sentence about an argument that the answer changed: the word for it, or its position."""
    name = exercise.name
    if isinstance(argument, str):
        more = exercise.problem_hints.get("changed", "Work on a copy, or make a new one.")
        return f"{name} changes {argument} that it was given, so the caller's copy is changed too. {more}"
    which = exercise.parameters[argument]
    return (
        f"{name} changes the array {which} that it was given, so the caller's array is changed too (`{which} += 1` "
        f"works in place). Make a new array: `{which} = {which} + 1`."
    )


def nothing(name: str) -> str:
    return f"{name} returns nothing (None): is there a `return` on every path through it?"


def wrong_type(exercise: Exercise, kind: str, usual: str) -> str:
    should_return = exercise.problem_hints.get("should_return", usual)
    if kind == "NoneType":
        return f"{nothing(exercise.name)} It should return {should_return}."
    return f"{exercise.name} returned an object of type {kind}; it should return {should_return}."
