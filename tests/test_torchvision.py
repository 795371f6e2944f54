"""torchvision imports beside any torch, and other errors of its import are not hidden."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

# As torchvision's wheel for CUDA does it beside a CPU torch: half of the package is there when it fails.
NEEDS_NMS = """
import torch
import torchvision.half
try:
    torch.ops.torchvision.nms
    torch.ops.torchvision.qnms
except AttributeError:
    raise RuntimeError("operator torchvision::nms does not exist")
"""


def python(code: str, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    """A fresh process, with the folder ``path`` first in its search path."""
    environment = os.environ | ({"PYTHONPATH": str(path)} if path else {})
    command = [sys.executable, "-c", textwrap.dedent(code)]
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=500)


@pytest.fixture
def package(tmp_path: Path):
    """Writes a package ``torchvision`` that stands before the real one."""

    def write(code: str) -> Path:
        (tmp_path / "torchvision").mkdir()
        (tmp_path / "torchvision" / "__init__.py").write_text(code)
        (tmp_path / "torchvision" / "half.py").write_text("count = 1\n")
        return tmp_path

    return write


@pytest.mark.slow
def test_the_installed_torchvision_imports():
    done = python("""
        from lrlab._torchvision import torchvision
        package = torchvision()
        import torchvision.datasets, torchvision.transforms
        assert package is torchvision
        assert torchvision.transforms.ToTensor()
        import lrlab._torchvision
        assert lrlab._torchvision.torchvision() is package
    """)
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_missing_operators_are_declared_and_the_import_starts_afresh(package):
    done = python(
        """
        import sys
        from lrlab._torchvision import torchvision
        try:
            import torchvision as plain
        except RuntimeError as error:
            assert "torchvision::nms" in str(error)
        else:
            raise SystemExit("the plain import works, so this test shows nothing")
        package = torchvision()
        assert package.half.count == 1
        assert sys.modules["torchvision"] is package
        """,
        package(NEEDS_NMS),
    )
    assert done.returncode == 0, done.stderr


def test_another_runtime_error_is_raised(package):
    done = python(
        """
        from lrlab._torchvision import torchvision
        try:
            torchvision()
        except RuntimeError as error:
            assert str(error) == "no more threads", error
        else:
            raise SystemExit("swallowed")
        """,
        package('print("imported")\nraise RuntimeError("no more threads")'),
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "imported\n"  # and not tried again
