"""Call a submission's answers in its own process, between its cells: arguments go in, plain values come out.

The process may die, or its time may be up. It is started again, so that a bad cell costs only its own points.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from typing import Any

from nbformat import NotebookNode
from traitlets import Integer

from lrlab.checks.reply import EVENT, MIME
from lrlab.grading.sandbox.limits import RESERVE
from lrlab.grading.sandbox.provisioner import SandboxedKernelManager
from lrlab.grading.scoring.execution import ExecuteSubmission, timed_out
from lrlab.grading.scoring.test_specs import TestSpec
from lrlab.grading.submission.cells import cell_name
from lrlab.grading.submission.replies import Reply, parse_reply, verified

KEY_BYTES = 32
MOST_RESTARTS = 4  # of a process that dies; each one runs the student's cells again
# Without a sandbox; with one, `init` does it before any code of the student's.
PREPARE = "__import__('lrlab.checks.reply').checks.reply.prepare(bytes.fromhex({key!r}))"
ASK = "__import__('sys').audit({event!r}, *{question!r})"

Answered = tuple[Reply | None, str]  # the reply to the calls; or None, and a sentence that says why


class CallAnswers(ExecuteSubmission):
    """ExecuteSubmission, which also calls answers, and goes on after a process has died.

    A process that dies is started again with all cells except the one that ended it. When the time of the whole
    submission is up, the assignment's own cells get some more, without the student's other cells.
    """

    reserve = Integer(
        RESERVE, help="Seconds of processor time for the assignment's cells alone, when a submission's time was up."
    ).tag(config=True)

    def _begin(self, specs: Mapping[str, TestSpec]) -> None:
        """Start with a submission; ``specs`` has what is called in place of a cell, by the cell's name."""
        self._specs = specs
        self._deadly: set[int] = set()  # cells that are not run again
        self._restarts = self._tries = 0
        self._alone = self._late = False  # only the assignment's own cells run; because the time was up

    def _run(self, cell: NotebookNode, resources: Any, index: int) -> None:
        """Run one of the student's cells; if the process dies, go on in a new one without that cell."""
        super().preprocess_cell(cell, resources, index)
        if self._is_over():
            self._run_assignment_alone(resources, index + 1)
            return
        if self._ended is not None or timed_out(cell):
            self._deadly.add(index)
        if self._ended is not None:
            self._restart(resources, index)

    def _run_assignment_alone(self, resources: Any, upto: int) -> None:
        """When the submission's time is up, run the assignment's own cells once more in a time of their own."""
        if self._late:
            return
        self._late = self._alone = True
        self._deadly |= {index for index, cell in enumerate(self.nb.cells) if not cell_name(cell)}
        self._ended, self._tries = "the time for the whole submission was up", 0
        self._start_clock(self.reserve)
        self._restart(resources, upto)

    def _restart(self, resources: Any, upto: int) -> None:
        """Run the cells before ``upto`` in a new process, without the deadly ones; give up after a while."""
        while self._ended is not None and self._tries < MOST_RESTARTS:
            self._restarts += 1
            self._tries += 1
            if self.km is not None:
                self._cleanup_kernel()  # drops both the manager and the client
            self.create_kernel_manager()
            self.start_new_kernel()
            self.start_new_kernel_client()
            self._ended = None
            self._prepare(resources)
            for index, cell in enumerate(self.nb.cells[:upto]):
                if cell.cell_type == "code" and index not in self._deadly and cell_name(cell) not in self._specs:
                    again = self._run_line(cell.source, resources)
                    if self._ended is not None or timed_out(again):
                        self._deadly.add(index)
                    if self._ended is not None:
                        break

    def create_kernel_manager(self) -> SandboxedKernelManager:
        """Create a manager whose kernel has a new key to sign its replies with."""
        manager = super().create_kernel_manager()
        self._key = secrets.token_bytes(KEY_BYTES)
        manager.reply_key = self._key
        return manager

    def _prepare(self, resources: Any) -> None:
        if self.unsandboxed:
            self._run_line(PREPARE.format(key=self._key.hex()), resources)

    def _run_line(self, source: str, resources: Any) -> NotebookNode:
        """Run code that is not a cell of the notebook; return it as a cell with its outputs."""
        probe = NotebookNode(  # not by `new_code_cell`, which validates it
            id="probe", cell_type="code", metadata=NotebookNode(), execution_count=None, source=source, outputs=[]
        )
        self.nb.cells.append(probe)  # nbclient looks a cell up by its index
        try:
            super().preprocess_cell(probe, resources, len(self.nb.cells) - 1)
        finally:
            self.nb.cells.pop()
            self._display_id_map.clear()  # otherwise a later update would look for the removed cell
        return probe

    def _reply_to(self, spec: TestSpec, resources: Any, upto: int) -> Answered:
        """Return the reply, of a second try if the first one was choked; or None, and a sentence that says why."""
        if self._ended is not None:  # after the last restart
            return None, f"{spec.answer} was not tried: {self._ended}."
        reply, reason = self._ask(spec, resources)
        if self._ended is None and _is_choked(reply, reason) and not self._alone:
            # Output or threads of the student's other cells use everything up: try with the assignment's cells alone.
            self._alone, self._ended = True, "nothing came through any more"
            self._deadly |= {index for index, cell in enumerate(self.nb.cells) if not cell_name(cell)}
            self._restart(resources, upto)
            if self._ended is None:
                reply, reason = self._ask(spec, resources)
        if self._ended is not None and not self._is_over():
            self._restart(resources, upto)
        return reply, f"{spec.answer} was called, and {reason}."

    def _ask(self, spec: TestSpec, resources: Any) -> Answered:
        """Return the reply to the calls; or None, and why."""
        calls = json.dumps([case.args for case in spec.cases], allow_nan=False)
        question = (
            spec.exercise.name,
            spec.answer,
            calls,
            secrets.token_hex(16),
        )  # the last so that it has no old reply
        probe = self._run_line(ASK.format(event=EVENT, question=question), resources)
        if self._ended is not None:
            return None, self._ended
        signed = [o.data[MIME] for o in probe.outputs if MIME in o.get("data", {})]
        texts = [text for text in (verified(each, self._key, question) for each in signed) if text is not None]
        reply = parse_reply(texts[0], spec.exercise, len(spec.cases)) if texts else None
        if reply is None and timed_out(probe):
            return None, "it did not come to an end in time"
        return reply, "no values came back"


def _is_choked(reply: Reply | None, reason: str) -> bool:
    """Return whether the process is alive but can't answer, because its output or its threads are used up."""
    if reply is None:
        return reason == "no values came back"
    return any("can't start new thread" in outcome.get("message", "") for outcome in reply.outcomes)
