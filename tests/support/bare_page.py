"""A widget in a bare page, without JupyterLab and without a kernel: what a published page has."""

from __future__ import annotations

import json

import anywidget
from playwright.sync_api import Locator, Page

# A model that holds the state as the widget's does, with nobody at the other end.
MOUNT = """async ([source, css, state]) => {
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
    window.again = () => {
        const el = document.body.appendChild(document.createElement("div"));
        return explorer.render({ model: window.model, el });
    };
    window.unmount = window.again();
}"""
AGAIN = "() => { window.again(); }"  # a second view of the same


def mount(page: Page, widget: anywidget.AnyWidget) -> None:
    """Show ``widget`` alone on ``page``; its state is ``window.state`` there."""
    state = dict(widget.get_state())
    source, css = str(state.pop("_esm")), str(state.pop("_css"))
    page.set_content("<!doctype html><html lang='en'><title>explorer</title><body style='margin: 8px'></body></html>")
    page.evaluate(MOUNT, [source, css, json.loads(json.dumps(state, default=str))])


def move(slider: Locator, value: float) -> None:
    """To ``value`` on the slider's own scale, as dragging does it."""
    slider.evaluate("""(input, value) => { input.value = value; input.dispatchEvent(new Event("input")); }""", value)
