"""A Dask cluster as a place: what its workers send can't run code here, and their loss costs nothing.

Most tests use workers whose task grades nothing; one grades a class.
"""

import os
import pickle
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import pytest
from support import dask_cluster
from support.fake_run import ALL, SETTINGS, STUDENTS, Run
from support.graded_state import state
from support.made_course import RIGHT, UNIT, WRONG, answer

from lrlab.grading.batch import dask_sandbox, runner
from lrlab.grading.batch.dispatch import Dispatch
from lrlab.grading.batch.errors import CourseError
from lrlab.grading.batch.journal import GRADED, Journal
from lrlab.grading.batch.places import Places, command
from lrlab.grading.sandbox.bubblewrap import find_bubblewrap
from lrlab.grading.sandbox.limits import SandboxError

try:
    find_bubblewrap()
    NO_SANDBOX = ""
except SandboxError as error:
    NO_SANDBOX = str(error)
MISSING = dask_cluster.missing() or NO_SANDBOX
pytestmark = [
    pytest.mark.slow(reason="a scheduler and workers are started for each test"),
    pytest.mark.xdist_group("dask"),
    pytest.mark.skipif(bool(MISSING), reason=MISSING),
]


@pytest.fixture
def cluster(tmp_path):
    cluster = dask_cluster.Cluster(tmp_path)
    yield cluster
    cluster.close()


def grade(cluster, folder: Path, turn=lambda run: None) -> tuple[Run, Dispatch]:
    places = Places([command(cluster.name)], folder, folder / "log", folder)
    run = Run(folder / "graded")
    dispatch = Dispatch(run, STUDENTS, places, {True: SETTINGS, False: SETTINGS})
    end = time.monotonic() + 200
    try:
        while run.open and not dispatch.problem:
            assert time.monotonic() < end, (folder / "place-0.log").read_text()
            dispatch.turn()
            turn(run)
    finally:
        places.close()
    return run, dispatch


def test_a_worker_that_ends_or_can_not_grade_costs_no_submission(cluster, tmp_path):
    first = cluster.add_worker("works")
    cluster.add_worker("unfit")

    def turn(run: Run) -> None:
        if run.entered and first.poll() is None:
            first.kill()
            first.wait()
            cluster.add_worker("works")

    run, dispatch = grade(cluster, tmp_path, turn)
    assert dispatch.problem == ""
    assert sorted(run.entered) == ALL
    assert run.reasons == {}
    assert all("it has torch 1.0 (here 2.13.0)" in each for each in dispatch.left_out)


def test_a_scheduler_that_ends_costs_no_submission(cluster, tmp_path, monkeypatch):
    monkeypatch.setattr("lrlab.grading.batch.dispatch.PAUSE", 0.0)
    cluster.add_worker("works")
    first = cluster.scheduler

    def turn(run: Run) -> None:
        if run.entered and first.poll() is None:
            cluster.scheduler.kill()
            cluster.scheduler.wait()
            cluster.start()  # another one, at the same address
            cluster.add_worker("works")

    run, dispatch = grade(cluster, tmp_path, turn)
    assert dispatch.problem == ""
    assert sorted(run.entered) == ALL
    assert run.reasons == {}


@pytest.fixture
def certificates(tmp_path):
    if shutil.which("openssl") is None:
        pytest.skip("openssl makes the certificates, and it is not installed")
    return dask_cluster.new_certificates(tmp_path / "certificates")


def test_with_certificates_of_the_cluster_and_only_with_them(certificates, tmp_path, monkeypatch):
    import dask

    monkeypatch.setattr("lrlab.grading.batch.dispatch.MOST_FAILURES", 1)
    others = dask_cluster.new_certificates(tmp_path / "others")
    cluster = dask_cluster.Cluster(tmp_path, certificates)
    try:
        cluster.add_worker("works")
        for number, configuration in enumerate((others.configuration, {}, certificates.configuration)):
            folder = tmp_path / str(number)
            folder.mkdir()
            with dask.config.set(configuration):
                run, dispatch = grade(cluster, folder)
            if configuration == certificates.configuration:
                assert dispatch.problem == ""
                assert sorted(run.entered) == ALL
            else:
                assert run.entered == []
                assert "no Dask scheduler answers at" in dispatch.problem
    finally:
        cluster.close()


@pytest.mark.parametrize(
    "what",
    [
        "result",
        pytest.param(
            "exception", marks=pytest.mark.nightly(reason="each starts a cluster; a result comes the same way")
        ),
        "warning",
    ],
)
def test_a_hostile_pickle_runs_nothing_here(cluster, tmp_path, monkeypatch, what):
    from support.dask_stub.stub import Hostile

    monkeypatch.setattr("lrlab.grading.batch.dispatch.PAUSE", 0.0)
    marks = [tmp_path / "course", Path.home() / ".lrlab-hostile", Path(f"/tmp/lrlab-hostile-{os.getpid()}")]
    monkeypatch.setenv("LRLAB_MARKS", ":".join(map(str, marks)))
    pickle.loads(pickle.dumps(Hostile()))
    for mark in marks:
        mark.unlink()  # so it would have worked
    cluster.add_worker(what)
    run, dispatch = grade(cluster, tmp_path)
    assert not [mark for mark in marks if mark.exists()]
    assert run.reasons == {}
    assert sorted(run.entered) == (ALL if what == "warning" else [])
    assert (dispatch.problem == "") == (what == "warning")


def test_the_client_sees_nothing_of_the_course(tmp_path, monkeypatch):
    (tmp_path / "gradebook.db").write_text("secret")
    monkeypatch.setenv("PGPASSWORD", "secret")
    words = dask_sandbox.words("dask://127.0.0.1:1")
    look = "import os, sys; print(os.environ, [os.path.exists(p) for p in sys.argv[1:]], open('/proc/net/dev').read())"
    start = words.index("-s")
    with tempfile.NamedTemporaryFile(dir=Path.home()) as at_home:
        seen = [str(tmp_path), at_home.name, "/etc/passwd", dask_sandbox.__file__]
        shown = subprocess.run([*words[:start], "-s", "-c", look, *seen], capture_output=True, text=True, check=True)
    assert "secret" not in shown.stdout
    assert "[False, False, False, True]" in shown.stdout
    assert "lo:" in shown.stdout


def test_an_address_that_is_none_is_one_sentence():
    with pytest.raises(CourseError, match="must be dask://HOST:PORT with the port of Dask's scheduler"):
        command("dask://nowhere")
    with pytest.raises(CourseError, match="must be dask://HOST:PORT with the port of Dask's scheduler"):
        command("dask://grader:99999")


@pytest.mark.slow(reason="a class of three is graded twice, and a worker is lost")
def test_a_class_is_graded_as_on_this_machine_though_a_worker_is_lost(cluster, new_course, tmp_path):
    course = new_course()
    released = course.released()
    for student, answers in {"ada": RIGHT, "bob": WRONG, "kim": RIGHT}.items():
        course.submit(student, answer(released, answers, "A text."))
    twin = course.copied(tmp_path / "twin")
    first, done_by_it = cluster.add_worker(), []

    def progress(done: int, todo: int) -> None:
        if done and first.poll() is None:  # it has the others, and one of them has begun
            cluster.add_worker()
            first.kill()
            first.wait()
            done_by_it.append(done)

    there = runner.grade(UNIT, root=twin.root, on=[cluster.name], progress=progress)
    assert done_by_it in ([1], [2])
    here = runner.grade(UNIT, root=course.root, jobs=1)
    assert [line.state for line in there.lines] == [line.state for line in here.lines] == [GRADED] * 3
    assert there.left_out == []
    drop = {"at", "seconds"}
    read = [sorted(Journal(each.root, UNIT).read(), key=lambda line: line["student"]) for each in (twin, course)]
    for one, other in zip(*read, strict=True):  # each line is written when its submission is done
        assert {k: v for k, v in one.items() if k not in drop} == {k: v for k, v in other.items() if k not in drop}
    assert state(twin) == state(course)
    assert len(state(course)) > 3  # three rows, and files
