"""What the texts of one page may take of the processor: pages are made in formgrader's server and the grader itself.

Readers of HTML, Markdown and terminal colours have inputs that take them hours and all memory. What is not done in time
is shown as plain text, and the memory that can be filled until then is small.
"""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from collections.abc import Iterator
from types import FrameType

ONE = 2.0  # seconds of processor time for one text
PAGE = 15.0  # for all texts of a page

_left = PAGE
_within = False


class TooMuch(Exception):
    """A text takes too long."""


def start_page() -> None:
    """The texts from here on are another page's."""
    global _left
    _left = PAGE


@contextlib.contextmanager
def bounded() -> Iterator[None]:
    """Stop what goes on too long; inside of another, that one counts. Outside of the main thread the page's time alone.

    Raises:
        TooMuch: the time of this text is up, or that of the page.
    """
    global _left, _within
    if _within:
        yield
        return
    if _left <= 0:
        raise TooMuch
    began = time.thread_time()
    stops = threading.current_thread() is threading.main_thread() and hasattr(signal, "setitimer")
    before = signal.signal(signal.SIGVTALRM, _stop) if stops else None
    _within = True
    try:
        if stops:  # once more after that, should a finaliser have swallowed it
            signal.setitimer(signal.ITIMER_VIRTUAL, min(ONE, _left), 0.5)
        yield
    finally:
        if stops:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            signal.signal(signal.SIGVTALRM, before)
        _within = False
        _left -= time.thread_time() - began


def _stop(number: int, frame: FrameType | None) -> None:
    if _within:
        raise TooMuch
