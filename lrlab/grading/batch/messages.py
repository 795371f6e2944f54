"""What a run's processes send each other: one JSON object a line; an empty line says that a process is alive.

A *place* grades: this machine, or another one. It is a process that the runner starts, and nothing but these lines
passes between them. The place says ``Hello``, the runner sends ``PlaceSettings``, the place says ``Ready`` or
``Broken``, and then each ``Parcel`` gets an ``Outcome``. Where a place is a ``host``, that has workers, forks of it:
each says ``Ready``, and then each ``Job`` gets a ``JobDone``, maybe after ``Again``.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, TypedDict, get_args

HEARTBEAT = 10.0  # seconds between two empty lines

JobState = Literal["graded", "refused", "failed", "no sandbox", "course", "died", "hung"]


class NotebookResult(TypedDict):
    """What the gradebook has of one notebook of a submission.

    Attributes:
        penalty: points off for being late.
        grades: by cell, a list of the automatic score (None: none) and whether a person has to mark the cell.
        comments: by cell, nbgrader's own comment.
        manual: by cell, a list of a person's score and extra credit, if there are any.
        manual_comments: by cell, a person's comment, if there is one.
    """

    penalty: float | None
    grades: dict[str, list[Any]]
    comments: dict[str, str | None]
    manual: dict[str, list[float | None]]
    manual_comments: dict[str, str]


class SubmissionResult(TypedDict):
    """What the gradebook has of a submission. ``timestamp`` is in ISO format and UTC."""

    timestamp: str | None
    score: float
    max_score: float
    notebooks: dict[str, NotebookResult]


@dataclass(frozen=True)
class Job:
    """One submission to grade.

    Attributes:
        stage: a folder with the submission in ``in``, for everything that grading writes.
        extension: seconds that the student may be late; None: no extension.
    """

    student: str
    stage: str
    extension: float | None


@dataclass(frozen=True)
class Ready:
    """A worker takes jobs, or a place so many parcels at a time."""

    slots: int = 1


@dataclass(frozen=True)
class Again:
    """A worker says that it grades its job once more, as a kernel died or did not start. Its time starts again."""


@dataclass(frozen=True)
class Broken:
    """A place can't start, or can't go on."""

    reason: str


@dataclass(frozen=True)
class JobDone:
    """What came of a job.

    Attributes:
        state: "refused": the submission is invalid. "course": the course's own files are at fault. "failed": nbgrader
            stopped with an error. The last two and "no sandbox" are not the student's fault. "died": the worker ended
            by itself. "hung": it did not finish in time, and was ended.
        reason: one sentence, unless it is graded; how a worker that died ended.
        seconds: that grading took.
        result: if it is graded.
        notes: for the instructor.
    """

    state: JobState
    reason: str = ""
    seconds: float = 0.0
    result: SubmissionResult | None = None
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Hello:
    """A place has started; ``versions`` is what ``versions.versions()`` returns there."""

    versions: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class PlaceSettings:
    """What a place needs once. All files are in it, in base64.

    Attributes:
        unit: the assignment.
        seed: of the hidden cases.
        unsandboxed: run submissions without a sandbox.
        scratch: a gradebook with the assignment and no student.
        packages: what the unit's notebooks import.
        private: paths that submissions must not see, beside those of any machine.
        config: what grading reads of the course's configuration; None: the place is in the course's folder.
        jobs: worker processes; 0: one for each core there.
        most: submissions of the run; more workers are of no use.
        budget: seconds on the clock for one submission, after which its worker counts as hung.
        files: of the unit's folder in ``solutions/``; none if the place is in the course's folder.
        folder: where temporary files go; empty: where the system has them.
    """

    unit: str
    seed: int
    unsandboxed: bool
    scratch: str
    packages: list[str]
    jobs: int
    most: int
    budget: float
    private: list[str] = field(default_factory=list)
    config: dict[str, Any] | None = None
    files: dict[str, str] = field(default_factory=dict)
    folder: str = ""


@dataclass(frozen=True)
class Parcel:
    """One submission for a place.

    Attributes:
        digest: of its files; an outcome counts only with the same digest.
        extension: seconds that the student may be late; None: no extension.
        files: by relative name, in base64.
    """

    student: str
    digest: str
    extension: float | None
    files: dict[str, str]


@dataclass(frozen=True)
class Outcome:
    """What came of a parcel: ``done`` has the attributes of ``JobDone``, and ``files`` is the graded folder."""

    student: str
    digest: str
    done: dict[str, Any]
    files: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class GivenBack:
    """A place that hands submissions on to others could not get this one graded."""

    student: str
    digest: str
    reason: str


@dataclass(frozen=True)
class LeftOut:
    """A part of a place can't grade, and the rest goes on."""

    reason: str


@dataclass(frozen=True)
class Notice:
    """What a person who waits for a place wants to know."""

    text: str


Answer = Ready | Again | JobDone
Message = Job | Answer | Broken | Hello | PlaceSettings | Parcel | Outcome | GivenBack | LeftOut | Notice
_KINDS = {kind.__name__: kind for kind in get_args(Message)}


def encode(message: Message) -> bytes:
    """Return a message as a line."""
    return json.dumps({"kind": type(message).__name__, **vars(message)}, allow_nan=False).encode() + b"\n"


def take_output() -> Callable[[Message | None], None]:
    """Keep this process's output for messages, and let everything else that it prints go to its standard error.

    Returns:
        A function that writes a message; None: an empty line.
    """
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)

    def send(message: Message | None) -> None:
        output.write(b"\n" if message is None else encode(message))
        output.flush()

    return send


def decode(line: bytes | bytearray | str) -> Any:
    """Return the message of a line.

    Raises:
        ValueError: the line is not a message.
    """
    try:
        about = json.loads(line)
        return _KINDS[about.pop("kind")](**about)
    except (AttributeError, KeyError, RecursionError, TypeError) as error:
        raise ValueError(f"not a message: {line[:100]!r}") from error
