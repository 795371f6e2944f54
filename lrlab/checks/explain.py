"""What may have gone wrong, in sentences. Works on verdicts and calls nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lrlab.checks.compare import Part, Verdict, gives_the_right_value, same
from lrlab.checks.problems import nothing, problem_hints, wrong_type
from lrlab.checks.relations import relations
from lrlab.checks.variant_hints import likely_variant, variants

if TYPE_CHECKING:
    from lrlab.checks.exercise import Exercise, Mistake

FORMS: dict[type, str] = {str: "a text", list: "a list or an array"} | dict.fromkeys((int, float), "one number")


def diagnose(exercise: Exercise, verdicts: Sequence[Verdict]) -> list[str]:
    """Say what may have gone wrong, the surest first: at most two sentences, and the place of the first difference.

    A known mistake is named when it gives the student's values on every case that has values, and they are wrong
    somewhere. Else the hint is a slip that gives them, or what holds between those values and the right ones.
    """
    wrong, comparable = [part for v in verdicts for part in v.parts if not part.right], _comparable(verdicts)
    named, slip = _mistakes(exercise, verdicts), variants(exercise, comparable)
    if not named and not slip:
        named, slip = _most_likely(exercise, comparable), likely_variant(exercise, comparable)
    hints = [*problem_hints(exercise, verdicts), *_no_plain_data(exercise, verdicts)]
    hints += named or [*_another_form(exercise, verdicts), *slip, *_fact_hints(exercise, verdicts)]
    if wrong and not named and not slip:
        hints += [*relations(exercise, verdicts), *[exercise.hint] * bool(exercise.hint and not hints)]
    first = next((v for v in verdicts if v.has_facts and not all(part.right for part in v.parts)), None)
    place = f"The first difference is at {exercise.label(wrong[0].path)}." if first and len(first.parts) > 1 else ""
    return [*hints[:2], *filter(None, [place])]


def _mistakes(exercise: Exercise, verdicts: Sequence[Verdict]) -> list[str]:
    comparable = _comparable(verdicts)
    if all(part.right for v in comparable for part in v.parts):
        return []  # it is a problem of another kind
    seen = {name for v in comparable for name in _seen(v)}

    def explains(mistake: Mistake, verdict: Verdict) -> bool:
        if mistake.name in seen:
            return verdict.right or mistake.name in _seen(verdict)
        return _gives_these_values(mistake, verdict)

    explaining = [mistake for mistake in exercise.mistakes if all(explains(mistake, v) for v in comparable)]
    if explaining and explaining[0].name in seen:
        return [explaining[0].hint]
    hints = list(dict.fromkeys(mistake.hint for mistake in explaining))
    if len(hints) == 2:
        return [f"Two mistakes give these values. Either: {hints[0]} Or: {hints[1]}"]
    return hints if len(hints) == 1 else []  # among more, any name would be a guess


def _comparable(verdicts: Sequence[Verdict]) -> list[Verdict]:
    return [v for v in verdicts if v.parts and v.problem != "integers"]


def _seen(verdict: Verdict) -> Sequence[str]:
    """Return the mistakes that the adapter sees in the facts themselves."""
    return verdict.outcome.get("facts", {}).get("seen", ())


def _most_likely(exercise: Exercise, verdicts: Sequence[Verdict]) -> list[str]:
    """Return the one mistake that explains most of the wrong cases, two at least, where an edge case or another mistake
    keeps it from explaining all. Cases that it explains by the same value, such as None, count as one; one with right
    values that is wrong for another reason, such as a changed argument, is none that it explains. Where few values are
    possible, other mistakes give some of them as well: there it has to explain over 80 percent.
    """
    wrong = [v for v in verdicts if not all(part.right for part in v.parts)]
    explained: dict[str, int] = {}
    for mistake in exercise.mistakes:
        if all(gives_the_right_value(mistake.name, v.case) for v in verdicts if v not in wrong):
            given = [v.case.mistaken[mistake.name] for v in wrong if _gives_these_values(mistake, v)]
            if len({repr(value) for value in given}) > 1:
                explained[mistake.hint] = max(len(given), explained.get(mistake.hint, 0))
    most, few = max(explained.values(), default=0), {*exercise.categories} & {p.path[0] for v in wrong for p in v.parts}
    hints = [hint for hint, count in explained.items() if count == most]
    if most <= len(wrong) * (0.8 if few else 0.5) or len(hints) != 1:
        return []
    return [f"{hints[0]} (This explains {most} of your {len(wrong)} wrong cases.)"]


def _gives_these_values(mistake: Mistake, verdict: Verdict) -> bool:
    given = verdict.case.mistaken.get(mistake.name)
    if given is None or (
        not verdict.right and not verdict.problem and gives_the_right_value(mistake.name, verdict.case)
    ):
        return False  # a value that is wrong by a rounding is not explained by a mistake that is right there
    if verdict.has_facts:
        return same({k: verdict.outcome["facts"].get(k) for k in verdict.case.expected}, given)
    return same(list(verdict.outcome["values"]), given)


def _no_plain_data(exercise: Exercise, verdicts: Sequence[Verdict]) -> list[str]:
    """Return a None, or an object that is no plain data, in the place of the first fact of every case."""
    first = [v.parts[0] for v in verdicts if v.has_facts and v.parts]
    if not first or all(part.right for part in first):
        return []
    if all(part.mine is None for part in first) and len({repr(part.wanted) for part in first}) > 1:
        if any(part.wanted is None for part in first):  # so None may be meant
            return [
                f"{exercise.name} returned None in every call, but some calls need a value. Is a `return` missing on "
                "that path?"
            ]
        if isinstance(first[0].path[-1], int):  # an entry of a list
            return [f"The list that {exercise.name} returned has None in it: what do you put in there?"]
        if len(first[0].path) > 1:  # such as a value of the function that it returned
            return [f"What {exercise.name} makes gives None: does a function inside it lack a `return`?"]
        return [nothing(exercise.name)]
    kind = next(filter(None, map(_type_name, first)), "")
    return [wrong_type(exercise, kind, "a number or a sequence of numbers")] if kind else []


def _another_form(exercise: Exercise, verdicts: Sequence[Verdict]) -> list[str]:
    """Return that the first fact of every case is a list where it should be a number, and the like."""
    first = [v.parts[0] for v in verdicts if v.has_facts and v.parts if len(v.parts[0].path) == 1]
    came = {FORMS.get(type(part.mine)) for part in first}
    wanted = {FORMS.get(type(part.wanted)) for part in first if part.wanted is not None}
    if len(came) != 1 or len(wanted) != 1 or None in came | wanted or came == wanted:
        return []
    should_return = exercise.problem_hints.get("should_return", *wanted)
    return [f"{exercise.name} returned {came.pop()}; it should return {should_return}."]


def _type_name(part: Part) -> str:
    """Return the type of what should be no dictionary ({"type": it} is an object without a plain form); "" else."""
    if not isinstance(part.mine, dict) or isinstance(part.wanted, dict) or part.mine == {"type": "nothing"}:
        return ""
    kind = part.mine["type"] if part.mine.keys() == {"type"} else "dict"
    return kind if isinstance(kind, str) else "dict"


def _fact_hints(exercise: Exercise, verdicts: Sequence[Verdict]) -> list[str]:
    """Return a sentence for each fact that is wrong; not for what follows from another one that is."""
    parts = [part for v in verdicts if v.has_facts for part in v.parts]
    wrong = dict.fromkeys(str(part.path[0]) for part in parts if not part.right)
    follows = [name for name in exercise.causes if name in wrong][1:]
    return [exercise.problem_hints[name] for name in wrong if name in exercise.problem_hints and name not in follows]
