"""Lighter pages: of the theme's 1.5 MB of icons the dozen that are shown, of its styles those that some page uses."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import quote

SCRIPT = Path("_static", "scripts", "fontawesome.js")
STYLES = Path("_static", "styles", "pydata-sphinx-theme.css")
OTHER_STYLES = ("styles/sphinx-book-theme.css", "mystnb.*.css", "basic.css")  # below _static
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
# The theme has every page read the index of all pages, for a search as one types, which the course leaves off.
SEARCH = re.compile(r'\s*<script src="[^"]*\b(?:searchtools|language_data|searchindex)\.js"></script>')
BLOCK = re.compile(r"(?<![@\w-])([^{}@;]+)\{[^{}]*\}")  # a rule of a style sheet that has none inside
MADE_LATER = (
    "pst-",
    "bd-",
    "sbt-",
    "show",
    "collaps",
    "dropdown",
    "tooltip",
    "offcanvas",
    "modal",
    "fade",
)  # by scripts
USED = re.compile(r"\b(fa-solid|fa-regular|fa-brands|fas|far|fab) fa-([a-z0-9-]+)")
DRAWN = r'(?<![\w-])"?{name}"?:\[(\d+),(\d+),\[[^\]]*\],"[^"]*","([^"]+)"\]'
RULE = (
    '.{style}.fa-{name}::before{{content:"";display:inline-block;width:{wide:.4g}em;height:1em;background:currentColor;'
    "vertical-align:-.125em;mask:{image} center/contain no-repeat}}"
)
# The boxes of a page have their sign from the font, which no page loads for that alone.
BOX = 'p.admonition-title::after{{content:""!important;background:currentColor;mask:{image} center/contain no-repeat}}'
SIGN = "circle-info"
ICON_FONT = re.compile(r"@font-face\{[^{}]*Font ?Awesome[^{}]*\}")


def slim(site: Path) -> None:
    """Take from the site's icons and styles what no page of it shows, and from its pages what only the search needs."""
    file = site / SCRIPT
    if not file.exists():  # another theme
        return
    everything = file.read_text(encoding="utf-8")
    texts = [*site.rglob("*.html"), site / "_static" / "scripts" / "pydata-sphinx-theme.js"]
    used = sorted({icon for text in texts if text.exists() for icon in USED.findall(text.read_text(encoding="utf-8"))})
    rules = "".join(_rule(RULE, style, name, everything) for style, name in used)
    rules += _rule(BOX, "fa-solid", SIGN, everything)
    css = f"[class*=fa-]{{font-style:normal}}{rules}"
    if (styles := site / STYLES).exists():
        known = {word for text in (*texts, *site.rglob("_static/**/*.js")) if text.exists() and text != file
                 for word in re.findall(r"[\w-]+", text.read_text(encoding="utf-8"))}  # fmt: skip
        css_of_theme = ICON_FONT.sub("", styles.read_text(encoding="utf-8"))  # each sign that is shown is drawn above
        styles.write_text(used_styles(css_of_theme, known), encoding="utf-8")
        for other in (path for name in OTHER_STYLES for path in (site / "_static").glob(name)):
            text = COMMENT.sub("", other.read_text(encoding="utf-8"))
            other.write_text(used_styles(text, known), encoding="utf-8")
    add = "document.head.appendChild(document.createElement('style')).textContent"
    file.write_text(f"{add}={json.dumps(css)};\n", encoding="utf-8")
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        if page.name != "search.html" and (lighter := SEARCH.sub("", text)) != text:
            page.write_text(lighter, encoding="utf-8")
    for template in site.glob("_static/*-macros.html"):  # of the theme, filled in already
        template.unlink()


def used_styles(css: str, known: set[str]) -> str:
    """``css`` without the rules that only fit classes that are not among the words ``known``."""

    def fits(selector: str) -> bool:
        names = re.findall(r"\.([\w-]+)", re.sub(r":not\([^)]*\)", "", selector))
        return all(name in known or name.startswith(MADE_LATER) for name in names)

    return BLOCK.sub(lambda rule: rule[0] if any(map(fits, rule[1].split(","))) else "", css)


def _rule(rule: str, style: str, name: str, everything: str) -> str:
    """Return ``rule`` for one icon; nothing where the theme has none of this name."""
    icons = re.findall(DRAWN.format(name=re.escape(name)), everything)
    if not icons:
        return ""
    width, height, path = icons[0 if style in ("fa-regular", "far") else -1]  # the regular come before the solid ones
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"><path d="{path}"/></svg>'
    image = f"url('data:image/svg+xml,{quote(svg, safe=' =:/')}')".replace('"', "%22")
    return rule.format(style=style, name=name, wide=int(width) / int(height), image=image)
