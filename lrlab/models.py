"""Two small networks for 28 x 28 digits, with initial weights that depend on the seed alone."""

from __future__ import annotations

from lrlab._extras import require

require("torch", "torch")

import torch
from torch import Tensor, nn

from lrlab._validation import COUNT, SEED, check

__all__ = ["CNN", "MLP"]


class _Seeded(nn.Module):
    """Calls ``build`` under ``seed`` and leaves torch's global random state as it found it."""

    layers: nn.Sequential

    def __init__(self, seed: int) -> None:
        super().__init__()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(check("seed", SEED, seed))
            self.layers = self.build()

    def build(self) -> nn.Sequential:
        raise NotImplementedError

    def forward(self, images: Tensor) -> Tensor:
        return self.layers(images)


class MLP(_Seeded):
    """A multilayer perceptron: 784 pixels, one hidden layer of ReLUs, 10 logits.

    Input: float32 ``(batch, 1, 28, 28)``; output: logits ``(batch, 10)``. ``seed`` (default 0) fixes the initial
    weights; ``hidden`` is the width of the hidden layer, default 128 (101,770 parameters).
    """

    def __init__(self, seed: int = 0, *, hidden: int = 128) -> None:
        self.hidden = check("hidden", COUNT, hidden)
        super().__init__(seed)

    def build(self) -> nn.Sequential:
        return nn.Sequential(nn.Flatten(), nn.Linear(784, self.hidden), nn.ReLU(), nn.Linear(self.hidden, 10))


class CNN(_Seeded):
    """A small convolutional network: two 3 x 3 convolutions with pooling, one linear layer (9,098 parameters).

    Input: float32 ``(batch, 1, 28, 28)``; output: logits ``(batch, 10)``.
    ``seed`` (default 0) fixes the weights at the start.
    """

    def __init__(self, seed: int = 0) -> None:
        super().__init__(seed)

    def build(self) -> nn.Sequential:
        return nn.Sequential(
            nn.Conv2d(1, 8, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(8, 16, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(16 * 7 * 7, 10),
        )
