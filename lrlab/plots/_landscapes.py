"""Landscapes, and the paths that descents take on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from lrlab.plots._style import finish, new_axes, styles_of, unlisted

if TYPE_CHECKING:
    from lrlab.landscapes import Descent, Landscape

# Greys, the low loss the lightest: a path in any colour stands out, most of all where it ends.
LIGHT = ListedColormap(mpl.colormaps["Greys"](np.linspace(0.0, 0.42, 256)), name="light_greys")
LEVELS = 14
LONG = 40  # updates; beyond, the lines between them would hide where they lead
POINTS = 1601, 241  # along one parameter; along each of two


def landscape(f: Landscape, *, ax: Axes | None = None, title: str | None = None) -> Axes:
    """Draw the loss over its ``bounds``: a curve, or, over two parameters, bands of grey, the lightest being the
    lowest.

    The bands end at quantiles, so each covers the same area, and a small cross marks each minimum. Two parameters
    have the same scale.

    Args:
        f: from :mod:`lrlab.landscapes`. ax: where to draw; default a new figure.
    """
    if f.dim == 1:
        ax = new_axes(ax)
        low, high = f.bounds
        x = np.linspace(low, high, POINTS[0])
        ax.plot(x, f(x), color="0.45", linewidth=1.5, zorder=1, label=unlisted("the landscape"))
        ax.set_xlim(low, high)
        return finish(ax, xlabel="parameter x", ylabel="loss", title=title)
    ax = new_axes(ax, figsize=(6.4, 5))
    x, y = (np.linspace(low, high, POINTS[1]) for low, high in f.bounds)
    heights = f(np.stack(np.meshgrid(x, y), axis=-1))
    levels = np.unique(np.quantile(heights, np.linspace(0, 1, LEVELS + 1)))
    bands = ListedColormap(LIGHT(np.linspace(0, 1, len(levels) - 1)))
    half = [(side[1] - side[0]) / 2 for side in (x, y)]  # a pixel reaches so far beyond its point
    (left, right), (below, above) = (
        (low - more, high + more) for (low, high), more in zip(f.bounds, half, strict=True)
    )
    # As an image: the contours of many minima would be an SVG of 200 kB.
    norm = BoundaryNorm(levels, len(levels) - 1)
    ax.imshow(
        heights,
        cmap=bands,
        norm=norm,
        extent=(left, right, below, above),
        origin="lower",
        interpolation="none",
        zorder=0,
    )
    ax.plot(*f.minima.T, linestyle="", marker="+", color="0.25", markersize=6, zorder=1)
    ax.set(xlim=f.bounds[0], ylim=f.bounds[1], aspect="equal")
    finish(ax, xlabel="parameter x", ylabel="parameter y", title=title)
    ax.grid(False)
    return ax


def descent(
    f: Landscape,
    runs: Mapping[str, Descent],
    *,
    marks: Iterable[int] = (),
    ax: Axes | None = None,
    title: str | None = None,
) -> Axes:
    """Draw the paths of ``runs`` on the landscape: a hollow circle where each begins, a filled square where it ends.

    The picture keeps the landscape's bounds, and what leaves them is cut. A run that diverged has no square; its label
    says so.

    Args:
        f: what they walked on. runs: label → :class:`~lrlab.landscapes.Descent`.
        marks: numbers of completed updates at which each path gets a numbered mark, 1 for the first; for example
            the ``ends`` of a :class:`~lrlab.schedules.SnapshotCosine`. Default none. Marks in one place share a label.
        ax: where to draw; default a new figure.
    """
    ax = landscape(f, ax=ax, title=title)
    limits = ax.axis()
    handles = []
    for (label, run), style in zip(runs.items(), styles_of(runs), strict=True):
        color = style["color"]
        points = np.column_stack([run.positions, run.loss] if f.dim == 1 else [run.positions])
        long = len(run.lr) > LONG
        name = f"{label} (diverged)" if run.diverged else label
        width: dict[str, Any] = {"linewidth": 0.6, "alpha": 0.5} if long else {"linewidth": 1.2, "alpha": 1.0}
        ax.plot(*points.T, **style, **width, zorder=2, label=unlisted(name))
        ax.plot(*points.T, linestyle="", marker=".", markersize=4, color=color, zorder=3)
        ax.plot(*points[0], marker="o", markersize=9, markerfacecolor="white", markeredgecolor=color, zorder=4)
        if not run.diverged:
            ax.plot(*points[-1], marker="s", markersize=7, color=color, zorder=5)
        _number(ax, points, marks, color)
        handles.append(Line2D([], [], **style, label=name))
    for words, marker, face in (("start", "o", "white"), ("end", "s", "0.5")):
        handles.append(Line2D([], [], linestyle="", marker=marker, color="0.5", markerfacecolor=face, label=words))
    ax.axis(limits)
    on_map: dict[str, Any] = {"facecolor": "white", "labelcolor": "0.15", "framealpha": 0.85, "edgecolor": "none"}
    # Above a curve, as a path that runs away crosses all of its panel; the title is on the left.
    above: dict[str, Any] = {"frameon": False, "loc": "lower right", "bbox_to_anchor": (1, 1), "borderaxespad": 0.2}
    ax.legend(handles=handles, **(on_map if f.dim == 2 else above | {"ncols": 3}))
    return ax


def _number(ax: Axes, points: NDArray[np.float64], marks: Iterable[int], color: str) -> None:
    """Draw a box with its number, from 1, at each marked point: one box for all that would lie on each other."""
    left, right, bottom, top = ax.axis()
    apart = 0.04 * np.array([right - left, top - bottom])
    boxes: list[tuple[NDArray[np.float64], list[str]]] = []
    for number, mark in enumerate((mark for mark in marks if mark < len(points)), start=1):
        point = points[mark]
        near = next((names for place, names in boxes if (abs(place - point) < apart).all()), None)
        if near is None:
            boxes.append((point, [str(number)]))
        else:
            near.append(str(number))
    for place, names in boxes:
        box = {"boxstyle": "round,pad=0.2", "facecolor": "white", "edgecolor": color}
        text = ax.annotate(
            ",".join(names),
            tuple(place),
            xytext=(0, 10),
            textcoords="offset points",
            ha="center",
            fontsize=8,
            color="0.15",
            bbox=box,
        )
        text.set(zorder=6, clip_on=True)
