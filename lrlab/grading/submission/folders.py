"""Where submissions are, whose they are, and what looks like one in a wrong place."""

from __future__ import annotations

import os
import re
import unicodedata
from pathlib import Path

from lrlab.printable import HARMLESS, printable

# A student's name becomes part of paths, globs, pages and addresses. Letters, marks and digits of all scripts, and:
SIGNS = "._-@+' ’" + HARMLESS
LONGEST = 100


def list_students(submitted: Path, unit: str) -> list[str]:
    """Return the students who have something at ``submitted``/STUDENT/``unit``; sorted, in the form NFC."""
    try:
        names = os.listdir(submitted)
    except (FileNotFoundError, NotADirectoryError):
        return []
    there = (name for name in names if not name.startswith(".") and os.path.lexists(submitted / name / unit))
    return sorted({unicodedata.normalize("NFC", name) for name in there})


def submission_folder(submitted: Path, student: str, unit: str) -> Path:
    """Return the folder of a student's submission, also where its name is in the form NFD, as in a Mac's zip."""
    path = submitted / student / unit
    if not os.path.lexists(path) and submitted.is_dir():
        for name in sorted(os.listdir(submitted)):
            if unicodedata.normalize("NFC", name) == student and os.path.lexists(submitted / name / unit):
                return submitted / name / unit
    return path


def misplaced_submissions(submitted: Path, unit: str) -> list[str]:
    """Return paths below ``submitted`` that look like a submission of the unit and are in a wrong place; sorted."""
    paths = []
    for entry in _entries(submitted):
        if _resembles(entry.name, unit):
            paths.append(entry.name)
        elif entry.is_dir(follow_symlinks=False):
            paths += [
                f"{entry.name}/{e.name}" for e in _entries(Path(entry)) if e.name != unit and _resembles(e.name, unit)
            ]
            form = unicodedata.normalize("NFC", entry.name)
            if form != entry.name and submission_folder(submitted, form, unit).parent.name != entry.name:
                paths.append(f"{entry.name}/{unit}")
    return sorted(paths)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return [entry for entry in entries if not entry.name.startswith(".")]
    except OSError:
        return []


def _resembles(name: str, unit: str) -> bool:
    """Return whether a name is the unit's except for capitals, signs, an ending, or the number of a copy."""
    bare, wanted = (re.sub(r"[\W_]+", "", text.casefold()) for text in (name, unit))
    return re.fullmatch(rf"{re.escape(wanted)}(copy)?\d*(ipynb|zip)?", bare) is not None


def name_problem(student: str) -> str:
    """Return why this can't be a student's name; empty if it can."""
    shown = printable(student)
    for sign in student:
        if unicodedata.category(sign)[0] not in "LMN" and sign not in SIGNS:
            return (
                f"The name of a student's folder may have letters, digits, spaces and . _ - @ + ', but '{shown}' has "
                f"'{printable(sign)}' in it."
            )
    if not student or unicodedata.category(student[0])[0] not in "LN" or student.endswith(" "):
        return (
            f"The name of a student's folder must begin with a letter or digit and end in no space, unlike '{shown}'."
        )
    if len(student) > LONGEST:
        return f"The name of a student's folder may have {LONGEST} characters, and this one has {len(student)}."
    return ""
