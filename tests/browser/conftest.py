"""A browser, and JupyterLab to look at with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from lab_server import QUIET, Lab, running
from playwright.sync_api import Browser, Page, sync_playwright

SCREENSHOTS = Path(__file__).resolve().parents[2] / "build" / "screenshots"


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Callable[[Path], Lab]]:
    """``lab(folder)`` starts JupyterLab on ``folder`` and returns it; it ends with the test."""
    with ExitStack() as stack:
        yield lambda folder: stack.enter_context(running(folder, tmp_path / "jupyter"))


@pytest.fixture
def browser(browser_path: str) -> Iterator[Browser]:
    """Headless Chromium."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser_path, args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Page:
    """A page as wide as a notebook's output."""
    page = browser.new_page(viewport={"width": 920, "height": 1000})
    page.set_default_timeout(30_000)
    return page


@pytest.fixture
def problems(page: Page) -> list[str]:
    """What the page's console complains about, from now on."""
    found: list[str] = []
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("console", lambda message: found.append(message.text) if message.type == "error" else None)
    return found


@pytest.fixture(autouse=True)
def screenshot(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a test leaves on its page, kept in build/screenshots: to be looked at, and compared with nothing."""
    page = request.getfixturevalue("page") if "page" in request.fixturenames else None
    yield
    if page is not None and not page.is_closed():
        name = re.sub(r"[^\w.-]+", "-", f"{request.path.stem}-{request.node.name}").strip("-")
        page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)
