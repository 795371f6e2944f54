"""Make .venv and install lrlab into it, or see at once that there is nothing to do.

    python3 tools/bootstrap.py lab      what a student needs
    python3 tools/bootstrap.py site     the same, and what builds the published course
    python3 tools/bootstrap.py test     all of these, and what the tests need
    python3 tools/bootstrap.py clean    remove .venv, if this script made it

It uses only the standard library, and no syntax newer than Python 3.6: an old Python must be able to read the file in
order to say that it is too old.
"""
# ruff: noqa: UP021 - the modern spellings do not run on the old Pythons that this script answers

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows has no flock: two set-ups at once are not kept apart there
    fcntl = None  # type: ignore[assignment]

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
UNREACHABLE = ("connection", "name resolution", "proxyerror", "timed out", "no route", "ssl", "failed to fetch")
QUIET = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


class SetupError(Exception):
    """What went wrong, in one sentence for the person who waits."""


class Python:
    """An interpreter that has been run once, to ask for its version."""

    def __init__(self, version, path, makes_venvs):
        self.version, self.path, self.makes_venvs = version, path, makes_venvs
        self.fits = version >= OLDEST

    def __str__(self):
        return "{} ({})".format(".".join(map(str, self.version)), self.path)


def say(text, end="\n"):
    print(text, end=end, flush=True)


def probe(command):
    """Return the Python behind a command, or None if it does not run."""
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
    """Return the Python to build .venv with: the one asked for, or the first that fits."""
    names = ["python3", *(f"python3.{minor}" for minor in range(NEWEST[1], OLDEST[1] - 1, -1))]
    candidates = []
    # The last is the one that runs this: the only one that Windows has a name for.
    for path in [wanted] if wanted else [*filter(None, map(shutil.which, names)), sys.executable]:
        python = probe(path)
        if python and python.fits and python.makes_venvs and (wanted or python.version[:2] <= NEWEST):
            return python
        candidates += [python] if python else []
    if wanted and not candidates:
        raise SetupError(f"PYTHON={wanted} does not start: name a Python 3.11 or newer")
    fitting = sorted((python for python in candidates if python.fits), key=lambda python: not python.makes_venvs)
    if not fitting:
        raise SetupError(
            f"lrlab needs Python 3.11 or newer; this is {candidates[0] if candidates else 'no Python 3 at all'}: "
            "install one, or name one that you have, as in `make lab PYTHON=/path/to/python3.12` or, on Windows, "
            "`py -3.12 start.py`"
        )
    if not fitting[0].makes_venvs:
        package = "python{}.{}-venv".format(*fitting[0].version)
        raise SetupError(
            f"Python {fitting[0]} cannot make virtual environments, because its ensurepip module is missing: "
            f"install it (on Debian and Ubuntu: apt install {package}), or name another Python with PYTHON=…"
        )
    return fitting[0]


def make_venv(python, path):
    done = subprocess.run(
        [python.path, "-m", "venv", str(path)],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True,
    )  # fmt: skip
    if done.returncode:
        last = "\n".join(done.stdout.strip().splitlines()[-5:])
        raise SetupError(f"{last}\nPython {python} could not make {path}: see the lines above")


def why_pip_failed(output):
    """Return one sentence for the most common ways in which an installation fails."""
    text = output.lower()
    if "no space left" in text or "errno 28" in text:
        return "the disk is full: lrlab needs about 2.5 GB here; make room, then run the same command again"
    if "no module named pip" in text:
        return ".venv has no pip: run `.venv/bin/python -m ensurepip` first"
    if any(word in text for word in UNREACHABLE):
        return "packages could not be downloaded: check the network connection, then run the same command again"
    return "pip could not install what lrlab needs: see its last lines above, and .venv/.lrlab/pip.log for all of them"


def pip_install(venv, target, before_installing, lock=()):
    """Install lrlab with its pinned dependencies, and show progress: this is the wait of a first start.

    `before_installing` is called when the downloads are complete, before pip changes anything. pip inherits `lock`: if
    this process is killed, pip, which goes on writing, still counts as a set-up that runs.
    """
    command = [str(venv.python), "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--no-compile"]
    command += ["--no-warn-script-location", "-c", "constraints.txt", "-e", target]
    env = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "PYTHONHOME", "PIP_USER")}
    say("  finding and downloading packages …")
    lines = []
    with (venv.notes / "pip.log").open("w", encoding="utf-8") as log:
        pip = subprocess.Popen(
            command, cwd=str(venv.root), env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, universal_newlines=True, errors="replace", pass_fds=lock,
        )  # fmt: skip
        for line in pip.stdout:
            log.write(line)
            lines.append(line)
            if line.startswith("Installing collected packages:"):
                before_installing()
                say(f"  installing {len(line.split()) - 3} packages …")
    if pip.wait():
        last = [line for line in lines if line.strip() and "note:" not in line][-8:]
        raise SetupError("{}\n{}".format("".join(last), why_pip_failed("".join(lines))))


def compile_all(venv):
    """Compile on all cores: pip would use one, and Jupyter's first start would wait for it. Tests are left out."""
    packages = [str(path) for path in venv.path.glob("[Ll]ib/**/site-packages")]
    command = [str(venv.python), "-m", "compileall", "-q", "-j", "0", "-x", r"[/\\]tests?[/\\]", *packages]
    subprocess.run(command, **QUIET)


class Venv:
    """The environment in .venv. `notes/made` says that this script made it, so may delete it; `notes/stamp` describes
    the last complete installation, and is absent while pip changes anything."""

    def __init__(self, root):
        self.root = Path(root)
        self.path = self.root / ".venv"
        self.notes = self.path / ".lrlab"
        self.python = self.path / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        self.exists = self.path.exists() and any(self.path.iterdir())
        self.ours = (self.notes / "made").exists() or not self.exists

    def stamp(self):
        with contextlib.suppress(OSError, ValueError):
            return json.loads((self.notes / "stamp").read_text(encoding="utf-8"))
        return None

    def inputs(self):
        return hashlib.sha256(b"".join((self.root / name).read_bytes() for name in INPUTS)).hexdigest()

    def fault(self, python, chosen):
        """Return why an environment of ours has to be made again, or None."""
        stamp = self.stamp()
        if stamp is None:
            return "the last set-up did not finish"
        if python is None:
            return "its Python does not start"
        if stamp["root"] != str(self.root):
            return "it was moved here from {}".format(stamp["root"])
        if chosen and chosen.version[:2] != python.version[:2]:
            return "it was made with Python {}.{}".format(*python.version)
        return None

    def clear(self):
        """Empty the folder, which may be a link to a larger disk."""
        for child in self.path.iterdir():
            if child.is_dir() and not child.is_symlink():
                shutil.rmtree(str(child))
            else:
                child.unlink()


@contextlib.contextmanager
def alone(root):
    """Let one set-up of a folder run at a time; the system lifts the lock however this process ends."""
    with (Path(root) / "pyproject.toml").open("rb") as file:
        if fcntl is not None:
            with contextlib.suppress(OSError):  # a file system without locks
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    say("Another set-up is running here: waiting for it to end.")
                    fcntl.flock(file, fcntl.LOCK_EX)
        yield (file.fileno(),) if fcntl is not None else ()


def set_up(root, profile, wanted=None):
    """Bring .venv to the state that `profile` needs; if it is there already, do nothing, quickly."""
    with alone(root) as lock:
        venv = Venv(root)
        python = probe(venv.python) if venv.python.exists() else None
        chosen = choose_python(wanted) if wanted else None
        fault = venv.fault(python, chosen) if venv.exists and venv.ours else None
        if fault:
            say(f"Making .venv again: {fault}.")
            chosen, python = chosen or choose_python(wanted), None
            venv.clear()
        elif not venv.ours and (python is None or not python.fits):
            what = "does not start" if python is None else f"is {python}"
            raise SetupError(
                f".venv was not made by this set-up, and its Python {what}, but lrlab needs 3.11 or newer: "
                "move .venv away or delete it, then run the same command again"
            )
        stamp = venv.stamp()
        if stamp:
            profile = max(profile, stamp["profile"], key=list(PROFILES).index)
            if (stamp["profile"], stamp["inputs"]) == (profile, venv.inputs()):
                return
        install(venv, profile, None if python else chosen or choose_python(wanted), lock)


def install(venv, profile, base, lock):
    """Make .venv with `base`, unless that is None, and install into it."""
    started = time.time()
    if base is not None:
        say(f"Setting up lrlab in .venv with Python {base}: a few minutes, once, and about 2 GB.")
        venv.notes.mkdir(parents=True, exist_ok=True)
        (venv.notes / "made").touch()
        make_venv(base, venv.path)
    else:
        say("Bringing .venv up to date with pyproject.toml and constraints.txt.")
        venv.notes.mkdir(exist_ok=True)
    stamp = venv.notes / "stamp"
    pip_install(venv, PROFILES[profile], lambda: stamp.exists() and stamp.unlink(), lock)
    for name in SETTINGS:
        settings = venv.path / "etc" / "jupyter" / name
        settings.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(str(venv.root / "tools" / "jupyter" / name), str(settings))
    compile_all(venv)
    record = {"profile": profile, "inputs": venv.inputs(), "root": str(venv.root)}
    stamp.write_text(json.dumps(record), encoding="utf-8")
    say(f"Ready after {time.time() - started:.0f} s.")


def clean(root):
    """Remove .venv if this script made it; a person's own environment stays."""
    venv = Venv(root)
    if not venv.ours:
        say(".venv was not made by this set-up: it stays.")
    elif venv.path.exists():
        venv.clear()
        if not venv.path.is_symlink():
            venv.path.rmdir()


def main(arguments, root=None):
    root = Path(root or Path(__file__).resolve().parent.parent)
    try:
        if arguments == ["clean"]:
            clean(root)
        elif len(arguments) == 1 and arguments[0] in PROFILES:
            set_up(root, arguments[0], os.environ.get("LRLAB_PYTHON"))
        else:
            print("usage: bootstrap.py lab | site | test | clean", file=sys.stderr)
            return 2
    except SetupError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(
            "\nThe set-up could not go on: {}".format("the disk is full" if error.errno == 28 else error),
            file=sys.stderr,
        )
        return 1
    except KeyboardInterrupt:
        print("\nThe set-up was stopped; the next start makes .venv again.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
