"""A student's files out of a zip that a stranger packed: with limits, below one folder, newest notebook first."""

from __future__ import annotations

import os
import re
import zipfile
from datetime import datetime
from pathlib import Path, PurePosixPath

from lrlab.grading.batch.atomic import differences
from lrlab.grading.platforms.zip_names import Member
from lrlab.grading.submission.files import MOST_BYTES, MOST_FILES, TIMESTAMP
from lrlab.grading.submission.zip_files import TooLarge, copy_limited, files_of

File = tuple[zipfile.ZipInfo, Member]


def unpack(
    archive: zipfile.ZipFile, members: list[File], notebooks: list[str], to: Path, left: int, notes: list[str]
) -> int:
    """Unpack a student's files; return their bytes.

    Raises:
        TooLarge: they are more, or larger, than a submission may be.
    """
    files: list[tuple[zipfile.ZipFile, zipfile.ZipInfo, str, int]] = []
    zips: list[zipfile.ZipFile] = []
    to.mkdir()
    most = max(0, min(left, MOST_BYTES))
    try:
        for member, upload in members:
            if upload.file.lower().endswith(".zip"):
                inner = to.parent / f"{to.name}-{len(zips)}.zip"
                with archive.open(member) as content, inner.open("wb") as file:
                    copy_limited(content, file, most, upload.file)
                zips.append(zipfile.ZipFile(inner))
                for inside, name, reason in files_of(zips[-1]):
                    if reason:
                        notes.append(f"{name} in {upload.file}: {reason}")
                    else:
                        files.append((zips[-1], inside, name, upload.order))
            elif upload.file:
                files.append((archive, member, upload.file, upload.order))
            else:
                notes.append("a text or a link was handed in, which is not in it")
        if len(files) > MOST_FILES:
            raise TooLarge(f"a submission may have {MOST_FILES} files, and this one has {len(files)}")
        places = _places([(name, order) for _, _, name, order in files], notebooks)
        taken = 0
        for (source, member, name, _), place in zip(files, places, strict=True):
            target = to / place
            if not target.resolve().is_relative_to(to.resolve()):
                raise ValueError(f"{name} would be outside of its folder")
            target.parent.mkdir(parents=True, exist_ok=True)
            with source.open(member) as content, target.open("xb") as file:
                taken += copy_limited(content, file, most - taken, name)
        return taken
    finally:
        for each in zips:
            each.close()


def _places(files: list[tuple[str, int]], notebooks: list[str]) -> list[str]:
    """Return where each file goes: the newest version of a notebook under its own name, the rest as it is.

    A platform and browsers name another version of ``a.ipynb`` ``a-1.ipynb``, ``a (1).ipynb`` or ``a-Copy1.ipynb``.
    """
    places = [f"handed-in-{name}" if name == TIMESTAMP else name for name, _ in files]  # a student's claim
    for notebook in notebooks:
        again = re.compile(rf"{re.escape(notebook)}(?P<canvas>-\d+)?(?P<copy> ?\(\d+\)|-Copy\d*)?\.ipynb")
        versions = []
        for k, (name, order) in enumerate(files):
            path = PurePosixPath(name)
            if match := again.fullmatch(path.name):
                versions.append((match["copy"] is None, order, -len(path.parts), match["canvas"] is None, path.name, k))
        if versions:
            newest = max(versions)[-1]
            wanted = f"{notebook}.ipynb"
            places = [
                f"older-{order}-{place}" if place == wanted else place
                for place, (_, order) in zip(places, files, strict=True)
            ]
            places[newest] = wanted
    return [place if places.index(place) == k else f"{k}-{place}" for k, place in enumerate(places)]


def set_time(folder: Path, at: datetime) -> None:
    """Give a submission's files the time at which they were handed in, also for nbgrader: it is in UTC."""
    (folder / TIMESTAMP).write_text(f"{at:%Y-%m-%d %H:%M:%S} UTC\n", encoding="utf-8")
    for path in folder.rglob("*"):
        if path.is_file():
            os.utime(path, (at.timestamp(), at.timestamp()))


def equal(made: Path, there: Path) -> bool:
    """Return whether two submissions have the same files; the time counts only where the new one has one."""
    unimportant = set() if (made / TIMESTAMP).exists() else {TIMESTAMP}
    return not set(differences(made, there)) - unimportant
