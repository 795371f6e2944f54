"""The still picture that stands in for an explorer where no widget can run: GitHub, exported HTML.

matplotlib draws it, in the looks of :mod:`lrlab.plots`, and never pyplot: an explorer is shown before any other picture
needs to be, and pyplot's global figures would be flushed into the cell's output.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter
from numpy.typing import NDArray

from lrlab.explorers.shared.alt_text import course
from lrlab.explorers.shared.explorer import Still
from lrlab.plots import COLORS, THEME, finish, lighten

# Each line has dashes too, for who sees no colours. The style sheets draw the same.
BLUE, VERMILION, GREEN, PURPLE, ORANGE = COLORS[:5]
DASHED, DOTTED, DASH_DOT = (0, (6, 2.5)), (0, (1, 1.5)), (0, (6, 2, 1, 2))
# The schedule explorer's: the schedule that one moves, then the pins.
DASHES: tuple[Any, ...] = ("-", DASHED, DASH_DOT, DOTTED, (0, (8, 2)))
CLIP = re.compile(r'<clipPath id="(p[0-9a-f]{10})">(.*?)</clipPath>', re.DOTALL)


def static_svg(draw: Callable[[Figure], Any], *, figsize: tuple[float, float], title: str) -> str:
    """Return what ``draw`` draws on a new figure, as the text of an SVG, readable on light and dark pages.

    Args:
        draw: gets the figure, without axes. figsize: in inches. title: the SVG's own, which browsers show as a tooltip.
    """
    # A fixed salt makes the same state the same file; a notebook's own cycle of dashes has no part in it.
    plain: Any = {"axes.prop_cycle": mpl.rcParamsDefault["axes.prop_cycle"], "svg.hashsalt": "lrlab"}
    with mpl.rc_context({**THEME, **plain}):
        figure = Figure(figsize=figsize, layout="constrained")
        draw(figure)
        lighten(figure)
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Title": title})
    return embedded(out.getvalue())


def over_steps(figure: Figure) -> Any:
    """Return axes for learning rate, training loss and validation accuracy, one below the other over the same steps."""
    axes = figure.subplots(3, 1, sharex=True, height_ratios=[2, 3, 2])
    for ax, name in zip(axes, ("learning rate", "training loss", "validation accuracy"), strict=True):
        finish(ax, xlabel="", ylabel=name)
    axes[2].set_xlabel("step n (completed updates)")
    axes[2].yaxis.set_major_formatter(PercentFormatter(1.0))
    return axes


def embedded(svg: str) -> str:
    """matplotlib's SVG for an HTML page: without the XML prologue, and the same text for the same picture.

    matplotlib names some clip paths after an object's place in memory; here they go by what they hold.
    """
    svg = svg[svg.index("<svg") :]
    names = {name: f"p{hashlib.sha256(path.encode()).hexdigest()[:10]}" for name, path in CLIP.findall(svg)}
    return re.sub(r"(?<=[\"#])p[0-9a-f]{10}(?=[\")])", lambda use: names.get(use[0], use[0]), svg)


class Line(NamedTuple):
    """A line's label, its rates at steps 0, 1, …, its looks, and the momentum beside the rates if there is one."""

    label: str
    rates: NDArray[np.float64]
    color: str
    dashes: Any
    momentum: NDArray[np.float64] | None = None


def is_stairs(rates: NDArray[np.float64]) -> bool:
    """Whether the rate stays for a while after each change, so that it is drawn as stairs.

    The page asks the same, in schedule/plot.js.
    """
    changes = np.diff(rates) != 0
    return bool(changes.any() and not (changes[1:] & changes[:-1]).any())


def rates(lines: Sequence[Line], *, log_y: bool) -> Still:
    """Return the picture of schedules over the steps, of some 10 kB, and its words."""
    momenta = [line for line in lines if line.momentum is not None]

    def draw(figure: Figure) -> None:
        rows = 2 if momenta else 1
        axes = figure.subplots(rows, squeeze=False, sharex=True, height_ratios=[3, 1][:rows])
        top, low = axes[0, 0], axes[-1, 0]
        for label, values, color, dashes, _ in lines:
            shape = "steps-post" if is_stairs(values) else "default"
            top.plot(values, label=label, color=color, linestyle=dashes, linewidth=2, drawstyle=shape)
        for line in momenta:
            low.plot(line.momentum, color=line.color, linestyle=line.dashes, linewidth=2)
        if log_y:
            highest = max((float(line.rates.max()) for line in lines), default=1.0)
            top.set_yscale("log")
            # A recurrence that has died away would squeeze the others into a corner.
            top.set_ylim(bottom=max(top.get_ylim()[0], highest * 1e-8))
        else:
            top.set_ylim(bottom=0)
        if momenta:
            finish(low, xlabel="step n", ylabel="momentum")
        finish(top, xlabel="" if momenta else "step n", ylabel="learning rate")
        if lines:
            # Above the lines, wherever these go; beside each other where they are short.
            side_by_side = len(lines) if max(len(line.label) for line in lines) < 20 else 1
            top.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=side_by_side, frameon=False, borderaxespad=0)

    size = (7, 4.6 if momenta else 3.4)
    svg = static_svg(draw, figsize=size, title="Learning rate over the steps")
    return Still(svg, _in_words(lines, log_y=log_y))


def _in_words(lines: Sequence[Line], *, log_y: bool) -> str:
    """Schedules over the steps."""
    axis = ", on a logarithmic axis" if log_y else ""
    if not lines:
        return f"Learning rate over the steps{axis}: no schedule is shown."
    said = []
    for line in lines:
        momentum = "" if line.momentum is None else f"; momentum {course(line.momentum)}"
        said.append(f"{line.label}: {course(line.rates)}{momentum}.")
    last = max(len(line.rates) for line in lines) - 1
    return f"Learning rate over the steps 0 to {last:,}{axis}. {' '.join(said)}"
