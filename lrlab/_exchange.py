"""Whether nbgrader's exchange is here: a folder through which students fetch assignments and hand them in."""

from __future__ import annotations

import os

# What `lrlab lab` found, for its kernels: nbgrader takes most of a second to load.
FOUND = "LRLAB_EXCHANGE"
ON_A_HUB = "JUPYTERHUB_USER"


def has_exchange() -> bool:
    """Return whether nbgrader has an exchange folder that this user may write to."""
    try:
        from nbgrader.apps import NbGrader
        from nbgrader.exchange import ExchangeFactory
    except ImportError:  # nbgrader's exchange is not for Windows
        return False
    app = NbGrader()
    app.load_config_file()
    folder = ExchangeFactory(config=app.config).exchange(config=app.config).root
    return os.path.isdir(folder) and os.access(folder, os.W_OK | os.X_OK)


def hands_in_by_list() -> bool:
    """Return whether this kernel's JupyterLab has an Assignment List with which to hand in."""
    return FOUND in os.environ or (ON_A_HUB in os.environ and has_exchange())
