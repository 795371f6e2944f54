"""Every unit of the course, and the answers that its folder holds."""

import functools
from pathlib import Path

from lrlab.checks.registry import UNITS as NAMES
from lrlab.checks.registry import find
from lrlab.units import Unit

SOLUTIONS = Path(__file__).parents[2] / "solutions"
UNITS = {name: Unit(SOLUTIONS / name) for name in NAMES}
UNIT_OF = {exercise: unit for unit in UNITS.values() for exercise in unit.adapters}
ANSWERS = [answer for unit in UNITS.values() for answer in unit.answers()]
RIGHT = [answer for answer in ANSWERS if answer.says is None]
WRONG = [answer for answer in ANSWERS if answer.says is not None]
# (exercise, mistake with its code), for each mistake that has code
MISTAKES = [(name, m) for name, unit in UNIT_OF.items() for m in unit.help(name).misconceptions if m.code is not None]


@functools.cache
def cells(name):
    """What the notebook's check cells of an exercise try: by group, the public and the hidden cases."""
    groups = UNIT_OF[name].hidden_cases(seed=20)[name]
    return {group: (find(name).in_group(group), find(name).read_cases(cases)) for group, cases in groups.items()}
