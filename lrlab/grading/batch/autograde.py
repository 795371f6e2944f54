"""Grade one submission with nbgrader's Autograde: a copy of it, into a folder of its own, with a scratch gradebook.

submitted/, autograded/ and the gradebook are only read here; what came of it is said as plain data.
"""

from __future__ import annotations

import contextlib
import copy
import glob
import json
import logging
import shutil
import time
from pathlib import Path
from typing import Any

from nbclient import NotebookClient
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config
from traitlets.utils.importstring import import_item

from lrlab.grading.batch import gradebook
from lrlab.grading.submission import files
from lrlab.grading.submission import folders
from lrlab.grading.batch.course import CONFIG, ConfigurationError, configuration
from lrlab.grading.scoring.execution import ExecuteSubmission
from lrlab.grading.scoring.test_specs import JudgeError
from lrlab.grading.submission.notebook import Unreadable
from lrlab.grading.sandbox.bubblewrap import SandboxError

TAKEN, MADE = "in", "out"
LONGEST = 2000  # characters of a reason


class OneSubmission(Autograde):
    """nbgrader's converter, which keeps the error that it otherwise only logs."""

    cause: BaseException | None = None

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
            self.cause = error
            raise


def require_box(config: Config) -> None:
    """Raise ConfigurationError unless what runs submissions is ours, which runs them in a box."""
    steps = [import_item(s) if isinstance(s, str) else s for s in config.Autograde.get("autograde_preprocessors", ())]
    runs = [step for step in steps if isinstance(step, type) and issubclass(step, NotebookClient)]
    if not runs or not all(issubclass(step, ExecuteSubmission) for step in runs):
        names = ", ".join(step.__name__ for step in runs) or "nbgrader's own Execute"
        raise ConfigurationError(
            f"{CONFIG} must run submissions with lrlab.grading.scoring.preprocessor.Judge in c.Autograde.autograde_preprocessors, "
            f"which has a sandbox, and it runs them with {names}"
        )


def steer(config: Config, *, seed: int | None, unsandboxed: bool) -> None:
    """What the command line says goes before the configuration, for whichever class reads it."""
    for name in ("ExecuteSubmission", "Judge"):
        if unsandboxed:
            config[name].unsandboxed = True
        if seed is not None:
            config[name].seed = config[name].cases_seed = seed
    if "cases_seed" in config.ExecuteSubmission:
        del config.ExecuteSubmission.cases_seed


class Grader:
    """Grades in this process, whose terms are `about`: root, unit, scratch, seed, unsandboxed."""

    def __init__(self, about: dict[str, Any]) -> None:
        self.root, self.unit, self.scratch = Path(about["root"]), about["unit"], Path(about["scratch"])
        self.config = configuration(self.root)
        steer(self.config, seed=about["seed"], unsandboxed=about["unsandboxed"])
        require_box(self.config)
        self.layout = CourseDirectory(config=self.config)

    def grade(self, job: dict[str, Any]) -> dict[str, Any]:
        """What came of a submission: `state` graded, with the result; or refused, failed, "no sandbox" or "course" (at
        fault), with the reason."""
        began = time.monotonic()
        made: dict[str, Any] = {}
        try:
            made = self._graded(job)
        except Unreadable as error:
            made |= {"state": "refused", "reason": str(error)}
        except SandboxError as error:
            made |= {"state": "no sandbox", "reason": str(error)}
        except JudgeError as error:
            made |= {"state": "course", "reason": f"the course's own files are at fault: {error}"}
        except Exception as error:
            logging.getLogger().exception("While grading %s", job["student"])
            made |= {"state": "failed", "reason": f"nbgrader stopped with {type(error).__name__}: {error}"}
        if "reason" in made:
            made["reason"] = " ".join(str(made["reason"]).split())[:LONGEST]
        return made | {"student": job["student"], "seconds": round(time.monotonic() - began, 2)}

    def _graded(self, job: dict[str, Any]) -> dict[str, Any]:
        student, stage = job["student"], Path(job["stage"])
        ours = self.layout
        submitted = Path(ours.format_path(ours.submitted_directory, student, self.unit))
        folder = places.submission(submitted.parent.parent, student, self.unit)
        digest = intake.copy(
            folder,
            stage / TAKEN / student / self.unit,
            job["notebooks"],
            ours.ignore,
        )
        scratch = stage / "gradebook.db"
        shutil.copyfile(self.scratch, scratch)
        url = f"sqlite:///{scratch}"
        books.extend(url, self.layout.course_id, self.unit, student, job["extension"])
        config = copy.deepcopy(self.config)
        mine = config.CourseDirectory
        mine.submitted_directory, mine.autograded_directory = str(stage / TAKEN), str(stage / MADE)
        mine.db_url, mine.assignment_id, mine.student_id = url, self.unit, glob.escape(student)
        mine.notebook_id = "*"
        converter = OneSubmission(coursedir=CourseDirectory(config=config), config=config)
        try:
            converter.start()
        except Exception:
            if converter.cause is not None:
                raise converter.cause from None
            raise
        with books.opened(url, self.layout.course_id) as gradebook:
            result = books.read_submission(gradebook, self.unit, student)
        assert result is not None
        notes = [*intake.notes(folder, job["notebooks"]), *_notes(stage / MADE / student / self.unit)]
        return {"state": "graded", "digest": digest, "result": result, "notes": notes}


def _notes(folder: Path) -> list[str]:
    """What the sanitiser and the judge noted of a graded submission."""
    found: list[str] = []
    for path in sorted(folder.glob("*.ipynb")):
        about = json.loads(path.read_text(encoding="utf-8"))["metadata"].get("lrlab", {})
        found += [str(note)[:300] for note in about.get("notes", ())]
    return found[:50]
