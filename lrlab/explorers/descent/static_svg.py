"""The still picture of a descent, which stands in for its explorer where no widget can run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from lrlab._formula import Floats
from lrlab.explorers.descent.landscape_data import KINDS
from lrlab.explorers.shared.alt_text import number
from lrlab.explorers.shared.explorer import Still
from lrlab.explorers.shared.static_svg import BLUE, VERMILION, static_svg
from lrlab.landscapes import Descent, Landscape
from lrlab.plots._style import finish

# As style.css: the schedule's own path, and the one it is compared with.
STYLES = ((BLUE, "-"), (VERMILION, (0, (4, 2))))
LEVELS = 14
PIXELS = 121
LONG = 100  # points; beyond, the lines between them would hide where they lead


def walk(f: Landscape, lr: Floats, start: ArrayLike, noise: Floats, momentum: float, nesterov: bool) -> Descent:
    """What :func:`lrlab.landscapes.descend` does with SGD, without the seconds that loading torch takes.

    ``lr``: the rate of each update. ``noise``: what is added to the gradients, part by part in one row.
    """
    x = np.array(start, dtype=np.float64)
    positions, losses, speed, diverged = [x], [f(x)], None, False
    noise = noise[: len(lr) * f.dim].reshape((len(lr), *x.shape))
    with np.errstate(over="ignore", invalid="ignore"):
        for rate, extra in zip(lr, noise, strict=True):
            slope = f.gradient(x) + extra
            speed = slope if speed is None else momentum * speed + slope
            x = x - rate * (slope + momentum * speed if nesterov else speed)
            loss = f(x)
            diverged = not (np.isfinite(x).all() and np.isfinite(loss))
            if diverged:
                break
            positions.append(x)
            losses.append(loss)
    used = lr[: len(positions) - 1]
    return Descent(positions=np.array(positions), loss=np.array(losses), lr=used, diverged=diverged)


def descents(f: Landscape, walks: Mapping[str, Descent]) -> Still:
    """Return the picture of paths, by their schedules' names, on the landscape and as losses, and its words."""

    def draw(figure: Figure) -> None:
        *places, side = figure.subplots(1, len(walks) + 1)
        lowest = float(f(f.minima[0]))
        for axes, (name, run), (color, dashes) in zip(places, walks.items(), STYLES, strict=False):
            _landscape(axes, f)
            _path(axes, f, run, color)
            axes.set_title(f"{name} (diverged)" if run.diverged else name, color=color, fontsize="medium")
            above = np.minimum(run.loss - lowest, 1e12)
            side.plot(np.where(above > 1e-12, above, np.nan), color=color, linestyle=dashes)
            axes.spines[["top", "right"]].set_visible(False)
        side.set_yscale("log")
        finish(side, xlabel="step n", ylabel="loss" if lowest == 0 else "loss above its minimum")

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


def _landscape(axes: Any, f: Landscape) -> None:
    """The loss as a curve, or as contours on grey, the lightest being the lowest."""
    if f.dim == 1:
        low, high = f.bounds
        x = np.linspace(low, high, 301)
        axes.plot(x, f(x), color="0.45", linewidth=1.5)
        axes.set(xlabel="parameter x", ylabel="loss", xlim=f.bounds)
        return
    x, y = (np.linspace(low, high, PIXELS) for low, high in f.bounds)
    heights = f(np.stack(np.meshgrid(x, y), axis=-1))
    bands = np.digitize(heights, np.quantile(heights, np.linspace(0, 1, LEVELS + 1)[1:-1]))
    # As an image: contours of many minima would be a file of 200 kB.
    extent = (*f.bounds[0], *f.bounds[1])
    axes.imshow(bands, cmap="Greys", vmin=0, vmax=2.4 * LEVELS, extent=extent, origin="lower", interpolation="none")
    axes.plot(*f.minima.T, linestyle="", marker="+", color="0.25", markersize=5)
    axes.set(xlim=f.bounds[0], ylim=f.bounds[1], aspect="equal", xlabel="parameter x", ylabel="parameter y")


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
