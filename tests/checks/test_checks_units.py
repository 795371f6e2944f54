"""The exercises of each unit: right answers pass, each known mistake is wrong and called by its name."""

import itertools

import numpy as np
import pytest

from lrlab.checks import CheckFailed, check
from lrlab.checks.hints import diagnose
from lrlab.checks.judge import compare, same
from lrlab.checks.registry import exercises

MISTAKES = [(e, m) for e in exercises().values() for m in e.misconceptions if m.formula is not None]


def run(exercise, function):
    outcomes = exercise.exercised(function, exercise.cases)
    return outcomes, compare(outcomes, exercise.cases)


@pytest.mark.slow
@pytest.mark.parametrize(("exercise", "mistake"), MISTAKES, ids=[f"{e.name}-{m.name}" for e, m in MISTAKES])
def test_a_known_mistake_is_wrong_and_named(exercise, mistake):
    with np.errstate(all="ignore"):
        outcomes, verdicts = run(exercise, mistake.formula)
    assert not all(v.right for v in verdicts)
    assert mistake.hint in diagnose(exercise, exercise.cases, outcomes)


def shown(exercise, mistake):
    """What a mistake shows on all public cases."""
    with np.errstate(all="ignore"):
        outcomes, _ = run(exercise, mistake.formula)
    return [o.get("facts", {"values": o.get("values", [])}) for o in outcomes]


@pytest.mark.slow
def test_mistakes_can_be_told_apart():
    """Two mistakes that give the same values on all public cases would be named at random."""
    for exercise in exercises().values():
        values = {m.name: shown(exercise, m) for m in exercise.misconceptions if m.formula is not None}
        for (one, a), (other, b) in itertools.combinations(values.items(), 2):
            assert not same(a, b), (exercise.name, one, other)


def recurrence_one(n, lr0, d):
    rate = lr0
    for step in range(n):
        rate /= 1 + d * step
    return rate


def zeros_like_n(n, lr0, d, r):
    if np.ndim(n) == 0:
        return lr0 * d ** ((1 + n) // r)
    rates = np.zeros_like(n)
    for i, step in enumerate(n):
        rates[i] = lr0 * d ** ((1 + step) // r)
    return rates


def grows_its_argument(n, lr0, d, r):
    n += 1
    return lr0 * d ** (n // r)


@pytest.mark.parametrize(
    ("name", "answer", "says"),
    [
        ("step_decay", lambda n, lr0, d, r: None, "returns nothing (None)"),
        ("step_decay", lambda n, lr0, d, r: print(lr0), "prints its result but doesn't return it"),
        ("time_decay", recurrence_one, "works for one number n and fails for an array"),
        (
            "time_decay",
            lambda n, lr0, d: [recurrence_one(k, lr0, d) for k in n] if np.ndim(n) else recurrence_one(n, lr0, d),
            "returns a list",
        ),
        ("step_decay", zeros_like_n, "whole numbers"),
        ("step_decay", grows_its_argument, "changes the array n"),
        ("exponential_decay", lambda n, lr0, d: np.atleast_1d(lr0 * np.exp(-d * n)), "an array of shape (1,)"),
        ("exponential_decay", lambda n, lr0, d: (n := n * 1, n.__imul__(-d)), "in place"),
        ("half_life", lambda d: "0.69", "type str"),
        ("half_life", lambda d: True, "type bool"),
        ("half_life", lambda d: 1 / 0, "ZeroDivisionError: division by zero"),
        ("half_life", lambda: 1, "takes 0 positional arguments but 1 was given"),
        ("half_life", lambda d: exit(), "SystemExit"),
        ("half_life", 0.69, "is not a function"),
        ("half_life", lambda d: 7 * d, "take the natural logarithm of both sides"),
    ],
)
def test_other_mistakes_are_explained(name, answer, says):
    with pytest.raises(CheckFailed) as failed:
        check(name, answer)
    assert says in " ".join(str(failed.value).split())


def test_a_mistake_is_named_beside_an_error_on_arrays():
    import math

    with pytest.raises(CheckFailed) as failed:
        check("step_decay", lambda n, lr0, d, r: lr0 * d ** math.floor(n / r))
    assert "fails for an array" in str(failed.value)
    assert "StepLR" in str(failed.value)
