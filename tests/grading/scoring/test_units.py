"""Every unit once as a class would have it: what the corpora's answers earn, and that Validate says the same."""

import dis
import inspect
import re
import types

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
    """The first wrong answer that needs no other function of its file, as a notebook's cell."""
    for answer in WRONG:
        others = answer.function.__globals__
        if answer.exercise == exercise and not any(
            inspect.isfunction(others.get(name)) for name in global_names(answer.function.__code__)
        ):
            return IMPORTS + answer.source()
    raise LookupError(exercise)


def global_names(code):
    """The global names that a function reads, and the functions within it."""
    within = (global_names(c) for c in code.co_consts if isinstance(c, types.CodeType))
    return {i.argval for i in dis.get_instructions(code) if i.opname == "LOAD_GLOBAL"}.union(*within)


def hand_in(course, student, wrong):
    """The path of a submission whose answers to the exercises of `wrong` are wrong, and all others right."""
    notebook = course.released()
    for name, right in solutions(course.unit).items():
        source = wrong_answer(name) if name in wrong else IMPORTS + right
        cell(notebook, f"{name.replace('_', '-')}-answer").source = source
    for written in (c for c in notebook.cells if c.cell_type == "markdown" and "nbgrader" in c.metadata):
        written.source = "An answer."
    for drawn in (c for c in notebook.cells if c.cell_type == "code" and is_marked_by_hand(c)):
        drawn.source = "# A figure."
    return course.submit(student, notebook)


def is_marked_by_hand(one):
    flags = one.metadata.get("nbgrader", {})
    return bool(flags.get("grade") and flags.get("solution"))


def earned_in_full(course, points):
    """The exercises all of whose check cells earned all their points."""
    short = {c.id for c in course.released().cells if "-check" in c.id and points[c.id] < c.metadata.nbgrader.points}
    return set(solutions(course.unit)) - {name.partition("-check")[0].replace("-", "_") for name in short}


IN_EVERY_RUN = ("finding_lr", "param_groups")  # one that trains, one that does not
NIGHT = pytest.mark.nightly(reason="a unit through two kernels; two of eight are in every run")


@pytest.mark.slow(reason="a unit through two kernels")
@pytest.mark.xdist_group("judge")  # whose zygotes it shares
@pytest.mark.parametrize("unit", [pytest.param(unit, marks=() if unit in IN_EVERY_RUN else NIGHT) for unit in OTHERS])
def test_a_unit_is_judged_as_validate_checks_it(unit, new_course, zygote):
    course, names = new_course(unit=unit), set(solutions(unit))
    wrong = set(sorted(names)[::2])
    path = hand_in(course, "ada", wrong)
    assert set(re.findall(r'check\("(\w+)"', " ".join(refused(path)))) == wrong
    assert earned_in_full(course, points(judged(course, path))) == names - wrong


@pytest.mark.slow(reason="a unit's whole way by nbgrader's commands")
@pytest.mark.nightly(reason="eight units; test_cycle.py has the ninth, and the others go through judge and Validate")
@pytest.mark.parametrize("unit", OTHERS)
def test_nbgraders_own_commands_grade_a_unit_as_it_is_checked(unit, new_course):
    course, names = new_course(unit=unit), set(solutions(unit))
    for student, wrong in {"right": set(), "wrong": names}.items():
        validated = course.nbgrader("validate", str(hand_in(course, student, wrong)))
        assert ("Success! Your notebook passes all the tests." in validated) == (student == "right"), validated[-3000:]
    course.nbgrader("autograde", unit)
    for student, due in {"right": names, "wrong": set()}.items():
        assert earned_in_full(course, course.scores_of_cells()[student]) == due
