"""Every unit once as a class would have it: what the corpora's answers earn, and that Validate says the same."""

import ast
import re

import pytest
from support.corpus import WRONG
from support.judging import judged, points, refused
from support.made_course import UNIT, cell
from support.mutants import solutions

from lrlab.checks.registry import UNITS

IMPORTS = "import copy, itertools, math, operator, sys\nimport numpy as np\nimport torch\n" + (
    "from torch import nn\nfrom torch.nn import functional\nfrom torch.optim import lr_scheduler\n"
)
OTHERS = [unit for unit in UNITS if unit != UNIT]  # test_cycle.py has that one, with submissions of every kind
pytestmark = pytest.mark.slow


def wrong_answer(exercise):
    """The first wrong answer that stands on its own, as a notebook's cell."""
    module = {a.function.__name__ for a in WRONG} | {"two_dictionaries", "helper_function", "from_the_group_again"}
    for answer in WRONG:
        if answer.exercise == exercise:
            source = answer.source()
            names = {n.id for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Name)}
            if not names & (module - {answer.function.__name__}):
                return IMPORTS + source
    raise LookupError(exercise)


def hand_in(course, student, wrong):
    """The path of a submission whose answers to the exercises of `wrong` are wrong, and all others right."""
    notebook = course.released()
    for name, right in solutions(course.unit).items():
        source = wrong_answer(name) if name in wrong else IMPORTS + right
        cell(notebook, f"{name.replace('_', '-')}-answer").source = source
    written = next(c for c in notebook.cells if c.cell_type == "markdown" and "nbgrader" in c.metadata)
    written.source = "An answer."
    return course.submit(student, notebook)


def earned_in_full(course, points):
    """The exercises all of whose check cells earned all their points."""
    short = {c.id for c in course.released().cells if "-check" in c.id and points[c.id] < c.metadata.nbgrader.points}
    return set(solutions(course.unit)) - {name.partition("-check")[0].replace("-", "_") for name in short}


@pytest.mark.xdist_group("units")  # one warm parent
@pytest.mark.parametrize("unit", OTHERS)
def test_a_unit_is_judged_as_validate_checks_it(unit, new_course, warm):
    course, names = new_course(unit=unit), set(solutions(unit))
    wrong = set(sorted(names)[::2])
    path = hand_in(course, "ada", wrong)
    assert set(re.findall(r'check\("(\w+)"', " ".join(refused(path)))) == wrong
    assert earned_in_full(course, points(judged(course, path))) == names - wrong


@pytest.mark.slow(reason="a unit's whole way by nbgrader's commands")
@pytest.mark.nightly(reason="seven units; test_cycle.py has the eighth, and the others go through judge and Validate")
@pytest.mark.parametrize("unit", OTHERS)
def test_nbgraders_own_commands_grade_a_unit_as_it_is_checked(unit, new_course):
    course, names = new_course(unit=unit), set(solutions(unit))
    for student, wrong in {"right": set(), "wrong": names}.items():
        validated = course.nbgrader("validate", str(hand_in(course, student, wrong)))
        assert ("Success! Your notebook passes all the tests." in validated) == (student == "right"), validated[-3000:]
    course.nbgrader("autograde", unit)
    for student, due in {"right": names, "wrong": set()}.items():
        scores = course.scores()[student]
        checks = (c.id for c in course.released().cells if "-check" in c.id)
        found = {name: scores[name.removesuffix("-check").replace("-", "_")] for name in checks}
        assert earned_in_full(course, found) == due
