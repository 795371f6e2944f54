"""The table of scores in a file: for Canvas, Moodle, or a spreadsheet, in which no text of a student's is a formula.

nbgrader's own export writes 0.0 for a score that is not there, so ``nbgrader export`` is set to this one, which leaves
it blank.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.plugins import ExportPlugin

from lrlab._files import write_text
from lrlab.grading.batch.course import course_folder, output_file
from lrlab.grading.batch.errors import CourseError
from lrlab.grading.batch.table import Table, table
from lrlab.printable import printable

COLUMNS = (
    *("student_id", "last_name", "first_name", "email", "unit", "state"),
    *("score", "max_score", "score_so_far", "late_penalty", "submitted", "reason"),
)
# Spreadsheets take these as the start of a formula, also after spaces, and in some countries after a semicolon.
FORMULA = re.compile(r"(^|[;,|\"])(\s*)([=+\-@＝＋－＠])")


def safe(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: an apostrophe is put before what would start one."""
    flat = printable(re.sub(r"[\r\n\t\0]+", " ", text))
    return FORMULA.sub(r"\1\2'\3", flat)


Cell = str | float | None


def _csv(rows: Iterable[Sequence[Cell]], blank: str = "") -> str:
    """Return the rows as CSV: a text made safe, a number as it is, None as ``blank``."""

    def written(cell: Cell) -> str:
        if cell is None:
            return blank
        return safe(cell) if isinstance(cell, str) else f"{round(cell, 4):g}"

    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([written(cell) for cell in row] for row in rows)
    return text.getvalue()


def as_csv(grades: Table) -> str:
    """Return CSV with a row for each student and unit, with the state in words."""
    rows: list[Sequence[Cell]] = [COLUMNS]
    for student in grades.students:
        for unit in grades.units:
            entry = grades.entries[student.id, unit]
            person = (student.id, student.last_name, student.first_name, student.email)
            numbers = (entry.score, entry.max_score, entry.so_far, entry.late_penalty)
            rows.append([*person, unit, entry.state, *numbers, entry.timestamp, entry.reason])
    return _csv(rows)


def as_canvas(grades: Table) -> str:
    """Return Canvas's gradebook import: its five columns, one for each unit, and the points in the second row.

    Canvas knows a student by the ID, the SIS ids, or else the name; nbgrader's id goes where Canvas has the login. Only
    Canvas knows its own numbers for students, so these stay blank. A blank grade leaves the student without one.
    """
    rows: list[Sequence[Cell]] = [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *grades.units],
        ["    Points Possible", "", "", "", "", *(grades.points[unit] for unit in grades.units)],
    ]
    for student in grades.students:
        name = ", ".join(filter(None, (student.last_name, student.first_name))) or student.id
        rows.append([name, "", "", student.id, "", *(grades.entries[student.id, unit].score for unit in grades.units)])
    return _csv(rows)


def as_moodle(grades: Table) -> str:
    """Return Moodle's grade import: map ``Username`` or ``Email address`` there, and each unit to a grade item.

    A missing grade is "-", as in Moodle's own export: in a new grade item Moodle enters an empty field as a grade.
    """
    rows: list[Sequence[Cell]] = [["First name", "Last name", "Username", "Email address", *grades.units]]
    for student in grades.students:
        person = (student.first_name, student.last_name, student.id, student.email)
        rows.append([*person, *(grades.entries[student.id, unit].score for unit in grades.units)])
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
        units: as for ``table``.
        root: as for ``table``.

    Raises:
        CourseError: no such format, no folder for the file, or nothing to write.
    """
    if format not in FORMATS:
        raise CourseError(f"format must be one of {', '.join(FORMATS)}, got {format!r}")
    root = course_folder(root)
    write, name = FORMATS[format]
    to = output_file(to or root / name)
    grades = table(units, root=root)
    write_text(to, write(grades))
    return to, grades


class NbgraderExport(ExportPlugin):
    """``nbgrader export`` with ``lrlab export``'s table: for ``ExportApp.plugin_class``."""

    def export(self, gradebook: Gradebook) -> None:
        """Write the table to ``to``; by default of all assignments and students."""
        root = Path(self.parent.coursedir.root)
        to = Path(self.to) if self.to else root / FORMATS["csv"][1]
        try:
            grades = table([str(unit) for unit in self.assignment] or None, root=root)
        except CourseError as error:
            self.parent.fail(str(error))
        if self.student:
            wanted = {str(student) for student in self.student}
            entries = {pair: entry for pair, entry in grades.entries.items() if pair[0] in wanted}
            grades = replace(grades, students=tuple(s for s in grades.students if s.id in wanted), entries=entries)
        write_text(to, as_csv(grades))
        self.log.info("Exporting grades to %s", to)
        for line in grades.blanks:
            self.log.warning("Without a score, and blank there: %s", line)
