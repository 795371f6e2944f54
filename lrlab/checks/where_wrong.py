"""What sets the wrong calls, or the wrong entries of arrays, apart from the right ones."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from lrlab.checks.serialize import is_number

Place = tuple[Mapping[str, Any], bool]  # the arguments there, and whether the student is right
COMPARED: tuple[tuple[str, Callable[[Any, Any], bool]], ...] = (
    ("{0} is less than {1}", lambda a, b: a < b),
    ("{0} is at most {1}", lambda a, b: a <= b),
    ("{0} is {1}", lambda a, b: a == b),
    ("{0} is a multiple of {1}", lambda a, b: a % b == 0),
    ("{0} is no multiple of {1}", lambda a, b: a % b != 0),
)


def set_apart(places: Sequence[Place]) -> Iterator[str]:
    """Yield what holds wherever the student is wrong and nowhere else, the surest first."""
    wrong, right = ([given for given, fine in places if fine is wanted] for wanted in (False, True))
    if not wrong or not right or len(places) < 3:
        return
    special = set.intersection(*map(_special, wrong)).difference(*map(_special, right))
    if len(special) == 1:
        yield from special
    if len(wrong) < 2 or len(right) < 2:
        return
    numbers = [name for name in wrong[0] if all(is_number(given.get(name)) for given, _ in places)]
    varying = [name for name in numbers if len({given[name] for given, _ in places}) > 1]
    compared: dict[tuple[str, str], str] = {}  # of two that fit for the same arguments, the first
    for a, b in itertools.permutations(varying, 2):
        for words, holds in COMPARED:
            if "multiple" in words and not all(_are_counts(given[a], given[b]) for given, _ in places):
                continue
            if all(holds(given[a], given[b]) is not fine for given, fine in places):
                compared.setdefault((a, b), words.format(a, b))
    if len(compared) == 1:
        yield from compared.values()
    beyond = [words for name in numbers for words in _beyond(name, wrong, right)]
    if len(beyond) == 1:
        yield from beyond


def _are_counts(a: float, b: float) -> bool:
    return a == int(a) and b == int(b) and b > 0


def _special(given: Mapping[str, Any]) -> set[str]:
    """Return what is special of the arguments of a call: a text, a 0, a negative number, what a list holds."""
    words = {f"{name} is {a!r}" for name, a in given.items() if isinstance(a, str) or a in (0, [])}
    lists = [(name, str(a)) for name, a in given.items() if isinstance(a, list)]
    words |= {f"{name} holds {x}" for name, a in lists for x in re.findall(r"nan|inf|(?<![\d.])0(?=[],]|\.0[],])", a)}
    return words | {f"{name} is negative" for name, a in given.items() if is_number(a) and a < 0}


def _beyond(name: str, wrong: Sequence[Mapping[str, Any]], right: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Say from which value of an argument on, or up to which, the student is wrong."""
    here, there = ({given[name] for given in some} for some in (wrong, right))
    if len(here) < 2 or len(there) < 2:
        return
    if min(here) > max(there):
        yield f"{name} is {min(here):g} or more"
    elif max(here) < min(there):
        yield f"{name} is {max(here):g} or less"
