"""``lrlab feedback``: make each student's page, and the zip in which a learning platform takes them back."""

from __future__ import annotations

import argparse
from pathlib import Path

from lrlab.commands import CommandError, Commands
from lrlab.printable import printable


def add_parser(commands: Commands) -> None:
    parser = commands.add_parser("feedback", help="make the pages that go back to students")
    parser.add_argument("unit", metavar="UNIT", help="for example decay_formulas")
    parser.add_argument("--zip", action="store_true", help="pack them for Canvas or Moodle, where `collect` found them")
    parser.add_argument("--to", type=Path, metavar="FILE.zip", help="default: feedback-UNIT.zip in the course folder")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from lrlab.grading.platforms.feedback_zip import make_pages, make_zip

    if args.to is not None and not args.zip:
        raise CommandError("--to names the zip: add --zip")
    pages = make_pages(args.unit)
    print(f"{args.unit}: {pages} pages in feedback/")
    if args.zip:
        made = make_zip(args.unit, args.to)
        print(printable(f"wrote {made.path}: {made.pages} of them, for {made.platform.capitalize()}"))
        for note in made.notes:
            print(printable(f"  {note}"))
    return 0
