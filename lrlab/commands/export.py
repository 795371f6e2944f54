"""`lrlab export`: write the gradebook for a spreadsheet, Canvas or Moodle."""

from __future__ import annotations

import argparse
from pathlib import Path

from lrlab.commands import CommandError, Commands
from lrlab.printable import printable


def add_parser(commands: Commands) -> None:
    parser = commands.add_parser("export", help="write the gradebook for a spreadsheet, Canvas or Moodle")
    parser.add_argument("units", nargs="*", metavar="UNIT", help="default: every unit that has a submission")
    parser.add_argument("--format", choices=["csv", "canvas", "moodle"], default="csv", help="default: csv")
    parser.add_argument("--to", type=Path, metavar="FILE", help="default: grades.csv, or grades-FORMAT.csv")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from lrlab.grading.batch.course import CourseError
    from lrlab.grading.batch.exporters import ExportError, export
    from lrlab.grading.batch.gradebook import GradebookError

    try:
        path, table = export(args.format, args.to, args.units or None)
    except (ExportError, GradebookError, CourseError, OSError) as error:
        raise CommandError(str(error)) from None
    print(printable(f"wrote {path}: {len(table.students)} students, {', '.join(table.units)}"))
    if table.blanks:
        print("Without a score, and blank there:", *map(printable, table.blanks), sep="\n  ")
    return 0
