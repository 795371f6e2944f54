"""What has to happen before nbgrader starts: quicker imports, helper programs that are found, pages of our own."""

from __future__ import annotations

import os
import sys
from pathlib import Path

PAGES = str(Path(__file__).parent / "pages")


def skip_slow_import() -> None:
    """Take a second off the import of nbgrader: call this first.

    nbformat imports jsonschema, which imports, where it is installed, a package that builds a parser of international
    addresses right away. jsonschema does without it, and no notebook is checked for such addresses.
    """
    if "rfc3987_syntax" not in sys.modules:
        sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]


def put_own_scripts_first() -> None:
    """Put the folder of this Python's scripts first on PATH, for this process and what it starts.

    nbgrader starts `alembic` by its bare name whenever it opens a gradebook. `.venv/bin/nbgrader` and
    `.venv/bin/jupyter lab` work without an activated environment only if that name is found.
    """
    scripts = str(Path(sys.executable).parent)
    paths = os.environ.get("PATH", os.defpath).split(os.pathsep)
    if paths[0] != scripts:
        os.environ["PATH"] = os.pathsep.join([scripts, *paths])
