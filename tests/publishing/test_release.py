"""assignments/ is what solutions/ generate, and holds nothing of them that students must not see."""

import ast
import functools
import importlib.util
import re
import shutil
from collections import Counter
from types import SimpleNamespace

import nbformat
import pytest
from support import warm_python
from support.made_course import ROOT, UNIT, Course

from lrlab.checks import check
from lrlab.grading.batch.errors import CourseError
from lrlab.publishing.release import ReleaseError, release

NOTEBOOK = f"assignments/{UNIT}/{UNIT}.ipynb"
UNITS = sorted(p.name for p in (ROOT / "solutions").iterdir() if (p / f"{p.name}.ipynb").is_file())
every_unit = pytest.mark.parametrize("unit", UNITS)


def read(folder, unit):
    return nbformat.read(ROOT / folder / unit / f"{unit}.ipynb", as_version=4)


@functools.cache
def reference(unit):
    spec = importlib.util.spec_from_file_location(f"reference_{unit}", ROOT / "solutions" / unit / "reference.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@functools.cache
def hidden_cases(unit):
    """The generator's cases, by exercise and group of cases; "" where all are in one."""
    made = reference(unit).hidden_cases()
    return {name: cases if isinstance(cases, dict) else {"": cases} for name, cases in made.items()}


def marked_by_hand(notebook):
    """How many cells wait for a person: a text, or a figure of the student's own."""
    flags = [c.metadata.get("nbgrader", {}) for c in notebook.cells]
    return sum(bool(f.get("grade") and f.get("solution")) for f in flags)


def floats(value):
    """The numbers in plain data that nobody would write by chance."""
    if isinstance(value, dict | list | tuple):
        return {x for v in (value.values() if isinstance(value, dict) else value) for x in floats(v)}
    return {str(value)} if isinstance(value, float) and len(str(value)) > 6 else set()


@every_unit
def test_a_wrong_answer_does_not_stop_run_all(unit):
    checks = [
        cell for cell in read("assignments", unit).cells
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("grade") and "check(" in cell.source
    ]  # fmt: skip
    assert len(checks) >= 5
    assert all(cell.metadata.get("tags") == ["raises-exception"] for cell in checks)


@every_unit
class TestCommitted:
    def test_each_exercise_has_what_a_student_needs(self, unit):
        cells = {cell.id: cell.source for cell in read("assignments", unit).cells}
        stubs = [name for name, text in cells.items() if "raise NotImplementedError" in text]
        exercises = [name.removesuffix("-answer") for name in stubs if name.endswith("-answer")]
        assert len(exercises) >= 4
        for name in exercises:
            assert re.search(r"\*\d+ minutes, [●○]{3}, \d+ points?\*", cells[name]), name
            assert "xample" in cells[name], f"{name} has no worked example"
            assert "<details><summary>Help 1: " in cells[f"{name}-help"], name

    def test_files_are_what_is_released_and_no_more(self, unit):
        files = sorted(p.name for p in (ROOT / "assignments" / unit).rglob("*") if ".ipynb_checkpoints" not in p.parts)
        assert files == [f"{unit}.ipynb"]

    def test_nothing_of_the_solutions_leaks(self, unit):
        source, text = read("solutions", unit), (ROOT / f"assignments/{unit}/{unit}.ipynb").read_text(encoding="utf-8")
        assert "SOLUTION" not in text
        assert "HIDDEN" not in text
        assert "cases=" not in text
        solved = [c.source for c in source.cells if c.metadata.get("nbgrader", {}).get("solution")]
        scripts = re.findall(r"```python\n(.*?)```", "\n".join(c.source for c in source.cells), re.DOTALL)
        lines = {
            line.strip()
            for cell in solved
            for line in (cell.partition("### BEGIN SOLUTION")[2] or cell).partition("### END")[0].splitlines()
        }
        assert len(lines) > 10
        lines = {line for line in lines if not re.fullmatch(r"\w+\.step\(\)", line)}  # a prompt may name torch's calls
        lines -= {line.strip() for script in scripts for line in script.splitlines()}  # and show a script with a bug
        assert [line for line in lines if len(line) > 5 and line in text] == []
        numbers = {
            x
            for groups in hidden_cases(unit).values()
            for cases in groups.values()
            for _, e in cases
            for x in floats(e)
        }
        assert len(numbers) > 3
        assert [x for x in numbers if x in text] == []

    def test_notebook_is_clean_and_its_cells_keep_their_names(self, unit):
        released, source = read("assignments", unit), read("solutions", unit)
        nbformat.validate(released)
        assert [c.id for c in released.cells] == [c.id for c in source.cells]
        assert all(c.get("outputs", []) == [] and c.get("execution_count") is None for c in released.cells)
        stubs = sum(c.source.count("raise NotImplementedError") for c in released.cells if c.id.endswith("answer"))
        assert stubs == len(hidden_cases(unit))

    @pytest.mark.slow
    def test_points_are_those_of_the_table(self, unit):
        """Each check cell carries points, and an exercise's cells add up to what the first table promises."""
        released = read("assignments", unit)
        points = Counter()
        for cell in released.cells:
            metadata = cell.metadata.get("nbgrader", {})
            if "points" in metadata:
                points[re.sub(r"-(check|answer).*", "", cell.id).replace("-", "_")] += metadata.points
        rows = re.findall(r"^\| \d+ \| (?:`(\w+)`)?.* \| (\d+) \|$", released.cells[0].source, re.MULTILINE)
        assert [int(total) for _, total in rows] == list(points.values())
        assert [name for name, _ in rows if name] == [name for name in points if name in hidden_cases(unit)]
        assert len(rows) == len(hidden_cases(unit)) + marked_by_hand(released)

    def test_every_exercise_says_its_time_difficulty_and_points(self, unit):
        released = read("assignments", unit)
        text = "".join(c.source for c in released.cells if c.cell_type == "markdown")
        found = re.findall(r"^\*\d+ minutes, [●○]{3}, \d+ points?", text, re.MULTILINE)
        assert len(found) == len(hidden_cases(unit)) + marked_by_hand(released)

    def test_each_group_of_hidden_cases_has_its_check_cell(self, unit):
        """Hidden cases have one home, the generator in reference.py: no notebook holds any."""
        found = {}
        for cell in read("solutions", unit).cells:
            assert "HIDDEN TESTS" not in cell.source
            if "-check" in cell.id:
                call = next(walk_calls(cell.source))
                group = next((ast.literal_eval(k.value) for k in call.keywords if k.arg == "group"), "")
                found.setdefault(ast.literal_eval(call.args[0]), []).append(group)
        assert found == {name: list(groups) for name, groups in hidden_cases(unit).items()}

    @pytest.mark.slow
    def test_the_solutions_pass_their_own_checks(self, unit, capsys):
        names: dict[str, object] = {}
        source = read("solutions", unit)
        for cell in source.cells:
            if cell.cell_type == "code":
                exec(cell.source, names)
        checks = sum("-check" in c.id for c in source.cells)
        assert capsys.readouterr().out.count("cases right.") == checks
        for name, groups in hidden_cases(unit).items():
            for cases in groups.values():
                check(name, names[name], cases=cases)
        assert capsys.readouterr().out.count("further cases right.") == checks


def walk_calls(source):
    return (n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Call) and n.func.id == "check")


def without_imports(patch):
    """nbgrader without the second that Python takes to import it; test_new_unit.py starts it as an instructor does."""
    patch.setattr("lrlab.publishing.release.subprocess", SimpleNamespace(run=warm_python.in_place_of_run))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A course whose unit is released, to copy; and what that changed."""
    root = tmp_path_factory.mktemp("released")
    Course(root)
    with pytest.MonkeyPatch.context() as patch:
        without_imports(patch)
        return root, release(root=root)


@pytest.fixture
def released_once(made, monkeypatch):
    without_imports(monkeypatch)
    return made


@pytest.mark.slow
@pytest.mark.xdist_group("release")
class TestRelease:
    def test_no_committed_assignment_drifts(self, monkeypatch):
        """The data of the checks says what it was computed from, which test_variants.py compares."""
        without_imports(monkeypatch)
        monkeypatch.setattr("lrlab.publishing.checks_data.drift", lambda unit, root: None)
        assert release(check=True, root=ROOT) == []

    @pytest.mark.slow(reason="every known mistake of all units is tried on every public case")
    @pytest.mark.nightly(reason="computes the data of all checks again; its sources are compared in every run")
    def test_what_is_committed_does_not_drift(self):
        assert release(check=True, root=ROOT) == []

    def test_writes_then_finds_nothing_to_do(self, released_once, tmp_path):
        assert released_once[1] == [NOTEBOOK]
        course = Course.at(released_once[0]).copied(tmp_path / "course")
        first = (course.root / NOTEBOOK).read_bytes()
        assert release(root=course.root) == []
        assert first == (ROOT / NOTEBOOK).read_bytes()
        # What an instructor runs to enter the assignment in the gradebook gives the same bytes.
        course.nbgrader("generate_assignment", UNIT, "--force")
        assert (course.root / NOTEBOOK).read_bytes() == first
        assert not (course.root / "assignments" / UNIT / "reference.py").exists()

    def test_drift_is_found_and_mended(self, released_once, tmp_path):
        shutil.copytree(released_once[0], tmp_path, dirs_exist_ok=True)
        source = tmp_path / "solutions" / UNIT / f"{UNIT}.ipynb"
        source.write_text(
            source.read_text(encoding="utf-8").replace("drops by a factor", "falls by a factor"), encoding="utf-8"
        )
        stray, orphan = tmp_path / "assignments" / UNIT / "notes.txt", tmp_path / "assignments" / "old_unit"
        stray.write_text("left over", encoding="utf-8")
        orphan.mkdir()
        before = (tmp_path / NOTEBOOK).read_bytes()
        drift = [NOTEBOOK, f"assignments/{UNIT}/notes.txt", "assignments/old_unit"]
        assert release(check=True, root=tmp_path) == drift
        assert (tmp_path / NOTEBOOK).read_bytes() == before
        assert release([UNIT], root=tmp_path) == drift[:2]
        assert b"falls by a factor" in (tmp_path / NOTEBOOK).read_bytes()
        assert not stray.exists()

    def test_a_failure_leaves_the_assignment_as_it_was(self, released_once, tmp_path):
        shutil.copytree(released_once[0], tmp_path, dirs_exist_ok=True)
        before = (tmp_path / NOTEBOOK).read_bytes()
        source = tmp_path / "solutions" / UNIT / f"{UNIT}.ipynb"
        source.write_text(source.read_text(encoding="utf-8").replace("### END SOLUTION", ""), encoding="utf-8")
        with pytest.raises(ReleaseError, match=r"can't generate 'decay_formulas'.*no end solution statement found"):
            release(root=tmp_path)
        assert (tmp_path / NOTEBOOK).read_bytes() == before
        assert sorted(p.name for p in (tmp_path / "assignments").iterdir()) == [UNIT]


class TestMisuse:
    def test_unknown_unit(self):
        with pytest.raises(ReleaseError, match=r"solutions/ has no unit 'decay'; it has: .*decay_formulas"):
            release(["decay"], root=ROOT)

    def test_outside_a_course(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        with pytest.raises(CourseError, match=r"no nbgrader_config.py in .* or above it"):
            release()
