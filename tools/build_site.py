"""Build the published course: `make site`, or

python tools/build_site.py                           all of course/ into build/site
python tools/build_site.py --only 00 02 --out DIR    some of it, elsewhere
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from coursesite import weigh
from coursesite.pages import build
from coursesite.run import Failure

ROOT = Path(__file__).resolve().parent.parent


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="build_site.py", description="Run the notebooks and build the course's site.")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="notebooks to take, or how their names begin")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "site", help="where the site goes")
    options = parser.parse_args(arguments)
    begun = time.monotonic()
    try:
        count = build(ROOT, options.out.resolve(), only=options.only)
    except Failure as failure:
        print(f"\n{failure}", file=sys.stderr)
        return 1
    page = options.out / "index.html"
    if sentence := weigh.too_heavy(options.out):
        print(sentence, file=sys.stderr)
    print(f"{count} notebooks in {time.monotonic() - begun:.0f} s: open {page}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
