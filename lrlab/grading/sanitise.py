"""Take out of a submission what steers how it is run."""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor

KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


class Sanitise(NbGraderPreprocessor):
    """Keeps of a cell's metadata only nbgrader's, and fixes the notebook's.

    nbclient obeys metadata that a student can write: a cell tagged `skip-execution` is not run, leaves no error, and so
    earns full marks.

    nbgrader's metadata stay on the cells of the assignment alone. A copied answer (DeduplicateIds has emptied its
    metadata) and a cell from elsewhere would make OverwriteCells fail, and the student go without a grade.

    It belongs on both sides of OverwriteCells: before, for that reason; after, to cover the cells that were restored.
    """

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        course = resources["nbgrader"]
        with Gradebook(course["db_url"]) as gradebook:
            known = {c.name for c in gradebook.find_notebook(course["notebook"], course["assignment"]).source_cells}
        nb.metadata = NotebookNode(kernelspec=NotebookNode(KERNELSPEC), language_info=NotebookNode(name="python"))
        for cell in nb.cells:
            kept = cell.metadata.get("nbgrader") or {}
            cell.metadata = NotebookNode(nbgrader=kept) if kept.get("grade_id") in known else NotebookNode()
        return nb, resources
