"""The command line: what it says to mistakes, and JupyterLab really starting."""

import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import pytest

import lrlab
from lrlab import cli
from lrlab.commands import CommandError, lab

REPO = Path(__file__).resolve().parent.parent


def one_sentence(capsys: pytest.CaptureFixture[str]) -> str:
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    return captured.err


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        cli.main(["--version"])
    assert capsys.readouterr().out == f"lrlab {lrlab.__version__}\n"


def test_a_folder_that_hides_the_package_is_named(capsys: pytest.CaptureFixture[str], monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(lrlab, "__file__", None)
    monkeypatch.setattr(lrlab, "__path__", [str(tmp_path / "lrlab")])
    assert cli.main(["doctor"]) == 1
    assert one_sentence(capsys).startswith(
        f"lrlab: the folder {tmp_path / 'lrlab'} hides the installed lrlab: take {tmp_path} out of PYTHONPATH, or"
    )


RUN = """
import os, sys
from lrlab import cli
from lrlab.commands import release
def run(args):
    print("\\u00c9milie \\u0905")
    if "assignment" in sys.argv:
        print(os.listdir(), sys.getfilesystemencoding())
    if "--check" in sys.argv:
        open("/nowhere/at/all")
    return 0
release.run = run
sys.exit(cli.main())
"""


@pytest.mark.skipif(os.name != "posix", reason="it takes a POSIX shell")
@pytest.mark.parametrize(
    ("how", "status", "out", "err"),
    [
        ("release", 0, "Émilie \\u0905\n", ""),
        ("release >&-", 0, "", ""),
        ("release <&- 2>&-", 0, "Émilie \\u0905\n", ""),
        ("release >/dev/full", 1, "", "lrlab: No space left on device\n"),
        ("release --check >/dev/null", 1, "", "lrlab: /nowhere/at/all: No such file or directory\n"),
        ("release --check >&- 2>&-", 1, "", ""),
    ],
)
def test_no_stream_and_no_file_ends_in_a_traceback(how: str, status: int, out: str, err: str) -> None:
    env = {**os.environ, "PYTHONIOENCODING": "latin-1:strict", "PYTHONPATH": str(REPO)}
    command = ["bash", "-c", f'"$0" -c "$1" {how}', sys.executable, RUN]
    done = subprocess.run(command, env=env, capture_output=True, encoding="latin-1", check=False)
    assert (done.returncode, done.stdout, done.stderr) == (status, out, err)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names have one encoding")
def test_names_are_utf8_in_every_locale(tmp_path: Path) -> None:
    (tmp_path / "Jürgen").touch()
    env = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONPATH": str(REPO)}
    command = [sys.executable, "-c", RUN, "release", "assignment"]
    done = subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.splitlines()[1] == "['Jürgen'] utf-8"


@pytest.mark.skipif(os.name != "posix", reason="another system has other errors of a pipe")
def test_a_reader_who_has_gone_gets_no_traceback() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-c", RUN, "release"]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(REPO)}, stdout=writing, stderr=-1, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, b"")


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["lab", "--port", "99999"], "must be a whole number from 1 to 65535, got 99999"),
        (["lab", "--port", "abc"], "must be a whole number from 1 to 65535, got abc"),
        (["frobnicate"], "invalid choice: 'frobnicate'"),
        ([], "COMMAND is missing: one of lab, data, release, pack, "),
    ],
)
def test_wrong_command_line_is_one_sentence(argv: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        cli.main(argv)
    assert says in one_sentence(capsys)


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["data", "--dataset", "mnits"], "mnits"),
        (["release", "no_such_unit"], "no_such_unit"),
        (["lab", "no_such.ipynb"], "there is no notebook no_such.ipynb"),
        (["lab", __file__.replace(str(REPO), "/nowhere")], "there is no notebook /nowhere"),
        (["lab", sys.executable], "is outside the course's folder"),
    ],
)
def test_mistake_is_one_sentence(argv: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    if argv == ["lab", sys.executable] and Path(sys.executable).resolve().is_relative_to(REPO):
        argv = ["lab", "/etc/hosts"]
    assert cli.main(argv) == 1
    assert says in one_sentence(capsys)


def test_data_says_what_and_how_many(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["data", "--dataset", "digits"]) == 0
    assert (
        capsys.readouterr().out
        == "digits: 1,437 training, 180 validation and 180 test images, bundled with scikit-learn\n"
    )


def test_data_names_the_folder(mnist_root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["data", "--dataset", "mnist", "--root", str(mnist_root)]) == 0
    assert (
        capsys.readouterr().out
        == f"mnist: 50,000 training, 10,000 validation and 10,000 test images, in {mnist_root}\n"
    )


@pytest.fixture
def busy_port() -> int:
    with socket.socket() as server:
        server.bind((lab.HOST, 0))
        server.listen()
        yield server.getsockname()[1]


def test_busy_port_given_is_an_error(busy_port: int, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError, match=f"port {busy_port} is in use by another program"):
        lab.choose_port(busy_port)


def test_busy_default_port_moves_on(
    busy_port: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(lab, "DEFAULT_PORT", busy_port)
    chosen = lab.choose_port(None)
    assert busy_port < chosen < busy_port + lab.PORTS_TRIED
    assert capsys.readouterr().out == f"Port {busy_port} is in use: taking {chosen}.\n"


@pytest.mark.parametrize(
    ("platform", "env", "shown"),
    [
        ("linux", {}, False),
        ("linux", {"DISPLAY": ":0"}, True),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, True),
        ("linux", {"DISPLAY": ":10", "SSH_CONNECTION": "10.0.0.1 1 10.0.0.2 22"}, False),
        ("darwin", {}, True),
        ("darwin", {"SSH_TTY": "/dev/ttys1"}, False),
    ],
)
def test_display(platform: str, env: dict[str, str], shown: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "SSH_CONNECTION", "SSH_TTY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", platform)
    assert lab.has_display() is shown


@pytest.mark.slow
@pytest.mark.parametrize(
    ("own", "spins"),
    [({}, "2000"), ({"GOMP_SPINCOUNT": "7"}, "7"), ({"OMP_WAIT_POLICY": "ACTIVE"}, None)],
)
def test_threads_of_kernels_leave_cores_to_others(
    own: dict[str, str], spins: str | None, monkeypatch: pytest.MonkeyPatch, free_port: int
) -> None:
    from jupyterlab.labapp import LabApp

    environment = {key: value for key, value in os.environ.items() if not key.startswith(("GOMP_", "OMP_"))}
    monkeypatch.setattr(os, "environ", {**environment, **own})
    monkeypatch.chdir(REPO)

    class Started(Exception):
        """Instead of a server, whose kernels get what is set by now."""

    def start(**_: object) -> None:
        raise Started

    monkeypatch.setattr(LabApp, "initialize_server", start)
    with pytest.raises(Started):
        lab.serve(port=free_port, browser=False)
    assert os.environ.get("GOMP_SPINCOUNT") == spins


@pytest.mark.slow
def test_lab_starts_on_the_course_and_asks_nothing(free_port: int, tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import sys; from lrlab.cli import main; sys.exit(main())"]
    server = subprocess.Popen(
        [*command, "lab", "--no-browser", "--port", str(free_port)],
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    # Whatever happens below, nothing here waits for ever: without its server, readline and urlopen return.
    guard = threading.Timer(400, server.kill)
    guard.start()
    try:
        assert server.stdout is not None
        printed = ""
        for line in server.stdout:
            printed += line
            if address := re.search(r"http://127\.0\.0\.1:\S+", printed):
                break
        else:
            pytest.fail(f"no address was printed:\n{printed}")
        url = address.group()
        assert f":{free_port}/lab/tree/course/00_start_here.ipynb?token=" in url
        status = url.replace("/lab/tree/course/00_start_here.ipynb", "/api/status")
        started = json.load(urllib.request.urlopen(status, timeout=300))["started"]
        assert started.startswith(time.strftime("%Y", time.gmtime()))
        page = urllib.request.urlopen(url, timeout=300).read().decode()
        config = json.loads(re.search(r'id="jupyter-config-data"[^>]*>(.*?)</script>', page, re.S).group(1))
        assert config["news"] == {"disabled": True}
        update = urllib.request.urlopen(re.sub(r"/lab/tree/[^?]*", "/lab/api/update", url), timeout=300)
        assert json.load(update) == {"notification": None}
    finally:
        guard.cancel()
        server.terminate()
        rest, _ = server.communicate(timeout=300)
    assert "Traceback" not in printed + rest
    assert server.returncode == 0
