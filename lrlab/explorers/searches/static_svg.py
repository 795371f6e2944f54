"""The still picture of searches for a rate, which stands in for their explorer where no widget can run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from lrlab.explorers.shared.alt_text import number
from lrlab.explorers.shared.explorer import Still
from lrlab.explorers.shared.results import Floats, thinned, unpacked
from lrlab.explorers.shared.static_svg import BLUE, GREEN, PURPLE, VERMILION, static_svg
from lrlab.plots._searches import MARKERS
from lrlab.plots._style import finish
from lrlab.suggest import LABELS

COLORED = {"steepest": VERMILION, "valley": GREEN, "minimum_over_10": PURPLE}  # as style.css
BELOW = {"loc": "upper center", "bbox_to_anchor": (0.5, -0.2)}  # where no line is


def searches(sweep: dict[str, Any] | None, test: dict[str, Any] | None, lr: float, *, log_y: bool) -> Still:
    """Return the picture of training curves and of losses against the rate, and its words.

    The arguments are what the page gets.
    """

    def draw(figure: Figure) -> None:
        places = list(figure.subplots(1, columns, squeeze=False).flat)
        for ax in places:
            finish(ax, xlabel="", ylabel="")
        if sweep is not None:
            _curves(places.pop(0), sweep, lr)
            _sweep(places.pop(0), sweep, lr, log_y)
        if test is not None:
            _range_test(places.pop(0), test, lr, log_y)

    columns = (sweep is not None) * 2 + (test is not None)
    svg = static_svg(draw, figsize=(1.2 + 3.4 * columns, 3.8), title="Results computed beforehand")
    return Still(svg, _in_words(sweep, test, lr))


def _curves(ax: Any, sweep: dict[str, Any], lr: float) -> None:
    curves = [unpacked(curve) for curve in sweep["curves"]]
    for rate, curve, gone in zip(sweep["lrs"], curves, sweep["diverged"], strict=True):
        chosen = rate == lr
        style = {"linewidth": 2.6, "zorder": 3, "label": f"{rate:.3g}"} if chosen else {"linewidth": 1, "alpha": 0.35}
        some = thinned(len(curve), 120 if chosen else 40)  # those behind need not be exact
        ax.plot(np.array(sweep["steps"])[some], curve[some], color=VERMILION if gone else BLUE, **style)
    firsts = [curve[0] for curve in curves if np.isfinite(curve[0])]
    ax.set_ylim(0, 1.1 * max(firsts, default=1.0))
    ax.set_xlabel("step n")
    ax.set_title("training loss (running mean)", fontsize="medium")
    _legend(ax, title="learning rate", title_fontsize="x-small")


def _sweep(ax: Any, sweep: dict[str, Any], lr: float, log_y: bool) -> None:
    losses, low, high = (np.array(sweep[name], dtype=np.float64) for name in ("loss", "low", "high"))
    ax.plot(sweep["lrs"], losses, "-o", color=BLUE, markersize=3.5)
    ax.fill_between(sweep["lrs"], low, high, color=BLUE, alpha=0.16, linewidth=0)
    gone = [rate for rate, count in zip(sweep["lrs"], sweep["diverged"], strict=True) if count]
    top = _against(ax, sweep["lrs"], losses, sweep["suggestions"], lr, log_y)
    ax.plot(gone, [0.97 * top] * len(gone), "x", color=VERMILION, label="diverged" if gone else None)
    ax.set_title("validation loss at the end", fontsize="medium")
    _legend(ax, ncol=2, **BELOW)


def _range_test(ax: Any, test: dict[str, Any], lr: float, log_y: bool) -> None:
    smooth = unpacked(test["smooth"])
    ax.plot(test["lr"], unpacked(test["loss"]), color=BLUE, linewidth=0.6, alpha=0.45)
    ax.plot(test["lr"], smooth, color=BLUE, linewidth=2)
    _against(ax, test["lr"], smooth, test["suggestions"], lr, log_y)
    ax.set_title("range test: training loss", fontsize="medium")
    _legend(ax, ncol=2, **BELOW)


def _legend(ax: Any, **kwargs: Any) -> None:
    if ax.get_legend_handles_labels()[0]:
        ax.legend(frameon=False, fontsize="x-small", **kwargs)


def _against(
    ax: Any, lrs: Sequence[float], losses: Floats, suggestions: dict[str, float | None], lr: float, log_y: bool
) -> float:
    """The suggestions and the chosen rate on a log axis of rates; returns where the picture ends above."""
    known = losses[np.isfinite(losses)]
    top = 1.2 * max(known[0], 2 * known.min()) if len(known) else 1.0
    for rule, rate in suggestions.items():
        if rate is not None:
            height = np.interp(np.log(rate), np.log(lrs), losses)
            ax.plot(rate, height, MARKERS[rule], color=COLORED[rule], markersize=7, label=f"{LABELS[rule]}: {rate:.2g}")
    ax.axvline(lr, color="0.4", linestyle=":", linewidth=1)
    ax.set_xscale("log")
    if log_y and len(known):
        ax.set_yscale("log")
        ax.set_ylim(top=top)
    else:
        ax.set_ylim(0, top)
    ax.set(xlabel="learning rate")
    return float(top)


def _in_words(sweep: dict[str, Any] | None, test: dict[str, Any] | None, lr: float) -> str:
    """A sweep of rates and a range test; the arguments are what the page gets."""
    said = []
    if sweep is not None:
        lrs, losses = sweep["lrs"], np.array(sweep["loss"], dtype=np.float64)  # None becomes NaN
        said.append(
            f"Training loss over {sweep['updates']:,} steps at {len(lrs)} learning rates from {number(lrs[0])} to "
            f"{number(lrs[-1])}, and the validation loss at the end against the rate: {_lowest(lrs, losses)}"
        )
        here = number(losses[lrs.index(lr)]) if lr in lrs else "not measured"
        said.append(f"Chosen: rate {number(lr)}, validation loss {here}.")
        gone = [number(rate) for rate, count in zip(lrs, sweep["diverged"], strict=True) if count]
        said += [f"Diverged: {', '.join(gone)}."] if gone else []
        said += _suggested(sweep["suggestions"])
    if test is not None:
        lrs, losses = test["lr"], unpacked(test["smooth"])
        said.append(
            f"Range test: training loss while the rate rises from {number(lrs[0])} to {number(lrs[-1])}: "
            f"{_lowest(lrs, losses)}"
        )
        said += _suggested(test["suggestions"])
    return " ".join(said)


def _lowest(lrs: Sequence[float], losses: Floats) -> str:
    if not np.isfinite(losses).any():
        return "finite at none of them."
    at = int(np.nanargmin(losses))
    return f"lowest, {number(losses[at])}, at {number(lrs[at])}."


def _suggested(suggestions: Mapping[str, float | None]) -> list[str]:
    found = [f"{LABELS[rule]} {number(rate)}" for rule, rate in suggestions.items() if rate is not None]
    return [f"Suggested: {', '.join(found)}."] if found else []
