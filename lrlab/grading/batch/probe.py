"""What code in a sandbox of this machine can really do, tried in a kernel of its own."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from contextlib import suppress

from lrlab.grading.batch.course import configuration, course_folder
from lrlab.grading.batch.errors import CourseError
from lrlab.grading.sandbox.file_tree import private_paths
from lrlab.grading.sandbox.limits import MIB, Limits, SandboxError
from lrlab.grading.sandbox.provisioner import SandboxedKernelManager

# Runs in the kernel: what it can really do there, whatever the settings say.
PROBE = """
import importlib.util, json, os, socket
def able(attempt):
    try:
        attempt()
    except (OSError, MemoryError):
        return False
    return True
def forks():
    children = []
    try:
        for _ in range(200):
            pid = os.fork()
            if pid == 0:
                import time; time.sleep(30); os._exit(0)
            children.append(pid)
    finally:
        for pid in children:
            os.kill(pid, 9); os.waitpid(pid, 0)
def others():
    # What is private on this machine, and everything that looks like an exchange or a course.
    examples = importlib.util.find_spec("nbgrader").submodule_search_locations[0]  # its own documentation's course
    private = {(device, number) for device, number in PRIVATE}
    found = []
    for folder, folders, names in os.walk("/"):
        try:
            about = os.stat(folder)
        except OSError:
            continue
        exchange = {"inbound", "outbound"} <= set(folders)
        course = "submitted" in folders and {"nbgrader_config.py", "gradebook.db"} & set(names)
        course = course and not folder.startswith(examples)
        if (about.st_dev, about.st_ino) in private or exchange or course:
            found.append(folder)
            folders.clear()
        folders[:] = [name for name in folders if os.path.join(folder, name) != "/proc"]
    return sorted(found)[:5]
def imported():
    try:
        import lrlab.checks, lrlab.data
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return lrlab.__file__
print(json.dumps({
    "lrlab": imported(),
    "user": os.getuid(),
    "network": sorted({line.split(":")[0].strip() for line in open("/proc/net/dev").readlines()[2:]} - {"lo"}),
    "internet": able(lambda: socket.create_connection(("1.1.1.1", 53), timeout=3)),
    "others": others(),
    "memory": able(lambda: bytearray(2**33)),
    "disk": able(lambda: open("/tmp/big", "wb").write(bytes(80 * 2**20)) == 80 * 2**20 or 1 / 0),
    "processes": able(forks),
}))
"""
ANSWERS = "print({})"  # in place of it where only the answer counts
TIMEOUT = 120  # seconds; walking the whole file tree takes some on a slow disk
LIMITS = Limits(processes=64, scratch=64 * MIB, file_size=100 * MIB, submission=TIMEOUT)


def _private_paths() -> list[str]:
    """Return what the sandbox must not show, with that of the working directory's course if there is one."""
    try:
        return private_paths(configuration(course_folder()))
    except CourseError:
        return private_paths()


def _identities(paths: Sequence[str]) -> list[tuple[int, int]]:
    """Return device and inode number of each path that exists: they are the same wherever it is mounted."""
    identities = []
    for path in paths:
        with suppress(OSError):
            about = os.stat(path)
            identities.append((about.st_dev, about.st_ino))
    return identities


async def probe(code: str = PROBE) -> dict[str, object]:
    """Start a sandboxed kernel, and return what it could do and see, by name, as ``code`` prints it.

    Raises:
        SandboxError: it did not start, or did not answer in time.
    """
    private = _private_paths()
    manager = SandboxedKernelManager(kernel_name="python3", limits=LIMITS, private=private)
    try:
        await manager.start_kernel()
        client = manager.client()
        client.start_channels()
        printed: list[str] = []
        try:
            await client.wait_for_ready(timeout=60)
            await client.execute_interactive(
                code.replace("PRIVATE", repr(_identities(private))),
                timeout=TIMEOUT,
                allow_stdin=False,
                output_hook=lambda message: printed.append(message["content"].get("text", "")),
            )
        except (RuntimeError, TimeoutError) as error:
            assert manager.sandbox is not None
            lines = manager.sandbox.stderr_tail().splitlines()
            raise SandboxError(lines[-1] if lines else str(error)) from error
        finally:
            client.stop_channels()
        answer: dict[str, object] = json.loads("".join(printed))
        return answer
    finally:
        with suppress(RuntimeError):
            await manager.shutdown_kernel(now=True)
