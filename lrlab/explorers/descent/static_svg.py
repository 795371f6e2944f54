"""The still picture of a descent, which stands in for its explorer where no widget can run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter
from numpy.typing import ArrayLike

from lrlab import plots
from lrlab.explorers.descent.landscape_data import KINDS
from lrlab.explorers.shared.alt_text import number
from lrlab.explorers.shared.explorer import Still
from lrlab.explorers.shared.static_svg import static_svg
from lrlab.landscapes import Descent, Landscape

DASHES: tuple[Any, ...] = ("-", (0, (4, 2)))  # the schedule's own path, and the one it is compared with
LONG = 100  # points; beyond, the lines between them would hide where they lead


def descents(f: Landscape, walks: Mapping[str, Descent]) -> Still:
    """Return the picture of paths, by their schedules' names, on the landscape and as losses, and its words."""

    def draw(figure: Figure) -> None:
        *places, side = figure.subplots(1, len(walks) + 1)
        lowest = float(f(f.minima[0]))
        # As in view.js: a constant rate alone is the ball's, and no schedule beside others.
        colors = plots.colors(["ball"] if list(walks) == ["constant"] else walks)
        every = zip(places, walks.items(), colors, DASHES, strict=False)
        for axes, (name, run), color, dashes in every:
            plots.landscape(f, ax=axes)
            _path(axes, f, run, color)
            axes.set_title(f"{name} (diverged)" if run.diverged else name, color=color, fontsize="medium")
            above = np.minimum(run.loss - lowest, 1e12)
            side.plot(np.where(above > 1e-12, above, np.nan), color=color, linestyle=dashes)
            axes.spines[["top", "right"]].set_visible(False)
        side.set_yscale("log")
        low, high = side.get_ylim()
        if high < 50 * low:  # there are few powers of ten, so values between them are named, too
            side.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
            side.yaxis.set_minor_formatter(
                FuncFormatter(lambda value, _: f"{value:g}" if f"{value:e}"[0] in "246" else "")
            )
        plots.finish(side, xlabel="step n", ylabel="loss" if lowest == 0 else "loss above its minimum")

    svg = static_svg(draw, figsize=(3.2 + 3.2 * len(walks), 3.3), title="Descent on a loss")
    return Still(svg, _in_words(f, walks))


def _path(axes: Any, f: Landscape, run: Descent, color: str) -> None:
    limits = axes.axis()
    points = np.column_stack([run.positions, run.loss] if f.dim == 1 else [run.positions])
    # Far outside, a point says no more than the direction: matplotlib's own clipping overflows there.
    seen = np.clip(points, -1e6, 1e6).T
    axes.plot(*seen, color=color, linewidth=0.8, alpha=0.4 if len(points) > LONG else 1)
    axes.plot(*seen, color=color, linestyle="", marker=".", markersize=3)
    axes.plot(*seen[:, 0], color=color, marker="o", markersize=8, markerfacecolor="white")
    axes.plot(*seen[:, -1], color=color, marker="o", markersize=7)
    axes.axis(limits)


def _in_words(f: Landscape, walks: Mapping[str, Descent]) -> str:
    """Paths on a landscape, by the names of their schedules, and their losses."""
    said = []
    for name, run in walks.items():
        steps = len(run.loss) - 1
        start, end = (f"{_place(run.positions[at])}, loss {number(run.loss[at])}" for at in (0, -1))
        after = f"step {steps:,}, the last before it overflows" if run.diverged else f"step {steps:,}"
        said.append(f"{name}: from {start}, to {end}, at {after}.")
    return f"Gradient descent on a landscape ({KINDS[type(f)][0]}), and its loss over the steps. {' '.join(said)}"


def _place(at: ArrayLike) -> str:
    parts = np.atleast_1d(at)
    return f"x = {number(parts[0])}" if len(parts) == 1 else f"({', '.join(number(part) for part in parts)})"
