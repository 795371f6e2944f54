"""What every schedule owes its user, whatever its formula."""

import copy
import math
import pickle
from dataclasses import FrozenInstanceError, fields

import numpy as np
import pytest

from lrlab import schedules
from lrlab.schedules import (
    Constant,
    ConstantFactor,
    Cosine,
    CosineWarmRestarts,
    Cyclic,
    Exponential,
    ExponentialDecay,
    InverseSquareRoot,
    InverseTimeDecay,
    Lambda,
    Linear,
    MultiStep,
    OneCycle,
    Polynomial,
    Schedule,
    SnapshotCosine,
    Step,
    StepDecay,
    TimeDecay,
    WarmupStableDecay,
)


def half_every_ten(n):
    return 0.5 ** (n // 10)


FALLING = [  # from lr = 0.1
    Constant(0.1),
    StepDecay(0.1, decay=0.5, every=7),
    TimeDecay(0.1, decay=0.01),
    InverseTimeDecay(0.1, decay=0.01),
    ExponentialDecay(0.1, decay=0.02),
    Step(0.1, step_size=7, gamma=0.5),
    MultiStep(0.1, milestones=[30, 80]),
    Exponential(0.1, gamma=0.98),
    Polynomial(0.1, total_iters=50, power=2),
    Lambda(0.1, lr_lambda=half_every_ten),
]
OTHERS = [  # that rise too, or start elsewhere
    ConstantFactor(0.1, factor=0.5, total_iters=7),
    Linear(0.1, total_iters=7),
    InverseSquareRoot(0.1, warmup=7),
    WarmupStableDecay(0.1, warmup=5, stable=20, decay=10),
    Cosine(0.1, T_max=40, eta_min=0.01),
    CosineWarmRestarts(0.1, T_0=5, T_mult=2),
    SnapshotCosine(0.1, updates=100, cycles=3),
    Cyclic(0.1, 0.3, step_size_up=4, mode="triangular2"),
    OneCycle(0.1, total_steps=200_000),
]
ALL = FALLING + OTHERS


def test_every_exported_schedule_is_tested_here():
    exported = {getattr(schedules, name) for name in schedules.__all__} - {Schedule}
    assert {type(s) for s in ALL} == exported


@pytest.mark.parametrize("s", FALLING, ids=lambda s: type(s).__name__)  # a function's repr differs between workers
class TestEveryFallingSchedule:
    def test_starts_at_lr(self, s):
        assert s(0) == 0.1

    def test_never_rises_and_stays_finite(self, s):
        rates = s(np.concatenate([np.arange(2_000), [1e6, 1e9, 1e12]]))
        assert np.isfinite(rates).all()
        assert (np.diff(rates) <= 0).all()
        assert (rates >= 0).all()


@pytest.mark.parametrize("s", ALL, ids=lambda s: type(s).__name__)  # a function's repr differs between workers
class TestEverySchedule:
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

    def test_does_not_change_the_steps_it_is_given(self, s):
        steps = np.arange(10.0)
        s(steps)
        assert steps.tolist() == list(range(10))

    @pytest.mark.parametrize("step", [-1, [0, -1], math.nan, [0, math.nan], math.inf, "x", None, 1j])
    def test_wrong_steps(self, s, step):
        with pytest.raises(ValueError, match=r"^step must be a finite number >= 0 or an array of them, got "):
            s(step)

    def test_repr_round_trip(self, s):
        shown = repr(s).replace(repr(half_every_ten), "half_every_ten")  # a function has no repr that can be read back
        assert eval(shown, vars(schedules) | {"half_every_ten": half_every_ten}) == s

    def test_pickle_copy_hash(self, s):
        for twin in (pickle.loads(pickle.dumps(s)), copy.deepcopy(s)):
            assert twin == s
            assert hash(twin) == hash(s)
        assert len({s, pickle.loads(pickle.dumps(s))}) == 1

    def test_equal_only_to_its_like(self, s):
        assert [other == s for other in ALL].count(True) == 1

    def test_frozen(self, s):
        with pytest.raises(FrozenInstanceError):
            setattr(s, fields(s)[0].name, 1.0)

    def test_latex_has_formula_and_values(self, s):
        shown = s._repr_latex_()
        assert shown.startswith("$")
        assert shown.endswith("$")
        assert s.latex in shown
        assert f"{s.symbols[fields(s)[0].name]} = 0.1" in shown
