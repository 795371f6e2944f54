"""The still picture that stands in for an explorer where no widget can run."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

# Okabe and Ito's colours, told apart by colour-blind readers too; the dashes serve those who see none at all.
# decay.css and decay.js draw the same.
STYLES = {
    "step": ("step-based", "#0072B2", "-"),
    "time": ("time-based", "#D55E00", (0, (6, 2.5))),
    "inverse": ("inverse time", "#CC79A7", (0, (1, 1.5))),
    "exponential": ("exponential", "#009E73", (0, (6, 2, 1, 2))),
}


class Line(NamedTuple):
    """A schedule's name and its rates at steps 0, 1, …, shape ``(steps,)``."""

    name: str
    rates: NDArray[np.float64]


def svg(lines: Sequence[Line], *, log_y: bool) -> str:
    """The lines over the steps, as the text of an SVG of some 10 kB, readable on light and dark pages."""
    # Imported here, and never pyplot: an explorer is shown before any picture of matplotlib's needs to be, and
    # pyplot's global figures would be flushed into the cell's output.
    import matplotlib as mpl
    from matplotlib.figure import Figure

    # Text stays text: smaller, sharper, selectable. A fixed salt makes the same state the same file.
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "lrlab", "font.family": "sans-serif"}):
        figure = Figure(figsize=(7, 3.4), layout="constrained", facecolor="white")
        axes = figure.subplots()
        for name, rates in lines:
            label, color, dashes = STYLES[name]
            shape = "steps-post" if name == "step" else "default"
            axes.plot(rates, label=label, color=color, linestyle=dashes, linewidth=2, drawstyle=shape)
        if log_y:
            top = max((float(rates[0]) for _, rates in lines), default=1.0)
            axes.set_yscale("log")
            # A recurrence that has died away would squeeze the others into a corner.
            axes.set_ylim(bottom=max(axes.get_ylim()[0], top * 1e-8))
        else:
            axes.set_ylim(bottom=0)
        axes.set(xlabel="step n", ylabel="learning rate")
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(alpha=0.25)
        if lines:
            axes.legend(frameon=False)
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Title": "Learning rate over the steps"})
    text = out.getvalue()
    return text[text.index("<svg") :]  # without the XML prologue, which has no place inside an HTML page
