"""What a check shows in a notebook: the wrong calls, a picture of a wrong curve, the right calls folded."""

import re
from types import SimpleNamespace
from xml.etree import ElementTree

import numpy as np
import pytest
from IPython.core.events import EventManager, available_events

from lrlab.checks import CheckFailed, check, picture, render, report
from lrlab.checks.compare import compare
from lrlab.checks.exercise import Adapter, Case, Exercise
from lrlab.checks.registry import find

SVG = "{http://www.w3.org/2000/svg}"


def judged(exercise, answer):
    return compare(exercise.adapter.outcomes(answer, exercise.cases), exercise.cases)


def curve(exercise, answer):
    return next(filter(None, (picture.curve(exercise, v) for v in judged(exercise, answer) if not v.right)), None)


def torch_like(n, lr0, d, r):
    return lr0 * d ** (np.asarray(n) // r)


@pytest.fixture
def notebook(monkeypatch):
    """A shell that keeps what it is told to show."""
    shell = SimpleNamespace(shown=[], events=None)
    shell.display_pub = SimpleNamespace(publish=shell.shown.append)
    shell.events = EventManager(shell, available_events)
    monkeypatch.setattr(render, "notebook", lambda: shell)
    return shell


def test_a_wrong_curve_is_drawn_beside_the_right_one():
    found = curve(find("step_decay"), torch_like)
    assert found.places == [0, 1, 2, 3, 4, 5]
    assert found.mine == pytest.approx([0.1, 0.1, 0.1, 0.05, 0.05, 0.05])
    assert found.wanted == pytest.approx([0.1, 0.1, 0.05, 0.05, 0.05, 0.025])
    drawn = ElementTree.fromstring(picture.svg(found).replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"'))
    assert drawn.get("role") == "img"
    assert "4 of 6 points are right. The first difference is at n = 2: 0.1 instead of 0.05." in drawn.get("aria-label")
    lines = [re.findall(r"[\d.]+ ([\d.]+)", path.get("d")) for path in drawn.findall(f"{SVG}path")][1:3]
    wanted, mine = (list(map(float, line)) for line in lines)
    assert [m == w for m, w in zip(mine, wanted, strict=True)] == found.right
    assert wanted[2] > wanted[1], "a lower rate is lower on the page"


def test_the_points_are_in_order_and_of_one_group():
    found = curve(find("one_cycle"), lambda n, *_: np.zeros(np.shape(n)))
    assert found.places == sorted(found.places)
    groups = Exercise(
        Adapter("two", ("k",), lambda answer, k: {"rates": answer(k)}),
        (Case((3,), {"rates": [[1.0, 0.1], [0.5, 0.05], [0.25, 0.025]]}),),
        labels={"rates": ("update", "group")},
    )
    found = curve(groups, lambda k: [[1.0, 0.1], [0.5, 0.05], [0.25, 0.05]])
    assert (found.axis, found.mine, found.wanted) == ("update", [0.1, 0.05, 0.05], [0.1, 0.05, 0.025])


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("half_life", lambda d: 1 / d),  # numbers one by one
        ("step_decay", lambda *_: None),  # nothing to compare
        ("snapshot_steps", lambda *_: [0, 1, 2, 3]),  # a sequence, but not of values over time
    ],
)
def test_what_is_no_curve_has_no_picture(name, answer):
    exercise = find(name)
    assert curve(exercise, answer) is None
    assert "<svg" not in report.page(exercise, judged(exercise, answer), [])


def test_it_shows_what_the_table_shows_and_no_more():
    long = Exercise(Adapter("long", ("n",)), (Case((list(range(100)),), [1.0 + n / 1000 for n in range(100)]),))
    verdicts = judged(long, lambda n: np.where(n == 77, np.nan, np.where(n == 80, 1e200, 1 + n / 1000)))
    (found,) = (picture.curve(long, verdict) for verdict in verdicts)
    assert found.places == [*range(12), 77, 80]
    page = report.page(long, verdicts, [])
    assert "1.05" not in page
    assert len(re.findall("<circle", picture.svg(found))) == 14 + 12
    assert "no finite number instead of 1.077" in page
    assert not re.search(r"nan|inf|e\+", picture.svg(found).split(">", 1)[1])  # neither drawn nor off the page


def test_right_calls_are_folded_below_wrong_ones():
    exercise = find("step_decay")
    page = report.page(exercise, judged(exercise, torch_like), ["step_decay printed: <b>"])
    above, folded = page.split("<details>")
    assert above.count("✗ wrong") == 8
    assert "<summary>1 case is right</summary>" in folded
    assert "✗ wrong" not in folded
    assert "printed: &lt;b&gt;" in folded
    whole = report.page(find("half_life"), judged(find("half_life"), lambda d: np.log(2) / d), [])
    assert whole.index("✓ All 3 cases right.") < whole.index("<details>")


def test_a_notebook_reads_the_verdict_first(notebook, capsys):
    with pytest.raises(CheckFailed, match="1 of 6 cases right"):
        check("step_decay", torch_like)
    assert notebook.shown == []
    notebook.events.trigger("post_run_cell", None)
    notebook.events.trigger("post_run_cell", None)  # of the next cell
    (shown,) = notebook.shown
    assert "<svg" in shown["text/html"]
    assert "your value" in shown["text/plain"]
    check("half_life", lambda d: np.log(2) / d)
    assert "All 3 cases right" in notebook.shown[1]["text/html"]
    assert capsys.readouterr().out == ""


def test_hidden_cases_show_nothing_in_a_notebook_either(notebook, capsys):
    with pytest.raises(CheckFailed):
        check("step_decay", torch_like, cases=[((list(range(6)), 0.31, 0.5, 3), [0.31] * 6)])
    notebook.events.trigger("post_run_cell", None)
    assert notebook.shown == []
    assert capsys.readouterr().out == ""
