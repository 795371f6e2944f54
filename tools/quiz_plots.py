"""The pictures of the quizzes: one question in each notebook is about a curve.

    python tools/quiz_plots.py              writes course/quiz/NN.svg, without a ground, like all figures

Each is drawn from the course's own schedules and landscapes, so what the answer says of a curve is what drew it.
"""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from lrlab import schedules
from lrlab.adaptive import adagrad_step, effective_lr, rmsprop_step
from lrlab.explorers.shared.static_svg import DASHES, static_svg
from lrlab.landscapes import Bowl, descend
from lrlab.plots import COLORS, finish

FOLDER = Path(__file__).resolve().parent.parent / "course" / "quiz"


class Plot(NamedTuple):
    """Curves by their labels, and the axes."""

    curves: dict[str, NDArray[np.float64]]
    ylabel: str = "learning rate"
    xlabel: str = "step"
    log: bool = False


def _walk(lr: float, steps: int) -> Any:
    return descend(Bowl(1), schedule=lr, steps=steps)


def _effective(rule: Any, steps: int = 200) -> NDArray[np.float64]:
    """Return the rate that a weight gets whose gradient is 1 at every step."""
    w, state, rates = 0.0, None, []
    for _ in range(steps):
        w, state = rule(w, 1.0, state, lr=0.1)
        rates.append(float(effective_lr(rule, state, lr=0.1)))
    return np.array(rates)


def plots() -> dict[str, Plot]:
    """Return the plot of each notebook's question, by the notebook's number."""
    steps = np.arange(100)
    return {
        "00": Plot({name: _walk(lr, 30).loss for name, lr in (("A", 0.05), ("B", 0.5), ("C", 2.05))}, "loss", log=True),
        "01": Plot({"x": _walk(1.8, 25).positions}, "position x"),
        "02": Plot(
            {
                "A": schedules.ExponentialDecay(1, decay=0.03)(steps),
                "B": schedules.TimeDecay(1, decay=0.002)(steps),
                "C": schedules.InverseTimeDecay(1, decay=0.1)(steps),
            },
            log=True,
        ),
        "03": Plot({"logged": schedules.Step(0.1, step_size=25, gamma=0.5)(steps)}),
        "04": Plot(
            {
                "A": schedules.Exponential(0.05, gamma=0.93)(steps),
                "B": schedules.Step(0.05, step_size=20, gamma=0.5)(steps),
                "C": schedules.MultiStep(0.05, milestones=[30, 80], gamma=0.1)(steps),
            }
        ),
        "05": Plot(
            {
                "A": schedules.Cyclic(0.1, 0.5, step_size_up=12, mode="triangular2")(steps),
                "B": schedules.Cyclic(0.1, 0.5, step_size_up=12)(steps),
                "C": schedules.Cyclic(0.1, 0.5, step_size_up=12, mode="exp_range", gamma=0.99)(steps),
            }
        ),
        "06": Plot({"logged": schedules.CosineWarmRestarts(0.1, T_0=14, T_mult=2)(steps[:95])}),
        "07": Plot({"A": np.full(200, 0.1), "B": _effective(adagrad_step), "C": _effective(rmsprop_step)}, log=True),
        "08": Plot(
            {
                "A": schedules.Cosine(0.1, T_max=100)(steps),
                "B": schedules.Cyclic(0.01, 0.1, step_size_up=17)(steps),
                "C": (schedules.LinearWarmup(1, warmup=10) * schedules.Cosine(0.1, T_max=100))(steps),
            }
        ),
        "09": Plot(
            {
                "A": schedules.WarmupStableDecay(0.1, warmup=0, stable=80, decay=20)(steps),
                "B": schedules.Cosine(0.1, T_max=100)(steps),
                "C": schedules.Constant(0.1)(steps),
            }
        ),
    }


def _power(value: float, _: int) -> str:
    return "10" + str(round(math.log10(value))).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def drawn(plot: Plot) -> str:
    """Draw ``plot`` as the text of an SVG."""

    def draw(figure: Figure) -> None:
        ax = figure.subplots()
        for (label, values), color, dashes in zip(plot.curves.items(), COLORS, DASHES, strict=False):
            ax.plot(values, label=label, color=color, linestyle=dashes, linewidth=2)
        if plot.log:
            ax.set_yscale("log")
            ax.yaxis.set_major_formatter(_power)  # matplotlib's own exponents are too small for a phone
        if len(plot.curves) > 1:
            # Above the curves, which would run through it; samples long enough to show the dashes.
            ax.legend(
                frameon=False, loc="lower left", bbox_to_anchor=(0, 0.98), ncols=3, handlelength=3, borderaxespad=0
            )
        finish(ax, xlabel=plot.xlabel, ylabel=plot.ylabel)

    svg = static_svg(draw, figsize=(4, 2.4), title=plot.ylabel)  # small, so that a phone shows large letters
    paths = re.compile(r'(?<= d=")[^"]+')  # a tenth of a point is fine enough for a path; the ticks' texts stay
    return paths.sub(lambda path: re.sub(r"(\.\d)\d+", r"\1", path[0]), svg)


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for number, plot in plots().items():
        (FOLDER / f"{number}.svg").write_text(drawn(plot), encoding="utf-8")


if __name__ == "__main__":
    main()
