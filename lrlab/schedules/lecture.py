r"""The lecture's schedules: step-based, time-based and exponential, and the closed form next to the second.

The lecture writes :math:`\eta_n` for the learning rate at iteration *n*, :math:`\eta_0` for the initial one
and *d* for the decay parameter. Here *n* is ``step``, :math:`\eta_0` is ``lr``, *d* is ``decay``.
"""

from __future__ import annotations

import math
from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar

import numpy as np

from lrlab._formula import Floats
from lrlab._validation import Count, Fraction, NonNegative, Positive
from lrlab.schedules.base import Schedule, power

_RECURRENCE_STEPS = 2**20  # TimeDecay runs the recurrence itself up to here: 8 MB, some milliseconds


@dataclass(frozen=True)
class Constant(Schedule):
    r"""The same learning rate at every step.

    .. math:: \eta_n = \eta_0

    ``lr``: the learning rate, > 0. Torch's equivalent: ``torch.optim.lr_scheduler.ConstantLR(factor=1)``.
    """

    lr: Positive
    group: ClassVar[str] = "field"
    latex: ClassVar[str] = r"\eta_n = \eta_0"
    symbols: ClassVar = {"lr": r"\eta_0"}
    example: ClassVar = {"lr": 0.1}

    def rate(self, n: Floats) -> Floats:
        return np.full_like(n, self.lr)

    def torch_equivalent(self) -> tuple[str, dict[str, Any]]:
        return "ConstantLR", {"factor": 1.0}


@dataclass(frozen=True)
class StepDecay(Schedule):
    r"""The lecture's *step-based schedule*: multiply by ``decay`` once every ``every`` steps.

    .. math:: \eta_n = \eta_0\, d^{\lfloor (1+n)/r \rfloor}

    ``lr``: initial learning rate :math:`\eta_0`, > 0. ``decay``: the factor *d*, in (0, 1].
    ``every``: the iteration step *r*, a whole number of steps >= 1.

    The ``1 + n`` makes it drop **one step before** torch's ``StepLR`` (:class:`~lrlab.schedules.Step`): first
    at ``n = every - 1``. With ``every=1`` even step 0 is already decayed. Source: lecture, slide "Learning
    Rate Decay Methods". Torch has no such class; its equivalent is a ``LambdaLR`` with this formula.
    """

    lr: Positive
    _: KW_ONLY
    decay: Fraction
    every: Count
    group: ClassVar[str] = "lecture"
    latex: ClassVar[str] = r"\eta_n = \eta_0\, d^{\left\lfloor \frac{1+n}{r} \right\rfloor}"
    symbols: ClassVar = {"lr": r"\eta_0", "decay": "d", "every": "r"}
    example: ClassVar = {"lr": 0.1, "decay": 0.5, "every": 7}

    def rate(self, n: Floats) -> Floats:
        return self.lr * power(self.decay, np.floor((1 + n) / self.every))

    def torch_equivalent(self) -> tuple[str, dict[str, Any]]:
        return "LambdaLR", {"lr_lambda": lambda n: self.decay ** ((1 + n) // self.every)}


@dataclass(frozen=True)
class TimeDecay(Schedule):
    r"""The lecture's *time-based schedule*, the recurrence as it is written there.

    .. math:: \eta_{n+1} = \frac{\eta_n}{1 + d\,n}

    ``lr``: initial learning rate :math:`\eta_0`, > 0. ``decay``: *d*, >= 0.

    Each step divides what the step before left, so this falls faster than any exponential:
    :math:`\eta_n = \eta_0 / \prod_{k<n} (1 + dk)`. It is **not** the well-known
    :math:`\eta_0/(1+dn)`, which is :class:`InverseTimeDecay`. Steps 0 and 1 both use :math:`\eta_0`, since the
    first division is by 1. A step between two whole ones has the rate of the earlier. Source: lecture, slide
    "Learning Rate Decay Methods". Torch's equivalent: ``MultiplicativeLR``, whose factor is first asked for at 1, so
    the lambda is ``1 / (1 + d * (n - 1))``.
    """

    lr: Positive
    _: KW_ONLY
    decay: NonNegative
    group: ClassVar[str] = "lecture"
    latex: ClassVar[str] = r"\eta_{n+1} = \frac{\eta_n}{1 + d\,n}"
    symbols: ClassVar = {"lr": r"\eta_0", "decay": "d"}
    example: ClassVar = {"lr": 0.1, "decay": 0.01}

    def rate(self, n: Floats) -> Floats:
        if self.decay == 0:
            return np.full_like(n, self.lr)
        n = np.floor(n)
        near = np.minimum(n, _RECURRENCE_STEPS)
        divisors = 1 + self.decay * np.arange(near.max(initial=0))
        rates = np.divide.accumulate(np.concatenate(([self.lr], divisors)))
        result = rates[near.astype(np.intp)]
        far = n > near
        if far.any():
            result = np.where(far, self._far(n), result)
        return result

    def _far(self, n: Floats) -> Floats:
        r"""Return the product by Euler and Maclaurin, so that a far step costs neither time nor memory.

        Past a million steps, and before the rate underflows, *d* is so small that the first two terms of
        :math:`\sum_{k<n} \ln(1 + dk) = n\left((1 + 1/y)\ln(1+y) - 1\right) - \tfrac{1}{2}\ln(1+y) + …`
        with :math:`y = dn` are exact to rounding.
        """
        with np.errstate(all="ignore"):  # np.where computes both: each branch overflows where the other is taken
            y = np.minimum(self.decay * n, 1e300)  # not inf: inf - inf is no rate
            series = -sum((-y) ** k / (k * (k + 1)) for k in range(1, 12))
            mean = np.where(y < 0.1, series, (1 + 1 / y) * np.log1p(y) - 1)
            return self.lr * np.exp(np.log1p(y) / 2 - n * mean)

    def torch_equivalent(self) -> tuple[str, dict[str, Any]]:
        return "MultiplicativeLR", {"lr_lambda": lambda n: 1 / (1 + self.decay * (n - 1))}


@dataclass(frozen=True)
class InverseTimeDecay(Schedule):
    r"""Inverse-time decay, the closed form that "time-based" usually means elsewhere.

    .. math:: \eta_n = \frac{\eta_0}{1 + d\,n}

    ``lr``: initial learning rate :math:`\eta_0`, > 0. ``decay``: *d*, >= 0. Half of ``lr`` is reached at step
    ``1/d``. The lecture writes a recurrence instead (:class:`TimeDecay`): a different schedule. Source:
    Keras' ``InverseTimeDecay``; "1/t decay" in the CS231n notes, which the lecture cites. Torch's equivalent: a
    ``LambdaLR`` with this formula.
    """

    lr: Positive
    _: KW_ONLY
    decay: NonNegative
    group: ClassVar[str] = "field"
    latex: ClassVar[str] = r"\eta_n = \frac{\eta_0}{1 + d\,n}"
    symbols: ClassVar = {"lr": r"\eta_0", "decay": "d"}
    example: ClassVar = {"lr": 0.1, "decay": 0.02}

    def rate(self, n: Floats) -> Floats:
        return self.lr / (1 + self.decay * n)

    def torch_equivalent(self) -> tuple[str, dict[str, Any]]:
        return "LambdaLR", {"lr_lambda": lambda n: 1 / (1 + self.decay * n)}


@dataclass(frozen=True)
class ExponentialDecay(Schedule):
    r"""The lecture's *exponential schedule*.

    .. math:: \eta_n = \eta_0\, e^{-d n}

    ``lr``: initial learning rate :math:`\eta_0`, > 0. ``decay``: *d*, >= 0. Half of ``lr`` is reached at step
    :math:`\ln 2 / d`. Source: lecture, slide "Learning Rate Methods". The same as torch's ``ExponentialLR`` with
    ``gamma = exp(-d)``, which is torch's equivalent; :class:`~lrlab.schedules.Exponential` takes ``gamma`` itself.
    """

    lr: Positive
    _: KW_ONLY
    decay: NonNegative
    group: ClassVar[str] = "lecture"
    latex: ClassVar[str] = r"\eta_n = \eta_0\, e^{-d n}"
    symbols: ClassVar = {"lr": r"\eta_0", "decay": "d"}
    example: ClassVar = {"lr": 0.1, "decay": 0.02}

    def rate(self, n: Floats) -> Floats:
        return self.lr * np.exp(-self.decay * n)

    def torch_equivalent(self) -> tuple[str, dict[str, Any]]:
        return "ExponentialLR", {"gamma": math.exp(-self.decay)}
