"""The descent explorer under real keys and a real pointer, in a page without a kernel: what it does."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from support.bare_page import move
from support.descent_page import show, verdict

from lrlab.explorers.descent.landscape_data import KINDS
from lrlab.landscapes import Bowl, Ravine, Ripples, ValleyWithWell

pytestmark = [pytest.mark.slow, pytest.mark.browser]


def test_keys_on_the_rate_go_from_settling_through_the_limit_to_diverging(page: Page, problems: list[str]) -> None:
    explorer = show(page, lr=1.9)
    expect(verdict(explorer)).to_contain_text("Oscillating")
    path, loss = explorer.locator("[data-path]"), explorer.locator("[data-line=loss]")
    before = path.get_attribute("d"), loss.get_attribute("d")
    slider = explorer.get_by_role("slider", name="learning rate")
    slider.focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    assert (path.get_attribute("d"), loss.get_attribute("d")) != before
    expect(slider).to_be_focused()
    expect(slider).to_have_attribute("aria-valuetext", re.compile("^2.0"))
    expect(verdict(explorer)).to_contain_text("Diverging")
    page.keyboard.press("End")
    expect(verdict(explorer)).to_contain_text("It leaves the picture at step 1.")
    expect(explorer.locator("text.left")).to_have_text("leaves at step 1")
    page.keyboard.press("Home")
    expect(verdict(explorer)).to_contain_text("Too small")
    expect(explorer.locator("text.left")).to_have_count(0)
    expect(explorer.locator(".spoken")).to_contain_text("Too small.")  # said once the hand rests
    assert page.evaluate("window.state.lr") == 1e-4
    assert problems == []


def test_the_stability_limit_is_marked_and_moves_with_the_momentum(page: Page) -> None:
    explorer = show(page, landscape=Bowl(4.0))
    limit = explorer.locator(".limits")
    expect(limit).to_have_text("2/c = 0.5")
    move(explorer.get_by_role("slider", name="momentum"), 0.5)
    expect(limit).to_have_text("limit 0.75")
    explorer.get_by_role("checkbox", name="Nesterov").check()
    expect(limit).to_have_text("limit 0.375")
    # The mark is where a thumb at that rate would be.
    explorer = show(page, lr=2.0)
    thumb = explorer.locator("[data-key=lr]").evaluate(
        """(input) => {
            const { left, width } = input.getBoundingClientRect();
            return left + 8 + (width - 16) * (input.value - input.min) / (input.max - input.min);
        }"""
    )
    mark = explorer.locator(".limits i").bounding_box()
    assert mark is not None
    assert abs(mark["x"] + mark["width"] / 2 - thumb) < 2


SCENES = {
    "too small": ["Too small"],
    "right": ["Right"],
    "oscillating": ["Oscillating"],
    "diverging": ["Diverging"],
    "a well that only decay finds": ["In the well", "Above the well"],
    "one cosine, warm restarts": ["Settled", "Hopping"],
}


def test_the_scenes_show_what_the_lecture_says_whatever_was_set_before(page: Page, problems: list[str]) -> None:
    explorer = show(page, landscape=Ravine(), lr=0.3, momentum=0.7, noise=0.5, start=(1, 1), eta_min=0.1, T_0=7)
    for name, titles in SCENES.items():
        explorer.get_by_role("button", name=name).click()
        for style, title in zip(("first", "second"), titles, strict=False):
            expect(verdict(explorer, style)).to_contain_text(title)
        expect(explorer.locator("figure:visible")).to_have_count(len(titles))
    expect(explorer.locator("text.visit")).not_to_have_count(0)
    expect(explorer.locator("pre")).to_have_text(
        "descend(ManyMinima(), schedule=Cosine(1.25, T_max=200, eta_min=0), steps=200, noise=0.3, seed=0)"
    )
    assert problems == []


def test_the_ball_is_dragged_and_the_map_pressed(page: Page, problems: list[str]) -> None:
    explorer = show(page, landscape=Ravine(), lr=0.05)
    before = explorer.locator("[data-path]").get_attribute("d")
    handle = explorer.locator("figure:visible circle.start")
    box = handle.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    assert page.evaluate("window.state.start") is None, "a press alone moves nothing"
    page.mouse.move(x + 100, y + 40, steps=5)
    page.mouse.up()
    across, up = page.evaluate("window.state.start")
    assert across > -4
    assert up < 1
    box = handle.bounding_box()
    assert box is not None
    assert abs(box["x"] + box["width"] / 2 - x - 100) < 1.5
    assert abs(box["y"] + box["height"] / 2 - y - 40) < 1.5
    assert explorer.locator("[data-path]").get_attribute("d") != before
    explorer.locator("figure:visible svg.plot").click(position={"x": 200, "y": 100})
    assert page.evaluate("window.state.start") != [across, up]
    page.mouse.move(0, 0)  # far outside, while nothing is held
    assert page.evaluate("window.state.start") != [across, up]

    slider = explorer.get_by_role("slider", name="start y")
    slider.focus()
    before_keys = page.evaluate("window.state.start")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    after = page.evaluate("window.state.start")
    assert after[0] == before_keys[0]
    assert after[1] > before_keys[1]
    assert problems == []


def test_dragged_out_of_the_picture_the_start_stays_on_its_frame(page: Page) -> None:
    explorer = show(page)
    box = explorer.locator("circle.start").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 8, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(5, 5, steps=4)
    page.mouse.up()
    assert page.evaluate("window.state.start") == -3


def test_another_landscape_starts_at_its_own_start(page: Page, problems: list[str]) -> None:
    explorer = show(page, start=1.0, lr=0.001)
    choice = explorer.get_by_role("combobox", name="landscape")
    for kind, (label, words) in KINDS.items():
        choice.select_option(label=label)
        expect(explorer.locator(".words")).to_have_text(words)
        assert page.evaluate("[window.state.landscape, window.state.start]") == [kind.__name__, None]
        expect(explorer.get_by_role("slider", name="start")).to_have_count(kind.dim)
    assert problems == []


def test_another_landscape_never_opens_diverging(page: Page) -> None:
    explorer = show(page, lr=0.5)
    choice = explorer.get_by_role("combobox", name="landscape")
    choice.select_option("Rosenbrock")
    assert page.evaluate("window.state.lr") == 0.001, "half of its limit"
    expect(verdict(explorer)).not_to_contain_text("Diverging")
    choice.select_option("Bowl")
    assert page.evaluate("window.state.lr") == 0.001, "a rate that works stays"
    explorer = show(page, lr=0.5, goal="ravine")
    explorer.get_by_role("combobox", name="landscape").select_option("Ravine")
    assert page.evaluate("window.state.lr") == 0.5, "with a goal, the rate is the student's to find"


def test_what_diverges_is_seen_on_a_higher_axis(page: Page) -> None:
    explorer = show(page, lr=2.1)
    loss = explorer.locator("[data-panel=loss]")
    expect(loss).to_contain_text("10⁴")
    move(explorer.get_by_role("slider", name="learning rate"), 1)
    expect(loss).to_contain_text(re.compile(r"up to .*10\S+ ↑"))
    move(explorer.get_by_role("slider", name="learning rate"), -1)
    expect(loss).not_to_contain_text("↑")


def test_only_the_sliders_of_the_chosen_schedules_are_there(page: Page) -> None:
    explorer = show(page)
    card = explorer.get_by_role("group", name="schedule", exact=True)
    main = explorer.locator(".main")
    expect(main.get_by_role("slider")).to_have_count(1)
    expect(card.get_by_role("slider")).to_have_count(0)
    card.get_by_role("combobox", name="schedule").select_option("step")
    expect(main.get_by_role("slider")).to_have_count(3)
    card.get_by_role("combobox", name="compare").select_option("cosine warm restarts")
    expect(main.get_by_role("slider")).to_have_count(3)
    expect(card.get_by_role("slider")).to_have_count(3)
    card.get_by_role("combobox", name="compare").select_option("with nothing")
    expect(card.get_by_role("slider")).to_have_count(0)
    assert page.evaluate("window.state.compare") is None
    rate = explorer.locator("[data-line=lr]")
    before = rate.get_attribute("d")
    move(main.get_by_role("slider", name="factor"), 0.2)
    assert rate.get_attribute("d") != before


def test_a_lowest_rate_of_nothing_is_at_the_left_end(page: Page) -> None:
    explorer = show(page, schedule="cosine")
    slider = explorer.get_by_role("slider", name="lowest rate")
    assert slider.evaluate("(input) => input.value === input.min")
    slider.focus()
    page.keyboard.press("End")
    assert page.evaluate("window.state.eta_min") == 1
    page.keyboard.press("Home")
    assert page.evaluate("window.state.eta_min") == 0


def test_the_step_is_scrubbed_by_keys_and_on_the_panels(page: Page) -> None:
    explorer = show(page, lr=0.5)
    values, ball = explorer.locator("[data-values=first]"), explorer.locator("circle.ball")
    expect(values).to_contain_text("next rate –")
    scrub = explorer.get_by_role("slider", name="step n")
    scrub.focus()
    page.keyboard.press("Home")
    expect(values).to_contain_text(re.compile(r"x 2\s+loss 2\s+next rate 0.5"))
    expect(scrub).to_have_attribute("aria-valuetext", "step 0: loss 2")
    first = ball.get_attribute("cx")
    page.keyboard.press("ArrowRight")
    expect(values).to_contain_text(re.compile(r"x 1\s+loss 0.5\s+next rate 0.5"))
    assert ball.get_attribute("cx") != first
    explorer.locator("[data-panel=lr]").click(position={"x": 45, "y": 60})
    assert int(scrub.input_value()) <= 1
    # A rate that changes leaves the step; at the end it stays at the end.
    scrub.focus()
    page.keyboard.press("End")
    move(explorer.get_by_role("slider", name="number of steps"), 100)
    expect(explorer.locator("[data-at]")).to_have_text("100 of 100")


@pytest.mark.parametrize(
    ("goal", "start", "steps"),
    [
        ("converge", {"steps": 100, "lr": 0.02}, [("learning rate", -0.5)]),
        ("ravine", {"landscape": Ravine(), "lr": 0.02}, [("momentum", 0.5), ("learning rate", -1.0)]),
        (
            "well",
            {"landscape": ValleyWithWell(), "lr": 0.5, "steps": 80, "schedule": "exponential"},
            [("decay", -1.22)],
        ),
        (
            "hop",
            {"landscape": Ripples(), "steps": 200, "noise": 0.3, "schedule": "cosine warm restarts"},
            [("learning rate", 0.4)],
        ),
    ],
    ids=["converge", "ravine", "well", "hop"],
)
def test_a_goal_is_recognised_when_it_is_reached(
    page: Page, goal: str, start: dict[str, Any], steps: list[tuple[str, float]]
) -> None:
    if goal == "well":
        start = {**start, "exponential_decay": 0.01}
    explorer = show(page, goal=goal, **start)
    expect(explorer.locator(".goal")).to_be_visible()
    expect(explorer.locator("[data-goal=met]")).to_have_text("")
    expect(explorer.locator(".scenes")).to_be_hidden()  # they would give it away
    assert page.evaluate("window.state.goal_met") is False
    for name, value in steps:
        move(explorer.get_by_role("slider", name=name), value)
    expect(explorer.locator("[data-goal=met]")).to_have_text("Reached!")
    assert page.evaluate("window.state.goal_met") is True


def test_a_finger_taps_the_map_or_drags_the_ball(browser: Browser) -> None:
    page = browser.new_context(has_touch=True, viewport={"width": 400, "height": 1000}).new_page()
    explorer = show(page, landscape=Ravine(), lr=0.05)
    plot = explorer.locator("figure:visible svg.plot").bounding_box()
    assert plot is not None
    page.touchscreen.tap(plot["x"] + 250, plot["y"] + 60)
    across, up = page.evaluate("window.state.start")
    assert across > 0
    assert up > 0


def test_a_pair_of_rate_and_momentum_is_taken_from_the_map(page: Page) -> None:
    explorer = show(page, landscape=Ravine(), lr=0.02, steps=60)
    fold, cells = explorer.locator(".pairs"), explorer.locator(".pairs rect")
    expect(cells).to_have_count(0)  # nothing is worked out before one asks
    fold.locator("summary").click()
    arrived, gone = fold.locator("rect.there"), fold.locator("rect.gone")
    expect(arrived).not_to_have_count(0)
    assert arrived.count() > 50
    assert gone.count() > 200
    best = arrived.evaluate_all(
        """(all) => all.indexOf(all.reduce((a, b) =>
            +a.getAttribute("fill-opacity") >= +b.getAttribute("fill-opacity") ? a : b))"""
    )
    arrived.nth(best).click()
    lr, momentum = page.evaluate("[window.state.lr, window.state.momentum]")
    assert 0.02 < lr < 0.3
    assert momentum > 0.3
    expect(verdict(explorer)).not_to_contain_text("Too small")
    before = gone.count()
    explorer.get_by_role("checkbox", name="Nesterov").check()
    assert gone.count() != before
