"""Generate what students get of the exercises from solutions/.

assignments/UNIT/ is made by nbgrader's own generate_assignment, lrlab/checks/data/UNIT.json by ``lrlab.units``.
"""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from lrlab.grading.batch.atomic import differences, files_below, replace_folder
from lrlab.grading.batch.course import course_folder
from lrlab.grading.batch.errors import CourseError
from lrlab.publishing import checks_data
from lrlab.units import Unit, UnitError

LEFTOVERS = {".ipynb_checkpoints", "__pycache__"}  # what opening an assignment leaves beside it


class ReleaseError(CourseError):
    """An assignment could not be generated; the one in assignments/ is as it was."""


def release(names: Sequence[str] | None = None, *, check: bool = False, root: Path | None = None) -> list[str]:
    """Generate the students' version of each unit, or say where it differs from what is there.

    Args:
        names: units, such as "decay_formulas"; all of them by default.
        check: write nothing; only compare.
        root: the course folder; by default the nearest one, from the working directory up, with an nbgrader_config.py.

    Returns:
        The files, relative to the course folder, that were changed or, with ``check``, that drift: an empty list says
        that assignments/ and lrlab/checks/data/ are what solutions/ generate. Sorted.

    Raises:
        CourseError: no course folder.
        ReleaseError: no such unit, or nbgrader can't generate one of them. No assignment is replaced before all the new
            ones exist.
    """
    root = course_folder(root)
    sources = sorted(p.name for p in (root / "solutions").glob("*") if list(p.glob("*.ipynb")))
    unknown = sorted(set(names or ()) - set(sources))
    if unknown:
        raise ReleaseError(f"solutions/ has no unit {unknown[0]!r}; it has: {', '.join(sources) or 'none'}")
    chosen = list(dict.fromkeys(names or sources))
    data = {name: _drifted_data(root, name) for name in chosen}  # first, as it names a unit's mistakes at once
    changed: list[str] = []
    with _generated(root, chosen) as fresh:
        for name in chosen:
            drifted = data[name]
            if drifted is not None:
                changed.append(f"lrlab/checks/data/{name}.json")
                if not check:
                    checks_data.write(Unit(root / "solutions" / name), root, drifted)
            target = root / "assignments" / name
            different = differences(fresh / name, target, LEFTOVERS)
            changed += [str(Path("assignments", name, file)) for file in different]
            if different and not check:
                target.parent.mkdir(parents=True, exist_ok=True)
                # On the target's own file system, where a rename is one step.
                with tempfile.TemporaryDirectory(prefix=".release-", dir=target.parent) as staging:
                    replace_folder(fresh / name, target, Path(staging))
    if check and not names:
        changed += [f"assignments/{p.name}" for p in _units(root / "assignments") if p.name not in sources]
    return sorted(changed)


def _drifted_data(root: Path, name: str) -> dict[str, Any] | None:
    """Return the unit's data of checks where it is not what the file says."""
    unit = Unit(root / "solutions" / name)
    try:
        return checks_data.drift(unit, root) if unit.adapters else None  # an assignment may be without checks of ours
    except UnitError as error:
        raise ReleaseError(str(error)) from error


def _units(folder: Path) -> list[Path]:
    return [p for p in folder.glob("*") if p.is_dir() and p.name not in LEFTOVERS]


@contextlib.contextmanager
def _generated(root: Path, names: Sequence[str]) -> Iterator[Path]:
    """Return the folder of the units' releases: a temporary course, by one start of nbgrader, which takes long."""
    with tempfile.TemporaryDirectory(prefix="lrlab-release-") as temporary:
        course = Path(temporary).resolve()  # on macOS it is a link, and nbgrader compares paths as text
        for name in names:
            shutil.copytree(root / "solutions" / name, course / "solutions" / name)
        fresh = course / "assignments"
        if names:
            command = [sys.executable, "-m", "nbgrader", "generate_assignment", "*", f"--course-dir={course}"]
            command += [f"--db=sqlite:///{course / 'gradebook.db'}"]
            done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
            missing = sorted(name for name in names if not files_below(fresh / name))  # the first is where it stopped
            if done.returncode or missing:
                which = missing[0] if missing else ", ".join(names)
                raise ReleaseError(f"nbgrader can't generate {which!r} from solutions/{which}: {_reason(done.stderr)}")
        yield fresh


def _reason(log: str) -> str:
    """Return the first exception in nbgrader's log, or its last line."""
    lines = [" ".join(line.split()) for line in log.splitlines() if line.strip()]
    errors = [line for line in lines if re.match(r"[\w.]*(Error|Exception): ", line)]
    return next(iter(errors or lines[-1:]), "no reason given")
