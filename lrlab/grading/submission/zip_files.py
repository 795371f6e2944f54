"""``nbgrader zip_collect`` for untrusted zips: with limits, and a broken one does not stop the others."""

from __future__ import annotations

import contextlib
import re
import shutil
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Any, BinaryIO

from nbgrader.plugins import ExtractorPlugin, FileNameCollectorPlugin

from lrlab.grading.submission.files import MOST_BYTES, MOST_FILES
from lrlab.printable import is_text, printable

CLASS_BYTES = 20_000_000_000  # of one platform's zip with everybody's submissions
CLASS_FILES = 20_000
LONGEST_NAME = 150  # bytes of a file's or folder's name
ENCRYPTED = 1  # of a member's flags
DEEPEST = 2  # nested zips: that of the class, and those of students in it
# The paths that Moodle and Canvas make; the last one is a folder or a zip for each student.
PATTERNS = tuple(
    re.compile(pattern, re.DOTALL)
    for pattern in (
        r".*/(?P<student_id>[^/]+?)_(?P<number>\d+)_assignsubmission_file_?/(?:.*/)?(?P<file_id>[^/]+)\.ipynb",
        r".*/(?P<student_id>[^/_]+)(?:_LATE)?_(?P<number>\d+)_\d+_(?P<file_id>[^/]+?)(?:-\d+)?\.ipynb",
        r".*/extracted/(?P<student_id>[^/]+)/(?:.*/)?(?P<file_id>[^/]+)\.ipynb",
    )
)


MACOS = re.compile(r"(^|/)(__MACOSX/|\.DS_Store$|\._)")  # what a Mac leaves in a folder or zip


class TooLarge(Exception):
    """A zip unpacks to more than a submission may have."""


# What a zip from a stranger may raise when it is opened or read.
BROKEN = (zipfile.BadZipFile, zlib.error, OSError, ValueError, NotImplementedError, RuntimeError, EOFError)


def files_of(archive: zipfile.ZipFile) -> Iterator[tuple[zipfile.ZipInfo, str, str]]:
    """Yield each file of a zip, its name, and why it must not be unpacked, which is empty if it may.

    What macOS or a hidden file leaves there, and no one handed in, is left out.
    """
    for member in archive.infolist():
        path = PurePosixPath(_name(member))
        if not (member.is_dir() or "__MACOSX" in path.parts or path.name.startswith(".")):
            yield member, _name(member), _problem(member, _name(member))


def count_files(archive: zipfile.ZipFile) -> int:
    """Return how many files a zip has, those that are left out included."""
    return sum(not member.is_dir() for member in archive.infolist())


def _name(member: zipfile.ZipInfo) -> str:
    """Return a member's name in the form NFC. It may be UTF-8 without the flag that says so."""
    name = member.filename
    if not member.flag_bits & 0x800:
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode()
    return unicodedata.normalize("NFC", name.replace("\\", "/"))


def _problem(member: zipfile.ZipInfo, name: str) -> str:
    """Return why a member must not be unpacked under this name; empty if it may."""
    path = PurePosixPath(name)
    if path.is_absolute() or "//" in name or ".." in path.parts or re.match(r"[A-Za-z]:", name):
        return "it would be outside of its folder"
    mode = member.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return "it is a link or a device and no file"
    if not is_text(name) or printable(name) != name:
        return "its name has characters that can't be seen"
    if member.flag_bits & ENCRYPTED:
        return "it needs a password"
    if any(len(part.encode()) > LONGEST_NAME for part in path.parts):
        return f"its name is longer than {LONGEST_NAME} bytes"
    return ""


class Extractor(ExtractorPlugin):
    """Unpacks zips within limits, and copies other files: for ``ZipCollectApp.extractor_plugin``."""

    def extract(self, archive_path: str, extracted_path: str) -> None:
        """Unpack ``archive_path`` into ``extracted_path``; log each zip and member that is left out."""
        source, to = Path(archive_path), Path(extracted_path)
        for path in sorted(source.rglob("*")):
            if path.is_symlink() or not path.is_file():
                continue
            target = to / path.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            if path.suffix.lower() == ".zip":
                # A platform's zip has the whole class in it: its folders are the students'.
                own = target.parent if _is_of_a_class(path) else target.with_suffix("")
                self._unpack(path, own, CLASS_BYTES, CLASS_FILES, 1)
            else:
                shutil.copyfile(path, target)

    def _unpack(self, path: Path, to: Path, most: int, files: int, depth: int) -> None:
        label = printable(path.name)
        try:
            with zipfile.ZipFile(path) as archive:
                if (many := count_files(archive)) > files:
                    raise TooLarge(f"it has {many} files")
                for member, name, reason in files_of(archive):
                    if reason:
                        self.log.error("%s: %s is left out: %s", label, printable(name), reason)
                        continue
                    target = to / name
                    target.parent.mkdir(parents=True, exist_ok=True)
                    with archive.open(member) as content, target.open("wb") as file:
                        most -= copy_limited(content, file, min(most, MOST_BYTES), printable(name))
        except (TooLarge, *BROKEN) as error:
            self.log.error("%s is left out, from where it went wrong: %s", label, printable(str(error)))
        if depth < DEEPEST:
            for inner in sorted(to.rglob("*.zip")):
                self._unpack(inner, inner.with_suffix(""), MOST_BYTES, MOST_FILES, depth + 1)
                inner.unlink()


class Collector(FileNameCollectorPlugin):
    """Reads student and notebook from the paths that Moodle and Canvas make: for ``ZipCollectApp.collector_plugin``.

    Two students of one name get their number after it. A second notebook of the same name is named and left out.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._numbers: dict[str, str] = {}
        self._seen: set[tuple[str, str]] = set()

    def _match(self, filename: str) -> dict[str, str] | None:
        if self.named_regexp:
            matched: dict[str, str] | None = super()._match(filename)
            return matched
        name = Path(filename).as_posix()
        match = next(filter(None, (pattern.fullmatch(name) for pattern in PATTERNS)), None)
        if match is None:
            return None
        about = match.groupdict()
        student, number = unicodedata.normalize("NFC", about["student_id"]), about.get("number") or ""
        if self._numbers.setdefault(student, number) != number:
            student = f"{student}_{number}"
            self.log.warning("Two students have one name; the second one is called %s", printable(student))
        key = student, about["file_id"]
        if key in self._seen:
            self.log.error("%s is left out: this student has another of its name", printable(filename))
            return None
        self._seen.add(key)
        return {"student_id": student, "file_id": about["file_id"]}


def _is_of_a_class(path: Path) -> bool:
    """Return whether a zip has notebooks in several folders, or under names that a platform makes."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if name.endswith(".ipynb") and "__MACOSX" not in name]
    except (zipfile.BadZipFile, OSError, ValueError):
        return False
    first = {name.partition("/")[0] for name in names if "/" in name}
    return len(first) > 1 or any(pattern.fullmatch(f"/{name}") for name in names for pattern in PATTERNS[:2])


def copy_limited(content: IO[bytes], file: BinaryIO, most: int, name: str) -> int:
    """Copy a member and return its real size; the size in its header is not trusted.

    Raises:
        TooLarge: it has more than ``most`` bytes; so many of them were copied at most.
    """
    taken = 0
    while chunk := content.read(1 << 16):
        taken += len(chunk)
        if taken > most:
            raise TooLarge(f"{name} unpacks to more than {most / 1e6:g} MB")
        file.write(chunk)
    return taken
