"""The searches explorer under real keys and a real pointer, in a page without a kernel."""

from __future__ import annotations

import re
from math import log
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from support.bare_page import mount, rest
from support.made_results import made_range_test, made_sweep

from lrlab import explorers

pytestmark = [pytest.mark.slow, pytest.mark.browser]


def show(page: Page, *, test: bool = False, sweep: bool = True, **values: Any) -> Locator:
    results = made_range_test() if test else None, made_sweep() if sweep else None
    mount(page, explorers.searches(*results, **values))
    explorer = page.locator(".lrlab-searches")
    expect(explorer.locator(".rates .base").first).to_be_attached()
    return explorer


def chosen(explorer: Locator) -> Locator:
    return explorer.locator(".curves .line.chosen")


def test_keys_move_through_the_rates_and_the_goal_is_recognised(page: Page, problems: list[str]) -> None:
    explorer = show(page, test=True, goal="best")
    slider = explorer.get_by_role("slider", name="learning rate")
    goal = explorer.locator("[data-goal=met]")
    expect(explorer.locator("[data-words]")).to_have_text("11.4 times the lowest validation loss.")
    expect(goal).to_have_text("")
    before = chosen(explorer).get_attribute("d")
    slider.focus()
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    expect(slider).to_be_focused()
    assert chosen(explorer).get_attribute("d") != before
    assert chosen(explorer).get_attribute("data-curve") == "6"
    assert page.evaluate("window.state.lr") == pytest.approx(0.1)
    expect(explorer.locator("[data-lr]")).to_have_text("0.1 (7 of 13)")
    expect(explorer.locator("[data-words]")).to_have_text("The lowest validation loss of all.")
    expect(explorer.locator(".values")).to_contain_text("validation loss 0.2 (0.19 to 0.21)")
    expect(explorer.locator(".values")).to_contain_text("validation accuracy 96.6 %")
    expect(explorer.locator(".values")).to_contain_text("range test, moving average 1.3")
    expect(goal).to_have_text("Reached!")
    assert page.evaluate("window.state.goal_met") is True
    expect(explorer.locator(".spoken")).to_contain_text("Learning rate 0.1: The lowest validation loss of all.")
    page.keyboard.press("ArrowRight")
    expect(goal).to_have_text("")
    expect(explorer.locator("[data-words]")).to_have_text("Within 10 % of the lowest validation loss.")
    assert page.evaluate("window.state.goal_met") is False
    assert problems == []


def test_rates_that_diverged_are_marked_and_named(page: Page) -> None:
    explorer = show(page, goal="diverges")
    expect(explorer.locator("[data-diverged]")).to_have_count(3)
    expect(explorer.locator(".curves .faint.cross")).to_have_count(3)
    slider = explorer.get_by_role("slider", name="learning rate")
    slider.focus()
    page.keyboard.press("End")
    expect(explorer.locator("[data-words]")).to_have_text("Diverged with 3 of 3 seeds.")
    expect(explorer.locator(".values")).to_contain_text("validation loss –")
    expect(chosen(explorer)).to_have_class(re.compile("gone"))
    expect(explorer.locator("[data-goal=met]")).to_have_text("")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(slider).to_have_attribute("aria-valuetext", "10: Diverged with 1 of 3 seeds.")
    expect(explorer.locator("[data-goal=met]")).to_have_text("Reached!")


def test_the_picture_is_dragged_and_a_passing_mouse_changes_nothing(page: Page, problems: list[str]) -> None:
    explorer = show(page)
    box = explorer.locator(".rates").bounding_box()
    best = explorer.locator(".rates .dot").nth(6).bounding_box()
    first = explorer.locator(".rates .dot").nth(0).bounding_box()
    assert box
    assert best
    assert first
    page.mouse.move(best["x"], best["y"])
    page.mouse.move(best["x"] + 3, best["y"])
    assert page.evaluate("window.state.lr") == pytest.approx(1e-4)
    page.mouse.down()
    assert page.evaluate("window.state.lr") == pytest.approx(0.1)
    page.mouse.move(box["x"] + box["width"] - 1, best["y"], steps=6)
    assert page.evaluate("window.state.lr") == pytest.approx(100)
    page.mouse.move(2, best["y"], steps=6)  # far to the left of the picture: the lowest
    assert page.evaluate("window.state.lr") == pytest.approx(1e-4)
    page.mouse.up()
    page.mouse.move(best["x"], best["y"])
    assert page.evaluate("window.state.lr") == pytest.approx(1e-4)
    assert problems == []


def test_a_press_on_a_curve_chooses_its_rate(page: Page) -> None:
    explorer = show(page)
    for place in (3, 6, 4):
        ends = explorer.locator(f".curves .faint[data-curve='{place}']").evaluate(
            """(path) => {
                const { x, y } = path.getPointAtLength(path.getTotalLength() * 0.9), m = path.getScreenCTM();
                return [m.a * x + m.e, m.d * y + m.f];
            }"""
        )
        page.mouse.click(*ends)
        assert page.evaluate("window.state.lr") == pytest.approx(made_sweep().lrs[place])
        assert chosen(explorer).get_attribute("data-curve") == str(place)


def test_suggestions_are_marked_named_and_chosen(page: Page) -> None:
    explorer = show(page, test=True)
    for panel, group in enumerate(("suggested by the sweep", "suggested by the range test")):
        marks = explorer.locator(".rates [data-over]").nth(panel).locator("[data-suggested]")
        expect(marks).to_have_count(3)
        buttons = explorer.get_by_role("group", name=group).get_by_role("button")
        assert [words.split()[0] for words in buttons.all_inner_texts()] == ["steepest", "middle", "minimum"]
    names = explorer.locator(".rates text.name").all_text_contents()
    assert names == ["steepest", "middle", "min/10"] * 2
    result = made_sweep()
    explorer.get_by_role("button", name="minimum / 10").first.click()
    assert page.evaluate("window.state.lr") == pytest.approx(0.01)
    # Of the range test, whose rates are its own: the nearest one of the sweep.
    found = made_range_test().suggestions["steepest"]
    assert found is not None
    explorer.get_by_role("button", name="steepest fall").last.click()
    assert page.evaluate("window.state.lr") == pytest.approx(min(result.lrs, key=lambda lr: abs(log(lr / found))))


def test_a_mark_stands_over_its_rate(page: Page) -> None:
    explorer = show(page)
    at = "(mark) => { const { left, width } = mark.getBoundingClientRect(); return left + width / 2; }"
    dot = explorer.locator(".rates .dot").nth(4).evaluate(at)  # 0.01, a tenth of the best
    mark = explorer.locator("[data-suggested=minimum_over_10]").evaluate(at)
    assert abs(dot - mark) < 1


def test_a_range_test_alone(page: Page, problems: list[str]) -> None:
    explorer = show(page, test=True, sweep=False, goal="diverges")
    expect(explorer.locator(".curves")).to_have_count(0)
    explorer.get_by_role("slider", name="learning rate").focus()
    page.keyboard.press("End")
    expect(explorer.locator("[data-words]")).to_have_text("The test gave up here: the loss had diverged.")
    expect(explorer.locator("[data-goal=met]")).to_have_text("Reached!")
    page.evaluate("window.model.set('goal', 'best')")
    expect(explorer.locator("[data-goal=met]")).to_have_text("")
    best = int(made_range_test().smooth_loss.argmin())
    for _ in range(89 - best):
        page.keyboard.press("ArrowLeft")
    expect(explorer.locator("[data-words]")).to_have_text("The lowest moving average.")
    expect(explorer.locator("[data-goal=met]")).to_have_text("Reached!")
    assert problems == []


def test_python_moves_the_page_and_the_axis_turns_logarithmic(page: Page) -> None:
    explorer = show(page)
    page.evaluate("window.model.set('lr', window.state._rates[9])")
    expect(explorer.get_by_role("slider")).to_have_value("9")
    assert chosen(explorer).get_attribute("data-curve") == "9"
    line = explorer.locator("[data-line=sweep]")
    before = line.get_attribute("d")
    explorer.get_by_role("checkbox", name="logarithmic losses").check()
    assert page.evaluate("window.state.log_y") is True
    assert line.get_attribute("d") != before
    assert "NaN" not in explorer.inner_html()


# Where the rates stand, and how high the explorer is.
PLACES = """(explorer) => [
    explorer.querySelector(".rates").getBoundingClientRect().y, explorer.getBoundingClientRect().height
].map(Math.round)"""


def test_nothing_jumps_and_nothing_is_cut_off(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 900})
    explorer = show(page, test=True, goal="highest")
    slider = explorer.get_by_role("slider")
    slider.focus()
    for width in (360, 600, 920, 1300):
        page.set_viewport_size({"width": width, "height": 900})
        rest(page, 200)  # it finds its new width
        page.keyboard.press("Home")
        where, values = set(), set()
        for _ in range(13):
            page.keyboard.press("ArrowRight")
            where.add(tuple(explorer.evaluate(PLACES)))
            values.add(slider.input_value())
        assert len(values) > 1, f"no key moves the slider at a width of {width} pixels"
        assert len(where) == 1, (width, where)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        cut = explorer.evaluate(
            """(el) => [...el.querySelectorAll("svg.plot")].flatMap((svg) => {
                const frame = svg.getBoundingClientRect();
                return [...svg.querySelectorAll("text")].filter((text) => {
                    const { left, right } = text.getBoundingClientRect();
                    return left < frame.left - 1 || right > frame.right + 1;
                }).map((text) => text.textContent);
            })"""
        )
        assert cut == [], width


def test_a_view_that_is_closed_leaves_no_listener(page: Page, problems: list[str]) -> None:
    show(page)
    assert page.evaluate("window.listeners()") == 3
    page.evaluate("window.unmount()")
    assert page.evaluate("window.listeners()") == 0
    assert problems == []
