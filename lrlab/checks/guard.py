"""Where a submission is graded: leave no place in the process, or beside it, in which the watch of an answer is off.

Python calls no profile function inside another one, inside a trace function or an audit hook, and none in a thread that
runs already. A process that was started earlier has none either. So all of this is taken away before a submission's
first cell runs, by ``set_up``, and while an answer is called, by ``begin`` and ``end`` and by
``beside.processes_stopped``.

A student's own notebook, in which ``check`` runs, is left as it is.
"""

from __future__ import annotations

import _thread
import contextlib
import ctypes
import functools
import signal
import sys
import threading
import warnings
from _lsprof import Profiler
from collections.abc import Callable, Iterable, Sequence
from ctypes import py_object
from functools import partial
from types import FrameType, FunctionType
from typing import Any

from lrlab.checks import beside

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
WAKE = getattr(signal, "SIGUSR2", signal.SIGINT)  # the first, where there is `pthread_kill`
MOST_TRIES = 100  # of installing a profile function
IMPORT = "import"
SEEN = frozenset({*REFUSED, *NOTICED, IMPORT})
FUSED = "torch."

_set_profile, _start, _get_frame = sys.setprofile, _thread.start_new_thread, sys._getframe
_kill_thread: Callable[[int, int], None] | None = getattr(signal, "pthread_kill", None)  # not on Windows
_joinable: Callable[..., Any] | None = getattr(_thread, "start_joinable_thread", None)  # from Python 3.13 on
_names = vars(threading)
_inner = threading.Thread._bootstrap_inner.__code__  # type: ignore[attr-defined] # where a thread starts to watch itself
_begin_thread = threading.Thread.start.__code__

imported: dict[str, bool] = {}  # for each module that an exercise forbids, whether this process has ever imported it
_is_set_up = False
_kept: list[Any] = []
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
    if _kill_thread is not None:
        # It does nothing, but Python looks at what a thread is to raise when a function of its own is called.
        signal.signal(WAKE, FunctionType((lambda *_: None).__code__, {}))
    # What they give would lead to everything that a watch knows.
    sys.getprofile = threading.getprofile = type(None)
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
    """Start a thread that is watched whenever an answer is."""
    return _start(_run, (function, args, kwargs))


def start_joinable_thread(function: Callable[[], Any], handle: Any = None, daemon: bool = True) -> Any:
    """Do the same, as ``threading`` does it from Python 3.13 on."""
    assert _joinable is not None
    return _joinable(partial(_run, function, (), {}), handle=handle, daemon=daemon)


def _run(function: Callable[..., Any], args: Any, kwargs: Any) -> None:
    with beside.one_of_the_students():
        if _watch is not None:
            install(_forward)
        function(*args, **kwargs)


def wake(thread: int) -> None:
    """End a wait of this thread, such as for a process, so that it raises what it is to raise: where that is set up."""
    if _is_set_up and _kill_thread is not None:
        _kill_thread(thread, WAKE)


def passes_it_on(frame: FrameType) -> bool:
    """Return whether this is a call of a function of ours, or one of ``threading``'s that sets a thread's watch."""
    code = frame.f_code
    return code in _OWN or ((code is _inner or code is _begin_thread) and frame.f_globals is _names)


def install(function: Any) -> None:
    """Make ``function`` this thread's profile function, or one of ``cProfile``'s profilers, such as ``%prun``'s.

    Until Python 3.12 that is an error in the moment in which a thread of the answer's does the same. An audit hook,
    such as the one that answers the judge, makes the moment long enough.
    """
    if isinstance(function, Profiler):  # in C, so that Python can't call it
        Profiler.enable(function)
        return
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
    frame = _get_frame(2)
    if passes_it_on(frame) and (frame.f_code is not _inner or _names["_profile_hook"] is _forward):
        return
    _report(NOTICED[event])


def _in_python(frame: Any, event: str, argument: Any) -> None:
    if _watch is not None:
        _watch(frame, event, argument)


_OWN = frozenset({start_thread.__code__, start_joinable_thread.__code__, install.__code__, wake.__code__})
# A thread's profile function can be read by its name in `threading`; a function of C's leads nowhere.
_forward = ctypes.PYFUNCTYPE(None, py_object, py_object, py_object)(_in_python)


def begin(event: Event, report: Callable[[str], None]) -> Any:
    """Have all threads but this one watched by ``event`` until ``end``, and ``report`` told of what NOTICED names.

    Returns:
        What new threads are to be watched by.
    """
    global _watch, _report
    if not _is_set_up:
        return event
    _watch = event
    beside.watch_threads(event, _forward)
    _report = report
    return _forward


def end() -> None:
    """Leave all threads to themselves."""
    global _watch, _report
    if _is_set_up:
        _report = None
        beside.leave_threads()
        _watch = None


@functools.cache
def notice_fused() -> None:
    """Have torch's whole optimizers in C say that they are called, by whatever way. torch must be loaded."""
    import torch

    if not hasattr(getattr(torch, "library", None), "get_kernel"):  # an older one, or something of the student's
        return
    library = torch.library.Library("aten", "IMPL")  # kept alive by what it holds
    _kept.append(library)
    for name in torch._C._dispatch_get_all_op_names():
        is_optimizer = name.startswith("aten::_fused_") and name.partition(".")[0].endswith("_")
        if is_optimizer and torch._C._dispatch_has_kernel_for_dispatch_key(name, "CPU"):
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
