"""What a wrong list is beside the right one: without an entry, backwards, one place too late …"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from lrlab.checks.compare import same

UNLIKE = (TypeError, ValueError, LookupError, ArithmeticError)  # no lists of numbers, or not as many as needed
ANY = object()  # an entry that the relation says nothing of
Pair = tuple[Any, Any]  # the student's list, and the right one
Relation = tuple[Callable[[Any, Any], Any], str]  # what the student's list should be, made of both; the words for it

# In each row at most one relation may hold: where two do, as in a list whose entries are all equal, neither is said.
ROWS: tuple[tuple[Relation, ...], ...] = (
    (
        (lambda m, w: w[:-1], "is the right one without its last entry. Does a loop or a slice end one too early?"),
        (lambda m, w: w[1:], "is the right one without its first entry. What belongs there before the first round?"),
    ),
    (
        (lambda m, w: [m[0], *w], "has one entry too many at its beginning. Where does it come from?"),
        (lambda m, w: [*w, m[-1]], "has one entry too many at its end. Does a loop run one round too long?"),
    ),
    (
        (lambda m, w: w[: len(m)], "begins like the right one and ends too early. What ends your loop?"),
        (lambda m, w: w[-len(m) :], "ends like the right one, and its beginning is missing. Where do you start?"),
        (lambda m, w: _thinned(m, w), "leaves entries out, evenly: it has every second or every k-th one alone."),
    ),
    (
        (lambda m, w: w + m[len(w) :], "goes on after the right one is complete. What should end your loop?"),
        (lambda m, w: _repeated(m, w), "has each entry more than once. In which loop do you keep it?"),
    ),
    (
        (lambda m, w: [ANY, *w[:-1]], "has each value one place too late. Is it kept before or after the update?"),
        (lambda m, w: [*w[1:], ANY], "has each value one place too early. Is it kept before or after the update?"),
        (lambda m, w: w[::-1], "is the right one backwards. At which end do you begin?"),
        (lambda m, w: list(itertools.accumulate(w)), "is the running sum of the right one. What do you add to?"),
    ),
    (
        (lambda m, w: w[-1], "is the last entry alone. Keep each one on the way."),
        (lambda m, w: w[0], "is the first entry alone. Keep each one on the way."),
    ),
    (
        (lambda m, w: [list(row) for row in zip(*w, strict=True)], "has rows and columns swapped."),
        (lambda m, w: _nested(list(_flat(w)), m), "has the right numbers, in lists of another shape."),
    ),
    ((lambda m, w: m if _sorted(m) == _sorted(w) else ANY, "has the right entries in another order."),),
    (
        (lambda m, w: m if _within(m, w) else ANY, "has right entries only, but not all. Which rule drops the others?"),
        (lambda m, w: m if _within(w, m) else ANY, "has all the right entries, and others. Which rule lets them in?"),
    ),
)  # fmt: skip


def of_lists(pairs: Sequence[Pair]) -> Iterator[str]:
    """Say what all of the student's lists are beside the right ones."""
    if not any(isinstance(wanted, list) and len(wanted) > 1 for _, wanted in pairs):
        return
    for row in ROWS:
        holding = [words for made, words in row if _holds(made, pairs)]
        if len(holding) == 1:
            yield holding[0]
    with contextlib.suppress(*UNLIKE):
        (more,) = {len(mine) - len(wanted) for mine, wanted in pairs}
        if more:
            count = f"{abs(more)} {'entry' if abs(more) == 1 else 'entries'}"
            yield f"has {count} {'more' if more > 0 else 'fewer'} than the right one. Count the rounds of your loop."


def _holds(made: Callable[[Any, Any], Any], pairs: Sequence[Pair]) -> bool:
    """Whether it holds in every call, and shows: by the length, or by two wrong entries with different right ones."""
    shape, shown = False, []
    for mine, wanted in pairs:
        try:
            should = made(mine, wanted)
        except UNLIKE:
            return False
        if should is ANY or not _fits(mine, should):
            return False
        if not isinstance(mine, list) or len(mine) != len(wanted):
            shape = True
            continue
        trios = zip(mine, wanted, should, strict=True)
        shown += [right for one, right, other in trios if other is not ANY and not same(one, right)]
    return shape or any(not same(one, shown[0]) for one in shown)


def _fits(mine: Any, should: Any) -> bool:
    if isinstance(mine, list) and isinstance(should, list):
        pairs = zip(mine, should, strict=False)
        return 0 < len(mine) == len(should) and all(other is ANY or same(one, other) for one, other in pairs)
    return same(mine, should)


def _thinned(mine: Any, wanted: Any) -> Any:
    step = -(-len(wanted) // len(mine))
    return next((kept for kept in (wanted[::step], wanted[step - 1 :: step]) if _fits(mine, kept)), ANY)


def _repeated(mine: Any, wanted: Any) -> Any:
    times = len(mine) // len(wanted)
    return [entry for entry in wanted for _ in range(times)] if times > 1 else ANY


def _flat(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        for one in value:
            yield from _flat(one)
    else:
        yield value


def _nested(entries: list[Any], like: Any) -> Any:
    """Return the entries in lists of the shape of another; ANY if there are not as many."""
    left = iter(entries)

    def filled(value: Any) -> Any:
        return [filled(one) for one in value] if isinstance(value, list) else next(left, ANY)

    made = filled(like)
    return made if next(left, ANY) is ANY and len(list(_flat(like))) == len(entries) else ANY


def _sorted(values: Any) -> list[float]:
    return sorted(float(f"{float(value):.6g}") for value in values)


def _within(some: Any, others: Any) -> bool:
    """Whether all entries of a list are among those of a longer one, in its order."""
    left = iter(others)
    return 0 < len(some) < len(others) and all(any(same(one, other) for other in left) for one in some)
