"""The explorers of curvature and of cool-downs under real keys and a real pointer, in a page without a kernel."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from support.bare_page import mount
from support.made_results import made_cooldowns, made_sharpness

from lrlab import explorers

pytestmark = [pytest.mark.slow, pytest.mark.browser]


def test_a_rate_is_chosen_beside_its_limit(page: Page, problems: list[str]) -> None:
    mount(page, explorers.curvature(made_sharpness(), goal="edge"))
    explorer = page.locator(".lrlab-curvature")
    slider = explorer.get_by_role("slider", name="learning rate")
    expect(explorer.locator("[data-words]")).to_contain_text("The sharpness stays below 2/η = 10")
    expect(explorer.locator(".plot .name")).to_have_text("2/η is above the picture")
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(explorer.locator("[data-label]")).to_have_text("0.8 (2 of 4)")
    expect(explorer.locator("[data-goal=met]")).to_have_text("Reached!")
    assert page.evaluate("window.state.label") == "0.8"
    # The line hovers where the limit is.
    box = {name: explorer.locator(f"[data-line={name}]").bounding_box() for name in ("limit", "sharpness")}
    assert box["limit"] is not None
    assert box["sharpness"] is not None
    ends = box["sharpness"]["y"]
    assert abs(ends - box["limit"]["y"]) < 20
    page.keyboard.press("End")
    expect(slider).to_have_attribute("aria-valuetext", "5: The loss diverges with 1 of 3 seeds.")
    expect(explorer.locator(".spoken")).to_contain_text("Learning rate 5: The loss diverges")
    # The loss of a run that is gone ends, as its sharpness does, and does not fall to 0.
    gone = [explorer.locator(f"[data-line={name}]").bounding_box() for name in ("sharpness", "loss")]
    assert gone[0]["width"] == pytest.approx(gone[1]["width"], abs=1)
    faint = explorer.locator(".other")
    before = faint.count()
    explorer.get_by_role("checkbox").uncheck()
    expect(faint).to_have_count(0)
    assert page.evaluate("window.state.others") is False
    assert before == 6
    assert problems == []


def test_the_moment_of_the_cooldown_is_dragged(page: Page, problems: list[str]) -> None:
    mount(page, explorers.cooldown(made_cooldowns(), start=320, goal="plateau"))
    explorer = page.locator(".lrlab-cooldown")
    expect(explorer.locator("[data-at]")).to_have_text("320, and ends at 400")
    box = explorer.locator(".plot").bounding_box()
    rate = explorer.locator("[data-line=rate]").bounding_box()
    assert box is not None
    assert rate is not None
    scale = rate["width"] / 400  # pixels an update: the chosen branch ends at 400
    page.mouse.move(rate["x"] + 320 * scale, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(rate["x"] + 165 * scale, box["y"] + box["height"] / 2, steps=5)
    page.mouse.up()
    expect(explorer.locator("[data-at]")).to_have_text("160, and ends at 200")
    expect(explorer.locator("[data-words]")).to_contain_text("A cosine for 200 updates alone")
    expect(explorer.locator("[data-goal=met]")).to_have_text("Reached!")
    assert page.evaluate("window.state.start") == 160
    page.mouse.move(rate["x"] + 20, box["y"] + box["height"] / 2)  # a passing mouse changes nothing
    assert page.evaluate("window.state.start") == 160
    wave = explorer.locator("[data-line=wave]")
    expect(wave).to_have_count(1)
    explorer.get_by_role("checkbox", name="the cosines").uncheck()
    expect(explorer.locator("[data-line=cosine]")).to_have_count(0)
    expect(wave).to_have_count(0)
    explorer.get_by_role("button", name="Reset").click()
    assert page.evaluate("[window.state.start, window.state.cosines]") == [320, True]
    expect(explorer.locator("[data-line=cosine]")).to_have_count(1)
    slider = explorer.get_by_role("slider", name="the cool-down begins at update")
    slider.focus()
    page.keyboard.press("Home")
    expect(explorer.locator("[data-at]")).to_have_text("40, and ends at 50")
    expect(wave).to_have_count(0)  # no cosine was trained for 50 updates
    assert problems == []


def test_runs_that_diverge_leave_no_hole_in_the_picture(page: Page, problems: list[str]) -> None:
    found = made_cooldowns()
    nothing = np.full_like(found.cooled, np.nan)
    cooled = found.cooled.copy()
    cooled[3, 0] = np.nan
    mount(page, explorers.cooldown(dataclasses.replace(found, cooled=cooled), start=160))
    explorer = page.locator(".lrlab-cooldown")
    expect(explorer.locator("[data-words]")).to_contain_text("the run diverges with 1 of 3 seeds")
    assert "NaN" not in explorer.inner_html()
    mount(page, explorers.cooldown(dataclasses.replace(found, plateau=nothing, cooled=nothing, cosine=nothing)))
    assert "NaN" not in page.locator(".lrlab-cooldown").inner_html()
    assert "Infinity" not in page.locator(".lrlab-cooldown").inner_html()
    assert problems == []
