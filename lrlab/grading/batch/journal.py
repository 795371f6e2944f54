"""What `lrlab grade` did: one line of JSON for each result, only ever added to.

grading/UNIT.jsonl holds, for every submission that was graded or set aside, when, from which files, under which terms,
with what result, and what it replaced. What has no line is untouched: a run that was killed is gone through again.
grading/UNIT.set_aside.json is the list for a person to look at, made anew from the log.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from lrlab._files import write_text

FOLDER = "grading"
GRADED = "graded"
SET_ASIDE = "set aside"
REPLACING = "replacing"  # what the gradebook had until then; a run that ended right after is gone through again
UNTOUCHED = "untouched"


class Busy(Exception):
    """Another run holds this unit."""


class Journal:
    """The log of a unit, and the folder in which its run makes things before they are moved in place."""

    def __init__(self, root: Path, unit: str) -> None:
        self.folder = root / FOLDER
        self.unit = unit
        self.path = self.folder / f"{unit}.jsonl"
        self.list = self.folder / f"{unit}.set_aside.json"
        self.log = self.folder / f"{unit}.log"
        self.making = self.folder / f".making-{unit}"

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Keep other runs of this unit out; the system lets go of it when this process ends, however it ends."""
        self.folder.mkdir(exist_ok=True)
        ignored = self.folder / ".gitignore"
        if not ignored.exists():
            ignored.write_text("*\n", encoding="utf-8")  # names and scores of students
        lock = FileLock(self.folder / f".{self.unit}.lock")
        try:
            lock.acquire(blocking=False)
        except Timeout:
            raise Busy(f"{self.unit} is being graded by another `lrlab grade`: wait for it, or end it") from None
        try:
            yield
        finally:
            lock.release()

    def read(self) -> list[dict[str, Any]]:
        """All lines, oldest first; one that a crash cut off, or that is damaged, says nothing."""
        try:
            text = self.path.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return []
        found = []
        for line in text.splitlines():
            with contextlib.suppress(ValueError):
                entry = json.loads(line)
                if isinstance(entry, dict) and all(isinstance(entry.get(key), str) for key in ("student", "state")):
                    found.append(entry)
        return found

    def latest(self, state: str | None = None) -> dict[str, dict[str, Any]]:
        """The last line of each student, or the last with this state."""
        return {entry["student"]: entry for entry in self.read() if state in (None, entry["state"])}

    def add(self, student: str, state: str, **about: Any) -> dict[str, Any]:
        """Write a line, on the disk when this returns; also the list, if it changes."""
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
        """What waits for a person: the last line of each student whose submission was set aside; by name."""
        return [entry for _, entry in sorted(self.latest().items()) if entry["state"] == SET_ASIDE]

    def write_list(self) -> None:
        keys = ("student", "reason", "at", "digest", "seconds")
        listed = [{key: entry[key] for key in keys if key in entry} for entry in self.set_aside()]
        write_text(self.list, json.dumps(listed, indent=1) + "\n")
