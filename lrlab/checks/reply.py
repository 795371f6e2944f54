"""The half of a check that runs where the student's code runs: exercise the answer, hand plain data out.

The judge has a line run in the student's kernel that leads to ``reply_to``; what comes back is text. Nothing here knows
a right value, and the judge takes nothing that comes from here for more than a claim.
"""

from __future__ import annotations

import functools
import gc
import importlib
import itertools
import json
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from hashlib import blake2b
from typing import Any

from lrlab.checks import beside, guard
from lrlab.checks.call import Outcome
from lrlab.checks.isolate import RandomStates
from lrlab.checks.registry import exercises, find
from lrlab.checks.tracer import library

MIME = "application/vnd.lrlab.outcomes"  # JSON in a text, so that nothing on the way reads it
LARGEST_TEXT = 1_500_000  # characters of one reply
SIGNED = 64  # characters of the signature before it


EVENT = "lrlab.ask"  # the audit event by which the judge asks
PRIVATE = ("lrlab.checks", "json")  # packages of which the student's code gets another copy
PARTS = tuple(f"{package}." for package in PRIVATE)


def prepare(key: bytes, *, sandboxed: bool = False) -> None:
    """Bind everything that a check needs, before the student's code can replace it and where it has no name for it.

    The judge asks by an audit event: Python can neither list nor remove the function that answers it. Replies are
    signed with ``key``, so that no other code of this process can answer. The student's own imports of PRIVATE give
    another copy, and changes of that one change nothing here.

    Args:
        key: signs the replies.
        sandboxed: whether all processes that are seen here are the submission's. They are stopped while an answer is
            watched, so that none can compute in its place.
    """
    if not isinstance(key, bytes):  # before anything of this process is changed
        raise TypeError(f"key must be bytes, got {type(key).__name__}")
    from IPython import get_ipython
    from IPython.display import publish_display_data

    know_libraries()
    for name in _parts_of_private():
        sys.modules.pop(name, None)
    for name in PRIVATE:
        parent, _, child = name.rpartition(".")
        sys.modules.pop(name, None)
        vars(sys.modules.get(parent, sys)).pop(child, None)
    importlib.import_module("json")  # many modules expect it to be there
    sign = partial(signature, key)

    def answer(event: str, arguments: tuple[Any, ...]) -> None:
        if event == EVENT:
            question = tuple(map(str, arguments))
            text = reply_to(*question[:3], stopped=beside.processes_stopped if sandboxed else nullcontext)
            publish_display_data({MIME: sign(question, text) + text})
        elif event in guard.SEEN:
            guard.audited(event, arguments)

    guard.set_up(_forbidden())
    answer.__cantrace__ = True  # type: ignore[attr-defined] # or the watch would see no call in it
    sys.addaudithook(answer)
    gc.freeze()  # what is here by now is not found by `gc.get_objects`
    shell: Any = get_ipython()
    if shell is not None:
        # `exit()` in a cell ends the kernel a moment later, in the middle of another check.
        shell.ask_exit = lambda: None

        def before_the_first_cell() -> None:
            shell.events.unregister("pre_execute", before_the_first_cell)
            beside.leave_threads_of_now()

        shell.events.register("pre_execute", before_the_first_cell)


def _parts_of_private() -> list[str]:
    """Return the names of the modules in PRIVATE packages.

    Of what was there before a fork the names are known: to look through all would copy thousands of pages.
    """
    newest, known = _known_parts()
    newer = itertools.takewhile(lambda name: name != newest, reversed(sys.modules))
    return [*known, *(name for name in newer if name.startswith(PARTS))]


@functools.cache
def _known_parts() -> tuple[str, tuple[str, ...]]:
    """Return the newest module's name, and the names as of now."""
    return next(reversed(sys.modules)), tuple(name for name in sys.modules if name.startswith(PARTS))


def signature(key: bytes, question: Sequence[str], text: str) -> str:
    """Return what proves that a reply to this very question comes from ``prepare``'s function: SIGNED characters."""
    message = "\0".join([*question, text]).encode("utf-8", "surrogatepass")
    return blake2b(message, key=key, digest_size=SIGNED // 2).hexdigest()


def _forbidden() -> set[str]:
    return {module for exercise in exercises().values() for module in exercise.adapter.watch}


def know_libraries() -> None:
    """Read the code of what answers must not call, once in a process and what is forked from it."""
    for module in _forbidden():
        library(module)
    if "torch" in sys.modules:
        guard.notice_fused()
    RandomStates()  # keeps the functions that it asks, as they are now
    _known_parts()


def reply_to(
    name: str, answer: str, calls: str, *, stopped: Callable[[], AbstractContextManager[None]] = nullcontext
) -> str:
    """Exercise the function called ``answer`` in the notebook on the calls (JSON), and return the outcomes as JSON.

    ``stopped`` keeps other processes from computing while an answer is watched.
    """
    namespace = sys.modules["__main__"].__dict__
    if answer not in namespace:
        reply: dict[str, Any] = {"absent": "undefined"}
    elif not callable(namespace[answer]):
        reply = {"absent": type(namespace[answer]).__name__}
    else:
        arguments = [tuple(one) for one in json.loads(calls)]
        adapter = find(name).adapter
        if "torch" in sys.modules:  # by now
            guard.notice_fused()
        with stopped() if adapter.watch else nullcontext():
            reply = {"outcomes": adapter.call(namespace[answer], arguments)}
    return _text(reply)


def _text(reply: dict[str, Any]) -> str:
    text = json.dumps(reply, allow_nan=False)
    if len(text) <= LARGEST_TEXT:
        return text
    large: Outcome = {"kind": "odd", "type": "", "message": "The answer has far too many values."}
    room = LARGEST_TEXT // max(1, len(reply["outcomes"]))
    return json.dumps({"outcomes": [o if len(json.dumps(o)) < room else large for o in reply["outcomes"]]})
