"""A term with a real exchange folder: release, fetch, submit, collect, autograde, marks by hand, feedback, return.

Each person works in a folder and a home of their own; all they share is the exchange, as on a course's server.
"""

import os

import nbformat
import pytest
from support import warm_python
from support.made_course import POINTS, RIGHT, UNIT, WRONG, answer

LONG = "a term of two students, by nbgrader's own commands"
pytestmark = [pytest.mark.slow(reason=LONG), pytest.mark.xdist_group("nbgrader exchange")]

ALL = float(sum(POINTS.values()))
WRITTEN = "The closed form: at step 100 it is at a half."
COMMENT = "Say at which step the two part."


def known_as(name):
    """nbgrader takes people's names from the system's accounts; these students have none."""
    from nbgrader import utils

    utils.get_osusername = lambda: name


class Student:
    """Someone with a name, an own folder and an own home."""

    def __init__(self, name, folder, exchange):
        self.name, self.folder, self.home = name, folder / name / "work", folder / name / "home"
        self.folder.mkdir(parents=True)
        self.home.mkdir()
        self.exchange = exchange

    def nbgrader(self, *arguments):
        arguments += ("--course=lrlab", f"--Exchange.root={self.exchange}")
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "VIRTUAL_ENV"))}
        environment |= {"HOME": str(self.home), "JUPYTER_DATA_DIR": str(self.home / "jupyter")}
        done = warm_python.run(warm_python.NBGRADER, arguments, self.folder, environment, known_as, self.name)
        assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
        return done.stdout + done.stderr

    @property
    def notebook(self):
        return self.folder / UNIT / f"{UNIT}.ipynb"

    def solve(self, answers, written=WRITTEN):
        nbformat.write(answer(nbformat.read(self.notebook, as_version=4), answers, written), self.notebook)


def mark_by_hand(course, student, points, comment):
    """What formgrader does when a grader fills in the field; test_formgrader.py does it in a browser."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}") as gradebook:
        grade = gradebook.find_grade("which-formula-answer", UNIT, UNIT, student)
        grade.manual_score, grade.needs_manual_grade = points, False
        gradebook.find_comment("which-formula-answer", UNIT, UNIT, student).manual_comment = comment
        gradebook.db.commit()


@pytest.fixture(scope="module")
def term(new_course, tmp_path_factory):
    folder = tmp_path_factory.mktemp("term")
    exchange = folder / "exchange"
    exchange.mkdir()
    exchange.chmod(0o777)
    course = new_course(f"c.Exchange.root = {str(exchange)!r}")
    ada, ben = Student("ada", folder, exchange), Student("ben", folder, exchange)

    course.nbgrader("release_assignment", UNIT)
    for student, answers in ((ada, RIGHT), (ben, RIGHT | {"half_life": WRONG["half_life"]})):
        student.nbgrader("fetch_assignment", UNIT)
        student.solve(answers)
        student.nbgrader("submit", UNIT)
    course.nbgrader("collect", UNIT)
    course.nbgrader("autograde", UNIT)
    mark_by_hand(course, "ada", 4.0, "")
    mark_by_hand(course, "ben", 1.5, COMMENT)
    course.nbgrader("generate_feedback", UNIT)
    course.nbgrader("release_feedback", UNIT)
    for student in (ada, ben):
        student.nbgrader("fetch_feedback", UNIT)
    course.nbgrader("export")
    return course, ada, ben


def returned(student):
    (page,) = (student.folder / UNIT / "feedback").rglob("*.html")
    return " ".join(page.read_text(encoding="utf-8").split())


def test_what_was_fetched_is_the_release(term):
    course, ada, _ = term
    fetched = {p.name for p in ada.notebook.parent.iterdir()} - {"feedback"}
    assert fetched == {p.name for p in (course.root / "assignments" / UNIT).iterdir()}
    assert "reference.py" not in fetched


def test_scores(term):
    rows = term[0].exported()
    assert {name: float(row["score"]) for name, row in rows.items()} == {"ada": ALL + 4, "ben": ALL - 2 + 1.5}


def test_each_student_gets_their_own_feedback(term):
    _, ada, ben = term
    assert COMMENT in returned(ben)
    assert COMMENT not in returned(ada)
    assert "half_life" in returned(ben)
    assert f">{ALL + 4:g} of {ALL + 4:g} points<" in returned(ada)
    assert f">{ALL - 0.5:g} of {ALL + 4:g} points<" in returned(ben)


def test_a_second_hand_in_replaces_the_first(term):
    course, _, ben = term
    ben.solve(RIGHT)
    ben.nbgrader("submit", UNIT)
    course.nbgrader("collect", UNIT, "--update")
    course.nbgrader("autograde", UNIT, "--student=ben", "--force")
    assert sum(course.scores()["ben"][name] for name in POINTS) == ALL
