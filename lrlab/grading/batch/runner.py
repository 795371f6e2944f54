"""Grade a class: every submission of a unit ends graded, set aside with a reason, or untouched; never half.

A place, here or on another machine, grades a copy of a submission, into a new folder and a scratch gradebook. Then this
process, the only one that writes, enters one of the ``results`` after another. What a killed run did not enter is
graded again by the next, with the same result, because the hidden cases depend on the seed and the submission alone.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from lrlab.grading.batch import reuse
from lrlab.grading.batch.atomic import stop_signal
from lrlab.grading.batch.autograde import check_configuration
from lrlab.grading.batch.course import Course
from lrlab.grading.batch.database import address
from lrlab.grading.batch.dispatch import Dispatch
from lrlab.grading.batch.errors import CourseError, GradebookError
from lrlab.grading.batch.journal import GRADED, UNTOUCHED
from lrlab.grading.batch.messages import PlaceSettings
from lrlab.grading.batch.parcel import pack_files, to_base64
from lrlab.grading.batch.place import LOCAL, Command
from lrlab.grading.batch.places import Places
from lrlab.grading.batch.places import command as place_command
from lrlab.grading.batch.portable_config import portable_config
from lrlab.grading.batch.report import Line, Report
from lrlab.grading.batch.results import Results
from lrlab.grading.batch.scratch import write_scratch
from lrlab.grading.sandbox import cgroups
from lrlab.grading.sandbox.bubblewrap import find_bubblewrap
from lrlab.grading.sandbox.file_tree import private_paths
from lrlab.grading.sandbox.limits import RESERVE, WALL_CLOCK_FACTOR, Limits, SandboxError
from lrlab.grading.submission import folders
from lrlab.printable import printable

HANG_MARGIN = 60  # seconds beyond a submission's own budget, after which its worker counts as hung


def grade(
    unit: str,
    students: Sequence[str] | None = None,
    *,
    jobs: int | None = None,
    again: bool = False,
    seed: int | None = None,
    unsandboxed: bool = False,
    on: Sequence[str] | None = None,
    root: Path | None = None,
    progress: Callable[[int, int], None] = lambda done, todo: None,
    say: Callable[[str], None] = lambda line: None,
) -> Report:
    """Grade submitted/STUDENT/``unit`` of these students, all by default; what was graded already only if it changed.

    Args:
        unit: an assignment that the gradebook has.
        students: names; all who submitted by default.
        jobs: processes in each place; by default as many as there are cores to use.
        again: also grade what has not changed since it was graded or set aside.
        seed: the hidden cases start from it; by default that of this unit's first run, then the configuration's.
        unsandboxed: run submissions with all of the grader's rights; pages and logs say so.
        on: places that grade, see ``places.command``; by default those of c.Grading.places, or this machine.
        root: the course folder.
        progress: is called with (done, to do) at the start and after each submission.
        say: is called with a line for the person who waits, when there is one.

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
    check_configuration(course.config)
    configured = course.config.Grading.get("places") or LOCAL
    commands = [place_command(name) for name in on or ([configured] if isinstance(configured, str) else configured)]
    if not unsandboxed and any(command.is_local for command in commands):
        try:
            find_bubblewrap()
        except SandboxError as error:
            raise CourseError(
                f"{error}; without a sandbox nothing is graded, unless --unsandboxed asks for it"
            ) from None
    cgroups.prepare()
    with course.journal.lock(), course.gradebook.lease(), reuse.kept(address(course.gradebook.url)):
        results = Results(course, notebooks, seed=seed, unsandboxed=unsandboxed, again=again)
        run = _Run(course, results, unsandboxed=unsandboxed, say=say)
        return run.go(sorted(set(students)) if students else present, jobs or 0, commands, progress)


def to_look_at(unit: str, root: Path | None = None) -> list[dict[str, Any]]:
    """Return the journal entries of what is set aside, and then of what was graded with notes; each sorted by name."""
    course = Course(unit, root)
    course.notebooks()
    graded = [entry for _, entry in sorted(course.journal.latest(GRADED).items()) if entry.get("notes")]
    aside = course.journal.set_aside()
    names = {entry["student"] for entry in aside}
    return aside + [entry for entry in graded if entry["student"] not in names]


class _Run:
    """One run over a unit's submissions."""

    def __init__(self, course: Course, results: Results, *, unsandboxed: bool, say: Callable[[str], None]) -> None:
        self.course, self.results, self.say = course, results, say
        self.journal = course.journal
        lost = folders.misplaced_submissions(course.submitted, course.unit)
        self.report = Report(course.unit, results.seed, unsandboxed, misplaced=lost)

    def go(
        self, students: list[str], jobs: int, commands: Sequence[Command], progress: Callable[[int, int], None]
    ) -> Report:
        report, staging = self.report, self.journal.staging
        shutil.rmtree(staging, ignore_errors=True)  # left by a killed run
        staging.mkdir()
        try:
            todo = [student for student in students if self.results.must_grade(student)]
            progress(0, len(todo))
            if todo:
                self._work(todo, jobs, commands, progress)
        except GradebookError as error:
            report.problem = str(error)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
            self.journal.write_list()
        untouched = "Not reached: run it again to go on." if report.stopped else report.problem
        report.lines = [
            self.results.lines.get(student, Line(student, UNTOUCHED, reason=untouched)) for student in students
        ]
        return report

    def _work(
        self, todo: list[str], jobs: int, commands: Sequence[Command], progress: Callable[[int, int], None]
    ) -> None:
        """Grade submissions, until all have a result or the run is stopped."""
        report, before = self.report, len(self.results.lines)
        settings = self._place_settings(len(todo), jobs, commands)

        def done() -> int:
            return len(self.results.lines) - before

        with self.journal.log.open("a", encoding="utf-8") as log:
            how = "WITHOUT A SANDBOX, with all of the grader's rights" if report.unsandboxed else "in a sandbox"
            log.write(f"lrlab grade {report.unit}: {len(todo)} submissions, seed {report.seed}, {how}\n")
            for path in report.misplaced:
                log.write(f"Not looked at: submitted/{printable(path)}\n")
        with stop_signal() as stopped:
            places = Places(
                commands, self.course.root, self.journal.log, self.journal.staging, self.course.gradebook.url
            )
            dispatch = Dispatch(self.results, todo, places, settings, self.say)
            try:
                while done() < len(todo) and not stopped() and not dispatch.problem:
                    dispatch.turn()
                    progress(done(), len(todo))
            finally:
                places.close()
                report.left_out = dispatch.left_out
            report.problem, report.stopped = dispatch.problem, stopped()

    def _place_settings(self, most: int, jobs: int, commands: Sequence[Command]) -> dict[bool, PlaceSettings]:
        """Return what this machine is told, and what others are: by whether it is this one."""
        scratch = self.journal.staging / "scratch.db"
        write_scratch(scratch, self.course.gradebook.url, self.course.gradebook.course, self.course.unit)
        seconds = self.course.setting("submission_timeout", Limits.submission) + self.course.setting("reserve", RESERVE)
        local = PlaceSettings(
            unit=self.course.unit,
            seed=self.results.seed,
            unsandboxed=self.report.unsandboxed,
            jobs=jobs,
            most=most,
            budget=WALL_CLOCK_FACTOR * seconds + HANG_MARGIN,
            scratch=to_base64(scratch.read_bytes()),
            packages=self.course.packages(),
            private=private_paths(self.course.config),
            folder=str(self.journal.staging),
        )
        if all(command.is_local for command in commands):
            return {True: local}
        config = portable_config(self.course.config)
        unit = pack_files(self.course.path("source", "."), leave_out=("__pycache__", ".ipynb_checkpoints"))
        return {True: local, False: replace(local, config=config, files=unit, private=[], folder="")}
