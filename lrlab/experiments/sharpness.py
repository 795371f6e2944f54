r"""Sharpness: the largest eigenvalue of the Hessian of the loss, and how it moves while a network trains.

On a bowl a rate above :math:`2 / \lambda_{\max}` runs away. In networks trained with the whole data at once, the
sharpness itself moves: it rises to :math:`2/\eta` and stays around it while the loss goes on falling (the edge of
stability, Cohen et al. 2021), and from above it falls (the catapult, Lewkowycz et al. 2020).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional
from tqdm.auto import tqdm

from lrlab._formula import Floats
from lrlab._table import Table, Tabular, seeds_are, spread
from lrlab._validation import COUNT, SEED, check, each_once
from lrlab.data import Dataset, check_data
from lrlab.experiments._loop import cut, varying
from lrlab.experiments._ran import above, what_ran
from lrlab.experiments.cache import cached
from lrlab.schedules import Schedule

Loss = Callable[[Tensor, Tensor], Tensor]


def squared_error(outputs: Tensor, labels: Tensor) -> Tensor:
    """Return half the squared distance from the one-hot labels, the mean over the images."""
    return (outputs - functional.one_hot(labels, outputs.shape[1])).square().sum(dim=1).mean() / 2


def sharpness(
    model: nn.Module,
    images: Tensor,
    labels: Tensor,
    *,
    loss: Loss = functional.cross_entropy,
    iterations: int = 30,
    seed: int = 0,
) -> float:
    """Return the largest eigenvalue of the Hessian of the loss over ``images``, all weights together.

    No Hessian is built: Lanczos needs its products with ``iterations`` vectors, each at the cost of two gradients.

    Args:
        model: from images to outputs; it is left as it was. images, labels: all at once, on the model's device.
        loss: from outputs and labels to one number, default cross-entropy. ``squared_error`` is another.
        iterations: at most, default 30. The value rises to the eigenvalue with them, from below.
        seed: of the first vector.

    Raises:
        ValueError: no images, or ``iterations`` below 1.
    """
    if len(images) == 0:
        raise ValueError("images must be one or more, got none")
    params = [p for p in model.parameters() if p.requires_grad]
    vector = torch.randn(sum(p.numel() for p in params), generator=torch.Generator().manual_seed(seed))
    start = vector.to(params[0])
    return largest(loss(model(images), labels), params, start, check("iterations", COUNT, iterations))[0]


def largest(loss: Tensor, params: list[nn.Parameter], start: Tensor, iterations: int) -> tuple[float, Tensor]:
    """Return the largest eigenvalue of the Hessian of ``loss``, and its vector, by Lanczos from ``start``."""
    gradient = _flat(torch.autograd.grad(loss, params, create_graph=True))
    basis = (start / start.norm())[None]
    diagonal: list[float] = []
    beside: list[float] = []
    while True:
        product = _flat(torch.autograd.grad(gradient, params, basis[-1], retain_graph=True))
        diagonal.append(float(product @ basis[-1]))
        for _ in range(2):  # against all before it, twice: rounding would bring them back
            product = product - (basis @ product) @ basis
        length = float(product.norm())
        if len(basis) == min(iterations, len(start)) or length < 1e-6 * max(map(abs, diagonal)):
            break
        beside.append(length)
        basis = torch.cat([basis, (product / length)[None]])
    if not np.isfinite(diagonal + beside).all():
        return float("nan"), start
    values, vectors = np.linalg.eigh(np.diag(diagonal) + np.diag(beside, 1) + np.diag(beside, -1))
    weights = torch.as_tensor(vectors[:, -1], dtype=start.dtype, device=start.device)
    return float(values[-1]), weights @ basis


def _flat(tensors: Iterable[Tensor]) -> Tensor:
    return torch.cat([tensor.reshape(-1) for tensor in tensors])


@dataclass(frozen=True, eq=False, repr=False)
class SharpnessRuns(Tabular):
    """Loss and sharpness along gradient descent with all images at once.

    ``labels``, ``seeds``; ``step`` (points,), completed updates; ``lr`` (labels, points), the rate of the next update;
    ``loss`` and ``sharpness`` (labels, seeds, points), NaN from where a run diverged. ``ran``: network, optimizer,
    batch and updates in words, as the table shows them.
    """

    labels: tuple[str, ...]
    seeds: tuple[int, ...]
    step: NDArray[np.int64]
    lr: Floats
    loss: Floats
    sharpness: Floats
    ran: str = ""

    @property
    def limit(self) -> Floats:
        """The stability limit 2 / rate of a bowl, (labels, points); infinite where the rate is 0."""
        with np.errstate(divide="ignore"):
            return 2 / self.lr

    def late(self, label: str, part: float = 1 / 3) -> Floats:
        """Return sharpness times rate / 2 in the last ``part`` of the run, one mean for each seed: 1 is the edge."""
        i = self.labels.index(label)
        points = max(1, round(part * len(self.step)))
        return np.mean((self.sharpness[i] / self.limit[i])[:, -points:], axis=1)

    def table(self) -> Table:
        rows = [["", "2 / rate", "sharpness: first", "highest", "last", "loss: first", "last"]]
        for i, label in enumerate(self.labels):
            s, loss = self.sharpness[i], self.loss[i]
            cells = [spread(s[:, 0], 1), spread(s.max(axis=1), 1), spread(s[:, -1], 1)]
            rows.append([label, f"{self.limit[i, -1]:.1f}", *cells, spread(loss[:, 0], 3), spread(loss[:, -1], 4)])
        return Table(rows, title=above(self.ran, seeds_are(len(self.seeds))), left=range(7))


@cached
def track_sharpness(
    schedules: Mapping[str, Schedule],
    data: Dataset,
    *,
    updates: int = 300,
    every: int = 10,
    images: int = 500,
    hidden: int = 32,
    seeds: Iterable[int] = (0, 1, 2),
    progress: bool = True,
    cache: bool = True,
) -> SharpnessRuns:
    """Train by plain gradient descent, all images in every update, and measure the sharpness on the way.

    The network has one hidden layer of tanh; the loss is ``squared_error``, for which the edge of stability shows
    most clearly.

    Args:
        schedules: label → schedule, one step an update.
        data: from :func:`lrlab.data.load`; the first ``images`` training images are used, default 500.
        updates: default 300. every: updates between two measurements, default 10.
        hidden: width of the hidden layer, default 32. seeds: whole numbers >= 0, default three of them.
        progress, cache: as in :func:`lrlab.experiments.compare`.

    Raises:
        ValueError: no schedules, no or repeated seeds, a count below 1.
    """
    if not schedules:
        raise ValueError("schedules must have at least one schedule, got none")
    seeds = each_once("seeds", SEED, seeds)
    check_data(data)
    updates, every = check("updates", COUNT, updates), check("every", COUNT, every)
    images, hidden = check("images", COUNT, images), check("hidden", COUNT, hidden)
    x, labels = data.train_images[:images].cpu(), data.train_labels[:images].cpu()
    x = x - x.mean(dim=0)  # else the mean image alone makes the start steep
    inputs = varying(x)
    x = x.flatten(1)[:, inputs]
    steps = np.arange(0, updates, every)
    shape = (len(schedules), len(seeds), len(steps))
    losses, sharp = np.full(shape, np.nan), np.full(shape, np.nan)
    with tqdm(total=len(schedules) * len(seeds), disable=not progress, leave=False, desc="runs") as bar:
        for i, schedule in enumerate(schedules.values()):
            for j, seed in enumerate(seeds):
                _descend(
                    schedule.curve(updates), every, _network(hidden, seed, inputs), x, labels, losses[i, j], sharp[i, j]
                )
                bar.update()
    rates = np.array([schedule(steps) for schedule in schedules.values()])
    ran = what_ran(f"MLP of {hidden} tanh units", f"gradient descent on all {len(x)} images", updates=updates)
    return SharpnessRuns(tuple(schedules), seeds, steps, rates, losses, sharp, ran)


def _network(hidden: int, seed: int, inputs: Tensor) -> nn.Module:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        first, last = nn.Linear(784, hidden), nn.Linear(hidden, 10)
    cut(first, inputs)
    return nn.Sequential(first, nn.Tanh(), last)


def _descend(
    rates: Floats, every: int, model: nn.Module, images: Tensor, labels: Tensor, losses: Floats, sharp: Floats
) -> None:
    params = list(model.parameters())
    vector = torch.randn(sum(p.numel() for p in params), generator=torch.Generator().manual_seed(0))
    for n, lr in enumerate(rates.tolist()):
        loss = squared_error(model(images), labels)
        if not torch.isfinite(loss) or loss > 1e6:
            return
        if n % every == 0:
            losses[n // every] = loss.item()
            # The vector of before is nearly the vector of now, so that few products do.
            sharp[n // every], vector = largest(loss, params, vector, 6 if n else 20)
        gradients = torch.autograd.grad(squared_error(model(images), labels) if n % every == 0 else loss, params)
        with torch.no_grad():
            for param, gradient in zip(params, gradients, strict=True):
                param.sub_(gradient, alpha=lr)
