"""What one submission may use, and the error of a machine that has no sandbox."""

from __future__ import annotations

from dataclasses import dataclass, fields

from lrlab._validation import COUNT, check

MIB = 1 << 20
GIB = 1 << 30
WALL_CLOCK_FACTOR = 3  # a limit's seconds of processor time may take this many times as long on the clock
RESERVE = 120  # seconds of processor time for the assignment's own cells when a submission's time is up


class SandboxError(RuntimeError):
    """This machine can't make a sandbox. One sentence that says what to do about it."""


@dataclass(frozen=True)
class Limits:
    """What one submission may use. Whole numbers; bytes, seconds or a count.

    Attributes:
        memory: bytes of all its processes together, checked every ``usage.INTERVAL`` seconds.
        address_space: bytes that a single process may reserve; torch alone reserves about 2 GiB.
        scratch: bytes in each of /tmp, the home and /dev/shm, which are in memory.
        file_size: bytes of a single file.
        open_files: of one process.
        processes: processes and threads at a time.
        cpu: seconds of processor time of one process.
        cell: seconds of processor time for a cell; on the clock WALL_CLOCK_FACTOR times that, so that a busy machine
            costs no one a point.
        submission: the same for all cells together.
        clock: seconds on the clock from the kernel's start to its end.
        message: bytes of one message from the kernel; a longer one is lost.
        cell_output: bytes kept of a cell's output; the rest is dropped.
        output: bytes kept of the output of all cells; after that, each later cell keeps 256 KiB.
    """

    memory: int = 4 * GIB
    address_space: int = 6 * GIB
    scratch: int = 256 * MIB
    file_size: int = 128 * MIB
    open_files: int = 512
    processes: int = 128
    cpu: int = 600
    cell: int = 60
    submission: int = 600
    clock: int = 1800
    message: int = 8 * MIB
    cell_output: int = 4 * MIB
    output: int = 32 * MIB

    def __post_init__(self) -> None:
        for field in fields(self):
            check(field.name, COUNT, getattr(self, field.name))
