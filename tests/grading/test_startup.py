"""Submissions run in the environment that runs nbgrader, whatever else is installed for the user."""

import json
import os
import shutil
import sys
from pathlib import Path

from lrlab.grading.sandbox.provisioner import SandboxedKernelManager
from lrlab.grading.startup import put_own_scripts_first


def test_another_python3_kernel_is_not_used(tmp_path, monkeypatch):
    other = tmp_path / "kernels" / "python3"
    other.mkdir(parents=True)
    (other / "kernel.json").write_text(json.dumps({"argv": ["elsewhere"], "display_name": "x", "language": "python"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    assert SandboxedKernelManager(kernel_name="python3").kernel_spec.argv[0] == sys.executable


def test_helper_programs_are_found_without_an_activated_environment(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    assert shutil.which("alembic") is None
    put_own_scripts_first()
    put_own_scripts_first()
    assert os.environ["PATH"].split(os.pathsep) == [str(Path(sys.executable).parent), "/nowhere"]
    assert shutil.which("alembic") is not None
