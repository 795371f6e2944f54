"""The gradebook as the runner uses it: a scratch copy for each worker, and one transaction for each result.

Graders never write the real gradebook while they grade. Each has a small one of its own, with the assignment and no
student; what nbgrader enters there is read back as plain data, and goes into the real one in a single transaction. So
a score is there as a whole or not at all, whatever dies when, and no two processes write.
"""

from __future__ import annotations

import contextlib
import hashlib
import warnings
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from nbgrader.api import Base, Gradebook, MissingEntry
from sqlalchemy import create_engine, select
from sqlalchemy.exc import DatabaseError, SAWarning

from lrlab.printable import is_text

# nbgrader's own way of adding a submission; it does no harm, and would fill the log.
warnings.filterwarnings("ignore", category=SAWarning, message="Object of type <Submitted")

Result = dict[str, Any]
PATIENCE = 60  # seconds to wait for another program that writes the gradebook


class GradebookError(Exception):
    """The gradebook can't be read or written. One sentence, with what to do about it."""


@contextlib.contextmanager
def opened(url: str, course: str) -> Iterator[Gradebook]:
    """Open a gradebook for the time of a `with`.

    Raises:
        GradebookError: it is locked, damaged, or of another version.
    """
    patient = f"{url}{'&' if '?' in url else '?'}timeout={PATIENCE}" if url.startswith("sqlite:///") else url
    try:
        with Gradebook(patient, course) as gradebook:
            yield gradebook
    except DatabaseError as error:
        raise GradebookError(f"the gradebook {url.partition(':///')[2] or url} {_what_to_do(error)}") from error


def _what_to_do(error: DatabaseError) -> str:
    said = str(error.orig)
    if "locked" in said:
        return "is locked by another program: close what uses it (formgrader, another nbgrader), and try again"
    if "no such column" in said or "no such table" in said:
        return "is of another version of nbgrader: `nbgrader db upgrade` mends that, and keeps a copy"
    if "readonly" in said or "unable to open" in said:
        return f"can't be written ({said}): see whose file it is"
    if "malformed" in said or "not a database" in said:
        return f"is damaged ({said}): put a copy of it from before in its place"
    return f"can't be used: {said}"


class Books:
    """A course's gradebook and one of its units."""

    def __init__(self, url: str, course: str, unit: str) -> None:
        self.url, self.course, self.unit = url, course, unit

    @contextlib.contextmanager
    def opened(self) -> Iterator[Gradebook]:
        with opened(self.url, self.course) as gradebook:
            yield gradebook

    def notebooks(self) -> dict[str, float]:
        """The unit's notebooks and their points; LookupError when the gradebook does not have the unit."""
        with self.opened() as gradebook:
            try:
                assignment = gradebook.find_assignment(self.unit)
            except MissingEntry:
                raise LookupError(self.unit) from None
            return {notebook.name: float(notebook.max_score) for notebook in assignment.notebooks}

    def fingerprint(self) -> str:
        """Changes when a text, a flag or the points of a cell do: then every submission is graded anew."""
        sums = hashlib.sha256()
        with self.opened() as gradebook:
            for notebook in sorted(gradebook.find_assignment(self.unit).notebooks, key=lambda n: n.name):
                cells = [(c.name, c.cell_type, c.max_score) for c in [*notebook.grade_cells, *notebook.task_cells]]
                texts = [(c.name, c.cell_type, bool(c.locked), c.source) for c in notebook.source_cells]
                sums.update(repr((notebook.name, sorted(cells, key=repr), sorted(texts, key=repr))).encode())
        return sums.hexdigest()[:16]

    def scratch(self, path: Path) -> None:
        """Write a gradebook with this unit and nobody in it."""
        source = create_engine(self.url)
        target = create_engine(f"sqlite:///{path}")
        tables = Base.metadata.tables
        try:
            Base.metadata.create_all(target)
            with source.connect() as old, target.begin() as new:

                def carry(name: str, condition: Any) -> list[Any]:
                    rows = [dict(row._mapping) for row in old.execute(select(tables[name]).where(condition))]
                    if rows:
                        new.execute(tables[name].insert(), rows)
                    return [row["id"] for row in rows]

                carry("course", tables["course"].c.id == self.course)
                assignments = carry("assignment", tables["assignment"].c.name == self.unit)
                notebooks = carry("notebook", tables["notebook"].c.assignment_id.in_(assignments))
                carry("source_cell", tables["source_cell"].c.notebook_id.in_(notebooks))
                cells = carry("base_cell", tables["base_cell"].c.notebook_id.in_(notebooks))
                for name in ("grade_cells", "solution_cells", "task_cells"):
                    carry(name, tables[name].c.id.in_(cells))
        finally:
            source.dispose()
            target.dispose()

    def extension(self, student: str) -> float | None:
        """Seconds by which a student may be late."""
        if not is_text(student):
            return None
        with self.opened() as gradebook, contextlib.suppress(MissingEntry):
            extension = gradebook.find_submission(self.unit, student).extension
            return extension.total_seconds() if extension is not None else None
        return None

    def graded(self) -> set[str]:
        """Students of whom the gradebook has a submission."""
        with self.opened() as gradebook:
            return {submission.student.id for submission in gradebook.assignment_submissions(self.unit)}

    def entered(self, student: str) -> Result | None:
        """What stands in the gradebook for a student, points that a person gave and comments included."""
        if not is_text(student):
            return None  # it has no such name, and to ask for one is an error
        with self.opened() as gradebook:
            return read_submission(gradebook, self.unit, student)

    def enter(self, student: str, result: Result, *, anew: bool) -> None:
        """Put a result in the place of what is there, at once or not at all.

        A person's points and comments stay, marked for another look where the automatic score changed; with ``anew``,
        for other files than the person has seen, they go.
        """
        with self.opened() as gradebook, _one_transaction(gradebook) as session:
            gradebook.update_or_create_student(student)
            timestamp = datetime.fromisoformat(result["timestamp"]) if result["timestamp"] else None
            submission = gradebook.update_or_create_submission(self.unit, student)
            submission.timestamp = timestamp
            session.flush()
            for notebook in submission.notebooks:
                found = result["notebooks"][notebook.name]
                notebook.late_submission_penalty = found["penalty"]
                for grade in notebook.grades:
                    auto, needs = found["grades"][grade.name]
                    if anew:
                        grade.manual_score = grade.extra_credit = None
                    if grade.manual_score is None:
                        grade.needs_manual_grade = needs
                    elif grade.auto_score != auto:
                        grade.needs_manual_grade = True
                    grade.auto_score = auto
                for comment in notebook.comments:
                    if anew:
                        comment.manual_comment = None
                    comment.auto_comment = found["comments"][comment.name]

    def remove(self, student: str) -> None:
        """Take a student's submission of this unit out; ungraded is not 0."""
        if not is_text(student):
            return
        with self.opened() as gradebook, contextlib.suppress(MissingEntry), _one_transaction(gradebook):
            gradebook.remove_submission(self.unit, student)


def extend(url: str, course: str, unit: str, student: str, seconds: float | None) -> None:
    """Give a student of a scratch gradebook the extension that the real one has."""
    with Gradebook(url, course) as gradebook:
        gradebook.update_or_create_student(student)
        extension = timedelta(seconds=seconds) if seconds is not None else None
        gradebook.update_or_create_submission(unit, student, extension=extension)


def read_submission(gradebook: Gradebook, unit: str, student: str) -> Result | None:
    """A submission as plain data."""
    try:
        submission = gradebook.find_submission(unit, student)
    except MissingEntry:
        return None
    notebooks = {}
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


@contextlib.contextmanager
def _one_transaction(gradebook: Gradebook) -> Iterator[Any]:
    """nbgrader's methods commit one by one; in here they only flush, and all of it is committed at the end."""
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
