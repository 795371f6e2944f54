"""What the explorers of results made beforehand share: few enough numbers for the page, goals that can be reached."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lrlab.explorers.shared.traits import OneOf

Floats = NDArray[np.float64]

_LARGEST = 1e30  # far beyond any axis, and a float32 still


class Reachable(OneOf):
    """One of ``names``, or None; and of these only one that the explorer's ``_targets`` can tell when it is reached."""

    def validate(self, obj: Any, value: Any) -> str:
        goal = super().validate(obj, value)
        if goal not in obj._targets:
            there = f" or one of {', '.join(obj._targets)}" if obj._targets else ""
            raise ValueError(f"{self.name} must be None{there} with these results, got {value!r}")
        return goal


def packed(values: ArrayLike) -> str:
    """``values`` as base64 of little-endian float32; axes.js takes it apart."""
    clipped = np.clip(np.asarray(values, dtype=np.float64), -_LARGEST, _LARGEST)  # NaN stays NaN
    return base64.b64encode(clipped.astype("<f4").tobytes()).decode()


def listed(values: ArrayLike) -> list[float | None]:
    """``values`` as a list, with None for those that are not finite, which JSON does not know."""
    return [value if np.isfinite(value) else None for value in np.asarray(values, dtype=np.float64).tolist()]


def thinned(length: int, most: int) -> NDArray[np.int64]:
    """Which of ``length`` places to keep: all, or ``most`` of them, evenly, both ends included."""
    return np.unique(np.linspace(0, length - 1, min(length, most)).round().astype(np.int64))


def running_mean(values: Floats, window: int) -> Floats:
    """The mean of each value and the up to ``window - 1`` before it, along the last axis."""
    # Window by window: differences of running sums would lose all digits behind the spikes of a rate that is too high.
    padded = np.concatenate([np.zeros((*values.shape[:-1], window - 1)), values], axis=-1)
    counts = np.minimum(np.arange(1, values.shape[-1] + 1), window)
    means: Floats = np.lib.stride_tricks.sliding_window_view(padded, window, axis=-1).sum(axis=-1) / counts
    return means
