"""The command ``lrlab``: open the course, fetch its data, release its assignments, grade them.

A mistake of the caller's is answered with one sentence on stderr: exit status 2 for a wrong command line, 1 for
anything else that can't be done.
"""

from __future__ import annotations

import argparse
import io
import os
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
    if argv is None and os.name == "posix" and sys.getfilesystemencoding() != "utf-8":
        # Students' names are UTF-8 on the disk and in the gradebook; with a locale that says otherwise they would be
        # other names.
        os.environ["PYTHONUTF8"] = "1"  # for the workers
        os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])
    _open_streams()
    if lrlab.__file__ is None:  # a folder without __init__.py that Python found before the installed package
        folder = os.path.abspath(next(iter(lrlab.__path__)))
        print(
            f"lrlab: the folder {printable(folder)} hides the installed lrlab: take "
            f"{printable(os.path.dirname(folder))} out of PYTHONPATH, or start the command in another folder",
            file=sys.stderr,
        )
        return 1
    parser = _parser()
    if not (sys.argv[1:] if argv is None else argv):
        parser.error(
            f"COMMAND is missing: one of {', '.join(command.__name__.rpartition('.')[2] for command in COMMANDS)}"
        )
    args = parser.parse_args(argv)
    try:
        status = int(args.run(args))
        sys.stdout.flush()
        return status
    except (CommandError, CourseError) as error:
        print(f"lrlab: {printable(str(error))}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # as in `lrlab … | head`: the reader has seen enough
        _drop_output()
        return 1
    except OSError as error:
        _drop_output()
        said = error.strerror or str(error)
        where = f"{os.fsdecode(error.filename)}: " if isinstance(error.filename, str | bytes) else ""
        print(f"lrlab: {printable(where + said)}", file=sys.stderr)
        return 1
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("lrlab"):
            raise
        said = error.msg if "lrlab[" in error.msg else missing(error.name, "grade", "this command")
        print(f"lrlab: {said}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _open_streams() -> None:
    """Let a command run where streams are closed, or have an encoding that can't write every name."""
    for number in range(3):  # else the gradebook might get the number of a stream
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free
    for number, name in ((1, "stdout"), (2, "stderr")):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, os.fdopen(number, "w", encoding="utf-8"))
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _drop_output() -> None:
    """If standard output can't be written, let Python's own end find nothing to write there."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
