"""Files and results as text for a line of JSON, and checks of what comes back.

A place is another program, maybe on another machine. What it sends is treated like a submission: names that stay in
their folder, regular files alone, limits on sizes, and scores of the assignment's own cells within their points.
"""

from __future__ import annotations

import base64
import binascii
import math
import os
from collections.abc import Mapping, Set
from dataclasses import fields
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from lrlab._files import open_regular
from lrlab.grading.batch.messages import JobDone, SubmissionResult

MOST_FILES = 1000
MOST_BYTES = 100_000_000
DEEPEST = 12  # nested folders
LONGEST_TEXT = 10_000  # characters of nbgrader's own comment on a cell


class ParcelError(ValueError):
    """What arrived is not what was agreed on. One clause that says what it is."""


class NotebookCells(NamedTuple):
    """The cells of a notebook that a result has: the points of each graded one, and those that can have a comment."""

    points: Mapping[str, float]
    comments: Set[str]


def pack_files(folder: Path, leave_out: tuple[str, ...] = ()) -> dict[str, str]:
    """Return the regular files of a folder by their relative names, in base64; folders of these names stay out."""
    packed = {}
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(set(folders) - set(leave_out))
        for name in sorted(names):
            path = os.path.join(parent, name)
            if os.path.islink(path) or not os.path.isfile(path):
                continue
            with open_regular(path) as file:
                packed[os.path.relpath(path, folder)] = to_base64(file.read())
    return packed


def to_base64(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def from_base64(text: object) -> bytes:
    """Return the content of a packed file.

    Raises:
        ParcelError: it is not in base64.
    """
    try:
        return base64.b64decode(text, validate=True)  # type: ignore[arg-type]
    except (TypeError, ValueError, binascii.Error) as error:
        raise ParcelError("a file in it is not in base64") from error


def unpack_files(files: object, to: Path, *, mode: int = 0o600, folder_mode: int = 0o755) -> None:
    """Write packed files to a folder, which must not exist.

    Raises:
        ParcelError: it is not what ``pack_files`` makes, a name leads out of the folder, or there is too much, and
            nothing is written; or a file of it can't be written.
    """
    if not isinstance(files, Mapping) or len(files) > MOST_FILES:
        raise ParcelError(f"it has no list of at most {MOST_FILES} files")
    left = MOST_BYTES
    contents: dict[str, bytes] = {}
    for name, text in files.items():
        path = PurePosixPath(name)
        if path.is_absolute() or not path.parts or ".." in path.parts or "\0" in name or len(path.parts) > DEEPEST:
            raise ParcelError(f"the name {name[:100]!r} leads out of its folder, or too deep")
        contents[str(path)] = from_base64(text)
        left -= len(contents[str(path)])
        if left < 0:
            raise ParcelError(f"its files have more than {MOST_BYTES / 1e6:g} MB")
    try:
        to.mkdir(parents=True)
        for name, content in contents.items():
            target = to / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
            target.chmod(mode)
    except (OSError, UnicodeError) as error:  # a file where a folder should be, a name that is too long
        raise ParcelError(f"its files can't be written: {error}") from error
    for parent, _, _ in os.walk(to):
        os.chmod(parent, folder_mode)


def checked_done(about: object) -> JobDone:
    """Return the attributes of an outcome's ``done`` as what they should be.

    Raises:
        ParcelError: they are not.
    """
    kinds = {"state": str, "reason": str, "seconds": int | float, "notes": list}
    if not isinstance(about, Mapping) or not set(about) <= {each.name for each in fields(JobDone)}:
        raise ParcelError("it sent a result of the wrong form")
    if any(not isinstance(about.get(name), kind) for name, kind in kinds.items()) or not 0 <= about["seconds"] < 1e6:
        raise ParcelError("it sent a result of the wrong form")
    if len(about["notes"]) > 100 or not all(isinstance(note, str) and len(note) <= 1000 for note in about["notes"]):
        raise ParcelError("it sent notes of the wrong form")
    return JobDone(**about)


def checked_result(result: object, cells: Mapping[str, NotebookCells]) -> SubmissionResult:
    """Return what a place sent, if it has exactly the assignment's cells, with numbers between 0 and their points.

    Raises:
        ParcelError: it does not.
    """
    try:
        return _checked(result, cells)
    except (TypeError, KeyError, ValueError, AttributeError) as error:
        raise ParcelError(f"its result is not valid: {' '.join(str(error).split())[:200]}") from error


def _checked(result: Any, cells: Mapping[str, NotebookCells]) -> SubmissionResult:
    timestamp = result["timestamp"]
    if timestamp is not None and datetime.fromisoformat(timestamp).tzinfo is not None:
        raise ValueError("a time with a zone")
    if set(result["notebooks"]) != set(cells):
        raise ValueError("other notebooks")
    notebooks: dict[str, Any] = {}
    for name, (points, commented) in cells.items():
        given = result["notebooks"][name]
        if set(given["grades"]) != set(points) or set(given["comments"]) != commented:
            raise ValueError("other cells")
        penalty = given["penalty"]
        comments = {cell: None if text is None else _text(text) for cell, text in given["comments"].items()}
        notebooks[name] = {
            "penalty": None if penalty is None else _number(penalty, math.inf),
            "grades": {cell: _grade(given["grades"][cell], most) for cell, most in points.items()},
            "comments": comments,
            "manual": {},
            "manual_comments": {},
        }
    total = math.fsum(sum(each.points.values()) for each in cells.values())
    return {"timestamp": timestamp, "score": 0.0, "max_score": total, "notebooks": notebooks}


def _grade(given: Any, most: float) -> list[Any]:
    score, needs = given
    return [None if score is None else _number(score, most), bool(needs)]


def _number(value: Any, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most or value == math.inf:
        raise ValueError(f"a number between 0 and {most:g} is expected, and it has {value!r}")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise ValueError("a comment that is not a text, or too long")
    return value
