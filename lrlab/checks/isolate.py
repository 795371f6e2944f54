"""Run an answer so that it can do no harm to the notebook: output caught, time limited.

Much of this runs before and after an answer is watched, or in a thread of its own. So what it calls is bound when this
is imported, before there is an answer that could put something else in its place.
"""

from __future__ import annotations

import contextlib
import io
import random
import sys
from _thread import allocate_lock, get_ident, start_new_thread
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from ctypes import c_ulong, py_object, pythonapi
from time import process_time
from typing import Any, ClassVar, TypeVar
from warnings import catch_warnings, simplefilter

import numpy as np
from numpy import errstate

from lrlab.checks.guard import wake

PRINTED_LIMIT = 300  # characters: enough to recognize a print, little enough for a loop that never stops printing
SECONDS = 4.0  # of computing, for one call; a right answer takes milliseconds
IDLE = 0.01  # of a call that computes less than this share of its time, the time it takes is what counts
SHORTEST = 0.01  # seconds between two looks at the clock
AGAIN = 1.0  # seconds until a call that goes on is stopped once more

T = TypeVar("T")


class TooSlow(BaseException):
    """The call was stopped. Not an Exception, so that an answer's ``except Exception`` can't swallow it."""


_raise_in, _TOO_SLOW = pythonapi.PyThreadState_SetAsyncExc, py_object(TooSlow)


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
    """What the global random generators are at, for ``quiet``, and whether torch records gradients.

    numpy takes a fifth of a millisecond to say it.
    """

    _generators: ClassVar[list[tuple[Callable[[], Any], Callable[[Any], None]]]] = [
        (random.getstate, random.setstate),
        (np.random.get_state, np.random.set_state),  # the one that students know
    ]
    _has_torch = False
    _record_gradients: ClassVar[list[Callable[[bool], None]]] = []  # torch's function, where there is torch

    def __init__(self) -> None:
        self._find_torch()
        self._states = [state() for state, _ in self._generators]

    @classmethod
    def _find_torch(cls) -> None:
        if not cls._has_torch and (torch := sys.modules.get("torch")):
            cls._generators.append((torch.default_generator.get_state, torch.default_generator.set_state))
            cls._record_gradients.append(torch._C._set_grad_enabled)
            cls._generators.append((torch.is_grad_enabled, torch._C._set_grad_enabled))
            cls._has_torch = True

    def usual(self) -> None:
        """Let torch record gradients, as it does from the start."""
        for record in self._record_gradients:
            record(True)

    def restore(self) -> None:
        """Let the generators go on from there."""
        for (_, restore), state in zip(self._generators, self._states, strict=False):
            restore(state)
        self._find_torch()  # a call may have imported it just now
        self._states += [state() for state, _ in self._generators[len(self._states) :]]


@contextlib.contextmanager
def quiet(printed: Printed, states: RandomStates) -> Iterator[None]:
    """Catch output and warnings; afterwards the random numbers of the notebook go on as if nothing had been.

    Warnings on stderr are no mistake, but nbgrader's Validate would take them for one. What a student has set for the
    whole notebook, such as errors in place of numpy's warnings or no gradients, has no say in an answer's verdict.
    """
    try:
        states.usual()
        with redirect_stdout(printed), redirect_stderr(printed), catch_warnings(), errstate(all="ignore"):
            simplefilter("ignore")
            yield
    finally:
        states.restore()


class TimeLimit:
    """A time limit for one call: ``with TimeLimit(4.0) as limit: limit.run(call)``.

    Its thread starts with the ``with``, so that it may lie outside of a ``CallTracer``'s, which would watch the thread.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = float(seconds)
        self._thread = c_ulong(get_ident())
        self._lock, self._going = allocate_lock(), allocate_lock()  # the second is held until the call has ended
        self._begun = self._finished = self._fired = False

    def __enter__(self) -> TimeLimit:
        self._going.acquire()
        start_new_thread(self._watch, ())
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def _watch(self) -> None:
        wait = self.seconds
        last = started = process_time()
        # Once may not be enough: Python drops an exception that arrives in a finaliser, and an answer may catch it.
        while not self._going.acquire(timeout=wait):
            now = process_time()
            computed, last, left = now - last, now, self.seconds - (now - started)
            if not self._fired and left > 0 and computed > IDLE * wait:
                wait = left if left > SHORTEST else SHORTEST
                continue
            with self._lock:
                if self._finished:
                    return
                if not self._begun:
                    wait = SHORTEST
                    continue
                self._fired, wait = True, AGAIN
                _raise_in(self._thread, _TOO_SLOW)
                wake(self._thread.value)

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
                self._let_go()
            if self._fired and not raised:  # the call has just made it, and the exception is still on its way
                with contextlib.suppress(TooSlow):
                    for _ in range(1000):
                        pass

    def _end(self) -> None:
        with self._lock:
            self._finished = True
        self._let_go()

    def _let_go(self) -> None:
        if self._going.locked():  # also once the thread has taken it, and has ended
            self._going.release()


def limited(call: Callable[[], T], seconds: float = SECONDS) -> T:
    """Return what ``call`` returns, or raise TooSlow: see ``TimeLimit.run``."""
    with TimeLimit(seconds) as limit:
        return limit.run(call)
