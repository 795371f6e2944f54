"""Set up the course in .venv, the first time, and open it: `python3 start.py`, on Windows `py start.py`.

What follows is passed on to `lrlab lab`, for example `--port 8890`. An old Python must be able to read this file, too.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT / "tools"))

import bootstrap  # noqa: E402


def main(arguments):
    status = bootstrap.main(["lab"], ROOT)
    if status:
        return status
    command = [str(bootstrap.Venv(ROOT).python.with_name("lrlab.exe" if os.name == "nt" else "lrlab")), "lab"]
    if os.name != "nt":
        os.execv(command[0], command + arguments)
    opened = subprocess.Popen(command + arguments)
    while True:
        try:
            return opened.wait()
        except KeyboardInterrupt:  # Ctrl-C is for JupyterLab, which also gets it
            pass


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
