"""The former place of support.made_results, from where the tests of a browser still import it."""

from support.made_results import *  # noqa: F403
