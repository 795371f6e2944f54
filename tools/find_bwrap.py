"""Find bubblewrap, in which submissions are graded, and print its path: nothing where there is none to be had.

With --install, as root on Debian, its package is fetched first where it is missing.
"""

import argparse
import shutil
import sys

from find_browser import apt_install

HOW = "run `.venv/bin/lrlab doctor`, which says what to install; nothing is graded without it, also in tests"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--install", action="store_true", help="bring it here where it is missing")
    install = parser.parse_args().install
    if install and sys.platform.startswith("linux") and not shutil.which("bwrap"):
        apt_install("bubblewrap", "bubblewrap")
    path = shutil.which("bwrap")
    print(path or f"No bubblewrap found: {HOW}", file=sys.stdout if path else sys.stderr)
    return 0 if path else 1


if __name__ == "__main__":
    sys.exit(main())
