"""The slides in a real browser: keys, an explorer on a slide, a clicker question, the speaker's notes, and paper."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import nbformat
import pytest

pytest.importorskip("sphinx_revealjs")

import talk as server
from coursesite import explorers, talk
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from playwright.sync_api import Page, expect
from support import REPO
from support.axe_rules import violations
from support.bare_page import rest

from lrlab.explorers import playground, schedule
from lrlab.schedules import Step

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.xdist_group("talk")]

SLIDES = """
- title: First
  lecture: 1
  points: ["$\\\\eta_0$ is where it begins."]
  notes: {minutes: 1, say: Welcome.}
- title: Drag it
  show: [04/explorer]
  notes: {minutes: 2, misconception: It counts epochs., asked: It counts calls., board: A staircase.}
- ask: 01-bowl
  notes: {minutes: 1}
- title: Train it
  show: [04/playground]
  notes: {minutes: 1}
- title: Last
  show: [+04/print, 04/text]
  notes: {minutes: 1}
"""
MANY = SLIDES.count("notes: {")


def shown_in(cell: str, widget: Any, model: str) -> nbformat.NotebookNode:
    """A cell that shows a widget, as a notebook that has run holds it."""
    data, words = widget._repr_mimebundle_()
    data[explorers.VIEW] = {"model_id": model, "version_major": 2, "version_minor": 0}
    return new_code_cell("widget", id=cell, outputs=[new_output("display_data", data=data, metadata=words)])


@pytest.fixture(scope="module")
def slides(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of these slides, built as `make site` builds them from notebooks that have run."""
    root, out = tmp_path_factory.mktemp("course"), tmp_path_factory.mktemp("site")
    (root / "course").mkdir()
    (root / "course" / "talk.yml").write_text(SLIDES, encoding="utf-8")
    for name in ("questions.json", "quizzes.json"):
        shutil.copy(REPO / "course" / name, root / "course")
    shutil.copytree(REPO / "docs" / "site" / "_static", out / "_static")
    widgets = {"m1": schedule(Step(0.05, step_size=30, gamma=0.1)), "m2": playground(updates=40)}
    states = {model: {"state": json.loads(json.dumps(w.get_state(), default=str))} for model, w in widgets.items()}
    cells = [
        shown_in("explorer", widgets["m1"], "m1"),
        shown_in("playground", widgets["m2"], "m2"),
        new_code_cell("print(3)", id="print", outputs=[new_output("stream", name="stdout", text="3\n")]),
        new_markdown_cell("## Printing\n\n*★ 2 minutes*\n\nIt prints.", id="text"),
    ]
    metadata = {"widgets": {explorers.STATE: {"state": states}}}
    notebook: nbformat.NotebookNode = new_notebook(cells=deepcopy(cells), metadata=metadata)
    explorers.publish(notebook, out / "_static", up="../")
    talk.build(root, {root / "course" / "04_schedulers.ipynb": notebook}, out)
    with server.served(out) as address:
        yield address


def at(page: Page) -> int:
    return int(page.evaluate("Reveal.getIndices().h"))


def test_the_keys_are_the_slides_own_until_one_moves_a_slider(page: Page, slides: str, problems: list[str]) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_viewport_size({"width": 1366, "height": 768})
    page.goto(slides)
    expect(page.get_by_role("heading", name="First")).to_be_visible()
    page.keyboard.press("ArrowRight")
    explorer = page.locator(".lrlab-schedule")
    expect(explorer).to_be_visible()
    gamma = explorer.get_by_role("slider", name=re.compile("gamma"))
    before = gamma.input_value()
    gamma.focus()
    page.keyboard.press("ArrowRight")
    assert gamma.input_value() != before
    assert at(page) == 1
    expect(explorer.locator("[data-code=lrlab]")).to_have_text("Step(0.05, step_size=30, gamma=0.11)")
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    assert at(page) == 2
    assert all(url.startswith((slides.removesuffix("talk/"), "blob:", "data:")) for url in asked)
    assert problems == []


def test_a_slide_keeps_its_address_when_its_explorer_moves(page: Page, slides: str) -> None:
    page.goto(f"{slides}#/1")
    gamma = page.locator(".lrlab-schedule").get_by_role("slider", name=re.compile("gamma"))
    gamma.focus()
    page.keyboard.press("ArrowRight")
    rest(page, 500)  # an address is written 300 ms later
    assert page.url.endswith("#/1")
    page.reload()
    expect(page.locator(".lrlab-schedule")).to_be_visible()
    assert at(page) == 1


def test_a_network_trains_on_a_slide_at_the_keys_of_its_slider(page: Page, slides: str, problems: list[str]) -> None:
    page.goto(f"{slides}#/3")
    curve = page.locator(".lrlab-playground [data-line=loss-now]")
    before = curve.get_attribute("d")
    assert before
    page.locator(".lrlab-playground").get_by_role("slider", name="learning rate").focus()
    page.keyboard.press("PageUp")
    page.keyboard.press("ArrowRight")
    expect(curve).not_to_have_attribute("d", before)
    assert at(page) == 3
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    assert at(page) == 4
    assert problems == []


def test_a_clicker_question_keeps_its_answer_until_the_next_key(page: Page, slides: str) -> None:
    page.goto(f"{slides}#/2")
    expect(page.locator("section.present ol.choices > li")).to_have_count(len(talk.asked(REPO)["01-bowl"]["choices"]))
    assert page.evaluate("getComputedStyle(document.querySelector('section.present .fragment')).opacity") == "0"
    page.keyboard.press("ArrowRight")
    page.wait_for_function("getComputedStyle(document.querySelector('section.present .fragment')).opacity === '1'")
    assert at(page) == 2


def test_the_speaker_s_notes_are_in_a_window_of_their_own(page: Page, slides: str) -> None:
    page.goto(f"{slides}#/1")
    with page.expect_popup() as opened:
        page.keyboard.press("s")
    notes = opened.value.locator(".speaker-controls-notes")
    expect(notes).to_contain_text("Misconception: It counts epochs.")
    expect(notes).to_contain_text("If they ask: It counts calls.")
    expect(notes).to_contain_text("Board: A staircase.")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_a_slide(page: Page, slides: str, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto(f"{slides}#/2")
    expect(page.locator("section.present ol.choices")).to_be_visible()
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (max(map(int, re.findall(r"\d+", ground)[:3])) < 60) == (scheme == "dark")
    assert violations(page) == []


def test_a_phone_gets_a_page_to_read(page: Page, slides: str, problems: list[str]) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(slides)
    expect(page.locator(".slides > section:visible")).to_have_count(MANY)
    gamma = page.locator(".lrlab-schedule").get_by_role("slider", name=re.compile("gamma"))
    gamma.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".lrlab-schedule [data-code=lrlab]")).to_have_text("Step(0.05, step_size=30, gamma=0.11)")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    sizes = page.evaluate(
        "[...document.querySelectorAll('main li:not(.lrlab-explorer li)')]"
        ".map((e) => parseFloat(getComputedStyle(e).fontSize))"
    )
    assert min(sizes) >= 16, "not a slide of 1280 pixels, scaled to a third"
    answer = page.locator(".answer")
    expect(answer).to_be_hidden()
    page.get_by_text("Answer", exact=True).click()
    expect(answer).to_be_visible()
    shown = page.locator(".slides > section").last.inner_text()
    assert "It prints." in shown
    assert "Printing" not in shown, "a slide has a heading and minutes of its own"
    assert "minutes" not in shown
    assert violations(page) == []
    assert problems == []


def test_the_slides_print_a_page_for_each(slides: str, tmp_path: Path, browser_path: str) -> None:
    file = tmp_path / "talk.pdf"
    server.print_pdf(slides, file, browser_path)
    printed = file.read_bytes()
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == MANY
    assert len(printed) > 20_000


def test_on_paper_an_explorer_fits_its_slide(page: Page, slides: str) -> None:
    page.set_viewport_size({"width": 1366, "height": 768})
    page.goto(f"{slides}?print-pdf")
    for explorer in (".lrlab-schedule", ".lrlab-playground"):
        expect(page.locator(f".pdf-page {explorer}")).to_be_visible()
    page.wait_for_function(
        """() => [...document.querySelectorAll(".pdf-page .lrlab-mount")].every((mount) => {
            const { bottom, height } = mount.getBoundingClientRect();
            return height > 200 && bottom <= mount.closest(".pdf-page").getBoundingClientRect().bottom + 1;
        })""",
        timeout=60_000,
    )
