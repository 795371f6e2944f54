"""The students' pack holds no solution, no reference and no hidden case, and it installs and runs by itself."""

import ast
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import nbformat
import pytest
from support.made_course import RIGHT, ROOT, UNIT, answer

from lrlab.grading.batch.errors import CourseError
from lrlab.publishing import student_pack as making
from lrlab.publishing.release import ReleaseError
from lrlab.publishing.student_pack import FILES, FOLDER, OWN, student_pack

LONG = "the pack is installed in an environment of its own"
pytestmark = [pytest.mark.slow(reason=LONG), pytest.mark.xdist_group("student pack")]


def without_release(patch):
    """To generate the units takes half a minute; test_release.py does so, and finds what is committed."""
    patch.setattr(making, "release", lambda **_: [])


@pytest.fixture(scope="module")
def pack(tmp_path_factory):
    """The unpacked pack."""
    folder = tmp_path_factory.mktemp("pack")
    with pytest.MonkeyPatch.context() as patch:
        without_release(patch)
        path = student_pack(folder / "pack.zip", root=ROOT)
    with zipfile.ZipFile(path) as archive:
        assert {name.split("/")[0] for name in archive.namelist()} == {FOLDER}
        archive.extractall(folder)
    return folder / FOLDER


def sources(folder):
    """Every Python text in a folder: modules, and the code cells of notebooks, by path."""
    for path in sorted(folder.rglob("*")):
        if path.suffix == ".py":
            yield path, path.read_text(encoding="utf-8")
        elif path.suffix == ".ipynb":
            for cell in nbformat.read(path, as_version=4).cells:
                if cell.cell_type == "code":
                    yield path, cell.source


def functions(text):
    """Each function of a text, without its docstring and comments, as its name and what it does."""
    try:
        tree = ast.parse(text)
    except SyntaxError:  # a cell with a magic
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            yield node.name, "\n".join(map(ast.unparse, body))


def written_by(path):
    spec = importlib.util.spec_from_file_location(f"pack_reference_{path.parent.name}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def numbers(value):
    """The numbers in nested plain data that are too long to be there by chance."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        for part in value:
            yield from numbers(part)
    elif isinstance(value, float) and len(repr(value).replace(".", "").strip("-0")) >= 8:
        yield repr(value)


def test_no_solution_is_in_it(pack):
    solutions = {}
    for path, text in sources(ROOT / "solutions"):
        if path.suffix == ".ipynb" and "### BEGIN SOLUTION" in text:
            solutions |= dict(functions(text))
    assert len(solutions) >= 30
    given = [(str(path), name) for path, text in sources(pack) for name, body in functions(text)
             if solutions.get(name) == body]  # fmt: skip
    assert given == []


def test_no_reference_and_no_mark_of_the_instructors_is_in_it(pack):
    assert {path.name for path in pack.iterdir()} == {
        *("README.md", "Makefile", "start.py", "pyproject.toml", "constraints.txt", "environment.yml", "postBuild"),
        *(
            "LICENSE",
            "LICENSE-CONTENT",
            "NOTICE.md",
            ".gitignore",
            ".devcontainer",
            "assignments",
            "course",
            "lrlab",
            "tools",
        ),
    }
    names = {path.name for path in pack.rglob("*")}
    assert not names & {"solutions", "tests", "reference.py", "nbgrader_config.py", "gradebook.db", ".venv", ".git"}
    references = {
        name: body
        for path, text in sources(ROOT / "solutions")
        if path.suffix == ".py"
        for name, body in functions(text)
    }
    assert references
    for path, text in sources(pack):
        assert not [name for name, body in functions(text) if references.get(name) == body and "\n" in body], path
    for path in pack.rglob("*.ipynb"):
        text = path.read_text(encoding="utf-8")
        assert "BEGIN SOLUTION" not in text
        assert "HIDDEN TESTS" not in text
        assert not [cell for cell in json.loads(text)["cells"] if cell.get("outputs")]


def test_no_hidden_case_is_in_it(pack):
    everything = "\n".join(
        p.read_text(encoding="utf-8") for p in pack.rglob("*") if p.suffix in {".py", ".ipynb", ".md"}
    )
    hidden = set()
    for path in sorted((ROOT / "solutions").glob("*/reference.py")):
        hidden |= set(numbers(written_by(path).hidden_cases()))
    assert len(hidden) >= 50
    by_chance = {repr(1 / 3), repr(2.0**-29), "0.38263752"}  # the last: 0.8·0.9⁷, the public schedule past its warm-up
    assert [number for number in hidden - by_chance if number in everything] == []


def test_links_of_its_readme_lead_somewhere(pack):
    links = re.findall(r"\]\((?!https:)([^)\s]+)\)", (pack / "README.md").read_text(encoding="utf-8"))
    assert len(links) >= 18
    assert [link for link in links if not (pack / link).exists()] == []


def test_the_pictures_of_the_notebooks_are_in_it(pack):
    linked = set()
    for path in sorted((pack / "course").glob("*.ipynb")):
        for name in re.findall(r"!\[[^\n]*\]\(([\w./-]+)\)", path.read_text(encoding="utf-8")):
            linked.add(name)
            assert (path.parent / name).is_file(), (path.name, name)
    assert len(linked) >= 14


@pytest.fixture(scope="module")
def installed(pack, tmp_path_factory):
    """`run(*arguments of Python)` in a copy of the pack, installed in an environment of its own.

    The libraries come from this one: installing torch again would prove no more.
    """
    place = tmp_path_factory.mktemp("installed")
    copy = place / FOLDER
    shutil.copytree(pack, copy)
    venv.create(place / "venv", with_pip=False, symlinks=True)
    python = place / "venv" / "bin" / "python"
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(place), "OMP_NUM_THREADS": "1"}
    environment |= {"JUPYTER_DATA_DIR": str(place / "jupyter"), "LRLAB_DATASET": "digits"}

    def run(*command):
        done = subprocess.run([str(python), *command], cwd=copy, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
        return done.stdout + done.stderr

    own = Path(run("-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    libraries = sysconfig.get_path("purelib")
    # A line in a .pth adds the folder, but not this checkout's own lrlab, which is there by a .pth alone.
    (own / "libraries.pth").write_text(f"{libraries}\n", encoding="utf-8")
    run("-m", "pip", "install", "--no-deps", "--no-build-isolation", "--no-index", "--quiet", "-e", str(copy))
    run("-m", "ipykernel", "install", "--prefix", str(place / "venv"), "--name", "python3")
    return copy, run


def test_it_installs_and_runs_by_itself(installed):
    copy, run = installed
    assert run("-c", "import lrlab; print(lrlab.__file__)").strip() == str(copy / "lrlab" / "__init__.py")
    assert "1,437 training" in run("-m", "lrlab", "data")
    path = copy / "assignments" / UNIT / f"{UNIT}.ipynb"
    nbformat.write(answer(nbformat.read(path, as_version=4), RIGHT, "An answer."), path)
    assert "Success! Your notebook passes all the tests." in run("-m", "nbgrader", "validate", str(path))


@pytest.mark.nightly(reason="a whole notebook; every run has an assignment in its environment, and it in this one")
def test_its_first_notebook_runs(installed, tmp_path):
    _, run = installed
    run("-m", "nbconvert", "--to=notebook", "--execute", f"--output-dir={tmp_path}", "course/00_start_here.ipynb")


@pytest.fixture
def small(tmp_path):
    """A course of one unit, and an earlier pack."""
    for name in ("solutions", "assignments"):
        shutil.copytree(ROOT / name / UNIT, tmp_path / name / UNIT)
    for name in FILES:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / OWN, tmp_path / OWN)
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    (tmp_path / "pack.zip").write_text("the earlier one")
    return tmp_path


def test_a_solution_left_in_a_notebook_stops_it(small, monkeypatch):
    without_release(monkeypatch)
    target = small / "pack.zip"
    (small / "course").mkdir()
    shutil.copy(ROOT / "solutions" / UNIT / f"{UNIT}.ipynb", small / "course" / "left.ipynb")
    with pytest.raises(ReleaseError, match=r"left\.ipynb holds .* for the instructor: run `make release`"):
        student_pack(target, root=small)
    assert target.read_text() == "the earlier one"
    (small / "course" / "left.ipynb").unlink()
    made = student_pack(target, root=small).read_bytes()
    os.utime(small / "assignments" / UNIT / f"{UNIT}.ipynb")
    assert student_pack(target, root=small).read_bytes() == made
    assert {p.name for p in small.iterdir() if p.name.startswith(".student")} == set()
    assert sys.getsizeof(made) > 10_000


def test_an_assignment_that_drifted_stops_it(small):
    released = small / "assignments" / UNIT / f"{UNIT}.ipynb"
    released.write_text(released.read_text(encoding="utf-8").replace("half_life", "half_live"), encoding="utf-8")
    with pytest.raises(ReleaseError, match="not what solutions/ generate"):
        student_pack(small / "pack.zip", root=small)
    assert (small / "pack.zip").read_text() == "the earlier one"


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(CourseError, match="to must be a file in a folder that exists, got"):
        student_pack(tmp_path / "missing" / "pack.zip", root=ROOT)
