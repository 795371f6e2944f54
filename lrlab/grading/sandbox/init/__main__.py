"""The kernel's keeper, and what makes a box for each request."""

from __future__ import annotations

import array
import json
import os
import select
import signal
import socket
import sys
from typing import Any, NoReturn

from lrlab.grading.sandbox.init.privileges import confine, furnish, unshare
from lrlab.grading.sandbox.init.kernel import run_kernel, unpack

REQUEST = 1 << 16  # bytes, at most

# Not matplotlib's backend for notebooks, which on import looks for the shell that it is to show pictures in.
WARM = (
    "numpy", "scipy.optimize", "sklearn.datasets", "matplotlib.pyplot", "matplotlib.backends.backend_agg",
    "torch", "torch._dynamo", "torch.optim.lr_scheduler", "torch.utils.data", "ipywidgets",
    "ipykernel.kernelapp", "ipykernel.zmqshell", "IPython.core.completer", "sqlite3",
    "lrlab.data", "lrlab.models", "lrlab.train", "lrlab.schedules", "lrlab.torch_scheduler", "lrlab.plots",
    "lrlab.experiments", "lrlab.landscapes", "lrlab.adaptive", "lrlab.suggest", "lrlab.checks",
)  # fmt: skip


def become_kernel(request: dict[str, Any], descriptors: list[int]) -> NoReturn:
    """The last step in the box: from here on the student's code may run."""
    try:
        os.setsid()
        confine(request["uid"], request["gid"], request["limits"])
        os.chdir(os.environ["HOME"])
        unpack(descriptors[-1])
        run_kernel(request, descriptors[:-1])
        os._exit(0)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(1)


def keep(lifeline: socket.socket, request: dict[str, Any], descriptors: list[int]) -> NoReturn:
    """Fork the kernel, gather up orphans, and end when the kernel ends or the grader lets go of the lifeline.

    It is the first process of the box, or the one that bubblewrap's first process waits for: with it everything ends.
    """
    signal.signal(signal.SIGCHLD, lambda *_: None)
    awake, waker = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
    kernel = os.fork()
    if kernel == 0:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.close(awake)
        os.close(waker)
        lifeline.close()
        become_kernel(request, descriptors)
    for descriptor in descriptors:
        os.close(descriptor)
    while True:
        ready, _, _ = select.select([lifeline.fileno(), awake], [], [])
        if lifeline.fileno() in ready:
            os._exit(0)
        os.read(awake, 4096)
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                break
            if pid == 0:
                break
            if pid == kernel:
                lifeline.send(str(os.waitstatus_to_exitcode(status)).encode())
                os._exit(0)


def box_up(lifeline: socket.socket, request: dict[str, Any], descriptors: list[int]) -> NoReturn:
    """In a child of the warm parent: make the new box, and wait for it."""
    try:
        unshare(request["uid"] if os.getuid() == 0 else os.getuid())
        first = os.fork()
        if first == 0:
            furnish(request["limits"]["scratch"])
            keep(lifeline, request, descriptors)
        lifeline.close()
        for descriptor in descriptors:
            os.close(descriptor)
        os.waitpid(first, 0)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(1)


def receive(control: socket.socket) -> tuple[dict[str, Any], socket.socket, list[int]] | None:
    """The next request; None when the grader has hung up."""
    room = array.array("i")
    data, extra, _, _ = control.recvmsg(REQUEST, socket.CMSG_SPACE(16 * room.itemsize))
    if not data:
        return None
    for level, kind, content in extra:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            room.frombytes(content[: len(content) - len(content) % room.itemsize])
    descriptors = list(room)
    return json.loads(data), socket.socket(fileno=descriptors.pop()), descriptors


def warm_up() -> None:
    """Import what submissions import, and do what a first optimizer does. One thread, and nothing heavy: a fork after
    that can hang in libgomp."""
    import gc
    import importlib

    for name in WARM:
        try:
            importlib.import_module(name)
        except Exception as error:  # the notebook that imports it will say so, if one does
            print(f"not warm: {name}: {error}", file=sys.stderr)
    import torch

    torch.set_num_threads(1)
    weight = torch.zeros(2, requires_grad=True)
    torch.optim.SGD([weight], lr=0.1).zero_grad()
    (torch.ones(2) + 1).sum().item()
    from lrlab.checks.export import know_libraries

    know_libraries()
    gc.collect()
    gc.freeze()  # or the next collection would copy every page it marks


def main() -> None:
    control = socket.socket(fileno=int(sys.argv[1]))
    control.set_inheritable(False)
    if sys.argv[2:] != ["warm"]:
        request = receive(control)
        control.close()
        if request is not None:
            data, lifeline, descriptors = request
            keep(lifeline, data, descriptors)
        return
    warm_up()
    control.send(b"warm")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for a box here: the lifeline tells
    while (request := receive(control)) is not None:
        data, lifeline, descriptors = request
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            control.close()
            box_up(lifeline, data, descriptors)
        lifeline.close()
        for descriptor in descriptors:
            os.close(descriptor)


if __name__ == "__main__":
    main()
