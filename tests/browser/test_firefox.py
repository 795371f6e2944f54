"""In Firefox explorers draw, follow keys and mouse, and fit a phone; on the site one copies code and answers."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

pytest.importorskip("myst_nb")

from nbformat.v4 import new_code_cell, new_markdown_cell
from support import small_site
from support.bare_page import AGAIN, DRAWN, MOUNT
from support.every_explorer import EVERY
from support.firefox import Firefox, found, running
from support.warm_kernel import warm_kernels

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.nightly(reason="Chromium has shown all of it; Firefox draws with an engine of its own"),
]
# The first control of the explorer, scrolled into view: where its left and right ends are.
FIRST = """() => {
    const one = document.querySelector(".lrlab-explorer :is(input:not([type=checkbox]), [role=slider])");
    one.scrollIntoView({ block: "end" });
    one.focus();
    const { left, right, top, bottom } = one.getBoundingClientRect();
    return [left, right, (top + bottom) / 2];
}"""
TOO_WIDE = """() => [...document.querySelectorAll(".lrlab-explorer *")]
    .filter((one) => one.checkVisibility() && one.getBoundingClientRect().right > innerWidth + 1)
    .filter((one) => !one.closest("pre, .codes, .shapes, .scroll"))
    .map((one) => one.outerHTML.slice(0, 120))"""


class Blank(SimpleHTTPRequestHandler):
    """An empty page with an address of its own, which may keep things."""

    def do_GET(self) -> None:
        page = b"<!doctype html><html lang='en'><title>explorer</title><body style='margin: 8px'></body></html>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Blank)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="module")
def firefox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    path = found()
    if path is None:
        pytest.skip("no Firefox here: install firefox, or on Debian firefox-esr")
    with running(path, tmp_path_factory.mktemp("profile")) as firefox:
        yield firefox


@pytest.mark.parametrize("name", sorted(EVERY))
def test_an_explorer_works_in_firefox(firefox: Firefox, address: str, name: str) -> None:
    state = dict(EVERY[name]().get_state())
    source, css = str(state.pop("_esm")), str(state.pop("_css"))
    firefox.problems.clear()
    firefox.resize(390, 844)
    firefox.goto(address)
    firefox.js(MOUNT, [source, css, json.loads(json.dumps(state, default=str))])
    firefox.js(AGAIN)
    firefox.js(DRAWN)

    def seen() -> str:
        firefox.js(DRAWN)
        return str(firefox.js("() => JSON.stringify(state) + document.querySelector('.lrlab-explorer').innerHTML"))

    firefox.js(FIRST)
    before = seen()
    firefox.press("Down")
    by_key = seen()
    assert by_key != before
    left, right, y = firefox.js(FIRST)
    if name == "quiz":  # whose answers are pressed
        firefox.drag((left + 4, y), (left + 4, y))
    else:
        firefox.drag((left + 4, y), (right - 4, y))
    assert seen() != by_key
    assert firefox.js(TOO_WIDE) == []
    assert firefox.problems == []


# ---- the site's own pages -------------------------------------------------------------------------------------------

ASKED = {
    "00_asked": [
        new_markdown_cell("# Asked"),
        new_code_cell("from lrlab import explorers, schedules\nexplorers.schedule(schedules.Cosine(0.1, T_max=100))"),
        new_code_cell("explorers.predict('01-sweep')"),
        new_code_cell("explorers.predict('05-one')"),
        new_code_cell("explorers.quiz('02')"),
    ]
}
MIDDLE = """(selector) => {
    const one = document.querySelector(selector);
    one.scrollIntoView({ block: "center", behavior: "instant" });
    const { left, right, top, bottom } = one.getBoundingClientRect();
    return [(left + right) / 2, (top + bottom) / 2];
}"""
TEXT = "(selector) => document.querySelector(selector)?.textContent ?? ''"
MOUNTED = """async () => {
    for (let n = 0; n < 600 && document.querySelectorAll(".lrlab-mount > div").length < 4; n++)
        await new Promise((done) => setTimeout(done, 100));
    return document.querySelectorAll(".lrlab-mount > div").length;
}"""
CHOICE = ".lrlab-prediction:not(.lrlab-quiz):has(.choice)"
SKETCH = ".lrlab-prediction:has(svg.plot)"


@pytest.fixture(scope="module")
def page_of_the_site(tmp_path_factory: pytest.TempPathFactory, shared_folder: Path) -> Iterator[str]:
    built = small_site.build(tmp_path_factory.mktemp("course"), ASKED, warm_kernels(shared_folder))
    with small_site.serving(built) as address:
        yield f"{address}course/00_asked.html"


@pytest.fixture(scope="module", params=["light", "dark"])
def scheme(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Firefox]]:
    path = found()
    if path is None:
        pytest.skip("no Firefox here: install firefox, or on Debian firefox-esr")
    with running(path, tmp_path_factory.mktemp("profile"), dark=request.param == "dark") as firefox:
        yield request.param, firefox


@pytest.mark.slow(reason="a site is built, and a Firefox for each theme is started")
@pytest.mark.parametrize("width", [1366, 390])
def test_copy_quiz_and_prediction_on_the_site(scheme: tuple[str, Firefox], page_of_the_site: str, width: int) -> None:
    name, firefox = scheme

    def click(selector: str) -> None:
        place = firefox.js(MIDDLE, selector)
        firefox.drag(place, place)

    def text(selector: str) -> str:
        return str(firefox.js(TEXT, selector))

    firefox.problems.clear()
    firefox.resize(width, 768 if width > 400 else 844)
    firefox.goto(page_of_the_site)
    assert firefox.js(MOUNTED) == 4
    firefox.js("() => localStorage.clear()")
    firefox.reload()
    assert firefox.js(MOUNTED) == 4
    assert firefox.js("() => document.body.dataset.jpThemeLight") == str(name == "light").lower()
    assert firefox.js("() => document.documentElement.scrollWidth <= innerWidth")
    assert firefox.js(TOO_WIDE) == []

    click("[data-copy=torch]")
    firefox.js("() => new Promise((done) => setTimeout(done, 200))")
    assert text("[data-copy=torch]") == "Copied"
    firefox.js("""() => {
        document.querySelector(".bd-article").insertAdjacentHTML("afterbegin", "<textarea id='paste'></textarea>");
        document.querySelector("#paste").focus();
    }""")
    firefox.press("v", held="control")
    pasted = firefox.js("() => document.querySelector('#paste').value")
    assert pasted == text("[data-code=torch]")
    assert "CosineAnnealingLR(optimizer, T_max=100)" in pasted
    firefox.js("() => document.querySelector('#paste').remove()")

    click(f"{CHOICE} [data-letter=a] label")
    assert text(f"{CHOICE} .hint") == "Noted. Read on to the result, then compare."
    firefox.press("Down", "Down", "Down")  # to (d), which is right
    click(f"{CHOICE} button")
    assert text(f"{CHOICE} .verdict") == "✓ Right."
    assert "✓ right, and yours" in text(f"{CHOICE} [data-letter=d]")

    assert firefox.js(f"() => document.querySelector('{SKETCH} button').disabled") is True
    firefox.js(MIDDLE, f"{SKETCH} svg.plot")
    left, right, top, bottom = firefox.js(
        f"""() => {{
            const dots = [...document.querySelectorAll('{SKETCH} svg.plot [role=slider]')];
            const [first, last] = [dots[0], dots.at(-1)].map((one) => one.getBoundingClientRect().left + 6);
            const {{ top, height }} = document.querySelector('{SKETCH} svg.plot').getBoundingClientRect();
            return [first, last, top + 40, top + height - 60];
        }}"""
    )
    before = firefox.js(f"() => document.querySelector('{SKETCH} .sketched').getAttribute('d')")
    firefox.drag((left, bottom), (right, top))
    assert firefox.js(f"() => document.querySelector('{SKETCH} .sketched').getAttribute('d')") != before
    click(f"{SKETCH} button")
    assert "On average you were" in text(f"{SKETCH} .verdict")
    assert firefox.js(f"() => document.querySelectorAll('{SKETCH} .truth').length") == 1

    click(".lrlab-quiz fieldset:first-of-type [data-letter=b] label")
    assert "which counts without the 1" in text(".lrlab-quiz fieldset:first-of-type .reason")
    firefox.press("Up")
    assert "✓ right" in text(".lrlab-quiz fieldset:first-of-type .choice.right")
    assert text(".lrlab-quiz .tally") == "0 of 6 right at the first try, 5 to go."

    firefox.reload()
    assert firefox.js(MOUNTED) == 4
    assert text(f"{CHOICE} .verdict") == "✓ Right.", "what was answered is kept"
    assert firefox.problems == []
