"""Workers: forks of their host, each of which grades one submission after another.

The host imports nbgrader and reads the course's configuration once, and has the one zygote from which the kernels of
all its workers are forked. A worker reads jobs from its channel and writes answers to it; see ``messages``. It exits
when its host ends.

When the zygote dies, the kernels of all workers end with it, whichever submission it was that took all of the machine's
memory. So each of them is graded once more, from a kernel of its own. Workers that are forked later have a new zygote.
"""

from __future__ import annotations

import contextlib
import ctypes
import logging
import os
import signal
import socket
import sys
import time
from pathlib import Path
from typing import NoReturn

from lrlab.checks.registry import unavailable_modules
from lrlab.grading.batch.messages import Again, Job, JobDone, PlaceSettings, Ready, decode, encode
from lrlab.grading.sandbox.zygote import Zygote

PR_SET_PDEATHSIG, PR_SET_NAME = 1, 15
PAUSE = 1.0  # seconds after no kernel could start
NAME = "lrlab-worker"  # of a worker, in the system's list of processes


class Workers:
    """What a host's workers are forked from; ``folder`` is the host's.

    Raises:
        ConfigurationError: the course's configuration can't be used.
        SandboxError: there is no bubblewrap.
    """

    def __init__(self, settings: PlaceSettings, folder: Path) -> None:
        self._zygote = None
        if not settings.unsandboxed:
            self._zygote = Zygote(settings.private, settings.packages, unavailable_modules(settings.unit)).start()
        from lrlab.grading.batch.autograde import Autograder  # now, beside the imports of the zygote

        self._autograder = Autograder(settings, folder)

    @property
    def has_lost_zygote(self) -> bool:
        """Whether the zygote has died, so that kernels start cold, which takes some seconds each."""
        return self._zygote is not None and not self._zygote.alive

    def replace_zygote(self) -> None:
        """Start a new zygote, for workers that are forked from now on.

        Raises:
            SandboxError: there is no bubblewrap any more.
        """
        assert self._zygote is not None
        self._zygote.close()
        self._zygote.start()

    def fork(self, channel: socket.socket) -> int:
        """Start a worker that answers on this channel; return its process id."""
        host = os.getpid()
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            self._become_worker(host, channel)
        return pid

    def close(self) -> None:
        """End the zygote, and every kernel of it that still runs."""
        if self._zygote is not None:
            self._zygote.close()

    def _become_worker(self, host: int, channel: socket.socket) -> NoReturn:
        try:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # the runner decides when to stop
            for number in (signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_DFL)
            os.setsid()
            _exit_with(host)
            _close_all_but(channel.fileno(), *(self._zygote.descriptors if self._zygote is not None else ()))
            self._autograder.open_scratch()
            self._work(channel)
            os._exit(0)
        except BaseException:
            sys.excepthook(*sys.exc_info())
        finally:
            os._exit(1)  # without what the host does at its end, such as removing its folder

    def _work(self, channel: socket.socket) -> None:
        """Say that it is ready, and grade until there are no more jobs."""
        if self._zygote is not None:
            self._zygote.wait()
        channel.sendall(encode(Ready()))
        for line in channel.makefile("rb"):
            channel.sendall(encode(self._grade(decode(line), channel)))

    def _grade(self, job: Job, channel: socket.socket) -> JobDone:
        """Grade a submission; once more if no kernel could start, and from a cold one if the zygote died.

        With the zygote this submission's kernel may have died. While it lives, that no kernel starts may pass: the
        system had no process left for a moment.
        """
        had_zygote = not self.has_lost_zygote
        done = self._autograder.grade(job)
        if had_zygote and not self.has_lost_zygote and done.state == "no sandbox":
            logging.getLogger().warning("No kernel started for %s, which is tried once more", job.student)
            time.sleep(PAUSE)
            channel.sendall(encode(Again()))
            done = self._autograder.grade(job)
        if had_zygote and self.has_lost_zygote:
            logging.getLogger().warning("The zygote died while %s was graded, which is done once more", job.student)
            channel.sendall(encode(Again()))
            done = self._autograder.grade(job)
        return done


def _exit_with(host: int) -> None:
    """On Linux, have the kernel end this process when its host ends, even if that is killed."""
    if sys.platform.startswith("linux"):
        with contextlib.suppress(OSError, AttributeError):
            libc = ctypes.CDLL(None)
            libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            libc.prctl(PR_SET_NAME, NAME.encode())
        if os.getppid() != host:
            os._exit(1)


def _close_all_but(*descriptors: int) -> None:
    """Close what the host has open: its input and output, and the channels of other workers."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    for name in os.listdir("/dev/fd"):
        if int(name) > 2 and int(name) not in descriptors:
            with contextlib.suppress(OSError):  # the listing's own
                os.close(int(name))
