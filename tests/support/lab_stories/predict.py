"""A prediction in JupyterLab: page and Python hold one answer, in two views."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from support.lab_server import Lab, soon

CELLS = ("from lrlab import explorers", "w = explorers.predict('01-sweep')\nw", "w")


def play(lab: Lab, page: Page) -> None:
    first, second = page.locator(".lrlab-prediction").all()

    # Keys choose, and both views and Python hear of it; whether that is right shows once it is compared.
    first.get_by_role("radio").first.focus()
    page.keyboard.press("Space")
    soon(lambda: lab.ask(page, "print(w.choice, w.right)") == "a False")
    expect(second.get_by_role("radio").first).to_be_checked()
    expect(second.get_by_role("status")).to_have_text("")

    # Python chooses, the page compares.
    lab.ask(page, "w.choice = 'd'")
    expect(first.get_by_role("radio").last).to_be_checked()
    first.get_by_role("button", name="Compare").click()
    expect(second.get_by_role("status")).to_contain_text("Right.")
    soon(lambda: lab.ask(page, "print(w.compared, w.right)") == "True True")
