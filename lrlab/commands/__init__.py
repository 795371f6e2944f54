"""One file a command of ``lrlab``: ``add_parser`` says how it is called, ``run`` does it and returns the exit status.

They import what they need in ``run``, so that ``lrlab --version`` stays quick.
"""

from __future__ import annotations

import argparse
from typing import TypeAlias

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


class CommandError(Exception):
    """Something that the person at the terminal can put right, in one sentence."""
