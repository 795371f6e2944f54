"""A quiz under real keys, in a page without a kernel; in JupyterLab's page its text for other viewers is hidden."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, expect
from support.bare_page import mount, rest

from lrlab import explorers

pytestmark = [pytest.mark.slow, pytest.mark.browser]


def test_a_choice_answers_with_its_own_sentence_and_the_first_one_counts(kept: Page, problems: list[str]) -> None:
    mount(kept, explorers.quiz("02"))
    first = kept.locator("fieldset").first
    expect(first.get_by_role("radio")).to_have_count(3)
    expect(first.locator(".reason")).to_be_hidden()
    kept.keyboard.press("Tab")
    kept.keyboard.press("ArrowDown")
    expect(first.get_by_role("radio", checked=True)).to_have_attribute("value", "b")
    expect(first.get_by_role("status")).to_have_text("That is StepLR(step_size=10), which counts without the 1.")
    expect(first.locator(".choice.wrong")).to_contain_text("✗ not this one")
    expect(first.locator(".choice.right")).to_have_count(0)  # what is right is still to be found
    kept.keyboard.press("ArrowUp")
    expect(first.locator(".choice.right")).to_contain_text("✓ right")
    expect(kept.locator(".tally")).to_have_text("0 of 6 right at the first try, 5 to go.")
    assert json.loads(kept.evaluate("localStorage.getItem('lrlab-quizzes')")) == {"02-1": "b"}
    assert kept.evaluate("window.state.chosen") == {"02-1": "a"}
    picture = kept.get_by_role("img")
    expect(picture).to_have_count(1)
    assert picture.evaluate("(img) => img.complete && img.naturalWidth > 0")
    kept.evaluate("window.unmount()")
    assert kept.evaluate("window.listeners()") == 0
    assert problems == []


CELLS = """
<div class="jp-Cell jp-CodeCell"></div>
<div class="jp-Cell jp-CodeCell"><div id="here"></div></div>
<div class="jp-Cell jp-MarkdownCell"><details class="lrlab-preview"><summary>The quiz as text</summary>
answers</details></div>
<div class="jp-Cell jp-MarkdownCell"><details><summary>A hint</summary>stays</details></div>"""


def test_in_jupyterlab_the_text_for_other_viewers_is_hidden(kept: Page, problems: list[str]) -> None:
    mount(kept, explorers.quiz("02"))
    kept.evaluate("(cells) => document.body.insertAdjacentHTML('beforeend', cells)", CELLS)
    kept.evaluate("document.querySelector('#here').append(document.querySelector('.lrlab-quiz'))")
    expect(kept.get_by_text("A hint")).to_be_visible()
    expect(kept.get_by_text("The quiz as text")).to_be_hidden()
    rest(kept, 1_600)  # it looks again, as cells are put into the page one by one
    assert problems == []
