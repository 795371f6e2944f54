"""The former place of support.made_course, from where the tests of a browser still import it."""

from support.made_course import *  # noqa: F403
