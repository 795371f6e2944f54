"""Hand a run's submissions out to its places, and take back what comes; nothing is entered here.

A submission is tried again when its grader died, and set aside after two tries of its own. The loss of a place is no
try: its submissions go to others. What arrives twice, or late and of an earlier version, is dropped by its digest.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Protocol

from lrlab.grading.batch.messages import (
    Broken,
    GivenBack,
    Hello,
    JobDone,
    LeftOut,
    Notice,
    Outcome,
    Parcel,
    PlaceSettings,
    Ready,
)
from lrlab.grading.batch.parcel import ParcelError, checked_done
from lrlab.grading.batch.place import Lost, Open, Place
from lrlab.grading.batch.places import MOST_FAILURES, PAUSE, Places
from lrlab.grading.batch.versions import difference

MOST_TRIES = 2  # of a submission whose worker dies, which may be the machine's fault
MOST_LOSSES = 5  # of the places that had a submission: one that takes down every machine must not go on forever
MOST_SLOTS = 1000  # submissions at a time in one place
LONGEST_REASON = 2000  # characters


class Submissions(Protocol):
    """What becomes of submissions: see ``results.Results``."""

    def take(self, student: str) -> Open | None: ...

    def enter(self, parcel: Parcel, done: JobDone, graded_files: Any) -> None: ...

    def set_aside(self, student: str, reason: str, *, retry: bool, seconds: float | None = None) -> None: ...


class Dispatch:
    """The submissions that are still to be graded.

    ``settings`` has what this machine is told, and what others are: by whether it is this one. ``say`` is called with a
    line for the person who waits.
    """

    def __init__(
        self,
        results: Submissions,
        students: Sequence[str],
        places: Places,
        settings: dict[bool, PlaceSettings],
        say: Callable[[str], None] = lambda line: None,
    ) -> None:
        self.results, self.places, self.settings, self.say = results, places, settings, say
        self._queue = list(reversed(students))
        self._tries: dict[str, int] = {}
        self._losses: dict[str, int] = {}
        self.left_out: list[str] = []  # places, and why
        self.problem = ""  # why the run can't go on

    def turn(self) -> None:
        """Handle what has arrived, and hand out what places have room for; waits for a moment if nothing has."""
        for place, message in self.places.poll():
            self._handle(place, message)
            if self.problem:
                return
        self._hand_out()

    def _hand_out(self) -> None:
        for place in self.places.left:
            while place.free > 0 and self._queue:
                student = self._queue.pop()
                taken = self.results.take(student)
                if taken is not None:
                    place.open[student] = taken
                    place.send(taken.parcel)

    def _handle(self, place: Place, message: Any) -> None:
        match message:
            case Lost():
                self._replace(place, str(message))
            case Hello():
                different = "" if place.how.is_local else difference(message.versions)
                if different:
                    self._leave_out(place, different)
                else:
                    place.send(self.settings[place.how.is_local])
            case Ready(slots) if isinstance(slots, int):
                place.slots = min(max(1, slots), MOST_SLOTS)
            case Broken(reason):
                self._leave_out(place, _one_line(reason))
            case Outcome():
                self._settle(place, message)
            case GivenBack():
                if place.take(message):
                    self._lose(message.student)
                    place.failures += 1
                    if place.failures >= MOST_FAILURES:
                        self._leave_out(place, f"{_one_line(message.reason)} ({MOST_FAILURES} times)")
            case LeftOut(reason):
                self.left_out.append(f"{place.how.name}: {_one_line(reason)}")
            case Notice(text):
                self.say(f"{place.how.name}: {_one_line(text)}")
            case _:
                self._replace(place, "it sent a message that a place does not send")

    def _settle(self, place: Place, outcome: Outcome) -> None:
        held = place.take(outcome)
        if held is None:
            return
        try:
            done = checked_done(outcome.done)
        except ParcelError as error:
            place.open[held.parcel.student] = held
            self._replace(place, str(error))
            return
        done = replace(done, reason=_one_line(done.reason), notes=[*held.notes, *done.notes])
        try:
            if done.state not in ("course", "no sandbox"):
                self._hand_out()  # now, so that the place works while this result is entered
        finally:  # what is graded is entered, even if the next one can't be read
            self._enter(place, held, done, outcome.files)

    def _enter(self, place: Place, held: Open, done: JobDone, graded_files: Any) -> None:
        """Enter what came of a submission, or have it graded again."""
        student = held.parcel.student
        try:
            if done.state == "graded":
                self.results.enter(held.parcel, done, graded_files)
        except ParcelError as error:
            place.open[student] = held
            self._replace(place, str(error))
            return
        match done.state:
            case "graded":
                place.failures = 0
            case "course":
                self.problem = done.reason
            case "no sandbox" if not place.how.is_local:
                place.open[student] = held
                self._replace(place, done.reason)
            case "no sandbox":
                self._try_again(student, done.reason)
            case "died":
                self._try_again(student, f"Its grader ended by itself, {MOST_TRIES} times ({done.reason}).")
            case "hung":
                budget = self.settings[True].budget
                self.results.set_aside(student, f"Its grader did not finish in {budget:g} seconds.", retry=False)
            case _:  # "refused" or "failed": the place works
                place.failures = 0
                self.results.set_aside(student, done.reason, retry=done.state != "refused", seconds=done.seconds)

    def _try_again(self, student: str, reason: str) -> None:
        """After a try of a submission failed: queue it once more, or set it aside."""
        self._tries[student] = self._tries.get(student, 0) + 1
        if self._tries[student] < MOST_TRIES:
            self._queue.append(student)
        else:
            self.results.set_aside(student, reason, retry=True)

    def _take_back(self, place: Place) -> None:
        """After a place was lost: its submissions go to others, which is no try of theirs."""
        place.close()
        for student in reversed(list(place.open)):
            self._lose(student)
        place.open.clear()

    def _lose(self, student: str) -> None:
        self._losses[student] = self._losses.get(student, 0) + 1
        if self._losses[student] < MOST_LOSSES:
            self._queue.append(student)
        else:
            self.results.set_aside(student, f"The place that graded it was lost, {MOST_LOSSES} times.", retry=True)

    def _replace(self, place: Place, reason: str) -> None:
        """After a place was lost: start it again in a while, or leave it out."""
        place.failures += 1
        if place.failures >= MOST_FAILURES:
            self._leave_out(place, f"{_one_line(reason)} ({MOST_FAILURES} times)")
        else:
            self._take_back(place)
            place.start_at = time.monotonic() + PAUSE * place.failures * (not place.how.is_local)

    def _leave_out(self, place: Place, reason: str) -> None:
        self._take_back(place)
        place.left_out = reason
        if not place.how.is_local or len(self.places.all) > 1:
            self.left_out.append(f"{place.how.name}: {reason}")
        if not self.places.left:
            self.problem = f"this machine can't grade: {reason}"
            if self.left_out:
                self.problem = f"no place is left to grade: {'; '.join(self.left_out)}"


def _one_line(text: object) -> str:
    return " ".join(str(text).split())[:LONGEST_REASON]
