"""Every notebook of the course, run as a student would: top to bottom, offline, on both data sets."""

import os
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

REPO = Path(__file__).parents[1]
COURSE = sorted((REPO / "course").glob("*.ipynb"))
MNIST = REPO.parent / "shared" / "mnist"


def run(path: Path, **environment: str) -> nbformat.NotebookNode:
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": REPO / "course"}}
    )
    client.execute(env={**os.environ, **environment})
    return notebook


def printed(notebook: nbformat.NotebookNode, cell_id: str) -> str:
    """All text that the cell with this id showed."""
    cell = next(cell for cell in notebook.cells if cell.id == cell_id)
    texts = [output.get("text") or output.get("data", {}).get("text/plain", "") for output in cell.outputs]
    return "\n".join(texts)


def check_what_you_should_see(name: str, notebook: nbformat.NotebookNode) -> None:
    """The figures that a notebook's prose claims, in the outputs of the cells beside it."""
    if name.startswith("02"):
        assert "our Step equals StepLR: True" in printed(notebook, "step-torch-prove")
        assert "the lecture's first drop: 2\ntorch's first drop: 3" in printed(notebook, "step-torch-prove")
        assert "η_4 = 0.133" in printed(notebook, "time-hand")
        assert "2.36" in printed(notebook, "inverse-run")
        assert "e-17" in printed(notebook, "inverse-run")
        wins = printed(notebook, "results-seeds")
        assert wins.count("in 5 of 5 seeds") + wins.count("in 4 of 5 seeds") == 2, wins
    if name.startswith("03"):
        assert "gone:        []" in printed(notebook, "keys")
        assert "['differentiable', 'foreach', 'fused', 'maximize']" in printed(notebook, "keys")
        assert "the same rates at every update: True" in printed(notebook, "attach-compare")
        by_hand, attached = (
            float(part.split()[-1]) for part in printed(notebook, "attach-compare").split(", attached")
        )
        assert by_hand == pytest.approx(attached, rel=1e-4)
        assert "[0.05, 0.025, 0.0125, 0.00625]" in printed(notebook, "trap-order")
        assert "UnpicklingError" in printed(notebook, "trap-numpy")
        assert "asked for 0.3, decays from 0.1" in printed(notebook, "trap-stale")


def test_the_course_is_there():
    assert [path.name[:2] for path in COURSE] == ["00", "02", "03"]


@pytest.mark.slow
@pytest.mark.parametrize("path", COURSE, ids=lambda path: path.stem)
def test_runs_on_the_bundled_digits(path, tmp_path):
    # A data folder of its own, empty: nothing may come from a cache, and no network is asked for.
    check_what_you_should_see(path.name, run(path, LRLAB_DATASET="digits", LRLAB_DATA=str(tmp_path)))


@pytest.mark.slow
@pytest.mark.skipif(not (MNIST / "MNIST" / "raw").is_dir(), reason="MNIST is not beside this checkout")
@pytest.mark.parametrize("path", COURSE, ids=lambda path: path.stem)
def test_runs_on_mnist(path):
    check_what_you_should_see(path.name, run(path, LRLAB_DATASET="mnist", LRLAB_DATA=str(MNIST)))


@pytest.mark.parametrize("path", COURSE, ids=lambda path: path.stem)
def test_has_what_a_beginner_needs(path):
    notebook = nbformat.read(path, as_version=4)
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    lines = sorted(len(source.splitlines()) for source in code)
    assert "mirror" in text
    assert "minutes" in text
    assert "**Predict:**" in text
    assert "**What you should see:**" in text
    assert "## Quiz" in text
    assert "**References.**" in text
    assert any("explorers." in source and "goal=" in source for source in code)
    assert lines[len(lines) // 2] <= 6, "cells should be short"
    assert lines[-1] <= 16, "one idea a cell"
    assert max(len(line) for source in code for line in source.splitlines()) <= 92, "wider is cut off beside a side bar"


@pytest.mark.parametrize("path", COURSE, ids=lambda path: path.stem)
def test_links_lead_somewhere(path):
    for cell in nbformat.read(path, as_version=4).cells:
        for target in re.findall(r"\]\(([^)#]+)\)", cell.source) if cell.cell_type == "markdown" else []:
            if "://" not in target:
                assert (path.parent / target).is_file(), f"{path.name} links to {target}"
