"""``lrlab feedback``: each student's page, and the zip in which a platform takes them all back.

Canvas reads the number of the user and that of the file out of a name (instructure/canvas-lms,
``app/models/abstract_assignment.rb``, ``infer_comment_context_from_filename``), Moodle the number of the participant
(``mod/assign/feedback/file/importziplib.php``, ``is_valid_filename_for_import``).
"""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from lrlab._files import write_zip
from lrlab.grading.batch.course import Course, output_file
from lrlab.grading.batch.errors import CourseError
from lrlab.grading.batch.journal import GRADED
from lrlab.grading.batch.table import TO_MARK, table
from lrlab.grading.platforms.people import read_origins


@dataclass
class Returned:
    """What is in the zip."""

    path: Path
    platform: str
    pages: int = 0
    notes: list[str] = field(default_factory=list)  # who has none, and what waits to be marked


def make_pages(unit: str, *, root: Path | None = None) -> int:
    """Make feedback/STUDENT/``unit``, by nbgrader's own command; return how many students have a page.

    Raises:
        CourseError: nbgrader can't, with its reason.
    """
    course = Course(unit, root)
    course.notebooks()
    command = [sys.executable, "-m", "nbgrader", "generate_feedback", unit, "--force"]
    done = subprocess.run(command, cwd=course.root, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        # nbgrader ends by pointing to the traceback above, of which the last line has the reason.
        reasons = [line for line in lines if re.match(r"[\w.]*(Error|Exception)\b", line)]
        errors = reasons or [line for line in lines if "ERROR" in line] or lines or ["no reason given"]
        raise CourseError(f"nbgrader can't make the pages of {unit}: {errors[-1]}")
    return sum(1 for _ in course.path("feedback", ".").parent.glob(f"*/{unit}/*.html"))


def make_zip(unit: str, to: Path | None = None, *, root: Path | None = None) -> Returned:
    """Write the zip that Canvas or Moodle takes back, with the page of each student whose work came from there.

    Args:
        unit: what ``lrlab collect`` brought.
        to: the zip; by default feedback-UNIT.zip in the course folder.
        root: the course folder; by default the nearest one, from the working directory up.

    Raises:
        CourseError: nothing was collected, or nothing is graded.
    """
    course = Course(unit, root)
    to = output_file(to or course.root / f"feedback-{unit}.zip", "zip")
    origins = read_origins(course.root, unit)
    if not origins:
        raise CourseError(f"no platform takes {unit} back: nothing of it was collected with `lrlab collect`")
    entries = table([unit], root=course.root).entries
    made = Returned(to, next(iter(origins.values())).platform)
    pages: dict[str, Path] = {}
    for student, origin in sorted(origins.items()):
        entry = entries.get((student, unit))
        written = sorted(course.path("feedback", student).glob("*.html"))
        if entry is None or entry.state not in (GRADED, TO_MARK):
            made.notes.append(f"{student}: {entry.state if entry else 'not submitted'}, so there is no page")
        elif not written:
            made.notes.append(f"{student}: has no page in feedback/")
        else:
            made.pages += 1
            pages |= {f"{origin.returned}{page.name}": page for page in written}
            if entry.state == TO_MARK:
                made.notes.append(f"{student}: the page says what waits to be marked")
    if not pages:
        raise CourseError(f"no student's page of {unit} can go back: {'; '.join(made.notes)}")
    write_zip(to, ((name, page.read_bytes(), 0o644) for name, page in sorted(pages.items())))
    return made
