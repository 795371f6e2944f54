"""What trains does so on another device, too: `other_device/runs.py`, in a process of its own.

torch takes a new device only before its first backward pass, and has it then for good, which is no concern of the other
tests.
"""

import subprocess
import sys
from pathlib import Path

import pytest

NIGHT = pytest.mark.nightly(reason="a stack of CNNs with an optimizer takes two seconds; two of them are in every run")


@pytest.mark.slow(reason="pytest runs in a process of its own, and trains there")
@pytest.mark.parametrize("chosen", ["not nightly", pytest.param("nightly", marks=NIGHT)])
def test_everything_that_trains(chosen):
    runs = Path(__file__).parent / "other_device" / "runs.py"
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        "-m",
        chosen,
        str(runs),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
