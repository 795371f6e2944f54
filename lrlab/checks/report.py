"""The table that a check prints: your value beside the correct one.

Plain text in a fixed-width font: it reads the same in JupyterLab, in a terminal and in the feedback pages. The marks
stand in the last column, as some fonts draw ✓ and ✗ wider than a letter.
"""

from __future__ import annotations

import os
import sys
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from lrlab.checks.drive import Outcome
from lrlab.checks.hints import label
from lrlab.checks.judge import Part, Verdict

if TYPE_CHECKING:
    from lrlab.checks.exercise import Case, Exercise

GREEN, RED, BOLD, DIM = "32", "31", "1", "2"
RIGHT, WRONG = "✓ right", "✗ wrong"
WIDTH = 92  # characters; fits a notebook beside JupyterLab's file browser
CALL_WIDTH = 46  # a longer call stands on a line of its own
MOST_ROWS = 12  # of one array: beyond, the first wrong ones matter more


def paint(text: str, *codes: str) -> str:
    """`text` in colour inside a notebook (the words say the same without); plain elsewhere and under NO_COLOR."""
    shell = sys.modules.get("IPython")
    in_notebook = shell is not None and type(shell.get_ipython()).__name__ == "ZMQInteractiveShell"
    return f"\x1b[{';'.join(codes)}m{text}\x1b[0m" if in_notebook and "NO_COLOR" not in os.environ else text


class Row(NamedTuple):
    call: str
    mine: str = ""
    wanted: str = ""
    mark: str = ""


class Note(str):
    """A line of explanation. The same error on every array is worth reading once."""


def table(exercise: Exercise, cases: Sequence[Case], outcomes: Sequence[Outcome], verdicts: Sequence[Verdict]) -> str:
    """One row for each value, aligned; a line under a row explains what is no number."""
    rows: list[Row | str] = []
    for case, outcome, verdict in zip(cases, outcomes, verdicts, strict=True):
        rows += [row for row in _rows(exercise, case, outcome, verdict) if not isinstance(row, Note) or row not in rows]
    head = Row("call", "your value", "correct value")
    aligned = [head, *(row for row in rows if isinstance(row, Row))]
    widths = [max(len(row[i]) for row in aligned) for i in range(3)]
    rule = "─" * (sum(widths) + 6 + len(WRONG))
    lines = [_line(head, widths), rule, *(row if isinstance(row, str) else _line(row, widths) for row in rows), rule]
    return "\n".join(lines)


def _line(row: Row, widths: list[int]) -> str:
    text = "  ".join(text.ljust(width) for text, width in zip(row[:3], widths, strict=True))
    return f"{text}  {paint(row.mark, GREEN if row.mark == RIGHT else RED)}" if row.mark else text.rstrip()


def _rows(exercise: Exercise, case: Case, outcome: Outcome, verdict: Verdict) -> list[Row | str]:
    """The rows of one call; a bare string is a line of explanation, which keeps to no column."""
    call = call_text(exercise, case, lists=outcome.get("lists") is True)
    if isinstance(case.expected, dict):
        return _fact_rows(exercise, call, outcome, verdict)
    expected = np.asarray(case.expected, dtype=np.float64)
    if not verdict.marks:
        mine = {
            "none": "None",
            "error": "an error",
            "odd": f"type {outcome.get('type')}",
            "refused": "the library's",
            "shape": _what(outcome.get("shape", [])),
        }.get(verdict.problem, "?")
        wanted = numbers(expected.item()) if expected.ndim == 0 else _what(expected.shape)
        return [*_with_call(call, mine, wanted, WRONG), *_explained(outcome)]
    if expected.ndim == 0:
        mine, wanted = pair(verdict.values[0], expected.item(), verdict.right)
        return _with_call(call, mine, wanted, RIGHT if verdict.right else WRONG)
    note = {"list": f"a {outcome.get('type', 'list')}", "changed": "argument changed"}.get(verdict.problem, "")
    rows: list[Row | str] = [*_folded(call)]
    if note:
        rows = _with_call(call, note, _what(expected.shape), WRONG)
    steps = np.ravel(case.args[0]).tolist()
    shown = _choose(verdict.marks)
    for index in shown:
        mine, wanted = pair(verdict.values[index], expected.ravel()[index].item(), verdict.marks[index])
        mark = RIGHT if verdict.marks[index] else WRONG
        rows.append(Row(f"  {exercise.parameters[0]} = {steps[index]}", mine, wanted, mark))
    if len(shown) < len(verdict.marks):
        rows.append(f"  … and {len(verdict.marks) - len(shown)} more")
    return rows


def call_text(exercise: Exercise, case: Case, *, lists: bool = False) -> str:
    """The call as the student would write it, or as the exercise describes it.

    Args:
        exercise: whose answer is called.
        case: the call.
        lists: whether it was made with lists, and not with arrays.
    """
    if exercise.adapter.show_call is not None:
        return exercise.adapter.show_call(*case.args)
    return f"{exercise.name}({', '.join(argument(a, lists=lists) for a in case.args)})"


def _folded(call: str) -> list[str]:
    """A call on lines of its own: all of it, so that it can be copied and run."""
    return textwrap.wrap(call, WIDTH, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)


def _with_call(call: str, mine: str, wanted: str, mark: str) -> list[Row | str]:
    """A call beside its value, or above it where it is long."""
    if len(call) <= CALL_WIDTH:
        return [Row(call, mine, wanted, mark)]
    return [*_folded(call), Row("  value", mine, wanted, mark)]


def _explained(outcome: Outcome) -> list[str]:
    if outcome.get("kind") != "error":
        return []
    lines = [f"  ↳ {outcome.get('type')}: {outcome.get('message')}", f"    {outcome.get('line', '')}"]
    return [row for line in lines if line.strip() for row in map(Note, _folded(line))]


def _fact_rows(exercise: Exercise, call: str, outcome: Outcome, verdict: Verdict) -> list[Row | str]:
    """One row where there is one value; else the call, and a row for each value under it."""
    changed = Row("  argument changed", "yes", "no", WRONG) if verdict.problem == "changed" else None
    if not verdict.parts:
        mine = {"error": "an error", "refused": "the library's"}.get(verdict.problem, "unusable")
        return [*_with_call(call, mine, "", WRONG), *_explained(outcome)]
    if len(verdict.parts) == 1 and len(call) <= CALL_WIDTH and changed is None:
        return [_part_row(call, verdict.parts[0])]
    rows: list[Row | str] = [*_folded(call)]
    facts = list(dict.fromkeys(part.path[0] for part in verdict.parts))
    for fact in facts:
        parts = [part for part in verdict.parts if part.path[0] == fact]
        shown = _choose(tuple(part.right for part in parts))
        rows += [_part_row(f"  {label(exercise, parts[i].path)}", parts[i]) for i in shown]
        if len(shown) < len(parts):
            rows.append(f"  … and {len(parts) - len(shown)} more")
    return [*rows, changed] if changed else rows


def _part_row(words: str, part: Part) -> Row:
    if all(isinstance(v, int | float) and not isinstance(v, bool) for v in (part.mine, part.wanted)):
        mine, wanted = pair(part.mine, part.wanted, part.right)
    else:
        mine, wanted = _leaf(part.mine), _leaf(part.wanted)
    return Row(words, mine, wanted, RIGHT if part.right else WRONG)


def _leaf(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return numbers(value)
    if isinstance(value, list):
        return f"{len(value)} value" + "s" * (len(value) != 1) if value else "an empty list"
    if isinstance(value, dict):
        kind = value.get("type")
        entries = f"{len(value)} " + ("entry" if len(value) == 1 else "entries")
        return "nothing" if kind == "nothing" else f"type {kind}" if kind else entries
    return str(value) if len(str(value)) <= 24 else str(value)[:23] + "…"


def _what(shape: Sequence[int]) -> str:
    if not shape:
        return "one number"
    return f"an array of {shape[0]}" if len(shape) == 1 else f"shape {tuple(shape)}"


def _choose(marks: tuple[bool, ...]) -> list[int]:
    """Which values of a long array to show: the first ones, then the first wrong ones."""
    first = list(range(min(len(marks), MOST_ROWS)))
    wrong = [i for i, right in enumerate(marks) if not right and i >= MOST_ROWS][:3]
    return sorted({*first, *wrong})


NOT_FINITE = {"nan": "np.nan", "inf": "np.inf", "-inf": "-np.inf"}  # as plain data has them, and as Python does


def argument(value: Any, *, lists: bool = False) -> str:
    """An argument as the student would write it. A list stands for an array, except with `lists`."""
    if isinstance(value, str):
        return NOT_FINITE.get(value, repr(value))
    if not isinstance(value, list):
        return repr(value)
    if lists:
        return _list(value)
    if len(value) > 8 and _consecutive(value):
        return f"np.arange({value[0]}, {value[-1] + 1})"
    return f"np.array({_list(value)})"


def _consecutive(values: list[Any]) -> bool:
    return all(isinstance(v, int) and v == values[0] + k for k, v in enumerate(values))


def _list(value: Any) -> str:
    """A list, of lists too, with nan and inf as Python writes them."""
    return f"[{', '.join(map(_list, value))}]" if isinstance(value, list) else argument(value)


def pair(mine: float, wanted: float, right: bool) -> tuple[str, str]:
    """Two numbers with as many digits as it takes to see them differ; alike where they are equal up to rounding."""
    if right:
        return numbers(wanted), numbers(wanted)
    for digits in (6, 10, 17):
        a, b = numbers(mine, digits), numbers(wanted, digits)
        if a != b:
            break
    return a, b


def numbers(value: float, digits: int = 6) -> str:
    return f"{value:.{digits}g}"
