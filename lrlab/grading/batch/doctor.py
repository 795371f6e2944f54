"""``lrlab doctor``: try whether this machine can grade in a sandbox, and say what to install if it can't."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import lrlab
from lrlab.grading.batch.course import (
    ConfigurationError,
    Course,
    CourseError,
    configuration,
    course_folder,
    open_to_others,
)
from lrlab.grading.batch.database import GradebookError, shown, try_database
from lrlab.grading.sandbox.bubblewrap import bubblewrap_version, find_bubblewrap
from lrlab.grading.sandbox.file_tree import private_paths
from lrlab.grading.sandbox.limits import MIB, Limits, SandboxError
from lrlab.grading.sandbox.provisioner import SandboxedKernelManager
from lrlab.grading.sandbox.zygote import Zygote
from lrlab.printable import printable

# Runs in the kernel: what it can really do there, whatever the settings say.
PROBE = """
import importlib.util, json, os, socket
def able(attempt):
    try:
        attempt()
    except (OSError, MemoryError):
        return False
    return True
def forks():
    children = []
    try:
        for _ in range(200):
            pid = os.fork()
            if pid == 0:
                import time; time.sleep(30); os._exit(0)
            children.append(pid)
    finally:
        for pid in children:
            os.kill(pid, 9); os.waitpid(pid, 0)
def others():
    # What is private on this machine, and everything that looks like an exchange or a course.
    examples = importlib.util.find_spec("nbgrader").submodule_search_locations[0]  # its own documentation's course
    private = {(device, number) for device, number in PRIVATE}
    found = []
    for folder, folders, names in os.walk("/"):
        try:
            about = os.stat(folder)
        except OSError:
            continue
        exchange = {"inbound", "outbound"} <= set(folders)
        course = "submitted" in folders and {"nbgrader_config.py", "gradebook.db"} & set(names)
        course = course and not folder.startswith(examples)
        if (about.st_dev, about.st_ino) in private or exchange or course:
            found.append(folder)
            folders.clear()
        folders[:] = [name for name in folders if os.path.join(folder, name) != "/proc"]
    return sorted(found)[:5]
def imported():
    try:
        import lrlab.checks, lrlab.data
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return lrlab.__file__
print(json.dumps({
    "lrlab": imported(),
    "user": os.getuid(),
    "network": sorted({line.split(":")[0].strip() for line in open("/proc/net/dev").readlines()[2:]} - {"lo"}),
    "internet": able(lambda: socket.create_connection(("1.1.1.1", 53), timeout=3)),
    "others": others(),
    "memory": able(lambda: bytearray(2**33)),
    "disk": able(lambda: open("/tmp/big", "wb").write(bytes(80 * 2**20)) == 80 * 2**20 or 1 / 0),
    "processes": able(forks),
}))
"""
TIMEOUT = 120  # seconds; walking the whole file tree takes some on a slow disk
LIMITS = Limits(processes=64, scratch=64 * MIB, file_size=100 * MIB, submission=TIMEOUT)


def _private_paths() -> list[str]:
    """Return what the sandbox must not show, with that of the working directory's course if there is one."""
    try:
        return private_paths(configuration(course_folder()))
    except (CourseError, ConfigurationError):
        return private_paths()


def _identities(paths: Sequence[str]) -> list[tuple[int, int]]:
    """Return device and inode number of each path that exists: they are the same wherever it is mounted."""
    found = []
    for path in paths:
        with suppress(OSError):
            about = os.stat(path)
            found.append((about.st_dev, about.st_ino))
    return found


async def _probe() -> dict[str, object]:
    private = _private_paths()
    manager = SandboxedKernelManager(kernel_name="python3", limits=LIMITS, private=private)
    try:
        await manager.start_kernel()
        client = manager.client()
        client.start_channels()
        printed: list[str] = []
        try:
            await client.wait_for_ready(timeout=60)
            await client.execute_interactive(
                PROBE.replace("PRIVATE", repr(_identities(private))),
                timeout=TIMEOUT,
                allow_stdin=False,
                output_hook=lambda message: printed.append(message["content"].get("text", "")),
            )
        except (RuntimeError, TimeoutError) as error:
            assert manager.sandbox is not None
            lines = manager.sandbox.stderr_tail().splitlines()
            raise SandboxError(lines[-1] if lines else str(error)) from error
        finally:
            client.stop_channels()
        answer: dict[str, object] = json.loads("".join(printed))
        return answer
    finally:
        with suppress(RuntimeError):
            await manager.shutdown_kernel(now=True)


def _namespaces() -> str | None:
    """Return which setting of this machine denies users what bubblewrap needs, and what to do; None: no such one."""
    settings = {
        "/proc/sys/kernel/unprivileged_userns_clone": ("0", "`sudo sysctl kernel.unprivileged_userns_clone=1`"),
        "/proc/sys/user/max_user_namespaces": ("0", "`sudo sysctl user.max_user_namespaces=15000`"),
        "/proc/sys/kernel/apparmor_restrict_unprivileged_userns": (
            "1",
            "an AppArmor profile for bwrap (on Ubuntu: `sudo apt-get install apparmor-profiles`, then "
            "`sudo cp /usr/share/apparmor/extra-profiles/bwrap-userns-restrict /etc/apparmor.d/` and "
            "`sudo systemctl reload apparmor`)",
        ),
    }
    for path, (bad, cure) in settings.items():
        with suppress(OSError):
            if Path(path).read_text(encoding="ascii").strip() == bad:
                return f"{path} is {bad}: it takes {cure}"
    return None


def _other_lrlab() -> str | None:
    """Return a problem if the course's folder has another lrlab than the one that grades."""
    with suppress(CourseError):
        other = course_folder() / "lrlab" / "__init__.py"
        if other.is_file() and not os.path.samefile(other, lrlab.__file__):
            return (
                f"one lrlab: the course's folder has {other.parent}, but {os.path.dirname(lrlab.__file__)} grades: "
                f"use the course's own environment, or install it there with `pip install -e .`"
            )
    return None


def _configuration_problem() -> str | None:
    """Return what in the configuration of the working directory's course keeps it from being graded, if anything."""
    from lrlab.grading.batch.autograde import check_configuration  # imported here because it takes a second

    try:
        check_configuration(configuration(course_folder()))
    except CourseError:  # not in a course
        return None
    except ConfigurationError as error:
        return str(error)
    return None


def _gradebook_server() -> tuple[bool, str] | None:
    """Return whether the server of the working directory's gradebook answers, and a sentence; None: a file has it."""
    try:
        url = Course("any").layout.db_url
    except CourseError:
        return None
    if url.startswith("sqlite:"):
        return None
    try:
        try_database(url)
    except GradebookError as error:
        return False, str(error)
    return True, f"the gradebook {shown(url)} answers"


def checks() -> Iterator[tuple[bool, str]]:
    """Yield each requirement with whether it holds; stops at one that the rest depends on."""
    try:
        path = find_bubblewrap()
    except SandboxError as error:
        yield False, str(error)
        return
    for problem in (_other_lrlab(), _configuration_problem()):
        if problem:
            yield False, problem
    if server := _gradebook_server():
        yield server
    yield True, f"{path} is bubblewrap {'.'.join(map(str, bubblewrap_version(path)))}"
    try:
        answer = asyncio.run(_probe())
    except (SandboxError, RuntimeError, ValueError) as error:
        why = _namespaces()
        yield False, f"a sandboxed kernel starts: {error}" + (f"; {why}" if why else "")
        return
    yield True, "a sandboxed kernel starts"
    own = os.path.abspath(lrlab.__file__)
    expected: list[tuple[str, Callable[[object], bool], str]] = [
        ("lrlab", lambda value: value == own, f"it imports the lrlab that grades, {own}"),
        ("user", lambda value: value != 0, "it is not root inside"),
        ("network", lambda value: value == [], "it has no network but its own"),
        ("internet", lambda value: value is False, "it reaches no address outside"),
        ("others", lambda value: value == [], "it sees no exchange, home or course"),
        ("memory", lambda value: value is False, "the limit on memory holds"),
        ("disk", lambda value: value is False, "the limit on files holds"),
        ("processes", lambda value: value is False, "the limit on processes holds"),
    ]
    for name, holds, what in expected:
        good = holds(answer.get(name))
        yield good, what if good else f"{what}: found {name} {answer.get(name)!r}"


def zygote_check() -> tuple[bool, str]:
    """Return whether kernels can be forked, and a sentence. Without it grading works, only slower."""
    try:
        with Zygote() as zygote:
            zygote.require()
            asyncio.run(_probe())
    except (SandboxError, RuntimeError, ValueError) as error:
        return False, f"kernels can't be forked, so grading is some four times slower: {error}"
    return True, "kernels are forked, each into its own sandbox"


def diagnose() -> bool:
    """Print what was tried; return whether grading is possible here."""
    good = True
    for held, what in checks():
        print(f"{'ok  ' if held else 'FAIL'}  {printable(what)}", flush=True)
        good = good and held
    if not good:
        print(
            "This machine can't grade in a sandbox as it stands. Submissions are not run without one, unless "
            "--unsandboxed says so.",
            file=sys.stderr,
        )
        return False
    held, what = zygote_check()
    print(f"{'ok  ' if held else 'slow'}  {printable(what)}")
    with suppress(CourseError):
        if problem := open_to_others(course_folder()):
            print(f"open  {printable(problem)}")
    print("This machine can grade in a sandbox.")
    return True
