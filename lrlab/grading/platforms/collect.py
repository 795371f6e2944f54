"""``lrlab collect``: the zip of a class, as Canvas or Moodle makes it, into submitted/.

What a stranger packed is unpacked with limits, below a folder of its own, and moved into its place as a whole. A
student whose files can't be used is left out, and the others are collected.
"""

from __future__ import annotations

import tempfile
import zipfile
from dataclasses import dataclass, field, replace
from pathlib import Path

from lrlab.grading.batch.atomic import replace_folder
from lrlab.grading.batch.course import Course
from lrlab.grading.batch.errors import CourseError
from lrlab.grading.platforms import people
from lrlab.grading.platforms.participants import Participants
from lrlab.grading.platforms.people import Origin
from lrlab.grading.platforms.sheets import read_sheet
from lrlab.grading.platforms.unpack import File, equal, set_time, unpack
from lrlab.grading.platforms.worksheet import HandedIn, is_of_groups
from lrlab.grading.platforms.zip_names import CANVAS, MOODLE, is_of_group, read_name
from lrlab.grading.submission.files import MOST_BYTES
from lrlab.grading.submission.zip_files import (
    BROKEN,
    CLASS_BYTES,
    CLASS_FILES,
    TooLarge,
    count_files,
    files_of,
)
from lrlab.printable import printable

ONE_STUDENT = "a submission must be one student's, so switch off `Students submit in groups` in Moodle's assignment"
NEW, REPLACED, SAME, LEFT_OUT = "new", "replaced", "as before", "left out"


@dataclass
class Received:
    """What became of a student's files."""

    student: str
    origin: Origin
    state: str
    notes: list[str] = field(default_factory=list)


@dataclass
class Collected:
    """What ``collect`` did."""

    unit: str
    platform: str
    received: list[Received]
    missing: list[str]  # students of the gradebook or the list of participants who have no submission
    left_out: list[str]  # of the zip, with the reasons
    notes: list[str]  # what is not known of all of them


def collect(unit: str, zip_file: Path, *, participants: Path | None = None, root: Path | None = None) -> Collected:
    """Put each student's newest files into submitted/STUDENT/``unit``, and keep the platform's own numbers.

    Where the table says when a student handed in, as Moodle's worksheet does, timestamp.txt says it to nbgrader.

    Args:
        unit: an assignment that the gradebook has.
        zip_file: of the whole class: Canvas's *Download Submissions*, Moodle's *Download all submissions*.
        participants: a table that the platform exported (Canvas's gradebook, Moodle's grading worksheet). It says
            which login is behind a number, and who is in the class.
        root: the course folder; by default the nearest one, from the working directory up.

    Raises:
        CourseError: the zip can't be read, is of another kind, or is too large; the table can't be used; groups submit;
            or there is no such unit.
    """
    course = Course(unit, root)
    notebooks = course.notebooks()
    sheet = read_sheet(participants) if participants is not None else None
    if sheet is not None and is_of_groups(sheet):
        raise CourseError(f"{sheet.path} is of an assignment in which groups submit: {ONE_STUDENT}")
    try:
        archive = zipfile.ZipFile(zip_file)
    except BROKEN as error:
        reason = "is no zip, or a damaged one" if isinstance(error, zipfile.BadZipFile) else f"can't be read: {error}"
        raise CourseError(f"{zip_file} {reason}") from None
    with archive, course.journal.lock():
        platform, students, left_out = _sorted(archive, zip_file)
        who = Participants(course, sheet, [upload for members in students.values() for _, upload in members])
        course.submitted.mkdir(exist_ok=True)
        origins = people.read_origins(course.root, unit)
        received = []
        with tempfile.TemporaryDirectory(prefix=".collect-", dir=course.submitted) as staging:
            left = CLASS_BYTES
            for members in students.values():
                one, taken = _receive(course, archive, notebooks, who, members, origins, Path(staging), left)
                left -= taken
                received.append(one)
                if one.state != LEFT_OUT:
                    _drop_other_name(course, origins, one)
                    origins[one.student] = one.origin
        people.write_origins(course.root, unit, origins)
        present = {one.student for one in received} | set(course.submissions())
        missing = sorted(who.everyone(set(students)) - present)
    received.sort(key=lambda one: one.student)
    return Collected(unit, platform, received, missing, left_out, who.notes(students))


def _drop_other_name(course: Course, origins: dict[str, Origin], one: Received) -> None:
    """Forget, and name, what was collected of the same person under another name."""
    about = one.origin
    for student, origin in list(origins.items()):
        if student != one.student and (origin.platform, origin.number) == (about.platform, about.number):
            del origins[student]
            if course.submission(student).exists():
                one.notes.append(f"is also in submitted/{student}, where it was collected before: remove that one")


def _sorted(archive: zipfile.ZipFile, path: Path) -> tuple[str, dict[str, list[File]], list[str]]:
    """Return the platform, the files of each of its numbers, and what is left out."""
    if (many := count_files(archive)) > CLASS_FILES:
        raise CourseError(f"{path} has {many} files: a class's may have {CLASS_FILES}")
    members = list(files_of(archive))
    platform = next((p for p in (MOODLE, CANVAS) if any(read_name(name, p) for _, name, _ in members)), None)
    groups = [name for _, name, _ in members if is_of_group(name)]
    if groups and platform != CANVAS:
        raise CourseError(f"{path} has files of a group ({printable(groups[0])}): {ONE_STUDENT}")
    if platform is None:
        raise CourseError(
            f"{path} must be a class's zip from Canvas or Moodle, but no name in it is like "
            "lovelaceada_123_456_decay_formulas.ipynb or Ada Lovelace_12_assignsubmission_file/decay_formulas.ipynb"
        )
    students: dict[str, list[File]] = {}
    left_out = []
    for member, name, reason in members:
        upload = read_name(name, platform)
        if upload is None:
            left_out.append(f"{name}: it is not a name that {platform.capitalize()} makes")
        elif reason:
            left_out.append(f"{name}: {reason}")
        else:
            students.setdefault(upload.number, []).append((member, upload))
    return platform, students, left_out


def _receive(
    course: Course,
    archive: zipfile.ZipFile,
    notebooks: list[str],
    who: Participants,
    members: list[File],
    origins: dict[str, Origin],
    staging: Path,
    left: int,
) -> tuple[Received, int]:
    """Unpack a student's files and move them into their place; return what became of them, and their bytes."""
    newest = max((upload for _, upload in members), key=lambda upload: (bool(upload.file), upload.order))  # not a text
    student, handed_in = who.student(members[0][1]), who.times.get(newest.number, HandedIn())
    late = handed_in.late or any(upload.late for _, upload in members)
    origin = Origin(newest.platform, newest.number, newest.name, newest.returned, newest.order, late)
    one = Received(student, origin, LEFT_OUT)
    before = origins.get(student)
    if len({upload.name for _, upload in members}) > 1:
        one.notes.append(
            f"the zip has two names for {newest.number}: {' and '.join(sorted({f.name for _, f in members}))}"
        )
        return one, 0
    if before is not None and before.platform == newest.platform and before.order > newest.order:
        one.notes.append("what was collected before is newer")
        return one, 0
    made = staging / newest.number
    to = course.submission(student)
    try:
        taken = unpack(archive, members, notebooks, made, left, one.notes)
        if not any(made.iterdir()):
            one.notes.append("no file is in it")
            return one, taken
        if handed_in.at is not None:
            set_time(made, handed_in.at)
        if to.is_dir() and equal(made, to):
            one.state = SAME
            if before is not None and newest.platform == MOODLE and newest.number not in who.times:
                one.origin = replace(origin, late=before.late)  # known from the table of an earlier run
        else:
            state = REPLACED if to.exists() else NEW
            replace_folder(made, to, staging)
            one.state = state
    except (TooLarge, *BROKEN) as error:
        one.notes.append(str(error))
        return one, MOST_BYTES
    return one, taken
