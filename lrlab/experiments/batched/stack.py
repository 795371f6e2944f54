"""What the stacked models have in common."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.optim import Optimizer

from lrlab._formula import Floats
from lrlab.data import Dataset
from lrlab.experiments.batched.updates import updater


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

    def __init__(
        self,
        network: nn.Module,
        copies: int,
        ink: Tensor,
        optimizer: Callable[..., Optimizer],
        arguments: dict[str, Any],
    ) -> None:
        self.stacked = [
            parameter.detach().expand(copies, *parameter.shape).contiguous().requires_grad_()
            for parameter in self.parameters(network, ink)
        ]
        self.updater = updater(optimizer, arguments, self.stacked)

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

    def descend(self, losses: Tensor, rates: Floats) -> None:
        """Make one update of each copy, from its loss and at its own rate."""
        # No copy's loss depends on another's weights, so the gradient of the sum is that of each.
        gradients = torch.autograd.grad(losses.sum(), self.stacked)
        with torch.no_grad():
            own = torch.tensor(rates, dtype=losses.dtype, device=losses.device)
            self.updater.step(self.stacked, [gradient.contiguous() for gradient in gradients], own)

    def part(self, places: Sequence[int]) -> Stack:
        """Return the copies at ``places``, to look at."""
        some = copy.copy(self)
        some.stacked = [parameter.detach()[self._at(places)].requires_grad_() for parameter in self.stacked]
        return some

    def keep(self, places: Sequence[int]) -> None:
        """Drop all copies but those at ``places``, and what the optimizer remembers of them."""
        self.stacked = self.part(places).stacked
        self.updater.keep(self._at(places))

    def _at(self, places: Sequence[int]) -> Tensor:
        return torch.as_tensor(places, dtype=torch.long).to(self.stacked[0].device)

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
