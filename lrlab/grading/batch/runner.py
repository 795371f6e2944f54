"""Grade a class: every submission of a unit ends graded, set aside with a reason, or untouched; never half.

A worker process grades a copy of a submission, into a new folder and a scratch gradebook. Then this process commits one
result after another: a transaction enters it in the gradebook, the folder is moved to autograded/, and the journal gets
an entry. Without that entry the next run grades it again, with the same result, because the hidden cases depend on the
seed and the submission alone.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from lrlab.grading.batch import reuse
from lrlab.grading.batch.atomic import remove_folder, replace_folder, stop_signal
from lrlab.grading.batch.autograde import RESULTS, check_configuration
from lrlab.grading.batch.course import ConfigurationError, Course, CourseError
from lrlab.grading.batch.database import address
from lrlab.grading.batch.gradebook import GradebookError
from lrlab.grading.batch.journal import GRADED, REPLACING, SET_ASIDE, UNTOUCHED, Busy
from lrlab.grading.batch.messages import Answer, Broken, Job, JobDone, Ready, SubmissionResult, WorkerSettings
from lrlab.grading.batch.report import Line, Report, graded_line
from lrlab.grading.batch.worker_pool import WorkerPool, WorkerProcess
from lrlab.grading.sandbox.bubblewrap import find_bubblewrap
from lrlab.grading.sandbox.file_tree import private_paths
from lrlab.grading.sandbox.limits import RESERVE, WALL_CLOCK_FACTOR, Limits, SandboxError
from lrlab.grading.submission import files, folders
from lrlab.grading.submission.invalid import InvalidSubmission
from lrlab.printable import printable

HANG_MARGIN = 60  # seconds beyond a submission's own budget, after which its worker counts as hung
MOST_TRIES = 2  # of a submission whose worker dies, which may be the machine's fault
MOST_FALSE_STARTS = 3  # of workers that exit before they are ready


def grade(
    unit: str,
    students: Sequence[str] | None = None,
    *,
    jobs: int | None = None,
    again: bool = False,
    seed: int | None = None,
    unsandboxed: bool = False,
    root: Path | None = None,
    progress: Callable[[int, int], None] = lambda done, todo: None,
) -> Report:
    """Grade submitted/STUDENT/`unit` of these students, all by default; what was graded already only if it changed.

    Args:
        unit: an assignment that the gradebook has.
        students: names; all who submitted by default.
        jobs: processes; as many as this process may use cores by default.
        again: also grade what has not changed since it was graded or set aside.
        seed: the hidden cases start from it; by default that of this unit's first run, then the configuration's.
        unsandboxed: run submissions with all of the grader's rights; pages and logs say so.
        root: the course folder.
        progress: is called with (done, to do) at the start and after each submission.

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
        check_configuration(course.config)
    except ConfigurationError as error:
        raise CourseError(str(error)) from error
    if not unsandboxed:
        try:
            find_bubblewrap()
        except SandboxError as error:
            raise CourseError(
                f"{error}; without a sandbox nothing is graded, unless --unsandboxed asks for it"
            ) from None
    with course.journal.lock(), course.gradebook.lease():
        run = _Run(course, notebooks, again=again, seed=seed, unsandboxed=unsandboxed)
        return run.go(sorted(set(students)) if students else present, jobs or _cores(), progress)


def set_aside(unit: str, root: Path | None = None) -> list[dict[str, Any]]:
    """Return the journal entries of what is set aside and waits for a person."""
    course = Course(unit, root)
    course.notebooks()
    return course.journal.set_aside()


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Run:
    """One run over a unit's submissions; the arguments are those of `grade`."""

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
        self.late_terms = course.late_terms()
        self.settings = {"seed": self.seed, "course": course.version(), "unsandboxed": unsandboxed}
        self.lines: dict[str, Line] = {}
        self.tries: dict[str, int] = {}
        self.problem = ""

    def go(self, students: list[str], jobs: int, progress: Callable[[int, int], None]) -> Report:
        reuse.keep(address(self.course.gradebook.url))
        staging = self.journal.staging
        shutil.rmtree(staging, ignore_errors=True)  # left by a killed run
        staging.mkdir()
        report = Report(self.course.unit, self.seed, self.unsandboxed)
        report.misplaced = folders.misplaced_submissions(self.course.submitted, self.course.unit)
        try:
            todo = [student for student in students if self._must_grade(student)]
            total = len(todo)
            progress(0, total)
            if todo:
                report.stopped = self._work(todo, min(jobs, total), lambda: progress(total - len(self._open), total))
        except GradebookError as error:
            self.problem = str(error)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
            self.journal.write_list()
        untouched = "Not reached: run it again to go on." if report.stopped else self.problem
        for student in students:
            self.lines.setdefault(student, Line(student, UNTOUCHED, reason=untouched))
        report.lines = [self.lines[student] for student in students]
        report.problem = self.problem
        return report

    def _must_grade(self, student: str) -> bool:
        """Return True if a submission must be graded; otherwise record its earlier result."""
        last = self.latest.get(student)
        try:
            digest = files.check_submission(self.course.submission(student), self.notebooks, self.course.layout.ignore)
        except (InvalidSubmission, OSError) as error:
            self._set_aside(student, str(error), digest="")
            return False
        same = (
            last is not None
            and last.get("digest") == digest
            and all(last.get(k) == v for k, v in self.settings.items())
        )
        if self.again or last is None or not same or last.get("retry"):
            return True
        if self.late_terms and last.get("extension") != self.course.gradebook.extension(student):
            return True
        if last["state"] == SET_ASIDE:
            self.lines[student] = Line(student, SET_ASIDE, reason=str(last.get("reason", "")), earlier=True)
            return False
        result = self.course.gradebook.load_submission(student)
        if result is None or not self.course.path("autograded", student).is_dir():
            return True  # an instructor removed it
        self.lines[student] = graded_line(student, result, last, earlier=True)
        return False

    def _work(self, todo: list[str], size: int, progress: Callable[[], None]) -> bool:
        """Grade submissions; return whether it was stopped."""
        scratch = self.journal.staging / "scratch.db"
        self.course.gradebook.write_scratch(scratch)
        settings = WorkerSettings(
            root=str(self.course.root),
            unit=self.course.unit,
            scratch=str(scratch),
            seed=self.seed,
            unsandboxed=self.unsandboxed,
            private=private_paths(self.course.config),
            packages=self.course.packages(),
            parent=os.getpid(),
        )
        self._open = list(todo)
        self._queue = list(reversed(todo))
        self._false_starts = 0
        seconds = self.course.setting("submission_timeout", Limits.submission) + self.course.setting("reserve", RESERVE)
        budget = WALL_CLOCK_FACTOR * seconds + HANG_MARGIN
        with self.journal.log.open("a", encoding="utf-8") as log:
            how = "WITHOUT A SANDBOX, with all of the grader's rights" if self.unsandboxed else "in a sandbox"
            log.write(f"lrlab grade {self.course.unit}: {len(todo)} submissions, seed {self.seed}, {how}\n")
            for path in folders.misplaced_submissions(self.course.submitted, self.course.unit):
                log.write(f"Not looked at: submitted/{printable(path)}\n")
        with stop_signal() as stopped:
            pool = WorkerPool(size, settings, self.journal.log, budget)
            try:
                while self._open and not stopped() and not self.problem:
                    for worker in pool.poll():
                        for answer in worker.read_answers():
                            self._handle(pool, worker, answer)
                        progress()
                    for worker in [each for each in pool.workers if each.is_overdue]:
                        self._handle(pool, worker, None)
                        progress()
            finally:
                pool.close()
            return stopped()

    def _handle(self, pool: WorkerPool, worker: WorkerProcess, answer: Answer | None) -> None:
        match answer:
            case None:
                self._replace(pool, worker)
                return
            case Broken(reason):
                self.problem = f"no worker can start: {reason}"
                return
            case Ready():
                worker.ready = True
            case JobDone():
                job, worker.job = worker.job, None
                assert job is not None
                self._settle(job, answer)
        if self._queue:
            worker.submit(self._job(self._queue.pop()))

    def _job(self, student: str) -> Job:
        stage = tempfile.mkdtemp(prefix="one-", dir=self.journal.staging)
        self.tries[student] = self.tries.get(student, 0) + 1
        return Job(student, stage, self.notebooks, self.course.gradebook.extension(student))

    def _replace(self, pool: WorkerPool, worker: WorkerProcess) -> None:
        """After a worker hung or exited: set its submission aside or try it again, and start another worker."""
        job, overdue = worker.job, worker.is_overdue
        ended = pool.terminate(worker)
        if job is not None:
            shutil.rmtree(job.stage, ignore_errors=True)
            if overdue:
                self._finish(job.student, f"Its grader did not finish in {worker.budget:g} seconds.", retry=False)
            elif self.tries[job.student] >= MOST_TRIES:
                self._finish(job.student, f"Its grader ended by itself, {MOST_TRIES} times ({ended}).", retry=True)
            else:
                self._queue.append(job.student)
        elif not worker.ready:
            self._false_starts += 1
            if self._false_starts >= MOST_FALSE_STARTS:
                self.problem = f"workers end before they are ready ({ended or 'no answer'}); see {self.journal.log}"
                return
        if self._queue:
            pool.spawn()

    def _finish(self, student: str, reason: str, *, retry: bool, **about: Any) -> None:
        self._open.remove(student)
        path = self.course.submission(student)
        if "digest" not in about:
            try:
                about["digest"] = files.check_submission(path, self.notebooks, self.course.layout.ignore)
            except (InvalidSubmission, OSError):
                about["digest"] = ""
        self._set_aside(student, reason, retry=retry, **about)

    def _settle(self, job: Job, done: JobDone) -> None:
        try:
            if done.state == "graded":
                self._commit(job, done)
            elif done.state == "course":
                self.problem = done.reason
            elif done.state == "no sandbox" and self.tries[job.student] < MOST_TRIES:
                self._queue.append(job.student)
            else:
                self._finish(job.student, done.reason, retry=done.state != "refused", seconds=done.seconds)
        finally:
            shutil.rmtree(job.stage, ignore_errors=True)

    def _commit(self, job: Job, done: JobDone) -> None:
        """Change gradebook, folder and journal, in this order. The result counts once the journal has its entry."""
        student, gradebook, digest = job.student, self.course.gradebook, done.digest
        before, last = gradebook.load_submission(student), self._known(student)
        resubmitted = before is not None and last is not None and last.get("digest") != digest
        self._record_replaced(student, before)
        graded = Path(job.stage) / RESULTS / student / self.course.unit
        assert done.result is not None
        try:
            gradebook.save_submission(student, done.result, resubmitted=resubmitted)
            replace_folder(graded, self.course.path("autograded", student), self.journal.staging)
        except GradebookError as error:
            self.problem = str(error)  # the student's submission stays untouched
            return
        except Exception as error:
            reason = f"The result could not be entered: {type(error).__name__}: {' '.join(str(error).split())[:500]}"
            self._finish(student, reason, retry=True, digest=digest, seconds=done.seconds)
            return
        self._open.remove(student)
        now = gradebook.load_submission(student)
        assert now is not None
        about: dict[str, Any] = {"score": now["score"], "max_score": now["max_score"], "notebooks": now["notebooks"]}
        if done.notes:
            about["notes"] = done.notes
        if job.extension is not None:
            about["extension"] = job.extension
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

    def _set_aside(self, student: str, reason: str, *, digest: str, retry: bool = False, **about: Any) -> None:
        """Set a submission aside. A score of other files is removed; one of these same files stays."""
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
        entry = {"reason": reason, "digest": digest, "retry": retry, **self.settings}
        if before is not None or self.again or known.get("state") != SET_ASIDE or entry.items() - known.items():
            self.latest[student] = self.journal.add(student, SET_ASIDE, **entry, **about)
        self.lines[student] = Line(student, SET_ASIDE, reason=reason, seconds=about.get("seconds"))


__all__ = ["Busy", "Course", "CourseError", "Line", "Report", "grade", "set_aside"]
