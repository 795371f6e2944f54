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


def limited(run: Callable[[], T], seconds: float = SECONDS) -> T:
    """Return what ``run`` returns.

    Raises:
        TooSlow: it has computed for so many seconds, or waited for as long without computing. Time in which the machine
            was busy with something else doesn't count. Raised inside the call, wherever that is, on any system and
            thread; a single long call of a C function is stopped at its end only.
    """
    thread = ctypes.c_ulong(threading.get_ident())
    lock, done, finished, fired = threading.Lock(), threading.Event(), False, False

    def stop() -> None:
        nonlocal fired
        wait = seconds
        last = started = time.process_time()
        # Once may not be enough: Python drops an exception that arrives in a finaliser, and an answer may catch it.
        while not done.wait(wait):
            now = time.process_time()
            computed, last, left = now - last, now, seconds - (now - started)
            if not fired and left > 0 and computed > IDLE * wait:
                wait = max(left, SHORTEST)
                continue
            with lock:
                if finished:
                    return
                fired, wait = True, AGAIN
                ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, ctypes.py_object(TooSlow))

    clock = threading.Thread(target=stop, name=CLOCK, daemon=True)
    raised = False
    try:
        clock.start()
        return run()
    except TooSlow:
        raised = True
        raise
    finally:
        try:
            with lock:
                finished = True
        finally:  # should the stop arrive just here, it must not come again
            finished = True
            done.set()
        if fired and not raised:  # the call has just made it, and the exception is still on its way
            with contextlib.suppress(TooSlow):
                for _ in range(1000):
                    pass
