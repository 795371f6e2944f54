"""Judge a submission from outside: its process answers calls with plain values, and these are compared here.

The student's cells run in the kernel. In place of each check cell, as in the notebook, and once more after the last
cell, the judge has the exercise's driver run there on public and hidden cases: arguments go in, plain values come out
as text. The better of the two results counts. Right values, the reference and the verdict stay here: the process has no
right value to look up, and no score to write.
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
from lrlab.checks._check import feedback_for, not_a_function
from lrlab.checks.call import Outcome
from lrlab.checks.compare import compare
from lrlab.checks.export import MIME
from lrlab.grading.execute import NOT_RUN, ExecuteSubmission, timed_out
from lrlab.grading.leftovers import leftovers
from lrlab.grading.questions import Question, drawn_seed, hidden_cases, question
from lrlab.grading.reader import KERNELSPEC
from lrlab.grading.replies import Reply, received
from lrlab.grading.sandbox import RESERVE
from lrlab.grading.sanitise import parts

MOST_RESTARTS = 4  # of a process that dies; each costs a start and the student's cells once more
PREPARE = "from lrlab.checks import export as _lrlab_export\n_lrlab_export.prepare()\ndel _lrlab_export"
ASK = "import _lrlab_asked\n_lrlab_asked.export({name!r}, {answer!r}, {calls!r})"
# What no exercise asks for, and what tampering with the checks takes: worth a look by a person, and no verdict.
UNUSUAL = re.compile(
    r"lrlab\.checks\.\w+|from lrlab\.checks import (?!check\s*($|#))[^\n]*|_lrlab\w*|\bsys\.modules\b"
    r"|\b(setprofile|settrace|_getframe|ctypes|run_code|run_cell|input_transformers?\w*|os\._exit|gc\.get_\w+)\b"
    r"|\b(getsource\w*|FunctionType|CodeType|co_\w+|f_globals|f_back|__(code|globals|closure|subclasses|builtins)__)\b",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Result:
    """What a check cell earned, and what its students' page shows."""

    passed: bool
    right: int
    count: int
    outputs: list[NotebookNode] = field(default_factory=list)


Claim = tuple[Reply | None, str]  # what came back from an answer; or None, and a sentence that says why


class Judge(ExecuteSubmission):
    """ExecuteSubmission, with check cells that are judged instead of run.

    A process that dies is started anew, with all cells but the deadly one, so that one bad answer costs its own points
    alone. When the time of the whole submission is up, the assignment's own cells have some more, without the student's
    other cells; a person marks the answers that are not right then. The graded notebook's `metadata.lrlab` has the
    seed, for each check cell how many cases were right, and what waits for a person.
    """

    cases_seed = Integer(
        0, help="What the seed of the hidden cases starts from; the rest of it comes from the submission itself."
    ).tag(config=True)
    reserve = Integer(
        RESERVE, help="Seconds of processor time for the assignment's cells alone, when a submission's time was up."
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
        known, source = self._assignment(course)
        self._questions = self._asked(known, source.parent, seed)
        self._claims: dict[str, list[Claim]] = {name: [] for name in self._questions}
        self._whole: set[str] = set()  # check cells that were asked while all of the submission's cells were there
        self._deadly: set[int] = set()  # cells that are not run again
        self._restarts = self._tries = 0
        self._alone = self._late = False
        path = resources["metadata"].get("path")
        unused, unwritten = leftovers(nb, known, source, Path(path) if path else None)
        notes = [*kept.get("notes", ()), *unused, *_unusual(nb, self._questions)]
        nb, resources = super().preprocess(nb, resources, km)
        # Only now, when no process of the student's is left that could still send something: and what the grader does
        # itself, as training with a schedule, is not taken for a flood of messages from there.
        results = {name: self._best(asked, notes) for name, asked in self._questions.items()}
        for cell in nb.cells:
            if _name(cell) in self._questions:
                cell.execution_count = None
                cell.outputs = results[_name(cell)].outputs
        late = [name for name, found in results.items() if not found.passed and name not in self._whole]
        if self._late:
            notes.append(
                f"The time of {self.submission_timeout} seconds was up. The assignment's own cells were run without "
                f"the others{', and a person has to mark ' * bool(late)}{', '.join(late)}."
            )
        if self._restarts:
            notes.append(f"The student's process died and was started again {self._restarts} times.")
        judged = {n: NotebookNode(passed=r.passed, right=r.right, cases=r.count) for n, r in results.items()}
        nb.metadata = NotebookNode(
            kernelspec=NotebookNode(KERNELSPEC),
            language_info=NotebookNode(name="python"),
            lrlab=NotebookNode(seed=seed, judged=NotebookNode(judged), notes=notes, waiting=[*unwritten, *late]),
        )
        return nb, resources

    def preprocess_cell(self, cell: NotebookNode, resources: Any, index: int) -> tuple[NotebookNode, Any]:
        if index == 0:
            self._run_line(PREPARE, resources)
        asked = self._questions.get(_name(cell))
        if asked is not None:
            self._claim(asked, resources, index)
        elif self._late and not _name(cell):
            message = "Not run: the time for the whole submission was up."
            cell.outputs = [new_output("error", ename=NOT_RUN, evalue=message, traceback=[f"{NOT_RUN}: {message}"])]
        else:
            self._run(cell, resources, index)
        if index == len(self.nb.cells) - 1:
            for asked in self._questions.values():
                self._claim(asked, resources, index + 1)
        return cell, resources

    def _claim(self, asked: Question, resources: Any, upto: int) -> None:
        """Ask an answer, with the cells before `upto` there."""
        whole = not self._late
        claim = self._reply_to(asked, resources, upto)
        if whole and self._is_over():
            self._go_on_alone(resources, upto)
            if claim[0] is None:
                claim, whole = self._reply_to(asked, resources, upto), False
        if whole:
            self._whole.add(asked.cell)
        self._claims[asked.cell].append(claim)

    def _best(self, asked: Question, notes: list[str]) -> Result:
        """The better result of those that an answer had."""
        results: list[Result] = []
        for number, claim in enumerate(self._claims[asked.cell]):
            if claim not in self._claims[asked.cell][:number]:
                results.append(_judged(asked, *claim))
        best = max(results, key=lambda found: (found.passed, found.right))
        if not all(found.passed == best.passed for found in results) and not self._late:
            rights = " and ".join(str(found.right) for found in results)
            notes.append(
                f"{asked.answer} ({asked.cell}) was asked after its cell and at the end: {rights} of {best.count} "
                "right. The better one counts."
            )
        return best

    def _assignment(self, course: Mapping[str, str]) -> tuple[dict[str, dict[str, Any]], Path]:
        """The assignment's cells by name, from the gradebook, and the instructor's notebook."""
        with Gradebook(course["db_url"]) as gradebook:
            known = parts(gradebook.find_notebook(course["notebook"], course["assignment"]))
        directory = CourseDirectory(config=self.config)
        folder = Path(directory.format_path(directory.source_directory, ".", course["assignment"]))
        return known, folder / f"{course['notebook']}.ipynb"

    def _asked(self, known: Mapping[str, Mapping[str, Any]], folder: Path, seed: int) -> dict[str, Question]:
        """The assignment's questions by the names of their cells."""
        checks = {name: part["source"] for name, part in known.items() if _is_check(part)}
        hidden = hidden_cases(folder, seed) if checks else {}
        return {name: question(name, source, hidden, folder) for name, source in checks.items()}

    def _run(self, cell: NotebookNode, resources: Any, index: int) -> None:
        """Run one of the student's cells; if the process dies of it, go on in a new one without that cell."""
        super().preprocess_cell(cell, resources, index)
        if self._is_over():
            self._go_on_alone(resources, index + 1)
            return
        if self._ended is not None or timed_out(cell):
            self._deadly.add(index)
        if self._ended is not None:
            self._restart(resources, index)

    def _go_on_alone(self, resources: Any, upto: int) -> None:
        """When the submission's time is up: some more, once, for the cells that the assignment has."""
        if self._late:
            return
        self._late = self._alone = True
        self._deadly |= {index for index, cell in enumerate(self.nb.cells) if not _name(cell)}
        self._ended, self._tries = "the time for the whole submission was up", 0
        self._start_clock(self.reserve)
        self._restart(resources, upto)

    def _restart(self, resources: Any, upto: int) -> None:
        """A new process in which the cells before `upto` were run, without the deadly ones; none, after some tries."""
        while self._ended is not None and self._tries < MOST_RESTARTS:
            self._restarts += 1
            self._tries += 1
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
                    if self._ended is not None or timed_out(again):
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

    def _reply_to(self, asked: Question, resources: Any, upto: int) -> Claim:
        """What comes back, at the second try where the first one choked; or None, and a sentence that says why."""
        if self._ended is not None:  # after the last restart
            return None, f"{asked.answer} was not tried: {self._ended}."
        reply, reason = self._ask(asked, resources)
        if self._ended is None and _is_choked(reply, reason) and not self._alone:
            # Something of the student's own takes all the room: once more, with the assignment's cells alone.
            self._alone, self._ended = True, "nothing came through any more"
            self._deadly |= {index for index, cell in enumerate(self.nb.cells) if not _name(cell)}
            self._restart(resources, upto)
            if self._ended is None:
                reply, reason = self._ask(asked, resources)
        if self._ended is not None and not self._is_over():
            self._restart(resources, upto)
        return reply, f"{asked.answer} was called, and {reason}."

    def _ask(self, asked: Question, resources: Any) -> Claim:
        """What comes back from the calls; or None, and why."""
        calls = json.dumps([case.args for case in asked.cases], allow_nan=False)
        line = ASK.format(name=asked.exercise.name, answer=asked.answer, calls=calls)
        probe = self._run_line(line, resources)
        if self._ended is not None:
            return None, self._ended
        texts = [o.data[MIME] for o in probe.outputs if MIME in o.get("data", {})]
        reply = received(texts[-1], asked.exercise, len(asked.cases)) if texts else None
        if reply is None and timed_out(probe):
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
        shown, failed = feedback_for(asked.exercise, asked.public, outcomes[:split])
        hidden = asked.hidden if all(v.right for v in verdicts[split:]) else asked.explained()
        further, failed_too = feedback_for(asked.exercise, hidden, outcomes[split:], public=False)
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


def _unusual(nb: NotebookNode, questions: Mapping[str, Question]) -> list[str]:
    notes = []
    for number, cell in enumerate(nb.cells, start=1):
        if cell.cell_type == "code" and _name(cell) not in questions:
            words = sorted({found.group() for found in UNUSUAL.finditer(cell.source)})
            if words:
                notes.append(f"Cell {number} uses {', '.join(words[:5])}, which no exercise asks for.")
    return notes
