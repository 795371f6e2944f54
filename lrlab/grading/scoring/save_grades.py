"""Enter the automatic scores in the gradebook; what can't be scored automatically waits for a person."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor, SaveAutoGrades


@contextlib.contextmanager
def one_transaction(gradebook: Gradebook) -> Iterator[Any]:
    """Commit at the end of a ``with`` block; nbgrader's methods, which each commit, only flush in it."""
    session = gradebook.db()
    commit = session.commit
    session.commit = session.flush
    try:
        yield session
        commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.commit = commit


class SaveGrades(SaveAutoGrades):
    """nbgrader's SaveAutoGrades, but that the cells in ``metadata.lrlab.waiting`` have no score until a person gives
    it.

    nbgrader would give 0 at once to an answer that was not reached in time, and to an unchanged text cell whose text is
    in another cell. It would also end a transaction after each cell, and each waits for the disk; here all scores and
    comments of a notebook are one.
    """

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        self._waiting = set(nb.metadata.get("lrlab", {}).get("waiting", ()))
        about = resources["nbgrader"]
        self.notebook_id, self.assignment_id = about["notebook"], about["assignment"]
        self.student_id, self.db_url = about["student"], about["db_url"]
        with Gradebook(self.db_url) as self.gradebook, one_transaction(self.gradebook):
            return NbGraderPreprocessor.preprocess(self, nb, resources)

    def _add_score(self, cell: NotebookNode, resources: dict[str, Any]) -> None:
        super()._add_score(cell, resources)
        name = cell.metadata.nbgrader.grade_id
        if name in self._waiting:
            grade = self.gradebook.find_grade(name, self.notebook_id, self.assignment_id, self.student_id)
            grade.auto_score, grade.needs_manual_grade = None, True
            self.gradebook.db.commit()
