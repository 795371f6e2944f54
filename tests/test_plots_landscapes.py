"""Pictures of landscapes and of the paths on them: the data that is drawn, and how it reads without colour."""

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure

from lrlab.landscapes import Bowl, ManyMinima, Ravine, Ripples, Rosenbrock, ValleyWithWell, descend
from lrlab.plots import COLORS, descent, landscape
from lrlab.plots._landscapes import LONG

ALL = [Bowl(), ValleyWithWell(), Ripples(), Ravine(), Ravine(angle=30), Rosenbrock(), ManyMinima()]


@pytest.fixture(autouse=True)
def closed():
    plt.close("all")  # what other tests of this process left open
    yield
    plt.close("all")


def legend(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def marked(ax, marker):
    return [line for line in ax.lines if line.get_marker() == marker]


@pytest.fixture(scope="module")
def runs():
    return {
        "low": descend(Ravine(), schedule=0.01, steps=20),
        "high": descend(Ravine(), schedule=0.09, steps=20, start=(4, 1)),
    }


@pytest.mark.slow
@pytest.mark.parametrize("f", ALL, ids=repr)
def test_every_landscape_draws_within_its_bounds(f):
    ax = landscape(f, title="a loss")
    assert ax.get_title(loc="left") == "a loss"
    assert ax.get_xlabel() == "parameter x"
    assert ax.get_ylabel() == ("loss" if f.dim == 1 else "parameter y")
    bounds = np.reshape(f.bounds, (-1, 2))
    np.testing.assert_allclose(ax.get_xlim(), bounds[0])
    if f.dim == 2:
        np.testing.assert_allclose(ax.get_ylim(), bounds[1])
        assert ax.get_aspect() == 1
    ax.figure.canvas.draw()


def test_a_curve_is_the_loss():
    f = ValleyWithWell()
    x, y = landscape(f).lines[0].get_data()
    np.testing.assert_array_equal(y, f(x))
    assert y.min() == pytest.approx(f(f.minima[0]), abs=1e-3)  # fine enough to show the well's depth


def test_contours_are_light_lightest_where_low_and_cover_equal_areas():
    f = ManyMinima()
    ax = landscape(f)
    bands = ax.images[0]
    levels = bands.norm.boundaries
    colors = bands.cmap(bands.norm((levels[1:] + levels[:-1]) / 2))[:, :3]
    assert (np.diff(colors.sum(axis=1)) <= 0).all()
    assert colors[0].min() > 0.95
    assert colors.min() > 0.6
    x = np.random.default_rng(0).uniform(*np.array(f.bounds).T, size=(20_000, 2))
    share = np.histogram(f(x), bins=levels)[0] / len(x)
    np.testing.assert_allclose(share, 1 / len(share), atol=0.02)
    (crosses,) = marked(ax, "+")
    np.testing.assert_array_equal(crosses.get_xydata(), f.minima)


def test_paths_with_their_starts_and_ends(runs):
    ax = descent(Ravine(), runs)
    assert legend(ax) == ["low", "high", "start", "end"]
    starts, ends = marked(ax, "o"), marked(ax, "s")
    for i, run in enumerate(runs.values()):
        (line,) = [
            x for x in ax.lines if len(x.get_xdata()) == 21 and x.get_marker() == "None" and x.get_color() == COLORS[i]
        ]
        np.testing.assert_array_equal(line.get_xydata(), run.positions)
        assert starts[i].get_xydata().tolist() == [run.positions[0].tolist()]
        assert ends[i].get_xydata().tolist() == [run.positions[-1].tolist()]
        assert starts[i].get_markerfacecolor() == "white"
        assert ends[i].get_markerfacecolor() == COLORS[i]


def test_lines_differ_without_colour_in_the_picture_and_in_the_legend(runs):
    ax = descent(Ravine(), runs)
    drawn = [line for line in ax.lines if line.get_marker() == "None"]
    assert len({str(line._unscaled_dash_pattern) for line in drawn}) == 2
    handles = ax.get_legend().legend_handles[:2]
    assert [str(h._unscaled_dash_pattern) for h in handles] == [str(line._unscaled_dash_pattern) for line in drawn]


def test_on_a_curve_a_path_runs_over_position_and_loss():
    run = descend(Bowl(), schedule=1.5, steps=6)
    ax = descent(Bowl(), {"high": run})
    line = next(line for line in ax.lines if line.get_label() != "_child0" and len(line.get_xdata()) == 7)
    np.testing.assert_array_equal(line.get_xdata(), run.positions)
    np.testing.assert_array_equal(line.get_ydata(), run.loss)


def test_a_long_path_shows_its_places_more_than_its_lines():
    for steps, alpha in ((LONG, 1.0), (LONG + 1, 0.5)):
        ax = descent(Bowl(), {"run": descend(Bowl(), schedule=0.1, steps=steps)})
        line, dots = (x for x in ax.lines if len(x.get_xdata()) == steps + 1)
        assert line.get_alpha() == alpha
        assert dots.get_marker() == "."


@pytest.mark.slow
@pytest.mark.filterwarnings("error")
def test_a_run_that_diverged_keeps_the_picture_and_says_so():
    for f in (Bowl(), Ravine()):
        alone = landscape(f).axis()
        gone = descend(f, schedule=1e40, steps=50)
        assert gone.diverged
        ax = descent(f, {"far too high": gone, "fine": descend(f, schedule=0.05, steps=10)})
        assert ax.axis() == alone
        assert legend(ax)[:2] == ["far too high (diverged)", "fine"]
        assert len(marked(ax, "s")) == 1
        ax.figure.canvas.draw()


def test_marks_are_numbered_and_share_a_box_in_one_place():
    run = descend(Ravine(), schedule=0.05, steps=200)  # at rest long before the end
    ax = descent(Ravine(), {"run": run}, marks=[1, 150, 200, 999])
    assert [(text.get_text(), text.xy) for text in ax.texts] == [
        ("1", tuple(run.positions[1])),
        ("2,3", tuple(run.positions[150])),
    ]
    assert descent(Ravine(), {"run": run}).texts[:] == []


def test_more_runs_than_colours_are_all_drawn():
    many = {f"run {i}": descend(Bowl(), schedule=0.1 * (i + 1), steps=3) for i in range(len(COLORS) + 2)}
    ax = descent(Bowl(), many)
    assert legend(ax)[:-2] == list(many)
    assert len(marked(ax, "o")) == len(many)


def test_draws_on_the_axes_it_is_given_and_opens_no_figure(capsys, runs):
    for draw in (landscape, lambda f, ax: descent(f, runs, ax=ax)):
        ax = Figure().subplots()
        assert draw(Ravine(), ax=ax) is ax
    assert plt.get_fignums() == []
    assert capsys.readouterr() == ("", "")
    assert landscape(Bowl()).figure is not landscape(Bowl()).figure
