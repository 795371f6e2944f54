"""A host's worker processes: each grades one submission at a time, and is replaced when it hangs."""

from __future__ import annotations

import os
import selectors
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

from lrlab.grading.batch.messages import Answer, Job, decode, encode

START_TIMEOUT = 240.0  # seconds until a worker is ready; importing torch from a cold disk may take a minute
LONGEST_ANSWER = 8_000_000  # bytes
POLL_INTERVAL = 0.25  # seconds
COPIES, RESULTS = "in", "out"  # folders of a job
SCRATCH, SOURCE = "scratch.db", "source"  # in a host's folder: a gradebook, and the unit as in `solutions/`

Fork = Callable[[socket.socket], int]


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def exit_text(status: int) -> str:
    """Return how a process ended, in words, by its return code."""
    return f"signal {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"


class WorkerProcess:
    """A worker, with at most one job.

    Args:
        fork: starts a process that answers on a channel, and returns its id; see ``worker.Workers``.
        budget: seconds on the clock for one job, after which the worker counts as hung.
    """

    def __init__(self, fork: Fork, budget: float) -> None:
        self.job: Job | None = None
        self.ready = False
        self.budget = budget
        self._rest = b""
        self.channel, theirs = socket.socketpair()
        with theirs:
            self.pid = fork(theirs)
        self._deadline = time.monotonic() + START_TIMEOUT

    def submit(self, job: Job) -> None:
        """Give it a job; it must have none."""
        self.job = job
        self.start_clock()
        with suppress(OSError):  # its end is noticed where answers are read
            self.channel.sendall(encode(job))

    def start_clock(self) -> None:
        """Give its job all of its time, from now on."""
        self._deadline = time.monotonic() + self.budget

    @property
    def is_overdue(self) -> bool:
        return (not self.ready or self.job is not None) and time.monotonic() > self._deadline

    def read_answers(self) -> Iterator[Answer | None]:
        """Yield the answers that have arrived; None if the worker has exited."""
        while True:
            try:
                chunk = self.channel.recv(1 << 16, socket.MSG_DONTWAIT)
            except BlockingIOError:
                return
            except OSError:  # it has ended before it read its job
                chunk = b""
            self._rest += chunk
            *lines, self._rest = self._rest.split(b"\n")
            for line in lines:
                yield decode(line)
            if not chunk or len(self._rest) > LONGEST_ANSWER:
                yield None
                return

    def terminate(self) -> str:
        """End it and its kernels; return how it had exited by itself, or an empty text."""
        ended, status = os.waitpid(self.pid, os.WNOHANG)
        if not ended:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        self.channel.close()
        return exit_text(os.waitstatus_to_exitcode(status)) if ended else ""


class WorkerPool:
    """``size`` workers; the arguments are those of ``WorkerProcess``."""

    def __init__(self, size: int, fork: Fork, budget: float) -> None:
        self._fork, self._budget = fork, budget
        self.selector = selectors.DefaultSelector()  # a host has its own input in it, with no worker as data
        self.workers: list[WorkerProcess] = []
        for _ in range(size):
            self.spawn()

    def spawn(self) -> None:
        """Start one more worker."""
        worker = WorkerProcess(self._fork, self._budget)
        self.workers.append(worker)
        self.selector.register(worker.channel, selectors.EVENT_READ, worker)

    def terminate(self, worker: WorkerProcess) -> str:
        """End a worker; return how it had exited by itself, or an empty text."""
        self.workers.remove(worker)
        self.selector.unregister(worker.channel)
        return worker.terminate()

    def poll(self) -> list[WorkerProcess]:
        """Return the workers with output to read; waits up to POLL_INTERVAL seconds."""
        return [key.data for key, _ in self.selector.select(POLL_INTERVAL) if key.data is not None]

    def close(self) -> None:
        """End all workers."""
        for worker in list(self.workers):
            self.terminate(worker)
        self.selector.close()
