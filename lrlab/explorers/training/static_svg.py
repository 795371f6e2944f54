"""The still picture of training runs, which stands in for their explorer where no widget can run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from lrlab import plots
from lrlab.explorers.shared.alt_text import course, number, percent
from lrlab.explorers.shared.explorer import Still
from lrlab.explorers.shared.results import thinned, unpacked
from lrlab.explorers.shared.static_svg import DASH_DOT, DASHED, DOTTED, over_steps, static_svg

# As style.css: a colour and dashes for each run, in turn.
COLORS = plots.COLORS[:6]
DASHES = ("-", DASHED, DASH_DOT, DOTTED, (0, (8, 2)), (0, (6, 2, 1, 2, 1, 2)), (0, (3, 2)))


def training(shown: Sequence[dict[str, Any]], steps: Sequence[int], step: int, *, log_y: bool) -> Still:
    """Return the picture of rate, loss and accuracy over the steps, and its words.

    Args:
        shown: the runs as the page gets them. steps, step, log_y: as in the page.
    """

    def draw(figure: Figure) -> None:
        rate, loss, accuracy = over_steps(figure)
        for run in shown:
            style = {"color": COLORS[run["look"] % len(COLORS)], "linestyle": DASHES[run["look"] % len(DASHES)]}
            rates, losses = (unpacked(run[name]["mean"]) for name in ("lr", "loss"))
            some, coarse = thinned(len(losses), 120), thinned(len(losses), 50)
            at = np.array(steps[: len(losses)])
            rate.plot(at[some], rates[some], label=run["label"], drawstyle="steps-post", **style)
            loss.plot(at[some], losses[some], **style)
            if run["loss"]["low"]:
                band = (unpacked(run["loss"][name])[coarse] for name in ("low", "high"))
                loss.fill_between(at[coarse], *band, color=style["color"], alpha=0.13, linewidth=0)
            accuracy.plot(run["ends"], run["accuracy"]["mean"], marker="o", markersize=3, **style)
        highest = [values[0] for run in shown if np.isfinite(values := unpacked(run["loss"]["mean"])).any()]
        loss.set_ylim(0, 1.15 * max(highest, default=1.0))
        if log_y and highest:  # without a line there is nothing to take the logarithm of
            rate.set_yscale("log")
            loss.set_ylim(auto=True)
            loss.set_yscale("log")
        for ax in (rate, loss, accuracy):
            ax.axvline(step, color="0.5", linestyle=":", linewidth=1)
        if shown:  # above the lines, which there are up to six of
            known = rate.get_legend_handles_labels()
            figure.legend(*known, loc="outside upper left", ncols=3, frameon=False, fontsize="small")

    svg = static_svg(draw, figsize=(7, 6.2), title="Results computed beforehand")
    return Still(svg, _in_words(shown, steps, step))


def _in_words(runs: Sequence[dict[str, Any]], steps: Sequence[int], step: int) -> str:
    """Training runs; the arguments are what the page gets."""
    said = [f"Learning rate, training loss and validation accuracy over the steps; a mark at step {step:,}."]
    for run in runs:
        lr, loss = (unpacked(run[name]["mean"]) for name in ("lr", "loss"))
        accuracy = run["accuracy"]["mean"]
        end = "no accuracy measured" if not accuracy else f"accuracy at the end {percent(accuracy[-1])}"
        gone, of, _ = run["diverged"]
        lost = f"; {gone} of {of} diverged" if gone else ""
        ends = f"loss from {number(loss[0])} to {number(loss[-1])}; {end}"
        said.append(f"{run['label']}: rate {course(lr, steps)}; {ends}{lost}.")
    return " ".join(said) if runs else f"{said[0]} No run is shown."
