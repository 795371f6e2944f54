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
    # JupyterLab's own columns leave 254 pixels of a phone: nothing sticks out, and a map lies in its frame.
    page.set_viewport_size({"width": 270, "height": 844})
    rest(page, 200)
    assert page.evaluate("document.documentElement.scrollWidth") < 272
    for ground in page.locator(".ground img:visible").all():
        assert box(ground)["width"] < box(page.locator("svg.plot:visible").first)["width"] - 40
    assert problems == []


def test_a_figure_beside_an_explorer_fits_where_it_can_be_read(page: Page) -> None:
    figure = '<img src=\'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg" width="1056" height="326"/>\'>'
    mount(page, EVERY["decay"](), inside=NOTEBOOK)
    page.evaluate(
        "(one) => document.body.insertAdjacentHTML('beforeend', one)", f"<div class=jp-RenderedSVG>{figure}</div>"
    )
    for width, shown in ((1200, 1056), (920, 920), (390, 700)):
        page.set_viewport_size({"width": width, "height": 768})
        image = box(page.locator(".jp-RenderedSVG img"))
        assert round(image["width"]) == shown
        assert round(image["width"] / image["height"], 1) == 3.2


def test_goal_and_picture_cover_no_control_that_you_come_to(page: Page, problems: list[str]) -> None:
    """As in JupyterLab after Shift + Enter, which shows the explorer's end and the cell below."""
    page.set_viewport_size({"width": 1060, "height": 768})
    mount(page, EVERY["descent"](), inside=NOTEBOOK, unfold=False)
    rest(page, 200)
    explorer = page.locator(".lrlab-explorer")
    stage, slider, fold = (
        explorer.locator(".stage"),
        explorer.locator("input[data-key=lr]"),
        explorer.locator("summary").first,
    )
    explorer.evaluate("(one) => one.scrollIntoView({ block: 'end' })")
    assert box(stage)["y"] < -20, "all of the explorer fits: this asks nothing"
    assert box(slider)["y"] > box(stage)["y"] + box(stage)["height"]
    fold.evaluate("(one) => one.scrollIntoView({ block: 'start' })")
    fold.click()
    rest(page, 50)
    assert box(stage)["y"] >= 0
    assert box(fold)["y"] > box(stage)["height"], "what one has unfolded is in sight"
    explorer.locator("input:visible").last.focus()
    page.keyboard.press("End")  # a key: the focus is shown
    while page.evaluate("!document.activeElement.matches('[data-key=lr]')"):
        page.keyboard.press("Shift+Tab")
        here = box(page.locator(":focus"))
        assert page.evaluate("document.activeElement.closest('.stage')") or here["y"] > box(stage)["height"] - 1
    assert problems == []
