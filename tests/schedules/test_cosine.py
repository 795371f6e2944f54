"""Cosine annealing, with and without restarts, against torch and where torch is wrong."""

import copy
import math
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.examples import examples
from support.torch_runs import assert_equals_torch, optimizer_of, used
from torch.optim.lr_scheduler import CosineAnnealingLR, CosineAnnealingWarmRestarts, SequentialLR

from lrlab.schedules import Cosine, CosineWarmRestarts, Linear, SnapshotCosine

LR = st.floats(1e-5, 10)
LENGTH = st.integers(1, 9) | st.integers(1, 700)
RESTARTS = "CosineAnnealingWarmRestarts"
DRAWN = [
    (st.builds(Cosine, LR, T_max=LENGTH), "CosineAnnealingLR"),
    (st.builds(CosineWarmRestarts, LR, T_0=LENGTH, T_mult=st.integers(1, 12)), RESTARTS),
    (st.builds(SnapshotCosine, LR, updates=st.integers(50, 2_000), cycles=st.integers(1, 50)), RESTARTS),
]


@pytest.mark.slow
@pytest.mark.parametrize(("schedules", "twin"), DRAWN)
def test_equals_torch(schedules, twin):
    @settings(max_examples=examples(25), derandomize=True, deadline=None, database=None)
    @given(schedule=schedules, steps=st.integers(1, 300) | st.just(2_000))
    def run(schedule, steps):
        assert_equals_torch(schedule, twin, steps, highest=schedule.lr)

    run()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("cls", "arguments", "twin"),
    [(Cosine, {"T_max": LENGTH}, "CosineAnnealingLR"), (CosineWarmRestarts, {"T_0": LENGTH}, RESTARTS)],
)
def test_equals_torch_above_eta_min(cls, arguments, twin):
    @settings(max_examples=examples(25), derandomize=True, deadline=None, database=None)
    @given(
        schedule=st.builds(cls, LR, eta_min=st.floats(0, 1), **arguments),
        steps=st.integers(1, 300) | st.just(2_000),
        scale=st.floats(0.1, 2),
    )
    def run(schedule, steps, scale):
        highest = scale * max(schedule.lr, schedule.eta_min)
        assert_equals_torch(schedule, twin, steps, highest, scales=[scale, scale])

    run()


@pytest.mark.slow
@settings(max_examples=examples(50), derandomize=True, deadline=None, database=None)
@given(
    length=st.integers(1, 20),
    growth=st.integers(1, 4),
    epochs=st.lists(st.floats(0, 500), min_size=1, max_size=20),
)
def test_fractional_epochs_equal_torchs_step_of_an_epoch(length, growth, epochs):
    schedule, optimizer = CosineWarmRestarts(0.1, T_0=length, T_mult=growth, eta_min=0.01), optimizer_of()
    scheduler = schedule.torch(optimizer)
    starts = [length * sum(growth**k for k in range(i)) for i in range(501)]
    for epoch in epochs:
        if min(abs(epoch - start) for start in starts) < 1e-6:  # at a start torch may be wrong: see below
            continue
        scheduler.step(epoch)
        assert optimizer.param_groups[0]["lr"] == pytest.approx(schedule(epoch), rel=1e-10)


def test_two_groups_and_eta_min_attached():
    schedule, optimizer = Cosine(0.1, T_max=10, eta_min=0.01), optimizer_of(2)
    rates = used(optimizer, schedule.attach(optimizer, scale=[1, 0.5]), 25)
    np.testing.assert_allclose(rates, np.outer(schedule.curve(25), [1, 0.5]), rtol=1e-14)


@pytest.mark.parametrize("schedule", [Cosine(0.1, T_max=10, eta_min=0.01), CosineWarmRestarts(1, T_0=3, eta_min=0.1)])
def test_torch_has_one_eta_min_for_all_groups(schedule):
    optimizer = optimizer_of(2)
    before = copy.deepcopy(optimizer.state_dict())
    sentence = r"^scale must be one factor, as CosineAnnealing\w+ has one eta_min for all groups, got \[1\.0, 0\.5\]$"
    with pytest.raises(ValueError, match=sentence):
        schedule.torch(optimizer, scale=[1, 0.5])
    assert optimizer.state_dict() == before


def test_inside_sequential_lr():
    warm, then = Linear(0.1, start_factor=0.1, total_iters=5), Cosine(0.1, T_max=8)
    optimizer = optimizer_of(lr=0.1)
    pieces = [warm.attach(optimizer), then.attach(optimizer)]
    ours = used(optimizer, SequentialLR(optimizer, pieces, milestones=[5]), 14)[:, 0]
    np.testing.assert_allclose(ours, [*warm.curve(5), *then.curve(9)], rtol=1e-14)


# ---- values and quirks, by name


def test_cosine_start_middle_end():
    np.testing.assert_allclose(Cosine(1, T_max=4, eta_min=0.2)([0, 2, 4]), [1, 0.6, 0.2], rtol=1e-15)


def test_cosine_rises_again_after_t_max():
    schedule, optimizer = Cosine(0.1, T_max=10), optimizer_of(lr=0.1)
    torchs = used(optimizer, CosineAnnealingLR(optimizer, T_max=10), 21)[:, 0]
    assert torchs[10] < 1e-17 < 0.002 < torchs[11] < torchs[15] < torchs[20]
    assert schedule(10) < 1e-17 < 0.002 < schedule(11) < schedule(15) < schedule(20)
    assert schedule(20) == 0.1


def test_the_tenth_of_ten_updates_still_uses_a_fortieth():
    assert Cosine(1, T_max=10).curve(10)[-1] == pytest.approx(0.0245, abs=5e-5)


def test_cosine_far_out_is_exact():
    assert Cosine(0.1, T_max=7)(14 * 10**12 + 3) == Cosine(0.1, T_max=7)(3)


def test_restarts_start_at_lr_and_never_reach_eta_min():
    schedule = CosineWarmRestarts(1, T_0=3, T_mult=2, eta_min=0.1)
    rates = schedule.curve(3 + 6 + 12 + 24)
    assert np.flatnonzero(rates == 1).tolist() == [0, 3, 9, 21]
    assert rates.min() > 0.1


@pytest.mark.parametrize(("t_0", "t_mult", "step"), [(10, 3, 1210), (7, 3, 847), (5, 10, 555)])
def test_restart_at_an_exact_start_where_torchs_logarithm_is_wrong(t_0, t_mult, step):
    schedule, optimizer = CosineWarmRestarts(1, T_0=t_0, T_mult=t_mult), optimizer_of(lr=1.0)
    torchs = CosineAnnealingWarmRestarts(optimizer, t_0, t_mult)
    torchs.step(step)
    assert torchs.get_last_lr() == pytest.approx([0])  # the end of the cycle before
    assert schedule(step) == 1
    assert schedule(step - 1) < 1e-3
    optimizer = optimizer_of(lr=1.0)
    stepped = used(optimizer, CosineAnnealingWarmRestarts(optimizer, t_0, t_mult), step + 1)[:, 0]
    assert stepped[step] == 1  # torch's own step by step is right


def test_restarts_far_out():
    assert CosineWarmRestarts(1, T_0=1, T_mult=2)(2**52 - 1) == 1
    assert CosineWarmRestarts(1, T_0=7)(7 * 10**14) == 1
    assert 0 <= CosineWarmRestarts(1, T_0=1, T_mult=2)(1e300) <= 1


# ---- snapshots


def test_snapshot_is_the_papers_formula():
    updates, cycles = 200, 6
    c = math.ceil(updates / cycles)
    paper = [0.1 / 2 * (math.cos(math.pi * ((t - 1) % c) / c) + 1) for t in range(1, updates + 1)]
    np.testing.assert_allclose(SnapshotCosine(0.1, updates=updates, cycles=cycles).curve(updates), paper, rtol=1e-13)


@given(cycles=st.integers(1, 50), more=st.integers(0, 500))
@settings(max_examples=examples(25), derandomize=True, deadline=None, database=None)
def test_snapshot_equals_warm_restarts_exactly(cycles, more):
    updates = cycles + more
    same = CosineWarmRestarts(0.1, T_0=math.ceil(updates / cycles))
    assert SnapshotCosine(0.1, updates=updates, cycles=cycles).curve(updates).tolist() == same.curve(updates).tolist()


def test_a_remainder_cuts_the_last_cycle_short():
    schedule = SnapshotCosine(1, updates=20, cycles=3)
    assert schedule.cycle_length == 7
    assert schedule.ends == (7, 14, 20)
    assert schedule.curve(20)[-1] > schedule.curve(20)[13]
    assert SnapshotCosine(1, updates=21, cycles=3).ends == (7, 14, 21)
    assert SnapshotCosine(1, updates=10, cycles=6).ends == (2, 4, 6, 8, 10)
    assert SnapshotCosine(1, updates=5, cycles=1).ends == (5,)


# ---- wrong arguments

COUNT, RATE = "a whole number >= 1", "a finite number >= 0"
WRONG = [
    (Cosine, {"lr": 1, "T_max": 1}, {"T_max": COUNT, "eta_min": RATE}),
    (CosineWarmRestarts, {"lr": 1, "T_0": 1}, {"T_0": COUNT, "T_mult": COUNT, "eta_min": RATE}),
    (SnapshotCosine, {"lr": 1, "updates": 1, "cycles": 1}, {"updates": COUNT, "cycles": COUNT}),
]


@pytest.mark.parametrize(
    ("cls", "arguments", "sentence"),
    [
        (cls, good | {name: value}, f"{name} must be {rule}, got {value!r}")
        for cls, good, rules in WRONG
        for name, rule in ({"lr": "a finite number > 0"} | rules).items()
        for value in [-1, math.nan, "1", None, *([0, 2.5] if rule == COUNT else [])]
    ]
    + [(SnapshotCosine, {"lr": 1, "updates": 5, "cycles": 7}, "cycles must be a whole number <= updates (5), got 7")],
)
def test_wrong_argument(cls, arguments, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        cls(**arguments)
