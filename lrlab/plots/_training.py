"""Training runs, comparisons of them, and the digits they train on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter
from numpy.typing import NDArray

from lrlab.labels import labelled
from lrlab.plots._style import STEP, finish, new_axes, several_axes, styles_of, unlisted

if TYPE_CHECKING:
    from torch import Tensor

    from lrlab.experiments import Comparison
    from lrlab.train import History


def histories(
    runs: Mapping[str, History] | Iterable[History] | History,
    *,
    axes: Sequence[Axes] | NDArray[Any] | None = None,
    window: int = 25,
) -> NDArray[Any]:
    """Training runs side by side: the learning rate used, the training loss, the validation accuracy.

    Args:
        runs: label → history, or one or several histories that carry their own labels; those without any are
            ``run 1``, ``run 2``, … by their places.
        axes: three axes; default a new figure. window: updates over which the loss is averaged, default 25; the
            single losses show faintly behind.

    Returns the three axes, as an array. ``ValueError`` for two histories of the same label.
    """
    from lrlab.train import History

    pairs = labelled("runs", runs, History, lambda run: run.label, words="histories, in a list or by their labels")
    axes = several_axes(axes, 3, (11, 3.4))
    highest, lines = 1e-6, []
    for (label, run), style in zip(pairs, styles_of(label for label, _ in pairs), strict=True):
        smooth = run.smooth_loss(window)
        highest = max(highest, smooth[np.isfinite(smooth)].max(initial=0))
        lines += axes[0].plot(run.step, run.lr, label=label, **style)
        axes[1].plot(run.step, smooth, label=label, **style)
        axes[1].plot(run.step, run.loss, color=style["color"], linestyle="-", linewidth=0.5, alpha=0.25, zorder=1)
        axes[2].plot(run.epoch_end, run.val_accuracy, label=label, marker="o", markersize=4, **style)
    axes[0].set_ylim(bottom=0)
    # The spikes of single losses may leave the panel; the means set its scale.
    axes[1].set_ylim(0, 1.3 * highest)
    axes[0].legend(handles=lines, frameon=False)
    axes[2].yaxis.set_major_formatter(PercentFormatter(1.0))
    finish(axes[0], xlabel=STEP, ylabel="learning rate used")
    finish(axes[1], xlabel=STEP, ylabel=f"training loss (mean of {window})")
    finish(axes[2], xlabel=STEP, ylabel="validation accuracy")
    return axes


def comparison(result: Comparison, *, axes: Sequence[Axes] | NDArray[Any] | None = None) -> NDArray[Any]:
    """Draw a comparison over seeds: the rates used, the validation loss over time, and where each seed ended.

    In the second panel the line is the mean over the seeds and the band reaches from the lowest to the highest. In the
    third each dot is one seed's last validation loss, and the bar is their mean.

    Args:
        result: from :func:`lrlab.experiments.compare`. axes: three axes; default a new figure.

    Returns the three axes, as an array. Runs that diverged are left out of the second and third panel.
    """
    axes = several_axes(axes, 3, (11, 3.4))
    lines = []
    for place, (label, style) in enumerate(zip(result.labels, styles_of(result.labels), strict=True)):
        runs = [run for run in result.histories[label] if not run.diverged]
        longest = max(result.histories[label], key=lambda run: len(run.step))
        lines += axes[0].plot(longest.step, longest.lr, label=label, **style)
        if not runs:
            continue
        losses = np.array([run.val_loss for run in runs])
        axes[1].plot(runs[0].epoch_end, losses.mean(axis=0), label=unlisted(label), **style)
        axes[1].fill_between(
            runs[0].epoch_end, losses.min(axis=0), losses.max(axis=0), color=style["color"], alpha=0.15, linewidth=0
        )
        spread = np.linspace(-0.15, 0.15, len(runs)) if len(runs) > 1 else np.zeros(1)
        dots: dict[str, Any] = {"color": style["color"], "markersize": 5, "alpha": 0.8, "label": unlisted(label)}
        axes[2].plot(place + spread, losses[:, -1], "o", **dots)
        axes[2].hlines(losses[:, -1].mean(), place - 0.3, place + 0.3, color=style["color"], linewidth=2)
    axes[2].set_xlim(-0.6, len(result.labels) - 0.4)
    _name_places(axes[2], result.labels)
    axes[0].set_ylim(bottom=0)
    axes[0].legend(handles=lines, frameon=False)
    finish(axes[0], xlabel=STEP, ylabel="learning rate used")
    finish(axes[1], xlabel=STEP, ylabel="validation loss", title="mean, lowest and highest seed")
    finish(axes[2], xlabel="", ylabel="validation loss", title="at the end, each seed")
    return axes


def _name_places(ax: Axes, labels: Sequence[str]) -> None:
    """Put a label under each place, 0, 1, …: in several lines if the words fit beside their neighbours', or slanted."""
    points = ax.bbox.width / ax.figure.dpi * 72
    room = int(points / (5.5 * len(labels)))  # characters, at the font's size of 10
    if max((len(word) for label in labels for word in label.split()), default=0) <= room:
        ax.set_xticks(range(len(labels)), [fill(label, room) for label in labels])
    else:
        ax.set_xticks(range(len(labels)), labels, rotation=30, ha="right", rotation_mode="anchor", fontsize="small")


def digits(images: Tensor, labels: Tensor, *, ax: Axes | None = None) -> Axes:
    """Handwritten digits in one row, each under its label.

    Args:
        images: float ``(N, 1, 28, 28)``, from 0 (paper) to 1 (ink). labels: ``(N,)``. ax: where to draw.
    """
    count = len(images)
    ax = new_axes(ax, figsize=(max(1.0, 0.9 * count), 1.3))
    ax.imshow(
        np.hstack([np.asarray(image)[0] for image in images.cpu()]), cmap="gray_r", vmin=0, vmax=1, interpolation="none"
    )
    ax.set_xticks(14 + 28 * np.arange(count), [str(int(label)) for label in labels])
    ax.tick_params(bottom=False, labelbottom=False, labeltop=True, labelsize="large")
    ax.set_yticks([])
    ax.spines[:].set_visible(False)
    return ax
