"""The results of a unit: what is known of each submission, and how another result is entered.

Gradebook, folder and journal change in this order, and the journal's entry is what counts: without one the submission
is graded again.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lrlab.grading.batch.atomic import remove_folder, replace_folder
from lrlab.grading.batch.course import Course
from lrlab.grading.batch.errors import CourseError, GradebookError
from lrlab.grading.batch.journal import GRADED, REPLACING, SET_ASIDE, UNTOUCHED
from lrlab.grading.batch.messages import JobDone, Parcel, SubmissionResult
from lrlab.grading.batch.parcel import NotebookCells, checked_result, to_base64, unpack_files
from lrlab.grading.batch.place import Open
from lrlab.grading.batch.report import Line, graded_line
from lrlab.grading.submission import files
from lrlab.grading.submission.invalid import InvalidSubmission
from lrlab.printable import printable


def has_lost_grades(result: SubmissionResult, cells: Mapping[str, NotebookCells]) -> bool:
    """Return whether graded cells of a submission have no entry: nbgrader makes a table that is missing, but empty."""
    return any(not cells[name].points.keys() <= part["grades"].keys() for name, part in result["notebooks"].items())


def lost_grades(course: Course) -> str:
    """Return a sentence if the gradebook lacks results that the journal has; empty if not.

    Raises:
        CourseError: the gradebook does not have the unit. GradebookError: it can't be used.
    """
    course.notebooks()
    cells = course.gradebook.cells()
    lost = []
    for student, entry in sorted(course.journal.latest().items()):
        result = course.gradebook.load_submission(student) if entry["state"] == GRADED else None
        if entry["state"] == GRADED and (result is None or has_lost_grades(result, cells)):
            lost.append(printable(student))
    if not lost:
        return ""
    names = f"{', '.join(lost[:5])}{f' and {len(lost) - 5} more' * (len(lost) > 5)}"
    return (
        f"the gradebook has no grades of {names} in {course.unit}, and grading/{course.unit}.jsonl has: restore an "
        "earlier copy of the gradebook, which has the points that a person gave, or, if you took them out, grade again"
    )


class Results:
    """The results of one run and those before it; ``lines`` has what came of each submission in this run.

    Args:
        course: with the unit.
        notebooks: names of the notebooks that the assignment has.
        seed, unsandboxed, again: as for ``runner.grade``.

    Raises:
        CourseError: the unit was graded with another seed.
    """

    def __init__(
        self, course: Course, notebooks: list[str], *, seed: int | None, unsandboxed: bool, again: bool
    ) -> None:
        self.course, self.journal, self.notebooks, self.again = course, course.journal, notebooks, again
        self.latest = self.journal.latest()
        self.graded = self.journal.latest(GRADED)
        last = next((line for line in reversed(self.journal.read()) if isinstance(line.get("seed"), int)), None)
        known = course.setting("cases_seed", 0) if last is None else last["seed"]
        if seed is not None and last is not None and seed != known and not again:
            raise CourseError(
                f"{course.unit} was graded with seed {known}; to grade all of it with {seed}, add --again"
            )
        self.seed: int = known if seed is None else seed
        self.settings = {"seed": self.seed, "course": course.version(), "unsandboxed": unsandboxed}
        self.lines: dict[str, Line] = {}
        self._late_terms = course.late_terms()
        self._cells = course.gradebook.cells()
        shared = course.layout.groupshared
        self._modes = (
            int(str(course.config.Autograde.get("permissions", 664 if shared else 444)), 8),
            (0o2775 if shared else 0o755),
        )

    def must_grade(self, student: str) -> bool:
        """Return True if a submission must be graded; otherwise record its earlier result.

        Raises:
            GradebookError: the submission is in the gradebook, and its grades are not.
        """
        last = self.latest.get(student)
        try:
            digest = files.check_submission(self.course.submission(student), self.notebooks, self.course.layout.ignore)
        except (InvalidSubmission, OSError) as error:
            self.set_aside(student, str(error), digest="")
            return False
        same = (
            last is not None
            and last.get("digest") == digest
            and all(last.get(k) == v for k, v in self.settings.items())
        )
        if self.again or last is None or not same or last.get("retry"):
            return True
        if self._late_terms and last.get("extension") != self.course.gradebook.extension(student):
            return True
        if last["state"] == SET_ASIDE:
            self.lines[student] = Line(student, SET_ASIDE, reason=str(last.get("reason", "")), earlier=True)
            return False
        result = self.course.gradebook.load_submission(student)
        if result is None or not self.course.path("autograded", student).is_dir():
            return True  # an instructor removed it
        if has_lost_grades(result, self._cells):
            raise GradebookError(
                f"the gradebook has lost grades of {printable(student)}, which grading/{self.course.unit}.jsonl has: "
                "restore an earlier copy of it, or grade again with --again, without the points that a person gave"
            )
        self.lines[student] = graded_line(student, result, last, earlier=True)
        return False

    def take(self, student: str) -> Open | None:
        """Return a submission for a place as it is now; None if it can't be read any more, and is set aside."""
        path = self.course.submission(student)
        try:
            digest, contents = files.read_submission(path, self.notebooks, self.course.layout.ignore)
        except (InvalidSubmission, OSError) as error:  # changed since this run began
            self.set_aside(student, str(error))
            return None
        packed = {name: to_base64(content) for name, content in contents.items()}
        parcel = Parcel(student, digest, self.course.gradebook.extension(student), packed)
        return Open(parcel, files.time_notes(path, self.notebooks))

    def enter(self, parcel: Parcel, done: JobDone, graded_files: Any) -> None:
        """Enter what a place sent.

        Raises:
            ParcelError: it is not valid. GradebookError: the gradebook can't be used; the submission stays untouched.
        """
        student, gradebook, digest = parcel.student, self.course.gradebook, parcel.digest
        result = checked_result(done.result, self._cells)
        graded = Path(tempfile.mkdtemp(prefix="one-", dir=self.journal.staging)) / "graded"
        unpack_files(graded_files, graded, mode=self._modes[0], folder_mode=self._modes[1])
        before, last = gradebook.load_submission(student), self._known(student)
        resubmitted = before is not None and last is not None and last.get("digest") != digest
        self._record_replaced(student, before)
        try:
            gradebook.save_submission(student, result, resubmitted=resubmitted)
            replace_folder(graded, self.course.path("autograded", student), self.journal.staging)
        except GradebookError:
            raise
        except Exception as error:
            reason = f"The result could not be entered: {type(error).__name__}: {' '.join(str(error).split())[:500]}"
            self.set_aside(student, reason, retry=True, digest=digest, seconds=done.seconds)
            return
        finally:
            shutil.rmtree(graded.parent, ignore_errors=True)
        now = gradebook.load_submission(student)
        assert now is not None
        about: dict[str, Any] = {"score": now["score"], "max_score": now["max_score"], "notebooks": now["notebooks"]}
        if done.notes:
            about["notes"] = done.notes
        if parcel.extension is not None:
            about["extension"] = parcel.extension
        about |= {"digest": digest, "seconds": done.seconds, **self.settings}
        self.latest[student] = self.graded[student] = self.journal.add(student, GRADED, **about)
        self.lines[student] = graded_line(student, now, about)

    def _known(self, student: str) -> dict[str, Any] | None:
        """Return the entry of what the gradebook has of a student, if the journal has it."""
        last = self.latest.get(student)
        return self.graded.get(student) if last is not None and last["state"] != SET_ASIDE else None

    def _record_replaced(self, student: str, before: SubmissionResult | None) -> None:
        """Record in the journal what is about to be replaced, with a person's points and comments."""
        if before is not None:
            self.latest[student] = self.journal.add(student, REPLACING, replaced=before, **self.settings)

    def set_aside(
        self,
        student: str,
        reason: str,
        *,
        digest: str | None = None,
        retry: bool = False,
        seconds: float | None = None,
    ) -> None:
        """Set a submission aside. A score of other files is removed; one of these same files stays.

        Args:
            student: whose it is.
            reason: for a person.
            digest: of its files; None: of those that are there now.
            retry: the next run tries it again.
            seconds: that its grading took.
        """
        if digest is None:
            folder = self.course.submission(student)
            digest = files.submission_digest(folder, self.notebooks, self.course.layout.ignore)
        last, before = self._known(student), self.course.gradebook.load_submission(student)
        if before is not None and last is not None and digest and last.get("digest") == digest:
            self.lines[student] = Line(student, UNTOUCHED, reason=f"{reason} The score it had stays.")
            return
        known = self.latest.get(student, {})
        self._record_replaced(student, before)
        self.course.gradebook.remove(student)
        for step in ("autograded", "feedback"):
            folder = self.course.path(step, student)
            if folder.is_dir() and not folder.is_symlink():
                remove_folder(folder, self.journal.staging)
        about = {} if seconds is None else {"seconds": seconds}
        entry = {"reason": reason, "digest": digest, "retry": retry, **self.settings}
        if before is not None or self.again or known.get("state") != SET_ASIDE or entry.items() - known.items():
            self.latest[student] = self.journal.add(student, SET_ASIDE, **entry, **about)
        self.lines[student] = Line(student, SET_ASIDE, reason=reason, seconds=seconds)
