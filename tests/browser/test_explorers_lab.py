"""Each explorer in JupyterLab: its page and its Python object hold one state."""

from __future__ import annotations

import importlib

import pytest
from playwright.sync_api import Page
from support.lab_server import Lab, write_notebook

from lrlab import explorers

pytestmark = [pytest.mark.slow(reason="JupyterLab starts with the first"), pytest.mark.browser]


@pytest.fixture
def page(lab_page: Page) -> Page:
    lab_page.set_viewport_size({"width": 1366, "height": 1000})
    return lab_page


NIGHT = pytest.mark.nightly(
    reason="each takes a notebook in JupyterLab; their pages are tried in every run without one"
)
IN_EVERY_RUN = ("schedule", "snapshots")  # one whose page computes, one of a result


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in IN_EVERY_RUN else NIGHT) for name in explorers.__all__]
)
def test_python_and_page_hold_one_state(lab: Lab, page: Page, problems: list[str], name: str) -> None:
    story = importlib.import_module(f"support.lab_stories.{name}")
    lab.open(page, write_notebook(lab.folder, *story.CELLS))
    lab.run_all(page)
    assert lab.errors(page) == []
    story.play(lab, page)
    assert problems == []
