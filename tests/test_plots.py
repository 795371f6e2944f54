"""Pictures: the lines' data, labels and styles, on the axes that were given."""

import io
import subprocess
import sys
from itertools import pairwise

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from lrlab import plots
from lrlab.experiments import Comparison
from lrlab.schedules import Constant, ExponentialDecay, InverseTimeDecay, OneCycle, Step, StepDecay, TimeDecay
from lrlab.train import History

THREE = {
    "step": StepDecay(0.1, decay=0.5, every=3),
    "time": TimeDecay(0.1, decay=0.5),
    "exponential": ExponentialDecay(0.1, decay=0.1),
}


@pytest.fixture(autouse=True)
def closed():
    plt.close("all")  # what other tests of this process left open
    yield
    plt.close("all")


def run(label="", *, schedule=THREE["step"], updates=8, epochs=2, ends=(1.0, 0.5), diverged=False):
    losses = np.linspace(2, 1, updates)
    if diverged:
        losses[-1] = np.nan
    return History(
        step=np.arange(updates),
        lr=schedule.curve(updates),
        loss=losses,
        epoch_end=np.arange(1, epochs + 1) * 4,
        val_loss=np.array(ends[:epochs]),
        val_accuracy=np.array([0.5, 0.75][:epochs]),
        seconds=1.0,
        diverged=diverged,
        label=label,
    )


def with_label(ax, label):
    (line,) = [line for line in ax.lines if line.get_label() == label]
    return line


def looks(lines):
    """How each line looks, and without its colour."""
    dashes = [str(line._unscaled_dash_pattern) for line in lines]
    return [to_hex(line.get_color()) for line in lines], dashes


def legend(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


# ---- schedules


def test_a_line_for_each_schedule():
    ax = plots.schedules(THREE, steps=12, title="Three formulas")
    assert legend(ax) == list(THREE)
    for label, schedule in THREE.items():
        x, y = with_label(ax, label).get_data()
        assert list(x) == list(range(12))
        assert list(y) == schedule.curve(12).tolist()
    assert ax.get_xlabel() == "step (completed updates)"
    assert ax.get_ylabel() == "learning rate"
    assert ax.get_title(loc="left") == "Three formulas"
    assert ax.get_yscale() == "linear"
    assert ax.get_ylim()[0] == 0


def test_lines_differ_in_colour_and_without_it():
    many = {str(i): InverseTimeDecay(0.1 * (i + 1), decay=0.1) for i in range(len(plots.COLORS))}
    colours, dashes = looks(plots.schedules(many).lines)
    assert len(set(colours)) == len(many)
    assert len(set(dashes)) == len(many)


def test_a_list_is_labelled_by_its_reprs():
    assert legend(plots.schedules([Constant(0.1), Step(0.1, step_size=3)])) == [
        "Constant(lr=0.1)",
        "Step(lr=0.1, step_size=3, gamma=0.1)",
    ]


def test_arrays_are_drawn_whole():
    ax = plots.schedules({"by hand": [0.3, 0.2, 0.1], "formula": Constant(0.2)}, steps=50)
    assert with_label(ax, "by hand").get_xydata().tolist() == [[0, 0.3], [1, 0.2], [2, 0.1]]
    assert len(with_label(ax, "formula").get_xdata()) == 50


@pytest.mark.slow
def test_a_logarithmic_axis():
    ax = plots.schedules(THREE, log=True)
    assert ax.get_yscale() == "log"
    ax.figure.canvas.draw()


def test_few_steps_show_as_dots_and_many_do_not():
    assert plots.schedules(THREE, steps=40).lines[0].get_marker() == "o"
    assert plots.schedules(THREE, steps=41).lines[0].get_marker() == "None"


def test_wrong_number_of_steps():
    with pytest.raises(ValueError, match=r"^steps must be a whole number >= 1, got 0$"):
        plots.schedules(THREE, steps=0)
    assert plt.get_fignums() == []


# ---- where it draws


def test_draws_on_the_axes_it_is_given_and_opens_no_figure(capsys):
    ax = Figure().subplots()
    assert plots.schedules(THREE, ax=ax) is ax
    three = Figure().subplots(1, 3)
    assert list(plots.histories([run("a")], axes=three)) == list(three)
    again = list(Figure().subplots(1, 3))
    assert list(plots.comparison(Comparison((0,), {"a": (run("a"),)}), axes=again)) == again
    assert plt.get_fignums() == []
    assert capsys.readouterr() == ("", "")


def test_a_new_figure_each_otherwise():
    one, two = plots.schedules(THREE), plots.schedules(THREE)
    assert one.figure is not two.figure
    assert len(plots.histories([run("a")])) == 3
    assert len(plt.get_fignums()) == 3


@pytest.mark.parametrize("draw", [lambda axes: plots.histories([run("a")], axes=axes)])
def test_three_axes_are_needed(draw):
    with pytest.raises(ValueError, match=r"^axes must be three matplotlib Axes, got 2$"):
        draw(Figure().subplots(1, 2))


# ---- histories


def test_histories_side_by_side():
    slow = run("slow", schedule=Constant(0.01))
    rates, losses, accuracies = plots.histories([run("fast"), slow], window=3)
    x, y = with_label(rates, "slow").get_data()
    assert (list(x), list(y)) == (list(range(8)), [0.01] * 8)
    np.testing.assert_array_equal(with_label(losses, "slow").get_ydata(), slow.smooth_loss(3))
    assert with_label(accuracies, "fast").get_xydata().tolist() == [[4, 0.5], [8, 0.75]]
    assert legend(rates) == ["fast", "slow"]
    assert [ax.get_ylabel() for ax in (rates, losses, accuracies)] == [
        "learning rate used",
        "training loss (mean of 3)",
        "validation accuracy",
    ]


def test_a_run_looks_the_same_in_every_panel():
    axes = plots.histories({"a": run(), "b": run()})
    for label in ("a", "b"):
        colours, dashes = looks([with_label(ax, label) for ax in axes])
        assert len(set(colours)) == len(set(dashes)) == 1
    assert with_label(axes[0], "a").get_color() != with_label(axes[0], "b").get_color()


def test_single_losses_stand_behind_in_the_same_colour():
    one = run("a")
    _, losses, _ = plots.histories([one])
    smooth, single = with_label(losses, "a"), next(line for line in losses.lines if line.get_label() != "a")
    np.testing.assert_array_equal(single.get_ydata(), one.loss)
    assert single.get_color() == smooth.get_color()
    assert single.get_zorder() < smooth.get_zorder()


def test_a_history_that_diverged():
    axes = plots.histories([run("diverged", diverged=True, epochs=0)])
    assert axes[1].get_ylim()[1] > 2  # the losses before, up to 2, can be seen
    axes[0].figure.canvas.draw()


# ---- comparisons


def test_a_comparison_shows_every_seed():
    ends = [(1.0, 0.5), (1.5, 0.25), (2.0, 0.75)]
    result = Comparison(
        (0, 1, 2),
        {
            "constant": tuple(run("constant", schedule=Constant(0.1), ends=end) for end in ends),
            "decay": tuple(run("decay", ends=(1.0, 0.1)) for _ in ends),
        },
    )
    rates, losses, final = plots.comparison(result)
    assert with_label(rates, "decay").get_ydata().tolist() == THREE["step"].curve(8).tolist()
    assert legend(rates) == ["constant", "decay"]
    mean = losses.lines[0].get_xydata().tolist()
    assert mean == [[4, 1.5], [8, 0.5]]
    band = losses.collections[0].get_paths()[0].vertices
    assert (band[:, 1].min(), band[:, 1].max()) == (0.25, 2.0)
    dots = final.lines[0]
    assert dots.get_ydata().tolist() == [0.5, 0.25, 0.75]
    assert len(set(dots.get_xdata())) == 3  # side by side, not one upon the other
    assert [tick.get_text() for tick in final.get_xticklabels()] == ["constant", "decay"]
    assert final.lines[0].get_color() == losses.lines[0].get_color() == with_label(rates, "constant").get_color()


@pytest.mark.slow
def test_a_comparison_with_runs_that_diverged():
    lost = run("lost", diverged=True, updates=3, epochs=0)
    result = Comparison(
        (0, 1),
        {"fine": (run("fine"), run("fine")), "lost": (lost, lost), "half": (run("half"), lost)},
    )
    rates, losses, final = plots.comparison(result)
    assert legend(rates) == ["fine", "lost", "half"]
    assert len(losses.lines) == 2
    assert [tick.get_text() for tick in final.get_xticklabels()] == ["fine", "lost", "half"]
    assert [line.get_ydata().tolist() for line in final.lines] == [[0.5, 0.5], [0.5]]
    assert round(final.lines[1].get_xdata()[0]) == 2  # above its own name
    rates.figure.canvas.draw()


@pytest.mark.slow
@pytest.mark.parametrize(
    "labels",
    [
        ["constant", "decay"],
        ["lr = 0.003", "lr = 0.2", "lr = 5"],
        ["warm-up, then constant", "constant", "a cosine"],
        ["StepLR", "MultiStepLR", "ExponentialLR", "ReduceLROnPlateau"],
        ["constant at the best rate", "triangular", "triangular at a high rate", "one-cycle", "cosine"],
    ],
)
def test_the_names_of_a_comparison_do_not_overlap(labels):
    *_, final = plots.comparison(Comparison((0,), {label: (run(label),) for label in labels}))
    final.figure.canvas.draw()
    names = final.get_xticklabels()
    assert [" ".join(name.get_text().split()) for name in names] == labels
    boxes = [name.get_window_extent() for name in names]
    if names[0].get_rotation():  # slanted: what counts is how far the lines of text are apart
        apart = np.diff(final.transData.transform([[0, 0], [1, 0]])[:, 0])[0] * np.sin(np.radians(30))
        assert apart > names[0].get_fontsize() * final.figure.dpi / 72
    else:
        assert all(left.x1 < right.x0 for left, right in pairwise(boxes))
    assert min(box.x0 for box in boxes) > 0
    assert min(box.y0 for box in boxes) > 0


def test_more_schedules_than_colours_are_all_drawn():
    labels = [f"schedule {i}" for i in range(len(plots.COLORS) + 2)]
    rates, losses, _ = plots.comparison(Comparison((0,), {label: (run(label),) for label in labels}))
    assert legend(rates) == labels
    assert len(losses.lines) == len(labels)


# ---- no line is lost to another's label


def run_of(label="", rate=0.1):
    return History(
        step=np.arange(3),
        lr=np.full(3, rate),
        loss=np.ones(3),
        epoch_end=np.array([3]),
        val_loss=np.ones(1),
        val_accuracy=np.ones(1),
        seconds=1.0,
        diverged=False,
        label=label,
    )


def test_histories_without_labels_are_numbered():
    axes = plots.histories([run_of(rate=0.1), run_of(rate=0.2), run_of("named")])
    assert legend(axes[0]) == ["run 1", "run 2", "named"]
    assert [line.get_ydata()[0] for line in axes[0].lines] == [0.1, 0.2, 0.1]
    assert legend(plots.histories(run_of())[0]) == ["run 1"]


def test_histories_of_the_same_label_are_refused():
    with pytest.raises(ValueError, match=r"^runs must have labels that differ, got 'cosine' twice$"):
        plots.histories([run_of("cosine"), run_of("cosine", 0.2)])
    with pytest.raises(ValueError, match=r"^runs must be histories, in a list or by their labels, got 3$"):
        plots.histories(3)


def test_equal_schedules_are_numbered():
    ax = plots.schedules([Constant(0.1), Constant(0.2), Constant(0.1)])
    assert legend(ax) == ["Constant(lr=0.1) (1)", "Constant(lr=0.2)", "Constant(lr=0.1) (2)"]
    assert len(ax.lines) == 3
    assert legend(plots.schedules(Constant(0.1))) == ["Constant(lr=0.1)"]


def test_a_label_that_begins_with_an_underscore_is_in_the_legend():
    assert legend(plots.schedules({"_warm": Constant(0.1), "cold": Constant(0.2)})) == ["_warm", "cold"]
    assert legend(plots.histories({"_warm": run_of(), "cold": run_of()})[0]) == ["_warm", "cold"]
    both = Comparison((0,), {"_warm": (run_of(),), "cold": (run_of(),)})
    assert legend(plots.comparison(both)[0]) == ["_warm", "cold"]


def test_a_schedule_is_drawn_to_its_end():
    ax = plots.schedules([OneCycle(0.1, total_steps=50), Constant(0.1)], steps=100)
    assert [len(line.get_xdata()) for line in ax.lines] == [50, 100]


def test_a_script_keeps_its_own_figures() -> None:
    assert mpl.rcParams["axes.spines.top"] == mpl.rcParamsDefault["axes.spines.top"]


@pytest.mark.slow
def test_a_notebook_has_one_look_and_figures_that_fit_any_theme() -> None:
    code = """
from IPython.core.interactiveshell import InteractiveShell
InteractiveShell.instance().kernel = object()
import lrlab.plots
from matplotlib import rcParams
from matplotlib_inline.config import InlineBackend
print(rcParams["axes.prop_cycle"].by_key()["color"][0], rcParams["axes.spines.top"])
print(rcParams["figure.facecolor"], rcParams["axes.facecolor"], rcParams["text.color"])
print(*InlineBackend.instance().figure_formats)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["#0072B2", "False", "none", "none", "#767676", "svg"]


def test_a_label_has_one_colour_in_every_picture() -> None:
    blue, vermilion, green, purple, orange, grey, _ = plots.COLORS
    assert plots.colors(["constant", "cosine", "OneCycle(max_lr=0.1)"]) == [grey, blue, purple]
    assert plots.colors(["cosine, lr 0.1", "step", "ExponentialLR"]) == [blue, vermilion, green]
    assert plots.colors(["0.1", "Cosine(0.1, T_max=5)", "mine"]) == [vermilion, blue, green], "none that is taken"
    assert plots.colors(["cosine", "cosine to 1/10", "constant"]) == [blue, vermilion, grey], "the first one gets it"
    assert plots.colors(["Adam", "SGD", "Adam, constant", "SGD, time-based"]) == [blue, vermilion, grey, orange]
    assert plots.colors(["Triangular(step_size_up=10)"]) == [blue]
    rates, *_ = plots.histories({label: run_of() for label in ("cosine", "constant")})
    assert [line.get_color() for line in rates.lines] == [blue, grey]
    lines = plots.schedules({"mine": [0.2, 0.1], "constant": Constant(0.1)}).lines
    assert [line.get_color() for line in lines] == [blue, grey]


@pytest.mark.slow
def test_thousands_of_points_are_pixels_in_an_svg() -> None:
    fig, axes = plt.subplots(1, 2)
    axes[0].scatter(*np.random.default_rng(0).random((2, 5_000)))
    axes[0].plot(np.linspace(0, 1, 5_000))
    axes[1].plot(np.random.default_rng(0).random(500))
    axes[1].fill_between(range(2_000), 0, 1)
    plots.lighten(fig)
    pixels = [bool(artist.get_rasterized()) for ax in axes for artist in (*ax.collections, *ax.lines)]
    assert pixels == [True, False, True, False], "the cloud and the area; not what is straight, nor 500 points"
    out = io.StringIO()
    fig.savefig(out, format="svg")
    assert len(out.getvalue()) < 150_000
