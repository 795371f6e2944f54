"""What a check shows in a notebook: wrong calls first, a picture of a wrong curve, and right ones folded."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from lrlab.checks import picture, render
from lrlab.checks.compare import Verdict

if TYPE_CHECKING:
    from lrlab.checks.exercise import Exercise

# Colours that are seen on a light ground and on a dark one, as lines and marks; texts have the colour of the page.
RIGHT, WRONG = "#2e8b57", picture.MINE
CELL = 'style="text-align: left; padding: 2px 12px 2px 0; vertical-align: top"'
CODE = "font-family: var(--jp-code-font-family, monospace); font-size: var(--jp-code-font-size, 13px)"


def page(exercise: Exercise, verdicts: Sequence[Verdict], notes: Sequence[str]) -> str:
    """Return the HTML of a check's result on the public cases, with ``notes`` as lines below."""
    wrong = [verdict for verdict in verdicts if not verdict.right]
    right = [verdict for verdict in verdicts if verdict.right]
    cases = f"{len(right)} case" + "s" * (len(right) != 1)
    below = "".join(f'<div style="{CODE}">{html.escape(note)}</div>' for note in notes)
    folded = f"<details><summary>%s</summary>{_table(exercise, right)}</details>" if right else ""
    if not wrong:
        verdict = f'<b style="border-left: 4px solid {RIGHT}; padding-left: 8px">✓ All {len(right)} cases right.</b>'
        return f"<div>{verdict}{folded % 'your values beside the correct ones'}{below}</div>"
    found = next(filter(None, (picture.curve(exercise, verdict) for verdict in wrong)), None)
    drawn = _figure(found) if found else ""
    are = f"{cases} {'is' if len(right) == 1 else 'are'} right" if right else ""
    return f"<div>{drawn}{_table(exercise, wrong)}{folded and folded % are}{below}</div>"


def _figure(found: picture.Curve) -> str:
    mine, wanted = (
        '<span style="white-space: nowrap">'
        '<svg aria-hidden="true" width="28" height="8" style="vertical-align: middle">'
        f'<path d="M0 4H28" stroke="{color}" stroke-width="2" {dashes}/></svg> {words}</span>'
        for color, dashes, words in (
            (picture.MINE, "", "your values"),
            ("currentColor", 'stroke-dasharray="5 4"', "the correct ones"),
        )
    )
    call = f'<code style="overflow-wrap: anywhere">{html.escape(found.call)}</code>'
    log = " &nbsp; (logarithmic axis)" if found.is_log else ""
    return f'<div style="margin: 4px 0">{call}</div>{picture.svg(found)}<div>{mine} &nbsp; {wanted}{log}</div>'


def _table(exercise: Exercise, verdicts: Sequence[Verdict]) -> str:
    head = "".join(f'<th scope="col" {CELL}>{words}</th>' for words in (*render.HEAD[:3], "result"))
    rows = "".join(map(_row, render.rows_of(exercise, verdicts)))
    table = f'<table style="{CODE}; margin: 4px 0"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
    return f'<div style="overflow-x: auto">{table}</div>'


def _row(row: render.Row | str) -> str:
    if isinstance(row, str):
        return f'<tr><td colspan="4" {CELL}>{_text(row)}</td></tr>'
    call, *values, mark = row
    color = {render.RIGHT: RIGHT, render.WRONG: WRONG}.get(mark, "transparent")
    cells = "".join(f"<td {CELL}>{_text(text)}</td>" for text in (call, *values))
    style = f"border-left: 3px solid {color}; padding-left: 6px; white-space: nowrap"
    return f'<tr>{cells}<td {CELL}><span style="{style}">{mark}</span></td></tr>'


def _text(text: str) -> str:
    """Escaped, with the spaces at its beginning, which say what belongs to the call above."""
    start = len(text) - len(text.lstrip(" "))
    return "&nbsp;" * start + html.escape(text[start:])


def show(page: str, text: str, *, below: bool) -> None:
    """Show ``page`` in the notebook's cell; where no HTML is shown, ``text``.

    Args:
        page: from :func:`page`.
        text: the same in plain text.
        below: whether below the error that the cell is about to raise, so that the verdict is read first.
    """
    shell = render.notebook()

    def now(*_: Any) -> None:
        if below:
            shell.events.unregister("post_run_cell", now)
        shell.display_pub.publish({"text/plain": text, "text/html": page})

    if below:
        shell.events.register("post_run_cell", now)
    else:
        now()
