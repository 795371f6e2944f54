"""Random numbers that Python and the page have in common; random.js says how, and is this module's twin."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Use = Literal["weights", "order", "noisy", "labels", "points"]

STREAMS: dict[Use, int] = {"weights": 1, "order": 2, "noisy": 3, "labels": 4, "points": 5}
_WORD = 0xFFFFFFFF


def _pcg(value: ArrayLike) -> NDArray[np.uint64]:
    """Return the hash of 32-bit numbers, held in 64 bits so that products don't overflow."""
    state = (np.asarray(value, dtype=np.uint64) * 747796405 + 2891336453) & _WORD
    word = (((state >> ((state >> 28) + 4)) ^ state) * 277803737) & _WORD
    return np.asarray((word >> 22) ^ word, dtype=np.uint64)


def uniform(seed: int, use: Use, n: ArrayLike) -> NDArray[np.float64]:
    """Return the ``n``-th numbers of a stream, >= 0 and < 1.

    Args:
        seed: its lowest 32 bits count. use: what the numbers are for. n: whole numbers >= 0, in any shape.
    """
    key = _pcg((_pcg(seed & _WORD) + STREAMS[use]) & _WORD)
    return _pcg((key + np.asarray(n, dtype=np.uint64)) & _WORD) / 2.0**32


def shuffled(length: int, seed: int, use: Use, start: int) -> NDArray[np.int64]:
    """Return the whole numbers below ``length`` in random order (Fisher and Yates), by a stream from ``start`` on."""
    order = np.arange(length)
    places = (uniform(seed, use, start + order) * (order + 1)).astype(np.int64)
    for i in range(length - 1, 0, -1):
        j = places[i]
        order[i], order[j] = order[j], order[i]
    return order
