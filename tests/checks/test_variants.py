"""A slip without a name is recognized by its values: an argument that is another one, or a slip in the solution."""

import json
import math

import numpy as np
import pytest
from support.corpus import UNIT_OF, UNITS

from lrlab import variants
from lrlab.checks import CheckFailed, check
from lrlab.checks.compare import same
from lrlab.checks.mark import has_mark, mark
from lrlab.checks.registry import exercises, find
from lrlab.publishing import checks_data, mutants, slips
from lrlab.publishing import variants as made


def message(name, function, **options):
    with pytest.raises(CheckFailed) as failed:
        check(name, function, **options)
    return " ".join(str(failed.value).split())


def cosine_restarts(n, lr, T_0, T_mult, eta_min):
    def rate(k):
        length = T_0
        while k >= length:
            k, length = k - length, length * T_mult
        return eta_min + (lr - eta_min) * (1 + math.cos(math.pi * k / length)) / 2

    return np.array([rate(k) for k in n]) if isinstance(n, np.ndarray) else rate(n)


@pytest.mark.parametrize(
    ("name", "answer", "words"),
    [
        (
            "exponential_decay",
            lambda n, lr0, d: lr0 * np.exp(-(d**2) * n),
            "Your values are those of the right rule with d replaced by d².",
        ),
        (
            "cosine_restarts",
            lambda n, lr, T_0, T_mult, eta_min: cosine_restarts(n, lr, T_0, T_mult, eta_min / 2),
            "Your values are those of the right rule with eta_min replaced by eta_min / 2.",
        ),
        (
            "plateau_rates",
            lambda losses, lr, factor, patience: plateau(losses, lr, factor**2, patience),
            'Your values of "rates" are those of the right rule with factor replaced by factor².',
        ),
    ],
)
def test_another_argument_is_said(name, answer, words):
    assert words in message(name, answer)


def plateau(losses, lr, factor, patience):
    rates, best, bad = [], math.inf, 0
    for loss in losses:
        rates.append(lr)
        bad = 0 if loss < best else bad + 1
        best = min(best, loss)
        if bad > patience:
            lr, bad = lr * factor, 0
    return rates


def test_where_one_call_differs_the_sentence_says_so():
    def answer(n, lr0, d):
        return lr0 * np.exp(-(d**2) * n) + 1e-3 * (np.size(n) == 4)

    assert "those of the right rule with d replaced by d², in 3 of your 4 wrong cases." in message(
        "exponential_decay", answer
    )


def test_it_is_not_said_on_one_wrong_value():
    assert "those of the right rule" not in message("half_life", lambda d: np.log(2) / (d if d < 1 else 2 * d))


def test_hidden_cases_know_other_arguments_too():
    unit, exercise = UNIT_OF["time_decay"], find("time_decay")
    cases = exercise.read_cases(unit.hidden_cases(4)["time_decay"][""])
    for case in unit.with_variants("time_decay", cases):
        n, lr0, d = case.args
        wrong = unit.right("time_decay", (n, lr0, 2 * d))
        flat = wrong if isinstance(wrong, list) else [wrong]
        of = case.variants["value"]["d replaced by 2 · d"]
        assert of == 0 or has_mark(flat, of)


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ([0.1, 0.2], [0.1, 0.2 * (1 + 1e-7)], True),
        ([0.1, 0.2], [0.1, 0.2 * (1 + 1e-3)], False),
        ([1.0, 1e-7], [1.0, 2e-7], False),
        ([0.1, 0.2], [0.2, 0.1], False),
        ([0.1, 0.2], [0.1, -0.2], False),
        ([0.1], [0.1, 0.0], False),
        ([[0.1], [0.2]], [0.1, 0.2], False),
        ([1e-17, 1.0], [0.0, 1.0], True),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, True),
        ({"a": 1, "b": 2}, {"a": 2, "b": 1}, False),
        ("stuck high", "done", False),
        (None, True, False),
        ([None, True], [None, True], True),
        (["nan"], ["inf"], False),
    ],
)
def test_a_mark_tells_values_apart(one, other, alike):
    assert has_mark(one, mark(other)) == alike


def test_changes_of_arguments():
    changes = dict(variants.changes(("n", "lr"), [(2, 0.5), ([1, 2], 0.25)], arrays=True))
    call = {"n": [1, 4], "lr": 0.25}
    assert changes["lr replaced by 1 - lr"](call) == {"lr": 0.75}
    assert changes["n replaced by n²"](call) == {"n": [1, 16]}
    combined = dict(variants.combinations(("n", "lr"), [(2, 0.5), ([1, 2], 0.25)], arrays=True))
    assert combined["n replaced by n · lr"](call) == {"n": [0.25, 1]}
    assert "n replaced by √n" not in changes
    assert not any("reverse" in words for words in changes)
    changes = dict(variants.changes(("losses", "settings"), [([1, 2], {"gamma": 0.5, "T": 3})], arrays=False))
    call = {"losses": [1, 4], "gamma": 0.5, "T": 3}
    assert changes["losses in reverse order"](call) == {"losses": [4, 1]}
    assert changes["gamma and T swapped"](call) == {"gamma": 3, "T": 0.5}


def test_slips_are_made():
    source = """
def f(n):
    rate, rates = 1.0, []
    for k in range(n):
        rates.append(rate)
        rate = abs(rate / 2)
    return rates
"""
    results = {}
    for words, text in slips.slips(source):
        names = {}
        exec(text, names)
        try:
            results[words] = names["f"](3)
        except Exception:
            results[words] = None
    assert results["a loop of one round more"] == [1, 0.5, 0.25, 0.125]
    assert results["a loop of one round fewer"] == [1, 0.5]
    assert results["a loop that begins at 1"] == [1, 0.5]
    assert results["the line on `rate` before the one on `rates.append`"] == [0.5, 0.25, 0.125]
    assert results["the `return` inside the loop"] == [1]
    assert results["`abs(…)` left out"] == [1, 0.5, 0.25]


def test_words_name_arguments_and_no_part_of_a_solution():
    source = """
def f(lrs, steps):
    inner = [steps, 1]
    if steps > 3:
        inner[0] = lrs[-1] * (steps + 1)
    return lrs[0] + inner[0] * (steps * lrs[1] / inner[1])
"""
    made_words = {words for words, _ in slips.slips(source)} | {m.words for m in mutants.mutants_of("u", "f", source)}
    assert "the first entry of `lrs` in place of the last" in made_words
    assert "the condition on `steps` turned into its opposite" in made_words
    assert "the factor with `steps` and `lrs` left out" not in made_words, "inner is in it, too"
    assert not [words for words in made_words if "entry" in words and "`lrs`" not in words]
    assert not [words for words in made_words if "statement" in words or "a pair" in words]
    assert "" in made_words


@pytest.mark.parametrize("name", list(exercises()))
def test_no_variant_is_right_in_every_case(name):
    cases = find(name).cases
    for fact in {fact for case in cases for fact in case.variants}:
        for words in {words for case in cases for words in case.variants.get(fact, {})}:
            assert any(case.variants[fact].get(words) for case in cases), words


@pytest.mark.parametrize("unit", UNITS)
def test_the_variants_were_computed_from_what_is_there(unit):
    data = json.loads((checks_data.PACKAGE / f"{unit}.json").read_text(encoding="utf-8"))
    assert {exercise["variants of"] for exercise in data.values()} == {made.digest(UNITS[unit])}


@pytest.mark.slow(reason="every variant of a unit is computed")
@pytest.mark.nightly(reason="the data says what it was computed from, which is compared in every run")
@pytest.mark.parametrize("name", list(exercises()))
def test_computed_again_the_variants_are_the_same(name):
    """But for a few that end near the limit of time."""
    unit = UNIT_OF[name]
    there = json.loads((checks_data.PACKAGE / f"{unit.name}.json").read_text(encoding="utf-8"))[name]["variants"]
    again = made.of(unit, name, unit.public_cases(name))
    assert again.keys() == there.keys()
    for fact, rows in there.items():
        alike = [words for words in rows if same(rows[words], again[fact].get(words))]
        assert len(alike) >= 0.9 * len(rows)
