"""A term on a real JupyterHub, with users of the machine: released, fetched, worked on, handed in, graded, returned.

`make hub` makes the hub; one student works in the browser, the other on the command line.
"""

from __future__ import annotations

import os
import pwd
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from hub_users import PROF, STUDENTS, HubError
from make_hub import UNIT, Hub, require
from playwright.sync_api import Browser, Page, expect
from support.made_course import POINTS, RIGHT, WRONG, answer

pytestmark = [
    pytest.mark.nightly(reason="installs a JupyterHub with the course, 2.5 GB, and needs root for its users"),
    pytest.mark.browser,
    pytest.mark.timeout(3600),
]
ADA, BOB = STUDENTS
ALL = sum(POINTS.values())
LRLAB = ("-c", "import sys; from lrlab.cli import main; sys.exit(main())")


def free_ports() -> int:
    """The first of three free ports in a row."""
    for port in range(18000, 19000, 3):
        probes = [socket.socket() for _ in range(3)]
        try:
            for k, probe in enumerate(probes):
                probe.bind(("127.0.0.1", port + k))
            return port
        except OSError:
            continue
        finally:
            for probe in probes:
                probe.close()
    raise AssertionError("no three free ports in a row")


@pytest.fixture(scope="module")
def hub() -> Iterator[Hub]:
    try:
        require()
        made = Hub(Path(os.environ.get("LRLAB_TEST_HUB", "/var/tmp/lrlab-hub-test")), free_ports())
        made.install()
    except HubError as error:
        pytest.skip(str(error))
    with made.people(), made.running():
        yield made


def notebook(hub: Hub, student: str) -> Path:
    return hub.home(student) / "lrlab-course" / "assignments" / UNIT / f"{UNIT}.ipynb"


def solve(hub: Hub, student: str, answers: dict[str, str]) -> None:
    """Fill in the student's notebook, as the student."""
    path, about = notebook(hub, student), pwd.getpwnam(student)
    nbformat.write(answer(nbformat.read(path, as_version=4), answers, "The closed form."), path)
    os.chown(path, about.pw_uid, about.pw_gid)


def nbgrader(hub: Hub, who: str, *arguments: str) -> str:
    return hub.run_as(who, "-m", "nbgrader", *arguments, cwd=hub.home(PROF) / "lrlab" if who == PROF else None)


def logged_in(hub: Hub, browser: Browser, who: str) -> Page:
    page = browser.new_context(viewport={"width": 1366, "height": 900}).new_page()
    page.set_default_timeout(60_000)
    page.goto(f"http://127.0.0.1:{hub.port}/hub/login?next=/hub/spawn")
    page.get_by_label("Username").fill(who)
    page.get_by_label("Password").fill(hub.password)
    page.locator("#login_submit").click()
    page.wait_for_url(re.compile(rf"/user/{who}/lab"), timeout=300_000)
    expect(page.get_by_role("menuitem", name="Nbgrader")).to_be_visible()
    return page


def menu(page: Page) -> None:
    """Open the menu Nbgrader, if it is not open."""
    if not page.get_by_role("menuitem", name="Assignment List").is_visible():
        page.get_by_role("menuitem", name="Nbgrader").click()
    expect(page.get_by_role("menuitem", name="Assignment List")).to_be_visible()


def doors(page: Page) -> set[str]:
    menu(page)
    return {text.strip() for text in page.get_by_role("menu").get_by_role("menuitem").all_inner_texts()}


def assignments(page: Page) -> None:
    """Open the Assignment List from the menu."""
    menu(page)
    page.get_by_role("menuitem", name="Assignment List").click()
    expect(page.locator("#released_assignments_list")).to_be_visible()


def test_a_term(hub: Hub, browser: Browser) -> None:
    page = logged_in(hub, browser, ADA)
    assert doors(page) == {"Assignment List"}

    # Fetched in the browser and on the command line, it is where the notebooks of the course look for it.
    assignments(page)
    page.locator("#released_assignments_list").get_by_role("button", name="Fetch").click()
    expect(page.locator("#fetched_assignments_list")).to_contain_text(UNIT)
    nbgrader(hub, BOB, "fetch_assignment", UNIT)
    links = re.findall(
        r"\]\((\.\./assignments/[^)]+)\)", (hub.home(ADA) / "lrlab-course/course/02_decay_formulas.ipynb").read_text()
    )
    assert links
    for student in STUDENTS:
        for link in links:
            assert (hub.home(student) / "lrlab-course" / "course" / link).is_file()

    # Ada's first try has a mistake, which Validate names; Bob's too, and it stays.
    solve(hub, ADA, {**RIGHT, "half_life": WRONG["half_life"]})
    solve(hub, BOB, {**RIGHT, "read_log": WRONG["read_log"]})
    page.goto(f"http://127.0.0.1:{hub.port}/user/{ADA}/lab/tree/lrlab-course/assignments/{UNIT}/{UNIT}.ipynb")
    page.get_by_role("button", name="Validate").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("The following cell failed", timeout=180_000)
    assert "half_life" in dialog.inner_text()
    page.keyboard.press("Escape")
    handed_in(page)
    nbgrader(hub, BOB, "submit", UNIT)

    # The instructor, an ordinary user, collects, grades in the sandbox, and returns.
    course = hub.home(PROF) / "lrlab"
    nbgrader(hub, PROF, "collect", UNIT)
    shown = hub.run_as(PROF, *LRLAB, "grade", UNIT, "--jobs", "1", cwd=course)
    assert re.search(rf"{ADA} +{ALL - 2} / {ALL + 4} +graded", shown)
    assert re.search(rf"{BOB} +{ALL - 3} / {ALL + 4} +graded", shown)
    assert "Beware" not in shown
    hub.run_as(PROF, *LRLAB, "feedback", UNIT, cwd=course)
    nbgrader(hub, PROF, "release_feedback", UNIT)
    assert f"{ALL - 2} so far" in feedback(hub, page)

    # What was handed in again is graded again, and nothing else.
    solve(hub, ADA, RIGHT)
    handed_in(page)
    nbgrader(hub, PROF, "collect", UNIT, "--update")
    shown = hub.run_as(PROF, *LRLAB, "grade", UNIT, "--jobs", "1", cwd=course)
    assert re.search(rf"{ADA} +{ALL} / {ALL + 4} +graded", shown)
    assert re.search(rf"{BOB} .*as before", shown)


def handed_in(page: Page) -> None:
    assignments(page)
    page.locator("#fetched_assignments_list").get_by_role("button", name="Submit").click()
    expect(page.locator("#submitted_assignments_list")).to_contain_text(UNIT)


def feedback(hub: Hub, page: Page) -> str:
    """Fetch the feedback in the browser; return the text of the page."""
    assignments(page)
    page.locator("#submitted_assignments_list").get_by_role("button", name="Fetch Feedback").click()
    folder = notebook(hub, ADA).parent / "feedback"
    for _ in range(120):
        if pages := list(folder.rglob("*.html")):
            return " ".join(pages[0].read_text(encoding="utf-8").split())
        page.wait_for_timeout(500)
    raise AssertionError(f"no page of feedback in {folder}")


def test_students_see_nothing_of_the_course(hub: Hub) -> None:
    look = f"import os; os.listdir({str(hub.home(PROF) / 'lrlab')!r})"
    assert "PermissionError" in hub.run_as(BOB, "-c", look, status=1)
    look = f"import os; os.listdir({str(hub.home(ADA))!r})"
    assert "PermissionError" in hub.run_as(BOB, "-c", look, status=1)


def test_the_instructor_has_formgrader(hub: Hub, browser: Browser) -> None:
    page = logged_in(hub, browser, PROF)
    assert {"Formgrader", "Assignment List"} <= doors(page)
    # In a tab of its own: JupyterHub lets no page be framed, not even in JupyterLab's.
    page.goto(f"http://127.0.0.1:{hub.port}/user/{PROF}/formgrader")
    expect(page.get_by_role("link", name=UNIT).first).to_be_visible(timeout=60_000)
