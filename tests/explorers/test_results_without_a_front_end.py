"""The explorers of results in a kernel that no page listens to: no error, and a picture in the exported page."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter
from support import with_support

pytestmark = pytest.mark.slow

CODE = """
from support.made_results import made_comparison, made_range_test, made_sweep
from lrlab import explorers
searches = explorers.searches(made_range_test(), made_sweep(), goal="best")
training = explorers.training(made_comparison(), goal="lead")
searches.lr = 0.1
training.step, training.show = 100, ["step", "cosine"]
"""


@pytest.mark.usefixtures("warm_kernels")
def test_executed_and_exported(tmp_path: Path) -> None:
    cells = [
        nbformat.v4.new_code_cell(source) for source in (CODE, "searches", "training", "searches.lr, training.show")
    ]
    notebook = nbformat.v4.new_notebook(cells=cells)
    client = NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": tmp_path}})
    client.execute(env=with_support())
    for cell in notebook.cells[1:3]:
        [output] = cell.outputs
        assert output.data["image/svg+xml"].startswith("<svg")
        assert "application/vnd.jupyter.widget-view+json" in output.data
    assert notebook.cells[3].outputs[0].data["text/plain"] == "(0.1, ['step', 'cosine'])"
    for cell in notebook.cells[1:3]:
        # What GitHub and other viewers without widgets choose of the outputs.
        del cell.outputs[0].data["application/vnd.jupyter.widget-view+json"]
    html, _ = HTMLExporter().from_notebook_node(notebook)
    assert html.count('data-mime-type="image/svg+xml"') == 2
