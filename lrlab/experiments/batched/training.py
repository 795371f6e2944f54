"""The training loop over stacks of copies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from lrlab.data import Dataset
from lrlab.experiments.batched.cnn import StackedCNN
from lrlab.experiments.batched.mlp import StackedMLP
from lrlab.experiments.batched.stack import Floats, Stack
from lrlab.experiments.batched.updates import is_elementwise, updater
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
    """A stack, what makes its updates, and which of all runs its copies are."""

    def __init__(self, stack: Stack, index: Any, optimizer: Callable[..., Optimizer], arguments: dict[str, Any]):
        self.stack, self.index = stack, index
        self.updater = updater(optimizer, arguments, stack.stacked)

    def update(self, batch: Any, labels: Tensor, rates: Floats) -> Floats:
        """One update of each run; returns the losses before it, of all runs, NaN for those that have ended."""
        found = np.full(len(rates), np.nan)
        losses = self.stack.losses(batch, labels)
        values = losses.detach().cpu().double().numpy()
        alive = np.isfinite(values)
        if not alive.all():
            self._keep(alive)
            if not alive.any():
                return found
            values, losses = values[alive], self.stack.losses(batch, labels)
        # No copy's loss depends on another's weights, so the gradient of the sum is that of each.
        gradients = torch.autograd.grad(losses.sum(), self.stack.stacked)
        with torch.no_grad():
            own = torch.tensor(rates[self.index], dtype=losses.dtype, device=losses.device)
            self.updater.step(self.stack.stacked, [gradient.contiguous() for gradient in gradients], own)
        found[self.index] = values
        return found

    def _keep(self, alive: Any) -> None:
        places = torch.from_numpy(np.flatnonzero(alive)).to(self.stack.stacked[0].device)
        self.index = self.index[alive]
        self.stack.keep(places)
        self.updater.keep(places)


def _inked(data: Dataset) -> Tensor:
    """Return the pixels with ink in any image. The weights of the others get no gradient, and no image reads them."""
    ink = torch.zeros(784, dtype=torch.bool, device=data.train_images.device)
    for part in (*data.train_images.split(4096), *data.val_images.split(4096)):
        ink |= (part != 0).any(dim=0).flatten()
    return ink.nonzero().squeeze(1)


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
    ink = _inked(data)
    everybody = np.arange(len(rates))
    runs = [
        _Runs(kind(network, len(index), ink), index, optimizer, arguments)
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
            found = some.update(batch, labels, rates[:, n])
            losses[some.index, n] = found[some.index]
        runs = [some for some in runs if len(some.index)]
        tick()
        if not runs:
            break
    val_loss, val_accuracy = np.full((2, len(rates)), np.nan)
    for some in runs:
        val_loss[some.index], val_accuracy[some.index] = some.stack.evaluate(val_images, data.val_labels)
    return val_loss, val_accuracy
