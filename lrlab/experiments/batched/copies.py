"""Copies of one network in the hands of an experiment that looks in between: it drops some, and branches others off."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
from torch import Tensor, nn
from torch.optim import Optimizer

from lrlab._formula import Floats
from lrlab.data import Dataset
from lrlab.experiments._loop import update
from lrlab.experiments.batched.stack import Images, Stack
from lrlab.experiments.batched.training import STACKS, can_train, inked
from lrlab.train import evaluate


class Copies(Protocol):
    """Copies with the same start and the same batches, each with learning rates of its own."""

    def update(self, batch: Tensor, rates: Floats) -> None:
        """Make one update of every copy; ``batch``: places of training images. ``rates``: one for each copy."""

    def keep(self, places: Sequence[int]) -> None:
        """Keep the copies at ``places``, in that order. One that is named twice has branched: both go on from here."""

    def losses(self, places: Sequence[int]) -> Floats:
        """Return the validation loss of the copies at ``places``, as :func:`lrlab.train.evaluate`."""


def copies_of(
    network: nn.Module, data: Dataset, optimizer: Callable[..., Optimizer], arguments: dict[str, Any]
) -> Callable[[nn.Module, int], Copies]:
    """Return what makes that many copies of a network like ``network``: stacked where that can be, else one by one."""
    if not can_train(network, data, optimizer):
        return lambda start, count: _Apart(start, count, data, optimizer, arguments)
    kind, ink = STACKS[type(network)], inked(data)
    images, val_images = kind.images(data, ink)

    def begin(start: nn.Module, count: int) -> Copies:
        return _Stacked(kind(start, count, ink, optimizer, arguments), images, val_images, data)

    return begin


class _Stacked:
    def __init__(self, stack: Stack, images: Images, val_images: Images, data: Dataset) -> None:
        self._stack, self._images, self._val_images, self._data = stack, images, val_images, data
        self.keep = stack.keep

    def update(self, batch: Tensor, rates: Floats) -> None:
        images = self._images.batch(batch, len(self._stack))
        self._stack.descend(self._stack.losses(images, self._data.train_labels[batch]), rates)

    def losses(self, places: Sequence[int]) -> Floats:
        return self._stack.part(places).evaluate(self._val_images, self._data.val_labels)[0]


class _Apart:
    def __init__(
        self,
        start: nn.Module,
        count: int,
        data: Dataset,
        optimizer: Callable[..., Optimizer],
        arguments: dict[str, Any],
    ) -> None:
        self._data, networks = data, [copy.deepcopy(start) for _ in range(count)]
        # The rate is set before every update.
        self._runs = [(network, optimizer(network.parameters(), lr=1.0, **arguments)) for network in networks]

    def update(self, batch: Tensor, rates: Floats) -> None:
        for (network, own), lr in zip(self._runs, rates.tolist(), strict=True):
            update(network, own, self._data, batch, lr)

    def keep(self, places: Sequence[int]) -> None:
        # One copy of both, so that they stay tied.
        self._runs = [
            copy.deepcopy(self._runs[at]) if at in places[:k] else self._runs[at] for k, at in enumerate(places)
        ]

    def losses(self, places: Sequence[int]) -> Floats:
        return np.array([evaluate(self._runs[at][0], self._data)[0] for at in places])
