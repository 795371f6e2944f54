"""The lecture's formulas: its numbers one for one, and what every schedule owes its user."""

import copy
import math
import pickle
from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from lrlab import schedules
from lrlab.schedules import (
    Constant,
    Exponential,
    ExponentialDecay,
    InverseTimeDecay,
    MultiStep,
    Schedule,
    Step,
    StepDecay,
    TimeDecay,
)

ALL = [
    Constant(0.1),
    StepDecay(0.1, decay=0.5, every=7),
    TimeDecay(0.1, decay=0.01),
    InverseTimeDecay(0.1, decay=0.01),
    ExponentialDecay(0.1, decay=0.02),
    Step(0.1, step_size=7, gamma=0.5),
    MultiStep(0.1, milestones=[30, 80]),
    Exponential(0.1, gamma=0.98),
]


def test_every_exported_schedule_is_tested_here():
    exported = {getattr(schedules, name) for name in schedules.__all__} - {Schedule}
    assert {type(s) for s in ALL} == exported


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


def test_no_decay_is_constant():
    for s in (TimeDecay(0.3, decay=0), InverseTimeDecay(0.3, decay=0), ExponentialDecay(0.3, decay=0)):
        assert s([0, 1, 10**6, 10**9]).tolist() == [0.3] * 4


# ---- time-based, far out


@pytest.mark.parametrize("decay", [1e300, 1, 0.01, 1e-9])
def test_time_based_far_beyond_underflow_is_zero(decay):
    with np.errstate(all="raise", under="ignore"):
        assert TimeDecay(0.1, decay=decay)(10**12) == 0
        assert TimeDecay(0.1, decay=decay)([0, 10**12, 10**300]).tolist() == [0.1, 0, 0]


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


# ---- what every schedule owes


@pytest.mark.parametrize("s", ALL, ids=repr)
class TestEverySchedule:
    def test_starts_at_lr(self, s):
        assert s(0) == 0.1

    def test_a_scalar_gives_a_builtin_float(self, s):
        for step in (3, 3.0, np.int64(3), np.float32(3), np.array(3)):
            assert type(s(step)) is float

    def test_an_array_gives_float64_of_its_shape(self, s):
        for steps in ([1, 2], np.arange(6).reshape(2, 3), np.zeros((2, 0, 3)), [], np.array([5], dtype=np.uint8)):
            rates = s(steps)
            assert isinstance(rates, np.ndarray)
            assert rates.dtype == np.float64
            assert rates.shape == np.shape(steps)

    def test_scalar_and_vector_agree(self, s):
        steps = np.concatenate([np.arange(150), [0.5, 6.5, 29.99, 1e3, 1e5]])
        np.testing.assert_allclose(s(steps), [s(step) for step in steps], rtol=1e-14, atol=0)

    def test_curve_is_the_first_steps(self, s):
        assert s.curve(50).tolist() == [s(n) for n in range(50)]
        with pytest.raises(ValueError, match=r"^steps must be a whole number >= 1, got 0$"):
            s.curve(0)

    def test_never_rises_and_stays_finite(self, s):
        rates = s(np.concatenate([np.arange(2_000), [1e6, 1e9, 1e12]]))
        assert np.isfinite(rates).all()
        assert (np.diff(rates) <= 0).all()
        assert (rates >= 0).all()

    def test_does_not_change_the_steps_it_is_given(self, s):
        steps = np.arange(10.0)
        s(steps)
        assert steps.tolist() == list(range(10))

    @pytest.mark.parametrize("step", [-1, [0, -1], math.nan, [0, math.nan], math.inf, "x", None, 1j])
    def test_wrong_steps(self, s, step):
        with pytest.raises(ValueError, match=r"^step must be a finite number >= 0 or an array of them, got "):
            s(step)

    def test_repr_round_trip(self, s):
        assert eval(repr(s), vars(schedules)) == s

    def test_pickle_copy_hash(self, s):
        for twin in (pickle.loads(pickle.dumps(s)), copy.deepcopy(s)):
            assert twin == s
            assert hash(twin) == hash(s)
        assert len({s, pickle.loads(pickle.dumps(s))}) == 1

    def test_equal_only_to_its_like(self, s):
        assert [other == s for other in ALL].count(True) == 1

    def test_frozen(self, s):
        with pytest.raises(FrozenInstanceError):
            s.lr = 1.0

    def test_latex_has_formula_and_values(self, s):
        shown = s._repr_latex_()
        assert shown.startswith("$")
        assert shown.endswith("$")
        assert s.latex in shown
        assert r"\eta_0 = 0.1" in shown


def test_latex_of_small_numbers_and_sets():
    assert TimeDecay(3e-4, decay=1e-5)._repr_latex_().endswith(r"\eta_0 = 0.0003,\; d = 10^{-5}$")
    assert r"d = 2.5 \cdot 10^{-7}" in TimeDecay(1, decay=2.5e-7)._repr_latex_()
    assert r"M = \{30, 80\}" in MultiStep(0.1, milestones=[80, 30])._repr_latex_()


def test_a_schedule_without_a_formula_says_so():
    with pytest.raises(NotImplementedError, match=r"Schedule does not say its formula: define rate\(n\)"):
        Schedule()(0)
    assert Schedule()._repr_latex_() is None
