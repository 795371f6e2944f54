"""A widget in a bare page, without JupyterLab and without a kernel: what a published page has."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import anywidget
from playwright.sync_api import Locator, Page

LAB_THEMES = Path(sys.prefix, "share", "jupyter", "lab", "themes", "@jupyterlab")
# A model that holds the state as the widget's does, without Python at the other end.
MOUNT = """async ([source, css, state]) => {
    document.open();
    document.write("<!doctype html><html lang='en'><title>explorer</title><body style='margin: 8px'></body></html>");
    document.close();
    const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    const { default: explorer } = await import(url);
    document.head.insertAdjacentHTML("beforeend", `<style>${css}</style>`);
    const heard = {};
    window.state = state;
    window.model = {
        get: (key) => state[key],
        set: (key, value) => {
            if (JSON.stringify(state[key]) === JSON.stringify(value)) return;
            state[key] = value;
            (heard[`change:${key}`] ?? []).forEach((call) => call());
        },
        save_changes: () => {},
        on: (name, call) => { (heard[name] ??= []).push(call); },
        off: (name, call) => { heard[name] = (heard[name] ?? []).filter((other) => other !== call); },
    };
    window.listeners = () => Object.values(heard).flat().length;
    window.show = (el) => explorer.render({ model: window.model, el });
    window.again = () => window.show(document.body.appendChild(document.createElement("div")));
}"""
DRAWN = "() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))"  # at first, too
RESTED = (
    "(time) => new Promise((done) => setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(done)), time))"
)
# Until no worker is still to bring a first run.
READY = """() => new Promise((ready, late) => {
    setTimeout(() => late(new Error("an explorer is busy for two minutes")), 120_000);
    const look = () => {
        if (document.querySelector(".lrlab-explorer [aria-busy=true]")) requestAnimationFrame(look);
        else ready();
    };
    look();
})"""
UNFOLD = "() => document.querySelectorAll('details.more').forEach((fold) => { fold.open = true; })"
AGAIN = "() => { window.unmount = window.again(); }"  # a view of it, the first or another one


def mount(page: Page, widget: anywidget.AnyWidget, *, inside: str = AGAIN, unfold: bool = True) -> None:
    """Show ``widget`` alone on ``page``; its state is ``window.state`` there.

    ``inside``: a function in JavaScript that shows it by ``window.show(element)``, default at the end of the body.
    ``unfold``: whether to open the fold with the controls that are not the main ones.
    """
    state = dict(widget.get_state())
    source, css = str(state.pop("_esm")), str(state.pop("_css"))
    steps = [f"await ({step})();" for step in (inside, READY, DRAWN, *([UNFOLD] if unfold else []))]
    show = f"async (given) => {{ await ({MOUNT})(given); {' '.join(steps)} }}"  # at once: each question takes its time
    page.evaluate(show, [source, css, json.loads(json.dumps(state, default=str))])


def dress(page: Page, theme: str) -> None:
    """Give the page the colours of JupyterLab's own ``theme``, and the mark by which explorers know it."""
    page.add_style_tag(path=LAB_THEMES / f"theme-{theme}-extension" / "index.css")
    page.add_style_tag(content="body { background: var(--jp-layout-color0); }")
    page.evaluate("(light) => { document.body.dataset.jpThemeLight = light; }", str(theme == "light").lower())


def rest(page: Page, milliseconds: int) -> None:
    """Wait by the page's own clock: what it was to do within this time is done then, on a busy machine as well."""
    page.evaluate(RESTED, milliseconds)


def move(slider: Locator, value: float) -> None:
    """To ``value`` on the slider's own scale, as dragging does it."""
    slider.evaluate("""(input, value) => { input.value = value; input.dispatchEvent(new Event("input")); }""", value)
