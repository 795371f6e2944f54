"""What the stacked models have in common."""

from __future__ import annotations

from typing import Any, ClassVar, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from lrlab.data import Dataset

Floats = NDArray[np.float64]


class Images(Protocol):
    """Images as a stacked model reads them."""

    def __len__(self) -> int: ...

    def batch(self, chosen: Tensor, copies: int) -> Any:
        """Return what up to ``copies`` copies share in their work on the ``chosen`` images."""


class Stack:
    """Copies of one network. A subclass says how its parameters are laid out and what they make of a batch.

    ``stacked``: its parameters, ``(copies, …)`` each, contiguous.
    """

    width: ClassVar[int]
    """Copies that one stack holds at most on the CPU."""
    stacked: list[Tensor]

    def __init__(self, network: nn.Module, copies: int, ink: Tensor) -> None:
        self.stacked = [
            parameter.detach().expand(copies, *parameter.shape).contiguous().requires_grad_()
            for parameter in self.parameters(network, ink)
        ]

    @staticmethod
    def parameters(network: nn.Module, ink: Tensor) -> list[Tensor]:
        """Those of one copy. ``ink``: the pixels that some image has ink in, of 784; the others may be left out."""
        raise NotImplementedError

    @staticmethod
    def images(data: Dataset, ink: Tensor) -> tuple[Images, Images]:
        """Return the training and the validation images."""
        raise NotImplementedError

    def logits(self, batch: Any) -> Tensor:
        """Shape ``(copies, 10, images)``."""
        raise NotImplementedError

    def losses(self, batch: Any, labels: Tensor) -> Tensor:
        """Return the mean cross-entropy of each copy, shape ``(copies,)``."""
        each = functional.cross_entropy(self.logits(batch), labels.expand(len(self), -1), reduction="none")
        return each.mean(dim=1)

    def keep(self, places: Tensor) -> None:
        """Drop all copies but those at ``places``."""
        self.stacked = [parameter.detach()[places].requires_grad_() for parameter in self.stacked]

    @torch.no_grad()
    def evaluate(self, images: Images, labels: Tensor) -> tuple[Floats, Floats]:
        """Mean cross-entropy and accuracy of each copy, as :func:`lrlab.train.evaluate`."""
        loss = correct = torch.zeros(len(self), dtype=torch.float64)
        for chosen in torch.arange(len(images), device=labels.device).split(250):
            logits, expected = self.logits(images.batch(chosen, len(self))), labels[chosen].expand(len(self), -1)
            losses = functional.cross_entropy(logits, expected, reduction="none")
            loss = loss + losses.sum(dim=1).cpu().double()
            correct = correct + (logits.argmax(dim=1) == expected).sum(dim=1).cpu()
        return (loss / len(images)).numpy(), (correct / len(images)).numpy()

    def __len__(self) -> int:
        return len(self.stacked[0])
