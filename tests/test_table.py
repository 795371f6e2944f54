"""Results as tables: text at a prompt, HTML in a notebook, the same cells in both."""

import re

import numpy as np
import pytest

from lrlab._table import Table, Tabular, spread
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
        '<table><caption style="text-align: left">A &amp; B</caption><thead><tr><td style="text-align: left"></td><th'
    )
    assert page.endswith("</tbody></table><div>p &gt; q</div>")


@pytest.mark.parametrize(
    ("values", "shown"), [([0.5], "0.50"), ([1, 2], "1.50 ± 0.71"), ([1, np.nan], "–"), ([np.nan], "–")]
)
def test_spread(values: list[float], shown: str) -> None:
    assert spread(np.array(values, dtype=float), 2) == shown


def test_a_result_must_have_a_table() -> None:
    with pytest.raises(NotImplementedError, match=r"^Tabular must define table\(\)$"):
        repr(Tabular())


def test_a_notebook_shows_results_as_html(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LRLAB_RESULTS", "off")
    board = Leaderboard("capstone", target=0.9, budget=300)
    board.enter("<b>Ada", Constant(0.1), steps=20, accuracy=0.5)
    assert "&lt;b&gt;Ada</td>" in board._repr_html_()
    assert "<b>Ada" in repr(board)
