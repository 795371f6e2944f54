"""`lrlab lab` for a student and for an instructor: what each sees in JupyterLab, and in the terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from support.lab_server import lrlab_lab, write_notebook

pytestmark = [pytest.mark.slow(reason="a JupyterLab of its own"), pytest.mark.browser]

NIGHT = pytest.mark.nightly(reason="each starts a JupyterLab; every run has one student's and one instructor's")

INSTRUCTORS = {"Create Assignment", "Course List", "Formgrader"}
FRIGHTENING = ("Traceback", "WARNING", "Warning", "ERROR", "eavesdropping", "not trusted", "exchange", "ping")


def opened(browser: Browser, scheme: str) -> Page:
    """A page of a system whose colours are `light` or `dark`."""
    page = browser.new_page(viewport={"width": 1366, "height": 900}, color_scheme=scheme)
    page.set_default_timeout(60_000)
    return page


@pytest.fixture
def course(tmp_path: Path) -> Path:
    (tmp_path / "course").mkdir()
    write_notebook(tmp_path / "course" / "course", "print(6 * 7)")
    return tmp_path / "course"


def doors(page: Page) -> set[str]:
    """The entries of the menu Nbgrader, empty if there is no such menu."""
    if not page.get_by_role("menuitem", name="Nbgrader").count():
        return set()
    page.get_by_role("menuitem", name="Nbgrader").click()
    entries = page.get_by_role("menu").get_by_role("menuitem")
    expect(entries.first).to_be_visible()
    return {text.strip() for text in entries.all_inner_texts()}


def used(page: Page, lab, said, scheme: str) -> None:
    """Open a notebook, which has the system's colours, run and save it; then look at the terminal."""
    lab.open(page, "course/explorer.ipynb")
    expect(page.locator("body")).to_have_attribute("data-jp-theme-light", str(scheme == "light").lower())
    lab.run_all(page)
    expect(page.get_by_text("42", exact=True)).to_be_visible()
    page.evaluate("async () => { await window.jupyterapp.commands.execute('docmanager:save') }")
    quiet(said)


def validated(page: Page) -> None:
    page.get_by_role("button", name="Validate").click()
    expect(page.get_by_role("dialog")).to_contain_text("Validation Results", timeout=90_000)
    page.keyboard.press("Escape")


def quiet(said) -> None:
    """Nothing in the terminal frightens."""
    lines = [line for line in said().splitlines() if any(word in line for word in FRIGHTENING)]
    assert lines == []


@pytest.mark.parametrize(("exchange", "scheme"), [(False, "light"), pytest.param(True, "dark", marks=NIGHT)])
def test_a_student_sees_what_a_student_can_use(
    course: Path, browser: Browser, tmp_path: Path, exchange: bool, scheme: str
) -> None:
    page = opened(browser, scheme)
    home, folder = tmp_path / "home", tmp_path / "exchange"
    (home / "config").mkdir(parents=True)
    (home / "config" / "nbgrader_config.json").write_text(json.dumps({"Exchange": {"root": str(folder)}}))
    if exchange:
        folder.mkdir()
        folder.chmod(0o777)
    with lrlab_lab(course, home, "course/explorer.ipynb") as (lab, said):
        used(page, lab, said, scheme)
        validated(page)
        quiet(said)
        assert doors(page) == ({"Assignment List"} if exchange else set())
        expect(page.get_by_role("tab", name="Create Assignment")).to_have_count(0)


@pytest.mark.parametrize(("why", "scheme"), [("gradebook", "dark"), pytest.param("asked", "light", marks=NIGHT)])
def test_an_instructor_sees_formgrader(course: Path, browser: Browser, tmp_path: Path, why: str, scheme: str) -> None:
    page = opened(browser, scheme)
    if why == "gradebook":
        (course / "gradebook.db").touch()
    options = ["--instructor"] if why == "asked" else []
    with lrlab_lab(course, tmp_path / "home", "course/explorer.ipynb", *options) as (lab, said):
        used(page, lab, said, scheme)
        assert doors(page) >= INSTRUCTORS - {"Create Assignment"}
