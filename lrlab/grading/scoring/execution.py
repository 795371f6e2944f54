"""Run a submission: every cell of it, in the sandbox, within its limits; warnings cost no points."""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import replace
from queue import Empty
from typing import Any

import zmq
from nbclient.exceptions import DeadKernelError
from nbclient.util import ensure_async, run_sync
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_output
from nbgrader.preprocessors import Execute
from nbgrader.utils import is_grade
from traitlets import Bool, Enum, Integer, Unicode

from lrlab.checks.registry import unavailable_modules
from lrlab.grading.sandbox import zygote
from lrlab.grading.sandbox.bubblewrap import find_bubblewrap
from lrlab.grading.sandbox.file_tree import private_paths
from lrlab.grading.sandbox.limits import WALL_CLOCK_FACTOR, Limits, SandboxError
from lrlab.grading.sandbox.process import SandboxedProcess
from lrlab.grading.sandbox.provisioner import SandboxedKernelManager

UNSANDBOXED = (
    "**Graded without a sandbox.** This notebook ran with the grader's own rights on the grader's machine, because the "
    "instructor asked for it. What it printed or scored may have been tampered with."
)
NOT_RUN = "NotRun"
TICK = 2  # seconds between two checks of a cell's time
# By its own name or by a part of lrlab; the checks do without. Without it torch starts from its own seed, as it does in
# the zygote of a unit that does not import it. A line is searched once, from its first `import`.
IMPORTS_TORCH = re.compile(r"(?:^(?>.*?import).*\b|from\s+)(?:torch|lrlab(?!\.checks\b))", re.MULTILINE)
RECOVERY = 20.0  # seconds in which a kernel has to answer after a cell was interrupted


class ExecuteSubmission(Execute):
    """nbgrader's Execute with four differences: a sandbox, all cells run, stderr is harmless, no cell ends it all.

    The kernel is always lrlab's own, in a sandbox (``lrlab.grading.sandbox.provisioner``), forked from this process's
    zygote if there is one (``lrlab.grading.sandbox.zygote``). Without a sandbox nothing is run.

    nbgrader gives 0 to a test cell that wrote anything to stderr. torch's warnings go there and would cost an honest
    student the points. An error still gives 0: it is an output of another type.

    If a kernel dies, or is ended because it exceeded a limit, that cell and all later ones get an error. If it ended
    with its zygote, that is a SandboxError, because the submission has to be run again.
    """

    unsandboxed = Bool(
        False, help="Run submissions without a sandbox, with all of the grader's rights. Set it only if you trust them."
    ).tag(config=True)
    memory = Integer(Limits.memory, help="Bytes that all processes of a submission may use.").tag(config=True)
    submission_timeout = Integer(
        Limits.submission, help="Seconds of processor time for the whole submission; on the clock three times that."
    ).tag(config=True)
    seed = Integer(0, help="Seed of the global random generators of torch, numpy and Python.").tag(config=True)

    # RestoreCells has removed all tags. If one got through: no valid tag has a comma in it.
    skip_cells_with_tag = Unicode(",").tag(config=True)
    # A message that is too long is lost. If it was a cell's last one, that ends the cell, not the submission.
    raise_on_iopub_timeout = Bool(False).tag(config=True)
    store_widget_state = Bool(False).tag(config=True)
    # At its end there is nothing to ask of a student's process.
    shutdown_kernel = Enum(["graceful", "immediate"], "immediate").tag(config=True)

    _unavailable: tuple[str, ...] = ()  # modules of lrlab that the unit forbids
    _torch = True  # whether the submission may want it
    _manager: SandboxedKernelManager | None = None  # the last one, also after nbclient has dropped it

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("kernel_manager_class", SandboxedKernelManager)
        super().__init__(*args, **kwargs)

    @property
    def limits(self) -> Limits:
        seconds = self.timeout if self.timeout and self.timeout > 0 else Limits.cell
        return Limits(memory=self.memory, cell=seconds, submission=self._budget, clock=WALL_CLOCK_FACTOR * self._budget)

    def create_kernel_manager(self) -> SandboxedKernelManager:
        if not self.unsandboxed:
            try:
                find_bubblewrap()
            except SandboxError as error:
                self.log.error("Not graded: %s", error)
                raise SandboxError(
                    f"{error}; without it grading is refused, unless c.ExecuteSubmission.unsandboxed is True"
                ) from None
        # A kernel that replaces a dead one gets the rest of the submission's time.
        used, elapsed = self._spent()
        self._earlier, limits = used, self.limits
        limits = replace(
            limits, submission=max(1, round(limits.submission - used)), clock=max(1, round(limits.clock - elapsed))
        )
        self.km = self._manager = SandboxedKernelManager(
            kernel_name="python3",
            config=self.config,
            limits=limits,
            private=private_paths(self.config),
            unavailable=self._unavailable,
            seed=self.seed,
            sandboxed=not self.unsandboxed,
            torch=self._torch,
        )
        return self._manager

    @property
    def _sandbox(self) -> SandboxedProcess | None:
        return self._manager.sandbox if self._manager is not None else None

    async def async_start_new_kernel_client(self) -> Any:
        try:
            return await super().async_start_new_kernel_client()
        except RuntimeError as error:
            reason = (self._sandbox and self._sandbox.stderr_tail()) or error
            raise SandboxError(f"the kernel did not start: {reason}; `lrlab doctor` says more") from error

    start_new_kernel_client = run_sync(async_start_new_kernel_client)

    def preprocess(
        self, nb: NotebookNode, resources: Any = None, km: Any = None
    ) -> tuple[NotebookNode, dict[str, Any]]:
        self._ended: str | None = None
        self._manager = None
        self._torch = any(IMPORTS_TORCH.search(cell.source) for cell in nb.cells if cell.cell_type == "code")
        if resources and "nbgrader" in resources:
            self._unavailable = unavailable_modules(resources["nbgrader"].get("assignment", ""))
        self._start_clock(self.submission_timeout)
        nb, resources = super().preprocess(nb, resources)  # `km` is not used: the kernel is always a new one
        for cell in filter(is_grade, nb.cells):
            for output in cell.get("outputs", ()):
                if output.output_type == "stream" and output.name == "stderr":
                    output.name = "stdout"
        if self.unsandboxed:
            self.log.warning("Graded without a sandbox, as c.ExecuteSubmission.unsandboxed asks")
            nb.cells.insert(0, new_markdown_cell(UNSANDBOXED))
        return nb, resources

    def preprocess_cell(self, cell: NotebookNode, resources: Any, index: int) -> tuple[NotebookNode, Any]:
        if cell.cell_type != "code" or not cell.source.strip():
            return cell, resources
        if self._ended is None:
            assert self.kc is not None
            self.kc.session.new_cell()
            sandbox = self._sandbox
            self._dropped = False
            self._cell_start = self._spent()
            try:
                cell, resources = super().preprocess_cell(cell, resources, index)
                if timed_out(cell) and sandbox is not None and not self._recovers():
                    sandbox.kill("a cell did not stop when its time was up")
                    raise DeadKernelError
                return cell, resources
            except DeadKernelError:
                if sandbox is not None and not sandbox.own and zygote.has_died():
                    raise SandboxError("the zygote died, and the submission's process with it") from None
                reason = sandbox.reason if sandbox is not None else None
                self._ended = f"the kernel was ended: {reason}" if reason else "the kernel died"
            except zmq.Again:  # `sandbox.provisioner.SEND` has passed
                self._ended = "the kernel broke its channels"
            except Exception as error:  # messages of a student's process may make nbclient fail anywhere
                self._ended = f"the kernel sent an invalid message ({type(error).__name__})"
            self.log.warning("In cell %d %s", index, self._ended)
        else:
            cell.outputs = []
        cell.outputs.append(not_run(f"{self._ended[0].upper()}{self._ended[1:]}."))
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
        """Check the kernel until it is gone.

        If a message makes nbclient fail, this task stays and then has no kernel to ask. Its error, which no one awaits,
        is logged when Python collects the task; until Python 3.11.8 that broke an ``ast.parse`` in progress.
        """
        try:
            await super()._async_poll_kernel_alive()
        except AssertionError:
            if self.kc is not None:
                raise

    def _get_timeout(self, cell: NotebookNode | None) -> int | None:
        """Return the seconds until the next check of the cell's time."""
        return min(TICK, self.limits.cell)

    async def _async_handle_timeout(self, timeout: int, cell: NotebookNode | None = None) -> dict[str, Any] | None:
        used, elapsed = (now - then for now, then in zip(self._spent(), self._cell_start, strict=True))
        limit = self.limits.cell
        if used < limit and elapsed < WALL_CLOCK_FACTOR * limit and not self._is_over():
            await asyncio.sleep(0.1)  # if a submission floods the channel, nbclient does not wait
            return None
        reply: dict[str, Any] | None = await super()._async_handle_timeout(limit, cell)
        return reply

    async def _async_recovers(self) -> bool:
        """Return whether an interrupted kernel answers again."""
        assert self.kc is not None
        asked, until = self.kc.kernel_info(), time.monotonic() + RECOVERY
        while time.monotonic() < until:
            try:
                message = await ensure_async(self.kc.shell_channel.get_msg(timeout=1))
            except Empty:
                await self._async_check_alive()
                continue
            if message["parent_header"].get("msg_id") == asked:
                return True
        return False

    _recovers = run_sync(_async_recovers)

    def _start_clock(self, seconds: int) -> None:
        """Give the submission so many seconds of processor time from now on."""
        self._budget = seconds
        self._cell_start = 0.0, 0.0
        self._began = time.monotonic()
        self._earlier = 0.0
        if self._sandbox is not None:
            self._earlier = -self._sandbox.cpu()

    def _spent(self) -> tuple[float, float]:
        """Return the seconds of processor time that the submission has used, and the elapsed seconds."""
        elapsed = time.monotonic() - self._began
        if self._sandbox is None:  # not started yet, or without a sandbox, where processor time is not measured
            return (elapsed if self.unsandboxed else 0.0), elapsed
        return min(elapsed, self._earlier + self._sandbox.cpu()), elapsed

    def _is_over(self) -> bool:
        if time.monotonic() - self._began < self._budget - 1:  # it can't have used more, and to look takes time
            return False
        used, elapsed = self._spent()
        return (
            used >= self._budget - 1 or elapsed >= WALL_CLOCK_FACTOR * self._budget - 1
        )  # the limits are whole seconds


def not_run(reason: str) -> NotebookNode:
    """Return the output of a cell that was not run, or not to its end."""
    return new_output("error", ename=NOT_RUN, evalue=reason, traceback=[f"{NOT_RUN}: {reason}"])


def timed_out(cell: NotebookNode) -> bool:
    return any(o.output_type == "error" and o.ename == "CellTimeoutError" for o in cell.get("outputs", ()))
