"""``lrlab collect``: put a learning platform's zip of a class into submitted/."""

from __future__ import annotations

import argparse
from pathlib import Path

from lrlab.commands import Commands
from lrlab.printable import printable


def add_parser(commands: Commands) -> None:
    parser = commands.add_parser("collect", help="take submissions out of Canvas's or Moodle's zip")
    parser.add_argument("unit", metavar="UNIT", help="for example decay_formulas")
    parser.add_argument("zip", type=Path, metavar="FILE.zip", help="of the whole class, as the platform makes it")
    parser.add_argument(
        "--participants",
        type=Path,
        metavar="FILE.csv",
        help="Canvas's gradebook or Moodle's grading worksheet, which has the logins",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Collect: 0 when everything is in its place, 1 when something was left out."""
    from lrlab.grading.platforms.collect import LEFT_OUT, NEW, REPLACED, SAME, collect

    done = collect(args.unit, args.zip, participants=args.participants)
    states = [one.state for one in done.received]
    counts = ", ".join(f"{states.count(s)} {s}" for s in (NEW, REPLACED, SAME, LEFT_OUT) if s in states)
    print(f"{done.unit}, from {done.platform.capitalize()}: {counts}")
    for one in done.received:
        about = [one.state, *["late"] * one.origin.late, *one.notes]
        if about != [SAME]:
            print(printable(f"  {one.student}: {'; '.join(about)}"))
    for note in done.notes:
        print(printable(f"  {note}"))
    for title, lines in (("Without a submission", done.missing), ("Not taken out of the zip", done.left_out)):
        if lines:
            print(f"{title}:", *map(printable, lines), sep="\n  ")
    return 1 if LEFT_OUT in states or done.left_out else 0
