"""The JupyterHub of `make hub`: real users of this machine, one password for all, on loopback alone.

For a hub of your own take your site's authenticator and spawner; docs/jupyterhub.md says what the course needs.
"""

import os
from pathlib import Path

c = get_config()

FOLDER = Path(os.environ["LRLAB_HUB"])
PORT = int(os.environ["LRLAB_HUB_PORT"])
LOOPBACK = "127.0.0.1"

c.JupyterHub.bind_url = f"http://{LOOPBACK}:{PORT}"
c.JupyterHub.hub_bind_url = f"http://{LOOPBACK}:{PORT + 1}"
c.ConfigurableHTTPProxy.api_url = f"http://{LOOPBACK}:{PORT + 2}"
c.ConfigurableHTTPProxy.command = [str(FOLDER / "node" / "node_modules" / ".bin" / "configurable-http-proxy")]
c.JupyterHub.db_url = f"sqlite:///{FOLDER / 'state' / 'hub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(FOLDER / "state" / "cookie_secret")
c.ConfigurableHTTPProxy.pid_file = str(FOLDER / "state" / "proxy.pid")

c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = os.environ["LRLAB_HUB_PASSWORD"]
c.Authenticator.allowed_users = set(os.environ["LRLAB_HUB_USERS"].split())

c.JupyterHub.spawner_class = "jupyterhub.spawner.LocalProcessSpawner"
c.Spawner.cmd = [str(FOLDER / "venv" / "bin" / "jupyterhub-singleuser")]
c.Spawner.default_url = "/lab"
c.Spawner.ip = LOOPBACK
c.Spawner.start_timeout = c.Spawner.http_timeout = 300  # seconds: JupyterLab's first start on a busy machine
c.Spawner.environment = {
    "PATH": f"{FOLDER / 'venv' / 'bin'}:/usr/bin:/bin",
    # torch in every kernel would take all cores: here each gets one.
    "OMP_NUM_THREADS": "1",
    # One copy of MNIST for all, where there is one.
    **({"LRLAB_DATA": os.environ["LRLAB_DATA"]} if "LRLAB_DATA" in os.environ else {}),
}
