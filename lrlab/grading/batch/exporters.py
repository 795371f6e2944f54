"""The gradebook as a table: for a spreadsheet, in which nothing that a student wrote is a formula, Canvas and Moodle.

A score is only there when it is complete. What was not submitted, not graded, set aside, or waits for a person's points
is blank, never 0, and `Table.blanks` names it. nbgrader's own export writes 0.0 for all of these, so `nbgrader export`
is set to this one.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import ExportPlugin

from lrlab._files import write_text
from lrlab.grading.batch.course import ConfigurationError, configuration, course_folder
from lrlab.grading.batch.gradebook import open_gradebook
from lrlab.grading.batch.journal import GRADED, SET_ASIDE, Journal
from lrlab.grading.submission import files, folders
from lrlab.grading.submission.invalid import InvalidSubmission
from lrlab.printable import printable

NOT_SUBMITTED, NOT_GRADED, TO_MARK = "not submitted", "not graded", "to be marked by a person"
CHANGED = "submitted again, and not graded since"
COLUMNS = (
    *("student_id", "last_name", "first_name", "email", "unit", "state"),
    *("score", "max_score", "score_so_far", "late_penalty", "submitted", "reason"),
)
# Spreadsheets take these as the start of a formula, also after spaces, and in some countries after a semicolon.
FORMULA = re.compile(r"(^|[;,|\"])(\s*)([=+\-@＝＋－＠])")


class ExportError(Exception):
    """The gradebook can't be exported. One sentence."""


@dataclass(frozen=True)
class Student:
    id: str
    last_name: str = ""
    first_name: str = ""
    email: str = ""


@dataclass(frozen=True)
class Entry:
    """A student's result in a unit; `score` is None unless it is complete."""

    state: str
    max_score: float
    score: float | None = None
    so_far: float | None = None
    late_penalty: float = 0.0
    timestamp: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Table:
    """All students, all units, and an entry for each pair; sorted."""

    students: tuple[Student, ...]
    units: tuple[str, ...]
    points: dict[str, float]
    entries: dict[tuple[str, str], Entry]
    misplaced: tuple[str, ...] = ()  # what looks like a submission, in a wrong place below submitted/

    @property
    def blanks(self) -> list[str]:
        """Return a line for each missing score, with the reason."""
        lines = [f"submitted/{path}: looks like a submission and is in a wrong place" for path in self.misplaced]
        for (student, unit), entry in sorted(self.entries.items()):
            if entry.score is None:
                lines.append(f"{student}, {unit}: {entry.state}{f' ({entry.reason})' if entry.reason else ''}")
        return lines


def table(units: Sequence[str] | None = None, *, root: Path | None = None) -> Table:
    """Combine the gradebook, the journals and submitted/.

    Args:
        units: some of the gradebook's assignments; by default those that someone has submitted.
        root: the course folder; by default the nearest one, from the working directory up.

    Raises:
        ExportError: the gradebook does not have such a unit, or there is nothing in it.
        GradebookError: it can't be read.
    """
    root = course_folder() if root is None else Path(root).resolve()
    try:
        layout = CourseDirectory(config=configuration(root))
    except ConfigurationError as error:
        raise ExportError(str(error)) from error
    submitted = Path(layout.format_path(layout.submitted_directory, ".", ".")).resolve()
    with open_gradebook(layout.db_url, layout.course_id) as gradebook:
        known = {assignment.name: float(assignment.max_score) for assignment in gradebook.assignments}
        unknown = [unit for unit in units or () if unit not in known]
        if unknown:
            raise ExportError(f"the gradebook has no unit {unknown[0]!r}; it has: {', '.join(sorted(known)) or 'none'}")
        students = {
            s.id: Student(s.id, s.last_name or "", s.first_name or "", s.email or "") for s in gradebook.students
        }
        entries: dict[tuple[str, str], Entry] = {}
        chosen = []
        for unit in sorted(set(units)) if units else sorted(known):
            found = _unit(gradebook, unit, known[unit], Journal(root, unit), submitted, layout.ignore)
            if found or units:
                chosen.append(unit)
            entries |= {(student, unit): entry for student, entry in found.items()}
    for student, _ in entries:
        students.setdefault(student, Student(student))
    if not chosen:
        raise ExportError("there are no submissions yet")
    for student in students:
        for unit in chosen:
            entries.setdefault((student, unit), Entry(NOT_SUBMITTED, known[unit]))
    ordered = sorted(students.values(), key=lambda s: (s.last_name.casefold(), s.first_name.casefold(), s.id))
    lost = tuple(path for unit in chosen for path in folders.misplaced_submissions(submitted, unit))
    return Table(tuple(ordered), tuple(chosen), {unit: known[unit] for unit in chosen}, entries, lost)


def _unit(
    gradebook: Gradebook, unit: str, points: float, journal: Journal, submitted: Path, ignore: Iterable[str]
) -> dict[str, Entry]:
    latest = journal.latest()
    entries: dict[str, Entry] = {}
    notebooks = [notebook.name for notebook in gradebook.find_assignment(unit).notebooks]
    for submission in gradebook.assignment_submissions(unit):
        student = submission.student.id
        grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
        if all(grade.auto_score is None and grade.manual_score is None for grade in grades):
            entries[student] = Entry(NOT_GRADED, points)
            continue
        penalty = float(submission.late_submission_penalty or 0)
        score = max(0.0, float(submission.score) - penalty)
        state = TO_MARK if any(grade.needs_manual_grade for grade in grades) else GRADED
        last = latest.get(student, {})
        if (
            last.get("state") == GRADED
            and _digest(folders.submission_folder(submitted, student, unit), notebooks, ignore) != last["digest"]
        ):
            state = CHANGED
        timestamp = submission.timestamp.isoformat(sep=" ", timespec="seconds") if submission.timestamp else ""
        whole = score if state == GRADED else None
        entries[student] = Entry(state, points, whole, score, penalty, timestamp)
    for student in folders.list_students(submitted, unit):
        entries.setdefault(student, Entry(NOT_GRADED, points))
    for student, last in latest.items():
        if last["state"] == SET_ASIDE and (student not in entries or entries[student].state == NOT_GRADED):
            entries[student] = Entry(SET_ASIDE, points, reason=str(last.get("reason", "")))
    return entries


def _digest(folder: Path, notebooks: Sequence[str], ignore: Iterable[str]) -> str:
    try:
        return files.check_submission(folder, notebooks, ignore)
    except (InvalidSubmission, OSError):
        return ""


def safe(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: an apostrophe is put before what would start one."""
    flat = printable(re.sub(r"[\r\n\t\0]+", " ", text))
    return FORMULA.sub(r"\1\2'\3", flat)


Cell = str | float | None


def _csv(rows: Iterable[Sequence[Cell]], blank: str = "") -> str:
    """Return the rows as CSV: a text made safe, a number as it is, None as `blank`."""

    def written(cell: Cell) -> str:
        if cell is None:
            return blank
        return safe(cell) if isinstance(cell, str) else f"{round(cell, 4):g}"

    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([written(cell) for cell in row] for row in rows)
    return text.getvalue()


def as_csv(found: Table) -> str:
    """Return CSV with a row for each student and unit, with the state in words."""
    rows: list[Sequence[Cell]] = [COLUMNS]
    for student in found.students:
        for unit in found.units:
            entry = found.entries[student.id, unit]
            person = (student.id, student.last_name, student.first_name, student.email)
            numbers = (entry.score, entry.max_score, entry.so_far, entry.late_penalty)
            rows.append([*person, unit, entry.state, *numbers, entry.timestamp, entry.reason])
    return _csv(rows)


def as_canvas(found: Table) -> str:
    """Return Canvas's gradebook import: its five columns, one for each unit, and the points in the second row.

    Canvas knows a student by the ID, the SIS ids, or else the name; nbgrader's id goes where Canvas has the login. Only
    Canvas knows its own numbers for students, so these stay blank. A blank grade leaves the student without one.
    """
    rows: list[Sequence[Cell]] = [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *found.units],
        ["    Points Possible", "", "", "", "", *(found.points[unit] for unit in found.units)],
    ]
    for student in found.students:
        name = ", ".join(filter(None, (student.last_name, student.first_name))) or student.id
        rows.append([name, "", "", student.id, "", *(found.entries[student.id, unit].score for unit in found.units)])
    return _csv(rows)


def as_moodle(found: Table) -> str:
    """Return Moodle's grade import: map `Username` or `Email address` there, and each unit to a grade item.

    A missing grade is "-", as in Moodle's own export: in a new grade item Moodle enters an empty field as a grade.
    """
    rows: list[Sequence[Cell]] = [["First name", "Last name", "Username", "Email address", *found.units]]
    for student in found.students:
        person = (student.first_name, student.last_name, student.id, student.email)
        rows.append([*person, *(found.entries[student.id, unit].score for unit in found.units)])
    return _csv(rows, blank="-")


FORMATS: dict[str, tuple[Callable[[Table], str], str]] = {
    "csv": (as_csv, "grades.csv"),
    "canvas": (as_canvas, "grades-canvas.csv"),
    "moodle": (as_moodle, "grades-moodle.csv"),
}


def export(
    format: str = "csv", to: Path | None = None, units: Sequence[str] | None = None, *, root: Path | None = None
) -> tuple[Path, Table]:
    """Write the gradebook to a file, atomically.

    Args:
        format: "csv", "canvas" or "moodle".
        to: the file; by default grades.csv, grades-canvas.csv or grades-moodle.csv in the course folder.
        units: as for `table`.
        root: as for `table`.

    Raises:
        ExportError: no such format, no folder for the file, or nothing to write.
    """
    if format not in FORMATS:
        raise ExportError(f"format must be one of {', '.join(FORMATS)}, got {format!r}")
    root = course_folder() if root is None else Path(root).resolve()
    write, name = FORMATS[format]
    to = root / name if to is None else Path(to)
    if not to.parent.is_dir() or to.is_dir():
        raise ExportError(f"to must be a file in a folder that exists, got {to}")
    found = table(units, root=root)
    write_text(to, write(found))
    return to, found


class NbgraderExport(ExportPlugin):
    """`nbgrader export` with `lrlab export`'s table: for `ExportApp.plugin_class`."""

    def export(self, gradebook: Gradebook) -> None:
        """Write the table to `to`; by default of all assignments and students."""
        root = Path(self.parent.coursedir.root)
        to = Path(self.to) if self.to else root / FORMATS["csv"][1]
        try:
            found = table([str(unit) for unit in self.assignment] or None, root=root)
        except ExportError as error:
            self.parent.fail(str(error))
        if self.student:
            wanted = {str(student) for student in self.student}
            entries = {pair: entry for pair, entry in found.entries.items() if pair[0] in wanted}
            found = replace(found, students=tuple(s for s in found.students if s.id in wanted), entries=entries)
        write_text(to, as_csv(found))
        self.log.info("Exporting grades to %s", to)
        for line in found.blanks:
            self.log.warning("Without a score, and blank there: %s", line)
