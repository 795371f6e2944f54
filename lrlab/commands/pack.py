"""`lrlab pack`: build the zip that students get."""

from __future__ import annotations

import argparse
from pathlib import Path

from lrlab.commands import CommandError, Commands
from lrlab.printable import printable


def add_parser(commands: Commands) -> None:
    parser = commands.add_parser("pack", help="build the zip that students get")
    parser.add_argument("--to", type=Path, metavar="FILE", help="default: student-pack.zip in the course folder")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from lrlab.grading.batch.course import CourseError
    from lrlab.publishing.student_pack import student_pack

    try:
        path = student_pack(args.to)
    except CourseError as error:
        raise CommandError(str(error)) from None
    size = path.stat().st_size / 1e6
    print(f"wrote {printable(str(path))} ({size:.1f} MB): no solution, no reference, no hidden case is in it")
    return 0
