"""Schedules that hold a function: lambda and multiplicative."""

import math
import pickle
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.examples import examples
from support.torch_runs import assert_equals_torch, optimizer_of, used

from lrlab.schedules import Cyclic, Join, Lambda, Multiplicative, TimeDecay

BOTH = pytest.mark.parametrize("cls", [Lambda, Multiplicative])


def bump(n):
    return 1 + math.sin(n / 7) / 2


def half(n):
    return 0.5**n


def calm(n):
    return 1 - 0.1 / n


@pytest.mark.slow
@settings(max_examples=examples(25), derandomize=True, deadline=None, database=None)
@given(
    schedule=st.builds(Lambda, st.floats(1e-5, 10), lr_lambda=st.sampled_from([bump, half]))
    | st.builds(Multiplicative, st.floats(1e-5, 10), lr_lambda=st.sampled_from([calm, half])),
    steps=st.integers(1, 300) | st.just(2_000),
)
def test_equals_torch(schedule, steps):
    assert_equals_torch(schedule, f"{type(schedule).__name__}LR", steps, highest=2 * schedule.lr)


def test_lambda_asks_with_whole_numbers_as_int():
    asked = []
    schedule = Lambda(2, lr_lambda=lambda n: asked.append(n) or 0.5)
    assert schedule([[0, 1.0], [2.5, 3]]).tolist() == [[1, 1], [1, 1]]
    assert asked == [0, 1, 2.5, 3]
    assert [type(n) for n in asked] == [int, int, float, int]


# ---- multiplicative


def test_multiplicative_accumulates_and_never_asks_for_step_0():
    asked = []
    schedule = Multiplicative(8, lr_lambda=lambda n: asked.append(n) or 0.5)
    assert schedule(0) == 8
    assert asked == []
    assert schedule.curve(4).tolist() == [8, 4, 2, 1]
    assert asked == [1, 2, 3]
    assert [type(n) for n in asked] == [int] * 3


def test_multiplicative_is_the_lectures_recurrence():
    same = Multiplicative(0.1, lr_lambda=lambda n: 1 / (1 + 0.01 * (n - 1)))
    np.testing.assert_allclose(same.curve(500), TimeDecay(0.1, decay=0.01).curve(500), rtol=1e-13)


def test_multiplicative_in_any_order():
    schedule, expected = Multiplicative(0.1, lr_lambda=calm), Multiplicative(0.1, lr_lambda=calm).curve(100)
    for steps in ([7, 3, 99, 0], 50, 20, [[21.5, 22], [5, 60]], [], 99):
        np.testing.assert_array_equal(schedule(steps), expected[np.floor(steps).astype(int)])


def test_multiplicative_followed_in_order_asks_once_for_each_step():
    asked = []
    schedule = Multiplicative(1, lr_lambda=lambda n: asked.append(n) or 0.9)
    optimizer = optimizer_of()
    used(optimizer, schedule.attach(optimizer), 50)
    assert asked == list(range(1, 50))


# ---- what both, and others that hold functions, owe


@BOTH
def test_equal_and_pickled_by_its_function(cls):
    schedule = cls(1, lr_lambda=half)
    schedule(3)
    assert schedule == cls(1, lr_lambda=half) != cls(1, lr_lambda=bump)
    assert pickle.loads(pickle.dumps(schedule)) == schedule
    with pytest.raises((pickle.PicklingError, AttributeError)):
        pickle.dumps(cls(1, lr_lambda=lambda n: 1.0))


@BOTH
@pytest.mark.parametrize("answer", [-1, math.nan, math.inf, None, "1"])
def test_a_wrong_answer(cls, answer):
    sentence = re.escape(f"lr_lambda(3) must be a finite number >= 0, got {answer!r}")
    with pytest.raises(ValueError, match=f"^{sentence}$"):
        cls(1, lr_lambda=lambda n: answer if n == 3 else 1.0).curve(5)


@BOTH
@pytest.mark.parametrize("value", [0.5, None, "f"])
def test_not_a_function(cls, value):
    with pytest.raises(ValueError, match=rf"^lr_lambda must be a function of the step, got {value!r}$"):
        cls(1, lr_lambda=value)


@pytest.mark.parametrize("name", ["Lambda", "Multiplicative", "Cyclic", "Join"])
def test_attached_a_function_is_not_asked_before_its_turn(name):
    asked = []

    def answer(n):
        asked.append(n)
        return 1.0

    made = {
        "Lambda": lambda: Lambda(1, lr_lambda=answer),
        "Multiplicative": lambda: Multiplicative(1, lr_lambda=answer),
        "Cyclic": lambda: Cyclic(1, 2, scale_fn=answer, scale_mode="iterations"),
        "Join": lambda: Join([Lambda(1, lr_lambda=answer), Lambda(1, lr_lambda=answer)], milestones=[30]),
    }
    optimizer = optimizer_of()
    used(optimizer, made[name]().attach(optimizer), 20)
    assert max(asked) == 19
