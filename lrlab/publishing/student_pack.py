"""The students' pack: one zip with the course, the assignments and ``lrlab``, and nothing of the instructor's."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lrlab._files import write_zip
from lrlab.grading.batch.course import course_folder, output_file
from lrlab.printable import is_text
from lrlab.publishing.release import LEFTOVERS, ReleaseError, release

FOLDER = "lrlab-course"  # what the zip unpacks to
# Named one by one, so that what is new in the course folder stays with the instructor until it is added here.
FILES = (
    *(
        "start.py",
        "pyproject.toml",
        "constraints.txt",
        "environment.yml",
        "postBuild",
        ".devcontainer/devcontainer.json",
    ),
    *("LICENSE", "LICENSE-CONTENT", "NOTICE.md", ".gitignore", "tools/bootstrap.py", "tools/minutes.py"),
)
OWN = "tools/student"  # what students have in place of the file of that name: README.md, Makefile
FOLDERS = (
    *("assignments", "course", "lrlab"),
    *("tools/jupyter", "tools/jupyter-student", "tools/jupyter-no-exchange", "tools/student"),
)
INSTRUCTORS = ("### BEGIN SOLUTION", "### BEGIN HIDDEN TESTS", "=== BEGIN MARK SCHEME")


@dataclass(frozen=True)
class Packed:
    """A file of the pack: its path there, with slashes, and what is in it."""

    name: str
    content: bytes
    executable: bool

    @property
    def mode(self) -> int:
        return 0o755 if self.executable else 0o644


def student_pack(to: Path | None = None, *, root: Path | None = None) -> Path:
    """Write the zip that students get: course, assignments, lrlab, environment; no solution and no reference.

    Outputs that were left in a notebook stay behind. The zip unpacks to one folder, in which ``start.py`` and
    ``make lab`` work.

    Args:
        to: the zip to write; default ``student-pack.zip`` in the course folder. Its folder must exist.
        root: the course folder; by default the nearest one, from the working directory up, with an nbgrader_config.py.

    Returns:
        The path of the zip. The same course gives the same bytes.

    Raises:
        CourseError: assignments/ are not what solutions/ generate, or a notebook holds a solution or a hidden test.
            An earlier zip is as it was.
    """
    root = course_folder(root)
    to = output_file(to or root / "student-pack.zip")
    write_zip(to, ((f"{FOLDER}/{one.name}", one.content, one.mode) for one in packed(root)))
    return to


def packed(root: Path) -> Iterator[Packed]:
    """Yield what students get, sorted.

    Raises:
        ReleaseError: as for ``student_pack``.
    """
    drift = release(check=True, root=root)
    if drift:
        raise ReleaseError(f"assignments/ are not what solutions/ generate: {', '.join(drift)}; run `make release`")
    for path in _paths(root):
        content = _notebook(path) if path.suffix == ".ipynb" else path.read_bytes()
        name = path.relative_to(root).as_posix()
        if name.startswith(f"{OWN}/"):
            name = name.removeprefix(f"{OWN}/")
            content = content.replace(b"](../../", b"](")  # its links lead from where it was written
        yield Packed(name, content, os.access(path, os.X_OK))


def _paths(root: Path) -> list[Path]:
    """Return the files that go in, sorted; hidden ones and what running leaves behind don't."""
    paths = [root / name for name in FILES]
    for folder in FOLDERS:
        for path in (root / folder).rglob("*"):
            parts = path.relative_to(root).parts
            left = any(p in LEFTOVERS or p.startswith(".") or p.endswith((".pyc", ".egg-info")) for p in parts)
            if path.is_file() and not path.is_symlink() and not left:
                paths.append(path)
    missing = [path.name for path in paths if not path.is_file()]
    if missing:
        raise ReleaseError(f"the course folder {root} has no {missing[0]}")
    strange = [path for path in paths if not is_text(str(path.relative_to(root)))]
    if strange:
        raise ReleaseError(
            f"the name of {strange[0]} is not UTF-8, which a zip must have: rename the file or its folder"
        )
    return sorted(paths)


def _notebook(path: Path) -> bytes:
    """Return a notebook without outputs; ``ReleaseError`` if it holds what only the instructor may see."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        inside = next((mark for mark in INSTRUCTORS if mark in "".join(cell["source"])), None)
        if inside:
            raise ReleaseError(f"{path} holds {inside!r}, which is for the instructor: run `make release`")
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    return (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode()
