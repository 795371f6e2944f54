"""How long a newcomer waits: from `git clone` to JupyterLab answering, then again; .venv's size; `import lrlab`.

    python benchmarks/bench_setup.py

Needs the network (or pip's cache, which shortens the first figure) and about 3 GB of room for temporary files.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

REPO = Path(__file__).resolve().parent.parent
TIMES = 21


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until_lab_answers(clone: Path) -> float:
    """Seconds from `make lab` to an answer of JupyterLab; it is ended afterwards."""
    port = free_port()
    start = time.perf_counter()
    make = subprocess.Popen(
        ["make", "-s", "lab", f"PORT={port}", "ARGS=--no-browser"],
        cwd=clone,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,  # so that make and the server can be ended together
    )
    try:
        assert make.stdout is not None
        printed = ""
        for line in make.stdout:
            printed += line
            if found := re.search(r"\?token=\w+", line):
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/status{found.group()}", timeout=60):
                    return time.perf_counter() - start
        raise SystemExit(f"make lab gave up:\n{printed}")
    finally:
        if make.poll() is None:
            os.killpg(make.pid, signal.SIGTERM)
            make.communicate(timeout=60)


def size(folder: Path) -> float:
    """GB on disk."""
    files = (path.lstat() for path in folder.rglob("*"))
    return sum(status.st_blocks * 512 for status in files) / 1e9


def import_seconds() -> float:
    """The median cost of `import lrlab`, over runs that alternate with an empty program."""

    def run(code: str) -> float:
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True, cwd="/")
        return time.perf_counter() - start

    return statistics.median(run("import lrlab") - run("pass") for _ in range(TIMES))


def main() -> None:
    rows = [("import lrlab", f"{import_seconds() * 1000:.0f} ms", "200 ms")]
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "lrlab"
        start = time.perf_counter()
        subprocess.run(["git", "clone", "-q", str(REPO), str(clone)], check=True)
        first = time.perf_counter() - start + until_lab_answers(clone)
        again = statistics.median(until_lab_answers(clone) for _ in range(3))
        rows += [
            ("clone → JupyterLab answers", f"{first:.0f} s", "240 s"),
            ("again", f"{again:.1f} s", "5 s"),
            (".venv of make lab", f"{size(clone / '.venv'):.2f} GB", "2.5 GB"),
        ]
    print(f"| {'set-up':27} | {'measured':>8} | {'at most':>8} |\n|{'-' * 29}|{'-' * 9}:|{'-' * 9}:|")
    for name, measured, limit in rows:
        print(f"| {name:27} | {measured:>8} | {limit:>8} |")


if __name__ == "__main__":
    main()
