"""Make .venv and install lrlab into it, or see at once that there is nothing to do.

    python3 tools/bootstrap.py lab      what a student needs
    python3 tools/bootstrap.py site     the same, and what builds the published course
    python3 tools/bootstrap.py test     all of these, and what the tests need
    python3 tools/bootstrap.py clean    remove .venv, if this script made it

The standard library is all it uses, and nothing newer than Python 3.6: an old Python must be able to read this
file to the end in order to say that it is too old.
"""

import contextlib
import hashlib
import json
import os
import shutil
import sys
import time
from pathlib import Path

import setup_steps as steps
from setup_steps import Phase, SetupError, say

try:
    import fcntl
except ImportError:  # Windows has no flock: there, two set-ups at once are not held apart
    fcntl = None  # type: ignore[assignment]

# Each holds all of those before it, and so serves for them.
PROFILES = {"lab": ".", "site": ".[site]", "test": ".[site,test]"}
# No news, no update check: read by every Jupyter of .venv, plain `jupyter lab` as well as `make lab`.
# The first file keeps the server from asking, the second the page: JupyterLab 4.6 shows its question about news even
# where there is no address to get them from.
SETTINGS = ("jupyter_lab_config.json", "labconfig/default_setting_overrides.json")
INPUTS = ("pyproject.toml", "constraints.txt", *("tools/jupyter/" + name for name in SETTINGS))


class Venv:
    """The environment in .venv, and what .venv/.lrlab remembers of it.

    `made` says that this script created the folder and may therefore delete it; `installing` that an installation
    began and has not ended; `lab`, `site` and `test` what the last complete installation of that profile was made from.
    """

    def __init__(self, root):
        self.root = Path(root)
        self.path = self.root / ".venv"
        self.notes = self.path / ".lrlab"
        self.bin = self.path / ("Scripts" if os.name == "nt" else "bin")
        self.python = self.bin / ("python.exe" if os.name == "nt" else "python")

    @property
    def ours(self):
        return (self.notes / "made").exists() or not self.path.exists() or not any(self.path.iterdir())

    @property
    def interrupted(self):
        return (self.notes / "installing").exists()

    def site_packages(self):
        return next(self.path.glob("Lib/site-packages" if os.name == "nt" else "lib/python3*/site-packages"))

    def inputs(self):
        digest = hashlib.sha256()
        for name in INPUTS:
            digest.update((self.root / name).read_bytes())
        return digest.hexdigest()

    def modules(self):
        """The importable names that are installed. Package versions are pip's affair; a missing folder is not."""
        names = os.listdir(str(self.site_packages()))
        return sorted(n for n in names if n[0].isalpha() and not n.endswith((".dist-info", ".pth", ".egg-link")))

    def stamp(self, profile):
        """What was recorded for a profile, or for one that serves for it as well."""
        names = list(PROFILES)
        for name in names[names.index(profile) :]:
            with contextlib.suppress(OSError, ValueError):
                return json.loads((self.notes / name).read_text(encoding="utf-8"))
        return None

    def write_stamp(self, profile, version):
        record = {"inputs": self.inputs(), "root": str(self.root), "python": version, "modules": self.modules()}
        (self.notes / profile).write_text(json.dumps(record), encoding="utf-8")

    def fault(self, python):
        """Why an environment that we made has to be made afresh, or None."""
        if self.interrupted:
            return "the last set-up did not finish"
        if python is None:
            return "its Python does not start"
        stamp = self.stamp("lab")
        if stamp is None:
            return "it is incomplete"
        if stamp["root"] != str(self.root):
            return "it was moved here from {}".format(stamp["root"])
        if stamp["python"] != list(python.version[:2]):
            return "it was made with Python {}.{}".format(*stamp["python"])
        with contextlib.suppress(OSError, StopIteration):
            missing = sorted(set(stamp["modules"]) - set(self.modules()))
            return f"{missing[0]} is missing from it" if missing else None
        return "its packages are missing"

    def clear(self):
        """Empty the folder, which may be a link to a larger disk."""
        for child in self.path.iterdir():
            if child.is_dir() and not child.is_symlink():
                shutil.rmtree(str(child))
            else:
                child.unlink()


@contextlib.contextmanager
def alone(root):
    """Hold other set-ups of the same folder off; the system lifts the lock however this process ends."""
    with (Path(root) / "pyproject.toml").open("rb") as file:
        if fcntl is not None:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say("Another set-up is running here: waiting for it to end.")
                fcntl.flock(file, fcntl.LOCK_EX)
            except OSError:
                pass  # a file system without locks
        # pip inherits the lock: should this process be killed, pip's writing still counts as a set-up that runs.
        yield (file.fileno(),) if fcntl is not None else ()


def set_up(root, profile, wanted=None):
    """Bring .venv to the state that `profile` needs; do nothing, quickly, where it is there already."""
    venv = Venv(root)
    with alone(root) as lock:
        python = steps.probe(venv.python) if venv.python.exists() else None
        chosen = steps.choose_python(wanted) if wanted else None
        if venv.ours and venv.path.exists() and any(venv.path.iterdir()):
            fault = venv.fault(python)
            if fault is None and chosen and chosen.version[:2] != python.version[:2]:
                fault = "it was made with Python {}.{}".format(*python.version)
            if fault:
                say(f"Making .venv afresh: {fault}.")
                chosen = chosen or steps.choose_python(wanted)
                venv.clear()
                python = None
        elif not venv.ours and (python is None or not python.fits):
            what = "does not start" if python is None else f"is {python}"
            raise SetupError(
                f".venv was not made by this set-up, and its Python {what}, where lrlab needs 3.11 or newer: "
                "move .venv away or delete it, then run the same command again"
            )
        stamp = venv.stamp(profile)
        if python is not None and stamp and stamp["inputs"] == venv.inputs() and not venv.interrupted:
            return
        install(venv, profile, python, chosen or (None if python else steps.choose_python(wanted)), lock)


def install(venv, profile, python, base, lock):
    """Make .venv where there is none, and install into it."""
    started = time.monotonic()
    if python is None:
        say(f"Setting up lrlab in .venv with Python {base}: a few minutes, once, and about 2 GB.")
        venv.notes.mkdir(parents=True, exist_ok=True)
        (venv.notes / "made").touch()
    else:
        say("Bringing .venv up to date with pyproject.toml and constraints.txt.")
        venv.notes.mkdir(exist_ok=True)
    marker = venv.notes / "installing"
    marker.touch()
    if python is None:
        phase = Phase("making the environment")
        steps.make_venv(base, venv.path)
        phase.done()
    else:
        steps.ensure_pip(venv.python)
    try:
        steps.pip_install(venv.python, PROFILES[profile], venv.root, venv.notes / "pip.log", lock)
    except steps.DownloadError:
        if python is not None:
            marker.unlink()  # nothing was changed yet: what worked before still does
        raise
    for name in SETTINGS:
        settings = venv.path / "etc" / "jupyter" / name
        settings.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(str(venv.root / "tools" / "jupyter" / name), str(settings))
    phase = Phase("compiling")
    steps.compile_all(venv.python, venv.site_packages())
    phase.done()
    for other in PROFILES:
        with contextlib.suppress(FileNotFoundError):
            (venv.notes / other).unlink()  # it described versions that were there before
    venv.write_stamp(profile, list((python or base).version[:2]))
    marker.unlink()
    say("Ready after %.0f s." % (time.monotonic() - started))


def clean(root):
    """Remove .venv where this script made it; a person's own environment stays."""
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
        reason = "the disk is full" if error.errno == 28 else str(error)
        print(f"\nThe set-up could not go on: {reason}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nThe set-up was stopped; the next start makes .venv afresh.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
