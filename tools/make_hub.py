"""`make hub`: a real JupyterHub on this machine, with an instructor and two students, to look at.

    python3 tools/make_hub.py [--port 8000] [--at /var/tmp/lrlab-hub] [--remove]

It takes Linux and root, because the three are users of the machine: they are made for it, and removed when it stops.
All files that it makes are below one folder. What it installs there (2.5 GB) stays for the next time, until `--remove`.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import bootstrap
from hub_users import (
    OURS,
    PEOPLE,
    PROF,
    STUDENTS,
    HubError,
    make_users,
    own,
    remove_users,
    require_program,
    require_users,
    run,
    run_as,
)

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = ROOT / "tools" / "hub"
PROXY = "configurable-http-proxy@5.3.0"
MARKER = ".make-hub"  # in the folder, so that only what this made is removed
UNIT = "decay_formulas"
INSTALLED = ("lrlab", "pyproject.toml", "constraints.txt", "README.md", "LICENSE", "LICENSE-CONTENT", "NOTICE.md")
COURSE = ("course", "solutions", "assignments", "nbgrader_config.py")
LEFT_OUT = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")


def require(*, npm: bool = True) -> None:
    """Raise HubError unless users can be made and removed here and, with `npm`, a hub can be installed."""
    require_users()
    if npm:
        require_program("npm", "npm")


def python_for_everyone() -> str:
    """Return a Python that ordinary users can start, which one in root's home is not."""
    for name in ("/usr/bin/python3", "/usr/local/bin/python3", *filter(None, map(shutil.which, ["python3"]))):
        tried = bootstrap.probe(name)
        if tried and tried.version >= bootstrap.OLDEST and tried.makes_venvs:
            done = subprocess.run([tried.path, "-c", ""], user=65534, group=65534, extra_groups=[], capture_output=True)
            if done.returncode == 0:
                return tried.path
    raise HubError(
        "there is no Python 3.11 or newer here that every user can start: install the system's own, with its venv"
    )


class Hub:
    """A hub below one folder."""

    def __init__(self, folder: Path, port: int = 8000) -> None:
        self.folder, self.homes, self.port = folder, folder / "home", port
        self.password = secrets.token_hex(8)
        self.python = folder / "venv" / "bin" / "python"

    def install(self) -> None:
        """Install lrlab and JupyterHub into an environment of their own, and the proxy; nothing if they are there."""
        self._check_folder()
        self.folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        (self.folder / MARKER).write_text(f"{OURS}\n", encoding="utf-8")
        source = self.folder / "source"
        shutil.rmtree(source, ignore_errors=True)
        source.mkdir()
        for name in INSTALLED:
            _copy(ROOT / name, source / name)
        pip = [str(self.python), "-m", "pip", "install", "--quiet", "-c", str(source / "constraints.txt")]
        installed, requirements = self.folder / "installed", _requirements()
        if not installed.exists() or installed.read_text(encoding="utf-8") != requirements:
            print(f"Installing lrlab and JupyterHub into {self.folder}: some minutes, once, and 2.5 GB.", flush=True)
            run([python_for_everyone(), "-m", "venv", "--clear", str(self.folder / "venv")])
            run([*pip, "-r", str(SETTINGS / "requirements.txt"), f"{source}[grade]"])
            run(["npm", "install", "--silent", "--no-fund", "--no-audit", "--prefix", str(self.folder / "node"), PROXY])
            installed.write_text(requirements, encoding="utf-8")
        else:
            run([*pip, "--no-deps", "--force-reinstall", str(source)])
        self._configure()

    def _check_folder(self) -> None:
        """Raise HubError if the folder has files that `make hub` did not make, so that none of them is removed."""
        if not self.folder.exists() and not self.folder.is_symlink():
            return
        if self.folder.is_symlink() or self.folder.stat().st_uid != 0:
            raise HubError(f"{self.folder} is not root's: name another folder with --at")
        if not self.folder.is_dir() or (any(self.folder.iterdir()) and not (self.folder / MARKER).is_file()):
            raise HubError(f"{self.folder} was not made by `make hub`: name another folder with --at, or remove it")

    def _configure(self) -> None:
        """Write what the hub's environment says to everyone's JupyterLab and nbgrader."""
        etc = self.folder / "venv" / "etc" / "jupyter"
        for name in ("jupyter", "jupyter-student"):  # no news; no formgrader for students
            shutil.copytree(ROOT / "tools" / name, etc, dirs_exist_ok=True)
        exchange = self.folder / "exchange"
        shutil.rmtree(exchange, ignore_errors=True)
        exchange.mkdir()
        exchange.chmod(0o777)  # as nbgrader wants it
        config = (SETTINGS / "nbgrader_config.py").read_text(encoding="utf-8").replace("EXCHANGE", str(exchange))
        (etc / "nbgrader_config.py").write_text(config, encoding="utf-8")
        shutil.rmtree(self.folder / "state", ignore_errors=True)
        (self.folder / "state").mkdir(mode=0o700)

    @contextlib.contextmanager
    def people(self) -> Iterator[None]:
        """Make the users with what they have at the start of a term, and remove them at the end."""
        remove_users(self.homes)
        try:
            make_users(self.homes)
            self._furnish()
            yield
        finally:
            remove_users(self.homes)

    def _furnish(self) -> None:
        prof = self.home(PROF)
        for name in COURSE:
            _copy(ROOT / name, prof / "lrlab" / name)
        (prof / "lrlab").chmod(0o700)
        jupyter = prof / ".jupyter"
        shutil.copytree(ROOT / "tools" / "jupyter-instructor", jupyter)
        # formgrader starts in the home, so it has to be told where the course is.
        line = f"c = get_config()\nc.CourseDirectory.root = {str(prof / 'lrlab')!r}\n"
        (jupyter / "nbgrader_config.py").write_text(line, encoding="utf-8")
        for student in STUDENTS:
            _copy(ROOT / "course", self.home(student) / "lrlab-course" / "course")
        for name in PEOPLE:
            own(self.home(name), name)
        self.run_as(PROF, "-m", "nbgrader", "generate_assignment", UNIT, "--force", cwd=prof / "lrlab")
        self.run_as(PROF, "-m", "nbgrader", "release_assignment", UNIT, cwd=prof / "lrlab")

    def home(self, name: str) -> Path:
        return self.homes / name

    def run_as(self, name: str, *arguments: str, cwd: Path | None = None, status: int = 0) -> str:
        """Run the hub's Python as one of the users; return what it printed."""
        return run_as(name, [str(self.python), *arguments], cwd=cwd, status=status)

    @contextlib.contextmanager
    def running(self) -> Iterator[str]:
        """Run the hub in a `with` block, and give its address; its log is hub.log."""
        for port in range(self.port, self.port + 3):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    raise HubError(f"port {port} is in use, and a hub takes three in a row: choose others with --port")
        env = {"PATH": f"{self.python.parent}:{os.environ['PATH']}", "HOME": str(self.folder / "state")}
        env |= {key: os.environ[key] for key in ("LRLAB_DATA",) if key in os.environ}
        env |= {"LRLAB_HUB": str(self.folder), "LRLAB_HUB_PORT": str(self.port), "LRLAB_HUB_PASSWORD": self.password}
        command = [str(self.python), "-m", "jupyterhub", "-f", str(SETTINGS / "jupyterhub_config.py")]
        address = f"http://127.0.0.1:{self.port}"
        with (self.folder / "hub.log").open("wb") as log:
            hub = subprocess.Popen(
                command, cwd=self.folder / "state", env=env | {"LRLAB_HUB_USERS": " ".join(PEOPLE)},
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
            try:
                _wait_for(hub, f"{address}/hub/health", self.folder / "hub.log")
                yield address
            finally:
                hub.send_signal(signal.SIGTERM)  # it ends its users' servers and the proxy
                try:
                    hub.wait(60)
                except subprocess.TimeoutExpired:
                    hub.kill()

    def remove(self) -> None:
        """Remove the users and the folder."""
        self._check_folder()
        remove_users(self.homes)
        if self.folder.exists():
            shutil.rmtree(self.folder)


def _requirements() -> str:
    """Return a text that changes when other packages have to be installed."""
    files = (ROOT / "pyproject.toml", ROOT / "constraints.txt", SETTINGS / "requirements.txt")
    return hashlib.sha256(b"\0".join([PROXY.encode(), *(path.read_bytes() for path in files)])).hexdigest()


def _copy(source: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, to, ignore=LEFT_OUT)
    else:
        shutil.copy(source, to)


def _wait_for(hub: subprocess.Popen[bytes], address: str, log: Path) -> None:
    while hub.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=5) as answer:
            if answer.status == 200:
                return
        time.sleep(0.5)
    raise HubError(f"{log.read_text(errors='replace')[-2000:]}\nJupyterHub ended at its start: see the lines above")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="make hub", description="A JupyterHub with an instructor and two students.")
    parser.add_argument("--port", type=int, default=8000, metavar="N", help="the first of three; default: 8000")
    parser.add_argument("--at", type=Path, default=Path("/var/tmp/lrlab-hub"), metavar="FOLDER", help="where it all is")
    parser.add_argument("--remove", action="store_true", help="remove the users and the folder")
    args = parser.parse_args(arguments)
    try:
        require(npm=not args.remove)
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # a terminal that is closed ends it as Ctrl-C does
            signal.signal(sign, signal.default_int_handler)
        hub = Hub(args.at.absolute(), args.port)
        if args.remove:
            hub.remove()
            return 0
        hub.install()
        with hub.people(), hub.running() as address:
            print(f"\n    {address}\n\nLog in as {', '.join(PEOPLE)}; the password of all is {hub.password}")
            print(f"Formgrader, as {PROF}, in a tab of its own: {address}/user/{PROF}/formgrader")
            print(
                f"{UNIT} is released. docs/jupyterhub.md goes through a term. Ctrl-C ends it, and removes the users.",
                flush=True,
            )
            signal.pause()
    except HubError as error:
        print(f"make hub: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
