"""The whole way of an assignment through nbgrader's own commands, on submissions of every kind."""

import html
import re

import nbformat
import pytest
from support.made_course import POINTS, RIGHT, UNIT, WRONG, answer, cell, check_cells, without_checks

# One course for all tests of the file.
pytestmark = [pytest.mark.slow(reason="a class of five is graded"), pytest.mark.xdist_group("nbgrader cycle")]

ALL = sum(POINTS.values())
LOOP = {"half_life": "def half_life(d):\n    while True:\n        pass"}
SCRIPT = "<script>document.title = 'taken over'</script>"


def made_submissions(released: nbformat.NotebookNode) -> dict[str, nbformat.NotebookNode]:
    perfect = answer(released, RIGHT, "The closed form: at step 100 it is at a half.")
    made = {
        "perfect": perfect,
        "partial": answer(released, {name: RIGHT[name] for name in ("step_decay", "exponential_decay")}),
        "wrong": answer(released, WRONG),
        "empty": released,
        "syntax": answer(released, RIGHT | {"time_decay": "def time_decay(n, lr0, d)\n    return lr0"}),
        "endless": answer(released, RIGHT | LOOP),
        "hardcoded": answer(released, RIGHT | {"gamma_from_decay": hardcoded()}),
    }
    skipping = made["skipping"] = answer(released, WRONG)
    for one in skipping.cells:
        one.metadata["tags"] = ["skip-execution", "raises-exception"]
    warning = made["warning"] = answer(released, RIGHT)
    cell(warning, "half-life-answer").source = (
        "import sys, warnings\ndef half_life(d):\n    warnings.warn('scheduler before optimizer')\n"
        "    print('to stderr', file=sys.stderr)\n    return np.log(2) / d"
    )
    for student, answers in (("deleted", RIGHT), ("deleted-wrong", WRONG)):
        made[student] = answer(released, answers)
        made[student].cells = without_checks(made[student])
    made["edited"] = answer(released, WRONG)
    for one in check_cells(made["edited"]):
        one.source = "print('all right')"
    copied = made["copied"] = answer(released, RIGHT)
    twin = nbformat.from_dict(dict(cell(copied, "half-life-answer")))
    twin.id = "half-life-copy"
    copied.cells.insert(copied.cells.index(cell(copied, "half-life-answer")), twin)
    added = made["added"] = answer(released, WRONG)
    extra = nbformat.from_dict(dict(cell(added, "half-life-check"), source="pass", id="extra"))
    extra.metadata = {"nbgrader": extra.metadata.nbgrader | {"grade_id": "extra", "points": 100}}
    added.cells.append(extra)
    foreign = made["foreign-kernel"] = answer(released, RIGHT)
    foreign.metadata.kernelspec = {"name": "julia-1.9", "display_name": "Julia", "language": "julia"}
    made["script"] = answer(
        released, RIGHT | {"half_life": RIGHT["half_life"] + f"\nfrom IPython.display import HTML\nHTML({SCRIPT!r})"}
    )
    return made


def hardcoded() -> str:
    from lrlab.checks.registry import find

    known = {case.args[0]: case.expected for case in find("gamma_from_decay").cases}
    return f"def gamma_from_decay(d):\n    return {known}.get(d, 0.5)"


EXPECTED = {
    "perfect": POINTS,
    "partial": {"step_decay": 2, "exponential_decay": 2},
    "wrong": {},
    "empty": {},
    "syntax": POINTS | {"time_decay": 0},
    "endless": POINTS | {"half_life": 0},
    "hardcoded": POINTS | {"gamma_from_decay": 0},
    "skipping": {},
    "warning": POINTS,
    "deleted": POINTS,
    "deleted-wrong": {},
    "edited": {},
    "copied": POINTS,
    "added": {},
    "foreign-kernel": POINTS,
    "script": POINTS,
}


IN_EVERY_RUN = ("perfect", "wrong", "empty", "warning", "script")  # those whose feedback is looked at
NIGHT = pytest.mark.nightly(reason="test_hostile.py has such submissions, and grades them with the same preprocessors")


@pytest.fixture(scope="module")
def graded(new_course, request):
    """One course with the submissions of this run, autograded, with feedback and export."""
    course = new_course("c.ExecutePreprocessor.timeout = 8")
    made = made_submissions(course.released())
    assert list(made) == list(EXPECTED)
    looked_at = [item.callspec.params["student"] for item in request.session.items
                 if getattr(item, "function", None) is test_scores]  # fmt: skip
    course.students = [student for student in made if student in IN_EVERY_RUN or student in looked_at]
    for student in course.students:
        course.submit(student, made[student])
    course.nbgrader("autograde", UNIT)
    course.said = course.nbgrader("generate_feedback", UNIT)
    course.nbgrader("export")
    return course


@pytest.mark.parametrize(
    "student", [pytest.param(student, marks=() if student in IN_EVERY_RUN else NIGHT) for student in EXPECTED]
)
def test_scores(graded, student):
    scores = graded.scores()[student]
    scores.pop("which_formula_answer")
    assert scores == dict.fromkeys(POINTS, 0) | EXPECTED[student]


def test_the_written_answer_waits_for_a_person(graded):
    scores = graded.scores()
    assert scores["perfect"]["which_formula_answer"] is None
    assert scores["empty"]["which_formula_answer"] == 0  # nothing was written: nothing to read


def test_export_has_what_is_marked_and_no_score_that_is_not_whole(graded):
    rows = graded.exported()
    assert {s: float(row["score_so_far"]) for s, row in rows.items()} == {
        student: sum(EXPECTED[student].values()) for student in graded.students
    }
    assert {float(row["max_score"]) for row in rows.values()} == {ALL + 4.0}
    assert rows["perfect"]["score"] == ""
    assert rows["perfect"]["state"] == "to be marked by a person"
    assert rows["empty"]["score"] == "0"


def feedback(course, student):
    return (course.root / "feedback" / student / UNIT / f"{UNIT}.html").read_text(encoding="utf-8")


def test_feedback_names_the_misconceptions(graded):
    page = " ".join(html.unescape(feedback(graded, "wrong")).split())
    for words in ("as torch's StepLR does", "inverse-time decay", "the exponent is *minus*", "1 - d is only the"):
        assert words in page
    assert "Traceback (most recent call last)" not in page


def test_feedback_shows_the_warning_that_cost_nothing(graded):
    assert "scheduler before optimizer" in feedback(graded, "warning")


def test_feedback_says_what_nobody_has_marked_yet(graded):
    page = " ".join(re.sub(r"<[^>]+>", " ", feedback(graded, "perfect")).split())
    assert "13 so far, of 17 points: not everything is marked yet" in page
    assert page.count("waits to be marked (4 points)") == 2  # in the list and beside the answer
    assert "1. Step-based decay 2 of 2" in page
    assert "0 of 4" not in page
    page = " ".join(re.sub(r"<[^>]+>", " ", feedback(graded, "empty")).split())  # nothing was written: nothing waits
    assert "0 of 17 points" in page
    assert "0 of 4" in page
    assert "waits to be marked" not in page
    assert "To hand in, save this notebook" not in page  # which has been handed in
    assert "Graded: the points are beside each check" in page
    assert "perfect, decay_formulas: the page says that 7. Decay in your own run waits" in graded.said
    assert "empty, decay_formulas: the page" not in graded.said


def test_feedback_runs_no_script_of_an_output(graded):
    assert "document.title = 'taken over'</script>" not in feedback(graded, "script")


def test_graders_files_do_not_travel(graded):
    for folder in ("assignments", "autograded", "feedback"):
        assert not list((graded.root / folder).rglob("reference*"))


def test_a_resubmission_without_its_tests_keeps_no_earlier_score(graded):
    notebook = answer(graded.released(), WRONG)
    notebook.cells = without_checks(notebook)
    graded.submit("perfect", notebook)
    graded.nbgrader("autograde", UNIT, "--student=perfect", "--force")
    scores = graded.scores()["perfect"]
    assert [scores[name] for name in POINTS] == [0] * len(POINTS)
