"""Unit "snapshots": cosine restarts, and an ensemble of what the model was at the end of each cycle."""

from lrlab.checks.snapshots._collect import collect_snapshots
from lrlab.checks.snapshots._ensemble import ensemble_probabilities
from lrlab.checks.snapshots._restarts import cosine_restarts, snapshot_steps

EXERCISES = (cosine_restarts, snapshot_steps, ensemble_probabilities, collect_snapshots)
