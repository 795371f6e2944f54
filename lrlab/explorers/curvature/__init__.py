"""The explorer of curvature beside its limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lrlab.experiments import SharpnessRuns
    from lrlab.explorers.curvature.widget import CurvatureExplorer


def curvature(
    runs: SharpnessRuns, *, label: str | None = None, others: bool = True, goal: str | None = None
) -> CurvatureExplorer:
    """Sharpness beside 2/η: choose a learning rate η, and see whether the curvature of a network rises to its limit.

    ``runs``: from :func:`lrlab.experiments.track_sharpness`, a run for each learning rate, or for each schedule. Lines
    are means of the seeds, the bands go from the lowest to the highest; where a seed diverged, they end.

    ``label``: the run that is chosen, default the first. ``others``: whether the other runs are shown, faint.
    ``goal``: something to reach, or None. ``"edge"``: choose the first run whose sharpness hovers at its
    limit. ``"flattest"``: choose the run that ends where the loss is least steep.

    ``label``, ``others`` and ``goal`` are attributes as well, to read and to set; ``goal_met`` says whether the goal is
    reached. ``ValueError`` names the argument, the rule and the value; also for a goal that these runs cannot reach.
    """
    arguments = locals()
    from lrlab.explorers.curvature.widget import CurvatureExplorer

    return CurvatureExplorer(**arguments)
