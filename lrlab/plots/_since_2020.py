"""Sharpness beside its limit, rates that transfer across width, and what a cool-down makes of a plateau."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from lrlab.plots._style import STEP, finish, new_axes, several_axes, styles, styles_of, unlisted

if TYPE_CHECKING:
    from lrlab.experiments import Cooldowns, SharpnessRuns, WidthTransfer


def sharpness(runs: SharpnessRuns, *, axes: Sequence[Axes] | NDArray[Any] | None = None) -> NDArray[Any]:
    """Draw the training loss, and the sharpness with the limit 2 / rate of each run as a thin line.

    Args:
        runs: from :func:`lrlab.experiments.track_sharpness`; lines are means of the seeds, where none has diverged.
        axes: two axes; default a new figure.

    Returns the two axes, as an array.
    """
    axes = several_axes(axes, 2, (10, 3.6))
    for label, style, loss, values, limit in zip(
        runs.labels, styles_of(runs.labels), runs.loss, runs.sharpness, runs.limit, strict=True
    ):
        axes[0].plot(runs.step, loss.mean(axis=0), label=label, **style)
        axes[1].plot(runs.step, values.mean(axis=0), label=label, **style)
        axes[1].fill_between(runs.step, values.min(axis=0), values.max(axis=0), color=style["color"], alpha=0.15)
        axes[1].plot(runs.step, limit, color=style["color"], linewidth=0.8, label=unlisted(f"2 / rate: {label}"))
    highest = np.nanmax(runs.sharpness) if np.isfinite(runs.sharpness).any() else 1.0
    axes[1].set_ylim(0, 1.2 * highest)  # the limit of a low rate, or of a warm-up's first, may leave the panel
    axes[0].set_yscale("log")
    axes[0].legend(frameon=False)
    finish(axes[0], xlabel=STEP, ylabel="training loss")
    finish(axes[1], xlabel=STEP, ylabel="sharpness", title="thin lines: 2 / rate")
    return axes


def width_transfer(result: WidthTransfer, *, axes: Sequence[Axes] | NDArray[Any] | None = None) -> NDArray[Any]:
    """Draw the loss over the rate, one line a width: left the standard parametrization, right μP; the best rates are
    marked.

    Args:
        result: from :func:`lrlab.experiments.width_transfer`; means of the seeds. A width at which a run diverged at
            each rate has neither line nor mark.
        axes: two axes; default a new figure.

    Returns the two axes, as an array.
    """
    axes = several_axes(axes, 2, (10, 3.6))
    known = result.loss[np.isfinite(result.loss)]
    highest = 1.1 * np.median(known) + known.min() if len(known) else 1.0
    for ax, way, title in zip(axes, ("standard", "mup"), ("standard", "μP"), strict=True):
        for width, style, losses, best in zip(
            result.widths, styles(), result.mean(way), result.best(way), strict=False
        ):
            ax.plot(result.lrs, losses, label=f"width {width}", **style)
            if np.isfinite(best):
                at_best = losses[result.lrs == best]
                ax.plot(best, at_best, "o", color=style["color"], label=unlisted(f"best of {width}"))
        ax.set(xscale="log", ylim=(0, highest))
        finish(ax, xlabel="learning rate", ylabel="validation loss", title=title)
    axes[0].legend(frameon=False)
    return axes


def cooldowns(result: Cooldowns, *, ax: Axes | None = None) -> Axes:
    """Draw the loss over the budget: on the plateau, cooled down from it, and of a cosine for that budget alone.

    Args:
        result: from :func:`lrlab.experiments.cooldowns`; means of the seeds, the bars from lowest to highest.
        ax: where to draw.
    """
    ax = new_axes(ax)
    kinds = {"plateau": result.plateau, "cooled down": result.cooled, "cosine for this budget": result.cosine}
    for (label, losses), style in zip(kinds.items(), styles_of(kinds), strict=True):
        there = np.isfinite(losses).any(axis=1)
        losses = losses[there]
        mean = losses.mean(axis=1)
        spread = [mean - losses.min(axis=1), losses.max(axis=1) - mean]
        ax.errorbar(result.budgets[there], mean, yerr=spread, label=label, marker="o", markersize=4, capsize=3, **style)
    ax.set(xscale="log", yscale="log")
    ax.legend(frameon=False)
    return finish(ax, xlabel="budget in updates", ylabel="validation loss")
