"""Every hostile submission comes to what it must: a score from answers alone, or set aside with a reason.

Each is a student of one class, graded by `lrlab grade` itself: what one does, its neighbours go through. Those that go
on until a limit ends them are a class of their own, with small limits.
"""

import hashlib
from typing import Any

import pytest
from support.hostile import HOSTILE, Hostile
from support.lrlab_command import lrlab
from support.made_course import UNIT

from lrlab.grading.batch.journal import GRADED, SET_ASIDE, Journal

CLASS = "A class of sixty submissions is graded, at night of 160."
ENDLESS = "A class of submissions is graded, each of which takes all the time that it may."
TIME_TO_GRADE = 1800  # seconds: a guard against hanging
NIGHT = pytest.mark.nightly(reason="each starts a kernel or ends by a limit; every run has some of each kind")
IN_EVERY_RUN = 6  # every sixth of those that start a kernel
ENDLESS_IN_EVERY_RUN = ("sleeps for an hour", "30 GB little by little")  # test_sandbox.py has floods


def in_every_run(case: Hostile) -> bool:
    """Whether a case is tried in every run; those that are set aside cost next to nothing."""
    if case.endless:
        return case.name in ENDLESS_IN_EVERY_RUN
    graded = [each for each in HOSTILE if each.points is not None and not each.endless]
    return case.points is None or case in graded[::IN_EVERY_RUN]


def marks(case: Hostile) -> list[pytest.MarkDecorator]:
    """The tests that look at one class run in one worker, and their class is graded once."""
    group, reason = ("endless", ENDLESS) if case.endless else ("hostile", CLASS)
    marks = [pytest.mark.xdist_group(group), pytest.mark.slow(reason=reason), pytest.mark.timeout(TIME_TO_GRADE)]
    return marks if in_every_run(case) else [*marks, NIGHT]


def selected(request: pytest.FixtureRequest, *, endless: bool) -> list[Hostile]:
    """The cases that this run looks at."""
    items: list[Any] = [item for item in request.session.items if getattr(item, "function", None) is test_hostile]
    return [case for item in items if (case := item.callspec.params["case"]).endless == endless]


def digests(root):
    """What grading only reads, by content: all but its own books, Python's bytecode, and pipes, which nobody reads."""
    own = ("autograded", "grading")
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if not path.is_symlink() and path.is_file()
        if path.relative_to(root).parts[0] not in own and not path.name.startswith("gradebook.db")
        if "__pycache__" not in path.parts
    }


def graded(course, cases):
    """For each name: what the journal says, and the points by exercise where the gradebook has any."""
    students = {f"s{number:03}": case.name for number, case in enumerate(cases)}
    for (student, _), case in zip(students.items(), cases, strict=True):
        case.make(course.released(), course.root / "submitted" / student / UNIT)
    before = digests(course.root)
    shown = lrlab(course, "grade", UNIT, "--jobs", "2", status=None, own_zygote=True)
    assert not [line for line in shown.splitlines() if line.startswith("lrlab: ")], "the run had a problem"
    assert digests(course.root) == before, "a submission changed what it must not"
    scores, entries = course.scores(), Journal(course.root, UNIT).latest()
    assert set(entries) == set(students)
    return {name: (entries[student], scores.get(student)) for student, name in students.items()}


@pytest.fixture(scope="module")
def ending(new_course, request):
    """A class whose cells have all the time that they need, on a busy machine too."""
    return graded(new_course(), selected(request, endless=False))


@pytest.fixture(scope="module")
def endless(new_course, request):
    """A class with little of everything, so that its end comes soon."""
    config = "c.ExecutePreprocessor.timeout = 4\nc.ExecuteSubmission.memory = 1 << 30"
    return graded(new_course(config), selected(request, endless=True))


def test_there_are_enough_and_each_has_a_name():
    assert len(HOSTILE) >= 60
    assert len({case.name for case in HOSTILE}) == len(HOSTILE)


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name, marks=marks(case)) for case in HOSTILE])
def test_hostile(case, request):
    entry, scores = request.getfixturevalue("endless" if case.endless else "ending")[case.name]
    if case.points is None:
        assert entry["state"] == SET_ASIDE
        assert 10 < len(entry["reason"]) < 300
        assert scores is None
        return
    assert entry["state"] == GRADED, entry
    scores = {name: score for name, score in scores.items() if name in case.points}
    assert scores == case.points, entry
