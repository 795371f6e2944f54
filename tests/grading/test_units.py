"""Every unit once as a class would have it: what the corpora's answers earn, and that Validate says the same."""

import ast
import sys

import pytest
from nbgrader.validator import Validator
from support.judging import judged, points
from support.made_course import ROOT, UNIT, cell

sys.path.insert(0, str(ROOT / "tests" / "checks"))

from corpus import WRONG
from mutants import solutions

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


def handed_in(course):
    """The paths of a right and of a wrong submission."""
    answers = {
        "right": {name: f"{IMPORTS}{source}" for name, source in solutions(course.unit).items()},
        "wrong": {name: wrong_answer(name) for name in solutions(course.unit)},
    }
    paths = {}
    for student, mine in answers.items():
        notebook = course.released()
        for name, source in mine.items():
            cell(notebook, f"{name.replace('_', '-')}-answer").source = source
        written = next(c for c in notebook.cells if c.cell_type == "markdown" and "nbgrader" in c.metadata)
        written.source = "An answer."
        paths[student] = course.submit(student, notebook)
    return paths


def earn_what_is_due(course, right, wrong):
    """Points by check cell: all of them, and of no exercise all of them."""
    most = {c.id: c.metadata.nbgrader.points for c in course.released().cells if "-check" in c.id}
    assert right == most
    full = []
    for name in {check_cell.partition("-check")[0] for check_cell in most}:
        mine = [c for c in most if c.partition("-check")[0] == name]
        if sum(wrong[c] for c in mine) >= sum(most[c] for c in mine):
            full.append(name)
    assert full == []


@pytest.mark.xdist_group("units")  # one warm parent
@pytest.mark.parametrize("unit", OTHERS)
def test_a_unit_is_judged_as_validate_checks_it(unit, new_course, warm):
    course = new_course(unit=unit)
    paths = handed_in(course)
    for student, path in paths.items():
        failed = Validator().validate(str(path)).get("failed", [])
        assert (not failed) == (student == "right"), failed
    earn_what_is_due(course, *(points(judged(course, path)) for path in paths.values()))


@pytest.mark.slow(reason="a unit's whole way by nbgrader's commands")
@pytest.mark.nightly(reason="seven units; test_cycle.py has the eighth, and the others go through judge and Validate")
@pytest.mark.parametrize("unit", OTHERS)
def test_nbgraders_own_commands_grade_a_unit_as_it_is_checked(unit, new_course):
    course = new_course(unit=unit)
    for student, path in handed_in(course).items():
        validated = course.nbgrader("validate", str(path))
        assert ("Success! Your notebook passes all the tests." in validated) == (student == "right"), validated[-3000:]
    course.nbgrader("autograde", unit)
    found = {}
    for student, scores in course.scores().items():
        checks = (c.id for c in course.released().cells if "-check" in c.id)
        found[student] = {name: scores[name.removesuffix("-check").replace("-", "_")] for name in checks}
    earn_what_is_due(course, found["right"], found["wrong"])
