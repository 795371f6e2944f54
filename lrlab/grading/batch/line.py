"""The lines that a host gets from its runner."""

from __future__ import annotations

import os
import selectors
import time
from typing import BinaryIO


class Line:
    """The runner's lines, read as they come."""

    def __init__(self, file: BinaryIO, selector: selectors.BaseSelector) -> None:
        self.descriptor = file.fileno()
        os.set_blocking(self.descriptor, False)
        selector.register(self.descriptor, selectors.EVENT_READ, None)
        self.heard, self.ended, self._rest = time.monotonic(), False, b""

    def read(self) -> list[bytes]:
        """Return the complete lines that have arrived, without the empty ones."""
        lines: list[bytes] = []
        chunks = [self._rest]
        while not self.ended:
            try:
                chunk = os.read(self.descriptor, 1 << 20)
            except BlockingIOError:
                break
            self.ended = not chunk
            chunks.append(chunk)
            self.heard = time.monotonic()
        *lines, self._rest = b"".join(chunks).split(b"\n")
        return [line for line in lines if line.strip()]
