"""Make .venv and install lrlab into it, or see at once that there is nothing to do.

    python3 tools/bootstrap.py lab      what a student needs
    python3 tools/bootstrap.py site     the same, and what builds the published course
    python3 tools/bootstrap.py test     all of these, and what the tests need
    python3 tools/bootstrap.py clean    remove .venv, if this script made it

It uses only the standard library, and no syntax newer than Python 3.6: an old Python must be able to read the file in
order to say that it is too old.
"""

import collections
import contextlib
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST, NEWEST = (3, 11), (3, 14)  # the newest that the pinned versions have wheels for; a newer one is tried last
# Each contains those before it.
PROFILES = {"lab": ".[grade]", "site": ".[grade,site]", "test": ".[cluster,site,test]"}
# Neither news nor update checks in JupyterLab: the first file is for the server, the second for the page.
SETTINGS = ("jupyter_lab_config.json", "labconfig/default_setting_overrides.json")
INPUTS = ("pyproject.toml", "constraints.txt", *("tools/jupyter/" + name for name in SETTINGS))
PROBE = (
    "import sys, importlib.util as u; print('%d.%d.%d' % sys.version_info[:3]); "
    "print(getattr(sys, '_base_executable', None) or sys.executable); print(u.find_spec('ensurepip') is not None)"
)
PIP_ADVICE = {  # by a pattern in its log
    "no space left|errno 28": "the disk is full: make room for the 2.5 GB that lrlab needs here",
    "connection|name resolution|proxyerror|timed out|no route|ssl": (
        "packages could not be downloaded: check the network connection"
    ),
}
Python = collections.namedtuple("Python", "version path makes_venvs")


class SetupError(Exception):
    """What went wrong, in one sentence for the person who waits."""


def probe(command):
    """Return the Python behind a command, or None if it does not run."""
    try:
        done = subprocess.run([str(command), "-I", "-c", PROBE], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        version, path, makes_venvs = done.stdout.decode().splitlines()
        return Python(tuple(map(int, version.split("."))), path, makes_venvs == "True")
    except (OSError, ValueError):
        return None


def choose_python(wanted=None):
    """Return the Python to build .venv with: the one asked for, or the best that there is."""
    names = ["python3", *(f"python3.{minor}" for minor in range(NEWEST[1], OLDEST[1] - 1, -1))]
    # The last is the one that runs this: the only one that Windows has a name for.
    paths = [wanted] if wanted else [*filter(None, map(shutil.which, names)), sys.executable]
    pythons = [python for python in map(probe, paths) if python]
    if wanted and not pythons:
        raise SetupError(f"PYTHON={wanted} does not start: name a Python 3.11 or newer")
    fitting = [python for python in pythons if python.version >= OLDEST]
    if not fitting:
        what = "{}.{}.{} ({})".format(*pythons[0].version, pythons[0].path)
        raise SetupError(
            f"lrlab needs Python 3.11 or newer; this is {what}: install one, or name one that you have, as in "
            "`make lab PYTHON=/path/to/python3.12` or, on Windows, `py -3.12 start.py`"
        )
    best = min(fitting, key=lambda python: (not python.makes_venvs, python.version[:2] > NEWEST))
    if not best.makes_venvs:
        package = "python{}.{}-venv".format(*best.version)
        raise SetupError(
            f"{best.path} cannot make virtual environments, because its ensurepip module is missing: install it "
            f"(on Debian and Ubuntu: apt install {package}), or name another Python with PYTHON=…"
        )
    return best


class Venv:
    """The environment in .venv: ``ours`` if this script made it. The file ``stamp`` describes the last complete
    installation, and is absent while pip changes anything."""

    def __init__(self, root):
        self.root = Path(root)
        self.path = self.root / ".venv"
        self.stamp, self.log = self.path / "lrlab-stamp.json", self.path / "lrlab-pip.log"
        self.python = self.path / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        self.exists = self.path.exists() and any(self.path.iterdir())
        config = self.path / "pyvenv.cfg"
        self.ours = not self.exists or (config.exists() and "prompt = 'lrlab'" in config.read_text(errors="replace"))
        self.installed = {}
        with contextlib.suppress(OSError, ValueError):
            self.installed = json.loads(self.stamp.read_text(encoding="utf-8"))

    def fault(self, wanted):
        """Return why the environment can't be used as it is, or None."""
        python = probe(self.python)
        if python is None:
            return "its Python does not start"
        if python.version < OLDEST or (wanted and choose_python(wanted).version[:2] != python.version[:2]):
            return "it was made with Python {}.{}".format(*python.version)
        if self.ours and not self.installed:
            return "the last set-up did not finish"
        if self.ours and self.installed["root"] != str(self.root):
            return "it was moved here from {}".format(self.installed["root"])
        return None

    def make(self, python):
        """Make the environment, in an empty folder; its prompt says later who made it."""
        command = [python.path, "-m", "venv", "--clear", "--prompt", "lrlab", str(self.path)]
        if subprocess.run(command).returncode:
            raise SetupError(f"{python.path} could not make {self.path}: see the lines above")

    def install(self, target):
        """Install lrlab with its pinned dependencies; what pip prints shows that the first start goes on."""
        self.log.write_bytes(b"")  # pip appends
        command = [str(self.python), "-m", "pip", "--disable-pip-version-check", "--no-input", "--log", str(self.log)]
        command += ["install", "--no-compile", "--no-warn-script-location", "-c", "constraints.txt", "-e", target]
        env = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "PYTHONHOME", "PIP_USER")}
        if subprocess.run(command, cwd=str(self.root), env=env, stdin=subprocess.DEVNULL).returncode:
            raise SetupError(why_pip_failed(self.log.read_text(encoding="utf-8", errors="replace")))
        for name in SETTINGS:
            settings = self.path / "etc" / "jupyter" / name
            settings.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(str(self.root / "tools" / "jupyter" / name), str(settings))
        # On all cores: pip would compile on one, and Jupyter's first start would wait for it. Tests are left out.
        packages = map(str, self.path.glob("[Ll]ib/**/site-packages"))
        subprocess.run([str(self.python), "-m", "compileall", "-qq", "-j0", "-x", r"[/\\]tests?[/\\]", *packages])


def why_pip_failed(log):
    """Return one sentence for the most common ways in which an installation fails."""
    for pattern, advice in PIP_ADVICE.items():
        if re.search(pattern, log, re.IGNORECASE):
            return f"{advice}, then run the same command again"
    return "pip could not install what lrlab needs: see its last lines above"


def set_up(root, profile, wanted=None):
    """Bring .venv to the state that `profile` needs; if it is there already, do nothing, quickly."""
    venv = Venv(root)
    fault = venv.fault(wanted) if venv.exists else None
    if fault and not venv.ours:
        raise SetupError(f".venv was not made by this set-up, and {fault}: move it away or delete it, then start again")
    profile = max(profile, venv.installed.get("profile", "lab"), key=list(PROFILES).index)
    inputs = hashlib.sha256(b"".join((venv.root / name).read_bytes() for name in INPUTS)).hexdigest()
    complete = {"profile": profile, "inputs": inputs, "root": str(venv.root)}
    before = {} if fault else venv.installed
    if before == complete:
        return
    if fault or not venv.exists:
        python = choose_python(wanted)
        what = f"Making .venv again: {fault}." if fault else "Setting up lrlab in .venv: a few minutes, once, and 2 GB."
        print(what, flush=True)
        venv.make(python)
    else:
        print("Bringing .venv up to date with pyproject.toml and constraints.txt.", flush=True)
    if before:
        venv.stamp.unlink()
    try:
        venv.install(PROFILES[profile])
    except SetupError:
        if before and "Installing collected packages" not in venv.log.read_text(errors="replace"):
            venv.stamp.write_text(json.dumps(before), encoding="utf-8")  # pip has changed nothing yet
        raise
    venv.stamp.write_text(json.dumps(complete), encoding="utf-8")


def clean(root):
    """Remove .venv if this script made it; a person's own environment stays."""
    venv = Venv(root)
    if not venv.ours:
        print(".venv was not made by this set-up: it stays.")
    elif venv.path.exists():
        shutil.rmtree(str(venv.path.resolve()))  # it may be a link to a larger disk
        if venv.path.is_symlink():
            venv.path.unlink()


def main(arguments, root=None):
    root = Path(root or Path(__file__).resolve().parent.parent)
    if len(arguments) != 1 or arguments[0] not in (*PROFILES, "clean"):
        print("usage: bootstrap.py lab | site | test | clean", file=sys.stderr)
        return 2
    try:
        with (root / "pyproject.toml").open("rb") as file:
            with contextlib.suppress(ImportError, OSError):  # Windows, or a file system without locks
                import fcntl

                fcntl.flock(file, fcntl.LOCK_EX)  # a second set-up waits for the first
            if arguments == ["clean"]:
                clean(root)
            else:
                set_up(root, arguments[0], os.environ.get("LRLAB_PYTHON"))
    except (SetupError, OSError) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nThe set-up was stopped; the next start makes .venv again.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
