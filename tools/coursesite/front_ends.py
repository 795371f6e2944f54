"""The front ends of the explorers as files of the site: what several kinds have in common is in one of them.

docs/site/_static/mount.js reads them. They are classic scripts that hand over text: a module of its own could not be
imported by a page that was opened from a folder (``file:``), and a course on a memory stick is one.
"""

from __future__ import annotations

import base64
import json
import re
import zlib
from functools import cache
from pathlib import Path

from coursesite.figures import digest
from lrlab.explorers.shared import assets

DEFLATED = re.compile(r'^const text = "([^"]*)";$', re.MULTILINE)  # in what assets.deflated writes
STYLE = "style.css"


def packed(text: str) -> str:
    """Return ``text`` deflated, in base 85, as mount.js unpacks it. Nothing in it may end a string or an element."""
    return base64.b85encode(zlib.compress(text.encode("utf-8"), 9)).decode("ascii").replace("<", ",")


def unpacked(text: str) -> str:
    """Return what ``packed`` has packed."""
    return zlib.decompress(base64.b85decode(text.replace(",", "<"))).decode("utf-8")


def read(file: Path) -> dict[str, str]:
    """Return the parts of a file that ``write`` has written."""
    text = file.read_text(encoding="utf-8").removeprefix("lrlabExplorer(").removesuffix(");\n")
    parts: dict[str, str] = json.loads(unpacked(json.loads(text)[1]))
    return parts


@cache
def common() -> dict[str, str]:
    """Return what explorers share, by the names of its files, as it is in the script and the style sheet of each."""
    scripts = sorted((assets.HERE / "shared").glob("*.js"))
    texts = {path.name: assets.slim(assets.IMPORT.sub("", path.read_text(encoding="utf-8"))) for path in scripts}
    return {STYLE: assets.bundle_css(f"shared/{STYLE}"), **{name: text.strip("\n") for name, text in texts.items()}}


def parted(text: str) -> str:
    """Return ``text`` with ``/*@NAME*/`` in place of each file that explorers share."""
    for name, shared in common().items():
        text = text.replace(shared, f"/*@{name}*/")
    return text


def write(kind: str, esm: str, css: str, static: Path) -> tuple[str, str]:
    """Write the front end of ``kind`` where the page finds it; return the names of its file and of the shared one."""
    deflated = DEFLATED.search(esm)
    script = zlib.decompressobj().decompress(base64.b85decode(deflated[1])).decode("utf-8") if deflated else esm
    own = {"script": parted(script), "style": parted(css)}
    return _file(kind, own, static), _file("shared", common(), static)


def _file(kind: str, parts: dict[str, str], static: Path) -> str:
    text = json.dumps(parts, ensure_ascii=False)
    name = f"{kind}-{digest(text.encode())}.js"
    file = static / "explorers" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"lrlabExplorer({json.dumps([name, packed(text)])});\n", encoding="utf-8")
    return name
