"""The kernel's supervisor, and the zygote that forks a sandboxed kernel for each request."""

from __future__ import annotations

import array
import errno
import json
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Sequence
from typing import NoReturn

from lrlab.grading.sandbox.init import STARTED, KernelRequest, unavailable
from lrlab.grading.sandbox.init.kernel import run_kernel, unpack_files
from lrlab.grading.sandbox.init.privileges import drop_privileges, enter_namespaces, mount_private_filesystems

LONGEST_REQUEST = 1 << 16  # bytes
PAUSE = 0.1  # seconds after the system refused the zygote something that it may have again soon

ALWAYS = (
    "numpy", "ipykernel.kernelapp", "ipykernel.zmqshell", "ipykernel.debugger", "IPython.core.completer", "sqlite3",
    # What the start of a kernel and its first error would import.
    "IPython.core.completerlib", "IPython.core.debugger", "IPython.core.logger", "IPython.core.oinspect",
    "IPython.extensions.storemagic", "psutil", "pygments.formatters.terminal256", "stack_data",
    "tornado.platform.asyncio",
    "lrlab.checks", "lrlab.schedules", "lrlab.adaptive", "lrlab.suggest",
)  # fmt: skip
TORCH = ("torch", "torch._dynamo", "torch.optim.lr_scheduler", "torch.utils.data")
# Not matplotlib's backend for notebooks: on import it looks for the shell that shows its pictures.
MATPLOTLIB = ("matplotlib.pyplot", "matplotlib.backends.backend_agg")
LRLAB = (
    "scipy.optimize", "sklearn.datasets", *MATPLOTLIB, *TORCH, "ipywidgets",
    "lrlab.data", "lrlab.models", "lrlab.train", "lrlab.torch_scheduler", "lrlab.plots",
    "lrlab.experiments", "lrlab.landscapes",
)  # fmt: skip
# What comes along with the import of a package; another package comes alone.
WITH = {"torch": TORCH, "matplotlib": MATPLOTLIB, "lrlab": LRLAB}


def become_kernel(request: KernelRequest, descriptors: list[int]) -> NoReturn:
    """Give up all rights and run the kernel: from here on the student's code may run."""
    try:
        os.setsid()
        drop_privileges(request["uid"], request["gid"], request["limits"])
        os.chdir(os.environ["HOME"])
        unpack_files(descriptors[-1])
        run_kernel(request, descriptors[:-1])
        os._exit(0)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(1)


def supervise(supervisor: socket.socket, request: KernelRequest, descriptors: list[int]) -> NoReturn:
    """Fork the kernel, reap orphans, and exit when the kernel exits or the grader closes the supervisor's socket.

    This is the sandbox's process 1, or the one that bubblewrap's process 1 waits for: everything ends with it.
    """
    supervisor.send(STARTED)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    awake, waker = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
    kernel = os.fork()
    if kernel == 0:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.close(awake)
        os.close(waker)
        supervisor.close()
        become_kernel(request, descriptors)
    for descriptor in descriptors:
        os.close(descriptor)
    while True:
        ready, _, _ = select.select([supervisor.fileno(), awake], [], [])
        if supervisor.fileno() in ready:
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
                supervisor.send(str(os.waitstatus_to_exitcode(status)).encode())
                os._exit(0)


def start_sandbox(supervisor: socket.socket, request: KernelRequest, descriptors: list[int]) -> NoReturn:
    """In a child of the zygote: make the new sandbox, and wait for it."""
    try:
        join_cgroup(request, descriptors)
        enter_namespaces(request["uid"] if os.getuid() == 0 else os.getuid(), cgroup=request["has_cgroup"])
        first = os.fork()
        if first == 0:
            mount_private_filesystems(request["limits"]["scratch"])
            supervise(supervisor, request, descriptors)
        supervisor.close()
        for descriptor in descriptors:
            os.close(descriptor)
        os.waitpid(first, 0)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(1)


def join_cgroup(request: KernelRequest, descriptors: list[int]) -> None:
    """Enter the submission's cgroup, if there is one; everything that is forked from here on is in it."""
    if request["has_cgroup"]:
        descriptor = descriptors.pop()
        os.write(descriptor, b"0")
        os.close(descriptor)


def receive(control: socket.socket) -> tuple[KernelRequest, socket.socket, list[int]] | None:
    """Return the next request, the supervisor's socket and the other descriptors; None if the grader has closed.

    Raises:
        OSError: the system has no memory or no descriptors for it.
    """
    room = array.array("i")
    data, extra, flags, _ = control.recvmsg(LONGEST_REQUEST, socket.CMSG_SPACE(16 * room.itemsize))
    if not data:
        return None
    for level, kind, content in extra:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            room.frombytes(content[: len(content) - len(content) % room.itemsize])
    descriptors = list(room)
    if flags & socket.MSG_CTRUNC:
        for descriptor in descriptors:
            os.close(descriptor)
        raise OSError(errno.ENFILE, os.strerror(errno.ENFILE))
    return json.loads(data), socket.socket(fileno=descriptors.pop()), descriptors


def serve(control: socket.socket) -> None:
    """Fork a sandbox for each request until the grader closes the control socket.

    Kernels of other submissions end with this process, so a request that the system refuses, for want of processes or
    of memory, costs no other one: its supervisor's socket closes, and the grader tries again.
    """
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # no one waits for a sandbox here: its supervisor reports
    while True:
        try:
            request = receive(control)
        except ConnectionResetError:  # closed, with our "ready" unread
            return
        except OSError as error:
            print(f"no request could be read: {error}", file=sys.stderr)
            time.sleep(PAUSE)
            continue
        if request is None:
            return
        data, supervisor, descriptors = request
        try:
            child = os.fork()
        except OSError as error:
            print(f"no kernel could be forked: {error}", file=sys.stderr)
            child = -1
        if child == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            control.close()
            start_sandbox(supervisor, data, descriptors)
        supervisor.close()
        for descriptor in descriptors:
            os.close(descriptor)


def preload(packages: Sequence[str]) -> None:
    """Import ``packages`` and what comes with them; with torch, make a first optimizer.

    With one thread and little work: a fork after OpenMP has started threads can hang in libgomp.
    """
    import gc
    import importlib
    import inspect

    gc.disable()  # nearly all that an import makes stays, and to look through it takes a fifth of the time
    for name in (*ALWAYS, *(name for package in packages for name in WITH.get(package, (package,)))):
        try:
            importlib.import_module(name)
        except Exception as error:  # a notebook that imports it gets the error itself
            print(f"not preloaded: {name}: {error}", file=sys.stderr)
    if torch := sys.modules.get("torch"):
        torch.set_num_threads(1)
        weight = torch.zeros(2, requires_grad=True)
        torch.optim.SGD([weight], lr=0.1).zero_grad()
        (torch.ones(2) + 1).sum().item()
    from lrlab.checks.reply import know_libraries

    know_libraries()
    inspect.getmodule(None, "a notebook's cell")  # a traceback asks this, and the first answer looks up every module
    gc.freeze()  # otherwise the next collection would copy every page that it marks
    gc.enable()


def main() -> None:
    control = socket.socket(fileno=int(sys.argv[1]))
    control.set_inheritable(False)
    unavailable.replace(json.loads(os.environ.pop(unavailable.VARIABLE, "{}")))
    if sys.argv[2:3] != ["zygote"]:
        request = receive(control)
        control.close()
        if request is not None:
            data, supervisor, descriptors = request
            if data["torch"]:
                import torch  # noqa: F401 - now, so that no cell's time includes it
            supervise(supervisor, data, descriptors)
        return
    preload(sys.argv[3:])
    control.send(b"ready")
    serve(control)


if __name__ == "__main__":
    main()
