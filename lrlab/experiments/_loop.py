"""What experiments share that make their updates one by one, because they stop, branch or look in between."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.optim import Optimizer

from lrlab.data import Dataset


def batches(data: Dataset, batch_size: int, seed: int) -> Iterator[Tensor]:
    """Yield the places of the images of each batch, without end: every epoch all images, in an order of its own."""
    order = torch.Generator().manual_seed(seed)
    while True:
        yield from torch.randperm(len(data.train_labels), generator=order).split(batch_size)


def update(model: nn.Module, optimizer: Optimizer, data: Dataset, batch: Tensor, lr: float) -> None:
    """Make one update at ``lr``, for every param group times its own ``scale`` (default 1)."""
    for group in optimizer.param_groups:
        group["lr"] = lr * group.get("scale", 1.0)
    optimizer.zero_grad()
    functional.cross_entropy(model(data.train_images[batch]), data.train_labels[batch]).backward()
    optimizer.step()


def varying(*images: Tensor) -> Tensor:
    """Return which of the 784 pixels, (784,), are not 0 in every one of these images, (…, 28, 28).

    An input of 0 takes no part in any output, and its weights get no gradient: a run without it is the same, and
    shorter. A third to a half of the pixels of the digits are blank.
    """
    differs = torch.zeros(784, dtype=torch.bool, device=images[0].device)
    for some in images:
        for part in some.flatten(1).split(4096):
            differs |= (part != 0).any(dim=0)
    return differs


def cut(layer: nn.Linear, inputs: Tensor) -> None:
    """Leave the layer its weights for these ``inputs`` alone, a mask."""
    layer.weight = nn.Parameter(layer.weight.detach()[:, inputs].contiguous())
