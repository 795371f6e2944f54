"""The zygote: a sandboxed process that has imported what a unit needs, and forks a kernel for every submission.

Each host of the runner has one, for all of its workers:

    with Zygote() as zygote:
        for submission in submissions:
            ...                        # nbgrader's Autograde converter, or any SandboxedKernelManager

Between enter and exit, every sandboxed kernel of this process, and of those forked from it, in which the same modules
are unavailable is forked from ``zygote``. Any other one, also after the zygote has died, starts cold: the same sandbox,
some seconds later. The limits apply to the kernel, not to the zygote. Entering raises SandboxError on a machine without
a sandbox.
"""

from __future__ import annotations

import contextlib
import select
import socket
import subprocess
from collections.abc import Sequence
from types import TracebackType

from lrlab.grading.sandbox import launch
from lrlab.grading.sandbox.limits import Limits, SandboxError

EVERYTHING = ("lrlab",)  # with torch, matplotlib and the rest
START = 120.0  # seconds that the imports may take

_current: Zygote | None = None


def current(unavailable: Sequence[str] = ()) -> Zygote | None:
    """Wait until this process's zygote is ready, and return it, to fork the next kernel from it.

    Args:
        unavailable: modules of lrlab that the kernel must not have, so the zygote must not have them either.

    Returns:
        None if there is no such zygote, or it has died: the kernel starts cold.
    """
    if _current is None or _current.unavailable != tuple(unavailable):
        return None
    return _current if _current.wait() else None


def has_died() -> bool:
    """Return whether this process had a zygote from which kernels were forked, and it has died."""
    return _current is not None and not _current.alive


class Zygote:
    """A sandboxed process that has imported ``packages``, and forks; the rest is as for ``bubblewrap.command_line``.

    A submission can import others as well, and that takes its own time.
    """

    def __init__(
        self,
        private: Sequence[str] | None = None,
        packages: Sequence[str] = EVERYTHING,
        unavailable: Sequence[str] = (),
    ) -> None:
        self.private, self.packages, self.unavailable = private, packages, tuple(unavailable)
        self.outer: subprocess.Popen[bytes]
        self.control: socket.socket

    def start(self) -> Zygote:
        """Start the imports; the first kernel waits until they are done."""
        global _current
        if _current is not None:
            raise RuntimeError("a process has one zygote at a time")
        self._ready = False
        self.outer, self.control = launch.start(
            Limits(), zygote=self.packages, private=self.private, unavailable=self.unavailable
        )
        _current = self
        return self

    def close(self) -> None:
        """End it, and every kernel of it that still runs."""
        global _current
        _current = None
        self.control.close()
        self.outer.kill()
        self.outer.wait()

    __enter__ = start

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def descriptors(self) -> tuple[int, ...]:
        """What a process that is forked from this one must keep open to use it."""
        assert self.outer.stdout is not None
        return self.control.fileno(), self.outer.stdout.fileno()

    @property
    def alive(self) -> bool:
        hangs_up = select.poll()
        hangs_up.register(self.control, 0)
        return not hangs_up.poll(0)

    def wait(self) -> bool:
        """Wait for the imports; return False if it has died, so that kernels start cold."""
        if not self._ready and select.select([self.control], [], [], START)[0]:
            # The message stays, for other processes with this zygote.
            with contextlib.suppress(OSError):
                self._ready = self.control.recv(16, socket.MSG_PEEK) == b"ready"
        return self._ready and self.alive

    def require(self) -> None:
        """Wait until it is ready.

        Raises:
            SandboxError: it did not start, with what it wrote.
        """
        if not self.wait():
            raise SandboxError(f"the zygote did not start: {launch.stderr_tail(self.outer) or 'it wrote nothing'}")
