"""JupyterLab as a student sees it, in folders of its own: one for the tests of a worker, or one for a benchmark."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
from playwright.sync_api import Page
from playwright.sync_api import TimeoutError as NotInTime

from support import REPO, with_support

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--renderer-process-limit=1",  # pages of one context share a process
]


STATE = """(path) => {
    const shown = window.jupyterapp.shell.currentWidget;
    const session = shown?.sessionContext;
    const kernel = session?.session?.kernel;
    return [shown?.context?.path === path, session?.isReady, kernel?.connectionStatus, kernel?.status].join();
}"""
READY = f"(path) => ({STATE})(path) === 'true,true,connected,idle'"
# A kernel that was idle before the page listened is so for the page once it has answered something.
NUDGE = """(path) => {
    window.jupyterapp.commands.execute("docmanager:open", { path });
    window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.requestKernelInfo().catch(() => {});
}"""


def write_notebook(folder: Path, *cells: str) -> str:
    """A notebook of code cells in ``folder``, made where it is missing; returns its name."""
    folder.mkdir(exist_ok=True)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, folder / "explorer.ipynb")
    return "explorer.ipynb"


def soon(found: Callable[[], bool]) -> None:
    """Wait for what the page sends to the kernel: it holds a change back while an earlier one is on its way."""
    end = time.monotonic() + 200
    while not found():
        assert time.monotonic() < end, "the kernel did not get the change"
        time.sleep(0.1)


class Lab:
    """A running JupyterLab: ``url`` without a slash at the end, its ``token``, and a ``folder`` that it serves."""

    def __init__(self, url: str, token: str, folder: Path, below: str = "") -> None:
        self.url, self.token, self.folder, self.below = url, token, folder, below

    @contextmanager
    def room(self, name: str) -> Iterator[Lab]:
        """The same JupyterLab on a new folder below; kernels that were started there end with it."""
        folder = self.folder / name
        folder.mkdir()
        lab = Lab(self.url, self.token, folder, f"{self.below}{name}/")
        yield lab
        lab.end_kernels()

    def end_kernels(self) -> None:
        """End the kernels of the notebooks in the folder."""
        for session in json.loads(self._api("sessions")):
            if session["path"].startswith(self.below):
                self._api(f"sessions/{session['id']}", "DELETE")

    def _api(self, path: str, method: str = "GET") -> bytes:
        request = urllib.request.Request(f"{self.url}/api/{path}", method=method)
        request.add_header("Authorization", f"token {self.token}")
        with urllib.request.urlopen(request, timeout=60) as answer:
            return bytes(answer.read())

    def open(self, page: Page, notebook: str) -> None:
        """Show ``notebook`` and wait until its kernel takes cells: the status bar says idle too early.

        Where the page has this JupyterLab already, the notebook is opened there.
        """
        path = f"{self.below}{notebook}"
        if page.url.startswith(f"{self.url}/"):
            page.evaluate(
                "async (path) => { await window.jupyterapp.commands.execute('docmanager:open', { path }) }", path
            )
        else:
            page.goto(f"{self.url}/doc/tree/{path}?reset&token={self.token}")
            page.wait_for_function("() => window.jupyterapp !== undefined", timeout=60_000)
            page.evaluate("async () => { await window.jupyterapp.restored }")
        for nudges_left in range(5, -1, -1):
            try:
                page.wait_for_function(READY, arg=path, timeout=20_000)
                return
            except NotInTime:
                print("not ready:", page.evaluate(STATE, path))  # shown where the test fails
                if not nudges_left:
                    raise
            page.evaluate(NUDGE, path)

    def leave(self, page: Page) -> None:
        """Close all documents, end their kernels and forget what explorers kept; JupyterLab stays in the page."""
        if not page.url.startswith(f"{self.url}/"):
            return
        page.keyboard.press("Escape")  # a dialog
        page.evaluate(
            """async () => {
                const { commands, serviceManager, shell } = window.jupyterapp;
                for (const shown of [...shell.widgets("main")]) {
                    if (shown.context?.model.dirty) await shown.context.save();  // else it asks whether to
                }
                await commands.execute("application:close-all");
                await serviceManager.sessions.shutdownAll();
                localStorage.clear();
                sessionStorage.clear();
            }"""
        )

    def run_all(self, page: Page) -> None:
        """Run every cell and wait for the last; errors stay in the outputs, see :meth:`errors`."""
        page.evaluate("async () => { await window.jupyterapp.commands.execute('notebook:run-all-cells') }")

    def errors(self, page: Page) -> list[str]:
        """The errors that cells ended with."""
        return page.evaluate(
            """() => window.jupyterapp.shell.currentWidget.content.model.toJSON().cells
                .flatMap((cell) => cell.outputs ?? [])
                .filter((output) => output.output_type === "error")
                .map((output) => `${output.ename}: ${output.evalue}`)"""
        )

    def ask(self, page: Page, code: str) -> str:
        """What ``code`` prints in the notebook's own kernel."""
        return page.evaluate(
            """async (code) => {
                const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
                const future = kernel.requestExecute({ code, store_history: false });
                let text = "";
                future.onIOPub = ({ header, content }) => {
                    if (content.name === "stdout") text += content.text;
                    if (header.msg_type === "error") text += `${content.ename}: ${content.evalue}`;
                };
                await future.done;
                return text.trim();
            }""",
            code,
        )


@contextmanager
def running(folder: Path, home: Path, **environment: str) -> Iterator[Lab]:
    """JupyterLab on ``folder``, its own files in ``home``; ``environment`` is set for it beside what is there."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    token = secrets.token_hex(16)
    places = {
        name: str(home / name.lower())
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    }
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1"]
    command += [f"--port={port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={token}"]
    command += [f"--ServerApp.root_dir={folder}", "--LabApp.expose_app_in_browser=True"]
    log = home / "jupyterlab.log"
    home.mkdir(parents=True, exist_ok=True)
    places["JUPYTER_CONFIG_PATH"] = str(REPO / "tools" / "jupyter")  # as `lrlab lab` has it
    with log.open("w") as out:
        variables = with_support(LRLAB_DATASET="digits", OMP_NUM_THREADS="1") | places | environment
        server = subprocess.Popen(command, cwd=folder, env=variables, stdout=out, stderr=subprocess.STDOUT)
        try:
            lab = Lab(f"http://127.0.0.1:{port}", token, folder)
            _wait(lab, server, log)
            yield lab
        finally:
            _end(server)


# `lrlab lab` serves the course that lrlab lies in; a test has one of its own.
_LRLAB_LAB = """
import sys
from pathlib import Path
from lrlab.commands import lab
lab.course_root = lambda: Path(sys.argv[1])
lab.serve(notebook=sys.argv[2], port=int(sys.argv[3]), browser=False, instructor="--instructor" in sys.argv)
"""


@contextmanager
def lrlab_lab(course: Path, home: Path, notebook: str, *options: str) -> Iterator[tuple[Lab, Callable[[], str]]]:
    """``lrlab lab`` on a course folder, with the repository's settings; also gives what the terminal shows of it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    for folder in (REPO / "tools").glob("jupyter*"):
        shutil.copytree(folder, course / "tools" / folder.name)
    config = home / "config"
    config.mkdir(parents=True, exist_ok=True)
    (config / "jupyter_lab_config.json").write_text('{"LabApp": {"expose_app_in_browser": true}}')
    places = {"HOME": home, "JUPYTER_CONFIG_DIR": config, "JUPYTER_DATA_DIR": home / "data"}
    places |= {"JUPYTER_RUNTIME_DIR": home / "runtime", "IPYTHONDIR": home / "ipython"}
    variables = {k: v for k, v in os.environ.items() if k != "JUPYTER_CONFIG_PATH"}
    variables |= {name: str(place) for name, place in places.items()} | {"OMP_NUM_THREADS": "1"}
    log = home / "terminal.log"
    command = [sys.executable, "-u", "-c", _LRLAB_LAB, str(course), notebook, str(port), *options]
    with log.open("w") as out:
        server = subprocess.Popen(command, cwd=course, env=variables, stdout=out, stderr=subprocess.STDOUT)
        try:
            for _ in range(600):
                if server.poll() is not None or "Ctrl-C" in log.read_text():
                    break
                time.sleep(0.2)
            address = re.search(r"(http://127\.0\.0\.1:\d+)/lab/\S*token=(\w+)", log.read_text())
            assert address, log.read_text()[-3000:]
            yield Lab(*address.groups(), course), log.read_text
        finally:
            _end(server)


def _end(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(20)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _wait(lab: Lab, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(2000):
        if server.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"{lab.url}/api/status?token={lab.token}", timeout=5).close()
            return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise RuntimeError(f"JupyterLab did not answer within minutes; it said:\n{log.read_text()[-3000:]}")
