"""Wrong arguments fail at construction, in one wording: argument, rule, value."""

import decimal
import fractions
import math
import re

import numpy as np
import pytest

from lrlab.schedules import (
    Constant,
    Exponential,
    ExponentialDecay,
    InverseTimeDecay,
    MultiStep,
    Step,
    StepDecay,
    TimeDecay,
)

POSITIVE = "a finite number > 0"
NON_NEGATIVE = "a finite number >= 0"
FRACTION = "a number > 0 and <= 1"
COUNT = "a whole number >= 1"
MILESTONES = "a list of whole numbers >= 0, at least one"

NOT_NUMBERS = [None, "0.1", True, False, 1j, [0.1], np.array([0.1]), math.nan, math.inf]
ARGUMENTS = [
    (Constant, {"lr": 1}, "lr", POSITIVE, [0, -1, -0.0, 10**400]),
    (StepDecay, {"lr": 1, "decay": 0.5, "every": 2}, "lr", POSITIVE, [0, -1]),
    (StepDecay, {"lr": 1, "decay": 0.5, "every": 2}, "decay", FRACTION, [0, -0.5, 1.5]),
    (StepDecay, {"lr": 1, "decay": 0.5, "every": 2}, "every", COUNT, [0, -3, 2.0, 2.5]),
    (TimeDecay, {"lr": 1, "decay": 0.5}, "lr", POSITIVE, [0, -1]),
    (TimeDecay, {"lr": 1, "decay": 0.5}, "decay", NON_NEGATIVE, [-1, -1e-300]),
    (InverseTimeDecay, {"lr": 1, "decay": 0.5}, "lr", POSITIVE, [0, -1]),
    (InverseTimeDecay, {"lr": 1, "decay": 0.5}, "decay", NON_NEGATIVE, [-1]),
    (ExponentialDecay, {"lr": 1, "decay": 0.5}, "lr", POSITIVE, [0, -1]),
    (ExponentialDecay, {"lr": 1, "decay": 0.5}, "decay", NON_NEGATIVE, [-1]),
    (Step, {"lr": 1, "step_size": 2}, "lr", POSITIVE, [0, -1]),
    (Step, {"lr": 1, "step_size": 2}, "step_size", COUNT, [0, -3, 2.5]),
    (Step, {"lr": 1, "step_size": 2, "gamma": 1}, "gamma", POSITIVE, [0, -1]),
    (MultiStep, {"lr": 1, "milestones": [2]}, "lr", POSITIVE, [0, -1]),
    (MultiStep, {"lr": 1, "milestones": [2]}, "milestones", MILESTONES, [[], [-1], [1.5], "12", 3, [True], [[1]]]),
    (MultiStep, {"lr": 1, "milestones": [2], "gamma": 1}, "gamma", POSITIVE, [0, -1]),
    (Exponential, {"lr": 1, "gamma": 1}, "lr", POSITIVE, [0, -1]),
    (Exponential, {"lr": 1, "gamma": 1}, "gamma", POSITIVE, [0, -1]),
]
CASES = [
    pytest.param(
        cls, good | {name: value}, f"{name} must be {rule}, got {value!r}", id=f"{cls.__name__}-{name}-{value}"
    )
    for cls, good, name, rule, wrong in ARGUMENTS
    for value in (wrong if name == "milestones" else wrong + NOT_NUMBERS)
]


@pytest.mark.parametrize(("cls", "arguments", "sentence"), CASES)
def test_wrong_argument(cls, arguments, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$") as caught:
        cls(**arguments)
    assert caught.value.__suppress_context__  # one sentence, not the story of how it was found


@pytest.mark.parametrize(("cls", "good"), {cls: good for cls, good, *_ in ARGUMENTS}.items())
def test_all_but_lr_by_keyword(cls, good):
    made = cls(good["lr"], **{name: value for name, value in good.items() if name != "lr"})
    assert made == cls(**good)
    if len(good) > 1:
        with pytest.raises(TypeError):
            cls(*good.values())


def test_numpy_numbers_become_builtins():
    s = StepDecay(np.float64(0.1), decay=np.float32(0.5), every=np.int64(3))
    assert [type(v) for v in (s.lr, s.decay, s.every)] == [float, float, int]
    m = MultiStep(np.float64(0.1), milestones=np.array([80, 30]), gamma=np.float64(0.1))
    assert m == MultiStep(0.1, milestones=(30, 80))
    assert {type(v) for v in m.milestones} == {int}
    assert type(m.milestones) is tuple


def test_whole_and_exact_numbers_are_numbers():
    assert Constant(1) == Constant(1.0) == Constant(fractions.Fraction(1, 1))
    assert repr(Constant(1)) == "Constant(lr=1.0)"
    with pytest.raises(ValueError, match=r"^lr must be a finite number > 0, got Decimal\('0.1'\)$"):
        Constant(decimal.Decimal("0.1"))


def test_milestones_in_any_order_and_from_any_iterable():
    assert MultiStep(1, milestones=iter([80, 30, 30])).milestones == (30, 30, 80)
    assert MultiStep(1, milestones=[0], gamma=0.5)(0) == 0.5
    assert MultiStep(1, milestones=[3, 3], gamma=0.5)(3) == 0.25


def test_a_count_beyond_float64_is_refused_at_construction():
    with pytest.raises(ValueError, match=r"^every must be a whole number >= 1, got 10+$"):
        StepDecay(0.1, decay=0.5, every=10**400)
