"""Enter the automatic scores in the gradebook; what can't be scored automatically waits for a person."""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import SaveAutoGrades


class SaveGrades(SaveAutoGrades):
    """nbgrader's SaveAutoGrades, but that the cells in ``metadata.lrlab.waiting`` have no score until a person gives
    it.

    nbgrader would give 0 at once to an answer that was not reached in time, and to an unchanged text cell whose text is
    in another cell.
    """

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        self._waiting = set(nb.metadata.get("lrlab", {}).get("waiting", ()))
        return super().preprocess(nb, resources)

    def _add_score(self, cell: NotebookNode, resources: dict[str, Any]) -> None:
        super()._add_score(cell, resources)
        name = cell.metadata.nbgrader.grade_id
        if name in self._waiting:
            grade = self.gradebook.find_grade(name, self.notebook_id, self.assignment_id, self.student_id)
            grade.auto_score, grade.needs_manual_grade = None, True
            self.gradebook.db.commit()
