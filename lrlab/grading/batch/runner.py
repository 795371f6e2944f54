"""Grade a class: every submission of a unit ends graded, set aside with a reason, or untouched; never half.

A submission is graded on a copy, by a process of its own, into a folder of its own and a scratch gradebook
(`worker`). Only then, here, in one process and one after another: the result enters the gradebook in one transaction,
the folder is moved to autograded/, and a line in the journal says so. Without that line it is graded again by the
next run, with the same result: the hidden cases come from the seed and the submission alone.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lrlab.grading.submission import files
from lrlab.grading.submission import folders
from lrlab.grading.batch.gradebook import GradebookError
from lrlab.grading.batch.course import ConfigurationError, Course, CourseError
from lrlab.grading.batch.worker_pool import Crew, Grader
from lrlab.grading.batch.autograde import MADE, require_box
from lrlab.grading.batch.journal import GRADED, REPLACING, SET_ASIDE, UNTOUCHED, Busy
from lrlab.grading.submission.notebook import Unreadable
from lrlab.grading.sandbox.bubblewrap import PATIENCE, RESERVE, Limits, SandboxError, program
from lrlab.grading.sandbox.file_tree import private
from lrlab.grading.batch.atomic import clear, move, stop_signal
from lrlab.printable import printable

MARGIN = 60  # seconds beyond a submission's own budget, after which its grader counts as hung
TRIES = 2  # of a submission whose grader dies, which may be the machine's fault
STARTS = 3  # of graders that end before they are ready


@dataclass(frozen=True)
class Line:
    """What became of one submission in this run."""

    student: str
    state: str
    score: float | None = None
    max_score: float | None = None
    seconds: float | None = None
    reason: str = ""
    waiting: int = 0
    notes: int = 0
    earlier: bool = False


@dataclass
class Report:
    """All submissions of the unit, by student."""

    unit: str
    seed: int
    unsandboxed: bool
    lines: list[Line] = field(default_factory=list)
    stopped: bool = False
    problem: str = ""
    elsewhere: list[str] = field(default_factory=list)  # what looks like a submission, in a wrong place

    def count(self, state: str) -> int:
        return sum(line.state == state for line in self.lines)


def grade(
    unit: str,
    students: Sequence[str] | None = None,
    *,
    jobs: int | None = None,
    again: bool = False,
    seed: int | None = None,
    unsandboxed: bool = False,
    root: Path | None = None,
    told: Callable[[int, int], None] = lambda done, todo: None,
) -> Report:
    """Grade submitted/STUDENT/`unit` of these students, all by default; what is graded already only if it changed.

    Args:
        unit: an assignment that the gradebook has.
        students: names; all who submitted by default.
        jobs: processes; as many as this process may use cores by default.
        again: also what has not changed since it was graded or set aside.
        seed: the hidden cases start from it; by default that of this unit's first run, then the configuration's.
        unsandboxed: run submissions with all rights of the grader's; its pages and logs say so.
        root: the course folder.
        told: is called with (done, to do) at the start and after each submission.

    Raises:
        CourseError: nothing can be graded; Busy: another run is at it; GradebookError: the gradebook can't be used.
    """
    course = Course(unit, root)
    if jobs is not None and jobs < 1:
        raise CourseError(f"jobs must be at least 1, got {jobs}")
    notebooks = course.notebooks()
    present = course.submissions()
    absent = sorted(set(students or ()) - set(present))
    if absent:
        raise CourseError(f"submitted/{absent[0]}/{unit} does not exist")
    unsandboxed = unsandboxed or bool(course.setting("unsandboxed", 0))
    try:
        require_box(course.config)
    except (ConfigurationError, ImportError, AttributeError) as error:
        raise CourseError(str(error)) from error
    if not unsandboxed:
        try:
            program()
        except SandboxError as error:
            raise CourseError(
                f"{error}; without a sandbox nothing is graded, unless --unsandboxed asks for it"
            ) from None
    with course.journal.held():
        run = _Run(course, notebooks, again=again, seed=seed, unsandboxed=unsandboxed)
        return run.go(sorted(set(students)) if students else present, jobs or _cores(), told)


def set_aside(unit: str, root: Path | None = None) -> list[dict[str, Any]]:
    """What of a unit waits for a person to look at it."""
    course = Course(unit, root)
    course.notebooks()
    return course.journal.set_aside()


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Run:
    def __init__(
        self, course: Course, notebooks: list[str], *, again: bool, seed: int | None, unsandboxed: bool
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
        self.seed = known if seed is None else seed
        self.unsandboxed = unsandboxed
        self.terms = {"seed": self.seed, "course": course.version(), "unsandboxed": unsandboxed}
        self.lines: dict[str, Line] = {}
        self.tries: dict[str, int] = {}
        self.problem = ""

    def go(self, students: list[str], jobs: int, told: Callable[[int, int], None]) -> Report:
        making = self.journal.making
        shutil.rmtree(making, ignore_errors=True)  # what a killed run left
        making.mkdir()
        report = Report(self.course.unit, self.seed, self.unsandboxed)
        report.elsewhere = places.elsewhere(self.course.submitted, self.course.unit)
        try:
            todo = [student for student in students if self._wanted(student)]
            total = len(todo)
            told(0, total)
            if todo:
                report.stopped = self._work(todo, min(jobs, total), lambda: told(total - len(self._open), total))
        finally:
            shutil.rmtree(making, ignore_errors=True)
            self.journal.write_list()
        untouched = "Not reached: run it again to go on." if report.stopped else self.problem
        for student in students:
            self.lines.setdefault(student, Line(student, UNTOUCHED, reason=untouched))
        report.lines = [self.lines[student] for student in students]
        report.problem = self.problem
        return report

    def _wanted(self, student: str) -> bool:
        """Whether a submission has to be graded; if not, what stands for it."""
        last = self.latest.get(student)
        try:
            digest = intake.examine(self.course.submission(student), self.notebooks, self.course.layout.ignore)
        except (Unreadable, OSError) as error:
            self._set_aside(student, str(error), digest="")
            return False
        same = (
            last is not None and last.get("digest") == digest and all(last.get(k) == v for k, v in self.terms.items())
        )
        if self.again or last is None or not same or last.get("retry"):
            return True
        if last["state"] == SET_ASIDE:
            self.lines[student] = Line(student, SET_ASIDE, reason=str(last.get("reason", "")), earlier=True)
            return False
        entered = self.course.books.entered(student)
        if entered is None or not self.course.path("autograded", student).is_dir():
            return True  # an instructor took it out
        self.lines[student] = _line(student, entered, last, earlier=True)
        return False

    def _work(self, todo: list[str], size: int, told: Callable[[], None]) -> bool:
        """Grade them; True when it was stopped."""
        scratch = self.journal.making / "scratch.db"
        self.course.books.scratch(scratch)
        about = {
            "root": str(self.course.root),
            "unit": self.course.unit,
            "scratch": str(scratch),
            "seed": self.seed,
            "unsandboxed": self.unsandboxed,
            "private": private(self.course.config),
        }
        self._open = list(todo)
        self._queue = list(reversed(todo))
        self._false_starts = 0
        seconds = self.course.setting("submission_timeout", Limits.submission) + self.course.setting("reserve", RESERVE)
        budget = PATIENCE * seconds + MARGIN
        with self.journal.log.open("a", encoding="utf-8") as log:
            how = "WITHOUT A SANDBOX, with all of the grader's rights" if self.unsandboxed else "in a sandbox"
            log.write(f"lrlab grade {self.course.unit}: {len(todo)} submissions, seed {self.seed}, {how}\n")
            for path in places.elsewhere(self.course.submitted, self.course.unit):
                log.write(f"Not looked at: submitted/{printable(path)}\n")
        with stop_signal() as stopped:
            crew = Crew(size, about, self.journal.log, budget)
            try:
                while self._open and not stopped() and not self.problem:
                    for grader in crew.heard():
                        for answer in grader.answers():
                            self._hear(crew, grader, answer)
                        told()
                    for grader in [g for g in crew.graders if g.late]:
                        self._hear(crew, grader, None)
                        told()
            finally:
                crew.close()
            return stopped()

    def _hear(self, crew: Crew, grader: Grader, answer: dict[str, Any] | None) -> None:
        if answer is None:
            self._lost(crew, grader)
            return
        if answer["state"] == "broken":
            self.problem = f"no grader can start: {answer['reason']}"
            return
        if answer["state"] == "ready":
            grader.ready = True
        else:
            job, grader.job = grader.job, None
            assert job is not None
            grader.answered += 1
            self._settle(job, answer)
        if self._queue:
            grader.give(self._job(self._queue.pop()))

    def _job(self, student: str) -> dict[str, Any]:
        stage = tempfile.mkdtemp(prefix="one-", dir=self.journal.making)
        self.tries[student] = self.tries.get(student, 0) + 1
        extension = self.course.books.extension(student)
        return {"student": student, "stage": stage, "notebooks": self.notebooks, "extension": extension}

    def _lost(self, crew: Crew, grader: Grader) -> None:
        """A grader hung, or has ended: set its submission aside or try again, and go on with another grader."""
        job, late = grader.job, grader.late
        ended = crew.dismiss(grader)
        if job is not None:
            student = job["student"]
            shutil.rmtree(job["stage"], ignore_errors=True)
            if late:
                self._finish(student, f"Its grader did not come to an end in {grader.budget:g} seconds.", retry=False)
            elif self.tries[student] >= TRIES:
                self._finish(student, f"Its grader ended by itself, {TRIES} times ({ended}).", retry=True)
            else:
                self._queue.append(student)
        elif not grader.ready:
            self._false_starts += 1
            if self._false_starts >= STARTS:
                self.problem = f"graders end before they are ready ({ended or 'no answer'}); see {self.journal.log}"
                return
        if self._queue:
            crew.hire()

    def _finish(self, student: str, reason: str, *, retry: bool, **about: Any) -> None:
        self._open.remove(student)
        path = self.course.submission(student)
        if "digest" not in about:
            try:
                about["digest"] = intake.examine(path, self.notebooks, self.course.layout.ignore)
            except (Unreadable, OSError):
                about["digest"] = ""
        self._set_aside(student, reason, retry=retry, **about)

    def _settle(self, job: dict[str, Any], answer: dict[str, Any]) -> None:
        student, stage = job["student"], Path(job["stage"])
        try:
            if answer["state"] == "graded":
                self._enter(student, stage, answer)
            elif answer["state"] == "course":
                self.problem = answer["reason"]
            elif answer["state"] == "no sandbox" and self.tries[student] < TRIES:
                self._queue.append(student)
            else:
                retry = answer["state"] != "refused"
                self._finish(student, answer["reason"], retry=retry, seconds=answer["seconds"])
        finally:
            shutil.rmtree(stage, ignore_errors=True)

    def _enter(self, student: str, stage: Path, answer: dict[str, Any]) -> None:
        """Gradebook, folder, journal, in this order. The journal's line makes it true."""
        books, digest = self.course.books, answer["digest"]
        before, last = books.entered(student), self._known(student)
        anew = before is not None and last is not None and last.get("digest") != digest
        self._replacing(student, before)
        try:
            books.enter(student, answer["result"], anew=anew)
            move(
                stage / MADE / student / self.course.unit, self.course.path("autograded", student), self.journal.making
            )
        except GradebookError as error:
            self.problem = str(error)  # the student's submission stays untouched
            return
        except Exception as error:
            reason = f"The result could not be entered: {type(error).__name__}: {' '.join(str(error).split())[:500]}"
            self._finish(student, reason, retry=True, digest=digest, seconds=answer["seconds"])
            return
        self._open.remove(student)
        now = books.entered(student)
        assert now is not None
        about: dict[str, Any] = {"score": now["score"], "max_score": now["max_score"], "notebooks": now["notebooks"]}
        if answer["notes"]:
            about["notes"] = answer["notes"]
        about |= {"digest": digest, "seconds": answer["seconds"], **self.terms}
        self.latest[student] = self.graded[student] = self.journal.add(student, GRADED, **about)
        self.lines[student] = _line(student, now, about)

    def _known(self, student: str) -> dict[str, Any] | None:
        """The line of what the gradebook has of a student, if it came from here."""
        last = self.latest.get(student)
        return self.graded.get(student) if last is not None and last["state"] != SET_ASIDE else None

    def _replacing(self, student: str, before: dict[str, Any] | None) -> None:
        """Put on record what is about to be replaced, a person's points and comments included."""
        if before is not None:
            self.latest[student] = self.journal.add(student, REPLACING, replaced=before, **self.terms)

    def _set_aside(self, student: str, reason: str, *, digest: str, retry: bool = False, **about: Any) -> None:
        """No score stays that belongs to other files; one that belongs to these does."""
        last, before = self._known(student), self.course.books.entered(student)
        if before is not None and last is not None and digest and last.get("digest") == digest:
            self.lines[student] = Line(student, UNTOUCHED, reason=f"{reason} The score it had stays.")
            return
        known = self.latest.get(student, {})
        self._replacing(student, before)
        self.course.books.remove(student)
        for step in ("autograded", "feedback"):
            folder = self.course.path(step, student)
            if folder.is_dir() and not folder.is_symlink():
                clear(folder, self.journal.making)
        entry = {"reason": reason, "digest": digest, "retry": retry, **self.terms}
        if before is not None or self.again or known.get("state") != SET_ASIDE or entry.items() - known.items():
            self.latest[student] = self.journal.add(student, SET_ASIDE, **entry, **about)
        self.lines[student] = Line(student, SET_ASIDE, reason=reason, seconds=about.get("seconds"))


def _line(student: str, entered: dict[str, Any], about: dict[str, Any], *, earlier: bool = False) -> Line:
    grades = [grade for notebook in entered["notebooks"].values() for grade in notebook["grades"].values()]
    waiting = sum(1 for _, needs in grades if needs)
    return Line(
        student,
        GRADED,
        entered["score"],
        entered["max_score"],
        about.get("seconds"),
        waiting=waiting,
        notes=len(about.get("notes", ())),
        earlier=earlier,
    )


__all__ = ["Busy", "Course", "CourseError", "Line", "Report", "grade", "set_aside"]
