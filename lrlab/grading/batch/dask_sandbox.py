"""The command of a place `dask://HOST:PORT`: the gateway, in a sandbox with a network and nothing of the course.

It sees programs, libraries and lrlab; no home, no course, no gradebook, and nothing of the environment but Dask's own
settings. So what a hostile worker could make it run finds nothing there but the submissions that pass through.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from pathlib import Path

import lrlab
from lrlab.grading.sandbox import file_tree
from lrlab.grading.sandbox.bubblewrap import HOME, file_tree_arguments, find_bubblewrap
from lrlab.grading.sandbox.limits import Limits, SandboxError

SCHEME = "dask://"
UNPRIVILEGED = "65534"
NAMES = ("/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf")  # so that hosts have names
GATEWAY = "lrlab.grading.batch.dask_gateway"


def words(name: str) -> tuple[str, ...]:
    """Return the command line of a gateway to the scheduler at `dask://HOST:PORT`.

    Raises:
        ValueError: distributed or bubblewrap is not installed, or the address is none.
    """
    where = name.removeprefix(SCHEME)
    if importlib.util.find_spec("distributed") is None:
        raise ValueError(f"--on {name} needs the package distributed: pip install 'lrlab[cluster]'")
    host, _, port = where.rpartition(":")
    if not host or not port.isdecimal() or "/" in where:
        raise ValueError(f"--on must be dask://HOST:PORT with the port of Dask's scheduler, got {name!r}")
    tls = _tls()
    try:
        line = [find_bubblewrap(), *file_tree_arguments(Limits(), _private())]
    except SandboxError as error:
        raise ValueError(f"--on {name} needs a sandbox for Dask's client: {error}") from None
    line += ["--unshare-user", "--uid", UNPRIVILEGED, "--gid", UNPRIVILEGED]
    line += ["--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
    line += ["--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    for path in (*NAMES, *tls.values()):
        if os.path.exists(path):
            line += ["--ro-bind", os.path.realpath(path), os.path.abspath(path)]
    line += ["--remount-ro", "/", "--chdir", HOME, "--clearenv"]
    kept = {key: value for key, value in os.environ.items() if key.startswith("DASK_")}
    own = str(Path(lrlab.__file__).resolve().parent.parent)
    for key, value in (kept | {"HOME": HOME, "PATH": "/usr/bin:/bin", "PYTHONPATH": own, "TMPDIR": "/tmp"}).items():
        line += ["--setenv", key, value]
    about = json.dumps({"address": f"{'tls' if tls else 'tcp'}://{where}", "tls": tls})
    return (*line, "--", sys.executable, "-s", "-P", "-m", GATEWAY, about)


def _private() -> list[str]:
    """Return what the gateway must not see: what no submission may see, without lrlab's own grading."""
    own = os.path.realpath(os.path.dirname(lrlab.__file__))
    return [path for path in file_tree.private_paths() if not path.startswith(f"{own}/")]


def _tls() -> dict[str, str]:
    """Return the certificates that Dask's own configuration names, as `Security` calls them; empty: no encryption."""
    import dask.config
    import distributed  # noqa: F401 - it brings its defaults

    found = {
        "tls_ca_file": dask.config.get("distributed.comm.tls.ca-file", None),
        "tls_client_cert": dask.config.get("distributed.comm.tls.client.cert", None),
        "tls_client_key": dask.config.get("distributed.comm.tls.client.key", None),
    }
    return {key: os.path.abspath(os.path.expanduser(value)) for key, value in found.items() if value}
