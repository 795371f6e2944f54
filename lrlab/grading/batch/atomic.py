"""Steps of a run that happen as a whole or not at all, and the signals that ask for its end between two of them."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path


def move(made: Path, to: Path, making: Path) -> None:
    """Put a folder in the place of another, each step a rename."""
    to.parent.mkdir(parents=True, exist_ok=True)
    if to.exists():
        clear(to, making)
    _rename(made, to)


def clear(folder: Path, making: Path) -> None:
    """Take a folder away in one step, and delete it then."""
    away = Path(tempfile.mkdtemp(prefix="old-", dir=making))
    _rename(folder, away / "old")
    shutil.rmtree(away, ignore_errors=True)


def _rename(folder: Path, to: Path) -> None:
    try:
        folder.rename(to)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        # autograded/ is on another file system: copied beside its place first, so that it is there as a whole.
        with tempfile.TemporaryDirectory(prefix=".lrlab-", dir=to.parent) as near:
            shutil.copytree(folder, f"{near}/new")
            os.rename(f"{near}/new", to)
        shutil.rmtree(folder)


@contextlib.contextmanager
def stop_signal() -> Iterator[Callable[[], bool]]:
    """Ctrl-C and SIGTERM ask for the end between two steps, never in the middle of one."""
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield asked.is_set
        return
    before = {each: signal.signal(each, lambda *_: asked.set()) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked.is_set
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
