"""Every hostile submission comes to what it must: a score from answers alone, or set aside with a reason."""

import hashlib

import pytest
from hostile import HOSTILE
from judging import judged, points
from made_course import UNIT, Course

from lrlab.grading import intake
from lrlab.grading.reader import Unreadable
from lrlab.grading.warm import Warm

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("hostile")]

CELL, SUBMISSION = 8, 120  # seconds


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    made = Course(tmp_path_factory.mktemp("course"))
    made.nbgrader("generate_assignment", UNIT)
    return made


@pytest.fixture(scope="module")
def warm():
    with Warm() as parent:
        yield parent


def outside(root):
    """What no submission may change: the course without submitted/."""
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file() and "submitted" not in path.parts
    }


def graded(course, folder):
    """As the runner does it: look at the folder, then at the notebook."""
    intake.examine(folder, [UNIT], [])
    return judged(course, folder / f"{UNIT}.ipynb", timeout=CELL, submission_timeout=SUBMISSION)


def said(notebook):
    return [o.evalue for c in notebook.cells for o in c.get("outputs", ()) if o.output_type == "error"]


def test_there_are_enough_and_each_has_a_name():
    assert len(HOSTILE) >= 60
    assert len({case.name for case in HOSTILE}) == len(HOSTILE)


@pytest.mark.parametrize("case", HOSTILE, ids=lambda case: case.name)
def test_hostile(case, course, warm, tmp_path):
    folder = tmp_path / "submitted" / "eve" / UNIT
    case.make(course.released(), folder)
    before = outside(course.root)
    if case.points is None:
        with pytest.raises(Unreadable) as refused:
            graded(course, folder)
        assert 10 < len(str(refused.value)) < 300
        return
    notebook = graded(course, folder)
    found = {name.removesuffix("-check").replace("-", "_"): score for name, score in points(notebook).items()}
    assert found == case.points, [notebook.metadata.lrlab.notes, said(notebook)]
    assert outside(course.root) == before
