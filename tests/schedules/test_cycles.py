"""CyclicLR and OneCycleLR, rate and momentum, against torch and at their corners."""

import math
import pickle
import re

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from support.examples import examples
from support.torch_runs import assert_equals_torch, optimizer_of, used
from torch.optim.lr_scheduler import CyclicLR, OneCycleLR, SequentialLR

from lrlab.schedules import Cosine, Cyclic, Linear, OneCycle

LR = st.floats(1e-5, 10)
LENGTH = st.integers(2, 9) | st.integers(1, 700)
MOMENTUM = st.floats(0, 0.99)


def slower(x):
    return 1 / (1 + 0.1 * x)


CYCLIC = st.builds(
    Cyclic,
    LR,
    LR,
    step_size_up=LENGTH,
    step_size_down=st.none() | LENGTH,
    mode=st.sampled_from(["triangular", "triangular2", "exp_range"]),
    gamma=st.floats(0.9, 1.001),
    scale_fn=st.none() | st.just(slower),
    scale_mode=st.sampled_from(["cycle", "iterations"]),
    base_momentum=MOMENTUM,
    max_momentum=MOMENTUM,
)
ONE_CYCLE = st.builds(
    OneCycle,
    LR,
    total_steps=st.integers(2, 9) | st.integers(1, 700) | st.just(2_000),
    pct_start=st.floats(0, 1).map(lambda p: round(p, 3)),
    anneal_strategy=st.sampled_from(["cos", "linear"]),
    three_phase=st.booleans(),
    div_factor=st.floats(1, 100),
    final_div_factor=st.floats(1, 1e5),
    base_momentum=MOMENTUM,
    max_momentum=MOMENTUM,
)
EXAMPLES = settings(max_examples=examples(25), derandomize=True, deadline=None, database=None)


def torch_can(schedule):
    """Whether no phase of no length makes torch divide by zero."""
    rise, end = schedule.pct_start * schedule.total_steps - 1, schedule.total_steps - 1
    return rise != 0 and end != rise and (not schedule.three_phase or end != 2 * rise)


@pytest.mark.slow
@EXAMPLES
@given(schedule=CYCLIC, steps=st.integers(1, 300) | st.just(2_000))
def test_cyclic_equals_torch(schedule, steps):
    assert_equals_torch(schedule, "CyclicLR", steps, highest=max(schedule.base_lr, schedule.max_lr))


@EXAMPLES
@given(schedule=ONE_CYCLE.filter(torch_can))
def test_one_cycle_equals_torch(schedule):
    assert_equals_torch(schedule, "OneCycleLR", schedule.total_steps, highest=schedule.max_lr)


@EXAMPLES
@given(schedule=CYCLIC | ONE_CYCLE.filter(torch_can))
def test_momentum_equals_torch(schedule):
    steps = schedule.total_steps if isinstance(schedule, OneCycle) else 500
    optimizer = optimizer_of(2, momentum=0.5)
    name, arguments = schedule.torch_equivalent()
    cycled = {"cycle_momentum": True, "base_momentum": schedule.base_momentum, "max_momentum": schedule.max_momentum}
    scheduler = getattr(torch.optim.lr_scheduler, name)(optimizer, **(arguments | cycled))
    expected = used(optimizer, scheduler, steps, key="momentum")
    ours = schedule.momentum(np.arange(steps))
    np.testing.assert_allclose(np.stack([ours, ours], axis=1), expected, rtol=1e-10, atol=1e-14)


def test_momentum_is_adams_first_beta():
    schedule = OneCycle(0.1, total_steps=20)
    optimizer = torch.optim.Adam([torch.zeros(1, requires_grad=True)])
    betas = used(optimizer, OneCycleLR(optimizer, 0.1, total_steps=20), 20, key="betas")[:, 0]
    np.testing.assert_allclose(schedule.momentum(range(20)), betas[:, 0], rtol=1e-14)
    assert set(betas[:, 1]) == {0.999}


@pytest.mark.parametrize("schedule", [Cyclic(0.01, 0.1, step_size_up=3), OneCycle(0.1, total_steps=20)])
def test_twin_and_attached_leave_momentum_alone(schedule):
    for start in (schedule.torch, schedule.attach):
        optimizer = optimizer_of(momentum=0.5)
        assert set(used(optimizer, start(optimizer), 15, key="momentum")[:, 0]) == {0.5}
    plain = torch.optim.Adagrad([torch.zeros(1, requires_grad=True)])  # it has no momentum to cycle
    np.testing.assert_allclose(used(plain, schedule.torch(plain), 15)[:, 0], schedule.curve(15), rtol=1e-13)


@pytest.mark.parametrize("schedule", [Cyclic(0.01, 0.1, step_size_up=3), OneCycle(0.1, total_steps=20)])
def test_momentum_of_a_scalar_and_of_an_array(schedule):
    assert type(schedule.momentum(3)) is float
    steps = np.arange(20).reshape(4, 5)
    assert schedule.momentum(steps).tolist() == [[schedule.momentum(n) for n in row] for row in steps]
    with pytest.raises(ValueError, match=r"^step must be a finite number >= 0 or an array of them, got -1$"):
        schedule.momentum(-1)


def test_a_schedule_without_momentum_says_so():
    assert not Cosine(0.1, T_max=10).cycles_momentum
    with pytest.raises(ValueError, match=r"^Cosine\(lr=0.1, T_max=10, eta_min=0.0\) has no momentum of its own$"):
        Cosine(0.1, T_max=10).momentum(0)


def test_inside_sequential_lr():
    warm, then = Linear(0.01, start_factor=0.1, total_iters=5), Cyclic(0.01, 0.1, step_size_up=3)
    optimizer = optimizer_of()
    pieces = [warm.attach(optimizer), then.attach(optimizer)]
    rates = used(optimizer, SequentialLR(optimizer, pieces, milestones=[5]), 20)[:, 0]
    np.testing.assert_allclose(rates, [*warm.curve(5), *then.curve(15)], rtol=1e-14)


# ---- CyclicLR's values and quirks, by name


def test_cyclic_up_and_down_at_different_speed():
    schedule = Cyclic(1, 3, step_size_up=2, step_size_down=4)
    np.testing.assert_allclose(schedule.curve(8), [1, 2, 3, 2.5, 2, 1.5, 1, 2], rtol=1e-15)
    np.testing.assert_allclose(schedule.momentum([0, 1, 2, 6]), [0.9, 0.85, 0.8, 0.9], rtol=1e-15)


def test_triangular2_halves_each_cycle():
    tops = Cyclic(1, 9, step_size_up=2, mode="triangular2")([2, 6, 10])
    assert tops.tolist() == [9, 5, 3]


def test_triangular2_far_out_where_torch_overflows():
    optimizer = optimizer_of()
    scheduler = CyclicLR(optimizer, 1, 9, step_size_up=1, mode="triangular2", cycle_momentum=False)
    with pytest.raises(OverflowError):
        used(optimizer, scheduler, 2_100)
    assert Cyclic(1, 9, step_size_up=1, mode="triangular2").curve(2_101)[-100:].tolist() == [1] * 100


def test_exp_range_counts_all_steps_not_the_cycles():
    schedule = Cyclic(1, 2, step_size_up=2, mode="exp_range", gamma=0.5)
    np.testing.assert_allclose(schedule([2, 6]), [1 + 0.5**2, 1 + 0.5**6], rtol=1e-15)


def test_scale_fn_takes_the_modes_place():
    asked = []
    schedule = Cyclic(1, 2, step_size_up=1, mode="triangular2", scale_fn=lambda c: asked.append(c) or 0.5)
    assert schedule.curve(4).tolist() == [1, 1.5, 1, 1.5]
    assert asked == [1, 1, 2, 2]
    assert {type(cycle) for cycle in asked} == {int}


def test_scale_fn_is_compared_and_pickled():
    schedule = Cyclic(1, 2, scale_fn=slower)
    assert pickle.loads(pickle.dumps(schedule)) == schedule != Cyclic(1, 2)


@pytest.mark.parametrize("answer", [-1, math.nan, None])
def test_scale_fn_with_a_wrong_answer(answer):
    sentence = re.escape(f"scale_fn(1) must be a finite number >= 0, got {answer!r}")
    with pytest.raises(ValueError, match=f"^{sentence}$"):
        Cyclic(1, 2, scale_fn=lambda cycle: answer)(0)


def test_torchs_cyclic_lr_turns_momentum_on():
    optimizer = optimizer_of(momentum=0)
    CyclicLR(optimizer, 0.01, 0.1)
    assert optimizer.param_groups[0]["momentum"] == 0.9


# ---- OneCycleLR's values and quirks, by name


def test_one_cycle_start_top_end():
    schedule = OneCycle(1, total_steps=100)
    np.testing.assert_allclose(schedule([0, 29, 99]), [1 / 25, 1, 1 / 25 / 1e4], rtol=1e-14)
    np.testing.assert_allclose(schedule.momentum([0, 29, 99]), [0.95, 0.85, 0.95], rtol=1e-14)


def test_one_cycle_in_three_straight_phases():
    schedule = OneCycle(1, total_steps=10, pct_start=0.4, three_phase=True, anneal_strategy="linear", div_factor=4)
    end = 1 / 4 / 1e4
    falling = [0.25 + (end - 0.25) * k / 3 for k in range(4)]
    np.testing.assert_allclose(schedule.curve(10), [0.25, 0.5, 0.75, 1, 0.75, 0.5, *falling], rtol=1e-11)
    assert schedule.momentum([6, 7, 8, 9]).tolist() == [0.95] * 4


@pytest.mark.parametrize("strategy", ["cos", "linear"])
def test_one_step_past_the_end_torch_leaves_the_curve_and_this_stays(strategy):
    schedule = OneCycle(1, total_steps=10, anneal_strategy=strategy)
    last = 1 / 25 / 1e4
    optimizer = optimizer_of()
    torchs = used(optimizer, schedule.torch(optimizer), 11)[:, 0]
    assert torchs[9] == pytest.approx(last)
    assert torchs[10] > 1000 * last if strategy == "cos" else torchs[10] < 0
    assert schedule(10) == pytest.approx(last, rel=1e-12)


def test_two_steps_past_the_end_both_refuse():
    schedule = OneCycle(1, total_steps=10)
    optimizer = optimizer_of()
    with pytest.raises(ValueError, match="Tried to step 11 times"):
        used(optimizer, schedule.torch(optimizer), 12)
    for ask in (schedule, schedule.momentum):
        with pytest.raises(ValueError, match=r"^step must be <= total_steps \(10\), got 11$"):
            ask([3, 11, 4])


@pytest.mark.parametrize("three_phase", [False, True])
def test_a_first_phase_of_no_length_where_torch_divides_by_zero(three_phase):
    schedule = OneCycle(1, total_steps=4, pct_start=0.25, three_phase=three_phase)
    with pytest.raises(ZeroDivisionError):
        schedule.torch(optimizer_of())
    assert schedule(0) == 1
    assert np.isfinite(schedule.curve(5)).all()


def test_pct_start_of_0_starts_below_the_top():
    optimizer, schedule = optimizer_of(), OneCycle(1, total_steps=10, pct_start=0)
    rates = used(optimizer, schedule.torch(optimizer), 10)[:, 0]
    assert rates[0] < 1
    np.testing.assert_allclose(schedule.curve(10), rates, rtol=1e-10)


# ---- wrong arguments

POSITIVE, MOMENTA, COUNT = "a finite number > 0", "a number >= 0 and < 1", "a whole number >= 1"
ODD = {COUNT: [0, 2.5, None], POSITIVE: [0, None], MOMENTA: [1, None], "a number >= 0 and <= 1": [1.5, None]}
WRONG = [
    (
        Cyclic,
        {"base_lr": 0.1, "max_lr": 1},
        {
            "base_lr": POSITIVE,
            "max_lr": POSITIVE,
            "step_size_up": COUNT,
            "step_size_down": "a whole number >= 1, or None",
            "mode": "'triangular', 'triangular2' or 'exp_range'",
            "gamma": POSITIVE,
            "scale_fn": "a function of the step, or None",
            "scale_mode": "'cycle' or 'iterations'",
            "base_momentum": MOMENTA,
            "max_momentum": MOMENTA,
        },
    ),
    (
        OneCycle,
        {"max_lr": 1, "total_steps": 10},
        {
            "max_lr": POSITIVE,
            "total_steps": COUNT,
            "pct_start": "a number >= 0 and <= 1",
            "anneal_strategy": "'cos' or 'linear'",
            "three_phase": "True or False",
            "div_factor": POSITIVE,
            "final_div_factor": POSITIVE,
            "base_momentum": MOMENTA,
            "max_momentum": MOMENTA,
        },
    ),
]


@pytest.mark.parametrize(
    ("cls", "arguments", "sentence"),
    [
        (cls, good | {name: value}, f"{name} must be {rule}, got {value!r}")
        for cls, good, rules in WRONG
        for name, rule in rules.items()
        for value in [-1, math.nan, "1", [1], *ODD.get(rule, [])]
    ],
)
def test_wrong_argument(cls, arguments, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        cls(**arguments)
