"""The Validate button in JupyterLab's toolbar, on every unit: what a student presses before handing in."""

from __future__ import annotations

import shutil

import nbformat
import pytest
from playwright.sync_api import Page, expect
from support.lab_server import REPO, running
from support.made_course import cell

from lrlab.checks.registry import UNITS

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.xdist_group("validate button")]


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """One JupyterLab on all units, each with right answers, and one with nothing done."""
    root = tmp_path_factory.mktemp("student")
    for unit in UNITS:
        notebook = nbformat.read(REPO / "assignments" / unit / f"{unit}.ipynb", as_version=4)
        solved = nbformat.read(REPO / "solutions" / unit / f"{unit}.ipynb", as_version=4)
        for answered in (
            c for c in solved.cells if c.cell_type == "code" and c.metadata.get("nbgrader", {}).get("solution")
        ):
            cell(notebook, answered.id).source = answered.source
        for written in (c for c in notebook.cells if c.cell_type == "markdown" and "nbgrader" in c.metadata):
            written.source = "An answer."
        nbformat.write(notebook, root / f"{unit}.ipynb")
    shutil.copy(REPO / "assignments" / "cycles" / "cycles.ipynb", root / "untouched.ipynb")
    with running(root, tmp_path_factory.mktemp("jupyter")) as lab:
        yield lab


def validated(lab, page: Page, name: str) -> str:
    lab.open(page, name)
    page.get_by_role("button", name="Validate").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Validation Results", timeout=90_000)
    text = dialog.inner_text()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    page.evaluate("async () => { await window.jupyterapp.shell.currentWidget.sessionContext.shutdown() }")
    return text


@pytest.mark.parametrize("unit", UNITS)
def test_right_answers_pass(lab, page, unit):
    assert "Success! Your notebook passes all the tests." in validated(lab, page, f"{unit}.ipynb")


def test_what_is_not_done_is_named(lab, page):
    text = validated(lab, page, "untouched.ipynb")
    assert "not attempted yet" in text
    assert "Success!" not in text
    assert "Traceback" not in text
