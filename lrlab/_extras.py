"""Name the extra of lrlab that installs a missing package.

``pip install lrlab`` brings numpy alone. Each module that needs more asks for it here before it imports anything else.
"""

from __future__ import annotations

from importlib.util import find_spec


def require(extra: str, *packages: str) -> None:
    """Say in one sentence how to install those of ``packages`` that are missing. None of them is imported.

    Args:
        extra: the extra of pyproject.toml that has them.
        packages: names as Python imports them.

    Raises:
        ModuleNotFoundError: one of them is not installed.
    """
    for package in packages:
        if not _installed(package):
            raise ModuleNotFoundError(missing(package, extra), name=package)


def missing(package: str, extra: str, what: str = "this part of lrlab") -> str:
    """Return the sentence about a package that is not installed."""
    return f"{what} needs {package}, which is not installed: pip install 'lrlab[{extra}]'"


def _installed(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except ModuleNotFoundError:  # a finder refuses it
        return False
    except ValueError:  # it is imported, from nowhere
        return True
