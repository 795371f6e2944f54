"""Results as tables: aligned text at a prompt, HTML in a notebook."""

from __future__ import annotations

import html
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from lrlab._formula import Floats


def spread(values: Floats, digits: int) -> str:
    """Return ``"mean ± standard deviation"`` of the seeds' values, ``(seeds,)``; "–" if one of them is NaN.

    One value stands alone: "± 0" would claim that the seed makes no difference.
    """
    if np.isnan(values).any():
        return "–"
    mean = f"{values.mean():.{digits}f}"
    return mean if len(values) == 1 else f"{mean} ± {values.std(ddof=1):.{digits}f}"


@dataclass(frozen=True)
class Table:
    """Rows of cells, the first of them the header, all of one length.

    Args:
        title: a line above; none by default.
        notes: lines below.
        left: the columns that are aligned on the left, counted from 0; by default none, as numbers are on the right.
    """

    rows: Sequence[Sequence[str]]
    title: str = ""
    notes: Sequence[str] = ()
    left: Collection[int] = ()

    def __str__(self) -> str:
        widths = [max(map(len, column)) for column in zip(*self.rows, strict=True)]
        lines = [
            "  ".join(
                f"{cell:{'<' if column in self.left else '>'}{width}}"
                for column, (cell, width) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
            for row in self.rows
        ]
        return "\n".join([*([self.title] if self.title else []), *lines, *self.notes])

    def html(self) -> str:
        """Return it as a ``<table>``, with all texts escaped."""
        head, *body = (self._html_row(row, "td" if number else "th") for number, row in enumerate(self.rows))
        caption = f'<caption style="text-align: left">{html.escape(self.title)}</caption>' if self.title else ""
        notes = "".join(f"<div>{html.escape(note)}</div>" for note in self.notes)
        return f"<table>{caption}<thead>{head}</thead><tbody>{''.join(body)}</tbody></table>{notes}"

    def _html_row(self, row: Sequence[str], kind: str) -> str:
        whole = "; white-space: pre" if kind == "td" else ""  # a header may be a sentence; a number stays in one piece
        sides = ("left" if column in self.left else "right" for column in range(len(row)))
        kinds = (kind if cell else "td" for cell in row)  # a heading has words
        cells = (
            f'<{kind} style="text-align: {side}{whole}">{html.escape(cell)}</{kind}>'
            for kind, cell, side in zip(kinds, row, sides, strict=True)
        )
        return f"<tr>{''.join(cells)}</tr>"


class Tabular:
    """A result that shows itself as its :meth:`table`."""

    def table(self) -> Table:
        raise NotImplementedError(f"{type(self).__name__} must define table()")

    def __repr__(self) -> str:
        return str(self.table())

    def _repr_html_(self) -> str:
        return self.table().html()
