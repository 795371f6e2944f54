"""Name the extra of lrlab that installs a missing package.

`pip install lrlab` brings numpy alone. Each module that needs more asks for it here before it imports anything else.
"""

from __future__ import annotations

from importlib import import_module


def require(extra: str, *packages: str) -> None:
    """Import `packages`, or say in one sentence how to install them.

    Args:
        extra: the extra of pyproject.toml that has them.
        packages: names as Python imports them.

    Raises:
        ModuleNotFoundError: one of them is not installed.
    """
    for package in packages:
        try:
            import_module(package)
        except ModuleNotFoundError as error:
            if error.name != package:
                raise
            words = f"this part of lrlab needs {package}, which is not installed: pip install 'lrlab[{extra}]'"
            raise ModuleNotFoundError(words, name=package) from None
