"""A made-up unit, from nothing to a graded submission: one folder under solutions/ and one module of adapters."""

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from support.lrlab_command import ONE, environment
from support.made_course import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("new unit"), pytest.mark.usefixtures("sandboxed")]

UNIT = "ramps"
ADAPTERS = '''"""How the answers of unit "ramps" are called."""

from lrlab.checks.exercise import Adapter

ADAPTERS = (Adapter("ramp", ("n", "lr", "steps")),)
'''
FILES = {
    "reference.py": """
import random

def ramp(n, lr, steps):
    return lr * min(n, steps) / steps

def right(name, args):
    return globals()[name](*args)

def hidden_cases(seed=1):
    rng = random.Random(seed)
    calls = [(rng.randrange(50), round(rng.uniform(0.1, 1), 3), rng.randrange(5, 30)) for _ in range(4)]
    return {"ramp": [(args, right("ramp", args)) for args in calls]}
""",
    "cases.py": "CASES = {'ramp': [(0, 0.5, 10), (5, 0.5, 10), (20, 0.5, 10)]}\n",
    "mistakes.py": """
from lrlab.units import Help, Misconception

MISTAKES = {
    "ramp": Help(
        hint="Work out the first three learning rates by hand.",
        misconceptions=(
            Misconception("goes on", "Your learning rate goes on rising after the ramp.", lambda n, lr, s: lr * n / s),
        ),
    )
}
""",
    "answers.py": """
from lrlab.units import Corpus

corpus = Corpus()
EQUIVALENT_MUTANTS = {}

@corpus.right("ramp")
def good(n, lr, steps):
    return lr * min(1, n / steps)
""",
}


def graded_cell(name: str, source: str, *, solution: bool, points: int = 0) -> nbformat.NotebookNode:
    made = nbformat.v4.new_code_cell(source, id=name)
    made.metadata.nbgrader = {
        "grade_id": name, "grade": not solution, "solution": solution, "locked": not solution, "task": False,
        "schema_version": 3,
    } | ({} if solution else {"points": points})  # fmt: skip
    return made


def write_unit(course: Path) -> None:
    folder = course / "solutions" / UNIT
    folder.mkdir(parents=True)
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    solution = (
        "def ramp(n, lr, steps):\n    ### BEGIN SOLUTION\n    return lr * min(1, n / steps)\n    ### END SOLUTION"
    )
    cells = [
        graded_cell("ramp-answer", solution, solution=True),
        graded_cell("ramp-check", 'from lrlab.checks import check\n\ncheck("ramp")', solution=False, points=3),
    ]
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, folder / f"{UNIT}.ipynb")
    (course / "lrlab" / "checks" / "adapters" / f"{UNIT}.py").write_text(ADAPTERS, encoding="utf-8")


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course folder with an lrlab of its own, as a clone has it, and the new unit in it."""
    root = tmp_path_factory.mktemp("course")
    shutil.copytree(ROOT / "lrlab", root / "lrlab")  # with the bytecode, which is compiled again otherwise
    shutil.copy(ROOT / "nbgrader_config.py", root)
    write_unit(root)
    return root


def run(course: Path, *command: str) -> str:
    done = subprocess.run(
        [sys.executable, *command], cwd=course, env=environment() | {"PYTHONPATH": str(course)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    return done.stdout + done.stderr


def lrlab(course: Path, *arguments: str) -> str:
    return run(course, "-c", "import sys; from lrlab.cli import main; sys.exit(main())", *arguments)


def submit(course: Path, student: str, answer: str) -> None:
    notebook = nbformat.read(course / "assignments" / UNIT / f"{UNIT}.ipynb", as_version=4)
    notebook.cells[0].source = answer
    folder = course / "submitted" / student / UNIT
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / f"{UNIT}.ipynb")


@pytest.fixture(scope="module")
def released(course: Path) -> Path:
    assert f"lrlab/checks/data/{UNIT}.json" in lrlab(course, "release", UNIT)
    return course


def test_from_nothing_to_an_assignment(released: Path) -> None:
    assert sorted(os.listdir(released / "assignments" / UNIT)) == [f"{UNIT}.ipynb"]
    data = json.loads((released / "lrlab" / "checks" / "data" / f"{UNIT}.json").read_text("utf-8"))
    assert [case["expected"] for case in data["ramp"]["cases"]] == [0.0, 0.25, 0.5]
    assert data["ramp"]["cases"][2]["mistaken"] == {"goes on": [1.0]}


@pytest.mark.nightly(reason="four programs start cold; the assignment itself is made in every run")
def test_from_nothing_to_a_graded_submission(released: Path) -> None:
    course = released
    run(course, "-m", "nbgrader", "generate_assignment", UNIT, "--force")
    submit(course, "ada", "def ramp(n, lr, steps):\n    return lr * (n / steps if n < steps else 1)")
    submit(course, "bob", "def ramp(n, lr, steps):\n    return lr * n / steps")
    lrlab(course, "grade", UNIT, *ONE)
    lrlab(course, "export")
    with (course / "grades.csv").open(encoding="utf-8", newline="") as file:
        scores = {row["student_id"]: (row["score"], row["max_score"]) for row in csv.DictReader(file)}
    assert scores == {"ada": ("3", "3"), "bob": ("0", "3")}
    graded = nbformat.read(course / "autograded" / "bob" / UNIT / f"{UNIT}.ipynb", as_version=4)
    assert "goes on rising after the ramp" in str(graded.cells[1].outputs)


def test_what_is_missing_is_said(course: Path) -> None:
    (course / "solutions" / UNIT / "mistakes.py").rename(course / "mistakes.py")
    try:
        with pytest.raises(AssertionError, match=r"mistakes.py is missing"):
            lrlab(course, "release", UNIT)
    finally:
        (course / "mistakes.py").rename(course / "solutions" / UNIT / "mistakes.py")
