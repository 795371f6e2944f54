"""What runs in the box: start a kernel there with nothing in its hands, and end everything when the grader lets go.

This one file is shown inside, under a path of its own, and run by `sandbox.command`. `inside.py FD` waits on a socket
for one request and starts one kernel in the box it is in. `inside.py FD warm` first imports what submissions import,
and then for every request forks a kernel into a new box in this one: its own processes, /tmp, home and network.

A request is JSON with file descriptors beside it: five listening sockets for the kernel's channels (so that the box
needs no folder in common with the grader), the lifeline, and a tar of the files that came with the submission. The
lifeline is a socket to the grader: when its other end closes, also because the grader was killed, the box ends.
"""

from __future__ import annotations

import array
import contextlib
import ctypes
import fcntl
import json
import os
import platform
import re
import resource
import select
import shutil
import signal
import socket
import struct
import sys
import tarfile
from pathlib import Path
from typing import Any, NoReturn

CHANNELS = ("shell", "iopub", "stdin", "control", "hb")
FONTS = "/run/lrlab/fonts"
REQUEST = 1 << 16  # bytes, at most

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
MS_NOSUID, MS_NODEV, MS_NOEXEC = 2, 4, 8
MS_BIND, MS_REC = 4096, 16384
PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 4, 22, 24, 38
PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 47, 4

# What a notebook has no use for: doors into the kernel, and memory that no process is charged with.
MACHINES = ("x86_64", "aarch64")  # in all that follows, the numbers of the one and of the other
REFUSED = {
    "ptrace": (101, 117), "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "unshare": (272, 97),
    "setns": (308, 268), "keyctl": (250, 219), "add_key": (248, 217), "request_key": (249, 218), "bpf": (321, 280),
    "perf_event_open": (298, 241), "userfaultfd": (323, 282), "memfd_create": (319, 279), "memfd_secret": (447, 447),
    "shmget": (29, 194), "msgget": (68, 186), "semget": (64, 190), "chroot": (161, 51), "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271), "io_uring_setup": (425, 425), "open_by_handle_at": (304, 265),
    "fsopen": (430, 430), "move_mount": (429, 429), "open_tree": (428, 428), "fsconfig": (431, 431),
    "fsmount": (432, 432), "mount_setattr": (442, 442),
}  # fmt: skip
ARCHITECTURES = (0xC000003E, 0xC00000B7)
CLONE, CLONE3 = (56, 220), 435

# Not matplotlib's backend for notebooks, which on import looks for the shell that it is to show pictures in.
WARM = (
    "numpy", "scipy.optimize", "sklearn.datasets", "matplotlib.pyplot", "matplotlib.backends.backend_agg",
    "torch", "torch._dynamo", "torch.optim.lr_scheduler", "torch.utils.data", "ipywidgets",
    "ipykernel.kernelapp", "ipykernel.zmqshell", "IPython.core.completer", "sqlite3",
    "lrlab.data", "lrlab.models", "lrlab.train", "lrlab.schedules", "lrlab.bridge", "lrlab.plots", "lrlab.experiments",
    "lrlab.landscapes", "lrlab.adaptive", "lrlab.suggest", "lrlab.checks",
)  # fmt: skip

libc = ctypes.CDLL(None, use_errno=True)


def _checked(status: int, what: str) -> None:
    if status:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


# A box in the box


def unshare(uid: int) -> None:
    """Leave the common names of things. Who is root has them for the asking, anyone else as root of a new namespace."""
    flags = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNET
    if os.geteuid() == 0:
        _checked(libc.unshare(flags), "unshare")
        return
    gid = os.getegid()
    _checked(libc.unshare(flags | CLONE_NEWUSER), "unshare")
    Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
    Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1", encoding="ascii")
    Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1", encoding="ascii")


def mounted_in(folder: str) -> list[str]:
    """What is mounted below a folder, outermost alone."""
    found: list[str] = []
    for line in Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines():
        path = re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), line.split()[4])
        if path.startswith(f"{folder}/") and not any(path == above or path.startswith(f"{above}/") for above in found):
            found.append(path)
    return found


def furnish(scratch: int) -> None:
    """Own processes in /proc, own and empty /tmp, home and /dev/shm, and a network that reaches as far as oneself."""

    def mount(kind: bytes, path: str, flags: int, options: str = "") -> None:
        _checked(libc.mount(kind, path.encode(), kind, flags, options.encode()), f"mount {path}")

    mount(b"proc", "/proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    for path in ("/tmp", os.environ["HOME"], "/dev/shm"):
        # This Python may lie in there. A descriptor leads to it when it is covered.
        shown = {inner: os.open(inner, os.O_PATH) for inner in mounted_in(path)}
        # An empty file costs memory as well, and counts for nothing in the size.
        mount(b"tmpfs", path, MS_NOSUID | MS_NODEV, f"size={scratch},nr_inodes=65536,mode=1777")
        for inner, descriptor in shown.items():
            os.makedirs(inner, 0o755)
            source = f"/proc/self/fd/{descriptor}".encode()
            _checked(libc.mount(source, inner.encode(), None, MS_BIND | MS_REC, None), f"mount {inner}")
            os.close(descriptor)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        up_and_running = struct.pack("16sh22x", b"lo", 0x1 | 0x40)
        fcntl.ioctl(any_socket, 0x8914, up_and_running)  # SIOCSIFFLAGS


# Out of every power


def confine(uid: int, gid: int, limits: dict[str, int]) -> None:
    """Limits first, then no user but an ordinary one, no capability, and system calls that have a use."""
    for name, amount in (
        ("AS", limits["address_space"]), ("NPROC", limits["processes"]), ("NOFILE", limits["open_files"]),
        ("FSIZE", limits["file_size"]), ("CPU", limits["cpu"]), ("CORE", 0), ("MEMLOCK", 1 << 16), ("MSGQUEUE", 0),
    ):  # fmt: skip
        kind = getattr(resource, f"RLIMIT_{name}")
        hard = resource.getrlimit(kind)[1]
        amount = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
        resource.setrlimit(kind, (amount, amount))
    with contextlib.suppress(OSError):  # should the machine run out of memory, the box goes first
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")

    for capability in range(64):  # harmless where there is none of that number, or no right to it any more
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    if os.getuid() == 0:
        os.setgroups([])
        os.setresgid(gid, gid, gid)
        os.setresuid(uid, uid, uid)
    header, nothing = struct.pack("=Ii", 0x20080522, 0), bytes(24)
    _checked(libc.capset(header, nothing), "capset")
    _checked(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")
    _checked(libc.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0), "dumpable")  # else /proc/self belongs to root
    filter_calls()


def filter_calls() -> None:
    """Have the kernel answer EPERM to the calls of REFUSED, and ENOSYS to clone3, whose flags no filter can read."""
    if platform.machine() not in MACHINES:
        return  # the namespaces and limits hold without it
    machine = MACHINES.index(platform.machine())

    def statement(code: int, value: int, true: int = 0, false: int = 0) -> bytes:
        return struct.pack("=HBBI", code, true, false, value)

    load, equal, at_least, bits, answer = 0x20, 0x15, 0x35, 0x45, 0x06
    allow, kill, refuse, absent = 0x7FFF0000, 0x80000000, 0x00050000 | 1, 0x00050000 | 38
    namespaces = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | 0x02000000
    program = [
        statement(load, 4), statement(equal, ARCHITECTURES[machine], 1, 0), statement(answer, kill),
        statement(load, 0),
    ]  # fmt: skip
    if MACHINES[machine] == "x86_64":
        program += [statement(at_least, 0x40000000, 0, 1), statement(answer, absent)]  # the x32 numbers
    for number in sorted(numbers[machine] for numbers in REFUSED.values()):
        program += [statement(equal, number, 0, 1), statement(answer, refuse)]
    program += [
        statement(equal, CLONE3, 0, 1), statement(answer, absent),
        statement(equal, CLONE[machine], 0, 3), statement(load, 16), statement(bits, namespaces, 0, 1),
        statement(answer, refuse), statement(answer, allow),
    ]  # fmt: skip
    code = ctypes.create_string_buffer(b"".join(program))
    listing = struct.pack("@HP", len(program), ctypes.addressof(code))
    _checked(libc.prctl(PR_SET_SECCOMP, 2, ctypes.c_char_p(listing), 0, 0), "seccomp")


# The kernel


def unpack(archive: int) -> None:
    """The files that came with the submission, into the home."""
    with os.fdopen(archive, "rb") as stream, tarfile.open(fileobj=stream) as tar:
        tar.extractall(filter="data")
    if os.path.isdir(FONTS):
        os.makedirs(os.environ["MPLCONFIGDIR"], exist_ok=True)
        for name in os.listdir(FONTS):
            shutil.copyfile(f"{FONTS}/{name}", os.path.join(os.environ["MPLCONFIGDIR"], name))


def seed_all(seed: int) -> None:
    """A forked kernel must start where a fresh one would, and both where the last run of this submission did."""
    import random

    import numpy as np
    import torch

    random.seed(seed)
    np.random.seed(seed % 2**32)  # noqa: NPY002 - it is the global generator that submissions use
    torch.manual_seed(seed)


def run_kernel(request: dict[str, Any], sockets: list[int]) -> None:
    """IPython's kernel on sockets that are open and listening already."""
    import zmq
    from ipykernel.heartbeat import Heartbeat
    from ipykernel.kernelapp import IPKernelApp
    from traitlets.config import Config

    descriptors = dict(zip(CHANNELS, sockets, strict=True))

    def bind(socket: Any, channel: str) -> None:
        socket.setsockopt(zmq.USE_FD, descriptors[channel])
        socket.bind(f"ipc:///{channel}")  # a name for the log: the socket has its place, outside

    class Beat(Heartbeat):
        def _try_bind_socket(self) -> None:
            bind(self.socket, "hb")

    class Kernel(IPKernelApp):
        def init_connection_file(self) -> None:
            pass

        def write_connection_file(self, **kwargs: Any) -> None:
            pass

        def _try_bind_socket(self, socket: Any, port: int) -> int:
            bind(socket, CHANNELS[port - 1])
            return port

        def init_control(self, context: Any) -> None:
            super().init_control(context)
            # The debugger's socket would for ever try to reach the kernel by a path that is not in the box.
            self.debug_shell_socket.disconnect(self.shell_socket.getsockopt(zmq.LAST_ENDPOINT))

        def init_heartbeat(self) -> None:
            self.heartbeat = Beat(zmq.Context(), ("ipc", "", self.hb_port))
            self.heartbeat.start()

        def init_path(self) -> None:
            sys.path.append("")  # last: a submission's own torch.py must not stand in for torch

    ports = {f"{channel}_port": number for number, channel in enumerate(CHANNELS, start=1)}
    config = Config(
        {
            "Session": {"key": request["key"].encode(), "signature_scheme": request["scheme"]},
            "HistoryManager": {"hist_file": ":memory:"},
            "IPKernelApp": {"transport": "ipc", "ip": "", **ports},
        }
    )
    app = Kernel.instance(config=config)
    # The pipe to the grader was for errors so far. Full, it would hold up the next kernel.
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    app.initialize([])
    assert app.shell is not None
    events = app.shell.events

    def seed_once() -> None:
        events.unregister("pre_execute", seed_once)
        seed_all(request["seed"])

    events.register("pre_execute", seed_once)  # not earlier: the kernel's own start draws numbers
    import torch  # noqa: F401 - now, and not in the first cell's time

    app.start()


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


# The kernel's keeper


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
