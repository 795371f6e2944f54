"""The explorer of searches for a learning rate."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lrlab.experiments.range_test import RangeTest
    from lrlab.experiments.sweep import Sweep
    from lrlab.explorers.searches.widget import SearchesExplorer


def searches(
    range_test: RangeTest | None = None,
    sweep: Sweep | None = None,
    *,
    lr: float | None = None,
    log_y: bool = False,
    goal: str | None = None,
) -> SearchesExplorer:
    """Show searches for a learning rate, made beforehand: move through the rates and see what each led to.

    ``range_test``, ``sweep``: results of :func:`lrlab.experiments.range_test` and :func:`lrlab.experiments.sweep`, at
    least one. Of a sweep one sees the training curves of all rates, the chosen one strong, and the validation loss at
    the end against the rate, with the spread of the seeds; of a range test the loss as the rate rises. The rates that
    :mod:`lrlab.suggest` reads off each are marked. ``lr``: the rate chosen at first, default the lowest; the nearest
    one of the sweep (without a sweep: of the range test) is taken. ``log_y``: draw the losses on logarithmic axes.

    ``goal``: something to reach, or None. ``"best"``: choose the rate with the lowest validation loss; without a sweep,
    with the lowest moving average. ``"diverges"``: choose the lowest rate that diverges; without a sweep, the one at
    which the test stopped. ``"highest"``: choose the highest rate whose validation loss is within 10 % of the lowest.

    Training takes all the time here, so it is done before, and nothing is trained while one drags. ``lr``, ``log_y``
    and ``goal`` are attributes as well, to read and to set; ``goal_met`` says whether the goal is reached.
    ``ValueError`` names the argument, the rule and the value; also for a goal that these results cannot reach.
    """
    arguments = locals()
    from lrlab.explorers.searches.widget import SearchesExplorer

    return SearchesExplorer(**arguments)
