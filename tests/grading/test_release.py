"""assignments/ is what solutions/ generate, and holds nothing of them that students must not see."""

import ast
import importlib.util

import nbformat
import numpy as np
import pytest
from made_course import POINTS, ROOT, UNIT, Course

from lrlab.grading.release import ReleaseError, release

NOTEBOOK = f"assignments/{UNIT}/{UNIT}.ipynb"


def read(folder):
    return nbformat.read(ROOT / folder / UNIT / f"{UNIT}.ipynb", as_version=4)


@pytest.fixture(scope="module")
def reference():
    spec = importlib.util.spec_from_file_location("reference", ROOT / "solutions" / UNIT / "reference.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def hidden_source(cell):
    return cell.source.partition("### BEGIN HIDDEN TESTS\n")[2].partition("\n### END HIDDEN TESTS")[0]


class TestCommitted:
    def test_files_are_what_is_released_and_no_more(self):
        files = sorted(p.name for p in (ROOT / "assignments" / UNIT).rglob("*") if ".ipynb_checkpoints" not in p.parts)
        assert files == [f"{UNIT}.ipynb"]

    def test_nothing_of_the_solutions_leaks(self, reference):
        source, text = read("solutions"), (ROOT / NOTEBOOK).read_text(encoding="utf-8")
        assert "SOLUTION" not in text
        assert "HIDDEN" not in text
        assert "cases=" not in text
        solved = [c.source for c in source.cells if c.metadata.get("nbgrader", {}).get("solution")]
        lines = {
            line.strip()
            for cell in solved
            for line in (cell.partition("### BEGIN SOLUTION")[2] or cell).partition("### END")[0].splitlines()
        }
        assert len(lines) > 10
        assert [line for line in lines if len(line) > 5 and line in text] == []
        numbers = {str(x) for cases in reference.hidden_cases().values() for _, e in cases for x in np.ravel(e)}
        assert [x for x in numbers if x in text] == []

    def test_notebook_is_clean_and_its_cells_keep_their_names(self):
        released, source = read("assignments"), read("solutions")
        nbformat.validate(released)
        assert [c.id for c in released.cells] == [c.id for c in source.cells]
        assert all(c.get("outputs", []) == [] and c.get("execution_count") is None for c in released.cells)
        assert sum(c.source.count("raise NotImplementedError") for c in released.cells if c.id.endswith("answer")) == 5

    def test_points(self):
        graded = {
            c.id: c.metadata.nbgrader.points
            for c in read("assignments").cells
            if "points" in c.metadata.get("nbgrader", {})
        }
        assert graded == {f"{n.replace('_', '-')}-check": p for n, p in POINTS.items()} | {"which-formula-answer": 4}


class TestHiddenCases:
    @pytest.mark.parametrize("name", POINTS)
    def test_notebook_holds_the_generators_cases(self, name, reference):
        cell = next(c for c in read("solutions").cells if c.id == f"{name.replace('_', '-')}-check")
        (call,) = [node for node in ast.walk(ast.parse(hidden_source(cell))) if isinstance(node, ast.Call)]
        assert ast.literal_eval(call.args[0]) == name
        (cases,) = [k.value for k in call.keywords]
        assert ast.literal_eval(cases) == reference.hidden_cases()[name]

    @pytest.mark.parametrize("name", POINTS)
    def test_public_values_agree_with_the_reference(self, name, reference):
        from lrlab.checks.registry import find

        for case in find(name).cases:
            expected = reference.over_array(getattr(reference, name), *case.args)
            np.testing.assert_allclose(case.expected, expected, rtol=1e-12)

    def test_the_solutions_pass_their_own_checks(self, capsys):
        names: dict[str, object] = {}
        for cell in read("solutions").cells:
            if cell.cell_type == "code":
                exec(cell.source, names)
        shown = capsys.readouterr().out
        assert shown.count("cases right.") == 2 * len(POINTS)
        assert shown.count("further cases right.") == len(POINTS)

    def test_no_hidden_case_is_public(self, reference):
        from lrlab.checks.registry import find

        for name, cases in reference.hidden_cases().items():
            assert not {str(args) for args, _ in cases} & {str(c.args) for c in find(name).cases}

    def test_every_mistake_is_wrong_on_the_hidden_cases_too(self, reference):
        from lrlab.checks.judge import compare
        from lrlab.checks.registry import exercises

        for name, cases in reference.hidden_cases().items():
            exercise = exercises()[name]
            read_cases = exercise.read_cases(cases)
            for mistake in exercise.misconceptions:
                with np.errstate(all="ignore"):
                    outcomes = exercise.driver(mistake.formula, [c.args for c in read_cases])
                assert not all(v.right for v in compare(outcomes, read_cases)), (name, mistake.name)


@pytest.mark.slow
class TestRelease:
    def test_committed_assignments_do_not_drift(self):
        assert release(check=True, root=ROOT) == []

    def test_writes_then_finds_nothing_to_do(self, tmp_path):
        course = Course(tmp_path)
        assert release(root=tmp_path) == [NOTEBOOK]
        first = (tmp_path / NOTEBOOK).read_bytes()
        assert release(root=tmp_path) == []
        assert first == (ROOT / NOTEBOOK).read_bytes()
        # What an instructor runs to enter the assignment in the gradebook gives the same bytes.
        course.nbgrader("generate_assignment", UNIT, "--force")
        assert (tmp_path / NOTEBOOK).read_bytes() == first
        assert not (tmp_path / "assignments" / UNIT / "reference.py").exists()

    def test_drift_is_found_and_mended(self, tmp_path):
        Course(tmp_path)
        release(root=tmp_path)
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

    def test_a_failure_leaves_the_assignment_as_it_was(self, tmp_path):
        Course(tmp_path)
        release(root=tmp_path)
        before = (tmp_path / NOTEBOOK).read_bytes()
        source = tmp_path / "solutions" / UNIT / f"{UNIT}.ipynb"
        source.write_text(source.read_text(encoding="utf-8").replace("### END SOLUTION", ""), encoding="utf-8")
        with pytest.raises(ReleaseError, match=r"can't generate 'decay_formulas'.*no end solution statement found"):
            release(root=tmp_path)
        assert (tmp_path / NOTEBOOK).read_bytes() == before
        assert sorted(p.name for p in (tmp_path / "assignments").iterdir()) == [UNIT]


class TestMisuse:
    def test_unknown_unit(self):
        with pytest.raises(ReleaseError, match=r"solutions/ has no unit 'decay'; it has: decay_formulas"):
            release(["decay"], root=ROOT)

    def test_outside_a_course(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        with pytest.raises(ReleaseError, match=r"no nbgrader_config.py in .* or above it"):
            release()
