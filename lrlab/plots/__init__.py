"""Pictures of schedules, of training runs and of experiments: arrays and results in, matplotlib Axes out.

Every function draws on the axes it is given, or on a new figure; it returns the axes, shows nothing and prints
nothing. Colours are Okabe and Ito's, which colour-blind readers can tell apart, and each comes with its own dash
pattern or marker; a kind of schedule has the same ones in every picture (``colors``). In a notebook figures are SVG
without a ground, readable in light and dark themes, and carry ``describe``'s words as their alternative text.
"""

from lrlab._extras import require

require("plots", "matplotlib", "cycler")

from lrlab.plots._alt import describe, install
from lrlab.plots._grids import batch_size_grid
from lrlab.plots._landscapes import descent, landscape
from lrlab.plots._schedules import schedules
from lrlab.plots._searches import MARKERS, range_test, sweep
from lrlab.plots._since_2020 import cooldowns, sharpness, width_transfer
from lrlab.plots._snapshots import disagreements, snapshots
from lrlab.plots._style import COLORS, THEME, colors, dress_notebook, finish
from lrlab.plots._training import comparison, digits, histories
from lrlab.plots._weight import lighten

__all__ = [
    "COLORS",
    "MARKERS",
    "THEME",
    "batch_size_grid",
    "colors",
    "comparison",
    "cooldowns",
    "descent",
    "describe",
    "digits",
    "disagreements",
    "finish",
    "histories",
    "landscape",
    "lighten",
    "range_test",
    "schedules",
    "sharpness",
    "snapshots",
    "sweep",
    "width_transfer",
]

install()
dress_notebook()
