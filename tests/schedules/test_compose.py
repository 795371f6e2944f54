"""Joined, multiplied and scaled schedules, against torch's SequentialLR and ChainedScheduler."""

import copy
import re

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from support.examples import examples
from support.torch_runs import assert_equals_torch, optimizer_of, used
from torch.optim import lr_scheduler
from torch.optim.lr_scheduler import ChainedScheduler, CosineAnnealingLR, MultiplicativeLR, SequentialLR

from lrlab.schedules import (
    SWA,
    Constant,
    ConstantFactor,
    Cosine,
    CosineWarmRestarts,
    Cyclic,
    Exponential,
    InverseTimeDecay,
    Join,
    Lambda,
    Linear,
    LinearWarmup,
    MultiStep,
    OneCycle,
    Polynomial,
    Product,
    Scaled,
    Schedule,
    SnapshotCosine,
    Step,
    TimeDecay,
    warmup,
)

LR = st.floats(1e-4, 10)
FACTOR = st.floats(0.1, 1)
LENGTH = st.integers(1, 400)
CHAINABLE = {
    "step": lambda lr: st.builds(Step, lr, step_size=LENGTH, gamma=FACTOR),
    "multi": lambda lr: st.builds(MultiStep, lr, milestones=st.lists(LENGTH, min_size=1, max_size=4), gamma=FACTOR),
    "constant": lambda lr: st.builds(ConstantFactor, lr, factor=FACTOR, total_iters=LENGTH),
    "linear": lambda lr: st.builds(Linear, lr, start_factor=FACTOR, end_factor=FACTOR, total_iters=LENGTH),
    "exponential": lambda lr: st.builds(Exponential, lr, gamma=st.floats(0.97, 1)),
    "time": lambda lr: st.builds(TimeDecay, lr, decay=st.floats(0, 0.01)),
}
STARTABLE = {name: build for name, build in CHAINABLE.items() if name != "time"} | {
    "cosine": lambda lr: st.builds(Cosine, lr, T_max=LENGTH),
    "restarts": lambda lr: st.builds(CosineWarmRestarts, lr, T_0=LENGTH),
    "snapshots": lambda lr: st.builds(SnapshotCosine, lr, updates=st.integers(50, 400), cycles=st.integers(1, 50)),
    "cyclic": lambda lr: st.builds(Cyclic, lr, lr, step_size_up=LENGTH),
    "inverse": lambda lr: st.builds(InverseTimeDecay, lr, decay=st.floats(0, 1)),
}
A_PIECE = st.one_of(*(build(LR) for build in STARTABLE.values()))
A_FACTOR = st.one_of(*(build(st.floats(0.5, 2)) for build in CHAINABLE.values()))
EXAMPLES = settings(max_examples=examples(60), derandomize=True, deadline=None, database=None)


# ---- Join


@st.composite
def joins(draw):
    pieces = draw(st.lists(A_PIECE | st.builds(Scaled, A_PIECE, factor=st.floats(0.1, 3)), min_size=1, max_size=4))
    gaps = draw(st.lists(st.integers(1, 300), min_size=len(pieces) - 1, max_size=len(pieces) - 1))
    return Join(pieces, milestones=np.cumsum(gaps, dtype=int).tolist())


@pytest.mark.slow
@EXAMPLES
@given(schedule=joins(), steps=st.integers(1, 300) | st.just(1_500))
def test_join_equals_sequential_lr(schedule, steps):
    assert_equals_torch(schedule, "SequentialLR", steps, highest=schedule.curve(steps).max())


@pytest.mark.slow
@EXAMPLES
@given(first=joins(), second=joins(), at=st.integers(1, 400))
def test_a_join_of_joins_equals_one_sequential_lr(first, second, at):
    schedule = Join([first, second], milestones=[at])
    np.testing.assert_array_equal(schedule.curve(900), [*first.curve(at), *second.curve(900 - at)])
    assert_equals_torch(schedule, "SequentialLR", 900, highest=schedule.curve(900).max())


@pytest.mark.parametrize("place", [0, 1, 2])
def test_join_with_one_cycle_anywhere(place):
    pieces = [Linear(0.3, total_iters=7), Step(0.2, step_size=4)]
    pieces.insert(place, OneCycle(0.5, total_steps=40))
    schedule = Join(pieces, milestones=[30, 60])
    assert_equals_torch(schedule, "SequentialLR", 90 if place < 2 else 99, highest=0.5)


def test_each_piece_counts_from_its_own_start():
    schedule = Join([Constant(1), Step(0.5, step_size=2, gamma=0.1), Constant(3)], milestones=[3, 7])
    assert schedule.curve(9).tolist() == [1, 1, 1, 0.5, 0.5, 0.05, 0.05, 3, 3]
    assert schedule([[8, 0], [3, 2]]).tolist() == [[3, 1], [0.5, 1]]
    assert schedule([2.5, 3.5]).tolist() == [1, 0.5]


def test_a_join_is_continuous_where_its_pieces_meet():
    schedule = Join([Linear(0.1, start_factor=0.1, total_iters=10), Cosine(0.1, T_max=90)], milestones=[10])
    assert schedule(10) == 0.1
    assert abs(np.diff(schedule.curve(100))).max() < 0.01


def test_joined_momentum():
    both = Join([OneCycle(0.1, total_steps=10), Cyclic(0.01, 0.1, step_size_up=3)], milestones=[10])
    assert both.cycles_momentum
    steps = np.arange(10)
    assert both.momentum(steps).tolist() == both.schedules[0].momentum(steps).tolist()
    assert both.momentum(13) == both.schedules[1].momentum(3)
    one = Join([OneCycle(0.1, total_steps=10), Constant(0.1)], milestones=[10])
    assert not one.cycles_momentum
    with pytest.raises(ValueError, match="has no momentum of its own"):
        one.momentum(0)


def test_milestones_that_do_not_rise_overlap():
    pieces = [Constant(1), Constant(2), Constant(3)]
    for milestones, clash in [((10, 5), (1, 10, 2, 5)), ((5, 5), (1, 5, 2, 5))]:
        i, start, j, next_start = clash
        sentence = (
            f"milestones must rise, got {milestones}: schedules[{i}] starts at step {start} and "
            f"schedules[{j}] at step {next_start}, so they overlap"
        )
        with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
            Join(pieces, milestones=milestones)


def test_a_piece_that_ends_early_leaves_a_gap():
    pieces = [Constant(1), OneCycle(0.1, total_steps=20), Constant(2)]
    assert Join(pieces, milestones=[5, 25])(24) == OneCycle(0.1, total_steps=20)(19)
    sentence = "schedules[1] must last until schedules[2] starts, got 20 steps: steps 25 to 29 have no rate"
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        Join(pieces, milestones=[5, 30])
    inner = Scaled(Join([Constant(1), OneCycle(0.1, total_steps=20)], milestones=[5]), factor=2)
    assert inner.length == 25
    with pytest.raises(ValueError, match=r"schedules\[0\] must last .* got 25 steps: steps 25 to 25 have no rate"):
        Join([inner, Constant(1)], milestones=[26])
    with pytest.raises(ValueError, match=r"^step must be <= 25, where the last of the schedules ends, got 35$"):
        Join([Constant(1), OneCycle(0.1, total_steps=20)], milestones=[5])(35)


@pytest.mark.parametrize(
    ("pieces", "why"),
    [
        ([Constant(1), TimeDecay(0.1, decay=0.1)], "it goes on from the rate that it finds, not from its own"),
        ([Constant(1), SWA(0.1, swa_lr=0.5)], "it goes on from the rate that it finds, not from its own"),
        ([Constant(1), Constant(1) * Constant(1)], "it can't be started at a milestone"),
        (
            [OneCycle(1, total_steps=9), OneCycle(1, total_steps=9)],
            "another one uses the same place in the param groups",
        ),
    ],
    ids=["MultiplicativeLR", "SWALR", "ChainedScheduler", "OneCycleLR"],
)
def test_what_sequential_lr_can_not_do(pieces, why):
    optimizer = optimizer_of()
    before = copy.deepcopy(optimizer.state_dict())
    with pytest.raises(TypeError, match=rf"^SequentialLR has no use for the \w+ of .*: {re.escape(why)}$"):
        Join(pieces, milestones=[5]).torch(optimizer)
    assert optimizer.state_dict() == before


def test_torchs_multiplicative_lr_inside_sequential_lr_goes_on_from_the_current_rate():
    optimizer = optimizer_of(lr=1.0)
    pieces = [lr_scheduler.StepLR(optimizer, 1, gamma=0.5), MultiplicativeLR(optimizer, lambda n: 0.9)]
    rates = used(optimizer, SequentialLR(optimizer, pieces, milestones=[3]), 6)[:, 0]
    # Not 1, 0.9, 0.81; and it asks for the factor of step 0, which it never does alone.
    np.testing.assert_allclose(rates, [1, 0.5, 0.25, 0.25 * 0.9, 0.25 * 0.81, 0.25 * 0.729])


def test_first_in_a_join_multiplicative_lr_is_fine():
    assert_equals_torch(Join([TimeDecay(0.2, decay=0.1), Constant(0.1)], milestones=[9]), "SequentialLR", 30, 0.2)


# ---- Product


@pytest.mark.slow
@EXAMPLES
@given(factors=st.lists(A_FACTOR, min_size=1, max_size=4), lr=LR, steps=st.integers(1, 300) | st.just(1_500))
def test_product_equals_chained_scheduler(factors, lr, steps):
    schedule = Product([Scaled(Constant(1), factor=lr), *factors])
    highest = schedule.curve(steps).max()
    assert_equals_torch(schedule, "ChainedScheduler", steps, highest=highest)


@EXAMPLES
@given(t_max=LENGTH, lr=LR, factor=A_FACTOR)
def test_a_cosine_in_a_product_equals_torch_up_to_t_max(t_max, lr, factor):
    schedule = Cosine(lr, T_max=t_max) * factor
    assert_equals_torch(schedule, "ChainedScheduler", t_max, highest=10 * lr)


def test_a_chained_cosine_past_t_max_is_no_product():
    schedule, optimizer = Cosine(1, T_max=4) * Exponential(1, gamma=0.5), optimizer_of(lr=1.0)
    pieces = [CosineAnnealingLR(optimizer, T_max=4), lr_scheduler.ExponentialLR(optimizer, gamma=0.5)]
    torchs = used(optimizer, ChainedScheduler(pieces), 7)[:, 0]
    np.testing.assert_allclose(torchs[:5], schedule.curve(5), atol=1e-16)
    assert torchs[5] > 10 * schedule(5)  # climbs by what the cosine alone would add


def test_a_rate_of_zero_sticks_in_a_product_as_in_torch():
    schedule = Polynomial(1, total_iters=3) * ConstantFactor(1, factor=0.5, total_iters=5)
    assert_equals_torch(schedule, "ChainedScheduler", 10, highest=1)
    assert schedule.curve(10)[3:].tolist() == [0] * 7


def test_times_is_a_product_and_a_number_scales():
    a, b = Cosine(0.1, T_max=9), Linear(1, total_iters=4)
    assert a * b == Product([a, b])
    assert 2 * a == a * 2 == Scaled(a, factor=2)
    assert a * np.float64(2) == Scaled(a, factor=2.0)
    np.testing.assert_array_equal((a * b).curve(20), a.curve(20) * b.curve(20))
    assert (a * OneCycle(1, total_steps=30)).length == 30
    for wrong in ("2", None, [1]):
        with pytest.raises(TypeError, match=r"unsupported operand|can't multiply"):
            a * wrong


@pytest.mark.parametrize(
    ("schedule", "sentence"),
    [
        (
            Lambda(1, lr_lambda=abs) * Constant(1),
            "ChainedScheduler has no use for LambdaLR, which sets rates of its own",
        ),
        (Constant(1) * OneCycle(1, total_steps=5), "ChainedScheduler has no use for OneCycleLR, which sets rates of"),
        (Cosine(1, T_max=5, eta_min=0.1) * Constant(1), "ChainedScheduler does not multiply an eta_min > 0, that of"),
    ],
    ids=["LambdaLR", "OneCycleLR", "eta_min"],
)
def test_what_chained_scheduler_can_not_do(schedule, sentence):
    with pytest.raises(TypeError, match=f"^{re.escape(sentence)}"):
        schedule.torch(optimizer_of())


# ---- Scaled


@EXAMPLES
@given(schedule=A_PIECE, factor=st.floats(0.01, 100), twice=st.floats(0.1, 2))
def test_scaled_equals_torch_from_a_scaled_rate(schedule, factor, twice):
    name, _ = schedule.torch_equivalent()
    both = Scaled(Scaled(schedule, factor=factor), factor=twice)
    np.testing.assert_allclose(both.curve(50), factor * twice * schedule.curve(50), rtol=1e-14)
    assert_equals_torch(both, name, 300, highest=both.curve(300).max())


def test_scaled_keeps_momentum_and_length():
    half = 0.5 * OneCycle(0.1, total_steps=10)
    assert half.length == 10
    assert half.momentum(3) == OneCycle(0.1, total_steps=10).momentum(3)


# ---- warm-up


def test_warmup_comes_on_top():
    schedule = warmup(Cosine(0.1, T_max=50), 5)
    assert schedule == Join([LinearWarmup(0.1, warmup=5), Cosine(0.1, T_max=50)], milestones=[5])
    np.testing.assert_allclose(schedule.curve(5), [0.02, 0.04, 0.06, 0.08, 0.1], rtol=1e-15)
    np.testing.assert_array_equal(schedule.curve(60)[5:], Cosine(0.1, T_max=50).curve(55))
    assert warmup(Cosine(0.1, T_max=50), 0) == Cosine(0.1, T_max=50)


def test_warmup_acts_from_the_first_update_on():
    optimizer = optimizer_of(lr=0.1)
    rates = used(optimizer, warmup(Constant(0.1), 4).attach(optimizer), 6)[:, 0]
    np.testing.assert_allclose(rates, [0.025, 0.05, 0.075, 0.1, 0.1, 0.1], rtol=1e-15)


# ---- wrong arguments


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: Join([], milestones=[]), "schedules must be a list of schedules, at least one, got []"),
        (lambda: Join([1], milestones=[]), "schedules must be a list of schedules, at least one, got [1]"),
        (lambda: Product(3), "schedules must be a list of schedules, at least one, got 3"),
        (lambda: Join([Constant(1)], milestones=[0]), "milestones must be a list of whole numbers >= 1, got [0]"),
        (lambda: Join([Constant(1)], milestones=[2]), "milestones must be one less than the schedules (1), got (2,)"),
        (lambda: Scaled(Constant(1), factor=0), "factor must be a finite number > 0, got 0"),
        (lambda: Scaled(0.1, factor=2), "schedule must be a schedule, got 0.1"),
        (lambda: -1 * Constant(1), "factor must be a finite number > 0, got -1.0"),
        (lambda: warmup(0.1, 5), "schedule must be a schedule, got 0.1"),
        (lambda: warmup(Constant(1), -5), "steps must be a whole number >= 0, got -5"),
        (lambda: warmup(Lambda(1, lr_lambda=abs), 5), "schedule(0) must be a finite number > 0, got 0.0"),
    ],
    ids=range(11),
)
def test_wrong_argument(make, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        make()


def test_an_own_schedule_composes():
    class Falling(Schedule):
        def rate(self, n):
            return 1 / (1 + n)

    both = Join([Falling(), 0.5 * Falling()], milestones=[2])
    np.testing.assert_allclose(both.curve(4), [1, 0.5, 0.5, 0.25])
    assert r"\text{" in both._repr_latex_()
    with pytest.raises(TypeError, match=r"^torch.optim.lr_scheduler has no scheduler for "):
        both.torch(optimizer_of())
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=3.0)
    assert used(optimizer, both.attach(optimizer), 4)[:, 0].tolist() == both.curve(4).tolist()
