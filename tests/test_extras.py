"""`pip install lrlab` brings numpy alone: what works with it, and what the rest says of the extra that it needs."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

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


def alone(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", ALONE + program], capture_output=True, text=True, timeout=500)


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


@pytest.mark.parametrize(
    ("module", "package", "extra"),
    [
        ("data", "torch", "torch"),
        ("devices", "torch", "torch"),
        ("models", "torch", "torch"),
        ("train", "torch", "torch"),
        ("experiments", "torch", "torch"),
        ("torch_scheduler", "torch", "torch"),
        ("plots", "matplotlib", "plots"),
        ("explorers", "anywidget", "course"),
        ("leaderboard", "filelock", "course"),
    ],
)
def test_a_missing_extra_is_one_sentence_that_names_it(module: str, package: str, extra: str) -> None:
    shown = alone(f"import lrlab.{module}")
    words = f"this part of lrlab needs {package}, which is not installed: pip install 'lrlab[{extra}]'"
    assert shown.stderr.splitlines()[-1] == f"ModuleNotFoundError: {words}"
    assert extra in PROJECT["optional-dependencies"]


def test_a_command_without_its_packages_says_so_in_one_line() -> None:
    shown = alone("from lrlab.cli import main; sys.exit(main(['doctor']))")
    assert shown.returncode == 1
    assert shown.stderr.startswith("lrlab: this command needs ")
    assert shown.stderr.endswith("pip install 'lrlab[grade]'\n")
    assert alone("from lrlab.cli import main; main(['--version'])").stdout.startswith("lrlab ")
