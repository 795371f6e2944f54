"""A Dask cluster of the tests' own: a scheduler and workers on loopback, each a process."""

import importlib.util
import os
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SUPPORT = Path(__file__).parent


def missing() -> str:
    """Why there can be no cluster here; empty if there can."""
    if importlib.util.find_spec("distributed") is None:
        return "distributed is not installed: pip install 'lrlab[cluster]'"
    return ""


@dataclass(frozen=True)
class Certificates:
    """A certificate authority of its own and one certificate, for all sides of a cluster."""

    ca: Path
    certificate: Path
    key: Path

    @property
    def configuration(self) -> dict[str, str]:
        """Dask's own configuration of a client that uses them."""
        names = {"ca-file": self.ca, "client.cert": self.certificate, "client.key": self.key}
        return {f"distributed.comm.tls.{name}": str(path) for name, path in names.items()}

    @property
    def options(self) -> tuple[str, ...]:
        return ("--tls-ca-file", str(self.ca), "--tls-cert", str(self.certificate), "--tls-key", str(self.key))


def new_certificates(folder: Path) -> Certificates:
    folder.mkdir()
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    for command in (
        ("req", "-x509", *key, "-subj", "/CN=authority", "-keyout", "ca.key", "-out", "ca.pem"),
        ("req", *key, "-subj", "/CN=cluster", "-keyout", "key.pem", "-out", "request.pem"),
        (
            "x509",
            "-req",
            "-in",
            "request.pem",
            "-CA",
            "ca.pem",
            "-CAkey",
            "ca.key",
            "-CAcreateserial",
            "-out",
            "cert.pem",
        ),
    ):
        subprocess.run(["openssl", *command], cwd=folder, check=True, capture_output=True)
    return Certificates(folder / "ca.pem", folder / "cert.pem", folder / "key.pem")


class Cluster:
    host = "127.0.0.1"  # of the scheduler

    def __init__(self, folder: Path, certificates: Certificates | None = None) -> None:
        self.folder = folder
        self.protocol = "tls" if certificates else "tcp"
        self.tls = certificates.options if certificates else ()
        self.workers: list[subprocess.Popen[bytes]] = []
        with socket.socket() as probe:
            probe.bind((self.host, 0))
            self.port = probe.getsockname()[1]
        self.name = f"dask://{self.host}:{self.port}"
        self.start()

    def _run(self, *arguments: str, prefix: Sequence[str] = (), **environment: str) -> subprocess.Popen[bytes]:
        with (self.folder / "dask.log").open("ab") as log:
            return subprocess.Popen(
                [*prefix, sys.executable, "-m", "dask", *arguments],
                cwd=self.folder,
                env={**os.environ, "OMP_NUM_THREADS": "1", **environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def start(self) -> None:
        options = (
            "--host",
            self.host,
            "--port",
            str(self.port),
            "--no-dashboard",
            "--protocol",
            self.protocol,
            *self.tls,
        )
        self.scheduler = self._run("scheduler", *options, LRLAB_STUB="scheduler")
        end = time.monotonic() + 120
        while True:
            try:
                socket.create_connection((self.host, self.port), timeout=5).close()
                return
            except OSError:
                assert self.scheduler.poll() is None, (self.folder / "dask.log").read_text()[-3000:]
                assert time.monotonic() < end
                time.sleep(0.1)

    def machine(self) -> tuple[Sequence[str], str]:
        """Where the next worker runs: the command's prefix, and the address."""
        return (), self.host

    def add_worker(self, behaviour: str = "", **environment: str) -> subprocess.Popen[bytes]:
        """Start a worker with one thread; with a behaviour of `dask_stub`, one that grades nothing."""
        if behaviour:
            environment |= {"PYTHONPATH": f"{SUPPORT / 'dask_stub'}:{SUPPORT.parent}", "LRLAB_STUB": behaviour}
        prefix, address = self.machine()
        options = (
            "--nthreads",
            "1",
            "--no-nanny",
            "--no-dashboard",
            "--host",
            address,
            "--death-timeout",
            "60",
            *self.tls,
        )
        scheduler = f"{self.protocol}://{self.host}:{self.port}"
        self.workers.append(self._run("worker", scheduler, *options, prefix=prefix, **environment))
        return self.workers[-1]

    def close(self) -> None:
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()
