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
from tqdm.auto import tqdm

from lrlab.data import Dataset
from lrlab.experiments.cache import cached
from lrlab.models import MLP
from lrlab.schedules import Constant
from lrlab.schedules.rules import COUNT, POSITIVE, SEED, Rule, check
from lrlab.train import count_updates, epochs_for, fit, pick_device

__all__ = ["BatchSizeGrid", "batch_size_grid"]

Floats = NDArray[np.float64]
ENOUGH = 100  # updates of the largest batch


@dataclass(frozen=True, eq=False, repr=False)
class BatchSizeGrid:
    """The runs of :func:`batch_size_grid`.

    ``batch_sizes`` ``(sizes,)`` and ``lrs`` ``(rates,)``, both rising; ``updates`` ``(sizes,)``: how many a run of each
    size made in ``epochs`` passes over the images. ``val_loss``, ``val_accuracy`` (0 to 1): at the end,
    ``(sizes, rates, seeds)``; NaN for a run that diverged.
    """

    batch_sizes: NDArray[np.int64]
    lrs: Floats
    seeds: tuple[int, ...]
    epochs: int
    updates: NDArray[np.int64]
    val_loss: Floats
    val_accuracy: Floats

    @property
    def best_lrs(self) -> Floats:
        """The rate with the lowest mean validation loss for each batch size, ``(sizes,)``; NaN if none came through.

        A rate at which any seed diverged is out.
        """
        return self._lowest(self.val_loss.mean(axis=-1))

    @property
    def best_lrs_by_seed(self) -> Floats:
        """The best rate for each batch size and seed alone, ``(sizes, seeds)``: how sure is :attr:`best_lrs`?"""
        return np.array([self._lowest(losses) for losses in np.moveaxis(self.val_loss, -1, 0)]).T

    def _lowest(self, losses: Floats) -> Floats:
        found = self.lrs[np.where(np.isnan(losses), np.inf, losses).argmin(axis=1)]
        return np.where(np.isnan(losses).all(axis=1), np.nan, found)

    def __repr__(self) -> str:
        mean, best = self.val_loss.mean(axis=-1), self.best_lrs
        rows = [["batch", "updates", *(f"{lr:g}" for lr in self.lrs)]]
        for size, updates, losses, chosen in zip(self.batch_sizes, self.updates, mean, best, strict=True):
            cells = [
                "–" if np.isnan(loss) else f"{loss:.3f}{'*' if lr == chosen else ' '}"
                for lr, loss in zip(self.lrs, losses, strict=True)
            ]
            rows.append([str(size), f"{updates:,}", *cells])
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        seeds = f"{len(self.seeds)} seed{'' if len(self.seeds) == 1 else 's'}"
        head = f"last validation loss, mean of {seeds}, by batch size and learning rate (* the row's best)"
        return "\n".join(
            [head, *("  ".join(f"{c:>{w}}" for c, w in zip(r, widths, strict=True)).rstrip() for r in rows)]
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
        device, progress, cache: as in :func:`lrlab.experiments.compare`.

    Errors: ``ValueError`` for no or repeated rates, batch sizes or seeds, or a batch larger than the training set.
    """
    rates = tuple(sorted(_each_once("lrs", POSITIVE, lrs)))
    sizes = tuple(sorted(_each_once("batch_sizes", COUNT, batch_sizes)))
    seeds = _each_once("seeds", SEED, seeds)
    if sizes[-1] > len(data.train_labels):
        raise ValueError(f"batch_sizes must be at most the {len(data.train_labels)} training images, got {sizes[-1]}")
    epochs = epochs_for(data, ENOUGH, batch_size=sizes[-1]) if epochs is None else check("epochs", COUNT, epochs)
    updates = [count_updates(data, batch_size=size, epochs=epochs) for size in sizes]
    place = pick_device(device)
    data = data.to(place)
    losses, accuracies = np.full((2, len(sizes), len(rates), len(seeds)), np.nan)
    with tqdm(total=losses.size, disable=not progress, leave=False, desc="runs") as bar:
        for i, size in enumerate(sizes):
            for j, rate in enumerate(rates):
                for k, seed in enumerate(seeds):
                    network = model(seed).to(place)
                    update = optimizer(network.parameters(), lr=rate, **optimizer_arguments)
                    history = fit(
                        network,
                        data,
                        update,
                        scheduler=Constant(rate).attach(update),
                        epochs=epochs,
                        batch_size=size,
                        seed=seed,
                        device=place,
                        progress=False,
                    )
                    if not history.diverged:
                        losses[i, j, k], accuracies[i, j, k] = history.val_loss[-1], history.val_accuracy[-1]
                    bar.update()
    return BatchSizeGrid(
        batch_sizes=np.array(sizes),
        lrs=np.array(rates),
        seeds=seeds,
        epochs=epochs,
        updates=np.array(updates),
        val_loss=losses,
        val_accuracy=accuracies,
    )


def _each_once(name: str, rule: Rule, values: Iterable[Any]) -> tuple[Any, ...]:
    found = tuple(check(name, rule, value) for value in values)
    if not found or len(set(found)) < len(found):
        raise ValueError(f"{name} must be at least one number, each once, got {found!r}")
    return found
