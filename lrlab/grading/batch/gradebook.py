"""The gradebook as the runner uses it: read as plain data, with one transaction for each result.

Workers never write it: each has a ``scratch`` one of its own. What nbgrader enters there is read back as plain data,
and goes into the real one in a single transaction. So a score is there as a whole or not at all, whichever process
dies, and no two processes write.
"""

from __future__ import annotations

import contextlib
import hashlib
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from nbgrader.api import Gradebook, InvalidEntry, MissingEntry
from sqlalchemy.exc import IntegrityError, SAWarning

from lrlab.grading.batch.database import address, database_errors, lease
from lrlab.grading.batch.messages import NotebookResult, SubmissionResult
from lrlab.grading.batch.parcel import NotebookCells
from lrlab.grading.scoring.save_grades import one_transaction
from lrlab.printable import is_text

# Caused by nbgrader's own way of adding a submission. It is harmless, and would fill the log.
warnings.filterwarnings("ignore", category=SAWarning, message="Object of type <Submitted")

MOST_ATTEMPTS = 5  # to enter a result while another program enters the same student


@contextlib.contextmanager
def open_gradebook(url: str, course: str) -> Iterator[Gradebook]:
    """Open a gradebook for a ``with`` block.

    Raises:
        GradebookError: it can't be reached, is locked, damaged, or of another version.
    """
    with database_errors(url), Gradebook(address(url), course) as gradebook:
        yield gradebook


@dataclass(frozen=True)
class Student:
    """What a gradebook has of a student; ``lms_user_id``, a learning platform's number, may be missing."""

    id: str
    last_name: str = ""
    first_name: str = ""
    email: str = ""
    lms_user_id: str = ""


def students(gradebook: Gradebook) -> list[Student]:
    return [
        Student(s.id, s.last_name or "", s.first_name or "", s.email or "", str(s.lms_user_id or ""))
        for s in gradebook.students
    ]


class UnitGradebook:
    """One unit of a course's gradebook."""

    def __init__(self, url: str, course: str, unit: str) -> None:
        self.url, self.course, self.unit = url, course, unit
        self._check_lease: Callable[[], None] = lambda: None

    @contextlib.contextmanager
    def lease(self) -> Iterator[None]:
        """Keep runs on other hosts from this unit, where they share a server; results are entered only while it holds.

        Raises:
            Busy: another run grades this unit.
        """
        with lease(self.url, self.course, self.unit) as self._check_lease:
            yield

    def open(self) -> contextlib.AbstractContextManager[Gradebook]:
        return open_gradebook(self.url, self.course)

    def students(self) -> list[Student]:
        """Return all students of the course."""
        with self.open() as gradebook:
            return students(gradebook)

    def notebooks(self) -> list[str]:
        """Return the names of the unit's notebooks, sorted; none if the gradebook does not have the unit."""
        with self.open() as gradebook, contextlib.suppress(MissingEntry):
            return sorted(notebook.name for notebook in gradebook.find_assignment(self.unit).notebooks)
        return []

    def cells(self) -> dict[str, NotebookCells]:
        """Return what a result has of each notebook."""
        with self.open() as gradebook:
            return {
                notebook.name: NotebookCells(
                    {cell.name: float(cell.max_score) for cell in [*notebook.grade_cells, *notebook.task_cells]},
                    {cell.name for cell in [*notebook.solution_cells, *notebook.task_cells]},
                )
                for notebook in gradebook.find_assignment(self.unit).notebooks
            }

    def fingerprint(self) -> str:
        """Return a text that changes with a text, a flag or the points of a cell: then all is graded again."""
        sums = hashlib.sha256()
        with self.open() as gradebook:
            for notebook in sorted(gradebook.find_assignment(self.unit).notebooks, key=lambda n: n.name):
                cells = [(c.name, c.cell_type, c.max_score) for c in [*notebook.grade_cells, *notebook.task_cells]]
                texts = [(c.name, c.cell_type, bool(c.locked), c.source) for c in notebook.source_cells]
                sums.update(repr((notebook.name, sorted(cells, key=repr), sorted(texts, key=repr))).encode())
        return sums.hexdigest()[:16]

    def due_date(self) -> str:
        """Return when the unit is due, in ISO format and UTC; empty if there is no due date."""
        with self.open() as gradebook:
            due = gradebook.find_assignment(self.unit).duedate
            return due.isoformat() if due is not None else ""

    def extension(self, student: str) -> float | None:
        """Return the seconds that a student may be late; None: no extension."""
        if not is_text(student):
            return None
        with self.open() as gradebook, contextlib.suppress(MissingEntry):
            extension = gradebook.find_submission(self.unit, student).extension
            return extension.total_seconds() if extension is not None else None
        return None

    def load_submission(self, student: str) -> SubmissionResult | None:
        """Return what the gradebook has for a student, with a person's points and comments; None: nothing."""
        if not is_text(student):
            return None  # SQLAlchemy stops with an error at such a name, and no student has one
        with self.open() as gradebook:
            return read_submission(gradebook, self.unit, student)

    def save_submission(self, student: str, result: SubmissionResult, *, resubmitted: bool) -> None:
        """Replace a student's result in one transaction.

        A person's points and comments stay, and where the automatic score changed the cell is marked to be looked at
        again. With ``resubmitted``, for files that the person has not seen, they are removed.
        """
        self._check_lease()
        for attempt in range(1, MOST_ATTEMPTS + 1):
            try:
                self._save(student, result, resubmitted)
                return
            except (IntegrityError, InvalidEntry):
                # Another program has entered this student a moment ago: the next attempt finds what it entered.
                if attempt == MOST_ATTEMPTS:
                    raise

    def _save(self, student: str, result: SubmissionResult, resubmitted: bool) -> None:
        with self.open() as gradebook, one_transaction(gradebook) as session:
            gradebook.update_or_create_student(student)
            timestamp = datetime.fromisoformat(result["timestamp"]) if result["timestamp"] else None
            submission = gradebook.update_or_create_submission(self.unit, student)
            submission.timestamp = timestamp
            session.flush()
            for notebook in submission.notebooks:
                given = result["notebooks"][notebook.name]
                notebook.late_submission_penalty = given["penalty"]
                for grade in notebook.grades:
                    auto, needs = given["grades"][grade.name]
                    if resubmitted:
                        grade.manual_score = grade.extra_credit = None
                    if grade.manual_score is None:
                        grade.needs_manual_grade = needs
                    elif grade.auto_score != auto:
                        grade.needs_manual_grade = True
                    grade.auto_score = auto
                for comment in notebook.comments:
                    if resubmitted:
                        comment.manual_comment = None
                    comment.auto_comment = given["comments"][comment.name]

    def remove(self, student: str) -> None:
        """Remove a student's submission of this unit; without one the score is blank and not 0."""
        if not is_text(student):
            return
        self._check_lease()
        with self.open() as gradebook, contextlib.suppress(MissingEntry), one_transaction(gradebook):
            gradebook.remove_submission(self.unit, student)


def read_submission(gradebook: Gradebook, unit: str, student: str) -> SubmissionResult | None:
    """Return a submission as plain data; None if there is none."""
    try:
        submission = gradebook.find_submission(unit, student)
    except MissingEntry:
        return None
    notebooks: dict[str, NotebookResult] = {}
    for notebook in submission.notebooks:
        people = {g.name: [g.manual_score, g.extra_credit] for g in notebook.grades}
        notebooks[notebook.name] = {
            "penalty": notebook.late_submission_penalty,
            "grades": {g.name: [g.auto_score, bool(g.needs_manual_grade)] for g in notebook.grades},
            "comments": {c.name: c.auto_comment for c in notebook.comments},
            "manual": {name: given for name, given in people.items() if given != [None, None]},
            "manual_comments": {c.name: c.manual_comment for c in notebook.comments if c.manual_comment},
        }
    return {
        "timestamp": submission.timestamp.isoformat() if submission.timestamp else None,
        "score": float(submission.score),
        "max_score": float(submission.max_score),
        "notebooks": notebooks,
    }
