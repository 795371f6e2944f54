"""Where a submission is graded: leave no place in the process, or beside it, in which the watch of an answer is off.

Python calls no profile function inside another one, inside a trace function or an audit hook, and none in a thread that
runs already. A process that was started earlier has none either. So all of this is taken away before a submission's
first cell runs: ``set_up`` in its process, ``threads`` and ``processes_stopped`` while an answer is called.

A student's own notebook, in which ``check`` runs, is left as it is.
"""

from __future__ import annotations

import _thread
import contextlib
import ctypes
import functools
import os
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from ctypes import c_int, c_void_p, py_object, pythonapi
from functools import partial
from itertools import accumulate, chain, repeat, takewhile
from pathlib import Path
from types import FrameType
from typing import Any

Event = Callable[[Any, str, Any], None]

# By audit events, so that no way of calling these functions is missed: what may not happen in this process at all,
REFUSED = frozenset({"sys.addaudithook", "sys.settrace", "sys.monitoring.register_callback"})
# and what an answer may not do, with the name by which it is told.
NOTICED = {
    "sys.setprofile": "sys.setprofile",
    "os.fork": "posix.fork",
    "os.forkpty": "posix.forkpty",
    "os.exec": "posix.execv",
    "os.posix_spawn": "posix.posix_spawn",
    "os.system": "posix.system",
    "os.kill": "posix.kill",
    "os.killpg": "posix.killpg",
    "signal.pthread_kill": "signal.pthread_kill",
    "cpython.PyInterpreterState_New": "xxsubinterpreters.create",
}
MOST_TRIES = 100  # of installing a profile function
IMPORT = "import"
SEEN = frozenset({*REFUSED, *NOTICED, IMPORT})
FUSED = "torch."
CALL, C_CALL = 0, 4  # the numbers of a profile function's events in C

_set_profile, _start, _kill, _get_frame = sys.setprofile, _thread.start_new_thread, os.kill, sys._getframe
_set_all: Callable[[Any], None] | None = getattr(sys, "_setprofileallthreads", None)  # from Python 3.12 on
_joinable: Callable[..., Any] | None = getattr(_thread, "start_joinable_thread", None)  # from Python 3.13 on
_names = vars(threading)
_inner = threading.Thread._bootstrap_inner.__code__  # type: ignore[attr-defined] # where a thread starts to watch itself
_begin_thread = threading.Thread.start.__code__

imported: dict[str, bool] = {}  # for each module that an exercise forbids, whether this process has ever imported it
_is_set_up = False
_kept: list[Any] = []
_left: set[int] = set()
_watch: Event | None = None  # what sees the events of the answer that is being called
_report: Callable[[str], None] | None = None  # what is told of the rest


def set_up(forbidden: Iterable[str]) -> None:
    """Change this process. In any other one ``begin`` and ``end`` do nothing.

    Args:
        forbidden: the modules that some exercise forbids.
    """
    global _is_set_up
    _is_set_up = True
    imported.update({name: name in sys.modules for name in forbidden})
    # What they give would lead to everything that a watch knows.
    sys.getprofile = threading.getprofile = type(None)  # type: ignore[assignment]
    for name, start in (
        ("start_new_thread", start_thread),
        ("start_new", start_thread),
        ("_start_new_thread", start_thread),
        ("start_joinable_thread", start_joinable_thread),
        ("_start_joinable_thread", start_joinable_thread),
    ):
        for module in (_thread, threading):
            if hasattr(module, name):
                setattr(module, name, start)


def start_thread(function: Callable[..., Any], args: Any, kwargs: Any = {}) -> Any:  # noqa: B006 - as `_thread` has it
    """Start a thread that is watched from its first line on, if an answer is being watched."""
    return _start(function, args, kwargs) if _watch is None else _start(_watched, (function, args, kwargs))


def start_joinable_thread(function: Callable[[], Any], handle: Any = None, daemon: bool = True) -> Any:
    """Do the same, as ``threading`` does it from Python 3.13 on."""
    assert _joinable is not None
    return _joinable(function if _watch is None else partial(_watched, function, (), {}), handle=handle, daemon=daemon)


def _watched(function: Callable[..., Any], args: Any, kwargs: Any) -> None:
    install(_forward)
    function(*args, **kwargs)


def passes_it_on(frame: FrameType) -> bool:
    """Return whether this is a call of a function that starts a thread, or sets its watch, as it should."""
    code = frame.f_code
    return code in _OWN or ((code is _inner or code is _begin_thread) and frame.f_globals is _names)


def install(function: Any) -> None:
    """Make ``function`` this thread's profile function.

    Until Python 3.12 that is an error in the moment in which a thread of the answer's does the same. An audit hook,
    such as the one that answers the judge, makes the moment long enough.
    """
    for _ in range(MOST_TRIES):
        with contextlib.suppress(RuntimeError):
            _set_profile(function)
            return
    _set_profile(function)


def audited(event: str, arguments: Sequence[Any]) -> None:
    """See an event of SEEN, from the process's audit hook.

    Raises:
        RuntimeError: it is one of REFUSED. Python doesn't add an audit hook then, and says nothing.
    """
    if event in REFUSED:
        raise RuntimeError(f"{event} is not available where a submission is graded")
    if event == IMPORT:
        if arguments[0] in imported:
            imported[arguments[0]] = True
        return
    if _report is None:
        return
    if event == "sys.setprofile":
        frame = _get_frame(2)
        is_new_thread = frame.f_code is _inner
        if passes_it_on(frame) and (not is_new_thread or _names["_profile_hook"] is _forward):
            return
    _report(NOTICED[event])


def _in_python(frame: Any, event: str, argument: Any) -> None:
    if _watch is not None:
        _watch(frame, event, argument)


_OWN = frozenset({start_thread.__code__, start_joinable_thread.__code__, install.__code__})
# A thread's profile function can be read by its name in `threading`; a function of C's leads nowhere.
_forward = ctypes.PYFUNCTYPE(None, py_object, py_object, py_object)(_in_python)


@ctypes.PYFUNCTYPE(c_int, c_void_p, py_object, c_int, c_void_p)
def _in_c(_: Any, frame: Any, what: int, argument: Any) -> int:
    if _watch is not None:
        if what == CALL:
            _watch(frame, "call", None)
        elif what == C_CALL:
            _watch(frame, "c_call", ctypes.cast(argument, py_object).value)
    return 0


def begin(event: Event, report: Callable[[str], None]) -> Any:
    """Have all threads but this one watched by ``event`` until ``end``, and ``report`` told of what NOTICED names.

    Returns:
        What new threads are to be watched by.
    """
    global _watch, _report
    if not _is_set_up:
        return event
    _watch = event
    _in_other_threads(ctypes.cast(_in_c, c_void_p), _forward)
    _report = report
    return _forward


def end() -> None:
    """Leave all threads to themselves."""
    global _watch, _report
    if _is_set_up:
        _report = None
        _in_other_threads(None, None)
        _watch = None


def leave_threads_of_now() -> None:
    """Don't watch the threads that there are by now: the kernel's own, of which none runs anything of the student's."""
    if _set_all is None:
        _left.update(_threads())


def _in_other_threads(in_c: c_void_p | None, in_python: Any) -> None:
    if _set_all is not None:
        _set_all(in_python)
        return
    mine = _this_thread()
    for thread in _threads():
        if thread != mine and thread not in _left:
            _set_profile_of(thread, in_c, None)


def _threads() -> list[int]:
    """Return the addresses of all threads' states, as Python until 3.12 needs them.

    No line of Python runs between the reading of two of them, so that none can end meanwhile.
    """
    first = _first_thread(_interpreter())
    return [*takewhile(bool, accumulate(chain([first], repeat(0)), _next_thread))]


def _function(name: str, *arguments: Any, result: Any = c_void_p) -> Any:
    function = getattr(pythonapi, name)
    function.argtypes, function.restype = arguments, result
    return function


if _set_all is None:
    _interpreter, _this_thread = _function("PyInterpreterState_Get"), _function("PyThreadState_Get")
    _first_thread = _function("PyInterpreterState_ThreadHead", c_void_p)
    _next_thread = _function("PyThreadState_Next", c_void_p)
    _set_profile_of = _function("_PyEval_SetProfile", c_void_p, c_void_p, c_void_p, result=c_int)


@functools.cache
def notice_fused() -> None:
    """Have torch's whole optimizers in C say that they are called, by whatever way. torch must be loaded."""
    import torch

    if not hasattr(torch.library, "get_kernel"):
        return
    library = torch.library.Library("aten", "IMPL")  # kept alive by what it holds
    _kept.append(library)
    for name in torch._C._dispatch_get_all_op_names():
        if name.startswith("aten::_fused_") and name.partition(".")[0].endswith("_"):
            with warnings.catch_warnings(action="ignore"):  # that it is replaced
                library.impl(name.removeprefix("aten::"), _noticed(name), "CPU", with_keyset=True, allow_override=True)


def _noticed(name: str) -> Callable[..., Any]:
    import torch

    kernel: Any = torch.library.get_kernel(name, "CPU")

    def fused(keys: Any, *args: Any, **kwargs: Any) -> Any:
        if _report is not None:
            _report(f"{FUSED}{name.removeprefix('aten::').partition('.')[0]}")
        return kernel.call_boxed(keys, *args, **kwargs)

    return fused


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
