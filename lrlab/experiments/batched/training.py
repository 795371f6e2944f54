"""The training loop over stacks of copies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from lrlab._formula import Floats
from lrlab.data import Dataset
from lrlab.experiments._loop import varying
from lrlab.experiments.batched.cnn import StackedCNN
from lrlab.experiments.batched.mlp import StackedMLP
from lrlab.experiments.batched.stack import Stack
from lrlab.experiments.batched.updates import is_elementwise
from lrlab.models import CNN, MLP

PRECISIONS = ({torch.float32}, {torch.float64})  # one of them, and the same everywhere
# Copies in a stack elsewhere than on the CPU, where its cache is the bound. On a GPU many small calls should cost more
# than memory does; that is not measured.
AT_ONCE = 32
STACKS: dict[type[nn.Module], type[Stack]] = {MLP: StackedMLP, CNN: StackedCNN}


def can_train(network: nn.Module, data: Dataset, optimizer: Callable[..., Optimizer]) -> bool:
    """Whether ``network`` is a built-in model as it was built, ``data`` fit it, and ``optimizer`` is one of torch's.

    In single or in double precision, network and images alike.
    """
    return (
        type(network) in STACKS
        and is_elementwise(optimizer)
        and [type(layer) for layer in network.modules()] == [type(layer) for layer in type(network)().modules()]
        and all(images.shape[1:] == (1, 28, 28) for images in (data.train_images, data.val_images))
        and all(parameter.requires_grad for parameter in network.parameters())
        and {t.dtype for t in (*network.parameters(), data.train_images, data.val_images)} in PRECISIONS
    )


class _Runs:
    """A stack, and which of all runs its copies are."""

    def __init__(self, stack: Stack, index: Any) -> None:
        self.stack, self.index = stack, index

    def update(self, batch: Any, labels: Tensor, rates: Floats) -> Floats:
        """One update of each run that goes on; returns their losses before it. A run whose loss is not finite ends."""
        losses = self.stack.losses(batch, labels)
        values = losses.detach().cpu().double().numpy()
        alive = np.isfinite(values)
        if not alive.all():
            self.index = self.index[alive]
            self.stack.keep(np.flatnonzero(alive).tolist())
            if not alive.any():
                return values[alive]
            values, losses = values[alive], self.stack.losses(batch, labels)
        self.stack.descend(losses, rates[self.index])
        return values


def inked(data: Dataset) -> Tensor:
    """Return the places of the pixels with ink in any image: the weights of the others never change."""
    return varying(data.train_images, data.val_images).nonzero().squeeze(1)


def train(
    network: nn.Module,
    data: Dataset,
    rates: Floats,
    losses: Floats,
    *,
    optimizer: Callable[..., Optimizer],
    arguments: dict[str, Any],
    batch_size: int,
    seed: int,
    tick: Callable[[], object],
) -> tuple[Floats, Floats]:
    """Train a copy of ``network`` under each row of ``rates``, shape ``(runs, updates)``; data are on its device.

    ``losses``, of the same shape, is filled as it goes; a run whose loss is not finite ends there, and its losses are
    NaN from there on. ``tick`` is called after every update. Returns the last validation loss and accuracy of each
    run, NaN for those that ended. ``KeyboardInterrupt`` passes through.
    """
    # Dropped at once, this teaches glibc to keep freed memory for the next update, up to this size, instead of handing
    # it back to the system and getting it page by page again. That is up to a tenth of the time.
    torch.empty(31 * 2**20, dtype=torch.uint8)
    kind = STACKS[type(network)]
    width = min(kind.width if data.train_images.device.type == "cpu" else AT_ONCE, len(rates))
    ink = inked(data)
    everybody = np.arange(len(rates))
    runs = [
        _Runs(kind(network, len(index), ink, optimizer, arguments), index)
        for index in np.split(everybody, everybody[width::width])
    ]
    images, val_images = kind.images(data, ink)
    order = torch.Generator().manual_seed(seed)
    batches: list[Tensor] = []
    for n in range(rates.shape[1]):
        if not batches:  # a new epoch
            batches = list(torch.randperm(len(images), generator=order).to(data.train_labels.device).split(batch_size))
        chosen = batches.pop(0)
        batch, labels = images.batch(chosen, width), data.train_labels[chosen]
        for some in runs:
            values = some.update(batch, labels, rates[:, n])
            losses[some.index, n] = values
        runs = [some for some in runs if len(some.index)]
        tick()
        if not runs:
            break
    val_loss, val_accuracy = np.full((2, len(rates)), np.nan)
    for some in runs:
        val_loss[some.index], val_accuracy[some.index] = some.stack.evaluate(val_images, data.val_labels)
    return val_loss, val_accuracy
