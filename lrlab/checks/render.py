"""The table of a check: your value beside the correct one.

As plain text in a fixed-width font it reads the same in a terminal and in the feedback pages. The marks are in the last
column, as some fonts draw ✓ and ✗ wider than a letter. ``lrlab.checks.report`` makes HTML of the same rows.
"""

from __future__ import annotations

import os
import sys
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from lrlab.checks.call import Outcome
from lrlab.checks.compare import Part, Verdict
from lrlab.checks.serialize import is_real

if TYPE_CHECKING:
    from lrlab.checks.exercise import Case, Exercise

GREEN, RED, BOLD, DIM = "32", "31", "1", "2"
RIGHT, WRONG = "✓ right", "✗ wrong"
WIDTH = 92  # characters; fits a notebook beside JupyterLab's file browser
CALL_WIDTH = 46  # a longer call gets a line of its own
MOST_ROWS = 12  # of one array: beyond, the first wrong ones matter more


def notebook() -> Any:
    """Return IPython's shell inside a notebook, else None."""
    module = sys.modules.get("IPython")
    shell = module.get_ipython() if module else None
    return shell if type(shell).__name__ == "ZMQInteractiveShell" else None


def paint(text: str, *codes: str) -> str:
    """``text`` in colour inside a notebook (the words say the same without); plain elsewhere and under NO_COLOR."""
    return f"\x1b[{';'.join(codes)}m{text}\x1b[0m" if notebook() and "NO_COLOR" not in os.environ else text


class Row(NamedTuple):
    call: str
    mine: str = ""
    wanted: str = ""
    mark: str = ""


HEAD = Row("call", "your value", "correct value")


class Note(str):
    """A line of explanation. The same error on every array is worth reading once."""


def rows_of(exercise: Exercise, verdicts: Sequence[Verdict]) -> list[Row | str]:
    """Return the rows of all calls; a bare string is a line of explanation, which keeps to no column."""
    rows: list[Row | str] = []
    for verdict in verdicts:
        rows += [row for row in _rows(exercise, verdict) if not isinstance(row, Note) or row not in rows]
    return rows


def table(exercise: Exercise, verdicts: Sequence[Verdict]) -> str:
    """One row for each value, aligned; a line below a row explains a value that is not a number."""
    rows = rows_of(exercise, verdicts)
    aligned = [HEAD, *(row for row in rows if isinstance(row, Row))]
    widths = [max(len(row[i]) for row in aligned) for i in range(3)]
    line = "─" * (sum(widths) + 6 + len(WRONG))
    lines = [_line(HEAD, widths), line, *(row if isinstance(row, str) else _line(row, widths) for row in rows), line]
    return "\n".join(lines)


def _line(row: Row, widths: list[int]) -> str:
    text = "  ".join(text.ljust(width) for text, width in zip(row[:3], widths, strict=True))
    return f"{text}  {paint(row.mark, GREEN if row.mark == RIGHT else RED)}" if row.mark else text.rstrip()


def _rows(exercise: Exercise, verdict: Verdict) -> list[Row | str]:
    """Return the rows of one call; a bare string is a line of explanation, which keeps to no column.

    One row where there is one value; else the call, and a row for each value under it.
    """
    outcome, parts = verdict.outcome, verdict.parts
    call = call_text(exercise, verdict.case, lists=outcome.get("lists") is True)
    if not parts:
        return [*_with_call(call, *_without_values(verdict), WRONG), *_error_lines(outcome)]
    note = {"list": f"a {outcome.get('type', 'list')}", "changed": "argument changed"}.get(verdict.problem, "")
    if len(parts) == 1 and not note and (len(call) <= CALL_WIDTH or parts[0].path == ("value",)):
        return _with_call(call, *_values(parts[0]))
    rows: list[Row | str] = [*_folded(call)]
    if note and not verdict.has_facts:
        rows = _with_call(call, note, _shape_words(np.shape(verdict.case.expected)), WRONG)
    for shown, left_out in shown_parts(verdict).values():
        rows += [Row(f"  {position(exercise, verdict, part)}", *_values(part)) for part in shown]
        if left_out:
            rows.append(f"  … and {left_out} more")
    return [*rows, Row("  argument changed", "yes", "no", WRONG)] if note and verdict.has_facts else rows


def _without_values(verdict: Verdict) -> tuple[str, str]:
    """Return texts for the student's value and the correct one, where there is nothing to compare."""
    kind, shape = verdict.outcome.get("type"), verdict.outcome.get("shape", [])
    words = {
        "none": "None",
        "error": "an error",
        "refused": "the library's",
        "odd": "unusable" if verdict.has_facts else f"type {kind}",
        "shape": _shape_words(shape),
    }
    expected = verdict.case.expected
    wanted = "" if verdict.has_facts else _shape_words(np.shape(expected)) if np.shape(expected) else number(expected)
    return words.get(verdict.problem, "unusable"), wanted


def shown_parts(verdict: Verdict) -> dict[str | int, tuple[list[Part], int]]:
    """Return of each fact (or of the one value) the parts that are shown, and how many are left out."""
    result = {}
    for fact in dict.fromkeys(part.path[0] for part in verdict.parts):
        some = [part for part in verdict.parts if part.path[0] == fact]
        chosen = _choose([part.right for part in some])
        result[fact] = [some[i] for i in chosen], len(some) - len(chosen)
    return result


def position(exercise: Exercise, verdict: Verdict, part: Part) -> str:
    """Return a value's place in words: of an array's value the first argument's, such as "n = 3"."""
    if verdict.has_facts:
        return exercise.label(part.path)
    return f"{exercise.parameters[0]} = {np.ravel(verdict.case.args[0]).tolist()[int(part.path[1])]}"


def _values(part: Part) -> tuple[str, str, str]:
    """Return the student's value, the correct one, and the mark."""
    mine, wanted = part.mine, part.wanted
    numbers = is_real(mine) and is_real(wanted)
    mine, wanted = pair(mine, wanted, part.right) if numbers else (_leaf(mine), _leaf(wanted))
    return mine, wanted, RIGHT if part.right else WRONG


def call_text(exercise: Exercise, case: Case, *, lists: bool = False) -> str:
    """Return the call as the student would write it (with ``lists`` in place of arrays), or as the exercise says it."""
    return case.call or f"{exercise.name}({', '.join(argument(a, lists=lists) for a in case.args)})"


def _folded(call: str) -> list[str]:
    """Return a call on lines of its own: all of it, so that it can be copied and run."""
    return textwrap.wrap(call, WIDTH, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)


def _with_call(call: str, mine: str, wanted: str, mark: str) -> list[Row | str]:
    """Return a call beside its value, or above it where it is long."""
    if len(call) <= CALL_WIDTH:
        return [Row(call, mine, wanted, mark)]
    return [*_folded(call), Row("  value", mine, wanted, mark)]


def _error_lines(outcome: Outcome) -> list[str]:
    if outcome.get("kind") != "error":
        return []
    lines = [f"  ↳ {outcome.get('type')}: {outcome.get('message')}", f"    {outcome.get('line', '')}"]
    return [row for line in lines if line.strip() for row in map(Note, _folded(line))]


def _leaf(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return number(value)
    if isinstance(value, list):
        return f"{len(value)} value" + "s" * (len(value) != 1) if value else "an empty list"
    if isinstance(value, dict):
        kind = value.get("type")
        entries = f"{len(value)} " + ("entry" if len(value) == 1 else "entries")
        return "nothing" if kind == "nothing" else f"type {kind}" if kind else entries
    return str(value) if len(str(value)) <= 24 else str(value)[:23] + "…"


def _shape_words(shape: Sequence[int]) -> str:
    if not shape:
        return "one number"
    return f"an array of {shape[0]}" if len(shape) == 1 else f"shape {tuple(shape)}"


def _choose(marks: Sequence[bool]) -> list[int]:
    """Which values of a long array to show: the first ones, then the first wrong ones."""
    first = list(range(min(len(marks), MOST_ROWS)))
    wrong = [i for i, right in enumerate(marks) if not right and i >= MOST_ROWS][:3]
    return sorted({*first, *wrong})


NOT_FINITE = {"nan": "np.nan", "inf": "np.inf", "-inf": "-np.inf"}  # as plain data has them, and as Python does


def argument(value: Any, *, lists: bool = False) -> str:
    """Return an argument as the student would write it. A list stands for an array, except with ``lists``."""
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
    """Return a list, of lists too, with nan and inf as Python writes them."""
    return f"[{', '.join(map(_list, value))}]" if isinstance(value, list) else argument(value)


def pair(mine: float, wanted: float, right: bool) -> tuple[str, str]:
    """Two numbers with as many digits as it takes to see them differ; alike where they are equal up to rounding."""
    if right:
        return number(wanted), number(wanted)
    for digits in (6, 10, 17):
        a, b = number(mine, digits), number(wanted, digits)
        if a != b:
            break
    return a, b


def number(value: float, digits: int = 6) -> str:
    return f"{value:.{digits}g}"
