"""The searches explorer's Python side: its state, its refusals, what it sends, and the picture without a widget."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from support import with_support
from support.made_results import made_range_test, made_sweep

from lrlab import explorers, suggest
from lrlab.explorers.shared.results import unpacked
from lrlab.suggest import LABELS

SVG = "{http://www.w3.org/2000/svg}"


def test_a_sweep_is_sent_as_it_was_found() -> None:
    result = made_sweep()
    explorer = explorers.searches(sweep=result)
    sent = explorer._sweep
    assert explorer.lr == result.lrs[0] == explorer._rates[0]
    assert sent["lrs"] == result.lrs.tolist()
    assert [value is None for value in sent["loss"]] == np.isnan(result.mean_val_loss).tolist()
    np.testing.assert_allclose(sent["loss"][:10], result.mean_val_loss[:10])
    np.testing.assert_allclose(sent["low"][:10], result.val_loss[:10].min(axis=1))
    np.testing.assert_allclose(sent["high"][:10], result.val_loss[:10].max(axis=1))
    np.testing.assert_allclose(sent["accuracy"][:10], result.val_accuracy[:10].mean(axis=1))
    assert sent["diverged"] == [0] * 10 + [1, 3, 3]
    assert sent["suggestions"] == suggest.all_of(result.lrs, result.mean_val_loss)
    assert explorer._targets == {"best": 6, "highest": 7, "diverges": 10}


def test_a_curve_is_the_seeds_running_mean_and_ends_where_one_diverged() -> None:
    result = made_sweep(updates=400)
    sent = explorers.searches(sweep=result)._sweep
    mean = result.loss.mean(axis=1)
    for step, value in zip(sent["steps"], unpacked(sent["curves"][3]), strict=True):
        assert value == pytest.approx(mean[3, max(0, step - 9) : step + 1].mean(), rel=1e-6)
    ended = [sent["steps"][np.flatnonzero(np.isfinite(unpacked(curve)))[-1]] for curve in sent["curves"]]
    assert ended[:10] == [399] * 10
    assert 45 < ended[10] < 50
    assert all(end < 20 for end in ended[11:])


def test_a_spike_leaves_no_trace_in_the_mean_of_what_follows() -> None:
    result = made_sweep(seeds=1)
    loss = result.loss.copy()
    loss[9, 0, 30] = 1e25
    curve = unpacked(explorers.searches(sweep=replace(result, loss=loss))._sweep["curves"][9])
    np.testing.assert_allclose(curve[-1], loss[9, 0, -5:].mean(), rtol=1e-6)


def test_a_range_test_is_sent_as_it_was_found() -> None:
    result = made_range_test()
    explorer = explorers.searches(result)
    assert explorer._rates == explorer._range["lr"] == result.lr.tolist()
    np.testing.assert_allclose(unpacked(explorer._range["smooth"]), result.smooth_loss, rtol=1e-6)
    assert explorer._range["suggestions"] == result.suggestions
    assert explorer._targets == {"best": int(result.smooth_loss.argmin()), "diverges": 89}
    assert explorers.searches(replace(result, stopped=None))._targets == {"best": int(result.smooth_loss.argmin())}


def test_a_range_test_that_ended_in_nan_and_one_of_many_updates() -> None:
    result = made_range_test(updates=2000)
    result.loss[-1] = result.smooth_loss[-1] = np.nan
    explorer = explorers.searches(replace(result, stopped="not finite"))
    assert len(explorer._rates) == 400
    assert (explorer._rates[0], explorer._rates[-1]) == (result.lr[0], result.lr[-1])
    assert explorer._targets["diverges"] == 399
    json.dumps(explorer.get_state(), allow_nan=False, default=str)


def test_with_both_the_slider_moves_through_the_sweep() -> None:
    explorer = explorers.searches(made_range_test(), made_sweep(), lr=0.1)
    assert explorer._rates == made_sweep().lrs.tolist()
    assert explorer.lr == pytest.approx(0.1)
    assert explorer._range is not None


def test_the_nearest_rate_by_ratio_is_taken() -> None:
    explorer = explorers.searches(sweep=made_sweep())
    for given, taken in ((0.1, 0.1), (0.17, 0.1), (0.18, 10**-0.5), (1, 1.0), (100, 100.0), (1e-4, 1e-4)):
        explorer.lr = given
        assert explorer.lr == pytest.approx(taken, rel=1e-12)
        assert explorer.lr in explorer._rates
        assert type(explorer.lr) is float


@pytest.mark.parametrize(
    ("name", "value", "rule"),
    [
        ("lr", 1e-5, r"lr must be a number from 0.0001 to 100, got 1e-05$"),
        ("lr", 200, r"lr must be a number from 0.0001 to 100, got 200$"),
        ("lr", float("nan"), r"lr must be a number from 0.0001 to 100, got nan$"),
        ("lr", "0.1", r"lr must be a number from 0.0001 to 100, got '0.1'$"),
        ("lr", True, r"lr must be a number from 0.0001 to 100, got True$"),
        ("log_y", 1, r"log_y must be True or False, got 1$"),
        ("goal", "win", r"goal must be None or one of best, highest, diverges, got 'win'$"),
    ],
)
def test_bad_values_are_refused_in_one_sentence(name: str, value: object, rule: str) -> None:
    with pytest.raises(ValueError, match=f"^{rule}"):
        explorers.searches(sweep=made_sweep(), **{name: value})
    explorer = explorers.searches(sweep=made_sweep())
    before = repr(explorer)
    with pytest.raises(ValueError, match=f"^{rule}"):
        setattr(explorer, name, value)
    assert repr(explorer) == before


def test_anything_but_results_is_refused_in_one_sentence() -> None:
    given: list[tuple[tuple[Any, ...], str]] = [
        ((), r"range_test or sweep must be given, got None for both$"),
        ((made_sweep(),), r"range_test must be None or a result of lrlab.experiments.range_test, got a Sweep$"),
        ((None, made_range_test()), r"sweep must be None or a result of lrlab.experiments.sweep, got a RangeTest$"),
        ((None, [0.1]), r"sweep must be None or a result of lrlab.experiments.sweep, got a list$"),
    ]
    for arguments, rule in given:
        with pytest.raises(ValueError, match=f"^{rule}"):
            explorers.searches(*arguments)


def test_a_goal_that_the_results_cannot_reach_is_refused() -> None:
    tame = made_sweep()
    tame = replace(
        tame, **{name: getattr(tame, name)[:10] for name in ("lrs", "loss", "val_loss", "val_accuracy", "done")}
    )
    with pytest.raises(ValueError, match=r"^goal must be None or one of best, highest with these results, got 'diver"):
        explorers.searches(sweep=tame, goal="diverges")
    with pytest.raises(ValueError, match=r"^goal must be None or one of best, diverges with these results, got 'high"):
        explorers.searches(made_range_test(), goal="highest")


@pytest.mark.slow
def test_sweeps_at_the_edge_are_shown() -> None:
    whole = made_sweep()

    def cut(rates: slice) -> Any:
        parts = ("lrs", "loss", "val_loss", "val_accuracy", "done")
        return replace(whole, **{name: getattr(whole, name)[rates] for name in parts})

    one = explorers.searches(sweep=cut(slice(6, 7)), lr=0.1, goal="best")
    assert one._targets == {"best": 0, "highest": 0}
    gone = explorers.searches(sweep=cut(slice(11, 13)))
    assert gone._targets == {"diverges": 0}
    done = whole.done.copy()
    done[5:, 1:] = False  # Ctrl-C in the second seed: the first one is compared
    interrupted = explorers.searches(sweep=replace(whole, done=done, interrupted=True))
    assert interrupted._sweep["seeds"] == 1
    np.testing.assert_allclose(interrupted._sweep["loss"][:10], whole.val_loss[:10, 0])
    done[5:] = False  # or in the first one
    values = np.where(done, whole.val_loss, np.nan)
    interrupted = explorers.searches(sweep=replace(whole, done=done, val_loss=values, interrupted=True))
    assert interrupted._sweep["done"] == [True] * 5 + [False] * 8
    assert interrupted._sweep["diverged"] == [0] * 13
    for explorer in (one, gone, interrupted):
        json.dumps(explorer.get_state(), allow_nan=False, default=str)
        assert "<svg" in explorer._repr_mimebundle_()[0]["image/svg+xml"]


def _texts(svg: str) -> list[str]:
    return ["".join(text.itertext()).strip() for text in ET.fromstring(svg).iter(f"{SVG}text")]


@pytest.mark.slow
@pytest.mark.parametrize("log_y", [False, True])
@pytest.mark.parametrize("which", ["both", "sweep", "range test"])
def test_a_picture_goes_with_the_widget(which: str, log_y: bool) -> None:
    explorer = explorers.searches(
        None if which == "sweep" else made_range_test(), None if which == "range test" else made_sweep(), log_y=log_y
    )
    data, _ = explorer._repr_mimebundle_()
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == explorer.model_id
    assert data["text/plain"] == repr(explorer)
    labels = " ".join(_texts(data["image/svg+xml"]))
    assert all(words in labels for words in LABELS.values())
    assert ("range test: training loss" in labels) == (which != "sweep")
    assert ("validation loss at the end" in labels and "diverged" in labels) == (which != "range test")
    assert len(data["image/svg+xml"]) < 90_000
    assert data["image/svg+xml"] == explorer._repr_mimebundle_()[0]["image/svg+xml"]


@pytest.mark.slow
def test_the_picture_opens_no_pyplot_figure_and_importing_loads_no_widget_library() -> None:
    code = """
import sys, lrlab.explorers as explorers
assert not {"anywidget", "ipywidgets", "matplotlib", "torch"} & set(sys.modules)
from support.made_results import made_sweep
explorers.searches(sweep=made_sweep())._repr_mimebundle_()
assert "matplotlib.pyplot" not in sys.modules
"""
    done = subprocess.run([sys.executable, "-c", code], env=with_support(), capture_output=True, text=True, timeout=500)
    assert done.returncode == 0, done.stderr


def test_the_page_is_light() -> None:
    explorer = explorers.searches(made_range_test(updates=100), made_sweep(seeds=5, updates=4690))
    assert len(json.dumps(explorer.get_state(), default=str)) < 100_000


def test_the_signature_names_what_repr_shows() -> None:
    shown = repr(explorers.searches(made_range_test(), made_sweep(), lr=1, goal="best"))
    assert shown == "explorers.searches(range_test=…, sweep=…, lr=1.0, log_y=False, goal='best')"
    assert all(f"{name}=" in shown for name in inspect.signature(explorers.searches).parameters)
