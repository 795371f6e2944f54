"""The cheat sheets: pages of their own, each with a PDF that is one side of A4."""

from __future__ import annotations

import html
import re
import sys
from pathlib import Path
from typing import Any

import yaml

from coursesite import gallery, paper

FILES = {"which_schedule_when": "Which schedule when", "scheduler_traps": "PyTorch scheduler traps"}
PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="../_static/favicon.svg">
<link rel="stylesheet" href="../_static/sheet.css">
</head>
<body>
<main class="{name}">
<header><h1>{title}</h1><p>{lead}</p><p><a href="{name}.pdf">PDF</a></p></header>
{body}
<footer>lrlab, a course on learning rates · CC BY 4.0 <span>· <a href="../index.html">the course</a></span></footer>
</main>
</body>
</html>
"""
# Links to the PDFs: on a sheet, and on the site's page of sheets.
TO_PDF = re.compile(r'<p><a href="\w+\.pdf">PDF</a></p>| \(<a href="sheets/\w+\.pdf">PDF</a>\)')
IN_DOUBT = (
    "If in doubt: a short warm-up, then a cosine or a straight line to zero over all the updates that you can afford."
)
GROUPS = {"field": "Start here, and what the field adds", "torch": "PyTorch's", "lecture": "The lecture's formulas"}


def traps(root: Path) -> list[dict[str, Any]]:
    """Return what docs/traps.yml says of each trap."""
    listed: list[dict[str, Any]] = yaml.safe_load((root / "docs" / "traps.yml").read_text(encoding="utf-8"))
    return listed


def marked_up(text: str) -> str:
    """Return plain text with `code` as HTML."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text, quote=False))


def traps_page(root: Path) -> str:
    """Return the sheet of traps."""
    boxes = "".join(
        f"<section><h2>{marked_up(trap['title'])}</h2>"
        f'<pre class="wrong"><b>wrong</b><code>{html.escape(trap["wrong"].strip())}</code></pre>'
        f'<pre class="right"><b>right</b><code>{html.escape(trap["right"].strip())}</code></pre>'
        f"<p>{marked_up(trap['why'])}</p></section>"
        for trap in traps(root)
    )
    lead = marked_up("The loop is `loss.backward()`, `optimizer.step()`, `scheduler.step()`. PyTorch 2.13.")
    name = "scheduler_traps"
    return PAGE.format(name=name, title=FILES[name], lead=lead, body=f'<div class="grid">{boxes}</div>')


def schedules_page(root: Path) -> str:
    """Return the sheet of schedules, group by group."""
    said = gallery.words(root)
    parts = []
    for group, title in GROUPS.items():
        rows = "".join(
            f"<section>{gallery.picture(gallery.curve(gallery.made(name, said[name])), name)}"
            f"<p><b>{name}</b> {marked_up(said[name]['when'])}</p></section>"
            for name in gallery.names_of(group, said)
        )
        parts.append(f'<h2>{title}</h2><div class="grid">{rows}</div>')
    name = "which_schedule_when"
    return PAGE.format(name=name, title=FILES[name], lead=IN_DOUBT, body="".join(parts))


def build(root: Path, out: Path, browser: str | None) -> None:
    """Write the sheets into ``out``/sheets, and ``browser`` prints them there; without one, no page leads to a PDF."""
    folder = out / "sheets"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "scheduler_traps.html").write_text(traps_page(root), encoding="utf-8")
    (folder / "which_schedule_when.html").write_text(schedules_page(root), encoding="utf-8")
    try:
        if browser:
            for name in FILES:
                page = (folder / f"{name}.html").resolve()
                paper.to_pdf(page.as_uri(), folder / f"{name}.pdf", browser, what="the cheat sheets")
            return
    except RuntimeError as error:
        print(f"The cheat sheets have no PDF: {error}", file=sys.stderr)
    for file in (*folder.glob("*.html"), *out.glob("sheets.html")):
        file.write_text(TO_PDF.sub("", file.read_text(encoding="utf-8")), encoding="utf-8")
