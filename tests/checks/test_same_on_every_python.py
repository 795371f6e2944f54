"""Right values are the same, bit for bit, on every Python: from 3.12 on `sum` of floats rounds once, at its end."""

import builtins
import math

import pytest
from support.corpus import UNITS

from lrlab.checks.registry import find
from lrlab.own_code import load


def rounded_once(numbers, start=0):
    numbers = list(numbers)
    kinds = {type(number) for number in numbers}
    floats = float in kinds and kinds <= {float, int}
    return math.fsum([start, *numbers]) if floats else builtins.sum(numbers, start)


def rounded_each_time(numbers, start=0):
    for number in numbers:
        start = start + number
    return start


def values(module):
    names = [name for name in module.hidden_cases() if name != "my_schedule"]  # which has no value: it is trained with
    return {name: [module.right(name, case.args) for case in find(name).cases] for name in names}, module.hidden_cases()


@pytest.mark.slow
@pytest.mark.parametrize("unit", UNITS)
def test_the_sums_of_a_reference(unit, monkeypatch):
    path = UNITS[unit].folder / "reference.py"
    module = load(path, path.stat().st_mtime_ns)
    monkeypatch.setattr(module, "sum", rounded_each_time, raising=False)
    before = values(module)
    monkeypatch.setattr(module, "sum", rounded_once, raising=False)
    assert repr(values(module)) == repr(before)
