"""Pictures of range tests and sweeps: what is drawn where."""

from dataclasses import replace

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure

from lrlab import plots
from lrlab.experiments import RangeTest, Sweep


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def range_of(losses, stopped=None):
    losses = np.array(losses, dtype=float)
    return RangeTest(np.geomspace(1e-4, 10, len(losses)), losses + 0.1, losses, stopped)


def swept(losses):
    losses = np.array(losses, dtype=float)
    lrs, done = np.geomspace(1e-3, 10, len(losses)), np.ones(losses.shape, dtype=bool)
    return Sweep(lrs, (0, 1), losses[..., None], losses, 1 - losses / 10, done, True, False)


def line(ax, label):
    (found,) = [line for line in ax.lines if str(line.get_label()).startswith(label)]
    return found


def test_range_test_shows_losses_and_suggestions():
    result = range_of([2.3, 2.3, 2.2, 1.8, 1.0, 0.9, 3.0])
    ax = plots.range_test(result)
    assert line(ax, "loss of one batch").get_ydata().tolist() == result.loss.tolist()
    assert line(ax, "moving average").get_ydata().tolist() == result.smooth_loss.tolist()
    assert ax.get_xscale() == "log"
    marks = {label: line(ax, label) for label in ("steepest fall", "middle of the fall", "minimum / 10")}
    for mark, lr in zip(marks.values(), result.suggestions.values(), strict=True):
        assert mark.get_xdata()[0] == lr
    assert len({mark.get_marker() for mark in marks.values()}) == 3  # told apart without colour


def test_range_test_without_suggestions_and_with_a_loss_that_is_not_finite():
    ax = plots.range_test(range_of([1.0, 2.0, 3.0, np.nan], "not finite"))
    assert len(ax.lines) == 2
    assert np.isfinite(ax.get_ylim()).all()


def test_range_test_that_stopped_at_once():
    ax = plots.range_test(range_of([np.nan], "not finite"))
    assert np.isfinite(ax.get_ylim()).all()


def test_an_interrupted_sweep_shows_the_seeds_that_are_whole():
    result = swept([[2.3, np.nan], [0.5, 0.7]])
    part = replace(result, done=np.isfinite(result.val_loss), interrupted=True)
    ax = plots.sweep(part)
    assert ax.lines[0].get_ydata().tolist() == [2.3, 0.5]
    nothing = replace(part, done=np.zeros((2, 2), dtype=bool), val_loss=np.full((2, 2), np.nan))
    assert not len(plots.sweep(nothing).lines[0].get_ydata())


def legend(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_sweep_shows_mean_band_best_and_what_diverged():
    result = swept([[2.3, 2.3], [1.0, 1.4], [0.5, 0.7], [np.nan, 0.4]])
    ax = plots.sweep(result, label="SGD")
    assert line(ax, "SGD").get_ydata().tolist() == pytest.approx([2.3, 1.2, 0.6])
    assert line(ax, "SGD").get_xdata().tolist() == result.lrs[:3].tolist()
    assert legend(ax) == [f"SGD, best: {result.best:.2g}", "a seed diverged"]
    (cross,) = [found for found in ax.lines if found.get_marker() == "x"]
    assert cross.get_xdata().tolist() == [result.lrs[3]]
    (ring,) = [found for found in ax.lines if found.get_markersize() == 13]
    assert ring.get_xydata().tolist() == [[result.best, pytest.approx(0.6)]]
    assert ax.get_ylim() == pytest.approx((-0.04 * 1.3 * 2.3, 1.3 * 2.3))


@pytest.mark.slow
def test_the_words_of_several_sweeps_lie_on_nothing():
    low = swept([[2.3, 2.3], [0.02, 0.02], [0.0, 0.01], [0.01, 0.02], [2.3, np.nan]])
    ax = plots.sweep(low, label="Adam")
    plots.sweep(low, ax=ax, label="SGD", color=plots.COLORS[1], marker="s")
    assert legend(ax) == [f"Adam, best: {low.best:.2g}", "a seed diverged", f"SGD, best: {low.best:.2g}"]
    assert not ax.texts
    ax.figure.canvas.draw()
    words, panel = ax.get_legend().get_window_extent(), ax.get_window_extent()
    assert panel.y1 < words.y0 < words.y1 < ax.figure.bbox.y1, "above the panel, and not cut off"
    assert words.x1 < ax.figure.bbox.x1
    (ring,) = [found for found in ax.lines if found.get_markersize() == 13 and found.get_markeredgecolor() == "#0072B2"]
    _, height = ring.get_transform().transform(ring.get_xydata())[0]
    assert height - 13 / 2 * ax.figure.dpi / 72 > panel.y0, "the ring of a loss near 0 is whole"


def test_a_sweep_without_a_label_names_its_best():
    result = swept([[2.3, 2.3], [0.5, 0.7]])
    assert legend(plots.sweep(result)) == [f"mean of 2 seeds, best: {result.best:.2g}"]


def test_sweep_where_all_diverged():
    assert legend(plots.sweep(swept([[np.nan, 1], [np.nan, np.nan]]))) == ["mean of 2 seeds", "a seed diverged"]


def test_on_the_axes_that_are_given():
    for draw, result in ((plots.range_test, range_of([2, 1, 3])), (plots.sweep, swept([[2, 2], [1, 1]]))):
        ax = Figure().subplots()
        assert draw(result, ax=ax) is ax
