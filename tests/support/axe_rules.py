"""What axe-core says of a page."""

from __future__ import annotations

from collections.abc import Iterable

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Page, *, without: Iterable[str] = ()) -> list[str]:
    """Each rule that is broken, with its elements; the rules named in ``without`` are not asked."""
    rules = {name: {"enabled": False} for name in without}
    # It would fetch style sheets once more, and look for what these import beside the page.
    found = Axe().run(page, options={"runOnly": TAGS, "rules": rules, "preload": False})
    assert found.response["passes"], "axe-core has looked at something"
    return [
        f"{rule['id']}: {rule['help']}: {node['html'][:120]} {node['failureSummary']}"
        for rule in found.response["violations"]
        for node in rule["nodes"]
    ]
