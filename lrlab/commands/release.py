"""``lrlab release``: generate what students get of the exercises, or check that it is up to date."""

from __future__ import annotations

import argparse

from lrlab.commands import CommandError, Commands
from lrlab.printable import printable


def add_parser(commands: Commands) -> None:
    parser = commands.add_parser("release", help="generate assignments/ from solutions/")
    parser.add_argument("assignments", nargs="*", metavar="ASSIGNMENT", help="default: all of them")
    parser.add_argument("--check", action="store_true", help="write nothing; fail where they differ")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from lrlab.publishing.release import release

    changed = release(args.assignments, check=args.check)
    if args.check and changed:
        raise CommandError(f"not what solutions/ generate: {', '.join(changed)}; run `make release`")
    print("\n".join(printable(f"wrote {path}") for path in changed) or "assignments/ are what solutions/ generate")
    return 0
