"""What the zygote does when the system refuses it a process or a descriptor: it stays, and so do its kernels."""

import array
import errno
import os
import runpy
import signal
import socket

import pytest

from lrlab.grading.sandbox import init


@pytest.fixture
def serve(monkeypatch):
    """The zygote's loop, with no real process."""
    code = runpy.run_module(f"{init.__name__}.__main__", run_name="tested")
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    monkeypatch.setattr(code["time"], "sleep", lambda _: None)
    return code["serve"]


def request(control: socket.socket) -> socket.socket:
    """Ask for a kernel; return the grader's end of the supervisor's socket."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        control.sendmsg([b"{}"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [0, theirs.fileno()]))])
    return ours


def test_a_kernel_that_can_not_be_forked_costs_no_other_one(serve, monkeypatch, capsys):
    forks = []

    def fork() -> int:
        forks.append(len(forks))
        if forks[-1] in (0, 1):
            raise OSError([errno.EAGAIN, errno.ENOMEM][forks[-1]], "refused")
        return 1

    monkeypatch.setattr(os, "fork", fork)
    grader, control = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with grader, control:
        supervisors = [request(grader) for _ in range(4)]
        grader.shutdown(socket.SHUT_WR)
        serve(control)
    assert forks == [0, 1, 2, 3]
    assert capsys.readouterr().err.count("no kernel could be forked") == 2
    for each in supervisors:
        assert each.recv(1) == b""  # closed, so the grader sees that it did not start
        each.close()


def test_a_request_that_can_not_be_read_costs_no_other_one(serve, monkeypatch, capsys):
    class Control:
        def __init__(self):
            self.answers = [OSError(errno.ENOBUFS, "no room"), None]

        def recvmsg(self, *_):
            answer = self.answers.pop(0) if self.answers else b""
            if isinstance(answer, OSError):
                raise answer
            if answer is None:  # the system had no descriptor for it
                kept = array.array("i", [os.open(os.devnull, os.O_RDONLY)])
                self.kept = kept[0]
                return b"{}", [(socket.SOL_SOCKET, socket.SCM_RIGHTS, kept.tobytes())], socket.MSG_CTRUNC, None
            return b"", [], 0, None

    control = Control()
    monkeypatch.setattr(os, "fork", lambda: pytest.fail("there is nothing to fork"))
    serve(control)
    assert capsys.readouterr().err.count("no request could be read") == 2
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(control.kept)


def test_it_ends_when_the_grader_closes_also_with_its_greeting_unread(serve):
    grader, control = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with control:
        control.send(b"ready")
        grader.close()
        serve(control)
