"""Judge a submission from outside: its process answers calls with plain values, and these are compared here.

The student's cells run in the kernel, without the check cells. Then, for each check cell of the assignment, the judge
has the exercise's driver run there on public and hidden cases: arguments go in, plain values come out as text. Right
values, the reference and the verdict stay here. So nothing that a submission does to its own process can gain a point:
it has no right value to look up, and no score to write.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_output
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from traitlets import Bool, Integer

from lrlab.checks import CheckFailed
from lrlab.checks._check import not_a_function, told
from lrlab.checks.drive import Outcome
from lrlab.checks.export import MIME
from lrlab.checks.judge import compare
from lrlab.grading.execute import ExecuteSubmission
from lrlab.grading.questions import Question, drawn_seed, hidden_cases, question
from lrlab.grading.reader import KERNELSPEC
from lrlab.grading.replies import Reply, received
from lrlab.grading.sanitise import parts

MOST_RESTARTS = 4  # of a process that dies; each costs a start and the student's cells once more
PREPARE = "from lrlab.checks import export as _lrlab_export\n_lrlab_export.prepare()"
ASK = "from lrlab.checks import export as _lrlab_export\n_lrlab_export.export({name!r}, {answer!r}, {calls!r})"
# What no exercise asks for, and what tampering with the checks takes: worth a look by a person, and no verdict.
UNUSUAL = re.compile(
    r"lrlab\.checks\.\w+|\b(setprofile|settrace|_getframe|ctypes|run_code|run_cell|input_transformers?\w*|os\._exit|gc\.get_\w+)\b"
)


@dataclass(frozen=True)
class Result:
    """What a check cell earned, and what its students' page shows."""

    passed: bool
    right: int
    count: int
    outputs: list[NotebookNode] = field(default_factory=list)


class Judge(ExecuteSubmission):
    """ExecuteSubmission, with check cells that are judged instead of run.

    A process that dies is started anew, with all cells but the deadly one, so that one bad answer costs its own points
    alone. What was drawn and found stands in the graded notebook's `metadata.lrlab`: the seed, and for each check cell
    how many cases were right.
    """

    cases_seed = Integer(
        0, help="What the seed of the hidden cases starts from; the rest of it comes from the submission itself."
    ).tag(config=True)
    record_timing = Bool(False, help="Write into each cell when it ran: then no two gradings are equal.").tag(
        config=True
    )

    def preprocess(
        self, nb: NotebookNode, resources: Any = None, km: Any = None
    ) -> tuple[NotebookNode, dict[str, Any]]:
        course = resources["nbgrader"]
        kept = nb.metadata.get("lrlab", {})
        seed = drawn_seed(self.cases_seed, course["assignment"], course["student"], nb)
        self._questions = self._asked(course, seed)
        self._replies: dict[str, tuple[Reply | None, str]] = {}
        self._deadly: set[int] = set()  # cells that are not run again
        self._restarts = 0
        self._alone = False
        notes = [*kept.get("notes", ()), *_unusual(nb, self._questions)]
        nb, resources = super().preprocess(nb, resources, km)
        # Only now, when no process of the student's is left that could still send something: and what the grader does
        # itself, as training with a schedule, is not taken for a flood of messages from there.
        results = {name: _judged(asked, *self._replies[name]) for name, asked in self._questions.items()}
        for cell in nb.cells:
            if _name(cell) in self._questions:
                cell.execution_count = None
                cell.outputs = results[_name(cell)].outputs
        if self._restarts:
            notes.append(f"The student's process died and was started again {self._restarts} times.")
        judged = {n: NotebookNode(passed=r.passed, right=r.right, cases=r.count) for n, r in results.items()}
        nb.metadata = NotebookNode(
            kernelspec=NotebookNode(KERNELSPEC),
            language_info=NotebookNode(name="python"),
            lrlab=NotebookNode(seed=seed, judged=NotebookNode(judged), notes=notes),
        )
        return nb, resources

    def preprocess_cell(self, cell: NotebookNode, resources: Any, index: int) -> tuple[NotebookNode, Any]:
        if index == 0:
            self._run_line(PREPARE, resources)
        if _name(cell) in self._questions:
            cell.outputs = []
        else:
            self._run(cell, resources, index)
        if index == len(self.nb.cells) - 1:
            for asked in self._questions.values():
                self._replies[asked.cell] = self._reply_to(asked, resources)
        return cell, resources

    def _asked(self, course: Mapping[str, str], seed: int) -> dict[str, Question]:
        """The assignment's questions by the names of their cells, from the gradebook and solutions/."""
        with Gradebook(course["db_url"]) as gradebook:
            known = parts(gradebook.find_notebook(course["notebook"], course["assignment"]))
        checks = {name: part["source"] for name, part in known.items() if _is_check(part)}
        if not checks:
            return {}
        directory = CourseDirectory(config=self.config)
        folder = Path(directory.format_path(directory.source_directory, ".", course["assignment"]))
        hidden = hidden_cases(folder, seed)
        return {name: question(name, source, hidden, folder) for name, source in checks.items()}

    def _run(self, cell: NotebookNode, resources: Any, index: int) -> None:
        """Run one of the student's cells; if the process dies of it, go on in a new one without that cell."""
        super().preprocess_cell(cell, resources, index)
        if self._ended is not None or _timed_out(cell):
            self._deadly.add(index)
        if self._ended is not None:
            self._restart(resources, index)

    def _restart(self, resources: Any, upto: int) -> None:
        """A new process in which the cells before `upto` were run, without the deadly ones; none, after some tries."""
        while self._ended is not None and self._restarts < MOST_RESTARTS:
            self._restarts += 1
            if self.km is not None:
                self._cleanup_kernel()  # forgets both the manager and the client
            self.create_kernel_manager()
            self.start_new_kernel()
            self.start_new_kernel_client()
            self._ended = None
            self._run_line(PREPARE, resources)
            for index, cell in enumerate(self.nb.cells[:upto]):
                if cell.cell_type == "code" and index not in self._deadly and _name(cell) not in self._questions:
                    again = self._run_line(cell.source, resources)
                    if self._ended is not None or _timed_out(again):
                        self._deadly.add(index)
                    if self._ended is not None:
                        break

    def _run_line(self, source: str, resources: Any) -> NotebookNode:
        """Run something that is no cell of the notebook; the outputs stand in the cell that comes back."""
        probe = new_code_cell(source)
        self.nb.cells.append(probe)  # nbclient looks a cell up by its place
        try:
            super().preprocess_cell(probe, resources, len(self.nb.cells) - 1)
        finally:
            self.nb.cells.pop()
            self._display_id_map.clear()  # else a later update would look for the cell that is gone
        return probe

    def _reply_to(self, asked: Question, resources: Any) -> tuple[Reply | None, str]:
        """What comes back, at the second try where the first one choked; or None, and a sentence that says why."""
        if self._ended is not None:  # after the last restart
            return None, f"{asked.answer} was not tried: {self._ended}."
        reply, reason = self._ask(asked, resources)
        if self._ended is None and _is_choked(reply, reason) and not self._alone:
            # Something of the student's own takes all the room: once more, with the assignment's cells alone.
            self._alone, self._ended = True, "nothing came through any more"
            self._deadly |= {index for index, cell in enumerate(self.nb.cells) if not _name(cell)}
            self._restart(resources, len(self.nb.cells))
            if self._ended is None:
                reply, reason = self._ask(asked, resources)
        if self._ended is not None:
            self._restart(resources, len(self.nb.cells))
        return reply, f"{asked.answer} was called, and {reason}."

    def _ask(self, asked: Question, resources: Any) -> tuple[Reply | None, str]:
        """What comes back from the calls; or None, and why."""
        calls = json.dumps([case.args for case in asked.cases], allow_nan=False)
        line = ASK.format(name=asked.exercise.name, answer=asked.answer, calls=calls)
        probe = self._run_line(line, resources)
        if self._ended is not None:
            return None, self._ended
        texts = [o.data[MIME] for o in probe.outputs if MIME in o.get("data", {})]
        reply = received(texts[-1], asked.exercise, len(asked.cases)) if texts else None
        if reply is None and _timed_out(probe):
            return None, "it did not come to an end in time"
        return reply, "no values came back"


def _is_choked(reply: Reply | None, reason: str) -> bool:
    """Whether the process is alive and yet can't answer: its output or its threads are used up."""
    if reply is None:
        return reason == "no values came back"
    return any("can't start new thread" in outcome.get("message", "") for outcome in reply.outcomes)


def _judged(asked: Question, reply: Reply | None, reason: str) -> Result:
    return _failed(asked, reason) if reply is None else verdict(asked, reply)


def verdict(asked: Question, reply: Reply) -> Result:
    """Compare what came back with the right values; students see those of public cases only."""
    if reply.absent == "undefined":
        return _failed(asked, f"{asked.answer} is not defined: does the cell with the answer stop with an error?")
    if reply.absent:
        return _result(asked, 0, "", not_a_function(asked.exercise.name, reply.absent))
    outcomes = [_finished(asked, number, outcome) for number, outcome in enumerate(reply.outcomes)]
    verdicts = compare(outcomes, asked.cases)
    right = sum(v.right for v in verdicts)
    split = len(asked.public)
    try:
        shown, failed = told(asked.exercise, asked.public, outcomes[:split])
        hidden = asked.hidden if all(v.right for v in verdicts[split:]) else asked.explained()
        further, failed_too = told(asked.exercise, hidden, outcomes[split:], public=False)
    except Exception:  # values that no driver makes, so that the words for them fail
        return _failed(asked, f"{asked.answer} gives back values that can't be used.", right)
    text = "\n".join(t for t in (shown, further) if t)
    return _result(asked, right, text, failed or failed_too)


def _finished(asked: Question, number: int, outcome: Outcome) -> Outcome:
    case = asked.cases[number]
    try:
        (finished,) = asked.exercise.adapter.finished([outcome], [case])
        compare([finished], [case])
    except Exception:  # facts that no driver makes
        return Outcome(kind="odd", type="unknown")
    return finished


def _failed(asked: Question, message: str, right: int = 0) -> Result:
    return _result(asked, right, "", CheckFailed(message))


def _result(asked: Question, right: int, text: str, failed: CheckFailed | None) -> Result:
    """A cell earns its points when all its cases are right, as Validate has it; nbgrader gives one with an error 0."""
    count = len(asked.cases)
    passed = failed is None and right == count
    if not passed and failed is None:
        failed = CheckFailed(f"{asked.answer}: {right} of {count} cases right.")
    outputs = [new_output("stream", name="stdout", text=f"{text}\n")] if text else []
    if failed is not None:
        lines = failed._render_traceback_()
        outputs.append(new_output("error", ename="CheckFailed", evalue=str(failed), traceback=lines))
    return Result(passed, right, count, outputs)


def _name(cell: NotebookNode) -> str:
    return str((cell.metadata.get("nbgrader") or {}).get("grade_id", ""))


def _is_check(part: Mapping[str, Any]) -> bool:
    metadata = part["metadata"]
    return bool(metadata["grade"] and not metadata["solution"] and part["cell_type"] == "code")


def _timed_out(cell: NotebookNode) -> bool:
    return any(o.output_type == "error" and o.ename == "CellTimeoutError" for o in cell.get("outputs", ()))


def _unusual(nb: NotebookNode, questions: Mapping[str, Question]) -> list[str]:
    notes = []
    for number, cell in enumerate(nb.cells, start=1):
        if cell.cell_type == "code" and _name(cell) not in questions:
            words = sorted({found.group() for found in UNUSUAL.finditer(cell.source)})
            if words:
                notes.append(f"Cell {number} uses {', '.join(words[:5])}, which no exercise asks for.")
    return notes
