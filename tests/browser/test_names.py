"""Each control of an explorer has a name of its own: who hears or speaks the names can tell them apart."""

from __future__ import annotations

import re
from collections import Counter

import nbformat
import pytest
from playwright.sync_api import Page, expect
from support import REPO
from support.bare_page import mount
from support.every_explorer import EVERY

from lrlab import explorers

pytestmark = [pytest.mark.slow, pytest.mark.browser]

CONTROLS = {"slider", "checkbox", "radio", "button", "combobox", "textbox", "DisclosureTriangle"}


def controls(page: Page) -> Counter[tuple[str, str]]:
    """Role and name of each control, as the browser tells them to a screen reader."""
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")
    told = [node for node in tree["nodes"] if not node["ignored"] and node["role"]["value"] in CONTROLS]
    return Counter((node["role"]["value"], node["name"]["value"]) for node in told)


@pytest.mark.parametrize("name", explorers.__all__)
def test_no_two_controls_of_an_explorer_have_one_name(page: Page, name: str) -> None:
    mount(page, EVERY[name]())
    found = controls(page)
    assert len(found) > 2
    assert all(words.strip() for _, words in found)
    assert [one for one, count in found.items() if count > 1] == []


def test_a_formula_that_is_switched_off_has_no_slider(page: Page) -> None:
    mount(page, explorers.decay(show=["exponential"], goal="tenth"))
    card = page.get_by_role("group", name="exponential schedule")
    expect(card.get_by_role("slider")).to_have_accessible_name("d of exponential decay")
    expect(page.get_by_role("group", name="schedule").filter(visible=True)).to_have_count(2)  # and `all schedules`
    page.get_by_role("checkbox", name="time-based").check()
    expect(page.get_by_role("slider", name="d of time-based decay")).to_be_visible()
    expect(page.locator("[data-line]")).to_have_count(2)
    page.get_by_role("checkbox", name="exponential").uncheck()
    expect(card).to_be_hidden()
    expect(page.get_by_role("checkbox", name="exponential")).to_be_focused()


PLACES = re.compile(r"\b(\w+) (above|below|under|beside|left of|right of) the (picture|explorer)\b")


def test_what_the_course_says_of_places_in_an_explorer_is_so(page: Page) -> None:
    texts = [" ".join(cell.source.split()) for path in sorted((REPO / "course").glob("*.ipynb"))
             for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "markdown"]  # fmt: skip
    said = {found[0] for text in texts for found in PLACES.finditer(text)}
    assert said == {"line above the picture"}, "a new claim: see here that it is true"
    for name in sorted(set(EVERY) - {"predict", "quiz"}):  # which have neither
        mount(page, EVERY[name]())
        goal = page.locator(".lrlab-explorer .goal").bounding_box()
        picture = page.locator(".lrlab-explorer svg.plot").first.bounding_box()
        assert goal, f"{name} shows no goal"
        assert picture
        assert goal["y"] + goal["height"] <= picture["y"]
