"""Namespaces and mounts for a sandbox inside the zygote's, and the end of all privileges."""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import re
import resource
import socket
import stat
import struct
from collections.abc import Mapping
from pathlib import Path

from lrlab.grading.sandbox.init.seccomp import install_filter

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET, CLONE_NEWCGROUP = 0x10000000, 0x20000000, 0x40000000, 0x02000000
MS_NOSUID, MS_NODEV, MS_NOEXEC = 2, 4, 8
MS_BIND, MS_REC = 4096, 16384
PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 4, 24, 38
PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 47, 4

libc = ctypes.CDLL(None, use_errno=True)


def _checked(status: int, what: str) -> None:
    if status:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def enter_namespaces(uid: int, *, cgroup: bool = False) -> None:
    """Enter new mount, UTS, IPC, PID and network namespaces, with ``cgroup`` one that begins at this process's cgroup.

    Without root they are inside a new user namespace.
    """
    flags = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWCGROUP * cgroup
    if os.geteuid() == 0:
        _checked(libc.unshare(flags), "unshare")
        return
    gid = os.getegid()
    _checked(libc.unshare(flags | CLONE_NEWUSER), "unshare")
    Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
    Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1", encoding="ascii")
    Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1", encoding="ascii")


def mount_points_below(folder: str) -> list[str]:
    """Return the outermost mount points below a folder."""
    points: list[str] = []
    for line in Path("/proc/self/mountinfo").read_bytes().split(b"\n"):
        if not line:
            continue
        path = os.fsdecode(re.sub(rb"\\([0-7]{3})", lambda code: bytes([int(code[1], 8)]), line.split()[4]))
        if path.startswith(f"{folder}/") and not any(path == above or path.startswith(f"{above}/") for above in points):
            points.append(path)
    return points


def mount_private_filesystems(scratch: int) -> None:
    """Mount a new /proc and empty /tmp, home and /dev/shm of ``scratch`` bytes each; start a loopback network."""

    def mount(kind: bytes, path: str, flags: int, options: str = "") -> None:
        _checked(libc.mount(kind, os.fsencode(path), kind, flags, options.encode()), f"mount {path}")

    mount(b"proc", "/proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    for path in ("/tmp", os.environ["HOME"], "/dev/shm"):
        # This Python may be installed in there. A descriptor still reaches it after the mount covers it.
        covered = {inner: os.open(inner, os.O_PATH) for inner in mount_points_below(path)}
        # An empty file takes memory too, which the size does not count.
        mount(b"tmpfs", path, MS_NOSUID | MS_NODEV, f"size={scratch},nr_inodes=65536,mode=1777")
        for inner, descriptor in covered.items():
            if stat.S_ISDIR(os.fstat(descriptor).st_mode):
                os.makedirs(inner, 0o755)
            else:
                os.makedirs(os.path.dirname(inner), 0o755, exist_ok=True)
                Path(inner).touch()
            source = f"/proc/self/fd/{descriptor}".encode()
            _checked(libc.mount(source, os.fsencode(inner), None, MS_BIND | MS_REC, None), f"mount {inner}")
            os.close(descriptor)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        up_and_running = struct.pack("16sh22x", b"lo", 0x1 | 0x40)
        fcntl.ioctl(any_socket, 0x8914, up_and_running)  # SIOCSIFFLAGS


def drop_privileges(uid: int, gid: int, limits: Mapping[str, int]) -> None:
    """Set the limits, become an ordinary user, drop all capabilities, and filter system calls."""
    for name, amount in (
        ("AS", limits["address_space"]), ("NPROC", limits["processes"]), ("NOFILE", limits["open_files"]),
        ("FSIZE", limits["file_size"]), ("CPU", limits["cpu"]), ("CORE", 0), ("MEMLOCK", 1 << 16), ("MSGQUEUE", 0),
    ):  # fmt: skip
        kind = getattr(resource, f"RLIMIT_{name}")
        hard = resource.getrlimit(kind)[1]
        amount = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
        resource.setrlimit(kind, (amount, amount))
    with contextlib.suppress(OSError):  # if the machine runs out of memory, the sandbox is ended first
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")

    for capability in range(64):  # an error only says that there is no such capability
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    if os.getuid() == 0:
        os.setgroups([])
        os.setresgid(gid, gid, gid)
        os.setresuid(uid, uid, uid)
    header, nothing = struct.pack("=Ii", 0x20080522, 0), bytes(24)
    _checked(libc.capset(header, nothing), "capset")
    _checked(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")
    _checked(libc.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0), "dumpable")  # otherwise /proc/self belongs to root
    install_filter()
