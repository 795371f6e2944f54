"""A place that grades, as the runner sees it: a process, with lines in and out.

It is a command that speaks what ``messages`` says. Whatever it sends is data from another program; nothing of it is
more than read as JSON.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from lrlab.grading.batch.environment import without_secrets
from lrlab.grading.batch.messages import HEARTBEAT, GivenBack, Hello, Message, Outcome, Parcel, decode, encode
from lrlab.grading.batch.worker_pool import exit_text
from lrlab.printable import printable

LOCAL = "local"
START_TIMEOUT = 300.0  # seconds from hello until a place takes submissions; before that it may wait in Slurm's queue
SILENCE = 60.0  # seconds without a line, after which a place is lost
GRACE = 3.0  # seconds for a place to end by itself
LONGEST_LINE = 160_000_000  # bytes
GREETING = 65_536  # bytes that a login may print before the place says hello


class Command(NamedTuple):
    """How a place is started; ``name`` is what a person wrote."""

    name: str
    words: tuple[str, ...]

    @property
    def is_local(self) -> bool:
        return self.name == LOCAL


@dataclass
class Open:
    """A parcel that a place has; ``notes`` are about it, and for the journal."""

    parcel: Parcel
    notes: list[str] = field(default_factory=list)


class Lost(Exception):
    """A place can't go on. One clause that says why."""


class Place:
    """A command that is started again when it is lost; ``log`` gets what it writes to its standard error.

    ``gradebook`` is the gradebook's address, which no place but this machine learns. Once it is started, ``input`` and
    ``output`` are its pipes.
    """

    def __init__(self, how: Command, root: Path, log: Path, gradebook: str = "") -> None:
        self.how, self.root, self.log, self._gradebook = how, root, log, gradebook
        self.open: dict[str, Open] = {}
        self.slots = self.failures = 0
        self.left_out = ""  # why, if it is
        self.process: subprocess.Popen[bytes] | None = None
        self.start_at = 0.0

    @property
    def free(self) -> int:
        return self.slots - len(self.open)

    def start(self) -> None:
        environment = dict(os.environ) if self.how.is_local else without_secrets(os.environ, self._gradebook)
        self._said = self.log.stat().st_size if self.log.exists() else 0
        self._in, self._out, self.greeted, self._waited = bytearray(), bytearray(), False, False
        self.heard = self.beat = time.monotonic()
        with self.log.open("ab") as errors:
            try:
                self.process = subprocess.Popen(
                    self.how.words,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=errors,
                    cwd=self.root,
                    env=environment | {"OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"},
                    start_new_session=True,  # the runner handles Ctrl-C in the terminal
                )
            except OSError as error:
                raise Lost(f"{self.how.words[0]} can't be started: {error.strerror}") from error
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.input, self.output = self.process.stdin, self.process.stdout
        for pipe in (self.input, self.output):
            os.set_blocking(pipe.fileno(), False)

    def send(self, message: Message | None) -> None:
        """Send a message; None: an empty line."""
        self._out += b"\n" if message is None else encode(message)
        self.flush()

    @property
    def has_more_to_write(self) -> bool:
        return bool(self._out)

    def flush(self) -> None:
        """Write as much as the pipe takes."""
        with suppress(BlockingIOError, BrokenPipeError, ValueError):  # the end is noticed where lines are read
            while self._out:
                del self._out[: os.write(self.input.fileno(), self._out[: 1 << 16])]

    def read(self) -> Iterator[Any]:
        """Yield the messages that have arrived.

        Raises:
            Lost: it has ended, or what it sends is not a message.
        """
        while True:
            try:
                chunk = os.read(self.output.fileno(), 1 << 20)
            except BlockingIOError:
                return
            if not chunk:
                raise Lost(self._end())
            self.heard = time.monotonic()
            self._in += chunk
            if b"\n" in chunk:
                *lines, self._in = self._in.split(b"\n")
                for line in filter(bytearray.strip, lines):
                    yield from self._message(line)
            if len(self._in) > (LONGEST_LINE if self.greeted else GREETING):
                raise Lost("it sent a line without an end")

    def _message(self, line: bytearray) -> Iterator[Any]:
        try:
            message = decode(line)
        except ValueError:
            if self.greeted:
                raise Lost("it sent a line that is not a message") from None
            return  # a login's greeting
        if not self.greeted and not isinstance(message, Hello):
            raise Lost("it did not say hello")
        if not self.greeted:
            self.greeted, self._hello_at = True, time.monotonic()
        yield message

    def check(self) -> None:
        """Send a sign of life if it is time.

        Raises:
            Lost: it has been silent for too long.
        """
        now = time.monotonic()
        silent = self.greeted and now - self.heard > SILENCE and not self.how.is_local
        # A line may have come that was not read yet, because the runner was busy with a gradebook.
        if silent and not select.select([self.output], [], [], 0)[0]:
            raise Lost(f"nothing was heard from it for {SILENCE:g} seconds")
        if self.greeted and not self.slots and now - self._hello_at > START_TIMEOUT:
            raise Lost(f"it was not ready after {START_TIMEOUT:g} seconds")
        if now - self.beat > HEARTBEAT:
            self.beat = now
            self.send(None)

    def has_long_been_silent(self) -> bool:
        """Return, once in a start, whether so much time has passed without a hello that a person should know."""
        if self.greeted or self._waited or time.monotonic() - self.heard < SILENCE:
            return False
        self._waited = True
        return True

    def take(self, outcome: Outcome | GivenBack) -> Open | None:
        """Return the parcel of an outcome, which is no longer open; None if it has none, or one of other files."""
        held = self.open.get(outcome.student) if isinstance(outcome.student, str) else None
        if held is None or held.parcel.digest != outcome.digest:
            return None  # a duplicate, or of an earlier version
        return self.open.pop(outcome.student)

    def _end(self) -> str:
        assert self.process is not None
        with suppress(OSError):
            self.input.close()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(GRACE)
        with self.log.open("rb") as file:
            file.seek(self._said)
            lines = file.read()[-5000:].decode("utf-8", "replace").strip().splitlines()
        status = self.process.returncode
        how = "it closed its output" if status is None else f"it ended with {exit_text(status)}"
        return how + (f": {printable(lines[-1].strip())[:300]}" if lines else "")

    def close(self) -> None:
        """End it: a place ends with its input, and is killed if it doesn't."""
        if self.process is None:
            return
        process, self.process = self.process, None
        for pipe in (self.input, self.output):
            with suppress(OSError):
                pipe.close()
        try:
            process.wait(GRACE)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.slots = 0
