"""Kernel provisioner and manager that start the kernel in the sandbox and cap its messages.

A student's process has the kernel's end of every channel and may send anything, and any amount of it. So the socket
refuses long messages and queues only a few, and what exceeds the limits is dropped before it is parsed.
"""

from __future__ import annotations

import contextlib
import math
import os
import shutil
import socket
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from queue import Empty
from typing import Any

import zmq
from ipykernel.kernelspec import RESOURCES, get_kernel_dict
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.connect import ConnectionFileMixin
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner
from jupyter_client.session import Session
from traitlets import Any as AnyTrait
from traitlets import Bool, Bytes, Instance, Integer, Type, default

from lrlab.grading.sandbox import cgroups, launch, zygote
from lrlab.grading.sandbox.bubblewrap import FIRST_USER, sandbox_uid
from lrlab.grading.sandbox.init import CHANNELS, KernelRequest
from lrlab.grading.sandbox.limits import Limits, SandboxError
from lrlab.grading.sandbox.process import SandboxedProcess

NAME = "lrlab-sandbox"
LEAST_OUTPUT = 1 << 18  # bytes that each cell may show even after others have used up the submission's total
SEND = 5.0  # seconds for a message to leave; it never waits for a kernel that is busy
ANSWER, OUTPUT = 1.0, 0.2  # seconds until a new kernel is asked again whether it is ready
MOST_QUEUED = 16  # messages in the grader's socket, each of at most Limits.message bytes


def _remove_stale_folders(parent: str) -> None:
    """Remove the socket folders of graders that were killed; their sandboxes ended by themselves."""
    for path in Path(parent).glob("lrlab-*-*"):
        pid = path.name.split("-")[1]
        with contextlib.suppress(OSError):
            if pid.isdecimal() and path.stat().st_uid == os.getuid() and not os.path.exists(f"/proc/{pid}"):
                shutil.rmtree(path, ignore_errors=True)


class SandboxProvisioner(LocalProvisioner):
    """Starts the kernel in its own sandbox: forked from this process's zygote if there is one, otherwise cold."""

    parent: SandboxedKernelManager
    process: SandboxedProcess | None  # type: ignore[assignment]
    _folder: str | None = None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        # A socket's path may have about a hundred bytes, and a deep temporary folder uses them up.
        parent = tempfile.gettempdir() if len(tempfile.gettempdir()) < 60 else "/tmp"
        _remove_stale_folders(parent)
        self._folder = tempfile.mkdtemp(prefix=f"lrlab-{os.getpid()}-", dir=parent)
        km = self.parent
        km.transport, km.ip, km.cache_ports = "ipc", f"{self._folder}/k", False
        km.connection_file = f"{self._folder}/kernel.json"
        for number, channel in enumerate(CHANNELS, start=1):
            setattr(km, f"{channel}_port", number)
        return await super().pre_launch(**kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Start the kernel; ``cmd`` is ignored, so that no kernelspec decides what runs in the sandbox."""
        km, limits = self.parent, self.parent.limits
        listening = []
        control = cgroup = None
        try:
            for number in range(1, len(CHANNELS) + 1):
                listening.append(socket.socket(socket.AF_UNIX))
                listening[-1].bind(f"{km.ip}-{number}")
                listening[-1].listen(16)
            parent = zygote.current(km.unavailable)
            cgroup = cgroups.new(limits)
            if parent is None:
                outer, control = launch.start(limits, private=km.private, unavailable=km.unavailable, cgroup=cgroup)
            else:
                outer, control = parent.outer, parent.control
            cwd = kwargs.get("cwd")
            to_join = None if parent is None else cgroup  # bubblewrap itself is in it already
            request = KernelRequest(
                key=km.session.key.decode(),
                scheme=km.session.signature_scheme,
                seed=km.seed,
                uid=sandbox_uid(),
                gid=os.getgid() or FIRST_USER,
                limits=asdict(limits),
                reply_key=km.reply_key.hex(),
                has_cgroup=to_join is not None,
                torch=km.torch,
            )
            folder = Path(cwd) if cwd else None
            supervisor = launch.request_kernel(control, listening, request, folder=folder, cgroup=to_join)
            km.sandbox = self.process = SandboxedProcess(
                supervisor, outer, own=parent is None, limits=limits, cgroup=cgroup
            )
        except OSError as error:
            if cgroup is not None:
                cgroup.remove()
            raise SandboxError(f"the sandbox did not start: {error}; `lrlab doctor` says more") from error
        finally:
            for each in listening:
                each.close()
            if control is not None and parent is None:
                control.close()
        self.pid, self.pgid, self.cwd = km.sandbox.pid, None, cwd
        return self.connection_info

    async def cleanup(self, restart: bool = False) -> None:
        if self.process is not None:
            self.process.kill()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
        await super().cleanup(restart)


class CappedSession(Session):
    """Drops what exceeds the limits before it is parsed; such a message is flagged ``dropped`` and has no content."""

    limits = Instance(Limits, ())
    cell_bytes = Integer(0)
    total_bytes = Integer(0)

    def new_cell(self) -> None:
        self.cell_bytes = 0

    def deserialize(self, msg_list: list[Any], content: bool = True, copy: bool = True) -> dict[str, Any]:
        size = sum(len(part) if isinstance(part, bytes) else len(part.buffer) for part in msg_list)
        message = super().deserialize(msg_list, content=False, copy=copy)
        counted = message["msg_type"] not in ("status", "execute_input") and not message["msg_type"].endswith("_reply")
        if counted or size > self.limits.message:
            self.cell_bytes += size
            self.total_bytes += size
            if self.cell_bytes > (self.limits.cell_output if self.total_bytes <= self.limits.output else LEAST_OUTPUT):
                return {**message, "content": {}, "buffers": [], "dropped": True}
        raw = message["content"]
        message["content"] = self.unpack(raw) if content else raw
        return message


class CappedSockets(ConnectionFileMixin):
    """Makes sockets that bound what the other end, which may be the student's, can send, and how long it can stall."""

    limits: Limits

    def _create_connected_socket(self, channel: str, identity: bytes | None = None) -> Any:
        # Options apply to later connections alone, and super() connects, so they are set as the context's defaults.
        defaults = dict(self.context.sockopts)
        self.context.setsockopt(zmq.MAXMSGSIZE, self.limits.message)
        self.context.setsockopt(zmq.RCVHWM, MOST_QUEUED)
        self.context.setsockopt(zmq.SNDTIMEO, round(SEND * 1000))  # ZeroMQ gives up a channel that breaks its protocol
        try:
            return super()._create_connected_socket(channel, identity)
        finally:
            self.context.sockopts.clear()
            self.context.sockopts.update(defaults)


class CappedClient(CappedSockets, AsyncKernelClient):
    limits = Instance(Limits, ())

    def start_channels(self, *channels: bool, **named: bool) -> None:
        """Start the channels but the heartbeat's: the manager knows whether the kernel lives, and asks no student."""
        super().start_channels(*channels, **{**named, "hb": False})

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel answers, and its output arrives.

        jupyter_client waits until there has been no output for 0.2 seconds. Here it is enough that the end of the
        answer has arrived there; what comes late belongs to no cell.

        Raises:
            RuntimeError: it has died, or did not answer in ``timeout`` seconds.
        """
        until = time.monotonic() + (math.inf if timeout is None else timeout)
        while True:
            self.kernel_info()
            with contextlib.suppress(Empty):
                reply = await self.shell_channel.get_msg(timeout=ANSWER)
                if reply["msg_type"] == "kernel_info_reply":
                    while not _ends(await self.iopub_channel.get_msg(timeout=OUTPUT), reply):
                        pass
                    self._handle_kernel_info_reply(reply)
                    return
            if not await self._async_is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")
            if time.monotonic() > until:
                raise RuntimeError(f"Kernel didn't respond in {timeout:g} seconds")


def _ends(message: dict[str, Any], reply: dict[str, Any]) -> bool:
    """Return whether a message says that the kernel has done what ``reply`` answers."""
    answers = message["parent_header"].get("msg_id") == reply["parent_header"].get("msg_id")
    return answers and message["content"].get("execution_state") == "idle"


class SandboxedKernelSpec(KernelSpecManager):
    """Offers one kernel: ipykernel of the environment that runs nbgrader, in a sandbox.

    Otherwise a ``python3`` kernelspec in the user's folder would come first, and its environment may have no lrlab.
    """

    sandboxed = Bool(True)

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        about = get_kernel_dict()
        if self.sandboxed:
            about["metadata"] = {"kernel_provisioner": {"provisioner_name": NAME}}
            about["interrupt_mode"] = "message"  # signals of the grader's do not reach into the sandbox
        return KernelSpec(resource_dir=str(RESOURCES), **about)


class SandboxedKernelManager(CappedSockets, AsyncKernelManager):
    """Manages a kernel in a sandbox; without one only with ``sandboxed=False``."""

    limits = Instance(Limits, ())
    private = AnyTrait(None, help="paths that stay invisible, as for `bubblewrap.command_line`")
    unavailable = AnyTrait((), help="modules of lrlab that are not there, as for `bubblewrap.command_line`")
    seed = Integer(0, help="what the global generators of torch, numpy and Python start from")
    sandboxed = Bool(True)
    torch = Bool(True, help="whether a kernel without a zygote imports torch before its first cell")
    reply_key = Bytes(b"", help="signs the replies of the checks; empty: the kernel has no checks")
    session: CappedSession
    sandbox: SandboxedProcess | None = None  # of the kernel that was started last, also after its end
    client_factory = Type(CappedClient)
    client_class = "lrlab.grading.sandbox.provisioner.CappedClient"

    @default("kernel_spec_manager")
    def _kernel_spec_manager_default(self) -> KernelSpecManager:
        return SandboxedKernelSpec(data_dir=self.data_dir, sandboxed=self.sandboxed)

    def _session_default(self) -> Session:
        return CappedSession(parent=self, limits=self.limits)

    def client(self, **kwargs: Any) -> Any:
        client = super().client(limits=self.limits, **kwargs)
        client.session.limits = self.limits  # it is a clone of the manager's
        return client

    async def _async_interrupt_kernel(self) -> None:
        with contextlib.suppress(zmq.Again):  # before its end also a kernel is interrupted that broke its channels
            await super()._async_interrupt_kernel()

    async def _async_pre_start_kernel(self, **kw: Any) -> tuple[list[str], dict[str, Any]]:
        # Not by its registered name: a stale installation must not decide whether there is a sandbox.
        if self.sandboxed and self.provisioner is None:
            self.provisioner = SandboxProvisioner(kernel_id=self.kernel_id, kernel_spec=self.kernel_spec, parent=self)
        return await super()._async_pre_start_kernel(**kw)
