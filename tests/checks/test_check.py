"""The machinery of a check: plain data out, a pure comparison, a table, a short error."""

import json
import numbers
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from lrlab.checks import CheckFailed, NotAttempted, check
from lrlab.checks.call import value_outcome
from lrlab.checks.compare import compare
from lrlab.checks.exercise import Adapter, Case, Exercise
from lrlab.checks.isolate import PRINTED_LIMIT
from lrlab.checks.registry import find

ANY = Adapter("any", ("n",))


def half_life(d):
    return np.log(2) / d


class EqualsEverything:
    def __eq__(self, other):
        return True

    __hash__ = None  # type: ignore[assignment]


@numbers.Real.register
class Real:
    """Such as sympy's numbers are."""

    def __float__(self):
        return 0.5


class TestPlainData:
    @pytest.mark.parametrize(
        "value",
        [None, 1, 0.5, np.float32(1), np.array([1.0, np.nan, np.inf]), [1, 2], (0.5,), "x", {}, EqualsEverything()],
    )
    def test_survives_json(self, value):
        (outcome,) = ANY.call(lambda: value, [()])
        assert json.loads(json.dumps(outcome, allow_nan=False)) == outcome

    @pytest.mark.parametrize(
        "value",
        [
            True,
            "0.5",
            ["0.5"],
            b"1",
            {},
            object(),
            [[1], [1, 2]],
            [None],
            1j,
            np.array(["1"]),
            np.zeros(100_001),
            10**400,
        ],
    )
    def test_what_is_no_number_is_odd(self, value):
        assert value_outcome(value)["kind"] == "odd"

    @pytest.mark.parametrize("value", [Fraction(1, 2), Decimal("0.5"), Real()])
    def test_an_exact_number_is_one(self, value):
        assert value_outcome(value) == value_outcome(0.5) | {"type": type(value).__name__}

    def test_a_zero_dimensional_array_is_a_number(self):
        assert value_outcome(np.array(0.5)) == value_outcome(0.5) | {"type": "ndarray"}

    def test_an_error_comes_with_the_students_line(self):
        (outcome,) = ANY.call(lambda n: np.zeros(3).reshape(n, 7), [(2,)])
        assert outcome["kind"] == "error"
        assert outcome["type"] == "ValueError"
        assert "np.zeros(3).reshape" in outcome["line"]

    def test_every_call_gets_arrays_of_its_own(self):
        args = ([1, 2, 3],)
        spoilt = ANY.call(lambda n: n.sort() or n.__imul__(2), [args, args])
        assert [o["values"] for o in spoilt] == [[2.0, 4.0, 6.0]] * 2
        assert [o["changed"] for o in spoilt] == [[0], [0]]
        assert args == ([1, 2, 3],)

    def test_a_flood_of_output_is_cut(self):
        (outcome,) = ANY.call(lambda: [print("x" * 1000) for _ in range(1000)] and None, [()])
        assert len(outcome["printed"]) == PRINTED_LIMIT

    def test_an_interrupt_passes(self):
        def stopped():
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            ANY.call(stopped, [()])


class TestCompare:
    one = (Case((1,), 0.1),)

    def number(self, value):
        return {"kind": "number", "values": [value], "shape": []}

    @pytest.mark.parametrize("value", [0.1, 0.1 * (1 + 1e-7), np.nextafter(0.1, 1)])
    def test_rounding_is_no_mistake(self, value):
        assert compare([self.number(value)], self.one)[0].right

    @pytest.mark.parametrize("value", [0.1 * (1 + 1e-5), -0.1, 0.0, "nan", "inf"])
    def test_anything_else_is(self, value):
        assert not compare([self.number(value)], self.one)[0].right

    @pytest.mark.parametrize(
        "outcome",
        [
            {},
            {"kind": "number"},
            {"kind": "number", "values": None, "shape": []},
            {"kind": "number", "values": [[0.1]], "shape": []},
            {"kind": "number", "values": [0.1, 0.1], "shape": []},
            {"kind": "number", "values": [0.1], "shape": [1]},
            {"kind": "right", "values": ["x"], "shape": []},
        ],
    )
    def test_malformed_outcomes_are_wrong_answers(self, outcome):
        assert not compare([outcome], self.one)[0].right

    def test_a_missing_outcome_is_a_wrong_answer(self):
        assert [v.right for v in compare([self.number(0.1)], self.one * 2)] == [True, False]

    def test_very_small_values_are_compared_too(self):
        tail = (Case((1,), 2.4e-17),)
        assert not compare([self.number(2.5e-17)], tail)[0].right


class TestCheck:
    def test_not_attempted_says_so_and_is_an_error(self):
        def half_life(d):
            raise NotImplementedError("not attempted yet")

        with pytest.raises(NotAttempted, match="half_life: not attempted yet"):
            check("half_life", half_life)
        assert issubclass(NotAttempted, CheckFailed)
        assert issubclass(CheckFailed, AssertionError)

    def test_the_answer_is_found_by_its_name(self):
        names = {"check": check, "half_life": half_life}
        exec("check('half_life')", names)
        names["half_life"] = lambda d: 1 / d
        with pytest.raises(CheckFailed, match="0 of 3 cases right"):
            exec("check('half_life')", names)

    def test_an_answer_whose_cell_was_not_run_is_said_so(self):
        with pytest.raises(NotAttempted, match=r"half_life is not defined yet.\nRun the cell with your answer first"):
            exec("check('half_life')", {"check": check})

    def test_further_cases_show_no_values(self, capsys):
        check("half_life", half_life, cases=[((0.31,), 2.2359586476)])
        assert capsys.readouterr().out == "✓ All 1 further cases right.\n"
        with pytest.raises(CheckFailed) as failed:
            check("half_life", lambda d: 1.0, cases=[((0.31,), 2.2359586476)])
        assert capsys.readouterr().out == ""
        assert "0 of 1 further cases right" in str(failed.value)
        assert "2.23" not in str(failed.value)
        assert "0.31" not in str(failed.value)

    def test_table_shows_both_values_aligned(self, capsys):
        with pytest.raises(CheckFailed, match=r"half_life: 0 of 3 cases right"):
            check("half_life", lambda d: 1 / d)
        lines = capsys.readouterr().out.splitlines()
        assert lines[0].split() == ["call", "your", "value", "correct", "value"]
        column = lines[0].index("correct value")
        assert all(line[column:].endswith("✗ wrong") for line in lines[2:5])
        assert lines[3].split() == ["half_life(0.1)", "10", "6.93147", "✗", "wrong"]

    def test_values_that_differ_late_are_shown_with_more_digits(self, capsys):
        with pytest.raises(CheckFailed):
            check("half_life", lambda d: half_life(d) * (1 + 2e-6))
        assert "173.2871417" in capsys.readouterr().out

    def test_long_arrays_are_cut_but_not_their_wrong_values(self, capsys, monkeypatch):
        long = Exercise(Adapter("long", ("n",)), (Case((list(range(100)),), [0.0] * 100),))
        monkeypatch.setattr("lrlab.checks._check.find", lambda name: long)
        with pytest.raises(CheckFailed):
            check("long", lambda n: np.where(n == 77, 1.0, 0.0))
        shown = capsys.readouterr().out
        assert "n = 77" in shown
        assert "… and 87 more" in shown

    def test_what_the_answer_prints_is_shown_under_the_table(self, capsys):
        check("half_life", lambda d: print("d is", d) or half_life(d))
        table, printed = capsys.readouterr().out.split("half_life printed: ")
        assert "d is" not in table
        assert printed.startswith("d is 1.0 | d is 0.1")

    def test_a_notebook_shows_the_message_alone(self):
        head, hint = CheckFailed("half_life: 0 of 3 cases right.\nHint: …")._render_traceback_()
        assert head == "✗ half_life: 0 of 3 cases right."
        assert hint == "Hint: …"

    @pytest.mark.parametrize(
        ("arguments", "says"),
        [
            (("halflife", half_life), "name must be one of .*gradient_descent, .*, got 'halflife'"),
            (("half_life", half_life, []), "cases of half_life must hold at least one case, got none"),
            (("half_life", half_life, [1]), r"cases must hold pairs \(arguments, expected\), got 1"),
            (("half_life", half_life, [((1, 2), 3)]), r"a case of half_life needs 1 arguments, got \(1, 2\)"),
        ],
    )
    def test_misuse_names_argument_rule_and_value(self, arguments, says):
        with pytest.raises(ValueError, match=says):
            check(*arguments)


def test_checks_load_numpy_and_nothing_heavier():
    heavy = "{'torch', 'matplotlib', 'IPython', 'ipywidgets', 'nbgrader'}"
    code = f"import sys, lrlab.checks; lrlab.checks.check; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_find_knows_every_exercise():
    assert find("time_decay").parameters == ("n", "lr0", "d")
