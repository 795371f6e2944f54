"""Whose number it is: the student of each number in a platform's zip."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from lrlab.grading.batch.course import Course
from lrlab.grading.batch.errors import CourseError
from lrlab.grading.platforms import people
from lrlab.grading.platforms.people import Directory
from lrlab.grading.platforms.sheets import WORKSHEET, Sheet
from lrlab.grading.platforms.worksheet import HandedIn, handed_in, has_times
from lrlab.grading.platforms.zip_names import CANVAS, Member
from lrlab.grading.submission.folders import LONGEST, SIGNS, name_problem

TEST_STUDENT = "Student, Test"  # Canvas's own, in every course


class Participants:
    """Gives each of a platform's numbers its student."""

    def __init__(self, course: Course, sheet: Sheet | None, members: Iterable[Member]) -> None:
        self.sheet, self.platform = sheet, ""
        self.numbers_of: dict[str, set[str]] = {}
        for member in members:
            self.platform = member.platform
            self.numbers_of.setdefault(member.name, set()).add(member.number)
        self.known = course.gradebook.students()
        self.directory = Directory(self.known)
        self.rows: dict[str, list[str]] = {}
        self.times: dict[str, HandedIn] = {}
        self.known_rows: dict[str, str] = {}
        self.numbers = {o.number: student for student, o in people.read_origins(course.root, course.unit).items()}
        if self.platform == CANVAS:
            self.numbers = people.earlier_numbers(course.root) | self.numbers
        self.taken = {student: number for number, student in self.numbers.items()}
        self.in_zip: dict[str, str] = {}  # the number of each student of whom the zip has something
        if sheet is not None:
            self._read(sheet)

    def _read(self, sheet: Sheet) -> None:
        people_of_sheet = [row for row in sheet.people if row[0] != TEST_STUDENT]
        self.rows = {sheet.number(row): row[: sheet.grades] for row in people_of_sheet if sheet.number(row)}
        self.times = {sheet.number(row): handed_in(sheet, row) for row in people_of_sheet}
        if not self.rows:
            raise CourseError(
                f"{sheet.path} has no numbers of students: it must be Canvas's gradebook or Moodle's grading worksheet"
            )
        certain, _ = self.directory.match([(self._cells(number), row) for number, row in self.rows.items()])
        self.known_rows = {list(self.rows)[k]: student for k, student in certain.items()}

    def _cells(self, number: str) -> list[str]:
        """Return what surely identifies a student of the list; a number of Moodle's is of one assignment alone."""
        return [number, *self.rows[number]] if self.platform == CANVAS else self.rows[number]

    def everyone(self, numbers: set[str]) -> set[str]:
        """Return the class, without those of whom the zip has one of these numbers."""
        if self.sheet is None:
            return {person.id for person in self.known}
        named = 0 if self.platform == CANVAS else 1
        rows = {number: row for number, row in self.rows.items() if number not in numbers}
        return {self._listed(number) or row[min(named, len(row) - 1)] for number, row in rows.items()}

    def notes(self, numbers: Iterable[str]) -> list[str]:
        """Return what could not be read of the times at which these handed in, for a person."""
        if self.sheet is None or self.sheet.kind != WORKSHEET:
            return []
        if not has_times(self.sheet):
            return [
                f"{self.sheet.path} has no column `Last modified (submission)`, in English, German or French, so when "
                "they were handed in is not known"
            ]
        unread = [self.times[number].unread for number in numbers if number in self.times]
        texts = sorted(filter(None, unread))
        return [f"{self.sheet.path}: a time such as {texts[0]!r} can't be read ({len(texts)} of them)"] if texts else []

    def _listed(self, number: str) -> str:
        """Return the student of a number by the list: one of the gradebook, or the login or address that is there."""
        if self.sheet is None or number not in self.rows:
            return ""
        if number in self.known_rows:
            return self.known_rows[number]
        row, header = self.rows[number], self.sheet.header
        logins = [row[header.index(name)] for name in ("SIS Login ID", "SIS User ID") if name in header[: len(row)]]
        addresses = [cell for cell in row if re.fullmatch(r"[^@\s]+@[^@\s]+", cell)]
        return next((cell for cell in logins + addresses if not name_problem(cell)), "")

    def student(self, member: Member) -> str:
        """Return the student of a file: by the list, as before, by the gradebook, or else by the zip's name."""
        number, name = member.number, member.name
        student = self._listed(number) or self.numbers.get(number, "")
        if not student:
            # Where two have one name, as all have in anonymous grading, a name says nothing of either.
            names = [name] if self.numbers_of[name] == {number} else []
            candidates = self.directory.find([number] if self.platform == CANVAS else [], names)
            student = candidates.pop() if len(candidates) == 1 else _cleaned(name, number)
            if not names or self.taken.get(student, number) != number:
                student = _cleaned(f"{name}_{number}", number)
        if self.in_zip.setdefault(student, number) != number:  # the list gives both numbers one login
            student = _cleaned(f"{student}_{number}", number)
        self.numbers[number], self.taken[student] = student, number
        return student


def _cleaned(name: str, number: str) -> str:
    """Return a student's name that a folder may have; where signs had to go, with the platform's number."""
    signs = [sign for sign in name if unicodedata.category(sign)[0] in "LMN" or sign in SIGNS]
    kept = "".join(signs).strip(" .-_'@+’")[: LONGEST - 20].strip()
    if kept == name and not name_problem(kept):
        return kept
    return f"{kept}_{number}" if kept and not name_problem(kept) else f"student_{number}"
