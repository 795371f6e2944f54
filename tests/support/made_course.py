"""A course in a temporary folder, submissions made from the released notebook, and nbgrader's own commands on them."""

import copy
import csv
import os
import shutil
from pathlib import Path

import nbformat

from support import warm_python

ROOT = Path(__file__).parents[2]
UNIT = "decay_formulas"
POINTS = {
    "step_decay": 2,
    "time_decay": 3,
    "exponential_decay": 2,
    "gamma_from_decay": 1,
    "half_life": 2,
    "read_log": 3,
}

RIGHT = {
    "step_decay": "def step_decay(n, lr0, d, r):\n    return lr0 * d ** ((1 + n) // r)",
    "time_decay": (
        "def time_decay(n, lr0, d):\n    rates = [lr0]\n    for k in range(np.max(n)):\n"
        "        rates.append(rates[-1] / (1 + d * k))\n    return np.array(rates)[n]"
    ),
    "exponential_decay": "def exponential_decay(n, lr0, d):\n    return lr0 * np.exp(-d * n)",
    "gamma_from_decay": "def gamma_from_decay(d):\n    return np.exp(-d)",
    "half_life": "def half_life(d):\n    return np.log(2) / d",
    "read_log": """def read_log(log):
    rates = [float(line.split("lr=")[1]) for line in log]
    falls = [n for n in range(1, len(rates)) if rates[n] != rates[n - 1]]
    ratio = rates[falls[0]] / rates[falls[0] - 1]
    if len(falls) == len(rates) - 1:
        return {"formula": "exponential", "lr0": rates[0], "d": -np.log(ratio)}
    if falls[:2] == [2, 3]:
        return {"formula": "time-based", "lr0": rates[0], "d": 1 / ratio - 1}
    return {"formula": "step-based", "lr0": rates[0], "d": ratio, "r": falls[0] + 1}""",
}
WRONG = {
    "step_decay": "def step_decay(n, lr0, d, r):\n    return lr0 * d ** (n // r)",
    "time_decay": "def time_decay(n, lr0, d):\n    return lr0 / (1 + d * n)",
    "exponential_decay": "def exponential_decay(n, lr0, d):\n    return lr0 * np.exp(d * n)",
    "gamma_from_decay": "def gamma_from_decay(d):\n    return 1 - d",
    "half_life": "def half_life(d):\n    return 1 / d",
    "read_log": 'def read_log(log):\n    return {"formula": "exponential", "lr0": 0.1, "d": 0.5}',
}


class Course:
    """`nbgrader_config.py` and a unit of `solutions/` copied to `root`; commands run there."""

    def __init__(self, root: Path, extra_config: str = "", unit: str = UNIT) -> None:
        self.root, self.unit = root, unit
        config = (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
        (root / "nbgrader_config.py").write_text(f"{config}\n{extra_config}\n", encoding="utf-8")
        shutil.copytree(
            ROOT / "solutions" / unit, root / "solutions" / unit, ignore=shutil.ignore_patterns("__pycache__")
        )

    @classmethod
    def at(cls, root: Path, unit: str = UNIT) -> "Course":
        """The course that is there already."""
        course = cls.__new__(cls)
        course.root, course.unit = root, unit
        return course

    def copied(self, root: Path, extra_config: str = "") -> "Course":
        """The course as it stands, once more."""
        shutil.copytree(self.root, root)
        with (root / "nbgrader_config.py").open("a", encoding="utf-8") as config:
            config.write(f"\n{extra_config}\n")
        return Course.at(root, self.unit)

    def nbgrader(self, *arguments: str, ok: bool = True) -> str:
        """Run a stock command, without the environment activated; returns what it printed."""
        environment = {k: v for k, v in os.environ.items() if k not in ("VIRTUAL_ENV", "NO_COLOR")}
        environment["PATH"] = "/usr/bin:/bin"
        done = warm_python.run(warm_python.NBGRADER, arguments, self.root, environment)
        shown = done.stdout + done.stderr
        assert not ok or done.returncode == 0, shown[-3000:]
        return shown

    def released(self) -> nbformat.NotebookNode:
        return nbformat.read(self.root / "assignments" / self.unit / f"{self.unit}.ipynb", as_version=4)

    def submit(self, student: str, notebook: nbformat.NotebookNode) -> Path:
        path = self.root / "submitted" / student / self.unit / f"{self.unit}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, path)
        return path

    def scores(self) -> dict[str, dict[str, float | None]]:
        """Automatic score of each exercise, per student: that of its check cells together; None waits for a person."""
        found: dict[str, dict[str, float | None]] = {}
        for student, cells in self.scores_of_cells().items():
            mine = found.setdefault(student, {})
            for name, score in cells.items():
                exercise = name.partition("-check")[0].replace("-", "_")
                mine[exercise] = None if score is None else (mine.get(exercise) or 0) + score
        return found

    def scores_of_cells(self) -> dict[str, dict[str, float | None]]:
        """Automatic score of each graded cell, per student, by the cell's name; None waits for a person."""
        from nbgrader.api import Gradebook

        with Gradebook(f"sqlite:///{self.root / 'gradebook.db'}") as gradebook:
            return {
                submission.student.id: {
                    g.name: g.auto_score for notebook in submission.notebooks for g in notebook.grades
                }
                for submission in gradebook.assignment_submissions(self.unit)
            }

    def exported(self) -> dict[str, dict[str, str]]:
        with (self.root / "grades.csv").open(encoding="utf-8", newline="") as file:
            return {row["student_id"]: row for row in csv.DictReader(file)}


def cell(notebook: nbformat.NotebookNode, cell_id: str) -> nbformat.NotebookNode:
    return next(c for c in notebook.cells if c.id == cell_id)


def check_cells(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    """An exercise has one or several, such as read-log-check and read-log-check-stairs."""
    return [c for c in notebook.cells if "-check" in c.id]


def without_checks(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [c for c in notebook.cells if "-check" not in c.id]


def answer(
    notebook: nbformat.NotebookNode, answers: dict[str, str], written: str | None = None
) -> nbformat.NotebookNode:
    """A copy of the released notebook with these answers filled in."""
    filled = copy.deepcopy(notebook)
    for name, source in answers.items():
        cell(filled, f"{name.replace('_', '-')}-answer").source = source
    if written is not None:
        cell(filled, "which-formula-answer").source = written
    return filled
