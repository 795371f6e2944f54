"""A class graded on other machines: the gradebook and autograded/ are those of a local run, whatever is killed.

The machines are namespaces: each has a network of its own without anything in it, and the folder with the course in it
is empty there. `test_places.py` has what costs no grading.
"""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import uuid
from pathlib import Path

import pytest
from support.graded_state import state
from support.lrlab_command import COMMAND, ONE, environment, lrlab
from support.made_course import RIGHT, UNIT, WRONG, Course, answer

from lrlab.grading.batch import host, runner, worker
from lrlab.grading.batch.journal import GRADED, Journal

ALONE = ["unshare", "--mount", "--net"] if os.getuid() == 0 else ["unshare", "--map-root-user", "--mount", "--net"]
CAN = sys.platform == "linux" and not subprocess.run([*ALONE, "true"], capture_output=True, check=False).returncode
STUDENTS = {"ada": RIGHT, "bob": WRONG, "kim": RIGHT}
KILLED_IN_EVERY_RUN = (0, 2)  # a run and a grader; a host is killed by the test of two machines
NIGHT = pytest.mark.nightly(reason="each kill takes one or two runs; a killed run, host and grader are in every run")
pytestmark = [
    pytest.mark.slow(reason="graders are started for each test"),
    pytest.mark.xdist_group("machines"),
    pytest.mark.skipif(not CAN, reason="no namespaces of mounts and networks can be made here"),
]


def machine(course: Course, heard: Path) -> str:
    """The prefix of another machine; what is said to it is copied to `heard`."""
    inside = f'mount -t tmpfs none {course.root.parent} && cd / && exec "$@"'
    return f"sh -c 'tee -a {heard} | \"$@\"' tee {' '.join(ALONE)} sh -c '{inside}' host"


@pytest.fixture(scope="module")
def expected(new_course):
    """A class before it is graded, and its state after a local run."""
    course = new_course("c.Exchange.root = '/srv/a-secret'\nc.Elsewhere.token = 'a-secret'")
    for student, answers in STUDENTS.items():
        path = course.submit(student, answer(course.released(), answers, f"A text of {student}."))
        path.with_name("timestamp.txt").write_text("2026-01-31 10:00:00 UTC")
        path.with_name("data.csv").write_text("1,2\n")
    before = course.copied(course.root.parent.parent / f"before-{uuid.uuid4()}" / UNIT)
    lrlab(course, "grade", UNIT, *ONE)
    return before, state(course)


@pytest.fixture
def course(expected, tmp_path):
    return expected[0].copied(tmp_path / "machine" / "course")


@pytest.fixture
def mark(monkeypatch):
    """A text in the environment of all processes that the test starts, but of none in a sandbox."""
    text = f"lrlab-test-{uuid.uuid4()}"
    monkeypatch.setenv("LRLAB_TEST_MARK", text)
    return text


def processes(mark: str, kind: str = "") -> list[int]:
    """The processes with that mark, or of them a place's host or its workers, which are forks of it."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (process / "environ").read_bytes() and int(process.name) != os.getpid():
                words = (process / "cmdline").read_bytes().split(b"\0")
                is_worker = (process / "comm").read_text() == f"{worker.NAME}\n"
                host_or_worker = "worker" * is_worker or "host" * (words[1:3] == [b"-m", host.__name__.encode()])
                if not kind or kind == host_or_worker:
                    found.append(int(process.name))
        except OSError:
            continue
    return found


def soon_nothing_is_left(mark: str) -> None:
    end = time.monotonic() + 120
    while left := processes(mark):
        assert time.monotonic() < end, [Path(f"/proc/{pid}/cmdline").read_bytes() for pid in left]
        time.sleep(0.1)


def graded_once(course: Course) -> bool:
    return [e["state"] for e in Journal(course.root, UNIT).read()] == [GRADED] * len(STUDENTS)


def test_two_machines_of_which_one_is_lost_grade_as_this_one_does(course, expected, tmp_path, mark, monkeypatch):
    heard = [tmp_path / "one", tmp_path / "two"]
    killed, environments = [], []
    for name, value in {"PGHOST": "a-secret", "GRADES_TOKEN": "a-secret", "FROM": "db://x:a-secret@y"}.items():
        monkeypatch.setenv(name, value)

    def progress(done: int, todo: int) -> None:
        if done and not killed:
            killed.extend(processes(mark, "host")[:1])
            environments.append(Path(f"/proc/{killed[0]}/environ").read_text())
            os.kill(killed[0], signal.SIGKILL)

    report = runner.grade(UNIT, root=course.root, jobs=1, on=[machine(course, h) for h in heard], progress=progress)
    assert killed
    assert report.problem == ""
    assert state(course) == expected[1]
    assert graded_once(course)
    soon_nothing_is_left(mark)
    assert mark in environments[0]
    assert "secret" not in environments[0]
    for path in heard:
        said = path.read_text()
        assert str(course.root) not in said
        assert "gradebook.db" not in said
        assert "secret" not in said
        parcels = [json.loads(line) for line in said.splitlines() if '"Parcel"' in line]
        assert {name for each in parcels for name in each["files"]} <= {f"{UNIT}.ipynb", "timestamp.txt", "data.csv"}


def test_a_machine_that_does_not_answer_is_left_out(course, expected, tmp_path):
    ended = tmp_path / "ended"
    ended.touch()
    # A line once the run has seen the end: until then the process is still there, as a zombie.
    fails = f"sh -c '(while kill -0 $$; do sleep 0.1; done; echo >> {ended}) > /dev/null 2>&1 & exit 1'"
    # The other one is not quicker than the three tries.
    waits = f"sh -c 'until [ $(wc -l < {ended}) = 3 ]; do sleep 0.1; done; exec \"$@\"' wait"
    other = f"{waits} {machine(course, tmp_path / 'heard')}"
    shown = lrlab(course, "grade", UNIT, *ONE, "--on", fails, "--on", other)
    assert state(course) == expected[1]
    assert f"Left out: {fails}: it ended with exit status 1 (3 times)" in " ".join(shown.split())


@pytest.mark.parametrize(
    "number", [pytest.param(n, marks=() if n in KILLED_IN_EVERY_RUN else NIGHT) for n in range(30)]
)
def test_killed_at_a_random_moment_nothing_is_lost(course, expected, tmp_path, mark, number):
    """By turns the run, a machine's host, and a grader there are killed."""
    what = ("lrlab", "host", "worker")[number % 3]
    chance = random.Random(number)
    command = [*COMMAND, "grade", UNIT, "--jobs", "1", "--on", machine(course, tmp_path / "heard")]
    run = subprocess.Popen(
        command, cwd=course.root, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    shown: list[bytes] = []
    reader = threading.Thread(target=lambda: shown.append(run.communicate()[0]))
    reader.start()
    end = time.monotonic() + 400
    while len(Journal(course.root, UNIT).read()) < 1 + number % 2 and run.poll() is None:
        assert time.monotonic() < end
        time.sleep(0.005)
    time.sleep(chance.uniform(0, 1))
    for pid in [run.pid] if what == "lrlab" else processes(mark, what):
        os.kill(pid, signal.SIGKILL)
    reader.join(400)
    if what == "lrlab":
        soon_nothing_is_left(mark)
        lrlab(course, "grade", UNIT, *ONE)
    else:
        assert run.returncode == 0, shown
    assert state(course) == expected[1]
    soon_nothing_is_left(mark)
    assert not list((course.root / "grading").glob(".making*"))
