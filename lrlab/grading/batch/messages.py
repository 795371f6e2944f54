"""What the runner and its worker processes send each other: one JSON object a line.

The runner sends `WorkerSettings` once, then `Job` after `Job`. The worker answers `Ready` or `Broken`, then `JobDone`
for each job.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, TypedDict

JobState = Literal["graded", "refused", "failed", "no sandbox", "course"]


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
    """What the gradebook has of a submission. `timestamp` is in ISO format and UTC."""

    timestamp: str | None
    score: float
    max_score: float
    notebooks: dict[str, NotebookResult]


@dataclass(frozen=True)
class WorkerSettings:
    """What a worker needs once.

    Attributes:
        root: the course folder.
        unit: the assignment.
        scratch: a gradebook with the assignment and no student.
        seed: of the hidden cases.
        unsandboxed: run submissions without a sandbox.
        private: paths that submissions must not see.
        packages: what the unit's notebooks import.
        parent: the runner's process id; the worker ends with it.
    """

    root: str
    unit: str
    scratch: str
    seed: int
    unsandboxed: bool
    private: list[str]
    packages: list[str]
    parent: int


@dataclass(frozen=True)
class Job:
    """One submission to grade.

    Attributes:
        student: whose it is.
        stage: an empty folder for everything that grading writes.
        notebooks: names of the notebooks that the assignment has.
        extension: seconds that the student may be late; None: no extension.
    """

    student: str
    stage: str
    notebooks: list[str]
    extension: float | None


@dataclass(frozen=True)
class Ready:
    """The worker takes jobs."""


@dataclass(frozen=True)
class Broken:
    """The worker can't start."""

    reason: str


@dataclass(frozen=True)
class JobDone:
    """What came of a job.

    Attributes:
        state: "refused": the submission is invalid. "course": the course's own files are at fault. "failed": nbgrader
            stopped with an error. The last two and "no sandbox" are not the student's fault.
        reason: one sentence, unless it is graded.
        seconds: that grading took.
        digest: of the files that were graded.
        result: if it is graded.
        notes: for the instructor.
    """

    state: JobState
    reason: str = ""
    seconds: float = 0.0
    digest: str = ""
    result: SubmissionResult | None = None
    notes: list[str] = field(default_factory=list)


Answer = Ready | Broken | JobDone
_KINDS = {kind.__name__: kind for kind in (WorkerSettings, Job, Ready, Broken, JobDone)}


def encode(message: WorkerSettings | Job | Answer) -> bytes:
    """Return a message as a line."""
    return json.dumps({"kind": type(message).__name__, **asdict(message)}, allow_nan=False).encode() + b"\n"


def decode(line: bytes | str) -> Any:
    """Return the message of a line."""
    about = json.loads(line)
    return _KINDS[about.pop("kind")](**about)
