"""Places that grade: what is sent to them, what is taken from them, and what their loss costs. No submission is run.

`test_more_machines.py` grades with real ones.
"""

import os
import select
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from support import fake_place
from support.fake_run import ALL, CELLS, SETTINGS, STUDENTS, Run
from support.made_course import UNIT
from traitlets.config import Config

from lrlab.grading.batch import place as place_module
from lrlab.grading.batch import places as places_module
from lrlab.grading.batch import runner
from lrlab.grading.batch.dispatch import MOST_LOSSES, Dispatch
from lrlab.grading.batch.errors import ConfigurationError, CourseError, GradebookError
from lrlab.grading.batch.host import THREADS
from lrlab.grading.batch.messages import Notice, Outcome, Parcel, decode, encode
from lrlab.grading.batch.parcel import ParcelError, checked_result, pack_files, unpack_files
from lrlab.grading.batch.place import Command, Lost, Place
from lrlab.grading.batch.places import HOST, Places, command
from lrlab.grading.batch.portable_config import portable_config
from lrlab.grading.batch.versions import difference, versions

ROOT = Path(__file__).parents[3]
FAKE = (sys.executable, "-m", "support.fake_place")


# What is sent and taken.


def test_files_arrive_as_they_were(tmp_path):
    source = tmp_path / "source"
    for name, content in {"a.txt": b"a\0\xff", "deep/er/b": b"", "__pycache__/c.pyc": b"c", "n\udcff": b"n"}.items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes(content)
    (source / "link").symlink_to("/etc/passwd")
    packed = pack_files(source, leave_out=("__pycache__",))
    parcel = decode(encode(Parcel("ada", "", None, packed)))
    unpack_files(parcel.files, tmp_path / "to", mode=0o444)
    assert {str(p.relative_to(tmp_path / "to")) for p in (tmp_path / "to").rglob("*") if p.is_file()} == {
        "a.txt",
        "deep/er/b",
        "n\udcff",
    }
    assert (tmp_path / "to/a.txt").read_bytes() == b"a\0\xff"
    assert (tmp_path / "to/a.txt").stat().st_mode & 0o777 == 0o444


@pytest.mark.parametrize(
    "files",
    [
        {"../out": ""},
        {"a/../../out": ""},
        {"/tmp/out": ""},
        {"": ""},
        {"a\0": ""},
        {"x/" * 20 + "y": ""},
        {"a": "no base64!"},
        {"a": 3},
        {"a": "", "a/b": ""},
        {"n" * 300: ""},
        ["a"],
        None,
        {str(n): "" for n in range(2000)},
    ],
)
def test_files_of_a_place_stay_in_their_folder(tmp_path, files):
    with pytest.raises(ParcelError):
        unpack_files(files, tmp_path / "course" / "to")
    assert [p.name for p in tmp_path.iterdir()] in ([], ["course"])
    assert not (tmp_path / "course" / "out").exists()


def changed(**about):
    result = fake_place.result(1.0)
    (result if "timestamp" in about else result["notebooks"]["unit"]).update(about)
    return result


def test_a_result_has_the_assignments_cells_and_no_more_than_their_points():
    assert checked_result(fake_place.result(2.0), CELLS)["notebooks"]["unit"]["grades"] == {"cell": [2.0, False]}
    for wrong in (
        None,
        {},
        fake_place.result(2.1),
        fake_place.result(-1),
        fake_place.result(float("nan")),
        fake_place.result(True),
        fake_place.result("2"),
        changed(grades={}),
        changed(grades={"cell": [1.0, False], "other": [1.0, False]}),
        changed(penalty=-1.0),
        changed(comments={"answer": 3}),
        changed(comments={}),
        changed(comments={"answer": None, "other": None}),
        changed(timestamp="tomorrow"),
        {**fake_place.result(1.0), "notebooks": {}},
    ):
        with pytest.raises(ParcelError, match="its result is not valid"):
            checked_result(wrong, CELLS)


def test_no_secret_travels_in_the_configuration():
    config = Config()
    config.CourseDirectory.db_url = "postgresql://lrlab:secret@db/grades"
    config.CourseDirectory.root = "/home/prof/secret"
    config.CourseDirectory.submitted_directory = "/secret"
    config.CourseDirectory.ignore = ["*.pyc"]
    config.Exchange.root = "/srv/secret"
    config.CanvasImporter.token = "secret"
    config.Judge.memory = 1 << 30
    config.ExecutePreprocessor.timeout = 8
    config.Autograde.autograde_preprocessors = [
        "lrlab.grading.scoring.preprocessor.Judge",
        "nbgrader.preprocessors.AssignLatePenalties",
    ]
    config.LateSubmissionPlugin.penalty_method = "zero"
    sent = portable_config(config)
    assert "secret" not in str(sent)
    assert sent["CourseDirectory"] == {"ignore": ["*.pyc"]}
    assert sent["Judge"] == {"memory": 1 << 30}
    assert sent["ExecutePreprocessor"] == {"timeout": 8}
    assert sent["LateSubmissionPlugin"] == {"penalty_method": "zero"}


def test_an_option_that_can_not_travel_is_named():
    from lrlab.grading.scoring.preprocessor import Judge

    config = Config()
    config.Autograde.autograde_preprocessors = [Judge]
    sent = portable_config(config)
    assert sent["Autograde"]["autograde_preprocessors"] == ["lrlab.grading.scoring.preprocessor.Judge"]
    config.Autograde.pre_convert_hook = lambda: None
    with pytest.raises(ConfigurationError, match=r"c.Autograde.pre_convert_hook in nbgrader_config.py must be text"):
        portable_config(config)


def test_versions_that_differ_are_one_clause():
    assert difference(dict(versions())) == ""
    assert difference({**versions(), "torch": "1.0"}).startswith("it has torch 1.0 (here ")
    assert "lrlab's files" in difference({**versions(), "lrlab's files": "0"})
    assert difference(None) == "it does not say which versions it has"
    assert difference({}).count("none (here") == 4


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("local", (sys.executable, *HOST)),
        ("ssh -p 22 grader1", ("ssh", "-p", "22", "grader1", sys.executable, *HOST)),
        ("/opt/python3.12", ("/opt/python3.12", *HOST)),
        ("srun --mem=5G /opt/lrlab/bin/python3", ("srun", "--mem=5G", "/opt/lrlab/bin/python3", *HOST)),
    ],
)
def test_a_place_is_a_command(given, words):
    assert command(given).words == words


def test_what_is_no_command_is_one_sentence():
    with pytest.raises(CourseError, match="is empty"):
        command(" ")
    with pytest.raises(CourseError, match=r"must be a command, got .*quotation"):
        command("ssh 'grader1")
    for address in ("tcp://h:8786", "tls://h:8786", "DASK://h:8786", "http://h:8787/status --jobs"):
        with pytest.raises(
            CourseError, match=r"must be a command, or dask://HOST:PORT for a Dask cluster, got '"
        ) as said:
            command(address)
        assert repr(address) in str(said.value)


@pytest.mark.parametrize("is_local", [True, False])
def test_what_a_place_receives_of_the_environment(tmp_path, monkeypatch, is_local):
    """Its process is looked at: with the course's own gradebook in a variable, with tokens, with what it needs."""
    url = "postgresql://lrlab:hidden-word@db.example.org/grades"
    secret = {
        "PGHOST": "x",
        "JUPYTERHUB_API_TOKEN": "x",
        "GRADES": url,
        "SERVER": "db.example.org",
        "WORD": "hidden-word",
    }
    needed = {"SSH_AUTH_SOCK": "/tmp/agent", "KUBECONFIG": "/tmp/config"}
    for name, value in (secret | needed).items():
        monkeypatch.setenv(name, value)
    how = Command("local" if is_local else "other", ("sh", "-c", "env -0; echo end; exec sleep 60"))
    place = Place(how, tmp_path, tmp_path / "log", url)
    place.start()
    try:
        shown = b""
        while not shown.endswith(b"end\n"):
            assert select.select([place.process.stdout], [], [], 60)[0]
            shown += place.process.stdout.read()
        received = dict(each.split("=", 1) for each in shown.decode().split("\0")[:-1])
    finally:
        monkeypatch.setattr(place_module, "GRACE", 0.0)
        place.close()
    assert received.items() >= needed.items()
    assert {"PATH", "HOME"} <= received.keys()
    assert secret.keys() & received.keys() == (secret.keys() if is_local else set())
    assert ("hidden-word" in str(received)) == ("db.example.org" in str(received)) == is_local


@pytest.mark.slow
def test_the_configuration_names_places_and_the_command_line_others(new_course, monkeypatch):
    course, seen, prepared = new_course(), [], []
    course.submit("ada", course.released())
    monkeypatch.setattr(runner.cgroups, "prepare", lambda: prepared.append(True))

    def places(commands, root, log, staging, gradebook):
        assert prepared.pop()  # a cgroup can't be divided once other processes are in it
        seen.append(([each.name for each in commands], gradebook))
        raise GradebookError("far enough")

    monkeypatch.setattr(runner, "Places", places)
    path = course.root / "nbgrader_config.py"
    stock = path.read_text()
    for line, on, names in (
        ("", None, ["local"]),
        ("c.Grading.places = ['local', 'ssh grader1']", None, ["local", "ssh grader1"]),
        ("c.Grading.places = 'srun --mem=5G'", None, ["srun --mem=5G"]),
        ("c.Grading.places = ['ssh grader1']", ["local"], ["local"]),
    ):
        path.write_text(f"{stock}\n{line}\n")
        assert runner.grade(UNIT, root=course.root, on=on).problem == "far enough"
        assert seen.pop() == (names, f"sqlite:///{course.root / 'gradebook.db'}")
    path.write_text(f"{stock}\nc.Grading.places = ['tcp://h:8786']\n")
    with pytest.raises(
        CourseError, match=r"must be a command, or dask://HOST:PORT for a Dask cluster, got 'tcp://h:8786'"
    ):
        runner.grade(UNIT, root=course.root)


# What a place's loss costs.


@pytest.fixture
def graded(tmp_path, monkeypatch):
    """`graded(behaviour, …)`: a run on a place for each behaviour, and its dispatch."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "tests"))
    monkeypatch.setattr("lrlab.grading.batch.dispatch.PAUSE", 0.0)
    monkeypatch.setattr(places_module, "POLL_INTERVAL", 0.02)

    def graded(*behaviours):
        commands = [Command(each, (*FAKE, each, str(tmp_path / f"starts of {each}"))) for each in behaviours]
        places = Places(commands, tmp_path, tmp_path / "log", tmp_path)
        run = Run(tmp_path / "graded")
        dispatch = Dispatch(run, STUDENTS, places, {True: SETTINGS, False: SETTINGS})
        end = time.monotonic() + 100
        try:
            while run.open and not dispatch.problem:
                assert time.monotonic() < end
                dispatch.turn()
        finally:
            places.close()
        for each in behaviours:
            for pid in (tmp_path / f"starts of {each}").read_text().split():
                assert not Path(f"/proc/{pid}").exists()
        return run, dispatch

    return graded


@pytest.mark.parametrize(
    "behaviour",
    ["works", "lost in the middle", pytest.param("falls silent", marks=pytest.mark.slow), "says everything twice"],
)
def test_every_submission_is_entered_once(graded, monkeypatch, behaviour):
    if behaviour == "falls silent":
        monkeypatch.setattr(place_module, "SILENCE", 3.0)  # a busy machine keeps an honest place silent for one
    run, dispatch = graded(behaviour)
    assert sorted(run.entered) == ALL
    assert run.reasons == {}
    assert dispatch.left_out == []


def test_a_place_has_its_next_submission_before_a_result_is_entered(graded, monkeypatch):
    order: list[str] = []
    for name in ("take", "enter"):
        own = getattr(Run, name)
        monkeypatch.setattr(Run, name, lambda self, *a, name=name, own=own: (order.append(name), own(self, *a))[1])
    graded("works")
    assert order[:4] == ["take", "take", "take", "enter"]  # it takes two at a time


@pytest.fixture
def settle(tmp_path, monkeypatch):
    """`settle(about, run)`: a place with room sends what came of s1, and s2 can't be taken; returns the dispatch."""

    def take(self, student):
        raise GradebookError("locked")

    def settle(about, run):
        places = Places([Command("other", ())], tmp_path, tmp_path / "log", tmp_path)
        dispatch = Dispatch(run, ["s2"], places, {True: SETTINGS})
        (place,) = places.all
        place.slots, place.open["s1"] = 1, run.take("s1")
        done = fake_place.DONE | {"result": fake_place.result(1.0)} | about
        with monkeypatch.context() as patched:
            patched.setattr(Run, "take", take)
            dispatch._handle(place, Outcome("s1", "digest of s1", done, {}))
        return dispatch

    return settle


def test_a_result_is_entered_even_if_the_next_submission_can_not_be_taken(settle, tmp_path):
    run = Run(tmp_path / "graded")
    with pytest.raises(GradebookError, match="locked"):
        settle({}, run)
    assert run.entered == [("s1", 1.0)]


@pytest.mark.parametrize(
    "about", [{"state": "course", "reason": "no scheme"}, {"state": "no sandbox"}, {"seconds": "few"}]
)
def test_after_what_ends_the_run_or_the_place_no_other_submission_is_sent_there(settle, tmp_path, about):
    run = Run(tmp_path / "graded")
    assert settle(about, run).problem == about.get("reason", "")
    assert run.entered == []


@pytest.mark.parametrize(
    ("behaviour", "said"),
    [
        ("never starts", "it ended with exit status 1: Permission denied (publickey). (3 times)"),
        ("another torch", "it has torch 1.0 (here "),
        ("broken", "bubblewrap is not installed"),
        *(
            pytest.param(behaviour, said, marks=pytest.mark.slow)
            for behaviour, said in (
                ("no sandbox", "no more user namespaces (3 times)"),
                ("writes elsewhere", "leads out of its folder"),
                ("gives more than there is", "a number between 0 and 2 is expected, and it has 3.0"),
                ("no message", "it sent a line that is not a message (3 times)"),
            )
        ),
    ],
)
def test_a_place_that_can_not_grade_is_left_out_and_costs_no_submission(graded, tmp_path, behaviour, said):
    run, dispatch = graded(behaviour)
    assert run.entered == []
    assert run.reasons == {}  # all are untouched, and graded by the next run
    assert dispatch.problem.startswith(f"no place is left to grade: {behaviour}: ")
    assert said in dispatch.problem
    assert not (tmp_path / "elsewhere").exists()


def test_a_place_is_not_silent_while_the_runner_was_busy(tmp_path, monkeypatch):
    place = Place(Command("other", ("sh", "-c", "echo; exec sleep 60")), tmp_path, tmp_path / "log")
    place.start()
    try:
        select.select([place.process.stdout], [], [], 60)
        place.greeted, place.slots, place.heard = True, 1, time.monotonic() - 1000
        place.check()
        assert list(place.read()) == []
        place.check()
        monkeypatch.setattr(place_module, "SILENCE", -1.0)
        with pytest.raises(Lost, match="nothing was heard from it"):
            place.check()
    finally:
        monkeypatch.setattr(place_module, "GRACE", 0.0)
        place.close()


@pytest.mark.slow
def test_a_place_that_says_no_hello_is_named_once(tmp_path, monkeypatch):
    monkeypatch.setattr(place_module, "SILENCE", 0.0)
    monkeypatch.setattr(place_module, "GRACE", 0.0)
    places = Places([Command("slow", ("sleep", "60"))], tmp_path, tmp_path / "log", tmp_path)
    try:
        found = [*places.poll(), *places.poll()]
    finally:
        places.close()
    assert [type(message) for _, message in found] == [Notice]
    assert found[0][1].text.startswith("it has not answered yet")


@pytest.mark.parametrize(("state", "failures"), [("graded", 0), ("refused", 0), ("failed", 0), ("hung", 2)])
def test_a_place_that_works_starts_counting_its_failures_again(tmp_path, state, failures):
    run = Run(tmp_path / "graded")
    dispatch = Dispatch(run, [], Places([Command("other", ())], tmp_path, tmp_path / "log", tmp_path), {True: SETTINGS})
    (place,) = dispatch.places.all
    place.failures, place.open["s1"] = 2, run.take("s1")
    done = fake_place.DONE | {"state": state, "result": fake_place.result(1.0)}
    dispatch._handle(place, Outcome("s1", "digest of s1", done, {}))
    assert place.failures == failures
    assert "s1" not in run.open


def test_what_a_place_waits_for_is_said(tmp_path):
    said = []
    places = Places([Command("other", ())], tmp_path, tmp_path / "log", tmp_path)
    dispatch = Dispatch(Run(tmp_path / "graded"), [], places, {}, said.append)
    dispatch._handle(places.all[0], Notice("it has no worker yet"))
    assert said == ["other: it has no worker yet"]
    assert dispatch.left_out == []


@pytest.mark.slow
def test_the_others_go_on(graded):
    run, dispatch = graded("never starts", "works", "another torch")
    assert sorted(run.entered) == ALL
    assert len(dispatch.left_out) <= 2  # the class may be done before the third start
    assert dispatch.problem == ""


def test_a_submission_that_ends_its_graders_is_set_aside_after_two_tries(graded):
    run, dispatch = graded("poison")
    assert sorted(run.entered) == [each for each in ALL if each[0] != "s1"]
    assert run.reasons == {"s1": "Its grader ended by itself, 2 times (signal SIGKILL)."}
    assert dispatch.problem == ""


@pytest.mark.slow
def test_a_submission_that_takes_down_every_machine_does_not_go_on_forever(graded, monkeypatch):
    monkeypatch.setattr("lrlab.grading.batch.dispatch.MOST_FAILURES", 100)
    run, _ = graded("takes the machine down")
    assert run.reasons["s1"] == f"The place that graded it was lost, {MOST_LOSSES} times."
    assert len(run.entered) + len(run.reasons) == len(STUDENTS)


@pytest.mark.slow
def test_a_host_ends_with_its_input():
    host = subprocess.Popen([sys.executable, *HOST], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert decode(host.stdout.readline()).versions == versions()
    host.stdin.close()
    host.stdout.close()
    assert host.wait(60) == 0


@pytest.mark.slow
def test_a_host_without_a_sandbox_says_so_and_grades_nothing(monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    settings = replace(SETTINGS, jobs=1, most=1, config={})
    said = subprocess.run([sys.executable, *HOST], input=encode(settings), capture_output=True, timeout=100).stdout
    hello, broken = map(decode, said.splitlines())
    assert hello.versions == versions()
    assert "without a sandbox nothing is graded there" in broken.reason


@pytest.mark.slow
def test_a_host_on_another_machine_computes_with_one_thread(tmp_path):
    """It has none of this machine's environment, and a library's threads start when it is imported."""
    environment = {name: value for name, value in os.environ.items() if name != THREADS}
    host = subprocess.Popen(
        [sys.executable, *HOST], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, cwd=tmp_path
    )
    assert host.stdout is not None
    assert decode(host.stdout.readline()).versions == dict(versions())
    started_with = Path(f"/proc/{host.pid}/environ").read_bytes().split(b"\0")
    host.communicate(timeout=60)
    assert host.returncode == 0
    assert f"{THREADS}=1".encode() in started_with
