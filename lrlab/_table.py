"""Results as tables: aligned text at a prompt, HTML in a notebook, where an interval is a bar under its numbers."""

from __future__ import annotations

import html
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

LONGEST = 10  # rows that stand for many
WIDTH, HEIGHT, EDGE = 96, 8, 3  # of a bar, in pixels; half a dot's room at each end


class Bar(NamedTuple):
    """An interval to draw and its middle; ``zero``: whether the scale includes 0, which then gets a line."""

    low: float
    middle: float
    high: float
    zero: bool = False


class Cell(str):
    """A cell's text, with the bar that HTML draws under it."""

    bar: Bar | None

    def __new__(cls, text: str, bar: Bar | None = None) -> Cell:
        cell = super().__new__(cls, text)
        cell.bar = bar if bar is not None and np.isfinite(bar[:3]).all() else None
        return cell


def spread(values: ArrayLike, digits: int, unit: str = "") -> Cell:
    """Return ``"mean ± standard deviation"`` of the seeds' values, ``(seeds,)``; "–" if one of them is NaN.

    One value has no "±": "± 0" would claim that the seed makes no difference.
    """
    each = np.asarray(values, dtype=float)
    if np.isnan(each).any():
        return Cell("–")
    mean = each.mean()
    deviation = each.std(ddof=1) if len(each) > 1 else 0.0
    more = f" ± {deviation:.{digits}f}" if len(each) > 1 else ""
    return Cell(f"{mean:.{digits}f}{more}{unit}", Bar(mean - deviation, mean, mean + deviation))


def seeds_are(count: int, of: str = "mean ± standard deviation") -> str:
    """Return what the cells of a table hold: ``"5 seeds: mean ± standard deviation"``, or ``"1 seed"``."""
    return f"{count} seeds: {of}" if count > 1 else f"{count} seed"


def shortened(rows: Sequence[Sequence[str]]) -> list[Sequence[str]]:
    """Return ``rows``, or, where they are many, the first and the last of them with a row of "…" between."""
    if len(rows) <= LONGEST:
        return list(rows)
    half = LONGEST // 2
    return [*rows[:half], ["…"] * len(rows[0]), *rows[-half:]]


@dataclass(frozen=True)
class Table:
    """Rows of cells, the first of them the header, all of one length.

    Args:
        title: a line above, or several, the caption in HTML; none by default.
        notes: lines below.
        left: the columns that are aligned on the left, counted from 0; by default none, as numbers are on the right.
        one_scale: whether the bars of all columns have one scale, because all are of one quantity; by default each
            column has its own.
    """

    rows: Sequence[Sequence[str]]
    title: str = ""
    notes: Sequence[str] = ()
    left: Collection[int] = ()
    one_scale: bool = False

    def __str__(self) -> str:
        widths = [max(map(len, column)) for column in zip(*self.rows, strict=True)]
        lines = [
            "  ".join(
                f"{cell!s:{'<' if column in self.left else '>'}{width}}"
                for column, (cell, width) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
            for row in self.rows
        ]
        return "\n".join([*([self.title] if self.title else []), *lines, *self.notes])

    def html(self) -> str:
        """Return it as a ``<table>``, with all texts escaped."""
        columns = [list(filter(None, map(_bar, column))) for column in zip(*self.rows, strict=True)]
        if self.one_scale:
            columns = [[bar for column in columns for bar in column]] * len(columns)
        head, *body = (self._html_row(row, "td" if number else "th", columns) for number, row in enumerate(self.rows))
        caption = (
            f'<caption style="text-align: left; white-space: pre-line">{html.escape(self.title)}</caption>'
            if self.title
            else ""
        )
        notes = "".join(f"<div>{html.escape(note)}</div>" for note in self.notes)
        return f"<table>{caption}<thead>{head}</thead><tbody>{''.join(body)}</tbody></table>{notes}"

    def _html_row(self, row: Sequence[str], kind: str, columns: Sequence[Sequence[Bar]]) -> str:
        whole = "; white-space: pre" if kind == "td" else ""  # a header may be a sentence; a number stays in one piece
        sides = ("left" if column in self.left else "right" for column in range(len(row)))
        kinds = (kind if cell else "td" for cell in row)  # a heading has words
        cells = (
            f'<{kind} style="text-align: {side}{whole}">{html.escape(cell)}{_drawn(_bar(cell), bars, side)}</{kind}>'
            for kind, cell, side, bars in zip(kinds, row, sides, columns, strict=True)
        )
        return f"<tr>{''.join(cells)}</tr>"


def _bar(cell: str) -> Bar | None:
    return cell.bar if isinstance(cell, Cell) else None


def _drawn(bar: Bar | None, others: Sequence[Bar], side: str) -> str:
    """Return a bar as an SVG in the text's colour, on the scale of ``others``; nothing where there is no other."""
    if bar is None or len(others) < 2:
        return ""
    ends = [end for other in others for end in (other.low, other.high)] + [0.0] * bar.zero
    low, high = min(ends), max(ends)
    step = (WIDTH - 2 * EDGE) / (high - low or 1.0)
    left, dot, right, zero = (f"{EDGE + step * (value - low):.1f}" for value in (*bar[:3], 0.0))
    other = "right" if side == "left" else "left"
    line = f'<path d="M{zero} 0V{HEIGHT}" stroke-dasharray="1 1"/>' if bar.zero else ""
    return (
        f'<svg aria-hidden="true" width="{WIDTH}" height="{HEIGHT}" stroke="currentColor" '  # its numbers are the text
        f'style="display: block; margin-{other}: auto; opacity: 0.75">{line}'
        f'<path d="M{left} 4H{right}" stroke-width="2"/><circle cx="{dot}" cy="4" r="2.5" fill="currentColor"/></svg>'
    )


class Tabular:
    """A result that shows itself as its :meth:`table`; one that has a short text of its own shows that at a prompt."""

    def table(self) -> Table:
        raise NotImplementedError(f"{type(self).__name__} must define table()")

    def __repr__(self) -> str:
        return str(self.table())

    def _repr_html_(self) -> str:
        return self.table().html()
