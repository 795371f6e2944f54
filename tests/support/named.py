"""How often a wrong answer of the corpora is told what is wrong with it.

`python -m support.named [UNIT …]` prints, for the public cases of an exercise, for each check cell and for hidden
cases, the share of wrong answers whose mistake is named, the share that get a specific hint, and the number of hints
that name another mistake than the one that was made; and each answer that is not named, or named wrongly.
"""

from __future__ import annotations

import functools
import sys
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lrlab.checks.compare import compare
from lrlab.checks.exercise import Case
from lrlab.checks.explain import diagnose
from lrlab.checks.registry import find
from lrlab.units import Answer
from support.corpus import UNIT_OF, UNITS, WRONG

PUBLIC, CELL, HIDDEN = "public", "cell", "hidden"


@dataclass(frozen=True)
class Told:
    """What one wrong answer is told in one place."""

    answer: Answer
    where: str
    hints: tuple[str, ...]
    named: bool  # the mistake that was made, or the words that the message must hold
    specific: bool  # more than the exercise's general hint and the place of the first difference
    untrue: tuple[str, ...]  # the names of mistakes that it did not make


@functools.cache
def places(exercise: str, seed: int = 20) -> list[tuple[str, Sequence[Case]]]:
    """The sets of cases that an answer is checked on together."""
    found, unit = find(exercise), UNIT_OF[exercise]
    result: list[tuple[str, Sequence[Case]]] = [(PUBLIC, found.cases)]
    groups = list(dict.fromkeys(case.group for case in found.cases))
    if len(groups) > 1:
        result += [(CELL, found.in_group(group)) for group in groups]
    for cases in unit.hidden_cases(seed)[exercise].values():
        explained = unit.with_variants(exercise, unit.with_mistakes(exercise, found.read_cases(cases)))
        result.append((HIDDEN, explained))
    return result


def told(answer: Answer) -> list[Told]:
    """What a wrong answer is told wherever it fails."""
    exercise = find(answer.exercise)
    names = {mistake.hint: mistake.name for mistake in exercise.mistakes}
    hint = {mistake.name: mistake.hint for mistake in exercise.mistakes}.get(answer.says or "", "")
    found = []
    for where, cases in places(answer.exercise):
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            outcomes = exercise.adapter.outcomes(answer.function, cases)
        verdicts = compare(outcomes, cases)
        if all(v.right for v in verdicts):
            continue
        said = diagnose(exercise, verdicts)
        specific = [s for s in said if s != exercise.hint and not s.startswith("The first difference")]
        named = any((hint or answer.says or "") in s for s in said)
        others = tuple(name for text, name in names.items() if text != hint and any(s.startswith(text) for s in said))
        found.append(Told(answer, where, tuple(said), named, bool(specific), others if hint else ()))
    return found


def shares(some: Sequence[Told]) -> tuple[float, float, int]:
    """The share that is named, the share with a specific hint, and the number of untrue hints."""
    return (
        sum(t.named for t in some) / len(some),
        sum(t.specific for t in some) / len(some),
        sum(len(t.untrue) for t in some),
    )


if __name__ == "__main__":
    everything: list[Told] = []
    for unit in sys.argv[1:] or list(UNITS):
        some = [t for answer in WRONG if UNIT_OF[answer.exercise].name == unit for t in told(answer)]
        everything += some
        for one in some:
            if one.untrue or not one.named:
                print(f"{one.where:7} {one.answer.id} ({one.answer.says}): {one.untrue or one.hints}", flush=True)
    for where in (PUBLIC, CELL, HIDDEN):
        part = [t for t in everything if t.where == where]
        if part:
            named, specific, untrue = shares(part)
            print(f"{where:7} {len(part)} wrong answers: {named:.1%} named, {specific:.1%} specific, {untrue} untrue")
