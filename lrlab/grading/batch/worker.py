"""A worker process of the runner: grades one submission after another.

It reads its settings and then jobs from standard input, and writes answers to what was its standard output; see
``messages``. It exits when its input ends, and on Linux when the runner does.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import logging
import os
import signal
import sys

from lrlab.checks.registry import unavailable_modules
from lrlab.grading.batch.messages import Broken, Job, Ready, WorkerSettings, decode, take_output
from lrlab.grading.sandbox.zygote import Zygote

PR_SET_PDEATHSIG = 1


def _exit_with(parent: int) -> None:
    """On Linux, have the kernel end this process when the runner ends, even if that is killed."""
    if sys.platform.startswith("linux"):
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)


def main() -> None:
    """Answer ``Ready``, then one job after another until there are no more."""
    send = take_output()
    settings: WorkerSettings = decode(sys.stdin.readline())
    _exit_with(settings.parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the runner decides when to stop

    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    with contextlib.ExitStack() as stack:
        try:
            zygote = None
            if not settings.unsandboxed:
                unavailable = unavailable_modules(settings.unit)
                zygote = stack.enter_context(Zygote(settings.private, settings.packages, unavailable))
            # While the zygote imports, this process imports nbgrader. What is imported stays, so no collection of
            # garbage has to look through it, now or later.
            gc.disable()
            from lrlab.grading.batch.autograde import Autograder

            autograder = Autograder(settings)
            gc.freeze()
            gc.enable()
        except Exception as error:
            logging.getLogger().exception("A worker can't start")
            send(Broken(f"{type(error).__name__}: {' '.join(str(error).split())}"))
            return
        if zygote is not None:
            zygote.wait()
        send(Ready())
        for line in sys.stdin:
            job: Job = decode(line)
            send(autograder.grade(job))
            if zygote is not None and not zygote.alive:
                break  # the runner starts another worker, with a new zygote
    os._exit(0)


if __name__ == "__main__":
    main()
