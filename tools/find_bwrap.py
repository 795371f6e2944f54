"""Find bubblewrap, in which submissions are graded, and print its path: nothing where there is none to be had.

With --install, as root on Debian, its package is fetched first where it is missing.
"""

import argparse
import os
import shutil
import sys
from pathlib import Path

from find_browser import run

HOW = "run `.venv/bin/lrlab doctor`, which says what to install; nothing is graded without it, also in tests"


def find(install: bool = False) -> str | None:
    path = shutil.which("bwrap")
    if path or not install or not sys.platform.startswith("linux"):
        return path
    if os.geteuid() == 0 and Path("/etc/debian_version").exists() and shutil.which("apt-get"):
        apt = {"DEBIAN_FRONTEND": "noninteractive"}
        # Without the update a new machine has no list to install from; a stale list may still do.
        run("bubblewrap", ["apt-get", "-qq", "update"], 120, **apt)
        run("bubblewrap", ["apt-get", "-qq", "install", "-y", "--no-install-recommends", "bubblewrap"], 300, **apt)
    return shutil.which("bwrap")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--install", action="store_true", help="bring it here where it is missing")
    path = find(install=parser.parse_args().install)
    if path is None:
        print(f"No bubblewrap found: {HOW}", file=sys.stderr)
        return 1
    print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
