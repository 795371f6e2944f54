"""What makes the start of a process quicker."""

from __future__ import annotations

import sys


def quicken() -> None:
    """Call this before nbgrader is imported: it takes a second off that.

    nbformat imports jsonschema, which imports, where it is installed, a package that builds a parser of international
    addresses right away. jsonschema does without it, and no notebook is checked for such addresses.
    """
    if "rfc3987_syntax" not in sys.modules:
        sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]
