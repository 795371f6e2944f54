"""What a picture shows, in words: for those who can't see it, and for pages where it does not load.

Jupyter keeps such a text in an output's metadata as ``["image/svg+xml"]["alt"]``, or that of another format, where
nbconvert looks for it, and the published course. JupyterLab itself does not read it out: ``describe`` gives it as a
string.
"""

from __future__ import annotations

import re
import sys
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter

from lrlab.plots._weight import lighten

LINES, MARKS = 6, 4  # as many of one picture are told


def describe(picture: Figure | Axes | Any) -> str:
    """Return the picture's axes, lines and marks in a few sentences.

    Args:
        picture: a matplotlib Figure, an Axes, or an array of Axes.

    Raises:
        TypeError: it is something else.
    """
    axes = _axes(picture)
    # Not of use to a reader: colour bars, and what is switched off.
    shown = [ax for ax in axes if ax.get_visible() and ax.get_label() != "<colorbar>"]
    photos = [ax for ax in shown if ax.images and not (ax.get_xlabel() or ax.get_ylabel())]
    plots = [ax for ax in shown if ax.axison and ax not in photos]
    words = []
    if photos:
        titles = [text for ax in photos for text in _photo(ax) if text]
        words.append(f"Images{': ' * bool(titles)}{', '.join(titles)}.")
    for number, ax in enumerate(plots, start=1):
        words.append(f"Panel {number} of {len(plots)}, {_plot(ax)}" if len(plots) > 1 else _sentence(_plot(ax)))
    return " ".join(words) or "An empty picture."


def install(shell: Any = None) -> None:
    """Have IPython put the text into the metadata of each figure that it shows. Without IPython, nothing happens."""
    if shell is None:
        ipython = sys.modules.get("IPython")
        shell = ipython.get_ipython() if ipython is not None else None
    if shell is None or getattr(shell, "display_formatter", None) is None:
        return
    formatter = shell.display_formatter

    def bundle(figure: Figure) -> tuple[dict[str, Any], dict[str, Any]]:
        kinds = [kind for kind in ("image/svg+xml", "image/png") if _shows(formatter.formatters[kind], figure)]
        if not kinds:
            return {}, {}
        if "image/svg+xml" in kinds:
            lighten(figure)
        words = describe(figure)
        # Also for the whole output: a picture for screens with two dots to a pixel brings its size, and that takes the
        # place of the words by the format. nbconvert looks here as well.
        return {}, {**{kind: {"alt": words} for kind in kinds}, "alt": words}

    # Not among the formatters by type: matplotlib's backend takes its own out of these and puts them in again.
    formatter.mimebundle_formatter.for_type(Figure, bundle)


def _shows(formatter: Any, figure: Figure) -> bool:
    try:
        formatter.lookup(figure)
    except KeyError:
        return False
    return True


def _axes(picture: Any) -> list[Axes]:
    if isinstance(picture, Figure):
        return list(picture.axes)
    result = list(np.asarray(picture, dtype=object).ravel())
    if not result or not all(isinstance(ax, Axes) for ax in result):
        raise TypeError(f"picture must be a matplotlib Figure or Axes, got {type(picture).__name__}")
    return result


def _plot(ax: Axes) -> str:
    title = _title(ax)
    over = f"{_axis(ax, 'y')} over {_axis(ax, 'x')}"
    kind = "a field of colours, " if ax.images or _is_field(ax) else ""
    words = f"{title + ': ' if title else ''}{kind}{over}."
    lines = [line for line in ax.get_lines() if line.get_visible() and np.size(line.get_xdata())]
    named = [line for line in lines if _name(line)]
    texts = (_line(line, _name(line), in_the_plane=bool(kind)) for line in named[:LINES])
    described = list(filter(None, texts))
    if len(named) > LINES:
        described.append(f"and {len(named) - LINES} more")
    if described:
        words += f" Lines: {'; '.join(described)}."
    else:
        upright = [f"{np.asarray(line.get_xdata())[0]:.3g}" for line in lines if _is_upright(line)]
        lines = [line for line in lines if not _is_upright(line)]
        first = f"{len(lines)} lines, the first" if len(lines) > 1 else "the line"
        if lines and (text := _line(lines[0], first)):
            words += f" {_sentence(text)}."
        if upright:
            words += f" Upright lines at {', '.join(upright)}."
    if any(isinstance(c, PolyCollection) for c in ax.collections):
        words += " A band shows the spread."
    if marks := _marks(ax):
        words += f" Marked: {', '.join(marks[:MARKS])}{', …' * (len(marks) > MARKS)}."
    return words


def _photo(ax: Axes) -> list[str]:
    label = str(ax.get_label())
    return [label] if label else [_title(ax), *_marks(ax), *_ticks(ax.xaxis)]


def _name(line: Line2D) -> str:
    """Return a line's name in a legend, or what it would be: see ``unlisted``; nothing if matplotlib numbered it."""
    label = str(line.get_label())
    return "" if re.fullmatch(r"_child\d+|_nolegend_", label) else label.removeprefix("_")


def _is_upright(line: Line2D) -> bool:
    """Return whether it is at one x, from the bottom to the top, as ``axvline`` draws it."""
    ax = line.axes
    return ax is not None and not line.get_transform().contains_branch_seperately(ax.transData)[1]


def _ticks(axis: Axis) -> list[str]:
    """Return the tick labels that were set by hand; none if matplotlib chose them."""
    if not (
        isinstance(axis.get_major_locator(), FixedLocator) and isinstance(axis.get_major_formatter(), FuncFormatter)
    ):
        return []
    words = [" ".join(label.get_text().split()) for label in axis.get_ticklabels()]
    return [word for word in words if word]


def _marks(ax: Axes) -> list[str]:
    return [" ".join(text.get_text().split()) for text in ax.texts if text.get_text().strip()]


def _is_field(ax: Axes) -> bool:
    return any(type(c).__name__ in ("QuadMesh", "QuadContourSet", "TriContourSet") for c in ax.collections)


def _title(ax: Axes) -> str:
    return " ".join(" ".join(ax.get_title(loc) for loc in ("left", "center", "right")).split())


def _axis(ax: Axes, which: str) -> str:
    axis = getattr(ax, f"{which}axis")
    low, high = sorted(getattr(ax.dataLim, f"interval{which}"))
    if not np.isfinite([low, high]).all():  # nothing is drawn
        low, high = sorted(getattr(ax, f"get_{which}lim")())
    name = axis.get_label().get_text()
    if ticks := _ticks(axis):
        return f"{name} ({', '.join(ticks)})" if name else ", ".join(ticks)
    name = name or which
    scale = ", on a log scale" if axis.get_scale() == "log" and "log" not in name else ""
    return f"{name} ({low:.3g} to {high:.3g}{scale})"


def _line(line: Line2D, name: str, *, in_the_plane: bool = False) -> str:
    """Where a line starts and ends, and how low and high it goes between; of separate points their range."""
    x, y = (np.asarray(values, dtype=float) for values in line.get_data())
    there = np.isfinite(x) & np.isfinite(y)
    x, y = x[there], y[there]
    if not len(y):
        return ""
    if _is_upright(line):
        return f"{name}, upright at {x[0]:.3g}"
    if in_the_plane and len(y) > 1:
        return f"{name}, from ({x[0]:.3g}, {y[0]:.3g}) to ({x[-1]:.3g}, {y[-1]:.3g})"
    if line.get_linestyle() == "None" and np.ptp(y) > 0:
        return f"{name}, {len(y)} points from {y.min():.3g} to {y.max():.3g}"
    if np.ptp(y) == 0:
        return f"{name}, at {y[0]:.3g}"
    words = f"{name}, from {y[0]:.3g} to {y[-1]:.3g}"
    if y.min() < min(y[0], y[-1]):
        words += f", lowest {y.min():.3g}"
    if y.max() > max(y[0], y[-1]):
        words += f", highest {y.max():.3g}"
    return words


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
