"""The explorer of snapshot ensembles."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lrlab.data import Dataset
    from lrlab.experiments.ensembles import Snapshots
    from lrlab.explorers.snapshots.widget import SnapshotExplorer


def snapshots(
    result: Snapshots,
    data: Dataset,
    *,
    seed: int | None = None,
    chosen: Iterable[int] | None = None,
    digit: int | None = None,
    goal: str | None = None,
) -> SnapshotExplorer:
    r"""Show a snapshot ensemble to take apart: who is in it, what it gets wrong, and the digits that divide its
    members.

    Args:
        result: from :func:`lrlab.experiments.snapshots`, of at most 10 snapshots.
        data: what was given to that; the pictures of the digits come from its validation images.
        seed: whose run to show, default the first of the result's.
        chosen: the snapshots in the ensemble, numbers from 1, default all of them; with the goals ``"fewest"`` and
            ``"beat"`` the last.
        digit: which of the disputed images to look at, its place in ``data.val_images``, default the most disputed;
            with the goal ``"against"`` the most disputed one that does not reach it.
        goal: something to reach, ``"beat"`` (the smallest ensemble that makes fewer mistakes than the single model),
            ``"fewest"`` (the smallest that makes the fewest of all), ``"against"`` (a digit that the chosen get right
            together although most of them get it wrong), or None. Those after it are its next levels. A run may have
            nothing that reaches the first or the last: then the page says so and asks for ``"fewest"``.

    ``seed``, ``chosen``, ``digit`` and ``goal`` are attributes as well, to read and to set. ``explorer.probabilities``
    is what the chosen snapshots give together, ``explorer.error`` their error, and ``goal_met`` says whether the goal
    is reached. Errors: ``ValueError`` names the argument, the rule and the value.
    """
    arguments = locals()
    from lrlab.explorers.snapshots.widget import SnapshotExplorer

    return SnapshotExplorer(**arguments)
