"""The verdict on an answer: compare its outcomes with the right values, and write what the student's page shows."""

from __future__ import annotations

from dataclasses import dataclass, field

from nbformat import NotebookNode
from nbformat.v4 import new_output

from lrlab.checks import CheckFailed
from lrlab.checks.call import Outcome
from lrlab.checks.compare import compare
from lrlab.checks.feedback import feedback_for, not_a_function
from lrlab.grading.scoring.test_specs import TestSpec
from lrlab.grading.submission.replies import Reply


@dataclass(frozen=True)
class Result:
    """What a check cell earned, and the outputs that its page shows."""

    passed: bool
    right: int
    count: int
    outputs: list[NotebookNode] = field(default_factory=list)


def verdict(spec: TestSpec, reply: Reply) -> Result:
    """Compare the outcomes with the right values. Students see the values of public cases only."""
    if reply.absent == "undefined":
        return failed(spec, f"{spec.answer} is not defined: does the cell with the answer stop with an error?")
    if reply.absent:
        return _result(spec, 0, "", not_a_function(spec.exercise.name, reply.absent))
    outcomes = [_completed(spec, number, outcome) for number, outcome in enumerate(reply.outcomes)]
    verdicts = compare(outcomes, spec.cases)
    right = sum(v.right for v in verdicts)
    split = len(spec.public)
    try:
        shown, problem = feedback_for(spec.exercise, spec.public, outcomes[:split])
        # Only what is said of the public cases shows where one of them is wrong; to explain takes seconds.
        shows = problem is None and not all(v.right for v in verdicts[split:])
        hidden = spec.explained if shows else spec.hidden
        further, hidden_problem = feedback_for(spec.exercise, hidden, outcomes[split:], public=False)
    except Exception:  # values that no adapter returns, so that they can't be described
        return failed(spec, f"{spec.answer} gives back values that can't be used.", right)
    text = "\n".join(t for t in (shown, further) if t)
    return _result(spec, right, text, problem or hidden_problem)


def count_right(spec: TestSpec, reply: Reply) -> Result:
    """Return a verdict without a page."""
    outcomes = [_completed(spec, number, outcome) for number, outcome in enumerate(reply.outcomes)]
    right = sum(each.right for each in compare(outcomes, spec.cases))
    return Result(right == len(spec.cases), right, len(spec.cases))


def _completed(spec: TestSpec, number: int, outcome: Outcome) -> Outcome:
    case = spec.cases[number]
    try:
        (finished,) = spec.exercise.adapter.finished([outcome], [case])
        compare([finished], [case])
    except Exception:  # facts that no adapter returns
        return Outcome(kind="odd", type="unknown")
    return finished


def failed(spec: TestSpec, message: str, right: int = 0) -> Result:
    return _result(spec, right, "", CheckFailed(message))


def _result(spec: TestSpec, right: int, text: str, problem: CheckFailed | None) -> Result:
    """Return the result: all cases must be right, as for Validate. nbgrader gives 0 to a cell with an error."""
    count = len(spec.cases)
    passed = problem is None and right == count
    if not passed and problem is None:
        problem = CheckFailed(f"{spec.answer}: {right} of {count} cases right.")
    outputs = [new_output("stream", name="stdout", text=f"{text}\n")] if text else []
    if problem is not None:
        lines = problem.lines()
        outputs.append(new_output("error", ename="CheckFailed", evalue=str(problem), traceback=lines))
    return Result(passed, right, count, outputs)
