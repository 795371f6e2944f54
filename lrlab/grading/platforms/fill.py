"""``lrlab export --into FILE.csv``: scores into the table that the platform exported and takes back."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from lrlab.grading.batch.course import Course, output_file
from lrlab.grading.batch.errors import CourseError
from lrlab.grading.batch.table import Table, table
from lrlab.grading.platforms import people
from lrlab.grading.platforms.people import Directory, Origin
from lrlab.grading.platforms.sheets import CANVAS_SHEET, GRADE, MOODLE_SHEET, WORKSHEET, Sheet, read_sheet
from lrlab.grading.platforms.zip_names import CANVAS, MOODLE

KEPT = re.compile(r"EX|N/A", re.IGNORECASE)  # Canvas: excused, and not assigned to this student


@dataclass
class Filled:
    """What ``fill`` wrote."""

    path: Path
    kind: str
    columns: dict[str, str]  # the table's name of each unit
    scores: int = 0
    notes: list[str] = field(default_factory=list)  # what a person should know, a line each


def fill(
    path: Path,
    units: Sequence[str] | None = None,
    *,
    to: Path | None = None,
    columns: Mapping[str, str] | None = None,
    scale: bool = False,
    root: Path | None = None,
) -> Filled:
    """Enter each complete score into the platform's table; all else in it stays as it is.

    Args:
        path: Canvas's gradebook, Moodle's grading worksheet of one assignment, or Moodle's gradebook.
        units: by default those that someone has submitted and that the table has a column for.
        to: the file to write; by default ``path`` itself.
        columns: the table's name of a unit, where it is another one.
        scale: turn points into the platform's, where its maximum is another one.
        root: the course folder; by default the nearest one, from the working directory up.

    Raises:
        CourseError: the table can't be used, has no column for a unit, or has another maximum; or there are no scores.
    """
    sheet = read_sheet(path)
    to = output_file(to or path)
    grades = table(units, root=root)
    chosen = _columns(sheet, grades, columns or {}, bool(units))
    factors = {unit: _factor(sheet, unit, column, grades.points[unit], scale) for unit, column in chosen.items()}
    filled = Filled(to, sheet.kind, {unit: sheet.header[column] for unit, column in chosen.items()})
    course = Course(next(iter(chosen)), root)
    students = course.gradebook.students()
    first = min(*chosen.values(), sheet.grades)
    rows = {}
    for unit in chosen:
        origins = people.read_origins(course.root, unit)
        rows[unit] = _students(
            sheet, first, Directory(students, origins), _numbers(sheet, course.root, origins), filled
        )
    for unit, column in chosen.items():
        for student, row in rows[unit].items():
            entry = grades.entries.get((student, unit))
            if entry is None or entry.score is None:
                continue
            if KEPT.fullmatch(row[column].strip()):
                filled.notes.append(f"{student}, {unit}: {row[column].strip()} in the table stays")
                continue
            row[column] = f"{round(entry.score * factors[unit], 4):.10g}"
            filled.scores += 1
        for person in grades.students:
            entry = grades.entries[person.id, unit]
            if entry.score is None:
                filled.notes.append(f"{person.id}, {unit}: {entry.state}, so the table stays as it is")
            elif person.id not in rows[unit]:
                filled.notes.append(f"{person.id}, {unit}: is not in the table")
    sheet.write(to)
    filled.notes = list(dict.fromkeys(filled.notes))
    return filled


def _columns(sheet: Sheet, grades: Table, named: Mapping[str, str], all_of_them: bool) -> dict[str, int]:
    """Return the column of each unit."""
    unknown = sorted(set(named) - set(grades.units))
    if unknown:
        raise CourseError(f"--column names the unit {unknown[0]!r}, but the units are: {', '.join(grades.units)}")
    chosen: dict[str, int] = {}
    for unit in grades.units:
        if unit in named:
            fitting = [k for k, name in enumerate(sheet.header) if name == named[unit].strip()]
        elif sheet.kind == WORKSHEET:
            fitting = [k for k, name in enumerate(sheet.header) if name.casefold() in GRADE] * (len(grades.units) == 1)
        else:
            fitting = _titled(sheet, unit)
        if len(fitting) > 1:
            several = ", ".join(repr(sheet.header[k]) for k in fitting)
            raise CourseError(
                f"{sheet.path} has several columns for {unit}: {several}; choose one with --column {unit}=NAME"
            )
        if fitting:
            chosen[unit] = fitting[0]
        elif all_of_them or unit in named or len(grades.units) == 1:
            raise CourseError(_no_column(sheet, unit))
    if not chosen:
        raise CourseError(_no_column(sheet, grades.units[0]))
    for unit, column in chosen.items():
        name = sheet.header[column]
        if column == 0 or column < sheet.grades < len(sheet.header):
            raise CourseError(f"the column {name!r} of {sheet.path} says who it is: no score of {unit} can go there")
        if list(chosen.values()).count(column) > 1:
            raise CourseError(
                f"the column {name!r} of {sheet.path} can't have the scores of two units: {', '.join(chosen)}"
            )
    return chosen


def _no_column(sheet: Sheet, unit: str) -> str:
    if sheet.kind == WORKSHEET:
        return (
            f"{sheet.path} is the worksheet of one assignment: name its unit, as in `lrlab export {unit} --into …`, "
            f"and, if the column of grades is not called Grade, add --column {unit}=NAME"
        )
    there = ", ".join(repr(name) for name in sheet.header[sheet.grades :][:8]) or "none"
    return f"{sheet.path} has no column for {unit}; name it with --column {unit}=NAME; its columns are: {there}"


def _titled(sheet: Sheet, unit: str) -> list[int]:
    """Return the columns with the unit's name as title, but for capitals, signs, and what the platform puts around."""
    fitting = []
    for k, name in enumerate(sheet.header):
        if k < sheet.grades:
            continue
        if sheet.kind == CANVAS_SHEET:
            titles = {name, re.sub(r"\s\(\d+\)$", "", name)}
        else:
            bare = re.sub(r"\s*\([^()]*\)$", "", name)
            titles = {name, bare, re.sub(r"^[^:]*:\s*", "", bare)}
        if _plain(unit) in map(_plain, titles):
            fitting.append(k)
    real = [k for k in fitting if sheet.header[k].endswith("(Real)")]
    return real if sheet.kind == MOODLE_SHEET and len(real) == 1 else fitting


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())


def _factor(sheet: Sheet, unit: str, column: int, points: float, scale: bool) -> float:
    """Return what points are multiplied by; CourseError for another maximum than the platform's with ``scale`` off."""
    cells: list[str] = []
    if sheet.kind == CANVAS_SHEET and sheet.points:
        cells = [sheet.points[column]]
    elif sheet.kind == WORKSHEET and column + 1 < len(sheet.header):
        cells = sorted({row[column + 1] for row in sheet.people})
    if len(cells) > 1:
        raise CourseError(f"{sheet.path} has several maximum grades of {unit}: {', '.join(cells[:5])}")
    maximum = _number(cells[0]) if cells else None
    if maximum is None or maximum == points:
        return 1.0
    if not 0 < maximum < math.inf:
        raise CourseError(f"the maximum of {unit} must be more than 0, got {cells[0].strip()} in {sheet.path}")
    if not scale:
        raise CourseError(
            f"{unit} has {points:g} points, but {maximum:g} in {sheet.path}: change the platform's to {points:g} and "
            "export the table again, or add --scale"
        )
    return maximum / points if points else 1.0


def _number(cell: str) -> float | None:
    try:
        return float(cell.strip().replace(",", "."))
    except ValueError:
        return None


def _numbers(sheet: Sheet, root: Path, origins: Mapping[str, Origin]) -> dict[str, str]:
    """Return the student of each of the table's numbers."""
    platform = MOODLE if sheet.kind == WORKSHEET else CANVAS
    own = {origin.number: student for student, origin in origins.items() if origin.platform == platform}
    return own if sheet.kind == WORKSHEET else people.earlier_numbers(root) | own


def _students(
    sheet: Sheet, first: int, directory: Directory, numbers: Mapping[str, str], filled: Filled
) -> dict[str, list[str]]:
    """Return the row of each student of whom the table has one; what is about the person is before column ``first``."""
    people_there = sheet.people
    wanted = []
    for row in people_there:
        cells = row[:first]
        pairs = [" ".join(pair) for pair in pairwise(cells)]
        pairs += [" ".join(reversed(pair)) for pair in pairwise(cells)]
        if sheet.number(row) in numbers:
            cells, pairs = [numbers[sheet.number(row)]], []
        wanted.append((cells, cells + pairs))
    certain, doubtful = directory.match(wanted)
    for k, students in doubtful.items():
        who, row = " or ".join(sorted(students)), people_there[k]
        filled.notes.append(f"{' '.join(row[:first]).strip()}: may be {who}, so the row stays as it is")
    return {student: people_there[k] for k, student in certain.items()}
