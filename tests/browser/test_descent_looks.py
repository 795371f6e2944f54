"""The descent explorer in a page without a kernel: what stays in place, is named, stops and widens."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from support.bare_page import DRAWN, mount, move, rest
from support.descent_page import FIGURE_1, show

from lrlab import explorers
from lrlab.landscapes import ManyMinima, Rosenbrock, ValleyWithWell

pytestmark = [pytest.mark.slow, pytest.mark.browser]


def test_it_plays_when_asked_and_stops(page: Page) -> None:
    explorer = show(page, steps=400)  # for eight seconds: a busy machine shows few of them
    button = explorer.locator("[data-play]")
    expect(button).to_have_text("play")
    button.click()
    expect(explorer.locator("[data-at]")).to_have_text(re.compile(r"^[1-9]\d* of 400"))
    expect(button).to_have_text("pause")
    button.click()
    stopped = explorer.locator("[data-at]").inner_text()
    rest(page, 400)
    expect(explorer.locator("[data-at]")).to_have_text(stopped)
    move(explorer.locator("[data-reader]"), 340)
    button.click()
    shown = "(words) => new RegExp(words).test(document.querySelector('[data-at]').textContent)"
    page.wait_for_function(shown, arg="^400 of 400", polling="raf")
    page.wait_for_function(shown, arg=r"^\d{1,2} of 400", polling="raf")  # in a loop
    button.click()
    expect(button).to_have_text("play")


def test_the_ball_glides_from_step_to_step(page: Page) -> None:
    explorer = show(page, steps=20, lr=0.1)
    ball, reader = explorer.locator(".ball").first, explorer.locator("[data-reader]")
    steps = []
    for step in range(21):
        move(reader, step)
        steps.append(ball.get_attribute("cx"))
    button = explorer.locator("[data-play]")
    button.click()
    between = "(steps) => !steps.includes(document.querySelector('.ball').getAttribute('cx'))"
    page.wait_for_function(between, arg=steps, polling="raf")
    button.click()
    expect(button).to_have_text("play")
    assert ball.get_attribute("cx") in steps, "it rests at a step, and not between two"


# Frames by hand: each at the milliseconds that `window.frame` gets, from 0 on.
FRAMES = """() => {
    performance.now = () => 0;
    window.requestAnimationFrame = (go) => { window.frame = go; return 1; };
}"""


def test_the_ball_is_at_the_step_that_is_chosen_while_it_plays(page: Page) -> None:
    explorer = show(page, steps=20, lr=0.1)
    ball, reader = explorer.locator(".ball").first, explorer.locator("[data-reader]")
    move(reader, 3)
    third = ball.get_attribute("cx")
    move(reader, 0)
    page.evaluate(FRAMES)
    explorer.locator("[data-play]").click()
    for milliseconds in (124.99, 250):  # eight steps a second: close to the first step, then at the second
        page.evaluate("(now) => window.frame(now)", milliseconds)
    assert ball.get_attribute("cx") != third
    move(reader, 3)
    assert ball.get_attribute("cx") == third


def test_nothing_moves_by_itself_where_the_system_asks_for_calm(page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    explorer = show(page, steps=20)
    button = explorer.get_by_role("button", name="one step on")
    for step in (0, 1, 2):
        button.click()
        expect(explorer.locator("[data-at]")).to_have_text(f"{step} of 20")
    rest(page, 400)
    expect(explorer.locator("[data-at]")).to_have_text("2 of 20")


def test_values_beyond_a_slider_widen_it_and_it_does_not_shrink_in_the_hand(page: Page, problems: list[str]) -> None:
    explorer = show(page, lr=100.0, eta_min=1e-6, schedule="cosine", start=20.0, seed=12)
    slider = explorer.locator("[data-key=lr]")
    assert float(slider.get_attribute("max") or 0) == pytest.approx(2)
    expect(explorer.locator("[data-number=lr]")).to_have_text("100")
    assert float(explorer.locator("[data-key=eta_min]").get_attribute("min") or 0) < -6
    move(slider, 0.5)
    assert float(slider.get_attribute("max") or 0) == pytest.approx(2)
    start = explorer.get_by_role("slider", name="start x")
    widest = start.get_attribute("max")
    assert float(widest or 0) > 20
    move(start, 1)
    assert start.get_attribute("max") == widest
    assert problems == []


def test_another_seed_without_a_kernel_says_what_it_needs(page: Page) -> None:
    explorer = show(page, noise=0.3)
    before = explorer.locator("[data-path]").get_attribute("d")
    move(explorer.get_by_role("slider", name="seed"), 3)
    expect(explorer.locator(".note")).to_have_text(re.compile("needs a running kernel"))
    expect(explorer.locator(".note")).to_be_visible()
    assert explorer.locator("[data-path]").get_attribute("d") == before
    move(explorer.get_by_role("slider", name="seed"), 0)
    expect(explorer.locator(".note")).to_be_hidden()


# Where a slider is, and how high the explorer, with each of these values.
PLACES = """([explorer, slider, values]) => values.map((value) => {
    slider.value = value;
    slider.dispatchEvent(new Event("input"));
    return [slider.getBoundingClientRect().y, explorer.getBoundingClientRect().height].map(Math.round);
})"""


def test_nothing_jumps_while_a_slider_is_dragged(page: Page) -> None:
    explorer = show(page, landscape=ValleyWithWell(), schedule="exponential", compare="constant", steps=80)
    slider = explorer.get_by_role("slider", name="learning rate")
    values = [-4, -2, -1, -0.3, 0, 0.3, 0.6, 1]
    for width in (920, 600, 360):
        page.set_viewport_size({"width": width, "height": 900})
        rest(page, 200)  # it finds its new width
        where = page.evaluate(PLACES, [explorer.element_handle(), slider.element_handle(), values])
        assert len(where) == len(values)
        assert len(set(map(tuple, where))) == 1, (width, where)


@pytest.mark.parametrize(
    ("make", "fold"), [(explorers.descent, ".pairs"), (explorers.schedule, ".trained")], ids=["descent", "schedule"]
)
def test_a_fold_that_was_closed_while_the_width_changed_is_drawn_for_the_new_one(
    page: Page, make: Callable[[], Any], fold: str
) -> None:
    mount(page, make())
    press = f"document.querySelector('{fold} summary').click()"
    for width in (900, 760):
        page.evaluate("(width) => { document.body.style.width = `${width}px`; }", width)
        page.evaluate(DRAWN)
        page.evaluate(press)
        page.evaluate(DRAWN)
        svg = page.locator(f"{fold} > svg")
        drawn, there = svg.evaluate("(svg) => [svg.viewBox.baseVal.width, svg.clientWidth]")
        assert drawn == there
        page.evaluate(press)
    assert there < 760


@pytest.mark.parametrize("values", [FIGURE_1, {"landscape": Rosenbrock(), "lr": 0.001, "goal": "converge"}])
def test_nothing_is_cut_off_at_any_width(page: Page, values: dict[str, Any]) -> None:
    page.set_viewport_size({"width": 360, "height": 900})
    explorer = show(page, **values)
    for width in (360, 480, 600, 720, 1100):
        page.set_viewport_size({"width": width, "height": 900})
        rest(page, 200)  # it finds its new width
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        texts = explorer.evaluate(
            """(el) => [...el.querySelectorAll("svg.plot")].flatMap((svg) => {
                const frame = svg.getBoundingClientRect();
                return [...svg.querySelectorAll("text")].filter((one) => !one.closest(".clip")).flatMap((text) => {
                    const { left, right, width } = text.getBoundingClientRect();
                    const cut = width > 0 && (left < frame.left - 1 || right > frame.right + 1);
                    return cut ? [text.textContent] : [];
                });
            })"""
        )
        assert texts == [], (width, texts)


def test_of_a_long_path_the_ends_of_its_cycles_stand_out(page: Page) -> None:
    explorer = show(page, **FIGURE_1)
    cycles = explorer.locator("[data-map]").nth(1)
    look = """(all) => all.map((one) => {
        const { strokeOpacity, strokeWidth } = getComputedStyle(one);
        return [parseFloat(strokeOpacity), parseFloat(strokeWidth)];
    })"""
    ((faint, thin),) = cycles.locator("[data-path]").evaluate_all(look)
    ends = cycles.locator(".newest").evaluate_all(look)
    assert len(ends) >= 4
    assert all(opacity > 2 * faint and width > thin for opacity, width in ends)


def test_every_control_has_a_name_and_shows_its_focus(page: Page) -> None:
    explorer = show(page, **FIGURE_1)
    controls = explorer.locator("input, select, button, summary, pre").all()
    reached = set()
    page.locator("body").click(position={"x": 1, "y": 1})
    for _ in range(len(controls) + 5):
        page.keyboard.press("Tab")
        found = page.evaluate(
            """() => {
                const one = document.activeElement, { outlineStyle, outlineWidth } = getComputedStyle(one);
                const words = one.labels?.[0]?.textContent ?? one.getAttribute("aria-label") ?? one.textContent;
                return [one.tagName, words.trim(), outlineStyle !== "none" && outlineWidth !== "0px"];
            }"""
        )
        if found[0] != "BODY":
            reached.add(tuple(found))
    assert all(words and visible for _, words, visible in reached), reached
    shown = [control for control in controls if control.is_visible()]
    assert len(reached) >= len(shown) - 1, "each is reached by the tabulator"
    # The arrow keys are the control's own: JupyterLab would move between cells.
    assert all(
        control.get_attribute("data-lm-suppress-shortcuts")
        for control in controls
        if control.get_attribute("type") != "checkbox"
    )
    names = explorer.get_by_role("slider").evaluate_all("(all) => all.map((one) => one.labels[0].textContent.trim())")
    assert len(names) == len(set(names))
    for slider in explorer.get_by_role("slider").all():
        assert slider.get_attribute("aria-valuetext"), slider


def test_a_view_that_is_closed_leaves_no_listener(page: Page, problems: list[str]) -> None:
    show(page)
    assert page.evaluate("window.listeners()") > 10
    page.evaluate("window.unmount()")
    assert page.evaluate("window.listeners()") == 0
    page.evaluate("window.model.set('lr', 1)")
    assert problems == []


def test_a_path_has_the_colour_of_its_schedule(page: Page) -> None:
    """A constant learning rate alone is the ball's: it has its own colour beside another schedule."""
    show(page, schedule="exponential", compare="constant")
    own = "['--first', '--second'].map((name) => document.querySelector('.lrlab-descent').style.getPropertyValue(name))"
    assert page.evaluate(own) == ["var(--green)", "var(--neutral)"]
    page.evaluate("window.model.set('compare', null)")
    page.evaluate("window.model.set('schedule', 'constant')")
    assert page.evaluate(own)[0] == "var(--blue)"


def test_the_ground_follows_the_theme(page: Page) -> None:
    """Its relief is painted, so no style sheet can turn it dark."""
    mount(page, explorers.descent(ManyMinima()))
    corner = "document.querySelector('.ground img').src"
    light = page.evaluate(corner)
    assert light.startswith("data:image/png")
    page.evaluate("document.body.dataset.jpThemeLight = 'false'")
    page.evaluate(DRAWN)
    assert page.evaluate(corner) != light
    page.evaluate("document.body.dataset.jpThemeLight = 'true'")
    page.evaluate(DRAWN)
    assert page.evaluate(corner) == light
