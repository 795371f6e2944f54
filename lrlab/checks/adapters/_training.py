"""Small training runs that some exercises are judged by. The same seed gives the same run."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
from collections.abc import Iterator
from typing import Any

import numpy as np

BATCH_SIZE, HIDDEN, MOMENTUM = 16, 32, 0.9


@functools.cache
def _digits() -> Any:
    """Return the bundled digits. An answer is judged on all 360 that are not for training: validation and test
    together.

    An exercise may be checked any number of times, so this is no test set in the strict sense.
    """
    import torch

    from lrlab import data

    digits = data.load("digits")
    images = torch.cat([digits.val_images, digits.test_images])
    return dataclasses.replace(
        digits, test_images=images, test_labels=torch.cat([digits.val_labels, digits.test_labels])
    )


@contextlib.contextmanager
def _single_precision() -> Iterator[None]:
    """Make new tensors in single precision, whatever the notebook has set."""
    import torch

    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float32)
    try:
        yield
    finally:
        torch.set_default_dtype(before)


@functools.lru_cache(maxsize=64)
def accuracy(rates: tuple[float, ...], seed: int) -> float:
    """Return the share of held-out digits that an MLP gets right after SGD with momentum at these learning rates."""
    import torch
    from torch.nn import functional

    from lrlab.models import MLP

    with _single_precision(), torch.enable_grad():
        digits = _digits()
        model = MLP(seed, hidden=HIDDEN)
        optimizer = torch.optim.SGD(model.parameters(), lr=1.0, momentum=MOMENTUM)
        order = torch.Generator().manual_seed(seed)
        waiting = torch.empty(0, dtype=torch.long)
        for rate in rates:
            if len(waiting) < BATCH_SIZE:
                waiting = torch.randperm(len(digits.train_labels), generator=order)
            batch, waiting = waiting[:BATCH_SIZE], waiting[BATCH_SIZE:]
            optimizer.param_groups[0]["lr"] = rate
            optimizer.zero_grad()
            functional.cross_entropy(model(digits.train_images[batch]), digits.train_labels[batch]).backward()
            optimizer.step()
        with torch.no_grad():
            return float((model(digits.test_images).argmax(1) == digits.test_labels).double().mean())


@functools.cache
def shrunk_digits() -> tuple[Any, Any, Any, Any]:
    """Return the digits as 7 by 7 pixels and their labels as rows with a single 1: to train with, then the held-out
    ones.
    """
    digits = _digits()

    def small(images: Any) -> Any:
        return np.asarray(images, dtype=float).reshape(-1, 7, 4, 7, 4).mean((2, 4)).reshape(-1, 49)

    labels = np.eye(10)[np.asarray(digits.train_labels)], np.eye(10)[np.asarray(digits.test_labels)]
    return small(digits.train_images), labels[0], small(digits.test_images), labels[1]


def one_layer_loss(lr: float, updates: int, scale: float, seed: int, *, test: bool = False) -> float:
    """Return the loss of a network of one layer after plain SGD on digits whose pixels are multiplied by ``scale``.

    The weights start at 0, so the run at rate lr / scale**2 is the same one, up to the unit of the weights.

    Args:
        lr: the learning rate.
        updates: how many updates, on 32 digits each.
        scale: the factor of the pixels.
        seed: draws the batches.
        test: whether it is the loss on the held-out digits; by default it is the one on the training digits.
    """
    images, targets, test_images, test_targets = shrunk_digits()
    generator = np.random.default_rng(seed)
    weights = np.zeros((images.shape[1], 10))
    with np.errstate(all="ignore"):
        for _ in range(updates):
            batch = generator.integers(len(images), size=32)
            inputs = scale * images[batch]
            weights -= lr * (inputs.T @ (np.exp(_log_softmax(inputs @ weights)) - targets[batch])) / len(batch)
        inputs, wanted = (test_images, test_targets) if test else (images, targets)
        return float(-(_log_softmax(scale * inputs @ weights) * wanted).sum(1).mean())


def _log_softmax(logits: Any) -> Any:
    logits = logits - logits.max(1, keepdims=True)
    return logits - np.log(np.exp(logits).sum(1, keepdims=True))
