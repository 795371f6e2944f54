"""`lrlab doctor`: whether this machine can grade in a sandbox, tried out, and what to install where it can't."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import lrlab
from lrlab.grading.batch.course import ConfigurationError, CourseError, configuration, course_folder
from lrlab.grading.sandbox.provisioner import BoxedKernelManager
from lrlab.grading.sandbox.bubblewrap import MIB, Limits, SandboxError, program, version
from lrlab.grading.sandbox.file_tree import private
from lrlab.grading.sandbox.zygote import Warm
from lrlab.printable import printable

# What the kernel is asked from outside, and what it must answer: in the box itself, not from a list of settings.
QUESTION = """
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
    # What is private on this machine, and anything that looks like an exchange or a course.
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
SECONDS = 120  # to look through the whole file tree takes some on a slow disk
LIMITS = Limits(processes=64, scratch=64 * MIB, file_size=100 * MIB, submission=SECONDS)


def _private() -> list[str]:
    """What must not be seen in the sandbox: of the course of the working directory, too, if there is one."""
    try:
        return private(configuration(course_folder()))
    except (CourseError, ConfigurationError):
        return private()


def _identities(paths: Sequence[str]) -> list[tuple[int, int]]:
    """Device and number of each folder that is there: they are the same wherever it is mounted."""
    found = []
    for path in paths:
        with suppress(OSError):
            about = os.stat(path)
            found.append((about.st_dev, about.st_ino))
    return found


async def _ask() -> dict[str, object]:
    secret = _private()
    manager = BoxedKernelManager(kernel_name="python3", limits=LIMITS, private=secret)
    try:
        await manager.start_kernel()
        client = manager.client()
        client.start_channels()
        said: list[str] = []
        try:
            await client.wait_for_ready(timeout=60)
            await client.execute_interactive(
                QUESTION.replace("PRIVATE", repr(_identities(secret))),
                timeout=SECONDS,
                allow_stdin=False,
                output_hook=lambda message: said.append(message["content"].get("text", "")),
            )
        except (RuntimeError, TimeoutError) as error:
            assert manager.box is not None
            lines = manager.box.said().splitlines()
            raise SandboxError(lines[-1] if lines else str(error)) from error
        finally:
            client.stop_channels()
        answer: dict[str, object] = json.loads("".join(said))
        return answer
    finally:
        with suppress(RuntimeError):
            await manager.shutdown_kernel(now=True)


def _namespaces() -> str | None:
    """A setting of this machine that keeps ordinary users from what bubblewrap needs, and what to do about it."""
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
    """An lrlab in the course's folder that is not the one that grades: their exercises may differ."""
    with suppress(CourseError):
        other = course_folder() / "lrlab" / "__init__.py"
        if other.is_file() and not os.path.samefile(other, lrlab.__file__):
            return (
                f"one lrlab: the course's folder has {other.parent}, but {os.path.dirname(lrlab.__file__)} grades: "
                f"use the course's own environment, or install it there with `pip install -e .`"
            )
    return None


def checks() -> Iterator[tuple[bool, str]]:
    """Each thing that must hold, with whether it does; ends with the first that the rest depends on."""
    try:
        path = program()
    except SandboxError as error:
        yield False, str(error)
        return
    if two := _other_lrlab():
        yield False, two
    yield True, f"{path} is bubblewrap {'.'.join(map(str, version(path)))}"
    try:
        answer = asyncio.run(_ask())
    except (SandboxError, RuntimeError, ValueError) as error:
        why = _namespaces()
        yield False, f"a boxed kernel starts: {error}" + (f"; {why}" if why else "")
        return
    yield True, "a boxed kernel starts"
    own = os.path.abspath(lrlab.__file__)
    expected: list[tuple[str, Callable[[object], bool], str]] = [
        ("lrlab", lambda said: said == own, f"it imports the lrlab that grades, {own}"),
        ("user", lambda said: said != 0, "it is not root inside"),
        ("network", lambda said: said == [], "it has no network but its own"),
        ("internet", lambda said: said is False, "it reaches no address outside"),
        ("others", lambda said: said == [], "it sees no exchange, home or course"),
        ("memory", lambda said: said is False, "the limit on memory holds"),
        ("disk", lambda said: said is False, "the limit on files holds"),
        ("processes", lambda said: said is False, "the limit on processes holds"),
    ]
    for name, holds, what in expected:
        good = holds(answer.get(name))
        yield good, what if good else f"{what}: found {name} {answer.get(name)!r}"


def warm_check() -> tuple[bool, str]:
    """Whether kernels can be forked: grading goes without, only slower."""
    try:
        with Warm() as warm:
            warm.require()
            asyncio.run(_ask())
    except (SandboxError, RuntimeError, ValueError) as error:
        return False, f"no warm kernel, so grading is some four times slower: {error}"
    return True, "a warm kernel forks into boxes of their own"


def examine() -> bool:
    """Print what was tried; True when grading is possible here."""
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
    held, what = warm_check()
    print(f"{'ok  ' if held else 'slow'}  {printable(what)}")
    print("This machine can grade in a sandbox.")
    return True
