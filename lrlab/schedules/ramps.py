r"""Ramps and factors: torch's constant, linear, polynomial and SWA schedules.

Here *t* counts completed steps from 0, and :math:`\eta_0` is ``lr``: the rate that torch takes from the optimizer.
"""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import ClassVar

import numpy as np

from lrlab._formula import Floats
from lrlab._validation import Anneal, Fraction, NonNegative, Positive, Steps, Unit
from lrlab.schedules.base import Schedule


@dataclass(frozen=True)
class ConstantFactor(Schedule):
    r"""Torch's ``ConstantLR``: a smaller rate for the first ``total_iters`` steps, then ``lr``.

    .. math:: \eta_t = \eta_0\, f \;\text{ for } t < T, \qquad \eta_0 \;\text{ from } t = T

    ``lr`` > 0; ``factor`` *f* in (0, 1], default 1/3; ``total_iters`` *T*, a whole number of steps >= 0,
    default 5. Starts at ``factor * lr``; from ``t = T`` on it is ``lr``.

    As in torch, ``total_iters=0`` does not mean "no ramp": the learning rate stays at ``factor * lr``. Torch
    also takes ``factor=0``, and divides by it at ``t = T``. :class:`~lrlab.schedules.Constant` is ``factor=1``.
    """

    lr: Positive
    _: KW_ONLY
    factor: Fraction = 1 / 3
    total_iters: Steps = 5
    group: ClassVar[str] = "torch"
    torch_class: ClassVar = ("ConstantLR", "factor", "total_iters")
    latex: ClassVar[str] = r"\eta_t = \begin{cases} \eta_0\, f & t < T \\ \eta_0 & t \ge T \end{cases}"
    symbols: ClassVar = {"lr": r"\eta_0", "factor": "f", "total_iters": "T"}
    example: ClassVar = {"lr": 0.1, "factor": 0.5, "total_iters": 7}

    def rate(self, n: Floats) -> Floats:
        low = (n < self.total_iters) | (self.total_iters == 0)
        return self.lr * np.where(low, self.factor, 1.0)


@dataclass(frozen=True)
class Linear(Schedule):
    r"""Torch's ``LinearLR``: a straight line from ``start_factor`` to ``end_factor``, most often a warm-up.

    .. math:: \eta_t = \eta_0 \left(s + (e - s)\, \frac{\min(t, T)}{T}\right)

    ``lr`` > 0; ``start_factor`` *s* in (0, 1], default 1/3; ``end_factor`` *e* in [0, 1], default 1;
    ``total_iters`` *T*, a whole number of steps >= 0, default 5. Starts at ``start_factor * lr``, is at
    ``end_factor * lr`` at ``t = T`` and stays there. ``total_iters=0`` stays at ``start_factor * lr``.

    With ``end_factor=0`` torch's recursion can end a little off zero, even below it (-1.8e-17), which breaks
    logarithmic axes; this ends at 0.
    """

    lr: Positive
    _: KW_ONLY
    start_factor: Fraction = 1 / 3
    end_factor: Unit = 1.0
    total_iters: Steps = 5
    group: ClassVar[str] = "torch"
    torch_class: ClassVar = ("LinearLR", "start_factor", "end_factor", "total_iters")
    latex: ClassVar[str] = r"\eta_t = \eta_0 \left(s + (e - s)\, \frac{\min(t, T)}{T}\right)"
    symbols: ClassVar = {"lr": r"\eta_0", "start_factor": "s", "end_factor": "e", "total_iters": "T"}
    example: ClassVar = {"lr": 0.1, "total_iters": 7}

    def rate(self, n: Floats) -> Floats:
        done = np.minimum(n, self.total_iters) / max(self.total_iters, 1)  # T = 0: never leaves the start
        return self.lr * (self.start_factor + (self.end_factor - self.start_factor) * done)


@dataclass(frozen=True)
class Polynomial(Schedule):
    r"""Torch's ``PolynomialLR``: down to zero along a power of the steps that are left.

    .. math:: \eta_t = \eta_0 \left(1 - \frac{\min(t, T)}{T}\right)^p

    ``lr`` > 0; ``total_iters`` *T*, a whole number of steps >= 0, default 5; ``power`` *p* >= 0, default 1 (a
    straight line). Starts at ``lr``, is 0 at ``t = T`` and stays 0. ``total_iters=0`` and ``power=0`` stay at
    ``lr``, as in torch.
    """

    lr: Positive
    _: KW_ONLY
    total_iters: Steps = 5
    power: NonNegative = 1.0
    group: ClassVar[str] = "torch"
    torch_class: ClassVar = ("PolynomialLR", "total_iters", "power")
    latex: ClassVar[str] = r"\eta_t = \eta_0 \left(1 - \frac{\min(t, T)}{T}\right)^p"
    symbols: ClassVar = {"lr": r"\eta_0", "total_iters": "T", "power": "p"}
    example: ClassVar = {"lr": 0.1, "total_iters": 50, "power": 2}

    def rate(self, n: Floats) -> Floats:
        done = np.minimum(n, self.total_iters) / max(self.total_iters, 1)  # T = 0: never leaves the start
        return self.lr * (1 - done) ** self.power


@dataclass(frozen=True)
class SWA(Schedule):
    r"""Torch's ``swa_utils.SWALR``: to the steady rate at which weights are averaged (SWA).

    .. math:: \eta_t = (1 - \alpha_t)\, \eta_0 + \alpha_t\, \eta_\text{swa}, \quad
              \alpha_t = \tfrac{1}{2} (1 - \cos \pi p) \text{ or } p, \quad p = \min(1, t/T)

    ``lr`` :math:`\eta_0` > 0, the rate when the averaging starts; ``swa_lr`` > 0, above or below it;
    ``anneal_epochs`` *T*, a whole number >= 0 of whatever it is stepped by, default 10; ``anneal_strategy`` ``"cos"``
    (the default) or ``"linear"``. Starts at ``lr``, is at ``swa_lr`` from ``t = T`` on; with ``T = 0`` from the start.

    Torch's class starts from the current rate and so can follow any other scheduler:
    ``Join([before, SWA(rate_then, swa_lr=...)], milestones=[...])`` says that rate. Source: Izmailov et al. 2018,
    "Averaging Weights Leads to Wider Optima and Better Generalization".
    """

    lr: Positive
    _: KW_ONLY
    swa_lr: Positive
    anneal_epochs: Steps = 10
    anneal_strategy: Anneal = "cos"
    group: ClassVar[str] = "torch"
    torch_class: ClassVar = ("SWALR", "swa_lr", "anneal_epochs", "anneal_strategy")
    latex: ClassVar[str] = (
        r"\eta_t = (1 - \alpha_t)\, \eta_0 + \alpha_t\, \eta_\text{swa},"
        r"\quad \alpha_t = \tfrac{1}{2} (1 - \cos \pi p) \text{ or } p,\quad p = \min(1, t/T)"
    )
    symbols: ClassVar = {"lr": r"\eta_0", "swa_lr": r"\eta_\text{swa}", "anneal_epochs": "T"}
    lr_arguments: ClassVar = ("swa_lr",)
    example: ClassVar = {"lr": 0.1, "swa_lr": 0.05}

    def rate(self, n: Floats) -> Floats:
        done = np.minimum(n, self.anneal_epochs) / self.anneal_epochs if self.anneal_epochs else np.ones_like(n)
        alpha = done if self.anneal_strategy == "linear" else (1 - np.cos(np.pi * done)) / 2
        return (1 - alpha) * self.lr + alpha * self.swa_lr
