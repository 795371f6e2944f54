"""Experiments: each holds all fixed but one thing, takes seeds, and returns a frozen result.

:func:`range_test` and :func:`sweep` look for a learning rate; :func:`compare` sets schedules and optimizers side by
side; :func:`snapshots` makes an ensemble of one run; :func:`compare_warmup` and :func:`batch_size_grid` ask whether
warm-up helps and whether the batch size matters, :func:`dead_units` how many ReLUs never fire;
:func:`track_sharpness` follows the curvature, :func:`cooldowns` branches many budgets from one run,
:func:`width_transfer` asks whether a rate suits wider networks, :func:`noise_scale` and :func:`updates_to_target` what
a larger batch buys.
:mod:`lrlab.experiments.claims` lists what the course says on the strength of them.
"""

from lrlab._extras import require

require("torch", "torch", "tqdm", "scipy")

from lrlab.experiments.batch_size import BatchSizeGrid, batch_size_grid
from lrlab.experiments.cache import forget
from lrlab.experiments.comparison import Comparison, Paired, Recipe, compare, paired
from lrlab.experiments.cooldowns import Cooldowns, cooldowns
from lrlab.experiments.ensembles import Disputed, Snapshots, ensemble_probabilities
from lrlab.experiments.noise import UpdatesToTarget, noise_scale, updates_to_target
from lrlab.experiments.range_test import RangeTest, range_test
from lrlab.experiments.sharpness import SharpnessRuns, sharpness, track_sharpness
from lrlab.experiments.snapshots import snapshots
from lrlab.experiments.sweep import Sweep, log_grid, refine, sweep
from lrlab.experiments.warmup import WarmupComparison, compare_warmup, dead_units
from lrlab.experiments.width import WidthTransfer, width_transfer

__all__ = [
    "BatchSizeGrid",
    "Comparison",
    "Cooldowns",
    "Disputed",
    "Paired",
    "RangeTest",
    "Recipe",
    "SharpnessRuns",
    "Snapshots",
    "Sweep",
    "UpdatesToTarget",
    "WarmupComparison",
    "WidthTransfer",
    "batch_size_grid",
    "compare",
    "compare_warmup",
    "cooldowns",
    "dead_units",
    "ensemble_probabilities",
    "forget",
    "log_grid",
    "noise_scale",
    "paired",
    "range_test",
    "refine",
    "sharpness",
    "snapshots",
    "sweep",
    "track_sharpness",
    "updates_to_target",
    "width_transfer",
]
