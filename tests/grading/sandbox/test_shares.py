"""A submission's share of memory, processes and processor: by a cgroup where there is one to divide, else by /proc."""

import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.sandboxed import execute

from lrlab.grading.sandbox import bubblewrap, cgroups, usage
from lrlab.grading.sandbox.bubblewrap import find_bubblewrap
from lrlab.grading.sandbox.cgroups import Cgroup, CgroupError
from lrlab.grading.sandbox.init import seccomp
from lrlab.grading.sandbox.limits import MIB, Limits, SandboxError
from lrlab.grading.sandbox.zygote import Zygote

SOCKETS = "import socket\nheld = [socket.socketpair() for _ in range(200)]\nimport time; time.sleep(20)"
FILLED = """
import contextlib, os, socket, time
first = os.getpid()
os.fork(), os.fork()  # each has files of its own
held = [socket.socketpair() for _ in range(200)]
for end in (end for pair in held for end in pair):
    end.setblocking(False)
    with contextlib.suppress(BlockingIOError):
        while True:
            end.send(bytes(65536))
time.sleep(20)
if os.getpid() != first:
    os._exit(0)
"""
FILES = """
for name in ("/tmp/a", "/tmp/b", "/dev/shm/a", "/dev/shm/b"):
    open(name, "wb").write(bytes(100 << 20))
import time; time.sleep(20)
"""
CGROUPS = "from lrlab.grading.sandbox import cgroups, limits; "
START = "import subprocess, sys; subprocess.run([sys.executable, '-c', sys.argv[1]], check=True)"
RUN = f"{CGROUPS}cgroups.prepare(); {START}"
WORKER = f"{CGROUPS}made = cgroups.new(limits.Limits()); print(made.cpu_seconds()); made.remove()"
BY_THE_KERNEL = {"sockets": SOCKETS, "files in memory": FILES}


@pytest.fixture
def fake(tmp_path, monkeypatch):
    """A cgroup of this process in a folder that stands for /sys/fs/cgroup."""
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "cgroup.controllers").write_text("cpu io memory pids\n")
    (tmp_path / "own" / "cgroup.subtree_control").write_text("\n")
    monkeypatch.setattr(cgroups, "_own_cgroup", lambda: tmp_path / "own")
    mkdir = Path.mkdir

    def make(path: Path, **options: object) -> None:  # the kernel's file appears with the folder
        mkdir(path, **options)
        (path / "cgroup.procs").touch()

    monkeypatch.setattr(Path, "mkdir", make)
    cgroups.delegated.cache_clear()
    yield tmp_path / "own"
    cgroups.delegated.cache_clear()


@pytest.fixture(scope="module")
def divided() -> Path:
    """A real cgroup that this process may divide."""
    try:
        return cgroups.delegated()
    except CgroupError as error:
        pytest.skip(f"no cgroup to divide here: {error}; CONTRIBUTING.md says how to get one")


class TestWhereThereIsNone:
    def test_a_controller_is_missing(self, fake):
        (fake / "cgroup.controllers").write_text("cpu io pids\n")
        with pytest.raises(CgroupError, match="has no controller memory"):
            cgroups.delegated()
        assert cgroups.new(Limits()) is None

    def test_it_belongs_to_someone_else(self, fake, monkeypatch):
        def refuse(*_, **__):
            raise PermissionError(1, "Operation not permitted")

        monkeypatch.setattr(Path, "mkdir", refuse)
        with pytest.raises(CgroupError, match="can't be divided: Operation not permitted"):
            cgroups.delegated()

    def test_one_with_other_processes_stays_as_it_was(self, fake, monkeypatch):
        write = Path.write_text

        def refuse(path, *arguments, **named):
            if path.name == "cgroup.subtree_control":
                raise OSError(16, "Device or resource busy")
            return write(path, *arguments, **named)

        monkeypatch.setattr(Path, "write_text", refuse)
        monkeypatch.setattr(Path, "rmdir", lambda path: shutil.rmtree(path))  # the kernel's files go with the folder
        with pytest.raises(CgroupError, match="can't be divided: Device or resource busy"):
            cgroups.delegated()
        assert (fake / "cgroup.procs").read_text() == "0"
        assert not (fake / cgroups.GRADER).exists()

    @pytest.mark.parametrize(
        ("own", "mounts", "found"),
        [
            ("0::/user/a.scope", "30 1 0:1 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw", "/sys/fs/cgroup/user/a.scope"),
            ("1:cpu:/\n0::/x/b", "30 1 0:1 /x /mnt/c rw - cgroup2 cgroup2 rw", "/mnt/c/b"),
            ("1:cpu:/", "30 1 0:1 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw", None),
            ("0::/", "30 1 0:1 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu", None),
        ],
    )
    def test_the_folder_of_a_process(self, monkeypatch, own, mounts, found):
        texts = {"/proc/self/cgroup": own, "/proc/self/mountinfo": mounts}
        monkeypatch.setattr(Path, "read_text", lambda path, **_: texts[str(path)])
        if found is None:
            with pytest.raises(CgroupError, match="no cgroups of version 2"):
                cgroups._own_cgroup()
        else:
            assert cgroups._own_cgroup() == Path(found)


def test_the_grader_moves_aside_and_each_submission_has_its_limits(fake):
    made = cgroups.new(Limits(memory=7 * MIB, processes=9))
    assert (fake / cgroups.GRADER / "cgroup.procs").read_text() == "0"
    assert (fake / "cgroup.subtree_control").read_text() == "+memory +pids +cpu"
    wanted = {
        "memory.max": 7 * MIB,
        "memory.swap.max": 0,
        "memory.oom.group": 1,
        "pids.max": 12,
        "cpu.max": "100000 100000",
    }
    assert {name: (made.path / name).read_text() for name in wanted} == {k: str(v) for k, v in wanted.items()}
    os.write(made.join, b"0")
    (made.path / "cpu.stat").write_text("usage_usec 1500000\nuser_usec 1\n")
    assert made.cpu_seconds() == 1.5
    assert not made.was_out_of_memory()
    (made.path / "memory.events").write_text("low 0\noom 1\noom_kill 3\n")
    assert made.was_out_of_memory()


@pytest.mark.slow
@pytest.mark.usefixtures("sandboxed", "divided")
class TestCgroups:
    @pytest.mark.parametrize("zygotes", [False, True], ids=["cold", "warm"])
    @pytest.mark.parametrize(
        ("held", "memory", "said"),
        [("b = b'x' * (600 << 20)", 512, "0.5"), (FILLED, 224, "0.219"), (FILES, 384, "0.375")],
        ids=["its own", "sockets", "files in memory"],
    )
    def test_memory_of_any_kind_counts(self, held, memory, said, zygotes):
        with Zygote(packages=()) if zygotes else contextlib.nullcontext():
            outputs = execute(held, memory=memory * MIB)
        assert f"used more than {said} GiB of memory" in outputs[0]

    @pytest.mark.parametrize("zygotes", [False, True], ids=["cold", "warm"])
    def test_its_cgroup_has_no_name_there_and_nothing_is_left(self, divided, zygotes):
        with Zygote(packages=()) if zygotes else contextlib.nullcontext():
            (shown,) = execute("print(open('/proc/self/cgroup').read())")
        assert "0::/\\n" in shown, "the sandbox has a cgroup namespace of its own"
        assert not list(divided.glob("lrlab-*-*"))

    def test_what_a_run_starts_can_divide_its_cgroup_as_well(self, divided):
        scope = divided / f"lrlab-test-{os.getpid()}"
        scope.mkdir()
        try:
            enter = f"open('{scope}/cgroup.procs', 'w').write('0')"
            subprocess.run([sys.executable, "-c", f"{enter}; {RUN}", WORKER], check=True)
        finally:
            (scope / cgroups.GRADER).rmdir()
            scope.rmdir()


@pytest.fixture
def bare(monkeypatch):
    """A real cgroup of version 2 that may lack the controllers, as beside those of version 1; limits are not set."""
    try:
        own = cgroups._own_cgroup()
        parent = own / f"lrlab-test-{os.getpid()}"
        parent.mkdir()
    except (CgroupError, OSError) as error:
        pytest.skip(f"no cgroup of version 2 can be made here: {error}")
    write = Cgroup._write
    monkeypatch.setattr(Cgroup, "_write", lambda self, name, to: name == "cgroup.kill" and write(self, name, to))
    monkeypatch.setattr(cgroups, "delegated", lambda: parent)
    yield parent
    parent.rmdir()


def runs(pid: str) -> bool:
    """Whether a process runs; one that has ended and is not waited for yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


@pytest.mark.slow
@pytest.mark.usefixtures("sandboxed")
def test_a_submission_enters_its_cgroup_and_leaves_nothing(bare, monkeypatch):
    """Also where no controller can be had, so that the limits themselves can't be tried."""
    seen = []
    remove = Cgroup.remove

    def look(self):
        seen.append(((self.path / "cgroup.procs").read_text().split(), self.cpu_seconds()))
        remove(self)

    monkeypatch.setattr(Cgroup, "remove", look)
    (shown,) = execute("import os, sys\nos.fork() or __import__('time').sleep(99)\nprint('goes on')")
    assert "goes on" in shown
    ((processes, seconds),) = seen
    assert processes  # those that are not gone yet when its supervisor is
    assert seconds > 0.1
    assert not list(bare.glob("lrlab-*"))
    assert not any(map(runs, processes))


@pytest.mark.slow(reason="a kernel starts cold, and fills memory")
@pytest.mark.usefixtures("sandboxed")
@pytest.mark.parametrize("held", BY_THE_KERNEL.values(), ids=BY_THE_KERNEL)
def test_without_cgroups_what_the_kernel_holds_counts_as_well(held, monkeypatch):
    monkeypatch.setattr(cgroups, "new", lambda limits: None)
    monkeypatch.setattr(usage, "SOCKET_BYTES", 2 * MIB)  # so that few are enough
    (shown,) = execute(held, memory=384 * MIB)
    assert "the submission used more than 0.375 GiB of memory" in shown


def test_an_unknown_processor_has_no_sandbox(monkeypatch):
    monkeypatch.setattr(bubblewrap.platform, "machine", lambda: "riscv64")
    with pytest.raises(
        SandboxError, match="no sandbox on the processor riscv64: its filter of system calls knows x86_64"
    ):
        find_bubblewrap()
    with pytest.raises(OSError, match="no filter of system calls for the processor riscv64"):
        seccomp.install_filter()


def test_a_kernel_without_filters_has_no_sandbox(monkeypatch):
    class Refuses:
        def prctl(self, *_):
            return -1

    monkeypatch.setattr(seccomp.ctypes, "CDLL", lambda *_, **__: Refuses())
    with pytest.raises(OSError, match="this kernel takes no filter of system calls"):
        seccomp.install_filter()
