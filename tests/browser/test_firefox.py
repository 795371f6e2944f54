"""The explorers in Firefox: they draw, complain of nothing, follow keys and mouse, and fit a phone."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from support.bare_page import AGAIN, DRAWN, MOUNT
from support.every_explorer import EVERY
from support.firefox import Firefox, found, running

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
