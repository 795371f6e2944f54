"""`make hub` where it can't run: it says why, and touches no user that is not its own. A term: browser/test_hub.py."""

import contextlib
import os
import pwd
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import hub_users
import make_hub
import pytest
from hub_users import OURS, PROF, HubError
from make_hub import Hub


def account(gecos: str) -> pwd.struct_passwd:
    return pwd.struct_passwd((PROF, "x", 61001, 61001, gecos, "/nowhere", "/bin/sh"))


@pytest.fixture
def able(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A machine on which everything is there, and no user yet."""

    def nobody(name: str) -> pwd.struct_passwd:
        raise KeyError(name)

    monkeypatch.setattr(hub_users.sys, "platform", "linux")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(make_hub.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(pwd, "getpwnam", nobody)
    return monkeypatch


def test_it_takes_root(able: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    make_hub.require()
    able.setattr(os, "geteuid", lambda: 1000)
    assert make_hub.main([]) == 1
    said = capsys.readouterr().err
    assert said.startswith("make hub: a hub with users of its own takes Linux and root")
    assert said.count("\n") == 1


def test_it_takes_npm(able: pytest.MonkeyPatch) -> None:
    able.setattr(make_hub.shutil, "which", lambda name: None if name == "npm" else name)
    with pytest.raises(
        HubError, match=r"there is no npm here: install it \(on Debian and Ubuntu: apt-get install npm\)"
    ):
        make_hub.require()


def test_a_user_of_that_name_who_is_someone_else_stays(able: pytest.MonkeyPatch, tmp_path: Path) -> None:
    able.setattr(hub_users, "run", lambda command: pytest.fail(f"{command} was run"))
    able.setattr(pwd, "getpwnam", lambda name: account("Professor"))
    with pytest.raises(HubError, match="has a user lrlab-prof that `make hub` did not make: nothing is done"):
        make_hub.require()
    with pytest.raises(HubError, match="the user lrlab-prof was not made by `make hub`: it stays"):
        hub_users.remove_users(tmp_path)
    able.setattr(pwd, "getpwnam", lambda name: account(OURS))
    make_hub.require()


def test_a_folder_of_someone_else_is_not_taken(able: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "hub").symlink_to(tmp_path)
    with pytest.raises(HubError, match="is not root's: name another folder with --at"):
        Hub(tmp_path / "hub").install()


def test_only_a_folder_that_it_made_is_removed(
    able: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    able.setattr(make_hub.shutil, "which", lambda name: None if name == "npm" else name)
    able.setattr(make_hub, "remove_users", lambda homes: None)
    stat = Path.stat
    able.setattr(Path, "stat", lambda path, **how: os.stat_result([*stat(path, **how)[:4], 0, *stat(path, **how)[5:]]))
    folder = tmp_path / "srv"
    folder.mkdir()
    (folder / "data").touch()
    remove = ["--remove", "--at", str(folder)]
    assert make_hub.main(remove) == 1
    said = f"{folder} was not made by `make hub`: name another folder with --at, or remove it"
    assert said in capsys.readouterr().err
    with pytest.raises(HubError, match="was not made by `make hub`"):
        Hub(folder).install()
    assert (folder / "data").exists()
    (folder / make_hub.MARKER).touch()
    assert make_hub.main(remove) == 0  # without npm
    assert not folder.exists()
    assert make_hub.main(remove) == 0


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_however_it_ends_the_users_are_removed(able: pytest.MonkeyPatch, tmp_path: Path, sign: signal.Signals) -> None:
    done: list[str] = []

    @contextlib.contextmanager
    def people(self: Hub) -> Iterator[None]:
        try:
            yield
        finally:
            done.append("removed")

    able.setattr(Hub, "install", lambda self: None)
    able.setattr(Hub, "people", people)
    able.setattr(Hub, "running", lambda self: contextlib.nullcontext("http://127.0.0.1"))
    able.setattr(signal, "pause", lambda: os.kill(os.getpid(), sign))
    before = {one: signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        assert make_hub.main(["--at", str(tmp_path / "hub")]) == 130
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
    assert done == ["removed"]


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with (
            pytest.raises(HubError, match=f"port {port} is in use, and a hub takes three"),
            Hub(tmp_path, port).running(),
        ):
            pass


def test_the_instructor_sees_what_students_do_not() -> None:
    """The two folders of settings name the same parts."""
    student, instructor = (make_hub.ROOT / "tools" / f"jupyter-{who}" for who in ("student", "instructor"))
    for name in ("labconfig/page_config.json", "jupyter_server_config.d/lrlab.json"):
        texts = [(folder / name).read_text(encoding="utf-8") for folder in (student, instructor)]
        assert texts[0] != texts[1]
        assert texts[0].replace("true", "X").replace("false", "X") == texts[1].replace("true", "X").replace(
            "false", "X"
        )
