r"""Cosine annealing: torch's single one, the one with warm restarts (SGDR), and that of snapshot ensembles.

Here *t* counts completed steps from 0, and :math:`\eta_0` is ``lr``: the rate that torch takes from the optimizer.
"""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar

import numpy as np

from lrlab._formula import Floats
from lrlab._validation import Count, NonNegative, Positive
from lrlab.schedules.base import Schedule


def _half_wave(high: float, low: float, done: Floats) -> Floats:
    """From ``high`` where ``done`` is 0 down to ``low`` where it is 1, along a cosine."""
    return low + (high - low) * (1 + np.cos(np.pi * done)) / 2


@dataclass(frozen=True)
class Cosine(Schedule):
    r"""Torch's ``CosineAnnealingLR``: half a cosine wave from ``lr`` down to ``eta_min``, and up again.

    .. math:: \eta_t = \eta_{\min} + \frac{\eta_0 - \eta_{\min}}{2} \left(1 + \cos \frac{\pi t}{T}\right)

    ``lr`` > 0; ``T_max`` *T*, a whole number of steps >= 1; ``eta_min`` :math:`\eta_{\min}` >= 0, default 0.
    Starts at ``lr`` and is at ``eta_min`` at ``t = T_max``, one past the last of ``T_max`` updates: with
    ``T_max=10`` the tenth update still uses 0.0245 of ``lr``.

    There is no restart. As in torch, **the rate rises again after** ``T_max``, to ``lr`` at ``2 * T_max``.
    Source: Loshchilov and Hutter 2017 (SGDR), without the restarts.
    """

    lr: Positive
    _: KW_ONLY
    T_max: Count
    eta_min: NonNegative = 0.0
    group: ClassVar[str] = "torch"
    torch_class: ClassVar = ("CosineAnnealingLR", "T_max", "eta_min")
    latex: ClassVar[str] = (
        r"\eta_t = \eta_{\min} + \frac{\eta_0 - \eta_{\min}}{2} \left(1 + \cos \frac{\pi t}{T}\right)"
    )
    symbols: ClassVar = {"lr": r"\eta_0", "T_max": "T", "eta_min": r"\eta_{\min}"}
    lr_arguments: ClassVar = ("eta_min",)
    example: ClassVar = {"lr": 0.1, "T_max": 40, "eta_min": 0.01}

    def rate(self, n: Floats) -> Floats:
        n = np.fmod(n, 2 * self.T_max)  # exact, where the cosine of a large number is not
        return _half_wave(self.lr, self.eta_min, n / self.T_max)


@dataclass(frozen=True)
class CosineWarmRestarts(Schedule):
    r"""Torch's ``CosineAnnealingWarmRestarts``: cosine cycles, each ``T_mult`` times as long as the one before.

    .. math:: \eta_t = \eta_{\min} + \frac{\eta_0 - \eta_{\min}}{2}
              \left(1 + \cos \frac{\pi (t - S_i)}{T_i}\right), \quad T_i = T_0 m^i,\; S_i = \sum_{k<i} T_k

    where *i* is the last cycle that starts at or before *t*. ``lr`` > 0; ``T_0``, the first cycle's length, and
    ``T_mult`` *m*, default 1, whole numbers >= 1; ``eta_min`` >= 0, default 0. Starts at ``lr``, and again at
    each :math:`S_i`, without end; at whole steps it never reaches ``eta_min``.

    Fractional steps are welcome: count epochs and call it with ``epoch + i / len(loader)``, as one does with
    torch's ``step(epoch + i / iters)``. There torch finds the cycle by a logarithm, and misses exact starts:
    ``(T_0, T_mult)`` of (10, 3) at 1210, (7, 3) at 847 or (5, 10) at 555. The starts here are whole numbers.
    Source: Loshchilov and Hutter 2017 (SGDR).
    """

    lr: Positive
    _: KW_ONLY
    T_0: Count
    T_mult: Count = 1
    eta_min: NonNegative = 0.0
    group: ClassVar[str] = "torch"
    torch_class: ClassVar = ("CosineAnnealingWarmRestarts", "T_0", "T_mult", "eta_min")
    latex: ClassVar[str] = (
        r"\eta_t = \eta_{\min} + \frac{\eta_0 - \eta_{\min}}{2} \left(1 + \cos \frac{\pi (t - S_i)}{T_i}\right),"
        r"\quad T_i = T_0 m^i,\; S_i = \sum_{k<i} T_k"
    )
    symbols: ClassVar = {"lr": r"\eta_0", "T_0": "T_0", "T_mult": "m", "eta_min": r"\eta_{\min}"}
    lr_arguments: ClassVar = ("eta_min",)
    example: ClassVar = {"lr": 0.1, "T_0": 5, "T_mult": 2}

    def rate(self, n: Floats) -> Floats:
        if self.T_mult == 1:
            done = np.fmod(n, self.T_0) / self.T_0
        else:
            starts, lengths = [0], [self.T_0]
            while starts[-1] + lengths[-1] <= n.max(initial=0):
                starts.append(starts[-1] + lengths[-1])
                lengths.append(lengths[-1] * self.T_mult)
            begin, length = np.array(starts, dtype=float), np.array(lengths, dtype=float)
            i = np.searchsorted(begin, n, side="right") - 1
            done = (n - begin[i]) / length[i]
        return _half_wave(self.lr, self.eta_min, done)


@dataclass(frozen=True)
class SnapshotCosine(Schedule):
    r"""The schedule of snapshot ensembles: ``cycles`` cosine cycles of equal length over ``updates`` steps.

    .. math:: \eta_n = \frac{\eta_0}{2} \left(1 + \cos \frac{\pi\, (n \bmod C)}{C}\right),
              \quad C = \left\lceil T / M \right\rceil

    ``lr`` > 0; ``updates`` *T*, all optimizer updates of the training run, and ``cycles`` *M*, the number of snapshots:
    whole numbers >= 1, ``cycles <= updates``. Starts at ``lr`` and restarts there after every *C* updates,
    beyond ``updates`` too. The paper's *t* counts from 1, so its :math:`t - 1` is *n*.

    :attr:`ends` says when to take the snapshots. Where ``cycles`` does not divide ``updates``, *C* is rounded
    up, so the last cycle is cut short, above its minimum: 20 updates in 3 cycles are 7, 7 and 6. Few updates
    can leave no room at all: 10 in 6 cycles are 5 cycles of 2. Choose ``updates`` as a multiple of ``cycles``.

    Source: Huang et al. 2017, "Snapshot Ensembles", equation 2. The same, exactly, as
    :class:`CosineWarmRestarts` with ``T_0=C``, and has the same equivalent in torch.
    """

    lr: Positive
    _: KW_ONLY
    updates: Count
    cycles: Count
    group: ClassVar[str] = "field"
    latex: ClassVar[str] = (
        r"\eta_n = \frac{\eta_0}{2} \left(1 + \cos \frac{\pi\, (n \bmod C)}{C}\right),"
        r"\quad C = \left\lceil T / M \right\rceil"
    )
    symbols: ClassVar = {"lr": r"\eta_0", "updates": "T", "cycles": "M"}
    example: ClassVar = {"lr": 0.1, "updates": 100, "cycles": 3}

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.cycles > self.updates:
            raise ValueError(f"cycles must be a whole number <= updates ({self.updates}), got {self.cycles!r}")

    @property
    def cycle_length(self) -> int:
        """The updates *C* of a full cycle."""
        return -(-self.updates // self.cycles)

    @property
    def ends(self) -> tuple[int, ...]:
        """The completed updates after which to take a snapshot, the last being ``updates``."""
        return (*range(self.cycle_length, self.updates, self.cycle_length), self.updates)

    def rate(self, n: Floats) -> Floats:
        return _half_wave(self.lr, 0.0, np.fmod(n, self.cycle_length) / self.cycle_length)

    def torch_equivalent(self) -> tuple[str, dict[str, Any]]:
        return "CosineAnnealingWarmRestarts", {"T_0": self.cycle_length}
