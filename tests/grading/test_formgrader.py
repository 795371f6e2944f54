"""Formgrader inside JupyterLab: an instructor autogrades a submission there and marks the written answer."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager

import pytest
from made_course import POINTS, RIGHT, UNIT, Course, answer

pytestmark = [pytest.mark.slow, pytest.mark.browser]

CHROMIUM = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]


@pytest.fixture
def course(tmp_path):
    root = tmp_path / "course"
    root.mkdir()
    course = Course(root)
    course.nbgrader("generate_assignment", UNIT)
    course.submit("ada", answer(course.released(), RIGHT, "The closed form: at step 100 it is at a half."))
    return course


@contextmanager
def jupyterlab(course, home):
    """JupyterLab in the course folder, its environment not activated, with settings of its own; gives its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {"PATH": "/usr/bin:/bin", "JUPYTER_CONFIG_DIR": str(home), "JUPYTER_DATA_DIR": str(home)}
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}"]
    command += ["--IdentityProvider.token=t", "--LabApp.expose_app_in_browser=True"]
    command += ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    with (home / "lab.log").open("w") as log:
        server = subprocess.Popen(command, cwd=course.root, env=environment, stdout=log, stderr=subprocess.STDOUT)
        try:
            address = f"http://127.0.0.1:{port}"
            for _ in range(300):
                try:
                    urllib.request.urlopen(f"{address}/api/status?token=t", timeout=5).close()
                    break
                except (urllib.error.URLError, ConnectionError, TimeoutError):
                    assert server.poll() is None, (home / "lab.log").read_text()[-2000:]
                    time.sleep(0.2)
            yield address
        finally:
            server.terminate()
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def test_grade_in_formgrader(course, tmp_path, browser_path):
    from playwright.sync_api import expect, sync_playwright

    home = tmp_path / "home"
    home.mkdir()
    with jupyterlab(course, home) as address, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser_path, args=CHROMIUM)
        page = chromium.new_page(viewport={"width": 1400, "height": 1000})
        page.set_default_timeout(60_000)
        page.goto(f"{address}/lab?reset&token=t")
        page.wait_for_function("() => window.jupyterapp !== undefined")
        page.evaluate("async () => { await window.jupyterapp.restored }")
        page.get_by_role("menuitem", name="Nbgrader").click()
        page.get_by_role("menuitem", name="Formgrader", exact=True).click()
        grader = page.frame_locator("iframe[src*=formgrader]")

        row = grader.locator("tbody tr", has_text=UNIT)
        expect(row).to_contain_text("draft")
        row.locator("td.num-submissions a").click()
        grader.locator("td.autograde a").click()
        expect(grader.get_by_text("Successfully autograded")).to_be_visible()
        grader.get_by_role("button", name="OK").click()
        expect(grader.locator("tbody tr", has_text="ada")).to_contain_text(f"{sum(POINTS.values())} / 14")

        page.frame(url="**/formgrader/**").goto(f"{address}/formgrader/gradebook/{UNIT}/{UNIT}")
        grader.locator("tbody a").first.click()
        score = grader.locator("#which-formula-answer.score")
        with page.expect_response(lambda response: response.request.method == "PUT") as saved:
            score.fill("3")
            score.press("Tab")
        assert saved.value.ok
        chromium.close()
    course.nbgrader("export")
    assert float(course.exported()["ada"]["score"]) == sum(POINTS.values()) + 3
