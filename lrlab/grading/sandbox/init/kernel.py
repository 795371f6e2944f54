"""IPython's kernel, on the sockets and files that the grader has passed in."""

from __future__ import annotations

import os
import shutil
import sys
import tarfile
from typing import Any, ClassVar

from lrlab.grading.sandbox.init import CHANNELS, FONTS, KernelRequest


def unpack_files(archive: int) -> None:
    """Extract the files that came with the submission into the working directory, which is the home."""
    with os.fdopen(archive, "rb") as stream, tarfile.open(fileobj=stream) as tar:
        if hasattr(tarfile, "data_filter"):
            tar.extractall(filter="data")
        else:  # until Python 3.11.3, which Debian 12 has
            extract_plain(tar)
    if os.path.isdir(FONTS):
        os.makedirs(os.environ["MPLCONFIGDIR"], exist_ok=True)
        for name in os.listdir(FONTS):
            shutil.copyfile(f"{FONTS}/{name}", os.path.join(os.environ["MPLCONFIGDIR"], name))


def extract_plain(tar: tarfile.TarFile) -> None:
    """Extract regular files below the working directory, and refuse all else, as ``filter="data"`` would here."""
    here = os.path.realpath(".")
    for entry in tar:
        path = os.path.realpath(entry.name)
        if not entry.isfile() or os.path.isabs(entry.name) or not path.startswith(f"{here}/"):
            raise tarfile.TarError(f"only regular files may come along, below the home, but there is {entry.name!a}")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        content = tar.extractfile(entry)
        assert content is not None
        with content, open(path, "xb") as file:
            shutil.copyfileobj(content, file)


def seed_all(seed: int) -> None:
    """Seed the global generators, so that a forked kernel, a fresh one and the next run of it all start alike."""
    import random

    import numpy as np

    random.seed(seed)
    np.random.seed(seed % 2**32)  # noqa: NPY002 - it is the global generator that submissions use
    if torch := sys.modules.get("torch"):  # where the unit does without it, it starts from its own fixed seed
        torch.manual_seed(seed)


class _WithoutModules:
    """``sys`` for a kernel that lists all modules for its debugger, which would copy the pages that each is on."""

    modules: ClassVar[dict[str, Any]] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(sys, name)


def run_kernel(request: KernelRequest, sockets: list[int]) -> None:
    """Run IPython's kernel on sockets that are listening already, one for each of CHANNELS."""
    import zmq
    from ipykernel import ipkernel
    from ipykernel.heartbeat import Heartbeat
    from ipykernel.kernelapp import IPKernelApp
    from traitlets.config import Config

    descriptors = dict(zip(CHANNELS, sockets, strict=True))

    def bind(socket: Any, channel: str) -> None:
        socket.setsockopt(zmq.USE_FD, descriptors[channel])
        socket.bind(f"ipc:///{channel}")  # a name for the log alone: the socket is bound, outside

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
            # The debugger's socket would keep trying to connect by a path that the sandbox does not have.
            self.debug_shell_socket.disconnect(self.shell_socket.getsockopt(zmq.LAST_ENDPOINT))

        def init_heartbeat(self) -> None:
            self.heartbeat = Beat(zmq.Context(), ("ipc", "", self.hb_port))
            self.heartbeat.start()

        def parse_command_line(self, argv: Any = None) -> None:
            pass  # there is none, and to prepare for one takes a tenth of the start

        def init_kernel(self) -> None:
            ipkernel.sys = _WithoutModules()  # type: ignore[assignment]
            try:
                super().init_kernel()
            finally:
                ipkernel.sys = sys

        def init_path(self) -> None:
            sys.path.append("")  # last: a submission's own torch.py must not replace torch

    ports = {f"{channel}_port": number for number, channel in enumerate(CHANNELS, start=1)}
    config = Config(
        {
            "Session": {"key": request["key"].encode(), "signature_scheme": request["scheme"]},
            "InlineBackend": {"figure_formats": {"retina"}},  # PNG: a feedback page shows no SVG of a submission
            "HistoryManager": {"hist_file": ":memory:"},
            "IPKernelApp": {"transport": "ipc", "ip": "", **ports},
        }
    )
    app = Kernel.instance(config=config)
    # Until here errors went to the grader's pipe. If the submission filled it, the next kernel would block on it.
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    app.initialize([])
    assert app.shell is not None
    key = bytes.fromhex(request["reply_key"])
    request["reply_key"] = ""  # this frame stays below those of the student's code
    if key:
        from lrlab.checks.reply import prepare

        prepare(key, sandboxed=True)
    del key
    events = app.shell.events

    def seed_once() -> None:
        events.unregister("pre_execute", seed_once)
        seed_all(request["seed"])

    events.register("pre_execute", seed_once)  # not earlier: the kernel's start-up draws numbers too
    app.start()
