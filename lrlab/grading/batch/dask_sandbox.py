"""The command of a place ``dask://HOST:PORT``: the gateway, in a sandbox with a network and nothing of the course.

It sees programs, libraries and lrlab; no home, no course, no gradebook, and nothing of the environment but Dask's own
settings. So what a hostile worker could make it run finds nothing there but the submissions that pass through.
"""

from __future__ import annotations

import importlib.util
import json
import os
from pathlib import Path

import lrlab
from lrlab.grading.batch.errors import CourseError
from lrlab.grading.sandbox import file_tree
from lrlab.grading.sandbox.bubblewrap import HOME, file_tree_arguments, python_line
from lrlab.grading.sandbox.limits import Limits, SandboxError

SCHEME = "dask://"
UNPRIVILEGED = "65534"
NAMES = ("/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf")  # so that hosts have names
TLS = {
    "tls_ca_file": "distributed.comm.tls.ca-file",
    "tls_client_cert": "distributed.comm.tls.client.cert",
    "tls_client_key": "distributed.comm.tls.client.key",
}
GATEWAY = "lrlab.grading.batch.dask_gateway"


def words(name: str) -> tuple[str, ...]:
    """Return the command line of a gateway to the scheduler at ``dask://HOST:PORT``.

    Raises:
        CourseError: distributed or bubblewrap is not installed, it is not an address, or a certificate can't be read.
    """
    where = name.removeprefix(SCHEME)
    if importlib.util.find_spec("distributed") is None:
        raise CourseError(f"--on {name} needs the package distributed: pip install 'lrlab[cluster]'")
    host, _, port = where.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port[:6]) < 65536 or "/" in where:
        raise CourseError(f"--on must be dask://HOST:PORT with the port of Dask's scheduler, got {name!r}")
    tls = _tls()
    kept = {key: value for key, value in os.environ.items() if key.startswith("DASK_")}
    own = str(Path(lrlab.__file__).resolve().parent.parent)
    variables = kept | {"HOME": HOME, "PATH": "/usr/bin:/bin", "PYTHONPATH": own, "TMPDIR": "/tmp"}
    shown = [(path, path) for path in filter(os.path.exists, NAMES)]
    shown += [(path, f"{HOME}/{key}") for key, path in tls.items()]
    binds = [word for path, to in shown for word in ("--ro-bind", os.path.realpath(path), to)]
    user = ["--unshare-user", "--uid", UNPRIVILEGED, "--gid", UNPRIVILEGED]
    try:
        line = python_line(user, [*file_tree_arguments(Limits(), _private()), *binds], variables)
    except SandboxError as error:
        raise CourseError(f"--on {name} needs a sandbox for Dask's client: {error}") from None
    about = json.dumps(
        {"address": f"{'tls' if tls else 'tcp'}://{where}", "tls": {key: f"{HOME}/{key}" for key in tls}}
    )
    return (*line, "-P", "-m", GATEWAY, about)


def _private() -> list[str]:
    """Return what the gateway must not see: what no submission may see, without lrlab's own grading."""
    own = os.path.realpath(os.path.dirname(lrlab.__file__))
    return [path for path in file_tree.private_paths() if not path.startswith(f"{own}/")]


def _tls() -> dict[str, str]:
    """Return the certificates that Dask's own configuration names, as ``Security`` calls them; empty: no encryption."""
    import dask.config
    import distributed  # noqa: F401 - it brings its defaults

    named = {key: dask.config.get(name, None) for key, name in TLS.items()}
    if not any(named.values()):
        return {}
    for key, name in TLS.items():
        if not named[key] and key != "tls_client_key":  # the key may be in the file of the certificate
            raise CourseError(
                f"Dask's configuration names a certificate, but no {name}: it takes {', '.join(TLS.values())}"
            )
    files = {key: os.path.expanduser(path) for key, path in named.items() if path}
    for key, path in files.items():
        try:
            open(path, "rb").close()
        except OSError as error:  # without the text that is there, which may be a key
            raise CourseError(f"{TLS[key]} must name a file that can be read: {error.strerror}") from None
    return files
