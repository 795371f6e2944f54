"""jupyter_client's way into the box: a provisioner that starts the kernel there, and a manager that reads with care.

A student's process holds the kernel's end of every channel and may send what it likes, as much as it likes. So long
messages are refused by the socket, few wait in it, and what goes beyond the limits is dropped before it is read.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import tempfile
from pathlib import Path
from typing import Any

import zmq
from ipykernel.kernelspec import RESOURCES, get_kernel_dict
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner
from jupyter_client.session import Session
from traitlets import Any as AnyTrait
from traitlets import Bool, Instance, Integer, Type, default

from lrlab.grading.sandbox import process
from lrlab.grading.sandbox import zygote
from lrlab.grading.sandbox.process import Box
from lrlab.grading.sandbox.init import CHANNELS
from lrlab.grading.sandbox.bubblewrap import Limits, SandboxError

NAME = "lrlab-box"
LEAST = 1 << 18  # bytes that a cell may show also after others have used up the submission's
WAITING = 16  # messages that may wait in the grader's socket, each of at most Limits.message bytes


def _sweep(parent: str) -> None:
    """Remove the sockets of graders that were killed: their boxes ended with them, these folders could not."""
    for path in Path(parent).glob("lrlab-*-*"):
        pid = path.name.split("-")[1]
        with contextlib.suppress(OSError):
            if pid.isdecimal() and path.stat().st_uid == os.getuid() and not os.path.exists(f"/proc/{pid}"):
                shutil.rmtree(path, ignore_errors=True)


class BoxedProvisioner(LocalProvisioner):
    """Starts the kernel in a box of its own: forked from this process's warm parent where there is one, else cold."""

    parent: BoxedKernelManager
    process: Box | None  # type: ignore[assignment]
    _folder: str | None = None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        # A socket's path may take some hundred bytes, which a temporary folder somewhere deep uses up.
        parent = tempfile.gettempdir() if len(tempfile.gettempdir()) < 60 else "/tmp"
        _sweep(parent)
        self._folder = tempfile.mkdtemp(prefix=f"lrlab-{os.getpid()}-", dir=parent)
        km = self.parent
        km.transport, km.ip, km.cache_ports = "ipc", f"{self._folder}/k", False
        km.connection_file = f"{self._folder}/kernel.json"
        for number, channel in enumerate(CHANNELS, start=1):
            setattr(km, f"{channel}_port", number)
        return await super().pre_launch(**kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Start the kernel; `cmd` is not used: what is run inside is not for a kernelspec to say."""
        km, limits = self.parent, self.parent.limits
        listening = []
        control = None
        try:
            for number in range(1, len(CHANNELS) + 1):
                listening.append(socket.socket(socket.AF_UNIX))
                listening[-1].bind(f"{km.ip}-{number}")
                listening[-1].listen(16)
            parent = warm.current()
            if parent is None:
                outer, control = box.start(limits, private=km.private)
            else:
                outer, control = parent.outer, parent.control
            cwd = kwargs.get("cwd")
            lifeline = box.request(
                control,
                listening,
                key=km.session.key.decode(),
                scheme=km.session.signature_scheme,
                seed=km.seed,
                limits=limits,
                folder=Path(cwd) if cwd else None,
            )
            km.box = self.process = Box(lifeline, outer, own=parent is None, limits=limits)
        except OSError as error:
            raise SandboxError(f"the sandbox did not start: {error}; `lrlab doctor` says more") from error
        finally:
            for each in listening:
                each.close()
            if control is not None and parent is None:
                control.close()
        self.pid, self.pgid, self.cwd = km.box.pid, None, cwd
        return self.connection_info

    async def cleanup(self, restart: bool = False) -> None:
        if self.process is not None:
            self.process.kill()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
        await super().cleanup(restart)


class CappedSession(Session):
    """Drops what exceeds the limits before it is parsed: flagged `dropped`, with empty content."""

    limits = Instance(Limits, ())
    of_cell = Integer(0)
    of_all = Integer(0)

    def new_cell(self) -> None:
        self.of_cell = 0

    def deserialize(self, msg_list: list[Any], content: bool = True, copy: bool = True) -> dict[str, Any]:
        size = sum(len(part) if isinstance(part, bytes) else len(part.buffer) for part in msg_list)
        message = super().deserialize(msg_list, content=False, copy=copy)
        counted = message["msg_type"] not in ("status", "execute_input") and not message["msg_type"].endswith("_reply")
        if counted or size > self.limits.message:
            self.of_cell += size
            self.of_all += size
            if self.of_cell > (self.limits.cell_output if self.of_all <= self.limits.output else LEAST):
                return {**message, "content": {}, "buffers": [], "dropped": True}
        raw = message["content"]
        message["content"] = self.unpack(raw) if content else raw
        return message


class CappedClient(AsyncKernelClient):
    limits = Instance(Limits, ())

    def _create_connected_socket(self, channel: str, identity: bytes | None = None) -> Any:
        # The options count from the next connection on, and super() connects: so they go into the context's defaults.
        defaults = dict(self.context.sockopts)
        self.context.setsockopt(zmq.MAXMSGSIZE, self.limits.message)
        self.context.setsockopt(zmq.RCVHWM, WAITING)
        try:
            return super()._create_connected_socket(channel, identity)
        finally:
            self.context.sockopts.clear()
            self.context.sockopts.update(defaults)


class BoxedKernelSpec(KernelSpecManager):
    """Knows one kernel: ipykernel in the environment that runs nbgrader, in a box.

    A `python3` installed in the user's folder would otherwise come first, and it may have no lrlab.
    """

    boxed = Bool(True)

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        about = get_kernel_dict()
        if self.boxed:
            about["metadata"] = {"kernel_provisioner": {"provisioner_name": NAME}}
            about["interrupt_mode"] = "message"  # no signal of the grader's goes into the box
        return KernelSpec(resource_dir=str(RESOURCES), **about)


class BoxedKernelManager(AsyncKernelManager):
    """A kernel in a box; ``boxed=False`` is for those who ask for it by name."""

    limits = AnyTrait()
    private = AnyTrait(None, help="what the kernel must not see, as for `sandbox.command`")
    seed = Integer(0, help="what the global generators of torch, numpy and Python start from")
    boxed = Bool(True)
    session: CappedSession
    box: Box | None = None  # of the kernel that was started last, also after its end
    client_factory = Type(CappedClient)
    client_class = "lrlab.grading.sandbox.provisioner.CappedClient"

    @default("limits")
    def _limits_default(self) -> Limits:
        return Limits()

    @default("kernel_spec_manager")
    def _kernel_spec_manager_default(self) -> KernelSpecManager:
        return BoxedKernelSpec(data_dir=self.data_dir, boxed=self.boxed)

    def _session_default(self) -> Session:
        return CappedSession(parent=self, limits=self.limits)

    def client(self, **kwargs: Any) -> Any:
        client = super().client(limits=self.limits, **kwargs)
        client.session.limits = self.limits  # it is a clone of the manager's
        return client

    async def _async_pre_start_kernel(self, **kw: Any) -> tuple[list[str], dict[str, Any]]:
        # Not by the name that an installation registers: a stale one must not decide whether there is a box.
        if self.boxed and self.provisioner is None:
            self.provisioner = BoxedProvisioner(kernel_id=self.kernel_id, kernel_spec=self.kernel_spec, parent=self)
        return await super()._async_pre_start_kernel(**kw)
