"""Files written whole or not at all, files of other people opened without surprises, and where results are kept."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

import platformdirs

# Don't follow a link, don't wait for a writer at the other end of a pipe, don't let a terminal take over the process.
_FLAGS = os.O_RDONLY | sum(
    getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_NOCTTY", "O_BINARY")
)  # none of the four is on every system


class NotRegularError(OSError):
    """A path leads to a folder, a pipe, a device or a socket."""


def open_regular(path: str | os.PathLike[str]) -> BinaryIO:
    """Open a regular file for reading, whatever may have been put in its place a moment ago.

    Raises:
        NotRegularError: it is something else, which was not read from.
        OSError: it can't be opened; a link never can be, where the system has ``O_NOFOLLOW``.
        ValueError: the name has a NUL in it.
    """
    descriptor = os.open(path, _FLAGS)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise NotRegularError(f"{os.fspath(path)} is not a regular file")
    return os.fdopen(descriptor, "rb")


@contextlib.contextmanager
def replaced(path: Path, *, mode: int | None = None) -> Iterator[BinaryIO]:
    """Give a file to write to, which takes the place of ``path`` at the end of the block.

    At any moment there is the old file or the new one, also after a crash. If the block raises, the old one stays.

    Args:
        path: the file; its folder must exist.
        mode: the new file's permissions; by default those of any file that this process makes.
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o666 & ~_umask() if mode is None else mode)
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)
        raise


def _umask() -> int:
    mask = os.umask(0o077)  # it can be read only by setting it
    os.umask(mask)
    return mask


def write_text(path: Path, text: str, *, mode: int | None = None) -> None:
    """Write ``text`` as UTF-8, with its line ends as they are: see :func:`replaced`."""
    write_bytes(path, text.encode(), mode=mode)


def write_bytes(path: Path, content: bytes, *, mode: int | None = None) -> None:
    """Write ``content``: see :func:`replaced`."""
    with replaced(path, mode=mode) as file:
        file.write(content)


def write_zip(path: Path, members: Iterable[tuple[str, bytes, int]]) -> None:
    """Write a zip of (name, content, mode) as :func:`replaced` does; the same members give the same bytes."""
    with replaced(path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content, mode in members:
            member = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = mode << 16
            archive.writestr(member, content)


def results_folder() -> Path | None:
    """Return the folder for kept results; None if ``LRLAB_RESULTS`` is ``off``, so that none are kept.

    It is ``results`` in the user's cache folder, or the folder that ``LRLAB_RESULTS`` names. It need not exist.
    """
    named = os.environ.get("LRLAB_RESULTS")
    if named == "off":
        return None
    return Path(named).expanduser() if named else platformdirs.user_cache_path("lrlab") / "results"
