"""The curvature explorer in JupyterLab: page and Python hold one run."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from support.lab_server import Lab, soon

CELLS = (
    "from support.made_results import made_sharpness\nfrom lrlab import explorers",
    "w = explorers.curvature(made_sharpness(), goal='edge')\nw",
)


def play(lab: Lab, page: Page) -> None:
    explorer = page.locator(".lrlab-curvature")
    slider = explorer.get_by_role("slider", name="learning rate")
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(slider).to_be_focused()
    expect(explorer.locator("[data-goal=met]")).to_have_text("Reached!")
    soon(lambda: lab.ask(page, "print(w.goal_met, w.label)") == "True 0.8")
    lab.ask(page, "w.label = '1.6'")
    expect(slider).to_have_value("2")
    expect(explorer.locator("[data-words]")).to_contain_text("The loss still falls.")
    assert "label must be one of 0.2, 0.8, 1.6, 5, got '3'" in lab.ask(page, "w.label = '3'")
    expect(slider).to_have_value("2")
