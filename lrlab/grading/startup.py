"""Let nbgrader find its helper programs and the templates of our pages."""

from __future__ import annotations

import os
import sys
from pathlib import Path

PAGES = str(Path(__file__).parent / "submission" / "pages")


def put_own_scripts_first() -> None:
    """Put the folder of this Python's scripts first on PATH, for this process and what it starts.

    nbgrader starts ``alembic`` by its bare name whenever it opens a gradebook. ``.venv/bin/nbgrader`` and
    ``.venv/bin/jupyter lab`` work without an activated environment only if that name is found.
    """
    scripts = str(Path(sys.executable).parent)
    paths = os.environ.get("PATH", os.defpath).split(os.pathsep)
    if paths[0] != scripts:
        os.environ["PATH"] = os.pathsep.join([scripts, *paths])
