"""Does warm-up help? The same training with and without it, at one learning rate or several.

What it is said to mend: large rates at the start (Goyal et al. 2017), "early overfitting" (the lecture). Beside the
result this looks at the highest loss on the way, and at the ReLUs that never fire again afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.optim import Optimizer
from tqdm.auto import tqdm

from lrlab._formula import Floats
from lrlab._table import Cell, Table, Tabular, seeds_are, spread
from lrlab._validation import COUNT, POSITIVE, SEED, check, check_no_rate, each_once, one_of
from lrlab.data import Dataset, check_data
from lrlab.devices import device_of, pick_device
from lrlab.experiments._ran import above, what_ran
from lrlab.experiments.cache import cached
from lrlab.experiments.comparison import Comparison
from lrlab.models import MLP
from lrlab.schedules import Constant, Cosine, LinearWarmup, Schedule
from lrlab.train import History, count_updates, epochs_for, fit

__all__ = ["WarmupComparison", "compare_warmup", "dead_units"]

SGD = partial(torch.optim.SGD, momentum=0.9)
ENOUGH = 450  # updates
LOOKED_AT = 1000  # validation images on which a ReLU may fire


@dataclass(frozen=True, eq=False, repr=False)
class WarmupComparison(Tabular):
    """The runs of :func:`compare_warmup`; arrays have the shape ``(rates, lengths, seeds)``.

    ``lrs`` ``(rates,)``: the learning rates; ``warmups`` ``(lengths,)``: the updates of warm-up, the first being 0.
    ``histories[i][j][k]``: the run with rate *i*, length *j*, seed *k*. ``dead``: the fraction of ReLUs that after
    training fire for none of the first 1,000 validation images; NaN where the run diverged or there is no ReLU.
    ``ran``: network, optimizer, schedule, batch size and epochs in words, as the table shows them.
    """

    lrs: Floats
    warmups: NDArray[np.int64]
    seeds: tuple[int, ...]
    histories: tuple[tuple[tuple[History, ...], ...], ...]
    dead: Floats
    ran: str = ""

    @property
    def val_loss(self) -> Floats:
        """The last validation loss; NaN where the run diverged."""
        return self._each(lambda run: np.nan if run.diverged else run.val_loss[-1])

    @property
    def val_accuracy(self) -> Floats:
        """The last validation accuracy, 0 to 1; NaN where the run diverged."""
        return self._each(lambda run: np.nan if run.diverged else run.val_accuracy[-1])

    @property
    def lost(self) -> NDArray[np.bool_]:
        """Whether the run diverged, or ended where guessing is, at 95 % of the loss log 10, or higher."""
        return ~(self.val_loss < 0.95 * np.log(10))

    def _each(self, of: Callable[[History], float]) -> Any:
        return np.array([[[of(run) for run in runs] for runs in row] for row in self.histories])

    def comparison(self, lr: float) -> Comparison:
        """Return the runs at ``lr``, for a paired test or the plot of comparisons; ``ValueError`` if there is none."""
        if lr not in self.lrs:
            raise ValueError(f"lr must be one of {self.lrs.tolist()}, got {lr!r}")
        row = self.histories[self.lrs.tolist().index(lr)]
        return Comparison(self.seeds, {runs[0].label: runs for runs in row}, self.ran)

    def table(self) -> Table:
        head = f"last validation accuracy in %, {seeds_are(len(self.seeds))}"
        rows = [["lr", *(_label(w) for w in self.warmups)]]
        for lr, row, lost in zip(self.lrs, 100 * self.val_accuracy, self.lost.sum(axis=-1), strict=True):
            rows.append([f"{lr:g}", *(_cell(values, gone) for values, gone in zip(row, lost, strict=True))])
        return Table(rows, title=above(self.ran, head), left=range(len(rows[0])), one_scale=True)


def _label(warmup: int) -> str:
    return f"{warmup} updates of warm-up" if warmup else "no warm-up"


def _cell(accuracies: Floats, lost: int) -> Cell:
    known = accuracies[np.isfinite(accuracies)]
    cell = spread(known, 2) if len(known) else Cell("–")
    return Cell(f"{cell}, {lost} of {len(accuracies)} lost", cell.bar) if lost else cell


@torch.inference_mode()
def dead_units(model: nn.Module, images: Tensor) -> float:
    """Return the fraction of ``model``'s ReLUs that fire for none of ``images``, anywhere in the image; NaN without
    ReLUs.

    Such a unit gets no gradient from these images, so it hardly ever recovers. ``images``: float
    ``(N, 1, 28, 28)``; they go to where the model is. The model is left as it was. ``ValueError`` for no images.
    """
    if len(images) == 0:
        raise ValueError("images must be one or more, got none")
    alive: list[Tensor] = []

    def look(_: nn.Module, __: Any, output: Tensor) -> None:
        alive.append((output.transpose(0, 1).flatten(1) > 0).any(dim=1))

    hooks = [layer.register_forward_hook(look) for layer in model.modules() if isinstance(layer, nn.ReLU)]
    training = model.training
    try:
        model.eval()(images.to(device_of(model)))
    finally:
        model.train(training)
        for hook in hooks:
            hook.remove()
    return 1 - float(torch.cat(alive).float().mean()) if alive else np.nan


@cached
def compare_warmup(
    data: Dataset,
    *,
    lr: float | Iterable[float],
    warmup: int | Iterable[int] = 200,
    epochs: int | None = None,
    then: Literal["cosine", "constant"] = "cosine",
    batch_size: int = 64,
    seeds: Iterable[int] = (0, 1, 2, 3, 4),
    model: Callable[[int], nn.Module] = MLP,
    optimizer: Callable[..., Optimizer] = SGD,
    device: str | torch.device = "auto",
    progress: bool = True,
    cache: bool = True,
    **optimizer_arguments: Any,
) -> WarmupComparison:
    """Train with no warm-up and with each length of it, at each rate and with each seed; all else is the same.

    The warm-up is a straight line from ``1 / warmup`` up to 1 that multiplies the schedule: from update ``warmup`` on,
    the rates with and without it are the same.

    Args:
        data: from :func:`lrlab.data.load`.
        lr: the highest rate, or several.
        warmup: updates of warm-up, or several lengths; default 200. No warm-up always comes first.
        epochs: passes over the training images. Default: the fewest with 450 updates (20 on the digits, 1 on MNIST).
        then: ``"cosine"`` (default), from ``lr`` down to 0 over all updates, or ``"constant"``.
        seeds: whole numbers >= 0, default five of them.
        model: from a seed to a module, default :class:`~lrlab.models.MLP`.
        optimizer: a class of ``torch.optim``; default SGD with momentum 0.9. Further keyword arguments go to it.
        batch_size, device, progress, cache: as in :func:`lrlab.experiments.compare`.

    Raises:
        ValueError: no or repeated rates, lengths or seeds, a warm-up as long as the training, an unknown ``then``.
    """
    lrs = each_once("lr", POSITIVE, lr)
    lengths = each_once("warmup", COUNT, warmup)
    seeds = each_once("seeds", SEED, seeds)
    check_data(data)
    check_no_rate(optimizer, optimizer_arguments)
    epochs = epochs_for(data, ENOUGH, batch_size=batch_size) if epochs is None else epochs
    updates = count_updates(data, batch_size=batch_size, epochs=epochs)
    for length in lengths:
        if length >= updates:
            raise ValueError(f"warmup must be less than the {updates} updates of the training run, got {length}")
    check("then", one_of("cosine", "constant"), then)
    torch_device = pick_device(device)
    data = data.to(torch_device)
    warmups = (0, *lengths)

    def run(rate: float, length: int, seed: int) -> tuple[History, float]:
        schedule: Schedule = Cosine(rate, T_max=updates) if then == "cosine" else Constant(rate)
        schedule = LinearWarmup(1, warmup=length) * schedule if length else schedule
        network = model(seed).to(torch_device)
        update = optimizer(network.parameters(), lr=rate, **optimizer_arguments)
        history = fit(
            network,
            data,
            update,
            scheduler=schedule.attach(update),
            epochs=epochs,
            batch_size=batch_size,
            seed=seed,
            device=torch_device,
            progress=False,
            label=_label(length),
        )
        bar.update()
        return history, np.nan if history.diverged else dead_units(network, data.val_images[:LOOKED_AT])

    with tqdm(total=len(lrs) * len(warmups) * len(seeds), disable=not progress, leave=False, desc="runs") as bar:
        runs = [[[run(rate, length, seed) for seed in seeds] for length in warmups] for rate in lrs]
    return WarmupComparison(
        lrs=np.array(lrs),
        warmups=np.array(warmups),
        seeds=seeds,
        histories=tuple(tuple(tuple(history for history, _ in cell) for cell in row) for row in runs),
        dead=np.array([[[dead for _, dead in cell] for cell in row] for row in runs]),
        ran=what_ran(model, optimizer, optimizer_arguments, schedule=then, batch_size=batch_size, epochs=epochs),
    )
