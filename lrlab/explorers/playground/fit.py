"""The page's training run with torch in float64: train.js and the files beside it do the same in JavaScript."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from lrlab import optimizers
from lrlab.explorers.playground.data import Rows, noisy_labels, rows
from lrlab.explorers.playground.generator import shuffled, uniform
from lrlab.schedules import Schedule
from lrlab.train import History, set_mode

EVERY = 10  # updates between two looks at the validation images


@dataclass(frozen=True)
class Settings:
    """All that a run depends on but its schedule; the names are those of the explorer's traits."""

    data: str = "digits"
    model: str = "hidden"
    width: int = 32
    activation: str = "relu"
    optimizer: str = "SGD"
    momentum: float = 0.0
    nesterov: bool = False
    weight_decay: float = 0.0
    batch_size: int = 32
    updates: int = 250
    noise: float = 0.0
    seed: int = 0
    mistake: str | None = None


def network(settings: Settings, data: Rows) -> nn.Sequential:
    """Return the network in float64, with the page's initial weights."""
    inputs, hidden, classes = data.values.shape[1], settings.width, data.classes
    activation = nn.ReLU() if settings.activation == "relu" else nn.Tanh()
    layers = (
        [nn.Linear(inputs, classes)]
        if settings.model == "softmax"
        else [nn.Linear(inputs, hidden), activation, nn.Linear(hidden, classes)]
    )
    model, start = nn.Sequential(*layers).double(), 0
    first = layers[0]
    for layer in (one for one in layers if isinstance(one, nn.Linear)):
        many = layer.weight.numel() + layer.bias.numel()
        values = (2 * uniform(settings.seed, "weights", np.arange(start, start + many)) - 1) / math.sqrt(
            layer.in_features
        )
        weight, bias = np.split(values, [layer.weight.numel()])
        # The page stores the first layer input by input.
        weight = weight.reshape(inputs, -1).T if layer is first else weight.reshape(layer.weight.shape)
        with torch.no_grad():
            layer.weight.copy_(torch.from_numpy(weight.copy()))
            layer.bias.copy_(torch.from_numpy(bias))
            if settings.mistake == "zeros":
                layer.weight.zero_()
                layer.bias.zero_()
        start += many
    return model


def optimizer_of(settings: Settings, parameters: Iterator[nn.Parameter], lr: float) -> torch.optim.Optimizer:
    """Return the optimizer of torch or lrlab, with its defaults for all that the page does not set."""
    own: dict[str, Any] = (
        {"momentum": settings.momentum, "nesterov": settings.nesterov and settings.momentum > 0}
        if settings.optimizer == "SGD"
        else {}
    )
    home = torch.optim if hasattr(torch.optim, settings.optimizer) else optimizers
    kind = getattr(home, settings.optimizer)
    made: torch.optim.Optimizer = kind(parameters, lr=lr, weight_decay=settings.weight_decay, **own)
    return made


def fit(settings: Settings, schedule: Schedule, *, label: str = "") -> History:
    """Train as the page does, in double precision, and return what happened.

    Args:
        settings: what to train, on what, and how. schedule: the learning rate of each update; a run ends with it.

    Returns:
        As :func:`lrlab.train.fit` does; ``epoch_end`` has the updates after which the validation rows were looked at:
        each :data:`EVERY`, and the last.
    """
    data = rows(settings.data)
    labels = noisy_labels(data, settings.noise, settings.seed)
    if settings.mistake == "labels":
        labels[: data.train] = labels[shuffled(data.train, settings.seed, "labels", data.train)]
    inputs = torch.from_numpy(data.values * (16 if settings.mistake == "scale" else 1))
    targets, true = torch.from_numpy(labels), torch.from_numpy(data.labels)
    model = network(settings, data)
    planned = min(settings.updates, schedule.length or settings.updates)
    rates = schedule.curve(planned)
    optimizer = optimizer_of(settings, model.parameters(), float(rates[0]))
    losses: list[float] = []
    ends: list[int] = []
    looks: list[tuple[float, float]] = []
    for n, batch in enumerate(_batches(settings, data, labels, planned)):
        loss = functional.cross_entropy(model(inputs[batch]), targets[batch])
        if settings.mistake != "accumulated":
            optimizer.zero_grad()
        loss.backward()
        losses.append(loss.item())
        if not math.isfinite(losses[-1]):
            break
        optimizer.param_groups[0]["lr"] = float(rates[n])
        optimizer.step()
        if len(losses) % EVERY == 0 or len(losses) == planned:
            set_mode(optimizer, "eval")
            with torch.no_grad():
                logits = model(inputs[data.train :])
            set_mode(optimizer, "train")
            right = (logits.argmax(dim=1) == true[data.train :]).double().mean().item()
            looks.append((functional.cross_entropy(logits, true[data.train :]).item(), right))
            ends.append(len(losses))
    return History(
        step=np.arange(len(losses)),
        lr=rates[: len(losses)],
        loss=np.array(losses),
        epoch_end=np.array(ends, dtype=np.int64),
        val_loss=np.array([loss for loss, _ in looks]),
        val_accuracy=np.array([right for _, right in looks]),
        seconds=math.nan,
        diverged=not math.isfinite(losses[-1]),
        label=label,
    )


def _batches(settings: Settings, data: Rows, labels: Any, planned: int) -> Iterator[torch.Tensor]:
    """Yield the rows of each update's batch; the last of an epoch may be smaller."""
    made = epoch = 0
    while True:
        order = shuffled(data.train, settings.seed, "order", epoch * data.train)
        if settings.mistake == "sorted":
            order = np.array(sorted(order, key=lambda i: (labels[i], i)))
        for batch in torch.from_numpy(order).split(settings.batch_size):
            if made == planned:
                return
            made += 1
            yield batch
        epoch += 1
