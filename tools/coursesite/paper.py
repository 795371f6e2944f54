"""Pages on paper: a browser prints them as PDF."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

PRINTING = 600  # seconds that a browser may take


def to_pdf(address: str, file: Path, browser: str, *, what: str) -> None:
    """Print the page at ``address`` into ``file``, in place of what is there; ``what`` it is, for an error.

    Args:
        address: of the page. file: the PDF. browser: the path of a Chromium. what: as in "the slides".

    Raises:
        RuntimeError: the browser did not print it, or not within ``PRINTING`` seconds.
    """
    file.unlink(missing_ok=True)
    command = [browser, "--headless", "--no-pdf-header-footer", f"--print-to-pdf={file.resolve()}"]
    command += ["--virtual-time-budget=60000"]  # ms of the page's clock, in which every explorer is drawn
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--no-sandbox")  # Chromium refuses to run as root with it; the page is our own
    try:
        # A profile of its own: with the user's, a browser that is open already takes the address, and prints nothing.
        with tempfile.TemporaryDirectory(prefix="lrlab-print-", ignore_cleanup_errors=True) as profile:
            done = subprocess.run(
                [*command, f"--user-data-dir={profile}", address], capture_output=True, text=True, timeout=PRINTING
            )
    except subprocess.TimeoutExpired:
        raise RuntimeError(f"{browser} did not print {what} within {PRINTING} s") from None
    except OSError as error:
        raise RuntimeError(f"{browser} did not print {what}: {error}") from None
    if done.returncode or not file.exists():
        raise RuntimeError(f"{browser} did not print {what}: {done.stderr.strip()[-500:]}")
