"""A prediction under real keys and a real pointer, in a page without a kernel."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from support.bare_page import mount

from lrlab import explorers

pytestmark = [pytest.mark.slow, pytest.mark.browser]

# As mount.js puts an explorer into a page.
ON_THE_SITE = """() => {
    const place = Object.assign(document.createElement("div"), { className: "lrlab-mount" });
    return window.show(document.body.appendChild(place));
}"""


def show(page: Page, name: str) -> Locator:
    mount(page, explorers.predict(name))
    return page.locator(".lrlab-prediction")


def stored(page: Page) -> Any:
    return json.loads(page.evaluate("localStorage.getItem('lrlab-predictions')") or "{}")


def test_answered_with_keys_compared_and_counted(kept: Page, problems: list[str]) -> None:
    widget = show(kept, "01-sweep")
    answer = explorers.predict("01-sweep")._question["answer"]
    button = widget.get_by_role("button")
    expect(button).to_have_text("Compare")
    expect(button).to_be_disabled()
    expect(widget).not_to_contain_text("cliff")
    kept.keyboard.press("Tab")
    kept.keyboard.press("Space")
    for _ in range("abcd".index(answer)):
        kept.keyboard.press("ArrowDown")
    expect(widget.get_by_role("radio", checked=True)).to_have_attribute("value", answer)
    assert kept.evaluate("window.state.choice") == answer
    expect(widget.locator(".hint")).to_have_text("Noted. Run the next cell, then compare.")
    assert stored(kept) == {}, "nothing counts before it is compared"
    kept.keyboard.press("Tab")
    kept.keyboard.press("Enter")
    expect(widget.get_by_role("status")).to_have_text("✓ Right.")
    expect(widget.locator(".choice.right")).to_contain_text("✓ right, and yours")
    expect(widget.locator(".choice p:visible")).to_have_count(4)
    expect(widget.locator(".tally")).to_have_text("1 of 1 right at the first try; the course has 41.")
    assert stored(kept)["01-sweep"]["right"] is True
    expect(button).to_be_focused()
    assert problems == []


def test_where_no_cell_runs_one_reads_on(kept: Page) -> None:
    mount(kept, explorers.predict("01-sweep"), inside=ON_THE_SITE)
    widget = kept.locator(".lrlab-prediction")
    expect(widget.locator(".hint")).to_have_text("Choose, read on to the result, then compare.")
    widget.locator("[data-letter=a] label").click()
    expect(widget.locator(".hint")).to_have_text("Noted. Read on to the result, then compare.")


def test_only_the_first_answer_counts(kept: Page) -> None:
    widget = show(kept, "01-sweep")
    answer = explorers.predict("01-sweep")._question["answer"]
    wrong = next(letter for letter in "abcd" if letter != answer)
    widget.locator(f"[data-letter={wrong}] label").click()
    widget.get_by_role("button").click()
    expect(widget.locator(".choice.wrong")).to_contain_text("✗ yours")
    expect(widget.locator(".choice.right")).to_contain_text("✓ right")
    expect(widget.get_by_role("status")).to_have_text("✗ Not this time.")
    widget.get_by_role("button", name="Answer again").click()
    expect(widget.get_by_role("radio", checked=True)).to_have_count(0)
    widget.locator(f"[data-letter={answer}] label").click()
    widget.get_by_role("button").click()
    expect(widget.get_by_role("status")).to_have_text("✓ Right.")
    expect(widget.locator(".tally")).to_have_text("0 of 1 right at the first try; the course has 41.")


def test_an_answer_is_there_again_and_another_question_goes_on_counting(kept: Page) -> None:
    kept.evaluate("""localStorage.setItem('lrlab-predictions', JSON.stringify(
        {"01-sweep": {choice: "a", sketch: [], right: false}, "gone": {choice: "a", sketch: [], right: true}}))""")
    widget = show(kept, "01-sweep")
    expect(widget.get_by_role("button")).to_have_text("Answer again")
    expect(widget.locator(".tally")).to_have_text("1 of 2 right at the first try; the course has 41.")


def test_where_the_browser_keeps_nothing_it_still_works(page: Page, problems: list[str]) -> None:
    widget = show(page, "02-drop")
    widget.locator("label").first.click()
    widget.get_by_role("button").click()
    expect(widget.get_by_role("status")).not_to_be_empty()
    assert problems == []


def test_a_curve_is_drawn_with_the_pointer(kept: Page) -> None:
    widget = show(kept, "02-recurrence")
    expect(widget.get_by_role("button")).to_be_disabled()
    box = widget.locator("svg.plot").bounding_box()
    assert box
    at = lambda x, y: (box["x"] + x / 600 * box["width"], box["y"] + y / 240 * box["height"])  # noqa: E731
    kept.mouse.move(*at(64, 22))
    kept.mouse.down()
    for step in range(1, 22):
        kept.mouse.move(*at(64 + 25 * step, min(198, 22 + 30 * step)))
    kept.mouse.up()
    drawn = kept.evaluate("window.state.sketch")
    assert len(drawn) == 11
    assert drawn[0] > 0.9
    assert max(drawn[5:]) < 0.05
    expect(widget.locator(".truth")).to_have_count(0)
    widget.get_by_role("button").click()
    expect(widget.get_by_role("status")).to_contain_text("✓ Right. On average you were")
    assert widget.locator(".truth").get_attribute("d")
    expect(widget.locator(".reason")).to_contain_text("divides again and again")


def test_a_curve_is_drawn_with_keys(kept: Page) -> None:
    widget = show(kept, "05-one")
    first, second = (widget.get_by_role("slider").nth(i) for i in (0, 1))
    expect(first).to_have_accessible_name("learning rate at step 0")
    first.focus()
    before = float(first.get_attribute("aria-valuenow") or "nan")
    kept.keyboard.press("ArrowUp")
    assert float(first.get_attribute("aria-valuenow") or "nan") == pytest.approx(before + 0.003)
    kept.keyboard.press("ArrowRight")
    expect(second).to_be_focused()
    for _ in range(5):
        kept.keyboard.press("PageDown")
    assert float(second.get_attribute("aria-valuenow") or "nan") == 0
    widget.get_by_role("button").click()
    expect(widget.get_by_role("status")).to_contain_text("Not close")
