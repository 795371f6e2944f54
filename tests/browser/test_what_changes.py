"""A change of an explorer touches only what changes: no tag is made again, and the page is not laid out on the way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from playwright.sync_api import Page
from support.bare_page import DRAWN, mount
from support.every_explorer import EVERY
from support.made_results import made_cooldowns

from lrlab import explorers
from lrlab._formula import Floats
from lrlab._validation import Positive
from lrlab.schedules import Schedule

pytestmark = [pytest.mark.slow, pytest.mark.browser]

# Explorers that show as much at each place, and a control that moves no axis: another scale has other ticks.
MAKE = {
    **EVERY,
    "descent": lambda: explorers.descent(lr=0.1),
    "cooldown": lambda: explorers.cooldown(made_cooldowns(), start=160, cosines=False),
}
CONTROLS = {
    "decay": "input[data-key=exponential_decay]",
    "schedule": "input[data-field=pct_start]",
    "descent": "input[data-key=lr]",
    "snapshots": ".tile input:checked",
    **dict.fromkeys(["curvature", "cooldown", "searches", "training"], ".main input[type=range]"),
}
COUNT = """() => {
    const found = window.found = { made: [], asked: 0 };
    for (const name of ["clientWidth", "clientHeight", "scrollWidth"]) {
        const { get } = Object.getOwnPropertyDescriptor(Element.prototype, name);
        Object.defineProperty(Element.prototype, name, { get() { found.asked += 1; return get.call(this); } });
    }
    const seen = (records) => records.flatMap(({ addedNodes }) => [...addedNodes])
        .forEach((one) => one instanceof Element && found.made.push(one.outerHTML.slice(0, 120)));
    new MutationObserver(seen).observe(document.body, { subtree: true, childList: true });
}"""


def test_a_change_touches_only_what_changes(page: Page) -> None:
    assert set(CONTROLS) == set(EVERY) - {"predict", "quiz", "playground"}, (
        "these draw when an answer or a run is there"
    )
    touched = {}
    for name, control in CONTROLS.items():
        mount(page, MAKE[name](), unfold=False)
        page.locator(f".lrlab-{name} {control}").first.focus()
        page.keyboard.press("ArrowLeft")
        page.evaluate(DRAWN)
        page.evaluate(COUNT)
        before = page.content()
        page.keyboard.press("ArrowRight")
        page.evaluate(DRAWN)
        assert page.content() != before
        found = page.evaluate("window.found")
        if found["made"] or found["asked"]:
            touched[name] = found
    assert touched == {}


# Counts what is sent to Python; `window.later` is what a view does once a change has been held back for long enough.
SENT = """() => {
    window.sent = 0;
    window.model.save_changes = () => { window.sent += 1; };
    window.setTimeout = (go, delay) => { if (delay === 400) window.later = go; return 1; };
}"""


def test_python_gets_several_changes_at_once_and_all_before_one_goes_on(page: Page) -> None:
    """Each message makes JupyterLab show a busy kernel and an idle one, which costs it more than the picture does."""
    mount(page, explorers.decay())
    page.evaluate(SENT)
    slider = page.locator("input[data-key=exponential_decay]").first
    slider.focus()
    for change in range(5):
        page.keyboard.press("ArrowRight")
        assert page.evaluate("window.sent") == 0, change
    decay = page.evaluate("window.state.exponential_decay")
    page.evaluate("window.model.set('exponential_decay', 0.01)")  # Python repeats an earlier value
    assert page.evaluate("window.state.exponential_decay") == decay
    page.evaluate("window.later()")
    assert page.evaluate("window.sent") == 1
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    assert page.evaluate("window.sent") == 1, "the focus is in the explorer"
    page.locator("input:focus").blur()
    assert page.evaluate("window.sent") == 2
    page.evaluate("window.model.set('lr', 0.2)")  # from Python
    page.mouse.click(2, 2)
    assert page.evaluate("window.sent") == 2


@dataclass(frozen=True)
class Flat(Schedule):
    lr: Positive

    def rate(self, n: Floats) -> Floats:
        return np.full_like(n, self.lr)


def test_a_curve_that_python_computes_is_asked_for_at_once(page: Page) -> None:
    mount(page, explorers.schedule(Flat(0.1)))
    page.evaluate(SENT)
    page.locator(".sliders input[type=range]").first.focus()
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("window.sent") == 1
