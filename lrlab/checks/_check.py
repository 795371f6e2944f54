"""`check`: exercise an answer, print the table, and raise a short error where it is wrong."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable, Sequence
from typing import Any

from lrlab.checks import render, report
from lrlab.checks._summary import forget, record
from lrlab.checks.call import Outcome
from lrlab.checks.compare import Verdict, compare
from lrlab.checks.exercise import Case, Exercise
from lrlab.checks.explain import diagnose
from lrlab.checks.registry import find

_NOTHING = object()
HINT_WIDTH = 82  # nbgrader's Validate cuts longer lines off


class CheckFailed(AssertionError):
    """A wrong answer. Notebooks show its message alone, without thirty lines of traceback."""

    _sign = "✗"

    def _render_traceback_(self) -> list[str]:
        head, *rest = str(self).split("\n")
        return [render.paint(f"{self._sign} {head}", render.BOLD), *rest]  # on the red ground of an error


class NotAttempted(CheckFailed):
    """The exercise still raises NotImplementedError."""

    _sign = "○"


def check(
    name: str,
    function: Callable[..., Any] | None = None,
    cases: Sequence[Any] | None = None,
    *,
    group: str | None = None,
) -> None:
    """Compare your answer with the correct values, and say what is wrong where something is.

    Args:
        name: the exercise, such as "step_decay".
        function: your answer; default the function of that name in the notebook.
        cases: further cases as `(arguments, expected)` pairs, lists standing for arrays. Without them the
            exercise's public cases are used. Of further cases only the count is printed, not the values.
        group: only the public cases of this group, for a check cell with points of its own.

    Raises:
        ValueError: no exercise has this name, or no case is in the group, or a case is malformed.
        NotAttempted: the answer is not there yet, or still raises NotImplementedError.
        CheckFailed: a value is wrong.
    """
    exercise = find(name)
    public = cases is None
    if cases is not None:
        chosen = exercise.read_cases(cases)
    else:
        chosen = exercise.cases if group is None else exercise.in_group(group)
        forget(name, group)  # also where this check stops before the answer is called
    if function is None:
        function = sys._getframe(1).f_globals.get(name, _NOTHING)  # of the notebook's cell that calls
    if function is _NOTHING:
        raise NotAttempted(
            f"{name} is not defined yet.\n"
            "Run the cell with your answer first, then this one. (After a restart of the kernel: Run ▸ Run All Cells.)"
        )
    if not callable(function):
        raise not_a_function(name, type(function).__name__)
    outcomes = exercise.adapter.outcomes(function, chosen)
    verdicts = compare(outcomes, chosen)
    shown, failed = _feedback(exercise, outcomes, verdicts, public=public)
    if public:
        record(name, group, sum(one.right for one in verdicts), len(chosen))
        if shown and render.notebook():
            page = report.page(exercise, verdicts, under_the_table(name, outcomes))
            report.show(page, shown, below=failed is not None)
            shown = ""
    if shown:
        print(shown)
    if failed is not None:
        raise failed


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
    return _feedback(exercise, outcomes, compare(outcomes, cases), public=public)


def _feedback(
    exercise: Exercise, outcomes: Sequence[Outcome], verdicts: Sequence[Verdict], *, public: bool
) -> tuple[str, CheckFailed | None]:
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
