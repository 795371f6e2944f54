"""Three rules on losses over rates: what they pick, in any order of the rates, and what they refuse."""

import doctest

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lrlab import suggest
from lrlab.suggest import all_of, longest_fall, minimum_over_10, steepest, valley

RULES = (steepest, valley, minimum_over_10)
PROPERTY = settings(derandomize=True, deadline=None, database=None, max_examples=200)


def range_test(lrs, *, middle=1e-2, edge=0.5):
    """A loss that falls from 2.3 to 0.3 around ``middle``, fastest there, and explodes above ``edge``."""
    x = np.log10(lrs)
    return 0.3 + 2 / (1 + np.exp(4 * (x - np.log10(middle)))) + np.exp(8 * (x - np.log10(edge)))


LRS = np.geomspace(1e-6, 10, 281)  # 40 a decade
LOSSES = range_test(LRS)


def test_the_examples_in_the_docstrings():
    assert doctest.testmod(suggest).failed == 0
    assert doctest.testmod(suggest).attempted >= 6


def test_each_rule_on_a_smooth_range_test():
    assert steepest(LRS, LOSSES) == pytest.approx(1e-2, rel=0.06)
    lowest = LRS[np.argmin(LOSSES)]
    assert minimum_over_10(LRS, LOSSES) == pytest.approx(lowest / 10, rel=1e-15)
    # The smooth curve falls everywhere before its minimum, so the middle is that of all those rates.
    assert valley(LRS, LOSSES) == pytest.approx(np.sqrt(LRS[0] * lowest), rel=0.06)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_any_order_of_the_rates_and_a_builtin_float(rule):
    order = np.random.default_rng(0).permutation(len(LRS))
    assert rule(LRS[order], LOSSES[order]) == rule(LRS, LOSSES)
    assert type(rule(LRS, LOSSES)) is float
    assert rule(LRS.tolist(), tuple(LOSSES)) == rule(LRS, LOSSES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_everything_from_the_first_loss_that_is_not_finite_on_is_left_out(rule, bad):
    end = 250
    losses = LOSSES.copy()
    losses[end] = bad
    losses[end + 1 :] = -5.0  # what follows would win, were it looked at
    assert rule(LRS, losses) == rule(LRS[:end], LOSSES[:end])
    order = np.random.default_rng(1).permutation(len(LRS))  # "first" is by rate, not by place in the array
    assert rule(LRS[order], losses[order]) == rule(LRS[:end], LOSSES[:end])


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_arrays_are_left_as_they_are(rule):
    lrs, losses = LRS[::-1].copy(), LOSSES[::-1].copy()
    rule(lrs, losses)
    assert lrs.tolist() == LRS[::-1].tolist()
    assert losses.tolist() == LOSSES[::-1].tolist()


# ---- steepest


def test_the_slope_is_taken_against_the_logarithm():
    against_lr = LRS[np.argmin(np.gradient(LOSSES, LRS)[: np.argmin(LOSSES)])]
    assert against_lr < steepest(LRS, LOSSES) / 2


def test_steepest_on_an_uneven_grid():
    lrs = np.unique(np.concatenate([np.geomspace(1e-6, 1e-3, 200), np.geomspace(1e-3, 10, 60)]))
    assert steepest(lrs, range_test(lrs)) == pytest.approx(1e-2, rel=0.2)
    # Differences that ignored the spacing would find the sparse stretch steeper.
    assert steepest([1, 1.1, 1.2, 100, 1000], [5.0, 4.5, 4.0, 3.0, 2.0]) == pytest.approx(1.1, rel=0.1)


def test_steepest_looks_only_before_the_minimum():
    lrs = [1e-3, 1e-2, 1e-1, 1, 10, 100]
    assert steepest(lrs, [2.0, 1.5, 0.5, 9.0, 50.0, 1.0]) == 1e-2


@pytest.mark.slow
@PROPERTY
@given(st.lists(st.floats(-1e3, 1e3), min_size=3, max_size=30))
def test_on_an_even_grid_steepest_answers_wherever_the_lowest_loss_is_not_the_first(losses):
    lrs = np.geomspace(1e-4, 1, len(losses))
    if np.argmin(losses) == 0 or np.ptp(losses) < 1e-6:
        return
    found = steepest(lrs, losses)
    assert found in lrs
    assert found < lrs[np.argmin(losses)]


def test_noise_disturbs_steepest_most():
    noise = np.random.default_rng(0).normal(0, 0.1, size=(50, len(LRS)))
    spread = {rule.__name__: np.std([np.log10(rule(LRS, LOSSES + n)) for n in noise]) for rule in (steepest, valley)}
    assert spread["steepest"] > 2 * spread["valley"]
    smooth = [np.convolve(LOSSES + n, np.ones(15) / 15, mode="valid") for n in noise]
    assert np.std([np.log10(steepest(LRS[7:-7], losses)) for losses in smooth]) < spread["steepest"] / 2


# ---- valley


def brute_longest(losses):
    """The length of the longest strictly decreasing subsequence, by looking at all pairs."""
    longest = [1] * len(losses)
    for i in range(len(losses)):
        longest[i] = 1 + max((longest[j] for j in range(i) if losses[j] > losses[i]), default=0)
    return max(longest)


@PROPERTY
@given(st.lists(st.integers(0, 12), min_size=1, max_size=40))
def test_thelongest_fall(losses):
    members = longest_fall(np.array(losses, dtype=float))
    assert len(members) == brute_longest(losses)
    assert (np.diff(members) > 0).all()
    assert (np.diff(np.array(losses)[members]) < 0).all()


def test_valley_is_the_middle_member_and_skips_what_jumps_up():
    lrs = np.geomspace(1e-5, 1, 6)
    assert valley(lrs, [5, 4, 3, 2, 1, 9]) == lrs[2]
    assert valley(lrs, [5, 4, 3, 2, 9, 9]) == lrs[1]  # of two in the middle the lower
    assert valley(lrs, [5, 90, 4, 90, 3, 90]) == lrs[2]
    assert valley(lrs, [3, 2, 9, 9, 2.5, 2.2]) == lrs[4]  # 3, 2.5, 2.2
    assert valley(lrs, [2, 1, 1, 1, 1, 1]) == lrs[0]  # equal is not lower


@pytest.mark.parametrize("length", range(3, 60))
def test_valley_is_close_to_fastais_on_a_smooth_fall(length):
    flat, rise = 5, 7
    losses = np.concatenate([np.full(flat, 2.0), np.linspace(1.9, 0.1, length), np.linspace(3, 9, rise)])
    lrs = np.geomspace(1e-6, 10, len(losses))
    ours = lrs.tolist().index(valley(lrs, losses))
    # A flat loss before the fall is its first member: length + 1 of them, the last at this index.
    last, count = flat + length - 1, length + 1
    theirs = last - count + int(count / 3) + int(count / 3 / 2)  # what fastai's documentation calls roughly 2/3
    assert 0 <= ours - theirs <= 2


# ---- what has no answer, and what is wrong


@pytest.mark.parametrize("rule", [steepest, minimum_over_10], ids=lambda rule: rule.__name__)
def test_a_loss_that_never_falls(rule):
    with pytest.raises(
        ValueError, match=r"^losses must fall as the rate rises, got the lowest, 1, at the lowest rate, 0.1$"
    ):
        rule([1.0, 0.1, 10.0], [2.0, 1.0, 3.0])
    with pytest.raises(ValueError, match=r"^losses must fall"):
        rule([0.1, 1.0, 10.0], [1.0, 1.0, 1.0])


def test_valley_of_a_loss_that_never_falls():
    with pytest.raises(ValueError, match=r"^losses must fall as the rate rises, got 3 losses that never do$"):
        valley([0.1, 1.0, 10.0], [1.0, 1.0, 3.0])


def test_steepest_where_an_uneven_grid_leaves_no_falling_slope():
    # The lowest loss is the lowest by far less than the steep rise close before it.
    with pytest.raises(ValueError, match=r"^losses must fall before their lowest, at 100, got no slope below 0 there$"):
        steepest([1.0, 1.01, 100.0], [1.0, 9.0, 0.9])


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize(
    ("lrs", "losses", "sentence"),
    [
        ([0.1, 1.0], [2.0, 1.0], r"losses must be finite at 3 or more of the lowest lrs, got 2"),
        ([0.1, 1, 10, 100], [2.0, 1.0, np.nan, 0.5], r"losses must be finite at 3 or more of the lowest lrs, got 2"),
        ([], [], r"losses must be finite at 3 or more of the lowest lrs, got 0"),
        ([0.1, 1, 10], [1.0, 2.0], r"losses must be one for each of the 3 lrs, got 2"),
        ([0.1, 0, 10], [1, 2, 3], r"lrs must be finite numbers > 0, got 0.0"),
        ([0.1, -1, 10], [1, 2, 3], r"lrs must be finite numbers > 0, got -1.0"),
        ([0.1, np.nan, 10], [1, 2, 3], r"lrs must be finite numbers > 0, got nan"),
        ([0.1, np.inf, 10], [1, 2, 3], r"lrs must be finite numbers > 0, got inf"),
        ([0.1, 10, 0.1], [1, 2, 3], r"lrs must be rates that differ, got 0.1 more than once"),
        ([[0.1, 1, 10]], [1, 2, 3], r"lrs must be one-dimensional, got shape \(1, 3\)"),
        ([0.1, 1, 10], 3.0, r"losses must be one-dimensional, got shape \(\)"),
        ([0.1, 1, "x"], [1, 2, 3], r"lrs must be a list or an array of numbers, got \[0.1, 1, 'x'\]"),
    ],
)
def test_wrong_arrays(rule, lrs, losses, sentence):
    with pytest.raises(ValueError, match=f"^{sentence}$"):
        rule(lrs, losses)


def test_all_of_them():
    assert all_of(LRS, LOSSES) == {rule.__name__: rule(LRS, LOSSES) for rule in RULES}
    # A loss that first jumps up and then falls: only the valley has an answer.
    assert all_of([0.1, 1, 10, 100], [1, 5, 4, 3]) == {"steepest": None, "valley": 10.0, "minimum_over_10": None}
    assert all_of([0.1, 1, 10], [np.nan] * 3) == dict.fromkeys(("steepest", "valley", "minimum_over_10"))
    with pytest.raises(ValueError, match=r"^losses must be one for each of the 3 lrs, got 1$"):
        all_of([0.1, 1, 10], [1])
    with pytest.raises(ValueError, match=r"^lrs must be finite numbers > 0, got 0.0$"):
        all_of([0.0, 1, 10], [1, 2, 3])
