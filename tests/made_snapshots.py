"""The former place of support.made_snapshots, from where the tests of a browser still import it."""

from support.made_snapshots import *  # noqa: F403
