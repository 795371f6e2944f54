"""Formgrader inside JupyterLab: an instructor autogrades a submission there and marks the written answer."""

import re

import pytest
from support.lab_server import QUIET, running
from support.made_course import POINTS, RIGHT, UNIT, answer

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.nightly(
        reason="JupyterLab, nbgrader's command and a cold kernel start; every run has each of them by itself"
    ),
]
ALL = sum(POINTS.values())


@pytest.fixture
def course(new_course):
    course = new_course()
    course.submit("ada", answer(course.released(), RIGHT, "The closed form: at step 100 it is at a half."))
    return course


def test_grade_in_formgrader(course, tmp_path, browser_path):
    from playwright.sync_api import expect, sync_playwright

    # The environment is not activated: nbgrader must find its own programs.
    with running(course.root, tmp_path / "home", PATH="/usr/bin:/bin") as lab, sync_playwright() as playwright:
        address = lab.url
        chromium = playwright.chromium.launch(executable_path=browser_path, args=QUIET)
        page = chromium.new_page(viewport={"width": 1400, "height": 1000})
        page.set_default_timeout(60_000)
        expect.set_options(timeout=60_000)
        page.goto(f"{address}/lab?reset&token={lab.token}")
        page.wait_for_function("() => window.jupyterapp !== undefined")
        page.evaluate("async () => { await window.jupyterapp.restored }")
        page.get_by_role("menuitem", name="Nbgrader").click()
        page.get_by_role("menuitem", name="Formgrader", exact=True).click()
        grader = page.frame_locator("iframe[src*=formgrader]")

        row = grader.locator("tbody tr", has_text=UNIT)
        expect(row).to_contain_text("draft")
        row.locator("td.num-submissions a").click()
        grader.locator("td.autograde a").click()
        expect(grader.get_by_text("Successfully autograded")).to_be_visible(timeout=60_000)  # a box, cells, a judge
        grader.get_by_role("button", name="OK").click()
        expect(grader.locator("tbody tr", has_text="ada")).to_contain_text(f"{ALL} / {ALL + 4}")

        page.frame(url="**/formgrader/**").goto(f"{address}/formgrader/gradebook/{UNIT}/{UNIT}")
        grader.locator("tbody a").first.click()
        score = grader.locator("#which-formula-answer.score")
        # The page fetches the grades after it shows the field, and empties it once more when they come.
        expect(score).to_have_class(re.compile("needs_manual_grade"))
        with page.expect_response(lambda response: response.request.method == "PUT") as saved:
            score.fill("3")
            score.press("Tab")
        assert saved.value.ok  # what it saved is in the export below
        chromium.close()
    course.nbgrader("export")
    assert float(course.exported()["ada"]["score"]) == ALL + 3
