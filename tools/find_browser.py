"""Find a Chromium for the browser tests, and print its path: nothing where there is none to be had.

In this order: what LRLAB_BROWSER names; an installed Chromium or Chrome; Playwright's own, if it was downloaded.
With --install also: Playwright's download; as root on Debian, the package `chromium`.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
APPS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
HOW = (
    "install Chromium or Chrome, or run `.venv/bin/playwright install chromium`, "
    "or name one that you have in LRLAB_BROWSER, then run the tests again"
)


def starts(path: str) -> bool:
    """Whether this is a browser that runs: a name alone may be a stub, or lack its libraries."""
    try:
        done = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=30, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and "chrom" in done.stdout.lower()


def installed() -> Iterator[str]:
    yield from filter(None, map(shutil.which, NAMES))
    yield from filter(os.path.exists, APPS)


def playwrights_own() -> Iterator[str]:
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        return
    try:
        with sync_playwright() as playwright:
            path = playwright.chromium.executable_path
    except Error:
        return
    if os.path.exists(path):
        yield path


def run(what: str, command: list[str], seconds: float, **environment: str) -> bool:
    """Run an installer, showing nothing unless it fails: then the line that says why."""
    print(f"Looking for {what}: {' '.join(command)} …", file=sys.stderr, flush=True)
    with tempfile.TemporaryFile("w+", errors="replace") as output:
        try:
            status = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=seconds,
                env={**os.environ, **environment},
            ).returncode
        except OSError as error:
            print(f"  {error}", file=sys.stderr)
            return False
        except subprocess.TimeoutExpired:
            print(f"  gave up after {seconds:.0f} s", file=sys.stderr)
            return False
        output.seek(0)
        lines = output.read().strip().splitlines()
    if status:
        why = [line for line in lines if "error" in line.lower()] or lines[-1:] or [f"exit status {status}"]
        print(f"  {why[0].strip()}", file=sys.stderr)
    return status == 0


def apt_install(what: str, package: str) -> bool:
    """Return whether Debian's package was installed, which takes root."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    if not (is_root and Path("/etc/debian_version").exists() and shutil.which("apt-get")):
        return False
    apt = {"DEBIAN_FRONTEND": "noninteractive"}
    # Without the update a new machine has no list to install from; a stale list may still do.
    run(what, ["apt-get", "-qq", "update"], 120, **apt)
    return run(what, ["apt-get", "-qq", "install", "-y", "--no-install-recommends", package], 300, **apt)


def fetched() -> Iterator[str]:
    """Browsers that had to be brought here first, one after the other until one starts."""
    playwright = [sys.executable, "-m", "playwright", "install", "chromium"]
    if run("a browser", playwright, 300, PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT="5000"):
        yield from playwrights_own()
    if apt_install("a browser", "chromium"):
        yield from filter(None, map(shutil.which, NAMES))


def find(install: bool = False) -> str | None:
    """Return the path of a browser that starts, or None."""
    named = os.environ.get("LRLAB_BROWSER")
    if named:
        path = shutil.which(named)
        if path and starts(path):
            return path
        print(f"LRLAB_BROWSER={named} is no Chromium that starts: looking further", file=sys.stderr)
    sources = [installed, playwrights_own] + ([fetched] if install else [])
    return next((path for source in sources for path in source() if starts(path)), None)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--install", action="store_true", help="bring one here where there is none")
    path = find(install=parser.parse_args().install)
    if path is None:
        print(f"No browser found: {HOW}", file=sys.stderr)
        return 1
    print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
