"""`lrlab collect`: the zip of a class, as Canvas or Moodle makes it, into submitted/.

What a stranger packed is unpacked with limits, below a folder of its own, and moved into its place as a whole. A
student's problem costs the others nothing.
"""

from __future__ import annotations

import filecmp
import re
import tempfile
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from lrlab.grading.batch.atomic import replace_folder
from lrlab.grading.batch.course import Course, CourseError
from lrlab.grading.platforms import people
from lrlab.grading.platforms.people import Directory, Origin, Person
from lrlab.grading.platforms.sheets import Sheet, SheetError, read_sheet
from lrlab.grading.platforms.zip_names import CANVAS, MOODLE, Member, is_ignored, member_name, problem, read_name
from lrlab.grading.submission.files import MOST_BYTES, MOST_FILES
from lrlab.grading.submission.folders import LONGEST, SIGNS, name_problem
from lrlab.grading.submission.zip_files import CLASS_BYTES, CLASS_FILES, TooLarge, copy_limited
from lrlab.printable import printable

NEW, REPLACED, SAME, LEFT_OUT = "new", "replaced", "as before", "left out"
BROKEN = (zipfile.BadZipFile, zlib.error, OSError, ValueError, NotImplementedError, RuntimeError, EOFError)


@dataclass
class Received:
    """What became of a student's files."""

    student: str
    origin: Origin
    state: str
    notes: list[str] = field(default_factory=list)


@dataclass
class Collected:
    """What `collect` did."""

    unit: str
    platform: str
    received: list[Received]
    missing: list[str]  # students of the gradebook or the list of participants who have no submission
    left_out: list[str]  # of the zip, with the reasons


def collect(unit: str, zip_file: Path, *, participants: Path | None = None, root: Path | None = None) -> Collected:
    """Put each student's newest files into submitted/STUDENT/`unit`, and keep the platform's own numbers.

    Args:
        unit: an assignment that the gradebook has.
        zip_file: of the whole class: Canvas's *Download Submissions*, Moodle's *Download all submissions*.
        participants: a table that the platform exported (Canvas's gradebook, Moodle's grading worksheet). It says
            which login is behind a number, and who is in the class.
        root: the course folder; by default the nearest one, from the working directory up.

    Raises:
        CourseError: the zip can't be read, is of another kind, or is too large, or there is no such unit.
        SheetError: the table can't be used.
    """
    course = Course(unit, root)
    notebooks = course.notebooks()
    sheet = read_sheet(participants) if participants is not None else None
    try:
        archive = zipfile.ZipFile(zip_file)
    except BROKEN as error:
        reason = "is no zip, or a damaged one" if isinstance(error, zipfile.BadZipFile) else f"can't be read: {error}"
        raise CourseError(f"{zip_file} {reason}") from None
    with archive, course.journal.lock():
        platform, students, left_out = _sorted(archive, zip_file)
        who = _Names(course, sheet, platform)
        course.submitted.mkdir(exist_ok=True)
        origins = people.read_origins(course.root, unit)
        received = []
        with tempfile.TemporaryDirectory(prefix=".collect-", dir=course.submitted) as staging:
            left = CLASS_BYTES
            for number, members in students.items():
                one, taken = _receive(course, archive, notebooks, who.student(members), members, origins, Path(staging), left)
                left -= taken
                received.append(one)
                if one.state != LEFT_OUT:
                    origins[one.student] = one.origin
        people.write_origins(course.root, unit, origins)
        present = {one.student for one in received} | set(course.submissions())
        missing = sorted(student for student in who.everyone if student not in present)
    return Collected(unit, platform, sorted(received, key=lambda one: one.student), missing, left_out)


_File = tuple[zipfile.ZipInfo, Member]


def _sorted(archive: zipfile.ZipFile, path: Path) -> tuple[str, dict[str, list[_File]], list[str]]:
    """Return the platform, the files of each of its numbers, and what is left out."""
    members = [member for member in archive.infolist() if not member.is_dir()]
    if len(members) > CLASS_FILES:
        raise CourseError(f"{path} has {len(members)} files: a class's may have {CLASS_FILES}")
    named = [(member, name) for member in members if not is_ignored(name := member_name(member))]
    platform = next((p for p in (MOODLE, CANVAS) if any(read_name(name, p) for _, name in named)), None)
    if platform is None:
        raise CourseError(
            f"{path} must be a class's zip from Canvas or Moodle, but no name in it is like "
            "lovelaceada_123_456_decay_formulas.ipynb or Ada Lovelace_12_assignsubmission_file/decay_formulas.ipynb"
        )
    students: dict[str, list[_File]] = {}
    left_out = []
    for member, name in named:
        found = read_name(name, platform)
        reason = problem(member, name) if found else f"it is not a name that {platform.capitalize()} makes"
        if reason or found is None:
            left_out.append(f"{name}: {reason}")
        else:
            students.setdefault(found.number, []).append((member, found))
    return platform, students, left_out


class _Names:
    """Gives each of a platform's numbers its student."""

    def __init__(self, course: Course, sheet: Sheet | None, platform: str) -> None:
        self.platform, self.sheet = platform, sheet
        known = people.gradebook_people(course)
        self.directory = Directory(known)
        self.rows: dict[str, list[str]] = {}
        self.everyone = {person.id for person in known}
        self.numbers = {o.number: student for student, o in people.read_origins(course.root, course.unit).items()}
        if platform == CANVAS:
            self.numbers = people.earlier_numbers(course.root) | self.numbers
        self.taken = {student: number for number, student in self.numbers.items()}
        if sheet is not None:
            self._read(sheet)

    def _read(self, sheet: Sheet) -> None:
        self.rows = {sheet.number(row): row[: sheet.grades] for row in sheet.people if sheet.number(row)}
        if not self.rows:
            raise SheetError(
                f"{sheet.path} has no numbers of students: it must be Canvas's gradebook or Moodle's grading worksheet"
            )
        for number, row in self.rows.items():
            self.everyone.add(self._listed(number, row) or _cleaned(row[0], number))

    def _listed(self, number: str, row: list[str]) -> str:
        """The student in a row of the list: one of the gradebook, or a login or an address that is there."""
        found = self.directory.find([number, *row], row)
        if len(found) == 1:
            return found.pop()
        assert self.sheet is not None
        header = self.sheet.header
        logins = [row[header.index(name)] for name in ("SIS Login ID", "SIS User ID") if name in header[: len(row)]]
        return next((cell for cell in (*logins, *row) if cell in logins + _addresses(row) and not name_problem(cell)), "")

    def student(self, members: list[_File]) -> str:
        first = members[0][1]
        number, name = first.number, first.name
        student = self._listed(number, self.rows[number]) if number in self.rows else ""
        student = student or self.numbers.get(number, "")
        if not student:
            found = self.directory.find([number] if self.platform == CANVAS else [], [name])
            student = found.pop() if len(found) == 1 else _cleaned(name, number)
            if self.taken.get(student, number) != number:
                student = _cleaned(f"{name}_{number}", number)
        self.numbers[number], self.taken[student] = student, number
        return student


def _addresses(row: Iterable[str]) -> list[str]:
    return [cell for cell in row if re.fullmatch(r"[^@\s]+@[^@\s]+", cell)]


def _cleaned(name: str, number: str) -> str:
    """A student's name that a folder may have; where signs had to go, with the platform's number."""
    kept = "".join(sign for sign in name if sign.isalnum() or sign in SIGNS).strip(" .-_'@+’")[: LONGEST - 20].strip()
    if kept == name and not name_problem(kept):
        return kept
    return f"{kept}_{number}" if kept and not name_problem(kept) else f"student_{number}"


def _receive(
    course: Course,
    archive: zipfile.ZipFile,
    notebooks: list[str],
    student: str,
    members: list[_File],
    origins: dict[str, Origin],
    staging: Path,
    left: int,
) -> tuple[Received, int]:
    """Unpack a student's files and move them into their place; return what became of them, and their bytes."""
    newest = max((found for _, found in members), key=lambda found: found.order)
    late = any(found.late for _, found in members)
    origin = Origin(newest.platform, newest.number, newest.name, newest.returned, newest.order, late)
    one = Received(student, origin, LEFT_OUT)
    before = origins.get(student)
    if len({found.name for _, found in members}) > 1:
        one.notes.append(f"the zip has two names for {newest.number}: {' and '.join(sorted({f.name for _, f in members}))}")
        return one, 0
    if before is not None and before.platform == newest.platform and before.order > newest.order:
        one.notes.append("what was collected before is newer")
        return one, 0
    made = staging / newest.number
    try:
        taken = _unpack(archive, members, notebooks, made, left, one.notes)
    except (TooLarge, *BROKEN) as error:
        one.notes.append(str(error))
        return one, MOST_BYTES
    if not taken:
        one.notes.append("no file is in it")
        return one, 0
    to = course.submission(student)
    if to.is_dir() and _equal(made, to):
        one.state = SAME
        return one, taken
    one.state = REPLACED if to.exists() else NEW
    replace_folder(made, to, staging)
    return one, taken


def _unpack(
    archive: zipfile.ZipFile, members: list[_File], notebooks: list[str], to: Path, left: int, notes: list[str]
) -> int:
    """Unpack a student's files; return their bytes.

    Raises:
        TooLarge: they are more, or larger, than a submission may be.
    """
    files: list[tuple[zipfile.ZipFile, zipfile.ZipInfo, str, int]] = []
    zips: list[zipfile.ZipFile] = []
    to.mkdir()
    most = min(left, MOST_BYTES)
    try:
        for member, found in members:
            if found.file.lower().endswith(".zip"):
                inner = to.parent / f"{to.name}-{len(zips)}.zip"
                with archive.open(member) as content, inner.open("wb") as file:
                    copy_limited(content, file, most, found.file)
                zips.append(zipfile.ZipFile(inner))
                files += [(zips[-1], each, name, found.order) for each, name in _inside(zips[-1], found.file, notes)]
            elif found.file:
                files.append((archive, member, found.file, found.order))
            else:
                notes.append("a text or a link was handed in, which is not in it")
        if len(files) > MOST_FILES:
            raise TooLarge(f"a submission may have {MOST_FILES} files, and this one has {len(files)}")
        places = _places([(name, order) for _, _, name, order in files], notebooks)
        taken = 0
        for (source, member, name, _), place in zip(files, places, strict=True):
            target = to / place
            target.parent.mkdir(parents=True, exist_ok=True)
            with source.open(member) as content, target.open("xb") as file:
                taken += copy_limited(content, file, most - taken, name)
        return taken
    finally:
        for each in zips:
            each.close()


def _inside(archive: zipfile.ZipFile, label: str, notes: list[str]) -> list[tuple[zipfile.ZipInfo, str]]:
    """The files of a zip that a student handed in, without those that must not be unpacked."""
    found = []
    for member in archive.infolist():
        name = member_name(member)
        if member.is_dir() or is_ignored(name):
            continue
        if reason := problem(member, name):
            notes.append(f"{name} in {label}: {reason}")
        else:
            found.append((member, name))
    return found


def _places(files: list[tuple[str, int]], notebooks: list[str]) -> list[str]:
    """Where each file of a submission goes: the newest version of a notebook under its own name, the rest as it is.

    A platform and browsers name another version of `a.ipynb` `a-1.ipynb`, `a (1).ipynb` or `a-Copy1.ipynb`.
    """
    places = [name for name, _ in files]
    for notebook in notebooks:
        again = re.compile(rf"{re.escape(notebook)}(?P<canvas>-\d+)?(?P<copy> ?\(\d+\)|-Copy\d*)?\.ipynb")
        versions = []
        for k, (name, order) in enumerate(files):
            path = PurePosixPath(name)
            if found := again.fullmatch(path.name):
                versions.append((found["copy"] is None, order, -len(path.parts), found["canvas"] is None, path.name, k))
        if versions:
            newest = max(versions)[-1]
            wanted = f"{notebook}.ipynb"
            places = [f"older-{order}-{place}" if place == wanted else place for place, (_, order) in zip(places, files, strict=True)]
            places[newest] = wanted
    return [place if places.index(place) == k else f"{k}-{place}" for k, place in enumerate(places)]


def _equal(made: Path, there: Path) -> bool:
    """Whether two folders have the same files, but for nbgrader's time of submission."""
    compared = filecmp.dircmp(made, there, ignore=["timestamp.txt"])
    if compared.left_only or compared.right_only or compared.funny_files or compared.common_funny:
        return False
    _, different, wrong = filecmp.cmpfiles(made, there, compared.common_files, shallow=False)
    return not different and not wrong and all(_equal(made / name, there / name) for name in compared.common_dirs)


__all__ = ["Collected", "CourseError", "Person", "Received", "SheetError", "collect"]
