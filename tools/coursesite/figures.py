"""Pictures among the outputs: each becomes a file and an ``<img>`` with the words that its output brings for it.

MyST-NB drops these words, which lie where nbconvert looks for them: in the output's metadata, by the picture's format
or, where that has none, by themselves.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
from pathlib import Path

from nbformat import NotebookNode

STILL = "image/svg+xml"
FORMATS = {STILL: ".svg", "image/png": ".png", "image/jpeg": ".jpg"}  # the best one first
POINTS = re.compile(r'(?s).*?<svg [^>]*?\bwidth="(?P<width>[\d.]+)pt" height="(?P<height>[\d.]+)pt"')
UNSAID = "a picture, drawn by the code above"


def publish(notebook: NotebookNode, static: Path, up: str) -> None:
    """Make every picture of ``notebook`` a file in ``static``; ``up`` leads from the page to the site's top."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if any(kind in output.get("data", {}) for kind in FORMATS) and "text/html" not in output.data:
                output["data"] = {"text/html": picture(output, static, up)}


def picture(output: NotebookNode, static: Path, up: str, *, name: str = "lrlab-figure") -> str:
    """Return the ``<img>`` of an output's picture, which it writes into ``static``; ``name`` is its CSS class."""
    kind = next(kind for kind in FORMATS if kind in output.data)
    content, all_known = output.data[kind], output.get("metadata", {})
    known = all_known.get(kind, {})
    data = content.encode("utf-8") if kind == STILL else base64.b64decode(content)
    file = static / "figures" / f"{digest(data)}{FORMATS[kind]}"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    # The size that JupyterLab shows it at. With it the page does not jump when the picture arrives.
    sides = {side: int(known[side]) for side in ("width", "height") if side in known}
    if kind == STILL and (points := POINTS.match(content)):
        sides = {side: round(float(number) * 4 / 3) for side, number in points.groupdict().items()}  # 96 pixels an inch
    size = "".join(f' {side}="{pixels}"' for side, pixels in sides.items())
    alt = html.escape(" ".join(str(known.get("alt") or all_known.get("alt") or UNSAID).split()))
    return f'<img class="{name}" src="{up}_static/figures/{file.name}" alt="{alt}"{size} loading="lazy">'


def digest(data: bytes) -> str:
    """Return a name for ``data``."""
    return hashlib.sha256(data).hexdigest()[:10]
