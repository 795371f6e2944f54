"""Submissions through parsing, restoring and the judge, one after the other, from one zygote."""

from pathlib import Path

from nbgrader.utils import determine_grade, is_grade
from nbgrader.validator import Validator
from traitlets.config import Config

from lrlab.grading.scoring.preprocessor import Judge
from lrlab.grading.submission.notebook import read
from lrlab.grading.submission.restore_cells import RestoreCells


def judged(course, path: Path, student: str = "eve", **options):
    """The graded notebook of a submitted one."""
    config = Config()
    config.CourseDirectory.root = str(course.root)
    config.CourseDirectory.source_directory = "solutions"
    resources = {
        "metadata": {"path": str(path.parent)},
        "nbgrader": {
            "student": student,
            "assignment": course.unit,
            "notebook": course.unit,
            "db_url": f"sqlite:///{course.root / 'gradebook.db'}",
        },
    }
    notebook, resources = RestoreCells(config=config).preprocess(read(path), resources)
    notebook, _ = Judge(config=config, **options).preprocess(notebook, resources)
    return notebook


def refused(path: Path) -> list[str]:
    """The sources of the cells that Validate finds wrong, with time to run them on a busy machine."""
    config = Config()
    config.Execute.timeout = 600
    return [cell["source"] for cell in Validator(config=config).validate(str(path)).get("failed", [])]


def points(notebook):
    """What nbgrader gives each automatically graded cell, by its grade_id."""
    cells = [c for c in notebook.cells if is_grade(c) and c.cell_type == "code"]
    return {c.metadata.nbgrader.grade_id: determine_grade(c)[0] for c in cells}
