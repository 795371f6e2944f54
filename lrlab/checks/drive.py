"""Call a student's answer and turn what comes back into plain data.

Nothing here knows a right value, so this half can run in a process that is not trusted: what it returns are
dicts, lists, strings and numbers that survive JSON.
"""

from __future__ import annotations

import contextlib
import io
import linecache
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal, TypedDict

import numpy as np

PRINTED_LIMIT = 300  # characters: enough to recognise a print, little enough for a loop that prints for ever
LARGEST = 100_000  # values in one answer


class Outcome(TypedDict, total=False):
    """What one call gave. `kind` is always there; the other keys where they apply."""

    kind: Literal["number", "array", "list", "none", "odd", "error"]
    values: list[float | str]  # flattened; "nan", "inf", "-inf" as text, as JSON has no such numbers
    shape: list[int]
    integers: bool  # the answer holds integers, not floats
    type: str  # the returned object's type, or the error's
    message: str  # of an error
    line: str  # the student's line that raised, "line 3: return ..."
    printed: str  # what the call printed
    changed: list[int]  # positions of the arguments that the call changed


class _Printed(io.TextIOBase):
    """Keeps the beginning of what is written to it."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> int:
        self.text += text[: max(0, PRINTED_LIMIT - len(self.text))]
        return len(text)

    def writable(self) -> bool:
        return True


def call_on_each(function: Callable[..., Any], calls: Sequence[tuple[Any, ...]]) -> list[Outcome]:
    """Call `function` once for each tuple of arguments; lists among them become fresh arrays.

    Errors of the answer become outcomes. KeyboardInterrupt passes: it is how a call that never ends is stopped.
    """
    return [_call(function, args) for args in calls]


def _call(function: Callable[..., Any], args: tuple[Any, ...]) -> Outcome:
    given = [np.array(a) if isinstance(a, list) else a for a in args]
    printed = _Printed()
    try:
        with contextlib.redirect_stdout(printed):
            outcome = to_plain(function(*given))
    except (Exception, SystemExit) as error:
        outcome = _error(error)
    if printed.text:
        outcome["printed"] = printed.text
    changed = [i for i, (a, g) in enumerate(zip(args, given, strict=True)) if _is_changed(a, g)]
    if changed:
        outcome["changed"] = changed
    return outcome


def _is_changed(original: Any, given: Any) -> bool:
    return isinstance(given, np.ndarray) and not np.array_equal(np.array(original), given)


def to_plain(value: Any) -> Outcome:
    """A returned object as an `Outcome`: numbers, arrays and lists of numbers; anything else is "odd"."""
    if value is None:
        return {"kind": "none"}
    type_name = type(value).__name__
    odd: Outcome = {"kind": "odd", "type": type_name}
    if isinstance(value, bool) or not isinstance(value, int | float | np.number | np.ndarray | list | tuple):
        return odd
    try:
        array = np.asarray(value)
    except (ValueError, OverflowError):  # a ragged list; an int beyond every float
        return odd
    # Converting first and asking afterwards would read the text "0.1" as a number.
    if array.dtype.kind not in "iuf" or array.size > LARGEST:
        return odd
    values = array.astype(np.float64)
    return {
        "kind": "list" if isinstance(value, list | tuple) else "array" if array.ndim else "number",
        "values": [v if np.isfinite(v) else str(v) for v in values.ravel().tolist()],
        "shape": list(array.shape),
        "integers": array.dtype.kind in "iu",
        "type": type_name,
    }


def _error(error: BaseException) -> Outcome:
    message = " ".join(str(error).split())
    outcome: Outcome = {"kind": "error", "type": type(error).__name__, "message": message[:200]}
    here = str(Path(__file__).parent)
    frames = [f for f in traceback.extract_tb(error.__traceback__) if not f.filename.startswith(here)]
    # The last line of the student's own: below it may lie numpy's.
    own = [f for f in frames if "site-packages" not in f.filename]
    if own:
        code = linecache.getline(own[-1].filename, own[-1].lineno or 0).strip()
        outcome["line"] = f"line {own[-1].lineno}: {code}" if code else f"line {own[-1].lineno}"
    return outcome
