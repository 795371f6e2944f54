"""What a Dask worker's task answers when its host is lost, and what the gateway makes of it; without a cluster."""

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from support.fake_run import SETTINGS, Run

from lrlab.grading.batch import dask_sandbox
from lrlab.grading.batch.errors import CourseError
from lrlab.grading.batch.messages import Broken, GivenBack, LeftOut, Notice, Outcome, decode, encode
from lrlab.grading.batch.place import Command
from lrlab.grading.batch.versions import versions

MISSING = "distributed is not installed: pip install 'lrlab[cluster]'"
dask_task = pytest.importorskip("lrlab.grading.batch.dask_task", reason=MISSING)
dask_gateway = pytest.importorskip("lrlab.grading.batch.dask_gateway", reason=MISSING)


@pytest.fixture
def answers(tmp_path, monkeypatch):
    """`answers(behaviour, student, …)`: what the task says of each of them; its host has that behaviour."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    monkeypatch.setattr(dask_task, "get_worker", lambda: SimpleNamespace(address="tcp://worker"))
    monkeypatch.setattr(dask_task, "_folder", lambda: str(tmp_path / "logs"))
    (tmp_path / "logs").mkdir()
    settings = encode(SETTINGS).decode()
    run = Run(tmp_path / "graded")

    def answers(behaviour, *students):
        words = (sys.executable, "-m", "support.fake_place", behaviour, str(tmp_path / "starts"))
        monkeypatch.setattr(dask_task, "command", lambda name: Command(name, words))
        parcels = [encode(run.take(student).parcel).decode() for student in students]
        said = [dask_task.grade(settings, behaviour, dict(versions()), parcel) for parcel in parcels]
        assert {address for address, _ in said} == {"tcp://worker"}
        return [decode(line) for _, line in said]

    yield answers
    for place in list(dask_task._hosts):
        dask_task._end(place)
    dask_task._idle.clear()
    assert list((tmp_path / "logs").iterdir()) == []


def test_a_submission_that_ends_its_host_is_given_back_and_the_worker_grades_the_next(answers, tmp_path):
    first, lost, last = answers("takes the machine down", "s0", "s1", "s2")
    assert isinstance(first, Outcome)
    assert lost == GivenBack("s1", "digest of s1", "it ended with exit status 1")
    assert isinstance(last, Outcome)
    assert len(list((tmp_path / "logs").iterdir())) == len(dask_task._hosts) == 1  # the host that goes on


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [("broken", "bubblewrap is not installed"), ("breaks", "its workers end before they are ready")],
)
def test_a_worker_that_can_not_grade_says_so(answers, behaviour, reason):
    assert answers(behaviour, "s0") == [Broken(reason)]
    assert dask_task._hosts == []


@pytest.fixture
def gateway():
    """A gateway, whose `sent` has what it sends, to a cluster with `workers`."""
    workers = {}
    client = SimpleNamespace(
        status="running",
        scheduler_info=lambda n_workers: {"workers": workers},
        submit=lambda *given, **named: SimpleNamespace(add_done_callback=lambda done: None),
    )
    sent = []
    gateway = dask_gateway.Gateway(client, SETTINGS, sent.append)
    gateway.workers, gateway.sent = workers, sent
    return gateway


def test_a_submission_that_is_given_back_makes_no_worker_unfit(gateway, tmp_path):
    parcel = Run(tmp_path).take("s1").parcel
    for answer in (GivenBack("s1", parcel.digest, "it ended"), Broken("it has torch 1.0")):
        line = encode(answer).decode()
        result = ("tcp://worker", line)
        gateway.take(parcel, SimpleNamespace(status="finished", result=lambda timeout, result=result: result))
    assert gateway.sent == [
        GivenBack("s1", parcel.digest, "it ended"),
        LeftOut("its worker tcp://worker: it has torch 1.0"),
    ]
    assert gateway.unfit == {"tcp://worker"}


@pytest.mark.parametrize(
    ("named", "says"),
    [
        ({"ca-file": "ca.pem"}, "names a certificate, but no distributed.comm.tls.client.cert"),
        (
            {"client.cert": "cert.pem", "client.key": "key.pem"},
            "names a certificate, but no distributed.comm.tls.ca-file",
        ),
        (
            {"ca-file": "away.pem", "client.cert": "cert.pem"},
            r"tls\.ca-file must name a file that can be read: No such file",
        ),
        (
            {"ca-file": "ca.pem", "client.cert": "cert.pem", "client.key": "BEGIN\nsecret"},
            "tls.client.key must name a file",
        ),
    ],
)
def test_certificates_that_are_missing_are_one_sentence(named, says, tmp_path, monkeypatch):
    import dask

    monkeypatch.chdir(tmp_path)
    for name in ("ca.pem", "cert.pem", "key.pem"):
        (tmp_path / name).touch()
    nothing = dict.fromkeys(dask_sandbox.TLS.values())
    configuration = nothing | {f"distributed.comm.tls.{name}": path for name, path in named.items()}
    with dask.config.set(configuration), pytest.raises(CourseError, match=says) as raised:
        dask_sandbox.words("dask://127.0.0.1:8786")
    assert "secret" not in str(raised.value)


def test_a_cluster_without_a_worker_says_so_once(gateway, monkeypatch):
    monkeypatch.setattr(dask_gateway, "WAIT", -1.0)
    notice = Notice("it has no worker that can grade, and the submissions wait for one")
    for _ in range(3):
        gateway.announce()
    assert [each for each in gateway.sent if isinstance(each, Notice)] == [notice]
    gateway.workers["tcp://worker"] = {"nthreads": 1}
    gateway.announce()
    del gateway.workers["tcp://worker"]
    gateway.announce()
    assert [each for each in gateway.sent if isinstance(each, Notice)] == [notice] * 2
