"""``lrlab questions``: write the course's questions for a learning platform."""

from __future__ import annotations

import argparse
from pathlib import Path

from lrlab.commands import CommandError, Commands
from lrlab.printable import printable

FORMATS = ("moodle", "gift", "qti")


def add_parser(commands: Commands) -> None:
    parser = commands.add_parser("questions", help="write the course's questions for Moodle and other platforms")
    parser.add_argument("format", choices=FORMATS, help="Moodle XML, GIFT, or a QTI 2.1 package")
    parser.add_argument("--to", type=Path, metavar="FILE", help="default: questions.… in the current folder")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from lrlab.explorers.shared import questions
    from lrlab.publishing import question_bank

    write, name = question_bank.FORMATS[args.format]
    path = args.to or Path(name)
    try:
        course = questions.find().parent
        listed = question_bank.load(course)
        path.write_bytes(write(listed, course))
    except ValueError as error:
        raise CommandError(str(error)) from None
    except OSError as error:
        raise CommandError(f"{path} can't be written ({error.strerror or error})") from None
    print(f"wrote {printable(str(path))}: {len(listed)} questions, each with its answer and reasons")
    return 0
