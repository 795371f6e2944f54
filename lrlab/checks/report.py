"""The table that a check prints: your value beside the correct one.

Plain text in a fixed-width font: it reads the same in JupyterLab, in a terminal and in the feedback pages. The marks
stand in the last column, as some fonts draw ✓ and ✗ wider than a letter.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from lrlab.checks.drive import Outcome
from lrlab.checks.judge import Verdict

if TYPE_CHECKING:
    from lrlab.checks.exercise import Case, Exercise

GREEN, RED, BOLD, DIM = "32", "31", "1", "2"
RIGHT, WRONG = "✓ right", "✗ wrong"
MOST_ROWS = 12  # of one array: beyond, the first wrong ones matter more


def paint(text: str, *codes: str) -> str:
    """`text` in colour inside a notebook (the words say the same without); plain elsewhere and under NO_COLOR."""
    shell = sys.modules.get("IPython")
    in_notebook = shell is not None and type(shell.get_ipython()).__name__ == "ZMQInteractiveShell"
    return f"\x1b[{';'.join(codes)}m{text}\x1b[0m" if in_notebook and "NO_COLOR" not in os.environ else text


def table(exercise: Exercise, cases: Sequence[Case], outcomes: Sequence[Outcome], verdicts: Sequence[Verdict]) -> str:
    """One row for each value, aligned; a line under a row explains what is no number."""
    rows: list[tuple[str, str, str, str]] = []
    for case, outcome, verdict in zip(cases, outcomes, verdicts, strict=True):
        rows += _rows(exercise, case, outcome, verdict)
    heads = ("call", "your value", "correct value", "")
    widths = [max(len(row[i]) for row in [heads, *rows]) for i in range(3)]
    # A long explanation in the second column runs over the third, which is then empty.
    widths[1] = max([len(heads[1]), *(len(row[1]) for row in rows if row[2])])
    rule = "─" * (sum(widths) + 4 + 2 + len(WRONG))
    lines = [_line(heads, widths).rstrip(), rule]
    for row in rows:
        line = _line(row, widths)
        lines.append(line + paint(row[3], GREEN if row[3] == RIGHT else RED) if row[3] else line.rstrip())
    return "\n".join([*lines, rule])


def _line(row: tuple[str, str, str, str], widths: list[int]) -> str:
    return "  ".join(text.ljust(width) for text, width in zip(row[:3], widths, strict=True)) + "  "


def _rows(exercise: Exercise, case: Case, outcome: Outcome, verdict: Verdict) -> list[tuple[str, str, str, str]]:
    call = f"{exercise.name}({', '.join(argument(a) for a in case.args)})"
    expected = np.asarray(case.expected, dtype=np.float64)
    if not verdict.marks:
        mine = {
            "none": "None",
            "error": f"an error: {outcome.get('type')}",
            "odd": f"a {outcome.get('type')}",
            "shape": f"shape {tuple(outcome.get('shape', ()))}",
        }.get(verdict.problem, "?")
        wanted = numbers(expected.item()) if expected.ndim == 0 else f"shape {expected.shape}"
        rows = [(call, mine, wanted, WRONG)]
        if outcome.get("message"):
            rows.append((f"  {outcome['type']}: {outcome['message']}"[:90], "", "", ""))
        if outcome.get("line"):
            rows.append((f"  {outcome['line']}"[:90], "", "", ""))
        return rows
    if expected.ndim == 0:
        mine, wanted = pair(verdict.values[0], expected.item())
        return [(call, mine, wanted, RIGHT if verdict.right else WRONG)]
    note = {"list": "a list", "changed": "its argument is changed"}.get(verdict.problem, "")
    rows = [(call, note, "", WRONG if note else "")]
    steps = np.ravel(case.args[0]).tolist()
    shown = _choose(verdict.marks)
    for index in shown:
        mine, wanted = pair(verdict.values[index], expected.ravel()[index].item())
        mark = RIGHT if verdict.marks[index] else WRONG
        rows.append((f"  {exercise.parameters[0]} = {steps[index]}", mine, wanted, mark))
    if len(shown) < len(verdict.marks):
        rows.append((f"  … and {len(verdict.marks) - len(shown)} more", "", "", ""))
    return rows


def _choose(marks: tuple[bool, ...]) -> list[int]:
    """Which values of a long array to show: the first ones, then the first wrong ones."""
    first = list(range(min(len(marks), MOST_ROWS)))
    wrong = [i for i, right in enumerate(marks) if not right and i >= MOST_ROWS][:3]
    return sorted({*first, *wrong})


def argument(value: Any) -> str:
    """An argument as the student would write it; long arrays shortened in the middle."""
    if not isinstance(value, list):
        return repr(value)
    items = [argument(v) for v in value]
    return "[" + ", ".join(items if len(items) <= 8 else [*items[:4], "…", *items[-2:]]) + "]"


def pair(mine: float, wanted: float) -> tuple[str, str]:
    """Two numbers with as many digits as it takes to see them differ."""
    for digits in (6, 10, 17):
        a, b = numbers(mine, digits), numbers(wanted, digits)
        if a != b or mine == wanted or abs(mine - wanted) <= 1e-9 * abs(wanted):
            break
    return a, b


def numbers(value: float, digits: int = 6) -> str:
    return f"{value:.{digits}g}"
