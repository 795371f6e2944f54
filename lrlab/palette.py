"""Colours of plots and explorers, Okabe and Ito's, and which of them a label gets: the same one in every picture.

A look has a number: 0 is blue, 1 vermilion, 2 green, 3 purple, 4 orange, 5 grey, 6 sky blue (which explorers draw as
blue with dashes of its own). Each comes with dashes, so that lines can be told apart without colours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

MIDDLE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#C48500", "#808080", "#3E9BD3")
"""For lines that are seen on light and on dark pages alike, by look; orange and sky blue are darkened for that."""

INK = "#767676"
"""For words on light and on dark pages: a contrast of 4.5 to 1 with white, and of 4.2 to 1 with JupyterLab's dark."""

LIGHT = {
    "blue": "#0072b2",
    "vermilion": "#c25500",
    "purple": "#b0578a",
    "green": "#00835f",
    "orange": "#9a6700",
    "neutral": "#757575",
}
"""In explorers on light pages, dark enough for words, by the name that the style sheets use: ``var(--blue)``."""

DARK = {
    "blue": "#56b4e9",
    "vermilion": "#f0803c",
    "purple": "#e29ac4",
    "green": "#2bc299",
    "orange": "#e6b422",
    "neutral": "#b0b0b0",
}
"""On dark pages."""


KINDS: tuple[dict[str, int], ...] = (
    {
        "constant|plateau": 5,
        "cosine": 0,
        "step": 1,
        "exponential": 2,
        "one.?cycle": 3,
        "inverse|closed form": 3,
        "time": 4,
        "linear": 4,
    },
    {"adamw?": 0, "sgd": 1, "rmsprop": 2, "adagrad": 3, "adadelta": 4, "momentum": 5},
)
"""Schedules, then optimizers, by patterns of their labels."""


def looks(labels: Iterable[str]) -> list[int]:
    """Return the number of each label's look: that of its kind of schedule, else of its optimizer, else a free one.

    ``"constant 0.1"`` is grey in every picture, and ``"Adam, cosine"`` blue. If two labels of a picture want the same
    one, it goes to the first. Text in brackets does not count: ``Triangular(step_size_up=10)`` is no step decay.
    """
    labels = list(labels)
    chosen: dict[int, int] = {}  # label → look
    for number, label in enumerate(labels):
        wished = (_of(kind, label) for kind in KINDS)
        free = [look for look in wished if look is not None and look not in chosen.values()]
        if free:
            chosen[number] = free[0]
    left = (look for look in range(len(labels) + len(MIDDLE)) if look not in chosen.values())
    return [chosen[number] if number in chosen else next(left) for number in range(len(labels))]


def look(schedule: str) -> int | None:
    """Return the number of the look that a kind of schedule has, by its name; None for one that has none of its own."""
    return _of(KINDS[0], schedule)


def _of(kind: dict[str, int], label: str) -> int | None:
    words = label.partition("(")[0].lower()
    return next((look for pattern, look in kind.items() if re.search(pattern, words)), None)


def variables() -> str:
    """Return the colours as CSS variables of an explorer, by the theme of the page around it."""

    def block(selector: str, colors: dict[str, str]) -> str:
        return f"{selector} {{ {' '.join(f'--{name}: {color};' for name, color in colors.items())} }}\n"

    return block(".lrlab-explorer", LIGHT) + block('body[data-jp-theme-light="false"] .lrlab-explorer', DARK)
