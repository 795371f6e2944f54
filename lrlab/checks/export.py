"""The half of a check that runs where the student's code runs: exercise the answer, hand plain data out.

The judge has a line run in the student's kernel that calls `export`; what comes back is text. Nothing here knows a
right value, and the judge takes nothing that comes from here for more than a claim.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from lrlab.checks.drive import Outcome
from lrlab.checks.registry import all_adapters, find_adapter

MIME = "application/vnd.lrlab.outcomes"  # JSON in a text, so that nobody on the way reads it
LARGEST_TEXT = 1_500_000  # characters of one reply


def prepare() -> None:
    """Import all that a check needs, before the student's code can put something else in its place."""
    from IPython import get_ipython

    all_adapters()
    shell: Any = get_ipython()
    if shell is not None:
        # `exit()` in a cell ends the kernel a moment later, in the middle of somebody else's check.
        shell.ask_exit = lambda: None


def export(name: str, answer: str, calls: str) -> None:
    """Exercise the function called `answer` in the notebook on the calls (JSON), and show the outcomes to the judge."""
    namespace = sys.modules["__main__"].__dict__
    if answer not in namespace:
        _show({"absent": "undefined"})
    elif not callable(namespace[answer]):
        _show({"absent": type(namespace[answer]).__name__})
    else:
        arguments = [tuple(one) for one in json.loads(calls)]
        _show({"outcomes": find_adapter(name).driver(namespace[answer], arguments)})


def _show(reply: dict[str, Any]) -> None:
    from IPython.display import publish_display_data

    publish_display_data({MIME: _text(reply)})


def _text(reply: dict[str, Any]) -> str:
    text = json.dumps(reply, allow_nan=False)
    if len(text) <= LARGEST_TEXT:
        return text
    large: Outcome = {"kind": "odd", "type": "", "message": "The answer has far too many values."}
    room = LARGEST_TEXT // max(1, len(reply["outcomes"]))
    return json.dumps({"outcomes": [o if len(json.dumps(o)) < room else large for o in reply["outcomes"]]})
