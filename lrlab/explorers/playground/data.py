"""What the playground trains on; data.js is this module's twin."""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lrlab._formula import Floats
from lrlab.explorers.playground.generator import uniform

TRAIN = 1437  # of the digits, as in lrlab.data
POINTS = {"train": 400, "val": 200}
SCATTER = 0.08


@dataclass(frozen=True, eq=False)
class Rows:
    """A data set: the first ``train`` rows are to learn from, the others to validate with."""

    values: Floats
    labels: NDArray[np.int64]
    train: int
    classes: int


def _digits() -> Rows:
    text = (Path(__file__).parent / "digits.js").read_text(encoding="utf-8")
    pixels, labels = re.findall(r'"([^"]+)"', text)
    packed = np.frombuffer(zlib.decompress(base64.b64decode(pixels), -zlib.MAX_WBITS), dtype=np.uint8).reshape(
        len(labels), 32
    )
    levels = np.stack([packed >> 4, packed & 15], axis=-1).reshape(len(labels), 64)
    return Rows(levels / 15, np.array([int(label) for label in labels]), TRAIN, 10)


def _points(at: Callable[[Floats, Floats], tuple[Floats, Floats]]) -> Rows:
    many = sum(POINTS.values())
    labels = np.arange(many) % 2
    t, *shifts = uniform(0, "points", 5 * np.arange(many) + np.arange(5)[:, None])
    x, y = at(labels.astype(np.float64), t)
    x, y = x + SCATTER * (shifts[0] + shifts[1] - 1), y + SCATTER * (shifts[2] + shifts[3] - 1)
    return Rows(np.stack([x, y], axis=-1), labels, POINTS["train"], 2)


def _spirals() -> Rows:
    def at(c: Floats, t: Floats) -> tuple[Floats, Floats]:
        angle, radius = 2 * np.pi * t + np.pi * c, 0.15 + 0.85 * t
        return radius * np.cos(angle), radius * np.sin(angle)

    return _points(at)


def _rings() -> Rows:
    def at(c: Floats, t: Floats) -> tuple[Floats, Floats]:
        radius = 0.35 + 0.5 * c
        return radius * np.cos(2 * np.pi * t), radius * np.sin(2 * np.pi * t)

    return _points(at)


_SETS = {"digits": _digits, "spirals": _spirals, "rings": _rings}
DATA = tuple(_SETS)


@cache
def rows(name: str) -> Rows:
    """Return the data set ``name``, one of :data:`DATA`."""
    return _SETS[name]()


def noisy_labels(data: Rows, noise: float, seed: int) -> NDArray[np.int64]:
    """Return the labels of a run: a share ``noise`` of those for training is wrong, which ones is up to ``seed``."""
    n = np.arange(data.train)
    other = data.labels[: data.train] + 1 + np.floor(uniform(seed, "labels", n) * (data.classes - 1)).astype(np.int64)
    labels = data.labels.copy()
    labels[: data.train] = np.where(uniform(seed, "noisy", n) < noise, other % data.classes, labels[: data.train])
    return labels
