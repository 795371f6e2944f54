"""The schedule explorer in JupyterLab: page and Python hold one state, also for a class written in the notebook."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from support.lab_server import Lab, soon

CELLS = (
    """
from dataclasses import dataclass
import numpy as np
from lrlab import explorers
from lrlab.schedules import *
from lrlab._validation import Count, Positive

@dataclass(frozen=True)
class Sawtooth(Schedule):
    '''Down in a straight line, and again from the top.'''
    lr: Positive
    width: Count = 20
    latex = r"\\eta_n = \\eta_0 \\left(1 - \\frac{n \\bmod w}{w}\\right)"
    symbols = {"lr": r"\\eta_0", "width": "w"}
    def rate(self, n):
        return self.lr * (1 - np.fmod(n, self.width) / self.width)
""",
    "w = explorers.schedule(goal='tenth')\nseen = []\nw.observe(lambda change: seen.append(change.new), 'schedule')\nw",
    "w",
)


def play(lab: Lab, page: Page) -> None:
    first, second = page.locator(".lrlab-schedule").all()

    def line() -> str:
        return first.locator("[data-line=now]").first.get_attribute("d") or ""

    def holds(code: str, words: str) -> None:
        soon(lambda: lab.ask(page, f"print({code})") == words)

    # Keys change the picture, the formula, the other view and the Python object, and those who observe it hear of it.
    before = line()
    slider = first.get_by_role("slider", name="T_max")
    slider.focus()
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    expect(slider).to_be_focused()
    expect(first.locator(".math [data-number=T_max]")).to_have_text("95")
    expect(second.locator("[data-code=lrlab]")).to_have_text("Cosine(0.1, T_max=95)")
    assert line() != before
    holds("w.schedule == Cosine(0.1, T_max=95), seen[-1] == w.schedule", "True True")

    # Another schedule, a pin of it, and the lines of Python to take away.
    choice = first.get_by_role("combobox", name="schedule", exact=True)
    choice.select_option("StepDecay")
    holds("w.schedule == StepDecay(0.1, decay=0.5, every=7)", "True")
    first.get_by_role("button", name="pin this curve to compare").click()
    holds("w.compare == (w.schedule,)", "True")
    expect(second.locator("[data-line=A]")).to_be_attached()
    first.get_by_role("button", name="copy the code for lrlab").click()
    expect(first.locator("[data-copied]")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == "StepDecay(0.1, decay=0.5, every=7)"

    # Python moves the sliders, and reads whether the goal is met.
    lab.ask(page, "w.schedule = Cosine(0.2, T_max=100, eta_min=0.02)")
    expect(first.get_by_role("slider", name="eta_min")).to_have_attribute("aria-valuetext", "0.02")
    expect(first.locator("[data-goal=met]")).to_have_text("Reached!")
    expect(choice).to_have_value("Cosine")
    holds("w.goal_met", "True")
    assert "must be a finite number > 0, got -1" in lab.ask(page, "w.schedule = Cosine(-1, T_max=10)")
    expect(first.get_by_role("slider", name="lr")).to_have_attribute("aria-valuetext", "0.2")

    # A class of the notebook's own: sliders from its rules, its curve from Python at each change.
    lab.ask(page, "w.schedule = Sawtooth(0.1)")
    expect(choice).to_have_value("Sawtooth")
    expect(first.locator("[data-hint]")).to_have_text("Down in a straight line, and again from the top.")
    before = line()
    slider = first.get_by_role("slider", name="width")
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(first.locator(".math [data-number=width]").first).to_have_text("21")
    holds("w.schedule == Sawtooth(0.1, 21)", "True")
    soon(lambda: line() != before)
    expect(slider).to_be_focused()

    # A composition has no sliders, and stays in the list.
    lab.ask(page, "w.schedule = warmup(Cosine(0.1, T_max=90), 10)")
    expect(choice).to_have_value("Join")
    expect(first.locator("[data-words=now]")).to_contain_text(
        "Join((LinearWarmup(0.1, warmup=10), Cosine(0.1, T_max=90))"
    )
    before = line()
    choice.select_option("Constant")
    choice.select_option("Join")
    soon(lambda: line() == before)
    holds("w.schedule == warmup(Cosine(0.1, T_max=90), 10)", "True")

    # Unpinned in the second view, gone in both and in Python.
    second.get_by_role("button", name="remove A, StepDecay(0.1, decay=0.5, every=7)").click()
    expect(first.locator("[data-line=A]")).to_have_count(0)
    holds("w.compare", "()")
