"""Goal, picture and the controls that matter are seen together: in JupyterLab on a small laptop, and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import FloatRect, Locator, Page
from support.bare_page import mount, rest
from support.every_explorer import EVERY

pytestmark = [pytest.mark.slow, pytest.mark.browser]

EXPLORERS = [name for name in EVERY if name not in ("predict", "quiz")]  # those are questions
# What scrolls in JupyterLab, and what is around an explorer there; 536 pixels are left of 768.
NOTEBOOK = """() => {
    document.body.innerHTML = `<style>body { margin: 0 !important }
      .jp-OutputArea, .jp-OutputArea-output { overflow: auto }
      .jp-OutputArea-child { overflow: hidden }</style><div style="height: 536px; overflow: auto">
      <div class="jp-OutputArea"><div class="jp-OutputArea-child"><div class="jp-OutputArea-output"></div></div></div>
      <div style="height: 2000px"></div></div>`;
    const output = document.querySelector(".jp-OutputArea-output");
    window.unmount = window.show(output.appendChild(document.createElement("div")));
}"""

# A page that goes on below.
PHONE = """() => {
    window.unmount = window.again();
    document.body.insertAdjacentHTML("beforeend", '<div style="height: 2000px"></div>');
}"""


def box(one: Locator) -> FloatRect:
    found = one.bounding_box()
    assert found
    return found


def look(page: Page, low: float) -> None:
    """All that matters lies above ``low``; when all is unfolded, and its end in view, goal and picture are there."""
    explorer = page.locator(".lrlab-explorer")
    stage, main = explorer.locator(".stage"), explorer.locator(".main").first
    plots = stage.locator("svg.plot:visible")
    explorer.evaluate("(one) => one.scrollIntoView({ block: 'start' })")
    assert plots.count() >= 1
    assert box(stage.locator(".goal"))["y"] >= 0
    for one in (*plots.all(), main):
        there = box(one)
        assert there["y"] >= 0
        assert there["y"] + there["height"] <= low
    controls = main.locator("input:visible, select:visible").count()
    assert 1 <= controls <= 3 or explorer.locator(".choose").count()  # a box for each snapshot counts as one
    explorer.evaluate("(one) => one.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
    last = explorer.locator("input:visible").last
    last.evaluate("(one) => one.scrollIntoView({ block: 'nearest' })")  # not at all where all fits
    assert 0 <= box(stage)["y"] <= 8
    assert box(last)["y"] > box(stage)["height"] - 1, "what one moves is not under the picture"


@pytest.mark.parametrize("name", EXPLORERS)
def test_goal_picture_and_controls_fit_on_one_screen(page: Page, problems: list[str], name: str) -> None:
    page.set_viewport_size({"width": 1060, "height": 768})
    mount(page, EVERY[name](), inside=NOTEBOOK, unfold=False)
    rest(page, 200)
    look(page, 536)
    page.set_viewport_size({"width": 390, "height": 844})
    mount(page, EVERY[name](), inside=PHONE, unfold=False)
    rest(page, 200)
    look(page, 844)
    assert problems == []
