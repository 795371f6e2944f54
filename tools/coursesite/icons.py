"""The theme's icons: of its 1.5 MB of Font Awesome the dozen that the pages show."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import quote

SCRIPT = Path("_static", "scripts", "fontawesome.js")
STYLES = Path("_static", "styles", "pydata-sphinx-theme.css")
GLYPHS = re.compile(r"(?:\.fa-[\w-]+,?)+\{--fa:[^}]*\}")  # of its font, which nothing uses then
USED = re.compile(r"\bfa-(solid|regular|brands) fa-([a-z0-9-]+)")
DRAWN = r'(?<![\w-])"?{name}"?:\[(\d+),(\d+),\[[^\]]*\],"[^"]*","([^"]+)"\]'
RULE = (
    '.{style}.{name}::before{{content:"";display:inline-block;width:{wide:.4g}em;height:1em;background:currentColor;'
    "vertical-align:-.125em;mask:{image} center/contain no-repeat}}"
)


def slim(site: Path) -> None:
    """Replace the site's script of icons by the few that its pages, or the theme's own script, name."""
    file = site / SCRIPT
    if not file.exists():
        return
    everything = file.read_text(encoding="utf-8")
    texts = [*site.rglob("*.html"), site / "_static" / "scripts" / "pydata-sphinx-theme.js"]
    used = sorted({icon for text in texts if text.exists() for icon in USED.findall(text.read_text(encoding="utf-8"))})
    rules = "".join(_rule(style, name, everything) for style, name in used)
    css = f"[class*=fa-]{{font-style:normal}}{rules}"
    if (styles := site / STYLES).exists():
        styles.write_text(GLYPHS.sub("", styles.read_text(encoding="utf-8")), encoding="utf-8")
    add = "document.head.appendChild(document.createElement('style')).textContent"
    file.write_text(f"{add}={json.dumps(css)};\n", encoding="utf-8")


def _rule(style: str, name: str, everything: str) -> str:
    """The style of one icon; nothing where the theme has none of this name."""
    found = re.findall(DRAWN.format(name=re.escape(name)), everything)
    if not found:
        return ""
    width, height, path = found[0 if style == "regular" else -1]  # the regular ones come before the solid ones
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"><path d="{path}"/></svg>'
    image = f"url('data:image/svg+xml,{quote(svg, safe=' =:/')}')".replace('"', "%22")
    return RULE.format(style=f"fa-{style}", name=f"fa-{name}", wide=int(width) / int(height), image=image)
