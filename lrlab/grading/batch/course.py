"""The course folder, its nbgrader configuration, and where the things of a unit are in it."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from lrlab.grading.submission import folders
from lrlab.grading.batch.gradebook import Books
from lrlab.grading.batch.journal import Journal
from lrlab.units import REFERENCE

CONFIG = "nbgrader_config.py"
UNIT = re.compile(r"\w[\w .-]*")  # other signs mean something in the patterns that nbgrader makes of it


class CourseError(Exception):
    """What was asked of a course can't be done; nothing was changed. One sentence."""


class ConfigurationError(Exception):
    """The course's nbgrader configuration can't be used to grade. One sentence."""


def course_folder() -> Path:
    """Return the nearest folder with a configuration, from the working directory up; CourseError if there is none."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / CONFIG).is_file():
            return folder
    raise CourseError(f"no {CONFIG} in {here} or above it: run this in the course folder")


def configuration(root: Path) -> Config:
    """The course's nbgrader configuration, as nbgrader's own commands read it in `root`.

    Raises:
        ConfigurationError: it stops with an error.
    """
    from nbgrader.apps import NbGrader  # only here: it takes most of a second

    before = Path.cwd()
    os.chdir(root)
    try:
        # By default a file with an error in it only leaves a warning, and the defaults, which have no sandbox.
        app = NbGrader(raise_config_file_errors=True)
        app.load_config_file()
        config: Config = app.config
    except Exception as error:
        raise ConfigurationError(f"{CONFIG} stops with {type(error).__name__}: {error}") from error
    finally:
        os.chdir(before)
    if not config.CourseDirectory.get("root"):
        config.CourseDirectory.root = str(root)
    return config


class Course:
    """A course folder and one of its units."""

    def __init__(self, unit: str, root: Path | None = None) -> None:
        self.root = course_folder() if root is None else Path(root).resolve()
        self.unit = unit
        if not UNIT.fullmatch(unit):
            raise CourseError(
                f"a unit's name may have letters, digits and . _ -, got {unit!r}: nbgrader can't grade it"
            )
        try:
            self.config = configuration(self.root)
        except ConfigurationError as error:
            raise CourseError(str(error)) from error
        self.layout = CourseDirectory(config=self.config)
        if self.layout.directory_structure != CourseDirectory().directory_structure:
            raise CourseError("c.CourseDirectory.directory_structure must be nbgrader's own for `lrlab grade`")
        self.books = Books(self.layout.db_url, self.layout.course_id, unit)
        self.journal = Journal(self.root, unit)

    def path(self, step: str, student: str) -> Path:
        return Path(self.layout.format_path(getattr(self.layout, f"{step}_directory"), student, self.unit))

    @property
    def submitted(self) -> Path:
        return self.path("submitted", "student").parent.parent

    def submissions(self) -> list[str]:
        return places.submissions(self.submitted, self.unit)

    def submission(self, student: str) -> Path:
        return places.submission(self.submitted, student, self.unit)

    def notebooks(self) -> list[str]:
        if not self.path("source", ".").is_dir():
            raise CourseError(f"{self.layout.source_directory}/ has no unit {self.unit!r}")
        try:
            found = sorted(self.books.notebooks())
        except LookupError:
            found = []
        if not found:
            raise CourseError(
                f"the gradebook does not have {self.unit!r}: run `nbgrader generate_assignment {self.unit}` first"
            )
        return found

    def setting(self, name: str, default: int) -> int:
        """An option of the class that runs submissions, by whichever of its names it was configured."""
        for owner in ("Judge", "ExecuteSubmission"):
            value = self.config[owner].get(name)
            if value is not None:
                return int(value)
        return default

    def version(self) -> str:
        """Changes when what submissions are graded against does."""
        sums = hashlib.sha256(self.books.fingerprint().encode())
        reference = self.path("source", ".") / REFERENCE
        sums.update(reference.read_bytes() if reference.is_file() else b"")
        return sums.hexdigest()[:16]
