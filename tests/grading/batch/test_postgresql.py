"""A gradebook on PostgreSQL: the same scores, one run at a time on all hosts, one sentence when it can't be reached.

A server of the tests' own is started once; each test has a database of its own there.
"""

import itertools
import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from nbgrader.api import Gradebook
from support import postgresql
from support.lrlab_command import ONE, lrlab
from support.made_course import POINTS, RIGHT, UNIT, WRONG, answer

from lrlab.grading.batch import doctor, runner
from lrlab.grading.batch.database import lease, shown, try_database
from lrlab.grading.batch.errors import Busy, GradebookError
from lrlab.grading.batch.gradebook import UnitGradebook, read_submission
from lrlab.grading.batch.journal import GRADED, UNTOUCHED, Journal
from lrlab.grading.batch.results import Results
from lrlab.grading.startup import put_own_scripts_first

ALL = sum(POINTS.values())
pytestmark = [
    pytest.mark.slow,  # each opens a gradebook, which takes nbgrader some tenths of a second, and one starts the server
    pytest.mark.xdist_group("postgresql"),
    pytest.mark.skipif(bool(postgresql.missing()), reason=postgresql.missing()),
]
_numbers = itertools.count()


@pytest.fixture(scope="session")
def server():
    server = postgresql.Server()
    yield server
    server.close()


@pytest.fixture(scope="session")
def template(server):
    """The name of a database that has a unit with one graded cell, and no student."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", os.environ["PATH"])
        put_own_scripts_first()  # nbgrader starts its helper program when it makes a gradebook
        with Gradebook(server.new_database("made"), "lrlab") as gradebook:
            gradebook.add_assignment("unit")
            gradebook.add_notebook("unit", "unit")
            gradebook.add_grade_cell("cell", "unit", "unit", max_score=2, cell_type="code")
    return "made"


@pytest.fixture
def unit(server, template):
    name = f"unit{next(_numbers)}"
    server.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    return UnitGradebook(server.url(name), "lrlab", "unit")


def result(score: float):
    notebook = {"penalty": None, "grades": {"cell": [score, False]}, "comments": {}, "manual": {}}
    return {
        "timestamp": None,
        "score": score,
        "max_score": 2.0,
        "notebooks": {"unit": notebook | {"manual_comments": {}}},
    }


def test_programs_that_enter_the_same_new_students_at_once_all_succeed(unit, monkeypatch):
    # Four units of a course, graded on four hosts, meet the same students for the first time.
    students = [f"s{number}" for number in range(6)]
    start = threading.Barrier(4)
    lost = []  # attempts

    def enter_all() -> None:
        for student in students:
            start.wait(60)
            unit.save_submission(student, result(1.0), resubmitted=False)

    def counted(*arguments) -> None:
        try:
            save(*arguments)
        except Exception:
            lost.append(arguments)
            raise

    save = unit._save
    monkeypatch.setattr(unit, "_save", counted)
    with ThreadPoolExecutor(4) as pool:
        for writer in [pool.submit(enter_all) for _ in range(4)]:
            writer.result()
    assert lost  # they did meet
    with unit.open() as gradebook:
        found = gradebook.assignment_submissions("unit")
        assert sorted(s.student.id for s in found) == students
        assert {s.score for s in found} == {1.0}


def test_one_run_of_a_unit_on_all_hosts(unit):
    with lease(unit.url, "lrlab", "unit") as check:
        check()
        with pytest.raises(Busy, match="unit is being graded by `lrlab grade` on "), lease(unit.url, "lrlab", "unit"):
            pass
        with lease(unit.url, "lrlab", "other"), lease(unit.url, "another course", "unit"):
            pass
    with lease(unit.url, "lrlab", "unit"):
        pass


def test_nothing_is_entered_once_the_lease_is_lost(unit, server):
    with unit.lease():
        server.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")
        with lease(unit.url, "lrlab", "unit"):  # another host takes over
            with pytest.raises(GradebookError, match="keeps other hosts from grading"):
                unit.save_submission("ada", result(2.0), resubmitted=False)
            with pytest.raises(GradebookError, match="keeps other hosts from grading"):
                unit.remove("ada")
    assert unit.load_submission("ada") is None


def test_what_is_wrong_with_an_address_is_one_sentence(server):
    url = server.url("postgres")
    wrong = {
        url.replace(server.password, "secret"): "does not let you in .*authentication failed",
        server.url("nothing"): "is not there .*createdb",
        "postgresql://lrlab:secret@127.0.0.1:1/grades": "can't be reached .*refused.*run this again to go on",
        "mysql://lrlab:secret@127.0.0.1/grades": "can't be opened .*use sqlite:/// or postgresql://",
        "nonsense": "must be an address such as postgresql://USER@HOST/DATABASE",
    }
    for each, said in wrong.items():
        with pytest.raises(GradebookError, match=said) as error:
            try_database(each)
        assert "\n" not in str(error.value)
        assert "secret" not in str(error.value)
    assert shown(url) == f"postgresql://lrlab:***@127.0.0.1:{server.port}/postgres"


def snapshot(url: str) -> dict[str, object]:
    with Gradebook(url, "lrlab") as gradebook:
        students = [s.student.id for s in gradebook.assignment_submissions(UNIT)]
        return {student: read_submission(gradebook, UNIT, student) for student in sorted(students)}


@pytest.mark.slow(reason="a class of two is graded on SQLite and on PostgreSQL, in two runs there")
def test_a_class_is_graded_as_on_sqlite_and_a_server_that_stops_costs_nothing(
    server, new_course, tmp_path, monkeypatch
):
    course = new_course()
    released = course.released()
    for student, answers in {"ada": RIGHT, "bob": WRONG}.items():
        course.submit(student, answer(released, answers, "A text."))
    url = server.new_database("class", course.root / "gradebook.db")
    twin = course.copied(tmp_path / "twin", f"c.CourseDirectory.db_url = {url!r}")
    (twin.root / "gradebook.db").unlink()
    stopped = []

    enter = Results.enter

    def enter_and_stop_the_server(results, *result):
        enter(results, *result)
        if not stopped:
            stopped.append(True)
            server.stop()

    monkeypatch.setattr(Results, "enter", enter_and_stop_the_server)  # at once: the next one may be graded already
    report = runner.grade(UNIT, root=twin.root, jobs=1)
    try:
        assert [line.state for line in report.lines] == [GRADED, UNTOUCHED]
        assert "can't be reached" in report.problem
        assert server.password not in report.problem
        shown_away = lrlab(twin, "grade", UNIT, status=1)
        assert shown_away.count("\n") == 1
        assert "can't be reached" in shown_away
        monkeypatch.chdir(twin.root)
        assert doctor._gradebook_server() == (False, report.problem)
    finally:
        server.start()
    assert doctor._gradebook_server() == (True, f"the gradebook {shown(url)} answers")
    lrlab(twin, "grade", UNIT, *ONE)
    assert [entry["state"] for entry in Journal(twin.root, UNIT).read()] == [GRADED] * 2
    lrlab(course, "grade", UNIT, *ONE)
    assert snapshot(url) == snapshot(f"sqlite:///{course.root / 'gradebook.db'}")
    for path in (course.root / "autograded").rglob("*.ipynb"):
        assert (twin.root / path.relative_to(course.root)).read_bytes() == path.read_bytes()
    for one in (course, twin):
        lrlab(one, "export")
    assert (twin.root / "grades.csv").read_bytes() == (course.root / "grades.csv").read_bytes()
