"""What a wrong answer that makes no known mistake has in common: between its values and the right ones, and where.

A relation is said only if it holds in every call with wrong values, and two wrong values at least, whose right ones
differ, show it. Where several hold that are as simple, none is said.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from lrlab.checks.compare import Verdict, same
from lrlab.checks.list_relations import UNLIKE, of_lists
from lrlab.checks.value_relations import Values, in_a_row, of_values
from lrlab.checks.where_wrong import Place, set_apart

if TYPE_CHECKING:
    from lrlab.checks.exercise import Exercise

Call = tuple[Any, Any, Mapping[str, Any]]  # what it gave, the right value, and the arguments by name


def relations(exercise: Exercise, verdicts: Sequence[Verdict]) -> Iterator[str]:
    """Say what holds in all wrong calls between your values and the right ones, then what sets these calls apart."""
    names = dict.fromkeys(part.path[0] for v in verdicts for part in v.parts if not part.right)
    fact = next(iter(names), None)
    compared = [v for v in verdicts if v.parts]
    wrong = [v for v in compared if any(part.path[0] == fact and not part.right for part in v.parts)]
    where = "In every call with wrong " + (f'"{fact}", ' if verdicts[0].has_facts else "values, ")
    calls, every = ([_call(exercise, v, fact) for v in some] for some in (wrong, compared))
    said = next(_swapped(compared), "") or next(map("yours {}".format, of_lists([call[:2] for call in calls])), "")
    if not said and fact not in exercise.categories:
        with contextlib.suppress(*UNLIKE), np.errstate(all="ignore"):
            said = next(map("your value {}".format, of_values(in_a_row(calls), _all_in_a_row(every))), "")
    if not said and sum(part.path[0] == fact and not part.right for v in wrong for part in v.parts) > 1:
        said = next(_first_wrong(calls), "")
    yield from [where + said] * bool(said)
    places = list(_places(exercise, verdicts))
    apart = next(set_apart(places), "")
    which = "calls" if len(places) == len(verdicts) else "calls and entries"
    yield from [f"Your function is wrong exactly in the {which} where {apart}."] * bool(apart)


def _call(exercise: Exercise, verdict: Verdict, fact: Any) -> Call:
    given = _given(exercise, verdict)
    if verdict.has_facts:
        return verdict.outcome.get("facts", {}).get(fact), verdict.case.expected.get(fact), given
    values = list(verdict.outcome.get("values", ()))
    return values if verdict.outcome.get("shape") else next(iter(values), None), verdict.case.expected, given


def _given(exercise: Exercise, verdict: Verdict) -> dict[str, Any]:
    given = dict(zip(exercise.parameters, verdict.case.args, strict=True))
    return given | next((arg for arg in given.values() if isinstance(arg, dict)), {})


def _swapped(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """Of two facts, such as a pair that is returned: each is where the other should be."""
    pairs = [
        (v.outcome.get("facts", {}), v.case.expected) for v in verdicts if v.has_facts and len(v.case.expected) == 2
    ]
    if pairs and len(pairs) == len(verdicts):
        a, b = pairs[0][1]
        if all(same([mine.get(a), mine.get(b)], [wanted[b], wanted[a]]) for mine, wanted in pairs):
            yield f'"{a}" and "{b}" are swapped. In which order should they be returned?'


def _all_in_a_row(calls: Sequence[Call]) -> Values | None:
    """Return the numbers of all calls; None if one of them has no numbers, or not as many as it should."""
    with contextlib.suppress(*UNLIKE):
        return in_a_row(calls)
    return None


def _first_wrong(calls: Sequence[Call]) -> Iterator[str]:
    """Say where lists begin to be wrong, if it is the same position in all of them."""
    firsts = {
        next((i for i, pair in enumerate(zip(mine, wanted, strict=False)) if not same(*pair)), 0)
        if isinstance(mine, list) and isinstance(wanted, list)
        else 0
        for mine, wanted, _ in calls
    }
    if len(firsts) == 1 and (first := firsts.pop()):
        yield (
            f"yours is correct up to position {first - 1} (counting from 0), and the first wrong value is at position "
            f"{first}. What changes there?"
        )


def _places(exercise: Exercise, verdicts: Sequence[Verdict]) -> Iterator[Place]:
    """Yield each call, or each entry of an array of steps, with whether it is right."""
    for verdict in verdicts:
        given = _given(exercise, verdict)
        first = exercise.parameters[0]
        if not verdict.has_facts and isinstance(given[first], list) and len(verdict.parts) == len(given[first]):
            for entry, part in zip(given[first], verdict.parts, strict=True):
                yield given | {first: entry}, part.right
        else:
            yield given, verdict.right
