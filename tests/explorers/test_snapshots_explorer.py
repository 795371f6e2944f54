"""The snapshot explorer's Python side: what the page gets is what the result says; state, refusals, still picture."""

from __future__ import annotations

import base64
import xml.etree.ElementTree as ET
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from support.made_snapshots import IMAGES, ensemble

from lrlab import data, explorers
from lrlab.experiments.ensembles import Snapshots, ensemble_probabilities
from lrlab.explorers.snapshots.run_data import DIGITS, answers_together
from lrlab.explorers.snapshots.widget import SnapshotExplorer

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def made() -> tuple[Snapshots, data.Dataset]:
    return ensemble()


def bits(chosen: Any) -> int:
    return sum(2 ** (k - 1) for k in chosen)


def every_choice(cycles: int) -> list[tuple[int, ...]]:
    return [some for size in range(1, cycles + 1) for some in combinations(range(1, cycles + 1), size)]


def unpacked(run: dict[str, Any], key: str, kind: str) -> Any:
    return np.frombuffer(base64.b64decode(run[key]), kind)


# ---- what the page gets


@pytest.mark.parametrize("seed", [0, 2])
def test_the_mistakes_of_every_choice(made: tuple[Snapshots, data.Dataset], seed: int) -> None:
    result, images = made
    explorer = explorers.snapshots(result, images, seed=seed)
    wrong = unpacked(explorer._run, "wrong", "<u4")
    run = result.probabilities[result.seeds.index(seed)]
    assert len(wrong) == 16
    for chosen in every_choice(4):
        together = ensemble_probabilities(run[[k - 1 for k in chosen]])
        assert wrong[bits(chosen)] == (together.argmax(axis=1) != result.labels).sum()
        explorer.chosen = chosen
        np.testing.assert_array_equal(explorer.probabilities, together)
        assert explorer.error == wrong[bits(chosen)] / IMAGES


def test_the_numbers_are_the_results_own(made: tuple[Snapshots, data.Dataset]) -> None:
    result, images = made
    run = explorers.snapshots(result, images)._run
    wrong = unpacked(run, "wrong", "<u4")
    assert run["own"] == [wrong[2**k] for k in range(4)] == (IMAGES * result.errors[0]).round().tolist()
    growing = [wrong[bits(range(5 - k, 5))] for k in (1, 2, 3, 4)]
    assert growing == (IMAGES * result.ensemble_errors[0]).round().tolist()
    assert run["single"] == round(IMAGES * result.single_errors[0])
    np.testing.assert_allclose(np.array(run["differ"]) / IMAGES, result.disagreement[0])
    assert run["ends"] == [30, 60, 90, 120]
    steps, rates = run["rates"]
    assert rates == pytest.approx(result.histories[0].lr[steps], rel=1e-3)
    assert {29, 30, 59, 60, 89, 90, 119} <= set(steps), "each minimum, and the jump after it"


def test_the_digits_are_the_most_disputed_with_their_pictures_and_probabilities(
    made: tuple[Snapshots, data.Dataset],
) -> None:
    result, images = made
    run, found = explorers.snapshots(result, images)._run, result.disputed(0)
    assert run["disputed"] == len(found) > DIGITS
    assert run["index"] == found.index[:DIGITS].tolist()
    assert run["label"] == result.labels[run["index"]].tolist()
    pixels = unpacked(run, "pixels", "u1").reshape(DIGITS, 28, 28)
    np.testing.assert_array_equal(pixels, np.rint(255 * images.val_images[run["index"], 0].numpy()))
    probabilities = unpacked(run, "probabilities", "<f4").reshape(DIGITS, 4, 10)
    np.testing.assert_array_equal(probabilities, result.probabilities[0][:, run["index"]].swapaxes(0, 1))


def test_many_images_go_in_parts_and_a_tie_goes_to_the_lower_digit() -> None:
    rng = np.random.default_rng(0)
    some = rng.dirichlet(np.ones(4), size=(3, 700)).astype(np.float32)
    found = answers_together(some)
    for chosen in every_choice(3):
        mean = some[[k - 1 for k in chosen]].mean(axis=0, dtype=float)
        np.testing.assert_array_equal(found[bits(chosen)], mean.argmax(axis=1))
    equal = np.full((2, 1, 4), 0.25, np.float32)
    assert answers_together(equal).tolist() == [[0]] * 4


def smallest(result: Snapshots) -> int | None:
    """The fewest of two or more snapshots that make fewer mistakes than the single model, by trying them all."""
    for chosen in sorted((some for some in every_choice(4) if len(some) > 1), key=len):
        together = ensemble_probabilities(result.probabilities[0][[k - 1 for k in chosen]])
        if (together.argmax(axis=1) != result.labels).mean() < result.single_errors[0]:
            return len(chosen)
    return None


@pytest.mark.parametrize(("single", "least"), [(2.7, 3), (2.0, 2), (9.0, None)])
def test_which_ensemble_is_the_smallest_to_win(single: float, least: int | None) -> None:
    result, images = ensemble(single=single)
    assert explorers.snapshots(result, images)._run["least"] == smallest(result) == least


def against(result: Snapshots, index: int) -> bool:
    """Whether some choice is right on this image together although more than half of it is wrong alone."""
    run, label = result.probabilities[0][:, index], result.labels[index]
    for chosen in every_choice(result.schedule.cycles):
        some = run[[k - 1 for k in chosen]]
        wrong = (some.argmax(axis=1) != label).sum()
        if some.mean(axis=0, dtype=float).argmax() == label and 2 * wrong > len(chosen):
            return True
    return False


@pytest.mark.parametrize("seed", range(4))
def test_whether_the_minority_can_be_right_together(seed: int) -> None:
    result, images = ensemble(cycles=3, images=40, seed=seed)
    # Of two, one is no majority; but both can be wrong, each in its own way, and right together.
    few = replace(result, probabilities=result.probabilities[:, :2], schedule=replace(result.schedule, cycles=2))
    for one in (result, few):
        run = explorers.snapshots(one, images)._run
        assert run["against"] == any(against(one, index) for index in run["index"])


def test_a_digit_that_a_goal_needs_is_shown_though_others_are_more_disputed() -> None:
    result, images = ensemble(images=200)
    plain = np.full((4, 10), 0.05, np.float32)
    run = result.probabilities[0].copy()
    # Two answers to each of these, two snapshots behind either: none can be right against the most of a choice.
    for index in range(200):
        label = result.labels[index]
        run[:, index] = plain
        run[:2, index, label] = run[2:, index, (label + 1) % 10] = 0.55
    # Three against one here, and the one is very sure: less disputed than all the others.
    run[:, 150] = plain
    run[:3, 150, 1], run[:3, 150, 0] = 0.35, 0.25
    run[3, 150] = np.eye(10)[0]
    result = replace(result, probabilities=np.concatenate([run[None], result.probabilities[1:]]))
    explorer = explorers.snapshots(result, images)
    assert 150 not in result.disputed(0).index[:DIGITS]
    assert explorer._run["index"][-1] == 150
    assert len(explorer._run["index"]) == DIGITS
    assert explorer._run["against"] is True


@pytest.mark.slow
def test_snapshots_that_agree_on_everything_leave_no_digit_to_show(made: tuple[Snapshots, data.Dataset]) -> None:
    result, images = made
    same = replace(result, probabilities=np.repeat(result.probabilities[:, :1], 4, axis=1))
    explorer = explorers.snapshots(same, images)
    assert (explorer.digit, explorer._run["index"], explorer._run["against"]) == (None, [], False)
    assert len(set(unpacked(explorer._run, "wrong", "<u4")[1:])) == 1
    with pytest.raises(ValueError, match=r"^digit must be None, as all agree, got 3$"):
        explorer.digit = 3
    assert "agree on every validation image" in " ".join(_texts(explorer))


@pytest.mark.slow
def test_a_single_model_that_diverged(made: tuple[Snapshots, data.Dataset]) -> None:
    result, images = made
    gone = replace(result, single_probabilities=np.full_like(result.single_probabilities, np.nan))
    explorer = explorers.snapshots(gone, images, goal="beat")
    assert (explorer._run["single"], explorer._run["least"]) == (None, None)
    assert any("single model: diverged" in text for text in _texts(explorer))


# ---- state


def test_arguments_are_attributes_and_repr_shows_the_call_that_makes_it_again(
    made: tuple[Snapshots, data.Dataset],
) -> None:
    result, images = made
    digit = result.disputed(2).index[3]
    explorer = explorers.snapshots(result, images, seed=2, chosen=(4, 2, 2), digit=digit, goal="beat")
    assert (explorer.seed, explorer.chosen, explorer.digit, explorer.goal) == (2, [2, 4], digit, "beat")
    again = eval(repr(explorer), {"explorers": explorers, "result": result, "data": images})
    assert repr(again) == repr(explorer)
    assert explorers.snapshots(result, images).chosen == [1, 2, 3, 4]


def test_no_goal_is_reached_before_anything_is_done(made: tuple[Snapshots, data.Dataset]) -> None:
    result, images = made
    assert explorers.snapshots(result, images, goal="fewest").chosen == [4]
    assert explorers.snapshots(result, images, goal="beat").chosen == [4]
    same = replace(result, probabilities=np.repeat(result.probabilities[:, :1], 4, axis=1))
    assert explorers.snapshots(same, images, goal="against").chosen == [4], (
        "the goal that every run has takes its place"
    )
    for seed in (0, 2):
        explorer = explorers.snapshots(result, images, seed=seed, goal="against")
        place = explorer._run["index"].index(explorer.digit)
        run, label = result.probabilities[result.seeds.index(seed)], result.labels
        right = run.mean(axis=0, dtype=float).argmax(axis=1) == label
        reached = right & ((run.argmax(axis=-1) != label).sum(axis=0) > 2)
        assert reached[explorer._run["index"][:place]].all(), "the first that is left to choose"
        assert not reached[explorer.digit]
        assert reached[explorer._run["index"]].any()


def test_another_seed_brings_its_own_run_and_digits(made: tuple[Snapshots, data.Dataset]) -> None:
    result, images = made
    explorer = explorers.snapshots(result, images, chosen=[1, 3])
    heard: list[Any] = []
    explorer.observe(lambda change: heard.append(change.name))
    explorer.seed = np.int64(2)
    assert explorer._run == explorers.snapshots(result, images, seed=2)._run
    assert explorer.digit == result.disputed(2).index[0]
    assert explorer.chosen == [1, 3]
    assert set(heard) >= {"seed", "_run", "digit"}


@pytest.mark.parametrize(
    ("name", "value", "rule"),
    [
        ("chosen", [], r"chosen must be a list of snapshots from 1 to 4, at least one, got \[\]$"),
        ("chosen", [0, 1], r"chosen must be a list of snapshots from 1 to 4, at least one, got \[0, 1\]$"),
        ("chosen", iter([5]), r"chosen must be a list of snapshots from 1 to 4, at least one, got \[5\]$"),
        ("chosen", [True], r"chosen must be a list of snapshots from 1 to 4, at least one, got \[True\]$"),
        ("chosen", 3, r"chosen must be a list of snapshots from 1 to 4, at least one, got 3$"),
        ("chosen", "12", r"chosen must be a list of snapshots from 1 to 4, at least one, got '12'$"),
        ("seed", 1, r"seed must be one of \(0, 2, 3\), got 1$"),
        ("seed", 3, r"seed must be one whose run did not diverge, got 3$"),
        ("seed", -1, r"seed must be a whole number >= 0 of at most 63 bits, got -1$"),
        ("seed", True, r"seed must be a whole number >= 0 of at most 63 bits, got True$"),
        ("digit", -1, r"digit must be one of the validation images shown, \d+, .*, got -1$"),
        ("digit", "a", r"digit must be one of the validation images shown, .*, got 'a'$"),
        ("goal", "win", r"goal must be None or one of beat, fewest, against, got 'win'$"),
    ],
)
def test_bad_values_are_refused_in_one_sentence(
    made: tuple[Snapshots, data.Dataset], name: str, value: Any, rule: str
) -> None:
    explorer = explorers.snapshots(*made)
    before = repr(explorer)
    with pytest.raises(ValueError, match=f"^{rule}"):
        setattr(explorer, name, value)
    assert repr(explorer) == before
    value = iter([5]) if name == "chosen" and not isinstance(value, (list, str, int)) else value
    with pytest.raises(ValueError, match=f"^{rule}"):
        explorers.snapshots(*made, **{name: value})


def test_results_and_data_that_are_none_or_do_not_belong_together(made: tuple[Snapshots, data.Dataset]) -> None:
    result, images = made
    with pytest.raises(ValueError, match=r"^result must be what lrlab.experiments.snapshots returns, got 3$"):
        explorers.snapshots(3, images)
    with pytest.raises(ValueError, match=r"^data must be what lrlab.data.load returns, got a Tensor$"):
        explorers.snapshots(result, images.val_images)
    with pytest.raises(
        ValueError, match=r"^data must have the 60 validation images that the snapshots answered for, got Data"
    ):
        explorers.snapshots(result, ensemble(images=50)[1])
    with pytest.raises(ValueError, match=r"^result must have at most 10 snapshots, got 11$"):
        explorers.snapshots(*ensemble(cycles=11))


def test_the_page_and_its_data_weigh_less_than_100_kb() -> None:
    result, images = ensemble(cycles=10, images=1000)
    explorer = explorers.snapshots(result, images)
    assert explorer._run["disputed"] > DIGITS
    state = explorer.get_state()
    assert sum(len(str(value).encode()) for value in state.values()) < 100_000


# ---- the still picture


def _texts(explorer: SnapshotExplorer) -> list[str]:
    bundle = explorer._repr_mimebundle_()
    assert bundle is not None
    svg = bundle[0]["image/svg+xml"]
    return ["".join(text.itertext()).strip() for text in ET.fromstring(svg).iter(f"{SVG}text")]


@pytest.mark.slow
def test_a_picture_goes_with_the_widget(made: tuple[Snapshots, data.Dataset]) -> None:
    explorer = explorers.snapshots(*made, seed=2, chosen=[2, 4])
    bundle = explorer._repr_mimebundle_()
    assert bundle is not None
    assert bundle[0]["application/vnd.jupyter.widget-view+json"]["model_id"] == explorer.model_id
    assert bundle[0]["text/plain"] == repr(explorer)
    texts = _texts(explorer)
    single = made[0].single_errors[1]
    assert f"snapshots 2, 4 together: error {explorer.error:.2%}; single model: error {single:.2%}" in texts
    assert {"snapshot 1", "together", "label", "learning rate used"} <= set(texts)


@pytest.mark.slow
def test_the_picture_opens_no_pyplot_figure(made: tuple[Snapshots, data.Dataset]) -> None:
    import matplotlib.pyplot as plt

    before = plt.get_fignums()
    _texts(explorers.snapshots(*made))
    assert plt.get_fignums() == before
