"""The training explorer's Python side: its state, its refusals, what it sends, and the picture without a widget."""

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
from support.made_results import SCHEDULES, made_comparison, made_history

from lrlab import explorers
from lrlab.experiments import Comparison
from lrlab.explorers.shared.results import unpacked
from lrlab.schedules import Constant, Cosine
from lrlab.train import History

SVG = "{http://www.w3.org/2000/svg}"


def single() -> dict[str, History]:
    return {label: made_history(schedule) for label, schedule in SCHEDULES.items()}


def test_every_update_of_a_short_run_is_sent_as_it_was() -> None:
    runs = single()
    explorer = explorers.training(runs)
    assert explorer._steps == list(range(301))
    assert [run["label"] for run in explorer._runs] == list(runs) == explorer.show
    for sent, run in zip(explorer._runs, runs.values(), strict=True):
        np.testing.assert_allclose(unpacked(sent["lr"]["mean"])[:300], run.lr, rtol=1e-6)
        np.testing.assert_allclose(unpacked(sent["loss"]["mean"])[:300], run.smooth_loss(25), rtol=1e-6)
        assert unpacked(sent["lr"]["mean"])[300] == pytest.approx(run.lr[-1], rel=1e-6), "after the last, its own"
        assert sent["ends"] == run.epoch_end.tolist()
        np.testing.assert_allclose(sent["accuracy"]["mean"], run.val_accuracy)
        assert sent["loss"]["low"] is None
        assert sent["last"] == 300


def test_of_several_seeds_the_mean_and_the_ends_of_the_spread_are_sent() -> None:
    result = made_comparison()
    explorer = explorers.training(result, window=1)
    sent = explorer._runs[2]
    losses = np.array([run.loss for run in result.histories["cosine"]])
    for name, expected in (("mean", losses.mean(axis=0)), ("low", losses.min(axis=0)), ("high", losses.max(axis=0))):
        np.testing.assert_allclose(unpacked(sent["loss"][name])[:-1], expected[explorer._steps[:-1]], rtol=1e-6)
    accuracies = np.array([run.val_accuracy for run in result.histories["cosine"]])
    np.testing.assert_allclose(sent["accuracy"]["mean"], accuracies.mean(axis=0))
    highest = np.max([run.val_loss for run in result.histories["cosine"]], axis=0)
    np.testing.assert_allclose(sent["val_loss"]["high"], highest)
    assert sent["lr"]["low"] is None, "all seeds had the same rates"
    assert sent["diverged"] == [0, 3, 0]


def test_seeds_that_diverged_are_counted_and_left_out_of_the_mean() -> None:
    result = made_comparison()
    sent = explorers.training(result)._runs[3]
    assert (sent["label"], sent["seeds"], sent["diverged"]) == ("too high", 2, [1, 3, 99])
    rest = [run for run in result.histories["too high"] if not run.diverged]
    np.testing.assert_allclose(sent["accuracy"]["mean"], np.mean([run.val_accuracy for run in rest], axis=0))
    gone = explorers.training({"gone": made_history(Constant(0.9), diverges=True)})
    assert gone._runs[0]["diverged"] == [1, 1, 99]
    assert gone._steps[-1] == 100
    assert gone._targets == {}
    json.dumps(gone.get_state(), allow_nan=False, default=str)


def test_a_long_run_is_thinned_and_stops_at_every_epochs_end() -> None:
    runs = {label: made_history(schedule, updates=4690, epochs=5) for label, schedule in SCHEDULES.items()}
    explorer = explorers.training(runs)
    assert len(explorer._steps) < 500
    assert set(runs["cosine"].epoch_end.tolist()) <= set(explorer._steps)
    at = np.minimum(explorer._steps, 4689)
    np.testing.assert_allclose(unpacked(explorer._runs[2]["lr"]["mean"]), runs["cosine"].lr[at], rtol=1e-6)


def test_runs_of_different_lengths_share_the_steps() -> None:
    runs = {"short": made_history(Cosine(0.3, T_max=100), updates=100, epochs=2), "long": made_history(Constant(0.2))}
    explorer = explorers.training(runs)
    assert [run["last"] for run in explorer._runs] == [100, 300]
    assert len(unpacked(explorer._runs[0]["loss"]["mean"])) == 101
    assert explorer._runs[0]["ends"] == [50, 100]
    assert "lead" not in explorer._targets, "their epochs do not end together"


def test_histories_come_in_any_shape() -> None:
    one = made_history(Constant(0.2), label="mine")
    assert [run["label"] for run in explorers.training(one)._runs] == ["mine"]
    several = [made_history(Constant(0.2)), one]
    assert [run["label"] for run in explorers.training(several)._runs] == ["run 1", "mine"]
    assert [run["label"] for run in explorers.training(iter(several))._runs] == ["run 1", "mine"]
    seeds = {"mine": [made_history(Constant(0.2), seed=seed) for seed in range(3)]}
    assert explorers.training(seeds)._runs[0]["seeds"] == 3


@pytest.mark.parametrize(
    ("histories", "rule"),
    [
        (3, r"histories must be a Comparison or histories by their labels, got 3$"),
        ("cosine", r"histories must be a Comparison or histories by their labels, got 'cosine'$"),
        ({}, r"histories must have at least one history, got none$"),
        ([], r"histories must have at least one history, got none$"),
        ({"a": 3}, r"histories must be histories of lrlab.train by their labels, got 3 for 'a'$"),
        ({"a": []}, r"histories must be histories of lrlab.train by their labels, got \[\] for 'a'$"),
        ({3: 4}, r"histories must be histories of lrlab.train by their labels, got 4 for 3$"),
    ],
)
def test_anything_but_histories_is_refused_in_one_sentence(histories: Any, rule: str) -> None:
    with pytest.raises(ValueError, match=f"^{rule}"):
        explorers.training(histories)


def test_histories_without_updates_and_labels_twice_are_refused() -> None:
    run = made_history(Constant(0.2), label="mine")
    with pytest.raises(ValueError, match=r"^histories must have labels that differ, got 'mine' twice$"):
        explorers.training([run, run])
    empty = replace(run, step=run.step[:0], lr=run.lr[:0], loss=run.loss[:0])
    with pytest.raises(ValueError, match=r"^histories must have an update or more, got none for 'mine'$"):
        explorers.training(empty)


@pytest.mark.parametrize(
    ("name", "value", "rule"),
    [
        ("step", -1, r"step must be a whole number from 0 to 300, got -1$"),
        ("step", 301, r"step must be a whole number from 0 to 300, got 301$"),
        ("step", 2.0, r"step must be a whole number from 0 to 300, got 2.0$"),
        ("step", True, r"step must be a whole number from 0 to 300, got True$"),
        ("show", "step", r"show must be a list with labels from constant, step, cosine, got 'step'$"),
        ("show", ["a"], r"show must be a list with labels from constant, step, cosine, got \['a'\]$"),
        ("log_y", 1, r"log_y must be True or False, got 1$"),
        ("goal", "win", r"goal must be None or one of reach, lead, winner, got 'win'$"),
    ],
)
def test_bad_values_are_refused_in_one_sentence(name: str, value: object, rule: str) -> None:
    with pytest.raises(ValueError, match=f"^{rule}"):
        explorers.training(single(), **{name: value})
    explorer = explorers.training(single())
    before = repr(explorer)
    with pytest.raises(ValueError, match=f"^{rule}"):
        setattr(explorer, name, value)
    assert repr(explorer) == before


def test_a_window_must_be_a_count() -> None:
    with pytest.raises(ValueError, match=r"^window must be a whole number >= 1, got 0$"):
        explorers.training(single(), window=0)


def test_the_nearest_step_that_the_page_has_is_taken() -> None:
    explorer = explorers.training(made_history(Constant(0.2), updates=40_000))
    explorer.step = 20_123
    assert explorer.step in explorer._steps
    assert abs(explorer.step - 20_123) <= 51
    explorer.step = np.int64(40_000)
    assert explorer.step == 40_000
    assert type(explorer.step) is int


def test_show_keeps_the_runs_order_and_drops_repeats() -> None:
    explorer = explorers.training(single(), show=iter(["cosine", "constant", "cosine"]))
    assert explorer.show == ["constant", "cosine"]


def _runs(**accuracies: list[float]) -> dict[str, History]:
    """Runs whose validation is given; the loss is what the accuracy lacks."""
    runs = {}
    for label, values in accuracies.items():
        run = made_history(Constant(0.2), epochs=len(values))
        runs[label] = replace(run, val_accuracy=np.array(values), val_loss=1 - np.array(values))
    return runs


def test_the_goals_know_what_reaches_them() -> None:
    targets = explorers.training(
        _runs(a=[0.5, 0.9, 0.91, 0.92, 0.93, 0.93], b=[0.3, 0.4, 0.92, 0.94, 0.92, 0.95])
    )._targets
    assert targets == {
        "reach": {"level": 0.9, "from": 100, "until": 150},
        "winner": {"labels": ["b"]},
        "lead": {"from": 300, "until": None},
    }
    always = explorers.training(_runs(a=[0.5, 0.6, 0.7], b=[0.1, 0.2, 0.15]))._targets
    assert always["lead"] == {"from": 100, "until": 200}
    assert "reach" in always, "0.2 is reached by both"
    tie = explorers.training(_runs(a=[0.5, 0.7], b=[0.6, 0.7]))._targets
    assert tie["winner"] == {"labels": ["a", "b"]}


def test_a_goal_that_the_runs_cannot_reach_is_refused() -> None:
    one = made_history(Constant(0.2))
    with pytest.raises(ValueError, match=r"^goal must be None or one of reach with these results, got 'lead'$"):
        explorers.training(one, goal="lead")
    none = replace(one, epoch_end=one.epoch_end[:0], val_loss=one.val_loss[:0], val_accuracy=one.val_accuracy[:0])
    with pytest.raises(ValueError, match=r"^goal must be None with these results, got 'reach'$"):
        explorers.training(none, goal="reach")
    assert explorers.training(none)._runs[0]["ends"] == []


def _texts(svg: str) -> list[str]:
    return ["".join(text.itertext()).strip() for text in ET.fromstring(svg).iter(f"{SVG}text")]


@pytest.mark.slow
@pytest.mark.parametrize("log_y", [False, True])
def test_a_picture_goes_with_the_widget(log_y: bool) -> None:
    explorer = explorers.training(made_comparison(), show=["constant", "too high"], log_y=log_y)
    data, _ = explorer._repr_mimebundle_()
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == explorer.model_id
    labels = _texts(data["image/svg+xml"])
    assert {"constant", "too high", "learning rate", "training loss", "validation accuracy"} <= set(labels)
    assert "cosine" not in labels
    assert len(data["image/svg+xml"]) < 90_000
    assert data["image/svg+xml"] == explorer._repr_mimebundle_()[0]["image/svg+xml"]
    explorer.show = []
    assert "<svg" in explorer._repr_mimebundle_()[0]["image/svg+xml"]
    gone = explorers.training(made_history(Constant(0.9), diverges=True), log_y=log_y)
    assert "<svg" in gone._repr_mimebundle_()[0]["image/svg+xml"]


@pytest.mark.slow
def test_the_picture_opens_no_pyplot_figure() -> None:
    code = """
import sys, lrlab.explorers as explorers
from support.made_results import made_comparison
explorers.training(made_comparison())._repr_mimebundle_()
assert "matplotlib.pyplot" not in sys.modules
"""
    done = subprocess.run([sys.executable, "-c", code], env=with_support(), capture_output=True, text=True, timeout=500)
    assert done.returncode == 0, done.stderr


def test_the_page_is_light_however_much_was_trained() -> None:
    longest = made_comparison(seeds=5, updates=4690)
    many = {f"{label} {i}": runs for label, runs in longest.histories.items() for i in range(3)}
    for result in (longest, Comparison(seeds=longest.seeds, histories=many)):
        explorer = explorers.training(result)
        assert len(json.dumps(explorer.get_state(), default=str)) < 100_000


def test_the_signature_names_what_repr_shows() -> None:
    shown = repr(explorers.training(single(), step=7, show=["cosine"], goal="winner"))
    assert shown == "explorers.training(…, step=7, show=['cosine'], log_y=False, goal='winner')"
    names = set(inspect.signature(explorers.training).parameters) - {"histories", "window"}
    assert all(f"{name}=" in shown for name in names)
