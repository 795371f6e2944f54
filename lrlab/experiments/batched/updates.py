"""Updates of stacked parameters, each copy with its own rate."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer

# They treat every number alike, so that neither layout nor left-out pixels matter, and their updates are proportional
# to the rate.
ELEMENTWISE = ("SGD", "Adam", "AdamW", "Adagrad", "Adadelta", "RMSprop", "Adamax", "NAdam", "RAdam")
FUSED = ("SGD", "Adam", "AdamW", "Adagrad")  # those that torch has in one pass over memory, if asked to
WAYS = ("fused", "foreach", "differentiable", "capturable")  # how torch makes an update, if the caller chooses


def is_elementwise(optimizer: Callable[..., Optimizer]) -> bool:
    optimizer = _unwrap(optimizer, {})[0]
    return any(optimizer is getattr(torch.optim, name) for name in ELEMENTWISE)


def updater(optimizer: Callable[..., Optimizer], arguments: dict[str, Any], stacked: list[Tensor]) -> SGD | AtRateOne:
    """Return what makes the updates of ``optimizer(…, **arguments)``.

    ``step(stacked, gradients, rates)`` makes one in place, at a rate for each copy, and may overwrite the gradients;
    ``keep(places)`` drops the state of all copies but those.
    """
    optimizer, arguments = _unwrap(optimizer, arguments)
    if optimizer is torch.optim.SGD:
        options = optimizer([torch.zeros(1)], lr=1.0, **arguments).param_groups[0]  # its defaults and its errors
        return SGD(options)
    if optimizer.__name__ in FUSED and not set(WAYS) & set(arguments):
        arguments = {**arguments, "fused": True}
    return AtRateOne(optimizer, arguments, stacked)


def _unwrap(optimizer: Callable[..., Optimizer], arguments: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """Return the class in a ``functools.partial``, with the partial's arguments."""
    if isinstance(optimizer, partial) and not optimizer.args:
        return optimizer.func, {**optimizer.keywords, **arguments}
    return optimizer, arguments


def _for(parameter: Tensor, rates: Tensor) -> Tensor:
    return rates.view(-1, *[1] * (parameter.dim() - 1))


class SGD:
    """``torch.optim.SGD`` with these ``options``, passing over memory as rarely as can be."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.options = options
        self.buffers: list[Tensor] = []

    def step(self, stacked: list[Tensor], gradients: list[Tensor], rates: Tensor) -> None:
        decay, momentum, kept = self.options["weight_decay"], self.options["momentum"], 1 - self.options["dampening"]
        sign = 1 if self.options["maximize"] else -1
        if decay:
            for parameter, gradient in zip(stacked, gradients, strict=True):
                gradient.add_(parameter, alpha=-sign * decay)
        ways = gradients
        if momentum:
            if not self.buffers:
                self.buffers = [gradient.clone() for gradient in gradients]
            else:
                for buffer, gradient in zip(self.buffers, gradients, strict=True):
                    buffer.mul_(momentum).add_(gradient, alpha=kept)
            ways = self.buffers
            if self.options["nesterov"]:
                ways = [g.add_(b, alpha=momentum) for g, b in zip(gradients, self.buffers, strict=True)]
        for parameter, way in zip(stacked, ways, strict=True):
            parameter.addcmul_(way, _for(parameter, rates), value=sign)

    def keep(self, places: Tensor) -> None:
        self.buffers = [buffer[places] for buffer in self.buffers]


class AtRateOne:
    """Any other elementwise optimizer of torch's. It knows one rate, not one for each copy.

    So it makes its update at rate 1 on a trial copy of the parameters, and each copy then goes as much of that way as
    its own rate says.
    """

    def __init__(self, optimizer: Callable[..., Optimizer], arguments: dict[str, Any], stacked: list[Tensor]) -> None:
        self.trial = [torch.empty_like(parameter, requires_grad=False) for parameter in stacked]
        self.optimizer = optimizer(self.trial, lr=1.0, **arguments)

    def step(self, stacked: list[Tensor], gradients: list[Tensor], rates: Tensor) -> None:
        for trial, parameter, gradient in zip(self.trial, stacked, gradients, strict=True):
            trial.copy_(parameter)
            trial.grad = gradient
        self.optimizer.step()
        for trial, parameter in zip(self.trial, stacked, strict=True):
            parameter.lerp_(trial, _for(parameter, rates))

    def keep(self, places: Tensor) -> None:
        for trial in self.trial:
            trial.grad = None
            state = self.optimizer.state[trial]
            for name, value in state.items():
                if isinstance(value, Tensor) and value.shape == trial.shape:
                    state[name] = value[places]
            trial.data = trial.data[places]
