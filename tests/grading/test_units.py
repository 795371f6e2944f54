"""Every unit once through nbgrader's own commands: what the corpora's answers earn, and that Validate says the same."""

import ast
import inspect
import sys

import pytest
from made_course import ROOT, UNIT, Course, cell

sys.path.insert(0, str(ROOT / "tests" / "checks"))

from corpus import WRONG
from mutants import solutions

from lrlab.checks.registry import UNITS

IMPORTS = "import copy, itertools, math, operator, sys\nimport numpy as np\nimport torch\n" + (
    "from torch import nn\nfrom torch.nn import functional\nfrom torch.optim import lr_scheduler\n"
)
pytestmark = pytest.mark.slow


def wrong_answer(exercise):
    """The first wrong answer that calls no other function of its module, as a notebook's cell."""
    for answer in WRONG:
        if answer.exercise == exercise:
            source = answer.source()
            names = [n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Name)]
            own = {n.id for n in names if isinstance(n.ctx, ast.Store)}
            if not any(inspect.isfunction(answer.function.__globals__.get(n.id)) for n in names if n.id not in own):
                return IMPORTS + source
    raise LookupError(exercise)


@pytest.mark.parametrize("unit", [u for u in UNITS if u != UNIT])
def test_a_unit_is_graded_as_it_is_checked(unit, tmp_path):
    course = Course(tmp_path, unit=unit)
    course.nbgrader("generate_assignment", unit)
    points = {}
    for student, answers in {
        "right": {name: f"{IMPORTS}{source}" for name, source in solutions(unit).items()},
        "wrong": {name: wrong_answer(name) for name in solutions(unit)},
    }.items():
        notebook = course.released()
        for name, source in answers.items():
            cell(notebook, f"{name.replace('_', '-')}-answer").source = source
        for written in (c for c in notebook.cells if c.cell_type == "markdown" and "nbgrader" in c.metadata):
            written.source = "An answer."
        path = course.submit(student, notebook)
        points |= {c.id: c.metadata.nbgrader.points for c in notebook.cells if "-check" in c.id}
        validated = course.nbgrader("validate", str(path))
        assert ("Success! Your notebook passes all the tests." in validated) == (student == "right"), validated[-3000:]
    course.nbgrader("autograde", unit)
    scores = course.scores()
    for student in ("right", "wrong"):
        scores[student] = {k.replace("_", "-"): v for k, v in scores[student].items() if "answer" not in k}
    by_exercise = {name.replace("_", "-"): 0.0 for name in solutions(unit)}
    total = dict(by_exercise)
    for grade, most in points.items():
        name = grade.partition("-check")[0]
        total[name] += most
        graded = grade.removesuffix("-check")
        assert scores["right"][graded] == most, grade
        by_exercise[name] += scores["wrong"][graded]
    assert [name for name in total if by_exercise[name] >= total[name]] == []
