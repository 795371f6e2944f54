"""A browser, and JupyterLab to look at with it."""

from __future__ import annotations

import os
import re
from collections.abc import Generator, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Error,
    Page,
    Playwright,
    ViewportSize,
    expect,
    sync_playwright,
)
from support.lab_server import QUIET, Lab, running
from support.warm_kernel import warm_kernels

HERE = Path(__file__).resolve().parent
SCREENSHOTS = HERE.parents[1] / "build" / "screenshots"
EVERY_TEST = bool(os.environ.get("LRLAB_SCREENSHOTS"))
FAILED = pytest.StashKey[bool]()
expect.set_options(timeout=60_000)  # Playwright's own five seconds are too few on a busy machine


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember which tests failed, for their pictures."""
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Four groups of files, each in one worker with one browser and one page; those in JupyterLab share its page."""
    files = {path: at for at, path in enumerate(sorted({item.path for item in items if item.path.parent == HERE}))}
    for item in items:
        if item.path in files and item.get_closest_marker("xdist_group") is None:
            in_lab = "lab" in getattr(item, "fixturenames", ())
            item.add_marker(pytest.mark.xdist_group(f"browser: {'JupyterLab' if in_lab else files[item.path] % 4}"))


@pytest.fixture(scope="session")
def jupyterlab(tmp_path_factory: pytest.TempPathFactory, shared_folder: Path) -> Iterator[Lab]:
    """One JupyterLab for all tests of a worker."""
    kernels = {"JUPYTER_PATH": warm_kernels(shared_folder)}
    with running(tmp_path_factory.mktemp("served"), tmp_path_factory.mktemp("jupyter"), **kernels) as lab:
        yield lab


@pytest.fixture
def lab(jupyterlab: Lab, request: pytest.FixtureRequest) -> Iterator[Lab]:
    """JupyterLab on an empty folder of the test's own, ``lab.folder``."""
    with jupyterlab.room(re.sub(r"\W+", "_", request.node.name)) as lab:
        yield lab


_started: list[tuple[Playwright, Browser]] = []
_pages: list[Page] = []  # none or one, as it stands between two tests
_lab_pages: list[Page] = []  # the same


@pytest.fixture(scope="module")
def chromium(browser_path: str) -> Browser:
    """Headless Chromium, one for all tests of this folder that follow each other in a worker."""
    if not _started:
        playwright = sync_playwright().start()
        _started.append((playwright, playwright.chromium.launch(executable_path=browser_path, args=QUIET)))
    return _started[0][1]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> Generator[None, None, None]:
    """End it before a test elsewhere: as long as Playwright runs, an event loop does, and some start their own."""
    try:
        yield
    finally:
        if _started and (nextitem is None or nextitem.path.parent != HERE):
            playwright, chromium = _started.pop()
            _pages.clear()
            _lab_pages.clear()
            chromium.close()
            playwright.stop()


@pytest.fixture(scope="module")
def viewport() -> ViewportSize:
    """How large the pages of a file are."""
    return {"width": 920, "height": 1000}


@pytest.fixture
def browser(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Browser]:
    """A browser without pages; those that the test opens end with it, after a picture of each if it failed."""
    yield chromium
    stay = [*_pages, *_lab_pages]
    pages = [page for context in chromium.contexts for page in context.pages if page not in stay]
    if EVERY_TEST or _failed(request):
        name = re.sub(r"[^\w.-]+", "-", f"{request.path.stem}-{request.node.name}").strip("-")
        for i, page in enumerate(pages):
            with suppress(Error):  # a page that has crashed must not hide why the test failed
                page.screenshot(path=SCREENSHOTS / f"{name}{f'-{i + 1}' if i else ''}.png", full_page=True)
    for page in pages:
        page.close()
    for context in chromium.contexts:
        if context not in [page.context for page in stay]:
            context.close()


def _failed(request: pytest.FixtureRequest) -> bool:
    return bool(request.node.stash.get(FAILED, False))


@pytest.fixture
def page(browser: Browser, viewport: ViewportSize, request: pytest.FixtureRequest) -> Iterator[Page]:
    """An empty page as wide as a notebook's output. A new one takes a seventh of a second of a core, so it stays.

    The page of a test that failed does not.
    """
    if not _pages:
        _pages.append(browser.new_page())
        _pages[0].set_default_timeout(60_000)
    page = _pages.pop()
    if page.viewport_size != viewport:
        page.set_viewport_size(viewport)
    yield page
    if not (EVERY_TEST or _failed(request)):  # else `browser` takes its picture and closes it
        page.mouse.move(0, 0)  # before it leaves: else no drag gets out of the next document
        page.goto("about:blank")
        page.unroute_all()
        page.emulate_media(color_scheme="light", reduced_motion="no-preference")
        _pages.append(page)


@pytest.fixture
def lab_page(browser: Browser, lab: Lab, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page for JupyterLab, which takes six seconds of a core to load: it stays, without documents, for the next test.

    The page of a test that failed does not.
    """
    if not _lab_pages:
        context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
        _lab_pages.append(context.new_page())
        _lab_pages[0].set_default_timeout(60_000)
    page = _lab_pages[0]
    page.set_viewport_size({"width": 1366, "height": 900})
    page.emulate_media(color_scheme="light")
    yield page
    _lab_pages.clear()
    if not (EVERY_TEST or _failed(request)):  # else `browser` takes its picture and closes it
        lab.leave(page)
        _lab_pages.append(page)


@pytest.fixture
def problems(page: Page) -> Iterator[list[str]]:
    """What the page's console complains about, from now on."""
    found: list[str] = []

    def error(error: Error) -> None:
        found.append(str(error))

    def message(message: ConsoleMessage) -> None:
        if message.type == "error":
            found.append(message.text)

    page.on("pageerror", error)
    page.on("console", message)
    yield found
    page.remove_listener("pageerror", error)
    page.remove_listener("console", message)


@pytest.fixture
def kept(page: Page) -> Page:
    """A page with an address of its own, as a course's pages have: without one a browser keeps nothing."""
    page.route("http://course.test/", lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"))
    page.goto("http://course.test/")
    page.evaluate("localStorage.clear()")
    return page
