"""The gradebook as a table: no formula, no 0 that nobody gave, and the forms that Canvas and Moodle read."""

import csv
import datetime
import io
import os
import shutil
import signal
import subprocess
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from nbgrader.api import Gradebook
from support.empty_gradebook import empty_gradebook
from support.made_course import ROOT

from lrlab.cli import main
from lrlab.grading.batch.errors import CourseError
from lrlab.grading.batch.exporters import as_canvas, as_csv, as_moodle, export, safe
from lrlab.grading.batch.gradebook import Student
from lrlab.grading.batch.journal import GRADED, SET_ASIDE, Journal
from lrlab.grading.batch.table import Entry, Table, table
from lrlab.grading.submission.files import check_submission

UNITS = {"cycles": 3, "decay": 4}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Three units, and a student for each thing that may be true of a submission."""
    tmp_path = tmp_path_factory.mktemp("made")
    (tmp_path / "nbgrader_config.py").write_text('c = get_config()\nc.CourseDirectory.course_id = "lrlab"\n')
    with Gradebook(empty_gradebook(tmp_path), "lrlab") as gradebook:
        for unit, points in {**UNITS, "untouched": 1}.items():
            gradebook.add_assignment(unit)
            gradebook.add_notebook(unit, unit)
            gradebook.add_grade_cell("check", unit, unit, max_score=points - 1, cell_type="code")
            gradebook.add_grade_cell("written", unit, unit, max_score=1, cell_type="markdown")
        gradebook.add_student("ada", first_name="Ada", last_name="Lovelace", email="ada@example.org")
        gradebook.add_student("bob", first_name='=HYPERLINK("http://evil.test","x")', last_name="@SUM(1+1)")
        gradebook.add_student("absent")
        for student, auto, manual in [
            ("ada", 2, 1),
            ("bob", 0, 0),
            ("unmarked", 2, None),
            ("late", 2, 1),
            ("anew", 1, 1),
        ]:
            gradebook.update_or_create_student(student)
            gradebook.add_submission("cycles", student)
            for name, score in (("check", auto), ("written", manual)):
                grade = gradebook.find_grade(name, "cycles", "cycles", student)
                grade.auto_score, grade.manual_score = (score, None) if name == "check" else (None, score)
                grade.needs_manual_grade = score is None
        late = gradebook.find_submission("cycles", "late")
        late.timestamp = datetime.datetime(2026, 3, 1, 12)
        late.notebooks[0].late_submission_penalty = 0.5
        gradebook.update_or_create_student("broken")
        gradebook.add_submission("cycles", "broken")  # as a dead kernel leaves it
        gradebook.db.commit()
    journal = Journal(tmp_path, "cycles")
    with journal.lock():
        for student in ("anew", "ada"):
            folder = tmp_path / "submitted" / student / "cycles"
            folder.mkdir(parents=True)
            (folder / "cycles.ipynb").write_text("{}")
            journal.add(student, GRADED, digest=check_submission(folder, ["cycles"]), seed=0)
        (folder.parents[1] / "anew" / "cycles" / "cycles.ipynb").write_text("{ }")
        journal.add("quarantined", SET_ASIDE, reason="=1+1 is no notebook.", digest="", seed=0)
    (tmp_path / "submitted" / "waiting" / "cycles").mkdir(parents=True)
    return tmp_path


@pytest.fixture
def course(made, tmp_path, monkeypatch):
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


STATES = {
    "ada": ("graded", "3"),
    "bob": ("graded", "0"),  # a 0 that somebody gave
    "late": ("graded", "2.5"),
    "anew": ("submitted again, and not graded since", ""),
    "unmarked": ("to be marked by a person", ""),
    "broken": ("not graded", ""),
    "waiting": ("not graded", ""),
    "quarantined": ("set aside", ""),
    "absent": ("not submitted", ""),
}


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.slow
def test_every_state_has_its_name_and_only_whole_scores_are_there(course):
    header, *rows = read(as_csv(table(root=course)))
    lines = [dict(zip(header, row, strict=True)) for row in rows]
    assert {line["student_id"]: (line["state"], line["score"]) for line in lines} == STATES
    assert {line["unit"] for line in lines} == {"cycles"}  # nobody has submitted the others
    by_student = {line["student_id"]: line for line in lines}
    assert by_student["unmarked"]["score_so_far"] == "2"
    assert by_student["late"]["late_penalty"] == "0.5"
    assert by_student["late"]["submitted"] == "2026-03-01 12:00:00"
    assert by_student["quarantined"]["reason"] == "'=1+1 is no notebook."


@pytest.mark.slow
def test_what_is_blank_is_named(course, capsys):
    assert main(["export"]) == 0
    shown = capsys.readouterr().out
    for student, (state, score) in STATES.items():
        assert (f"\n  {student}, cycles: {state}" in shown) == (score == "")
    assert "(=1+1 is no notebook.)" in shown
    assert (course / "grades.csv").is_file()


@pytest.mark.slow
def test_nbgraders_own_export_writes_the_same(course):
    shutil.copy(ROOT / "nbgrader_config.py", course)
    command = [sys.executable, "-m", "nbgrader", "export"]
    done = subprocess.run(command, cwd=course, capture_output=True, text=True, check=True)
    assert (course / "grades.csv").read_bytes().decode() == as_csv(table(root=course))
    assert "unmarked, cycles: to be marked by a person" in done.stderr
    some = ["--to", "some.csv", "--assignment", "['cycles']", "--student", "['ada', 'unmarked']"]
    subprocess.run([*command, *some], cwd=course, capture_output=True, check=True)
    rows = csv.DictReader((course / "some.csv").open(encoding="utf-8", newline=""))
    assert {row["student_id"]: row["score"] for row in rows} == {"ada": "3", "unmarked": ""}
    done = subprocess.run([*command, "--assignment", "['typo']"], cwd=course, capture_output=True, text=True)
    assert done.returncode == 1
    assert "the gradebook has no unit 'typo'" in done.stderr


@pytest.mark.slow
def test_canvas(course):
    header, points, *rows = read(as_canvas(table(["cycles", "decay"], root=course)))
    assert header == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "cycles", "decay"]
    assert "Points Possible" in points[0]
    assert points[5:] == ["3", "4"]
    assert {row[3]: row[5] for row in rows} == {student: score for student, (_, score) in STATES.items()}
    assert {row[6] for row in rows} == {""}
    assert [row[0] for row in rows if row[3] == "ada"] == ["Lovelace, Ada"]
    assert all(row[1] == row[2] == row[4] == "" for row in rows)


@pytest.mark.slow
def test_moodle(course):
    header, *rows = read(as_moodle(table(root=course)))
    assert header == ["First name", "Last name", "Username", "Email address", "cycles"]
    assert {row[2]: row[4] for row in rows} == {student: score or "-" for student, (_, score) in STATES.items()}
    assert [row[3] for row in rows if row[2] == "ada"] == ["ada@example.org"]


# What a spreadsheet makes of a file, whichever separator it goes by.
STARTS = tuple("=+-@＝＋－＠")


def cells(text: str) -> list[str]:
    found = []
    for separator in ",;\t|":
        found += [cell for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) for cell in row]
    return found


@given(
    st.lists(st.sampled_from([*"=+-@＝＋－＠;,|\t\r\n '\"\0", "1", "a", "cmd|' /C calc'!A0", "SUM(1)"]), max_size=10)
)
@example(["=", "1"])
@example([" ", "=", "1"])
@example(["a", ";", "=", "1"])
@example(["\t", "=", "1"])
@example(['"', ";", "=", "1"])
def test_no_cell_is_a_formula(parts):
    text = "".join(parts)
    student = Student(f"s{text}", text, text, text)
    made = Table((student,), ("unit",), {"unit": 1.0}, {(student.id, "unit"): Entry("set aside", 1.0, reason=text)})
    for write in (as_csv, as_canvas, as_moodle):
        for cell in cells(write(made)):
            bare = cell.strip(' "')
            assert bare == "-" or not bare.startswith(STARTS), cell
        assert len({len(row) for row in read(write(made))}) == 1


@pytest.mark.parametrize("name", ["Anna-Lena", "O'Neill", "José", "山田", "van der Berg", "x=1"])
def test_an_ordinary_name_stays_as_it_is(name):
    assert safe(name) == name


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["export", "typo"], "the gradebook has no unit 'typo'; it has: cycles, decay, untouched"),
        (["export", "--to", "no/such/folder.csv"], "to must be a file in a folder that exists, got no/such/folder.csv"),
        (["export", "--to", "."], "to must be a file in a folder that exists, got ."),
    ],
)
def test_mistakes_get_one_sentence(course, capsys, arguments, said):
    assert main(arguments) == 1
    captured = capsys.readouterr()
    assert captured.err == f"lrlab: {said}\n"
    assert captured.out == ""


@pytest.mark.slow
def test_a_wrong_format_is_named(course, capsys):
    with pytest.raises(CourseError, match="format must be one of csv, canvas, moodle, got 'ods'"):
        export("ods")
    with pytest.raises(SystemExit):
        main(["export", "--format", "ods"])
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.slow
def test_the_old_file_stays_until_the_new_one_is_whole(course):
    to = course / "out.csv"
    to.write_text("old")
    code = (
        "import os\nfrom pathlib import Path\nfrom lrlab.grading.batch.exporters import export\n"
        "os.replace = lambda *_: os.kill(os.getpid(), 9)\nexport('csv', Path('out.csv'))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=course, check=False)
    assert done.returncode == -signal.SIGKILL
    assert to.read_text() == "old"
    path, _ = export("csv", to)
    assert path == to
    assert to.read_text().startswith('"student_id"')
    assert os.stat(to).st_mode & 0o777 == 0o644
