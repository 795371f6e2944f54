"""Every control of every explorer is reached by Tab, and works by keys."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from support.bare_page import mount
from support.every_explorer import EVERY

pytestmark = [pytest.mark.slow, pytest.mark.browser]

# Which key operates what has the focus; null where nothing of the explorer has it. It is marked as reached.
KEY = """() => {
    const at = document.activeElement;
    if (!at.closest(".lrlab-explorer")) return null;
    (window.reached ??= []).push(at.id || at.tagName + JSON.stringify({ ...at.dataset }));
    if (at.dataset.shape && at.dataset.shape === window.state.schedule.name) return ""; // it is chosen already
    if (at.matches("button, summary")) return "Enter";
    if (at.matches("select")) return at.selectedIndex ? "ArrowUp" : "ArrowDown";
    if (at.matches("[type=radio]")) return "ArrowDown";
    if (at.matches("[type=checkbox]")) return "Space";
    if (at.matches("[type=range]")) return at.valueAsNumber < Number(at.max) ? "ArrowRight" : "ArrowLeft";
    if (at.matches("[type=text]")) return "Delete";
    if (at.matches("[role=slider]")) return "ArrowUp";
    return at.matches("pre, [role=group]") ? "" : at.outerHTML; // text that scrolls
}"""
# What the key may change: the state, or how the control itself looks; a button may also change what is around it.
SEEN = """() => {
    const at = document.activeElement;
    const own = [at.value, at.checked, at.textContent, at.parentElement.open, at.getAttribute("aria-valuenow")];
    const around = at.closest(".lrlab-explorer")?.innerHTML;
    return JSON.stringify([window.state, own, at.matches("button, [type=radio]") ? around : ""]);
}"""
ELSEWHERE = f"""() => {{
    for (const one of document.querySelectorAll("input[type=range]")) {{
        if (!one.offsetParent) continue;
        one.value = one.min;
        one.dispatchEvent(new Event("input"));
    }}
    window.before = ({SEEN})();
}}"""
FOCUSED = f"""() => {{
    const key = ({KEY})();
    if (!key) return [key];
    window.before = ({SEEN})();
    window.kept = structuredClone(Object.entries(window.state).filter(([name]) => name[0] !== "_"));
    return [key, document.activeElement.outerHTML.slice(0, 200)];
}}"""
# Whether the key changed something; and whether it closed a fold: what is in it is to be reached as well.
CHANGED = f"""() => {{
    const at = document.activeElement;
    return [({SEEN})() !== window.before, at.matches("summary") && !at.parentElement.open];
}}"""
# So that no choice hides what comes after it. Where that drew the control again, it gets the focus back.
TAKE_BACK = """async () => {
    window.dispatchEvent(new Event("pagehide")); // what is held is sent, and no echo of what was sent before
    window.kept.forEach(([key, value]) => window.model.set(key, value));
    await new Promise((drawn) => setTimeout(drawn));
    const name = (one) => one.id || one.tagName + JSON.stringify({ ...one.dataset });
    if (document.activeElement === document.body)
        [...document.querySelectorAll(".lrlab-explorer *")].find((one) => name(one) === window.reached.at(-1))?.focus();
    return document.querySelector("[data-play]:disabled") !== null;
}"""
# Of a group of radio buttons Tab reaches one.
LEFT_OUT = """() => [...document.querySelectorAll(".lrlab-explorer :is(button, select, input, summary, [tabindex])")]
    .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.disabled)
    .filter((one) => !window.reached.includes(one.id || one.tagName + JSON.stringify({ ...one.dataset })))
    .filter((one) => one.type !== "radio" && one.tabIndex >= 0)
    .map((one) => one.outerHTML.slice(0, 200))"""


@pytest.mark.parametrize("name", sorted(EVERY))
def test_every_control_is_reached_by_tab_and_works_by_keys(page: Page, problems: list[str], name: str) -> None:
    page.emulate_media(reduced_motion="reduce")  # what plays goes one step on, and moves nothing by itself
    mount(page, EVERY[name]())
    dead, operated = [], 0
    for _ in range(150):
        page.keyboard.press("Tab")
        key, *control = page.evaluate(FOCUSED)
        if key is None:
            break
        if not key:
            continue
        page.keyboard.press(key)
        operated += 1
        changed, folded = page.evaluate(CHANGED)
        if not changed and key == "Enter":  # a button that chooses what is chosen already
            page.evaluate(ELSEWHERE)
            page.keyboard.press(key)
            changed, folded = page.evaluate(CHANGED)
        if not changed:
            dead += control
        if folded:
            page.keyboard.press(key)
        if page.evaluate(TAKE_BACK):
            expect(page.locator("[data-play]:disabled")).to_have_count(0)  # what is computed has come
    assert not dead, "keys change nothing: " + "\n".join(dead)
    assert not (left_out := page.evaluate(LEFT_OUT)), "Tab does not get to: " + "\n".join(left_out)
    assert operated >= 2
    assert problems == []
