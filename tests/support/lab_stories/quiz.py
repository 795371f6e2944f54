"""A quiz in JupyterLab: a choice answers at once, and Python reads it."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from support.lab_server import Lab, soon

CELLS = ("from lrlab import explorers", "w = explorers.quiz('01')\nw")


def play(lab: Lab, page: Page) -> None:
    first = page.locator(".lrlab-quiz fieldset").first
    first.get_by_role("radio").first.focus()
    page.keyboard.press("Space")
    expect(first.get_by_role("status")).to_have_text("That walks up the slope.")
    soon(lambda: lab.ask(page, "print(w.chosen, w.right)") == "{'01-1': 'a'} 0")
    page.keyboard.press("ArrowDown")
    expect(first.locator(".choice.right")).to_contain_text("✓ right")
    soon(lambda: lab.ask(page, "print(w.right)") == "1")
    lab.ask(page, "w.chosen = {'01-2': 'a'}")
    expect(page.locator(".lrlab-quiz .choice.right")).to_have_count(1)
