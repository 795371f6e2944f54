"""What every schedule owes its user, whatever its formula. A new schedule is tested here as soon as it is exported."""

import copy
import io
import math
import pickle
from dataclasses import FrozenInstanceError, fields

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from support.examples import examples
from support.torch_runs import optimizer_of, used
from torch.optim.lr_scheduler import SequentialLR, StepLR

from lrlab import plots, schedules
from lrlab.schedules import Schedule, Step

EXAMPLES = {name: cls(**cls.example) for name, cls in schedules.catalogue().items()}
ALL = EXAMPLES.values()
FALLING = [  # from lr = 0.1
    EXAMPLES[name]
    for name in (
        *("Constant", "StepDecay", "TimeDecay", "InverseTimeDecay", "ExponentialDecay"),
        *("Step", "MultiStep", "Exponential", "Polynomial", "Lambda"),
    )
]


def steps_of(s, highest):
    """Few and many steps that ``s`` has a rate for, up to ``highest``."""
    steps = np.concatenate([np.arange(150), [0.5, 6.5, 29.99, 1e3, 1e4, 1e5]])
    return steps[steps < min(highest, s.length or highest)]


def test_every_schedule_is_exported_with_an_example():
    def below(cls):
        ours = [sub for sub in cls.__subclasses__() if sub.__module__.startswith("lrlab.")]  # not those of other tests
        return set().union(*map(below, ours)) if ours else {cls}

    ours = below(Schedule)
    assert ours == set(schedules.catalogue().values())
    assert all(cls.example for cls in ours)


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
        steps = steps_of(s, highest=2e4)
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
        names, shown = vars(schedules).copy(), repr(s)
        for field in fields(s):  # a function has no repr that can be read back
            if callable(getattr(s, field.name)) and not isinstance(getattr(s, field.name), Schedule):
                names["its_function"] = getattr(s, field.name)
                shown = shown.replace(repr(names["its_function"]), "its_function")
        assert eval(shown, names) == s

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
        for field in fields(s):
            value = getattr(s, field.name)
            parts = value if isinstance(value, tuple) else [value]
            assert all(part.tex() in shown for part in parts if isinstance(part, Schedule))
        if s.symbols:
            assert f"{s.symbols[fields(s)[0].name]} = 0.1" in shown

    def test_has_a_plot(self, s):
        ax = plots.schedules({"it": s}, steps=60)
        assert ax.lines[0].get_ydata().tolist() == s.curve(60).tolist()
        plt.close(ax.figure)

    @pytest.mark.slow
    def test_attached_every_update_uses_its_rate(self, s):
        steps = min(1_500, s.length or 1_500)
        optimizer = optimizer_of(2)
        rates = used(optimizer, s.attach(optimizer, scale=[1, 0.25]), steps)
        np.testing.assert_allclose(rates, np.outer(s.curve(steps), [1, 0.25]), rtol=1e-14)
        assert type(optimizer.param_groups[0]["lr"]) is float

    @pytest.mark.slow
    def test_twin_uses_the_same_rates(self, s):
        if s.torch_equivalent() is None:
            with pytest.raises(TypeError):
                s.torch(optimizer_of())
            return
        steps = min(1_500, s.length or 1_500)
        optimizer = optimizer_of()  # at another rate, which must not matter
        rates = used(optimizer, s.torch(optimizer), steps)[:, 0]
        np.testing.assert_allclose(s.curve(steps), rates, rtol=1e-10, atol=1e-14 * s.curve(steps).max())

    def test_attached_inside_sequential_lr(self, s):
        before = Step(0.5, step_size=2)
        optimizer = optimizer_of(lr=0.5)
        pieces = [StepLR(optimizer, step_size=2), s.attach(optimizer)]
        rates = used(optimizer, SequentialLR(optimizer, pieces, milestones=[5]), 50)[:, 0]
        np.testing.assert_allclose(rates, [*before.curve(5), *s.curve(45)], rtol=1e-13)

    @pytest.mark.slow  # a file and two optimizers each, 46 times
    @pytest.mark.parametrize("way", ["attach", "torch"])
    def test_saved_and_resumed_at_a_random_step(self, s, way):
        if way == "torch" and s.torch_equivalent() is None:
            pytest.skip("torch has no scheduler for it")
        end = min(600, s.length or 600)
        begun = optimizer_of(2, momentum=0.5)
        uncut = used(begun, getattr(s, way)(begun, cycle_momentum=s.cycles_momentum), end)

        @settings(max_examples=examples(8), derandomize=True, deadline=None, database=None)
        @given(at=st.integers(1, end - 1))
        def run(at):
            saved = optimizer_of(2, momentum=0.5)
            scheduler = getattr(s, way)(saved, cycle_momentum=s.cycles_momentum)
            used(saved, scheduler, at + 1)
            state = {"optimizer": saved.state_dict(), "scheduler": scheduler.state_dict()}
            # A twin's state may hold functions, which is torch's own affair.
            state = through_a_file(state) if way == "attach" else copy.deepcopy(state)

            resumed = optimizer_of(2, momentum=0.1)
            scheduler = getattr(s, way)(resumed, cycle_momentum=s.cycles_momentum)
            resumed.load_state_dict(state["optimizer"])
            scheduler.load_state_dict(state["scheduler"])
            np.testing.assert_array_equal(used(resumed, scheduler, end - at), uncut[at:])
            assert resumed.param_groups[0]["momentum"] == begun.param_groups[0]["momentum"]

        run()


def through_a_file(state):
    file = io.BytesIO()
    torch.save(state, file)
    file.seek(0)
    return torch.load(file, weights_only=True)
