"""The page that goes back to a student. A part that no one has marked yet is named as such, and never shown as 0."""

from __future__ import annotations

import re
from typing import Any

from jupyterlab_pygments import JupyterStyle  # type: ignore[import-untyped]
from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode
from nbgrader.preprocessors import GetGrades
from pygments.formatters import HtmlFormatter  # type: ignore[import-untyped]

HEADING = re.compile(r"^#{2,6}[ \t]+(\S.*)$", re.MULTILINE)


class ShowScores(GetGrades):
    """Adds the scores that the feedback page shows: for ``GenerateFeedback.preprocessors``, in place of ``GetGrades``.

    Each graded cell gets its ``points``, its ``title`` (the heading above it, in Markdown) and its ``score``, which is
    None while it waits for a person. ``resources["nbgrader"]`` gets ``score``, the sum of what is marked,
    ``max_score``, ``late_penalty``, and ``waiting``, how many cells wait.
    """

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Fill in the scores, and log which are missing."""
        self._title = ""
        self._waiting: list[str] = []
        nb, resources = super().preprocess(nb, resources)
        about = resources["nbgrader"]
        about["score"] = max(0.0, about["score"])  # a penalty does not go below 0
        about["waiting"] = len(self._waiting)
        if self._waiting:
            self.log.warning(
                "%s, %s: the page says that %s waits to be marked. Give the points in formgrader, then generate the "
                "feedback again with --force.",
                about["student"],
                about["notebook"],
                ", ".join(self._waiting),
            )
        return nb, resources

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], cell_index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        part = cell.metadata.get("nbgrader") or {}
        if cell.cell_type == "markdown" and not part.get("solution"):
            for heading in HEADING.findall(cell.source):
                self._title = heading.rstrip(" \t#") or self._title
        return super().preprocess_cell(cell, resources, cell_index)

    def _get_score(self, cell: NotebookNode, resources: dict[str, Any]) -> None:
        super()._get_score(cell, resources)
        part = cell.metadata.nbgrader
        part["title"] = self._title or part["grade_id"]
        grade = self.gradebook.find_grade(part["grade_id"], self.notebook_id, self.assignment_id, self.student_id)
        if grade.needs_manual_grade or (grade.auto_score is None and grade.manual_score is None):
            part["score"] = None
            self._waiting.append(part["title"])


class FeedbackExporter(HTMLExporter):
    """nbconvert's HTML exporter with our template, and code in colours that the page's style defines."""

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **options: Any
    ) -> tuple[Any, dict[str, Any]]:
        resources = {} if resources is None else resources
        resources["code_css"] = HtmlFormatter(style=JupyterStyle).get_style_defs(".highlight")
        return super().from_notebook_node(nb, resources, **options)
