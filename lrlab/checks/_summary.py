"""``summary``: what of a unit is right, what is open, and how to hand it in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lrlab._exchange import hands_in_by_list
from lrlab.checks import render
from lrlab.checks.registry import UNITS, unit_exercises

BY_LIST = "choose Nbgrader → Assignment List in the menu and press Submit beside {unit}."
BY_FILE = (
    "hand in the file {unit}.ipynb, under this name, where your course collects it: its page in the learning platform, "
    "or a mail to your instructor."
)

_last: dict[str, dict[str | None, tuple[int | None, int]]] = {}
"""Of each exercise what its checks found last in this kernel: by group, how many of how many cases are right."""


def record(name: str, group: str | None, right: int | None, cases: int) -> None:
    """Keep what a check found, for the summary; ``right`` is None where the answer still raises NotImplementedError."""
    forget(name, group)
    _last.setdefault(name, {})[group] = (right, cases)


def forget(name: str, group: str | None) -> None:
    """Drop what a check of this group found earlier, and what one of all cases did; with None, all of the exercise."""
    found = _last.get(name, {})
    for each in list(found) if group is None else (None, group):
        found.pop(each, None)


def summary(unit: str) -> None:
    """Print what of your exercises is right, what is open, and how to hand in: by nbgrader's Assignment List where it
    has an exchange, such as on a JupyterHub, else as a file.

    It knows the checks that were run in this kernel, so run all cells first. Written answers are looked up in the
    notebook as it was saved last.

    Args:
        unit: the unit, such as "decay_formulas"; its notebook has the same name.

    Raises:
        ValueError: there is no such unit.
    """
    if unit not in UNITS:
        raise ValueError(f"unit must be one of {', '.join(UNITS)}, got {unit!r}")
    lines = [_state(name, {case.group for case in one.cases}) for name, one in unit_exercises(unit).items()]
    lines += _written(Path(f"{unit}.ipynb"))
    width = max(len(name) for _, name, _ in lines)
    colors = {"✓": (render.GREEN,), "✗": (render.RED,), "○": (render.BOLD,)}
    for sign, name, words in lines:
        print(f"{render.paint(sign, *colors[sign])} {name:{width}}  {words}")
    done = sum(sign == "✓" for sign, _, _ in lines)
    how = (BY_LIST if hands_in_by_list() else BY_FILE).format(unit=unit)
    print(f"\n{done} of {len(lines)} done. To hand in, save this notebook; then {how}")
    if done < len(lines):
        print("You can hand in with something open: what is right counts.")


def _state(name: str, groups: set[str]) -> tuple[str, str, str]:
    found = _last.get(name, {})
    parts = [found[None]] if None in found else list(found.values())
    if not parts:
        return "○", name, "not checked yet: run the cell with its check"
    if all(right is None for right, _ in parts):
        return "○", name, "not attempted yet"
    right, cases = sum(part[0] or 0 for part in parts), sum(part[1] for part in parts)
    if right < cases:
        return "✗", name, f"{right} of {cases} cases right" if right else "no case right yet"
    if None not in found and groups - set(found):
        return "○", name, "not all of its checks were run"
    return "✓", name, "right"


def _written(path: Path) -> list[tuple[str, str, str]]:
    """Return the answers in words, by the notebook's file; none where that can't be read."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    except (OSError, ValueError, KeyError):
        return []
    result = []
    for cell in cells:
        part: dict[str, Any] = cell["metadata"].get("nbgrader", {})
        if cell["cell_type"] != "markdown" or not part.get("grade"):
            continue
        state = ("○", "empty when the notebook was saved last") if _is_empty(cell, part) else ("✓", "written")
        result.append((state[0], "your text", state[1]))
    return result


def _is_empty(cell: Mapping[str, Any], part: Mapping[str, Any]) -> bool:
    """Return whether an answer is blank, or what nbgrader took the checksum of when it made the assignment."""
    text = "".join(cell["source"])
    released = [text, "markdown", "True", "True", "False", part.get("grade_id"), float(part.get("points", 0))]
    checksum = hashlib.md5("".join(map(str, released)).encode(), usedforsecurity=False).hexdigest()
    return not text.strip() or checksum == part.get("checksum")
