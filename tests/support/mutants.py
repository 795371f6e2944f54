"""Mutants of the reference solutions: each differs from its solution in one place of its syntax tree.

`python -m support.mutants [UNIT …]` prints those that pass every check, with their place. A mutant that computes
the same as the solution on everything that the prompt calls legal is equivalent, and listed with the reason in
`EQUIVALENT_MUTANTS` of the unit's answers.py. Exercises that are judged by a result, such as a schedule that must
reach an accuracy, have no mutants: whatever reaches it is right.
"""

from __future__ import annotations

import contextlib
import io
import sys

from lrlab.publishing import mutants as made
from lrlab.publishing.mutants import Mutant, setting
from support.corpus import UNITS, cells

EQUIVALENT = {change: reason for unit in UNITS.values() for change, reason in unit.equivalent_mutants().items()}


def mutants(unit: str) -> list[Mutant]:
    """Every mutant of every solution of a unit."""
    return made.mutants(UNITS[unit])


def solutions(unit: str) -> dict[str, str]:
    """The source of each answer cell, by exercise."""
    return made.solutions(UNITS[unit].folder)


def survives(mutant: Mutant) -> bool:
    """Whether a mutant passes every check cell of its exercise."""
    from lrlab.checks import CheckFailed, check

    names = setting(UNITS[mutant.unit].folder)
    try:
        exec(mutant.source, names)
        with contextlib.redirect_stdout(io.StringIO()):
            for tried in cells(mutant.exercise).values():
                for cases in tried:
                    check(mutant.exercise, names[mutant.exercise], cases=cases)
    except CheckFailed:
        return False
    return True


if __name__ == "__main__":
    for unit in sys.argv[1:] or UNITS:
        every = mutants(unit)
        alive = [m for m in every if survives(m)]
        print(f"{unit}: {len(every)} mutants, {len(every) - len(alive)} killed")
        for mutant in alive:
            print(f"    {mutant.id!r}")
