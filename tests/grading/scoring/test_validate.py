"""nbgrader's Validate, which students run, says what autograding will say of the visible cases."""

import pytest
from support.made_course import RIGHT, UNIT, WRONG, answer, check_cells

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("nbgrader validate")]


@pytest.fixture(scope="module")
def course(new_course):
    return new_course()


def test_the_released_notebook_is_not_attempted(course):
    shown = course.nbgrader("validate", f"assignments/{UNIT}/{UNIT}.ipynb")
    cells = len(check_cells(course.released()))
    assert f"VALIDATION FAILED ON {cells + 1} CELL(S)" in shown  # the check cells and the text
    assert shown.count("not attempted yet") == cells
    assert "Traceback" not in shown


def test_right_answers_validate(course):
    path = course.submit("right", answer(course.released(), RIGHT, "An answer."))
    assert "Success! Your notebook passes all the tests." in course.nbgrader("validate", str(path))


def test_a_wrong_answer_is_named(course):
    path = course.submit("wrong", answer(course.released(), RIGHT | {"time_decay": WRONG["time_decay"]}, "An answer."))
    shown = course.nbgrader("validate", str(path))
    assert "VALIDATION FAILED ON 1 CELL(S)" in shown
    assert "time_decay: 1 of 6 cases right." in shown
    assert "inverse-time decay" in " ".join(shown.split())
