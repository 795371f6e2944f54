"""The cool-down explorer in JupyterLab: page and Python hold one moment."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from support.lab_server import Lab, soon

CELLS = (
    "from support.made_results import made_cooldowns\nfrom lrlab import explorers",
    "w = explorers.cooldown(made_cooldowns(), start=320, goal='plateau')\nw",
)


def play(lab: Lab, page: Page) -> None:
    explorer = page.locator(".lrlab-cooldown")
    slider = explorer.get_by_role("slider", name="the cool-down begins at update")
    slider.focus()
    for _ in range(4):
        page.keyboard.press("ArrowLeft")
    expect(slider).to_be_focused()
    expect(explorer.locator("[data-goal=met]")).to_have_text("Reached!")
    soon(lambda: lab.ask(page, "print(w.goal_met, w.start)") == "True 160")
    lab.ask(page, "w.start = 130")
    expect(explorer.locator("[data-at]")).to_have_text("120, and ends at 150")
    assert "start must be a whole number from 0 to 320, got 500" in lab.ask(page, "w.start = 500")
