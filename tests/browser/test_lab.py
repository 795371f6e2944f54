"""JupyterLab in a browser: what a student does with an explorer, and what Python sees of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from support import REPO
from support.lab_server import Lab, soon, write_notebook

pytestmark = [pytest.mark.slow, pytest.mark.browser]

# By type(…), as isinstance would ask lazy objects of torch's for their class, and they warn.
CHOSEN = """
import gc
from lrlab.explorers.decay.widget import DecayExplorer
print(*[thing.exponential_decay for thing in gc.get_objects() if issubclass(type(thing), DecayExplorer)])
"""


@pytest.fixture
def page(lab_page: Page) -> Page:
    return lab_page


@pytest.mark.nightly(reason="a whole notebook; test_explorers_lab.py has its explorer, test_notebooks.py its cells")
def test_notebook_02_runs_and_its_explorer_follows_the_keyboard(lab: Lab, page: Page, problems: list[str]) -> None:
    shutil.copytree(REPO / "course", lab.folder, ignore=shutil.ignore_patterns(".*"), dirs_exist_ok=True)
    lab.open(page, "02_decay_formulas.ipynb")
    lab.run_all(page)
    assert lab.errors(page) == []

    explorer = page.locator(".lrlab-decay").first
    explorer.scroll_into_view_if_needed()
    svg = explorer.locator("svg.plot").element_handle()
    page.wait_for_function("(svg) => svg.viewBox.baseVal.width === svg.clientWidth", arg=svg)  # it has found its width
    line = explorer.locator("[data-line=exponential]")
    rate = explorer.locator("[data-rate=exponential]")
    others = explorer.locator("[data-line=step]")
    before, rate_before, others_before = line.get_attribute("d"), rate.inner_text(), others.get_attribute("d")
    slider = explorer.get_by_role("group", name="exponential schedule").get_by_role("slider")
    value_before = slider.get_attribute("aria-valuetext")
    slider.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    expect(slider).to_be_focused()
    expect(slider).not_to_have_attribute("aria-valuetext", value_before or "")
    assert line.get_attribute("d") != before
    assert rate.inner_text() != rate_before
    assert others.get_attribute("d") == others_before

    chosen = float(slider.get_attribute("aria-valuetext") or "nan")
    soon(lambda: str(chosen) in lab.ask(page, CHOSEN).split())
    assert problems == []


def test_explorers_of_a_saved_notebook_are_alive_without_the_kernel_that_made_them(
    lab: Lab, page: Page, problems: list[str]
) -> None:
    cells = ["from lrlab import explorers", "explorers.decay()", "explorers.schedule()", "explorers.descent()"]
    name = write_notebook(lab.folder, *cells)
    lab.open(page, name)
    lab.run_all(page)
    move(page, page.locator(".lrlab-decay"), "d of exponential decay", "[data-line=exponential]")
    soon(lambda: saved(page, lab.folder / name))
    left = page.locator(".lrlab-decay [data-line=exponential]").get_attribute("d")
    page.goto("about:blank")
    lab.end_kernels()
    problems.clear()  # the page may have missed its kernel

    lab.open(page, name)  # and nothing is run
    assert page.locator(".lrlab-decay [data-line=exponential]").get_attribute("d") == left
    for kind, slider, line in [
        ("decay", "d of exponential decay", "[data-line=exponential]"),
        ("schedule", "T_max", "[data-line=now]"),
        ("descent", "learning rate", "[data-path]"),
    ]:
        move(page, page.locator(f".lrlab-{kind}"), slider, line)
    expect(page.get_by_text("model not found")).to_have_count(0)
    assert problems == []


def saved(page: Page, notebook: Path) -> bool:
    """Save; whether the explorers' state is in the file: on a busy machine the page learns of it late."""
    page.evaluate("async () => { await window.jupyterapp.commands.execute('docmanager:save') }")
    text = notebook.read_text(encoding="utf-8")
    return text.count("_esm") >= 3


def move(page: Page, explorer: Locator, name: str, line: str) -> None:
    """Press an arrow key on the slider called ``name``, and see the line move."""
    explorer.scroll_into_view_if_needed()
    before = str(explorer.locator(line).first.get_attribute("d"))
    explorer.get_by_role("slider", name=name).focus()
    page.keyboard.press("ArrowLeft")
    expect(explorer.locator(line).first).not_to_have_attribute("d", before)


WRONG = """from lrlab.checks import check
check("step_decay", lambda n, lr0, d, r: lr0 * d ** (n // r))"""


def test_a_failed_check_says_what_is_wrong_and_then_draws_it(lab: Lab, page: Page) -> None:
    page.set_viewport_size({"width": 1366, "height": 768})
    page.emulate_media(color_scheme="dark")
    lab.open(page, write_notebook(lab.folder, WRONG))
    lab.run_all(page)
    drawn = page.get_by_role("img", name="The first difference is at n = 2: 0.1 instead of 0.05.")
    expect(drawn).to_be_visible()
    verdict = page.get_by_text("✗ step_decay: 1 of 6 cases right.")
    boxes = [one.bounding_box() for one in (verdict, drawn, page.locator(".jp-OutputArea-output table").first)]
    tops = [box["y"] for box in boxes if box]
    assert len(tops) == 3
    assert tops == sorted(tops)
    expect(page.get_by_text("1 case is right")).to_be_visible()
    expect(page.locator("body")).to_have_attribute("data-jp-theme-light", "false")
    ground, ink = (
        int(part.evaluate(f"one => getComputedStyle(one).{what}.match(/\\d+/)[0]"))
        for part, what in ((page.locator(".jp-Notebook"), "backgroundColor"), (drawn, "color"))
    )
    assert ink - ground > 150, "the correct curve is as light as the text of a dark page"


def test_asks_for_nothing(lab: Lab, page: Page) -> None:
    shutil.copytree(REPO / "course", lab.folder, ignore=shutil.ignore_patterns(".*"), dirs_exist_ok=True)
    page.goto("about:blank")  # JupyterLab is to start once more
    lab.open(page, "00_start_here.ipynb")
    # JupyterLab asks about news a moment after it is ready; there is no event to wait for when it does not.
    page.wait_for_timeout(8_000)
    expect(page.get_by_text("Jupyter news")).to_have_count(0)
    expect(page.get_by_role("dialog")).to_have_count(0)
