"""What is said of a wrong answer that makes no listed mistake: it holds in every wrong call, or isn't said."""

import pytest

from lrlab.checks.exercise import Adapter, Case, Exercise
from lrlab.checks.feedback import feedback_for


def said(right, answer, calls, *, fact=""):
    """What an exercise whose right values ``right`` gives says of an answer."""

    def facts_of(function, n, lr):
        return {fact: function(n, lr)}

    adapter = Adapter("made", ("n", "lr"), facts_of if fact else None)
    cases = tuple(Case(call, {fact: right(*call)} if fact else right(*call)) for call in calls)
    _, failed = feedback_for(Exercise(adapter, cases), cases, adapter.outcomes(answer, cases))
    return " ".join(str(failed).split())


CALLS = [(1, 0.5), (2, 0.25), (3, 0.75)]


def right(n, lr):
    return n * n + lr / 3


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda n, lr: 100 * right(n, lr), "your value is 100 times the right one"),
        (lambda n, lr: -right(n, lr), "your value is -1 times the right one"),
        (lambda n, lr: right(n, lr) - 2, "your value is the right one -2."),
        (lambda n, lr: 1 / right(n, lr), "1 divided by the right one"),
        (lambda n, lr: right(n, lr) ** 0.5, "the root of the right one"),
        (lambda n, lr: float(int(right(n, lr))), "rounded down"),
        (lambda n, lr: right(n, lr) * lr, "the right one times lr"),
        (lambda n, lr: right(n, lr) + n, "the right one plus n"),
        (lambda n, lr: lr, "your value is lr itself"),
        (lambda n, lr: max(right(n, lr), 4.0 * n), "every wrong value is too high"),
        (lambda n, lr: 7.0, "your values never change"),
    ],
)
def test_a_relation_that_holds_in_every_wrong_call_is_said(answer, words):
    assert words in said(right, answer, CALLS)


@pytest.mark.parametrize("exception", range(len(CALLS)))
def test_one_that_fails_in_one_wrong_call_is_not(exception):
    def answer(n, lr):
        return right(n, lr) * (100 if (n, lr) != CALLS[exception] else 90)

    text = said(right, answer, CALLS)
    assert "times" not in text
    assert "too high" in text


def test_one_wrong_value_shows_no_relation():
    assert "times" not in said(right, lambda n, lr: right(n, lr) * (10 if n == 2 else 1), CALLS)


def series(n, lr):
    return [lr * (k + 1) ** 2 for k in range(n + 3)]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda n, lr: series(n, lr)[:-1], "without its last entry"),
        (lambda n, lr: series(n, lr)[1:], "without its first entry"),
        (lambda n, lr: series(n, lr)[:2], "ends too early"),
        (lambda n, lr: series(n, lr)[-1], "the last entry alone"),
        (lambda n, lr: series(n, lr)[::-1], "backwards"),
        (lambda n, lr: [0.0, *series(n, lr)][:-1], "one place too late"),
        (lambda n, lr: [*series(n, lr), 9.0][1:], "one place too early"),
        (lambda n, lr: [*series(n, lr), 9.0], "goes on after"),
        (lambda n, lr: [lr] * (n + 3), "your values never change"),
        (lambda n, lr: [v if k < 2 else v + k * (-1) ** n for k, v in enumerate(series(n, lr))], "before position 2"),
    ],
)
def test_what_a_list_is_beside_the_right_one(answer, words):
    assert f'In every call with wrong "rates", {"your" if "your" in words else ""}' in said(
        series, answer, CALLS, fact="rates"
    )
    assert words in said(series, answer, CALLS, fact="rates")


def test_lists_of_other_lengths_are_not_compared_across_calls():
    def answer(n, lr):  # one entry too many in a call, and one too few in the next: as many in all
        return [*series(n, lr), 1.0][: n + 3 + (-1) ** n] if n < 3 else series(n, lr)

    assert "In every call" not in said(series, answer, CALLS, fact="rates")


@pytest.mark.parametrize("thing", [{"a": 1}, "text", [], None, 10**400, [[1], [2, 3]], [10**400] * 4, True, ["x"] * 4])
def test_what_cannot_be_compared_shows_no_relation(thing):
    text = said(series, lambda n, lr: thing, CALLS, fact="rates")
    assert "0 of 3 cases right" in text
    assert "right one" not in text.replace("begins like the right one", "")


def test_what_the_wrong_calls_alone_have_is_said():
    calls = [(0, 0.5), (0, 0.25), (2, 0.5), (-1, 0.5)]
    assert "Wrong is every call where n is 0, and no other." in said(
        right, lambda n, lr: right(n, lr) if n else right(n, lr) + lr**3, calls
    )
    assert "and no other" not in said(right, lambda n, lr: right(n, lr) + (lr == 0.5), calls)


def test_the_usual_cause_of_an_error_is_named():
    def answer(n, lr):
        rates = [lr]
        return rates[n]

    text = said(right, answer, CALLS)
    assert "IndexError" in text
    assert "positions 0 to n - 1" in text
    assert "return rates[n]" in text
