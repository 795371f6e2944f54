"""What a check shows: the call that was made, your value beside the correct one, and sentences that are true."""

import itertools
import math
import subprocess
import sys

import numpy as np
import pytest
import torch

from lrlab.checks import CheckFailed, check
from lrlab.checks.compare import compare, same
from lrlab.checks.exercise import Adapter, Case, Exercise, Mistake
from lrlab.checks.feedback import feedback_for
from lrlab.checks.registry import exercises, find
from lrlab.checks.render import call_text, table
from lrlab.checks.serialize import to_jsonable

EVERY = list(exercises())


def message(name, function, **options):
    with pytest.raises(CheckFailed) as failed:
        check(name, function, **options)
    return " ".join(str(failed.value).split())


@pytest.mark.parametrize("name", EVERY)
def test_the_whole_call_is_in_the_table(name):
    exercise = find(name)
    outcomes = [{"kind": "none"}] * len(exercise.cases)
    shown = table(exercise, compare(outcomes, exercise.cases))
    unfolded = " ".join(shown.split())
    for case in exercise.cases:
        assert " ".join(call_text(exercise, case).split()) in unfolded
    assert "…" not in unfolded.replace("(…,", "")  # a thing that is no plain data may stand as (…, before the others


@pytest.mark.parametrize("name", [name for name in EVERY if not find(name).cases[0].call])
def test_a_call_can_be_copied_and_run(name):
    exercise = find(name)
    for case in exercise.cases:
        for lists in (False, True):
            made = eval(call_text(exercise, case, lists=lists), {"np": np, name: lambda *args: args})
            assert same(to_jsonable(made), to_jsonable(case.args))
            forms = {type(given) for given, arg in zip(made, case.args, strict=True) if isinstance(arg, list)}
            assert forms <= {list if lists else np.ndarray}


def test_steps_in_a_row_are_short():
    exercise = find("step_decay")
    assert call_text(exercise, Case((list(range(100)), 0.1, 0.5, 3), 0.0)).startswith("step_decay(np.arange(0, 100), ")
    assert "np.array([3, 1, 2, 0, 4, 5, 6, 7, 8, 9])" in call_text(
        exercise, Case(([3, 1, 2, 0, 4, 5, 6, 7, 8, 9], 0.1, 0.5, 3), 0.0)
    )


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("best_lr", lambda lrs, losses: 0.02),
        ("diagnose", lambda losses, reachable: "nothing"),
        ("lr_of", lambda o, p: 7),
    ],
)
def test_where_there_is_one_value_no_place_is_named(name, answer):
    assert "first difference" not in message(name, answer)


def test_where_there_are_more_the_first_wrong_place_is_named():
    said = message(
        "gradient_descent", lambda grad, x0, lr, steps: [grad(x0) for _ in range(steps)] and [x0] * (steps + 1)
    )
    assert "The first difference is at step 1." in said


def made(answer, expected, *, mistakes=(), mistaken=(), group="", **more):
    adapter = Adapter("made", ("n",), lambda function, n: {"a": function(n), "b": 0})
    cases = tuple(
        Case((n,), {"a": right, "b": 0}, group, dict(given))
        for n, (right, given) in enumerate(itertools.zip_longest(expected, mistaken, fillvalue={}))
    )
    exercise = Exercise(adapter, cases, tuple(mistakes), hint="The general hint.", **more)
    shown, failed = feedback_for(exercise, cases, adapter.outcomes(answer, cases))
    return shown, " ".join(str(failed).split())


def test_two_mistakes_that_give_the_same_values_are_both_named():
    """Which of them it was can't be known: the one hint might be untrue."""
    mistakes = [Mistake("one", "You add."), Mistake("two", "You multiply."), Mistake("three", "You divide.")]
    both = [{"one": {"a": 4.0, "b": 0}, "two": {"a": 4.0, "b": 0}, "three": {"a": 1.0, "b": 0}}]
    _, said = made(lambda n: 4.0, [2.0], mistakes=mistakes, mistaken=both)
    assert "Two mistakes give these values. Either: You add. Or: You multiply." in said
    three = [{name: {"a": 4.0, "b": 0} for name in ("one", "two", "three")}]
    _, said = made(lambda n: 4.0, [2.0], mistakes=mistakes, mistaken=three)
    assert "You" not in said
    assert "The general hint." in said


def spoken(values, mistaken, names=("one", "two"), **more):
    """What is said where a mistake gives `mistaken` and the right value is 2, in as many cases."""
    mistakes = [Mistake("one", "You add."), Mistake("two", "You multiply.")]
    given = [{name: {"a": value, "b": 0} for name in names[:1]} for value in mistaken]
    return made(lambda n: values[n], [2.0] * len(values), mistakes=mistakes, mistaken=given, **more)[1]


def test_a_mistake_that_is_right_in_a_case_explains_no_rounding_there():
    """Single precision counts as equal to a mistake's value, so a value off by 2e-6 equals a right one, too."""
    assert "You add." not in spoken([2.000004, 9.0], [2.0, 9.0])
    assert "You add." in spoken([2.000004, 9.0, 8.0], [2.0, 9.0, 8.0])


def test_a_number_that_is_too_large_is_no_position():
    def answer(n):
        return 10.0 ** (400 + n)

    said = made(answer, [2.0])[1]
    assert "OverflowError" in said
    assert "grew beyond what a float can hold" in said
    assert "positions" not in said


def test_a_mistake_is_named_where_an_edge_case_is_another_one():
    assert "You add. (This explains 2 of your 3 wrong cases.)" in spoken([4.0, 5.0, 9.0], [4.0, 5.0, 6.0])
    assert "You add. Hint" not in spoken([4.0, 5.0, 9.0], [4.0, 5.0, 6.0])


def test_of_few_possible_values_some_are_no_evidence():
    """Another mistake gives two of three classes, or rates of a list, by chance."""
    assert "You add." not in spoken([4.0, 5.0, 9.0], [4.0, 5.0, 6.0], categories=("a",))
    assert "You add." in spoken([4.0, 5.0, 4.0, 5.0, 4.0, 9.0], [4.0, 5.0, 4.0, 5.0, 4.0, 6.0], categories=("a",))


def test_a_mistake_does_not_explain_a_case_with_right_values():
    """Such as the first steps of an answer that is wrong only because it changes what it was given."""

    def changes(function, n):
        return {"a": function(n), "b": 0, "changed": ["the state"]}

    given = [2.0, 3.0, 4.0, 5.0]
    cases = tuple(Case((n,), {"a": a, "b": 0}, "", {"one": {"a": a, "b": 0}}) for n, a in enumerate(given[:-1]))
    cases += (Case((3,), {"a": 5.0, "b": 0}, "", {"one": {"a": 6.0, "b": 0}}),)
    adapter = Adapter("made", ("n",), changes)
    exercise = Exercise(adapter, cases, (Mistake("one", "You add."),))
    said = str(feedback_for(exercise, cases, adapter.outcomes(given.__getitem__, cases))[1])
    assert "changes the state" in said
    assert "You add" not in said


@pytest.mark.parametrize(
    ("values", "mistaken"),
    [
        ([4.0, 9.0], [4.0, 5.0]),  # one case may be chance
        ([4.0, 5.0, 8.0, 9.0], [4.0, 5.0, 6.0, 6.0]),  # half of them
        ([4.0, 5.0, 9.0, 2.0], [4.0, 5.0, 6.0, 7.0]),  # it would be wrong where the answer is right
    ],
)
def test_a_mistake_is_not_named_on_little_evidence(values, mistaken):
    said = spoken(values, mistaken)
    assert "You" not in said
    assert "The general hint." in said


def floor_batches(optimizer, images, batch_size, epochs):
    updates = epochs * (images // batch_size)
    scheduler, rates = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, updates), []
    for _ in range(updates):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return rates


def test_what_is_returned_is_not_blamed_where_it_is_what_the_updates_used():
    said = message("cosine_run", floor_batches)
    assert "optimizer.step() used other rates" in said
    assert "What you return is not what the updates used" not in said


@pytest.mark.parametrize(
    ("returned", "kind"), [({0: 0.1}, "dict"), ({"type": 3}, "dict"), ({"lr": 1, "n": 2}, "dict"), (object(), "object")]
)
def test_what_is_no_number_is_called_by_its_type(returned, kind):
    assert f"lr_of returned an object of type {kind};" in message("lr_of", lambda optimizer, parameter: returned)


@pytest.mark.parametrize(
    ("name", "returned", "said"),
    [
        ("stability_limit", [0.5], "a list or an array; it should return one number"),
        ("best_lr", "0.1", "a text; it should return one learning rate"),
        ("steps_to_reach", [3], "a list or an array; it should return one number"),
        ("diagnose", 3, "one number; it should return one of the texts"),
        ("gradient_descent", 0.3, "one number; it should return a list or an array of positions"),
    ],
)
def test_a_list_for_a_number_is_called_a_list(name, returned, said):
    assert f"{name} returned {said}" in " ".join(message(name, lambda *_, **__: returned).split())
    assert "returned a list or" not in message("best_lr", lambda lrs, losses: lrs[-1])


def test_a_tuple_is_called_a_tuple():
    said = message(
        "step_decay", lambda n, lr0, d, r: tuple(lr0 * d ** ((1 + k) // r) for k in n) if np.ndim(n) else 1.0
    )
    assert "returned a tuple; for an array it should return an array: np.array(your_tuple)" in said


def multi_step(optimizer):
    return torch.optim.lr_scheduler.MultiStepLR(
        optimizer,
        30,
        80,
    )


def test_an_error_in_pythons_library_comes_with_the_students_whole_statement():
    said = message("scheduler_of_log", multi_step)
    assert "return torch.optim.lr_scheduler.MultiStepLR( optimizer, 30, 80, )" in said
    assert "_count_elements" not in said


LATE = """
import torch
from lrlab.checks import check

def by_torch(n, lr0, d):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=lr0)
    return torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.5).get_last_lr()[0]

check("exponential_decay", by_torch)
"""


@pytest.mark.slow(reason="a process that loads torch")
def test_loading_the_rest_of_torch_takes_no_time_of_the_answers():
    """The first optimizer of a process loads for seconds, longer still while calls are watched."""
    done = subprocess.run([sys.executable, "-c", LATE], capture_output=True, text=True, check=False)
    assert "calls torch.optim.lr_scheduler.ExponentialLR" in " ".join(done.stderr.split())


def test_an_error_on_arrays_is_explained_in_a_cell_without_single_numbers():
    def for_one(n, lr0, d):
        return lr0 * math.exp(-d * n)

    arrays = [(case.args, case.expected) for case in find("exponential_decay").cases if isinstance(case.args[0], list)]
    said = message("exponential_decay", for_one, cases=arrays)
    assert "exponential_decay fails for an array n." in said
    assert "np.exp" in said


def test_another_error_is_not_explained_by_arrays():
    arrays = [(case.args, case.expected) for case in find("exponential_decay").cases if isinstance(case.args[0], list)]
    assert "ZeroDivisionError" in message("exponential_decay", lambda n, lr0, d: 1 / 0, cases=arrays)


def test_the_digits_of_single_precision_are_no_difference(capsys):
    check("half_life", lambda d: np.float32(math.log(2) / d))
    for row in capsys.readouterr().out.splitlines():
        if row.endswith("✓ right"):
            _, mine, wanted, *_ = row.split()
            assert mine == wanted


@pytest.mark.parametrize("budget", [60, 200])
def test_find_lr_names_the_updates_that_this_call_was_allowed(budget):
    def too_much(probe, budget):
        probe(0.1, budget - 1)
        return probe(0.1, 2)

    said = message("find_lr", too_much, group=f"{budget} updates")
    assert f"find_lr asked for {budget + 1} updates or more, and only {budget} were allowed. Add up" in said


def test_a_function_inside_that_lacks_its_return_is_not_taken_for_the_whole():
    def with_warmup(schedule, steps):
        def warm(n):
            schedule(n) * min(1, (n + 1) / max(1, steps))

        return warm

    said = message("with_warmup", with_warmup)
    assert "What with_warmup makes gives None: does a function inside it lack a `return`?" in said
    assert "with_warmup returns nothing" not in said
