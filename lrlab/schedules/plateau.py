"""Down when the metric stops improving: torch's ``ReduceLROnPlateau`` as a fold over the metrics."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import KW_ONLY, dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import numpy as np

from lrlab._formula import Floats, Formula
from lrlab._validation import Below1, NonNegative, PlateauMode, Positive, Steps, ThresholdMode

if TYPE_CHECKING:
    from torch.optim import Optimizer
    from torch.optim.lr_scheduler import ReduceLROnPlateau


class PlateauState(NamedTuple):
    """All that is remembered between two metrics: the rate to use now, the best metric, and two counts."""

    lr: float
    best: float
    bad: int = 0
    cooldown: int = 0


@dataclass(frozen=True)
class ReduceOnPlateau(Formula):
    r"""Torch's ``ReduceLROnPlateau``: multiply by ``factor`` once the metric has stopped improving.

    .. math:: \eta \leftarrow \max(f\,\eta,\; \eta_{\min}) \quad\text{after more than } p \text{ bad metrics in a row}

    This is no function of the step: the rate depends on what was measured. ``r(metrics)`` is the rate that each epoch
    *used*, shape ``(len(metrics),)``: the first uses ``lr``, each later one what the metrics before it lead to.
    :meth:`states` has every step of the fold, the last one's ``lr`` is the next epoch's; :meth:`update` is one step.

    ``lr`` > 0. ``mode`` ``"min"`` (the default: a loss) or ``"max"`` (an accuracy). ``factor`` *f* in (0, 1), default
    0.1. ``patience`` *p*, how many bad metrics in a row change nothing, a whole number, default 10: the drop comes at
    bad metric ``patience + 1``. A metric is good if it beats the best so far by more than ``threshold`` >= 0, default
    1e-4: ``best * (1 - threshold)`` for ``threshold_mode="rel"`` (the default) and ``"min"``, ``best - threshold`` for
    ``"abs"``, and with a plus for ``"max"``. ``cooldown``: metrics after a drop that are not counted, default 0.
    ``min_lr`` :math:`\eta_{\min}` >= 0, default 0. ``eps``: a drop of no more than this is left out, default 1e-8.

    **A metric that is NaN counts as a bad one**, as in torch: it never is an improvement, and the best stays what it
    was. An equal metric is bad as well (``threshold`` apart). A negative metric with ``"min"`` and ``"rel"`` is a
    trap: below zero, ``best * (1 - threshold)`` lies *above* the best, so a constant seems to improve forever.

    Source: lecture, slide "Learning Rate Decay (torch.optim.lr_scheduler)". The slide's ``verbose=`` is gone from torch
    2.7 on.

    Raises:
        ValueError: an argument that breaks its rule or metrics that are no numbers.
    """

    lr: Positive
    _: KW_ONLY
    mode: PlateauMode = "min"
    factor: Below1 = 0.1
    patience: Steps = 10
    threshold: NonNegative = 1e-4
    threshold_mode: ThresholdMode = "rel"
    cooldown: Steps = 0
    min_lr: NonNegative = 0.0
    eps: NonNegative = 1e-8
    latex: ClassVar[str] = (
        r"\eta \leftarrow \max(f\,\eta,\; \eta_{\min}) \text{ after more than } p \text{ bad metrics}"
    )
    symbols: ClassVar = {"lr": r"\eta_0", "factor": "f", "min_lr": r"\eta_{\min}", "patience": "p"}
    example: ClassVar = {"lr": 0.1, "patience": 2}

    def __call__(self, metrics: Iterable[float]) -> Floats:
        """Return the rate that each epoch used, from the metrics measured at the epochs' ends."""
        return np.array([state.lr for state in self.states(metrics)[:-1]])

    def states(self, metrics: Iterable[float]) -> list[PlateauState]:
        """Return the state before the first metric and after each: ``len(metrics) + 1`` of them."""
        return list(accumulate(metrics, self.update, initial=self.start()))

    def start(self) -> PlateauState:
        """Return the state before any metric."""
        return PlateauState(self.lr, math.inf if self.mode == "min" else -math.inf)

    def update(self, state: PlateauState, metric: float) -> PlateauState:
        """Return the state after one more metric."""
        try:
            metric = float(metric)
        except (TypeError, ValueError):
            raise ValueError(f"metric must be a number, got {metric!r}") from None
        lr, best, bad, cooldown = state
        if self._is_better(metric, best):
            best, bad = metric, 0
        else:
            bad += 1
        if cooldown > 0:
            bad, cooldown = 0, cooldown - 1
        if bad > self.patience:
            lower = max(lr * self.factor, self.min_lr)
            lr = lower if lr - lower > self.eps else lr
            bad, cooldown = 0, self.cooldown
        return PlateauState(lr, best, bad, cooldown)

    def _is_better(self, metric: float, best: float) -> bool:
        sign = 1 if self.mode == "max" else -1
        edge = best * (1 + sign * self.threshold) if self.threshold_mode == "rel" else best + sign * self.threshold
        return metric > edge if self.mode == "max" else metric < edge

    def attach(self, optimizer: Optimizer, *, scale: float | Sequence[float] = 1.0) -> ReduceLROnPlateau:
        """Return a ``ReduceLROnPlateau`` that starts afresh on ``optimizer``: ``scheduler.step(metric)`` after each
        epoch.

        ``scale``, one factor or one for each param group, holds for ``lr`` and ``min_lr``, not for ``eps``. A param
        group that is added later keeps its own rate and is reduced with the others. ``load_state_dict`` sets the rates
        that the groups held when the state was saved: this and the optimizer's state may be loaded in any order.
        """
        from lrlab.torch_scheduler import PlateauLR, build_plateau

        return build_plateau(self, optimizer, scale=scale, kind=PlateauLR)

    def torch(self, optimizer: Optimizer, *, scale: float | Sequence[float] = 1.0) -> ReduceLROnPlateau:
        """Torch's own class, started as :meth:`attach` does.

        To resume it, build it first and load the optimizer's state after it, which alone has the reduced rates.
        """
        from torch.optim.lr_scheduler import ReduceLROnPlateau

        from lrlab.torch_scheduler import build_plateau

        return build_plateau(self, optimizer, scale=scale, kind=ReduceLROnPlateau)
