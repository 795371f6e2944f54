"""What a run has made of a course, to compare two runs: every row of the gradebook, every byte of autograded/."""

from nbgrader.api import Gradebook

from lrlab.grading.batch.gradebook import read_submission

from .made_course import UNIT, Course


def state(course: Course) -> dict[str, object]:
    """Without the gradebook's own identifiers."""
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}", "lrlab") as gradebook:
        students = sorted(s.student.id for s in gradebook.assignment_submissions(UNIT))
        rows = {student: read_submission(gradebook, UNIT, student) for student in students}
    files = {
        str(path.relative_to(course.root)): (path.stat().st_mode, path.is_file() and path.read_bytes())
        for path in (course.root / "autograded").rglob("*")
    }
    return rows | files
