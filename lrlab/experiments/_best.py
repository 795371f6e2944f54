"""The best rates of a grid, and its rows in a table."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from lrlab._formula import Floats


def best_rates(lrs: Floats, values: Floats) -> Floats:
    """Return the rate with the lowest of ``values``, ``(rows, rates, …)``, in each row; NaN where all are NaN."""
    lowest = lrs[np.where(np.isnan(values), np.inf, values).argmin(axis=1)]
    return np.where(np.isnan(values).all(axis=1), np.nan, lowest)


def starred(lrs: Floats, losses: Iterable[float], best: float) -> list[str]:
    """Return the cells of one row: the loss at each rate, "–" for NaN, the one at the rate ``best`` with a star."""
    return [
        "–" if np.isnan(loss) else f"{loss:.3f}{'*' if lr == best else ' '}"
        for lr, loss in zip(lrs, losses, strict=True)
    ]
