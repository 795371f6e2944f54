"""The course folder, its nbgrader configuration, and the paths of a unit in it."""

from __future__ import annotations

import ast
import contextlib
import glob
import hashlib
import os
import re
import shlex
import stat
from pathlib import Path

import nbformat
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from lrlab.grading.batch.errors import ConfigurationError, CourseError
from lrlab.grading.batch.gradebook import UnitGradebook
from lrlab.grading.batch.journal import Journal
from lrlab.grading.submission import folders
from lrlab.units import REFERENCE

CONFIG = "nbgrader_config.py"
LATE = ("AssignLatePenalties", "LateSubmissionPlugin")  # what a penalty for being late is configured with
UNIT = re.compile(r"\w[\w .-]*")  # other signs have a meaning in the patterns that nbgrader makes of it


def course_folder(root: Path | None = None) -> Path:
    """Return ``root``, by default the nearest folder with a configuration, from the working directory up.

    Raises:
        CourseError: there is none.
    """
    if root is not None:
        return Path(root).resolve()
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / CONFIG).is_file():
            return folder
    raise CourseError(f"no {CONFIG} in {here} or above it: run this in the course folder")


def output_file(to: Path | str, name: str = "to") -> Path:
    """Return the path of a file to write, which an argument called ``name`` gives.

    Raises:
        CourseError: its folder does not exist, or it is a folder.
    """
    to = Path(to)
    if not to.parent.is_dir() or to.is_dir():
        raise CourseError(f"{name} must be a file in a folder that exists, got {to}")
    return to


def configuration(root: Path) -> Config:
    """Return the course's nbgrader configuration, as nbgrader's own commands read it in ``root``.

    Raises:
        ConfigurationError: it stops with an error, or is for a course in another folder.
    """
    from nbgrader.apps import NbGrader  # imported here because it takes most of a second

    before = Path.cwd()
    os.chdir(root)
    try:
        # By default an error in the file is only logged, and the defaults apply, which have no sandbox.
        app = NbGrader(raise_config_file_errors=True)
        app.load_config_file()
        config: Config = app.config
    except (Exception, SystemExit) as error:
        raise ConfigurationError(f"{CONFIG} stops with {type(error).__name__}: {error}") from error
    finally:
        os.chdir(before)
    named = config.CourseDirectory.get("root")
    if named and (root / named).resolve() != Path(root).resolve():
        raise ConfigurationError(
            f"c.CourseDirectory.root is {named}, but you are in the course folder {root}: go there, or take the line "
            "out of the configuration that sets it (`nbgrader --paths` lists the folders of configurations)"
        )
    config.CourseDirectory.root = str(root)
    return config


def _imports(notebook: Path) -> set[str]:
    """Return the full names of the modules that a notebook imports; of a cell that is not plain Python, none."""
    names: set[str] = set()
    for cell in nbformat.read(notebook, as_version=4).cells:
        with contextlib.suppress(SyntaxError):
            for node in ast.walk(ast.parse(cell.source if cell.cell_type == "code" else "")):
                if isinstance(node, ast.Import):
                    names |= {alias.name for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    names.add(node.module)
    return names


def open_to_others(folder: Path) -> str:
    """Return a sentence if every user of this machine can get into the course folder; empty if not.

    Students with an account could read solutions, gradebook and each other's work there, and write into submitted/.
    """
    try:
        here = stat.S_IMODE(folder.stat().st_mode)
        closed = any(not each.stat().st_mode & stat.S_IXOTH for each in folder.resolve().parents)
    except OSError:
        return ""
    if closed or not here & stat.S_IRWXO:
        return ""
    cure = f"chmod {here & ~stat.S_IRWXO & 0o777:03o} {shlex.quote(str(folder))}"
    return (
        f"every user of this machine can get into the course folder (its mode is {here:03o}), with solutions, "
        f"gradebook and submissions: `{cure}` keeps them out"
    )


class Course:
    """A course folder and one of its units."""

    def __init__(self, unit: str, root: Path | None = None) -> None:
        self.root = course_folder(root)
        self.unit = unit
        if not UNIT.fullmatch(unit):
            raise CourseError(
                f"a unit's name may have letters, digits and . _ -, got {unit!r}: nbgrader can't grade it"
            )
        if glob.has_magic(str(self.root)):
            raise CourseError(
                f"the path of the course folder must not have * ? or [ in it, which nbgrader takes for a pattern, got "
                f"{self.root}: rename the folder"
            )
        self.config = configuration(self.root)
        self.layout = CourseDirectory(config=self.config)
        if self.layout.directory_structure != CourseDirectory().directory_structure:
            raise CourseError("c.CourseDirectory.directory_structure must be nbgrader's own for `lrlab grade`")
        self.gradebook = UnitGradebook(self.layout.db_url, self.layout.course_id, unit)
        self.journal = Journal(self.root, unit, shared=self.layout.groupshared)

    def path(self, step: str, student: str) -> Path:
        return Path(self.layout.format_path(getattr(self.layout, f"{step}_directory"), student, self.unit))

    @property
    def submitted(self) -> Path:
        return self.path("submitted", "student").parent.parent

    def submissions(self) -> list[str]:
        return folders.list_students(self.submitted, self.unit)

    def submission(self, student: str) -> Path:
        return folders.submission_folder(self.submitted, student, self.unit)

    def notebooks(self) -> list[str]:
        if not self.path("source", ".").is_dir():
            raise CourseError(f"{self.layout.source_directory}/ has no unit {self.unit!r}")
        names = self.gradebook.notebooks()
        if not names:
            if self.journal.path.exists():  # a person's marks are in the gradebook alone
                raise CourseError(
                    f"the gradebook does not have {self.unit!r}, of which grading/ has results: restore an earlier "
                    f"copy of it, or start again with `nbgrader generate_assignment {self.unit}`"
                )
            raise CourseError(
                f"the gradebook does not have {self.unit!r}: run `nbgrader generate_assignment {self.unit}` first"
            )
        return names

    def packages(self) -> list[str]:
        """Return what the unit's own notebooks import: all of lrlab counts as one package, and its checks as none."""
        names = set()
        for path in self.path("source", ".").glob("*.ipynb"):
            names |= _imports(path)
        return sorted({name.partition(".")[0] for name in names - {"lrlab.checks"}})

    def setting(self, name: str, default: int) -> int:
        """Return an option of the class that runs submissions, under whichever of its names it is configured."""
        for owner in ("Judge", "ExecuteSubmission"):
            value = self.config[owner].get(name)
            if value is not None:
                return int(value)
        return default

    def version(self) -> str:
        """Return a text that changes with what submissions are graded against."""
        sums = hashlib.sha256(self.gradebook.fingerprint().encode())
        reference = self.path("source", ".") / REFERENCE
        sums.update(reference.read_bytes() if reference.is_file() else b"")
        sums.update(self.late_terms().encode())
        return sums.hexdigest()[:16]

    def late_terms(self) -> str:
        """Return a text that changes with the due date and the penalty for being late; empty if there is no penalty."""
        terms = {name: str(self.config[name]) for name in LATE if self.config[name]}
        return repr((terms, self.gradebook.due_date())) if terms else ""
