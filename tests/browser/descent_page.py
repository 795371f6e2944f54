"""The descent explorer in a bare page: what its tests share."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Locator, Page, expect

from lrlab import explorers
from lrlab.landscapes import ManyMinima

# A model that holds the state as the widget's does, with nobody at the other end: what a published page has.
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
    const el = document.body.appendChild(document.createElement("div"));
    window.unmount = explorer.render({ model: window.model, el });
}"""
FIGURE_1 = {
    "landscape": ManyMinima(),
    "lr": 2.5,
    "steps": 200,
    "noise": 0.3,
    "schedule": "cosine",
    "compare": "cosine warm restarts",
}


def show(page: Page, **values: Any) -> Locator:
    state = dict(explorers.descent(**values).get_state())
    source, css = str(state.pop("_esm")), str(state.pop("_css"))
    page.set_content("<!doctype html><html lang='en'><title>descent</title><body style='margin: 8px'></body></html>")
    page.evaluate(MOUNT, [source, css, json.loads(json.dumps(state, default=str))])
    explorer = page.locator(".lrlab-descent")
    expect(explorer.locator("[data-panel=loss] [data-line]").first).to_be_attached()
    return explorer


def verdict(explorer: Locator, style: str = "first") -> Locator:
    return explorer.locator(f"[data-verdict={style}]")


def move(slider: Locator, value: float) -> None:
    """To ``value`` on the slider's own scale, as dragging does it."""
    slider.evaluate("""(input, value) => { input.value = value; input.dispatchEvent(new Event("input")); }""", value)
