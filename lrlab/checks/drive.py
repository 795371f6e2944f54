"""Call a student's answer and turn what comes back into plain data.

Nothing here knows a right value, so this half can run in a process that is not trusted: what it returns are
dicts, lists, strings and numbers that survive JSON.
"""

from __future__ import annotations

import contextlib
import io
import linecache
import sys
import sysconfig
import traceback
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from functools import partial
from pathlib import Path
from typing import Any, Literal, TypedDict

import numpy as np

from lrlab.checks.guard import SECONDS, Printed, TooSlow, Watch, limited, quiet
from lrlab.checks.loading import load_torch
from lrlab.checks.plain import LARGEST, Complaint, is_single, number, plain, unwrapped


class Outcome(TypedDict, total=False):
    """What one call gave. `kind` is always there; the other keys where they apply."""

    kind: Literal["number", "array", "list", "none", "odd", "error", "facts", "refused"]
    values: list[float | str]  # flattened; "nan", "inf", "-inf" as text, as JSON has no such numbers
    shape: list[int]
    integers: bool  # the answer holds integers, not floats
    single: bool  # in single precision or less
    facts: dict[str, Any]  # plain data by name, where an answer shows itself in more than one value
    type: str  # the returned object's type, or the error's; for "refused" the library's function that was called
    message: str  # of an error
    line: str  # the student's line that raised, "line 3: return ..."
    printed: str  # what the call printed
    changed: list[int | str]  # the arguments that the call changed and should not: positions or words
    lists: bool  # the call was made with lists in the place of arrays
    otherwise: Outcome  # what the same call with lists gave, where it gave something else


Call = Callable[[], Outcome]
OTHERWISE = "with lists"  # the name of the facts that a call with lists gave
FactsRun = Callable[..., Mapping[str, Any]]


def call_on_each(
    function: Callable[..., Any], calls: Sequence[tuple[Any, ...]], *, watch: Sequence[str] = ()
) -> list[Outcome]:
    """Call `function` once for each tuple of arguments; lists among them become fresh arrays.

    Errors of the answer become outcomes. KeyboardInterrupt passes: it is how a call that never ends is stopped.
    `watch` names modules whose functions the answer must not call.
    """
    return _guarded([partial(_call, function, args) for args in calls], watch)


class Facts:
    """A driver for answers that take or give more than numbers.

    `run(function, *args)` calls the answer, on objects that it makes from the case's plain arguments, and returns what
    is to be compared, by name. "changed" among the names lists arguments that the answer spoilt. It raises
    `Complaint` where what came back can't be used at all. `torch` says that it works with torch's objects.
    """

    def __init__(
        self, run: FactsRun, *, watch: Sequence[str] = (), seconds: float = SECONDS, torch: bool = False
    ) -> None:
        self.run, self.watch, self.seconds, self.torch = run, tuple(watch), seconds, torch

    def __call__(self, function: Callable[..., Any], calls: Sequence[tuple[Any, ...]]) -> list[Outcome]:
        if self.torch:
            load_torch()  # seconds, on the first call, which are no fault of the answer's
        return _guarded([partial(self._facts, function, args) for args in calls], self.watch, self.seconds)

    def _facts(self, function: Callable[..., Any], args: tuple[Any, ...]) -> Outcome:
        return self._outcome(dict(self.run(function, *deepcopy(args))))

    def _outcome(self, found: dict[str, Any]) -> Outcome:
        otherwise = found.pop(OTHERWISE, None)
        if found.keys() == {"lists"}:
            return self._outcome(found["lists"]) | {"lists": True}
        changed = found.pop("changed", [])
        outcome: Outcome = {"kind": "facts", "facts": plain(found)}
        if is_single(found):
            outcome["single"] = True
        if changed:
            outcome["changed"] = list(changed)
        if otherwise is not None:
            outcome["otherwise"] = self._outcome(otherwise) | {"lists": True}
        return outcome


def in_some_form(call: Callable[[Callable[[Any], Any]], dict[str, Any]]) -> dict[str, Any]:
    """The facts of `call(form)` with sequences given as arrays, and as lists where that gives something else.

    A prompt that says "a sequence" leaves open which, so an answer written for either is right: where arrays end in an
    error the lists count, and where both give values, the judge takes those that are right.
    """
    try:
        arrays = call(np.array)
    except Exception:
        with contextlib.suppress(Exception):
            return {"lists": call(list)}
        raise
    with contextlib.suppress(Exception), contextlib.redirect_stdout(io.StringIO()):  # printed once is enough
        lists = call(list)
        if plain(lists) != plain(arrays):
            return {**arrays, OTHERWISE: lists}
    return arrays


def _guarded(calls: Sequence[Call], watch: Sequence[str], seconds: float = SECONDS) -> list[Outcome]:
    outcomes: list[Outcome] = []
    if "torch" in sys.modules:
        load_torch()  # else an answer's time may go to that; and a stop in the middle would leave torch half loaded
    for call in calls:
        if outcomes and outcomes[-1].get("type") == "TooSlow":  # waiting once is enough
            outcomes.append(
                {"kind": "error", "type": "TooSlow", "message": "not tried, because an earlier call did not finish"}
            )
            continue
        printed, watching = Printed(), Watch(watch)
        with quiet(printed):
            try:
                with watching:
                    outcome = limited(call, seconds)
            except (Exception, SystemExit, TooSlow) as error:
                outcome = _error(error, seconds)
        if watching.called:
            outcome = {"kind": "refused", "type": watching.called}
        if printed.text:
            outcome["printed"] = printed.text
        outcomes.append(outcome)
    return outcomes


def _call(function: Callable[..., Any], args: tuple[Any, ...]) -> Outcome:
    given = [np.array(a) if isinstance(a, list) else a for a in args]
    outcome = to_plain(function(*given))
    changed = [i for i, (a, g) in enumerate(zip(args, given, strict=True)) if _is_changed(a, g)]
    if changed:
        outcome["changed"] = list(changed)
    return outcome


def _is_changed(original: Any, given: Any) -> bool:
    return isinstance(given, np.ndarray) and not np.array_equal(np.array(original), given)


def to_plain(value: Any) -> Outcome:
    """A returned object as an `Outcome`: numbers, arrays and lists of numbers; anything else is "odd"."""
    if value is None:
        return {"kind": "none"}
    type_name = type(value).__name__
    odd: Outcome = {"kind": "odd", "type": type_name}
    single = is_single(value)
    value = [unwrapped(v) for v in value] if isinstance(value, list | tuple) else unwrapped(value)
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
    outcome: Outcome = {
        "kind": "list" if isinstance(value, list | tuple) else "array" if array.ndim else "number",
        "values": [number(v) for v in values.ravel().tolist()],
        "shape": list(array.shape),
        "integers": array.dtype.kind in "iu",
        "type": type_name,
    }
    return outcome | {"single": True} if single else outcome


def _error(error: BaseException, seconds: float) -> Outcome:
    if isinstance(error, Complaint):
        return {"kind": "odd", "type": "", "message": str(error)}
    message = " ".join(str(error).split()) or (f"stopped after {seconds:g} seconds" * isinstance(error, TooSlow))
    outcome: Outcome = {"kind": "error", "type": type(error).__name__, "message": message[:200]}
    # The last line of the student's own: below it may be lines of numpy, or of Python's library.
    own = [f for f in traceback.extract_tb(error.__traceback__) if not _is_library(f.filename)]
    if own:
        code = _statement(own[-1])
        outcome["line"] = f"line {own[-1].lineno}: {code}" if code else f"line {own[-1].lineno}"
    return outcome


LIBRARIES = (str(Path(__file__).parents[1]), sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"), "<frozen ")


def _is_library(file: str) -> bool:
    return "site-packages" in file or file.startswith(LIBRARIES)


def _statement(frame: traceback.FrameSummary) -> str:
    """What stopped, all its lines in one: the first alone may be `return SGD(`."""
    first = frame.lineno or 0
    lines = range(first, max(first, frame.end_lineno or 0) + 1)
    return " ".join(" ".join(linecache.getline(frame.filename, line).strip() for line in lines).split())
