"""axe-core looks at every explorer, in JupyterLab's light and dark theme, and finds nothing that keeps people out."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page
from support.axe_rules import violations
from support.bare_page import AGAIN, dress, mount, rest
from support.every_explorer import EVERY

from lrlab import explorers

pytestmark = [pytest.mark.slow, pytest.mark.browser]

WIDTHS = (360, 920)
# The bare page is a stand-in for a notebook, which brings headings and landmarks of its own.
NOT_HERE = ("region", "page-has-heading-one", "landmark-one-main")


def test_every_explorer_is_looked_at() -> None:
    assert set(EVERY) == set(explorers.__all__)


NIGHT = pytest.mark.nightly(reason="axe takes seconds; every run looks at each explorer in one theme and one width")


def once(*names: str) -> list[object]:
    """Each explorer in both themes and widths, of which one is for every run: all four in turn."""
    dresses = [(theme, width) for theme in ("light", "dark") for width in WIDTHS]
    return [
        pytest.param(name, theme, width, marks=() if (number - at) % len(dresses) == 0 else NIGHT)
        for number, name in enumerate(names)
        for at, (theme, width) in enumerate(dresses)
    ]


@pytest.mark.parametrize(("name", "theme", "width"), once(*explorers.__all__))
def test_axe_finds_nothing(page: Page, name: str, theme: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 1000})
    mount(page, EVERY[name]())
    dress(page, theme)
    rest(page, 700)  # what is said once the hand rests is there too
    # What a reader can open is looked at as well; closed, nothing else is there.
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert violations(page, without=NOT_HERE) == []


@pytest.mark.parametrize("theme", ["light", pytest.param("dark", marks=NIGHT)])
def test_what_is_switched_off_can_be_read(page: Page, theme: str) -> None:
    mount(page, explorers.decay(show=["step"]))
    dress(page, theme)
    assert violations(page, without=NOT_HERE) == []


@pytest.mark.parametrize(
    "name", ["schedule", *(pytest.param(n, marks=NIGHT) for n in explorers.__all__ if n != "schedule")]
)
def test_two_of_a_kind_are_told_apart(page: Page, name: str) -> None:
    mount(page, EVERY[name]())
    page.evaluate(AGAIN)
    dress(page, "light")
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert page.locator(".lrlab-explorer, .lrlab-prediction").count() == 2
    assert violations(page, without=NOT_HERE) == []


def test_axe_would_find_something(page: Page) -> None:
    mount(page, explorers.decay())
    dress(page, "dark")
    page.evaluate("document.querySelector('label').remove()")
    page.add_style_tag(content=".lrlab-explorer { --soft: #333 !important; }")
    found = " ".join(violations(page, without=NOT_HERE))
    assert "label:" in found
    assert "color-contrast:" in found
