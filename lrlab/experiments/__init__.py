"""Experiments: each holds all fixed but one thing, takes seeds, and returns a frozen result.

:func:`range_test` and :func:`sweep` look for a learning rate; :func:`compare` sets schedules and optimizers side by
side; :func:`snapshots` makes an ensemble of one run; :func:`compare_warmup` and :func:`batch_size_grid` ask whether
warm-up helps and whether the batch size matters. ``lrlab.experiments.claims`` lists what the course says on the
strength of them.
"""

from lrlab._extras import require

require("torch", "torch", "tqdm", "scipy")

from lrlab.experiments.batch_size import BatchSizeGrid, batch_size_grid
from lrlab.experiments.cache import forget
from lrlab.experiments.comparison import Comparison, Paired, Recipe, compare, paired
from lrlab.experiments.range_test import RangeTest, range_test
from lrlab.experiments.snapshots import Disputed, Snapshots, ensemble_probabilities, snapshots
from lrlab.experiments.sweep import Sweep, log_grid, refine, sweep
from lrlab.experiments.warmup import WarmupComparison, compare_warmup

__all__ = [
    "BatchSizeGrid",
    "Comparison",
    "Disputed",
    "Paired",
    "RangeTest",
    "Recipe",
    "Snapshots",
    "Sweep",
    "WarmupComparison",
    "batch_size_grid",
    "compare",
    "compare_warmup",
    "ensemble_probabilities",
    "forget",
    "log_grid",
    "paired",
    "range_test",
    "refine",
    "snapshots",
    "sweep",
]
