"""The checks tell every mutant of a solution from the solution, unless the two are equivalent."""

import pytest
from support.corpus import UNITS
from support.mutants import EQUIVALENT, mutants, survives

from lrlab.checks.isolate import TimeLimit
from lrlab.checks.registry import exercises


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    """A mutant that never ends is stopped after a second of computing; answers take milliseconds."""
    monkeypatch.setattr("lrlab.checks.call.TimeLimit", lambda seconds: TimeLimit(min(seconds, 1.0)))


def survivors(some):
    return {m.id for m in some if survives(m)}


@pytest.mark.slow
@pytest.mark.parametrize("unit", UNITS)
def test_of_a_few_the_survivors_are_the_equivalent_ones(unit):
    made = mutants(unit)
    assert len(made) > 15
    few = made[::20]
    assert survivors(few) == {m.id for m in few} & EQUIVALENT.keys()


@pytest.mark.slow(reason="every mutant of a unit's solutions is checked")
@pytest.mark.nightly(reason="hundreds of answers; every twentieth is in every run")
@pytest.mark.parametrize("unit", UNITS)
def test_survivors_are_the_equivalent_ones(unit):
    made = mutants(unit)
    assert survivors(made) == {m.id for m in made} & EQUIVALENT.keys()


@pytest.mark.slow
def test_every_equivalent_mutant_exists():
    """One that no longer does has been left behind by a change of its solution."""
    made = {m.id for unit in UNITS for m in mutants(unit)}
    assert EQUIVALENT.keys() <= made
    assert {name.partition(":")[0] for name in made} <= set(exercises())
