"""The alternative text of figures: what it says, and that IPython puts it where nbconvert looks for it."""

import re
from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from IPython.core.formatters import DisplayFormatter
from IPython.core.pylabtools import select_figure_formats

from lrlab import data, experiments, plots
from lrlab.experiments.ensembles import Disputed
from lrlab.landscapes import Ravine, descend
from lrlab.plots._alt import install
from lrlab.schedules import Constant, Cosine


def test_lines_and_axes_are_told():
    ax = plots.schedules({"constant": Constant(0.1), "cosine": Cosine(0.1, T_max=50)}, steps=61)
    assert plots.describe(ax) == (
        "Learning rate (0 to 0.1) over step (completed updates) (0 to 60). "
        "Lines: constant, at 0.1; cosine, from 0.1 to 0.00955, lowest 0."
    )
    assert plots.describe(ax.figure) == plots.describe(ax)


def test_panels_are_counted_and_a_log_scale_is_named():
    _, axes = plt.subplots(1, 2)
    axes[0].semilogx([0.001, 1], [2, 3])
    axes[1].plot([0, 1], [5, 5], label="flat")
    axes[1].set_title("right")
    assert plots.describe(axes) == (
        "Panel 1 of 2, y (2 to 3) over x (0.001 to 1, on a log scale). The line, from 2 to 3. "
        "Panel 2 of 2, right: y (5 to 5) over x (0 to 1). Lines: flat, at 5."
    )


def test_many_lines_are_counted_and_what_is_not_finite_is_left_out():
    _, ax = plt.subplots()
    for number in range(8):
        ax.plot([0, 1, 2], [number, np.nan, number + 1], label=f"run {number}")
    ax.annotate("best\n0.2", (1, 1))
    text = plots.describe(ax)
    assert "run 0, from 0 to 1; " in text
    assert "run 5, from 5 to 6; and 2 more." in text
    assert "nan" not in text
    assert text.endswith("Marked: best 0.2.")


def test_upright_lines_are_told_by_where_they_stand():
    _, ax = plt.subplots()
    ax.plot([3, 1, 2])
    ax.axvline(1)
    ax.axvline(2)
    assert plots.describe(ax).endswith("The line, from 3 to 2, lowest 1. Upright lines at 1, 2.")
    ax.axvline(0.5, label="the joke")
    assert plots.describe(ax).endswith("Lines: the joke, upright at 0.5.")


def test_each_panel_of_a_comparison_names_its_lines():
    plan = {"constant": Constant(0.1), "cosine": Cosine(0.1, T_max=10)}
    small = data.load("digits", max_train=300, max_val=100)
    how = {"epochs": 2, "seeds": range(2), "progress": False, "cache": False}
    result = experiments.compare(plan, small, **how)
    text = plots.describe(plots.comparison(result))
    _, middle, last = text.split("Panel ")[1:]
    for panel in (middle, last):
        assert re.search(r"Lines: constant, .*; cosine, ", panel), panel
    assert "over constant, cosine." in last
    low, high = sorted(result.final("constant", "val_loss"))
    assert f"constant, 2 points from {low:.3g} to {high:.3g}" in last


def test_a_path_in_the_plane_is_told_by_its_ends():
    f = Ravine(flat=1, steep=100)
    text = plots.describe(plots.descent(f, {"SGD": descend(f, schedule=0.005, steps=20)}))
    assert "Lines: SGD, from (-4, 1) to (-3.62, 9.54e-07)." in text


def test_digits_that_divide_snapshots_are_told_with_the_answers():
    found = Disputed(np.array([1, 0]), np.array([3, 7]), np.array([[3, 8], [1, 7]]), np.array([8, 7]))
    text = plots.describe(plots.disagreements(found, torch.zeros(2, 1, 28, 28)))
    assert text == "Images: a 3: the snapshots say 3, 8, together 8; a 7: the snapshots say 1, 7, together 7."


def test_pictures_are_named_by_their_labels():
    ax = plots.digits(torch.zeros(3, 1, 28, 28), torch.tensor([7, 2, 1]))
    assert plots.describe(ax) == "Images: 7, 2, 1."


def test_a_landscape_is_a_field_of_colours():
    assert plots.describe(plots.landscape(Ravine(flat=1, steep=100))).startswith("A field of colours, parameter y (")


def test_nothing_is_said_to_be_nothing():
    assert plots.describe(plt.figure()) == "An empty picture."


def test_what_is_no_picture_is_refused():
    with pytest.raises(TypeError, match="picture must be a matplotlib Figure or Axes, got str"):
        plots.describe("loss.png")


@pytest.mark.parametrize("first", ["install", "select"])
def test_a_shown_figure_carries_it(first):
    shell = SimpleNamespace(display_formatter=DisplayFormatter())
    steps = [lambda: install(shell), lambda: select_figure_formats(shell, {"png"})]
    for step in steps if first == "install" else reversed(steps):
        step()
    fig, ax = plt.subplots()
    ax.plot([0, 1], label="rate")
    data, metadata = shell.display_formatter.format(fig)
    assert data["image/png"]
    assert metadata["image/png"]["alt"] == plots.describe(fig)


def test_a_figure_for_sharp_screens_carries_it_beside_its_size():
    shell = SimpleNamespace(display_formatter=DisplayFormatter())
    install(shell)
    select_figure_formats(shell, {"retina"})
    fig, ax = plt.subplots()
    ax.plot([0, 1], label="rate")
    _, metadata = shell.display_formatter.format(fig)
    assert metadata["image/png"]["width"] > 0
    assert metadata["alt"] == plots.describe(fig)


def test_an_svg_carries_it_too():
    shell = SimpleNamespace(display_formatter=DisplayFormatter())
    select_figure_formats(shell, {"svg"})
    install(shell)
    fig, ax = plt.subplots()
    ax.plot([0, 1])
    data, metadata = shell.display_formatter.format(fig)
    assert "<svg" in data["image/svg+xml"]
    assert "image/png" not in data
    assert "image/png" not in metadata
    assert metadata["image/svg+xml"]["alt"] == metadata["alt"] == plots.describe(fig)
