"""Run a submission: every cell, boxed, within its limits, with warnings that cost nothing."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from queue import Empty
from typing import Any

from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import DeadKernelError
from nbclient.util import ensure_async, run_sync
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_output
from nbgrader.preprocessors import Execute
from nbgrader.utils import is_grade
from traitlets import Bool, Integer, Unicode

from lrlab.grading.sandbox.provisioner import BoxedKernelManager
from lrlab.grading.sandbox.bubblewrap import PATIENCE, Limits, SandboxError, program
from lrlab.grading.sandbox.file_tree import private

UNBOXED = (
    "**Graded without a sandbox.** This notebook ran with the grader's own rights on the grader's machine, because the "
    "instructor asked for it. What it printed or scored may have been tampered with."
)
NOT_RUN = "NotRun"
TICK = 2  # seconds between two looks at a cell's time
COMES_BACK = 20.0  # seconds that a kernel has to answer again after a cell was stopped


class ExecuteSubmission(Execute):
    """nbgrader's Execute, with four differences: a box, no skipped cell, stderr is no verdict, and no cell ends it all.

    The kernel is always lrlab's own, in a box (`lrlab.grading.sandbox.provisioner`), forked from a warm parent where this
    process has one (`lrlab.grading.sandbox.zygote`). Without a sandbox nothing is run.

    nbgrader gives 0 to a test cell that wrote anything to stderr. torch's warnings go there, and so would lose an
    honest student the points. An error still gives 0: it is an output of its own.

    A kernel that dies, or is ended for what it took, leaves an error in that cell and in all that follow.
    """

    unsandboxed = Bool(
        False, help="Run submissions without a sandbox, with all of the grader's rights. Say so only if you trust them."
    ).tag(config=True)
    memory = Integer(Limits.memory, help="Bytes that all processes of a submission may use.").tag(config=True)
    submission_timeout = Integer(
        Limits.submission, help="Seconds of processor time for the whole submission; three times that on the clock."
    ).tag(config=True)
    seed = Integer(0, help="What the global random generators of torch, numpy and Python start from.").tag(config=True)

    # The sanitiser has removed all tags. Should one survive, a comma is what no valid tag holds.
    skip_cells_with_tag = Unicode(",").tag(config=True)
    # A message that was too long is lost, the last of a cell's with it: that ends a cell, not the submission.
    raise_on_iopub_timeout = Bool(False).tag(config=True)
    store_widget_state = Bool(False).tag(config=True)

    _manager: BoxedKernelManager | None = None  # the last one, also after nbclient has forgotten it

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("kernel_manager_class", BoxedKernelManager)
        super().__init__(*args, **kwargs)

    @property
    def limits(self) -> Limits:
        seconds = self.timeout if self.timeout and self.timeout > 0 else Limits.cell
        return Limits(memory=self.memory, cell=seconds, submission=self._budget, clock=PATIENCE * self._budget)

    def create_kernel_manager(self) -> AsyncKernelManager:
        if not self.unsandboxed:
            try:
                program()
            except SandboxError as error:
                self.log.error("Not graded: %s", error)
                raise SandboxError(
                    f"{error}; without it grading is refused, unless c.ExecuteSubmission.unsandboxed = True asks for it"
                ) from None
        # A kernel that is started in place of a dead one has what is left of the submission's time.
        used, passed = self._spent()
        self._earlier, limits = used, self.limits
        limits = replace(
            limits, submission=max(1, round(limits.submission - used)), clock=max(1, round(limits.clock - passed))
        )
        self.km = self._manager = BoxedKernelManager(
            kernel_name="python3",
            config=self.config,
            limits=limits,
            private=private(self.config),
            seed=self.seed,
            boxed=not self.unsandboxed,
        )
        return self.km

    async def async_start_new_kernel_client(self) -> Any:
        try:
            return await super().async_start_new_kernel_client()
        except RuntimeError as error:
            box = self._manager.box if self._manager is not None else None
            raise SandboxError(
                f"the kernel did not start: {(box and box.said()) or error}; `lrlab doctor` says more"
            ) from error

    start_new_kernel_client = run_sync(async_start_new_kernel_client)

    def preprocess(
        self, nb: NotebookNode, resources: Any = None, km: Any = None
    ) -> tuple[NotebookNode, dict[str, Any]]:
        self._ended: str | None = None
        self._manager = None
        self._start_clock(self.submission_timeout)
        nb, resources = super().preprocess(nb, resources)  # in no kernel that was brought along
        for cell in filter(is_grade, nb.cells):
            for output in cell.get("outputs", ()):
                if output.output_type == "stream" and output.name == "stderr":
                    output.name = "stdout"
        if self.unsandboxed:
            self.log.warning("Graded without a sandbox, as c.ExecuteSubmission.unsandboxed asks")
            nb.cells.insert(0, new_markdown_cell(UNBOXED))
        return nb, resources

    def preprocess_cell(self, cell: NotebookNode, resources: Any, index: int) -> tuple[NotebookNode, Any]:
        if cell.cell_type != "code" or not cell.source.strip():
            return cell, resources
        if self._ended is None:
            assert self.kc is not None
            assert self._manager is not None
            self.kc.session.new_cell()
            box = self._manager.box
            self._dropped = False
            self._cell_from = self._spent()
            try:
                cell, resources = super().preprocess_cell(cell, resources, index)
                if timed_out(cell) and box is not None and not self._comes_back():
                    box.kill("a cell did not stop when its time was up")
                    raise DeadKernelError
                return cell, resources
            except DeadKernelError:
                reason = box.reason if box is not None else None
                self._ended = f"the kernel was ended: {reason}" if reason else "the kernel died"
            except Exception as error:  # what a student's process sends may trip nbclient anywhere
                self._ended = f"the kernel sent what no kernel sends ({type(error).__name__})"
            self.log.warning("In cell %d %s", index, self._ended)
        else:
            cell.outputs = []
        message = f"{self._ended[0].upper()}{self._ended[1:]}."
        cell.outputs.append(new_output("error", ename=NOT_RUN, evalue=message, traceback=[f"{NOT_RUN}: {message}"]))
        return cell, resources

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> NotebookNode | None:
        if msg.get("dropped"):
            if not self._dropped:
                self._dropped = True
                note = "\n[What this cell shows beyond this point is left out: it is too much.]\n"
                cell.outputs.append(new_output("stream", name="stdout", text=note))
            return None
        return super().process_message(msg, cell, cell_index)

    async def _async_poll_kernel_alive(self) -> None:
        """Watch the kernel until it is gone.

        Where a message trips nbclient, it leaves this task behind, which then finds no kernel to ask. An error that no
        one fetches is written whenever Python collects it; until Python 3.11.8 that broke an `ast.parse` under way.
        """
        try:
            await super()._async_poll_kernel_alive()
        except AssertionError:
            if self.kc is not None:
                raise

    def _get_timeout(self, cell: NotebookNode | None) -> int | None:
        """How long to wait until a look at the time, which is the processor's as long as the clock permits."""
        return min(TICK, self.limits.cell)

    async def _async_handle_timeout(self, timeout: int, cell: NotebookNode | None = None) -> dict[str, Any] | None:
        used, passed = (now - then for now, then in zip(self._spent(), self._cell_from, strict=True))
        limit = self.limits.cell
        if used < limit and passed < PATIENCE * limit and not self._is_over():
            await asyncio.sleep(0.1)  # where a submission sends messages of its own, nbclient does not wait
            return None
        reply: dict[str, Any] | None = await super()._async_handle_timeout(limit, cell)
        return reply

    async def _async_comes_back(self) -> bool:
        """Whether a kernel that was interrupted answers again."""
        assert self.kc is not None
        asked, until = self.kc.kernel_info(), time.monotonic() + COMES_BACK
        while time.monotonic() < until:
            try:
                message = await ensure_async(self.kc.shell_channel.get_msg(timeout=1))
            except Empty:
                await self._async_check_alive()
                continue
            if message["parent_header"].get("msg_id") == asked:
                return True
        return False

    _comes_back = run_sync(_async_comes_back)

    def _start_clock(self, seconds: int) -> None:
        """From now on a submission has so many seconds of processor time."""
        self._budget = seconds
        self._cell_from = 0.0, 0.0
        self._began = time.monotonic()
        self._earlier = 0.0
        if self._manager is not None and self._manager.box is not None:
            self._earlier = -self._manager.box.cpu()

    def _spent(self) -> tuple[float, float]:
        """Seconds of processor time that the submission has used, and seconds that went by on the clock."""
        passed = time.monotonic() - self._began
        box = self._manager.box if self._manager is not None else None
        if box is None:  # not started yet, or without a sandbox, where no one counts
            return (0.0 if not self.unsandboxed else passed), passed
        return min(passed, self._earlier + box.cpu()), passed

    def _is_over(self) -> bool:
        used, passed = self._spent()
        return used >= self._budget - 1 or passed >= PATIENCE * self._budget - 1  # a box counts whole seconds


def timed_out(cell: NotebookNode) -> bool:
    return any(o.output_type == "error" and o.ename == "CellTimeoutError" for o in cell.get("outputs", ()))
