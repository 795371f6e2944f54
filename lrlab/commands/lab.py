"""``lrlab lab``: open JupyterLab on the course, from any folder, for students and instructors."""

from __future__ import annotations

import argparse
import errno
import logging
import os
import secrets
import socket
import sys
from pathlib import Path
from urllib.parse import quote

from lrlab._exchange import FOUND, has_exchange
from lrlab._extras import require
from lrlab.commands import CommandError, Commands, whole_number
from lrlab.printable import printable

START = "course/00_start_here.ipynb"
HOST = "127.0.0.1"
DEFAULT_PORT = 8888
PORTS_TRIED = 50
SETTINGS = "tools/jupyter"
# nbgrader's door for students beside *Validate* is the Assignment List, and leads nowhere without an exchange folder.
FOR_STUDENTS, NO_EXCHANGE = "tools/jupyter-student", "tools/jupyter-no-exchange"
GRADEBOOK = "gradebook.db"
# Warnings of every session that ask nothing of anyone: how these lines begin, and who logs them.
USUAL = (
    "Notebook %s is not trusted",  # until it has run here: its saved outputs may not run a script
    "No nbgrader_config.py file found",  # students have none
    "The websocket_ping_timeout (",  # which JupyterLab chooses itself
)
LOGGERS = ("ServerApp", "NbGrader", "tornado.general")
# For the kernels, which load torch: how often a thread of GNU OpenMP's asks for more work before it sleeps. Its own
# 300,000 times make training up to 200 times slower where other programs want all cores (benchmarks/bench_busy.py).
SPINS = "2000"


def add_parser(commands: Commands) -> None:
    parser = commands.add_parser("lab", help="open the course in JupyterLab")
    parser.add_argument("notebook", nargs="?", metavar="NOTEBOOK", help="default: course/00_start_here.ipynb")
    parser.add_argument("--port", type=whole_number(1, 65535), metavar="N", help="default: 8888, or the next free one")
    parser.add_argument("--no-browser", dest="browser", action="store_false", help="print the address instead")
    parser.add_argument("--instructor", action="store_true", help="show formgrader (the default beside a gradebook.db)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    serve(notebook=args.notebook, port=args.port, browser=args.browser, instructor=args.instructor)
    return 0


def course_root() -> Path:
    """Return the course folder: the checkout that lrlab was installed from, or the working directory."""
    for folder in (Path(__file__).resolve().parents[2], Path.cwd()):
        if (folder / "course").is_dir():
            return folder
    raise CommandError("found no course/ beside lrlab or in this folder: start it in a clone of the course")


def find_notebook(name: str | None, root: Path) -> str:
    """Return a notebook's path relative to ``root``, for a name relative to the working directory or to ``root``."""
    for folder in (Path.cwd(), root):
        path = (folder / (name or START)).resolve()
        if path.is_file():
            if not path.is_relative_to(root):
                raise CommandError(f"{name} is outside the course's folder {root}, which is all that is served")
            return path.relative_to(root).as_posix()
    raise CommandError(f"there is no notebook {name or START} here or in {root}")


def why_not(port: int) -> str | None:
    """Why JupyterLab can't listen on a port, or None."""
    with socket.socket() as probe:
        if os.name == "posix":  # else a port whose last user has just gone would count as busy
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            if error.errno == errno.EACCES:
                return f"port {port} is not open to you: ports below 1024 belong to the system's administrator"
            return f"port {port} is in use by another program"
    return None


def choose_port(wanted: int | None) -> int:
    """Return the port asked for, or the first free one from 8888 up."""
    if wanted is not None:
        problem = why_not(wanted)
        if problem:
            raise CommandError(f"{problem}: choose another with --port (make lab PORT=…)")
        return wanted
    for port in range(DEFAULT_PORT, DEFAULT_PORT + PORTS_TRIED):
        if why_not(port) is None:
            if port != DEFAULT_PORT:
                print(f"Port {DEFAULT_PORT} is in use: taking {port}.", flush=True)
            return port
    last = DEFAULT_PORT + PORTS_TRIED - 1
    raise CommandError(f"all ports from {DEFAULT_PORT} to {last} are in use: choose another with --port")


def has_display() -> bool:
    """Whether a browser that is opened here would be seen by the person who typed the command."""
    if os.environ.get("SSH_CONNECTION") or os.environ.get("SSH_TTY"):
        return False
    return not sys.platform.startswith("linux") or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))


def announce(address: str, port: int, browser: bool) -> None:
    """Print where the course is served, plainly, and what to do with it."""
    print(f"\n    {address}\n")
    if not browser:
        print("Open this address in a browser.", end=" ")
        if os.environ.get("SSH_CONNECTION"):
            print(f"From your own computer, forward the port first: ssh -L {port}:{HOST}:{port} …", end=" ")
    print("Ctrl-C stops it.", flush=True)


def settings(root: Path, instructor: bool) -> list[str]:
    """Return the folders with JupyterLab's settings for this person. Call it in the course folder, ``root``.

    nbgrader's parts for instructors are shown to an ``instructor``, and where there is a gradebook.
    """
    names = [SETTINGS]
    if not (instructor or (root / GRADEBOOK).exists()):
        exchange = has_exchange()
        if exchange:
            os.environ[FOUND] = "1"
        names = [*([] if exchange else [NO_EXCHANGE]), FOR_STUDENTS, SETTINGS]
    return [str(root / name) for name in names]


def is_news(record: logging.LogRecord) -> bool:
    """Return whether a line of the server's log is more than what it says in every session; an error always is."""
    return record.levelno >= logging.ERROR or not str(record.msg).startswith(USUAL)


def private_kernels() -> list[str]:
    """Return arguments that encrypt what JupyterLab and its kernels say to each other, where this pyzmq can do it.

    Without, anyone with an account on this machine could listen, and each kernel warns of it in the terminal.
    """
    import zmq
    from jupyter_client import KernelManager

    can = zmq.has("curve") and KernelManager.class_traits().get("transport_encryption")
    return ["--KernelManager.transport_encryption=auto"] if can else []


def serve(
    *, notebook: str | None = None, port: int | None = None, browser: bool = True, instructor: bool = False
) -> None:
    """Serve the course until Ctrl-C, and open it in a browser or print its address; the command's options say how."""
    root = course_root()
    path = find_notebook(notebook, root)
    port = choose_port(port)
    browser = browser and has_display()
    os.chdir(root)
    for name in LOGGERS:
        logging.getLogger(name).addFilter(is_news)
    search = [*settings(root, instructor), os.environ.get("JUPYTER_CONFIG_PATH")]
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, search))
    if "OMP_WAIT_POLICY" not in os.environ:  # a setting of the user's own wins
        os.environ.setdefault("GOMP_SPINCOUNT", SPINS)
    require("course", "jupyterlab", "jupyter_client", "zmq")
    print(f"Starting JupyterLab on {printable(str(path))} …", flush=True)

    from jupyterlab.labapp import LabApp

    token = secrets.token_hex(24)
    arguments = [
        path,
        f"--ServerApp.root_dir={root}",
        f"--ServerApp.ip={HOST}",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        f"--IdentityProvider.token={token}",
        "--ServerApp.answer_yes=True",  # Ctrl-C stops it, without a question
        "--log-level=WARN",
        "--LabApp.log_level=WARN",
        *private_kernels(),
    ]
    if not browser:
        arguments.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments.append("--allow-root")
    server = LabApp.initialize_server(argv=arguments)
    address = f"http://{HOST}:{port}/lab/tree/{quote(path)}?token={token}"
    # The server opens its port in the first callback of its loop; this one follows, so the address printed works.
    server.io_loop.add_callback(announce, address, port, browser)
    server.start()
