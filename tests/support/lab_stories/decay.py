"""The decay explorer in JupyterLab: page and Python hold one state, in two views."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from support.lab_server import Lab, soon

CELLS = ("from lrlab import explorers", "w = explorers.decay(goal='tenth')\nw", "w")


def play(lab: Lab, page: Page) -> None:
    first, second = page.locator(".lrlab-decay").all()

    # Python moves the picture, in every view of it, and reads whether the goal is met.
    before = first.locator("[data-line=exponential]").get_attribute("d")
    lab.ask(page, "w.exponential_decay = 0.0233")
    expect(first.locator("[data-goal=met]")).to_have_text("Reached!")
    expect(second.locator("[data-goal=met]")).to_have_text("Reached!")
    assert first.locator("[data-line=exponential]").get_attribute("d") != before
    soon(lambda: lab.ask(page, "print(w.goal_met)") == "True")

    # A value beyond the slider's grid stays as it was set.
    assert lab.ask(page, "print(w.exponential_decay)") == "0.0233"

    # Checkboxes, axis and the step to read off.
    first.get_by_role("checkbox", name="inverse time").check()
    first.get_by_role("checkbox", name="step-based").uncheck()
    first.get_by_text("more", exact=True).click()
    first.get_by_role("checkbox", name="logarithmic axis").check()
    expect(second.locator("[data-line]")).to_have_count(3)
    soon(lambda: lab.ask(page, "print(w.show, w.log_y)") == "['time', 'inverse', 'exponential'] True")
    reader = first.get_by_role("slider", name="read off at step n")
    reader.focus()
    page.keyboard.press("Home")
    expect(first.locator("[data-rate=inverse]")).to_have_text("0.1")
    expect(first.locator("[aria-live=polite]")).to_have_text(
        "At step 0: time-based 0.1, inverse time 0.1, exponential 0.1"
    )
    page.keyboard.press("End")
    expect(first.locator("[data-at]")).to_have_text("99")

    # The pointer reads off, too; fewer steps take the step along.
    plot = first.locator(".plot")
    plot.hover(position={"x": 60, "y": 60})
    expect(first.locator("[data-at]")).to_have_text("0")
    page.keyboard.press("End")
    lab.ask(page, "w.steps = 40")
    expect(first.locator("[data-at]")).to_have_text("39")

    # What Python refuses changes nothing.
    assert "lr must be a number from 0.0001 to 1, got 2" in lab.ask(page, "w.lr = 2")
    expect(first.locator("output[data-number=lr]")).to_have_text("0.1")
