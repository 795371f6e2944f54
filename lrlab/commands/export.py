"""``lrlab export``: write the gradebook for a spreadsheet, Canvas or Moodle, or into a table of theirs."""

from __future__ import annotations

import argparse
from pathlib import Path

from lrlab.commands import CommandError, Commands
from lrlab.printable import printable


def add_parser(commands: Commands) -> None:
    parser = commands.add_parser("export", help="write the gradebook for a spreadsheet, Canvas or Moodle")
    parser.add_argument("units", nargs="*", metavar="UNIT", help="default: every unit that has a submission")
    parser.add_argument("--format", choices=["csv", "canvas", "moodle"], default="csv", help="default: csv")
    parser.add_argument(
        "--to", type=Path, metavar="FILE", help="default: grades.csv, grades-FORMAT.csv, or that of --into"
    )
    parser.add_argument("--into", type=Path, metavar="FILE.csv", help="fill the table that Canvas or Moodle exported")
    parser.add_argument(
        "--column", action="append", default=[], metavar="UNIT=NAME", help="with --into: its column for a unit"
    )
    parser.add_argument("--scale", action="store_true", help="with --into: turn points into those of the platform")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    if args.into is not None:
        return _fill(args)
    if args.column or args.scale:
        raise CommandError("--column and --scale are for the table of a platform: add --into FILE.csv")
    from lrlab.grading.batch.exporters import export

    path, table = export(args.format, args.to, args.units or None)
    print(printable(f"wrote {path}: {len(table.students)} students, {', '.join(table.units)}"))
    if table.blanks:
        print("Without a score, and blank there:", *map(printable, table.blanks), sep="\n  ")
    return 0


def _fill(args: argparse.Namespace) -> int:
    from lrlab.grading.platforms.fill import fill

    if args.format != "csv":
        raise CommandError(f"--into keeps the form of its table: leave out --format {args.format}")
    columns = {}
    for given in args.column:
        unit, equals, name = given.partition("=")
        if not equals or not name.strip():
            raise CommandError(f"--column must be UNIT=NAME, got {given}")
        columns[unit] = name
    filled = fill(args.into, args.units or None, to=args.to, columns=columns, scale=args.scale)
    names = ", ".join(f"{unit} as {name!r}" for unit, name in filled.columns.items())
    print(printable(f"wrote {filled.scores} scores into {filled.path}, {filled.kind}: {names}"))
    if filled.notes:
        print("To know:", *map(printable, filled.notes), sep="\n  ")
    return 0
