"""All students, all units and their scores: the gradebook, the journals and submitted/ together.

A score is only there when it is complete. What was not submitted, not graded, set aside, or waits for a person's points
is blank, never 0, and ``Table.blanks`` names it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory

from lrlab.grading.batch.course import configuration, course_folder
from lrlab.grading.batch.errors import CourseError
from lrlab.grading.batch.gradebook import Student, open_gradebook, students
from lrlab.grading.batch.journal import GRADED, SET_ASIDE, Journal
from lrlab.grading.submission import files, folders

NOT_SUBMITTED, NOT_GRADED, TO_MARK = "not submitted", "not graded", "to be marked by a person"
CHANGED = "submitted again, and not graded since"


@dataclass(frozen=True)
class Entry:
    """A student's result in a unit; ``score`` is None unless it is complete."""

    state: str
    max_score: float
    score: float | None = None
    so_far: float | None = None
    late_penalty: float = 0.0
    timestamp: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Table:
    """All students, all units, and an entry for each pair; sorted."""

    students: tuple[Student, ...]
    units: tuple[str, ...]
    points: dict[str, float]
    entries: dict[tuple[str, str], Entry]
    misplaced: tuple[str, ...] = ()  # what looks like a submission, in a wrong place below submitted/

    @property
    def blanks(self) -> list[str]:
        """Return a line for each missing score, with the reason."""
        lines = [f"submitted/{path}: looks like a submission and is in a wrong place" for path in self.misplaced]
        for (student, unit), entry in sorted(self.entries.items()):
            if entry.score is None:
                lines.append(f"{student}, {unit}: {entry.state}{f' ({entry.reason})' if entry.reason else ''}")
        return lines


def table(units: Sequence[str] | None = None, *, root: Path | None = None) -> Table:
    """Combine the gradebook, the journals and submitted/.

    Args:
        units: some of the gradebook's assignments; by default those that someone has submitted.
        root: the course folder; by default the nearest one, from the working directory up.

    Raises:
        CourseError: the gradebook does not have such a unit, or there is nothing in it.
        GradebookError: it can't be read.
    """
    root = course_folder(root)
    layout = CourseDirectory(config=configuration(root))
    submitted = Path(layout.format_path(layout.submitted_directory, ".", ".")).resolve()
    with open_gradebook(layout.db_url, layout.course_id) as gradebook:
        known = {assignment.name: float(assignment.max_score) for assignment in gradebook.assignments}
        unknown = [unit for unit in units or () if unit not in known]
        if unknown:
            raise CourseError(f"the gradebook has no unit {unknown[0]!r}; it has: {', '.join(sorted(known)) or 'none'}")
        people = {student.id: student for student in students(gradebook)}
        entries: dict[tuple[str, str], Entry] = {}
        chosen = []
        for unit in sorted(set(units)) if units else sorted(known):
            of_unit = _unit(gradebook, unit, known[unit], Journal(root, unit), submitted, layout.ignore)
            if of_unit or units:
                chosen.append(unit)
            entries |= {(student, unit): entry for student, entry in of_unit.items()}
    for student, _ in entries:
        people.setdefault(student, Student(student))
    if not chosen:
        raise CourseError("there are no submissions yet" if known else "the gradebook is empty: it has no unit")
    for student in people:
        for unit in chosen:
            entries.setdefault((student, unit), Entry(NOT_SUBMITTED, known[unit]))
    ordered = sorted(people.values(), key=lambda s: (s.last_name.casefold(), s.first_name.casefold(), s.id))
    lost = tuple(path for unit in chosen for path in folders.misplaced_submissions(submitted, unit))
    return Table(tuple(ordered), tuple(chosen), {unit: known[unit] for unit in chosen}, entries, lost)


def _unit(
    gradebook: Gradebook, unit: str, points: float, journal: Journal, submitted: Path, ignore: Iterable[str]
) -> dict[str, Entry]:
    latest = journal.latest()
    entries: dict[str, Entry] = {}
    notebooks = [notebook.name for notebook in gradebook.find_assignment(unit).notebooks]
    for submission in gradebook.assignment_submissions(unit):
        student = submission.student.id
        grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
        if all(grade.auto_score is None and grade.manual_score is None for grade in grades):
            entries[student] = Entry(NOT_GRADED, points)
            continue
        penalty = float(submission.late_submission_penalty or 0)
        score = max(0.0, float(submission.score) - penalty)
        state = TO_MARK if any(grade.needs_manual_grade for grade in grades) else GRADED
        last = latest.get(student, {})
        folder = folders.submission_folder(submitted, student, unit)
        if last.get("state") == GRADED and files.submission_digest(folder, notebooks, ignore) != last.get("digest"):
            state = CHANGED
        timestamp = submission.timestamp.isoformat(sep=" ", timespec="seconds") if submission.timestamp else ""
        whole = score if state == GRADED else None
        entries[student] = Entry(state, points, whole, score, penalty, timestamp)
    for student in folders.list_students(submitted, unit):
        entries.setdefault(student, Entry(NOT_GRADED, points))
    for student, last in latest.items():
        if last["state"] == SET_ASIDE and (student not in entries or entries[student].state == NOT_GRADED):
            entries[student] = Entry(SET_ASIDE, points, reason=str(last.get("reason", "")))
    return entries
