"""Pictures of snapshot ensembles and of grids: what is drawn where, and how it is marked."""

import matplotlib as mpl

mpl.use("Agg")

from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from support.made_snapshots import history

from lrlab.experiments.batch_size import BatchSizeGrid
from lrlab.experiments.ensembles import Disputed, Snapshots
from lrlab.plots import COLORS, batch_size_grid, disagreements, snapshots
from lrlab.schedules import Cosine, SnapshotCosine


@pytest.fixture(autouse=True)
def closed():
    plt.close("all")  # what other tests of this process left open
    yield
    plt.close("all")


def probabilities(*shape, seed=0):
    return torch.softmax(torch.randn(*shape, 10, generator=torch.Generator().manual_seed(seed)), dim=-1).numpy()


@pytest.fixture
def result():
    schedule = SnapshotCosine(0.1, updates=12, cycles=3)
    return Snapshots(
        seeds=(0, 1),
        schedule=schedule,
        labels=np.arange(20) % 10,
        probabilities=probabilities(2, 3, 20),
        single_probabilities=probabilities(2, 20, seed=1),
        independent_probabilities={"short": probabilities(2, 3, 20, seed=2)},
        histories=(history(schedule, 12),) * 2,
        single_histories=(history(Cosine(0.1, T_max=12), 12),) * 2,
        states=((), ()),
    )


def with_label(ax, label):
    handles, labels = ax.get_legend_handles_labels()
    handle = handles[labels.index(label)]
    return handle[0] if isinstance(handle, tuple) else handle


def texts(ax):
    return [text.get_text() for text in ax.texts]


# ---- the ensemble


def test_rates_and_where_the_snapshots_were_taken(result):
    ax = snapshots(result)[0]
    assert with_label(ax, "snapshots").get_ydata().tolist() == result.schedule.curve(12).tolist()
    assert with_label(ax, "single model").get_ydata().tolist() == Cosine(0.1, T_max=12).curve(12).tolist()
    (dots,) = [line for line in ax.lines if line.get_marker() == "o"]
    assert dots.get_xdata().tolist() == [3, 7, 11]  # the last updates of their cycles, where the rate is lowest
    assert dots.get_ydata().tolist() == [result.schedule(n) for n in (3, 7, 11)]


def test_errors_of_each_of_the_ensemble_and_of_the_single_model(result):
    ax = snapshots(result)[1]
    for label, errors in {
        "snapshot k": result.errors,
        "the last k together": result.ensemble_errors,
        "k short models together": result.independent_errors("short"),
    }.items():
        line = with_label(ax, label)
        assert line.get_ydata().tolist() == errors.mean(axis=0).tolist()
        assert np.round(line.get_xdata()).tolist() == [1, 2, 3]
    assert with_label(ax, "single model").get_ydata()[0] == result.single_errors.mean()
    (_, low), (_, high) = ax.collections[0].get_segments()[0]  # from the lowest seed to the highest
    assert low == pytest.approx(result.errors[:, 0].min())
    assert high == pytest.approx(result.errors[:, 0].max())
    looks = [to_hex(with_label(ax, label).get_color()) for label in ax.get_legend_handles_labels()[1]]
    assert len(set(looks)) == 4
    assert looks[0] == to_hex(with_label(snapshots(result)[0], "single model").get_color())


def test_one_seed_has_no_bars(result):
    one = replace(
        result,
        seeds=(0,),
        probabilities=result.probabilities[:1],
        single_probabilities=result.single_probabilities[:1],
        independent_probabilities={},
    )
    ax = snapshots(one)[1]
    assert len(ax.collections) == 0
    assert ax.get_title(loc="left") == ""


def test_disagreement_as_numbers(result):
    ax = snapshots(result)[2]
    differ = 100 * result.disagreement.mean(axis=0)
    assert texts(ax) == [f"{differ[i, j]:.1f}" for i in range(3) for j in range(3) if i != j]
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["1", "2", "3"]


@pytest.mark.slow
def test_runs_that_diverged_are_left_out(result):
    some = result.probabilities.copy()
    some[1, 2] = np.nan
    ax = snapshots(replace(result, probabilities=some))[1]
    assert with_label(ax, "snapshot k").get_ydata().tolist() == result.errors[0].tolist()
    nothing = np.full_like(some, np.nan)
    gone = replace(
        result,
        probabilities=nothing,
        single_probabilities=nothing[:, 0],
        independent_probabilities={},
        histories=(history(result.schedule, updates=5),) * 2,
    )
    axes = snapshots(gone)
    assert axes[1].get_legend() is None
    assert texts(axes[2]) == []
    axes[0].figure.canvas.draw()


def test_it_draws_on_the_axes_it_is_given(result, capsys):
    three = Figure().subplots(1, 3)
    assert list(snapshots(result, axes=three)) == list(three)
    one = Figure().subplots()
    assert batch_size_grid(made_grid(), ax=one) is one
    assert disagreements(result.disputed(), torch.zeros(20, 1, 28, 28), ax=one) is one
    assert plt.get_fignums() == []
    assert capsys.readouterr() == ("", "")
    with pytest.raises(ValueError, match=r"^axes must be three matplotlib Axes, got 2$"):
        snapshots(result, axes=Figure().subplots(1, 2))


# ---- disputed digits


@pytest.fixture
def disputed():
    return Disputed(
        index=np.array([7, 2, 5]),
        label=np.array([3, 9, 1]),
        answers=np.array([[3, 8], [4, 5], [1, 7]]),
        ensemble=np.array([3, 4, 1]),
    )


def test_each_digit_above_its_answers_the_wrong_ones_marked(disputed):
    images = torch.rand(10, 1, 28, 28)
    ax = disagreements(disputed, images)
    shown = np.asarray(ax.images[0].get_array())
    np.testing.assert_array_equal(shown, np.hstack([images[i, 0].numpy() for i in (7, 2, 5)]))
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["label", "snapshot 1", "snapshot 2", "together"]
    assert texts(ax) == ["3", "3", "8", "3", "9", "4", "5", "4", "1", "1", "7", "1"]
    wrong = [text for text in ax.texts if text.get_weight() == "bold"]
    assert [text.get_text() for text in wrong] == ["8", "4", "5", "4", "7"]
    assert {to_hex(text.get_color()).upper() for text in wrong} == {COLORS[1]}
    heights = [text.get_position()[1] for text in ax.texts[:4]]
    assert heights == sorted(heights, reverse=True)
    assert ax.get_ylim()[0] < min(heights)  # all are inside the panel


def test_at_most_so_many(disputed):
    ax = disagreements(disputed, torch.rand(10, 1, 28, 28), most=2)
    assert len(ax.texts) == 2 * 4
    with pytest.raises(ValueError, match=r"^most must be a whole number >= 1, got 0$"):
        disagreements(disputed, torch.rand(10, 1, 28, 28), most=0)


def test_nothing_disputed():
    none = np.empty(0, dtype=np.int64)
    ax = disagreements(Disputed(none, none, np.empty((0, 5), dtype=np.int64), none), torch.rand(10, 1, 28, 28))
    assert ax.get_title(loc="left") == "the snapshots agree on every validation image"
    ax.figure.canvas.draw()


# ---- the grid


def made_grid():
    nan = np.nan
    losses = [[[0.05], [0.2], [1.0]], [[2.0], [0.5], [nan]], [[nan], [nan], [nan]]]
    return BatchSizeGrid(
        batch_sizes=np.array([8, 32, 128]),
        lrs=np.array([0.01, 0.1, 1.0]),
        seeds=(0,),
        epochs=1,
        updates=np.array([120, 30, 8]),
        val_loss=np.array(losses),
        val_accuracy=np.ones((3, 3, 1)),
    )


def test_the_grid_shows_every_number_and_frames_the_best():
    ax = batch_size_grid(made_grid())
    assert texts(ax) == ["0.05", "0.20", "1.00", "2.00", "0.50"]
    framed = [patch.get_center() for patch in ax.patches if patch.get_linewidth() > 0]
    assert [tuple(np.round(centre).astype(int)) for centre in framed] == [(0, 0), (1, 1)]  # column, row
    assert [text.get_text() for text in ax.texts if text.get_weight() == "bold"] == ["0.05", "0.50"]
    hatched = [patch.get_center() for patch in ax.patches if patch.get_hatch()]
    assert [tuple(np.round(centre).astype(int)) for centre in hatched] == [(2, 1), (0, 2), (1, 2), (2, 2)]
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["0.01", "0.1", "1"]
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["8", "32", "128"]
    assert ax.get_title(loc="left") == "validation loss after 1 epoch (frame: best of its row)"


def test_numbers_can_be_read_on_their_fields():
    ax = batch_size_grid(made_grid())
    picture = ax.images[0]
    for text in ax.texts:
        column, row = text.get_position()
        colour = np.dot(picture.cmap(picture.norm(made_grid().val_loss[row, column, 0]))[:3], [0.299, 0.587, 0.114])
        ink = 1.0 if text.get_color() == "white" else 0.0
        assert abs(colour - ink) >= 0.45


def test_a_grid_where_everything_diverged():
    gone = replace(made_grid(), val_loss=np.full((3, 3, 1), np.nan))
    ax = batch_size_grid(gone)
    assert texts(ax) == []
    ax.figure.canvas.draw()
