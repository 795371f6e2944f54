"""The grader's end of a kernel's channels, with limits on what arrives.

A student's process has the kernel's end of every channel and may send anything, and any amount of it. So the socket
refuses long messages and queues only a few, and what exceeds the limits is dropped before it is parsed.
"""

from __future__ import annotations

import contextlib
import math
import time
from queue import Empty
from typing import Any

import zmq
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.connect import ConnectionFileMixin
from jupyter_client.session import Session
from traitlets import Instance, Integer

from lrlab.grading.sandbox.limits import Limits

LEAST_OUTPUT = 1 << 18  # bytes that each cell may show even after others have used up the submission's total
SEND = 5.0  # seconds for a message to leave; it never waits for a kernel that is busy
ANSWER, OUTPUT = 1.0, 0.2  # seconds until a new kernel is asked again whether it is ready
MOST_QUEUED = 16  # messages in the grader's socket, each of at most Limits.message bytes


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
