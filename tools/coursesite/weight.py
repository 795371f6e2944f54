"""Lighter pages: of the theme's 1.5 MB of icons the dozen that are shown, of its styles those that some page uses.

And of the pages and figures what no reader sees: states of explorers are packed, plain words of code have no colour.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import quote

from coursesite import front_ends
from coursesite.lean_svg import lean

SCRIPT = Path("_static", "scripts", "fontawesome.js")
STYLES = Path("_static", "styles", "pydata-sphinx-theme.css")
TOKENS = Path("_static", "pygments.css")
OTHER_STYLES = ("styles/sphinx-book-theme.css", "mystnb.*.css", "basic.css")  # below _static
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
# The theme has every page read the index of all pages, for a search as one types, which the course leaves off.
SEARCH = re.compile(r'\s*<script src="[^"]*\b(?:searchtools|language_data|searchindex)\.js"></script>')
FINDER = Path("_static", "searchtools.js")
BLOCK = re.compile(r"(?<![@\w-])([^{}@;]+)\{[^{}]*\}")  # a rule of a style sheet that has none inside
EMPTY = re.compile(r"@(?:media|supports)[^{};]*\{\s*\}")
COMMA = re.compile(r",(?![^()]*\))")  # between selectors
MADE_LATER = ("show", "collaps", "tooltip", "bs-tooltip", "fade")  # by Bootstrap
# What the theme's script makes for documentation of several versions and for announcements.
NOT_HERE = ("version-switcher", "list-group-item", "#bd-header-version", "bd-header-announcement")
# Scripts that name classes which no page with this theme has.
NOT_BY_PAGES = {"bootstrap.js", "fontawesome.js", "reveal", "explorers"}
NAMED = re.compile(r'\b(class|id)="([^"]*)"')
MENUS = re.compile(r'<script defer src="(?P<to>[^"]*)scripts/bootstrap\.js(?P<version>[^"]*)"></script>')
EARLY = re.compile(r'\s*<link rel="preload" as="script" href="[^"]*/bootstrap\.js[^"]*" ?/>')
NEEDS_MENUS = "pst-collapse-sidebar-button"  # for which the theme's own script asks for Bootstrap at once
STATE = re.compile(
    r'(data-script="([^"]*)"[^>]* data-model="([^"]*)">)<script type="application/json">(.*?)</script>', re.S
)
VARIABLE = re.compile(r"(?<=[{;])\s*(--(?:bs|pst|sd|fa)-[\w-]+)\s*:(?:'[^']*'|\"[^\"]*\"|\([^()'\"]*\)|[^;{}'\"])*;?")
PRE = re.compile(r"<pre\b.*?</pre>", re.DOTALL)
TOKEN = re.compile(r'<span class="(\w+)">([^<]*)</span>')
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
    in_pages = _in_pages(site)
    if (styles := site / STYLES).exists():
        known = in_pages | _in_scripts(site)
        css_of_theme = ICON_FONT.sub("", styles.read_text(encoding="utf-8"))  # each sign that is shown is drawn above
        css_of_theme = used_styles(COMMENT.sub("", css_of_theme), known)
        readers = (path for kind in ("css", "js") for path in site.rglob(f"_static/**/*.{kind}") if path != styles)
        elsewhere = "".join(path.read_text(encoding="utf-8") for path in (*readers, *site.rglob("*.html")))
        elsewhere += "".join("".join(front_ends.read(file).values()) for file in site.glob("_static/explorers/*.js"))
        styles.write_text(used_variables(css_of_theme, elsewhere), encoding="utf-8")
        for other in (path for name in OTHER_STYLES for path in (site / "_static").glob(name)):
            text = COMMENT.sub("", other.read_text(encoding="utf-8"))
            other.write_text(used_styles(text, known), encoding="utf-8")
    add = "document.head.appendChild(document.createElement('style')).textContent"
    file.write_text(f"{add}={json.dumps(css)};\n", encoding="utf-8")
    tokens = site / TOKENS
    plain = plain_tokens(tokens.read_text(encoding="utf-8")) if tokens.exists() else set()
    if plain:
        coloured = COMMENT.sub("", tokens.read_text(encoding="utf-8"))
        coloured = used_styles(coloured, in_pages - plain)
        tokens.write_text(f"{coloured}.highlight pre.lit {{ color: inherit }}\n", encoding="utf-8")
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        lighter = text if page.name == "search.html" else SEARCH.sub("", text)
        lighter = pack_states(PRE.sub(lambda code: _lit(code[0], plain), lighter))
        if (site / "_static" / "menus.js").exists() and NEEDS_MENUS not in lighter:
            later = r'<script defer src="\g<to>menus.js" data-later="\g<to>scripts/bootstrap.js\g<version>"></script>'
            lighter = MENUS.sub(later, EARLY.sub("", lighter))
        if lighter != text:
            page.write_text(lighter, encoding="utf-8")
    for figure in site.glob("_static/figures/*.svg"):
        figure.write_text(lean(figure.read_text(encoding="utf-8")), encoding="utf-8")
    if (finder := site / FINDER).exists():  # what it shows of a page begins with the text, not with the theme's menus
        text = finder.read_text(encoding="utf-8").replace('[role="main"]', ".bd-article")
        finder.write_text(text, encoding="utf-8")
    for template in site.glob("_static/*-macros.html"):  # of the theme, filled in already
        template.unlink()


def _in_pages(site: Path) -> set[str]:
    """Return the classes of the site's pages, and their ids after a ``#``."""
    every = (found for page in site.rglob("*.html") for found in NAMED.findall(page.read_text(encoding="utf-8")))
    return {f"#{name}" if kind == "id" else name for kind, value in every for name in value.split()}


def _in_scripts(site: Path) -> set[str]:
    """Return every word of the scripts of the site's pages."""
    scripts = (path for path in site.rglob("_static/**/*.js") if not {path.name, path.parent.name} & NOT_BY_PAGES)
    return {word for path in scripts for word in re.findall(r"[\w-]+", path.read_text(encoding="utf-8"))}


def plain_tokens(css: str) -> set[str]:
    """Return the classes of code's words that Pygments's ``css`` gives the colour of the text around them."""
    ground: dict[str, str] = {}
    colours: dict[str, dict[str, str]] = {}
    for theme, name, body in re.findall(r'^html\[data-theme="(\w+)"\] \.highlight(?: \.(\w+))? \{([^}]*)\}', css, re.M):
        if name:
            colours.setdefault(name, {})[theme] = body
        elif colour := re.search(r"(?<!-)\bcolor: [^;]*", body):
            ground[theme] = colour[0].strip()
    return (
        {
            name
            for name in {*colours, "w"}
            if all(colours.get(name, {}).get(theme, colour).strip() == colour for theme, colour in ground.items())
        }
        if ground
        else set()
    )


def _lit(code: str, plain: set[str]) -> str:
    """Return ``code``, a ``<pre>``, without the marks of words that are not coloured."""
    lighter = TOKEN.sub(lambda token: token[2] if token[1] in plain else token[0], code)
    return lighter if lighter == code else lighter.replace("<pre>", '<pre class="lit">', 1)


def pack_states(page: str) -> str:
    """Return ``page`` with the states of its explorers packed into one, those of a kind side by side.

    Most of what two explorers of a kind say is the same. docs/site/_static/mount.js reads it.
    """
    found = sorted((kind, model, state) for _, kind, model, state in STATE.findall(page))
    if not found:
        return page
    states = front_ends.packed("{" + ",".join(f"{json.dumps(model)}:{state}" for _, model, state in found) + "}")
    element = f'<script type="text/plain" id="lrlab-states">{states}</script>'
    before, end, after = STATE.sub(r"\1", page).rpartition("</body>")
    return f"{before}{element}{end}{after}" if end else page


def used_variables(css: str, elsewhere: str) -> str:
    """Return ``css`` without the variables of the theme that neither it nor ``elsewhere`` reads."""
    read = set(re.findall(r"--[\w-]+", VARIABLE.sub(lambda one: one[0].partition(":")[2], css) + elsewhere))
    lighter = VARIABLE.sub(lambda one: one[0] if one[1] in read else "", css)
    # One that only an unused one reads is unused too.
    return css if lighter == css else used_variables(lighter, elsewhere)


def used_styles(css: str, known: set[str]) -> str:
    """``css`` without the selectors that only fit classes, or ids with their ``#``, that are not among ``known``."""

    def fits(selector: str) -> bool:
        names = re.findall(r"(?:\.|(?=#))(#?[\w-]+)", re.sub(r":not\([^)]*\)", "", selector))
        return all((name in known and not name.startswith(NOT_HERE)) or name.startswith(MADE_LATER) for name in names)

    def lighter(rule: re.Match[str]) -> str:
        if re.search(r"\([^()]*\(", rule[1]):  # which COMMA does not understand
            return rule[0]
        every = COMMA.split(rule[1])
        left = [one for one in every if any(map(fits, one.split(",")))]  # of :is(.a,.b), one is enough
        return rule[0] if left == every else ",".join(left) + rule[0].removeprefix(rule[1]) if left else ""

    return EMPTY.sub("", BLOCK.sub(lighter, EMPTY.sub("", css)))


def _rule(rule: str, style: str, name: str, everything: str) -> str:
    """Return ``rule`` for one icon; nothing where the theme has none of this name."""
    icons = re.findall(DRAWN.format(name=re.escape(name)), everything)
    if not icons:
        return ""
    width, height, path = icons[0 if style in ("fa-regular", "far") else -1]  # the regular come before the solid ones
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"><path d="{path}"/></svg>'
    image = f"url('data:image/svg+xml,{quote(svg, safe=' =:/')}')".replace('"', "%22")
    return rule.format(style=style, name=name, wide=int(width) / int(height), image=image)
