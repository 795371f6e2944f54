"""The explorer of training runs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lrlab.explorers.training.widget import Histories, TrainingExplorer


def training(
    histories: Histories,
    *,
    step: int | None = None,
    show: Iterable[str] | None = None,
    window: int = 25,
    log_y: bool = False,
    goal: str | None = None,
) -> TrainingExplorer:
    """Training runs on one axis of steps: scrub along them and see rate, loss and accuracy of each together.

    ``histories``: a :class:`~lrlab.experiments.Comparison`, or label → :class:`~lrlab.train.History` (or the
    histories of several seeds), or histories that carry their labels. Of several seeds the mean is shown, and the
    lowest and the highest; seeds that diverged are left out of it and counted.

    ``step``: completed updates, from 0 to the last: the learning rate and the loss are those of the update that comes
    then, the validation those of the last epoch that had ended. Default the last, or 0 where the goal asks for a step.
    Of a long run the page has some hundred steps, and the nearest is taken. ``show``: the labels that are switched on,
    default all. ``window``: updates over which the training loss is averaged, as in
    :meth:`~lrlab.train.History.smooth_loss`. ``log_y``: draw learning rates and losses on logarithmic axes; the
    learning rates have one anyway where the highest of one run is 20 times that of another.

    ``goal``: something to reach, or None. ``"reach"``: find the step at which the first run has reached a validation
    accuracy that all of them reach. ``"lead"``: find the step from which the run that ends with the lowest validation
    loss has the lowest. ``"winner"``: leave only the run with the highest validation accuracy at the end switched on.

    ``step``, ``show``, ``log_y`` and ``goal`` are attributes as well, to read and to set; ``goal_met`` says whether the
    goal is reached. ``ValueError`` names the argument, the rule and the value; also for a goal that these runs cannot
    reach.
    """
    arguments = locals()
    from lrlab.explorers.training.widget import TrainingExplorer

    return TrainingExplorer(**arguments)
