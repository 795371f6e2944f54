"""The still picture of the playground, which stands in for it where no widget can run: torch makes the same runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from lrlab.explorers.shared.alt_text import course, number, percent
from lrlab.explorers.shared.explorer import Still
from lrlab.explorers.shared.static_svg import BLUE, over_steps, static_svg

if TYPE_CHECKING:
    from lrlab.train import History


def training(runs: Sequence[History], schedule: str, *, log_y: bool) -> Still:
    """Return the picture of rate, loss and accuracy over the updates, a thin line a seed, and its words."""

    def draw(figure: Figure) -> None:
        rate, loss, accuracy = over_steps(figure)
        thin = 1.0 if len(runs) > 1 else 2.0
        for run in runs:
            rate.plot(run.lr, color=BLUE)
            loss.plot(run.smooth_loss(10), color=BLUE, linewidth=thin)
            accuracy.plot(run.epoch_end, run.val_accuracy, color=BLUE, linewidth=thin)
        highest = max(run.loss[0] for run in runs)
        loss.set_ylim(0, 1.15 * highest) if not log_y else loss.set_yscale("log")
        rate.set_ylim(0, None)
        accuracy.set_ylim(0, 1)

    return Still(static_svg(draw, figsize=(7, 5), title="A small network trains"), _in_words(runs, schedule))


def _in_words(runs: Sequence[History], schedule: str) -> str:
    said = []
    for run in runs:
        name = f"{run.label}: " if len(runs) > 1 else ""
        if run.diverged:
            said.append(f"{name}the loss stops being finite at update {len(run.loss)}: it diverges.")
            continue
        end = float(np.mean(run.loss[-10:]))
        said.append(
            f"{name}training loss from {number(run.loss[0])} to {number(end)}, validation accuracy "
            f"{percent(run.val_accuracy[-1])} after {len(run.loss):,} updates."
        )
    return f"A small network trains by {schedule}, its learning rate {course(runs[0].lr)}. {' '.join(said)}"
