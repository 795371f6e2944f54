"""What may have gone wrong, in sentences. Works on plain outcomes and calls nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from lrlab.checks.drive import Outcome
from lrlab.checks.guard import WAYS_OUT
from lrlab.checks.judge import Verdict, same

if TYPE_CHECKING:
    from lrlab.checks.exercise import Case, Exercise, Mistake


def diagnose(
    exercise: Exercise, cases: Sequence[Case], outcomes: Sequence[Outcome], verdicts: Sequence[Verdict]
) -> list[str]:
    """Say what may have gone wrong, the surest first; at most two sentences.

    A known mistake is named when it gives the student's values on every case that has values, and
    they are wrong somewhere.
    """
    if all(v.right for v in verdicts):
        return []
    hints = [
        *_problem_hints(exercise, cases, outcomes, verdicts),
        *_odd_facts(exercise, verdicts),
        *(_mistakes(exercise, cases, outcomes, verdicts) or _fact_hints(exercise, verdicts)),
    ]
    wrong_values = any(not all(v.marks) or not all(p.right for p in v.parts) for v in verdicts)
    hints = hints[:2] or ([exercise.hint] if exercise.hint and wrong_values else [])
    where = _where_they_part(exercise, verdicts)
    return [*hints, where] if where and len(hints) < 2 else hints


def label(exercise: Exercise, path: tuple[str | int, ...]) -> str:
    """A value's place in words: "update 2, group 1"."""
    name, *rest = path
    axes = exercise.adapter.labels.get(str(name), ())
    words = [f"{axis} {i}" if isinstance(i, int) else str(i) for axis, i in zip(axes, rest, strict=False)]
    words += [str(i) for i in rest[len(axes) :]]
    return ", ".join(words if axes and rest else [str(name), *words])


def _where_they_part(exercise: Exercise, verdicts: Sequence[Verdict]) -> str:
    """The place of the first wrong value, where there is more than one in its case to choose from."""
    wrong = next(((v, p) for v in verdicts for p in v.parts if not p.right), None)
    if wrong is None or len(wrong[0].parts) == 1:
        return ""
    return f"The first difference is at {label(exercise, wrong[1].path)}."


def _mistakes(
    exercise: Exercise, cases: Sequence[Case], outcomes: Sequence[Outcome], verdicts: Sequence[Verdict]
) -> list[str]:
    known = [
        (case, outcome, verdict)
        for case, outcome, verdict in zip(cases, outcomes, verdicts, strict=True)
        if (verdict.marks and verdict.problem != "integers") or verdict.parts
    ]
    if all(verdict.right for _, _, verdict in known):
        return []
    if all(all(v.marks) and all(p.right for p in v.parts) for _, _, v in known):
        return []  # the values are right: it is a problem of another kind
    found = [mistake for mistake in exercise.mistakes if all(_explains(exercise, mistake, *one) for one in known)]
    if found and found[0].name in exercise.adapter.shown_by:
        return [found[0].hint]  # it is seen on the answer itself
    hints = list(dict.fromkeys(mistake.hint for mistake in found))
    if len(hints) == 2:
        return [f"Two mistakes give these values. Either: {hints[0]} Or: {hints[1]}"]
    if found:
        return hints if len(hints) == 1 else []  # among more, any name would be a guess
    return _most(exercise, known)


def _most(exercise: Exercise, known: Sequence[tuple[Case, Outcome, Verdict]]) -> list[str]:
    """The one mistake that explains most of the wrong cases, two at least, where an edge case or another mistake keeps
    it from explaining all."""
    wrong = [one for one in known if not one[2].right]
    right = [one for one in known if one[2].right]
    explained: dict[str, int] = {}
    for mistake in exercise.mistakes:
        if mistake.name not in exercise.adapter.shown_by and all(_fits(mistake, case) for case, *_ in right):
            explained.setdefault(mistake.hint, sum(_explains(exercise, mistake, *one) for one in wrong))
    most = max(explained.values(), default=0)
    hints = [hint for hint, count in explained.items() if count == most]
    if most < 2 or 2 * most <= len(wrong) or len(hints) > 1:
        return []
    return [f"{hints[0]} (This explains {most} of your {len(wrong)} wrong cases.)"]


def _fits(mistake: Mistake, case: Case) -> bool:
    """Whether the mistake gives the right value here, or none."""
    given = case.mistaken.get(mistake.name)
    if given is None or isinstance(case.expected, dict):
        return given is None or same(given, case.expected)
    return same(given, np.ravel(np.asarray(case.expected, dtype=float)).tolist())


def _explains(exercise: Exercise, mistake: Mistake, case: Case, outcome: Outcome, verdict: Verdict) -> bool:
    shown_by = exercise.adapter.shown_by.get(mistake.name)
    if shown_by is not None:
        return verdict.right or bool(shown_by(case.args, outcome.get("facts", {})))
    given = case.mistaken.get(mistake.name)
    if given is None:
        return False
    if verdict.parts:
        return same({k: outcome["facts"].get(k) for k in case.expected}, given)
    return same(list(outcome["values"]), given)


def _odd_facts(exercise: Exercise, verdicts: Sequence[Verdict]) -> list[str]:
    """A None, or an object that is no plain data, in the place of the first fact of every case."""
    first = [v.parts[0] for v in verdicts if v.parts]
    if not first or all(p.right for p in first):
        return []
    due = exercise.problem_hints.get("due", "a number or a sequence of numbers")
    if all(p.mine is None for p in first) and len({repr(p.wanted) for p in first}) > 1:
        return [f"{exercise.name} returns nothing (None): is there a `return` on every path through it?"]
    kinds = sorted(
        {_kind(p.mine) for p in first if isinstance(p.mine, dict) and not isinstance(p.wanted, dict)} - {"nothing"}
    )
    return [f"{exercise.name} returned an object of type {', '.join(kinds)}; it should return {due}."] if kinds else []


def _kind(odd: dict[str, Any]) -> str:
    """The type of what is no number: {"type": it} stands for an object without a plain form."""
    return odd["type"] if odd.keys() == {"type"} and isinstance(odd["type"], str) else "dict"


def _fact_hints(exercise: Exercise, verdicts: Sequence[Verdict]) -> list[str]:
    """A sentence for each fact that is wrong; not for what follows from another one that is."""
    wrong = {str(p.path[0]): None for v in verdicts for p in v.parts if not p.right}
    follows = [name for name in exercise.adapter.causes if name in wrong][1:]
    return [exercise.problem_hints[name] for name in wrong if name in exercise.problem_hints and name not in follows]


def _problem_hints(
    exercise: Exercise, cases: Sequence[Case], outcomes: Sequence[Outcome], verdicts: Sequence[Verdict]
) -> list[str]:
    problems = {v.problem for v in verdicts}
    name = exercise.name
    hints = []
    if "refused" in problems:
        called = next(o["type"] for o in outcomes if o.get("kind") == "refused")
        hints.append(
            f"{name} calls {called}, a library function that does the job for you. The exercise asks you to write the "
            "rule yourself; numpy, math and torch's operations on tensors are fine."
            if called not in WAYS_OUT
            else f"{name} calls {called}, and then works where this check can't see it. Solve the exercise without "
            "a thread or a process of your own."
        )
    if "none" in problems:
        printed = any(o.get("printed") for o in outcomes)
        hints.append(
            f"{name} prints its result but doesn't return it: end it with `return …` in place of `print(…)`."
            if printed
            else f"{name} returns nothing (None): is there a `return` on every path through it?"
        )
    in_place = any("Cannot cast ufunc" in o.get("message", "") for o in outcomes)
    if any(o.get("type") == "TooSlow" for o in outcomes):
        hints.append(_too_slow(exercise, outcomes))
    elif "error" in problems and in_place:
        hints.append(
            "`*=`, `+=`, `-=` and `/=` change an array in place, and an array of integers can't hold the result. "
            "Make a new array: write `x = x * …` instead of `x *= …`."
        )
    elif "error" in problems:
        failed = [(c, o) for c, o, v in zip(cases, outcomes, verdicts, strict=True) if v.problem == "error"]
        on_arrays = all(isinstance(c.args[0], list) and not isinstance(c.expected, dict) for c, _ in failed)
        scalars_work = any(not isinstance(c.args[0], list) and v.marks for c, v in zip(cases, verdicts, strict=True))
        # A cell may have arrays only; there numpy's words tell what went wrong.
        if on_arrays and (scalars_work or all(_one_number(o) for _, o in failed)):
            n = exercise.parameters[0]
            fails = (
                f"works for one number {n} and fails for an array of them"
                if scalars_work
                else f"fails for an array {n}"
            )
            hints.append(f"{name} {fails}. {exercise.problem_hints.get('array_error', '')}")
        else:
            hints.append(_first_error(name, outcomes))
    if "integers" in problems:
        hints.append(
            "Your array has an integer type, so everything after the decimal point is cut off. np.zeros_like(n) "
            "and np.empty_like(n) copy the integer type of n; np.zeros(n.shape) makes floats."
        )
    if "list" in problems:
        kind = next(o.get("type", "list") for o, v in zip(outcomes, verdicts, strict=False) if v.problem == "list")
        hints.append(f"{name} returned a {kind}; for an array it should return an array: np.array(your_{kind}).")
    if "shape" in problems:
        index = next(i for i, v in enumerate(verdicts) if v.problem == "shape")
        wanted, got = np.shape(np.asarray(cases[index].expected)), tuple(outcomes[index]["shape"])
        hints.append(
            f"{name} returned {_shape_words(got)}; it should return {_shape_words(wanted)}. For one number return one "
            "number, for an array an array of the same shape."
        )
    if "changed" in problems:
        hints.append(_changed(exercise, outcomes))
    if "odd" in problems:
        said = next((o["message"] for o in outcomes if o.get("kind") == "odd" and o.get("message")), "")
        kinds = sorted({o.get("type", "?") for o, v in zip(outcomes, verdicts, strict=False) if v.problem == "odd"})
        due = exercise.problem_hints.get("due", "a number or an array of numbers")
        hints.append(said or f"{name} returned an object of type {', '.join(kinds)}; it should return {due}.")
    return hints


def _changed(exercise: Exercise, outcomes: Sequence[Outcome]) -> str:
    changed = next(o["changed"] for o in outcomes if o.get("changed"))[0]
    name = exercise.name
    if isinstance(changed, str):
        more = exercise.problem_hints.get("changed", "Work on a copy, or make a new one.")
        return f"{name} changes {changed} that it was given, so the caller's copy is changed too. {more}"
    which = exercise.parameters[changed]
    return (
        f"{name} changes the array {which} that it was given, so the caller's array is changed too (`{which} += 1` "
        f"works in place). Make a new array: `{which} = {which} + 1`."
    )


def _too_slow(exercise: Exercise, outcomes: Sequence[Outcome]) -> str:
    error = next(o for o in outcomes if o.get("type") == "TooSlow")
    where = f" ({error['line']})" if error.get("line") else ""
    ends = exercise.problem_hints.get("slow", "Is there a loop whose condition never changes?")
    return f"{exercise.name} did not finish in time and was stopped{where}. {ends}"


def _first_error(name: str, outcomes: Sequence[Outcome]) -> str:
    error = next(o for o in outcomes if o.get("kind") == "error")
    where = f" ({error['line']})" if error.get("line") else ""
    return f"{name} raised {error.get('type')}: {error.get('message', '')}{where}."


def _one_number(outcome: Outcome) -> bool:
    """Whether an error is that of an `if`, a `max` or a function of `math` that was given an array."""
    message = outcome.get("message", "")
    return any(
        words in message
        for words in ("truth value of an array", "converted to Python scalar", "converted to a scalar index")
    )


def _shape_words(shape: tuple[int, ...]) -> str:
    return "one number" if not shape else f"an array of shape {shape}"
