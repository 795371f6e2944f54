r"""Warm-ups from the field, and what follows them. Here *n* counts completed steps from 0."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, replace
from typing import Any, ClassVar

import numpy as np

from lrlab._formula import Floats
from lrlab._validation import COUNT, Count, Positive, Steps, Tail, check
from lrlab.schedules.base import Schedule


@dataclass(frozen=True)
class LinearWarmup(Schedule):
    r"""A straight line up to ``lr``, and then ``lr``.

    .. math:: \eta_n = \eta_0 \min\left(1,\; \frac{n+1}{w}\right)

    ``lr`` > 0; ``warmup`` *w*, a whole number of steps >= 1. Starts at ``lr / warmup``, is at ``lr`` from
    ``n = warmup - 1`` on: the first update already learns, the last of the *w* uses the full rate.
    :func:`~lrlab.schedules.warmup` puts it before any schedule. Source: lecture, slide "Some Tips & Notes!"; Goyal et
    al. 2017. Torch has no such class (:class:`Linear` counts otherwise); its equivalent is a ``LambdaLR``.
    """

    lr: Positive
    _: KW_ONLY
    warmup: Count
    group: ClassVar[str] = "field"
    latex: ClassVar[str] = r"\eta_n = \eta_0 \min\left(1,\; \frac{n+1}{w}\right)"
    symbols: ClassVar = {"lr": r"\eta_0", "warmup": "w"}
    example: ClassVar = {"lr": 0.1, "warmup": 7}

    def rate(self, n: Floats) -> Floats:
        return self.lr * np.minimum(1, (n + 1) / self.warmup)

    def torch_equivalent(self) -> tuple[str, dict[str, Any]]:
        return "LambdaLR", {"lr_lambda": lambda n: min(1.0, (n + 1) / self.warmup)}


@dataclass(frozen=True)
class InverseSquareRoot(Schedule):
    r"""The Transformer's schedule: a linear warm-up, then down with the square root of the step.

    .. math:: \eta_n = \eta_0 \min\left(\frac{n+1}{w},\; \sqrt{\frac{w}{n+1}}\right)

    ``lr``: the highest rate :math:`\eta_0`, > 0, used by update ``n = warmup - 1``. ``warmup`` *w*, a whole
    number of steps >= 1. Starts at ``lr / warmup``; is at half of ``lr`` again at ``n = 4 * warmup - 1``; keeps
    falling, but never to 0.

    The paper's ``step_num`` counts from 1, so it is :math:`n + 1`: the first update already learns. Source:
    Vaswani et al. 2017, "Attention Is All You Need", equation 3, where
    :math:`\eta_0 = (d_\text{model}\, w)^{-1/2}`. Torch has no such class; its equivalent is a ``LambdaLR``.
    """

    lr: Positive
    _: KW_ONLY
    warmup: Count
    group: ClassVar[str] = "field"
    latex: ClassVar[str] = r"\eta_n = \eta_0 \min\left(\frac{n+1}{w},\; \sqrt{\frac{w}{n+1}}\right)"
    symbols: ClassVar = {"lr": r"\eta_0", "warmup": "w"}
    example: ClassVar = {"lr": 0.1, "warmup": 7}

    def rate(self, n: Floats) -> Floats:
        return self.lr * np.minimum((n + 1) / self.warmup, np.sqrt(self.warmup / (n + 1)))

    def torch_equivalent(self) -> tuple[str, dict[str, Any]]:
        w = self.warmup
        return "LambdaLR", {"lr_lambda": lambda n: min((n + 1) / w, (w / (n + 1)) ** 0.5)}


@dataclass(frozen=True)
class WarmupStableDecay(Schedule):
    r"""Warm-up, a long plateau, and a cool-down to zero.

    .. math:: \eta_n = \eta_0 \min\left(1,\; \frac{n+1}{w},\; f\!\left(p\right)\right), \quad
              p = \max\left(0,\, \min\left(1,\; \frac{n-w-s}{d}\right)\right)

    with :math:`f(p) = 1 - p` (``"linear"``), :math:`\tfrac{1}{2} (1 + \cos \pi p)` (``"cosine"``) or
    :math:`1 - \sqrt{p}` (``"sqrt"``).

    ``lr``: the plateau's rate :math:`\eta_0`, > 0. ``warmup`` *w* and ``stable`` *s*, whole numbers of steps
    >= 0; ``decay`` *d*, a whole number of steps >= 1; ``tail``, the shape of the cool-down, default ``"linear"``.
    Starts at ``lr / warmup`` (at ``lr`` without warm-up); is at ``lr`` from ``n = warmup - 1`` to
    ``n = warmup + stable``; is 0 at ``n = warmup + stable + decay``, one past the last useful update, and stays 0.

    The plateau can be made longer without changing the steps before it, which a cosine cannot: :meth:`branch`.
    Sources: Hu et al. 2024 (MiniCPM, who named it), Hägele et al. 2024 (the linear and the 1 - sqrt cool-down). Torch
    has no such class; its equivalent is a ``LambdaLR``.
    """

    lr: Positive
    _: KW_ONLY
    warmup: Steps
    stable: Steps
    decay: Count
    tail: Tail = "linear"
    group: ClassVar[str] = "field"
    latex: ClassVar[str] = (
        r"\eta_n = \eta_0 \min\left(1,\; \frac{n+1}{w},\; f\right),"
        r"\quad f = 1 - p \text{ or } \tfrac{1}{2} (1 + \cos \pi p) \text{ or } 1 - \sqrt{p},"
        r"\quad p = \max\left(0,\, \min\left(1,\; \frac{n-w-s}{d}\right)\right)"
    )
    symbols: ClassVar = {"lr": r"\eta_0", "warmup": "w", "stable": "s", "decay": "d"}
    example: ClassVar = {"lr": 0.1, "warmup": 5, "stable": 20, "decay": 10}

    def rate(self, n: Floats) -> Floats:
        up = (n + 1) / max(self.warmup, 1)  # without warm-up already 1 at n = 0
        done = np.clip((n - self.warmup - self.stable) / self.decay, 0, 1)
        return self.lr * np.minimum(np.minimum(up, 1), _TAILS[self.tail](done))

    def branch(self, updates: int, *, decay: int | None = None) -> WarmupStableDecay:
        """Return the schedule with the same warm-up and plateau whose cool-down ends after ``updates`` updates.

        Its rates are those of every other branch up to its own cool-down, so that one run at the constant rate serves
        many budgets: ``[s.branch(budget) for budget in (1000, 2000, 4000)]``.

        Args:
            updates: the whole budget, warm-up included.
            decay: updates of the cool-down. Default: those of this schedule.

        Raises:
            ValueError: ``updates`` leaves no room for the warm-up and the cool-down.
        """
        decay = self.decay if decay is None else check("decay", COUNT, decay)
        stable = check("updates", COUNT, updates) - self.warmup - decay
        if stable < 0:
            raise ValueError(f"updates must be at least warmup + decay ({self.warmup + decay}), got {updates!r}")
        return replace(self, stable=stable, decay=decay)

    def torch_equivalent(self) -> tuple[str, dict[str, Any]]:
        return "LambdaLR", {"lr_lambda": lambda n: self(n) / self.lr}


# What is left of the plateau's rate when a part from 0 to 1 of the cool-down is done.
_TAILS: dict[str, Callable[[Any], Any]] = {
    "linear": lambda done: 1 - done,
    "cosine": lambda done: (1 + np.cos(np.pi * done)) / 2,
    "sqrt": lambda done: 1 - np.sqrt(done),
}
