"""What the tests share: `from support.made_course import Course`; pyproject.toml puts tests/ on the path."""

import os
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
REPO = TESTS.parent


def with_support(**environment: str) -> dict[str, str]:
    """The environment of a process that imports `support` too, with `environment` set in it."""
    return {**os.environ, "PYTHONPATH": str(TESTS), **environment}
