r"""Schedules that hold a function of yours: torch's ``LambdaLR`` and ``MultiplicativeLR``.

The function is asked for one step at a time, and ``attach`` asks it at no step before its turn.
"""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import ClassVar

import numpy as np

from lrlab._formula import Floats
from lrlab._validation import Function, Positive
from lrlab.schedules.base import Schedule, ask, each


def _half_every_ten(n: float) -> float:
    return 0.5 ** (n // 10)


def _less_by_two_per_cent(n: float) -> float:
    return 0.98


@dataclass(frozen=True)
class Lambda(Schedule):
    r"""Torch's ``LambdaLR``: ``lr`` times any function of the step.

    .. math:: \eta_t = \eta_0\, f(t)

    ``lr`` > 0; ``lr_lambda`` *f*, a function of one number, asked for one step at a time (whole steps as
    ``int``); it must answer with a finite factor >= 0, or the call raises ``ValueError``.

    Two are equal if they hold the same function. Only one whose function has a name in a module can be
    pickled: not a ``lambda``. As in torch, a plain function is not saved in a ``state_dict``.
    """

    lr: Positive
    _: KW_ONLY
    lr_lambda: Function
    group: ClassVar[str] = "torch"
    torch_class: ClassVar = ("LambdaLR", "lr_lambda")
    latex: ClassVar[str] = r"\eta_t = \eta_0\, f(t)"
    symbols: ClassVar = {"lr": r"\eta_0"}
    example: ClassVar = {"lr": 0.1, "lr_lambda": _half_every_ten}

    def rate(self, n: Floats) -> Floats:
        return self.lr * each("lr_lambda", self.lr_lambda, n)

    def ahead(self, step: int, wanted: int = 1) -> list[float]:
        return [self.lr * ask("lr_lambda", self.lr_lambda, step)]


@dataclass(frozen=True)
class Multiplicative(Schedule):
    r"""Torch's ``MultiplicativeLR``: each step multiplies the rate by a function of the step.

    .. math:: \eta_t = \eta_0 \prod_{k=1}^{t} f(k)

    ``lr`` > 0; ``lr_lambda`` *f*, as for :class:`Lambda`. It is first asked for at 1: ``f(0)`` is never called, and
    step 0 uses ``lr``. The factors **accumulate**: ``lambda t: 0.95`` is an exponential decay, and a function meant
    for ``LambdaLR`` falls far too fast here. The lecture's time-based recurrence is
    ``lambda n: 1 / (1 + d * (n - 1))`` (:class:`~lrlab.schedules.TimeDecay`).

    A step between two whole ones has the rate of the earlier. The product so far is kept, so following the steps in
    order asks once for each. Equality and pickling as for :class:`Lambda`.
    """

    lr: Positive
    _: KW_ONLY
    lr_lambda: Function
    group: ClassVar[str] = "torch"
    torch_class: ClassVar = ("MultiplicativeLR", "lr_lambda")
    latex: ClassVar[str] = r"\eta_t = \eta_0 \prod_{k=1}^{t} f(k)"
    symbols: ClassVar = {"lr": r"\eta_0"}
    example: ClassVar = {"lr": 0.1, "lr_lambda": _less_by_two_per_cent}

    def __post_init__(self) -> None:
        super().__post_init__()
        vars(self)["_reached"] = (0, self.lr)  # no field: neither compared nor shown

    def rate(self, n: Floats) -> Floats:
        n = np.floor(n)
        first = int(n.min(initial=np.inf)) if n.size else 0
        start, rate = vars(self)["_reached"]
        if start > first:
            start, rate = 0, self.lr
        last = int(n.max(initial=start))
        rates = np.empty(last - start + 1)
        rates[0] = rate
        for k in range(start + 1, last + 1):
            rate *= ask("lr_lambda", self.lr_lambda, k)
            rates[k - start] = rate
        vars(self)["_reached"] = (last, rate)
        return rates[n.astype(np.intp) - start]

    def ahead(self, step: int, wanted: int = 1) -> list[float]:
        reached, rate = vars(self)["_reached"]
        if step != reached + 1:
            return [self(step)]
        rate *= ask("lr_lambda", self.lr_lambda, step)
        vars(self)["_reached"] = (step, rate)
        return [rate]
