"""The lecture as slides: `make talk`, or

python tools/talk.py                 build the site, and serve its slides on this machine
python tools/talk.py --port 8080     on another port
python tools/talk.py --pdf talk.pdf  print them, a page for each slide, with the Chromium that the tests use
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import build_site
import find_browser
from coursesite import paper

ROOT = Path(__file__).resolve().parent.parent
HELP = """The slides are at {address}
  arrows: next and back    S: speaker notes    O: overview    F: full screen    Esc: the keys go back to the slides
To stop: Ctrl+C."""


class Quiet(SimpleHTTPRequestHandler):
    """A server of files that logs no requests."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def served(site: Path, port: int = 0) -> Iterator[str]:
    """Serve the folder ``site`` on this machine alone, and yield the address of its slides."""
    with ThreadingHTTPServer(("127.0.0.1", port), partial(Quiet, directory=site)) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/talk/"
        finally:
            server.shutdown()
            thread.join()


def print_pdf(address: str, file: Path, browser: str) -> None:
    """Print the slides at ``address`` into ``file``, a page for each, in place of what is there.

    Raises:
        RuntimeError: the browser did not print them in time.
    """
    paper.to_pdf(f"{address}?print-pdf", file, browser, what="the slides")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="talk.py", description="Build the lecture's slides, and serve or print them.")
    parser.add_argument("--port", type=int, default=8000, help="where they are served (default: 8000)")
    parser.add_argument("--pdf", type=Path, metavar="FILE", help="print them into FILE instead")
    options = parser.parse_args(arguments)
    site = ROOT / "build" / "site"
    if failed := build_site.main([]):
        return failed
    if options.pdf:
        browser = find_browser.find()
        if browser is None:
            print("To print the slides takes Chromium or Chrome: none was found.", file=sys.stderr)
            return 1
        try:
            with served(site) as address:
                print_pdf(address, options.pdf, browser)
        except RuntimeError as error:
            print(error, file=sys.stderr)
            return 1
        print(f"Printed: {options.pdf}")
        return 0
    try:
        with served(site, options.port) as address, contextlib.suppress(KeyboardInterrupt):
            print(HELP.format(address=address), flush=True)
            threading.Event().wait()
    except OSError as error:
        print(f"Port {options.port} can't be used ({error.strerror}): choose another with --port", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
