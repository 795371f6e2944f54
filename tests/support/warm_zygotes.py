"""A zygote for the graders of all `lrlab grade` that a worker starts, in place of one for each: it takes a second.

It has what the unit of `made_course` needs; a host of any other unit starts its own, and so does one whose zygote has
died. Each grader, and each kernel, is a process of the run's own as before.
"""

import atexit
import os
import select
import socket
import subprocess
from collections.abc import Sequence
from multiprocessing import reduction
from types import SimpleNamespace
from typing import Any, NamedTuple

from lrlab.checks.registry import unavailable_modules
from lrlab.grading.batch import worker
from lrlab.grading.sandbox import launch, zygote
from lrlab.grading.sandbox.limits import Limits, SandboxError

UNIT, PACKAGES = "decay_formulas", ["numpy"]
_started: list[tuple["subprocess.Popen[bytes]", socket.socket]] = []


class Descriptor:
    """A file descriptor that goes along to a process of `multiprocessing`."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __reduce__(self) -> tuple[object, ...]:
        return _arrived, (reduction.DupFd(self.number),)


def _arrived(duplicate: Any) -> Descriptor:
    return Descriptor(duplicate.detach())


class Lent(NamedTuple):
    """The zygote's control socket, and its output."""

    control: Descriptor
    output: Descriptor


def lent() -> Lent | None:
    """This process's zygote, for another process; None on a machine without a sandbox."""
    if not _started or _hung_up(_started[-1][1]):
        try:
            _started.append(launch.start(Limits(), zygote=PACKAGES, unavailable=unavailable_modules(UNIT)))
        except SandboxError:
            return None
        atexit.register(_end, *_started[-1])
    outer, control = _started[-1]
    assert outer.stdout is not None
    return Lent(Descriptor(control.fileno()), Descriptor(outer.stdout.fileno()))


def _hung_up(control: socket.socket) -> bool:
    poll = select.poll()
    poll.register(control, 0)
    return bool(poll.poll(0))


def _end(outer: "subprocess.Popen[bytes]", control: socket.socket) -> None:
    control.close()
    outer.kill()
    outer.communicate()


def use(given: Lent) -> None:
    """From now on, have this process's host take that zygote in place of its own."""
    current, has_died = zygote.current, zygote.has_died

    class Taken(zygote.Zygote):
        _is_lent = False

        def start(self) -> zygote.Zygote:
            control = socket.socket(fileno=os.dup(given.control.number))
            suits = (list(self.packages), self.unavailable) == (PACKAGES, unavailable_modules(UNIT))
            if not suits or _hung_up(control):
                control.close()
                return super().start()
            output = os.fdopen(os.dup(given.output.number), "rb", 0)
            self.outer = SimpleNamespace(stdout=output, pid=0)  # type: ignore[assignment]
            self.control, self._ready, self._is_lent = control, False, True
            zygote.current, zygote.has_died = self._found, lambda: not self.alive
            return self

        def _found(self, unavailable: Sequence[str] = ()) -> zygote.Zygote | None:
            return self if tuple(unavailable) == self.unavailable and self.wait() else None

        def close(self) -> None:
            if not self._is_lent:
                super().close()
                return
            self._is_lent = False
            zygote.current, zygote.has_died = current, has_died
            self.control.close()

    worker.Zygote = Taken
