"""``lrlab grade``: a unit of the whole class, with a bar, a table, and a list of what a person has to see."""

from __future__ import annotations

import argparse
import gc
import shutil
import sys
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lrlab.commands import CommandError, Commands, whole_number
from lrlab.printable import printable

if TYPE_CHECKING:
    from lrlab.grading.batch.report import Line, Report

LONGEST_NAME = 40  # characters of a name that is in the same line as the score
UNSANDBOXED = "GRADED WITHOUT A SANDBOX: submissions ran with all of your rights, and may have changed anything."


def add_parser(commands: Commands) -> None:
    parser = commands.add_parser("grade", help="grade what a class has submitted")
    parser.add_argument("unit", metavar="UNIT", help="of submitted/STUDENT/UNIT, for example decay_formulas")
    parser.add_argument("--student", nargs="+", metavar="NAME", help="default: everyone who has submitted")
    parser.add_argument(
        "--jobs", type=whole_number(1), metavar="N", help="processes in each place; default: one for each core"
    )
    parser.add_argument(
        "--on",
        action="append",
        metavar="PLACE",
        help="grade there: `local`, a command such as 'ssh grader1', or dask://HOST:PORT; may be repeated",
    )
    parser.add_argument("--again", action="store_true", help="grade again even what has not changed")
    parser.add_argument(
        "--seed", type=whole_number(0), metavar="S", help="of the hidden cases; default: as before, or 0"
    )
    parser.add_argument(
        "--list", action="store_true", help="grade nothing; list what was set aside and why, and the notes"
    )
    parser.add_argument("--unsandboxed", action="store_true", help="run submissions with all of your rights")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Grade, or show what to look at: 0 when everything was graded, 1 when something was not, 130 when stopped."""
    return _show_list(args.unit) if args.list else _grade(args)


def _grade(args: argparse.Namespace) -> int:
    gc.disable()  # nearly all that an import makes stays, and to look through it takes a fifth of the time
    from tqdm import tqdm

    from lrlab.grading.batch import runner
    from lrlab.grading.batch.course import course_folder, open_to_others
    from lrlab.grading.batch.journal import GRADED

    gc.freeze()
    gc.enable()
    if args.unsandboxed:
        print("GRADING WITHOUT A SANDBOX: submissions run with all of your rights.", file=sys.stderr)
    with tqdm(desc=args.unit, unit=" submissions", dynamic_ncols=True, disable=None, leave=False) as bar:

        def progress(done: int, todo: int) -> None:
            bar.total = todo
            bar.update(done - bar.n)

        report = runner.grade(
            args.unit,
            args.student,
            jobs=args.jobs,
            again=args.again,
            seed=args.seed,
            unsandboxed=args.unsandboxed,
            on=args.on,
            progress=progress,
            say=lambda line: bar.write(printable(line), file=sys.stderr),
        )
    print(table(report))
    if problem := open_to_others(course_folder()):
        print(f"Beware: {printable(problem)}.", file=sys.stderr)
    if report.problem:
        raise CommandError(report.problem)
    if report.stopped:
        return 130
    return 0 if all(line.state == GRADED for line in report.lines) else 1


def _show_list(unit: str) -> int:
    from lrlab.grading.batch import runner
    from lrlab.grading.batch.report import Line

    lines = []
    for entry in runner.to_look_at(unit):
        words = [entry.get("reason", ""), *map(str, entry.get("notes", ()))]
        reason = " ".join(filter(None, [*words, f"({entry.get('at', '')[:16]})"]))
        lines.append(Line(entry["student"], entry["state"], entry.get("score"), entry.get("max_score"), reason=reason))
    print("\n".join(_rows(lines)) if lines else f"Nothing of {printable(unit)} is set aside or has a note.")
    return 0


def table(report: Report) -> str:
    """Return what became of each submission, and the sums."""
    from lrlab.grading.batch.journal import GRADED, SET_ASIDE, UNTOUCHED

    place = f"submitted/STUDENT/{report.unit}/{report.unit}.ipynb"
    lost = [
        f"Not looked at, because a submission belongs at {place}: submitted/{printable(path)}"
        for path in report.misplaced
    ]
    if not report.lines:
        return "\n".join([f"No one has submitted {report.unit}: it belongs at {place}.", *lost])
    counts = ", ".join(f"{report.count(s)} {s}" for s in (GRADED, SET_ASIDE, UNTOUCHED) if report.count(s))
    rows = [*_rows(report.lines), "", f"{report.unit}: {counts}; seed {report.seed}"]
    if any(line.waiting for line in report.lines):
        rows.append("What a person has to mark, in formgrader, is not in these scores yet.")
    if report.count(SET_ASIDE):
        rows.append(f"What was set aside has no score: `lrlab grade {report.unit} --list` shows it again.")
    if any(line.notes for line in report.lines):
        rows.append(f"`lrlab grade {report.unit} --list` shows the notes.")
    rows += lost
    if not report.problem:
        rows += [f"Left out: {printable(each)}" for each in report.left_out]
    if report.stopped:
        rows.append("Stopped. Run it again to go on from here.")
    if report.unsandboxed:
        rows.append(UNSANDBOXED)
    return "\n".join(rows)


def _rows(lines: Sequence[Line]) -> list[str]:
    names = [printable(line.student) for line in lines]
    width = min(LONGEST_NAME, max(7, *map(len, names)))
    room = max(40, shutil.get_terminal_size((120, 24)).columns - width - 38)
    rows = [f"{'student':<{width}}  {'score':>11}  {'state':<9}  {'seconds':>7}  reason".rstrip()]
    for name, line in zip(names, lines, strict=True):
        if len(name) > width:  # in a line of its own, or it would move all others apart
            rows.append(name)
        score = f"{line.score:g} / {line.max_score:g}" if line.score is not None else ""
        seconds = f"{line.seconds:.1f}" if line.seconds is not None else ""
        reasons = [line.reason, "as before" * (line.earlier and not line.reason)]
        if line.waiting:
            reasons.append(f"{line.waiting} to be marked by a person")
        if line.notes:
            reasons.append(f"{line.notes} note{'s' * (line.notes > 1)} on it")
        reason = ", ".join(filter(None, reasons))
        first, *more = textwrap.wrap(printable(reason), room) or [""]
        label = name if len(name) <= width else ""
        rows.append(f"{label:<{width}}  {score:>11}  {line.state:<9}  {seconds:>7}  {first}".rstrip())
        rows += [" " * (width + 36) + rest for rest in more]
    return rows
