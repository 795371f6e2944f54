"""`lrlab doctor`: what it says of this machine, and of machines that lack something."""

import pytest

import lrlab
from lrlab.cli import main
from lrlab.grading.batch import doctor
from lrlab.grading.sandbox import bubblewrap
from lrlab.grading.sandbox.bubblewrap import INSTALL_HINTS
from lrlab.grading.sandbox.limits import SandboxError


@pytest.mark.slow
def test_this_machine(capsys):
    try:
        bubblewrap.find_bubblewrap()
    except SandboxError as error:
        pytest.skip(str(error))
    assert main(["doctor"]) == 0
    shown = capsys.readouterr().out
    assert "FAIL" not in shown
    assert shown.count("ok  ") == 11  # the last one is the zygote
    assert "can grade in a sandbox" in shown


def test_without_bubblewrap_it_fails_and_says_what_to_install(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(bubblewrap, "platform_name", lambda: "debian")
    assert main(["doctor"]) == 1
    shown = capsys.readouterr()
    assert "FAIL  bubblewrap (the program bwrap) is not installed: install it with `sudo apt-get" in shown.out
    assert "--unsandboxed" in shown.err


@pytest.mark.slow
def test_a_bubblewrap_that_may_not_make_sandboxes(monkeypatch, tmp_path, capsys):
    fake = tmp_path / "bwrap"
    fake.write_text(
        '#!/bin/sh\n[ "$1" = --version ] && echo bubblewrap 0.9.0 && exit\n'
        "echo bwrap: setting up uid map: Permission denied >&2\nexit 1\n",
        encoding="utf-8",
    )
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(doctor, "_namespaces", lambda: "/proc/sys/x is 1: it takes a profile")
    assert main(["doctor"]) == 1
    shown = capsys.readouterr().out
    assert "FAIL  a sandboxed kernel starts: bwrap: setting up uid map: Permission denied; /proc/sys/x is 1" in shown


@pytest.mark.parametrize(
    ("name", "answer"),
    [("lrlab", "ImportError"), ("user", 0), ("network", ["eth0"]), ("internet", True), ("others", ["/usr/share/x"]),
     ("memory", True), ("disk", True), ("processes", True)],
)  # fmt: skip
def test_a_sandbox_that_leaks_fails(monkeypatch, name, answer):
    async def ask():
        right = {"network": [], "others": [], **dict.fromkeys(("internet", "memory", "disk", "processes"), False)}
        return {"lrlab": lrlab.__file__, "user": 1000, **right, name: answer}

    monkeypatch.setattr(doctor, "find_bubblewrap", lambda: "/usr/bin/bwrap")
    monkeypatch.setattr(doctor, "bubblewrap_version", lambda path: (0, 8, 0))
    monkeypatch.setattr(doctor, "probe", ask)
    failed = [what for held, what in doctor.checks() if not held]
    assert len(failed) == 1
    assert repr(answer) in failed[0]


def test_two_lrlabs_are_named(monkeypatch, tmp_path):
    (tmp_path / "nbgrader_config.py").touch()
    (tmp_path / "lrlab").mkdir()
    (tmp_path / "lrlab" / "__init__.py").touch()
    monkeypatch.setattr(doctor, "find_bubblewrap", lambda: "/usr/bin/bwrap")
    monkeypatch.setattr(doctor, "course_folder", lambda: tmp_path)
    held, what = next(doctor.checks())
    assert not held
    assert str(tmp_path / "lrlab") in what
    assert "pip install -e ." in what


def test_a_configuration_that_would_give_zero_is_named(monkeypatch, tmp_path):
    steps = ["lrlab.grading.scoring.preprocessor.Judge", "nbgrader.preprocessors.SaveAutoGrades"]
    (tmp_path / "nbgrader_config.py").write_text(f"c = get_config()\nc.Autograde.autograde_preprocessors = {steps}\n")
    monkeypatch.setattr(doctor, "find_bubblewrap", lambda: "/usr/bin/bwrap")
    monkeypatch.setattr(doctor, "course_folder", lambda: tmp_path)
    held, what = next(doctor.checks())
    assert not held
    assert what.startswith("nbgrader_config.py must enter scores with lrlab.grading.scoring.save_grades.SaveGrades in ")


@pytest.mark.parametrize(
    ("release", "system"),
    [({"ID": "debian"}, "debian"), ({"ID": "pop", "ID_LIKE": "ubuntu debian"}, "debian"), ({"ID": "fedora"}, "fedora"),
     ({"ID": "rocky", "ID_LIKE": "rhel centos fedora"}, "fedora"), ({"ID": "arch"}, "arch"), ({"ID": "void"}, "linux")],
)  # fmt: skip
def test_each_system_has_its_words(monkeypatch, release, system):
    monkeypatch.setattr(bubblewrap.sys, "platform", "linux")
    monkeypatch.setattr(bubblewrap.platform, "freedesktop_os_release", lambda: release)
    assert bubblewrap.platform_name() == system
    assert "bubblewrap" in INSTALL_HINTS[system]


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_elsewhere_it_says_grade_on_linux(monkeypatch, platform):
    monkeypatch.setattr(bubblewrap.sys, "platform", platform)
    with pytest.raises(SandboxError, match=r"no sandbox on .*: grade on Linux"):
        bubblewrap.find_bubblewrap()
