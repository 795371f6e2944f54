"""The threads and the processes beside the call of an answer, where a submission is graded."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
from _thread import allocate_lock
from collections.abc import Callable, Iterator
from ctypes import c_int, c_void_p, py_object, pythonapi
from pathlib import Path
from typing import Any

CALL, C_CALL = 0, 4  # the numbers of a profile function's events in C

_kill = os.kill
_set_all: Callable[[Any], None] | None = getattr(sys, "_setprofileallthreads", None)  # from Python 3.12 on
_lock = allocate_lock()
_threads: set[int] = set()  # those that are watched
_watch: Callable[[Any, str, Any], None] | None = None


@ctypes.PYFUNCTYPE(c_int, c_void_p, py_object, c_int, c_void_p)
def _in_c(_: Any, frame: Any, what: int, argument: Any) -> int:
    if _watch is not None:
        if what == CALL:
            _watch(frame, "call", None)
        elif what == C_CALL:
            _watch(frame, "c_call", ctypes.cast(argument, py_object).value)
    return 0


@contextlib.contextmanager
def one_of_the_students() -> Iterator[None]:
    """Have this thread watched; what Python has of it is not touched once it has ended."""
    thread = 0 if _set_all is not None else _this_thread()
    with _lock:
        _threads.add(thread)
    try:
        yield
    finally:
        with _lock:
            _threads.discard(thread)


def leave_threads_of_now() -> None:
    """Never watch the threads that there are by now: the kernel's own, of which none runs anything of the student's."""
    with _lock:
        _threads.clear()


def watch_threads(event: Callable[[Any, str, Any], None], in_thread: Any) -> None:
    """Have the other threads' calls seen by ``event``. ``in_thread`` leads to it, and is what a thread may look at."""
    global _watch
    _watch = event
    _set_profile(ctypes.cast(_in_c, c_void_p), in_thread)


def leave_threads() -> None:
    """Leave the other threads to themselves."""
    global _watch
    _set_profile(None, None)
    _watch = None


def _set_profile(in_c: c_void_p | None, in_python: Any) -> None:
    if _set_all is not None:
        _set_all(in_python)
        return
    with _lock:
        for thread in _threads:
            _set_profile_of(thread, in_c, None)


# Until Python 3.12 only functions of C's do it, which take the address of a thread's state.
if _set_all is None:
    _this_thread, _set_profile_of = pythonapi.PyThreadState_Get, pythonapi._PyEval_SetProfile
    _this_thread.restype, _set_profile_of.argtypes = c_void_p, (c_void_p, c_void_p, c_void_p)


@contextlib.contextmanager
def processes_stopped() -> Iterator[None]:
    """Stop the other processes of the sandbox, and let them go on afterwards. Only in a sandbox: all are seen there."""
    stopped: set[int] = set()
    try:
        while more := {pid for pid in _others() if pid not in stopped and _signal(pid, signal.SIGSTOP)}:
            stopped |= more  # again, as one may have started another one just now
        yield
    finally:
        for pid in stopped:
            _signal(pid, signal.SIGCONT)


def _signal(pid: int, number: int) -> bool:
    try:
        _kill(pid, number)
    except OSError:  # it has ended, or is the supervisor
        return False
    return True


def _others() -> set[int]:
    """Return the processes that are seen here, but for this one and those above it."""
    above, pid = {0}, os.getpid()
    while pid not in above:
        above.add(pid)
        try:
            pid = int(Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])
        except OSError:
            break
    return {int(name) for name in os.listdir("/proc") if name.isdecimal()} - above
