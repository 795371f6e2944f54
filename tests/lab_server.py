"""The former place of support.lab_server, from where the tests of a browser still import it."""

from support.lab_server import *  # noqa: F403
