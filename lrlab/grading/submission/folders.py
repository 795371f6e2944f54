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
COPY = "(copy|copie|copia|kopie)"  # of a file, in the words of systems
FILES = ("ipynb", "ipynbtxt", "7z", "gz", "rar", "tar", "tgz", "zip")  # ends of names without signs


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
        if _resembles(entry, unit):
            paths.append(entry.name)
        elif entry.is_dir(follow_symlinks=False):
            for inner in _entries(Path(entry)):
                name = f"{entry.name}/{inner.name}"
                if inner.name != unit and _resembles(inner, unit):
                    paths.append(name)
                elif inner.name != unit and os.path.lexists(submitted / name / f"{unit}.ipynb"):
                    paths.append(f"{name}/{unit}.ipynb")
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


def _resembles(entry: os.DirEntry[str], unit: str) -> bool:
    """Return whether a name is the unit's except for capitals, signs, and the words or the number of a copy.

    Of a file, which can't be another unit, it is enough that the unit's name is in it.
    """
    bare, wanted = (re.sub(r"[\W_]+", "", text.casefold()) for text in (entry.name, unit))
    if not entry.is_dir(follow_symlinks=False) and bare.endswith(FILES):
        return wanted in bare
    return re.fullmatch(rf"({COPY}(of|von|de)?)?{re.escape(wanted)}({COPY}|final|new|neu|v)*\d*", bare) is not None


def name_problem(student: str) -> str:
    """Return why this can't be a student's name; empty if it can."""
    shown = printable(student)
    for sign in student:
        kind = unicodedata.category(sign)
        if kind[0] not in "LMN" and sign not in SIGNS:
            named = sign.encode("unicode_escape").decode() if kind == "Zs" else printable(sign)  # looks like a space
            return (
                f"The name of a student's folder may have letters, digits, spaces and . _ - @ + ', but '{shown}' has "
                f"'{named}' in it."
            )
    if not student or unicodedata.category(student[0])[0] not in "LN" or student.endswith(" "):
        return (
            f"The name of a student's folder must begin with a letter or digit and end in no space, unlike '{shown}'."
        )
    if len(student) > LONGEST:
        return f"The name of a student's folder may have {LONGEST} characters, and this one has {len(student)}."
    return ""
