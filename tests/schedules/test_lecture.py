"""The lecture's formulas: its numbers one for one, and time-based decay far out."""

import math

import numpy as np
import pytest
import torch

from lrlab.schedules import (
    Exponential,
    ExponentialDecay,
    InverseTimeDecay,
    MultiStep,
    ReduceOnPlateau,
    Schedule,
    Step,
    StepDecay,
    TimeDecay,
)

# ---- the lecture's numbers


def test_time_based_recurrence():
    np.testing.assert_allclose(TimeDecay(1, decay=0.5).curve(5), [1, 1, 2 / 3, 1 / 3, 2 / 15], rtol=1e-15)


def test_closed_form_is_another_schedule():
    np.testing.assert_allclose(InverseTimeDecay(1, decay=0.5).curve(4), [1, 2 / 3, 0.5, 0.4], rtol=1e-15)
    assert TimeDecay(1, decay=0.01)(100) == pytest.approx(2.4e-17, rel=0.02)
    assert InverseTimeDecay(1, decay=0.01)(100) == 0.5


def test_step_formula_drops_one_step_before_torch():
    assert StepDecay(1, decay=0.5, every=3).curve(7).tolist() == [1, 1, 0.5, 0.5, 0.5, 0.25, 0.25]
    assert Step(1, step_size=3, gamma=0.5).curve(7).tolist() == [1, 1, 1, 0.5, 0.5, 0.5, 0.25]
    assert StepDecay(1, decay=0.5, every=1)(0) == 0.5


def test_exponential():
    s = ExponentialDecay(0.1, decay=0.1)
    assert s(0) == 0.1
    assert s(10) == pytest.approx(0.1 / math.e, rel=1e-15)
    assert s(math.log(2) / 0.1) == pytest.approx(0.05, rel=1e-14)
    same = Exponential(0.1, gamma=math.exp(-0.1))
    np.testing.assert_allclose(s.curve(100), same.curve(100), rtol=1e-13)


def test_the_slides_step_lr_and_multi_step_lr():
    step, multi = Step(0.05, step_size=30), MultiStep(0.05, milestones=[30, 80])
    epochs = [0, 29, 30, 59, 60, 79, 80]
    np.testing.assert_allclose(step(epochs), [0.05, 0.05, 0.005, 0.005, 5e-4, 5e-4, 5e-4], rtol=1e-14)
    np.testing.assert_allclose(multi(epochs), [0.05, 0.05, 0.005, 0.005, 0.005, 0.005, 5e-4], rtol=1e-14)


def test_the_slides_reduce_on_plateau():
    """SGD(lr=0.1, momentum=0.9), ReduceLROnPlateau(optimizer, 'min'): ten epochs of the slide, and two plateaus."""
    losses = [1 / (1 + epoch) for epoch in range(10)] + [0.1] * 24
    plateau = ReduceOnPlateau(0.1)
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1, momentum=0.9)
    scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, "min")
    torchs = []
    for loss in losses:
        torchs.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step(loss)
    assert plateau(losses).tolist() == torchs
    # The loss of epoch 9 is the best; the eleventh bad one after it is epoch 20's.
    np.testing.assert_allclose(plateau(losses), [0.1] * 21 + [0.01] * 11 + [0.001] * 2, rtol=1e-14)


def test_no_decay_is_constant():
    for s in (TimeDecay(0.3, decay=0), InverseTimeDecay(0.3, decay=0), ExponentialDecay(0.3, decay=0)):
        assert s([0, 1, 10**6, 10**9]).tolist() == [0.3] * 4


# ---- time-based, far out


@pytest.mark.parametrize("decay", [1e300, 1, 0.01, 1e-9])
def test_time_based_far_beyond_underflow_is_zero(decay):
    with np.errstate(all="raise", under="ignore"):
        assert TimeDecay(0.1, decay=decay)(10**12) == 0
        assert TimeDecay(0.1, decay=decay)([0, 10**12, 10**300]).tolist() == [0.1, 0, 0]


@pytest.mark.slow
@pytest.mark.parametrize("decay", [1e-12, 1e-11, 1e-10])
def test_time_based_past_a_million_steps(decay):
    n = np.array([2**20 - 1, 2**20, 2**20 + 1, 2**21, 3_000_000])
    expected = [0.1 * math.exp(-math.fsum(np.log1p(decay * np.arange(k)))) for k in n]
    np.testing.assert_allclose(TimeDecay(0.1, decay=decay)(n), expected, rtol=1e-9)


@pytest.mark.parametrize("decay", [5e-324, 1e-300, 1e-30])
def test_time_based_with_a_tiny_decay_stays_where_it_is(decay):
    s = TimeDecay(0.1, decay=decay)
    assert s(10**12) == pytest.approx(0.1, rel=1e-5)
    assert s(100) == pytest.approx(0.1, rel=1e-15)


def test_time_based_halfway_has_the_rate_of_the_step_before():
    s = TimeDecay(1, decay=0.5)
    assert s([1.5, 2.0, 2.999]).tolist() == [s(1), s(2), s(2)]


# ---- LaTeX


def test_latex_of_small_numbers_and_sets():
    assert TimeDecay(3e-4, decay=1e-5)._repr_latex_().endswith(r"\eta_0 = 0.0003,\; d = 10^{-5}$")
    assert r"d = 2.5 \cdot 10^{-7}" in TimeDecay(1, decay=2.5e-7)._repr_latex_()
    assert r"M = \{30, 80\}" in MultiStep(0.1, milestones=[80, 30])._repr_latex_()


def test_a_schedule_without_a_formula_says_so():
    with pytest.raises(NotImplementedError, match=r"Schedule does not say its formula: define rate\(n\)"):
        Schedule()(0)
    assert Schedule()._repr_latex_() is None
