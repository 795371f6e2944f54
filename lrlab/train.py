"""The training loop, visible: tensors in memory, one update at a time, the learning rate *used* written down."""

from __future__ import annotations

from lrlab._extras import require

require("torch", "torch", "tqdm")

import math
import time
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler, ReduceLROnPlateau
from tqdm.auto import tqdm

from lrlab._table import Table, Tabular, shortened
from lrlab._validation import COUNT, SEED, check, one_of
from lrlab.data import PARTS, Dataset, Part, check_data
from lrlab.devices import device_of, move, pick_device, random_state_kept
from lrlab.suggest import running_mean

__all__ = [
    "History",
    "count_updates",
    "epochs_for",
    "evaluate",
    "fit",
    "pick_device",
]


@dataclass(frozen=True, eq=False, repr=False)
class History(Tabular):
    """What happened in one training run.

    Per update, arrays of length ``updates``: ``step`` (completed updates before it, from 0), ``lr`` (the learning
    rate that it used, of the first param group), ``loss`` (cross-entropy of its batch). Per epoch, arrays of length
    ``epochs``: ``epoch_end`` (completed updates), ``val_loss``, ``val_accuracy`` (0 to 1, on the validation images).
    ``seconds``: wall-clock time of the updates, without validation. ``diverged``: whether the loss stopped being
    finite, which ends the run. ``label``: a name for plots.
    """

    step: NDArray[np.int64]
    lr: NDArray[np.float64]
    loss: NDArray[np.float64]
    epoch_end: NDArray[np.int64]
    val_loss: NDArray[np.float64]
    val_accuracy: NDArray[np.float64]
    seconds: float
    diverged: bool
    label: str = ""

    def smooth_loss(self, window: int = 25) -> NDArray[np.float64]:
        """Return the mean of each loss and the up to ``window - 1`` before it, shape ``(updates,)``."""
        window = check("window", COUNT, window)
        return running_mean(self.loss, window)

    def __repr__(self) -> str:
        name = f"{self.label}: " if self.label else ""
        end = "diverged" if self.diverged else f"accuracy {self.val_accuracy[-1]:.2%}" if len(self.val_accuracy) else ""
        epochs = f"{len(self.epoch_end)} epoch{'' if len(self.epoch_end) == 1 else 's'}"
        return f"History({name}{len(self.step):,} updates, {epochs}, {end})"

    def table(self) -> Table:
        rows = [
            [str(epoch), f"{end:,}", f"{self.lr[end - 1]:.3g}", f"{loss:.4f}", f"{accuracy:.2%}"]
            for epoch, (end, loss, accuracy) in enumerate(
                zip(self.epoch_end.tolist(), self.val_loss, self.val_accuracy, strict=True), start=1
            )
        ]
        head = ["epoch", "updates", "last learning rate", "val. loss", "val. accuracy"]
        return Table([head, *shortened(rows)], title=repr(self))


def fit(
    model: nn.Module,
    data: Dataset,
    optimizer: Optimizer,
    *,
    scheduler: LRScheduler | ReduceLROnPlateau | None = None,
    per: Literal["update", "epoch"] = "update",
    epochs: int = 1,
    batch_size: int = 64,
    seed: int = 0,
    device: str | torch.device = "auto",
    progress: bool = True,
    label: str = "",
) -> History:
    """Train ``model`` in place and return what happened.

    Args:
        model: any module from images ``(batch, 1, 28, 28)`` to logits ``(batch, 10)``; it is moved to ``device``.
        data: from :func:`lrlab.data.load`. After each epoch the model is evaluated on its validation images.
        optimizer: over the model's parameters; its state moves with them.
        scheduler: stepped after the optimizer, once an update or once an epoch as ``per`` says (default ``"update"``).
            ``ReduceLROnPlateau`` is given the epoch's validation loss, so it takes ``per="epoch"``.
        epochs: passes over the training images, default 1. batch_size: images an update, default 64; the last batch of
            an epoch may be smaller, and a single image where it is one too many (which batch norm refuses).
        seed: fixes the order of the images (and dropout). Same seed and weights, same result on the same machine
            (on a GPU up to rounding).
        device: ``"auto"`` (default) takes CUDA, else Apple's MPS, else the CPU; or a torch device.
        progress: show a progress bar, default True.

    A loss that is not finite ends the run there: ``History.diverged``.

    Raises:
        ValueError: a count below 1, an unknown ``per``, a plateau scheduler stepped per update, a scheduler of another
            optimizer, an optimizer that needs a closure, or data without images or labels for them.
    """
    epochs = check("epochs", COUNT, epochs)
    batch_size = check("batch_size", COUNT, batch_size)
    seed = check("seed", SEED, seed)
    check("per", one_of("update", "epoch"), per)
    if isinstance(scheduler, ReduceLROnPlateau) and per != "epoch":
        raise ValueError("per must be 'epoch' for ReduceLROnPlateau, which needs a validation loss, got 'update'")
    check_optimizer(optimizer)
    if scheduler is not None and scheduler.optimizer is not optimizer:
        raise ValueError("scheduler must belong to the optimizer that is given, got one of another optimizer")

    check_data(data)

    torch_device = pick_device(device)
    data = data.to(torch_device)
    move(model, optimizer, torch_device)
    images, labels = data.train_images, data.train_labels
    order = torch.Generator().manual_seed(seed)
    updates = count_updates(data, batch_size=batch_size, epochs=epochs)
    lrs, losses, ends, val_losses, val_accuracies = [], [], [], [], []
    seconds = 0.0

    with (
        random_state_kept(torch_device),
        tqdm(total=updates, disable=not progress, leave=False, desc=label or None) as bar,
    ):
        torch.manual_seed(seed)  # dropout and the like draw from the global state
        for _ in range(epochs):
            model.train()
            set_mode(optimizer, "train")
            started = time.perf_counter()
            for batch in torch.randperm(len(images), generator=order).to(torch_device).split(batch_size):
                loss = functional.cross_entropy(model(images[batch]), labels[batch])
                optimizer.zero_grad()
                loss.backward()
                lrs.append(float(optimizer.param_groups[0]["lr"]))  # before the step: what this update uses
                losses.append(loss.item())
                if not math.isfinite(losses[-1]):
                    break
                optimizer.step()
                if scheduler is not None and per == "update":
                    scheduler.step()
                bar.update()
            seconds += time.perf_counter() - started
            if not math.isfinite(losses[-1]):
                break
            set_mode(optimizer, "eval")
            val_loss, val_accuracy = evaluate(model, data)
            ends.append(len(losses))
            val_losses.append(val_loss)
            val_accuracies.append(val_accuracy)
            if isinstance(scheduler, ReduceLROnPlateau):
                scheduler.step(val_loss)
            elif scheduler is not None and per == "epoch":
                scheduler.step()

    return History(
        step=np.arange(len(losses)),
        lr=np.array(lrs),
        loss=np.array(losses),
        epoch_end=np.array(ends, dtype=np.int64),
        val_loss=np.array(val_losses),
        val_accuracy=np.array(val_accuracies),
        seconds=seconds,
        diverged=not math.isfinite(losses[-1]),
        label=label,
    )


def set_mode(optimizer: Optimizer, mode: Literal["train", "eval"]) -> None:
    """Tell an optimizer that evaluates other weights than it trains (schedule-free) which it is to show."""
    getattr(optimizer, mode, lambda: None)()


def check_optimizer(optimizer: Optimizer) -> None:
    """``ValueError`` for an optimizer whose update evaluates the loss again and again: the loops here do it once."""
    if isinstance(optimizer, torch.optim.LBFGS):
        raise ValueError("optimizer must make an update from one gradient, got LBFGS, whose step() needs a closure")


def count_updates(data: Dataset, *, batch_size: int = 64, epochs: int = 1) -> int:
    """How many optimizer updates :func:`fit` makes: the last, smaller batch of each epoch counts too."""
    batch_size, epochs = check("batch_size", COUNT, batch_size), check("epochs", COUNT, epochs)
    check_data(data, "train")
    return epochs * math.ceil(len(data.train_labels) / batch_size)


def epochs_for(data: Dataset, updates: int, *, batch_size: int = 64) -> int:
    """Return the fewest epochs with at least ``updates`` updates, so that data sets of any size train equally long."""
    return math.ceil(check("updates", COUNT, updates) / count_updates(data, batch_size=batch_size))


@torch.inference_mode()
def evaluate(model: nn.Module, data: Dataset, part: Part = "val") -> tuple[float, float]:
    """Return the mean cross-entropy and the accuracy (0 to 1) of ``model`` on one part of ``data``.

    Args:
        model: from images ``(batch, 1, 28, 28)`` to logits ``(batch, 10)``; it is in evaluation mode afterwards.
        data: from :func:`lrlab.data.load`; the images go to where the model is.
        part: ``"val"`` (default), ``"train"``, or ``"test"``. Use the last one once, when nothing is left to choose.

    Raises:
        ValueError: an unknown ``part``, or one without images.
    """
    check("part", one_of(*PARTS), part)
    check_data(data, part)
    every, right = getattr(data, f"{part}_images"), getattr(data, f"{part}_labels")
    model.eval()
    torch_device = device_of(model)
    loss = correct = 0.0
    for images, labels in zip(every.split(1000), right.split(1000), strict=True):
        images, labels = images.to(torch_device), labels.to(torch_device)
        logits = model(images)
        loss += functional.cross_entropy(logits, labels, reduction="sum").item()
        correct += (logits.argmax(dim=1) == labels).sum().item()
    return loss / len(right), correct / len(right)
