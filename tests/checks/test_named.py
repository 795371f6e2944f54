"""Nearly every wrong answer of the corpora is told its own mistake, and none is told another."""

import pytest
from support.corpus import UNIT_OF, UNITS, WRONG
from support.named import CELL, HIDDEN, PUBLIC, shares, told

NAMED = 0.8
SPECIFIC = 0.95
QUICK = ("decay_formulas", "param_groups")
REST = pytest.mark.nightly(reason="every wrong answer on all its cases; two units are in every run")


@pytest.mark.slow(reason="every wrong answer of a unit, on all its cases")
@pytest.mark.parametrize("unit", [pytest.param(unit, marks=() if unit in QUICK else REST) for unit in UNITS])
def test_the_mistake_is_named_and_no_other(unit):
    found = [t for answer in WRONG if UNIT_OF[answer.exercise].name == unit for t in told(answer)]
    for where in (PUBLIC, CELL, HIDDEN):
        some = [t for t in found if t.where == where]
        if some:
            named, specific, untrue = shares(some)
            wrong = [(t.answer.id, t.answer.says, t.hints) for t in some if t.untrue or not t.named]
            assert untrue == 0, (where, wrong)
            assert named >= NAMED, (where, wrong)
            assert specific >= SPECIFIC, (where, wrong)
