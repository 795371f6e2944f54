"""``lrlab doctor``: say whether this machine can grade in a sandbox."""

from __future__ import annotations

import argparse

from lrlab.commands import Commands


def add_parser(commands: Commands) -> None:
    parser = commands.add_parser("doctor", help="say whether this machine can grade in a sandbox")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from lrlab.grading.batch.doctor import diagnose

    return 0 if diagnose() else 1
