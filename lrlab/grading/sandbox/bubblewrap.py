"""What a graded notebook may see and use: bubblewrap's command line, and the limits.

The box denies by default. It holds, read-only, what `shown` lists: programs and libraries of the system and of this
Python, and lrlab, of whose `grading` it holds `inside` alone, which is what runs there; a /tmp, a home and a /dev/shm
in memory; four harmless devices; its own processes. No network, no gradebook, no solutions, no exchange, no neighbour,
nothing of the grader's environment.
"""

from __future__ import annotations

import functools
import itertools
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import lrlab
from lrlab.grading.sandbox import init
from lrlab.grading.sandbox import file_tree
from lrlab.grading.sandbox.init import FONTS

MIB = 1 << 20
GIB = 1 << 30
PATIENCE = 3  # times a limit's seconds of processor time: what may go by on the clock
RESERVE = 120  # seconds of processor time for the assignment's own cells, when a submission's time was up
HOME = "/home/student"
SCRATCH = ("/tmp", HOME, "/dev/shm")  # empty at first, and gone with the box
OLDEST = (0, 7, 0)  # the release that brought --size

# Where the grader is root, each box has a user of its own: RLIMIT_NPROC does not bind root at all, and counts by user,
# with what an earlier box has not quite ended yet. The range lies above what systemd and container engines use, and
# below 2**31; a process number takes 22 bits of it.
FIRST_USER = 0x70000000
_boxes = itertools.count()

HOW = {
    "debian": "install it with `sudo apt-get install bubblewrap`",
    "fedora": "install it with `sudo dnf install bubblewrap`",
    "arch": "install it with `sudo pacman -S bubblewrap`",
    "suse": "install it with `sudo zypper install bubblewrap`",
    "linux": "install the package bubblewrap",
    "darwin": "grade on Linux: bubblewrap builds on the Linux kernel, and macOS has nothing like it",
    "win32": "grade on Linux, or in WSL 2 with the package bubblewrap: it builds on the Linux kernel",
}


class SandboxError(RuntimeError):
    """No box can be had on this machine, with what to do about it in one sentence."""


@dataclass(frozen=True)
class Limits:
    """What one submission may use. Whole numbers; bytes, seconds or a count.

    ``memory``: bytes in all its processes together, watched four times a second.
    ``address_space``: bytes a single process may reserve; torch alone reserves about 2 GiB.
    ``scratch``: bytes in each of /tmp, the home and /dev/shm, which live in memory.
    ``file_size``: bytes of a single file. ``open_files``: of one process.
    ``processes``: processes and threads at a time. ``cpu``: seconds of processor time of one process.
    ``cell``: seconds of processor time for a cell. ``submission``: for all of them. Each may take PATIENCE times that
    on the clock, so that a busy machine costs no one a point. ``clock``: seconds from the kernel's start to its end.
    ``message``: bytes of one message from the kernel; a longer one is lost.
    ``cell_output``, ``output``: bytes kept of what a cell, and of what all of them show; the rest is dropped, but for
    256 KiB of each later cell.
    """

    memory: int = 4 * GIB
    address_space: int = 6 * GIB
    scratch: int = 256 * MIB
    file_size: int = 128 * MIB
    open_files: int = 512
    processes: int = 128
    cpu: int = 600
    cell: int = 60
    submission: int = 600
    clock: int = 1800
    message: int = 8 * MIB
    cell_output: int = 4 * MIB
    output: int = 32 * MIB

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise ValueError(f"{field.name} must be a whole number of at least 1, but given {value!r}")


def system() -> str:
    """Which line of HOW this machine goes by."""
    if not sys.platform.startswith("linux"):
        return "win32" if sys.platform == "win32" else "darwin"
    try:
        words = re.findall(r"^ID(?:_LIKE)?=(.*)$", Path("/etc/os-release").read_text(encoding="utf-8"), re.M)
    except OSError:
        words = []
    names = " ".join(words).replace('"', "").split()
    known = {"ubuntu": "debian", "rhel": "fedora", "centos": "fedora", "opensuse": "suse", "sles": "suse"}
    return next((known.get(n, n) for n in names if known.get(n, n) in HOW), "linux")


def program() -> str:
    """The path of a bubblewrap that is new enough, or SandboxError."""
    how = HOW[system()]
    if not sys.platform.startswith("linux"):
        raise SandboxError(f"no sandbox on {sys.platform}: {how}")
    path = shutil.which("bwrap")
    if path is None:
        raise SandboxError(f"bubblewrap (the program bwrap) is not installed: {how}")
    found = version(path)
    if found < OLDEST:
        raise SandboxError(
            f"bwrap must be {_dotted(OLDEST)} or newer, but {path} is {_dotted(found)}: take a newer release"
        )
    return path


@functools.cache
def version(path: str) -> tuple[int, ...]:
    try:
        shown = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=30, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return (0,)
    return tuple(map(int, re.findall(r"\d+", shown)[:3])) or (0,)


def _dotted(numbers: tuple[int, ...]) -> str:
    return ".".join(map(str, numbers))


def user() -> int:
    """The user inside, never root: one's own, or where one is root, the next of those that belong to this process."""
    return os.getuid() or FIRST_USER + 64 * os.getpid() + next(_boxes) % 64


def environment() -> dict[str, str]:
    """All that the kernel gets of an environment: it names nothing of the grader's."""
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return {
        **threads,
        "HOME": HOME,
        "IPYTHONDIR": f"{HOME}/.ipython",
        "JUPYTER_PLATFORM_DIRS": "1",
        "LANG": "C.UTF-8",
        "LOGNAME": "student",
        "LRLAB_DATASET": "digits",  # a score must not depend on whether this machine has fetched MNIST
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "MPLCONFIGDIR": f"{HOME}/.matplotlib",
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",  # the order of a set must not decide a score
        "PYTHONNOUSERSITE": "1",
        # The lrlab that grades, wherever this Python would find another; of its folder the box shows lrlab alone.
        "PYTHONPATH": os.path.dirname(os.path.dirname(os.path.abspath(lrlab.__file__))),
        "PYTHONSAFEPATH": "1",  # or a submission's ipykernel.py would run in place of the kernel
        "TMPDIR": "/tmp",
        "TORCHINDUCTOR_CACHE_DIR": "/tmp/inductor",
        "TZ": "UTC",
        "USER": "student",
    }


def _fonts() -> list[str]:
    """matplotlib's list of fonts, which takes seconds to make: one file, if this user has it."""
    if "matplotlib" not in sys.modules:
        folder = os.environ.get("MPLCONFIGDIR") or os.path.expanduser("~/.cache/matplotlib")
    else:
        folder = sys.modules["matplotlib"].get_cachedir()
    try:
        return [str(path) for path in Path(folder).glob("fontlist-v*.json") if path.is_file()]
    except OSError:
        return []


def command(*arguments: str, limits: Limits, nested: bool = False, private: Sequence[str] | None = None) -> list[str]:
    """bubblewrap's command line that runs `inside` with these arguments.

    Args:
        arguments: of `inside`.
        limits: of their sizes, that of scratch folders counts here.
        nested: the process keeps what it needs to make further boxes in this one; it must run no one else's code.
        private: what must not be seen, as `shown.private` says; by default what is private on any machine.

    Raises:
        SandboxError: there is no bubblewrap, or something private is what Python needs.
    """
    root = os.getuid() == 0
    # Not even root starts it with more than this; `inside` gives it up with the change of user.
    kept = ["SETUID", "SETGID", "SETPCAP"] * root + ["SYS_ADMIN", "NET_ADMIN"] * (root and nested)
    line = [program(), "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
    if not root:
        line += ["--unshare-user", "--uid", str(os.getuid()), "--gid", str(os.getgid())]
    line += ["--die-with-parent", "--new-session", "--hostname", "box", "--cap-drop", "ALL"]
    for name in kept:
        line += ["--cap-add", f"CAP_{name}"]
    line += files(limits, shown.private() if private is None else private)
    # What is made on the way to a mount point lies on the box's own root, in memory without a bound.
    line += ["--remount-ro", "/", "--chdir", HOME, "--clearenv"]
    for name, value in environment().items():
        line += ["--setenv", name, value]
    return [*line, "--", sys.executable, "-s", "-m", inside.__name__, *arguments]


def files(limits: Limits, private: Sequence[str]) -> list[str]:
    """The part of the command line that makes the box's file tree."""
    try:
        mounts = shown.mounts(shown.listed(), private)
    except ValueError as error:
        raise SandboxError(str(error)) from None
    fonts = _fonts()
    covers = [mount.path for mount in mounts if mount.kind == "empty folder"]
    ends = [*(mount.path for mount in mounts), HOME, f"{FONTS}/any", "/dev/null"]
    folders = {str(above) for path in ends for above in Path(path).parents} - {"/", *SCRATCH}
    # Those below what is shown are there.
    binds = tuple(f"{mount.path}/" for mount in mounts if mount.kind == "shown")
    folders = {folder for folder in folders if not f"{folder}/".startswith(binds)}
    inner = {folder for folder in folders if folder.startswith(tuple(f"{path}/" for path in SCRATCH))}
    # bubblewrap would make folders for its own user alone. What is to be seen may lie in /tmp, so scratch comes first.
    line: list[str] = []
    for folder in sorted(folders - inner):
        line += ["--perms", "0755", "--dir", folder]
    for path in SCRATCH:
        line += ["--perms", "1777", "--size", str(limits.scratch), "--tmpfs", path]
    for folder in sorted(inner):
        line += ["--perms", "0755", "--dir", folder]
    for mount in mounts:
        if mount.kind == "link":
            line += ["--symlink", mount.source, mount.path]
        elif mount.kind == "empty folder":
            line += ["--perms", "0755", "--tmpfs", mount.path]
        elif mount.kind == "empty file":
            line += ["--ro-bind", "/dev/null", mount.path]
        else:
            for cover in covers:
                if mount.path.startswith(f"{cover}/"):
                    between = [str(above) for above in (Path(mount.path), *Path(mount.path).parents)]
                    for folder in reversed([above for above in between if above.startswith(f"{cover}/")]):
                        line += ["--perms", "0755", "--dir", folder] if os.path.isdir(folder) else []
            line += ["--ro-bind", mount.source, mount.path]
    for path in covers:
        line += ["--remount-ro", path]
    for device in ("null", "zero", "urandom", "random"):
        line += ["--dev-bind", f"/dev/{device}", f"/dev/{device}"]
    for name, target in (("fd", ""), ("stdin", "/0"), ("stdout", "/1"), ("stderr", "/2")):
        line += ["--symlink", f"/proc/self/fd{target}", f"/dev/{name}"]
    line += ["--proc", "/proc"]
    for path in fonts:
        line += ["--ro-bind", path, f"{FONTS}/{os.path.basename(path)}"]
    return line
