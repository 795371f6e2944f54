"""Pictures of schedules and of training runs: arrays and results in, matplotlib Axes out.

Every function draws on the axes it is given, or on a new figure; it returns the axes, shows nothing and prints
nothing. Colours are Okabe and Ito's, which colour-blind readers can tell apart, and each comes with its own dash
pattern.
"""

from lrlab.plots._schedules import schedules
from lrlab.plots._style import COLORS
from lrlab.plots._training import comparison, digits, histories

__all__ = ["COLORS", "comparison", "digits", "histories", "schedules"]
