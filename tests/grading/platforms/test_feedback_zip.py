"""`lrlab feedback --zip`: pages under the names by which Canvas and Moodle find whose they are."""

import re
import subprocess
import zipfile
from unittest.mock import MagicMock

import nbformat
import pytest
from support.lrlab_command import ONE, lrlab
from support.made_course import POINTS, RIGHT, UNIT, answer

from lrlab.cli import main
from lrlab.grading.batch.errors import CourseError
from lrlab.grading.batch.journal import GRADED
from lrlab.grading.batch.table import TO_MARK, Entry, Table
from lrlab.grading.platforms import feedback_zip
from lrlab.grading.platforms.feedback_zip import make_zip
from lrlab.grading.platforms.people import Origin

ALL = sum(POINTS.values()) + 4  # with the written answer


def of_canvas(name: str) -> tuple[str, str]:
    """The numbers of user and file as Canvas's `infer_comment_context_from_filename` finds them in a name."""
    parts = [part for part in name.split("_") if part != "LATE"]
    if parts[0] == "anon":
        return parts[1], parts[2]
    user, file = [part for part in parts if re.fullmatch(r"\d+", part)][:2]
    return user, file


def of_moodle(path: str) -> tuple[str, str, str]:
    """The participant, the plugin and the file as Moodle's `is_valid_filename_for_import` finds them in a path."""
    for part in path.split("/"):
        info = part.split("_", 4)
        if len(info) >= 4 and info[1].isdigit():
            return info[1], f"{info[2]}_{info[3]}", info[4]
    raise AssertionError(path)


ORIGINS = {
    "ada": Origin("canvas", "123", "lovelaceada", "lovelaceada_LATE_123_456_", 456, True),
    "anon": Origin("canvas", "x7Kq2", "anon", "anon_x7Kq2_457_", 457),
    "new": Origin("canvas", "125", "new", "new_125_458_", 458),
    "pageless": Origin("canvas", "126", "pageless", "pageless_126_459_", 459),
}


def test_the_reason_of_nbgrader_is_that_of_its_traceback(tmp_path, monkeypatch):
    said = (
        "ERROR | There was an error\n  File x\nOSError: Read-only file system\nERROR | Please see the above traceback"
    )
    done = subprocess.CompletedProcess([], 1, "", said)
    monkeypatch.setattr(feedback_zip, "Course", MagicMock())
    monkeypatch.setattr(feedback_zip.subprocess, "run", lambda *arguments, **named: done)
    with pytest.raises(CourseError, match=r"can't make the pages of decay: OSError: Read-only file system$"):
        feedback_zip.make_pages("decay", root=tmp_path)


@pytest.fixture
def course(tmp_path, monkeypatch):
    (tmp_path / "nbgrader_config.py").touch()
    for student in ("ada", "anon", "new", "other"):
        (tmp_path / "feedback" / student / "decay").mkdir(parents=True)
        (tmp_path / "feedback" / student / "decay" / "decay.html").write_text(f"page of {student}")
    entries = {
        ("ada", "decay"): Entry(GRADED, 4, 4),
        ("anon", "decay"): Entry(TO_MARK, 4),
        ("new", "decay"): Entry("submitted again, and not graded since", 4),
        ("pageless", "decay"): Entry(GRADED, 4, 4),
        ("other", "decay"): Entry(GRADED, 4, 4),
    }
    monkeypatch.setattr(feedback_zip, "table", lambda units, root: Table((), ("decay",), {"decay": 4}, entries))
    monkeypatch.setattr(feedback_zip, "read_origins", lambda root, unit: ORIGINS)
    return tmp_path


def test_canvas_finds_its_numbers_in_the_names(course):
    made = make_zip("decay", root=course)
    with zipfile.ZipFile(made.path) as archive:
        pages = {of_canvas(name): archive.read(name).decode() for name in archive.namelist()}
        assert all(name.endswith("_decay.html") for name in archive.namelist())
    assert pages == {("123", "456"): "page of ada", ("x7Kq2", "457"): "page of anon"}
    assert made.notes == [
        "anon: the page says what waits to be marked",
        "new: submitted again, and not graded since, so there is no page",
        "pageless: has no page in feedback/",
    ]
    assert make_zip("decay", course / "again.zip", root=course).path.read_bytes() == made.path.read_bytes()


def test_moodle_finds_its_numbers_in_the_names(course, monkeypatch):
    origin = Origin("moodle", "12", "Ada Lovelace", "Ada Lovelace_12_assignsubmission_file_")
    monkeypatch.setattr(feedback_zip, "read_origins", lambda root, unit: {"ada": origin})
    with zipfile.ZipFile(make_zip("decay", root=course).path) as archive:
        assert [of_moodle(name) for name in archive.namelist()] == [("12", "assignsubmission_file", "decay.html")]


def test_wrong_calls_are_one_sentence(course, monkeypatch, capsys):
    with pytest.raises(CourseError, match="zip must be a file in a folder that exists, got"):
        make_zip("decay", course / "nowhere" / "x.zip", root=course)
    monkeypatch.setattr(feedback_zip, "read_origins", lambda root, unit: {"new": ORIGINS["new"]})
    with pytest.raises(CourseError, match="no student's page of decay can go back: new: submitted again"):
        make_zip("decay", root=course)
    monkeypatch.setattr(feedback_zip, "read_origins", lambda root, unit: {})
    with pytest.raises(
        CourseError, match="no platform takes decay back: nothing of it was collected with `lrlab collect`"
    ):
        make_zip("decay", root=course)
    monkeypatch.chdir(course)
    assert main(["feedback", "decay", "--to", "x.zip"]) == 1
    assert capsys.readouterr().err == "lrlab: --to names the zip: add --zip\n"


@pytest.mark.slow(reason="a class of two is collected, graded and returned by the commands of the guide")
def test_the_round_trip(new_course, tmp_path):
    """From Canvas's zip to its own table and its own names."""
    course = new_course()
    given = nbformat.writes(answer(course.released(), RIGHT))
    with zipfile.ZipFile(course.root / "submissions.zip", "w") as archive:
        archive.writestr(f"lovelaceada_123_456_{UNIT}.ipynb", nbformat.writes(course.released()))
        archive.writestr(f"lovelaceada_LATE_123_457_{UNIT}-1.ipynb", given)
        archive.writestr(f"leekim_124_458_{UNIT}.ipynb", given)
    (course.root / "grades.csv").write_text(
        f"Student,ID,SIS Login ID,Section,Decay formulas (4711)\n    Points Possible,,,,{ALL}.00\n"
        '"Lovelace, Ada",123,ada,A,\n"Lee, Kim",124,kim,A,\n"Noether, Emmy",125,emmy,A,\n'
    )
    shown = lrlab(course, "collect", UNIT, "submissions.zip", "--participants", "grades.csv")
    assert "ada: new; late" in shown
    assert "Without a submission:\n  emmy\n" in shown
    lrlab(course, "grade", UNIT, *ONE, status=None)
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}") as gradebook:
        for student, points in (("ada", 4), ("kim", 2)):
            grade = gradebook.find_grade("which-formula-answer", UNIT, UNIT, student)
            grade.manual_score, grade.needs_manual_grade = points, False
        gradebook.db.commit()
    shown = lrlab(course, "export", "--into", "grades.csv")
    assert "wrote 2 scores into grades.csv" in shown
    text = (course.root / "grades.csv").read_text()
    assert f'"Lovelace, Ada",123,ada,A,{ALL}\n' in text
    assert f'"Lee, Kim",124,kim,A,{ALL - 2}\n' in text
    lrlab(course, "feedback", UNIT, "--zip")
    with zipfile.ZipFile(course.root / f"feedback-{UNIT}.zip") as archive:
        assert sorted(map(of_canvas, archive.namelist())) == [("123", "457"), ("124", "458")]
        assert f"{ALL} of {ALL} points" in archive.read(f"lovelaceada_LATE_123_457_{UNIT}.html").decode().replace(
            "\n", " "
        )
