r"""Cycles that own the learning rate and the momentum: torch's ``CyclicLR`` and ``OneCycleLR``.

Here *t* counts completed steps from 0: batches, not epochs. Both take their rates as arguments and replace the
optimizer's. A momentum goes with them, ``momentum(step)``, high where the rate is low; ``attach`` and ``torch``
leave the optimizer's own as it is, unless told ``cycle_momentum=True``.
"""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import ClassVar

import numpy as np

from lrlab._formula import Floats
from lrlab._validation import (
    Anneal,
    Count,
    CyclicMode,
    Momentum,
    OptionalCount,
    OptionalFunction,
    Positive,
    ScaleMode,
    Switch,
    Unit,
)
from lrlab.schedules.base import Schedule, each, power


@dataclass(frozen=True)
class Cyclic(Schedule):
    r"""Torch's ``CyclicLR``: up and down in straight lines between two rates, without end.

    .. math:: \eta_t = \eta_{lo} + (\eta_{hi} - \eta_{lo})\, h_t\, \sigma_t, \quad c = \lfloor 1 + t/S \rfloor

    where *h* rises from 0 to 1 over ``step_size_up`` steps and falls to 0 over ``step_size_down``, *S* is the
    sum of both, and :math:`\sigma` scales the cycle's height: 1 for ``mode="triangular"`` (the default),
    :math:`2^{1-c}` for ``"triangular2"``, :math:`\gamma^t` for ``"exp_range"`` (*t* of the whole training, not of
    the cycle).

    ``base_lr`` :math:`\eta_{lo}` and ``max_lr`` :math:`\eta_{hi}`, > 0; ``step_size_up``, a whole number of steps
    >= 1, default 2000; ``step_size_down``, the same, default None for as many; ``gamma`` > 0, default 1.
    ``scale_fn`` replaces the mode by a function of the cycle, from 1 (``scale_mode="cycle"``, the default) or of
    the step (``"iterations"``), with finite values >= 0. Starts at ``base_lr``, and is there again at every
    multiple of *S*.

    ``momentum(step)`` mirrors the rate, from ``max_momentum`` (default 0.9) down to ``base_momentum`` (0.8), both
    in [0, 1). Torch sets it unless told ``cycle_momentum=False``, as torch's equivalent is by default here: it **turns
    momentum on** even for ``SGD(momentum=0)``. Source: Smith 2017, "Cyclical Learning Rates".
    """

    base_lr: Positive
    max_lr: Positive
    _: KW_ONLY
    step_size_up: Count = 2000
    step_size_down: OptionalCount = None
    mode: CyclicMode = "triangular"
    gamma: Positive = 1.0
    scale_fn: OptionalFunction = None
    scale_mode: ScaleMode = "cycle"
    base_momentum: Momentum = 0.8
    max_momentum: Momentum = 0.9
    group: ClassVar[str] = "torch"
    torch_class: ClassVar = (
        *("CyclicLR", "base_lr", "max_lr", "step_size_up", "step_size_down"),
        *("mode", "gamma", "scale_fn", "scale_mode"),
    )
    latex: ClassVar[str] = (
        r"\eta_t = \eta_{lo} + (\eta_{hi} - \eta_{lo})\, h_t\, \sigma_t,"
        r"\quad \sigma_t \in \{1,\; 2^{1-c},\; \gamma^t\},\quad c = \lfloor 1 + t/S \rfloor"
    )
    symbols: ClassVar = {"base_lr": r"\eta_{lo}", "max_lr": r"\eta_{hi}", "gamma": r"\gamma"}
    lr_arguments: ClassVar = ("base_lr", "max_lr")
    example: ClassVar = {"base_lr": 0.1, "max_lr": 0.3, "step_size_up": 4, "mode": "triangular2"}

    def _height(self, n: Floats) -> Floats:
        up, down = self.step_size_up, self.step_size_down or self.step_size_up
        cycle = 1 + np.floor_divide(n, up + down)
        x = np.fmod(n, up + down) / (up + down)  # how much of the cycle is done: exact at late steps, too
        top = up / (up + down)
        height = np.where(x <= top, x / top, (x - 1) / (top - 1))
        if self.scale_fn is not None:
            return height * each("scale_fn", self.scale_fn, cycle if self.scale_mode == "cycle" else n)
        if self.mode == "triangular2":
            return height * power(2.0, 1 - cycle)
        return height * power(self.gamma, n) if self.mode == "exp_range" else height

    def rate(self, n: Floats) -> Floats:
        return self.base_lr + (self.max_lr - self.base_lr) * self._height(n)

    def momentums(self, n: Floats) -> Floats:
        return self.max_momentum - (self.max_momentum - self.base_momentum) * self._height(n)


@dataclass(frozen=True)
class OneCycle(Schedule):
    r"""Torch's ``OneCycleLR``: once up to ``max_lr``, and down to far below the start.

    .. math:: \eta_t = b + \frac{a - b}{2} \left(1 + \cos \pi p_t\right)

    from rate *a* to rate *b* in each phase, with :math:`p_t` the part of the phase that is done. Two phases:
    ``max_lr / div_factor`` to ``max_lr`` at ``t = pct_start * total_steps - 1``, then down to the end. With
    ``three_phase=True`` it first returns to the start's rate, in as many steps as it rose. With
    ``anneal_strategy="linear"`` the phases are straight: :math:`\eta_t = a + (b - a)\,p_t`.

    ``max_lr`` > 0; ``total_steps``, the training's updates, a whole number >= 1 (``epochs * steps_per_epoch``
    where torch takes these two); ``pct_start`` in [0, 1], default 0.3; ``anneal_strategy`` ``"cos"`` (the default)
    or ``"linear"``; ``div_factor`` > 0, default 25; ``final_div_factor`` > 0, default 1e4. The last update,
    ``t = total_steps - 1``, uses ``max_lr / div_factor / final_div_factor``.

    ``momentum(step)`` goes from ``max_momentum`` (default 0.95) to ``base_momentum`` (0.85), both in [0, 1), where
    the rate rises, and back where it falls; the third phase keeps the maximum.

    Past the end: at ``t = total_steps``, which no update uses, torch's rate **jumps up again** (or, if linear,
    below its end); this stays at the last rate. Beyond, both raise ``ValueError``. Where the first phase has no
    length, ``pct_start * total_steps = 1``, torch divides by zero; this starts at ``max_lr``. Source: Smith and
    Topin 2017, "Super-Convergence"; three phases as in their paper, two as in fastai.
    """

    max_lr: Positive
    _: KW_ONLY
    total_steps: Count
    pct_start: Unit = 0.3
    anneal_strategy: Anneal = "cos"
    three_phase: Switch = False
    div_factor: Positive = 25.0
    final_div_factor: Positive = 1e4
    base_momentum: Momentum = 0.85
    max_momentum: Momentum = 0.95
    group: ClassVar[str] = "torch"
    torch_class: ClassVar = (
        *("OneCycleLR", "max_lr", "total_steps", "pct_start"),
        *("anneal_strategy", "three_phase", "div_factor", "final_div_factor"),
    )
    latex: ClassVar[str] = (
        r"\eta_t = a + (b - a)\, u_t,\quad u_t = \tfrac{1}{2} (1 - \cos \pi p_t) \text{ or } p_t,"
        r"\quad \frac{\eta_{\max}}{f} \to \eta_{\max} \to \frac{\eta_{\max}}{f g}"
    )
    symbols: ClassVar = {"max_lr": r"\eta_{\max}", "div_factor": "f", "final_div_factor": "g"}
    lr_arguments: ClassVar = ("max_lr",)
    example: ClassVar = {"max_lr": 0.1, "total_steps": 100}

    @property
    def length(self) -> int:
        return self.total_steps

    def _along(self, n: Floats, levels: list[float]) -> Floats:
        """From level to level, one phase after the other."""
        if (n > self.total_steps).any():
            raise ValueError(f"step must be <= total_steps ({self.total_steps}), got {n.max():g}")
        n = np.minimum(n, self.total_steps - 1)
        rise = self.pct_start * self.total_steps - 1
        ends = np.array([rise, 2 * rise, self.total_steps - 1] if self.three_phase else [rise, self.total_steps - 1])
        starts, values = np.array([0.0, *ends[:-1]]), np.array(levels)
        # The first phase that has not ended, as in torch: with a pct_start near 0 or 1 the ends are not in order.
        phase = np.full(n.shape, len(ends) - 1)
        for i in reversed(range(len(ends) - 1)):
            phase[n <= ends[i]] = i
        length = (ends - starts)[phase]
        done = np.divide(n - starts[phase], length, out=np.ones_like(n), where=length != 0)
        a, b = values[phase], values[phase + 1]
        if self.anneal_strategy == "linear":
            return a + (b - a) * done
        return b + (a - b) / 2 * (1 + np.cos(np.pi * done))

    def rate(self, n: Floats) -> Floats:
        start = self.max_lr / self.div_factor
        down = [start, start / self.final_div_factor] if self.three_phase else [start / self.final_div_factor]
        return self._along(n, [start, self.max_lr, *down])

    def momentums(self, n: Floats) -> Floats:
        high = [self.max_momentum] * (2 if self.three_phase else 1)
        return self._along(n, [self.max_momentum, self.base_momentum, *high])
