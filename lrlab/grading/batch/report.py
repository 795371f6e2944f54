"""What a run did with each submission."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lrlab.grading.batch.journal import GRADED
from lrlab.grading.batch.messages import SubmissionResult


@dataclass(frozen=True)
class Line:
    """What came of one submission in this run. ``earlier``: it was graded or set aside by an earlier run."""

    student: str
    state: str
    score: float | None = None
    max_score: float | None = None
    seconds: float | None = None
    reason: str = ""
    waiting: int = 0
    notes: int = 0
    earlier: bool = False


@dataclass
class Report:
    """All submissions of the unit, by student."""

    unit: str
    seed: int
    unsandboxed: bool
    lines: list[Line] = field(default_factory=list)
    stopped: bool = False
    problem: str = ""
    left_out: list[str] = field(default_factory=list)  # places that could not grade, and why
    misplaced: list[str] = field(default_factory=list)  # what looks like a submission, in a wrong place

    def count(self, state: str) -> int:
        return sum(line.state == state for line in self.lines)


def graded_line(student: str, result: SubmissionResult, about: Mapping[str, Any], *, earlier: bool = False) -> Line:
    """Return the line of a graded submission; ``about`` is its journal entry."""
    grades = [grade for notebook in result["notebooks"].values() for grade in notebook["grades"].values()]
    waiting = sum(1 for _, needs in grades if needs)
    return Line(
        student,
        GRADED,
        result["score"],
        result["max_score"],
        about.get("seconds"),
        waiting=waiting,
        notes=len(about.get("notes", ())),
        earlier=earlier,
    )
