"""The same training under several schedules, over several seeds: does the schedule change the result?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.optim import Optimizer
from tqdm.auto import tqdm

from lrlab.data import Dataset
from lrlab.models import MLP
from lrlab.schedules import Schedule
from lrlab.schedules.rules import SEED, check
from lrlab.train import History, fit

Measure = Literal["val_loss", "val_accuracy"]


@dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """The runs of :func:`compare`: ``histories[label][i]`` is the run of schedule ``label`` with ``seeds[i]``."""

    seeds: tuple[int, ...]
    histories: Mapping[str, tuple[History, ...]]

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(self.histories)

    def final(self, label: str, measure: Measure = "val_accuracy") -> NDArray[np.float64]:
        """The last epoch's ``measure``, one for each seed, shape ``(seeds,)``; NaN for a run that diverged."""
        runs = self.histories[label]
        return np.array([np.nan if run.diverged else getattr(run, measure)[-1] for run in runs])

    def difference(self, label: str, baseline: str, measure: Measure = "val_accuracy") -> NDArray[np.float64]:
        """``label`` minus ``baseline``, seed by seed: both started from the same weights and saw the same order."""
        return self.final(label, measure) - self.final(baseline, measure)

    def __repr__(self) -> str:
        width = max(map(len, self.labels))
        lines = [f"{'':{width}}  val. loss       val. accuracy   ({len(self.seeds)} seeds: mean ± standard deviation)"]
        for label in self.labels:
            loss, accuracy = self.final(label, "val_loss"), 100 * self.final(label)
            diverged = int(np.isnan(accuracy).sum())
            note = f"  {diverged} of {len(self.seeds)} diverged" if diverged else ""
            lines.append(f"{label:{width}}  {_spread(loss, 4):<15} {_spread(accuracy, 2)} %{note}")
        return "\n".join(lines)


def _spread(values: NDArray[np.float64], digits: int) -> str:
    if np.isnan(values).any():
        return "–"
    if len(values) == 1:
        return f"{values[0]:.{digits}f}"  # "± 0" would claim that the seed makes no difference
    return f"{values.mean():.{digits}f} ± {values.std(ddof=1):.{digits}f}"


def compare(
    schedules: Mapping[str, Schedule],
    data: Dataset,
    *,
    epochs: int = 1,
    batch_size: int = 64,
    seeds: Iterable[int] = (0, 1, 2, 3, 4),
    model: Callable[[int], nn.Module] = MLP,
    optimizer: Callable[..., Optimizer] = torch.optim.SGD,
    device: str = "auto",
    progress: bool = True,
    **optimizer_arguments: Any,
) -> Comparison:
    """Train ``model(seed)`` afresh under each schedule and each seed; all else is the same.

    A seed fixes the initial weights and the order of the images, so the runs of two schedules can be compared seed by
    seed. Every run gets its own model, optimizer and scheduler.

    Args:
        schedules: label → schedule; one step is one update.
        data: from :func:`lrlab.data.load`.
        epochs, batch_size, device: as in :func:`lrlab.train.fit`.
        seeds: whole numbers >= 0, default five of them; one seed shows nothing about spread.
        model: from a seed to a module, default :class:`~lrlab.models.MLP`.
        optimizer: a class of ``torch.optim``, default SGD; further keyword arguments go to it (``momentum=0.9``).
        progress: show one progress bar over all runs, default True.

    Errors: ``ValueError`` for no schedules, no seeds, or the same seed twice.
    """
    seeds = tuple(check("seeds", SEED, seed) for seed in seeds)
    if not schedules:
        raise ValueError("schedules must have at least one schedule, got none")
    if not seeds or len(set(seeds)) < len(seeds):
        raise ValueError(f"seeds must be at least one whole number, each once, got {seeds!r}")
    runs: dict[str, list[History]] = {label: [] for label in schedules}
    with tqdm(total=len(schedules) * len(seeds), disable=not progress, leave=False, desc="runs") as bar:
        for seed in seeds:
            for label, schedule in schedules.items():
                network = model(seed)
                update = optimizer(network.parameters(), lr=schedule(0), **optimizer_arguments)
                history = fit(
                    network,
                    data,
                    update,
                    scheduler=schedule.attach(update),
                    epochs=epochs,
                    batch_size=batch_size,
                    seed=seed,
                    device=device,
                    progress=False,
                )
                runs[label].append(replace(history, label=label))
                bar.update()
    return Comparison(seeds=seeds, histories={label: tuple(found) for label, found in runs.items()})
