"""The training explorer under real keys and a real pointer, in a page without a kernel."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from support.bare_page import mount, rest
from support.made_results import made_comparison, made_history

from lrlab import explorers
from lrlab.explorers.shared.assets import bundle_js
from lrlab.schedules import Constant

pytestmark = [pytest.mark.slow, pytest.mark.browser]


def show(page: Page, histories: Any = None, **values: Any) -> Locator:
    mount(page, explorers.training(made_comparison() if histories is None else histories, **values))
    explorer = page.locator(".lrlab-training")
    expect(explorer.locator("[data-over] .cursor").first).to_be_attached()
    return explorer


def cell(explorer: Locator, run: int, name: str) -> str:
    return explorer.locator(f"[data-run='{run}'] [data-cell={name}]").inner_text().split("\n")[0]


def test_keys_scrub_and_the_table_says_what_the_runs_held(page: Page, problems: list[str]) -> None:
    result = made_comparison(seeds=1)
    runs = {label: result.histories[label][0] for label in ("constant", "step", "cosine")}
    explorer = show(page, runs)
    expect(explorer.locator("[data-at]")).to_have_text("300 of 300")
    page.evaluate("window.model.set('step', 0)")
    slider = explorer.get_by_role("slider", name="step n")
    slider.focus()
    expect(explorer.locator("[data-at]")).to_have_text("0 of 300")
    assert [cell(explorer, 1, name) for name in ("val_loss", "accuracy")] == ["–", "–"]
    before = explorer.locator("[data-over]").first.inner_html()
    for _ in range(99):
        page.keyboard.press("ArrowRight")
    expect(slider).to_be_focused()
    assert page.evaluate("window.state.step") == 99
    assert explorer.locator("[data-over]").first.inner_html() != before
    assert cell(explorer, 1, "lr") == "0.09", "the 100th update is the first after a drop: steps count from 0"
    assert float(cell(explorer, 1, "loss")) == pytest.approx(runs["step"].smooth_loss()[99], rel=5e-3)
    assert float(cell(explorer, 1, "val_loss")) == pytest.approx(runs["step"].val_loss[0], rel=5e-3)
    page.keyboard.press("ArrowRight")
    assert float(cell(explorer, 1, "val_loss")) == pytest.approx(runs["step"].val_loss[1], rel=5e-3)
    assert cell(explorer, 1, "accuracy") == f"{100 * runs['step'].val_accuracy[1]:.1f} %"
    expect(slider).to_have_attribute("aria-valuetext", "step 100 of 300")
    expect(explorer.locator(".spoken")).to_contain_text("At step 100. constant: rate 0.2, training loss")
    page.keyboard.press("End")
    assert cell(explorer, 0, "accuracy") == f"{100 * runs['constant'].val_accuracy[-1]:.1f} %"
    assert problems == []


def test_it_plays_to_its_end(page: Page) -> None:
    explorer = show(page)
    page.evaluate("window.model.set('step', 270)")
    button, at = explorer.locator("[data-play]"), explorer.locator("[data-at]")
    expect(at).to_have_text("270 of 300")
    button.click()
    expect(button).to_have_text("pause")
    expect(at).to_have_text("300 of 300")
    expect(button).to_have_text("play")


def test_a_step_that_a_cell_sets_counts_while_it_plays(page: Page) -> None:
    explorer = show(page)
    page.evaluate("window.model.set('step', 200)")
    explorer.locator("[data-play]").click()
    page.wait_for_function("window.state.step > 202")
    page.evaluate("window.model.set('step', 0)")
    page.wait_for_function("window.state.step !== 0")
    assert page.evaluate("window.state.step") < 100
    expect(explorer.locator("[data-play]")).to_have_text("pause")


def test_the_pointer_scrubs_on_the_picture(page: Page) -> None:
    explorer = show(page)
    base = explorer.locator(".base").first.bounding_box()
    assert base
    page.mouse.move(base["x"] + base["width"] / 3, base["y"] - 30)
    assert abs(page.evaluate("window.state.step") - 100) <= 2
    page.mouse.move(base["x"] + base["width"] / 2, base["y"] + 80, steps=5)
    assert abs(page.evaluate("window.state.step") - 150) <= 2
    cursor = explorer.locator(".cursor").first.bounding_box()
    assert cursor
    assert abs(cursor["x"] - base["x"] - base["width"] / 2) < 3
    page.mouse.move(base["x"] + base["width"] + 10, base["y"])
    assert page.evaluate("window.state.step") == 300


def test_runs_are_switched_off_and_the_goal_is_recognised(page: Page, problems: list[str]) -> None:
    explorer = show(page, goal="winner")
    lines = explorer.locator("[data-line^=loss]")
    expect(lines).to_have_count(4)
    expect(explorer.locator("[data-goal=now]")).to_have_text("4 are on.")
    [best] = page.evaluate("window.state._targets.winner.labels")
    high = explorer.locator("[data-line=lr-0]").get_attribute("d")
    for label in ("too high", "constant", "step", "cosine"):
        if label != best:
            box = explorer.get_by_role("checkbox", name=label)
            box.focus()
            page.keyboard.press("Space")
            expect(box).not_to_be_checked()
        if label == "too high":
            assert explorer.locator("[data-line=lr-0]").get_attribute("d") != high, "the axis fits what is shown"
    expect(lines).to_have_count(1)
    expect(explorer.locator("[data-goal=met]")).to_have_text("Reached!")
    assert page.evaluate("[window.state.show, window.state.goal_met]") == [[best], True]
    explorer.get_by_role("checkbox", name=best).uncheck()
    expect(lines).to_have_count(0)
    expect(explorer.locator("[data-goal=met]")).to_have_text("")
    assert "NaN" not in explorer.inner_html()
    assert problems == []


@pytest.mark.parametrize("goal", ["reach", "lead"])
def test_a_goal_on_the_steps_is_reached_there_and_left_again(page: Page, goal: str) -> None:
    explorer = show(page, goal=goal)
    target = page.evaluate(f"window.state._targets.{goal}")
    slider, met = explorer.get_by_role("slider", name="step n"), explorer.locator("[data-goal=met]")
    place = page.evaluate("(step) => window.state._steps.indexOf(step)", target["from"])
    expect(met).to_have_text("")
    slider.focus()
    for _ in range(place - 1):
        page.keyboard.press("ArrowRight")
    expect(met).to_have_text("")
    page.keyboard.press("ArrowRight")
    expect(met).to_have_text("Reached!")
    assert page.evaluate("window.state.goal_met") is True
    page.keyboard.press("ArrowLeft")
    expect(met).to_have_text("")


def test_of_several_seeds_the_spread_is_shown_and_who_diverged(page: Page) -> None:
    explorer = show(page, step=150)
    expect(explorer.locator("[data-run='3'] em")).to_have_text("1 of 3 seeds diverged")
    runs = made_comparison().histories["cosine"]
    losses = [run.val_loss[2] for run in runs]
    words = explorer.locator("[data-run='2'] [data-cell=val_loss] small").inner_text()
    low, high = (float(one) for one in words.split(" to "))
    assert (low, high) == (pytest.approx(min(losses), rel=5e-3), pytest.approx(max(losses), rel=5e-3))
    expect(explorer.locator("td.best[data-cell=accuracy]")).to_have_count(1)


def test_a_run_that_diverged_ends_in_a_cross_and_labels_are_text(page: Page, problems: list[str]) -> None:
    runs = {"<b>gone</b> & over": made_history(Constant(0.9), diverges=True), "kept": made_history(Constant(0.2))}
    explorer = show(page, runs, step=200, log_y=True)
    expect(explorer.locator("[data-diverged='0']")).to_have_count(1)
    expect(explorer.locator("[data-run='0'] th span")).to_have_text("<b>gone</b> & over diverged at step 99")
    assert [cell(explorer, 0, name) for name in ("lr", "loss", "val_loss", "accuracy")] == ["–"] * 4
    assert cell(explorer, 1, "lr") == "0.2"
    assert "NaN" not in explorer.inner_html()
    assert problems == []


# Where the slider is, and how high the explorer.
PLACES = """(explorer) => [
    explorer.querySelector("input[type=range]").getBoundingClientRect().y, explorer.getBoundingClientRect().height
].map(Math.round)"""


def test_nothing_jumps_and_nothing_is_cut_off(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 900})
    explorer = show(page)
    slider = explorer.get_by_role("slider")
    slider.focus()
    for width in (360, 600, 920, 1300):
        page.set_viewport_size({"width": width, "height": 900})
        rest(page, 200)  # it finds its new width
        where, values = set(), set()
        for key in ("Home", "PageUp", "PageUp", "PageUp", "PageUp", "End"):
            page.keyboard.press(key)
            where.add(tuple(explorer.evaluate(PLACES)))
            values.add(slider.input_value())
        assert len(values) > 1, f"no key moves the slider at a width of {width} pixels"
        assert len(where) == 1, (width, where)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert explorer.locator("td, thead th").evaluate_all(
            "(all) => all.filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.textContent)"
        ) == [], width  # fmt: skip


def test_a_view_that_is_closed_leaves_no_listener(page: Page, problems: list[str]) -> None:
    show(page)
    assert page.evaluate("window.listeners()") == 4
    page.evaluate("window.unmount()")
    assert page.evaluate("window.listeners()") == 0
    assert problems == []


GAPS_OF_STEPS = """() => {
    const words = [...document.querySelectorAll(".lrlab-training text.tick:not([dy])")];
    const boxes = words.map((one) => one.getBoundingClientRect()).sort((a, b) => a.left - b.left);
    return boxes.slice(1).map((box, i) => box.left - boxes[i].right);
}"""


def test_the_last_step_keeps_away_from_the_tick_before(page: Page) -> None:
    show(page, made_comparison(seeds=1, updates=1500))
    for width in range(620, 760, 20):
        page.set_viewport_size({"width": width, "height": 768})
        rest(page, 100)
        gaps = page.evaluate(GAPS_OF_STEPS)
        assert len(gaps) > 3
        assert min(gaps) >= 5, width


def test_every_axis_from_zero_has_ticks(page: Page) -> None:
    page.set_content("<p>")
    page.evaluate(
        """async (source) => {
            window.parts = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
        }""",
        bundle_js("shared/scales.js"),
    )
    for highest in (0.01, 0.1, 0.11, 0.3, 0.47, 0.62, 0.7, 0.81, 0.9, 1, 2.3, 7.5, 9.9, 1e-12):
        ticks = page.evaluate(
            "(highest) => window.parts.vertical({ highest, lowest: highest, log: false, height: 100 }).ticks", highest
        )
        assert 4 <= len(ticks) <= 7, (highest, ticks)
        assert ticks[0] == 0
        assert ticks[-1] >= 0.79 * highest
    rates = page.evaluate(
        "[[0.01, 0.1], [1e-5, 100], [0.1, 0.1]].map(([a, b]) => window.parts.rate_scale(a, b, 300).ticks)"
    )
    assert rates[0] == [0.01, 0.02, 0.05, 0.1]
    assert len(rates[1]) >= 3
    assert rates[2] == [0.1]
