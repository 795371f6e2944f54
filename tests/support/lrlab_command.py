"""`lrlab` as an instructor runs it in a made course."""

import os
import sys

from support import warm_python, warm_zygotes
from support.made_course import Course

ONE = ("--jobs", "1")  # each worker imports nbgrader and torch: most of what a small class costs
COMMAND = [sys.executable, "-c", "import sys; from lrlab.cli import main; sys.exit(main())"]


def environment() -> dict[str, str]:
    """Without the environment activated, and a torch that takes one core."""
    kept = {k: v for k, v in os.environ.items() if k not in ("VIRTUAL_ENV", "NO_COLOR")}
    return kept | {"PATH": "/usr/bin:/bin", "OMP_NUM_THREADS": "1", "COLUMNS": "160"}


def lrlab(course: Course, *arguments: str, status: int | None = 0, own_zygote: bool = False, before: str = "") -> str:
    """Run a command in the course's folder; returns what it printed.

    Args:
        course: the course.
        arguments: of `lrlab`.
        status: that it must end with; None: any.
        own_zygote: whether graders start a zygote of their own, as they do outside of tests; by default they take one
            that all runs share.
        before: code that the command's process runs before the command.
    """
    lent = warm_zygotes.lent() if arguments[0] == "grade" and not own_zygote else None
    done = warm_python.run(warm_python.LRLAB, arguments, course.root, environment(), _run, before, lent=lent)
    shown = done.stdout + done.stderr
    assert status is None or done.returncode == status, shown[-3000:]
    return shown


def _run(code: str) -> None:
    exec(code, {})
