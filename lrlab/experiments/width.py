"""Does the best learning rate of a small network suit a wider one? Standard parametrization beside μP."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from tqdm.auto import tqdm

from lrlab._formula import Floats
from lrlab._table import Table, Tabular
from lrlab._validation import COUNT, POSITIVE, SEED, check, each_once, one_of
from lrlab.data import Dataset, check_data
from lrlab.experiments._best import best_rates, starred
from lrlab.experiments._loop import batches, cut, update, varying
from lrlab.experiments._ran import above, what_ran
from lrlab.experiments.cache import cached
from lrlab.train import evaluate

WAYS = ("standard", "mup")


@dataclass(frozen=True, eq=False, repr=False)
class WidthTransfer(Tabular):
    """The runs of :func:`width_transfer`.

    ``lrs`` (rates,), ``widths`` (widths,), ``seeds``, ``updates`` of each run; ``loss`` (2, widths, rates, seeds), the
    last validation loss, first under the standard parametrization, then under μP; NaN where a run diverged. ``ran``:
    network, optimizer, batch size and updates in words, as the table shows them.
    """

    lrs: Floats
    widths: NDArray[np.int64]
    seeds: tuple[int, ...]
    updates: int
    loss: Floats
    ran: str = ""

    def mean(self, way: str) -> Floats:
        """Return the mean loss of the seeds, (widths, rates), of ``"standard"`` or ``"mup"``."""
        return self._losses(way).mean(axis=-1)

    def best(self, way: str) -> Floats:
        """Return the rate with the lowest mean loss, one for each width; NaN where a run diverged at each rate."""
        return best_rates(self.lrs, self.mean(way))

    def best_by_seed(self, way: str) -> Floats:
        """Return the rate with the lowest loss of each seed, (widths, seeds)."""
        return best_rates(self.lrs, self._losses(way))

    def price(self, way: str) -> Floats:
        """Return what the rate that is best for the narrowest network costs each width: its loss minus the lowest.

        NaN where a run diverged at that rate, and for all widths where the narrowest network has no best rate.
        """
        mean = self.mean(way)
        there = np.where(self.lrs == self.best(way)[0], mean, np.nan)
        # Of NaN alone `nanmin` would warn.
        return np.fmin.reduce(there, axis=1) - np.fmin.reduce(mean, axis=1)

    def _losses(self, way: str) -> Floats:
        return self.loss[WAYS.index(check("way", one_of(*WAYS), way))]

    def table(self) -> Table:
        rows = [["", "width", *(f"{lr:.2g}" for lr in self.lrs)]]
        for way in WAYS:
            for width, losses, best in zip(self.widths, self.mean(way), self.best(way), strict=True):
                rows.append([way, str(width), *starred(self.lrs, losses, best)])
        head = f"validation loss after {self.updates} updates, mean of {len(self.seeds)} seeds (* the row's best rate)"
        return Table(rows, title=above(self.ran, head), left=(0,))


@cached
def width_transfer(
    lrs: Iterable[float],
    widths: Iterable[int],
    data: Dataset,
    *,
    updates: int = 60,
    batch_size: int = 32,
    seeds: Iterable[int] = (0, 1, 2),
    progress: bool = True,
    cache: bool = True,
) -> WidthTransfer:
    """Train networks of several widths with Adam at several rates, under both parametrizations.

    The network has two hidden layers of ReLUs. Standard: initial weights of variance 2 / inputs, one rate for all. μP
    (Yang et al. 2022, for Adam): relative to the narrowest width, a network *k* times as wide has *1/k* of the rate in
    the hidden and the output matrix, and *1/k* of the variance at the output, beside the *1/k* that both have. At the
    narrowest width the two are the same.

    Args:
        lrs: rates > 0. widths: of both hidden layers; the narrowest is the one that the others are compared with.
        data: from :func:`lrlab.data.load`.
        updates: of each run, default 60. batch_size: default 32. seeds: whole numbers >= 0, default three of them.
        progress, cache: as in :func:`lrlab.experiments.compare`.

    Raises:
        ValueError: no or repeated rates, widths or seeds.
    """
    rates = tuple(sorted(each_once("lrs", POSITIVE, lrs)))
    sizes = tuple(sorted(each_once("widths", COUNT, widths)))
    seeds = each_once("seeds", SEED, seeds)
    updates, batch_size = check("updates", COUNT, updates), check("batch_size", COUNT, batch_size)
    check_data(data)
    pixels = varying(data.train_images, data.val_images)
    train, val = (images.flatten(1)[:, pixels] for images in (data.train_images, data.val_images))
    data = replace(data, train_images=train, val_images=val)
    loss = np.full((2, len(sizes), len(rates), len(seeds)), np.nan)
    with tqdm(total=loss.size, disable=not progress, leave=False, desc="runs") as bar:
        for place in np.ndindex(loss.shape):
            w, s, r, j = place
            times = sizes[s] / sizes[0] if WAYS[w] == "mup" else 1.0
            if times == 1 and w == 1:
                loss[place] = loss[0, s, r, j]
            else:
                model = network(sizes[s], seeds[j], output_scale=1 / math.sqrt(times), pixels=pixels)
                loss[place] = _train(model, data, times, rates[r], updates, batch_size, seeds[j])
            bar.update()
    ran = what_ran("MLP with two hidden layers", torch.optim.Adam, batch_size=batch_size, updates=updates)
    return WidthTransfer(np.array(rates), np.array(sizes), seeds, updates, loss, ran)


def _train(
    model: nn.Sequential, data: Dataset, times: float, lr: float, updates: int, batch_size: int, seed: int
) -> float:
    matrices = [layer.weight for layer in model if isinstance(layer, nn.Linear)]
    scaled = {id(weight) for weight in matrices[1:]}
    groups = [
        {"params": [p for p in model.parameters() if id(p) not in scaled], "scale": 1.0},
        {"params": matrices[1:], "scale": 1 / times},
    ]
    optimizer = torch.optim.Adam(groups, lr=lr, fused=True)
    for _, batch in zip(range(updates), batches(data, batch_size, seed), strict=False):
        update(model, optimizer, data, batch, lr)
    loss = evaluate(model, data)[0]
    return loss if math.isfinite(loss) else math.nan


def network(width: int, seed: int, *, output_scale: float = 1.0, pixels: Tensor | None = None) -> nn.Sequential:
    """Return the network: its weights of variance 2 / inputs, those of the output times ``output_scale``.

    It takes all 784 pixels, or those of the mask ``pixels``, with the weights that it would have for them among all.
    """
    order = torch.Generator().manual_seed(seed)
    layers: list[nn.Module] = [nn.Flatten()]
    for inputs, outputs in ((784, width), (width, width), (width, 10)):
        layer = nn.Linear(inputs, outputs)
        scale = output_scale if outputs == 10 else 1.0
        with torch.no_grad():
            layer.weight.normal_(0, scale * math.sqrt(2 / inputs), generator=order)
            layer.bias.zero_()
        if pixels is not None and len(layers) == 1:  # the first one
            cut(layer, pixels)
        layers += [layer, nn.ReLU()]
    return nn.Sequential(*layers[:-1])
