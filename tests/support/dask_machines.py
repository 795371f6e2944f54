"""A Dask cluster whose workers are on machines of their own: namespaces with a network each, on one bridge.

`enter_network()` comes first: the program starts once more in a network without anything in it, and makes the bridge
there. All of it goes with the program.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence

from .dask_cluster import Cluster

ALONE = ["unshare", "--mount", "--net"] if os.getuid() == 0 else ["unshare", "--map-root-user", "--mount", "--net"]
INSIDE = "LRLAB_TEST_NETWORK"  # a variable: this program runs in its own network
BRIDGE = "10.77.0."


def missing() -> str:
    """Why there can be none here; empty if there can."""
    if shutil.which("ip") is None or shutil.which("unshare") is None:
        return "ip (iproute2) and unshare (util-linux) are needed"
    if subprocess.run([*ALONE, "ip", "link", "add", "lrlab0", "type", "bridge"], capture_output=True).returncode:
        return "no networks can be made here"
    return ""


def _ip(line: str) -> None:
    subprocess.run(["ip", *line.split()], check=True)


def enter_network() -> None:
    """Run this program in a network of its own, with a bridge."""
    if os.environ.get(INSIDE) != "1":
        os.environ[INSIDE] = "1"
        os.execvp(ALONE[0], [*ALONE, sys.executable, *sys.argv])
    os.makedirs("/run/netns", exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "none", "/run/netns"], check=True)  # where `ip netns` keeps names
    _ip("link set lo up")
    _ip("link add lrlab0 type bridge")
    _ip(f"addr add {BRIDGE}1/24 dev lrlab0")
    _ip("link set lrlab0 up")


class OnMachines(Cluster):
    """The scheduler is here; each worker is on a machine in which the cluster's folder is empty."""

    host = f"{BRIDGE}1"

    def machine(self) -> tuple[Sequence[str], str]:
        number = len(self.workers) + 1
        name, address = f"lrlab{number}", f"{BRIDGE}{number + 1}"
        _ip(f"netns add {name}")
        _ip(f"link add {name} type veth peer name eth0 netns {name}")
        _ip(f"link set {name} master lrlab0 up")
        for line in ("link set lo up", f"addr add {address}/24 dev eth0", "link set eth0 up"):
            _ip(f"-n {name} {line}")
        inside = f'mount -t tmpfs none {self.folder} && cd / && exec "$@"'
        return ("ip", "netns", "exec", name, "unshare", "--mount", "sh", "-c", inside, "machine"), address
