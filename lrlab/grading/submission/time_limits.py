"""How much processor time the texts of one page may take: formgrader's server and the grader itself render pages.

Parsers of HTML, Markdown and terminal colours have inputs that take hours and all memory. A text that is not done in
time is shown as plain text, and little memory can be filled until then.
"""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from collections.abc import Iterator
from types import FrameType

TEXT_SECONDS = 2.0  # of processor time for one text
PAGE_SECONDS = 15.0  # for all texts of a page

_left = PAGE_SECONDS
_active = False


class TimeLimitExceeded(Exception):
    """A text takes too long to render."""


def start_page() -> None:
    """Give the texts from here on the time of a new page."""
    global _left
    _left = PAGE_SECONDS


@contextlib.contextmanager
def time_limit() -> Iterator[None]:
    """Stop a ``with`` block whose time is up. Nested in another one, the outer one counts.

    Only the main thread can be interrupted; in another one, only the page's time is checked, before the block.

    Raises:
        TimeLimitExceeded: the time of this text or of the page is up.
    """
    global _left, _active
    if _active:
        yield
        return
    if _left <= 0:
        raise TimeLimitExceeded
    began = time.thread_time()
    stops = threading.current_thread() is threading.main_thread() and hasattr(signal, "setitimer")
    before = signal.signal(signal.SIGVTALRM, _stop) if stops else None
    _active = True
    try:
        if stops:  # repeated, because a finalizer may swallow the first
            signal.setitimer(signal.ITIMER_VIRTUAL, min(TEXT_SECONDS, _left), 0.5)
        yield
    finally:
        if stops:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            signal.signal(signal.SIGVTALRM, before)
        _active = False
        _left -= time.thread_time() - began


def _stop(number: int, frame: FrameType | None) -> None:
    if _active:
        raise TimeLimitExceeded
