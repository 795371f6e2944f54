"""The explorers' colours, for the page's style sheet and for the still pictures: Okabe and Ito's, dark enough for text.

:mod:`lrlab.plots` has the originals, whose orange and purple are too light for words on white.
"""

from __future__ import annotations

LIGHT = {
    "blue": "#0072b2",
    "vermilion": "#c25500",
    "purple": "#b0578a",
    "green": "#00835f",
    "orange": "#9a6700",
    "neutral": "#757575",
}
"""On light pages, by the name that the style sheets use: ``var(--blue)``."""

DARK = {
    "blue": "#56b4e9",
    "vermilion": "#f0803c",
    "purple": "#e29ac4",
    "green": "#2bc299",
    "orange": "#e6b422",
    "neutral": "#b0b0b0",
}
"""On dark pages."""


def variables() -> str:
    """Return the colours as CSS variables of an explorer, by the theme of the page around it."""

    def block(selector: str, colors: dict[str, str]) -> str:
        return f"{selector} {{ {' '.join(f'--{name}: {color};' for name, color in colors.items())} }}\n"

    return block(".lrlab-explorer", LIGHT) + block('body[data-jp-theme-light="false"] .lrlab-explorer', DARK)
