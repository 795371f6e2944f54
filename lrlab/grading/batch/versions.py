"""What decides a score and a graded notebook's bytes: the versions of Python, lrlab and the packages below it."""

from __future__ import annotations

import functools
import hashlib
import platform
import sys
from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import lrlab
from lrlab.grading.batch.messages import Hello, Message, PlaceSettings, decode

PACKAGES = (
    "torch",
    "numpy",
    "scipy",
    "matplotlib",
    "ipython",
    "ipykernel",
    "nbclient",
    "nbconvert",
    "nbformat",
    "nbgrader",
)


@functools.cache
def versions() -> Mapping[str, str]:
    """Return the versions on this machine, by name; ``lrlab's files`` is a digest of its code and data."""
    known = {"Python": platform.python_version(), "lrlab": lrlab.__version__}
    for name in PACKAGES:
        try:
            known[name] = version(name).partition("+")[0]  # torch 2.13.0+cpu is torch 2.13.0
        except PackageNotFoundError:
            known[name] = "none"
    return known | {"lrlab's files": _digest(Path(lrlab.__file__).parent)}


def _digest(folder: Path) -> str:
    sums = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".py", ".json"):
            content = path.read_bytes()
            sums.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode() + content)
    return sums.hexdigest()[:16]


def greet(send: Callable[[Message], None]) -> PlaceSettings | None:
    """Say hello to the runner, and return the settings that it answers; None if it has ended."""
    send(Hello(dict(versions())))
    line = sys.stdin.buffer.readline()
    return decode(line) if line.strip() else None


def difference(there: object) -> str:
    """Return what is different on another machine, as a clause; empty if all is equal."""
    if not isinstance(there, Mapping):
        return "it does not say which versions it has"
    different = [
        f"{name} {str(there.get(name, 'none'))[:40]} (here {here})"
        for name, here in versions().items()
        if there.get(name) != here
    ]
    return (
        f"it has {', '.join(different[:4])}{', …' * (len(different) > 4)}: install there what is installed here"
        if different
        else ""
    )
