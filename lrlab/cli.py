"""The command ``lrlab``: open the course, fetch its data, release its assignments, grade them.

A mistake of the caller's is answered with one sentence on stderr: exit status 2 for a wrong command line, 1 for
anything else that can't be done.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import NoReturn

import lrlab
from lrlab._extras import missing
from lrlab.commands import CommandError, collect, data, doctor, export, feedback, grade, lab, pack, questions, release
from lrlab.grading.batch.errors import CourseError
from lrlab.printable import printable

# In the order of `lrlab --help`.
COMMANDS = (lab, data, release, pack, questions, collect, grade, feedback, export, doctor)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="lrlab", description=lrlab.__doc__.partition("\n")[0] if lrlab.__doc__ else None)
    parser.add_argument("--version", action="version", version=f"lrlab {lrlab.__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND", parser_class=_Parser)
    for command in COMMANDS:
        command.add_parser(commands)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return its exit status."""
    parser = _parser()
    if not (sys.argv[1:] if argv is None else argv):
        parser.error(
            f"COMMAND is missing: one of {', '.join(command.__name__.rpartition('.')[2] for command in COMMANDS)}"
        )
    args = parser.parse_args(argv)
    try:
        return int(args.run(args))
    except (CommandError, CourseError, OSError) as error:
        print(f"lrlab: {printable(str(error))}", file=sys.stderr)
        return 1
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("lrlab"):
            raise
        said = error.msg if "lrlab[" in error.msg else missing(error.name, "grade", "this command")
        print(f"lrlab: {said}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
