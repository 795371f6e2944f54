"""``lrlab pack``: build what students get, as a zip or as a folder."""

from __future__ import annotations

import argparse
from pathlib import Path

from lrlab.commands import CommandError, Commands
from lrlab.printable import printable


def add_parser(commands: Commands) -> None:
    parser = commands.add_parser("pack", help="build what students get: a zip, or a folder to publish")
    parser.add_argument(
        "--to",
        type=Path,
        metavar="FILE.zip|FOLDER",
        help="default: student-pack.zip in the course folder; a folder is updated in place",
    )
    parser.add_argument(
        "--repository", metavar="URL", help="where the folder is published: adds links and Colab's cell"
    )
    parser.add_argument("--branch", metavar="NAME", help="its branch there; default: main")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from lrlab.publishing.published import publish
    from lrlab.publishing.student_pack import student_pack

    is_zip = args.to is None or args.to.suffix == ".zip"
    if is_zip and args.repository:
        raise CommandError("--repository is for a folder that is published: add --to FOLDER")
    if args.branch is not None and not args.repository:
        raise CommandError("--branch is a branch of --repository: add --repository URL")
    if is_zip:
        path = student_pack(args.to)
        what = f"{printable(str(path))} ({path.stat().st_size / 1e6:.1f} MB)"
    else:
        done = publish(args.to, repository=args.repository or "", branch=args.branch or "main")
        what = f"{printable(str(done.folder))} ({len(done.written)} files changed, {len(done.removed)} removed)"
    print(f"wrote {what}: no solution, no reference, no hidden case is in it")
    return 0
