"""The still pictures of results computed beforehand, which stand in for their explorers where no widget can run."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from lrlab.explorers.shared.results import Floats, thinned
from lrlab.explorers.shared.static_svg import BLUE, DASH_DOT, DASHED, DOTTED, GREEN, GREY, PURPLE, VERMILION, embedded

# As plot.js and style.css.
RULES = {
    "steepest": ("steepest fall", "v", VERMILION),
    "valley": ("middle of the fall", "o", GREEN),
    "minimum_over_10": ("minimum / 10", "s", PURPLE),
}
BELOW = {"loc": "upper center", "bbox_to_anchor": (0.5, -0.2)}  # where no line is
# As training/style.css: a colour and dashes for each run, in turn.
ORANGE = "#9A6700"
COLORS = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, GREY)
DASHES = ("-", DASHED, DASH_DOT, DOTTED, (0, (8, 2)), (0, (6, 2, 1, 2, 1, 2)), (0, (3, 2)))


def unpacked(text: str) -> Floats:
    """What :func:`lrlab.explorers.shared.results.packed` packed."""
    return np.frombuffer(base64.b64decode(text), dtype="<f4").astype(np.float64)


@contextmanager
def figure(rows: int, columns: int, size: tuple[float, float], **kwargs: Any) -> Iterator[tuple[Any, Any, list[str]]]:
    """A figure, its axes, and a list that holds the text of its SVG afterwards."""
    # Imported here, and never pyplot: an explorer is shown before any picture of matplotlib's needs to be, and
    # pyplot's global figures would be flushed into the cell's output.
    import matplotlib as mpl
    from matplotlib.figure import Figure

    # Text stays text: smaller, sharper, selectable. A fixed salt makes the same state the same file.
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "lrlab", "font.family": "sans-serif"}):
        drawn = Figure(figsize=size, layout="constrained", facecolor="white")
        axes, found = drawn.subplots(rows, columns, squeeze=False, **kwargs), list[str]()
        yield drawn, axes, found
        for one in axes.flat:
            one.spines[["top", "right"]].set_visible(False)
            one.grid(alpha=0.25)
        out = io.StringIO()
        drawn.savefig(out, format="svg", metadata={"Date": None, "Title": "Results computed beforehand"})
    found.append(embedded(out.getvalue()))


def searches_svg(sweep: dict[str, Any] | None, test: dict[str, Any] | None, lr: float, *, log_y: bool) -> str:
    """Training curves and losses against the rate, as the text of an SVG; the arguments are what the page gets."""
    columns = (sweep is not None) * 2 + (test is not None)
    with figure(1, columns, (1.2 + 3.4 * columns, 3.8)) as (_, axes, found):
        places = list(axes.flat)
        if sweep is not None:
            _curves(places.pop(0), sweep, lr)
            losses = np.array(sweep["loss"], dtype=np.float64)
            ax = places.pop(0)
            ax.plot(sweep["lrs"], losses, "-o", color=BLUE, markersize=3.5)
            band = [np.array(sweep[name], dtype=np.float64) for name in ("low", "high")]
            ax.fill_between(sweep["lrs"], *band, color=BLUE, alpha=0.16, linewidth=0)
            gone = [rate for rate, count in zip(sweep["lrs"], sweep["diverged"], strict=True) if count]
            top = _against(ax, sweep["lrs"], losses, sweep["suggestions"], lr, log_y)
            ax.plot(gone, [0.97 * top] * len(gone), "x", color=VERMILION, label="diverged" if gone else None)
            ax.set(title="validation loss at the end")
            _legend(ax, ncol=2, **BELOW)
        if test is not None:
            ax = places.pop(0)
            smooth = unpacked(test["smooth"])
            ax.plot(test["lr"], unpacked(test["loss"]), color=BLUE, linewidth=0.6, alpha=0.45)
            ax.plot(test["lr"], smooth, color=BLUE, linewidth=2)
            _against(ax, test["lr"], smooth, test["suggestions"], lr, log_y)
            ax.set(title="range test: training loss")
            _legend(ax, ncol=2, **BELOW)
        for ax in axes.flat:
            ax.set_title(ax.get_title(), loc="center", fontsize="medium")
    return found[0]


def _legend(ax: Any, **kwargs: Any) -> None:
    if ax.get_legend_handles_labels()[0]:
        ax.legend(frameon=False, fontsize="x-small", **kwargs)


def _curves(ax: Any, sweep: dict[str, Any], lr: float) -> None:
    curves = [unpacked(curve) for curve in sweep["curves"]]
    for rate, curve, gone in zip(sweep["lrs"], curves, sweep["diverged"], strict=True):
        chosen = rate == lr
        style = {"linewidth": 2.6, "zorder": 3, "label": f"{rate:.3g}"} if chosen else {"linewidth": 1, "alpha": 0.35}
        some = thinned(len(curve), 120 if chosen else 40)  # those behind need not be exact
        ax.plot(np.array(sweep["steps"])[some], curve[some], color=VERMILION if gone else BLUE, **style)
    firsts = [curve[0] for curve in curves if np.isfinite(curve[0])]
    ax.set_ylim(0, 1.1 * max(firsts, default=1.0))
    ax.set(xlabel="step n", title="training loss (running mean)")
    _legend(ax, title="learning rate", title_fontsize="x-small")


def _against(
    ax: Any, lrs: Sequence[float], losses: Floats, suggestions: dict[str, float | None], lr: float, log_y: bool
) -> float:
    """The suggestions and the chosen rate on a log axis of rates; returns where the picture ends above."""
    known = losses[np.isfinite(losses)]
    top = 1.2 * max(known[0], 2 * known.min()) if len(known) else 1.0
    for rule, rate in suggestions.items():
        if rate is not None:
            words, marker, color = RULES[rule]
            height = np.interp(np.log(rate), np.log(lrs), losses)
            ax.plot(rate, height, marker, color=color, markersize=7, label=f"{words}: {rate:.2g}")
    ax.axvline(lr, color="0.4", linestyle=":", linewidth=1)
    ax.set_xscale("log")
    if log_y and len(known):
        ax.set_yscale("log")
        ax.set_ylim(top=top)
    else:
        ax.set_ylim(0, top)
    ax.set(xlabel="learning rate")
    return float(top)


def training_svg(shown: Sequence[tuple[int, dict[str, Any]]], steps: Sequence[int], step: int, *, log_y: bool) -> str:
    """Rate, loss and accuracy over the steps, as the text of an SVG; the arguments are what the page gets."""
    from matplotlib.ticker import PercentFormatter

    with figure(3, 1, (7, 6.2), sharex=True, height_ratios=[2, 3, 2]) as (_, axes, found):
        rate, loss, accuracy = axes[:, 0]
        for place, run in shown:
            style = {"color": COLORS[place % len(COLORS)], "linestyle": DASHES[place % len(DASHES)]}
            rates, losses = (unpacked(run[name]["mean"]) for name in ("lr", "loss"))
            some, coarse = thinned(len(losses), 150), thinned(len(losses), 60)
            at = np.array(steps[: len(losses)])
            rate.plot(at[some], rates[some], label=run["label"], drawstyle="steps-post", **style)
            loss.plot(at[some], losses[some], **style)
            if run["loss"]["low"]:
                band = (unpacked(run["loss"][name])[coarse] for name in ("low", "high"))
                loss.fill_between(at[coarse], *band, color=style["color"], alpha=0.13, linewidth=0)
            accuracy.plot(run["ends"], run["accuracy"]["mean"], marker="o", markersize=3, **style)
        highest = [values[0] for _, run in shown if np.isfinite(values := unpacked(run["loss"]["mean"])).any()]
        loss.set_ylim(0, 1.15 * max(highest, default=1.0))
        if log_y and highest:  # without a line there is nothing to take the logarithm of
            rate.set_yscale("log")
            loss.set_ylim(auto=True)
            loss.set_yscale("log")
        for ax, name in ((rate, "learning rate"), (loss, "training loss"), (accuracy, "validation accuracy")):
            ax.set_ylabel(name)
            ax.axvline(step, color="0.4", linestyle=":", linewidth=1)
        accuracy.yaxis.set_major_formatter(PercentFormatter(1.0))
        accuracy.set_xlabel("step n (completed updates)")
        if shown:
            rate.legend(frameon=False, fontsize="small")
    return found[0]
