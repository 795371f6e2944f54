"""`lrlab grade`: every submission ends graded, set aside or untouched, whatever is in it and whenever the run ends."""

import contextlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import time
from datetime import timedelta
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Grade, Gradebook
from support.empty_gradebook import empty_gradebook
from support.lrlab_command import COMMAND, ONE, environment, lrlab
from support.made_course import POINTS, RIGHT, UNIT, WRONG, Course, answer, check_cells

from lrlab.grading.batch import database, doctor, runner, worker
from lrlab.grading.batch.course import Course as CourseOfRun
from lrlab.grading.batch.errors import Busy, ConfigurationError, CourseError, GradebookError
from lrlab.grading.batch.gradebook import UnitGradebook, read_submission
from lrlab.grading.batch.journal import GRADED, REPLACING, SET_ASIDE, UNTOUCHED, Journal
from lrlab.grading.batch.results import Results, lost_grades
from lrlab.grading.sandbox import usage
from lrlab.grading.submission import files
from lrlab.grading.submission.invalid import InvalidSubmission

ALL = sum(POINTS.values())
WRITTEN = "The closed form: at step 100 it is at a half."
IN_EVERY_RUN, KILLS = 1, 30  # the number of a kill while things change


# What can be said without grading.


def submission(folder: Path, **files: str) -> Path:
    made = folder / "ada" / "unit"
    made.mkdir(parents=True)
    for name, text in {"unit.ipynb": "{}", **files}.items():
        (made / name).write_text(text, encoding="utf-8")
    return made


def test_a_digest_is_of_names_and_contents(tmp_path):
    folder = submission(tmp_path)
    first = files.check_submission(folder, ["unit"])
    assert files.read_submission(folder, ["unit"]) == (first, {"unit.ipynb": b"{}"})
    assert first == files.check_submission(folder, ["unit"])
    os.utime(folder / "unit.ipynb", (0, 0))
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "x.pyc").write_bytes(b"x")
    assert files.check_submission(folder, ["unit"], ["__pycache__"]) == first
    (folder / "unit.ipynb").write_text("{ }")
    second = files.check_submission(folder, ["unit"])
    (folder / "timestamp.txt").write_text("2026-01-01 10:00:00 UTC")
    assert len({first, second, files.check_submission(folder, ["unit"])}) == 3


def link(folder):
    (folder / "data.csv").symlink_to("/etc/passwd")


def pipe(folder):
    os.mkfifo(folder / "pipe")


def many(folder):
    for number in range(files.MOST_FILES):
        (folder / f"{number}.txt").touch()


def large(folder):
    with (folder / "large.bin").open("wb") as file:
        file.truncate(files.MOST_BYTES + 1)


def deep(folder):
    (folder / "/".join("abcdefghijkl")).mkdir(parents=True)


def late(folder):
    (folder / "timestamp.txt").write_text("next week")


def renamed(folder):
    (folder / "unit.ipynb").rename(folder / "unit (1).ipynb")


def a_link_itself(folder):
    folder.rename(folder.parent / "elsewhere")
    folder.symlink_to("elsewhere")


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (link, "data.csv is a link"),
        (pipe, "pipe is a pipe"),
        (many, "may have 200 files"),
        (large, "may have 50 MB"),
        (deep, "more than 8 deep"),
        (late, "timestamp.txt must hold the time"),
        (renamed, "no unit.ipynb in it, only unit \\(1\\).ipynb"),
        (a_link_itself, "unit is a link, not a folder"),
    ],
)
def test_what_is_no_submission_is_refused_with_a_reason(tmp_path, spoil, reason):
    folder = submission(tmp_path)
    spoil(folder)
    with pytest.raises(InvalidSubmission, match=reason):
        files.check_submission(folder, ["unit"])


def test_a_torn_line_of_the_journal_says_nothing(tmp_path):
    journal = Journal(tmp_path, "unit")
    with journal.lock():
        journal.add("ada", GRADED, score=1.0)
        with journal.path.open("ab") as file:
            file.write(b'{"student": "bob", "state": "gra')
        assert list(journal.latest()) == ["ada"]
        journal.add("eve", SET_ASIDE, reason="why")
    assert list(journal.latest()) == ["ada", "eve"]
    assert [entry["student"] for entry in journal.set_aside()] == ["eve"]


@pytest.mark.parametrize(
    "line",
    [
        *(b"", b"[1]", b'{"student": "kim"}', b'{"student": 3, "state": 4}', b"\xff\0{", b"{" * 9999, b"[" * 99_999),
        b'{"student": "kim", "state": "graded", "notes": 7}',
        b'{"student": "kim", "state": "set aside", "at": 7}',
        b'{"student": "kim", "state": "set aside", "reason": null}',
        b'{"student": "kim", "state": "graded", "digest": [], "seconds": "x"}',
        b'{"student": "kim", "state": "graded", "seed": "7"}',
    ],
)
def test_a_journal_that_is_damaged_anywhere_keeps_its_other_lines(tmp_path, line):
    journal = Journal(tmp_path, "unit")
    with journal.lock():
        for student in ("ada", "bob"):
            journal.add(student, SET_ASIDE)  # without the reason that it should have
            journal.path.write_bytes(journal.path.read_bytes() + line + b"\n")
        assert list(journal.latest()) == ["ada", "bob"]
        journal.write_list()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda path: path.write_bytes(b"no database" * 999), "is damaged"),
        (lambda path: sqlite3.connect(path).executescript("DROP TABLE grade; CREATE TABLE grade (id)"), "db upgrade"),
    ],
)
@pytest.mark.slow
def test_a_gradebook_that_can_not_be_used_is_one_sentence(tmp_path, spoil, said):
    made = UnitGradebook(empty_gradebook(tmp_path), "lrlab", "unit")
    with made.open() as gradebook:
        gradebook.add_assignment("unit")
        gradebook.add_student("ada")
        gradebook.add_submission("unit", "ada")
    spoil(tmp_path / "gradebook.db")
    with pytest.raises(GradebookError, match=said) as error, made.open() as gradebook:
        gradebook.db.query(Grade).all()
    assert "\n" not in str(error.value)


@pytest.mark.slow
def test_a_locked_gradebook_is_waited_for_and_then_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(database, "LOCK_TIMEOUT", 0.1)
    made = UnitGradebook(empty_gradebook(tmp_path), "lrlab", "unit")
    with made.open():
        pass
    other = sqlite3.connect(tmp_path / "gradebook.db")
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(GradebookError, match="is locked by another program"):
        made.notebooks()
    other.rollback()
    assert made.notebooks() == []  # once it is free, and has no such unit


@pytest.mark.slow
def test_a_gradebook_that_was_lost_is_to_be_restored(tmp_path):
    (tmp_path / "nbgrader_config.py").write_text('c = get_config()\nc.CourseDirectory.source_directory = "."\n')
    (tmp_path / "unit").mkdir()
    empty_gradebook(tmp_path)
    course = runner.Course("unit", tmp_path)
    with pytest.raises(CourseError, match="does not have 'unit': run `nbgrader generate_assignment unit` first"):
        course.notebooks()
    with course.journal.lock():
        course.journal.add("ada", GRADED)
    with pytest.raises(CourseError, match="of which grading/ has results: restore an earlier copy of it"):
        course.notebooks()


@pytest.mark.slow
def test_a_gradebook_that_lost_its_grades_is_to_be_restored(tmp_path, monkeypatch):
    (tmp_path / "nbgrader_config.py").write_text('c = get_config()\nc.CourseDirectory.source_directory = "."\n')
    for folder in ("unit", "submitted/ada/unit", "autograded/ada/unit"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "submitted/ada/unit/unit.ipynb").touch()
    empty_gradebook(tmp_path)
    course = CourseOfRun("unit", tmp_path)
    with course.gradebook.open() as gradebook:
        gradebook.add_assignment("unit")
        gradebook.add_notebook("unit", "unit")
        gradebook.add_grade_cell("check", "unit", "unit", max_score=2, cell_type="code")
        gradebook.add_student("ada")
        gradebook.add_submission("unit", "ada")
    results = Results(course, ["unit"], seed=None, unsandboxed=False, again=False)
    digest = files.check_submission(course.submission("ada"), ["unit"])
    with course.journal.lock():
        results.latest["ada"] = course.journal.add("ada", GRADED, digest=digest, **results.settings)
    assert not results.must_grade("ada")
    assert lost_grades(course) == ""
    with contextlib.closing(sqlite3.connect(tmp_path / "gradebook.db")) as file:
        file.execute("DROP TABLE grade")
    monkeypatch.chdir(tmp_path)
    (said,) = doctor.lost_grades()
    assert said.startswith("the gradebook has no grades of ada in unit, and grading/unit.jsonl has: restore an earlier")
    with pytest.raises(GradebookError, match=r"has lost grades of ada, which grading/unit\.jsonl has: restore an"):
        results.must_grade("ada")
    results.again = True
    assert results.must_grade("ada")
    with course.gradebook.open() as gradebook:
        gradebook.remove_submission("unit", "ada")
    assert "has no grades of ada in unit" in lost_grades(course)
    with course.journal.lock():
        course.journal.add("ada", SET_ASIDE, reason="why")
    assert lost_grades(course) == ""


@pytest.mark.parametrize(
    ("line", "error"),
    [("import sys; sys.exit(3)", "SystemExit: 3"), ("import no_such_part", "ModuleNotFoundError: No ")],
)
def test_a_configuration_that_stops_is_one_sentence(tmp_path, line, error):
    (tmp_path / "nbgrader_config.py").write_text(line)
    with pytest.raises(ConfigurationError, match=f"nbgrader_config.py stops with {error}"):
        CourseOfRun("unit", tmp_path)


def test_a_unit_that_nbgrader_can_not_grade_is_the_courses_fault(tmp_path):
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\n")
    with pytest.raises(CourseError, match=r"a unit's name may have letters, digits and . _ -, got 'decay \(1\)'"):
        CourseOfRun("decay (1)", tmp_path)
    (tmp_path / "term [2]").mkdir()
    with pytest.raises(CourseError, match=r"must not have \* \? or \[ in it, which nbgrader takes for a pattern"):
        CourseOfRun("decay", tmp_path / "term [2]")


def test_one_run_at_a_time(tmp_path):
    with Journal(tmp_path, "unit").lock():
        with pytest.raises(Busy, match="unit is in use by another"), Journal(tmp_path, "unit").lock():
            pass
        with Journal(tmp_path, "other").lock():
            pass


# In a course.


@pytest.fixture
def course(new_course):
    """A course with the assignment in its gradebook, and no submission."""
    return new_course()


def snapshot(course: Course) -> dict[str, object]:
    """All that the gradebook says of the submissions, without its own identifiers."""
    url = f"sqlite:///{course.root / 'gradebook.db'}"
    with Gradebook(url, "lrlab") as gradebook:
        students = [s.student.id for s in gradebook.assignment_submissions(UNIT)]
        return {student: read_submission(gradebook, UNIT, student) for student in sorted(students)}


def folders(course: Course, step: str = "autograded") -> set[str]:
    return {path.parent.name for path in (course.root / step).glob(f"*/{UNIT}")}


def total(course: Course) -> dict[str, float]:
    return {student: entered["score"] for student, entered in snapshot(course).items()}


def find_unused_work(course: Course) -> list[str]:
    """Processes that work in the course's folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if Path(os.readlink(process / "cwd")).is_relative_to(course.root):
                found.append((process / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return found


def soon_nothing_is_left(course: Course) -> None:
    end = time.monotonic() + 120
    while find_unused_work(course):
        assert time.monotonic() < end, find_unused_work(course)
        time.sleep(0.1)


@pytest.mark.slow
def test_mistakes_get_one_sentence(course):
    def said(*arguments: str) -> str:
        shown = lrlab(course, "grade", *arguments, status=None)
        assert shown.count("\n") == 1, shown
        return shown

    assert "solutions/ has no unit 'typo'" in said("typo")
    assert f"submitted/ada/{UNIT} does not exist" in said(UNIT, "--student", "ada")
    assert "must be a whole number of at least 1, got 0" in said(UNIT, "--jobs", "0")
    assert "No one has submitted" in said(UNIT)
    (course.root / "gradebook.db").unlink()
    assert f"run `nbgrader generate_assignment {UNIT}` first" in said(UNIT)


@pytest.mark.slow(reason="a class of twelve, two of whom take all their time")
def test_a_class_with_bad_submissions_between_good_ones(new_course):
    course = new_course("c.ExecutePreprocessor.timeout = 4")
    released = course.released()
    right = answer(released, RIGHT, WRITTEN)
    for student in ("a-right", "m-right", "z-right"):
        course.submit(student, right)
    course.submit("b-wrong", answer(released, WRONG, WRITTEN))
    dying = RIGHT | {"half_life": "import os\ndef half_life(d):\n    os._exit(1)"}
    course.submit("c-dying", answer(released, dying, WRITTEN))
    endless = RIGHT | {"time_decay": "import time\nwhile True:\n    time.sleep(1)"}
    course.submit("d-endless", answer(released, endless, WRITTEN))
    course.submit("e-empty", right).write_bytes(b"")
    course.submit("f-cut", right).write_bytes(b'{"cells": [')
    course.submit("g-link", right).with_name("solutions").symlink_to(course.root / "solutions")
    os.mkfifo(course.submit("h-pipe", right).with_name("pipe"))
    course.submit("i-renamed", right).rename(course.root / "submitted" / "i-renamed" / UNIT / "mine.ipynb")
    course.submit("j <b>", right)
    (course.root / "submitted" / "k-nothing").mkdir()
    shown = lrlab(course, "grade", UNIT, status=1)

    good = dict.fromkeys(("a-right", "m-right", "z-right"), ALL)
    half = POINTS["half_life"]
    assert total(course) == good | {"b-wrong": 0, "c-dying": ALL - half, "d-endless": ALL - POINTS["time_decay"]}
    assert folders(course) == set(total(course))
    reasons = {
        "e-empty": "is empty",
        "f-cut": "breaks off",
        "g-link": "solutions is a link",
        "h-pipe": "pipe is a pipe",
        "i-renamed": "only mine.ipynb",
        "j <b>": "letters, digits",
    }
    listed = json.loads((course.root / "grading" / f"{UNIT}.set_aside.json").read_text())
    assert [entry["student"] for entry in listed] == sorted(reasons)
    shown_again = lrlab(course, "grade", UNIT, "--list")
    for entry in listed:
        assert reasons[entry["student"]] in entry["reason"]
        for text in (shown, shown_again):
            assert reasons[entry["student"]] in " ".join(text.split())
    assert "6 graded, 6 set aside; seed 0" in shown
    assert "k-nothing" not in shown
    soon_nothing_is_left(course)
    assert not list((course.root / "grading").glob(".making*"))

    before = (course.root / "grading" / f"{UNIT}.jsonl").read_text()
    again = lrlab(course, "grade", UNIT, status=1)
    assert (course.root / "grading" / f"{UNIT}.jsonl").read_text() == before  # nothing was done twice
    assert again.count("as before") == 6


def test_the_list_has_the_notes_of_what_was_graded(course):
    assert "is set aside or has a note" in lrlab(course, "grade", UNIT, "--list")
    journal = Journal(course.root, UNIT)
    journal.folder.mkdir()
    note = "Cell 1 uses ctypes, which no exercise asks for."
    journal.add("ada", GRADED, score=9.5, max_score=17, notes=[note])
    journal.add("bob", GRADED, score=17, max_score=17)
    journal.add("eve", GRADED, score=17, max_score=17, notes=[note])
    journal.add("eve", SET_ASIDE, reason="The file is empty.")
    listed = " ".join(lrlab(course, "grade", UNIT, "--list").split())
    assert "eve set aside The file is empty." in listed
    assert f"ada 9.5 / 17 graded {note}" in listed
    assert "bob" not in listed
    assert listed.count(note) == 1


@pytest.mark.slow(reason="five runs of `lrlab grade`")
def test_a_resubmission_replaces_the_score_and_the_old_one_stays_on_record(course):
    released = course.released()
    course.submit("ada", answer(released, RIGHT, WRITTEN))
    course.submit("bob", answer(released, WRONG, WRITTEN))
    lrlab(course, "grade", UNIT, *ONE)
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}", "lrlab") as gradebook:
        for student in ("ada", "bob"):
            gradebook.find_grade("which-formula-answer", UNIT, UNIT, student).manual_score = 3
            gradebook.find_grade("which-formula-answer", UNIT, UNIT, student).needs_manual_grade = False
            gradebook.find_comment("which-formula-answer", UNIT, UNIT, student).manual_comment = "well said"
        gradebook.db.commit()
    marked = snapshot(course)
    assert {s: e["score"] for s, e in marked.items()} == {"ada": ALL + 3, "bob": 3}

    lrlab(course, "grade", UNIT, "--again", *ONE)  # the same files: what a person gave stays
    assert snapshot(course) == marked

    course.submit("ada", answer(released, WRONG, "Another text."))
    lrlab(course, "grade", UNIT, *ONE)
    now = snapshot(course)
    assert now["bob"] == marked["bob"]
    assert now["ada"]["score"] == 0
    assert now["ada"]["notebooks"][UNIT]["manual"] == now["ada"]["notebooks"][UNIT]["manual_comments"] == {}
    assert now["ada"]["notebooks"][UNIT]["grades"]["which-formula-answer"] == [None, True]

    course.submit("bob", released).write_text("no notebook")
    shown = lrlab(course, "grade", UNIT, status=1)
    assert "1 graded, 1 set aside" in shown
    assert set(snapshot(course)) == folders(course) == {"ada"}  # no stale score, and no 0
    old = [e["replaced"] for e in Journal(course.root, UNIT).read() if e["state"] == REPLACING]
    for student in ("ada", "bob"):
        assert marked[student] in old

    course.submit("bob", answer(released, RIGHT, WRITTEN))
    lrlab(course, "grade", UNIT, *ONE)
    assert total(course) == {"ada": 0, "bob": ALL}


@pytest.mark.slow(reason="five runs of `lrlab grade`")
def test_the_same_seed_gives_the_same_cases_and_scores(course, tmp_path):
    known = "def half_life(d):\n    return {1.0: 0.6931471805599453}.get(d, 1)"
    course.submit("ada", answer(course.released(), RIGHT | {"half_life": known}, WRITTEN))
    twin = course.copied(tmp_path / "twin")
    drawn = []
    for one in (course, twin):
        lrlab(one, "grade", UNIT, "--seed", "7")
        notebook = json.loads((one.root / "autograded" / "ada" / UNIT / f"{UNIT}.ipynb").read_text())
        drawn.append(notebook["metadata"]["lrlab"])
    assert snapshot(course) == snapshot(twin)
    assert drawn[0] == drawn[1]
    assert "graded with seed 7; to grade all of it with 8, add --again" in lrlab(
        course, "grade", UNIT, "--seed", "8", status=1
    )
    assert "seed 7" in lrlab(course, "grade", UNIT)  # it is remembered
    lrlab(course, "grade", UNIT, "--seed", "8", "--again")
    notebook = json.loads((course.root / "autograded" / "ada" / UNIT / f"{UNIT}.ipynb").read_text())
    assert notebook["metadata"]["lrlab"]["seed"] != drawn[0]["seed"]


LATE = "c.LateSubmissionPlugin.penalty_method = 'zero'"


def due(course: Course, date: str) -> None:
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}", "lrlab") as gradebook:
        gradebook.update_or_create_assignment(UNIT, duedate=date)


@pytest.mark.slow
def test_what_an_assignment_is_graded_against(new_course):
    course = new_course(LATE)
    unit = CourseOfRun(UNIT, course.root)
    seen = [unit.version()]
    for date in ("2026-01-01 12:00:00 UTC", "2026-01-02 12:00:00 UTC"):
        due(course, date)
        seen.append(unit.version())
    path = course.root / "solutions" / UNIT / "reference.py"
    path.write_text(path.read_text() + "\n# another hidden case might be drawn here\n")
    seen.append(unit.version())
    assert len(set(seen)) == 4
    del unit.config["LateSubmissionPlugin"]
    without = unit.version()
    due(course, "2026-01-03 12:00:00 UTC")
    assert unit.version() == without  # no one is charged for it


@pytest.mark.slow(reason="a submission is graded three times")
def test_a_changed_assignment_is_graded_anew(new_course):
    """As after nbgrader's own autograde, a penalty would otherwise stay when the due date moves."""
    course = new_course(LATE)
    path = course.submit("ada", answer(course.released(), RIGHT, WRITTEN))
    (path.parent / "timestamp.txt").write_text("2026-01-02 12:00:00 UTC")

    def graded() -> tuple[float, int]:
        lrlab(course, "grade", UNIT)
        penalty = snapshot(course)["ada"]["notebooks"][UNIT]["penalty"]
        return penalty or 0, len(Journal(course.root, UNIT).read())

    due(course, "2026-01-01 12:00:00 UTC")
    assert graded() == (ALL, 1)
    due(course, "2026-01-03 12:00:00 UTC")
    assert graded() == (0, 3)  # with a line for what is replaced
    due(course, "2026-01-01 12:00:00 UTC")
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}", "lrlab") as gradebook:
        gradebook.update_or_create_submission(UNIT, "ada", extension=timedelta(days=5))
    assert graded() == (0, 5)
    assert graded() == (0, 5)


@pytest.mark.slow(reason="waits until a grader counts as hung")
def test_a_hung_grader_is_replaced_and_its_submission_set_aside(course, monkeypatch):
    released = course.released()
    slow = "import time\ntime.sleep(12)\n"
    hanging = answer(released, {name: slow + source for name, source in RIGHT.items()}, WRITTEN)
    course.submit("b-hanging", hanging)
    for student in ("a-right", "c-right"):
        course.submit(student, answer(released, RIGHT, WRITTEN))
    monkeypatch.setattr(runner, "HANG_MARGIN", 40)  # of 72; the others take a few, or more on a busy machine
    monkeypatch.setattr(runner, "WALL_CLOCK_FACTOR", 0)
    report = runner.grade(UNIT, root=course.root, jobs=1)
    assert [line.state for line in report.lines] == [GRADED, SET_ASIDE, GRADED]
    assert report.lines[1].reason == "Its grader did not finish in 40 seconds."
    assert total(course) == {"a-right": ALL, "c-right": ALL}
    soon_nothing_is_left(course)


@pytest.mark.slow
def test_a_grader_that_dies_is_replaced_and_its_submission_tried_again(course):
    for student in ("a", "b", "c"):
        course.submit(student, answer(course.released(), RIGHT, WRITTEN))
    killed = []

    def progress(done: int, todo: int) -> None:
        if done == 1 and not killed:
            for process in Path("/proc").glob("[0-9]*"):
                try:
                    if (process / "comm").read_text() == f"{worker.NAME}\n":
                        inside = os.readlink(process / "cwd") == str(course.root)
                        if inside:
                            killed.append(int(process.name))
                            os.kill(killed[0], signal.SIGKILL)
                except OSError:
                    continue

    report = runner.grade(UNIT, root=course.root, jobs=1, progress=progress)
    assert killed
    assert [line.state for line in report.lines] == [GRADED] * 3
    assert total(course) == dict.fromkeys("abc", ALL)


WAITING = "waits"  # the name of a kernel's process
WAITS_IN_A_FORK = f"""
import ctypes, sys, time
if "zygote" in sys.orig_argv:
    ctypes.CDLL(None).prctl({worker.PR_SET_NAME}, b"{WAITING}")
    time.sleep(400)
"""


@pytest.mark.slow(reason="a zygote that two graders share is killed while both use it, and they grade once more")
def test_a_zygote_that_is_killed_costs_no_one_a_point(course):
    """Both submissions wait in their first cell until it is killed, and not in the kernel after that."""
    with (course.root / "nbgrader_config.py").open("a") as config:
        config.write("\nc.ExecutePreprocessor.timeout = 500\n")
    right = answer(course.released(), RIGHT, WRITTEN)
    course.submit("kim", right)
    right.cells.insert(0, nbformat.v4.new_code_cell(WAITS_IN_A_FORK))
    for student in ("ada", "bob"):
        course.submit(student, right)
    run = started(course)
    end = time.monotonic() + 400
    while [name_of(pid) for pid in sandboxed(run.pid)].count(WAITING) < 2:
        assert run.poll() is None
        assert time.monotonic() < end
        time.sleep(0.05)
    os.kill(sandboxed(run.pid)[0], signal.SIGKILL)
    shown = run.communicate(timeout=400)[0].decode()
    assert run.returncode == 0, shown
    assert total(course) == dict.fromkeys(("ada", "bob", "kim"), ALL)
    log = (course.root / "grading" / f"{UNIT}.log").read_text()
    assert log.count("The zygote died while") == 2
    assert "died and was started again" not in (course.root / "grading" / f"{UNIT}.jsonl").read_text()
    soon_nothing_is_left(course)


def name_of(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/comm").read_text().strip()
    return ""


def sandboxed(above: int) -> list[int]:
    """The zygote of a run, and the processes that were forked from it."""
    found = []
    for pid in usage.descendants(above):
        with contextlib.suppress(OSError):
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            if b"zygote" in words and b"bwrap" not in words[0]:
                found.append(pid)
    return found


@pytest.mark.slow
def test_a_course_that_is_broken_leaves_everything_untouched(course):
    course.submit("ada", answer(course.released(), RIGHT, WRITTEN))
    (course.root / "nbgrader_config.py").open("a").write("\nc.Autograde.exporter_class = 'no.such.Class'\n")
    report = runner.grade(UNIT, root=course.root, jobs=1)
    (line,) = report.lines
    assert line.state == SET_ASIDE
    assert "no.such" in line.reason or "Class" in line.reason
    assert snapshot(course) == {}
    assert folders(course) == set()


@pytest.mark.slow
def test_graders_that_can_not_start_end_the_run_with_the_reason(course):
    course.submit("ada", answer(course.released(), RIGHT, WRITTEN))
    config = course.root / "nbgrader_config.py"
    guard = (
        "import os, sys\nif '-m lrlab.grading.batch.host' in ' '.join(sys.orig_argv):\n"
        "    raise RuntimeError('not here')\n"
    )
    config.write_text(guard + config.read_text())
    shown = lrlab(course, "grade", UNIT, status=1)
    assert "lrlab: this machine can't grade: " in shown
    assert "not here" in shown
    assert "Traceback" not in shown
    assert "untouched" in shown
    assert snapshot(course) == {}
    assert Journal(course.root, UNIT).read() == []


@pytest.mark.slow(reason="two commands each")
@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("raise RuntimeError('spoilt')", "nbgrader_config.py stops with RuntimeError: spoilt"),
        ("c.Autograde.autograde_preprocessors = ['nbgrader.preprocessors.Execute']", "it runs them with Execute"),
        ("del c.Autograde.autograde_preprocessors", "it runs them with nbgrader's own Execute"),
        ("c.Autograde.autograde_preprocessors = ['lrlab.grading.judge.Judge']", "can't be imported"),
        (
            "c.Autograde.autograde_preprocessors = ['lrlab.grading.scoring.preprocessor.Judge', "
            "'nbgrader.preprocessors.SaveAutoGrades']",
            "without it, what waits for a person gets 0 points",
        ),
    ],
)
def test_a_configuration_without_the_sandbox_grades_nothing(course, line, said):
    course.submit("ada", answer(course.released(), RIGHT, WRITTEN))
    with (course.root / "nbgrader_config.py").open("a") as config:
        config.write(f"\n{line}\n")
    for options in ([], ["--unsandboxed"]):
        shown = lrlab(course, "grade", UNIT, *options, status=1)
        assert said in shown
        assert "Traceback" not in shown
        assert snapshot(course) == {}


def started(course: Course, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*COMMAND, "grade", UNIT, "--jobs", "2", *arguments],
        cwd=course.root,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def graded_lines(course: Course) -> int:
    return sum(entry["state"] == GRADED for entry in Journal(course.root, UNIT).read())


TERM_NIGHT = pytest.mark.nightly(reason="what SIGTERM does is what SIGINT does, which every run tries")


@pytest.mark.slow(reason="a class of eight is graded in two runs")
@pytest.mark.parametrize("how", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=TERM_NIGHT)])
def test_stopped_by_hand_it_ends_cleanly_and_goes_on_later(course, how):
    for number in range(8):
        course.submit(f"s{number}", answer(course.released(), RIGHT, WRITTEN))
    run = started(course)
    end = time.monotonic() + 400
    while graded_lines(course) < 2:
        assert run.poll() is None
        assert time.monotonic() < end
        time.sleep(0.02)
    run.send_signal(how)
    shown = run.communicate(timeout=300)[0].decode()
    assert run.returncode == 130, shown
    assert "Stopped. Run it again to go on" in shown
    assert "Traceback" not in shown
    soon_nothing_is_left(course)
    done = total(course)
    assert 2 <= len(done) < 8
    assert folders(course) == set(done)
    assert set(done.values()) == {ALL}
    shown = lrlab(course, "grade", UNIT, *ONE)
    assert shown.count("as before") == len(done)
    assert total(course) == {f"s{number}": ALL for number in range(8)}


# Killed.


def versions(course: Course) -> dict[str, list]:
    released = course.released()
    written = [answer(released, RIGHT, WRITTEN), answer(released, WRONG, WRITTEN)]
    return {"ada": written, "eve": [written[0], None], "kim": [None, written[1]]}


def hand_in(course: Course, made: dict[str, list], number: int) -> None:
    for student, each in made.items():
        path = course.submit(student, each[number] or course.released())
        if each[number] is None:
            path.write_bytes(b"{}")


@pytest.fixture(scope="module")
def undisturbed(new_course):
    """A course graded, handed in anew, graded again: as it was before that, what was said both times, the seconds."""
    course = new_course()
    made, said = versions(course), []
    for number in (0, 1):
        hand_in(course, made, number)
        if number == 1:
            first = course.copied(course.root.parent / "before")
        began = time.monotonic()
        lrlab(course, "grade", UNIT, *ONE, status=1)
        took = time.monotonic() - began
        said.append(snapshot(course))
    return first, said, took


def is_whole(course: Course, said: list[dict[str, object]]) -> None:
    """Each submission is the old one, the new one or none."""
    now = snapshot(course)
    for student in ("ada", "eve", "kim"):
        assert now.get(student) in [each.get(student) for each in said], student
    for path in (course.root / "autograded").glob(f"*/{UNIT}"):
        notebook = json.loads((path / f"{UNIT}.ipynb").read_text())
        assert len(notebook["metadata"]["lrlab"]["judged"]) == len(check_cells(course.released()))


NIGHT = pytest.mark.nightly(
    reason="each kill takes two runs of `lrlab grade`; one random moment and two between steps are in every run"
)


@pytest.mark.slow(reason="a class is graded twice, by two graders each")
@pytest.mark.xdist_group("killed")
@pytest.mark.parametrize("number", [pytest.param(n, marks=() if n == IN_EVERY_RUN else NIGHT) for n in range(KILLS)])
def test_killed_at_a_random_moment_it_is_whole_and_goes_on(undisturbed, tmp_path, number):
    before, said, took = undisturbed
    course = before.copied(tmp_path / "course")
    # Most of a run's time goes into starting; two of three moments are in the part in which things change.
    chance = random.Random(number)
    run = started(course)
    lines = len(Journal(course.root, UNIT).read())
    if number % 3 == 0:
        time.sleep(chance.uniform(0, took))
    else:
        end = time.monotonic() + 400
        while len(Journal(course.root, UNIT).read()) == lines and run.poll() is None:
            assert time.monotonic() < end
            time.sleep(0.005)
        time.sleep(chance.uniform(0, 3))
    run.kill()
    run.communicate(timeout=300)
    soon_nothing_is_left(course)
    is_whole(course, said)
    lrlab(course, "grade", UNIT, *ONE, status=1)
    assert snapshot(course) == said[1]
    assert folders(course) == set(said[1])
    assert not list((course.root / "grading").glob(".making*"))


BETWEEN_IN_EVERY_RUN = ("in the middle of the gradebook", "between gradebook and folder")
BETWEEN = {
    "before the gradebook": "gradebook.UnitGradebook.save_submission = die",
    "in the middle of the gradebook": (
        "made = gradebook.Gradebook.add_submission\n"
        "gradebook.Gradebook.add_submission = lambda self, *names, **about: (made(self, *names, **about), die())[0]"
    ),
    "between gradebook and folder": "results.replace_folder = die",
    "between folder and journal": (
        "add = journal.Journal.add\n"
        "journal.Journal.add = lambda self, student, state, **about: "
        "die() if state == journal.GRADED else add(self, student, state, **about)"
    ),
    "between gradebook and the list": (
        "remove = gradebook.UnitGradebook.remove\n"
        "gradebook.UnitGradebook.remove = lambda self, student: (remove(self, student), die())"
    ),
}


@pytest.mark.slow(reason="a class is graded twice, and once more twice to compare")
@pytest.mark.xdist_group("killed")
@pytest.mark.parametrize(
    "moment", [pytest.param(moment, marks=() if moment in BETWEEN_IN_EVERY_RUN else NIGHT) for moment in BETWEEN]
)
def test_killed_between_two_steps_it_goes_on(undisturbed, tmp_path, moment):
    before, said, _ = undisturbed
    course = before.copied(tmp_path / "course")
    code = (
        "import os\nfrom lrlab.grading.batch import gradebook, journal, results\n"
        "run = os.getpid()\n"  # and none of its graders, which are forked from it here
        f"def die(*_, **__):\n    if os.getpid() == run:\n        os.kill(run, 9)\n{BETWEEN[moment]}"
    )
    lrlab(course, "grade", UNIT, *ONE, status=-signal.SIGKILL, before=code)
    soon_nothing_is_left(course)
    is_whole(course, said)
    lrlab(course, "grade", UNIT, *ONE, status=1)
    assert snapshot(course) == said[1]
    for student in said[1]:  # the folder is of what was handed in last
        path = Path(student, UNIT, f"{UNIT}.ipynb")
        graded, given = (
            nbformat.read(course.root / folder / path, as_version=4) for folder in ("autograded", "submitted")
        )
        assert [c.source for c in graded.cells if c.id.endswith("-answer")] == [
            c.source for c in given.cells if c.id.endswith("-answer")
        ]
    assert folders(course) == set(said[1])


@pytest.mark.slow
def test_without_a_sandbox_only_by_name_and_said_everywhere(course):
    course.submit("ada", answer(course.released(), RIGHT, WRITTEN))
    (course.root / "nbgrader_config.py").open("a").write("\nimport os; os.environ['PATH'] = '/nonexistent'\n")
    shown = lrlab(course, "grade", UNIT, status=1)
    assert "unless --unsandboxed asks for it" in shown
    assert shown.count("\n") == 1
    assert snapshot(course) == {}
    shown = lrlab(course, "grade", UNIT, "--unsandboxed")
    assert "WITHOUT A SANDBOX" in shown
    assert total(course) == {"ada": ALL}
    notebook = (course.root / "autograded" / "ada" / UNIT / f"{UNIT}.ipynb").read_text()
    assert "Graded without a sandbox" in notebook
    assert "WITHOUT A SANDBOX" in (course.root / "grading" / f"{UNIT}.log").read_text()
    assert Journal(course.root, UNIT).latest()["ada"]["unsandboxed"] is True


@pytest.mark.slow
def test_a_run_error_is_no_traceback(course):
    with pytest.raises(CourseError, match="jobs must be at least 1, got 0"):
        runner.grade(UNIT, root=course.root, jobs=0)
    assert UNTOUCHED not in {GRADED, SET_ASIDE}
