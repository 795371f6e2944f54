"""Searches for a learning rate: the range test, and the loss of a sweep against the rate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.transforms import blended_transform_factory

from lrlab.plots._style import COLORS, colors, finish, new_axes
from lrlab.suggest import LABELS

if TYPE_CHECKING:
    from lrlab.experiments.range_test import RangeTest
    from lrlab.experiments.sweep import Sweep

MARKERS = {"steepest": "v", "valley": "o", "minimum_over_10": "s"}
"""matplotlib's marker for each rule of :mod:`lrlab.suggest`, by the rule's name."""
DIVERGED = "a seed diverged"


def range_test(result: RangeTest, *, ax: Axes | None = None, title: str | None = None) -> Axes:
    """Draw a range test: the loss of each update against the rate that it used, with the three suggestions.

    The thin line is the single losses, the thick one their moving average, from which the suggestions are read.

    Args:
        result: from :func:`lrlab.experiments.range_test`. ax: where to draw; default a new figure.
    """
    ax = new_axes(ax)
    ax.plot(
        result.lr, result.loss, color=COLORS[0], linestyle="-", linewidth=0.6, alpha=0.45, label="loss of one batch"
    )
    ax.plot(result.lr, result.smooth_loss, color=COLORS[0], linestyle="-", linewidth=2, label="moving average")
    for color, (rule, lr) in zip(COLORS[1:], result.suggestions.items(), strict=False):
        if lr is None:
            continue
        height = np.interp(np.log(lr), np.log(result.lr), result.smooth_loss)
        # Dashes down to the axis, where the rate is read off; the words are in the legend, where none overlap.
        ax.vlines(lr, 0, height, color=color, linestyle=":", linewidth=1)
        ax.plot(lr, height, MARKERS[rule], color=color, markersize=8, label=f"{LABELS[rule]}: {lr:.2g}")
    ax.set_xscale("log")
    smooth = result.smooth_loss[np.isfinite(result.smooth_loss)]
    if len(smooth):  # the last losses of a test that diverged would flatten all the rest
        ax.set_ylim(0, 1.25 * max(smooth[0], 2 * smooth.min()))
    ax.legend(frameon=False, fontsize="small", loc="lower left")
    return finish(ax, xlabel="learning rate (log scale)", ylabel="training loss", title=title)


def sweep(
    result: Sweep,
    *,
    ax: Axes | None = None,
    label: str | None = None,
    color: str | None = None,
    marker: str = "o",
) -> Axes:
    """Draw a sweep: the validation loss of each rate, mean of the seeds, and the band from the lowest to the highest.

    Rates at which a seed diverged are crosses along the top; the best rate has a ring, and is in the legend.

    Args:
        result: from :func:`lrlab.experiments.sweep`.
        ax: where to draw, several sweeps if you like; default a new figure. label, color, marker: of this
            one; default label the number of seeds, default colour that of the label: see :func:`~lrlab.plots.colors`.
    """
    ax = new_axes(ax)
    color = color or colors([label or ""])[0]
    values = result.final()
    whole = np.isfinite(values).all(axis=1)
    lrs, values = result.lrs[whole], values[whole]
    # The words are in the legend, above the panel: beside their points those of two sweeps would lie on each other.
    words = label or f"mean of {len(result.seeds)} seed{'s' if len(result.seeds) > 1 else ''}"
    words += f", best: {result.best:.2g}" if len(lrs) else ""
    ax.plot(lrs, values.mean(axis=1), marker, color=color, linestyle="-", markersize=4, label=words)
    ax.fill_between(lrs, values.min(axis=1), values.max(axis=1), color=color, alpha=0.18, linewidth=0)
    gone = result.lrs[result.diverged.any(axis=1)]
    if len(gone):
        top = blended_transform_factory(ax.transData, ax.transAxes)
        once = None if DIVERGED in ax.get_legend_handles_labels()[1] else DIVERGED
        ax.plot(gone, np.full(len(gone), 0.97), "x", color=color, transform=top, clip_on=False, label=once)
    if len(lrs):
        height = values[lrs == result.best].mean()
        ring = ax.plot(result.best, height, "o", color=color)[0]
        ring.set(markersize=13, markerfacecolor="none", markeredgewidth=1.5)
    ax.set_xscale("log")
    # Far too high a rate ends at any loss: what is above the loss at the lowest rate is all equally lost.
    heights = [np.asarray(line.get_ydata()) for line in ax.lines if line.get_linestyle() == "-"]
    highest = 1.3 * max((height[0] for height in heights if len(height)), default=1.0)
    ax.set_ylim(-0.04 * highest, highest)  # below 0 for the ring around a loss near it
    # "_mine" is a name, too.
    named = [line for line in ax.get_lines() if not str(line.get_label()).startswith("_child")]
    ax.legend(
        handles=named,
        frameon=False,
        fontsize="small",
        ncols=3,
        loc="lower left",
        bbox_to_anchor=(0, 1),
        borderaxespad=0.2,
    )
    return finish(ax, xlabel="learning rate (log scale)", ylabel="validation loss")
