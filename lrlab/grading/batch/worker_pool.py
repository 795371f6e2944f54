"""A host's worker processes: each grades one submission at a time, and is replaced when it hangs."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress

from lrlab.grading.batch.messages import Answer, Job, WorkerSettings, decode, encode

START_TIMEOUT = 240.0  # seconds until a worker is ready; importing torch from a cold disk may take a minute
LONGEST_ANSWER = 8_000_000  # bytes
POLL_INTERVAL = 0.25  # seconds
COPIES, RESULTS = "in", "out"  # folders of a job


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def exit_text(status: int) -> str:
    """Return how a process ended, in words, by its return code."""
    return f"signal {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"


class WorkerProcess:
    """One process of ``lrlab.grading.batch.worker``, with at most one job.

    Args:
        settings: what it needs once.
        budget: seconds on the clock for one job, after which the worker counts as hung.
    """

    def __init__(self, settings: WorkerSettings, budget: float) -> None:
        self.job: Job | None = None
        self.ready = False
        self.budget = budget
        self._rest = b""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "lrlab.grading.batch.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        assert self.process.stdout is not None
        os.set_blocking(self.process.stdout.fileno(), False)
        self._deadline = time.monotonic() + START_TIMEOUT
        self._send(settings)

    def _send(self, message: WorkerSettings | Job) -> None:
        assert self.process.stdin is not None
        with suppress(BrokenPipeError):  # its end is noticed where answers are read
            self.process.stdin.write(encode(message))
            self.process.stdin.flush()

    def submit(self, job: Job) -> None:
        """Give it a job; it must have none."""
        self.job = job
        self._deadline = time.monotonic() + self.budget
        self._send(job)

    @property
    def is_overdue(self) -> bool:
        return (not self.ready or self.job is not None) and time.monotonic() > self._deadline

    def read_answers(self) -> Iterator[Answer | None]:
        """Yield the answers that have arrived; None if the worker has exited."""
        assert self.process.stdout is not None
        while True:
            try:
                chunk = os.read(self.process.stdout.fileno(), 1 << 16)
            except BlockingIOError:
                return
            self._rest += chunk
            *lines, self._rest = self._rest.split(b"\n")
            for line in lines:
                yield decode(line)
            if not chunk or len(self._rest) > LONGEST_ANSWER:
                yield None
                return

    def terminate(self) -> str:
        """End it and its kernels; return how it had exited by itself, or an empty text."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        status = self.process.poll()
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            with suppress(OSError):
                pipe.close()
        return "" if status is None else exit_text(status)


class WorkerPool:
    """``size`` worker processes; the arguments are those of ``WorkerProcess``."""

    def __init__(self, size: int, settings: WorkerSettings, budget: float) -> None:
        self._settings, self._budget = settings, budget
        self.selector = selectors.DefaultSelector()  # a host has its own input in it, with no worker as data
        self.workers: list[WorkerProcess] = []
        for _ in range(size):
            self.spawn()

    def spawn(self) -> None:
        """Start one more worker."""
        worker = WorkerProcess(self._settings, self._budget)
        self.workers.append(worker)
        assert worker.process.stdout is not None
        self.selector.register(worker.process.stdout, selectors.EVENT_READ, worker)

    def terminate(self, worker: WorkerProcess) -> str:
        """End a worker; return how it had exited by itself, or an empty text."""
        self.workers.remove(worker)
        assert worker.process.stdout is not None
        self.selector.unregister(worker.process.stdout)
        return worker.terminate()

    def poll(self) -> list[WorkerProcess]:
        """Return the workers with output to read; waits up to POLL_INTERVAL seconds."""
        return [key.data for key, _ in self.selector.select(POLL_INTERVAL) if key.data is not None]

    def close(self) -> None:
        """End all workers."""
        for worker in list(self.workers):
            self.terminate(worker)
        self.selector.close()
