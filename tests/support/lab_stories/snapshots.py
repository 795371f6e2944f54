"""The snapshot explorer in JupyterLab: trained in the notebook, and page and Python hold one state."""

from __future__ import annotations

import json

from playwright.sync_api import Page, expect

from support.lab_server import Lab, soon

CELLS = (
    """
from functools import partial
from lrlab import data, experiments, explorers
from lrlab.models import MLP
from lrlab.schedules import Constant

few = data.load("digits", max_train=200, max_val=120)
result = experiments.snapshots(
    few, cycles=4, epochs=8, seeds=(0, 1), model=partial(MLP, hidden=8), single=Constant(1e-9), progress=False
)
""",
    """
w = explorers.snapshots(result, few, goal="beat")
seen = []
w.observe(lambda change: seen.append(change.new), "chosen")
w
""",
    "w",
)


def play(lab: Lab, page: Page) -> None:
    first, second = page.locator(".lrlab-snapshots").all()

    def holds(code: str, words: str) -> None:
        soon(lambda: lab.ask(page, f"print({code})") == words)

    # Keys change the picture, the numbers, the other view and Python, and those who observe it hear of it.
    slider = first.get_by_role("slider", name="how many")
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(slider).to_be_focused()
    expect(second.get_by_role("slider", name="how many")).to_have_attribute("aria-valuetext", "the last 3")
    holds("w.chosen, seen[-1], w.error == result.ensemble_errors[0, 2]", "[2, 3, 4] [2, 3, 4] True")
    error = float(lab.ask(page, "print(w.error)"))
    expect(first.locator("[data-row=choice]")).to_contain_text(f"{round(120 * error)} of 120")

    # The arrow keys move among the digits, and not among the notebook's cells.
    shown = json.loads(lab.ask(page, "print(w._run['index'])"))
    assert len(shown) > 2
    radio = first.get_by_role("radio", checked=True)
    radio.focus()
    page.keyboard.press("ArrowRight")
    expect(first.get_by_role("radio").nth(1)).to_be_focused()
    holds("w.digit", str(shown[1]))
    expect(second.locator(".says caption")).to_contain_text(f"validation image {shown[1]}:")

    # Python moves the page: another choice, another run with its own digits.
    lab.ask(page, "w.chosen = [1, 4]")
    expect(first.get_by_role("checkbox", name="snapshot 1")).to_be_checked()
    expect(first.get_by_role("checkbox", name="snapshot 3")).not_to_be_checked()
    assert "chosen must be a list of snapshots from 1 to 4, at least one, got [5]" in lab.ask(page, "w.chosen = [5]")
    lab.ask(page, "w.seed = 1")
    digits = lab.ask(page, "print(w.digit, result.labels[w.digit], len(w._run['index']))").split()
    expect(first.locator(".says caption")).to_have_text(f"validation image {digits[0]}: it is a {digits[1]}")
    expect(first.locator(".tile")).to_have_count(int(digits[2]))
    single = lab.ask(page, "print(round(120 * result.single_errors[1]))")
    expect(second.locator("[data-row=single]")).to_contain_text(f"{single} of 120")

    # The goal is Python's to read, whichever view it was reached in: any two beat a model that has learned nothing.
    lab.ask(page, "w.chosen = [4]")
    expect(first.locator("[data-goal=met]")).to_have_text("")
    holds("w.goal_met", "False")
    second.get_by_role("checkbox", name="snapshot 3").check()
    expect(first.locator("[data-goal=met]")).to_have_text("Reached!")
    holds("w.goal_met, w.chosen", "True [3, 4]")
