"""What the page of the descent explorer has to know of a landscape beside its formula."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from lrlab._formula import Floats
from lrlab.landscapes import Bowl, Landscape, ManyMinima, Ravine, Ripples, Rosenbrock, ValleyWithWell

KINDS: dict[type[Landscape], tuple[str, str]] = {
    Bowl: ("bowl", "A parabola: what any loss looks like close to a minimum."),
    ValleyWithWell: ("valley with a well", "A wide valley with a deeper, narrower well: a high rate jumps across it."),
    Ripples: ("ripples", "A bowl with ripples: a minimum in each, the deeper ones in the middle."),
    Ravine: ("ravine", "Steep across and flat along: the steep direction says how large the rate may be."),
    Rosenbrock: ("Rosenbrock's valley", "A curved valley with steep walls and an almost flat floor."),
    ManyMinima: ("many minima", "Ripples in two directions: 36 minima, the deeper ones in the middle."),
}
"""For each landscape that the page can draw: its name, and a sentence on it."""


def place(f: Landscape) -> dict[str, Any]:
    """``f`` in plain values: its arguments, where to look and to start, its minima, and what settles there.

    ``limits``: name and rate of each stability limit, 2 / curvature. ``radius``: how near a minimum counts as there.
    """
    label, words = KINDS[type(f)]
    return {
        "label": label,
        "words": words,
        "arguments": asdict(f),
        "code": f"{type(f).__name__}()" if f == type(f)() else repr(f),
        "dim": f.dim,
        "bounds": np.atleast_2d(f.bounds).tolist(),
        "start": np.atleast_1d(f.start).tolist(),
        "minima": f.minima.reshape(-1, f.dim).tolist(),
        "limits": _limits(f),
        "radius": _radius(f),
    }


def _limits(f: Landscape) -> list[list[Any]]:
    if isinstance(f, Bowl):
        return [["2/c", 2 / f.curvature]]
    if isinstance(f, Ravine):
        return [["across", 2 / max(f.steep, f.flat)], ["along", 2 / min(f.steep, f.flat)]]
    sharpest = 2 / _curvature(f, f.minima[0])
    if isinstance(f, ValleyWithWell):
        return [["well", sharpest], ["valley", 2 / f.curvature]]
    if isinstance(f, (Ripples, ManyMinima)):
        return [["ripple", sharpest], ["bowl", 2 / f.curvature]]
    return [["limit", sharpest]]


def _curvature(f: Landscape, x: Floats, nudge: float = 1e-5) -> float:
    """Return the largest curvature at ``x``, from differences of the gradient."""
    steps = np.eye(f.dim) * nudge
    points = np.atleast_1d(x) + np.concatenate([steps, -steps])
    slopes = f.gradient(points[:, 0] if f.dim == 1 else points).reshape(2, f.dim, f.dim)
    hessian = (slopes[0] - slopes[1]) / (2 * nudge)
    return float(np.linalg.eigvalsh((hessian + hessian.T) / 2)[-1])


def _radius(f: Landscape) -> float:
    if isinstance(f, ValleyWithWell):
        return 2 * f.width
    minima = f.minima.reshape(-1, f.dim)
    if len(minima) == 1:
        return float(0.05 * np.ptp(np.atleast_2d(f.bounds), axis=1).max())
    apart = np.linalg.norm(minima[:, None] - minima, axis=-1)
    return float(apart[apart > 0].min() / 4)
