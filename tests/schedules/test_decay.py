"""Each schedule against torch's own scheduler: the rates that the optimizer uses, step by step."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from support.examples import examples
from support.torch_runs import used

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

LR = st.floats(1e-5, 10)
DECAY = st.floats(1e-6, 1) | st.just(0.0)
FACTOR = st.floats(0.01, 1)
COUNT = st.integers(1, 400)
SCHEDULES = {
    "Constant": st.builds(Constant, LR),
    "StepDecay": st.builds(StepDecay, LR, decay=FACTOR, every=COUNT),
    "TimeDecay": st.builds(TimeDecay, LR, decay=DECAY),
    "InverseTimeDecay": st.builds(InverseTimeDecay, LR, decay=DECAY),
    "ExponentialDecay": st.builds(ExponentialDecay, LR, decay=DECAY),
    "Step": st.builds(Step, LR, step_size=COUNT, gamma=FACTOR | st.floats(1, 1.01)),
    "MultiStep": st.builds(
        MultiStep, LR, milestones=st.lists(st.integers(0, 2000), min_size=1, max_size=6), gamma=FACTOR
    ),
    "Exponential": st.builds(Exponential, LR, gamma=st.floats(0.9, 1.01)),
}
TWINS = {
    "Constant": "ConstantLR",
    "StepDecay": "LambdaLR",
    "TimeDecay": "MultiplicativeLR",
    "InverseTimeDecay": "LambdaLR",
    "ExponentialDecay": "ExponentialLR",
    "Step": "StepLR",
    "MultiStep": "MultiStepLR",
    "Exponential": "ExponentialLR",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", SCHEDULES)
def test_twin_follows_the_formula(name):
    @settings(max_examples=examples(20), derandomize=True, deadline=None, database=None)
    @given(schedule=SCHEDULES[name], steps=st.integers(1, 400) | st.just(2_000))
    def run(schedule, steps):
        # No gradient, so a step of SGD is nearly free; the optimizer's own lr must not matter.
        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.123)
        twin = schedule.torch(optimizer)
        assert type(twin).__name__ == TWINS[name]
        expected = used(optimizer, twin, steps)[:, 0]
        np.testing.assert_allclose(schedule.curve(steps), expected, rtol=1e-10, atol=1e-14 * schedule.lr)

    run()


def test_the_step_formula_is_not_step_lr():
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=3, gamma=0.5)
    torchs = used(optimizer, scheduler, 12)[:, 0].tolist()
    lectures = StepDecay(1, decay=0.5, every=3).curve(13)
    assert torchs == lectures[:12].tolist()[:2] + lectures[1:11].tolist()  # the same, one step later
    assert torchs != lectures[:12].tolist()


def test_multiplicative_lr_never_asks_for_step_0():
    asked = []
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    scheduler = torch.optim.lr_scheduler.MultiplicativeLR(optimizer, lambda n: asked.append(n) or 1.0)
    used(optimizer, scheduler, 3, and_on=True)
    assert asked == [1, 2, 3]


def test_a_schedule_without_twin_says_so():
    class Odd(Schedule):
        pass

    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    with pytest.raises(TypeError, match=r"^torch.optim.lr_scheduler has no scheduler for "):
        Odd().torch(optimizer)
