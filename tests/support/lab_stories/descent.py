"""The descent explorer in JupyterLab: page and Python hold one state."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from support.lab_server import Lab, soon

CELLS = ("from lrlab import explorers, landscapes", "w = explorers.descent(goal='converge', steps=100, lr=0.02)\nw")


def play(lab: Lab, page: Page) -> None:
    explorer = page.locator(".lrlab-descent")

    # The page's keys reach Python, and the goal with them.
    slider = explorer.get_by_role("slider", name="learning rate")
    slider.focus()
    for _ in range(60):
        page.keyboard.press("ArrowRight")
    expect(slider).to_be_focused()
    expect(explorer.locator("[data-goal=met]")).to_have_text("Reached!")
    soon(lambda: lab.ask(page, "print(w.goal_met)") == "True")
    chosen = float(slider.get_attribute("aria-valuetext") or "nan")
    assert float(lab.ask(page, "print(w.lr)")) == pytest.approx(chosen, rel=1e-3)
    shown = explorer.locator("[data-values=first] [data-loss]").inner_text()
    assert lab.ask(page, "print(w.run().loss[-1] < 1e-6)") == "True"
    assert "10⁻" in shown

    # Python moves the page: another landscape, made for the purpose, and a start on it.
    explorer.get_by_text("more", exact=True).click()
    lab.ask(page, "w.landscape = landscapes.Ravine(1.0, 50.0)")
    expect(explorer.get_by_role("combobox", name="landscape")).to_have_value("Ravine")
    expect(explorer.locator(".limits")).to_contain_text("across 0.04")
    lab.ask(page, "w.start = (3, -1)")
    expect(explorer.locator("[data-start='1']")).to_have_text("−1")
    assert "start must be None or two numbers with a finite loss, got 3" in lab.ask(page, "w.start = 3")

    # And back: the page's choice is an object in Python, its noise is Python's.
    explorer.get_by_role("combobox", name="landscape").select_option("ManyMinima")
    soon(lambda: lab.ask(page, "print(w.landscape, w.start)") == lab.ask(page, "print(landscapes.ManyMinima(), None)"))
    lab.ask(page, "w.noise = 0.3")
    path = explorer.locator("[data-path]")
    before = path.get_attribute("d")
    seed = explorer.get_by_role("slider", name="seed")
    seed.focus()
    page.keyboard.press("ArrowRight")
    expect(path).not_to_have_attribute("d", before or "")
    expect(explorer.locator(".note")).to_be_hidden()
    end = explorer.locator("[data-values=first] b").first
    soon(lambda: lab.ask(page, "print(w.seed)") == "1")
    in_python = float(lab.ask(page, "print(w.run().positions[-1, 0])"))
    assert float(end.inner_text().replace("−", "-")) == pytest.approx(in_python, rel=1e-2)
