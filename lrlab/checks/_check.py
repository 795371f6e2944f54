"""`check`: exercise an answer, print the table, and raise a short error where it is wrong."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable, Sequence
from typing import Any

from lrlab.checks import render
from lrlab.checks._summary import record
from lrlab.checks.call import Outcome
from lrlab.checks.compare import compare
from lrlab.checks.exercise import Case, Exercise
from lrlab.checks.explain import diagnose
from lrlab.checks.registry import find

_NOTHING = object()
HINT_WIDTH = 82  # nbgrader's Validate cuts longer lines off


class CheckFailed(AssertionError):
    """A wrong answer. Notebooks show its message alone, without thirty lines of traceback."""

    _sign = "✗"
    _codes: tuple[str, ...] = (render.RED, render.BOLD)

    def _render_traceback_(self) -> list[str]:
        head, *rest = str(self).split("\n")
        return [render.paint(f"{self._sign} {head}", *self._codes), *rest]


class NotAttempted(CheckFailed):
    """The exercise still raises NotImplementedError."""

    _sign = "○"
    _codes = (render.BOLD,)


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
    shown, failed = feedback_for(exercise, chosen, outcomes, public=public)
    if public:
        record(name, group, sum(one.right for one in compare(outcomes, chosen)), len(chosen))
    if shown:
        print(shown)
    if failed is not None:
        raise failed


def not_a_function(name: str, kind: str) -> CheckFailed:
    """Return what to say where the answer's name stands for something of another kind."""
    hint = f"Hint: another cell uses the name {name} for something else. Run the cell with your answer again."
    return CheckFailed(f"{name} is not a function (its type is {kind}).\n{_wrap(hint)}")


def feedback_for(
    exercise: Exercise, cases: Sequence[Case], outcomes: Sequence[Outcome], *, public: bool = True
) -> tuple[str, CheckFailed | None]:
    """Return what a check prints of these outcomes, and the error where one is wrong.

    The value of a case is shown only if the case is public.
    """
    name = exercise.name
    if any(o.get("type") == "NotImplementedError" for o in outcomes if o.get("kind") == "error"):
        return "", NotAttempted(
            f"{name}: not attempted yet.\n"
            "Put your answer in place of the `raise NotImplementedError` line, run that cell, then this one."
        )
    verdicts = compare(outcomes, cases)
    right = sum(v.right for v in verdicts)
    lines = []
    if public:
        lines += [render.table(exercise, verdicts), *_printed(name, outcomes)]
        notes = [v.outcome.get("facts", {}).get("note") for v in verdicts]
        lines += dict.fromkeys(str(note) for note in notes if note is not None)
    what = "cases" if public else "further cases"
    if right == len(cases):
        return "\n".join([*lines, render.paint(f"✓ All {right} {what} right.", render.GREEN, render.BOLD)]), None
    hints = [_wrap(f"Hint: {hint}") for hint in diagnose(exercise, verdicts)]
    return "\n".join(lines), CheckFailed("\n".join([f"{name}: {right} of {len(cases)} {what} right.", *hints]))


def _printed(name: str, outcomes: Sequence[Outcome]) -> list[str]:
    """Show what the answer printed, for a student who debugs with print; it was caught to keep the table whole."""
    lines = "".join(o.get("printed", "") for o in outcomes).splitlines()
    return [f"{name} printed: " + " | ".join(lines[:5])[: render.WIDTH]] if lines else []


def _wrap(text: str) -> str:
    return textwrap.fill(
        " ".join(text.split()), HINT_WIDTH, subsequent_indent="      ", break_long_words=False, break_on_hyphens=False
    )
