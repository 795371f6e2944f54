"""Many learning rates, and seeds, under one budget: the loss against the rate, the picture to look at first.

The built-in models train all rates at once (:mod:`lrlab.experiments.batched`), in a fraction of the time that they take
one after another; any other model goes one by one through the same call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import nn
from torch.optim import Optimizer
from tqdm.auto import tqdm

from lrlab._formula import Floats
from lrlab._table import Table, Tabular, seeds_are, spread
from lrlab._validation import COUNT, POSITIVE, SEED, SEVERAL, check, check_no_rate, each_once, rising
from lrlab.data import Dataset, check_data
from lrlab.devices import pick_device
from lrlab.experiments import batched
from lrlab.experiments._ran import above, what_ran
from lrlab.experiments.cache import cached
from lrlab.models import MLP
from lrlab.schedules import Constant, Schedule
from lrlab.schedules.product import ONE_SCHEDULE
from lrlab.train import count_updates, fit

__all__ = ["Sweep", "log_grid", "refine", "sweep"]

Measure = Literal["val_loss", "val_accuracy"]


@dataclass(frozen=True, eq=False, repr=False)
class Sweep(Tabular):
    """The runs of :func:`sweep`, by rate, rising, and seed.

    ``lrs`` ``(rates,)``; ``seeds``; ``loss`` ``(rates, seeds, updates)``: the batch's loss at each update, NaN from
    where a run diverged or was cut short; ``val_loss``, ``val_accuracy`` (0 to 1) ``(rates, seeds)``: at the end, NaN
    for such a run; ``done`` ``(rates, seeds)``: whether the run came to its end or diverged; ``together``: whether the
    rates were trained at once; ``interrupted``: whether Ctrl-C ended the sweep before all runs were done; ``ran``:
    network, optimizer, schedule, batch size and epochs in words, as the table shows them.
    """

    lrs: Floats
    seeds: tuple[int, ...]
    loss: Floats
    val_loss: Floats
    val_accuracy: Floats
    done: NDArray[np.bool_]
    together: bool
    interrupted: bool
    ran: str = ""

    @property
    def diverged(self) -> NDArray[np.bool_]:
        """Which runs ended with a loss that was not finite, ``(rates, seeds)``."""
        return self.done & ~np.isfinite(self.val_loss)

    @property
    def compared(self) -> NDArray[np.bool_]:
        """Which seeds are compared, ``(seeds,)``: all; after an interruption those with which every rate is done, if
        there are any.
        """
        whole: NDArray[np.bool_] = np.all(self.done, axis=0)
        return whole if whole.any() else ~whole

    def final(self, measure: Measure = "val_loss") -> Floats:
        """``val_loss`` or ``val_accuracy`` of the seeds that are :attr:`compared`, ``(rates, compared)``."""
        values: Floats = getattr(self, measure)
        return values[:, self.compared]

    @property
    def mean_val_loss(self) -> Floats:
        """The mean of :meth:`final` over its seeds, ``(rates,)``; NaN where one diverged or is not done."""
        return self.final().mean(axis=1)

    @property
    def best(self) -> float:
        """The rate with the lowest mean validation loss; ``ValueError`` if every rate diverged with some seed."""
        return float(self.lrs[_lowest(self.mean_val_loss)])

    def finer(self, num: int = 9) -> Floats:
        """Return a grid of ``num`` rates between the best rate's neighbours: see :func:`refine`."""
        return refine(self.lrs, self.mean_val_loss, num)

    def updates_to(self, target: float, *, window: int = 25) -> Floats:
        """Count the updates until the training loss is below ``target``, for each rate, ``(rates,)``.

        Args:
            target: a loss > 0. window: the loss is the mean over the seeds and over so many updates, default 25; over
                all of them where a run has fewer.

        Returns:
            The update that ends the first such window, counted from 1; NaN where there is none.

        Raises:
            ValueError: ``target`` or ``window`` out of range.
        """
        target, window = check("target", POSITIVE, target), check("window", COUNT, window)
        window = min(window, self.loss.shape[-1])
        low = np.lib.stride_tricks.sliding_window_view(self.loss.mean(axis=1), window, axis=1).mean(axis=-1) < target
        return np.where(low.any(axis=1), low.argmax(axis=1) + float(window), np.nan)

    def table(self) -> Table:
        losses_of, accuracies_of = self.final(), 100 * self.final("val_accuracy")
        rows = [["lr", "val. loss", "val. accuracy", ""]]
        best = self.best if np.isfinite(self.mean_val_loss).any() else None
        for lr, losses, accuracies, gone in zip(self.lrs, losses_of, accuracies_of, self.diverged, strict=True):
            note = f"{gone.sum()} of {len(gone)} diverged" if gone.any() else "best" if lr == best else ""
            rows.append([f"{lr:.3g}", spread(losses, 4), spread(accuracies, 2, " %"), note])
        cut = [f"interrupted: {self.done.sum()} of {self.done.size} runs done"] if self.interrupted else []
        return Table(rows, title=above(self.ran, seeds_are(losses_of.shape[1])), notes=cut, left=(1, 2, 3))


def _lowest(losses: Floats) -> int:
    finite = np.isfinite(losses)
    if not finite.any():
        raise ValueError("losses must have a finite one, got none")
    return int(np.argmin(np.where(finite, losses, np.inf)))


def log_grid(low: float, high: float, num: int) -> Floats:
    """``num`` rates from ``low`` to ``high``, both included, each the same factor above the last; shape ``(num,)``."""
    return np.geomspace(*rising(low, high), check("num", SEVERAL, num))


def refine(lrs: ArrayLike, losses: ArrayLike, num: int = 9) -> Floats:
    """Return a log grid of ``num`` rates from the best rate's left neighbour to its right one, both included.

    At an end of the grid it starts, or stops, at the best rate itself: then the first grid was too narrow. ``lrs``:
    rates > 0 in any order; ``losses``: one for each, the lowest finite one is the best. Source: lecture, slide "Some
    Tips & Notes!": a wide range first, then fine-grained.
    """
    rates, values = np.asarray(lrs, dtype=np.float64), np.asarray(losses, dtype=np.float64)
    if rates.ndim != 1 or rates.shape != values.shape or len(rates) < 2:
        raise ValueError(f"lrs must be two or more rates, with one loss each, got {rates.shape} and {values.shape}")
    order = np.argsort(rates)
    rates, at = rates[order], _lowest(values[order])
    return log_grid(rates[max(at - 1, 0)], rates[min(at + 1, len(rates) - 1)], num)


@cached
def sweep(
    lrs: Iterable[float],
    data: Dataset,
    *,
    schedule: Schedule = Constant(1.0),
    model: Callable[[int], nn.Module] = MLP,
    optimizer: Callable[..., Optimizer] = torch.optim.SGD,
    seeds: Iterable[int] = (0,),
    epochs: int = 1,
    batch_size: int = 64,
    device: str | torch.device = "auto",
    progress: bool = True,
    cache: bool = True,
    **optimizer_arguments: Any,
) -> Sweep:
    """Train ``model(seed)`` afresh at each rate with each seed; all else is the same.

    Each run is what :func:`lrlab.train.fit` alone would make of it, up to rounding: a seed fixes the initial weights
    and the order of the images.

    Args:
        lrs: rates > 0, each once; in the result they rise. :func:`log_grid` makes them.
        data: from :func:`lrlab.data.load`.
        schedule: what each rate is multiplied with, update by update, default 1: the rate stays.
            ``Cosine(1, T_max=updates)`` sweeps the peak of a cosine.
        model: from a seed to a module, default :class:`~lrlab.models.MLP`. It and :class:`~lrlab.models.CNN` train all
            rates at once under torch's element-wise optimizers (SGD, Adam, AdamW, Adagrad, …); all else one by one.
        optimizer: a class of ``torch.optim``, default SGD; further keyword arguments go to it.
        seeds: whole numbers >= 0, default one.
        epochs, batch_size, device: as in :func:`lrlab.train.fit`.
        progress: one progress bar over all runs, default True. cache: as for :func:`~lrlab.experiments.compare`.

    A run that diverges ends there, is marked, and changes nothing for the others. Ctrl-C returns what is done until
    then.

    Raises:
        ValueError: no rate, a rate <= 0 or twice, no seeds, an ``lr`` among the optimizer's arguments, or data without
            images or labels for them.
    """
    rates = np.sort(each_once("lrs", POSITIVE, lrs))
    seeds = each_once("seeds", SEED, seeds)
    schedule = check("schedule", ONE_SCHEDULE, schedule)
    check_data(data)
    check_no_rate(optimizer, optimizer_arguments)
    torch_device = pick_device(device)
    data = data.to(torch_device)
    updates = count_updates(data, batch_size=batch_size, epochs=epochs)
    factors = schedule.curve(updates)

    shape = (len(rates), len(seeds))
    loss, done = np.full((*shape, updates), np.nan), np.zeros(shape, dtype=bool)
    val_loss, val_accuracy = np.full(shape, np.nan), np.full(shape, np.nan)
    together, interrupted = False, False
    with tqdm(total=len(rates) * len(seeds) * updates, disable=not progress, leave=False, desc="updates") as bar:
        try:
            for j, seed in enumerate(seeds):
                network = model(seed).to(torch_device)
                together = batched.can_train(network, data, optimizer)
                if together:
                    val_loss[:, j], val_accuracy[:, j] = batched.train(
                        network,
                        data,
                        np.outer(rates, factors),
                        loss[:, j],
                        optimizer=optimizer,
                        arguments=optimizer_arguments,
                        batch_size=batch_size,
                        seed=seed,
                        tick=lambda: bar.update(len(rates)),
                    )
                    done[:, j] = True
                    continue
                for i, lr in enumerate(rates.tolist()):
                    network = model(seed)
                    update = optimizer(network.parameters(), lr=lr, **optimizer_arguments)
                    run = fit(
                        network,
                        data,
                        update,
                        scheduler=schedule.attach(update, scale=lr),
                        epochs=epochs,
                        batch_size=batch_size,
                        seed=seed,
                        device=torch_device,
                        progress=False,
                    )
                    loss[i, j, : len(run.loss)] = np.where(np.isfinite(run.loss), run.loss, np.nan)
                    if not run.diverged:
                        val_loss[i, j], val_accuracy[i, j] = run.val_loss[-1], run.val_accuracy[-1]
                    done[i, j] = True
                    bar.update(updates)
        except KeyboardInterrupt:
            interrupted = True
    ran = what_ran(model, optimizer, optimizer_arguments, schedule=schedule, batch_size=batch_size, epochs=epochs)
    return Sweep(rates, seeds, loss, val_loss, val_accuracy, done, together, interrupted, ran)
