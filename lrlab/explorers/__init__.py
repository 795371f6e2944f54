"""Explorers: pictures that answer while you drag.

Call one as the last line of a notebook cell::

    from lrlab import explorers

    explorers.decay()  # the lecture's three formulas
    explorers.schedule()  # any schedule of lrlab, and your own
    explorers.descent()  # gradient descent on a loss of one or two parameters
    explorers.playground()  # a small network that trains in the page, the whole run at each move of a slider
    explorers.searches(test, sweep)  # a range test and a sweep, made beforehand: the loss against the rate
    explorers.training(histories)  # training runs: rate, loss and accuracy at each step
    explorers.snapshots(result, data)  # a snapshot ensemble: its members, their mistakes, the digits that divide them
    explorers.curvature(runs)  # the sharpness of a network beside its limit, 2/η
    explorers.cooldown(runs)  # one run at a constant rate, cooled down at the moment that you choose
    explorers.predict("01-sweep")  # a question of the course, to answer before the next cell is run
    explorers.quiz("02")  # the questions at the end of a notebook

The first four compute in the page, the others move over results computed beforehand, so all of them
follow the slider at once, also while the kernel is busy. What you choose is there for Python to read: keep the
explorer in a variable, ``w = explorers.schedule()``, and ask for ``w.schedule``; set it, and the picture follows.
"""

from lrlab._extras import require

require("course", "anywidget", "ipywidgets", "latex2mathml", "matplotlib")

# The functions, and no modules of the same names: each folder's own code imports from inside it. A function imports its
# widget when it is called, and a widget imports its drawing and checking code when it is needed: anywidget, matplotlib
# and torch take longer to load than all of this package.
from lrlab.explorers.cooldown import cooldown
from lrlab.explorers.curvature import curvature
from lrlab.explorers.decay import decay
from lrlab.explorers.descent import descent
from lrlab.explorers.playground import playground
from lrlab.explorers.prediction import predict
from lrlab.explorers.quiz import quiz
from lrlab.explorers.schedule import schedule
from lrlab.explorers.searches import searches
from lrlab.explorers.snapshots import snapshots
from lrlab.explorers.training import training

__all__ = [
    "cooldown",
    "curvature",
    "decay",
    "descent",
    "playground",
    "predict",
    "quiz",
    "schedule",
    "searches",
    "snapshots",
    "training",
]
