"""Where the system asks for less motion, no explorer moves by itself, whatever is pressed in it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page
from support.bare_page import mount, rest
from support.every_explorer import EVERY

from lrlab import explorers

pytestmark = [pytest.mark.slow, pytest.mark.browser]

COUNT = """() => {
    window.frames_asked = 0;
    const ask = window.requestAnimationFrame.bind(window);
    window.requestAnimationFrame = (call) => { window.frames_asked += 1; return ask(call); };
    // A page without workers trains in slices, each put off for no time: on a busy machine for longer than SETTLED.
    window.slices = 0;
    const put_off = window.setTimeout.bind(window);
    window.setTimeout = (call, time, ...given) => {
        if (time) return put_off(call, time, ...given);
        window.slices += 1;
        return put_off(() => { window.slices -= 1; call(...given); }, 0);
    };
}"""
PRESS = """() => {
    document.querySelectorAll("input[type=range]").forEach((one) => {
        one.value = Number(one.min) + 0.6 * (one.max - one.min);
        one.dispatchEvent(new Event("input"));
    });
    const shown = [...document.querySelectorAll("button")].filter((one) => one.offsetWidth && !one.disabled);
    shown.forEach((one) => { if (one.isConnected) one.click(); });
}"""
# What is spoken once the hand rests, and words such as 'Copied', come and go late; only then all is still.
SETTLED = 3_000


def moves(page: Page, name: str) -> tuple[int, int, bool]:
    """Frames asked for and animations running after everything was pressed, and whether the page still changes."""
    mount(page, EVERY[name]())
    page.evaluate(COUNT)
    page.evaluate(PRESS)
    frames = page.evaluate("window.frames_asked")
    animations = page.evaluate("document.getAnimations().length")
    page.wait_for_function("window.slices === 0")  # all runs have come
    rest(page, SETTLED)
    before = page.evaluate("document.body.innerHTML")
    rest(page, 300)
    return frames, animations, page.evaluate("document.body.innerHTML") != before


@pytest.mark.parametrize("name", explorers.__all__)
def test_nothing_moves_by_itself_where_the_system_asks_for_calm(page: Page, name: str) -> None:
    page.emulate_media(reduced_motion="reduce")
    assert moves(page, name) == (0, 0, False)


def test_without_that_wish_a_descent_plays(page: Page) -> None:
    page.emulate_media(reduced_motion="no-preference")
    mount(page, EVERY["descent"]())
    page.evaluate(COUNT)
    page.locator("[data-play]").click()
    before = page.evaluate("document.body.innerHTML")
    page.wait_for_function("(before) => document.body.innerHTML !== before", arg=before)
    assert page.evaluate("window.frames_asked") > 0
