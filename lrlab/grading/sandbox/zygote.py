"""A warm kernel: a parent that has imported torch and the rest once, and forks a boxed kernel for every submission.

For the runner, once in each of its worker processes:

    with Warm() as warm:
        for submission in submissions:
            ...                        # nbgrader's Autograde converter, or any BoxedKernelManager

Between enter and exit every boxed kernel that this process starts (`lrlab.grading.sandbox.provisioner.BoxedKernelManager`, and
with it `ExecuteSubmission`) is forked from `warm`; outside, or where `warm.alive` is false, it starts cold: the same
box, some seconds later. The limits are the kernel's, not the parent's. Nothing has to be passed on. Where no sandbox is
to be had, entering raises SandboxError.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import subprocess
import time
from collections.abc import Sequence
from types import TracebackType

from lrlab.grading.sandbox import process
from lrlab.grading.sandbox.bubblewrap import Limits, SandboxError

START = 120.0  # seconds the imports may take

_current: Warm | None = None


def current() -> Warm | None:
    """The warm parent that this process's next kernel comes from, once it is ready; None: start cold."""
    if _current is None or _current.owner != os.getpid() or not _current.wait():
        return None
    return _current


class Warm:
    """A boxed process that has imported torch, and forks. `private` is as for `sandbox.command`."""

    def __init__(self, private: Sequence[str] | None = None) -> None:
        self.private = private
        self.owner = os.getpid()
        self.outer: subprocess.Popen[bytes]
        self.control: socket.socket
        self._ready = False

    def __enter__(self) -> Warm:
        """Start importing; the first kernel waits until that is done."""
        global _current
        if _current is not None:
            raise RuntimeError("a process has one warm parent at a time")
        self.outer, self.control = box.start(Limits(), warm=True, private=self.private)
        _current = self
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it, and with it every kernel that still runs."""
        global _current
        _current = None
        self.control.close()
        self.outer.kill()
        self.outer.wait()

    @property
    def alive(self) -> bool:
        return self.outer.poll() is None

    def wait(self) -> bool:
        """Wait for the imports; False where it has died, and kernels start cold."""
        deadline = time.monotonic() + START
        while not self._ready and self.alive and time.monotonic() < deadline:
            if select.select([self.control], [], [], 0.5)[0]:
                with contextlib.suppress(OSError):
                    self._ready = self.control.recv(16) == b"warm"
                if not self._ready:
                    break
        return self._ready and self.alive

    def require(self) -> None:
        """Raise SandboxError, with what the box said, unless it is ready."""
        if not self.wait():
            raise SandboxError(f"the warm kernel did not start: {box.said(self.outer) or 'it said nothing'}")
