"""Names that are no UTF-8, or steer a terminal: they stop nothing, and are shown with escapes."""

import csv
import os
import sys
import unicodedata
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from nbformat.v4 import new_notebook
from support.empty_gradebook import empty_gradebook
from support.lrlab_command import lrlab
from support.made_course import POINTS, RIGHT, UNIT, answer

from lrlab.cli import main
from lrlab.commands.grade import table
from lrlab.grading.batch.errors import CourseError
from lrlab.grading.batch.exporters import safe
from lrlab.grading.batch.gradebook import UnitGradebook
from lrlab.grading.batch.journal import SET_ASIDE, Journal
from lrlab.grading.batch.report import Line, Report
from lrlab.grading.submission import files, folders
from lrlab.grading.submission.invalid import InvalidSubmission
from lrlab.printable import is_text, printable
from lrlab.publishing import student_pack
from lrlab.publishing.release import ReleaseError

LATIN = os.fsdecode(b"M\xfcller")  # from an old zip, or a share in Latin-1
HOSTILE = "eve\x1b]0;PWN\a\x1b[2J\u202e"

names = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no file can have such a name")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (LATIN, r"M\xfcller"),
        (HOSTILE, r"eve\x1b]0;PWN\x07\x1b[2J\u202e"),
        ("a\nb\tc\x9b\u2028\ufeff\U000e0041", r"a\x0ab\x09c\x9b\u2028\ufeff\U000e0041"),
        ("\ud800", r"\ud800"),
        ("Jürgen अनिता نرگس\u200cها 王", "Jürgen अनिता نرگس\u200cها 王"),
    ],
)
def test_what_can_not_be_seen_is_escaped(text, shown):
    assert printable(text) == shown
    assert is_text(printable(text))
    assert is_text(text) == (not any("\ud800" <= character <= "\udfff" for character in text))


@names
def test_a_submission_under_such_a_name_is_refused_in_words_that_can_be_written(tmp_path):
    for name in (LATIN, HOSTILE):
        folder = tmp_path / name / UNIT
        folder.mkdir(parents=True)
        nbformat.write(new_notebook(), folder / f"{UNIT}.ipynb")
        with pytest.raises(InvalidSubmission) as refused:
            files.check_submission(folder, [UNIT])
        assert printable(name) in str(refused.value)
        assert is_text(str(refused.value))


@pytest.mark.parametrize(
    "name",
    [
        "Jürgen",
        "Ju\u0308rgen",
        "अनिता",
        "نرگس\u200cها",
        "Ann Lee",
        "O'Brien",
        "O’Brien",
        "ann+lr@uni.edu",
        "王",
        "a_b.c-1",
    ],
)
def test_names_as_learning_platforms_write_them(tmp_path, name):
    folder = tmp_path / name / UNIT
    folder.mkdir(parents=True)
    nbformat.write(new_notebook(), folder / f"{UNIT}.ipynb")
    (student,) = folders.list_students(tmp_path, UNIT)
    assert student == unicodedata.normalize("NFC", name)
    assert folders.submission_folder(tmp_path, student, UNIT) == folder
    assert files.check_submission(folder, [UNIT])


@pytest.mark.parametrize(
    ("name", "sign"),
    [("<img src=x>", "<"), ("-rf", "begin with"), ("a*b", "*"), ("a\nb", r"\x0a"), ("a ", "end in"), ("a" * 101, "100"),
     ("\u0308a", "begin with"), ("a[1]", "["), ("a\u202eb", r"\u202e"), ("a;b", ";"), ("a#b", "#"),
     ("a\u00a0b", r"\xa0")],
)  # fmt: skip
def test_the_sign_that_a_name_can_not_have_is_named(name, sign):
    problem = folders.name_problem(name)
    assert (f"has '{sign}' in it" if len(sign) == 1 or "\\" in sign else sign) in problem


@names
def test_a_missing_notebook_beside_such_files(tmp_path):
    folder = tmp_path / "ada" / UNIT
    folder.mkdir(parents=True)
    (folder / HOSTILE).touch()
    (folder / LATIN).touch()
    with pytest.raises(InvalidSubmission) as refused:
        files.check_submission(folder, [UNIT])
    assert str(refused.value) == f"There is no {UNIT}.ipynb in it, only {printable(LATIN)}, {printable(HOSTILE)}."


def test_the_gradebook_has_no_such_student(tmp_path):
    books = UnitGradebook(empty_gradebook(tmp_path), "lrlab", UNIT)
    assert books.load_submission(LATIN) is None
    assert books.extension(LATIN) is None
    books.remove(LATIN)


def test_the_journal_keeps_the_name(tmp_path):
    journal = Journal(tmp_path, UNIT)
    with journal.lock():
        journal.add(LATIN, SET_ASIDE, reason="why")
        journal.write_list()
    assert list(journal.latest(SET_ASIDE)) == [LATIN]


def test_a_long_name_does_not_move_the_others_apart():
    lines = [Line("ada", "set aside", reason="why"), Line("x" * 240, "graded", 1.0, 2.0, reason="how")]
    shown = table(Report(UNIT, 0, False, lines)).splitlines()
    assert "x" * 240 in shown
    assert all(len(row) < 120 for row in shown if row != "x" * 240)


def test_a_table_can_be_written_and_looked_at():
    assert safe(f"={LATIN}{HOSTILE}").encode() == rb"'=M\xfcllereve\x1b]0;PWN\x07\x1b[2J\u202e"


@names
def test_a_pack_says_which_name_it_can_not_hold(tmp_path, monkeypatch):
    (tmp_path / "course" / LATIN).mkdir(parents=True)
    (tmp_path / "course" / LATIN / "notes.txt").touch()
    monkeypatch.setattr(student_pack, "FILES", ())
    with pytest.raises(ReleaseError, match="is not UTF-8, which a zip must have"):
        list(student_pack.packed(tmp_path))


def test_an_error_does_not_steer_the_terminal(monkeypatch, capsys):
    """The name is in the message as it is: the quotes of a `repr` would escape it before the command line does."""

    def stops(*_):
        raise CourseError(f"no such unit: {HOSTILE}")

    monkeypatch.setattr("lrlab.grading.batch.exporters.export", stops)
    assert main(["export"]) == 1
    assert capsys.readouterr().err == f"lrlab: no such unit: {printable(HOSTILE)}\n"


def test_what_an_export_lists_does_not_steer_the_terminal(monkeypatch, capsys):
    table = SimpleNamespace(students=[HOSTILE], units=[HOSTILE], blanks=[HOSTILE])
    monkeypatch.setattr("lrlab.grading.batch.exporters.export", lambda *_: (Path(HOSTILE), table))
    assert main(["export"]) == 0
    shown = capsys.readouterr().out
    assert shown.count(printable(HOSTILE)) == 3
    assert "\x1b" not in shown


@names
@pytest.mark.slow(reason="a class is released, graded and exported")
@pytest.mark.usefixtures("sandboxed")
def test_a_class_with_such_names_is_graded(new_course):
    course = new_course()
    right = answer(course.released(), RIGHT)
    for student in ("ada", LATIN, HOSTILE):
        path = course.submit(student, right)
        (path.parent / LATIN).write_text("a file beside it", encoding="utf-8")
    shown = lrlab(course, "grade", UNIT, status=1)
    assert "1 graded, 2 set aside" in shown
    assert list(course.scores()) == ["ada"]
    assert sum(filter(None, course.scores()["ada"].values())) == sum(POINTS.values())
    for arguments, status in ((("grade", UNIT), 1), (("grade", UNIT, "--list"), 0), (("export",), 0)):
        shown = lrlab(course, *arguments, status=status)
        assert r"M\xfcller" in shown
        assert r"eve\x1b]0;PWN\x07\x1b[2J\u202e" in shown
        assert "\x1b" not in shown
    with (course.root / "grades.csv").open(encoding="utf-8", newline="") as file:
        states = {row["student_id"]: (row["state"], row["score"]) for row in csv.DictReader(file)}
    assert states[printable(LATIN)] == states[printable(HOSTILE)] == ("set aside", "")
