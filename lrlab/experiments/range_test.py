"""The learning-rate range test: raise the rate from update to update, and see where the loss falls and where it rises.

Source: Smith 2017, "Cyclical Learning Rates for Training Neural Networks", section 3.3; Smith and Topin 2017.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from torch import nn
from torch.nn import functional
from torch.optim import Optimizer
from tqdm.auto import tqdm

from lrlab import suggest
from lrlab._formula import Floats
from lrlab._table import Table, Tabular
from lrlab._validation import ABOVE_1, COUNT, MOMENTUM, SEED, SEVERAL, check, one_of, rising
from lrlab.data import Dataset, check_data
from lrlab.devices import move, pick_device, random_state_kept
from lrlab.experiments._loop import batches
from lrlab.train import check_optimizer

__all__ = ["RangeTest", "range_test"]

RAMP = one_of("exponential", "linear")


@dataclass(frozen=True, eq=False, repr=False)
class RangeTest(Tabular):
    """What :func:`range_test` measured, one entry for each update that was made, in the order of rising rates.

    ``lr``: the rate that the update used (of the first param group); ``loss``: the batch's loss before that update;
    ``smooth_loss``: its exponential moving average. All ``(updates,)``. ``stopped``: why the test ended before its last
    rate, ``"diverged"`` or ``"not finite"`` (the last loss is then the one that is not), or None.
    """

    lr: Floats
    loss: Floats
    smooth_loss: Floats
    stopped: Literal["diverged", "not finite"] | None

    @property
    def suggestions(self) -> dict[str, float | None]:
        """The rates that the three rules of :mod:`lrlab.suggest` read off the smoothed loss; None: no answer."""
        return suggest.all_of(self.lr, self.smooth_loss)

    def __repr__(self) -> str:
        suggestions = (f"{name} {'–' if lr is None else f'{lr:.3g}'}" for name, lr in self.suggestions.items())
        return f"RangeTest({self._course()}; {', '.join(suggestions)})"

    def _course(self) -> str:
        end = f"{self.stopped} at {self.lr[-1]:.3g}" if self.stopped else "not stopped"
        return f"{len(self.lr)} rates from {self.lr[0]:.3g} to {self.lr[-1]:.3g}, {end}"

    def table(self) -> Table:
        rows = [["suggestion", "learning rate", "smoothed loss"]]
        for name, lr in self.suggestions.items():
            loss = np.nan if lr is None else np.interp(np.log(lr), np.log(self.lr), self.smooth_loss)
            rows.append([suggest.LABELS[name], *(["–"] * 2 if lr is None else [f"{lr:.3g}", f"{loss:.3f}"])])
        return Table(rows, title=f"RangeTest({self._course()})", left=(0,))


def range_test(
    model: nn.Module,
    data: Dataset,
    optimizer: Optimizer,
    *,
    low: float = 1e-5,
    high: float = 10.0,
    steps: int = 100,
    ramp: Literal["exponential", "linear"] = "exponential",
    batch_size: int = 64,
    smoothing: float = 0.9,
    diverge: float = 4.0,
    seed: int = 0,
    device: str | torch.device = "auto",
    progress: bool = True,
) -> RangeTest:
    """Make one update at each of ``steps`` rates from ``low`` to ``high``, and put everything back afterwards.

    Args:
        model: as for :func:`lrlab.train.fit`, in whatever state it is in. optimizer: over its parameters.
        data: from :func:`lrlab.data.load`; the training images are gone through in an order of the test's own.
        low, high: the first and the last rate, > 0, default 1e-5 and 10. They are the first param group's; the others
            keep their ratio to it.
        steps: how many rates, 2 or more, default 100. ramp: ``"exponential"`` (the default): the same factor from rate
            to rate; ``"linear"``: the same difference, as in the paper.
        batch_size: images an update, default 64: a rate found at one batch size does not carry over to another.
        smoothing: weight of the past in the moving average of the loss, 0 (none) to below 1, default 0.9.
        diverge: stop once the smoothed loss is this many times its lowest, > 1, default 4. A loss that is not finite
            stops the test at once.
        seed: fixes the order of the images (and dropout), default 0: the test is noisy, so try several.
        device, progress: as in :func:`lrlab.train.fit`.

    Model (parameters, buffers, mode, device), optimizer (state, param groups) and torch's random state are afterwards
    what they were, bit for bit, also after Ctrl-C or an error: training goes on as if there had been no test. A hook on
    the optimizer is called at the test's updates too, and what it keeps elsewhere (averaged weights) is not put back.

    Raises:
        ValueError: an argument that breaks its rule.
    """
    low, high = rising(low, high)
    steps = check("steps", SEVERAL, steps)
    check("ramp", RAMP, ramp)
    batch_size, seed = check("batch_size", COUNT, batch_size), check("seed", SEED, seed)
    smoothing, diverge = check("smoothing", MOMENTUM, smoothing), check("diverge", ABOVE_1, diverge)
    check_data(data, "train")
    check_optimizer(optimizer)
    rates = np.geomspace(low, high, steps) if ramp == "exponential" else np.linspace(low, high, steps)
    torch_device = pick_device(device)
    base = float(optimizer.param_groups[0]["lr"])
    ratios = [float(group["lr"]) / base if base else 1.0 for group in optimizer.param_groups]

    losses: list[float] = []
    smooth: list[float] = []
    average = 0.0
    stopped: Literal["diverged", "not finite"] | None = None
    with (
        _put_back(model, optimizer, torch_device),
        tqdm(total=steps, disable=not progress, leave=False, desc="range") as bar,
    ):
        torch.manual_seed(seed)
        move(model, optimizer, torch_device)
        model.train()
        images, labels = data.train_images.to(torch_device), data.train_labels.to(torch_device)
        for rate, batch in zip(rates.tolist(), batches(data, batch_size, seed), strict=False):
            loss = functional.cross_entropy(model(images[batch.to(torch_device)]), labels[batch.to(torch_device)])
            losses.append(loss.item())
            average = smoothing * average + (1 - smoothing) * losses[-1]
            smooth.append(average / (1 - smoothing ** len(losses)))  # else it would start near 0
            if not math.isfinite(losses[-1]):  # nan > anything is False, so this is asked by itself
                stopped = "not finite"
                break
            if smooth[-1] > diverge * min(smooth):
                stopped = "diverged"
                break
            optimizer.zero_grad()
            loss.backward()
            for group, ratio in zip(optimizer.param_groups, ratios, strict=True):
                group["lr"] = ratio * rate
            optimizer.step()
            bar.update()
    return RangeTest(lr=rates[: len(losses)], loss=np.array(losses), smooth_loss=np.array(smooth), stopped=stopped)


@contextmanager
def _put_back(model: nn.Module, optimizer: Optimizer, torch_device: torch.device) -> Iterator[None]:
    """Whatever happens inside, model, optimizer and random state are afterwards what they were, bit for bit."""
    groups = [dict(group) for group in optimizer.param_groups]
    own = [parameter for group in groups for parameter in group["params"]]  # may hold more than the model
    tensors = list({id(tensor): tensor for tensor in (*model.parameters(), *model.buffers(), *own)}.values())
    buffers = [(module, dict(module._buffers)) for module in model.modules()]  # `self.mean = …` puts in another tensor
    values = [(tensor.data, tensor.data.clone()) for tensor in tensors]
    grads = [tensor.grad for tensor in tensors]
    for tensor in tensors:
        tensor.grad = None
    modes = [(module, module.training) for module in model.modules()]
    state = dict(optimizer.state)
    kept = copy.deepcopy(list(state.values()))
    try:
        with random_state_kept(torch_device):
            yield
    finally:
        for tensor, (storage, value), grad in zip(tensors, values, grads, strict=True):
            storage.copy_(value)
            tensor.data, tensor.grad = storage, grad
        for module, training in modes:
            module.training = training
        for module, named in buffers:
            module._buffers.clear()
            module._buffers.update(named)
        for group, before in zip(optimizer.param_groups, groups, strict=True):
            group.clear()
            group.update(before)
        optimizer.state.clear()
        optimizer.state.update(zip(state, kept, strict=True))
