"""The half of a check that runs where the student's code runs: exercise the answer, hand plain data out.

The judge has a line run in the student's kernel that calls `export`; what comes back is text. Nothing here knows a
right value, and the judge takes nothing that comes from here for more than a claim.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable
from functools import partial
from types import ModuleType
from typing import Any

from lrlab.checks.call import Outcome
from lrlab.checks.isolate import library
from lrlab.checks.registry import exercises, find

MIME = "application/vnd.lrlab.outcomes"  # JSON in a text, so that nobody on the way reads it
LARGEST_TEXT = 1_500_000  # characters of one reply
ASKED = "_lrlab_asked"  # the module through which the judge asks


def prepare() -> None:
    """Import all that a check needs, before the student's code can put something else in its place.

    The student's own `import lrlab.checks` gives another copy of it: whatever is changed there, the judge's stays.
    """
    from IPython import get_ipython
    from IPython.display import publish_display_data

    know_libraries()
    asked = ModuleType(ASKED)
    asked.__dict__["export"] = partial(export, show=publish_display_data)
    for name in [name for name in sys.modules if name == "lrlab.checks" or name.startswith("lrlab.checks.")]:
        del sys.modules[name]
    vars(sys.modules["lrlab"]).pop("checks", None)
    sys.modules[ASKED] = asked
    shell: Any = get_ipython()
    if shell is not None:
        # `exit()` in a cell ends the kernel a moment later, in the middle of somebody else's check.
        shell.ask_exit = lambda: None


def know_libraries() -> None:
    """Read the code of what answers must not call, once in a process and what is forked from it."""
    for module in {module for exercise in exercises().values() for module in exercise.adapter.watch}:
        if module.startswith("lrlab"):
            importlib.import_module(module)
        if module in sys.modules:
            library(module)


def export(name: str, answer: str, calls: str, show: Callable[[dict[str, str]], object]) -> None:
    """Exercise the function called `answer` in the notebook on the calls (JSON), and show the outcomes to the judge."""
    namespace = sys.modules["__main__"].__dict__
    if answer not in namespace:
        reply: dict[str, Any] = {"absent": "undefined"}
    elif not callable(namespace[answer]):
        reply = {"absent": type(namespace[answer]).__name__}
    else:
        arguments = [tuple(one) for one in json.loads(calls)]
        reply = {"outcomes": find(name).adapter.call(namespace[answer], arguments)}
    show({MIME: _text(reply)})


def _text(reply: dict[str, Any]) -> str:
    text = json.dumps(reply, allow_nan=False)
    if len(text) <= LARGEST_TEXT:
        return text
    large: Outcome = {"kind": "odd", "type": "", "message": "The answer has far too many values."}
    room = LARGEST_TEXT // max(1, len(reply["outcomes"]))
    return json.dumps({"outcomes": [o if len(json.dumps(o)) < room else large for o in reply["outcomes"]]})
