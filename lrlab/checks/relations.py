"""What holds between wrong values and the right ones, or of the calls that are wrong: checked on every one of them."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

from lrlab.checks.compare import Verdict, same
from lrlab.checks.serialize import is_number

Call = tuple[Any, Any, dict[str, Any]]  # what it gave, the right value, and the arguments by name
UNLIKE = (TypeError, ValueError, LookupError, ArithmeticError)  # no numbers, or not as many as wanted
Told = tuple[tuple[Callable[[Any, Any], Any], str], ...]  # what may stand in place of the right one, and words for it

OF_LISTS: Told = (  # made of the student's list and the right one
    (lambda m, w: w[:-1], "is the right one without its last entry. Does a loop or a slice end one too early?"),
    (lambda m, w: w[1:], "is the right one without its first entry. What belongs there before the first round?"),
    (lambda m, w: w[: len(m)], "begins like the right one and ends too early. What ends your loop?"),
    (lambda m, w: w + m[len(w) :], "goes on after the right one is complete. What should end your loop?"),
    (lambda m, w: w[-1], "is the last entry alone. Keep each one on the way."),
    (lambda m, w: m[:1] + w[:-1], "has each value one place too late. Is it kept before or after the update?"),
    (lambda m, w: w[1:] + m[-1:], "has each value one place too early. Is it kept before or after the update?"),
    (lambda m, w: w[::-1], "is the right one backwards. At which end do you begin?"),
    (lambda m, w: np.cumsum(w).tolist(), "is the running sum of the right one. Do you add to what was there before?"),
)
OF_VALUES: Told = (  # made of the right value, and of a number among the arguments
    (lambda w, _: abs(w), "is the right one without its sign. Which operation loses it?"),
    (lambda w, _: np.floor(w), "is the right one rounded down. Where do you round, and is it asked for?"),
    (lambda w, _: np.round(w), "is the right one rounded. Where do you round, and is it asked for?"),
    (lambda w, _: 1 / w, "is 1 divided by the right one. What is to be divided by what?"),
    (lambda w, _: w**2, "is the square of the right one. Is a root missing, or a square too many?"),
    (lambda w, _: w**0.5, "is the root of the right one. Is a square missing, or a root too many?"),
    (lambda w, a: w * a, "is the right one times {0}. How often does {0} act?"),
    (lambda w, a: w / a, "is the right one divided by {0}. How often does {0} act?"),
    (lambda w, a: w + a, "is the right one plus {0}. Is {0} added twice?"),
    (lambda w, a: a + 0 * w, "is {0} itself. What else should it depend on?"),
    (lambda w, a: a**2 / w, "times the right one is always {0}². Do you divide where you should multiply?"),
    (np.maximum, "stops at {0}, and the right one goes below it. Is {0} a floor here?"),
    (np.minimum, "stops at {0}, and the right one goes above it. Is {0} a ceiling here?"),
)


def relations(parameters: Sequence[str], verdicts: Sequence[Verdict]) -> Iterator[str]:
    """Say what holds in all wrong calls between your values and the right ones, then what sets these calls apart."""
    fact = next((p.path[0] for v in verdicts for p in v.parts if not p.right), None)
    some = [v for v in verdicts if any(p.path[0] == fact and not p.right for p in v.parts)]
    wrong, right = ([_call(parameters, v, fact) for v in those] for those in (some, [v for v in verdicts if v.right]))
    where = "In every call with wrong " + (f'"{fact}", ' if verdicts[0].has_facts else "values, ")
    found = next(_of_lists(wrong), "")
    with np.errstate(all="ignore"), contextlib.suppress(*UNLIKE):
        found = found or next(_of_values(wrong), "")
    yield from [where + found] * bool(found)
    if right and wrong and len(right) + len(wrong) == len(verdicts) > 2:
        alone = set.intersection(*map(_special, wrong)).difference(*map(_special, right))
        yield from (f"Wrong is every call where {words}, and no other." for words in alone if len(alone) == 1)


def _call(parameters: Sequence[str], verdict: Verdict, fact: Any) -> Call:
    given = dict(zip(parameters, verdict.case.args, strict=True))
    given |= next((arg for arg in given.values() if isinstance(arg, dict)), {})
    if verdict.has_facts:
        return verdict.outcome.get("facts", {}).get(fact), verdict.case.expected.get(fact), given
    values = list(verdict.outcome.get("values", ()))
    return values if verdict.outcome.get("shape") else next(iter(values), None), verdict.case.expected, given


def _special(call: Call) -> set[str]:
    found = {f"{name} is {a!r}" for name, a in call[2].items() if isinstance(a, str) or a in (0, [])}
    lists = [(name, str(a)) for name, a in call[2].items() if isinstance(a, list)]
    found |= {f"{name} holds {x}" for name, a in lists for x in re.findall(r"nan|inf|(?<![\d.])0(?=[],]|\.0[],])", a)}
    return found | {f"{name} is negative" for name, a in call[2].items() if is_number(a) and a < 0}


def _of_lists(calls: Sequence[Call]) -> Iterator[str]:
    for made, words in OF_LISTS * any(isinstance(wanted, list) and len(wanted) > 2 for _, wanted, _ in calls):
        with contextlib.suppress(*UNLIKE):
            if all(same(mine, made(mine, wanted)) for mine, wanted, _ in calls):
                yield "yours " + words


def _of_values(calls: Sequence[Call]) -> Iterator[str]:
    both = [np.stack([np.ravel(np.asarray(x, dtype=float)) for x in call[:2]]) for call in calls]
    mine, wanted = np.concatenate(both, axis=1)
    off = (mine - wanted)[~np.isclose(mine, wanted, rtol=1e-5, atol=1e-12)]
    if not np.isfinite([mine, wanted]).all() or len(np.unique(np.round(wanted, 12))) < 2 or not len(off):
        return
    equal = partial(np.allclose, mine, rtol=1e-6, atol=1e-15)
    yield from (f"your value {words}" for made, words in OF_VALUES if "{0}" not in words and equal(made(wanted, 0)))
    k = int(np.argmax(np.abs(wanted)))
    factor, offset = mine[k] / wanted[k], mine[k] - wanted[k]
    if factor and equal(factor * wanted):
        yield f"your value is {factor:.5g} times the right one. Which factor, unit or sign is too many, or left out?"
    if equal(wanted + offset):
        yield f"your value is the right one {offset:+.5g}. What is counted twice, or left out?"
    if all(len(m) > 2 and np.ptp(m) == 0 for m, _ in both) or (len(mine) > 2 and np.ptp(mine) == 0):
        yield "your values never change. On what should they depend?"
    for name in (name for name in calls[0][2] if all(is_number(call[2].get(name)) for call in calls)):
        a = np.repeat([float(call[2][name]) for call in calls], [len(m) for m, _ in both])
        yield from (f"your value {w.format(name)}" for made, w in OF_VALUES if "{0}" in w and equal(made(wanted, a)))
    series = [zip(*call[:2], strict=False) for call in calls if isinstance(call[1], list)]
    if first := min((next((i for i, e in enumerate(one) if not same(*e)), 0) for one in series), default=0):
        yield f"yours are right before position {first}, counted from 0. What changes there, or is kept until then?"
    if len(off) > 1 and (np.all(off > 0) or np.all(off < 0)):
        yield f"every wrong value is too {'high' if off[0] > 0 else 'low'}. Which part of the rule pulls it that way?"
