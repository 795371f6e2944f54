"""Start bubblewrap with ``init`` in it, and ask for kernels there."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from lrlab.grading.sandbox import cgroups
from lrlab.grading.sandbox.archive import pack_files
from lrlab.grading.sandbox.bubblewrap import command_line
from lrlab.grading.sandbox.init import KernelRequest
from lrlab.grading.sandbox.limits import Limits

# Enter the cgroup whose file is the standard input, and become the command that follows, which does not get the file.
ENTER = ("/bin/sh", "-c", 'echo 0 >&0 && exec "$@" </dev/null', "sh")


def start(
    limits: Limits,
    zygote: Sequence[str] | None = None,
    private: Sequence[str] | None = None,
    unavailable: Sequence[str] = (),
    cgroup: cgroups.Cgroup | None = None,
) -> tuple[subprocess.Popen[bytes], socket.socket]:
    """Start bubblewrap with ``init`` in it.

    Args:
        limits: only the size of the scratch folders is used here.
        zygote: packages that it imports once, to fork kernels on request; None: it becomes a kernel.
        private: as for ``bubblewrap.command_line``, like the next.
        unavailable: modules of lrlab that are not there.
        cgroup: bubblewrap enters it first, so that the sandbox's own namespace of cgroups begins there.

    Returns:
        The process, and the control socket that takes its requests.
    """
    control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        arguments = [str(theirs.fileno()), *(() if zygote is None else ("zygote", *zygote))]
        command = command_line(
            *arguments, limits=limits, nested=zygote is not None, private=private, unavailable=unavailable
        )
        outer = subprocess.Popen(
            command if cgroup is None else [*ENTER, *command],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL if cgroup is None else cgroup.join,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={},
            cwd="/",
            start_new_session=True,
        )
    assert outer.stdout is not None
    os.set_blocking(outer.stdout.fileno(), False)
    return outer, control


def stderr_tail(outer: subprocess.Popen[bytes]) -> str:
    """Return what bubblewrap and ``init`` wrote, at most the last 4 kB."""
    assert outer.stdout is not None
    try:
        text = os.read(outer.stdout.fileno(), 1 << 16)
    except OSError:
        return ""
    return text[-4096:].decode("utf-8", "replace").strip()


def request_kernel(
    control: socket.socket,
    listening: Sequence[socket.socket],
    request: KernelRequest,
    *,
    folder: Path | None,
    cgroup: cgroups.Cgroup | None,
) -> socket.socket:
    """Ask for a kernel.

    Args:
        control: the control socket that ``start`` returned.
        listening: the sockets of the kernel's channels, in the order of ``init.CHANNELS``.
        request: what ``init`` has to know.
        folder: its regular files are copied into the kernel's home.
        cgroup: the kernel enters it before anything else; None also where :func:`start` has entered it.

    Returns:
        The socket to the kernel's supervisor.
    """
    supervisor, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    supervisor.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)  # with what it says comes its process id
    with theirs, tempfile.TemporaryFile() as archive:
        pack_files(folder, archive)
        archive.seek(0)
        join = [cgroup.join] if cgroup is not None else []
        descriptors = [*(each.fileno() for each in listening), archive.fileno(), *join, theirs.fileno()]
        # If bubblewrap has ended already, its message is read when no answer comes.
        with contextlib.suppress(BrokenPipeError):
            socket.send_fds(control, [json.dumps(request).encode()], descriptors)
    return supervisor
