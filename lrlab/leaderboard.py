"""A race for the target accuracy in the fewest updates; its results are kept on this computer.

>>> from lrlab.leaderboard import Leaderboard
>>> board = Leaderboard("capstone-digits", target=0.9, budget=300)
>>> board.enter("Ada", Cosine(0.2, T_max=200), steps=200, accuracy=0.93)

They are in one JSON file in the folder of ``LRLAB_RESULTS``, by default ``results`` in the user's cache folder. With
``LRLAB_RESULTS=off`` they last as long as the object.
"""

from __future__ import annotations

from lrlab._extras import require

require("course", "platformdirs")

import json
import re
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from lrlab._files import results_folder, write_text
from lrlab._table import Table, Tabular
from lrlab._validation import COUNT, UNIT, Validator, check
from lrlab.schedules import Schedule

__all__ = ["Entry", "Leaderboard", "LeaderboardError"]

WIDEST = 60  # characters of a schedule in the table


class LeaderboardError(RuntimeError):
    """A leaderboard can't be read or written; the message says what to do."""


def _person(value: Any) -> str:
    text = " ".join(str.split(value))
    if not (0 < len(text) <= 40 and text.isprintable()):
        raise ValueError
    return text


def _file_name(value: Any) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,60}", value):
        raise ValueError
    return str(value)


PERSON = Validator("a text of 1 to 40 printable characters", _person)
FILE_NAME = Validator("1 to 60 letters, digits, hyphens or underscores", _file_name)


@dataclass(frozen=True)
class Entry:
    """One result: who, with which schedule, after how many updates, the share of right test images, and when (UTC)."""

    name: str
    schedule: str
    steps: int
    accuracy: float
    date: str


class Leaderboard(Tabular):
    """The entries of one race.

    Args:
        name: of the race and its file, 1 to 60 letters, digits, hyphens or underscores. Results on other data belong
            under another name.
        target: the test accuracy to reach, 0 to 1. budget: the most updates that an entry may use, >= 1.

    Raises:
        ValueError: an argument breaks its rule.
        LeaderboardError: the file is damaged, or can't be read or written.
    """

    def __init__(self, name: str, *, target: float, budget: int) -> None:
        self.name = check("name", FILE_NAME, name)
        self.target: float = check("target", UNIT, target)
        self.budget: int = check("budget", COUNT, budget)
        folder = results_folder()
        self.path = folder and folder / f"leaderboard-{self.name}.json"  # None: nothing is kept
        self._unsaved: list[Entry] = []

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Those that reached the target by their updates, then the others; ties by accuracy, then the earlier first."""
        entries = self._unsaved
        if self.path and self.path.exists():
            try:
                entries = [Entry(**entry) for entry in json.loads(self.path.read_text(encoding="utf-8"))["entries"]]
            except (OSError, ValueError, TypeError, KeyError) as error:
                advice = "move it away or delete it to start a new leaderboard"
                raise LeaderboardError(f"{self.path} can't be read ({error}); {advice}") from None
        by_accuracy = sorted(entries, key=lambda entry: -entry.accuracy)  # equals stay as they were entered
        reached = sorted(filter(self.reached, by_accuracy), key=lambda entry: entry.steps)
        return (*reached, *(entry for entry in by_accuracy if not self.reached(entry)))

    def reached(self, entry: Entry) -> bool:
        """Return whether ``entry`` reached the target within the budget."""
        return entry.accuracy >= self.target and entry.steps <= self.budget

    def enter(self, name: str, schedule: Schedule | str, *, steps: int, accuracy: float) -> int:
        """Save a result, dated now, and return its place; 1 is the lead.

        Args:
            name: who; the same one with the same schedule and steps replaces the earlier entry.
            schedule: a :class:`~lrlab.schedules.Schedule`, or a text that describes it.
            steps: updates used, 1 to the budget. accuracy: share of the test images, 0 to 1.
        """
        if check("steps", COUNT, steps) > self.budget:
            raise ValueError(f"steps must be at most the budget of {self.budget}, got {steps!r}")
        if not isinstance(schedule, Schedule | str):
            raise ValueError(f"schedule must be a Schedule or a text, got {schedule!r}")
        accuracy = check("accuracy", UNIT, accuracy)
        entry = Entry(check("name", PERSON, name), str(schedule), steps, accuracy, datetime.now(UTC).isoformat())
        same = (entry.name, entry.schedule, entry.steps)
        self._unsaved = [*(e for e in self.entries if (e.name, e.schedule, e.steps) != same), entry]
        if self.path:
            try:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                content = {"entries": [asdict(entry) for entry in self._unsaved]}
                write_text(self.path, json.dumps(content, ensure_ascii=False, indent=1), mode=0o600)
            except OSError as error:
                why = error.strerror or error
                raise LeaderboardError(f"{self.path} can't be written ({why}); set LRLAB_RESULTS to a folder") from None
        return self.entries.index(entry) + 1

    def table(self) -> Table:
        kept = "" if self.path else ", kept until this notebook is closed"
        title = f"{self.name}: {self.target:.1%} within {self.budget} steps{kept}"
        rows = [["", "name", "steps", "accuracy", "target", "date", "schedule"]]
        for place, entry in enumerate(self.entries, start=1):
            words = entry.schedule if len(entry.schedule) <= WIDEST else f"{entry.schedule[: WIDEST - 1]}…"
            measured = [str(entry.steps), f"{entry.accuracy:.2%}", "reached" if self.reached(entry) else "missed"]
            rows.append([f"{place}.", entry.name, *measured, entry.date[:10], words])
        return Table(rows if len(rows) > 1 else [["no entry yet"]], title=title, left=(1, 4, 5, 6))
