"""The descent explorer in a bare page: what its tests share."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page, expect

from lrlab import explorers
from lrlab.landscapes import ManyMinima
from support.bare_page import mount

FIGURE_1 = {
    "landscape": ManyMinima(),
    "lr": 2.5,
    "steps": 200,
    "noise": 0.3,
    "schedule": "cosine",
    "compare": "cosine warm restarts",
}


def show(page: Page, **values: Any) -> Locator:
    mount(page, explorers.descent(**values))
    explorer = page.locator(".lrlab-descent")
    expect(explorer.locator("[data-panel=loss] [data-line]").first).to_be_attached()
    return explorer


def verdict(explorer: Locator, style: str = "first") -> Locator:
    return explorer.locator(f"[data-verdict={style}]")
