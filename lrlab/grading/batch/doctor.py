"""``lrlab doctor``: try whether this machine can grade in a sandbox, and say what to install if it can't."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import lrlab
from lrlab.grading.batch.course import Course, configuration, course_folder, open_to_others
from lrlab.grading.batch.database import shown, try_database
from lrlab.grading.batch.errors import ConfigurationError, CourseError, GradebookError
from lrlab.grading.batch.journal import FOLDER
from lrlab.grading.batch.probe import ANSWERS, probe
from lrlab.grading.sandbox.bubblewrap import bubblewrap_version, find_bubblewrap
from lrlab.grading.sandbox.limits import SandboxError
from lrlab.grading.sandbox.zygote import Zygote
from lrlab.printable import printable


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
    except ConfigurationError as error:
        return str(error)
    except CourseError:  # not in a course
        return None
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
        answer = asyncio.run(probe())
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


def lost_grades() -> Iterator[str]:
    """Yield what the gradebook of the working directory's course lacks of what its journals have."""
    from lrlab.grading.batch import results  # imported here because it takes a second

    for path in sorted((course_folder() / FOLDER).glob("*.jsonl")):
        try:
            problem = results.lost_grades(Course(path.stem))
        except (CourseError, GradebookError) as error:
            problem = str(error)
        if problem:
            yield problem


def zygote_check() -> tuple[bool, str]:
    """Return whether kernels can be forked, and a sentence. Without it grading works, only slower."""
    try:
        with Zygote() as zygote:
            zygote.require()
            asyncio.run(probe(ANSWERS))
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
        for problem in lost_grades():
            print(f"lost  {printable(problem)}")
    print("This machine can grade in a sandbox.")
    return True
