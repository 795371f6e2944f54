"""Name a slip that is no known mistake, by the marks of its values (``lrlab.checks.mark``)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lrlab.checks.compare import Verdict
from lrlab.checks.mark import RIGHT, has_mark

if TYPE_CHECKING:
    from lrlab.checks.exercise import Exercise


def variants(exercise: Exercise, comparable: Sequence[Verdict]) -> list[str]:
    """Return the slip whose values are the student's in every call, or two of them; of more, any would be a guess.

    The first fact that is wrong is looked at, and two of its wrong values at least, which differ, and so do the right
    ones: an answer that always gives nothing, or 0, shares that with many a slip.
    """
    fact, wrong = _first_wrong(comparable)
    if fact in exercise.categories or not _differ(wrong, fact):
        return []
    fits = dict.fromkeys(words.partition("#")[0] for words in _known(wrong, fact) if _explains(comparable, fact, words))
    return (
        [f"{_whose(wrong, fact)} those of the right rule with {' or with '.join(fits)}."] if 0 < len(fits) < 3 else []
    )


def likely_variant(exercise: Exercise, comparable: Sequence[Verdict]) -> list[str]:
    """Return the one slip that explains most of the wrong calls, and is right where the student is."""
    fact, wrong = _first_wrong(comparable)
    right = [v for v in comparable if v not in wrong]
    explained: dict[str, int] = {}
    for words in _known(wrong, fact) if fact not in exercise.categories else ():
        some = [v for v in wrong if _is_variant(v, fact, words)]
        if 2 * len(some) > len(wrong) and _differ(some, fact) and _explains(right, fact, words):
            name = words.partition("#")[0]
            explained[name] = max(len(some), explained.get(name, 0))
    most = max(explained.values(), default=0)
    best = [words for words, count in explained.items() if count == most]
    if len(best) != 1:
        return []
    where = f"in {most} of your {len(wrong)} wrong cases"
    return [f"{_whose(wrong, fact)} those of the right rule with {best[0]}, {where}."]


def _first_wrong(comparable: Sequence[Verdict]) -> tuple[str, list[Verdict]]:
    """Return the first fact that is wrong somewhere, and the calls in which it is."""
    fact = next((str(part.path[0]) for v in comparable for part in v.parts if not part.right), "")
    return fact, [v for v in comparable if any(part.path[0] == fact and not part.right for part in v.parts)]


def _known(wrong: Sequence[Verdict], fact: str) -> list[str]:
    return list(dict.fromkeys(words for v in wrong for words in v.case.variants.get(fact, {})))


def _differ(wrong: Sequence[Verdict], fact: str) -> bool:
    """Whether two wrong values differ, and two of the right ones."""
    parts = [p for v in wrong for p in v.parts if p.path[0] == fact and not p.right]
    return min(len({repr(p.mine) for p in parts}), len({repr(p.wanted) for p in parts})) > 1


def _whose(wrong: Sequence[Verdict], fact: str) -> str:
    return f'Your values of "{fact}" are' if wrong[0].has_facts else "Your values are"


def _explains(some: Sequence[Verdict], fact: str, words: str) -> bool:
    return all(_is_variant(v, fact, words) for v in some)


def _is_variant(verdict: Verdict, fact: str, words: str) -> bool:
    of = verdict.case.variants.get(fact, {}).get(words)
    if of == RIGHT:
        return all(part.right for part in verdict.parts if part.path[0] == fact)
    given = verdict.outcome["facts"].get(fact) if verdict.has_facts else list(verdict.outcome["values"])
    return of is not None and has_mark(given, of)
