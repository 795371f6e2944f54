"""A run without a course, for places that grade nothing: what was entered, and what was set aside."""

from pathlib import Path

from lrlab.grading.batch.messages import Parcel, PlaceSettings
from lrlab.grading.batch.parcel import NotebookCells, checked_result, to_base64, unpack_files
from lrlab.grading.batch.place import Open

CELLS = {"unit": NotebookCells({"cell": 2.0}, {"answer"})}
STUDENTS = [f"s{number}" for number in range(4)]
SETTINGS = PlaceSettings(
    unit="unit", seed=0, unsandboxed=False, jobs=0, most=4, budget=60.0, scratch="", packages=[]
)  # no scratch: nothing is graded
ALL = [(student, 1.0) for student in STUDENTS]


class Run:
    """A run without a course: what was entered, and what was set aside."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.open = list(STUDENTS)
        self.entered: list[tuple[str, float]] = []
        self.reasons: dict[str, str] = {}

    def take(self, student):
        return Open(Parcel(student, f"digest of {student}", None, {"unit.ipynb": to_base64(b"{}")}))

    def enter(self, parcel, done, graded_files):
        result = checked_result(done.result, CELLS)
        unpack_files(graded_files, self.folder / parcel.student)
        self.entered.append((parcel.student, result["notebooks"]["unit"]["grades"]["cell"][0]))
        self.open.remove(parcel.student)

    def set_aside(self, student, reason, *, retry, seconds=None):
        self.reasons[student] = reason
        self.open.remove(student)
