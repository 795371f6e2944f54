"""Which learning rate do the losses of a range test, or of a sweep, suggest? Three rules of thumb, on arrays.

Measuring is done elsewhere, and so is drawing: a rule takes the rates tried, ``lrs``, and the loss at each, ``losses``,
and returns one rate, a builtin ``float``::

    >>> lrs = [0.001, 0.01, 0.1, 1.0, 10.0]
    >>> losses = [2.3, 2.2, 1.0, 0.6, 9.0]
    >>> steepest(lrs, losses), valley(lrs, losses), minimum_over_10(lrs, losses)
    (0.1, 0.01, 0.1)

What all three have in common:

- ``lrs``: rates > 0 in any order, each once; they are sorted here. ``losses``: one for each, lower is better. A rule
  looks at the rates in log scale, or at their order only, so a log grid is the natural one; it may be uneven.
- From the first loss that is not finite on, in the order of the rates, everything is left out: what a range test
  measures after it is a ruined model, and what a sweep measures above it is luck.
- The rules read single losses. Those of single batches jump: average them first (a running mean over some 5 % of the
  test), or the answer is that of one lucky batch. Each rule says how it takes noise.
- Errors: ``ValueError`` for arrays that do not fit, for fewer than 3 rates before the first loss that is not finite,
  and where a rule has no answer, because the loss never falls. :func:`all_of` gives ``None`` for the latter two.

A suggestion is where to begin, not what is best: the rules often disagree by a factor of ten.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from lrlab._formula import Floats
from lrlab._validation import as_floats

__all__ = ["LABELS", "all_of", "minimum_over_10", "steepest", "valley"]

LABELS = {"steepest": "steepest fall", "valley": "middle of the fall", "minimum_over_10": "minimum / 10"}
"""What each rule looks for, in a few words, for legends and buttons."""

FEWEST = 3  # two points have one slope and no valley


class _NoAnswer(ValueError):
    """The arrays are in order, but the rule finds nothing in them."""


def steepest(lrs: ArrayLike, losses: ArrayLike) -> float:
    """Return the rate, below that of the lowest loss, where the loss falls fastest against the logarithm of the rate.

    Good for: a rate at which training surely moves, with some distance to where it diverges. The slope against the
    rate itself would favour the lowest rates, where a log grid is crowded. Noise disturbs this rule most, since a slope
    compares neighbours: one jump between two losses decides. Smooth first.

        >>> steepest([0.001, 0.01, 0.1, 1.0, 10.0], [2.3, 2.2, 1.0, 0.6, 9.0])
        0.1

    Slopes are second-order differences (``np.gradient``), right on uneven grids too.
    """
    rates, losses = _usable(lrs, losses)
    lowest = _lowest(rates, losses)
    slopes = np.gradient(losses, np.log(rates))[:lowest]
    if slopes.min() >= 0:
        raise _NoAnswer(f"losses must fall before their lowest, at {rates[lowest]:.6g}, got no slope below 0 there")
    return float(rates[np.argmin(slopes)])


def valley(lrs: ArrayLike, losses: ArrayLike) -> float:
    """Return the middle of the longest fall: of the longest run of ever lower losses that skips what lies between.

    Good for: a rate well inside the fall, whatever its shape; fastai's default. A loss that jumps up is skipped, so
    single outliers don't matter. Noise on a flat stretch is no fall, but adds some members to the run: before the fall
    they draw the answer to lower rates, after it to higher ones.

        >>> valley([0.001, 0.01, 0.1, 1.0, 10.0], [2.3, 2.2, 1.0, 0.6, 9.0])
        0.01
        >>> valley([0.001, 0.01, 0.1, 1.0, 10.0], [2.3, 5.0, 2.2, 1.0, 9.0])  # the 5.0 is skipped
        0.1

    It is the longest decreasing subsequence, found in O(n log n); of several the one that ends at the lowest rate. The
    answer is its middle member, the lower one of two. Source: fastai's ``valley`` (``callback/schedule.py``), by ESRI,
    whose documentation says "roughly 2/3 through the longest valley" while its code takes the middle of as many rates
    as the subsequence has members: on a smooth curve that is this one or the one or two below it.
    """
    rates, losses = _usable(lrs, losses)
    members = longest_fall(losses)
    if len(members) < 2:
        raise _NoAnswer(f"losses must fall as the rate rises, got {len(losses)} losses that never do")
    return float(rates[members[(len(members) - 1) // 2]])


def minimum_over_10(lrs: ArrayLike, losses: ArrayLike) -> float:
    """Return a tenth of the rate with the lowest loss; it need not be one of ``lrs``.

    Good for: a cautious start. The lowest loss is near the edge of divergence, and a range test reaches it late,
    since the updates before it trained the model too; a tenth steps back from it. One lucky batch can be the lowest:
    smooth first. Where the bottom is wide and flat, the place in it, and so the answer, is chance.

        >>> minimum_over_10([0.001, 0.01, 0.1, 1.0, 10.0], [2.3, 2.2, 1.0, 0.6, 9.0])
        0.1

    Source: fastai's ``minimum``; Howard and Gugger 2020, chapter 5.
    """
    rates, losses = _usable(lrs, losses)
    return float(rates[_lowest(rates, losses)] / 10)


def all_of(lrs: ArrayLike, losses: ArrayLike) -> dict[str, float | None]:
    """Each rule's name and its rate, ``None`` where it has no answer; ``ValueError`` only for arrays that do not fit.

    >>> all_of([0.1, 1.0, 10.0], [1.0, 2.0, float("nan")])
    {'steepest': None, 'valley': None, 'minimum_over_10': None}
    """
    rules: tuple[Callable[[ArrayLike, ArrayLike], float], ...] = (steepest, valley, minimum_over_10)
    result: dict[str, float | None] = {}
    for rule in rules:
        try:
            result[rule.__name__] = rule(lrs, losses)
        except _NoAnswer:
            result[rule.__name__] = None
    return result


def _usable(lrs: ArrayLike, losses: ArrayLike) -> tuple[Floats, Floats]:
    """Both as arrays, by rising rate, up to the first loss that is not finite."""
    rates, values = _one_dimensional("lrs", lrs), _one_dimensional("losses", losses)
    if len(values) != len(rates):
        raise ValueError(f"losses must be one for each of the {len(rates)} lrs, got {len(values)}")
    wrong = ~(np.isfinite(rates) & (rates > 0))
    if wrong.any():
        raise ValueError(f"lrs must be finite numbers > 0, got {float(rates[wrong][0])!r}")
    order = np.argsort(rates)
    rates, values = rates[order], values[order]
    twice = rates[1:][np.diff(rates) == 0]
    if len(twice):
        raise ValueError(f"lrs must be rates that differ, got {float(twice[0])!r} more than once")
    bad = np.flatnonzero(~np.isfinite(values))
    end = bad[0] if len(bad) else len(values)
    if end < FEWEST:
        raise _NoAnswer(f"losses must be finite at {FEWEST} or more of the lowest lrs, got {end}")
    return rates[:end], values[:end]


def _one_dimensional(name: str, values: ArrayLike) -> Floats:
    try:
        result = as_floats(values)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be a list or an array of numbers, got {values!r}") from None
    if result.ndim != 1:
        raise ValueError(f"{name} must be one-dimensional, got shape {result.shape}")
    return result


def _lowest(rates: Floats, losses: Floats) -> int:
    """Where the lowest loss is (the first of equals); it must not be at the lowest rate."""
    lowest = int(np.argmin(losses))
    if lowest == 0:
        raise _NoAnswer(
            f"losses must fall as the rate rises, got the lowest, {losses[0]:.6g}, at the lowest rate, {rates[0]:.6g}"
        )
    return lowest


def longest_fall(losses: Floats) -> list[int]:
    """Return the indices of the longest strictly decreasing subsequence; the first to be complete, of several.

    Patience sorting: pile *k* holds the losses that end a fall of *k* + 1 members. Its top is the highest of them, so
    it is enough to look at the tops, which fall from pile to pile.
    """
    tops: list[float] = []  # negated, as bisect wants them rising
    top_index: list[int] = []
    before: list[int] = []
    longest, end = 0, 0
    for i, height in enumerate((-losses).tolist()):
        pile = bisect_left(tops, height)
        tops[pile : pile + 1] = [height]
        top_index[pile : pile + 1] = [i]
        before.append(top_index[pile - 1] if pile else -1)
        if pile + 1 > longest:
            longest, end = pile + 1, i
    members = []
    while end >= 0:
        members.append(end)
        end = before[end]
    return members[::-1]


def running_mean(values: Floats, window: int) -> Floats:
    """Return the mean of each value and the up to ``window - 1`` before it, along the last axis."""
    if values.shape[-1] == 0:
        return values
    # Window by window: differences of running sums would lose all digits behind the spikes of a rate that is too high.
    padded = np.concatenate([np.zeros((*values.shape[:-1], window - 1)), values], axis=-1)
    counts = np.minimum(np.arange(1, values.shape[-1] + 1), window)
    means: Floats = np.lib.stride_tricks.sliding_window_view(padded, window, axis=-1).sum(axis=-1) / counts
    return means
