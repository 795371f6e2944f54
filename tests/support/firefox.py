"""Firefox, driven by WebDriver BiDi: Playwright drives only a Firefox of its own, which it must download."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import websocket

NAMES = ("firefox", "firefox-esr")
KEYS = {
    "Tab": "\ue004",
    "Enter": "\ue007",
    "Up": "\ue013",
    "Down": "\ue015",
    "Right": "\ue014",
    "Left": "\ue012",
    "Home": "\ue011",
    "End": "\ue010",
}
HELD = {"shift": "\ue008", "control": "\ue009"}
SECONDS = 120  # of a machine that is busy with other things


def found() -> str | None:
    """Return the path of an installed Firefox."""
    return next(filter(None, map(shutil.which, NAMES)), None)


class Firefox:
    """One tab, and what its console complains about."""

    def __init__(self, address: str) -> None:
        self.socket = websocket.create_connection(address + "/session", timeout=SECONDS, suppress_origin=True)
        self.asked = 0
        self.problems: list[str] = []
        self.requests: list[str] = []
        self.ask("session.new", capabilities={})
        self.ask("session.subscribe", events=["log.entryAdded", "network.beforeRequestSent"])
        self.tab: str = self.ask("browsingContext.getTree")["contexts"][0]["context"]

    def ask(self, method: str, **params: object) -> dict[str, Any]:
        """Send a command, and return its result; events on the way are noted."""
        self.asked += 1
        self.socket.send(json.dumps({"id": self.asked, "method": method, "params": params}))
        while True:
            answer = json.loads(self.socket.recv())
            if answer["type"] == "event":
                self._note(answer["method"], answer["params"])
            elif answer["id"] == self.asked:
                if answer["type"] == "error":
                    raise RuntimeError(f"{method}: {answer['message']}")
                return dict(answer["result"])

    def _note(self, method: str, event: Mapping[str, Any]) -> None:
        if method == "log.entryAdded" and event["level"] == "error":
            self.problems.append(event["text"])
        elif method == "network.beforeRequestSent":
            self.requests.append(event["request"]["url"])

    def resize(self, width: int, height: int) -> None:
        self.ask("browsingContext.setViewport", context=self.tab, viewport={"width": width, "height": height})

    def goto(self, url: str) -> None:
        self.ask("browsingContext.navigate", context=self.tab, url=url, wait="complete")

    def reload(self) -> None:
        """Load the page again, with what it has kept, and wait until it is there."""
        self.ask("browsingContext.reload", context=self.tab, wait="complete")

    def js(self, function: str, *arguments: object) -> Any:
        """Return what a function of the page returns, of JSON alone; a promise is waited for."""
        call = f"async () => JSON.stringify(await ({function})(...{json.dumps(arguments)}) ?? null)"
        answer = self.ask(
            "script.callFunction", functionDeclaration=call, target={"context": self.tab}, awaitPromise=True
        )
        if answer["type"] == "exception":
            raise RuntimeError(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"]["value"])

    def press(self, *keys: str, held: str | None = None) -> None:
        """Press keys one after another, by their names in ``KEYS`` or as the characters that they type.

        ``held`` names a key of ``HELD`` to keep pressed while the others are typed.
        """
        values = [KEYS.get(key, key) for key in keys]
        strokes = [{"type": kind, "value": value} for value in values for kind in ("keyDown", "keyUp")]
        if held:
            strokes = [{"type": "keyDown", "value": HELD[held]}, *strokes, {"type": "keyUp", "value": HELD[held]}]
        self._act("key", strokes)

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Press the mouse at a place of the window, and let it go at another; the same one is a click."""
        places = [start, tuple((a + b) / 2 for a, b in zip(start, end, strict=True)), end]
        moves = [{"type": "pointerMove", "x": round(x), "y": round(y), "duration": 20} for x, y in places]
        down, up = ({"type": kind, "button": 0} for kind in ("pointerDown", "pointerUp"))
        self._act("pointer", [moves[0], down, *moves[1:], up])

    def _act(self, kind: str, actions: list[dict[str, Any]]) -> None:
        sources = [{"type": kind, "id": kind, "actions": actions}]
        self.ask("input.performActions", context=self.tab, actions=sources)

    def screenshot(self, path: Path, *, whole: bool = False) -> None:
        origin = "document" if whole else "viewport"
        data = self.ask("browsingContext.captureScreenshot", context=self.tab, origin=origin)["data"]
        path.write_bytes(base64.b64decode(data))


@contextmanager
def running(path: str, profile: Path, *, dark: bool = False) -> Iterator[Firefox]:
    """Start Firefox without a window, on a fresh profile, asking no other host for anything."""
    preferences = {
        "layout.css.prefers-color-scheme.content-override": 0 if dark else 1,
        "network.proxy.type": 1,  # a proxy that does not exist, for all hosts but this one
        "network.proxy.http": "127.0.0.1",
        "network.proxy.http_port": 9,
        "network.proxy.ssl": "127.0.0.1",
        "network.proxy.ssl_port": 9,
        "browser.shell.checkDefaultBrowser": False,
        "datareporting.policy.dataSubmissionEnabled": False,
        "toolkit.telemetry.reportingpolicy.firstRun": False,
        "app.update.enabled": False,
    }
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in preferences.items()]
    profile.mkdir(parents=True, exist_ok=True)
    (profile / "user.js").write_text("\n".join(lines), encoding="utf-8")
    command = [path, "--headless", "--no-remote", "--profile", str(profile), "--remote-debugging-port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stderr is not None
            said = (re.search(r"BiDi listening on (ws://\S+)", line) for line in process.stderr)
            address = next((match.group(1) for match in said if match), None)
            if address is None:
                raise RuntimeError(f"{path} ended before it could be driven: is another one on the profile {profile}?")
            firefox = Firefox(address)
            yield firefox
            firefox.socket.close()
        finally:
            process.terminate()
