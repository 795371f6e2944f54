"""The users of `make hub`: an instructor and two students, as users of this machine, with homes below the hub's folder.

They are made when the hub starts and removed when it stops. A user of the same name that it did not make stays.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

PROF, STUDENTS = "lrlab-prof", ("lrlab-ada", "lrlab-bob")
PEOPLE = (PROF, *STUDENTS)
OURS = "made by lrlab's make hub"  # in the account, so that only what this made is removed


class HubError(Exception):
    """Why there can be no hub here. One sentence, with what to do."""


def require_program(name: str, package: str) -> None:
    """Raise HubError unless a program is installed."""
    if shutil.which(name) is None:
        raise HubError(f"there is no {name} here: install it (on Debian and Ubuntu: apt-get install {package})")


def require_users() -> None:
    """Raise HubError unless the users can be made and removed here."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        raise HubError(
            "a hub with users of its own takes Linux and root, and a machine on which three users may come and go: try "
            "it in a container or a virtual machine, with `sudo make hub`"
        )
    require_program("useradd", "passwd")
    require_program("userdel", "passwd")
    for name in PEOPLE:
        with contextlib.suppress(KeyError):
            if pwd.getpwnam(name).pw_gecos != OURS:
                raise HubError(f"this machine has a user {name} that `make hub` did not make: nothing is done")


def make_users(homes: Path) -> None:
    homes.mkdir(mode=0o755, exist_ok=True)
    for name in PEOPLE:
        shell = ["--shell", "/bin/sh", "--comment", OURS]
        run(["useradd", "--create-home", "--base-dir", str(homes), "--user-group", *shell, name])
        (homes / name).chmod(0o700)


def remove_users(homes: Path) -> None:
    """Remove the users that this made, with their processes and homes."""
    for name in PEOPLE:
        try:
            about = pwd.getpwnam(name)
        except KeyError:
            continue
        if about.pw_gecos != OURS:
            raise HubError(f"the user {name} was not made by `make hub`: it stays")
        _end_processes(about.pw_uid)
        run(["userdel", name])
        shutil.rmtree(homes / name, ignore_errors=True)


def own(folder: Path, name: str) -> None:
    """Give a folder and all that is in it to a user."""
    about = pwd.getpwnam(name)
    for path in (folder, *folder.rglob("*")):
        os.chown(path, about.pw_uid, about.pw_gid, follow_symlinks=False)


def run_as(name: str, command: list[str], *, cwd: Path | None = None, status: int = 0) -> str:
    """Run a command as one of the users; return what it printed.

    Raises:
        HubError: it ended with another exit status than `status`.
    """
    about = pwd.getpwnam(name)
    path = f"{Path(command[0]).parent}:/usr/bin:/bin"
    env = {"HOME": about.pw_dir, "USER": name, "LOGNAME": name, "PATH": path, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        command, cwd=cwd or about.pw_dir, env=env, capture_output=True, text=True,
        user=about.pw_uid, group=about.pw_gid, extra_groups=[],
    )  # fmt: skip
    if done.returncode != status:
        raise HubError(f"{' '.join(command[1:])} as {name}: {(done.stderr or done.stdout)[-2000:]}")
    return done.stdout + done.stderr


def run(command: list[str]) -> None:
    """Run a command as root; HubError if it fails."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        last = "\n".join((done.stderr or done.stdout).strip().splitlines()[-5:])
        raise HubError(f"{last}\n{Path(command[0]).name} failed: see the lines above")


def _end_processes(user: int) -> None:
    """End what a user that this made has left running."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        left = [int(p.name) for p in Path("/proc").iterdir() if p.name.isdigit() and _owner(p) == user]
        for number in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, sign)
        if not left:
            return
        time.sleep(2)


def _owner(process: Path) -> int:
    try:
        return process.stat().st_uid
    except OSError:
        return -1
