"""axe-core looks at every explorer, in JupyterLab's light and dark theme, and finds nothing that keeps people out."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from bare_page import mount
from every_explorer import EVERY
from playwright.sync_api import Page

from lrlab import explorers

pytestmark = [pytest.mark.slow, pytest.mark.browser]

THEMES = Path(sys.prefix, "share", "jupyter", "lab", "themes", "@jupyterlab")
WIDTHS = (360, 920)


def dress(page: Page, theme: str) -> None:
    """The colours of JupyterLab's own ``theme``, and the mark on the body by which explorers know it."""
    page.add_style_tag(path=THEMES / f"theme-{theme}-extension" / "index.css")
    page.add_style_tag(content="body { background: var(--jp-layout-color0); }")
    page.evaluate("(light) => { document.body.dataset.jpThemeLight = light; }", str(theme == "light").lower())


def violations(page: Page) -> list[str]:
    """What axe-core says of the page: each rule that is broken, with its elements."""
    # The bare page is a stand-in for a notebook, which brings headings and landmarks of its own.
    found = Axe().run(
        page,
        options={
            "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
            "rules": {name: {"enabled": False} for name in ("region", "page-has-heading-one", "landmark-one-main")},
        },
    )
    assert found.response["passes"], "axe-core has looked at something"
    return [
        f"{rule['id']}: {rule['help']}: {node['html'][:120]} {node['failureSummary']}"
        for rule in found.response["violations"]
        for node in rule["nodes"]
    ]


def test_every_explorer_is_looked_at() -> None:
    assert set(EVERY) == set(explorers.__all__)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", explorers.__all__)
def test_axe_finds_nothing(page: Page, name: str, theme: str) -> None:
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 1000})
        mount(page, EVERY[name]())
        dress(page, theme)
        page.wait_for_timeout(700)  # what is said once the hand rests is there too
        assert violations(page) == []
        # What a reader can open is looked at as well.
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        assert violations(page) == []


def test_axe_would_find_something(page: Page) -> None:
    mount(page, explorers.decay())
    dress(page, "dark")
    page.evaluate("document.querySelector('label').remove()")
    page.add_style_tag(content=".lrlab-explorer { --soft: #333; }")
    found = " ".join(violations(page))
    assert "label:" in found
    assert "color-contrast:" in found
