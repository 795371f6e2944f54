"""A change of an explorer touches only what changes: no tag is made again, and the page is not laid out on the way."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
import pytest
from playwright.sync_api import Page
from support.bare_page import AGAIN, DRAWN, mount, move
from support.every_explorer import EVERY
from support.made_results import made_cooldowns, made_sweep

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


# What comes once the hand has rested is no part of a change, and on a busy machine it would fall into the next one.
NEVER_RESTS = """() => {
    const start = window.setTimeout;
    window.setTimeout = (go, delay, ...rest) => (delay >= 200 ? 0 : start(go, delay, ...rest));
}"""


def test_a_change_leaves_the_layers_of_the_page_and_its_fields_alone(page: Page) -> None:
    """Else Chromium sorts the whole page into layers again, and reads all fields for its autofill: 4 ms of a change."""
    browser = page.context.browser
    assert browser is not None
    asked = {}
    for name in ("decay", "descent", "searches", "training", "snapshots"):
        mount(page, MAKE[name](), unfold=False)
        page.evaluate(NEVER_RESTS)
        page.locator(f".lrlab-{name} {CONTROLS[name]}").first.focus()
        for key in ("ArrowRight", "ArrowLeft", "ArrowRight"):
            page.keyboard.press(key)
            page.evaluate(DRAWN)
        page.wait_for_function("document.getAnimations().length === 0")  # the help of what has the focus comes later
        browser.start_tracing(page=page, categories=["blink", "devtools.timeline"])
        page.keyboard.press("ArrowLeft")
        page.evaluate(DRAWN)
        names = [event["name"] for event in json.loads(browser.stop_tracing())["traceEvents"]]
        assert "Layerize" in names, "there was a frame"
        asked[name] = sum(
            one in ("PaintArtifactCompositor::Update", "HTMLSelectElement::selectOption") for one in names
        )
    assert asked == dict.fromkeys(asked, 0)


# Counts what is sent to Python, and keeps the last of it; `window.later` is what a view does once the hand has rested,
# `window.at_last` what it does if it never rests, and `window.waits` how often that was begun. `window.arrive` brings a
# value from Python. As in JupyterLab, what is sent is what the page set last, also where another value has come from
# Python since.
SENT = """() => {
    window.sent = 0;
    const { set } = window.model;
    let unsent = {};
    let arriving = {};
    window.model.set = (key, value) => {
        if (JSON.stringify(value) !== JSON.stringify(arriving[key])) unsent[key] = value;
        set(key, value);
    };
    window.arrive = (key, value) => {
        arriving = { [key]: value };
        window.model.set(key, value);
        arriving = {};
    };
    window.model.save_changes = () => {
        window.sent += 1;
        window.message = unsent;
        unsent = {};
    };
    window.waits = 0;
    window.setTimeout = (go, delay) => {
        if (delay === 250) window.later = go;
        if (delay === 1000) { window.at_last = go; window.waits += 1; }
        return 1;
    };
}"""


def test_python_gets_several_changes_at_once_and_all_before_one_goes_on(page: Page) -> None:
    """Each message makes JupyterLab show a busy kernel and an idle one, which costs it more than the picture does."""
    mount(page, explorers.decay())
    page.evaluate(SENT)
    slider = page.locator("input[data-key=exponential_decay]").first
    slider.focus()
    for change in range(5):
        page.keyboard.press("ArrowRight")
        assert page.evaluate("[window.sent, window.waits]") == [0, 1], change
    page.evaluate("window.at_last()")
    page.evaluate("window.later()")
    assert page.evaluate("window.sent") == 1
    page.keyboard.press("ArrowRight")
    decay = page.evaluate("window.state.exponential_decay")
    repeated = "window.arrive('exponential_decay', window.message.exponential_decay)"  # by Python
    page.evaluate(repeated)
    assert page.evaluate("window.state.exponential_decay") == decay
    page.keyboard.press("Tab")
    assert page.evaluate("window.sent") == 1, "the focus is in the explorer"
    page.locator("input:focus").blur()
    assert page.evaluate("window.sent") == 2
    page.evaluate("window.arrive('lr', 0.2)")
    page.mouse.click(2, 2)
    assert page.evaluate("window.sent") == 2


def test_a_value_of_a_cell_or_of_another_view_counts_while_a_change_waits(page: Page) -> None:
    mount(page, explorers.decay())
    page.evaluate(SENT)
    page.locator("input[data-key=exponential_decay]").first.focus()
    page.keyboard.press("ArrowRight")
    page.evaluate("window.arrive('exponential_decay', 0.01)")
    assert page.evaluate("window.state.exponential_decay") == 0.01
    page.evaluate("window.later()")
    assert page.evaluate("[window.sent, window.message.exponential_decay]") == [1, 0.01], "nothing undoes it in Python"
    page.evaluate(AGAIN)
    for view, place in enumerate((-1, -2)):  # on a logarithmic scale
        move(page.locator(".lrlab-explorer").nth(view).locator("input[data-key=exponential_decay]"), place)
    assert page.evaluate("window.state.exponential_decay") == pytest.approx(0.01)


def test_a_value_counts_also_if_it_is_what_the_page_sent_before(page: Page) -> None:
    """Python repeats once what it gets; the same value for a second time, or after another one, is a cell's."""
    mount(page, explorers.decay())
    page.evaluate(SENT)
    page.locator("input[data-key=exponential_decay]").first.focus()

    def go_on() -> float:
        """Send a change, make another one, and return the first."""
        page.keyboard.press("ArrowRight")
        page.evaluate("window.later()")
        page.keyboard.press("ArrowRight")
        return float(page.evaluate("window.message.exponential_decay"))

    sent = go_on()
    here = page.evaluate("window.state.exponential_decay")
    for expected in (here, sent):
        page.evaluate(f"window.arrive('exponential_decay', {sent})")
        assert page.evaluate("window.state.exponential_decay") == expected
    go_on()
    page.evaluate("window.later()")
    page.evaluate("window.arrive('exponential_decay', 0.01)")
    page.keyboard.press("ArrowRight")
    page.evaluate("window.arrive('exponential_decay', window.message.exponential_decay)")
    assert page.evaluate("window.state.exponential_decay === window.message.exponential_decay")


def test_what_waits_is_sent_when_the_page_or_the_view_goes(page: Page) -> None:
    mount(page, explorers.decay())
    page.evaluate(SENT)
    page.locator("input[data-key=exponential_decay]").first.focus()
    goes = ("window.dispatchEvent(new Event('pagehide'))", "window.unmount()")
    for sent, going in enumerate(goes, start=1):
        page.keyboard.press("ArrowRight")
        page.evaluate(going)
        assert page.evaluate("[window.sent, window.message.exponential_decay]") == [
            sent,
            page.evaluate("window.state.exponential_decay"),
        ]
    page.evaluate(goes[0])
    assert page.evaluate("window.sent") == len(goes)


def test_a_goal_that_is_met_is_sent_at_once(page: Page) -> None:
    """A run may reach it when you have gone on to a cell that asks."""
    mount(page, explorers.searches(None, made_sweep(), goal="best"))
    page.evaluate(SENT)
    page.locator(".main input[type=range]").focus()
    for _ in range(6):
        assert page.evaluate("window.sent") == 0
        page.keyboard.press("ArrowRight")
    assert page.evaluate("[window.sent, window.message.goal_met]") == [1, True]


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
