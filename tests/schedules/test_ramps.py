"""Constant factor, linear, polynomial, SWA and the warm-ups, against torch and at their corners."""

import math
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.examples import examples
from support.torch_runs import assert_equals_torch, optimizer_of, used
from torch.optim.lr_scheduler import ConstantLR, LinearLR, SequentialLR
from torch.optim.swa_utils import SWALR

from lrlab import schedules
from lrlab.schedules import (
    SWA,
    ConstantFactor,
    InverseSquareRoot,
    Linear,
    LinearWarmup,
    Polynomial,
    Step,
    WarmupStableDecay,
)

LR = st.floats(1e-5, 10)
FACTOR = st.floats(0.01, 1)
TAIL = st.sampled_from(["linear", "cosine", "sqrt"])
STEPS = st.integers(0, 5) | st.integers(0, 1_500)


DRAWN = {
    "ConstantLR": st.builds(ConstantFactor, LR, factor=FACTOR, total_iters=STEPS),
    "LinearLR": st.builds(
        Linear, LR, start_factor=FACTOR, end_factor=FACTOR | st.sampled_from([0.0, 1.0]), total_iters=STEPS
    ),
    "PolynomialLR": st.builds(Polynomial, LR, total_iters=STEPS, power=st.floats(0, 4) | st.integers(0, 3)),
    "LambdaLR": st.builds(InverseSquareRoot, LR, warmup=st.integers(1, 1_500))
    | st.builds(LinearWarmup, LR, warmup=st.integers(1, 1_500))
    | st.builds(WarmupStableDecay, LR, warmup=STEPS, stable=STEPS, decay=st.integers(1, 800), tail=TAIL),
    "SWALR": st.builds(SWA, LR, swa_lr=LR, anneal_epochs=STEPS, anneal_strategy=st.sampled_from(["cos", "linear"])),
}


@pytest.mark.slow
@pytest.mark.parametrize("twin", DRAWN)
def test_equals_torch(twin):
    @settings(max_examples=examples(25), derandomize=True, deadline=None, database=None)
    @given(schedule=DRAWN[twin], steps=st.integers(1, 300) | st.just(2_000))
    def run(schedule, steps):
        assert_equals_torch(schedule, twin, steps, highest=max(schedule.lr, getattr(schedule, "swa_lr", 0)))

    run()


def test_warm_up_inside_sequential_lr():
    warm, then = Linear(0.1, start_factor=0.1, total_iters=4), Step(0.1, step_size=3)
    optimizer = optimizer_of()
    scheduler = SequentialLR(optimizer, [warm.attach(optimizer), then.attach(optimizer)], milestones=[5])
    rates = used(optimizer, scheduler, 12)[:, 0]
    np.testing.assert_allclose(rates, [*warm.curve(5), *then.curve(7)], rtol=1e-14)


# ---- values and quirks, by name


def test_constant_factor_steps_up_once():
    np.testing.assert_allclose(ConstantFactor(0.3, total_iters=2).curve(4), [0.1, 0.1, 0.3, 0.3], rtol=1e-15)


@pytest.mark.parametrize(("ours", "torchs"), [(ConstantFactor, ConstantLR), (Linear, LinearLR)])
def test_zero_total_iters_stays_at_the_first_factor_for_ever(ours, torchs):
    schedule, optimizer = ours(0.3, total_iters=0), optimizer_of(lr=0.3)
    rates = used(optimizer, torchs(optimizer, total_iters=0), 50)[:, 0]
    assert rates.tolist() == schedule.curve(50).tolist()
    assert schedule(10**9) == pytest.approx(0.1)


def test_constant_lr_with_factor_0_divides_by_it():
    optimizer = optimizer_of()
    with pytest.raises(ZeroDivisionError):
        used(optimizer, ConstantLR(optimizer, factor=0, total_iters=2), 4)


def test_linear_ends_at_zero_where_torch_ends_below():
    optimizer = optimizer_of(lr=1.0)
    torchs = used(optimizer, LinearLR(optimizer, start_factor=1 / 3, end_factor=0, total_iters=5), 7)[:, 0]
    assert torchs[-1] < 0
    assert Linear(1, end_factor=0)([5, 6, 10**6]).tolist() == [0, 0, 0]


def test_linear_start_middle_end():
    np.testing.assert_allclose(
        Linear(1, start_factor=0.5, end_factor=1, total_iters=4)([0, 2, 4, 99]), [0.5, 0.75, 1, 1]
    )


def test_polynomial_start_middle_end():
    assert Polynomial(1, total_iters=4, power=2)([0, 1, 2, 4, 99]).tolist() == [1, 0.5625, 0.25, 0, 0]
    assert Polynomial(1, total_iters=0).curve(3).tolist() == [1, 1, 1]
    assert Polynomial(1, total_iters=2, power=0).curve(5).tolist() == [1] * 5


def test_swa_goes_to_its_rate_and_stays_there():
    np.testing.assert_allclose(SWA(1, swa_lr=0.2, anneal_epochs=4)([0, 2, 4, 99]), [1, 0.6, 0.2, 0.2], rtol=1e-15)
    linear = SWA(0.1, swa_lr=0.5, anneal_epochs=4, anneal_strategy="linear")
    np.testing.assert_allclose(linear.curve(6), [0.1, 0.2, 0.3, 0.4, 0.5, 0.5], rtol=1e-15)


def test_swa_without_annealing_is_there_at_once():
    assert SWA(1, swa_lr=0.2, anneal_epochs=0).curve(3).tolist() == [0.2] * 3
    optimizer = optimizer_of(lr=1.0)
    assert used(optimizer, SWALR(optimizer, 0.2, anneal_epochs=0), 3)[:, 0].tolist() == [0.2] * 3


def test_linear_warmup_learns_at_once_and_is_full_at_its_last_step():
    np.testing.assert_allclose(LinearWarmup(1, warmup=4).curve(6), [0.25, 0.5, 0.75, 1, 1, 1], rtol=1e-15)
    assert LinearWarmup(1, warmup=1)(0) == 1


def test_inverse_square_root_is_the_papers():
    d_model, warmup = 512, 4000
    step_num = np.arange(1, 20_001)
    paper = d_model**-0.5 * np.minimum(step_num**-0.5, step_num * warmup**-1.5)
    np.testing.assert_allclose(
        InverseSquareRoot((d_model * warmup) ** -0.5, warmup=warmup).curve(20_000), paper, rtol=1e-13
    )


def test_inverse_square_root_start_top_half():
    schedule = InverseSquareRoot(1, warmup=4)
    assert schedule([0, 3, 15]).tolist() == [0.25, 1, 0.5]
    assert schedule.curve(100).argmax() == 3
    assert InverseSquareRoot(1, warmup=1)(0) == 1


def test_warmup_stable_decay_in_full():
    schedule = WarmupStableDecay(1, warmup=2, stable=2, decay=4)
    assert schedule.curve(11).tolist() == [0.5, 1, 1, 1, 1, 0.75, 0.5, 0.25, 0, 0, 0]
    assert WarmupStableDecay(1, warmup=0, stable=0, decay=2).curve(4).tolist() == [1, 0.5, 0, 0]


def test_a_longer_plateau_changes_nothing_before_it():
    short, long = (WarmupStableDecay(1, warmup=10, stable=s, decay=20) for s in (30, 300))
    assert short.curve(41).tolist() == long.curve(41).tolist()


def test_the_tails_between_plateau_and_zero():
    for tail, middle in {"linear": 0.5, "cosine": 0.5, "sqrt": 1 - math.sqrt(0.5)}.items():
        schedule = WarmupStableDecay(1, warmup=2, stable=2, decay=4, tail=tail)
        assert schedule.curve(5).tolist() == [0.5, 1, 1, 1, 1]
        assert schedule([6, 8, 99]).tolist() == pytest.approx([middle, 0, 0], abs=1e-15)
    assert WarmupStableDecay(1, warmup=0, stable=0, decay=8, tail="cosine").curve(9) == pytest.approx(
        schedules.Cosine(1, T_max=8).curve(9)
    )


def test_branches_share_the_plateau():
    stem = WarmupStableDecay(0.3, warmup=5, stable=100, decay=20, tail="sqrt")
    for budget in (50, 80, 125):
        branch = stem.branch(budget)
        assert branch.curve(budget - 19).tolist() == stem.curve(budget - 19).tolist()
        assert branch(budget) == 0 < branch(budget - 1)
    assert stem.branch(125) == stem
    assert stem.branch(60, decay=30).decay == 30
    with pytest.raises(ValueError, match=r"^updates must be at least warmup \+ decay \(25\), got 24$"):
        stem.branch(24)
    with pytest.raises(ValueError, match=r"^decay must be a whole number >= 1, got 0$"):
        stem.branch(60, decay=0)


# ---- wrong arguments

POSITIVE, FRACTION, UNIT = "a finite number > 0", "a number > 0 and <= 1", "a number >= 0 and <= 1"
STEPS_RULE, COUNT = "a whole number >= 0", "a whole number >= 1"
WSD = {"lr": 1, "warmup": 1, "stable": 1, "decay": 1}
WRONG = [
    (ConstantFactor, {"lr": 1}, {"lr": POSITIVE, "factor": FRACTION, "total_iters": STEPS_RULE}),
    (Linear, {"lr": 1}, {"lr": POSITIVE, "start_factor": FRACTION, "end_factor": UNIT, "total_iters": STEPS_RULE}),
    (Polynomial, {"lr": 1}, {"lr": POSITIVE, "total_iters": STEPS_RULE, "power": "a finite number >= 0"}),
    (LinearWarmup, {"lr": 1, "warmup": 1}, {"lr": POSITIVE, "warmup": COUNT}),
    (
        SWA,
        {"lr": 1, "swa_lr": 1},
        {"lr": POSITIVE, "swa_lr": POSITIVE, "anneal_epochs": STEPS_RULE, "anneal_strategy": "'cos' or 'linear'"},
    ),
    (InverseSquareRoot, {"lr": 1, "warmup": 1}, {"lr": POSITIVE, "warmup": COUNT}),
    (
        WarmupStableDecay,
        WSD,
        {
            "lr": POSITIVE,
            "warmup": STEPS_RULE,
            "stable": STEPS_RULE,
            "decay": COUNT,
            "tail": "'linear', 'cosine' or 'sqrt'",
        },
    ),
]
VALUES = {
    POSITIVE: [0],
    FRACTION: [0, 1.5],
    UNIT: [-0.1, 1.5],
    STEPS_RULE: [-1, 2.5],
    COUNT: [0, 2.5],
}


@pytest.mark.parametrize(
    ("cls", "arguments", "sentence"),
    [
        (cls, good | {name: value}, f"{name} must be {rule}, got {value!r}")
        for cls, good, rules in WRONG
        for name, rule in rules.items()
        for value in [*VALUES.get(rule, []), -1, math.nan, "1", None, [1]]
    ],
)
def test_wrong_argument(cls, arguments, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        cls(**arguments)
