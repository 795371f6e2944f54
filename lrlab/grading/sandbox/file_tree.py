"""Which files of this machine a submission may see: a list, without what is private and below something on it.

The list has parts of folders, never a whole /usr or a whole environment: nbgrader's exchange is by default in
/usr/local/share, and an instructor may keep a course anywhere. Private paths are covered as well, because they may be
below a part that Python needs, for example a home or an exchange in the environment's ``lib``.
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

PRIVATE_MODULES = ("lrlab.grading", "lrlab.publishing", "lrlab.units")
EXCHANGE = "/usr/local/share/nbgrader/exchange"  # nbgrader's own default
# Programs, libraries and their data, below the system's folders and those of Python's environment.
PARTS = (
    *("bin", "sbin", "lib", "lib32", "lib64", "libx32", "libexec", "include", "pyvenv.cfg", "etc/fonts", "ssl"),
    *(f"share/{name}" for name in ("fontconfig", "fonts", "locale", "matplotlib", "terminfo", "zoneinfo")),
)
# Absolute paths; NixOS and Guix keep their programs in a store.
SYSTEM_PATHS = (
    *("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store", "/gnu/store"),
    *("/etc/ld.so.cache", "/etc/fonts", "/etc/alternatives"),
)
PEOPLE = range(1000, 65534)  # user ids of people; the others belong to the system


class Mount(NamedTuple):
    """One entry of the sandbox's file tree."""

    path: str
    kind: Literal["visible", "link", "empty folder", "empty file"]
    source: str = ""


def visible_paths() -> list[str]:
    """Return the paths that a submission may see, sorted; some are below others."""
    own = os.path.dirname(os.path.abspath(lrlab.__file__))
    folders = {"/usr", "/usr/local", sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix}
    named = {os.path.join(os.path.abspath(folder), part) for folder in folders for part in PARTS} | {*SYSTEM_PATHS}
    named |= set(map(sysconfig.get_path, ("stdlib", "platstdlib", "purelib", "platlib")))
    named |= {os.path.dirname(sys.executable), os.path.dirname(os.path.realpath(sys.executable))}
    for folder in (own, os.path.realpath(own)):
        named |= {folder, f"{folder}/grading/sandbox/init"}
    return sorted(os.path.abspath(path) for path in named if os.path.exists(path) and os.path.abspath(path) != "/")


def private_paths(config: Config | None = None) -> list[str]:
    """Return what a submission must not see, wherever it is: exchange, homes, the course, and the rest of the grader.

    Args:
        config: nbgrader's configuration of the course that is graded, if there is one.
    """
    paths = [*module_paths(PRIVATE_MODULES), EXCHANGE, *_homes()]
    if config is not None:
        paths += _configured(config)
    return sorted({os.path.realpath(os.path.expanduser(path)) for path in paths if path} - {"/"})


def module_paths(names: Iterable[str]) -> list[str]:
    """Return where modules of lrlab are, with their bytecode: in the lrlab that grades, and in an installed one."""
    parents = {os.path.dirname(os.path.dirname(os.path.realpath(lrlab.__file__)))}
    parents |= {os.path.realpath(sysconfig.get_path(name)) for name in ("purelib", "platlib")}
    paths: list[str] = []
    for parent in sorted(parents):
        for name in names:
            folder, _, last = os.path.join(parent, *name.split(".")).rpartition("/")
            paths += glob.glob(f"{glob.escape(folder)}/{last}")
            paths += glob.glob(f"{glob.escape(folder)}/{last}.*")
            paths += glob.glob(f"{glob.escape(folder)}/__pycache__/{last}.*")
    return paths


def _homes() -> list[str]:
    """Return the homes of people. A home that is itself visible, as some systems give to a service, is not private."""
    homes = {os.path.expanduser("~")}
    try:
        import pwd
    except ImportError:  # Windows, where there is no sandbox either
        return sorted(homes)
    homes |= {entry.pw_dir for entry in pwd.getpwall() if entry.pw_uid in PEOPLE or entry.pw_uid == os.getuid()}
    return sorted({os.path.realpath(home) for home in homes} - {os.path.realpath(path) for path in visible_paths()})


def _configured(config: Config) -> list[str]:
    """Return where a course's configuration puts its exchange, its files and its gradebook."""
    from nbgrader.coursedir import CourseDirectory

    layout = CourseDirectory(config=config)
    exchange = [config[section] for section in list(config) if section.startswith("Exchange")]
    values = [section.get(name) for section in exchange for name in ("root", "cache")]
    paths = [str(value) for value in values if isinstance(value, str)]
    root = os.path.abspath(layout.root)
    # Otherwise `root` is just the working directory.
    if config.CourseDirectory.get("root") or os.path.exists(os.path.join(root, "nbgrader_config.py")):
        steps = ("source", "release", "submitted", "autograded", "feedback", "solution")
        paths += [root, *(os.path.join(root, getattr(layout, f"{step}_directory")) for step in steps)]
        paths += glob.glob(glob.escape(layout.db_url.removeprefix("sqlite:///")) + "*")  # SQLite's journals too
    return paths


def plan_mounts(visible: Iterable[str], hidden: Iterable[str]) -> list[Mount]:
    """Plan a file tree that has the visible paths and none of the hidden ones.

    A path below another is there already. A hidden path below a visible folder is replaced by something empty, also
    where that folder appears under a second name because a link leads to it. A visible path below a hidden one is
    mounted again.

    Returns:
        The entries, in the order in which they have to be made.

    Raises:
        ValueError: a path is visible and hidden at once.
    """
    visible, hidden = sorted(set(visible)), [os.path.realpath(path) for path in hidden]
    firm = [path for path in visible if not os.path.islink(path)]
    queue = [(path.split("/"), Mount(path, "visible", os.path.realpath(path))) for path in visible]
    heapq.heapify(queue)
    made: list[Mount] = []
    while queue:
        _, mount = heapq.heappop(queue)
        over = max((m for m in made if _within(mount.path, m.path)), key=lambda m: len(m.path), default=None)
        if mount.kind != "visible":
            if over is not None and over.kind == "visible":
                made.append(mount)
            continue
        if over is not None and over.kind in ("visible", "link"):
            continue
        if mount.source != mount.path and any(_within(mount.source, path) for path in firm):
            made.append(mount._replace(kind="link"))
            continue
        made.append(mount)
        for path in hidden:
            if path == mount.source:
                raise ValueError(f"{path} must not be seen by a submission, but Python needs it: move one of the two")
            if _within(path, mount.source) and os.path.exists(path):
                place = mount.path + path[len(mount.source) :]
                kind: Literal["empty folder", "empty file"] = "empty folder" if os.path.isdir(path) else "empty file"
                heapq.heappush(queue, (place.split("/"), Mount(place, kind)))
    return made


def _within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")
