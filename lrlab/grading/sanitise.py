"""Take out of a submission what steers how it is run."""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


class Sanitise(NbGraderPreprocessor):
    """Keeps of a cell's metadata only nbgrader's, and fixes the notebook's.

    nbclient obeys metadata that a student can write: a cell tagged `skip-execution` is not run, leaves no error, and so
    earns full marks. Belongs after OverwriteCells, to cover the cells that OverwriteCells restores.

    A cell without a grade id is no cell of the assignment: a copied answer, or one that someone added. Left in
    place, its nbgrader metadata would stop the grading (of the whole class, for a copied one).
    """

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        nb.metadata = NotebookNode(kernelspec=NotebookNode(KERNELSPEC), language_info=NotebookNode(name="python"))
        for cell in nb.cells:
            nbgrader = cell.metadata.get("nbgrader")
            cell.metadata = NotebookNode(nbgrader=nbgrader) if nbgrader and "grade_id" in nbgrader else NotebookNode()
        return nb, resources
