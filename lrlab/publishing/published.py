"""The students' pack as a folder: the working tree of a repository that nbgitpuller, Binder and Colab open.

It is updated in place: what an earlier pack wrote and this one does not have is removed, and nothing else is touched.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from dataclasses import dataclass, field, replace
from pathlib import Path

from lrlab._files import write_bytes
from lrlab.grading.batch.course import course_folder
from lrlab.printable import printable
from lrlab.publishing import colab
from lrlab.publishing.release import ReleaseError
from lrlab.publishing.student_pack import Packed, packed

LIST = ".lrlab-pack.json"  # what the last pack wrote, with digests
BROWSER = b"<!-- browser -->\n"  # where the README gets its links
INSTRUCTORS = ("solutions", "nbgrader_config.py", "gradebook.db", "submitted", "grading", "tests")
BRANCH = re.compile(r"\w[\w./-]*")


@dataclass
class Published:
    """What changed in the folder."""

    folder: Path
    written: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)


def publish(folder: Path, *, repository: str = "", branch: str = "main", root: Path | None = None) -> Published:
    """Bring a folder to what students get: course, assignments, lrlab; no solution, and none in its git history.

    Args:
        folder: a new or an empty one, a clone with nothing in it, or one that an earlier call wrote.
        repository: the public address that the folder is pushed to, as in ``https://github.com/OWNER/NAME``. With it
            the README has links for Binder, Colab and nbgitpuller, and each notebook a first cell for Colab.
        branch: the branch there.
        root: the course folder; by default the nearest one, from the working directory up.

    Raises:
        ReleaseError: something would reach students that must not, the folder has other things in it, or an argument
            is wrong. Nothing was changed.
    """
    root = course_folder(root)
    folder = Path(folder)
    if repository and not colab.REPOSITORY.fullmatch(repository):
        raise ReleaseError(
            f"repository must be an address such as https://github.com/OWNER/NAME, without a password, "
            f"got {repository!r}"
        )
    if not BRANCH.fullmatch(branch):
        raise ReleaseError(f"branch must be the name of a branch, got {branch!r}")
    before = _before(folder, root)
    files = [_for(one, repository, branch) for one in packed(root)]
    _nothing_in_the_way(folder, {one.name for one in files}, before)
    done = Published(folder)
    folder.mkdir(exist_ok=True)
    listed = {one.name: hashlib.sha256(one.content).hexdigest() for one in files}
    # First the list of what there may be: after a crash the next call knows it.
    write_bytes(folder / LIST, _text({**before, **listed}))
    for one in files:
        path = folder / one.name
        if not path.is_file() or path.read_bytes() != one.content:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_bytes(path, one.content, mode=one.mode)
            done.written.append(one.name)
    for name in sorted(before.keys() - listed.keys()):
        path = folder / name
        if path.is_file() and not path.is_symlink():
            path.unlink()
            done.removed.append(name)
        for parent in path.relative_to(folder).parents:
            if parent.parts and (folder / parent).is_dir() and not any((folder / parent).iterdir()):
                (folder / parent).rmdir()
    write_bytes(folder / LIST, _text(listed))
    return done


def _for(one: Packed, repository: str, branch: str) -> Packed:
    """Return the file as it is in the published copy."""
    if one.name == "README.md":
        links = colab.links(repository, branch).encode() if repository else b""
        return replace(one, content=one.content.replace(BROWSER, links))
    if repository and one.name.endswith(".ipynb") and one.name.startswith(("course/", "assignments/")):
        return replace(one, content=colab.with_first_cell(one.content, colab.first_cell(repository, one.name, branch)))
    return one


def _before(folder: Path, root: Path) -> dict[str, str]:
    """Return what an earlier call wrote; ReleaseError if this can't be a folder for students."""
    shown = printable(str(folder))
    if not folder.parent.is_dir() or (folder.exists() and not folder.is_dir()):
        raise ReleaseError(f"to must be a folder, or a new one in a folder that exists, got {shown}")
    if folder.resolve() == root or folder.resolve() in root.parents:
        raise ReleaseError(f"to must be another folder than the course folder, got {shown}")
    theirs = [name for name in INSTRUCTORS if (folder / name).exists()]
    if theirs:
        raise ReleaseError(f"{shown} has {theirs[0]} in it, which is the instructor's: name another folder")
    if commit := _solutions_in_history(folder):
        raise ReleaseError(
            f"the branch in {shown} has solutions in its history (commit {commit}), which every clone would bring: use "
            "a repository of its own, or a branch without a history (`git switch --orphan students`)"
        )
    try:
        result = json.loads((folder / LIST).read_text(encoding="utf-8"))
        if not (isinstance(result, dict) and all(map(_is_inside, result))):
            raise ValueError("it is not a list of files")
        return result
    except FileNotFoundError:
        there = sorted(p.name for p in folder.iterdir() if p.name != ".git") if folder.is_dir() else []
        if there:
            raise ReleaseError(
                f"{shown} has files that no `lrlab pack` wrote ({printable(there[0])}): name an empty "
                "folder, or a clone with nothing in it"
            ) from None
        return {}
    except ValueError as error:
        raise ReleaseError(
            f"{folder / LIST} is damaged ({error}): empty the folder, but for .git, and pack again"
        ) from None


def _is_inside(name: str) -> bool:
    path = Path(name)
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts and path.parts[0] != ".git"


def _nothing_in_the_way(folder: Path, names: set[str], before: dict[str, str]) -> None:
    for name in sorted(names | before.keys()):
        places = [folder / name, *((folder / part) for part in Path(name).parents if part.parts)]
        link = next((place for place in places if place.is_symlink()), None)
        if link is not None:
            raise ReleaseError(f"{link} is a link: nothing is written through it; remove it")
        if name in names - before.keys() and (folder / name).exists():
            raise ReleaseError(f"{folder / name} is in the way: no `lrlab pack` wrote it; move it away")


def _solutions_in_history(folder: Path) -> str:
    """Return the last commit of the folder's branch in which something of the instructor's was, if there is one."""
    if not (folder / ".git").exists():
        return ""
    command = ["git", "-C", str(folder), "log", "-1", "--format=%h", "HEAD", "--"]
    command += [":(top)solutions", ":(top)nbgrader_config.py", ":(glob)**/reference.py"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise ReleaseError(
            f"{folder} is a clone, and there is no git here to look at its history: install git"
        ) from None
    return done.stdout.strip()  # empty, too, before the first commit


def _text(listed: dict[str, str]) -> bytes:
    return (json.dumps(dict(sorted(listed.items())), indent=0) + "\n").encode()
