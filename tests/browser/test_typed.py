"""Numbers are typed, taken back and explained, in every explorer in one way."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from support.bare_page import mount
from support.every_explorer import EVERY

from lrlab import explorers
from lrlab.schedules import Constant

pytestmark = [pytest.mark.slow, pytest.mark.browser]

# The slider, what is typed, and the value that is then in the state: (where it is, exactly what it is).
TYPED = [
    ("decay", "input[data-key=exponential_decay]", "0.0233", "state.exponential_decay", 0.0233),
    ("descent", "input[data-key=lr]", "0,25", "state.lr", 0.25),
    ("descent", "input[data-place='0']", "1.5", "state.start?.[0] ?? null", 1.5),
    ("snapshots", "input[data-many]", "2", "state.chosen.join()", "4,5"),
    ("schedule", "input[data-field=max_lr]", "2.5 × 10⁻²", "state.schedule.values.max_lr", 0.025),
    ("schedule", "input[data-field=total_steps]", "77 steps", "state.schedule.values.total_steps", 77),
    ("playground", "input[data-rate]", "0.123", "state.schedule.values.lr", 0.123),
    ("playground", "input[data-key=noise]", "15 %", "state.noise", 0.15),
    ("searches", "input[data-rate]", "0.1", "state.lr", 0.1),
    ("training", "input[data-reader]", "42", "state.step", 42),
    ("curvature", "input[data-run]", "1.5", "state.label", "1.6"),
    ("cooldown", "input[data-start]", "90 updates", "state.start", 80),
]


@pytest.mark.parametrize("name", sorted({name for name, *_ in TYPED}))
def test_numbers_are_typed_and_taken_back(page: Page, problems: list[str], name: str) -> None:
    mount(page, EVERY[name]())
    for _, slider, text, where, value in (one for one in TYPED if one[0] == name):
        before = page.evaluate(f"window.{where}")
        one = page.locator(slider)
        one.focus()
        page.keyboard.press("Enter")
        field = page.locator(".typed")
        field.fill(text)
        page.keyboard.press("Enter")
        assert page.evaluate(f"window.{where}") == value
        expect(one).to_be_focused()
        expect(field).to_have_count(0)
        one.dblclick(position={"x": 2, "y": 8})
        assert page.evaluate(f"window.{where}") == before
        # A digit on the slider begins to write; Escape leaves all as it was.
        now = page.evaluate(f"window.{where}")
        page.keyboard.press("7")
        expect(field).to_have_value("7")
        page.keyboard.press("Escape")
        assert page.evaluate(f"window.{where}") == now
        # The pointer, and what is no number.
        page.locator(f".slider:has({slider}) output").click()
        field.fill("no number")
        page.keyboard.press("Enter")
        expect(field).to_have_attribute("aria-invalid", "true")
        page.keyboard.press("Escape")
        assert page.evaluate(f"window.{where}") == now
    assert problems == []


@pytest.mark.parametrize("leave", ["Enter", "Tab"])
def test_a_number_that_is_only_looked_at_stays(page: Page, leave: str) -> None:
    mount(page, explorers.playground(noise=0.12345, weight_decay=2.54321e-5, updates=20, show=["network"]))
    for key, shown in (("noise", "12.3 %"), ("weight_decay", "2.54 × 10⁻⁵")):
        one = page.locator(f"input[data-key={key}]")
        page.locator(f".slider:has(input[data-key={key}]) output").click()
        expect(page.locator(".typed")).to_have_value(shown)
        page.keyboard.press(leave)
        expect(page.locator(".typed")).to_have_count(0)
        if leave == "Enter":
            expect(one).to_be_focused()
    assert page.evaluate("[window.state.noise, window.state.weight_decay]") == [0.12345, 2.54321e-5]


def test_a_point_is_chosen_by_the_number_that_it_shows(page: Page) -> None:
    mount(page, explorers.playground(Constant(0.1), updates=20, show=["schedule"]))
    page.locator("[data-name]").select_option("drawn")
    page.locator("input[data-point]").focus()
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    expect(page.locator(".slider:has([data-point]) output")).to_have_text(re.compile("^2 of "))


def test_one_button_takes_all_back_and_a_sentence_explains(page: Page) -> None:
    mount(page, EVERY["decay"]())
    before = page.evaluate("JSON.stringify(window.state)")
    for slider in ("exponential_decay", "lr", "step_every"):
        one = page.locator(f"input[data-key={slider}]").first
        one.focus()
        page.keyboard.press("ArrowLeft")
        sentence = page.locator(f"#{one.get_attribute('id')}-help").text_content() or ""
        assert sentence.endswith(".")
        expect(one).to_have_accessible_description(sentence)
    page.get_by_role("checkbox", name="logarithmic axis").check()
    assert page.evaluate("JSON.stringify(window.state)") != before
    page.get_by_role("button", name="Reset").click()
    assert page.evaluate("JSON.stringify(window.state)") == before


# What shows or hides one of several lines says so by the name of its group or its row.
UNEXPLAINED = """() => [...document.querySelectorAll("select, input[type=range], input[type=checkbox]")]
    .filter((one) => !one.closest(".chips, .which, tbody"))
    .map((one) => [one, (one.getAttribute("aria-describedby") ?? "").split(" ")[0]])
    .map(([one, id]) => [one, document.getElementById(id)?.textContent ?? ""])
    .filter(([, sentence]) => !/^[A-Z].*[.]$/s.test(sentence))
    .map(([one]) => one.outerHTML)"""


@pytest.mark.parametrize("name", sorted(set(EVERY) - {"predict", "quiz"}))  # which have none
def test_every_control_is_explained(page: Page, name: str) -> None:
    mount(page, EVERY[name]())
    assert page.evaluate(UNEXPLAINED) == []
    first = page.locator(".main .slider").first
    first.locator("input").first.focus()
    expect(first.locator(".help")).to_be_visible()
    page.keyboard.press("Escape")
    expect(first.locator(".help")).to_be_hidden()
