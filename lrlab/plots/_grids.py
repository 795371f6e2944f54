"""Results over two axes, as numbers on coloured fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.patches import Rectangle

from lrlab.plots._style import COLORS, finish, new_axes

if TYPE_CHECKING:
    from lrlab.experiments.batch_size import BatchSizeGrid


def batch_size_grid(result: BatchSizeGrid, *, ax: Axes | None = None) -> Axes:
    """Draw the last validation loss over learning rate and batch size, the mean of the seeds; each row's best is
    framed.

    Dark is low. A hatched field is a rate at which a seed diverged.

    Args:
        result: from :func:`lrlab.experiments.batch_size_grid`. ax: where to draw; default a new figure.
    """
    loss, best = result.val_loss.mean(axis=-1), result.best_lrs
    sizes, rates = loss.shape
    ax = new_axes(ax, figsize=(2.2 + 0.75 * rates, 1.4 + 0.5 * sizes))
    ax.set_facecolor("white")
    known = loss[np.isfinite(loss)]
    low, high = (known.min(), known.max()) if len(known) else (0.1, 1.0)
    norm = LogNorm(max(low, 1e-12), max(1.0001 * low, high, 1e-11))
    picture = ax.imshow(np.ma.masked_invalid(loss), cmap="cividis", norm=norm, aspect="auto")
    for (row, column), value in np.ndenumerate(loss):
        corner = (column - 0.5, row - 0.5)
        if not np.isfinite(value):
            ax.add_patch(Rectangle(corner, 1, 1, fill=False, hatch="///", edgecolor="0.6", linewidth=0))
            continue
        chosen = result.lrs[column] == best[row]
        red, green, blue, _ = picture.cmap(norm(value))
        dark = 0.299 * red + 0.587 * green + 0.114 * blue < 0.5
        ax.text(
            column,
            row,
            f"{value:.2g}" if value < 0.1 else f"{value:.2f}",
            ha="center",
            va="center",
            color="white" if dark else "black",
            weight="bold" if chosen else "normal",
        )
        if chosen:
            inner = (column - 0.46, row - 0.44)
            ax.add_patch(Rectangle(inner, 0.92, 0.88, fill=False, edgecolor=COLORS[1], linewidth=2.5))
    ax.set_xticks(range(rates), [f"{lr:g}" for lr in result.lrs])
    ax.set_yticks(range(sizes), [str(size) for size in result.batch_sizes])
    title = f"validation loss after {result.epochs} epoch{'' if result.epochs == 1 else 's'} (frame: best of its row)"
    finish(ax, xlabel="learning rate", ylabel="batch size", title=title)
    ax.grid(False)
    return ax
