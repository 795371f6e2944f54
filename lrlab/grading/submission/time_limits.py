"""How much processor time and markup the texts of one page may take.

Formgrader's server and the grader itself render pages. Parsers of HTML, Markdown and terminal colours have inputs that
take hours and all memory. A text that is not done in time is shown as plain text, and little memory can be filled until
then.
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
PAGE_CHARACTERS = 20_000_000  # of markup: code that is coloured sign by sign has 25 times as many as its text

_left = PAGE_SECONDS
_room = PAGE_CHARACTERS
_active = False


class TimeLimitExceeded(Exception):
    """A text takes too long to render, or its page has enough markup."""


def start_page() -> None:
    """Give the texts from here on the time and the room of a new page."""
    global _left, _room
    _left, _room = PAGE_SECONDS, PAGE_CHARACTERS


def in_page(markup: str) -> str:
    """Return the markup of a text, and count it.

    Raises:
        TimeLimitExceeded: the page has no room for it.
    """
    global _room
    if len(markup) > _room:
        raise TimeLimitExceeded
    _room -= len(markup)
    return markup


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
