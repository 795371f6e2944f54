"""Grade one submission with nbgrader's Autograde: a copy of it, into a new folder, with a scratch gradebook.

submitted/, autograded/ and the gradebook are not touched here; the result is returned as plain data.
"""

from __future__ import annotations

import contextlib
import copy
import glob
import json
import logging
import os
import shutil
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from nbclient import NotebookClient
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config
from traitlets.utils.importstring import import_item

from lrlab.grading.batch import reuse
from lrlab.grading.batch.course import CONFIG, configuration
from lrlab.grading.batch.errors import ConfigurationError
from lrlab.grading.batch.gradebook import read_submission
from lrlab.grading.batch.messages import Job, JobDone, PlaceSettings
from lrlab.grading.batch.scratch import set_extension
from lrlab.grading.batch.worker_pool import COPIES, RESULTS, SCRATCH, SOURCE
from lrlab.grading.sandbox.limits import SandboxError
from lrlab.grading.scoring.execution import ExecuteSubmission
from lrlab.grading.scoring.save_grades import SaveGrades
from lrlab.grading.scoring.test_specs import AssignmentError
from lrlab.grading.submission.invalid import InvalidSubmission

LONGEST_REASON = 2000  # characters of a reason


class OneSubmission(Autograde):
    """nbgrader's converter, but it keeps the error that it would only log."""

    error: BaseException | None = None

    def init_assignment(self, assignment_id: str, student_id: str) -> None:
        with self._kept():
            super().init_assignment(assignment_id, student_id)

    def convert_single_notebook(self, notebook_filename: str) -> None:
        with self._kept():
            super().convert_single_notebook(notebook_filename)

    @contextlib.contextmanager
    def _kept(self) -> Any:
        try:
            yield
        except BaseException as error:
            self.error = error
            raise


def check_configuration(config: Config) -> None:
    """Check that the course's configuration runs submissions in our sandbox, and enters scores as we do.

    Raises:
        ConfigurationError: it does not.
    """
    steps = [_step(each) for each in config.Autograde.get("autograde_preprocessors", ())]
    runs = [step for step in steps if isinstance(step, type) and issubclass(step, NotebookClient)]
    if not runs or not all(issubclass(step, ExecuteSubmission) for step in runs):
        names = ", ".join(step.__name__ for step in runs) or "nbgrader's own Execute"
        raise ConfigurationError(
            f"{CONFIG} must run submissions with lrlab.grading.scoring.preprocessor.Judge in "
            f"c.Autograde.autograde_preprocessors, which has a sandbox, and it runs them with {names}"
        )
    if not any(isinstance(step, type) and issubclass(step, SaveGrades) for step in steps):
        raise ConfigurationError(
            f"{CONFIG} must enter scores with lrlab.grading.scoring.save_grades.SaveGrades in "
            f"c.Autograde.autograde_preprocessors: without it, what waits for a person gets 0 points"
        )


def _step(given: Any) -> Any:
    try:
        return import_item(given) if isinstance(given, str) else given
    except (ImportError, AttributeError) as error:
        raise ConfigurationError(
            f"{CONFIG} names {given} in c.Autograde.autograde_preprocessors, which can't be imported ({error}): take "
            f"the names of the nbgrader_config.py that comes with this lrlab"
        ) from error


def override(config: Config, *, seed: int | None, unsandboxed: bool) -> None:
    """Let the command line's options win over the configuration, for each class that reads them."""
    for name in ("ExecuteSubmission", "Judge"):
        if unsandboxed:
            config[name].unsandboxed = True
        if seed is not None:
            config[name].seed = config[name].cases_seed = seed
    if "cases_seed" in config.ExecuteSubmission:
        del config.ExecuteSubmission.cases_seed


class Autograder:
    """Grades submissions in this process, after ``open_scratch``; ``folder`` is that of its host."""

    def __init__(self, settings: PlaceSettings, folder: Path) -> None:
        self.unit, self.scratch = settings.unit, folder / SCRATCH
        if settings.config is None:
            self.config = configuration(Path.cwd())
        else:
            self.config = Config(settings.config)
            self.config.CourseDirectory.root, self.config.CourseDirectory.source_directory = str(folder), SOURCE
        override(self.config, seed=settings.seed, unsandboxed=settings.unsandboxed)
        check_configuration(self.config)
        self.layout = CourseDirectory(config=self.config)

    def open_scratch(self) -> None:
        """In a worker: take a scratch gradebook of its own, always at the same place so that work on it is reused."""
        self.own_scratch = self.scratch.with_name(f"{self.scratch.name}-{os.getpid()}")
        self.url = f"sqlite:///{self.own_scratch}"
        reuse.keep(self.url, scratch=True)

    def grade(self, job: Job) -> JobDone:
        """Grade a submission. Whatever happens, the answer says what came of it."""
        started = time.monotonic()
        try:
            done = self._grade(job)
        except InvalidSubmission as error:
            done = JobDone("refused", str(error))
        except SandboxError as error:
            done = JobDone("no sandbox", str(error))
        except AssignmentError as error:
            done = JobDone("course", f"the course's own files are at fault: {error}")
        except Exception as error:
            logging.getLogger().exception("While grading %s", job.student)
            done = JobDone("failed", f"nbgrader stopped with {type(error).__name__}: {error}")
        reason = " ".join(done.reason.split())[:LONGEST_REASON]
        return replace(done, reason=reason, seconds=round(time.monotonic() - started, 2))

    def _grade(self, job: Job) -> JobDone:
        student, stage = job.student, Path(job.stage)
        shutil.rmtree(stage / RESULTS, ignore_errors=True)  # of a first try of this job
        shutil.copyfile(self.scratch, self.own_scratch)
        url = self.url
        if job.extension is not None:
            set_extension(url, self.layout.course_id, self.unit, student, job.extension)
        config = copy.deepcopy(self.config)
        mine = config.CourseDirectory
        mine.submitted_directory, mine.autograded_directory = str(stage / COPIES), str(stage / RESULTS)
        mine.db_url, mine.assignment_id, mine.student_id = url, self.unit, glob.escape(student)
        mine.notebook_id = "*"
        converter = OneSubmission(coursedir=CourseDirectory(config=config), config=config)
        try:
            converter.start()
        except Exception:
            if converter.error is not None:
                raise converter.error from None
            raise
        with Gradebook(url, self.layout.course_id) as gradebook:
            result = read_submission(gradebook, self.unit, student)
        assert result is not None
        return JobDone("graded", result=result, notes=_notes(stage / RESULTS / student / self.unit))


def _notes(folder: Path) -> list[str]:
    """Return what was noted in a graded submission's notebooks."""
    notes: list[str] = []
    for path in sorted(folder.glob("*.ipynb")):
        about = json.loads(path.read_text(encoding="utf-8"))["metadata"].get("lrlab", {})
        notes += [str(note)[:300] for note in about.get("notes", ())]
    return notes[:50]
