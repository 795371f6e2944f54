"""Read by every Jupyter server that is started in this folder: `make lab`, plain `jupyter lab`, Binder."""

from traitlets.config import get_config

c = get_config()

# A course opens without questions: no news feed, no update check, so nothing is asked of the network either.
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
