"""A grader's process: grades one submission after another.

It is told on its standard input what to grade, a line of JSON each, and answers on what was its standard output. It
ends when its input does, and on Linux when the runner does.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import logging
import os
import signal
import sys
from typing import Any

from lrlab.grading.sandbox.zygote import Warm


def _end_with(parent: int) -> None:
    """On Linux the kernel ends this process with the runner, even where that was killed."""
    if sys.platform.startswith("linux"):
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
        if os.getppid() != parent:
            os._exit(1)


def main() -> None:
    """Say `ready`, then answer job after job until there are no more."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever prints, prints into the log
    about = json.loads(sys.stdin.readline())
    _end_with(about["parent"])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the runner decides when to stop

    def say(**what: Any) -> None:
        answers.write(json.dumps(what, allow_nan=False) + "\n")
        answers.flush()

    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    with contextlib.ExitStack() as parent:
        try:
            warm = None if about["unsandboxed"] else parent.enter_context(Warm(about["private"]))
            # While it imports torch over there, nbgrader is imported here.
            from lrlab.grading.batch.autograde import Grader

            grader = Grader(about)
        except Exception as error:
            logging.getLogger().exception("A grader can't start")
            say(state="broken", reason=f"{type(error).__name__}: {' '.join(str(error).split())}")
            return
        if warm is not None:
            warm.wait()
        say(state="ready")
        for line in sys.stdin:
            say(**grader.grade(json.loads(line)))
            if warm is not None and not warm.alive:
                break  # the runner starts another, with a warm kernel again
    os._exit(0)


if __name__ == "__main__":
    main()
