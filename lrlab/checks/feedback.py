"""What a check says of an answer: the text to print, and the error that is raised where something is wrong."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from lrlab.checks import render
from lrlab.checks.call import Outcome
from lrlab.checks.compare import Verdict, compare
from lrlab.checks.exercise import Case, Exercise
from lrlab.checks.explain import diagnose

HINT_WIDTH = 82  # nbgrader's Validate cuts longer lines off


class CheckFailed(AssertionError):
    """A wrong answer. Notebooks show its message alone, without thirty lines of traceback."""

    _sign = "✗"

    def lines(self) -> list[str]:
        """Return what a notebook shows, line by line."""
        head, *rest = str(self).split("\n")
        return [render.paint(f"{self._sign} {head}", render.BOLD), *rest]  # on the red ground of an error

    _render_traceback_ = lines  # IPython asks for it by this name


class NotAttempted(CheckFailed):
    """The exercise still raises NotImplementedError."""

    _sign = "○"


def not_a_function(name: str, kind: str) -> CheckFailed:
    """Return what to say where the answer's name is that of something else."""
    hint = f"Hint: another cell uses the name {name} for something else. Run the cell with your answer again."
    return CheckFailed(f"{name} is not a function (its type is {kind}).\n{_wrap(hint)}")


def feedback_for(
    exercise: Exercise, cases: Sequence[Case], outcomes: Sequence[Outcome], *, public: bool = True
) -> tuple[str, CheckFailed | None]:
    """Return what a check prints of these outcomes, and the error where one is wrong.

    The value of a case is shown only if the case is public.
    """
    return feedback(exercise, outcomes, compare(outcomes, cases), public=public)


def feedback(
    exercise: Exercise, outcomes: Sequence[Outcome], verdicts: Sequence[Verdict], *, public: bool
) -> tuple[str, CheckFailed | None]:
    """Return the same of outcomes that have been compared."""
    name = exercise.name
    if any(o.get("type") == "NotImplementedError" for o in outcomes if o.get("kind") == "error"):
        return "", NotAttempted(
            f"{name}: not attempted yet.\n"
            "Put your answer in place of the `raise NotImplementedError` line, run that cell, then this one."
        )
    right = sum(v.right for v in verdicts)
    lines = []
    if public:
        lines += [render.table(exercise, verdicts), *under_the_table(name, outcomes)]
    what = "cases" if public else "further cases"
    if right == len(verdicts):
        return "\n".join([*lines, render.paint(f"✓ All {right} {what} right.", render.GREEN, render.BOLD)]), None
    hints = [_wrap(f"Hint: {hint}") for hint in diagnose(exercise, verdicts)]
    return "\n".join(lines), CheckFailed("\n".join([f"{name}: {right} of {len(verdicts)} {what} right.", *hints]))


def under_the_table(name: str, outcomes: Sequence[Outcome]) -> list[str]:
    """Return what the answer printed, for a student who debugs with print, and what the adapter notes of its calls.

    What it printed was caught to keep the table whole.
    """
    lines = "".join(o.get("printed", "") for o in outcomes).splitlines()
    printed = [f"{name} printed: " + " | ".join(lines[:5])[: render.WIDTH]] if lines else []
    notes = [o.get("facts", {}).get("note") for o in outcomes]
    return [*printed, *dict.fromkeys(str(note) for note in notes if note is not None)]


def _wrap(text: str) -> str:
    return textwrap.fill(
        " ".join(text.split()), HINT_WIDTH, subsequent_indent="      ", break_long_words=False, break_on_hyphens=False
    )
