"""Snapshot ensembles: when the snapshots were taken, how wrong they are, and the digits that divide them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, PercentFormatter
from numpy.typing import NDArray

from lrlab._validation import COUNT, check
from lrlab.plots._style import COLORS, STEP, finish, new_axes, several_axes, styles, unlisted

if TYPE_CHECKING:
    from torch import Tensor

    from lrlab.experiments.ensembles import Disputed, Snapshots


def snapshots(result: Snapshots, *, axes: Sequence[Axes] | NDArray[Any] | None = None) -> NDArray[Any]:
    """Draw a snapshot ensemble beside the single model: the rates used, the errors, the disagreement of the snapshots.

    The dots on the first panel are where the snapshots were taken. In the second, lines are means over the seeds and
    bars or bands reach from the lowest to the highest seed; *k* counts snapshots from the first for their own errors,
    and from the last for the ensemble. The third shows on how many of the validation images two snapshots differ.

    Args:
        result: from :func:`lrlab.experiments.snapshots`. axes: three axes; default a new figure.

    Returns the three axes, as an array. Runs that diverged are left out of the second and third panel.
    """
    axes = several_axes(axes, 3, (11, 3.4))
    _rates(axes[0], result)
    _errors(axes[1], result)
    _disagreement(axes[2], result)
    return axes


def _rates(ax: Axes, result: Snapshots) -> None:
    cycled, single = (max(runs, key=lambda run: len(run.lr)) for runs in (result.histories, result.single_histories))
    looks = list(styles())
    ax.plot(cycled.step, cycled.lr, label="snapshots", **looks[0])
    ax.plot(single.step, single.lr, label="single model", **looks[1])
    taken = [end - 1 for end in result.schedule.ends if end <= len(cycled.lr)]
    ax.plot(taken, cycled.lr[taken], "o", color=COLORS[0], markersize=6, clip_on=False, zorder=3)
    ax.set_ylim(0, 1.3 * max(cycled.lr.max(), single.lr.max()))  # room for the legend above the cycles
    ax.legend(frameon=False, loc="upper right", ncols=2)
    finish(ax, xlabel=STEP, ylabel="learning rate used", title="a copy at the end of each cycle")


def _errors(ax: Axes, result: Snapshots) -> None:
    k = np.arange(1, result.schedule.cycles + 1)
    looks = list(styles())
    lines = {
        "snapshot k": (result.errors, looks[0], "o"),
        "the last k together": (result.ensemble_errors, looks[2], "s"),
    }
    for place, kind in enumerate(result.independent_probabilities):
        lines[f"k {kind} models together"] = (result.independent_errors(kind), looks[3 + place], "^")
    for place, (label, (errors, style, marker)) in enumerate(lines.items()):
        errors = errors[np.isfinite(errors).all(axis=1)]
        if not len(errors):
            continue
        middle = errors.mean(axis=0)
        reach = [middle - errors.min(axis=0), errors.max(axis=0) - middle] if len(errors) > 1 else None
        aside = 0.07 * (place - (len(lines) - 1) / 2)  # so that no bar hides another
        look: dict[str, Any] = {"marker": marker, "markersize": 5, "elinewidth": 1, **style}
        drawn = ax.errorbar(k + aside, middle, yerr=reach, label=label, **look)
        drawn.lines[0].set_label(unlisted(label))
    single = result.single_errors[np.isfinite(result.single_errors)]
    if len(single):
        ax.axhline(single.mean(), label="single model", **looks[1])
        ax.axhspan(single.min(), single.max(), color=COLORS[1], alpha=0.1, linewidth=0)
    bottom, top = ax.get_ylim()
    ax.set_ylim(max(0, bottom), top + 0.1 * (len(lines) + 1) * (top - bottom))  # the legend stands above the lines
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.yaxis.set_major_formatter(PercentFormatter(1.0))
    if ax.get_legend_handles_labels()[1]:
        ax.legend(frameon=False, loc="upper right", fontsize="small")
    seeds = "mean, lowest and highest seed" if len(result.seeds) > 1 else None
    finish(ax, xlabel="k", ylabel="error on the validation images", title=seeds)


def _disagreement(ax: Axes, result: Snapshots) -> None:
    runs = result.disagreement
    known = runs[np.isfinite(runs).all(axis=(1, 2))]
    differ = 100 * known.mean(axis=0) if len(known) else np.full(runs.shape[1:], np.nan)
    highest = differ.max() if len(known) else 0.0
    pale = max(1e-9, 1.6 * highest)  # for the numbers on it
    ax.imshow(differ, cmap="Blues", vmin=0, vmax=pale, interpolation="none")
    for (row, column), value in np.ndenumerate(differ):
        if row != column and len(known):
            ax.text(
                column, row, f"{value:.1f}" if highest >= 1 else f"{value:.2f}", ha="center", va="center", color="0.15"
            )
    numbers = range(1, len(differ) + 1)
    ax.set_xticks(range(len(differ)), [str(k) for k in numbers])
    ax.set_yticks(range(len(differ)), [str(k) for k in numbers])
    finish(ax, xlabel="snapshot", ylabel="snapshot", title="images on which two differ, %")
    ax.grid(False)


def disagreements(disputed: Disputed, images: Tensor, *, most: int = 10, ax: Axes | None = None) -> Axes:
    """Draw the digits that divide the snapshots, each above what every snapshot, and all of them together, take it for.

    Args:
        disputed: from :meth:`~lrlab.experiments.Snapshots.disputed`.
        images: ``data.val_images``, float ``(N, 1, 28, 28)``.
        most: how many to show at most, default 10. ax: where to draw; default a new figure.

    Wrong answers are bold and coloured. With nothing disputed the axes stay empty, and the title says so.
    """
    shown = min(check("most", COUNT, most), len(disputed))
    cycles = disputed.answers.shape[1]
    rows = ["label", *(f"snapshot {k}" for k in range(1, cycles + 1)), "together"]
    ax = new_axes(ax, figsize=(max(3.0, 1.2 + 0.75 * shown), 1.2 + 0.25 * len(rows)))
    ax.spines[:].set_visible(False)
    ax.set_xticks([])
    if not shown:
        ax.set_yticks([])
        ax.set_title("the snapshots agree on every validation image", loc="left", fontsize="medium")
        return ax
    digits = np.hstack([np.asarray(images[int(index)].cpu())[0] for index in disputed.index[:shown]])
    ax.imshow(digits, cmap="gray_r", vmin=0, vmax=1, interpolation="none", extent=(0, shown, 0, 1))
    heights = -0.3 * np.arange(1, len(rows) + 1)
    said = []
    for column in range(shown):
        label = disputed.label[column]
        answers = [label, *disputed.answers[column], disputed.ensemble[column]]
        alone = ", ".join(map(str, disputed.answers[column]))
        said.append(f"a {label}: the snapshots say {alone}, together {disputed.ensemble[column]}")
        for height, answer in zip(heights, answers, strict=True):
            wrong = answer != label
            ax.text(
                column + 0.5,
                height,
                str(answer),
                ha="center",
                va="center",
                color=COLORS[1] if wrong else rcParams["text.color"],
                weight="bold" if wrong else "normal",
            )
    ax.axhline((heights[0] + heights[1]) / 2, color="0.5", linewidth=0.8)
    ax.axhline((heights[-2] + heights[-1]) / 2, color="0.5", linewidth=0.8)
    ax.set_label("; ".join(said))  # what describe() says of the picture
    ax.set_ylim(heights[-1] - 0.2, 1)
    ax.set_yticks(heights, rows)
    ax.tick_params(left=False)
    return ax
