"""No way to start a process, or another interpreter, leads out of the tracer's sight."""

import importlib
import importlib.util
import os
import pty
import subprocess
import sys

import pytest

from lrlab.checks.exercise import Adapter
from lrlab.checks.tracer import ESCAPES

PROGRAM = [sys.executable, "-c", "print(1)"]
NOTHING = ["/nowhere/no-program"]  # what would replace the test's own process must not be there


def in_another_interpreter():
    """There is none of that number: torch refuses to compute gradients in a process that has ever made one."""
    name = next(name for name in ("_interpreters", "_xxsubinterpreters") if importlib.util.find_spec(name))
    importlib.import_module(name).run_string(10**6, "1")


def child_of(fork):
    pid = fork()
    pid = pid if isinstance(pid, int) else pid[0]
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)


def spawned(spawn):
    os.waitpid(spawn(sys.executable, PROGRAM, os.environ), 0)


STARTS = {
    "subprocess": lambda: subprocess.run(PROGRAM, capture_output=True, check=True),
    "subprocess with open files": lambda: subprocess.run(PROGRAM, capture_output=True, check=True, close_fds=False),
    "os.posix_spawn": lambda: spawned(os.posix_spawn),
    "os.posix_spawnp": lambda: spawned(os.posix_spawnp),
    "os.spawnv": lambda: os.spawnv(os.P_WAIT, NOTHING[0], NOTHING),
    "os.fork": lambda: child_of(os.fork),
    "os.forkpty": lambda: child_of(os.forkpty),
    "pty.fork": lambda: child_of(pty.fork),
    "os.system": lambda: os.system("true"),
    "os.popen": lambda: os.popen("true").read(),
    "os.execv": lambda: os.execv(NOTHING[0], NOTHING),
    "os.execvpe": lambda: os.execvpe(NOTHING[0], NOTHING, os.environ),
    "another interpreter": in_another_interpreter,
}


@pytest.mark.skipif(sys.platform == "win32", reason="the ways of Linux and macOS")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.parametrize("way", STARTS)
def test_it_is_noticed(way):
    adapter = Adapter("made", ("n",), watch=("lrlab.schedules",))
    (outcome,) = adapter.call(lambda n: [STARTS[way](), n][1], [(3,)])
    assert outcome["kind"] == "refused"
    assert outcome["type"] in ESCAPES


def test_nothing_in_os_starts_a_process_unnoticed():
    """Each new Python may bring another."""
    module = importlib.import_module(os.name)
    starts = {name for name in dir(module) if name.startswith(("exec", "fork", "posix_spawn", "spawn", "system"))}
    assert starts <= {way.partition(".")[2] for way in ESCAPES if way.startswith(f"{os.name}.")}
