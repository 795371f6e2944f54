"""The still picture that stands in for an explorer where no widget can run."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

# Okabe and Ito's colours, told apart by colour-blind readers too; the dashes serve those who see none at all.
# The style sheets draw the same.
BLUE, VERMILION, GREEN, PURPLE, GREY = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#757575"
DASHED, DOTTED, DASH_DOT = (0, (6, 2.5)), (0, (1, 1.5)), (0, (6, 2, 1, 2))
# The schedule explorer's: the schedule that one moves, then the pins.
LINES = ((BLUE, "-"), (VERMILION, DASHED), (GREEN, DASH_DOT), (PURPLE, DOTTED), (GREY, (0, (8, 2))))


CLIP = re.compile(r'<clipPath id="(p[0-9a-f]{10})">(.*?)</clipPath>', re.DOTALL)


def embedded(svg: str) -> str:
    """matplotlib's SVG for an HTML page: without the XML prologue, and the same text for the same picture.

    matplotlib names some clip paths after an object's place in memory; here they go by what they hold.
    """
    svg = svg[svg.index("<svg") :]
    names = {name: f"p{hashlib.sha256(path.encode()).hexdigest()[:10]}" for name, path in CLIP.findall(svg)}
    return re.sub(r"(?<=[\"#])p[0-9a-f]{10}(?=[\")])", lambda found: names.get(found[0], found[0]), svg)


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


def svg(lines: Sequence[Line], *, log_y: bool) -> str:
    """The lines over the steps, as the text of an SVG of some 10 kB, readable on light and dark pages."""
    # Imported here, and never pyplot: an explorer is shown before any picture of matplotlib's needs to be, and
    # pyplot's global figures would be flushed into the cell's output.
    import matplotlib as mpl
    from matplotlib.figure import Figure

    # Text stays text: smaller, sharper, selectable. A fixed salt makes the same state the same file.
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "lrlab", "font.family": "sans-serif"}):
        momenta = [line for line in lines if line.momentum is not None]
        figure = Figure(figsize=(7, 4.6 if momenta else 3.4), layout="constrained", facecolor="white")
        axes = figure.subplots(
            2 if momenta else 1, squeeze=False, sharex=True, height_ratios=[3, 1][: 1 + bool(momenta)]
        )
        top, low = axes[0, 0], axes[-1, 0]
        for label, rates, color, dashes, _ in lines:
            shape = "steps-post" if is_stairs(rates) else "default"
            top.plot(rates, label=label, color=color, linestyle=dashes, linewidth=2, drawstyle=shape)
        for line in momenta:
            low.plot(line.momentum, color=line.color, linestyle=line.dashes, linewidth=2)
            low.set_ylabel("momentum")
        if log_y:
            highest = max((float(line.rates.max()) for line in lines), default=1.0)
            top.set_yscale("log")
            # A recurrence that has died away would squeeze the others into a corner.
            top.set_ylim(bottom=max(top.get_ylim()[0], highest * 1e-8))
        else:
            top.set_ylim(bottom=0)
        top.set(ylabel="learning rate")
        low.set(xlabel="step n")
        for one in axes.flat:
            one.spines[["top", "right"]].set_visible(False)
            one.grid(alpha=0.25)
        if lines:
            top.legend(frameon=False)
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Title": "Learning rate over the steps"})
    return embedded(out.getvalue())
