"""``check``: exercise an answer, print the table, and raise a short error where it is wrong."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

from lrlab.checks import render, report
from lrlab.checks._summary import forget, record
from lrlab.checks.compare import compare
from lrlab.checks.feedback import NotAttempted, feedback, not_a_function, under_the_table
from lrlab.checks.registry import find

_NOTHING = object()


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
        cases: further cases as ``(arguments, expected)`` pairs, lists standing for arrays. Without them the
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
    shown, failed = feedback(exercise, outcomes, verdicts, public=public)
    if public:
        attempted = not isinstance(failed, NotAttempted)
        record(name, group, sum(one.right for one in verdicts) if attempted else None, len(chosen))
        if shown and render.notebook():
            page = report.page(exercise, verdicts, under_the_table(name, outcomes))
            report.show(page, shown, below=failed is not None)
            shown = ""
    if shown:
        print(shown)
    if failed is not None:
        raise failed
