"""How noisy is a gradient, and what does a larger batch buy? The gradient noise scale, and updates to a target."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional
from torch.optim import Optimizer
from tqdm.auto import tqdm

from lrlab._formula import Floats
from lrlab._table import Table, Tabular, seeds_are, spread
from lrlab._validation import COUNT, POSITIVE, SEED, check, check_no_rate, each_once
from lrlab.data import Dataset, check_data
from lrlab.experiments._best import best_rates
from lrlab.experiments._loop import batches
from lrlab.experiments.batched import copies_of
from lrlab.experiments.cache import cached
from lrlab.models import MLP


def noise_scale(model: nn.Module, data: Dataset, *, batch_size: int = 16, count: int = 64, seed: int = 0) -> float:
    r"""Return the gradient noise scale :math:`\operatorname{tr}(\Sigma) / \lvert G \rvert^2`, in images.

    It is the batch size at which noise and gradient are equally long: far below it twice the batch does the work of two
    updates, far above it next to nothing more (McCandlish et al. 2018). Estimated without bias in both parts from
    ``count`` gradients of ``batch_size`` images each, and from their mean.

    Args:
        model: left as it was. data: from :func:`lrlab.data.load`; ``count`` batches of ``batch_size`` training images,
            drawn without repeats.
        batch_size: default 16. count: of batches, at least 2, default 64, fewer if the data have no more.
        seed: of the drawing.

    Returns:
        The noise scale; infinite where the noise hides the gradient from so few images.

    Raises:
        ValueError: fewer than two batches.
    """
    check_data(data)
    batch_size, count = check("batch_size", COUNT, batch_size), check("count", COUNT, count)
    count = min(count, len(data.train_labels) // batch_size)
    if count < 2:
        raise ValueError(f"count must be at least 2 batches of batch_size ({batch_size}) images, got {count}")
    params = [p for p in model.parameters() if p.requires_grad]
    total, squares = torch.zeros(sum(p.numel() for p in params)), 0.0
    for batch in islice(batches(data, batch_size, seed), count):
        loss = functional.cross_entropy(model(data.train_images[batch]), data.train_labels[batch])
        gradient = torch.cat([g.flatten() for g in torch.autograd.grad(loss, params)])
        total += gradient
        squares += float(gradient @ gradient)
    small, large = squares / count, float(total @ total) / count**2  # |G|² + tr(Σ) / images, for few and for all images
    noise = (small - large) / (1 / batch_size - 1 / (count * batch_size))
    signal = (count * large - small) / (count - 1)
    return noise / signal if signal > 0 else np.inf


@dataclass(frozen=True, eq=False, repr=False)
class UpdatesToTarget(Tabular):
    """The runs of :func:`updates_to_target`: ``updates`` (batch sizes, rates, seeds), NaN where the budget ran out."""

    batch_sizes: NDArray[np.int64]
    lrs: Floats
    seeds: tuple[int, ...]
    target: float
    updates: Floats

    @property
    def best_lrs(self) -> Floats:
        """The rate that got there in the fewest updates, on average, for each batch size; NaN if none did."""
        return best_rates(self.lrs, self.updates.mean(axis=-1))

    @property
    def best_lrs_by_seed(self) -> Floats:
        """The rate that got there first with each seed, (batch sizes, seeds); NaN if none did."""
        return best_rates(self.lrs, self.updates)

    @property
    def fewest(self) -> Floats:
        """The updates at that rate, (batch sizes, seeds)."""
        at = [int(np.flatnonzero(self.lrs == lr)[0]) if np.isfinite(lr) else 0 for lr in self.best_lrs]
        return self.updates[np.arange(len(at)), at]

    def table(self) -> Table:
        rows = [["batch", "best rate", "updates", "images"]]
        for size, lr, updates in zip(self.batch_sizes, self.best_lrs, self.fewest, strict=True):
            if np.isnan(lr):
                rows.append([str(size), *["–"] * 3])
            else:
                rows.append([str(size), f"{lr:.2g}", spread(updates, 0), f"{updates.mean() * size:,.0f}"])
        return Table(rows, title=f"to a validation loss of {self.target:g}, {seeds_are(len(self.seeds))}")


@cached
def updates_to_target(
    lrs: Iterable[float],
    batch_sizes: Iterable[int],
    data: Dataset,
    *,
    target: float,
    images: int = 12_000,
    most: int = 600,
    hidden: int = 32,
    seeds: Iterable[int] = (0, 1, 2),
    optimizer: Callable[..., Optimizer] = torch.optim.Adam,
    progress: bool = True,
    cache: bool = True,
    **optimizer_arguments: Any,
) -> UpdatesToTarget:
    """Train with each batch size at each rate until the validation loss is at the target, and count the updates.

    Args:
        lrs, batch_sizes: which to try. data: from :func:`lrlab.data.load`. target: a validation loss > 0.
        images: a run ends when it has seen so many, counted with repeats. most: or after so many updates.
        hidden: width of the :class:`~lrlab.models.MLP`, default 32. seeds: whole numbers >= 0, default three of them.
        optimizer: a class of ``torch.optim``, default Adam; further keyword arguments go to it.
        progress, cache: as in :func:`lrlab.experiments.compare`.

    It is evaluated about fifty times in a run, so counts are right to 2 % of the longest run.

    Raises:
        ValueError: no or repeated rates, batch sizes or seeds.
    """
    rates = tuple(sorted(each_once("lrs", POSITIVE, lrs)))
    sizes = tuple(sorted(each_once("batch_sizes", COUNT, batch_sizes)))
    seeds = each_once("seeds", SEED, seeds)
    target = check("target", POSITIVE, target)
    check_data(data)
    check_no_rate(optimizer, optimizer_arguments)
    counts = np.full((len(sizes), len(rates), len(seeds)), np.nan)
    begin = copies_of(MLP(hidden=hidden), data, optimizer, optimizer_arguments)
    with tqdm(total=counts.size, disable=not progress, leave=False, desc="runs") as bar:
        for i, j in np.ndindex(len(sizes), len(seeds)):
            going = np.arange(len(rates))
            networks = begin(MLP(seeds[j], hidden=hidden), len(rates))
            longest = max(1, min(most, images // sizes[i]))
            every = max(1, longest // 50)
            for n, batch in zip(range(1, longest + 1), batches(data, sizes[i], seeds[j]), strict=False):
                networks.update(batch, np.array(rates)[going])
                if n % every:
                    continue
                there = networks.losses(range(len(going))) <= target
                counts[i, going[there], j] = n
                if there.all():
                    break
                if there.any():
                    networks.keep(np.flatnonzero(~there).tolist())
                    going = going[~there]
            bar.update(len(rates))
    return UpdatesToTarget(np.array(sizes), np.array(rates), seeds, target, counts)
