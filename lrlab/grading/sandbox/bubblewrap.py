"""bubblewrap: where it is, and the command line that starts ``init`` in a sandbox.

The sandbox denies by default. It has, read-only, what ``file_tree`` lists: programs and libraries of the system and of
this Python, and lrlab without ``grading`` and ``publishing``, except for ``init``, which runs there. Besides these it
has a /tmp, a home and a /dev/shm in memory, four harmless devices and its own processes. It has no network, no
gradebook, no solutions, no exchange, no other submission, and nothing of the grader's environment.
"""

from __future__ import annotations

import functools
import itertools
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import lrlab
from lrlab.checks.tracer import library
from lrlab.grading.sandbox import file_tree, init
from lrlab.grading.sandbox.init import FONTS
from lrlab.grading.sandbox.init.seccomp import ARCHITECTURES
from lrlab.grading.sandbox.init.unavailable import VARIABLE
from lrlab.grading.sandbox.limits import Limits, SandboxError

HOME = "/home/student"
SCRATCH = ("/tmp", HOME, "/dev/shm")  # empty at first, and gone with the box
OLDEST = (0, 7, 0)  # the release that brought --size

# If the grader is root, each sandbox has its own user id: RLIMIT_NPROC does not apply to root, and it counts by user,
# including processes of an earlier sandbox that are still exiting. The range is above those of systemd and container
# engines, and below 2**31; a process id takes 22 bits of it.
FIRST_USER = 0x70000000
_started = itertools.count()

INSTALL_HINTS = {
    "debian": "install it with `sudo apt-get install bubblewrap`",
    "fedora": "install it with `sudo dnf install bubblewrap`",
    "arch": "install it with `sudo pacman -S bubblewrap`",
    "suse": "install it with `sudo zypper install bubblewrap`",
    "linux": "install the package bubblewrap",
    "darwin": "grade on Linux: bubblewrap builds on the Linux kernel, and macOS has nothing like it",
    "win32": "grade on Linux, or in WSL 2 with the package bubblewrap: it builds on the Linux kernel",
}


def platform_name() -> str:
    """Return the key of INSTALL_HINTS for this system or distribution."""
    if not sys.platform.startswith("linux"):
        return "win32" if sys.platform == "win32" else "darwin"
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        return "linux"
    names = f"{release['ID']} {release.get('ID_LIKE', '')}".split()
    known = {"ubuntu": "debian", "rhel": "fedora", "centos": "fedora", "opensuse": "suse", "sles": "suse"}
    return next((known.get(n, n) for n in names if known.get(n, n) in INSTALL_HINTS), "linux")


def find_bubblewrap() -> str:
    """Return the path of a bubblewrap that is new enough.

    Raises:
        SandboxError: there is none on this machine.
    """
    how = INSTALL_HINTS[platform_name()]
    if not sys.platform.startswith("linux"):
        raise SandboxError(f"no sandbox on {sys.platform}: {how}")
    if platform.machine() not in ARCHITECTURES:
        raise SandboxError(
            f"no sandbox on the processor {platform.machine()}: its filter of system calls knows "
            f"{' and '.join(ARCHITECTURES)} alone, so grade on one of these"
        )
    path = shutil.which("bwrap")
    if path is None:
        raise SandboxError(f"bubblewrap (the program bwrap) is not installed: {how}")
    version = bubblewrap_version(path)
    if version < OLDEST:
        raise SandboxError(
            f"bwrap must be {_dotted(OLDEST)} or newer, but {path} is {_dotted(version)}: take a newer release"
        )
    return path


@functools.cache
def bubblewrap_version(path: str) -> tuple[int, ...]:
    try:
        shown = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=30, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return (0,)
    return tuple(map(int, re.findall(r"\d+", shown)[:3])) or (0,)


def _dotted(numbers: tuple[int, ...]) -> str:
    return ".".join(map(str, numbers))


def sandbox_uid() -> int:
    """Return the user id in the sandbox, never root's: the grader's own, or for root one of this process's range."""
    return os.getuid() or FIRST_USER + 64 * os.getpid() + next(_started) % 64


def environment() -> dict[str, str]:
    """Return the kernel's whole environment. Nothing of the grader's is in it."""
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
        # The lrlab that grades, also if this Python would import another one. Nothing else there is visible.
        "PYTHONPATH": os.path.dirname(os.path.dirname(os.path.abspath(lrlab.__file__))),
        "PYTHONSAFEPATH": "1",  # or a submission's ipykernel.py would run in place of the kernel
        "TMPDIR": "/tmp",
        "TORCHINDUCTOR_CACHE_DIR": "/tmp/inductor",
        "TZ": "UTC",
        "USER": "student",
    }


def _fonts() -> list[str]:
    """Return the path of matplotlib's cached font list, if this user has one; it takes seconds to build."""
    if "matplotlib" not in sys.modules:
        folder = os.environ.get("MPLCONFIGDIR") or os.path.expanduser("~/.cache/matplotlib")
    else:
        folder = sys.modules["matplotlib"].get_cachedir()
    try:
        return [str(path) for path in Path(folder).glob("fontlist-v*.json") if path.is_file()]
    except OSError:
        return []


def command_line(
    *arguments: str,
    limits: Limits,
    nested: bool = False,
    private: Sequence[str] | None = None,
    unavailable: Sequence[str] = (),
) -> list[str]:
    """Return the command line of bubblewrap that runs ``init`` with these arguments.

    Args:
        arguments: of ``init``.
        limits: here only the size of the scratch folders is used.
        nested: keep the capabilities needed to make sandboxes inside this one; it must not run untrusted code itself.
        private: paths that must stay invisible, see ``file_tree.private_paths``; default: those of any machine.
        unavailable: modules of lrlab that the unit forbids, so that they are not there.

    Raises:
        SandboxError: there is no bubblewrap, or Python itself needs something private.
    """
    root = os.getuid() == 0
    # Even for root these are all; `init` drops them when it changes the user.
    kept = ["SETUID", "SETGID", "SETPCAP"] * root + ["SYS_ADMIN", "NET_ADMIN"] * (root and nested)
    options = ["--unshare-net", "--hostname", "sandbox"]
    if not root:
        options += ["--unshare-user", "--uid", str(os.getuid()), "--gid", str(os.getgid())]
    for name in kept:
        options += ["--cap-add", f"CAP_{name}"]
    hidden = [*(file_tree.private_paths() if private is None else private), *file_tree.module_paths(unavailable)]
    # By these fingerprints the checks tell a copy of a module that is not there.
    copies = {name: sorted(library(name)[2]) for name in unavailable}
    variables = environment() | {VARIABLE: json.dumps(copies)}
    line = python_line(options, file_tree_arguments(limits, hidden), variables)
    return [*line, "-m", init.__name__, *arguments]


def python_line(options: Sequence[str], files: Sequence[str], variables: Mapping[str, str]) -> list[str]:
    """Return the command line of a Python in a sandbox, without capabilities and with only these environment variables.

    The network is shared, and the user is the same, unless the ``options`` say otherwise; ``files`` are the arguments
    that build the file tree.

    Raises:
        SandboxError: there is no bubblewrap.
    """
    line = [find_bubblewrap(), "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
    line += ["--die-with-parent", "--new-session", "--cap-drop", "ALL", *options, *files]
    # Parents of mount points are made on the sandbox's root, which is in memory and has no size limit.
    line += ["--remount-ro", "/", "--chdir", HOME, "--clearenv"]
    for name, value in variables.items():
        line += ["--setenv", name, value]
    return [*line, "--", sys.executable, "-s"]


def file_tree_arguments(limits: Limits, private: Sequence[str]) -> list[str]:
    """Return the arguments that build the sandbox's file tree."""
    try:
        mounts = file_tree.plan_mounts(file_tree.visible_paths(), private)
    except ValueError as error:
        raise SandboxError(str(error)) from None
    fonts = _fonts()
    covers = [mount.path for mount in mounts if mount.kind == "empty folder"]
    ends = [*(mount.path for mount in mounts), HOME, f"{FONTS}/any", "/dev/null"]
    folders = {str(above) for path in ends for above in Path(path).parents} - {"/", *SCRATCH}
    # Folders below a visible path exist already.
    binds = tuple(f"{mount.path}/" for mount in mounts if mount.kind == "visible")
    folders = {folder for folder in folders if not f"{folder}/".startswith(binds)}
    inner = {folder for folder in folders if folder.startswith(tuple(f"{path}/" for path in SCRATCH))}
    # bubblewrap makes folders that only its own user can read. Visible paths may be in /tmp, so scratch comes first.
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
