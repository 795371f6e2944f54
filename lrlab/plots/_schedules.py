"""Learning rates over steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from lrlab._validation import COUNT, check
from lrlab.labels import numbered
from lrlab.plots._style import STEP, finish, new_axes, styles_of
from lrlab.schedules import Schedule

FEW_STEPS = 40  # up to here each step gets a dot of its own


def schedules(
    curves: Mapping[str, Schedule | ArrayLike] | Iterable[Schedule] | Schedule,
    steps: int = 100,
    *,
    ax: Axes | None = None,
    log: bool = False,
    title: str | None = None,
) -> Axes:
    """Learning rate over step, one line for each schedule.

    Args:
        curves: label → schedule or array of rates (drawn from step 0); a schedule, or a list of them, is labelled by
            its repr, and equal ones are numbered.
        steps: how many steps of each schedule, default 100; up to 40 each step gets a dot. An array is drawn whole, and
            a schedule that has fewer steps to its end.
        ax: where to draw; default a new figure. log: a logarithmic learning-rate axis.
    """
    steps = check("steps", COUNT, steps)
    ax = new_axes(ax)
    if not isinstance(curves, Mapping):
        several = [curves] if isinstance(curves, Schedule) else list(curves)
        curves = dict(zip(numbered(map(repr, several)), several, strict=True))
    lines = []
    for (label, curve), style in zip(curves.items(), styles_of(curves), strict=True):
        if isinstance(curve, Schedule):
            rates = curve.curve(min(steps, curve.length or steps))
        else:
            rates = np.asarray(curve, dtype=float)
        few = len(rates) <= FEW_STEPS
        # Between two updates the rate stands still: where the dots are seen, so is that.
        lines += ax.plot(
            np.arange(len(rates)),
            rates,
            label=label,
            marker="o" if few else None,
            markersize=4,
            drawstyle="steps-post" if few else "default",
            **style,
        )
    if log:
        ax.set_yscale("log")
    else:
        ax.set_ylim(bottom=0)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.legend(handles=lines, frameon=False)  # given by hand: matplotlib leaves out a label that begins with "_"
    return finish(ax, xlabel=STEP, ylabel="learning rate", title=title)
