r"""Schedules of ``torch.optim.lr_scheduler`` as formulas, with torch's argument names.

Here *t* counts completed steps from 0, and :math:`\eta_0` is ``lr``, the rate that torch takes from the optimizer.
"""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import ClassVar

import numpy as np

from lrlab._formula import Floats
from lrlab._validation import Count, Milestones, Positive
from lrlab.schedules.base import Schedule, power


@dataclass(frozen=True)
class Step(Schedule):
    r"""Torch's ``StepLR``: multiply by ``gamma`` every ``step_size`` steps.

    .. math:: \eta_t = \eta_0\, \gamma^{\lfloor t/s \rfloor}

    ``lr`` > 0; ``step_size`` *s*, a whole number of steps >= 1; ``gamma`` :math:`\gamma` > 0, default 0.1. The
    first drop is at ``t = step_size``: one step after the lecture's :class:`~lrlab.schedules.StepDecay`.
    """

    lr: Positive
    _: KW_ONLY
    step_size: Count
    gamma: Positive = 0.1
    group: ClassVar[str] = "torch"
    torch_class: ClassVar = ("StepLR", "step_size", "gamma")
    latex: ClassVar[str] = r"\eta_t = \eta_0\, \gamma^{\lfloor t/s \rfloor}"
    symbols: ClassVar = {"lr": r"\eta_0", "step_size": "s", "gamma": r"\gamma"}
    example: ClassVar = {"lr": 0.1, "step_size": 7, "gamma": 0.5}

    def rate(self, n: Floats) -> Floats:
        return self.lr * power(self.gamma, np.floor(n / self.step_size))


@dataclass(frozen=True)
class MultiStep(Schedule):
    r"""Torch's ``MultiStepLR``: multiply by ``gamma`` at each of the ``milestones``.

    .. math:: \eta_t = \eta_0\, \gamma^{\#\{m \le t\}}

    ``lr`` > 0; ``milestones``, whole numbers of steps >= 0 in any order (one that is there twice multiplies
    twice, as in torch); ``gamma`` > 0, default 0.1.
    """

    lr: Positive
    _: KW_ONLY
    milestones: Milestones
    gamma: Positive = 0.1
    group: ClassVar[str] = "torch"
    torch_class: ClassVar = ("MultiStepLR", "milestones", "gamma")
    latex: ClassVar[str] = r"\eta_t = \eta_0\, \gamma^{\#\{m \in M \,:\, m \le t\}}"
    symbols: ClassVar = {"lr": r"\eta_0", "milestones": "M", "gamma": r"\gamma"}
    example: ClassVar = {"lr": 0.1, "milestones": (30, 80)}

    def rate(self, n: Floats) -> Floats:
        passed = np.searchsorted(self.milestones, n, side="right")
        return self.lr * power(self.gamma, passed.astype(float))


@dataclass(frozen=True)
class Exponential(Schedule):
    r"""Torch's ``ExponentialLR``: multiply by ``gamma`` at every step.

    .. math:: \eta_t = \eta_0\, \gamma^t

    ``lr`` > 0; ``gamma`` > 0. The lecture's :class:`~lrlab.schedules.ExponentialDecay` with
    :math:`\gamma = e^{-d}`.
    """

    lr: Positive
    _: KW_ONLY
    gamma: Positive
    group: ClassVar[str] = "torch"
    torch_class: ClassVar = ("ExponentialLR", "gamma")
    latex: ClassVar[str] = r"\eta_t = \eta_0\, \gamma^t"
    symbols: ClassVar = {"lr": r"\eta_0", "gamma": r"\gamma"}
    example: ClassVar = {"lr": 0.1, "gamma": 0.98}

    def rate(self, n: Floats) -> Floats:
        return self.lr * power(self.gamma, n)
