"""The same curves in other libraries: which call of optax, Keras, timm and transformers makes which schedule.

``libraries.json`` has the calls by the schedule's name, and of each its ``library`` and its ``code``: a line of Python
with the schedule's fields in braces, for timm and transformers a scheduler of ``optimizer``, else a function of the
step. Only curves that are the same to rounding are there, some of them not always:

- ``only``: choices under which the curve is the same, ``{"tail": "linear"}``;
- ``least``: the lowest values for which it is, ``{"total_iters": 1}``;
- ``until``: the field that is the last step at which it is.

A nightly test holds them to that with the packages installed (tests/explorers/test_libraries.py). The page fills in the
numbers of the moment (shared/python.js).
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

LIBRARIES = ("optax", "Keras", "timm", "transformers")  # in the order of a schedule's calls


@cache
def calls() -> dict[str, list[dict[str, Any]]]:
    """Return the calls by the schedule's name, as the page reads them; a schedule without any is not there."""
    listed: dict[str, list[dict[str, Any]]]
    listed = json.loads(Path(__file__).with_name("libraries.json").read_text(encoding="utf-8"))
    return listed
