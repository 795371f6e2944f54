"""The exercises of each unit: right answers pass, each known mistake is wrong and called by its name."""

import itertools
from collections import deque

import numpy as np
import pytest
from support.corpus import MISTAKES

from lrlab.checks import CheckFailed, check
from lrlab.checks.compare import compare, same
from lrlab.checks.explain import diagnose
from lrlab.checks.registry import exercises, find


@pytest.mark.slow
@pytest.mark.parametrize("name", dict.fromkeys(name for name, _ in MISTAKES))
def test_known_mistakes_are_wrong_and_named(name):
    exercise = find(name)
    unnamed = []
    for mistake in [mistake for of, mistake in MISTAKES if of == name]:
        with np.errstate(all="ignore"):
            outcomes = exercise.adapter.outcomes(mistake.code, exercise.cases)
        verdicts = compare(outcomes, exercise.cases)
        if all(v.right for v in verdicts) or mistake.hint not in diagnose(exercise, verdicts):
            unnamed.append(mistake.name)
    assert unnamed == []


def test_mistakes_can_be_told_apart():
    """Two mistakes that give the same values on all public cases would be named at random, unless one sentence is said
    of both."""
    for exercise in exercises().values():
        hints = {m.name: m.hint for m in exercise.mistakes}
        given = {m.name: [case.mistaken.get(m.name) for case in exercise.cases] for m in exercise.mistakes}
        given = {name: values for name, values in given.items() if any(value is not None for value in values)}
        for (one, a), (other, b) in itertools.combinations(given.items(), 2):
            assert hints[one] == hints[other] or not same(a, b), (exercise.name, one, other)


@pytest.mark.parametrize(
    ("name", "args", "facts", "seen"),
    [
        ("find_lr", (60, 1.0, 1, [11], 0.7), {"rate": 1e-9, "probes": []}, ["no probe", "too low"]),
        (
            "find_lr",
            (60, 1.0, 1, [11], 0.7),
            {"rate": 1e3, "probes": [[1e3, 1], [1.0, 1]]},
            ["best at an end", "too high"],
        ),
        # Nothing is outside the range that the exercise gives.
        ("find_lr", (60, 1.0, 1, [11], 0.7), {"rate": 1e4, "probes": [[1e4, 1], [1e-3, 1]]}, ["too high"]),
        ("my_schedule", (5, [0], 0.8), {"rates": [1e-4] * 5}, ["too low", "restless to the end"]),
        (
            "my_schedule",
            (5, [0], 0.8),
            {"rates": [-1.0, 1.0, 1e-3, 1e-3, 1e-3]},
            ["uphill", "too high", "over too early"],
        ),
        ("my_schedule", (20, [0], 0.8), {"rates": [0.1 * 0.5**n for n in range(20)]}, ["over too early"]),
        (
            "my_schedule",
            (6, [0], 0.8),
            {"rates": [1e-3, *[2e-3] * 4, 0.01]},
            ["rises to the end", "restless to the end"],
        ),
    ],
)
def test_mistakes_that_the_facts_show_are_seen_and_known(name, args, facts, seen):
    exercise = find(name)
    assert exercise.adapter.finish(args, facts)["seen"] == seen
    assert set(seen) <= {m.name for m in exercise.mistakes}


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
            "returned a list",
        ),
        ("step_decay", zeros_like_n, "integer type"),
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


@pytest.mark.parametrize("name", ["triangular2", "exp_range", "one_cycle"])
def test_a_cell_of_arrays_says_that_the_answer_fails_for_arrays_alone(name):
    """The cell of the arrays is checked by itself, so a case with one number has to be among its own."""
    single = {case.args: case.expected for case in find(name).in_group("arrays") if not isinstance(case.args[0], list)}

    def solution(n, *arguments):
        return 0.0 if n < 0 else single[n, *arguments]

    with pytest.raises(CheckFailed) as failed:
        check(name, solution, group="arrays")
    message = " ".join(str(failed.value).split())
    assert f"{name} works for one number n and fails for an array of them" in message
    assert "np.where" in message


def test_steps_in_single_precision_are_compared_as_such():
    """A tensor's digits are fewer than those of a float: held to all of them, a right step would be wrong."""
    answer = lambda param, grad, state, **_: (param - grad, {})  # noqa: E731
    for name in ("nesterov_step", "adamw_step", "lion_step", "radam_step"):
        (outcome,) = find(name).adapter.call(answer, [([1.0], [[0.5], [0.25]], {})])
        assert outcome["facts"]["params"] == [[0.5], [0.25]]
        assert outcome.get("single") is True


def test_a_container_of_any_kind_in_the_callers_state_is_watched():
    def grows(param, grad, state, **_):
        past = state.get("past", deque())
        past.append(grad)
        return param - grad, {"past": past}

    (outcome,) = find("nesterov_step").adapter.call(grows, [([1.0], [[0.5], [0.25]], {})])
    assert outcome["changed"] == ["the state"]
