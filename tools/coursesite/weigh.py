"""What a page of the site weighs: itself and all that it names, as on disk, without a browser."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

LIMIT = 600_000  # bytes of one page, uncompressed
NAMED = re.compile(r'<(?:img|script|link)\b[^>]*?\s(?:src|href)="([^"#?:]+\.(?:css|js|svg|png|jpg|webp))[?"]')
EXPLORER = re.compile(r'data-(?:script|shared)="([^"]+)"')


def weigh(page: Path, site: Path) -> int:
    """Return the bytes of ``page`` and of each file of ``site`` that it loads by itself, down to its end.

    Fonts and what a style sheet names are not in it: the site has none (coursesite.weight).
    """
    text = page.read_text(encoding="utf-8")
    named = {(page.parent / unquote(name)).resolve() for name in NAMED.findall(text)}
    named |= {(site / "_static" / "explorers" / name).resolve() for name in EXPLORER.findall(text)}
    return sum(file.stat().st_size for file in {page.resolve(), *named} if file.is_file())


def too_heavy(site: Path) -> str:
    """Return a sentence with the pages of ``site`` above the limit, heaviest first; nothing if there are none.

    The talk, whose slides show all notebooks at once, is not asked.
    """
    pages = [page for page in site.rglob("*.html") if "_static" not in page.parts and page.parent.name != "talk"]
    weights = sorted(((weigh(page, site), page.relative_to(site).as_posix()) for page in pages), reverse=True)
    heavy = ", ".join(f"{name} ({weight // 1000} kB)" for weight, name in weights if weight > LIMIT)
    return f"Pages of more than {LIMIT // 1000} kB with all that they load: {heavy}." if heavy else ""
