"""Folders compared and changed in one step, and signals that stop a run between two of its steps."""

from __future__ import annotations

import contextlib
import errno
import filecmp
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Callable, Collection, Iterator
from pathlib import Path


def files_below(folder: Path, ignore: Collection[str] = ()) -> set[str]:
    """Return the relative names of all that is not a folder, except what has one of these names or is below it."""
    paths = (path for path in folder.rglob("*") if not path.is_dir())
    names = (path.relative_to(folder) for path in paths)
    return {str(name) for name in names if not set(ignore) & set(name.parts)}


def differences(one: Path, other: Path, ignore: Collection[str] = ()) -> list[str]:
    """Return the files that one of two folders does not have, or that differ in a byte; sorted."""
    mine, theirs = files_below(one, ignore), files_below(other, ignore)
    return sorted((mine ^ theirs) | {f for f in mine & theirs if not filecmp.cmp(one / f, other / f, shallow=False)})


def replace_folder(made: Path, to: Path, staging: Path) -> None:
    """Replace the folder ``to`` by ``made``; each step is a rename, and whatever fails, one of the two is there."""
    to.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="old-", dir=staging, ignore_cleanup_errors=True) as away:
        old = Path(away, "old")
        if to.exists():
            _rename(to, old)
        try:
            _rename(made, to)
        except OSError:
            if old.exists():
                _rename(old, to)
            raise


def remove_folder(folder: Path, staging: Path) -> None:
    """Move a folder away in one step, and then delete it."""
    with tempfile.TemporaryDirectory(prefix="old-", dir=staging, ignore_cleanup_errors=True) as away:
        _rename(folder, Path(away, "old"))


def _rename(folder: Path, to: Path) -> None:
    try:
        folder.rename(to)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        # autograded/ is on another file system: copy it beside its place first, so that it appears as a whole.
        with tempfile.TemporaryDirectory(prefix=".lrlab-", dir=to.parent) as near:
            shutil.copytree(folder, f"{near}/new")
            os.rename(f"{near}/new", to)
        shutil.rmtree(folder)


@contextlib.contextmanager
def stop_signal() -> Iterator[Callable[[], bool]]:
    """Let Ctrl-C and SIGTERM set a flag, which the yielded function returns, so that no step is interrupted."""
    stopped = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stopped.is_set
        return
    before = {each: signal.signal(each, lambda *_: stopped.set()) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stopped.is_set
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
