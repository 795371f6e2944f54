"""A sandboxed kernel as a process: ask for its status, end it when it exceeds its limits."""

from __future__ import annotations

import contextlib
import math
import select
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Sequence

from lrlab.grading.sandbox import cgroups, usage
from lrlab.grading.sandbox.init import STARTED
from lrlab.grading.sandbox.launch import stderr_tail
from lrlab.grading.sandbox.limits import GIB, MIB, Limits

# Bytes by which the grader may grow while a sandbox runs: messages that pile up in its sockets count nowhere else.
FLOOD = 192 * MIB
CREDENTIALS = struct.Struct("3i")  # of the process that sent a message: its id in this namespace, and two more


class SandboxedProcess:
    """One sandboxed kernel, with the methods that jupyter_client expects of a process.

    Args:
        supervisor: the socket to the kernel's supervisor; when it closes, the sandbox ends.
        outer: bubblewrap, or the zygote's bubblewrap.
        own: whether ``outer`` belongs to this kernel alone and ends with it.
        limits: what the kernel may use.
        cgroup: of the kernel, if there is one; it is removed with it.
    """

    stdin = stdout = stderr = None

    def __init__(
        self,
        supervisor: socket.socket,
        outer: subprocess.Popen[bytes],
        own: bool,
        limits: Limits,
        cgroup: cgroups.Cgroup | None = None,
    ) -> None:
        self.supervisor, self.outer, self.own, self.limits, self.cgroup = supervisor, outer, own, limits, cgroup
        self.pid = outer.pid
        self.status: int | None = None
        self.reason: str | None = None  # why the grader ended it, for the student to read
        self._lock = threading.Lock()
        self._started = time.monotonic()
        self._cpu = 0.0
        self._supervisor_pid = 0
        self._grader_memory = usage.grader_memory()
        _monitor.add(self)

    def poll(self) -> int | None:
        """Return the exit status, or None while the kernel runs."""
        with self._lock:
            while self.status is None and select.select([self.supervisor], [], [], 0)[0]:
                try:
                    message, about, _, _ = self.supervisor.recvmsg(64, socket.CMSG_SPACE(CREDENTIALS.size))
                except OSError:
                    message = b""
                if message == STARTED:
                    self._supervisor_pid = next(CREDENTIALS.unpack(data)[0] for _, _, data in about)
                    continue
                # Without a message the whole sandbox was ended, the supervisor included.
                self._end(int(message) if message.lstrip(b"-").isdigit() else -9)
            return self.status

    def kill(self, reason: str | None = None) -> None:
        """End the kernel and all of its processes; ``reason`` is shown to the student."""
        with self._lock:
            if self.status is None:
                self.reason = reason
                self._end(-9)

    def _end(self, status: int) -> None:
        self.status = status
        self.supervisor.close()
        if self.cgroup is not None:
            self._cpu = max(self._cpu, self.cgroup.cpu_seconds())
            if self.reason is None and self.cgroup.was_out_of_memory():
                self.reason = self._out_of_memory()
            self.cgroup.remove()
        if self.own:
            self.outer.kill()
            self.outer.wait()
        _monitor.discard(self)

    terminate = kill

    def send_signal(self, number: int) -> None:
        if number:
            self.kill()

    def wait(self, timeout: float | None = None) -> int:
        until = time.monotonic() + (math.inf if timeout is None else timeout)
        while (status := self.poll()) is None and (left := until - time.monotonic()) > 0:
            with contextlib.suppress(OSError, ValueError):  # another thread has ended it
                select.select([self.supervisor], [], [], None if timeout is None else left)
        return -9 if status is None else status

    def stderr_tail(self) -> str:
        """Return the last lines that the sandbox wrote before its kernel answered, for an error message."""
        return stderr_tail(self.outer)

    def exceeded_limit(self) -> str | None:
        """Return which limit the submission has exceeded, for the student to read; None while it is within all."""
        elapsed = time.monotonic() - self._started
        processes = [] if self.cgroup is not None else self.processes()
        if elapsed > self.limits.clock or min(elapsed, self.cpu(processes)) > self.limits.submission:
            return "the time for the whole submission was up"
        if usage.grader_memory() > self._grader_memory + FLOOD:
            return "the submission flooded the grader with messages"
        if self.cgroup is not None:
            return self._out_of_memory() if self.cgroup.was_out_of_memory() else None
        held = usage.kernel_memory(processes)
        if held + usage.memory(processes, self.limits.memory - held) > self.limits.memory:
            return self._out_of_memory()
        return None

    def _out_of_memory(self) -> str:
        return f"the submission used more than {self.limits.memory / GIB:.3g} GiB of memory"

    def cpu(self, processes: Sequence[int] | None = None) -> float:
        """Return the seconds of processor time that the submission has used so far.

        Args:
            processes: the student's, if they are known already.
        """
        if self.status is None:
            if self.cgroup is not None:
                used = self.cgroup.cpu_seconds()
            else:
                used = usage.cpu_seconds(self.processes() if processes is None else processes)
            self._cpu = max(self._cpu, used)
        return self._cpu

    def processes(self) -> list[int]:
        """Return the ids of the student's processes: those below the supervisor, which are none before it starts."""
        self.poll()
        return usage.descendants(self._supervisor_pid)[1:] if self._supervisor_pid else []


class _Monitor:
    """One thread that checks the limits of all sandboxes of this process, for as long as there are any."""

    def __init__(self) -> None:
        self._running: set[SandboxedProcess] = set()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def add(self, process: SandboxedProcess) -> None:
        with self._lock:
            self._running.add(process)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="sandbox monitor", daemon=True)
                self._thread.start()

    def discard(self, process: SandboxedProcess) -> None:
        with self._lock:
            self._running.discard(process)

    def _run(self) -> None:
        while True:
            time.sleep(usage.INTERVAL)
            with self._lock:
                if not self._running:
                    self._thread = None
                    return
                running = list(self._running)
            for process in running:
                if process.poll() is None and (reason := process.exceeded_limit()):
                    process.kill(reason)


_monitor = _Monitor()
