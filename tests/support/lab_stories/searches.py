"""The searches explorer in JupyterLab: page and Python hold one rate."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from support.lab_server import Lab, soon

CELLS = (
    "from support.made_results import made_range_test, made_sweep\nfrom lrlab import explorers",
    "w = explorers.searches(made_range_test(), made_sweep(), goal='best')\nw",
)


def play(lab: Lab, page: Page) -> None:
    explorer = page.locator(".lrlab-searches")

    # The page's keys reach Python, and the goal with them; the notebook's cells keep still.
    slider = explorer.get_by_role("slider", name="learning rate")
    slider.focus()
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    expect(slider).to_be_focused()
    expect(explorer.locator("[data-goal=met]")).to_have_text("Reached!")
    soon(lambda: lab.ask(page, "print(w.goal_met, round(w.lr, 6))") == "True 0.1")

    # Python moves the page, to the nearest rate that was tried, and refuses what lies outside.
    lab.ask(page, "w.lr = 33")
    expect(slider).to_have_value("11")
    expect(explorer.locator("[data-words]")).to_have_text("Diverged with 3 of 3 seeds.")
    expect(explorer.locator(".curves .line.chosen")).to_have_attribute("data-curve", "11")
    assert "lr must be a number from 0.0001 to 100, got 200" in lab.ask(page, "w.lr = 200")
    expect(slider).to_have_value("11")

    # A drag on the picture, and a goal set from Python.
    dot = explorer.locator(".rates .dot").nth(3).bounding_box()
    assert dot
    page.mouse.move(dot["x"] + 120, dot["y"])
    page.mouse.down()
    page.mouse.move(dot["x"] + 3, dot["y"], steps=4)
    page.mouse.up()
    soon(lambda: lab.ask(page, "print(round(w.lr, 5))") == "0.00316")
    lab.ask(page, "w.goal = 'highest'; w.lr = 0.3; w.log_y = True")
    expect(explorer.locator("[data-goal=met]")).to_have_text("Reached!")
    explorer.get_by_text("more", exact=True).click()
    expect(explorer.get_by_role("checkbox", name="logarithmic losses")).to_be_checked()
    soon(lambda: lab.ask(page, "print(w.goal_met)") == "True")
