"""What the right rule gives for other arguments: for a wrong answer that makes none of the known mistakes.

Many mistakes are of one kind: the rule is right, and an argument in it is another one. The unit's reference computes
what comes of it, so that a check can say which argument to look at.
"""

from __future__ import annotations

import contextlib
import itertools
import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from lrlab.checks.exercise import Adapter, Case
from lrlab.checks.isolate import TooSlow, limited
from lrlab.checks.mark import RIGHT, VALUE, has_mark, mark
from lrlab.checks.serialize import is_number

Arguments = Mapping[str, Any]
Change = Callable[[Arguments], Mapping[str, Any]]  # of a call's arguments by name, to those that are others
SECONDS = 0.5  # of computing, for what a change gives in all cases: one that takes longer is left out
IN_ALL = 2.0  # of computing, for all changes of the hidden cases, as a class waits for its grades

OF_A_NUMBER: tuple[tuple[str, Callable[[float], float]], ...] = (
    ("1 - {0}", lambda a: 1 - a),
    ("1 / {0}", lambda a: 1 / a),
    ("{0} + 1", lambda a: a + 1),
    ("{0} - 1", lambda a: a - 1),
    ("2 · {0}", lambda a: 2 * a),
    ("{0} / 2", lambda a: a / 2),
    ("{0}²", lambda a: a * a),
    ("√{0}", math.sqrt),
    ("-{0}", lambda a: -a),
    ("|{0}|", abs),
    ("{0} rounded down", math.floor),
    ("1", lambda a: 1),
    ("0", lambda a: 0),
    ("{0} · ln 10", lambda a: a * math.log(10)),
    ("{0} · ln 2", lambda a: a * math.log(2)),
)
OF_TWO: tuple[tuple[str, Callable[[float, float], float]], ...] = (
    ("{1}", lambda a, b: b),
    ("{0} - {1}", lambda a, b: a - b),
    ("{1} - {0}", lambda a, b: b - a),
    ("{0} + {1}", lambda a, b: a + b),
    ("{0} · {1}", lambda a, b: a * b),
    ("{0} / {1}", lambda a, b: a / b),
    ("{0} // {1}", lambda a, b: a // b),
)
OF_A_LIST: tuple[tuple[str, Callable[[list[Any]], list[Any]]], ...] = (
    ("{0} in reverse order", lambda a: a[::-1]),
    ("{0} sorted", sorted),
    ("{0} without its first entry", lambda a: a[1:]),
    ("{0} without its last entry", lambda a: a[:-1]),
    ("each entry of {0} but the first replaced by the one before it", lambda a: [a[0], *a[:-1]]),
    ("each entry of {0} but the last replaced by the one after it", lambda a: [*a[1:], a[-1]]),
    ("the running sums of {0}", lambda a: list(itertools.accumulate(a))),
    ("the first entry of {0} everywhere", lambda a: a[:1] * len(a)),
    ("the last entry of {0} everywhere", lambda a: a[-1:] * len(a)),
    ("the mean of {0} everywhere", lambda a: [sum(a) / len(a)] * len(a)),
)


def given(parameters: Sequence[str], args: Sequence[Any]) -> dict[str, Any]:
    """Return a call's arguments by name; settings in a dictionary count as arguments."""
    named = dict(zip(parameters, args, strict=True))
    return {k: v for name, arg in named.items() for k, v in (arg.items() if isinstance(arg, dict) else [(name, arg)])}


def changes(parameters: Sequence[str], calls: Sequence[Sequence[Any]], *, arrays: bool) -> Iterator[tuple[str, Change]]:
    """Yield what may stand in place of arguments, in words and as a change of them.

    Args:
        parameters: the arguments' names.
        calls: arguments of some calls, which show of what kind they are.
        arrays: whether a list stands for an array, of which each entry counts for itself.
    """
    named = [given(parameters, args) for args in calls]
    names = list(dict.fromkeys(name for one in named for name in one))
    values = {name: [one[name] for one in named if name in one] for name in names}
    lists = [name for name in names if all(isinstance(v, list) for v in values[name])]
    numbers = [name for name in names if _is_numeric(named, name)]
    single = [name for name in numbers if arrays or name not in lists]
    for name in single:
        counts = all(isinstance(x, int) for v in values[name] for x in _leaves(v))
        for words, change in OF_A_NUMBER:
            if counts and any(sign in words for sign in ("√", "ln")):
                continue  # rounded, it may be any other count
            yield f"{name} replaced by {words.format(name)}", _of_one(name, change)
    for one, other in itertools.combinations(single, 2):
        yield f"{one} and {other} swapped", _swapped(one, other)
    for name in lists if not arrays else ():
        for words, rearranged in OF_A_LIST:
            yield words.format(name), _of_list(name, rearranged)
        for words, change in (OF_A_NUMBER[1], *OF_A_NUMBER[6:10], ("the logarithms of {0}", math.log)):
            yield f"{name} replaced by {words.format(name)}", _of_one(name, change)
    for one, other in itertools.combinations(lists if not arrays else (), 2):
        yield f"{one} and {other} swapped", _swapped(one, other)
    for key in names:  # a setting that has a default
        if key not in parameters:
            yield f"{key} left at its default", _default(key)


def combinations(
    parameters: Sequence[str], calls: Sequence[Sequence[Any]], *, arrays: bool
) -> Iterator[tuple[str, Change]]:
    """Yield changes where two arguments, or another one, are in the place of one; see ``changes``."""
    named = [given(parameters, args) for args in calls]
    lists = {name for one in named for name, value in one.items() if isinstance(value, list)}
    names = dict.fromkeys(name for one in named for name in one)
    single = [name for name in names if (arrays or name not in lists) and _is_numeric(named, name)]
    for one, other in itertools.permutations(single, 2):
        for words, change in OF_TWO:
            yield f"{one} replaced by {words.format(one, other)}", _of_two(one, other, change)


def _is_numeric(named: Sequence[Arguments], name: str) -> bool:
    return all(is_number(x) for one in named if name in one for x in _leaves(one[name]))


def _leaves(value: Any) -> Iterator[Any]:
    for one in value if isinstance(value, list) else [value]:
        yield from _leaves(one) if isinstance(one, list) else [one]


def _each(value: Any, change: Callable[[Any], Any]) -> Any:
    """Apply a change to a number, or to each of a list's; a whole number stays whole where it can."""
    if isinstance(value, list):
        return [_each(one, change) for one in value]
    made = change(value)
    return int(made) if isinstance(value, int) and made == int(made) else made


def _of_one(name: str, change: Callable[[float], float]) -> Change:
    return lambda call: {name: _each(call[name], change)}


def _of_list(name: str, change: Callable[[list[Any]], list[Any]]) -> Change:
    return lambda call: {name: change(call[name])}


def _of_two(one: str, other: str, change: Callable[[float, float], float]) -> Change:
    def changed(call: Arguments) -> Mapping[str, Any]:
        if isinstance(call[other], list):
            raise TypeError(other)
        return {one: _each(call[one], lambda a: change(a, call[other]))}

    return changed


def _default(key: str) -> Change:
    return lambda call: {key: None} if key in call else {}


def _swapped(one: str, other: str) -> Change:
    return lambda call: {one: call[other], other: call[one]}


def _put(parameters: Sequence[str], args: Sequence[Any], changed: Arguments) -> tuple[Any, ...]:
    """Return a call's arguments with others in their places; a setting that is None is left out."""
    return tuple(
        {k: v for k, v in (arg | {k: changed[k] for k in changed if k in arg}).items() if v is not None}
        if isinstance(arg, dict)
        else changed.get(name, arg)
        for name, arg in zip(parameters, args, strict=True)
    )


def values(
    made: Iterable[tuple[str, Change]],
    parameters: Sequence[str],
    calls: Sequence[Sequence[Any]],
    right: Callable[[Sequence[Any]], Any],
) -> Iterator[tuple[str, list[Any]]]:
    """Yield each change in words, with what the right rule gives then for each of the calls; None where it can't.

    Args:
        made: the changes.
        parameters, calls: the arguments.
        right: returns the right value for arguments.
    """
    for words, change in made:

        def result(args: Sequence[Any], change: Change = change) -> Any:
            with contextlib.suppress(Exception):
                named = given(parameters, args)
                changed = change(named)
                if all(changed.get(name) == value for name, value in named.items() if name in changed):
                    return right(args)  # the same arguments
                return right(_put(parameters, args, changed))
            return None

        with contextlib.suppress(TooSlow):
            yield words, limited(partial(_of_each, result, calls), SECONDS)


def _of_each(result: Callable[[Sequence[Any]], Any], calls: Sequence[Sequence[Any]]) -> list[Any]:
    return [result(args) for args in calls]


def added(adapter: Adapter, cases: Sequence[Case], right: Callable[[Sequence[Any]], Any]) -> tuple[Case, ...]:
    """Return the cases with the marks of what each change gives there, for as many as can be computed in time."""
    end = time.process_time() + IN_ALL
    calls, arrays = [case.args for case in cases], adapter.facts_of is None
    made = [
        *changes(adapter.parameters, calls, arrays=arrays),
        *combinations(adapter.parameters, calls, arrays=arrays),
    ]
    marks: list[dict[str, dict[str, float]]] = [{} for _ in cases]
    for words, given_there in values(made, adapter.parameters, calls, right):
        if time.process_time() > end:
            break
        for fact in facts(cases[0]):
            for k, one in enumerate(marks_of(given_there, cases, fact)):
                if one is not None:
                    marks[k].setdefault(fact, {})[words] = one
    return tuple(replace(case, variants=one) for case, one in zip(cases, marks, strict=True))


def facts(case: Case) -> list[str]:
    """Return the names of the facts that are compared; VALUE where it is one value."""
    return list(case.expected) if isinstance(case.expected, dict) else [VALUE]


def marks_of(given_there: Sequence[Any], cases: Sequence[Case], fact: str) -> tuple[float | None, ...]:
    """Return the marks of a fact as a slip gives it: RIGHT for the right value, None where there is no value."""
    marks = []
    for given_here, case in zip(given_there, cases, strict=True):
        value, right = _fact(given_here, fact), _fact(case.expected, fact)
        marks.append(None if given_here is None else RIGHT if has_mark(value, mark(right)) else mark(value))
    return tuple(marks)


def _fact(values_by_fact: Any, fact: str) -> Any:
    """Return a fact; of an answer without facts its numbers in a row."""
    if isinstance(values_by_fact, dict):
        return values_by_fact.get(fact)
    return None if values_by_fact is None else np.ravel(np.asarray(values_by_fact)).tolist()
