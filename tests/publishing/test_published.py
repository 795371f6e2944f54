"""`lrlab pack --to FOLDER`: what students get as a repository, updated in place, without the solutions' history."""

import contextlib
import json
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager
from support.made_course import ROOT

from lrlab.cli import main
from lrlab.publishing import colab, published
from lrlab.publishing.published import LIST, publish
from lrlab.publishing.release import ReleaseError
from lrlab.publishing.student_pack import Packed

NOTEBOOK = nbformat.writes(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 + 1")])).encode()
FILES = {
    "README.md": b"# Course\n\n<!-- browser -->\n## Work\n",
    "start.py": b"print('start')\n",
    "course/00_start_here.ipynb": NOTEBOOK,
    "course/images/a.png": b"picture",
    "assignments/unit/unit.ipynb": NOTEBOOK,
    "lrlab/notebook.ipynb": NOTEBOOK,
}
URL = "https://github.com/someone/learning-rates"


@pytest.fixture
def given(monkeypatch):
    """What is packed; a test may change it."""
    files = dict(FILES)
    monkeypatch.setattr(
        published, "packed", lambda root: [Packed(name, files[name], name == "start.py") for name in sorted(files)]
    )
    return files


def there(folder: Path) -> dict[str, bytes]:
    found = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    return {name: content for name, content in found.items() if name != LIST and not name.startswith(".git/")}


def git(folder: Path, *arguments: str) -> str:
    who = ["-c", "user.name=Prof", "-c", "user.email=prof@example.org"]
    return subprocess.run(
        ["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True, text=True
    ).stdout


def test_it_is_updated_in_place(given, tmp_path):
    folder = tmp_path / "students"
    assert publish(folder, root=ROOT).written == sorted(FILES)
    assert there(folder) == {**FILES, "README.md": b"# Course\n\n## Work\n"}
    assert (folder / "start.py").stat().st_mode & 0o111
    (folder / "notes.md").write_text("the instructor's own file here")
    again = publish(folder, root=ROOT)
    assert (again.written, again.removed) == ([], [])
    given["start.py"] = b"print('new')\n"
    del given["course/images/a.png"]
    given["course/new.md"] = b"new"
    third = publish(folder, root=ROOT)
    assert (third.written, third.removed) == (["course/new.md", "start.py"], ["course/images/a.png"])
    assert not (folder / "course" / "images").exists()
    assert (folder / "notes.md").exists()
    assert set(json.loads((folder / LIST).read_text())) == set(given)


def test_for_colab_a_first_cell_that_does_nothing_elsewhere(given, tmp_path):
    publish(tmp_path / "students", repository=URL, branch="main", root=ROOT)
    for name, folder in (("course/00_start_here.ipynb", "course"), ("assignments/unit/unit.ipynb", "assignments/unit")):
        notebook = nbformat.read(tmp_path / "students" / name, as_version=4)
        nbformat.validate(notebook)
        first, second = notebook.cells
        assert second.source == "1 + 1"
        assert (
            f"!test -d /content/lrlab-course || git clone --quiet --depth 1 --branch main {URL} /content/lrlab-course\n"
            in first.source
        )
        assert first.source.endswith(f"%cd -q /content/lrlab-course/{folder}")
        code = TransformerManager().transform_cell(first.source)
        assert code.count("get_ipython()") == 3
        here = {}
        exec(compile(code, name, "exec"), here)  # without google.colab nothing is called
        assert "get_ipython" not in here
    assert (tmp_path / "students" / "lrlab" / "notebook.ipynb").read_bytes() == NOTEBOOK


def test_in_colab_it_fetches_installs_and_goes_there(monkeypatch):
    called = []

    class Shell:
        def system(self, command):
            called.append(command)

        def run_line_magic(self, name, line):
            called.append(f"%{name} {line}")

    monkeypatch.setitem(sys.modules, "google.colab", sys)
    code = TransformerManager().transform_cell(colab.first_cell(URL, "course/a.ipynb"))
    exec(compile(code, "cell", "exec"), {"get_ipython": Shell})
    assert called == [
        f"test -d /content/lrlab-course || git clone --quiet --depth 1 {URL} /content/lrlab-course",
        '%pip install --quiet "/content/lrlab-course[torch,plots]" "anywidget>=0.9" "latex2mathml>=3.77"',
        "%cd -q /content/lrlab-course/course",
    ]


def test_the_cell_asks_for_what_the_project_asks_for():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for package in colab.PACKAGES:
        assert f'"{package}"' in text


def test_links_of_the_readme(given, tmp_path):
    publish(tmp_path / "hub", repository=URL, root=ROOT)
    text = (tmp_path / "hub" / "README.md").read_text()
    assert "https://mybinder.org/v2/gh/someone/learning-rates/main?urlpath=lab/tree/course/00_start_here.ipynb" in text
    assert (
        "https://colab.research.google.com/github/someone/learning-rates/blob/main/course/00_start_here.ipynb" in text
    )
    assert "git-pull?repo=https%3A%2F%2Fgithub.com%2Fsomeone%2Flearning-rates&branch=main" in text
    publish(tmp_path / "lab", repository="https://git.uni.example/dl/rates.git", root=ROOT)
    text = (tmp_path / "lab" / "README.md").read_text()
    assert "mybinder" not in text
    assert "urlpath=lab/tree/rates/course/00_start_here.ipynb" in text


def test_no_history_with_solutions(given, tmp_path):
    """A clone whose branch once had them is refused; one that has none is filled, and again after a commit."""
    theirs = tmp_path / "course"
    (theirs / "solutions" / "unit").mkdir(parents=True)
    (theirs / "solutions" / "unit" / "reference.py").write_text("right = 1")
    git(tmp_path, "init", "-q", str(theirs))
    git(theirs, "add", "-A")
    git(theirs, "commit", "-qm", "with solutions")
    git(theirs, "rm", "-rq", "solutions")
    git(theirs, "commit", "-qm", "without")
    with pytest.raises(
        ReleaseError, match=r"has solutions in its history \(commit \w+\), which every clone would bring"
    ):
        publish(theirs, root=ROOT)
    assert not (theirs / LIST).exists()
    git(theirs, "checkout", "-q", "--orphan", "students")
    publish(theirs, root=ROOT)
    git(theirs, "add", "-A")
    git(theirs, "commit", "-qm", "published")
    given["start.py"] = b"2"
    assert publish(theirs, root=ROOT).written == ["start.py"]
    shown = git(theirs, "log", "--format=", "--name-only", "HEAD").split()
    assert not [name for name in shown if "solutions" in name or "reference" in name]


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda f: (f / "mine.txt").write_text("x"), r"no `lrlab pack` wrote \(mine\.txt\): name an empty"),
        (lambda f: (f / "solutions").mkdir(), "has solutions in it, which is the instructor's"),
        (lambda f: (f / LIST).write_text("[]"), "is damaged"),
        (lambda f: (f / LIST).write_text('{"../outside": ""}'), "is damaged"),
        (lambda f: [(f / LIST).write_text("{}"), (f / "start.py").write_text("x")], r"start\.py is in the way: no "),
        (lambda f: [(f / LIST).write_text("{}"), (f / "course").symlink_to(f.parent)], "course is a link: nothing is"),
    ],
)  # fmt: skip
def test_a_folder_with_other_things_is_refused(given, tmp_path, spoil, says):
    folder = tmp_path / "students"
    folder.mkdir()
    spoil(folder)
    before = sorted(p.name for p in tmp_path.rglob("*"))
    with pytest.raises(ReleaseError, match=says):
        publish(folder, root=ROOT)
    assert sorted(p.name for p in tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["--to", "missing/students"], "to must be a folder, or a new one in a folder that exists"),
        (["--to", "."], "to must be another folder than the course folder"),
        (["--to", "s", "--repository", "https://me:secret@github.com/a/b"], "without a password, got"),
        (["--to", "s", "--repository", 'https://x.org/"; rm -rf /'], "repository must be an address such as"),
        (["--to", "s", "--branch", "--all"], "expected one argument"),
        (["--to", "s", "--repository", URL, "--branch", "a b"], "branch must be the name of a branch, got 'a b'"),
        (["--to", "s", "--branch", "b"], "--branch is a branch of --repository: add --repository URL"),
        (["--branch", "b"], "--branch is a branch of --repository: add --repository URL"),
        (["--repository", URL], "add --to FOLDER"),
    ],
)
def test_wrong_arguments_are_one_sentence(given, tmp_path, monkeypatch, capsys, argv, says):
    (tmp_path / "nbgrader_config.py").touch()
    monkeypatch.chdir(tmp_path)
    with contextlib.suppress(SystemExit):
        assert main(["pack", *argv]) == 1
    shown = capsys.readouterr().err
    assert says in shown
    assert shown.count("\n") == 1


def test_students_have_a_readme_of_their_own():
    text = (ROOT / "tools" / "student" / "README.md").read_text(encoding="utf-8")
    assert published.BROWSER.decode() in text
    for target in re.findall(r"\]\((?!https:)([^)\s]+)\)", text):
        assert (ROOT / "tools" / "student" / target).exists(), target
    for word in ("solutions/", "nbgrader_config", "lrlab grade", "make test"):
        assert word not in text
