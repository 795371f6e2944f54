"""The steps of a set-up: find a Python, make the environment, let pip fill it, compile.

Like bootstrap.py, which calls them, they keep to the standard library and to what Python 3.6 can read.
"""
# ruff: noqa: UP021 - the modern spellings do not run on the old Pythons that this script answers

import os
import shutil
import subprocess
import sys
import time

OLDEST = (3, 11)
NEWEST = (3, 14)  # the newest that the pinned versions have wheels for; a newer one is tried last
# Tests of numpy, scipy, sympy and the like are a third of all files to compile, and nobody imports them.
NOT_COMPILED = r"[/\\]tests?[/\\]"
PROBE = (
    "import sys, importlib.util as u; print('%d.%d.%d' % sys.version_info[:3]); "
    "print(getattr(sys, '_base_executable', None) or sys.executable); print(u.find_spec('ensurepip') is not None)"
)


class SetupError(Exception):
    """What is in the way, in one sentence for the person who waits."""


class DownloadError(SetupError):
    """pip failed before it changed anything."""


class Python:
    """An interpreter that was run once and said what it is."""

    def __init__(self, version, path, makes_venvs):
        self.version, self.path, self.makes_venvs = version, path, makes_venvs

    @property
    def fits(self):
        return self.version >= OLDEST

    def __str__(self):
        return "{} ({})".format(".".join(map(str, self.version)), self.path)


def say(text, end="\n"):
    print(text, end=end, flush=True)


def probe(command):
    """The Python behind a command, or None where there is none that runs."""
    try:
        done = subprocess.run(
            [str(command), "-I", "-c", PROBE],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            universal_newlines=True, timeout=60,
        )  # fmt: skip
        version, path, makes_venvs = done.stdout.splitlines()
        return Python(tuple(int(part) for part in version.split(".")), path, makes_venvs == "True")
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None


def choose_python(wanted):
    """The Python to build .venv with: the one asked for, or the first that fits."""
    if wanted:
        found = probe(wanted)
        if found is None:
            raise SetupError(f"PYTHON={wanted} does not start: name a Python 3.11 or newer")
        candidates = [found]
    else:
        minors = range(NEWEST[1], OLDEST[1] - 1, -1)
        names = ["python3", *(f"python3.{minor}" for minor in minors)]
        paths = filter(None, map(shutil.which, names))
        candidates = [found for found in map(probe, paths) if found is not None]
        candidates.sort(key=lambda python: python.version[:2] > NEWEST)
    fitting = [python for python in candidates if python.fits]
    if not fitting:
        this = str(candidates[0]) if candidates else "no Python 3 at all"
        raise SetupError(
            f"lrlab needs Python 3.11 or newer; this is {this}: "
            "install one, or name one that you have, as in `make lab PYTHON=/path/to/python3.12`"
        )
    for python in fitting:
        if python.makes_venvs:
            return python
    python = fitting[0]
    major, minor = python.version[:2]
    raise SetupError(
        f"Python {python} cannot make virtual environments, since its ensurepip module is missing: install it "
        f"(on Debian and Ubuntu: apt install python{major}.{minor}-venv), or name another Python with PYTHON=…"
    )


def make_venv(python, venv):
    done = subprocess.run(
        [python.path, "-m", "venv", str(venv)],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True,
    )  # fmt: skip
    if done.returncode:
        last = "\n".join(done.stdout.strip().splitlines()[-5:])
        raise SetupError(f"{last}\nPython {python} could not make {venv}: see the lines above")


def ensure_pip(venv_python):
    """Environments that other tools make may lack pip."""
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    for attempt in (["-c", "import pip"], ["-m", "ensurepip"]):
        if subprocess.run([str(venv_python), *attempt], **quiet).returncode == 0:
            return
    raise SetupError(".venv has no pip, and ensurepip could not put it there: install pip into .venv first")


def why_pip_failed(output):
    """One sentence for the commonest ways in which an installation fails."""
    text = output.lower()
    if "no space left" in text or "errno 28" in text:
        return "the disk is full: lrlab needs about 2.5 GB here; make room, then run the same command again"
    unreachable = ("connection", "name resolution", "proxyerror", "timed out", "no route", "ssl", "failed to fetch")
    if any(word in text for word in unreachable):
        return "packages could not be downloaded: check the network connection, then run the same command again"
    return "pip could not install what lrlab needs: see its last lines above, and .venv/.lrlab/pip.log for all of them"


def pip_install(venv_python, target, root, log, keep_open=()):
    """Install lrlab and its pinned dependencies, saying what goes on: this is the wait of a first start."""
    command = [str(venv_python), "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--no-compile"]
    command += ["--no-warn-script-location", "-c", "constraints.txt", "-e", target]
    env = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "PYTHONHOME", "PIP_USER")}
    phase = Phase("finding and downloading packages")
    lines, installing = [], False
    with log.open("w", encoding="utf-8") as file:
        process = subprocess.Popen(
            command, cwd=str(root), env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, universal_newlines=True, errors="replace", pass_fds=keep_open,
        )  # fmt: skip
        for line in process.stdout:
            file.write(line)
            lines.append(line)
            words = line.split()
            if words[:3] == ["Installing", "collected", "packages:"]:
                installing = True
                phase.done()
                phase = Phase(f"installing {len(words) - 3} packages")
            elif words[:1] == ["Collecting"]:
                phase.tick(words[1].split("=")[0])
        status = process.wait()
    phase.done()
    if status:
        kind = SetupError if installing else DownloadError
        last = [line for line in lines if line.strip() and "note:" not in line][-8:]
        raise kind("{}\n{}".format("".join(last), why_pip_failed("".join(lines))))


def compile_all(venv_python, site_packages):
    """Compile ahead on all cores: pip would do it on one, and Jupyter's first starts would wait for it."""
    subprocess.run(
        [str(venv_python), "-m", "compileall", "-q", "-j", "0", "-x", NOT_COMPILED, str(site_packages)],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


class Phase:
    """A line that says what is being done and, once it is, how long it took."""

    def __init__(self, text):
        self.text, self.start = text, time.monotonic()
        say(f"  {text} …", end="")

    def tick(self, detail):
        if sys.stdout.isatty():
            say(f"\r\033[K  {self.text} … {detail}", end="")

    def done(self):
        back = f"\r\033[K  {self.text} …" if sys.stdout.isatty() else ""
        say(f"{back} {time.monotonic() - self.start:.0f} s")
