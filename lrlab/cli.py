"""The command `lrlab`: open the course, fetch its data, release its assignments.

A mistake of the caller's is answered with one sentence on stderr: exit status 2 for a wrong command line, 1 for
anything else that can't be done. Handlers import what they need themselves, so that `lrlab --version` stays quick.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

import lrlab
from lrlab.printable import printable


class CommandError(Exception):
    """Something that the person at the terminal can put right, in one sentence."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")


def _port(text: str) -> int:
    if not (text.isdecimal() and 1 <= int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 to 65535, got {text}")
    return int(text)


def _at_least(least: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        if not (text.isdecimal() and int(text) >= least):
            raise argparse.ArgumentTypeError(f"must be a whole number of at least {least}, got {text}")
        return int(text)

    return number


def _lab(args: argparse.Namespace) -> int:
    from lrlab.commands.lab import serve

    serve(notebook=args.notebook, port=args.port, browser=args.browser, instructor=args.instructor)
    return 0


def _data(args: argparse.Namespace) -> int:

    from lrlab import data

    try:
        dataset = data.load(args.dataset, root=args.root)
    except (data.DataError, ValueError) as error:
        raise CommandError(str(error)) from None
    where = "bundled with scikit-learn" if dataset.name == "digits" else printable(f"in {data.folder(args.root)}")
    print(f"{dataset.name}: {dataset.sizes()}, {where}")
    return 0


def _release(args: argparse.Namespace) -> int:
    from lrlab.grading.release import ReleaseError, release

    try:
        changed = release(args.assignments, check=args.check)
    except ReleaseError as error:
        raise CommandError(str(error)) from None
    if args.check and changed:
        raise CommandError(f"not what solutions/ generate: {', '.join(changed)}; run `make release`")
    print("\n".join(printable(f"wrote {path}") for path in changed) or "assignments/ are what solutions/ generate")
    return 0


def _pack(args: argparse.Namespace) -> int:
    from lrlab.grading.pack import student_pack
    from lrlab.grading.release import ReleaseError

    try:
        path = student_pack(args.to)
    except ReleaseError as error:
        raise CommandError(str(error)) from None
    size = path.stat().st_size / 1e6
    print(f"wrote {printable(str(path))} ({size:.1f} MB): no solution, no reference, no hidden case is in it")
    return 0


def _grade(args: argparse.Namespace) -> int:
    from lrlab.grading.quick import quicken

    quicken()
    from lrlab.commands import grade

    if args.list:
        return grade.show_set_aside(args.unit)
    return grade.run(
        args.unit,
        args.student,
        jobs=args.jobs,
        again=args.again,
        seed=args.seed,
        unsandboxed=args.unsandboxed,
    )


def _export(args: argparse.Namespace) -> int:
    from lrlab.grading.quick import quicken

    quicken()
    from lrlab.grading.books import GradebookError
    from lrlab.grading.export import ExportError, export
    from lrlab.grading.release import ReleaseError

    try:
        path, table = export(args.format, args.to, args.units or None)
    except (ExportError, GradebookError, ReleaseError, OSError) as error:
        raise CommandError(str(error)) from None
    print(printable(f"wrote {path}: {len(table.students)} students, {', '.join(table.units)}"))
    if table.blanks:
        print("Without a score, and blank there:", *map(printable, table.blanks), sep="\n  ")
    return 0


def _doctor(args: argparse.Namespace) -> int:
    from lrlab.commands.doctor import examine

    return 0 if examine() else 1


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="lrlab", description=lrlab.__doc__.partition("\n")[0] if lrlab.__doc__ else None)
    parser.add_argument("--version", action="version", version=f"lrlab {lrlab.__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND", parser_class=_Parser)

    lab = commands.add_parser("lab", help="open the course in JupyterLab")
    lab.add_argument("notebook", nargs="?", metavar="NOTEBOOK", help="default: course/00_start_here.ipynb")
    lab.add_argument("--port", type=_port, metavar="N", help="default: 8888, or the next free one")
    lab.add_argument("--no-browser", dest="browser", action="store_false", help="print the address instead")
    lab.add_argument("--instructor", action="store_true", help="show formgrader; so it is where a gradebook.db is")
    lab.set_defaults(handler=_lab)

    data = commands.add_parser("data", help="fetch or check the course's images")
    data.add_argument("--dataset", metavar="NAME", help="auto, mnist or digits; default: LRLAB_DATASET, or auto")
    data.add_argument("--root", metavar="DIR", help="default: LRLAB_DATA, or the user's cache folder")
    data.set_defaults(handler=_data)

    release = commands.add_parser("release", help="generate assignments/ from solutions/")
    release.add_argument("assignments", nargs="*", metavar="ASSIGNMENT", help="default: all of them")
    release.add_argument("--check", action="store_true", help="write nothing; fail where they differ")
    release.set_defaults(handler=_release)

    pack = commands.add_parser("pack", help="build the zip that students get")
    pack.add_argument("--to", type=Path, metavar="FILE", help="default: student-pack.zip in the course folder")
    pack.set_defaults(handler=_pack)

    grade = commands.add_parser("grade", help="grade what a class has submitted")
    grade.add_argument("unit", metavar="UNIT", help="of submitted/STUDENT/UNIT, for example decay_formulas")
    grade.add_argument("--student", nargs="+", metavar="NAME", help="default: all who have submitted")
    grade.add_argument("--jobs", type=_at_least(1), metavar="N", help="processes; default: one for each core")
    grade.add_argument("--again", action="store_true", help="also what has not changed since it was graded")
    grade.add_argument("--seed", type=_at_least(0), metavar="S", help="of the hidden cases; default: as before, or 0")
    grade.add_argument("--list", action="store_true", help="grade nothing; show what was set aside, and why")
    grade.add_argument("--unsandboxed", action="store_true", help="run submissions with all of your rights")
    grade.set_defaults(handler=_grade)

    export = commands.add_parser("export", help="write the gradebook for a spreadsheet, Canvas or Moodle")
    export.add_argument("units", nargs="*", metavar="UNIT", help="default: all that someone has submitted")
    export.add_argument("--format", choices=["csv", "canvas", "moodle"], default="csv", help="default: csv")
    export.add_argument("--to", type=Path, metavar="FILE", help="default: grades.csv, or grades-FORMAT.csv")
    export.set_defaults(handler=_export)

    doctor = commands.add_parser("doctor", help="say whether this machine can grade in a sandbox")
    doctor.set_defaults(handler=_doctor)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return its exit status."""
    args = _parser().parse_args(argv)
    try:
        return int(args.handler(args))
    except CommandError as error:
        print(f"lrlab: {printable(str(error))}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
