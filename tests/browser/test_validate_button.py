"""The Validate button in JupyterLab's toolbar: what a student presses before handing in."""

from __future__ import annotations

import nbformat
import pytest
from playwright.sync_api import Page, expect
from support import REPO
from support.lab_server import Lab
from support.made_course import UNIT, cell

from lrlab.checks.registry import UNITS

pytestmark = [pytest.mark.slow, pytest.mark.browser]


@pytest.fixture
def page(lab_page: Page) -> Page:
    return lab_page


REST = pytest.mark.nightly(
    reason="eight more units; grading/scoring/test_units.py runs Validate on them without a browser"
)


def solved(unit: str) -> nbformat.NotebookNode:
    """A unit's notebook with right answers."""
    notebook = nbformat.read(REPO / "assignments" / unit / f"{unit}.ipynb", as_version=4)
    for source in nbformat.read(REPO / "solutions" / unit / f"{unit}.ipynb", as_version=4).cells:
        if source.metadata.get("nbgrader", {}).get("solution"):
            cell(notebook, source.id).source = source.source if source.cell_type == "code" else "An answer."
    return notebook


def validated(lab: Lab, page: Page, notebook: nbformat.NotebookNode) -> str:
    nbformat.write(notebook, lab.folder / "unit.ipynb")
    lab.open(page, "unit.ipynb")
    page.get_by_role("button", name="Validate").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Validation Results", timeout=90_000)
    return dialog.inner_text()


@pytest.mark.parametrize("unit", [pytest.param(unit, marks=REST if unit != UNIT else ()) for unit in UNITS])
def test_right_answers_pass(lab: Lab, page: Page, unit: str) -> None:
    assert "Success! Your notebook passes all the tests." in validated(lab, page, solved(unit))


def test_what_is_not_done_is_named(lab: Lab, page: Page) -> None:
    untouched = nbformat.read(REPO / "assignments" / "cycles" / "cycles.ipynb", as_version=4)
    text = validated(lab, page, untouched)
    assert "not attempted yet" in text
    assert "Success!" not in text
    assert "Traceback" not in text
