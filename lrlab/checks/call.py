"""Call a student's answer, and turn what it returns into plain data.

Nothing here knows a right value, so this half can run in a process that is not trusted: what it returns are
dicts, lists, strings and numbers that survive JSON.
"""

from __future__ import annotations

import contextlib
import functools
import io
import linecache
import numbers
import sys
import sysconfig
import traceback
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Literal, TypedDict

import numpy as np

from lrlab._extras import require
from lrlab.checks.isolate import Printed, RandomStates, TimeLimit, TooSlow, quiet
from lrlab.checks.serialize import (
    LARGEST,
    REALS,
    Unusable,
    WrongType,
    as_numpy,
    copied,
    is_single,
    json_number,
    to_jsonable,
)
from lrlab.checks.tracer import CallTracer


class Outcome(TypedDict, total=False):
    """What one call gave. ``kind`` is always there; the other keys where they apply."""

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


Answer = Callable[..., Any]
Facts = dict[str, Any]  # what is compared, by name
FactsOf = Callable[..., Facts]  # (answer, *a case's arguments)
Form = Callable[[Any], Any]  # makes a sequence of the kind that the answer is given
OTHERWISE = "with lists"  # the name of the facts that a call with lists gave


@functools.cache
def load_torch() -> None:
    """Load torch, with what its first optimizer imports: seconds that are no fault of an answer's."""
    require("torch", "torch")
    import torch
    import torch.optim.lr_scheduler

    torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1).step()


def isolated(calls: Iterable[Callable[[], Outcome]], watch: Sequence[str], seconds: float) -> list[Outcome]:
    """Make the calls one by one, each isolated from the notebook; an error of the answer becomes an outcome.

    KeyboardInterrupt passes: it is how a person stops a check. ``watch`` has modules whose functions the answer must
    not call; ``seconds`` is the time limit of one call.
    """
    outcomes: list[Outcome] = []
    tracer: CallTracer | None = None
    if "torch" in sys.modules:
        load_torch()  # a stop in the middle would leave torch half loaded
    states = RandomStates()
    for call in calls:
        if outcomes and outcomes[-1].get("type") == "TooSlow":  # waiting once is enough
            message = "not tried, because an earlier call did not finish"
            outcomes.append({"kind": "error", "type": "TooSlow", "message": message})
            continue
        printed, tracer = Printed(), CallTracer(watch, tracer)
        with quiet(printed, states):
            try:
                with TimeLimit(seconds) as limit, tracer:
                    outcome = limit.run(functools.partial(_outcome, call))
            except TooSlow as error:
                outcome = _error(error, f"stopped after {seconds:g} seconds")
        if tracer.called:
            outcome = {"kind": "refused", "type": tracer.called}
        if printed.text:
            outcome["printed"] = printed.text
        outcomes.append(outcome)
    return outcomes


def _outcome(call: Callable[[], Outcome]) -> Outcome:
    """Return what a call gave. An error's text is code of the answer's too, so it is asked for while it is watched."""
    try:
        return call()
    except (Exception, SystemExit) as error:
        message = ""
        with contextlib.suppress(Exception):
            message = str(error)
        return _error(error, message)


def call_for_value(function: Answer, args: Sequence[Any]) -> Outcome:
    """Call an answer that returns a number or an array; lists among the arguments become fresh arrays."""
    given = [np.array(a) if isinstance(a, list) else a for a in args]
    outcome = value_outcome(function(*given))
    pairs = enumerate(zip(given, args, strict=True))
    changed = [i for i, (g, a) in pairs if isinstance(g, np.ndarray) and not np.array_equal(np.array(a), g)]
    return outcome | {"changed": [*changed]} if changed else outcome


def call_for_facts(facts_of: FactsOf, function: Answer, args: Sequence[Any]) -> Outcome:
    """Call an answer through its adapter, which finds the facts to compare."""
    return _facts_outcome(dict(facts_of(function, *map(copied, args))))


def on_sequences(
    facts: str | Callable[[Any], Facts], names: Sequence[str], forms: tuple[Form, Form] = (np.array, list)
) -> FactsOf:
    """Make the adapter of an answer whose first arguments are sequences, which it must not change.

    A prompt that says "a sequence" leaves open of which kind, so an answer written for either form is right: where the
    first form ends in an error the second counts, and where both give values, those that are right do.

    Args:
        facts: the name of what the answer returns, or a function that makes facts of it.
        names: the sequences among the arguments; a number in them may be the text "nan", "inf" or "-inf".
        forms: what makes a sequence of a list: by default arrays are tried first, then lists.
    """

    def facts_of(answer: Answer, *args: Any) -> Facts:
        plain = [[float(x) if isinstance(x, str) else x for x in values] for values in args[: len(names)]]

        def call(form: Form) -> Facts:
            given = [form(values) for values in copied(plain)]
            result = answer(*given, *args[len(names) :])
            trios = zip(names, given, plain, strict=True)
            changed = [name for name, after, before in trios if to_jsonable(after) != to_jsonable(before)]
            return {**({facts: result} if isinstance(facts, str) else facts(result)), "changed": changed}

        first, second = forms
        try:
            result = call(first)
        except Exception:
            with contextlib.suppress(Exception):
                return {"lists": call(second)}
            raise
        with contextlib.suppress(Exception), contextlib.redirect_stdout(io.StringIO()):  # printed once is enough
            other = call(second)
            if to_jsonable(other) != to_jsonable(result):
                result[OTHERWISE] = other
        return result

    return facts_of


def _facts_outcome(facts: Facts) -> Outcome:
    if facts.keys() == {"lists"}:
        return _facts_outcome(facts["lists"]) | {"lists": True}
    otherwise, changed = facts.pop(OTHERWISE, None), facts.pop("changed", ())
    outcome: Outcome = {"kind": "facts", "facts": to_jsonable(facts)}
    if is_single(facts):
        outcome["single"] = True
    if changed:
        outcome["changed"] = list(changed)
    if otherwise is not None:
        outcome["otherwise"] = _facts_outcome(otherwise) | {"lists": True}
    return outcome


def value_outcome(value: Any) -> Outcome:
    """Return a returned object as an ``Outcome``: numbers, arrays and lists of numbers; anything else is "odd"."""
    if value is None:
        return {"kind": "none"}
    unusable: Outcome = {"kind": "odd", "type": type(value).__name__}
    single = is_single(value)
    value = [as_numpy(v) for v in value] if isinstance(value, list | tuple) else as_numpy(value)
    if isinstance(value, numbers.Real) and not isinstance(value, (bool, *REALS)):  # such as a number of sympy's
        value = to_jsonable(value)
    if isinstance(value, bool) or not isinstance(value, int | float | np.number | np.ndarray | list | tuple):
        return unusable
    try:
        array = np.asarray(value)
    except (ValueError, OverflowError):  # a ragged list; an int beyond every float
        return unusable
    # Converting first and asking afterwards would read the text "0.1" as a number.
    if array.dtype.kind not in "iuf" or array.size > LARGEST:
        return unusable
    outcome: Outcome = {
        "kind": "list" if isinstance(value, list | tuple) else "array" if array.ndim else "number",
        "values": [json_number(v) for v in array.astype(np.float64).ravel().tolist()],
        "shape": list(array.shape),
        "integers": array.dtype.kind in "iu",
        "type": unusable["type"],
    }
    return outcome | {"single": True} if single else outcome


LIBRARIES = (str(Path(__file__).parents[1]), sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"), "<frozen ")


def _error(error: BaseException, message: str) -> Outcome:
    if isinstance(error, WrongType):
        return {"kind": "odd", "type": error.kind}
    if isinstance(error, Unusable):
        return {"kind": "odd", "type": "", "message": message}
    outcome: Outcome = {"kind": "error", "type": type(error).__name__, "message": " ".join(message.split())[:200]}
    # The last line of the student's own: below it may be lines of numpy, or of Python's library.
    frames = traceback.extract_tb(error.__traceback__)
    own = [f for f in frames if "site-packages" not in f.filename and not f.filename.startswith(LIBRARIES)]
    if own:
        code = _statement(own[-1])
        outcome["line"] = f"line {own[-1].lineno}: {code}" if code else f"line {own[-1].lineno}"
    return outcome


def _statement(frame: traceback.FrameSummary) -> str:
    """Return what stopped, all its lines in one: the first alone may be ``return SGD(``."""
    first = frame.lineno or 0
    lines = range(first, max(first, frame.end_lineno or 0) + 1)
    return " ".join(" ".join(linecache.getline(frame.filename, line).strip() for line in lines).split())
