"""A host and its workers when the zygote that they share dies, or no process is left. No submission is run."""

import os
import socket
from dataclasses import replace
from pathlib import Path

import pytest
from support.fake_run import SETTINGS

from lrlab.grading.batch import autograde, worker
from lrlab.grading.batch import host as host_module
from lrlab.grading.batch.host import Host
from lrlab.grading.batch.messages import Again, Job, JobDone, Outcome, Parcel, PlaceSettings, Ready, decode, encode
from lrlab.grading.batch.worker_pool import WorkerProcess


class Workers:
    """Workers that answer each job with their process id, and a zygote that is dead when a test says so."""

    def __init__(self, settings: PlaceSettings, folder: Path) -> None:
        self.has_lost_zygote = False
        self.replaced = self.refused = 0

    def replace_zygote(self) -> None:
        self.replaced += 1
        self.has_lost_zygote = False

    def fork(self, channel: socket.socket) -> int:
        if self.refused:
            self.refused -= 1
            raise BlockingIOError("no process is left")
        pid = os.fork()
        if pid == 0:
            try:
                channel.sendall(encode(Ready()))
                for _ in channel.makefile("rb"):
                    channel.sendall(encode(JobDone("refused", str(os.getpid()))))
            finally:
                os._exit(0)
        return pid

    def close(self) -> None:
        pass


class OfAZygoteThatAlwaysDies(Workers):
    def replace_zygote(self) -> None:
        self.replaced += 1


@pytest.fixture
def start(tmp_path):
    """`start(kind)`: a host with two workers of that kind, and what it sends."""
    hosts = []

    def start(kind: type[Workers]) -> tuple[Host, list[object]]:
        sent: list[object] = []
        hosts.append(Host(replace(SETTINGS, jobs=2), tmp_path, sent.append, kind))
        return hosts[-1], sent

    yield start
    for host in hosts:
        host.close()


def graded_by(host: Host, sent: list[object], count: int) -> list[int]:
    """The processes that graded so many more submissions."""
    host.waiting += [Parcel(f"s{number}", "", None, {}) for number in range(count)]
    known = sum(isinstance(each, Outcome) for each in sent)
    for _ in range(1000):
        assert host.turn()
        outcomes = [each for each in sent if isinstance(each, Outcome)]
        if len(outcomes) == known + count:
            return [int(each.done["reason"]) for each in outcomes[known:]]
    raise AssertionError(sent)


@pytest.mark.slow
def test_workers_of_a_dead_zygote_are_replaced_with_it_and_no_job_is_lost(start):
    host, sent = start(Workers)
    first = graded_by(host, sent, 4)
    host.workers.has_lost_zygote = True
    second = graded_by(host, sent, 4)
    assert not set(first) & set(second)
    assert not set(first) & set(graded_by(host, sent, 4))
    assert host.workers.replaced == 1


@pytest.mark.slow
def test_a_zygote_that_always_dies_keeps_no_one_from_grading(start):
    host, sent = start(OfAZygoteThatAlwaysDies)
    host.workers.has_lost_zygote = True
    assert len(graded_by(host, sent, 6)) == 6
    assert host.workers.replaced <= 6


@pytest.mark.slow
def test_a_worker_that_can_not_be_forked_leaves_the_others_at_work(start):
    host, sent = start(Workers)
    graded_by(host, sent, 2)
    host.pool.terminate(host.pool.workers[0])
    host.workers.refused = 2
    graded_by(host, sent, 6)
    assert host.workers.refused == 0  # it was tried, and tried again


def test_a_worker_that_ends_before_it_is_ready_while_no_process_is_left_leaves_the_others_at_work(start):
    host, sent = start(Workers)
    graded_by(host, sent, 2)
    host.pool.spawn()
    late = host.pool.workers[-1]
    late.ready = False
    host.workers.refused = 1
    assert host._handle(late, None)
    assert host.workers.refused == 0
    assert len(graded_by(host, sent, 4)) == 4


def test_a_host_without_a_worker_and_without_a_process_ends(start):
    host, _ = start(Workers)
    host.workers.refused = 1
    host.pool.terminate(host.pool.workers[0])
    host.pool.workers[0].ready = False
    with pytest.raises(OSError, match="no process is left"):
        host._handle(host.pool.workers[0], None)


def test_a_host_begins_again_once_whatever_its_python_sets(monkeypatch):
    class Executed(Exception):
        pass

    class Served(Exception):
        pass

    def raises(error):
        def call(*_):
            raise error

        return call

    monkeypatch.delenv(host_module.AGAIN, raising=False)
    monkeypatch.setattr(os, "execv", raises(Executed))
    monkeypatch.setattr(host_module, "take_output", raises(Served))
    monkeypatch.setenv(host_module.THREADS, "4")
    with pytest.raises(Executed):
        host_module.main()
    monkeypatch.setenv(host_module.THREADS, "4")  # as a sitecustomize does
    with pytest.raises(Served):
        host_module.main()
    assert os.environ[host_module.THREADS] == "1"  # of what it starts
    with pytest.raises(Served):
        host_module.main()


class Autograder:
    """Says in which try it is; the zygote dies with a student called "unlucky", and one has no kernel at first."""

    def __init__(self, settings: PlaceSettings, folder: Path) -> None:
        self.tries, self.dead = 0, folder / "dead"

    def open_scratch(self) -> None:
        pass

    def grade(self, job: Job) -> JobDone:
        self.tries += 1
        if job.student == "unlucky":
            self.dead.touch()
        if job.student == "refused" and self.tries == 2:
            return JobDone("no sandbox", "the sandbox did not start")
        if job.student == "nowhere":
            return JobDone("no sandbox", f"{job.student} {self.tries}")
        return JobDone("refused", f"{job.student} {self.tries}")


def test_what_was_graded_while_the_zygote_died_is_graded_once_more(tmp_path, monkeypatch):
    class Zygote:
        descriptors = ()

        def __init__(self, *about: object) -> None:
            pass

        def start(self):
            return self

        def wait(self):
            return self.alive

        @property
        def alive(self) -> bool:
            return not (tmp_path / "dead").exists()

    monkeypatch.setattr(worker, "PAUSE", 0.0)
    monkeypatch.setattr(worker, "Zygote", Zygote)
    monkeypatch.setattr(autograde, "Autograder", Autograder)
    workers = worker.Workers(SETTINGS, tmp_path)
    one = WorkerProcess(workers.fork, budget=60.0)
    try:
        lines = one.channel.makefile("rb")
        assert decode(lines.readline()) == Ready()
        for student, said in {
            "ada": [JobDone("refused", "ada 1")],
            "refused": [Again(), JobDone("refused", "refused 3")],
            "nowhere": [Again(), JobDone("no sandbox", "nowhere 5")],
            "unlucky": [Again(), JobDone("refused", "unlucky 7")],
            "bob": [JobDone("refused", "bob 8")],  # cold from the start, so it is whole
        }.items():
            one.submit(Job(student, "", None))
            assert [decode(lines.readline()) for _ in said] == said
        assert workers.has_lost_zygote
    finally:
        one.terminate()


def test_a_job_that_is_graded_once_more_has_all_of_its_time_again():
    ours = []
    one = WorkerProcess(lambda channel: ours.append(channel.dup()) or os.fork() or os._exit(0), budget=-1.0)
    one.submit(Job("ada", "", None))
    assert one.is_overdue
    one.budget = 60.0
    one.start_clock()
    assert not one.is_overdue
    one.terminate()
    ours[0].close()
