"""Which student of the gradebook a platform means, by number, login, address or name."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from lrlab._files import write_text
from lrlab.grading.batch.errors import CourseError
from lrlab.grading.batch.gradebook import Student
from lrlab.grading.batch.journal import FOLDER
from lrlab.grading.platforms.zip_names import CANVAS

ENDING = ".collected.json"


@dataclass(frozen=True)
class Origin:
    """Where a student's submission came from: what leads a grade and a page back to it."""

    platform: str
    number: str
    name: str
    returned: str
    order: int = 0
    late: bool = False


def read_origins(root: Path, unit: str) -> dict[str, Origin]:
    """Return what was collected of a unit from a platform, by student.

    Raises:
        CourseError: the file is damaged.
    """
    path = root / FOLDER / f"{unit}{ENDING}"
    try:
        return {student: Origin(**about) for student, about in json.loads(path.read_text(encoding="utf-8")).items()}
    except FileNotFoundError:
        return {}
    except (ValueError, TypeError, AttributeError) as error:
        raise CourseError(f"{path} is damaged ({error}): delete it, and collect {unit} again") from None


def write_origins(root: Path, unit: str, origins: dict[str, Origin]) -> None:
    listed = {student: asdict(origin) for student, origin in sorted(origins.items())}
    write_text(root / FOLDER / f"{unit}{ENDING}", json.dumps(listed, indent=1, ensure_ascii=False) + "\n")


def earlier_numbers(root: Path) -> dict[str, str]:
    """Return the student of each number of Canvas's, over all units. Moodle's numbers are an assignment's own."""
    units = sorted(path.name.removesuffix(ENDING) for path in (root / FOLDER).glob(f"*{ENDING}"))
    return {
        origin.number: student
        for unit in units
        for student, origin in read_origins(root, unit).items()
        if origin.platform == CANVAS
    }


class Directory:
    """Finds a student by what a platform writes of them."""

    def __init__(self, students: Iterable[Student], origins: dict[str, Origin] | None = None) -> None:
        self._sure: dict[str, set[str]] = {}
        self._names: dict[str, set[str]] = {}
        self._emails: dict[str, str] = {}
        for each in students:
            for key in (each.id, each.email, each.lms_user_id):
                self._add(self._sure, key, each.id)
            self._add(self._names, each.id, each.id)
            self._emails[each.id] = _folded(each.email)
            if each.last_name:
                self._add(self._names, f"{each.first_name} {each.last_name}", each.id)
                self._add(self._names, f"{each.last_name}, {each.first_name}", each.id)
                self._add(self._names, without_signs(f"{each.last_name}{each.first_name}"), each.id)
        for student, origin in (origins or {}).items():
            self._add(self._sure, student, student)
            self._add(self._names, origin.name, student)

    @staticmethod
    def _add(keys: dict[str, set[str]], key: str, student: str) -> None:
        if key.strip():
            keys.setdefault(_folded(key), set()).add(student)

    def find(self, cells: Iterable[str], names: Iterable[str] = ()) -> set[str]:
        """Return the students that these cells can mean: by a number, a login or an address, or else by a name."""
        cells = [_folded(cell) for cell in cells]
        sure = {student for cell in cells for student in self._sure.get(cell, ())}
        addresses = {cell for cell in cells if "@" in cell}
        named = {student for name in names for student in self._names.get(_folded(name), ())}
        return sure or {s for s in named if not addresses or self._emails.get(s, "") in {"", *addresses}}

    def match(self, rows: Sequence[tuple[list[str], list[str]]]) -> tuple[dict[int, str], dict[int, set[str]]]:
        """Return the student of each row (cells, names), and for rows that are in doubt who it may be.

        A name counts only where no other row has the student for sure, or by the same name.
        """
        sure = [self.find(cells) for cells, _ in rows]
        taken = {student for each in sure for student in each}
        candidates = [
            known or self.find(cells, names) - taken for known, (cells, names) in zip(sure, rows, strict=True)
        ]
        times = Counter(student for each in candidates for student in each)
        certain = {
            k: next(iter(each)) for k, each in enumerate(candidates) if len(each) == 1 and times[next(iter(each))] == 1
        }
        return certain, {k: each for k, each in enumerate(candidates) if each and k not in certain}


def without_signs(name: str) -> str:
    """Return a name as in Canvas's zip: small letters, without what is not a letter, digit or underscore."""
    return re.sub(r"\W", "", name.lower())


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split())).casefold()
