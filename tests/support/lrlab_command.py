"""`lrlab` as an instructor runs it in a made course."""

import os
import sys

from support import warm_python
from support.made_course import Course

ONE = ("--jobs", "1")  # each worker imports nbgrader and torch: most of what a small class costs
COMMAND = [sys.executable, "-c", "import sys; from lrlab.cli import main; sys.exit(main())"]


def environment() -> dict[str, str]:
    """Without the environment activated, and a torch that takes one core."""
    kept = {k: v for k, v in os.environ.items() if k not in ("VIRTUAL_ENV", "NO_COLOR")}
    return kept | {"PATH": "/usr/bin:/bin", "OMP_NUM_THREADS": "1", "COLUMNS": "160"}


def lrlab(course: Course, *arguments: str, status: int | None = 0) -> str:
    """Run a command in the course's folder; returns what it printed. `status` None: any."""
    done = warm_python.run(warm_python.LRLAB, arguments, course.root, environment())
    shown = done.stdout + done.stderr
    assert status is None or done.returncode == status, shown[-3000:]
    return shown
