"""Results as tables: text at a prompt, HTML in a notebook, the same cells in both."""

import re

import numpy as np
import pytest
from support.made_results import SCHEDULES, made_comparison, made_history, made_range_test
from support.made_snapshots import ensemble

from lrlab import data, experiments
from lrlab._table import Bar, Cell, Table, Tabular, shortened, spread
from lrlab.experiments import claims
from lrlab.landscapes import Bowl, descend
from lrlab.leaderboard import Leaderboard
from lrlab.schedules import Constant

TABLE = Table([["", "loss"], ["a<b", "10.5"], ["c", "2"]], title="A & B", notes=["p > q"], left=(0,))


def test_text_is_aligned() -> None:
    assert str(TABLE).splitlines() == ["A & B", "     loss", "a<b  10.5", "c       2", "p > q"]


def test_html_has_the_same_cells_and_escapes_them() -> None:
    page = TABLE.html()
    assert re.findall(r"<t[hd] style=\"text-align: (\w+)(?:; white-space: pre)?\">(.*?)</t[hd]>", page) == [
        ("left", ""),
        ("right", "loss"),
        ("left", "a&lt;b"),
        ("right", "10.5"),
        ("left", "c"),
        ("right", "2"),
    ]
    assert page.startswith(
        '<table><caption style="text-align: left; white-space: pre-line">A &amp; B</caption>'
        '<thead><tr><td style="text-align: left"></td><th'
    )
    assert page.endswith("</tbody></table><div>p &gt; q</div>")


@pytest.mark.parametrize(
    ("values", "shown"), [([0.5], "0.50"), ([1, 2], "1.50 ± 0.71"), ([1, np.nan], "–"), ([np.nan], "–")]
)
def test_spread(values: list[float], shown: str) -> None:
    assert spread(np.array(values, dtype=float), 2) == shown


def test_an_interval_is_a_bar_on_the_scale_of_its_column() -> None:
    rows = [
        ["a", "b"],
        [Cell("1", Bar(0, 1, 2)), "x"],
        [Cell("3", Bar(2, 3, 4)), Cell("-1", Bar(-2, -1, -1, zero=True))],
    ]
    assert re.findall(r'd="M([\d.]+) 4H([\d.]+)".*?cx="([\d.]+)"', Table(rows).html()) == [
        ("3.0", "48.0", "25.5"),
        ("48.0", "93.0", "70.5"),
    ]
    assert "cx" not in Table(rows[:2]).html(), "nothing to compare it with"
    several = Table(rows, one_scale=True).html()
    assert re.findall(r'cx="([\d.]+)"', several) == ["48.0", "78.0", "18.0"]
    assert 'd="M33.0 0V8"' in several, "a line at 0"
    assert Cell("–", Bar(np.nan, 0, 0)).bar is None


def test_the_seeds_of_a_comparison_are_bars_and_the_caption_says_what_they_are() -> None:
    page = made_comparison()._repr_html_()
    assert page.count("<svg aria-hidden") == 3 + 3 + 3, "loss, accuracy and difference; one label has diverged"
    assert page.count("standard deviation") == 1
    assert "standard deviation; paired differences: mean [95 % confidence interval]</caption>" in page


def test_many_rows_are_shortened() -> None:
    rows = [[str(number)] for number in range(11)]
    assert shortened(rows[:10]) == rows[:10]
    assert [cell for (cell,) in shortened(rows)] == [*"01234", "…", "6", "7", "8", "9", "10"]


SHOWN = {
    "History": lambda: made_history(SCHEDULES["cosine"]),
    "RangeTest": made_range_test,
    "Dataset": lambda: data.load("digits"),
    "Disputed": lambda: ensemble()[0].disputed(),
    "Descent": lambda: descend(Bowl(), schedule=0.1, steps=30),
    "Paired": lambda: made_comparison().paired("cosine", "constant"),
    "Claim": lambda: claims.CLAIMS[0],
}


@pytest.mark.parametrize("name", SHOWN)
def test_a_short_text_at_a_prompt_is_a_table_in_a_notebook(name: str) -> None:
    result = SHOWN[name]()
    assert "\n" not in repr(result)
    assert 2 <= result._repr_html_().count("<tr>") <= 12


def test_every_result_of_an_experiment_has_a_table() -> None:
    classes = [kind for name in experiments.__all__ if isinstance(kind := getattr(experiments, name), type)]
    assert len(classes) > 10
    assert [kind for kind in classes if not hasattr(kind, "_repr_html_")] == [experiments.Recipe]


def test_a_result_must_have_a_table() -> None:
    with pytest.raises(NotImplementedError, match=r"^Tabular must define table\(\)$"):
        repr(Tabular())


def test_a_notebook_shows_results_as_html(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LRLAB_RESULTS", "off")
    board = Leaderboard("capstone", target=0.9, budget=300)
    board.enter("<b>Ada", Constant(0.1), steps=20, accuracy=0.5)
    assert "&lt;b&gt;Ada</td>" in board._repr_html_()
    assert "<b>Ada" in repr(board)
