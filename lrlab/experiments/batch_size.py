"""Learning rate × batch size: does a smaller batch want a smaller rate?"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.optim import Optimizer

from lrlab._formula import Floats
from lrlab._table import Table, Tabular
from lrlab._validation import COUNT, POSITIVE, SEED, check, check_no_rate, each_once
from lrlab.data import Dataset, check_data
from lrlab.experiments._best import best_rates, starred
from lrlab.experiments._ran import above, what_ran
from lrlab.experiments.cache import cached
from lrlab.experiments.sweep import sweep
from lrlab.models import MLP
from lrlab.train import count_updates, epochs_for

__all__ = ["BatchSizeGrid", "batch_size_grid"]

ENOUGH = 100  # updates of the largest batch


@dataclass(frozen=True, eq=False, repr=False)
class BatchSizeGrid(Tabular):
    """The runs of :func:`batch_size_grid`.

    ``batch_sizes`` ``(sizes,)`` and ``lrs`` ``(rates,)``, both rising; ``updates`` ``(sizes,)``: how many a run of each
    size made in ``epochs`` passes over the images. ``val_loss``, ``val_accuracy`` (0 to 1): at the end,
    ``(sizes, rates, seeds)``; NaN for a run that diverged, or that Ctrl-C left out: ``interrupted``. ``ran``: network,
    optimizer and epochs in words, as the table shows them.
    """

    batch_sizes: NDArray[np.int64]
    lrs: Floats
    seeds: tuple[int, ...]
    epochs: int
    updates: NDArray[np.int64]
    val_loss: Floats
    val_accuracy: Floats
    interrupted: bool = False
    ran: str = ""

    @property
    def best_lrs(self) -> Floats:
        """The rate with the lowest mean validation loss for each batch size, ``(sizes,)``; NaN if none came through.

        A rate at which any seed diverged is out.
        """
        return best_rates(self.lrs, self.val_loss.mean(axis=-1))

    @property
    def best_lrs_by_seed(self) -> Floats:
        """The best rate for each batch size and seed alone, ``(sizes, seeds)``: how sure is :attr:`best_lrs`?"""
        return best_rates(self.lrs, self.val_loss)

    def table(self) -> Table:
        mean, best = self.val_loss.mean(axis=-1), self.best_lrs
        rows = [["batch", "updates", *(f"{lr:g}" for lr in self.lrs)]]
        for size, updates, losses, chosen in zip(self.batch_sizes, self.updates, mean, best, strict=True):
            rows.append([str(size), f"{updates:,}", *starred(self.lrs, losses, chosen)])
        seeds = f"{len(self.seeds)} seed{'' if len(self.seeds) == 1 else 's'}"
        head = f"last validation loss, mean of {seeds}, by batch size and learning rate (* the row's best)"
        return Table(
            rows, title=above(self.ran, head), notes=["interrupted before all was done"] if self.interrupted else []
        )


@cached
def batch_size_grid(
    lrs: Iterable[float],
    batch_sizes: Iterable[int],
    data: Dataset,
    *,
    epochs: int | None = None,
    seeds: Iterable[int] = (0, 1, 2),
    model: Callable[[int], nn.Module] = MLP,
    optimizer: Callable[..., Optimizer] = torch.optim.SGD,
    device: str | torch.device = "auto",
    progress: bool = True,
    cache: bool = True,
    **optimizer_arguments: Any,
) -> BatchSizeGrid:
    """Train at every learning rate with every batch size, each with the same seeds and a constant rate.

    Held equal are the **epochs**, so the images seen and with them most of the arithmetic: that is the budget that a
    small batch competes for. It makes more updates out of it, each with a noisier gradient. With equal updates
    instead, the largest batch would win by having seen more images.

    Args:
        lrs, batch_sizes: which to try, in any order; a logarithmic grid of rates is usual.
        data: from :func:`lrlab.data.load`.
        epochs: passes over the training images in every run. Default: the fewest that give the largest batch 100
            updates.
        seeds: whole numbers >= 0, default three of them.
        model: from a seed to a module, default :class:`~lrlab.models.MLP`.
        optimizer: a class of ``torch.optim``, default SGD; further keyword arguments go to it.
        device, progress, cache: as in :func:`lrlab.experiments.sweep`, which trains all rates of a batch size at once.

    Ctrl-C returns what is done until then.

    Raises:
        ValueError: no or repeated rates, batch sizes or seeds, or a batch larger than the training set.
    """
    rates = tuple(sorted(each_once("lrs", POSITIVE, lrs)))
    sizes = tuple(sorted(each_once("batch_sizes", COUNT, batch_sizes)))
    seeds = each_once("seeds", SEED, seeds)
    check_data(data)
    check_no_rate(optimizer, optimizer_arguments)
    if sizes[-1] > len(data.train_labels):
        raise ValueError(f"batch_sizes must be at most the {len(data.train_labels)} training images, got {sizes[-1]}")
    epochs = epochs_for(data, ENOUGH, batch_size=sizes[-1]) if epochs is None else check("epochs", COUNT, epochs)
    updates = [count_updates(data, batch_size=size, epochs=epochs) for size in sizes]
    losses, accuracies = np.full((2, len(sizes), len(rates), len(seeds)), np.nan)
    interrupted = False
    for i, size in enumerate(sizes):
        runs = sweep(
            rates,
            data,
            model=model,
            optimizer=optimizer,
            seeds=seeds,
            epochs=epochs,
            batch_size=size,
            device=device,
            progress=progress,
            cache=cache,
            **optimizer_arguments,
        )
        losses[i], accuracies[i] = runs.val_loss, runs.val_accuracy
        if runs.interrupted:
            interrupted = True
            break
    return BatchSizeGrid(
        batch_sizes=np.array(sizes),
        lrs=np.array(rates),
        seeds=seeds,
        epochs=epochs,
        updates=np.array(updates),
        val_loss=losses,
        val_accuracy=accuracies,
        interrupted=interrupted,
        ran=what_ran(model, optimizer, optimizer_arguments, epochs=epochs),
    )
