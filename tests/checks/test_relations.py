"""What is said of a wrong answer that makes no listed mistake: it holds in every wrong call, or isn't said."""

import math

import pytest

from lrlab.checks.exercise import Adapter, Case, Exercise
from lrlab.checks.feedback import feedback_for

WRONG_VALUES = "In every call with wrong values, "


def said(right, answer, calls, *, fact="", **guidance):
    """What an exercise whose right values ``right`` gives says of an answer."""

    def facts_of(function, n, lr):
        return {fact: function(n, lr)}

    adapter = Adapter("made", ("n", "lr"), facts_of if fact else None)
    cases = tuple(Case(call, {fact: right(*call)} if fact else right(*call)) for call in calls)
    _, failed = feedback_for(Exercise(adapter, cases, **guidance), cases, adapter.outcomes(answer, cases))
    return " ".join(str(failed).split())


def of_one_list(right, mine, **guidance):
    """What is said of one list, of numbers or of names, beside the right one."""
    return said(lambda n, lr: right, lambda n, lr: mine, [(0, 0)], fact="rates", **guidance)


CALLS = [(1, 0.5), (2, 0.25), (3, 0.75)]


def right(n, lr):
    return n * n + lr / 3


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda n, lr: 100 * right(n, lr), "your value is 100 times the right one."),
        (lambda n, lr: -right(n, lr), "your value is -1 times the right one. Where does the sign change?"),
        (lambda n, lr: right(n, lr) / math.log(10), "your value is 0.43429 times the right one. That is 1 / ln 10."),
        (lambda n, lr: right(n, lr) - 2, "your value is the right one - 2."),
        (lambda n, lr: 12 - right(n, lr), "your value and the right one always add up to 12."),
        (lambda n, lr: 1 - right(n, lr), "your value is 1 minus the right one."),
        (lambda n, lr: 1 / right(n, lr), "your value is 1 divided by the right one."),
        (lambda n, lr: right(n, lr) ** 0.5, "your value is the root of the right one."),
        (lambda n, lr: right(n, lr) ** 2, "your value is the square of the right one."),
        (lambda n, lr: math.exp(right(n, lr)), "your value is e to the power of the right one."),
        (lambda n, lr: float(math.ceil(right(n, lr))), "your value is the right one rounded up."),
        (lambda n, lr: round(right(n, lr), 3), "your value is the right one rounded to 3 decimals."),
        (lambda n, lr: round(right(n, lr), 1), "your value is the right one rounded to 1 decimal."),
        (lambda n, lr: right(n, lr) * lr, "your value is the right one times lr."),
        (lambda n, lr: right(n, lr) * (1 - lr), "your value is the right one times 1 - lr."),
        (lambda n, lr: right(n, lr) + n, "your value is the right one plus n."),
        (lambda n, lr: right(n, lr) * n / lr, "your value is the right one times n / lr."),
        (lambda n, lr: n + lr - right(n, lr), "your value and the right one add up to n + lr."),
        (lambda n, lr: lr, "your value is lr itself."),
        (lambda n, lr: right(n, lr) * 1.0005, "your value is 1.0005 times the right one."),
        (lambda n, lr: right(n, lr) * (1 + 1e-4 * n), "your value is the right one up to less than a thousandth."),
        (lambda n, lr: max(right(n, lr), 4.0 * n), "your value is too high wherever it is wrong."),
        (lambda n, lr: 7.0, "your value never changes."),
        (lambda n, lr: 0.0, "your value never changes."),
        (lambda n, lr: min(right(n, lr), 3.0), "your value stops at 3, and the right one goes above it."),
    ],
)
def test_a_relation_that_holds_in_every_wrong_call_is_said(answer, words):
    text = said(right, answer, CALLS if "stops" not in words else [*CALLS, (5, 0.5)])
    assert f"Hint: {WRONG_VALUES}{words}" in text
    assert text.count("In every call") == 1


def test_rounded_down():
    assert f"{WRONG_VALUES}your value is the right one rounded down." in said(
        lambda n, lr: n + 0.7, lambda n, lr: float(n), CALLS
    )


@pytest.mark.parametrize("exception", range(len(CALLS)))
def test_one_that_fails_in_one_wrong_call_is_not(exception):
    def answer(n, lr):
        return right(n, lr) * (100 if (n, lr) != CALLS[exception] else 90)

    text = said(right, answer, CALLS)
    assert "times" not in text
    assert f"{WRONG_VALUES}your value is too high wherever it is wrong." in text


def test_one_wrong_value_shows_no_relation():
    assert "In every call" not in said(right, lambda n, lr: right(n, lr) * (10 if n == 2 else 1), CALLS)
    assert "In every call" not in of_one_list([0, 1, 0.25], [0, 1, 0.5])  # the root, and twice
    assert "times" not in of_one_list([0.5, 1, 0.25, 0.25], [0.5, 1, 0.5, 0.5])  # the same right value twice


@pytest.mark.parametrize("lr", [2, 3])
def test_of_two_arguments_that_fit_none_is_named(lr):
    calls = [(1, 1), (lr, lr), (5, 5)]
    text = said(lambda n, lr: n + 0.5, lambda n, lr: (n + 0.5) * lr, calls)
    assert "the right one times" not in text


def test_an_argument_that_never_differs_is_not_named():
    text = said(right, lambda n, lr: right(n, lr) * lr, [(1, 0.5), (2, 0.5), (3, 0.5)])
    assert f"{WRONG_VALUES}your value is 0.5 times the right one." in text


def test_a_limit_is_said_only_where_the_right_calls_show_it():
    values = [0.4, 0.3, 0.05, 0.02, 0.01]
    calls = [(n, 0.1) for n in range(len(values))]
    text = said(lambda n, lr: values[n], lambda n, lr: max(values[n], 0.1), calls)
    assert "never changes" not in text
    assert f"{WRONG_VALUES}your value stops at 0.1, and the right one goes below it." in text
    assert "Your function is wrong exactly in the calls where n is 2 or more." in text


def series(n, lr):
    return [lr * (k + 1) ** 2 for k in range(n + 3)]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda n, lr: series(n, lr)[:-1], "yours is the right one without its last entry."),
        (lambda n, lr: series(n, lr)[1:], "yours is the right one without its first entry."),
        (lambda n, lr: series(n, lr)[:2], "yours begins like the right one and ends too early."),
        (lambda n, lr: series(n, lr)[-2:], "yours ends like the right one, and its beginning is missing."),
        (lambda n, lr: series(n, lr)[-1], "yours is the last entry alone."),
        (lambda n, lr: series(n, lr)[0], "yours is the first entry alone."),
        (lambda n, lr: series(n, lr)[::-1], "yours is the right one backwards."),
        (lambda n, lr: series(n, lr)[::2], "yours leaves entries out, evenly:"),
        (lambda n, lr: [v for v in series(n, lr) for _ in range(2)], "yours has each entry more than once."),
        (lambda n, lr: [0.0, *series(n, lr)][:-1], "yours has each value one place too late."),
        (lambda n, lr: [*series(n, lr), 9.0][1:], "yours has each value one place too early."),
        (lambda n, lr: [*series(n, lr), 9.0], "yours has one entry too many at its end."),
        (lambda n, lr: [9.0, *series(n, lr)], "yours has one entry too many at its beginning."),
        (lambda n, lr: [*series(n, lr), 9.0, 3.0], "yours goes on after the right one is complete."),
        (lambda n, lr: [*series(n, lr)[1:], series(n, lr)[0]][::-1], "yours has the right entries in another order."),
        (lambda n, lr: [*series(n, lr)[:1], *series(n, lr)[2:]], "yours has right entries only, but not all."),
        (lambda n, lr: [v / 3 + 9 for v in series(n, lr)][:-1], "yours has 1 entry fewer than the right one."),
        (lambda n, lr: [7.0 * n + lr] * (n + 3), "your value never changes within a call."),
        (lambda n, lr: [5 * lr - v for v in series(n, lr)], "add up to the same number within each call."),
        (
            lambda n, lr: [v * (n + 2) ** 3 for v in series(n, lr)],
            "the right one times the same factor within each call.",
        ),
        (
            lambda n, lr: [v if k < 2 else v + k * (-1) ** n for k, v in enumerate(series(n, lr))],
            "yours is correct up to position 1 (counting from 0), and the first wrong value is at position 2.",
        ),
    ],
)
def test_what_a_list_is_beside_the_right_one(answer, words):
    text = said(series, answer, CALLS, fact="rates")
    assert words in text
    assert text.count('Hint: In every call with wrong "rates", you') == 1


def test_rows_and_columns():
    rows = [[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]]
    assert "has rows and columns swapped" in of_one_list(rows, [[0.1, 0.4], [0.2, 0.5], [0.3, 0.6]])
    assert "in lists of another shape" in of_one_list(rows, [0.1, 0.2, 0.3, 0.4, 0.5, 0.6])


@pytest.mark.parametrize(
    ("right", "mine", "untrue"),
    [
        ([0.1, 0.0933012701892, 0.075], [0.1, 0.093301, 0.075], "ends too early"),
        ([0.1, 0.2], [], "ends too early"),
        ([0.1, 0.1, 0.1, 0.1], [0.0, 0.1, 0.1, 0.1], "one place too"),
        ([0.1, 0.1, 0.1, 0.1], [0.1, 0.1, 0.1, 0.2], "one place too"),
        ([0.5, 0.5, 0.5], [0.5, 0.5], "without its"),
        ([0.5, 0.25, 0.125], [0.0, 0.0, 0.0], "rounded"),
        ([0.5, 0.5, 0.125], [0.0, 0.0, 0.125], "rounded"),
    ],
)
def test_what_holds_by_chance_is_not_said(right, mine, untrue):
    assert untrue not in of_one_list(right, mine)


def test_the_first_wrong_position_is_said_only_if_all_calls_agree():
    def answer(n, lr):
        return [v + (-1) ** k if k > n else v for k, v in enumerate(series(n, lr))]

    assert "position" not in said(series, answer, CALLS, fact="rates")


def test_there_is_no_arithmetic_between_classes():
    right, mine = [0, 2, 0, 1, 2], [1, 2, 1, 1, 2]
    assert "In every call" not in of_one_list(right, [1, 2, 1, 2, 3], categories=["rates"])
    assert "too high" in of_one_list(right, [1, 2, 3, 2, 3])
    assert "In every call" not in of_one_list(right, mine, categories=["rates"])
    assert "one place too late" in of_one_list([0, 2, 0, 1, 2], [1, 0, 2, 0, 1], categories=["rates"])


def test_two_facts_in_the_other_order():
    adapter = Adapter("made", ("n",), lambda function, n: dict(zip("ab", function(n), strict=True)))
    cases = tuple(Case((n,), {"a": n, "b": n * n + 1}) for n in range(3))
    exercise = Exercise(adapter, cases)
    _, failed = feedback_for(exercise, cases, adapter.outcomes(lambda n: (n * n + 1, n), cases))
    assert '"a" and "b" are swapped.' in " ".join(str(failed).split())


def test_lists_of_other_lengths_are_not_compared_across_calls():
    def answer(n, lr):  # one entry too many in a call, and one too few in the next: as many in all
        return [*series(n, lr), 1.0][: n + 3 + (-1) ** n] if n < 3 else series(n, lr)

    assert "In every call" not in said(series, answer, CALLS, fact="rates")


@pytest.mark.parametrize("thing", [{"a": 1}, "text", [], None, 10**400, [[1], [2, 3]], [10**400] * 4, True, ["x"] * 4])
def test_what_cannot_be_compared_shows_no_relation(thing):
    text = said(series, lambda n, lr: thing, CALLS, fact="rates")
    assert "0 of 3 cases right" in text
    assert "the right one" not in text.replace("than the right one", "")


def test_what_the_wrong_calls_alone_have_is_said():
    calls = [(0, 0.5), (0, 0.25), (2, 0.5), (-1, 0.5)]
    assert "Your function is wrong exactly in the calls where n is 0." in said(
        right, lambda n, lr: right(n, lr) if n else right(n, lr) + lr**3, calls
    )
    assert "exactly" not in said(right, lambda n, lr: right(n, lr) + (lr == 0.5), calls)


@pytest.mark.parametrize(
    ("is_wrong", "where"),
    [
        (lambda n, lr: n % lr == 0, "n is a multiple of lr"),
        (lambda n, lr: n < lr, "n is less than lr"),
        (lambda n, lr: n > 6, "n is 7 or more"),
    ],
)
def test_what_the_wrong_entries_of_an_array_have_in_common_is_said(is_wrong, where):
    def right(n, lr):
        return [k / 3 for k in n]

    def answer(n, lr):
        return [k / 3 + is_wrong(k, lr) * (k - 5.5) ** 3 for k in n.tolist()]

    text = said(
        right, lambda n, lr: __import__("numpy").array(answer(n, lr)), [([3, 8, 6, 7, 5, 1], 4), ([9, 3, 5, 7], 3)]
    )
    assert f"Your function is wrong exactly in the calls and entries where {where}." in text


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        (lambda n, lr: [lr][n], "n entries have the positions 0 to n - 1"),
        (lambda n, lr: [lr, lr, lr, lr][n / 2], ""),
        (lambda n, lr: [].pop(), "taken out"),
        (lambda n, lr: __import__("numpy").arange(5)[n / 2], "A position must be a whole number"),
        (lambda n, lr: __import__("numpy").arange(1)[n], "n entries have the positions 0 to n - 1"),
    ],
)
def test_the_usual_cause_of_an_error_is_named(body, cause):
    text = said(right, lambda n, lr: body(n, lr), CALLS)
    assert "Error" in text
    assert cause in text
    assert ("positions 0 to" in text) == ("positions" in cause)


def test_none_in_a_list_is_no_missing_return():
    text = said(series, lambda n, lr: [None] * (n + 3), CALLS, fact="rates")
    assert "The list that made returned has None in it: what do you put in there?" in text
    assert "a `return`" not in text


def test_none_where_some_calls_need_a_value():
    text = said(lambda n, lr: n or None, lambda n, lr: None, [(0, 1), (1, 1), (2, 1)], fact="rates")
    assert "made returned None in every call, but some calls need a value. Is a `return` missing on that path?" in text
