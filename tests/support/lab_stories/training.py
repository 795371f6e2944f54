"""The training explorer in JupyterLab: page and Python hold one step, and one choice of runs."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from support.lab_server import Lab, soon

CELLS = (
    "from support.made_results import made_comparison\nfrom lrlab import explorers",
    "w = explorers.training(made_comparison(), goal='winner')\nw",
)


def play(lab: Lab, page: Page) -> None:
    explorer = page.locator(".lrlab-training")

    # The page's keys reach Python; the notebook's cells keep still.
    slider = explorer.get_by_role("slider", name="step n")
    slider.focus()
    for _ in range(8):
        page.keyboard.press("ArrowRight")
    expect(slider).to_be_focused()
    shown = explorer.locator("[data-at]").inner_text().split()[0]
    assert int(shown) >= 8
    soon(lambda: lab.ask(page, "print(w.step)") == shown)

    # Python moves the page, and refuses what lies outside.
    lab.ask(page, "w.step = 250")
    expect(explorer.locator("[data-at]")).to_have_text("250 of 300")
    accuracy = lab.ask(page, "print(f\"{100 * w._runs[0]['accuracy']['mean'][4]:.1f} %\")")
    expect(explorer.locator("[data-run='0'] [data-cell=accuracy]")).to_contain_text(accuracy)
    assert "step must be a whole number from 0 to 300, got 301" in lab.ask(page, "w.step = 301")

    # The pointer scrubs.
    base = explorer.locator(".base").first.bounding_box()
    assert base
    page.mouse.move(base["x"] + base["width"] / 2, base["y"] - 20)
    soon(lambda: abs(int(lab.ask(page, "print(w.step)")) - 150) <= 2)

    # Runs are switched off in the page and on from Python, and the goal is recognised on both sides.
    best = lab.ask(page, "print(w._targets['winner']['labels'][0])")
    for label in ("constant", "step", "cosine", "too high"):
        if label != best:
            explorer.get_by_role("checkbox", name=label).uncheck()
    expect(explorer.locator("[data-goal=met]")).to_have_text("Reached!")
    soon(lambda: lab.ask(page, "print(w.show, w.goal_met)") == f"['{best}'] True")
    lab.ask(page, "w.show = ['constant', 'too high']")
    expect(explorer.locator("[data-line^=loss]")).to_have_count(2)
    expect(explorer.get_by_role("checkbox", name="too high")).to_be_checked()
    soon(lambda: lab.ask(page, "print(w.goal_met)") == "False")
