"""Who reaches the target in the fewest steps: a table of results, kept on this machine.

>>> from lrlab.leaderboard import Leaderboard
>>> board = Leaderboard("capstone-digits", target=0.9, budget=300)
>>> board.enter("Ada", Cosine(0.2, T_max=200), steps=200, accuracy=0.93)

Entries are read from and written to one JSON file in the folder that also holds kept results: ``results`` in the user's
cache folder, or the one that ``LRLAB_RESULTS`` names. With ``LRLAB_RESULTS=off`` they last as long as the object.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from lrlab._files import results_folder, write_text
from lrlab._table import Table, Tabular
from lrlab._validation import COUNT, UNIT, Validator, check
from lrlab.schedules import Schedule

__all__ = ["Entry", "Leaderboard", "LeaderboardError"]

WAIT = 10.0  # seconds for another notebook that is writing
WIDEST = 60  # characters of a schedule in the table


class LeaderboardError(RuntimeError):
    """A leaderboard that can't be read or written, with what to do about it in one sentence."""


def _text(value: Any) -> str:
    found = " ".join(value.split()) if isinstance(value, str) else ""
    if not (0 < len(found) <= 40 and found.isprintable()):
        raise ValueError
    return found


def _file_name(value: Any) -> str:
    if not (isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9_-]{1,60}", value)):
        raise ValueError
    return value


def _date(value: Any) -> str:
    return datetime.fromisoformat(value).isoformat(timespec="seconds")


PERSON = Validator("a text of 1 to 40 printable characters", _text)
FILE_NAME = Validator("1 to 60 letters, digits, hyphens or underscores", _file_name)


@dataclass(frozen=True)
class Entry:
    """One result: who, with which schedule (as Python shows it), after how many steps, how accurate, and when.

    ``name``: 1 to 40 characters. ``steps``: updates, >= 1. ``accuracy``: of the test images, 0 to 1. ``date``: ISO
    8601, UTC. Errors: ``ValueError`` names the argument, the rule and the value.
    """

    name: str
    schedule: str
    steps: int
    accuracy: float
    date: str

    def __post_init__(self) -> None:
        validators = {"name": PERSON, "steps": COUNT, "accuracy": UNIT, "date": Validator("a date in ISO 8601", _date)}
        validators["schedule"] = Validator("a text", str.strip)
        for name, validator in validators.items():
            object.__setattr__(self, name, check(name, validator, getattr(self, name)))


class Leaderboard(Tabular):
    """The entries of one competition, the best first: see :attr:`entries`.

    Args:
        name: of the competition, and of its file: 1 to 60 letters, digits, hyphens or underscores. Results that can't
            be compared, such as those on other data, belong under other names.
        target: the test accuracy to reach, 0 to 1. budget: the most steps that an entry may take, >= 1.

    Errors: ``ValueError`` names the argument, the rule and the value; :class:`LeaderboardError` for a file that is
    damaged or can't be read or written.
    """

    def __init__(self, name: str, *, target: float, budget: int) -> None:
        self.name = check("name", FILE_NAME, name)
        self.target: float = check("target", UNIT, target)
        self.budget: int = check("budget", COUNT, budget)
        self._kept_here: list[Entry] = []  # where nothing is kept on disk

    @property
    def path(self) -> Path | None:
        """The file; None if nothing is kept."""
        folder = results_folder()
        return None if folder is None else folder / f"leaderboard-{self.name}.json"

    @property
    def entries(self) -> tuple[Entry, ...]:
        """First those that reached the target, the fewest steps before more; then the others; else the more accurate.

        Between two alike the earlier one leads. An entry beyond the budget, made under another one, counts as one that
        did not reach it.
        """
        return tuple(sorted(self._read(), key=lambda e: (*self._rank(e), -e.accuracy, e.date)))

    def reached(self, entry: Entry) -> bool:
        """Whether ``entry`` came to the target within the budget."""
        return entry.accuracy >= self.target and entry.steps <= self.budget

    def enter(self, name: str, schedule: Schedule | str, *, steps: int, accuracy: float) -> int:
        """Write a result down, dated now, and return its place, 1 for the lead.

        ``name``: who. ``schedule``: a :class:`~lrlab.schedules.Schedule`, or a text that says how it goes. ``steps``:
        how many updates, 1 to the budget. ``accuracy``: of the test images, 0 to 1. The same name with the same
        schedule and steps again takes the place of the entry before.
        """
        if check("steps", COUNT, steps) > self.budget:
            raise ValueError(f"steps must be at most the budget of {self.budget}, got {steps!r}")
        if not isinstance(schedule, Schedule | str):
            raise ValueError(f"schedule must be a Schedule or a text, got {schedule!r}")
        words = schedule if isinstance(schedule, str) else repr(schedule)
        entry = Entry(name, words, steps, accuracy, datetime.now(UTC).isoformat())
        same = (entry.name, entry.schedule, entry.steps)
        with self._alone():
            others = [other for other in self._read() if (other.name, other.schedule, other.steps) != same]
            self._write([*others, entry])
        return self.entries.index(entry) + 1

    def clear(self) -> int:
        """Delete all entries; returns how many there were."""
        with self._alone():
            count = len(self._read())
            self._write([])
        return count

    def table(self) -> Table:
        rows = [["", "name", "steps", "accuracy", "target", "date", "schedule"]]
        for place, entry in enumerate(self.entries, start=1):
            met = "reached" if self.reached(entry) else "missed"
            words = entry.schedule if len(entry.schedule) <= WIDEST else f"{entry.schedule[: WIDEST - 1]}…"
            numbers = str(entry.steps), f"{entry.accuracy:.2%}"
            rows.append([f"{place}.", entry.name, *numbers, met, entry.date[:10], words])
        kept = "" if self.path else ", kept until this notebook is closed"
        head = f"{self.name}: {self.target:.1%} within {self.budget} steps{kept}"
        return Table(rows, title=head, left=(1, 4, 5, 6)) if len(rows) > 1 else Table([["no entry yet"]], title=head)

    # ---- the file

    def _rank(self, entry: Entry) -> tuple[int, int]:
        return (0, entry.steps) if self.reached(entry) else (1, 0)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Between reading and writing nobody else writes; a folder is made if there is none."""
        path = self.path
        if path is None:
            yield
            return
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(path.with_suffix(".lock"), timeout=WAIT):
                yield
        except Timeout:
            raise LeaderboardError(f"{path} is being written by another program; try again in a moment") from None
        except OSError as error:
            words = f"{path} can't be written ({error.strerror or error}); set LRLAB_RESULTS to a folder that can"
            raise LeaderboardError(words) from None

    def _read(self) -> list[Entry]:
        if self.path is None:
            return list(self._kept_here)
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
            names = {field.name for field in fields(Entry)}
            return [
                Entry(**{name: value for name, value in entry.items() if name in names}) for entry in found["entries"]
            ]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise LeaderboardError(f"{self.path} can't be read ({error.strerror or error})") from None
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            words = f"{self.path} is damaged ({error}); move it away or delete it to start a new leaderboard"
            raise LeaderboardError(words) from None

    def _write(self, entries: list[Entry]) -> None:
        path = self.path
        if path is None:
            self._kept_here = entries
            return
        words = json.dumps({"entries": [asdict(entry) for entry in entries]}, ensure_ascii=False, indent=1)
        write_text(path, words, mode=0o600)
