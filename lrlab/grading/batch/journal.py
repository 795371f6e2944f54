"""The journal of ``lrlab grade``: an append-only file with one JSON object a line for each result.

grading/UNIT.jsonl has, for every submission that was graded or set aside: when, from which files, with which settings,
the result, and what it replaced. A submission without a line is not graded yet, so a run that was killed is repeated.
grading/UNIT.set_aside.json is the list for a person to look at, rewritten from the journal.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from lrlab._files import write_text
from lrlab.grading.batch.errors import Busy

FOLDER = "grading"
GRADED = "graded"
SET_ASIDE = "set aside"
REPLACING = "replacing"  # the previous entry, saved before it is replaced; after a crash here it is graded again
UNTOUCHED = "untouched"
# What an entry must have, and what its other keys must be where they are there.
NEEDED: dict[str, Any] = {"student": str, "state": str}
TYPES = NEEDED | {"at": str, "reason": str, "digest": str, "seed": int, "seconds": int | float, "notes": list}


class Journal:
    """The journal of a unit, its log, and the folder in which a run prepares results before they are moved.

    With ``shared`` (nbgrader's ``c.CourseDirectory.groupshared``), the folder's group may grade as well.
    """

    def __init__(self, root: Path, unit: str, *, shared: bool = False) -> None:
        self.folder = root / FOLDER
        self.shared = shared
        self.unit = unit
        self.path = self.folder / f"{unit}.jsonl"
        self.list = self.folder / f"{unit}.set_aside.json"
        self.log = self.folder / f"{unit}.log"
        self.staging = self.folder / f".making-{unit}"

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Keep other runs of this unit out. The system releases the lock when this process ends, however it ends.

        Raises:
            Busy: another run has it, or the folder is another user's.
        """
        before = os.umask(0o002) if self.shared else None  # also for the workers that are started in it
        try:
            try:
                self._make_folder()
                lock = FileLock(self.folder / f".{self.unit}.lock", mode=0o664 if self.shared else 0o644)
                lock.acquire(blocking=False)
            except Timeout:
                raise Busy(
                    f"{self.unit} is in use by another `lrlab grade` or `lrlab collect`: wait for it, or end it"
                ) from None
            except PermissionError as error:
                raise Busy(
                    f"{error.filename} is another user's: where a group shares it, set "
                    "`c.CourseDirectory.groupshared = True`, and let the owner `chmod -R g+rwX` the course folder"
                ) from None
            try:
                yield
            finally:
                lock.release()
        finally:
            if before is not None:
                os.umask(before)

    def _make_folder(self) -> None:
        self.folder.mkdir(exist_ok=True)
        ignored = self.folder / ".gitignore"
        if not ignored.exists():
            ignored.write_text("*\n", encoding="utf-8")  # names and scores of students
        for path in (self.folder, *self.folder.iterdir()) if self.shared else ():
            with contextlib.suppress(OSError):  # another's, who did the same
                extra = 0o2070 if path.is_dir() else 0o060
                path.chmod(stat.S_IMODE(path.stat().st_mode) | extra)
        for path in (self.path, self.log):
            if path.exists():
                path.open("ab").close()  # before anything is graded

    def read(self) -> list[dict[str, Any]]:
        """Return all entries, oldest first. A line that a crash cut off, or that is damaged, is skipped."""
        try:
            text = self.path.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return []
        entries = []
        for line in text.splitlines():
            with contextlib.suppress(ValueError, RecursionError):
                entry = json.loads(line)
                if _is_entry(entry):
                    entries.append(entry)
        return entries

    def latest(self, state: str | None = None) -> dict[str, dict[str, Any]]:
        """Return the last entry of each student, or the last one with this state."""
        return {entry["student"]: entry for entry in self.read() if state in (None, entry["state"])}

    def add(self, student: str, state: str, **about: Any) -> dict[str, Any]:
        """Append an entry; it is on the disk when this returns."""
        entry = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "student": student, "state": state, **about}
        line = json.dumps(entry, allow_nan=False).encode() + b"\n"
        with self.path.open("ab+") as file:
            if file.tell():
                file.seek(-1, os.SEEK_END)
                if file.read(1) != b"\n":  # a crash in the middle of a line
                    line = b"\n" + line
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
        return entry

    def set_aside(self) -> list[dict[str, Any]]:
        """Return the last entry of each student whose submission is set aside; sorted by name."""
        return [entry for _, entry in sorted(self.latest().items()) if entry["state"] == SET_ASIDE]

    def write_list(self) -> None:
        """Write the list of what is set aside."""
        keys = ("student", "reason", "at", "digest", "seconds")
        listed = [{key: entry[key] for key in keys if key in entry} for entry in self.set_aside()]
        write_text(self.list, json.dumps(listed, indent=1) + "\n", mode=0o664 if self.shared else None)


def _is_entry(value: Any) -> bool:
    if not isinstance(value, dict) or not value.keys() >= NEEDED.keys():
        return False
    return all(isinstance(value[key], kind) for key, kind in TYPES.items() if key in value)
