"""A browser, and JupyterLab to look at with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from lab_server import QUIET, Lab, running
from playwright.sync_api import Browser, sync_playwright


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
