"""The course folder on a machine with several people: whose it is, who may read it, and who may grade in it."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from lrlab.cli import main
from lrlab.grading.batch import doctor, runner
from lrlab.grading.batch.course import configuration, open_to_others
from lrlab.grading.batch.errors import Busy, ConfigurationError, CourseError
from lrlab.grading.batch.journal import GRADED, Journal
from lrlab.grading.batch.report import Report
from lrlab.grading.batch.table import table

PROF, TUTOR, GRADERS = 61001, 61002, 61010


@pytest.fixture
def open_folder():
    """A folder that every user can reach, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="lrlab-open-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def test_the_root_of_another_course_is_refused(tmp_path, monkeypatch):
    """As formgrader on a JupyterHub needs it: the line is in the home, and holds for each folder."""
    config, here, other = tmp_path / "jupyter", tmp_path / "here", tmp_path / "other"
    for folder in (config, here, other):
        folder.mkdir()
        (folder / "nbgrader_config.py").write_text("c = get_config()\n")
    (config / "nbgrader_config.py").write_text(f"c = get_config()\nc.CourseDirectory.root = {str(other)!r}\n")
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(config))
    assert configuration(other).CourseDirectory.root == str(other)
    with pytest.raises(
        ConfigurationError, match=rf"root is {other}, but you are in the course folder {here}: go there"
    ):
        configuration(here)
    with pytest.raises(CourseError, match="go there"):
        table(root=here)
    assert not (other / "gradebook.db").exists()


@pytest.mark.parametrize(
    ("mode", "is_open"), [(0o755, True), (0o711, True), (0o2775, True), (0o700, False), (0o2770, False)]
)
def test_an_open_course_folder_is_named_with_its_cure(open_folder, mode, is_open):
    folder = open_folder / "my course"
    folder.mkdir()
    folder.chmod(mode)
    said = open_to_others(folder)
    assert bool(said) == is_open
    if is_open:
        subprocess.run(["sh", "-c", said.split("`")[1]], check=True)
        assert open_to_others(folder) == ""
        assert (folder.stat().st_mode & 0o770) == mode & 0o770


def test_in_a_closed_home_the_folder_is_not_open(open_folder):
    course = open_folder / "home" / "course"
    course.mkdir(parents=True)
    assert open_to_others(course)
    course.parent.chmod(0o700)
    assert open_to_others(course) == ""


def test_doctor_names_it(open_folder, monkeypatch, capsys):
    (open_folder / "nbgrader_config.py").touch()
    monkeypatch.chdir(open_folder)
    monkeypatch.setattr(doctor, "checks", lambda: iter([(True, "all is well")]))
    monkeypatch.setattr(doctor, "zygote_check", lambda: (True, "kernels are forked"))
    assert doctor.diagnose()  # it keeps no one from grading
    assert (
        "open  every user of this machine can get into the course folder (its mode is 755)" in capsys.readouterr().out
    )


@contextlib.contextmanager
def user(number):
    """Files are made and opened as this member of the graders would."""
    umask, groups = os.umask(0o022), os.getgroups()
    os.setgroups([GRADERS])
    os.setegid(number)
    os.seteuid(number)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)
        os.setgroups(groups)
        os.umask(umask)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="to be two people takes root")
@pytest.mark.parametrize("shared", [True, False])
def test_two_people_grade_one_course(open_folder, shared):
    os.chown(open_folder, PROF, GRADERS)
    open_folder.chmod(0o2770)
    with user(PROF), Journal(open_folder, "unit", shared=shared).lock() as _:
        journal = Journal(open_folder, "unit", shared=shared)
        journal.add("ada", GRADED)
        journal.write_list()
    with user(TUTOR):
        journal = Journal(open_folder, "unit", shared=shared)
        if not shared:
            with (
                pytest.raises(Busy, match=r"is another user's: where a group shares it, set `c\.Course"),
                journal.lock(),
            ):
                pass
            return
        with journal.lock():
            journal.add("bob", GRADED)
            journal.write_list()
            journal.staging.mkdir()
    with user(PROF), journal.lock():
        journal.staging.rmdir()
        assert list(journal.latest()) == ["ada", "bob"]


def test_a_shared_journal_is_the_groups_and_the_umask_comes_back(tmp_path):
    before = os.umask(0o022)
    try:
        (tmp_path / "grading").mkdir(0o755)
        journal = Journal(tmp_path, "unit", shared=True)
        with journal.lock():
            journal.add("ada", GRADED)
        assert os.umask(0o022) == 0o022
    finally:
        os.umask(before)
    assert {path.name: oct(path.stat().st_mode & 0o2777) for path in [journal.folder, *journal.folder.iterdir()]} == {
        "grading": "0o2775", ".gitignore": "0o664", ".unit.lock": "0o664", "unit.jsonl": "0o664"
    }  # fmt: skip


def test_grade_names_it(open_folder, monkeypatch, capsys):
    (open_folder / "nbgrader_config.py").touch()
    monkeypatch.chdir(open_folder)
    monkeypatch.setattr(runner, "grade", lambda *_, **__: Report("unit", 0, False))
    assert main(["grade", "unit"]) == 0
    assert (
        "Beware: every user of this machine can get into the course folder (its mode is 755)" in capsys.readouterr().err
    )
    open_folder.chmod(0o700)
    main(["grade", "unit"])
    assert "Beware" not in capsys.readouterr().err
