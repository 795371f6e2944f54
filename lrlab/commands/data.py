"""``lrlab data``: fetch the course's images, or check that they are there."""

from __future__ import annotations

import argparse

from lrlab.commands import CommandError, Commands
from lrlab.printable import printable


def add_parser(commands: Commands) -> None:
    parser = commands.add_parser("data", help="fetch or check the course's images")
    parser.add_argument("--dataset", metavar="NAME", help="auto, mnist or digits; default: LRLAB_DATASET, or auto")
    parser.add_argument("--root", metavar="DIR", help="default: LRLAB_DATA, or the user's cache folder")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from lrlab import data

    try:
        dataset = data.load(args.dataset, root=args.root)
    except (data.DataError, ValueError) as error:
        raise CommandError(str(error)) from None
    where = "bundled with scikit-learn" if dataset.name == "digits" else printable(f"in {data.folder(args.root)}")
    print(f"{dataset.name}: {dataset.sizes()}, {where}")
    return 0
