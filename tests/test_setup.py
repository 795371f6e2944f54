"""The set-up: what the bootstrap script does to .venv, and that every list of versions says the same.

Nothing is installed here: a stand-in for pip writes down that it was called.
"""

import functools
import json
import re
import shutil
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import bootstrap
import find_browser
import nbformat
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

REPO = Path(__file__).resolve().parent.parent


probe = bootstrap.probe
probed = functools.cache(probe)  # the machine's Pythons, each of which takes up to a quarter of a second to answer


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of what the bootstrap script reads, with venv and pip replaced; `calls` collects what was done."""
    for name in bootstrap.INPUTS:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(REPO / name, tmp_path / name)
    monkeypatch.delenv("LRLAB_PYTHON", raising=False)
    monkeypatch.setattr(bootstrap.Venv, "make", fake_venv)
    # That of .venv is asked each time, as it may be harmed.
    monkeypatch.setattr(bootstrap, "probe", lambda path: (probe if tmp_path in Path(path).parents else probed)(path))
    return tmp_path


def fake_venv(venv: bootstrap.Venv, python: object, prompt: str = "lrlab") -> None:
    shutil.rmtree(venv.path, ignore_errors=True)
    venv.python.parent.mkdir(parents=True)
    venv.python.symlink_to(sys.executable)
    (venv.path / "pyvenv.cfg").write_text(f"prompt = '{prompt}'\n")


@pytest.fixture
def installs(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The targets that pip was asked for, in order."""
    asked: list[str] = []

    def pip(command: list[str], **options: object) -> object:
        if command[1:3] == ["-m", "pip"]:
            asked.append(command[-1])
        return subprocess.CompletedProcess(command, 0) if command[1] == "-m" else run(command, **options)

    run = subprocess.run
    monkeypatch.setattr(bootstrap.subprocess, "run", pip)
    return asked


def mine(checkout: Path) -> Path:
    """A file that is gone once .venv was made again."""
    path = checkout / ".venv" / "mine"
    path.touch()
    return path


def test_second_start_does_nothing(checkout: Path, installs: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert bootstrap.main(["lab"], checkout) == 0
    assert installs == [".[grade]"]
    assert (checkout / ".venv/etc/jupyter/jupyter_lab_config.json").is_file()
    assert (checkout / ".venv/etc/jupyter/labconfig/default_setting_overrides.json").is_file()
    capsys.readouterr()
    assert bootstrap.main(["lab"], checkout) == 0
    assert installs == [".[grade]"]
    assert capsys.readouterr().out == ""


@pytest.mark.slow
def test_an_environment_serves_for_what_needs_less_but_not_the_reverse(checkout: Path, installs: list[str]) -> None:
    for profile in ("lab", "site", "lab", "test", "site", "lab", "test"):
        assert bootstrap.main([profile], checkout) == 0
    assert installs == [".[grade]", ".[grade,site]", ".[cluster,site,test]"]


@pytest.mark.slow
@pytest.mark.parametrize("name", bootstrap.INPUTS)
def test_changed_input_installs_in_place(checkout: Path, installs: list[str], name: str) -> None:
    bootstrap.main(["lab"], checkout)
    kept = mine(checkout)
    with (checkout / name).open("a") as file:
        file.write("\n")
    assert bootstrap.main(["lab"], checkout) == 0
    assert installs == [".[grade]", ".[grade]"]
    assert kept.exists()


def interrupt(checkout: Path) -> None:
    (checkout / ".venv/lrlab-stamp.json").unlink()


def break_python(checkout: Path) -> None:
    (checkout / ".venv/bin/python").unlink()
    (checkout / ".venv/bin/python").symlink_to("/nowhere/python3")


def move(checkout: Path) -> None:
    stamp = checkout / ".venv/lrlab-stamp.json"
    stamp.write_text(json.dumps({**json.loads(stamp.read_text()), "root": "/elsewhere"}))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (interrupt, "the last set-up did not finish"),
        (break_python, "its Python does not start"),
        (move, "it was moved here from /elsewhere"),
    ],
)
def test_a_harmed_environment_is_made_again(checkout, installs, capsys, harm, says) -> None:
    bootstrap.main(["lab"], checkout)
    gone = mine(checkout)
    harm(checkout)
    capsys.readouterr()
    assert bootstrap.main(["lab"], checkout) == 0
    assert f"Making .venv again: {says}.\n" in capsys.readouterr().out
    assert not gone.exists()
    assert installs == [".[grade]", ".[grade]"]
    assert (checkout / ".venv/lrlab-stamp.json").exists()


@pytest.mark.slow
def test_killed_in_the_middle(checkout: Path, installs: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(bootstrap.Venv, "install", killed)
        assert bootstrap.main(["lab"], checkout) == 130
    gone = mine(checkout)
    assert bootstrap.main(["lab"], checkout) == 0
    assert not gone.exists()
    assert installs == [".[grade]"]


@pytest.mark.parametrize(
    ("log", "survives"), [("Collecting torch", True), ("Installing collected packages: torch", False)]
)
def test_failed_download_keeps_an_environment_that_works(checkout, installs, monkeypatch, log, survives) -> None:
    bootstrap.main(["lab"], checkout)
    kept = mine(checkout)

    def offline(venv: bootstrap.Venv, target: str) -> None:
        venv.log.write_text(log)
        raise bootstrap.SetupError("no network")

    with monkeypatch.context() as patch:
        patch.setattr(bootstrap.Venv, "install", offline)
        (checkout / "constraints.txt").write_text("")
        assert bootstrap.main(["lab"], checkout) == 1
    assert bootstrap.main(["lab"], checkout) == 0
    assert kept.exists() == survives


def test_foreign_environment_stays(checkout: Path, installs: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    fake_venv(bootstrap.Venv(checkout), None, prompt="mine")
    kept = mine(checkout)
    assert bootstrap.main(["lab"], checkout) == 0
    assert installs == [".[grade]"]
    interrupt(checkout)
    assert bootstrap.main(["lab"], checkout) == 0
    assert installs == [".[grade]", ".[grade]"]
    assert bootstrap.main(["clean"], checkout) == 0
    assert kept.exists()
    break_python(checkout)
    assert bootstrap.main(["lab"], checkout) == 1
    assert ".venv was not made by this set-up" in capsys.readouterr().err
    assert kept.exists()


@pytest.mark.slow
def test_clean_removes_what_was_made(checkout: Path, installs: list[str]) -> None:
    bootstrap.main(["lab"], checkout)
    assert bootstrap.main(["clean"], checkout) == 0
    assert not (checkout / ".venv").exists()


def fake_python(folder: Path, name: str, version: str, ensurepip: bool = True) -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\nprintf '%s\\n' {version} {path} {ensurepip}\n")
    path.chmod(0o755)
    return path


def test_old_python_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = fake_python(tmp_path, "python3", "3.9.2")
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: str(old) if name == "python3" else None)
    monkeypatch.setattr(bootstrap.sys, "executable", str(old))
    with pytest.raises(bootstrap.SetupError, match=r"needs Python 3\.11 or newer; this is 3\.9\.2 \(/.*python3\)"):
        bootstrap.choose_python(None)
    with pytest.raises(bootstrap.SetupError, match=r"this is 3\.9\.2"):
        bootstrap.choose_python(str(old))


def test_newer_python_is_found_beside_an_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_python(tmp_path, "python3", "3.9.2")
    fake_python(tmp_path, "python3.13", "3.13.1", ensurepip=False)
    right = fake_python(tmp_path, "python3.12", "3.12.4")
    real = shutil.which
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: real(name, path=str(tmp_path)))
    assert bootstrap.choose_python(None).path == str(right)


def test_without_a_name_the_python_that_runs_this_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As with `py start.py` on Windows, where no program is called python3."""
    own = fake_python(tmp_path, "python.exe", "3.12.4")
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: None)
    monkeypatch.setattr(bootstrap.sys, "executable", str(own))
    assert bootstrap.choose_python(None).path == str(own)


def test_no_ensurepip_says_how_to_get_it(tmp_path: Path) -> None:
    bare = fake_python(tmp_path, "python3", "3.11.2", ensurepip=False)
    with pytest.raises(bootstrap.SetupError, match=r"ensurepip module is missing.*apt install python3\.11-venv"):
        bootstrap.choose_python(str(bare))


def test_python_that_does_not_start(tmp_path: Path) -> None:
    with pytest.raises(bootstrap.SetupError, match="does not start"):
        bootstrap.choose_python(str(tmp_path / "python9"))


@pytest.mark.parametrize(
    ("output", "says"),
    [
        ("Failed to establish a new connection: [Errno 111] Connection refused", "check the network connection"),
        ("ERROR: Could not install packages: [Errno 28] No space left on device", "the disk is full"),
        ("error: subprocess-exited-with-error", "see its last lines above"),
    ],
)
def test_failing_pip_is_explained(output: str, says: str) -> None:
    assert says in bootstrap.why_pip_failed(output)


@pytest.mark.parametrize("name", ["tools/bootstrap.py", "start.py"])
def test_old_pythons_can_read_the_set_up(name: str) -> None:
    import ast

    ast.parse((REPO / name).read_text(encoding="utf-8"), feature_version=(3, 6))


@pytest.fixture
def start(checkout: Path, installs: list[str], monkeypatch: pytest.MonkeyPatch) -> Path:
    """start.py in a checkout, where the command `lrlab` writes down how it was called."""
    for name in ("start.py", "tools/bootstrap.py"):
        shutil.copy(REPO / name, checkout / name)
    monkeypatch.syspath_prepend(checkout)
    bootstrap.main(["lab"], checkout)
    command = checkout / ".venv" / "bin" / "lrlab"
    command.write_text('#!/bin/sh\necho "$@" > called; exit 3\n')
    command.chmod(0o755)
    return checkout / "start.py"


@pytest.mark.slow
def test_start_sets_up_and_opens(start: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(start), "--port", "8890"], cwd=start.parent, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout, done.stderr) == (3, "", "")
    assert (start.parent / "called").read_text() == "lab --port 8890\n"


@pytest.mark.slow
def test_start_ends_where_the_set_up_fails(start: Path) -> None:
    (start.parent / ".venv" / "pyvenv.cfg").unlink()
    (start.parent / ".venv" / "bin" / "python").unlink()
    done = subprocess.run([sys.executable, str(start)], cwd=start.parent, capture_output=True, text=True)
    assert done.returncode == 1
    assert ".venv was not made by this set-up, and its Python does not start" in done.stderr
    assert not (start.parent / "called").exists()


def test_browser_named_wins_and_a_stub_does_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, stub = tmp_path / "real", tmp_path / "stub"
    real.write_text("#!/bin/sh\necho Chromium 1.0\n")
    stub.write_text("#!/bin/sh\necho install me first >&2; exit 1\n")
    real.chmod(0o755)
    stub.chmod(0o755)
    monkeypatch.setenv("LRLAB_BROWSER", str(real))
    assert find_browser.find() == str(real)
    monkeypatch.delenv("LRLAB_BROWSER")
    monkeypatch.setattr(find_browser, "installed", lambda: iter([str(stub)]))
    monkeypatch.setattr(find_browser, "playwrights_own", lambda: iter([]))
    assert find_browser.find() is None
    monkeypatch.setattr(find_browser, "fetched", lambda: iter([str(real)]))
    assert find_browser.find(install=True) == str(real)


# -- one set of versions in three files ---------------------------------------------------------------------------

PROJECT = tomllib.loads((REPO / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = [
    text for texts in PROJECT["optional-dependencies"].values() for text in texts if not text.startswith("lrlab[")
]
PINS = {
    canonicalize_name(line.partition("==")[0]): line.partition("==")[2]
    for line in (REPO / "constraints.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
}
ENVIRONMENT = yaml.safe_load((REPO / "environment.yml").read_text(encoding="utf-8"))
INSTALLED = {canonicalize_name(distribution.name) for distribution in metadata.distributions()}


def closure(requirements: list[str]) -> set[str]:
    """The names of all distributions that `requirements` bring along in the running environment."""
    seen: set[tuple[str, str]] = set()
    todo = [(Requirement(text), "") for text in requirements]
    while todo:
        requirement, extra = todo.pop()
        if requirement.marker and not requirement.marker.evaluate({"extra": extra}):
            continue
        for wanted in ("", *requirement.extras):
            key = (canonicalize_name(requirement.name), wanted)
            if key not in seen:
                seen.add(key)
                todo += [(Requirement(text), wanted) for text in metadata.requires(requirement.name) or []]
    return {name for name, _ in seen}


def test_ranges_admit_the_pins() -> None:
    requirements = [*PROJECT["dependencies"], *EXTRAS]
    for requirement in map(Requirement, requirements):
        assert requirement.specifier.contains(PINS[canonicalize_name(requirement.name)]), requirement


@pytest.mark.pinned
def test_everything_installed_is_pinned_at_its_version() -> None:
    names = closure([*PROJECT["dependencies"], *EXTRAS])
    # setuptools comes with torch on newer Pythons, but a pin would also bind the isolated build of other packages.
    # A CUDA build of torch asks for exact versions of its own libraries.
    names = {name for name in names if name != "setuptools" and not name.startswith(("nvidia-", "cuda-", "triton"))}
    installed = {name: Version(metadata.version(name)).public for name in names}
    assert {name: PINS.get(name) for name in installed} == installed


@pytest.mark.pinned
def test_pins_install_on_every_python_that_is_promised() -> None:
    # A system's own Python may be an early 3.11, and a release that wants a later one would end the set-up there.
    oldest = SpecifierSet(PROJECT["requires-python"])
    assert oldest.contains("3.11.0")
    wants = {name: metadata.metadata(name).json.get("requires_python") for name in PINS if name in INSTALLED}
    assert {name: range_ for name, range_ in wants.items() if not SpecifierSet(range_ or "").contains("3.11.0")} == {}


def test_torch_is_pinned_exactly() -> None:
    assert PINS["torch"] == "2.13.0"


def test_conda_gives_the_same() -> None:
    (python,) = [d for d in ENVIRONMENT["dependencies"] if str(d).startswith("python=")]
    version = python.partition("=")[2]
    assert SpecifierSet(PROJECT["requires-python"]).contains(version)
    assert Version(version).release >= bootstrap.OLDEST
    (pip,) = [d["pip"] for d in ENVIRONMENT["dependencies"] if isinstance(d, dict)]
    # PyTorch's own index, so that Binder and a laptop do not fetch a torch with CUDA.
    assert pip == ["--extra-index-url https://download.pytorch.org/whl/cpu", "-c constraints.txt", "-e .[grade]"]


def test_the_dev_container_sets_up_as_everyone_does() -> None:
    container = json.loads((REPO / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))
    assert container["postCreateCommand"].endswith("python3 tools/bootstrap.py lab")
    version = re.search(r"python:(\d+)\.(\d+)-", container["image"])
    assert version
    assert bootstrap.OLDEST <= (int(version[1]), int(version[2])) <= bootstrap.NEWEST


def tracked(pattern: str) -> list[Path]:
    done = subprocess.run(["git", "ls-files", "-z", pattern], cwd=REPO, capture_output=True, text=True, check=True)
    return [REPO / name for name in done.stdout.split("\0") if name and (REPO / name).exists()]


def test_notebooks_are_stripped() -> None:
    notebooks = tracked("*.ipynb")
    assert notebooks
    for path in notebooks:
        notebook = nbformat.read(path, as_version=4)
        run = [c.id for c in notebook.cells if c.cell_type == "code" and (c.outputs or c.execution_count is not None)]
        assert run == [], f"{path.relative_to(REPO)} holds outputs: run `make hooks` once, or nbstripout"
        assert "widgets" not in notebook.metadata, (
            f"{path.relative_to(REPO)} holds widgets: run `make hooks` once, or nbstripout"
        )


def test_hooks_run_the_pinned_tools() -> None:
    config = yaml.safe_load((REPO / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    hooks = {hook["id"]: hook for repo in config["repos"] for hook in repo["hooks"]}
    assert [repo["repo"] for repo in config["repos"]] == ["local"]
    for name in ("biome", "tsc"):  # npm's, at the versions of package-lock.json
        assert f"node_modules/.bin/{name}" in hooks.pop(name)["entry"]
    assert all(hook["entry"].startswith(".venv/bin/") for hook in hooks.values())
    assert re.match(hooks["nbstripout"]["files"], "course/00_start_here.ipynb")


@pytest.mark.slow
def test_the_hook_strips_the_state_of_widgets_which_jupyterlab_saves(tmp_path: Path) -> None:
    settings = json.loads((REPO / "tools/jupyter/labconfig/default_setting_overrides.json").read_text(encoding="utf-8"))
    assert settings["@jupyter-widgets/jupyterlab-manager:plugin"]["saveState"] is True
    path = tmp_path / "saved.ipynb"
    notebook = nbformat.v4.new_notebook(metadata={"widgets": {"application/vnd.jupyter.widget-state+json": {}}})
    nbformat.write(notebook, path)
    config = yaml.safe_load((REPO / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    entry = next(hook["entry"] for repo in config["repos"] for hook in repo["hooks"] if hook["id"] == "nbstripout")
    subprocess.run([sys.executable, "-m", *entry.removeprefix(".venv/bin/").split(), path], check=True)
    assert "widgets" not in nbformat.read(path, as_version=4).metadata
