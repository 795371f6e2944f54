"""What runs in the sandbox: start an unprivileged kernel, and exit when the grader closes the supervisor's socket.

This folder is all of the grader that is visible there. ``python -m lrlab.grading.sandbox.init FD`` waits on a control
socket for one request and starts one kernel in its own sandbox. ``… FD zygote PACKAGE…`` first imports what a unit's
notebooks import. Then for every request it forks a kernel into a new sandbox inside its own, with separate processes,
/tmp, home and network. ``privileges`` and ``seccomp`` take the rights away, ``kernel`` runs the student's code.

A request is JSON, with file descriptors beside it: a listening socket for each of the kernel's channels (so that the
sandbox shares no folder with the grader), a tar of the files that came with the submission, the file by which to join
a cgroup if there is one, and the supervisor's socket. When the grader's end of that socket closes, also because the
grader was killed, the sandbox ends.
"""

from __future__ import annotations

from typing import TypedDict

STARTED = b"started"  # what a supervisor says first, and so by which process id the grader knows it
CHANNELS = ("shell", "iopub", "stdin", "control", "hb")
FONTS = "/run/lrlab/fonts"


class KernelRequest(TypedDict):
    """What the grader asks of ``init``; the descriptors come beside it."""

    key: str
    scheme: str
    seed: int
    uid: int
    gid: int
    limits: dict[str, int]  # as ``lrlab.grading.sandbox.limits.Limits`` has them
    has_cgroup: bool  # whether a file to join one is among the descriptors
    torch: bool  # whether a kernel that is not forked from a zygote has imported torch when its first cell runs
    reply_key: str  # hexadecimal; the checks sign their replies with it; empty: there are no checks
