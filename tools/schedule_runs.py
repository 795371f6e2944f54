"""Write what schedules did to training runs on MNIST, lrlab/explorers/schedule/runs.js, for the schedule explorer.

    LRLAB_DATA=/path/to/mnist python tools/schedule_runs.py

Each shape of ``SHAPES`` is trained with each of ``RATES`` as its highest learning rate and with each of ``SEEDS``: one
epoch of MNIST, :class:`lrlab.models.MLP`, SGD, batches of 64. It takes a few minutes.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path

import numpy as np

from lrlab import data, experiments, schedules
from lrlab._formula import Floats
from lrlab.schedules import Schedule
from lrlab.train import count_updates

FILE = Path(__file__).resolve().parent.parent / "lrlab" / "explorers" / "schedule" / "runs.js"
RATES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
SEEDS = (0, 1, 2, 3)
BATCH_SIZE = 64
POINTS = 10  # of a loss curve: means over as many equal parts of the run
PLACES = 24  # of a schedule's curve
LOSS = 40  # a loss of 1 in the file: 99 is 2.475 and above, where a run has learned nothing
HEAD = """// Made by tools/schedule_runs.py: what schedules did to training runs on MNIST, one epoch of an MLP with SGD.
// Of each schedule: words; its rates at `places` evenly from the first update to the last, 2 digits each, the highest
// 99; and what came of it. Of each highest learning rate this is 1 digit for the seeds that diverged, 3 each for the
// mean, lowest and highest final validation accuracy of the others in thousandths, and 2 for each of `points` mean
// training losses along the run, times `loss`, at most 99.

"""


def shapes(updates: int) -> dict[str, Schedule]:
    """Return the schedules by the words for them, over so many updates, with 1 as their highest learning rate."""
    third, tenth = updates // 3, updates // 10
    return {
        "constant": schedules.Constant(1.0),
        "linear to 0": schedules.Polynomial(1.0, total_iters=updates, power=1.0),
        "cosine": schedules.Cosine(1.0, T_max=updates),
        "exponential to 1 %": schedules.ExponentialDecay(1.0, decay=math.log(100) / updates),
        "a tenth at each third": schedules.Step(1.0, step_size=third, gamma=0.1),
        "half at each fifth": schedules.Step(1.0, step_size=updates // 5, gamma=0.5),
        "inverse time to a tenth": schedules.InverseTimeDecay(1.0, decay=9 / updates),
        "warm-up, then constant": schedules.LinearWarmup(1.0, warmup=tenth),
        "warm-up, plateau, cool-down": schedules.WarmupStableDecay(
            1.0, warmup=tenth, stable=updates - 3 * tenth, decay=2 * tenth
        ),
        "one cycle": schedules.OneCycle(1.0, total_steps=updates),
        "four cosines": schedules.CosineWarmRestarts(1.0, T_0=updates // 4),
        "four triangles": schedules.Cyclic(base_lr=0.01, max_lr=1.0, step_size_up=updates // 8),
    }


def drawn(shape: Schedule, updates: int) -> str:
    """Return the digits of a schedule's curve, of which 1 is the highest."""
    at = np.linspace(0, updates - 1, PLACES).round().astype(int)
    return "".join(f"{round(99 * rate):02}" for rate in shape.curve(updates)[at])


def numbers(accuracies: Floats, losses: Floats) -> str:
    """Return the digits of one shape and rate: see the head of the file that is written.

    Args:
        accuracies: 0 to 1, (seeds,); NaN for a run that diverged.
        losses: of the batches, (seeds, updates).
    """
    seen = accuracies[np.isfinite(accuracies)]
    ends = [seen.mean(), seen.min(), seen.max()] if len(seen) else [0, 0, 0]
    parts = [part.mean() for part in np.array_split(losses.mean(axis=0), POINTS)]
    heights = [min(99, round(LOSS * part)) if np.isfinite(part) else 99 for part in parts]
    return (
        str(len(accuracies) - len(seen))
        + "".join(f"{min(999, round(1000 * end)):03}" for end in ends)
        + "".join(f"{height:02}" for height in heights)
    )


def text(updates: int, rows: Iterable[Sequence[str]]) -> str:
    """Return the text of the file, of rows of words, a curve's digits and those of what came of it."""
    about = {"updates": updates, "seeds": len(SEEDS), "points": POINTS, "places": PLACES, "loss": LOSS}
    lines = [f"  {name}: {value}," for name, value in (about | {"rates": list(RATES)}).items()]
    runs = [["  [", *(f'    "{part}",' for part in row), "  ],"] for row in rows]
    parts = ["export const ABOUT = {", *lines, "};", "export const RUNS = [", *chain.from_iterable(runs), "];", ""]
    return HEAD + "\n".join(parts)


def main() -> None:
    mnist = data.load("mnist")
    updates = count_updates(mnist, batch_size=BATCH_SIZE, epochs=1)
    rows = []
    for words, shape in shapes(updates).items():
        runs = experiments.sweep(
            RATES, mnist, schedule=shape, seeds=SEEDS, batch_size=BATCH_SIZE, progress=False, cache=False
        )
        digits = "".join(map(numbers, runs.val_accuracy, runs.loss))
        rows.append([words, drawn(shape, updates), digits])
        print(f"{words:28}", *(f"{end:.3f}" for end in runs.val_accuracy.mean(axis=1)), file=sys.stderr)
    FILE.write_text(text(updates, rows), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
