"""The still picture of searches for a rate, which stands in for their explorer where no widget can run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure

from lrlab import plots
from lrlab._formula import Floats
from lrlab.explorers.shared.alt_text import number
from lrlab.explorers.shared.explorer import Still
from lrlab.explorers.shared.results import thinned, unpacked
from lrlab.explorers.shared.static_svg import BLUE, GREEN, PURPLE, VERMILION, static_svg
from lrlab.plots import MARKERS, finish
from lrlab.suggest import LABELS

if TYPE_CHECKING:
    from lrlab.experiments import RangeTest, Sweep

COLORED = {"steepest": VERMILION, "valley": GREEN, "minimum_over_10": PURPLE}  # as style.css
BELOW = {"loc": "upper center", "bbox_to_anchor": (0.5, -0.2)}  # where no line is


def searches(
    sweep: dict[str, Any] | None,
    test: dict[str, Any] | None,
    results: tuple[RangeTest | None, Sweep | None],
    lr: float,
    *,
    log_y: bool,
) -> Still:
    """Return the picture of training curves and of losses against the rate, and its words.

    Args:
        sweep, test: what the page gets. results: the range test and the sweep that they are of.
        lr, log_y: as in the page.
    """
    tested, swept = results

    def draw(figure: Figure) -> None:
        places = list(figure.subplots(1, columns, squeeze=False).flat)
        if sweep is not None and swept is not None:
            _curves(places.pop(0), sweep, lr)
            ax = plots.sweep(swept, ax=places.pop(0))
            _suggestions(ax, sweep["suggestions"], swept.lrs, swept.mean_val_loss)
            _marked(ax, swept, lr, log_y)
            ax.set_title("validation loss at the end", fontsize="medium")
        if tested is not None:
            ax = plots.range_test(tested, ax=places.pop(0))
            _marked(ax, tested, lr, log_y)
            ax.set_title("range test: training loss", fontsize="medium")

    columns = (sweep is not None) * 2 + (test is not None)
    svg = static_svg(draw, figsize=(1.2 + 3.4 * columns, 3.8), title="Results computed beforehand")
    return Still(svg, _in_words(sweep, test, lr))


def _curves(ax: Any, sweep: dict[str, Any], lr: float) -> None:
    curves = [unpacked(curve) for curve in sweep["curves"]]
    for rate, curve, gone in zip(sweep["lrs"], curves, sweep["diverged"], strict=True):
        chosen = rate == lr
        style = {"linewidth": 2.6, "zorder": 3, "label": f"{rate:.3g}"} if chosen else {"linewidth": 1, "alpha": 0.35}
        some = thinned(len(curve), 120 if chosen else 30)  # those behind need not be exact
        ax.plot(np.array(sweep["steps"])[some], curve[some], color=VERMILION if gone else BLUE, **style)
    firsts = [curve[0] for curve in curves if np.isfinite(curve[0])]
    ax.set_ylim(0, 1.1 * max(firsts, default=1.0))
    finish(ax, xlabel="step n", ylabel="")
    ax.set_title("training loss (running mean)", fontsize="medium")
    _legend(ax, title="learning rate", title_fontsize="x-small")


def _marked(ax: Any, result: Sweep | RangeTest, lr: float, log_y: bool) -> None:
    """Draw a dotted line at the chosen rate, and the loss on a log axis if the page has one."""
    losses = np.asarray(result.mean_val_loss if hasattr(result, "mean_val_loss") else result.smooth_loss)
    ax.axvline(lr, color="0.5", linestyle=":", linewidth=1)
    known = losses[np.isfinite(losses)]
    if log_y and len(known):
        ax.set_yscale("log")
        ax.set_ylim(0.8 * known.min(), 1.2 * max(known[0], 2 * known.min()))
    ax.minorticks_off()  # a hundred of them are a third of the file
    ax.set(xlabel="learning rate", ylabel="")
    _legend(ax, ncol=2, **BELOW)


def _suggestions(ax: Any, suggestions: Mapping[str, float | None], lrs: Floats, losses: Floats) -> None:
    for rule, rate in suggestions.items():
        if rate is not None:
            height = np.interp(np.log(rate), np.log(lrs), losses)
            ax.plot(rate, height, MARKERS[rule], color=COLORED[rule], markersize=7, label=f"{LABELS[rule]}: {rate:.2g}")


def _legend(ax: Any, **kwargs: Any) -> None:
    if ax.get_legend_handles_labels()[0]:
        ax.legend(frameon=False, fontsize="x-small", **kwargs)


def _in_words(sweep: dict[str, Any] | None, test: dict[str, Any] | None, lr: float) -> str:
    """Draw a sweep of rates and a range test; the arguments are what the page gets."""
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
    named = [f"{LABELS[rule]} {number(rate)}" for rule, rate in suggestions.items() if rate is not None]
    return [f"Suggested: {', '.join(named)}."] if named else []
