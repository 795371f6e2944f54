"""The playground in JupyterLab: page and Python hold one run, and Python reads what the page has trained."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from support.lab_server import Lab, soon

CELLS = (
    "from lrlab import explorers\nfrom lrlab.schedules import Constant",
    "w = explorers.playground(Constant(0.1), updates=60)\nw",
)


def play(lab: Lab, page: Page) -> None:
    explorer = page.locator(".lrlab-playground")
    expect(explorer.locator(".stage")).not_to_have_attribute("aria-busy", "true")
    slider = explorer.locator("[data-rate]")
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(slider).to_be_focused()
    soon(lambda: lab.ask(page, "print(w.schedule.lr > 0.1, len(w.results))") == "True 1")
    lab.ask(page, "w.schedule, w.optimizer = Constant(0.001), 'Adam'")
    expect(explorer.get_by_label("optimizer", exact=True)).to_have_value("Adam")
    close = "print(abs(w.results[0].val_loss[-1] - w.fit()[0].val_loss[-1]) < 1e-9)"
    soon(lambda: lab.ask(page, close) == "True")
    assert "updates must be " in lab.ask(page, "w.updates = 5")
