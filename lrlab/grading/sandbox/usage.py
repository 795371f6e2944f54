"""What a submission's processes use, read from /proc."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Sequence
from pathlib import Path

INTERVAL = 0.1  # seconds between two readings
FEW_SOCKETS = 64  # of a kernel and its helpers, which are not full
SOCKET_BYTES = 4 * 212_992  # twice the default of net.core.wmem_max and rmem_max each


def memory(pids: Sequence[int], limit: int) -> int:
    """Return the bytes that these processes use together; mapped files do not count.

    Forks of one process share most of their pages. Telling shares apart takes milliseconds a process, so it is only
    done where the simple sum exceeds ``limit``.
    """
    total = sum(map(_memory_of, pids))
    return total if total <= limit else sum(_memory_of(pid, shared=False) for pid in pids)


def kernel_memory(pids: Sequence[int]) -> int:
    """Return the bytes that the kernel may hold for a sandbox: files in its folders in memory, and its sockets.

    A socket counts with the most that its buffers can have. Pipes are not counted: Linux bounds those of a user.
    """
    if not pids:
        return 0
    try:
        sockets = int(re.search(r"sockets: used (\d+)", Path(f"/proc/{pids[0]}/net/sockstat").read_text())[1])  # type: ignore[index]
    except (OSError, TypeError):
        sockets = 0
    total = max(0, sockets - FEW_SOCKETS) * SOCKET_BYTES
    for folder in ("tmp", "dev/shm", "home/student"):
        with contextlib.suppress(OSError):
            space = os.statvfs(f"/proc/{pids[0]}/root/{folder}")
            total += (space.f_blocks - space.f_bfree) * space.f_frsize
    return total


def cpu_seconds(pids: Sequence[int]) -> float:
    """Return the processor time of these processes, with that of their children that have been waited for."""
    return sum(map(_cpu_of, pids))


def descendants(pid: int) -> list[int]:
    """Return a process and those below it; the process itself is the first."""
    below: list[int] = []
    level = [pid]
    while level:
        below += level
        level = [child for each in level for child in _children(each)]
    return below


def _children(pid: int) -> list[int]:
    children: list[int] = []
    with contextlib.suppress(OSError):
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/children", "rb") as file:
                children += map(int, file.read().split())
    return children


def grader_memory() -> int:
    """Return the bytes that this process, the grader, has in memory."""
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0


def _memory_of(pid: int, shared: bool = True) -> int:
    """Return the bytes of a process; with ``shared``, pages shared with a fork count in full, otherwise in parts."""
    file, kinds = (
        ("status", ("RssAnon:", "RssShmem:", "VmSwap:")) if shared else ("smaps_rollup", ("Pss_Anon:", "Pss_Shmem:"))
    )
    try:
        lines = Path(f"/proc/{pid}/{file}").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(kinds))


def _cpu_of(pid: int) -> float:
    """Return the processor time of a process and of its children that have been waited for."""
    try:
        # The name before the bracket may contain anything, spaces and brackets too.
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
        return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError):
        return 0.0
