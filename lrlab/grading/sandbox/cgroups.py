"""A submission's share by cgroups (version 2), where this process has a delegated one.

A cgroup counts what the kernel holds for a submission as well: files in memory, pipes, sockets and page tables. It also
bounds the number of its processes, and gives it one processor. The grader needs a cgroup that it may divide, which
``systemd-run --user --scope -p Delegate=yes lrlab grade UNIT`` gives it. Without one, ``process`` adds up what /proc
shows.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import os
import time
from pathlib import Path

from lrlab.grading.sandbox.limits import Limits

NEEDED = ("memory", "pids")
OPTIONAL = ("cpu",)
PERIOD = 100_000  # microseconds, of which a submission's processes may compute as many together
END_TIMEOUT = 5.0  # seconds until a cgroup whose processes were killed is empty
OWN_PROCESSES = 3  # of the sandbox itself
GRADER = "lrlab-grader"  # the cgroup that the grader moves into: only one without processes can be divided
_numbers = itertools.count()


class CgroupError(Exception):
    """There is no cgroup that this process may divide. One sentence."""


class Cgroup:
    """The cgroup of one submission. ``join`` is the open file by which a process enters it by writing 0."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self.path = path
        path.mkdir()
        try:
            self._write("memory.max", limits.memory)
            self._write("pids.max", limits.processes + OWN_PROCESSES)
            with contextlib.suppress(OSError):  # where there is no swap
                self._write("memory.swap.max", 0)
            self._write("memory.oom.group", 1)
            with contextlib.suppress(OSError):  # the controller is optional
                self._write("cpu.max", f"{PERIOD} {PERIOD}")
            self.join = os.open(path / "cgroup.procs", os.O_WRONLY | os.O_CLOEXEC)
        except OSError:
            path.rmdir()
            raise

    def _write(self, name: str, value: object) -> None:
        (self.path / name).write_text(f"{value}", encoding="ascii")

    def cpu_seconds(self) -> float:
        """Return the seconds of processor time that its processes have used."""
        return _table(self.path / "cpu.stat").get("usage_usec", 0) / 1e6

    def was_out_of_memory(self) -> bool:
        """Return whether the kernel ended its processes because they had reached the limit on memory."""
        return _table(self.path / "memory.events").get("oom_kill", 0) > 0

    def remove(self) -> None:
        """Kill its processes and remove it."""
        with contextlib.suppress(OSError):
            os.close(self.join)
        with contextlib.suppress(OSError):  # until Linux 5.14; there the sandbox's own end kills them
            self._write("cgroup.kill", 1)
        deadline = time.monotonic() + END_TIMEOUT
        while time.monotonic() < deadline:
            try:
                self.path.rmdir()
                return
            except FileNotFoundError:
                return
            except OSError:
                time.sleep(0.01)


def new(limits: Limits) -> Cgroup | None:
    """Return a new cgroup with these limits; None where this process has none to divide."""
    try:
        parent = delegated()
        return Cgroup(parent / f"lrlab-{os.getpid()}-{next(_numbers)}", limits)
    except (CgroupError, OSError):
        return None


@functools.cache
def delegated() -> Path:
    """Prepare this process's cgroup to be divided, and return it.

    The process moves into a cgroup of its own below, and what it starts later is there too. A cgroup that has other
    processes in it can't be divided, so the first process of a run calls this before it starts another.

    Raises:
        CgroupError: there is no cgroup version 2, it lacks a controller, or this process may not divide it.
    """
    own = _own_cgroup()
    if own.name == GRADER:
        own = own.parent
    controllers = _words(own / "cgroup.controllers")
    missing = [name for name in NEEDED if name not in controllers]
    if missing:
        raise CgroupError(f"the cgroup {own} has no controller {' and '.join(missing)}")
    wanted = [name for name in (*NEEDED, *OPTIONAL) if name in controllers]
    try:
        if not set(wanted) <= set(_words(own / "cgroup.subtree_control")):
            _divide(own, " ".join(f"+{name}" for name in wanted))
        elif not os.access(own, os.W_OK):
            raise CgroupError(f"the cgroup {own} belongs to someone else")
    except OSError as error:
        raise CgroupError(f"the cgroup {own} can't be divided: {error.strerror}") from error
    return own


def _divide(own: Path, controllers: str) -> None:
    grader = own / GRADER
    grader.mkdir(exist_ok=True)
    try:
        (grader / "cgroup.procs").write_text("0", encoding="ascii")
        (own / "cgroup.subtree_control").write_text(controllers, encoding="ascii")
    except OSError:
        with contextlib.suppress(OSError):  # leave it as it was
            (own / "cgroup.procs").write_text("0", encoding="ascii")
            grader.rmdir()
        raise


def prepare() -> None:
    """Prepare this process's cgroup if there is one to divide, before the first other process is started."""
    with contextlib.suppress(CgroupError):
        delegated()


def _own_cgroup() -> Path:
    """Return the folder of this process's cgroup of version 2."""
    try:
        lines = Path("/proc/self/cgroup").read_text(encoding="utf-8").splitlines()
        mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise CgroupError(f"/proc can't be read: {error.strerror}") from error
    inside = next((line.removeprefix("0::") for line in lines if line.startswith("0::")), None)
    roots = [line.split()[3:5] for line in mounts if " - cgroup2 " in line]
    if inside is None or not roots:
        raise CgroupError("this system has no cgroups of version 2")
    root, mounted = roots[0]
    below = inside.removeprefix(root) if root != "/" else inside
    return Path(mounted) / below.lstrip("/")


def _words(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="ascii").split()
    except OSError:
        return []


def _table(path: Path) -> dict[str, int]:
    """Return a file of lines "name number"."""
    words = _words(path)
    return {name: int(number) for name, number in zip(words[::2], words[1::2], strict=False)}
