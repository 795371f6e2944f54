"""The filter of system calls: the kernel itself refuses what a notebook has no use for.

It is written by hand. libseccomp has a table of its own, but needs a system library that bubblewrap does not install,
and its binding ``pyseccomp`` has had no release since January 2021. On a processor that is not in ARCHITECTURES there
is no filter, and so no sandbox.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
from typing import NamedTuple


class Architecture(NamedTuple):
    """A processor's number in ``linux/audit.h``, and the numbers of three system calls on it."""

    audit: int
    column: int  # of BLOCKED_SYSCALLS
    clone: int
    socket: int


ARCHITECTURES = {
    "x86_64": Architecture(0xC000003E, 0, clone=56, socket=41),
    "aarch64": Architecture(0xC00000B7, 1, clone=220, socket=198),
}
# Calls that reach far into the kernel, or give memory that counts for no process: numbers on x86_64 and on aarch64.
BLOCKED_SYSCALLS = {
    "ptrace": (101, 117), "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "unshare": (272, 97),
    "setns": (308, 268), "keyctl": (250, 219), "add_key": (248, 217), "request_key": (249, 218), "bpf": (321, 280),
    "perf_event_open": (298, 241), "userfaultfd": (323, 282), "memfd_create": (319, 279), "memfd_secret": (447, 447),
    "shmget": (29, 194), "msgget": (68, 186), "semget": (64, 190), "chroot": (161, 51), "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271), "io_uring_setup": (425, 425), "open_by_handle_at": (304, 265),
    "fsopen": (430, 430), "move_mount": (429, 429), "open_tree": (428, 428), "fsconfig": (431, 431),
    "fsmount": (432, 432), "mount_setattr": (442, 442),
}  # fmt: skip
CLONE3 = 435  # on both
# A network namespace does not confine every family: a vsock reaches the host of a virtual machine. It does confine
# local, IPv4 and IPv6 sockets, and netlink, which ipykernel uses to list the addresses.
UNIX, INET, INET6, NETLINK = 1, 2, 10, 16
NAMESPACES = 0x7E020000  # all CLONE_NEW… flags that clone takes
X32 = 0x40000000  # the first number of x86_64's second set of calls

PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2
LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06  # opcodes of the filter's machine
NUMBER, AUDIT, FIRST_ARGUMENT = 0, 4, 16  # offsets in `struct seccomp_data`
ALLOW, KILL, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000


def install_filter() -> None:
    """Block BLOCKED_SYSCALLS (EPERM), other families of sockets (EAFNOSUPPORT), and clone3 (ENOSYS).

    clone3's flags are in memory, which a filter can't read; without it, C libraries call clone.

    Raises:
        OSError: this processor is not known, or this kernel has no filters.
    """
    processor = ARCHITECTURES.get(platform.machine())
    if processor is None:
        raise OSError(errno.ENOSYS, f"no filter of system calls for the processor {platform.machine()}")
    program = b"".join(_program(processor))
    code = ctypes.create_string_buffer(program)
    listing = struct.pack("@HP", len(program) // 8, ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.c_char_p(listing), 0, 0):
        number = ctypes.get_errno()
        raise OSError(number, f"this kernel takes no filter of system calls: {os.strerror(number)}")


def _program(processor: Architecture) -> list[bytes]:
    """Return the filter's statements; the last two numbers of each are jumps, if it holds and if not."""

    def statement(code: int, value: int, true: int = 0, false: int = 0) -> bytes:
        return struct.pack("=HBBI", code, true, false, value)

    program = [
        statement(LOAD, AUDIT),
        statement(EQUAL, processor.audit, 1, 0),
        statement(RETURN, KILL),
        statement(LOAD, NUMBER),
    ]
    if processor is ARCHITECTURES["x86_64"]:
        program += [statement(AT_LEAST, X32, 0, 1), statement(RETURN, ERRNO | errno.ENOSYS)]
    for number in sorted(numbers[processor.column] for numbers in BLOCKED_SYSCALLS.values()):
        program += [statement(EQUAL, number, 0, 1), statement(RETURN, ERRNO | errno.EPERM)]
    program += [
        statement(EQUAL, processor.socket, 0, 7),
        statement(LOAD, FIRST_ARGUMENT),
        statement(EQUAL, UNIX, 3, 0),
        statement(EQUAL, INET, 2, 0),
        statement(EQUAL, INET6, 1, 0),
        statement(EQUAL, NETLINK, 0, 1),
        statement(RETURN, ALLOW),
        statement(RETURN, ERRNO | errno.EAFNOSUPPORT),
        statement(EQUAL, CLONE3, 0, 1),
        statement(RETURN, ERRNO | errno.ENOSYS),
        statement(EQUAL, processor.clone, 0, 3),
        statement(LOAD, FIRST_ARGUMENT),
        statement(ANY_BIT, NAMESPACES, 0, 1),
        statement(RETURN, ERRNO | errno.EPERM),
        statement(RETURN, ALLOW),
    ]
    return program
