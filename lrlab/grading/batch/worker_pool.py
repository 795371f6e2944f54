"""The runner's end of its graders: processes that are given one submission at a time, and replaced when they hang."""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

START = 240.0  # seconds until a grader is ready; importing torch from a cold disk may take a minute
LONGEST_ANSWER = 8_000_000  # bytes
TICK = 0.25


class Grader:
    """One process of `lrlab.grading.batch.worker`, with at most one job."""

    def __init__(self, about: dict[str, Any], log: Path, budget: float) -> None:
        self.job: dict[str, Any] | None = None
        self.ready = False
        self.answered = 0
        self.budget = budget
        self._rest = b""
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"}
        with log.open("ab") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "lrlab.grading.batch.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                cwd=about["root"],
                env=environment,
                start_new_session=True,  # Ctrl-C in the terminal is the runner's to answer
            )
        assert self.process.stdout is not None
        os.set_blocking(self.process.stdout.fileno(), False)
        self._until = time.monotonic() + START
        self._tell(about | {"parent": os.getpid()})

    def _tell(self, what: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        with suppress(BrokenPipeError):  # its end is noticed where answers are read
            self.process.stdin.write(json.dumps(what).encode() + b"\n")
            self.process.stdin.flush()

    def give(self, job: dict[str, Any]) -> None:
        self.job = job
        self._until = time.monotonic() + self.budget
        self._tell(job)

    @property
    def late(self) -> bool:
        return (not self.ready or self.job is not None) and time.monotonic() > self._until

    def answers(self) -> Iterator[dict[str, Any] | None]:
        """What it said; None: it is at its end."""
        assert self.process.stdout is not None
        while True:
            try:
                chunk = os.read(self.process.stdout.fileno(), 1 << 16)
            except BlockingIOError:
                return
            self._rest += chunk
            *lines, self._rest = self._rest.split(b"\n")
            for line in lines:
                yield json.loads(line)
            if not chunk or len(self._rest) > LONGEST_ANSWER:
                yield None
                return

    def end(self) -> str:
        """End it now, its kernels with it; returns how it had ended by itself, or an empty text."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        status = self.process.poll()
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            with suppress(OSError):
                pipe.close()
        if status is None:
            return ""
        return f"signal {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"


class Crew:
    """As many graders as asked for."""

    def __init__(self, size: int, about: dict[str, Any], log: Path, budget: float) -> None:
        self._about, self._log, self._budget = about, log, budget
        self._selector = selectors.DefaultSelector()
        self.graders: list[Grader] = []
        for _ in range(size):
            self.hire()

    def hire(self) -> None:
        grader = Grader(self._about, self._log, self._budget)
        self.graders.append(grader)
        assert grader.process.stdout is not None
        self._selector.register(grader.process.stdout, selectors.EVENT_READ, grader)

    def dismiss(self, grader: Grader) -> str:
        self.graders.remove(grader)
        assert grader.process.stdout is not None
        self._selector.unregister(grader.process.stdout)
        return grader.end()

    def heard(self) -> list[Grader]:
        """Those who have something to say, after a moment at most."""
        return [key.data for key, _ in self._selector.select(TICK)]

    def close(self) -> None:
        for grader in list(self.graders):
            self.dismiss(grader)
        self._selector.close()
