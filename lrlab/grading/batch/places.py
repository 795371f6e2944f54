"""The places where a run's submissions are graded: what each one's name starts, and all of them at once.

A place that is lost (its process ends, it falls silent, it sends a line that is not a message) gets another try, and
after three without a result in between it is left out.
"""

from __future__ import annotations

import os
import re
import selectors
import shlex
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from lrlab.grading.batch import dask_sandbox, host
from lrlab.grading.batch.errors import CourseError
from lrlab.grading.batch.messages import Notice
from lrlab.grading.batch.place import LOCAL, Command, Lost, Place
from lrlab.grading.batch.worker_pool import POLL_INTERVAL

MOST_FAILURES = 3  # of a place, without a result in between
PAUSE = 2.0  # seconds before a place is started again, times the number of its failures
HOST = ("-m", host.__name__)


def command(name: str) -> Command:
    """Return the command of a place: ``local``, ``dask://HOST:PORT``, or a prefix such as ``ssh grader1``.

    A prefix starts this environment's Python. If it ends in a Python, as in ``ssh grader1 /opt/lrlab/bin/python``, it
    starts that one.

    Raises:
        CourseError: it is empty, its quotes don't match, or it is an address other than dask://HOST:PORT.
    """
    try:
        words = shlex.split(name)
    except ValueError as error:
        raise CourseError(f"--on must be a command, got {name!r}: {error}") from None
    if not words:
        raise CourseError("--on must be `local` or a command such as 'ssh grader1', and is empty")
    if words == [LOCAL]:
        return Command(LOCAL, (sys.executable, *HOST))
    if name.startswith(dask_sandbox.SCHEME):
        return Command(name, dask_sandbox.words(name))
    if re.match(r"[a-z][a-z0-9+.-]*://", words[0], re.IGNORECASE):
        raise CourseError(f"--on must be a command, or {dask_sandbox.SCHEME}HOST:PORT for a Dask cluster, got {name!r}")
    python = os.path.basename(words[-1]).startswith("python")
    return Command(name, (*words, *(() if python else (sys.executable,)), *HOST))


class Places:
    """All places of a run. ``poll`` starts them, also again, and says what they sent and which were lost."""

    def __init__(self, commands: Sequence[Command], root: Path, log: Path, staging: Path, gradebook: str = "") -> None:
        self.all = []
        for number, how in enumerate(commands):
            own = log if how.is_local else staging / f"place-{number}.log"
            self.all.append(Place(how, root, own, gradebook))
        self._log = log

    @property
    def left(self) -> list[Place]:
        return [place for place in self.all if not place.left_out]

    def poll(self) -> Iterator[tuple[Place, Any]]:
        """Yield each message with its place, or Lost; waits up to POLL_INTERVAL seconds."""
        for place in self.left:
            if place.process is None and time.monotonic() >= place.start_at:
                try:
                    place.start()
                except Lost as lost:
                    yield place, lost
        with selectors.DefaultSelector() as selector:
            for place in self.left:
                if place.process is not None:
                    selector.register(place.output, selectors.EVENT_READ, place)
                    if place.has_more_to_write:
                        selector.register(place.input, selectors.EVENT_WRITE, place)
            if not selector.get_map():
                time.sleep(POLL_INTERVAL)
            for key, event in selector.select(POLL_INTERVAL) if selector.get_map() else ():
                place = key.data
                if place.process is None:  # left out a moment ago
                    continue
                if event & selectors.EVENT_WRITE:
                    place.flush()
                else:
                    yield from self._heard(place)
        for place in self.left:
            if place.process is not None:
                try:
                    place.check()
                except Lost as lost:
                    yield place, lost
                    continue
                if place.has_long_been_silent():
                    yield place, Notice("it has not answered yet: it waits in a queue, or for a password, or it hangs")

    @staticmethod
    def _heard(place: Place) -> Iterator[tuple[Place, Any]]:
        try:
            for message in place.read():
                yield place, message
                if place.process is None:
                    return
        except Lost as lost:
            yield place, lost

    def close(self) -> None:
        """End all places, and add what they wrote to the log."""
        for place in self.all:  # all at once: each takes a moment
            if place.process is not None:
                with suppress(OSError):
                    place.input.close()
        for place in self.all:
            place.close()
            if place.log != self._log and place.log.exists() and place.log.stat().st_size:
                with self._log.open("a", encoding="utf-8") as log:
                    log.write(f"From {place.how.name}:\n{place.log.read_text('utf-8', 'replace')[-100_000:]}\n")
