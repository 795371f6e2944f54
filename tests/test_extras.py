"""`pip install lrlab` brings numpy alone: what works with it, and what the rest says of the extra that it needs."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import venv
from importlib.util import find_spec
from pathlib import Path

import pytest
from coursesite.api import MODULES
from packaging.requirements import Requirement

from lrlab import _extras, data

REPO = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((REPO / "pyproject.toml").read_text(encoding="utf-8"))["project"]

# Hides every package but the standard library, numpy and lrlab.
ALONE = """
import sys


class Hide:
    def find_spec(self, name, path=None, target=None):
        first = name.partition(".")[0]
        if first not in {*sys.stdlib_module_names, "numpy", "lrlab"} and not first.startswith("_"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


sys.meta_path.insert(0, Hide())
"""


def alone(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", ALONE + program, *arguments], capture_output=True, text=True, timeout=500
    )


def test_the_package_asks_for_numpy_alone() -> None:
    assert [Requirement(text).name for text in PROJECT["dependencies"]] == ["numpy"]


def test_schedules_work_with_numpy_alone() -> None:
    program = """
from lrlab import adaptive, checks, landscapes, schedules, suggest
from lrlab.schedules import Cosine, warmup
print(warmup(Cosine(0.2, T_max=100), steps=10)(10), Cosine(0.2, T_max=2).curve(3))
"""
    shown = alone(program)
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.startswith("0.2 [0.2 0.1 0. ]")


WITH_NUMPY = {"schedules", "landscapes", "adaptive", "suggest", "checks"}
NEEDS = {
    **dict.fromkeys(("torch_scheduler", "experiments", "experiments.claims", "train", "data"), ("torch", "torch")),
    **dict.fromkeys(("models", "optimizers", "devices"), ("torch", "torch")),
    "plots": ("matplotlib", "plots"),
    "explorers": ("anywidget", "course"),
    "leaderboard": ("platformdirs", "course"),
}
IMPORT_EACH = """
import importlib, json, sys
said = {}
for name in sys.argv[1:]:
    try:
        importlib.import_module(f"lrlab.{name}")
    except ModuleNotFoundError as error:
        said[name] = str(error)
print(json.dumps(said))
"""


def sentence(package: str, extra: str) -> str:
    assert extra in PROJECT["optional-dependencies"]
    return f"this part of lrlab needs {package}, which is not installed: pip install 'lrlab[{extra}]'"


def test_a_missing_extra_is_one_sentence_that_names_it() -> None:
    shown = alone(IMPORT_EACH, *MODULES)
    assert shown.returncode == 0, shown.stderr
    assert json.loads(shown.stdout) == {name: sentence(*needs) for name, needs in NEEDS.items()}
    assert {*NEEDS, *WITH_NUMPY} == set(MODULES)


def test_what_a_call_needs_beside_its_module_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    # As with [torch] alone: `import` finds none of what [course] adds, and `_extras` says which extra has it.
    hidden = ("sklearn", "torchvision")
    monkeypatch.setattr(_extras, "find_spec", lambda name: None if name in hidden else find_spec(name))
    with pytest.raises(ModuleNotFoundError, match=re.escape(sentence("sklearn", "course"))):
        data.load("digits")
    for chosen in ("mnist", "auto"):
        with pytest.raises(ModuleNotFoundError, match=re.escape(sentence("torchvision", "course"))):
            data.load(chosen)
    assert alone("from lrlab.checks import check; check('run_epochs', print)").stderr.endswith(
        f"ModuleNotFoundError: {sentence('torch', 'torch')}\n"
    )


@pytest.mark.slow
def test_a_command_without_its_packages_says_so_in_one_line() -> None:
    shown = alone("from lrlab.cli import main; sys.exit(main(['doctor']))")
    assert shown.returncode == 1
    assert shown.stderr.startswith("lrlab: this command needs ")
    assert shown.stderr.endswith("pip install 'lrlab[grade]'\n")
    shown = alone("from lrlab.cli import main; sys.exit(main(['data']))")
    assert (shown.returncode, shown.stderr) == (1, f"lrlab: {sentence('torch', 'torch')}\n")
    shown = alone("from lrlab.cli import main; sys.exit(main(['lab']))")
    assert (shown.returncode, shown.stdout) == (1, "")
    assert shown.stderr == f"lrlab: {sentence('jupyterlab', 'course')}\n"
    assert alone("from lrlab.cli import main; main(['--version'])").stdout.startswith("lrlab ")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("copy") / "repository"
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=REPO, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        if (REPO / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(REPO / name, copy / name)
    build = "from setuptools import build_meta; print(build_meta.build_wheel('dist'))"
    done = subprocess.run([sys.executable, "-c", build], cwd=copy, capture_output=True, text=True, check=True)
    return copy / "dist" / done.stdout.splitlines()[-1]


WORKS = {
    "": "from lrlab.schedules import Cosine; print(Cosine(0.2, T_max=2).curve(3))",
    "[plots]": "from lrlab import plots, schedules; print(plots.schedules([schedules.Cosine(0.2, T_max=9)], steps=9))",
    "[torch]": "import torch; from lrlab.schedules import Cosine; from lrlab import train, experiments; "
    "print(Cosine(0.2, T_max=9).attach(torch.optim.SGD([torch.zeros(1)], lr=1)))",
    "[course]": "from lrlab import data, explorers; print(data.load('digits')); explorers.schedule()",
}


@pytest.mark.nightly(reason="packages are downloaded into an environment of their own")
@pytest.mark.slow(reason="the same")
@pytest.mark.parametrize("extra", WORKS)
def test_the_wheel_works_outside_the_repository(wheel: Path, tmp_path: Path, extra: str) -> None:
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    install = ["-m", "pip", "install", "-q", "-c", str(REPO / "constraints.txt"), f"{wheel}{extra}"]
    for command in (install, ["-c", WORKS[extra]]):
        done = subprocess.run([python, *command], cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-3000:]
