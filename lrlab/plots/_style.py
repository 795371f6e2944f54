"""What all pictures share: colours, dashes, labels of axes."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from cycler import Cycler, cycler
from matplotlib import rcParams
from matplotlib.axes import Axes
from numpy.typing import NDArray

from lrlab.palette import INK, MIDDLE, looks

COLORS = MIDDLE
"""The colours of lines, readable on light and on dark pages. A kind of schedule has its own: see :func:`colors`."""
DASHES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (8, 2)), (0, (1, 1)))
THEME: Any = {  # a dict; matplotlib's types know each of its names
    **dict.fromkeys(("figure.facecolor", "axes.facecolor", "savefig.facecolor"), "none"),
    **dict.fromkeys(("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color"), INK),
    "svg.fonttype": "none",  # text stays text: smaller, sharper, selectable
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans", "Verdana"],  # each text names all of them
}
"""matplotlib's settings for pictures without a ground of their own, readable on light and on dark pages."""
STEP = "step (completed updates)"


def unlisted(name: str) -> str:
    """Return a label for a line that no legend needs to list again, for the picture's description: see
    :func:`describe`.
    """
    return f"_{name}"  # matplotlib leaves out what begins like this


def styles() -> Cycler:
    """Return a colour and a dash pattern for each line, in turn."""
    return cycler(color=COLORS) + cycler(linestyle=DASHES)


def styles_of(labels: Iterable[str]) -> list[dict[str, Any]]:
    """Return colour and dash pattern for each label: those of :func:`lrlab.palette.looks`."""
    several = [{"color": color, "linestyle": dashes} for color, dashes in zip(COLORS, DASHES, strict=True)]
    return [several[look % len(several)] for look in looks(labels)]


def colors(labels: Iterable[str]) -> list[str]:
    """Return the colour of each label, the same in every plot: "constant" is grey, "cosine" blue, "SGD" vermilion.

    A label that names no kind of schedule and no optimizer gets a colour by its place. If two want the same one, it
    goes to the first.
    """
    return [style["color"] for style in styles_of(labels)]


def dress_notebook() -> None:
    """In a notebook, have every figure look alike, also one drawn by matplotlib alone: SVG that fits any theme.

    A kernel that was told another format keeps it, such as the one that grades: a feedback page shows no SVG of a
    submission. Elsewhere nothing happens: a script's figures are its own.
    """
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if not hasattr(shell, "kernel"):
        return
    rcParams.update(
        {
            **THEME,
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
        backend.figure_formats = {"svg"}


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


WORDS = {2: "two", 3: "three"}


def several_axes(axes: Sequence[Axes] | NDArray[Any] | None, count: int, figsize: tuple[float, float]) -> NDArray[Any]:
    """Return the ``count`` ``axes``, or those of a new figure, side by side."""
    if axes is None:
        import matplotlib.pyplot as plt

        return plt.subplots(1, count, figsize=figsize, layout="constrained")[1]
    result = np.asarray(axes, dtype=object).ravel()
    if len(result) != count:
        raise ValueError(f"axes must be {WORDS[count]} matplotlib Axes, got {len(result)}")
    return result
