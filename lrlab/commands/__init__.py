"""One file a command of ``lrlab``: ``add_parser`` says how it is called, ``run`` does it and returns the exit status.

They import what they need in ``run``, so that ``lrlab --version`` stays quick.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from typing import TypeAlias

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


class CommandError(Exception):
    """Something that the person at the terminal can put right, in one sentence."""


def whole_number(least: int, most: float = math.inf) -> Callable[[str], int]:
    """Return what reads an option that must be a whole number from ``least`` to ``most``."""
    must = f"from {least} to {most}" if most < math.inf else f"of at least {least}"

    def number(text: str) -> int:
        if not (text.isdecimal() and least <= int(text) <= most):
            raise argparse.ArgumentTypeError(f"must be a whole number {must}, got {text}")
        return int(text)

    return number
