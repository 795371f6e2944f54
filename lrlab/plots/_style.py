"""What all pictures share: colours, dashes, labels of axes."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
from cycler import Cycler, cycler
from matplotlib import rcParams
from matplotlib.axes import Axes
from numpy.typing import NDArray

COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000")
DASHES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (8, 2)), (0, (1, 1)))
STEP = "step (completed updates)"


def unlisted(name: str) -> str:
    """A label for a line that no legend needs to list again, for the picture's description: see :func:`describe`."""
    return f"_{name}"  # matplotlib leaves out what begins like this


def styles() -> Cycler:
    """A colour and a dash pattern for each line, in turn."""
    return cycler(color=COLORS) + cycler(linestyle=DASHES)


def dress_notebook() -> None:
    """In a notebook, have every figure look alike, also one drawn by matplotlib alone, and sharp on every screen.

    Elsewhere nothing happens: a script's figures are its own.
    """
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if not hasattr(shell, "kernel"):
        return
    rcParams.update(
        {
            "axes.prop_cycle": styles(),
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.titlelocation": "left",
            "axes.titlesize": "medium",
        }
    )
    from matplotlib_inline.config import InlineBackend  # every kernel brings it

    backend = InlineBackend.instance(parent=shell)
    backend.shell = shell
    if backend.figure_formats == {"png"}:  # unless you have chosen a format
        backend.figure_formats = {"retina"}


def finish(ax: Axes, *, xlabel: str, ylabel: str, title: str | None = None) -> Axes:
    """Labels, a light grid and no frame, the same on every picture."""
    ax.set(xlabel=xlabel, ylabel=ylabel)
    if title:
        ax.set_title(title, loc="left", fontsize="medium")
    ax.spines[["top", "right"]].set_visible(False)
    ax.grid(alpha=0.25)
    return ax


def new_axes(ax: Axes | None, *, figsize: tuple[float, float] = (7, 3.6)) -> Axes:
    """``ax``, or the axes of a new figure."""
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt  # here: explorers draw without it, and it takes as long as all of matplotlib

    return plt.subplots(figsize=figsize, layout="constrained")[1]


def three_axes(axes: Sequence[Axes] | NDArray[Any] | None) -> NDArray[Any]:
    """The three ``axes``, or those of a new figure."""
    if axes is None:
        import matplotlib.pyplot as plt

        return plt.subplots(1, 3, figsize=(11, 3.4), layout="constrained")[1]
    found = np.asarray(axes, dtype=object).ravel()
    if len(found) != 3:
        raise ValueError(f"axes must be three matplotlib Axes, got {len(found)}")
    return found
