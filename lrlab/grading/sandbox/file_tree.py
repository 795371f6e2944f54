"""Which files of this machine a submission may see: a list, without what is private and lies below something on it.

The list has parts of folders, never a whole /usr or a whole environment: nbgrader's exchange is by default in
/usr/local/share, and an instructor may keep a course anywhere. What is private is covered none the less, because it may
lie below a part that Python needs, as a home or an exchange in the environment's `lib` would.
"""

from __future__ import annotations

import glob
import heapq
import os
import sys
import sysconfig
from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal, NamedTuple

import lrlab

if TYPE_CHECKING:
    from traitlets.config import Config

EXCHANGE = "/usr/local/share/nbgrader/exchange"  # nbgrader's own default
# Of the system, of what was added to it, and of Python's environment: programs, libraries, and data that those read.
PARTS = (
    *("bin", "sbin", "lib", "lib32", "lib64", "libx32", "libexec", "include", "pyvenv.cfg", "etc/fonts", "ssl"),
    *(f"share/{name}" for name in ("fontconfig", "fonts", "locale", "matplotlib", "terminfo", "zoneinfo")),
)
# NixOS and Guix keep their programs in a store.
ELSEWHERE = (
    *("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store", "/gnu/store"),
    *("/etc/ld.so.cache", "/etc/fonts", "/etc/alternatives"),
)
ORDINARY = range(1000, 65534)  # user ids of people; what has another is part of the system


class Mount(NamedTuple):
    """One entry of the sandbox's file tree: at `path`, in the order in which they have to be made."""

    path: str
    kind: Literal["shown", "link", "empty folder", "empty file"]
    source: str = ""


def listed() -> list[str]:
    """Return the paths that a submission may see, sorted; some lie below others."""
    own = os.path.dirname(os.path.abspath(lrlab.__file__))
    folders = {"/usr", "/usr/local", sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix}
    named = {os.path.join(os.path.abspath(folder), part) for folder in folders for part in PARTS} | {*ELSEWHERE}
    named |= set(map(sysconfig.get_path, ("stdlib", "platstdlib", "purelib", "platlib")))
    named |= {os.path.dirname(sys.executable), os.path.dirname(os.path.realpath(sys.executable))}
    for folder in (own, os.path.realpath(own)):
        named |= {folder, f"{folder}/grading/inside"}
    return sorted(os.path.abspath(path) for path in named if os.path.exists(path) and os.path.abspath(path) != "/")


def private(config: Config | None = None) -> list[str]:
    """Return what a submission must not see, wherever it lies: exchange, homes, the course, and the rest of the grader.

    Args:
        config: nbgrader's configuration of the course that is graded, if there is one.
    """
    own = os.path.realpath(os.path.dirname(lrlab.__file__))
    found = [f"{own}/grading", EXCHANGE, *_homes()]
    if config is not None:
        found += _configured(config)
    return sorted({os.path.realpath(os.path.expanduser(path)) for path in found if path} - {"/"})


def _homes() -> list[str]:
    """The homes of people. One that is itself on the list, as some systems give to a service, is no secret."""
    homes = {os.path.expanduser("~")}
    try:
        import pwd
    except ImportError:  # Windows, where there is no sandbox either
        return sorted(homes)
    homes |= {entry.pw_dir for entry in pwd.getpwall() if entry.pw_uid in (*ORDINARY, os.getuid())}
    return sorted({os.path.realpath(home) for home in homes} - {os.path.realpath(path) for path in listed()})


def _configured(config: Config) -> list[str]:
    """Where a course's configuration puts its exchange, its files and its gradebook."""
    from nbgrader.coursedir import CourseDirectory

    from lrlab.grading.batch.course import CONFIG

    layout = CourseDirectory(config=config)
    found = [
        str(value)
        for section in list(config)
        if section.startswith("Exchange")
        for name in ("root", "cache")
        if isinstance(value := config[section].get(name), str)
    ]
    root = os.path.abspath(layout.root)
    # Without one of both, `root` is just the working directory.
    if config.CourseDirectory.get("root") or os.path.exists(os.path.join(root, CONFIG)):
        steps = ("source", "release", "submitted", "autograded", "feedback", "solution")
        found += [root, *(os.path.join(root, getattr(layout, f"{step}_directory")) for step in steps)]
        found += glob.glob(glob.escape(layout.db_url.removeprefix("sqlite:///")) + "*")  # SQLite's journals too
    return found


def mounts(named: Iterable[str], hidden: Iterable[str]) -> list[Mount]:
    """Return how to build a tree of what is named in which nothing that is hidden appears.

    A path that lies below another is there already. What is hidden below a shown folder gets something empty in its
    place; where a folder is shown under another name, because a link leads to it, also there. What is named and lies
    below something hidden is shown again.

    Raises:
        ValueError: a path is named and hidden at once.
    """
    named, hidden = sorted(set(named)), [os.path.realpath(path) for path in hidden]
    firm = [path for path in named if not os.path.islink(path)]
    queue = [(path.split("/"), Mount(path, "shown", os.path.realpath(path))) for path in named]
    heapq.heapify(queue)
    made: list[Mount] = []
    while queue:
        _, mount = heapq.heappop(queue)
        over = max((m for m in made if _within(mount.path, m.path)), key=lambda m: len(m.path), default=None)
        if mount.kind != "shown":
            if over is not None and over.kind == "shown":
                made.append(mount)
            continue
        if over is not None and over.kind in ("shown", "link"):
            continue
        if mount.source != mount.path and any(_within(mount.source, path) for path in firm):
            made.append(mount._replace(kind="link"))
            continue
        made.append(mount)
        for path in hidden:
            if path == mount.source:
                raise ValueError(f"{path} must not be seen by a submission, but Python needs it: move one of both")
            if _within(path, mount.source) and os.path.exists(path):
                place = mount.path + path[len(mount.source) :]
                kind: Literal["empty folder", "empty file"] = "empty folder" if os.path.isdir(path) else "empty file"
                heapq.heappush(queue, (place.split("/"), Mount(place, kind)))
    return made


def _within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")
