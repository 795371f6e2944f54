"""Pictures of schedules and of training runs: arrays and results in, matplotlib Axes out.

Every function draws on the axes it is given, or on a new figure; it returns the axes, shows nothing and prints
nothing. Colours are Okabe and Ito's, which colour-blind readers can tell apart, and each comes with its own dash
pattern.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from textwrap import fill
from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
import numpy as np
from cycler import Cycler, cycler
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, PercentFormatter
from numpy.typing import ArrayLike, NDArray

from lrlab.schedules import Schedule
from lrlab.schedules.rules import COUNT, check

if TYPE_CHECKING:
    from torch import Tensor

    from lrlab.experiments import Comparison
    from lrlab.train import History

__all__ = ["comparison", "digits", "histories", "schedules"]

COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000")
DASHES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (8, 2)), (0, (1, 1)))
STEP = "step (completed updates)"
FEW_STEPS = 40  # up to here each step gets a dot of its own


def _styles() -> Cycler:
    return cycler(color=COLORS) + cycler(linestyle=DASHES)


def _finish(ax: Axes, *, xlabel: str, ylabel: str, title: str | None = None) -> Axes:
    ax.set(xlabel=xlabel, ylabel=ylabel)
    if title:
        ax.set_title(title, loc="left", fontsize="medium")
    ax.spines[["top", "right"]].set_visible(False)
    ax.grid(alpha=0.25)
    return ax


def _labelled(things: Mapping[str, Any] | Iterable[Any], label_of: Any) -> dict[str, Any]:
    return dict(things) if isinstance(things, Mapping) else {label_of(thing): thing for thing in things}


def schedules(
    curves: Mapping[str, Schedule | ArrayLike] | Iterable[Schedule],
    steps: int = 100,
    *,
    ax: Axes | None = None,
    log: bool = False,
    title: str | None = None,
) -> Axes:
    """Learning rate over step, one line for each schedule.

    Args:
        curves: label → schedule or array of rates (drawn from step 0); a list of schedules is labelled by their reprs.
        steps: how many steps of each schedule, default 100; up to 40 each step gets a dot. An array is drawn whole.
        ax: where to draw; default a new figure. log: a logarithmic learning-rate axis.
    """
    steps = check("steps", COUNT, steps)
    if ax is None:
        ax = plt.subplots(figsize=(7, 3.6), layout="constrained")[1]
    ax.set_prop_cycle(_styles())
    for label, curve in _labelled(curves, repr).items():
        rates = curve.curve(steps) if isinstance(curve, Schedule) else np.asarray(curve, dtype=float)
        few = len(rates) <= FEW_STEPS
        # Between two updates the rate stands still: where the dots are seen, so is that.
        ax.plot(
            np.arange(len(rates)),
            rates,
            label=label,
            marker="o" if few else None,
            markersize=4,
            drawstyle="steps-post" if few else "default",
        )
    if log:
        ax.set_yscale("log")
    else:
        ax.set_ylim(bottom=0)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.legend(frameon=False)
    return _finish(ax, xlabel=STEP, ylabel="learning rate", title=title)


def histories(
    runs: Mapping[str, History] | Iterable[History],
    *,
    axes: Sequence[Axes] | NDArray[Any] | None = None,
    window: int = 25,
) -> NDArray[Any]:
    """Training runs side by side: the learning rate used, the training loss, the validation accuracy.

    Args:
        runs: label → history, or histories that carry their own labels.
        axes: three axes; default a new figure. window: updates over which the loss is averaged, default 25; the
            single losses show faintly behind.

    Returns the three axes, as an array.
    """
    axes = _three(axes)
    highest = 1e-6
    for ax in axes:
        ax.set_prop_cycle(_styles())
    for label, run in _labelled(runs, lambda run: run.label).items():
        smooth = run.smooth_loss(window)
        highest = max(highest, smooth[np.isfinite(smooth)].max(initial=0))
        axes[0].plot(run.step, run.lr, label=label)
        line = axes[1].plot(run.step, smooth, label=label)[0]
        axes[1].plot(run.step, run.loss, color=line.get_color(), linestyle="-", linewidth=0.5, alpha=0.25, zorder=1)
        axes[2].plot(run.epoch_end, run.val_accuracy, label=label, marker="o", markersize=4)
    axes[0].set_ylim(bottom=0)
    # The spikes of single losses may leave the panel; the means set its scale.
    axes[1].set_ylim(0, 1.3 * highest)
    axes[0].legend(frameon=False)
    axes[2].yaxis.set_major_formatter(PercentFormatter(1.0))
    _finish(axes[0], xlabel=STEP, ylabel="learning rate used")
    _finish(axes[1], xlabel=STEP, ylabel=f"training loss (mean of {window})")
    _finish(axes[2], xlabel=STEP, ylabel="validation accuracy")
    return axes


def comparison(result: Comparison, *, axes: Sequence[Axes] | NDArray[Any] | None = None) -> NDArray[Any]:
    """A comparison over seeds: the rates used, the validation loss over time, and where each seed ended.

    In the second panel the line is the mean over the seeds and the band reaches from the lowest to the highest. In the
    third each dot is one seed's last validation loss, and the bar is their mean.

    Args:
        result: from :func:`lrlab.experiments.compare`. axes: three axes; default a new figure.

    Returns the three axes, as an array. Runs that diverged are left out of the second and third panel.
    """
    axes = _three(axes)
    for place, (label, style) in enumerate(zip(result.labels, _styles()(), strict=False)):
        runs = [run for run in result.histories[label] if not run.diverged]
        longest = max(result.histories[label], key=lambda run: len(run.step))
        axes[0].plot(longest.step, longest.lr, label=label, **style)
        if not runs:
            continue
        losses = np.array([run.val_loss for run in runs])
        axes[1].plot(runs[0].epoch_end, losses.mean(axis=0), **style)
        axes[1].fill_between(
            runs[0].epoch_end, losses.min(axis=0), losses.max(axis=0), color=style["color"], alpha=0.15, linewidth=0
        )
        spread = np.linspace(-0.15, 0.15, len(runs)) if len(runs) > 1 else np.zeros(1)
        axes[2].plot(place + spread, losses[:, -1], "o", color=style["color"], markersize=5, alpha=0.8)
        axes[2].hlines(losses[:, -1].mean(), place - 0.3, place + 0.3, color=style["color"], linewidth=2)
    axes[2].set_xticks(range(len(result.labels)), [fill(label, 11) for label in result.labels])
    axes[2].set_xlim(-0.6, len(result.labels) - 0.4)
    axes[0].set_ylim(bottom=0)
    axes[0].legend(frameon=False)
    _finish(axes[0], xlabel=STEP, ylabel="learning rate used")
    _finish(axes[1], xlabel=STEP, ylabel="validation loss", title="mean, lowest and highest seed")
    _finish(axes[2], xlabel="", ylabel="validation loss", title="at the end, each seed")
    return axes


def _three(axes: Sequence[Axes] | NDArray[Any] | None) -> NDArray[Any]:
    if axes is None:
        return plt.subplots(1, 3, figsize=(11, 3.4), layout="constrained")[1]
    found = np.asarray(axes, dtype=object).ravel()
    if len(found) != 3:
        raise ValueError(f"axes must be three matplotlib Axes, got {len(found)}")
    return found


def digits(images: Tensor, labels: Tensor, *, ax: Axes | None = None) -> Axes:
    """Handwritten digits in one row, each under its label.

    Args:
        images: float ``(N, 1, 28, 28)``, from 0 (paper) to 1 (ink). labels: ``(N,)``. ax: where to draw.
    """
    count = len(images)
    if ax is None:
        ax = plt.subplots(figsize=(max(1.0, 0.9 * count), 1.3), layout="constrained")[1]
    ax.imshow(np.hstack([np.asarray(image)[0] for image in images]), cmap="gray_r", vmin=0, vmax=1)
    ax.set_xticks(14 + 28 * np.arange(count), [str(int(label)) for label in labels])
    ax.tick_params(bottom=False, labelbottom=False, labeltop=True, labelsize="large")
    ax.set_yticks([])
    ax.spines[:].set_visible(False)
    return ax
