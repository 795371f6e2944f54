"""A table that a learning platform exported: its form is recognized, and kept when it is written again.

Canvas's gradebook (instructure/canvas-lms, ``lib/gradebook_exporter.rb``, read back by ``lib/gradebook_importer.rb``):
``Student, ID, [SIS User ID,] SIS Login ID, …, Section``, then a column ``Title (number)`` for each assignment, and
after the header a row ``Points Possible``. Separated by commas or semicolons.

Moodle's grading worksheet of an assignment (``mod/assign/gradingtable.php``, read back by
``mod/assign/feedback/offline/importgradeslib.php``): ``Identifier`` (``Participant 12``), ``Full name``, …, ``Grade``,
``Maximum grade``, ``Last modified (grade)``.

Moodle's gradebook (``grade/export/txt/grade_export_txt.php``, read back by ``grade/import/csv/classes/load_data.php``):
columns of persons, then ``Assignment: Title (Real)``, separated by commas, tabs, colons or semicolons.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lrlab._files import write_bytes
from lrlab.grading.batch.errors import CourseError
from lrlab.printable import printable

CANVAS_SHEET, WORKSHEET, MOODLE_SHEET = "Canvas's gradebook", "Moodle's grading worksheet", "Moodle's gradebook"
MOST_BYTES = 20_000_000
STATUS, GRADE = ("status", "statut"), ("grade", "bewertung", "note")  # of a worksheet; English, German, French
DELIMITERS = ",;\t:"
MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


@dataclass
class Sheet:
    """The table, and what it takes to write it in the same form."""

    path: Path
    kind: str
    rows: list[list[str]]
    encoding: str
    delimiter: str
    line_end: str
    points: list[str] = field(default_factory=list)  # of Canvas: the row with the points possible

    @property
    def header(self) -> list[str]:
        return [name.strip() for name in self.rows[0]]

    @property
    def people(self) -> list[list[str]]:
        """Return the rows of students; they may be changed."""
        return [row for row in self.rows[1:] if row is not self.points and not _is_blank(row)]

    @property
    def grades(self) -> int:
        """Return the index of the first column that is no longer about the person."""
        header = self.header
        if self.kind == CANVAS_SHEET:
            return header.index("Section") + 1
        if self.kind == WORKSHEET:
            ends = (*STATUS, *GRADE)
            return next((k for k, name in enumerate(header) if k and name.casefold() in ends), len(header))
        return next((k for k, name in enumerate(header) if ": " in name or name.endswith(")")), len(header))

    def number(self, row: Sequence[str]) -> str:
        """Return the platform's own number of the student in a row; empty where the table has none."""
        if self.kind == CANVAS_SHEET:
            return row[self.header.index("ID")].strip()
        if self.kind == WORKSHEET:
            return re.sub(r"\D+", "", row[0])
        return ""

    def write(self, to: Path) -> None:
        """Write the table atomically, in the encoding and with the separators that it had."""
        text = io.StringIO()
        csv.writer(text, delimiter=self.delimiter, lineterminator=self.line_end).writerows(self.rows)
        write_bytes(to, text.getvalue().encode(self.encoding))


def read_sheet(path: Path) -> Sheet:
    """Read a platform's table.

    Raises:
        CourseError: it can't be read, or is none that Canvas or Moodle exports.
    """
    shown = printable(str(path))
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise CourseError(f"{shown} can't be read: {error.strerror}") from None
    if len(raw) > MOST_BYTES:
        raise CourseError(f"{shown} is larger than {MOST_BYTES / 1e6:g} MB: a platform's table is not")
    text, encoding = _decoded(raw)
    line_end = "\r\n" if "\r\n" in text else "\n"
    delimiter = max(DELIMITERS, key=lambda sign: _columns(text, sign))
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True) if row]
    except csv.Error as error:
        raise CourseError(f"{shown} is no CSV file: {error}") from None
    if len(rows) < 2 or len(rows[0]) < 3:
        raise CourseError(f"{shown} must be a CSV file that Canvas or Moodle exported, with a header and students")
    for line, row in enumerate(rows[1:], 2):
        if len(row) != len(rows[0]):
            raise CourseError(
                f"{shown} must have {len(rows[0])} fields in each row, as its header has, got {len(row)} in row {line}"
            )
    sheet = Sheet(path, MOODLE_SHEET, rows, encoding, delimiter, line_end)
    header = sheet.header
    if (header[0] == "Student" or header[:2] == ["LastName", "FirstName"]) and "ID" in header and "Section" in header:
        sheet.kind = CANVAS_SHEET
        sheet.points = next((row for row in rows[1:] if "Points Possible" in row[0]), [])
    elif _are_participants([row[0].strip() for row in rows[1:]]):
        sheet.kind = WORKSHEET
    return sheet


def _decoded(raw: bytes) -> tuple[str, str]:
    for mark, encoding in MARKS:
        if raw.startswith(mark):
            return raw.decode(encoding, "replace"), encoding
    try:
        return raw.decode(), "utf-8"
    except UnicodeDecodeError:
        return raw.decode("latin-1"), "latin-1"  # any byte, and back again


def _columns(text: str, delimiter: str) -> tuple[int, int]:
    """Return how many columns the first rows agree on, as Canvas's importer finds it, or 0; and those of the header."""
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        counts = [len(row) for row, _ in zip(rows, range(4), strict=False) if row]
    except csv.Error:
        return 0, 0
    agreed = len(set(counts)) == 1 and counts[0] > 1
    return (counts[0] if agreed else 0), max(counts[:1], default=0)


def _are_participants(cells: list[str]) -> bool:
    """Return whether the cells are one word and a number each, whatever the language: ``Participant 12``."""
    starts = {re.sub(r"\d+$", "", cell) for cell in cells}
    return len(starts) == 1 and starts != {""} and all(re.fullmatch(r"[^\d@.,]+\d+", cell) for cell in cells)


def _is_blank(row: list[str]) -> bool:
    """Return whether it is a row that Canvas writes for grades that are hidden or posted by hand."""
    return all(re.fullmatch(r"\s*(Muted|Manual Posting.*)?\s*", cell, re.IGNORECASE) for cell in row)
