"""Boxes in use: each one's handle, and the watch over what they take."""

from __future__ import annotations

import contextlib
import io
import itertools
import json
import os
import select
import socket
import subprocess
import tarfile
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lrlab._files import open_regular
from lrlab.grading.sandbox.bubblewrap import FIRST_USER, GIB, MIB, Limits, command, user

WATCH = 0.1  # seconds between two looks
FLOOD = 192 * MIB  # bytes by which the grader may grow while a box runs: what piles up in sockets counts nowhere else
FILES = 16 * MIB  # bytes that a submission may bring along beside its notebook


class Box:
    """One boxed kernel, with what jupyter_client asks of a process."""

    stdin = stdout = stderr = None

    def __init__(self, lifeline: socket.socket, outer: subprocess.Popen[bytes], own: bool, limits: Limits) -> None:
        self.lifeline, self.outer, self.own, self.limits = lifeline, outer, own, limits
        self.pid = outer.pid
        self.status: int | None = None
        self.reason: str | None = None  # why the grader ended it, for the student to read
        self._lock = threading.Lock()
        self._began = time.monotonic()
        self._cpu = 0.0
        self._grader = _resident()
        _watch.add(self)

    def poll(self) -> int | None:
        with self._lock:
            if self.status is None and select.select([self.lifeline], [], [], 0)[0]:
                try:
                    said = self.lifeline.recv(64).decode("ascii", "replace")
                except OSError:
                    said = ""
                # Nothing said: the box was torn down around its kernel.
                self._end(int(said) if said.lstrip("-").isdigit() else -9)
            return self.status

    def kill(self, reason: str | None = None) -> None:
        with self._lock:
            if self.status is None:
                self.reason = reason
                self._end(-9)

    def _end(self, status: int) -> None:
        self.status = status
        self.lifeline.close()
        if self.own:
            self.outer.kill()
            self.outer.wait()
        _watch.discard(self)

    terminate = kill

    def send_signal(self, number: int) -> None:
        if number:
            self.kill()

    def wait(self, timeout: float | None = None) -> int:
        with contextlib.suppress(OSError, ValueError):
            select.select([self.lifeline], [], [], timeout)
        status = self.poll()
        return -9 if status is None else status

    def said(self) -> str:
        """The last lines that the box wrote before its kernel spoke, for an error message."""
        return said(self.outer)

    def overdrawn(self) -> str | None:
        """What the box has taken too much of."""
        passed = time.monotonic() - self._began
        if passed > self.limits.clock or min(passed, self.cpu()) > self.limits.submission:
            return "the time for the whole submission was up"
        if _resident() > self._grader + FLOOD:
            return "the submission flooded the grader with messages"
        if self.memory() > self.limits.memory:
            return f"the submission used more than {self.limits.memory / GIB:.3g} GiB of memory"
        return None

    def memory(self) -> int:
        """Bytes of its processes; files that are mapped count for none."""
        pids = self.processes()
        total = sum(map(_taken, pids))
        if total <= self.limits.memory:
            return total
        # Many forks of one process share most of it. Finding out takes milliseconds for each: only where it matters.
        return sum(_taken(pid, shared=False) for pid in pids)

    def cpu(self) -> float:
        """Seconds of processor time that its processes have used; those that ended count with who waited for them."""
        if self.status is None:
            self._cpu = max(self._cpu, sum(map(_used, self.processes())))
        return self._cpu

    def processes(self) -> list[int]:
        """Those of the student: bubblewrap's two and the keeper are not, nor a warm parent and what it forks first."""
        found: list[int] = []
        level = [self.outer.pid]
        for depth in itertools.count():
            if not level:
                return found
            if depth >= (3 if self.own else 5):
                found += level
            level = [child for pid in level for child in _children(pid)]
        return found


def _children(pid: int) -> list[int]:
    found: list[int] = []
    with contextlib.suppress(OSError):
        for thread in os.listdir(f"/proc/{pid}/task"):
            found += map(int, Path(f"/proc/{pid}/task/{thread}/children").read_text(encoding="ascii").split())
    return found


def _resident() -> int:
    """Bytes that this process, the grader, has in memory."""
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0


def _taken(pid: int, shared: bool = True) -> int:
    """Bytes of a process; with ``shared`` pages that a fork shares count whole for each side, else in parts."""
    file, kinds = (
        ("status", ("RssAnon:", "RssShmem:", "VmSwap:")) if shared else ("smaps_rollup", ("Pss_Anon:", "Pss_Shmem:"))
    )
    try:
        lines = Path(f"/proc/{pid}/{file}").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(kinds))


def _used(pid: int) -> float:
    """Seconds of processor time of a process, and of its children that have ended."""
    try:
        # The name before the bracket may hold anything.
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
        return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError):
        return 0.0


class _Watch:
    """One thread that looks after all boxes of this process, for as long as there are any."""

    def __init__(self) -> None:
        self._boxes: set[Box] = set()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def add(self, box: Box) -> None:
        with self._lock:
            self._boxes.add(box)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="box watch", daemon=True)
                self._thread.start()

    def discard(self, box: Box) -> None:
        with self._lock:
            self._boxes.discard(box)

    def _run(self) -> None:
        while True:
            time.sleep(WATCH)
            with self._lock:
                if not self._boxes:
                    self._thread = None
                    return
                boxes = list(self._boxes)
            for box in boxes:
                if box.poll() is None and (reason := box.overdrawn()):
                    box.kill(reason)


_watch = _Watch()


def start(
    limits: Limits, warm: bool = False, private: Sequence[str] | None = None
) -> tuple[subprocess.Popen[bytes], socket.socket]:
    """Start bubblewrap with `inside` in it; the socket takes requests. `private` is as for `sandbox.command`."""
    control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        line = command(str(theirs.fileno()), *["warm"] * warm, limits=limits, nested=warm, private=private)
        outer = subprocess.Popen(
            line,
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={},
            cwd="/",
            start_new_session=True,
        )
    assert outer.stdout is not None
    os.set_blocking(outer.stdout.fileno(), False)
    return outer, control


def said(outer: subprocess.Popen[bytes]) -> str:
    """What bubblewrap and `inside` wrote, up to 4 kB: the reader of the pipe keeps nothing for long."""
    assert outer.stdout is not None
    try:
        text = os.read(outer.stdout.fileno(), 1 << 16)
    except OSError:
        return ""
    return text[-4096:].decode("utf-8", "replace").strip()


def request(
    control: socket.socket, listening: list[socket.socket], *, key: str, scheme: str, seed: int, limits: Limits,
    folder: Path | None,
) -> socket.socket:  # fmt: skip
    """Ask for a kernel; returns the lifeline."""
    data = {
        "key": key,
        "scheme": scheme,
        "seed": seed,
        "uid": user(),
        "gid": os.getgid() or FIRST_USER,
        "limits": {
            name: getattr(limits, name)
            for name in ("address_space", "processes", "open_files", "file_size", "cpu", "scratch")
        },
    }
    lifeline, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs, tempfile.TemporaryFile() as archive:
        pack(folder, archive)
        archive.seek(0)
        descriptors = [*(s.fileno() for s in listening), archive.fileno(), theirs.fileno()]
        # Where bubblewrap has ended at once, what it said is read when no answer comes.
        with contextlib.suppress(BrokenPipeError):
            socket.send_fds(control, [json.dumps(data).encode()], descriptors)
    return lifeline


def pack(folder: Path | None, archive: Any) -> list[str]:
    """The regular files beside the notebook, as a tar; returns the names of those that it leaves out.

    No notebook: the graded one holds hidden tests.
    """
    left = FILES
    out = []
    with tarfile.open(fileobj=archive, mode="w") as tar:
        for parent, folders, names in os.walk(folder) if folder is not None else ():
            out += [os.path.relpath(os.path.join(parent, name), folder) for name in folders if name.startswith(".")]
            folders[:] = [name for name in sorted(folders) if not name.startswith(".")]
            for name in sorted(names):
                path = os.path.join(parent, name)
                out.append(os.path.relpath(path, folder))
                if name.lower().endswith(".ipynb") or name.startswith("."):
                    continue
                try:
                    file = open_regular(path)
                except OSError:
                    continue
                with file:
                    status = os.fstat(file.fileno())
                    if status.st_nlink > 1 or status.st_size > left:
                        continue
                    content = file.read(status.st_size)
                entry = tarfile.TarInfo(os.path.relpath(path, folder))
                entry.size = len(content)
                left -= len(content)
                tar.addfile(entry, io.BytesIO(content))
                out.pop()
    return out
