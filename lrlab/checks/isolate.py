"""Run an answer so that it can do no harm to the notebook: output caught, time limited."""

from __future__ import annotations

import contextlib
import ctypes
import io
import random
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from typing import TypeVar

import numpy as np

PRINTED_LIMIT = 300  # characters: enough to recognize a print, little enough for a loop that never stops printing
SECONDS = 4.0  # of computing, for one call; a right answer takes milliseconds
IDLE = 0.01  # of a call that computes less than this share of its time, the time it takes is what counts
SHORTEST = 0.01  # seconds between two looks at the clock
AGAIN = 1.0  # seconds until a call that goes on is stopped once more
CLOCK = "time limit of a call"  # the thread's name

T = TypeVar("T")


class TooSlow(BaseException):
    """The call was stopped. Not an Exception, so that an answer's ``except Exception`` can't swallow it."""


class Printed(io.TextIOBase):
    """Keeps the beginning of what is written to it."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> int:
        self.text += text[: max(0, PRINTED_LIMIT - len(self.text))]
        return len(text)

    def writable(self) -> bool:
        return True


class RandomStates:
    """What the global random generators are at, for ``quiet``; numpy takes a fifth of a millisecond to say it."""

    def __init__(self) -> None:
        self._python, self._numpy = random.getstate(), np.random.get_state()  # noqa: NPY002 (the one students know)
        torch = sys.modules.get("torch")
        self._torch = torch.get_rng_state() if torch else None

    def restore(self) -> None:
        """Let the generators go on from there."""
        random.setstate(self._python)
        np.random.set_state(self._numpy)  # noqa: NPY002
        if torch := sys.modules.get("torch"):
            if self._torch is None:  # a call has imported it just now
                self._torch = torch.get_rng_state()
            torch.set_rng_state(self._torch)


@contextlib.contextmanager
def quiet(printed: Printed, states: RandomStates) -> Iterator[None]:
    """Catch output and warnings; afterwards the random numbers of the notebook go on as if nothing had been.

    Warnings on stderr are no mistake, but nbgrader's Validate would take them for one.
    """
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        states.restore()


class TimeLimit:
    """A time limit for one call: ``with TimeLimit(4.0) as limit: limit.run(call)``.

    Its thread starts with the ``with``, so that it may lie outside of a ``CallTracer``'s, which would watch the thread.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._thread = ctypes.c_ulong(threading.get_ident())
        self._lock, self._done = threading.Lock(), threading.Event()
        self._begun = self._finished = self._fired = False

    def __enter__(self) -> TimeLimit:
        threading.Thread(target=self._watch, name=CLOCK, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def _watch(self) -> None:
        wait = self.seconds
        last = started = time.process_time()
        # Once may not be enough: Python drops an exception that arrives in a finaliser, and an answer may catch it.
        while not self._done.wait(wait):
            now = time.process_time()
            computed, last, left = now - last, now, self.seconds - (now - started)
            if not self._fired and left > 0 and computed > IDLE * wait:
                wait = max(left, SHORTEST)
                continue
            with self._lock:
                if self._finished:
                    return
                if not self._begun:
                    wait = SHORTEST
                    continue
                self._fired, wait = True, AGAIN
                ctypes.pythonapi.PyThreadState_SetAsyncExc(self._thread, ctypes.py_object(TooSlow))

    def run(self, call: Callable[[], T]) -> T:
        """Return what ``call`` returns.

        Raises:
            TooSlow: it has computed for so many seconds, or waited for as long without computing. Time in which the
                machine was busy with something else doesn't count. Raised inside the call, wherever that is, on any
                system and thread; a single long call of a C function is stopped at its end only.
        """
        raised = False
        try:
            self._begun = True
            return call()
        except TooSlow:
            raised = True
            raise
        finally:
            try:
                self._end()
            finally:  # should the stop arrive just here, it must not come again
                self._finished = True
                self._done.set()
            if self._fired and not raised:  # the call has just made it, and the exception is still on its way
                with contextlib.suppress(TooSlow):
                    for _ in range(1000):
                        pass

    def _end(self) -> None:
        with self._lock:
            self._finished = True
        self._done.set()


def limited(call: Callable[[], T], seconds: float = SECONDS) -> T:
    """Return what ``call`` returns, or raise TooSlow: see ``TimeLimit.run``."""
    with TimeLimit(seconds) as limit:
        return limit.run(call)
