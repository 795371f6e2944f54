"""The files in submitted/STUDENT/UNIT: check them, and copy them.

nbgrader copies every file of a submission, through links and from pipes too: a link to the gradebook would be copied
like a file of the student's. Here no link is followed, and nothing blocks.
"""

from __future__ import annotations

import contextlib
import fnmatch
import hashlib
import os
import re
import stat
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn
from zoneinfo import ZoneInfo

from nbgrader.utils import parse_utc

from lrlab._files import NotRegularError, open_regular
from lrlab.grading.submission.folders import name_problem
from lrlab.grading.submission.invalid import InvalidSubmission
from lrlab.printable import printable

MOST_FILES = 200
MOST_BYTES = 50_000_000
DEEPEST = 8  # nested folders
CHECKPOINTS = ".ipynb_checkpoints"  # JupyterLab's copies of notebooks at their last saving
TIMESTAMP = "timestamp.txt"  # nbgrader's, with the time of submission
TIME = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?) ?(Z|[+-]\d\d:?\d\d|[A-Za-z_/+-]*)")
EARLIER = 3600.0  # seconds by which a submission's time may be before its notebook was saved


def check_submission(folder: Path, notebooks: Sequence[str], ignore: Iterable[str] = ()) -> str:
    """Check a submission's files, and return their digest: another one means that it was submitted again.

    Args:
        folder: submitted/STUDENT/UNIT.
        notebooks: names of the notebooks that the assignment has, without ``.ipynb``.
        ignore: patterns of names that nbgrader leaves out.

    Raises:
        InvalidSubmission: it has a link or a file that is not regular, it is too large, or a notebook is missing.
    """
    return _read_all(folder, notebooks, tuple(ignore), None)


def submission_digest(folder: Path, notebooks: Sequence[str], ignore: Iterable[str] = ()) -> str:
    """Return what ``check_submission`` does; empty if the submission can't be graded."""
    try:
        return check_submission(folder, notebooks, ignore)
    except (InvalidSubmission, OSError):
        return ""


def read_submission(folder: Path, notebooks: Sequence[str], ignore: Iterable[str] = ()) -> tuple[str, dict[str, bytes]]:
    """Return the digest of what ``check_submission`` accepts, and its files by relative name.

    Checkpoints that differ from their notebooks are among the files, although no digest has them.
    """
    contents: dict[str, bytes] = {}
    digest = _read_all(folder, notebooks, tuple(ignore), contents)
    has_checkpoints = os.path.isdir(folder / CHECKPOINTS) and not os.path.islink(folder / CHECKPOINTS)
    for notebook in notebooks if has_checkpoints else ():
        name = checkpoint_of(notebook)
        left = MOST_BYTES - sum(map(len, contents.values()))
        with contextlib.suppress(OSError, InvalidSubmission):  # missing, a link, too large: it is no submission
            content = _content(folder / name, name, left)
            if content != contents[f"{notebook}.ipynb"]:
                contents.setdefault(name, content)
    return digest, contents


def checkpoint_of(notebook: str) -> str:
    """Return the relative path of a notebook's checkpoint; the notebook is named without ``.ipynb``."""
    return f"{CHECKPOINTS}/{notebook}-checkpoint.ipynb"


def _refuse(reason: str) -> NoReturn:
    raise InvalidSubmission(reason)


def _read_all(folder: Path, notebooks: Sequence[str], ignore: tuple[str, ...], keep: dict[str, bytes] | None) -> str:
    if problem := name_problem(unicodedata.normalize("NFC", folder.parent.name)):
        _refuse(problem)
    for path, what in ((folder.parent, "the student's folder"), (folder, "the submission")):
        if not stat.S_ISDIR(os.lstat(path).st_mode):
            _refuse(f"{what[0].upper()}{what[1:]} {printable(path.name)} is {_kind(path)}, not a folder.")
    sums = hashlib.sha256()
    left = MOST_BYTES
    names: list[str] = []
    time = b""
    for path in _walk(folder, ignore, 0):
        name = str(path.relative_to(folder))
        if len(names) == MOST_FILES and name != TIMESTAMP:
            _refuse(f"A submission may have {MOST_FILES} files, and this one has more.")
        content = _content(path, name, left)
        left -= len(content)
        if name == TIMESTAMP:  # not the student's
            time = _time(content)
        else:
            names.append(name)
        for part in (os.fsencode(name), content):
            sums.update(len(part).to_bytes(8, "big") + part)
        if keep is not None:
            keep[name] = time if name == TIMESTAMP else content
    for notebook in notebooks:
        if f"{notebook}.ipynb" not in names:
            there = ", ".join(sorted(names)[:3]) or "nothing"
            _refuse(f"There is no {notebook}.ipynb in it, only {printable(there)}{', …' * (len(names) > 3)}.")
    return sums.hexdigest()


def _walk(folder: Path, ignore: tuple[str, ...], depth: int) -> Iterator[Path]:
    if depth > DEEPEST:
        _refuse(f"Folders are nested more than {DEEPEST} deep.")
    with os.scandir(folder) as entries:
        listed = sorted(entries, key=lambda entry: entry.name)
    if len(listed) > 10 * MOST_FILES:
        _refuse(f"A submission may have {MOST_FILES} files, and this one has more.")
    for entry in listed:
        if any(fnmatch.fnmatch(entry.name, pattern) for pattern in ignore):
            continue
        path = folder / entry.name
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(path, ignore, depth + 1)
        elif entry.is_file(follow_symlinks=False):
            yield path
        else:
            _refuse(f"{printable(entry.name)} is {_kind(path)}, not a regular file.")


def _kind(path: Path) -> str:
    mode = os.lstat(path).st_mode
    kinds = ((stat.S_ISLNK, "a link"), (stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket"), (stat.S_ISREG, "a file"))
    return next((name for test, name in kinds if test(mode)), "a device")


def _content(path: Path, name: str, most: int) -> bytes:
    try:
        with open_regular(path) as file:
            content = file.read(most + 1)
    except NotRegularError:  # it was regular a moment ago
        _refuse(f"{printable(name)} is not a regular file.")
    except OSError as error:
        _refuse(f"{printable(name)} can't be opened: {error.strerror}.")
    if len(content) > most:
        _refuse(f"A submission may have {MOST_BYTES / 1e6:g} MB, and this one has more.")
    return content


def time_notes(folder: Path, notebooks: Sequence[str]) -> list[str]:
    """Return a note if the time of submission is before the notebook was saved, and one for each newer checkpoint."""
    try:
        saved = {name: (folder / f"{name}.ipynb").stat().st_mtime for name in notebooks}
    except OSError:
        return []
    notes = [
        f"{checkpoint.relative_to(folder)} is newer than {name}.ipynb, and was not used."
        for name in notebooks
        if (checkpoint := folder / checkpoint_of(name)).is_file()
        if checkpoint.stat().st_mtime > saved[name] + 1
    ]
    with contextlib.suppress(OSError, ValueError, InvalidSubmission):
        text = _time((folder / TIMESTAMP).read_bytes()[:100]).decode()
        handed_in = datetime.fromisoformat(text.removesuffix(" UTC")).replace(tzinfo=UTC).timestamp()
        last = max(saved.values())
        if handed_in < last - EARLIER:
            when = datetime.fromtimestamp(last, UTC)
            notes.append(f"{TIMESTAMP} says {text}, but the notebook was saved later, {when:%Y-%m-%d %H:%M:%S} UTC.")
    return notes


def _time(content: bytes) -> bytes:
    """Return the time of submission in UTC; nbgrader itself would read +0100 as 100 seconds."""
    text = content[:100].decode("utf-8", "replace").strip()
    if not text:
        return content
    match = TIME.fullmatch(text)
    try:
        if match is None:
            raise ValueError(text)
        day, hour, zone = match.groups()
        moment = datetime.fromisoformat(f"{day} {hour}{zone if zone[:1] in ('+', '-') else ''}")
        if zone not in ("", "Z", "UTC") and moment.tzinfo is None:
            moment = moment.replace(tzinfo=_zone(zone))
        if moment.tzinfo is None and zone not in ("", "Z", "UTC"):
            moment = parse_utc(text)  # a zone's short name, such as CEST, which dateutil knows
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        _refuse(
            f"{TIMESTAMP} must hold the time of submission, such as 2026-01-31 10:00:00 UTC, but has {text[:40]!r}."
        )
    return f"{moment:%Y-%m-%d %H:%M:%S.%f} UTC".encode()


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        return None
