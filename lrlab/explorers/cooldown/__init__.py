"""The explorer of cool-downs from one plateau."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lrlab.experiments import Cooldowns
    from lrlab.explorers.cooldown.widget import CooldownExplorer


def cooldown(runs: Cooldowns, *, start: int = 0, cosines: bool = True, goal: str | None = None) -> CooldownExplorer:
    """One run at a constant learning rate: drag the moment at which it is cooled down, and see where it ends.

    ``runs``: from :func:`lrlab.experiments.cooldowns`, with as many budgets as the slider is to have places. Lines are
    means of the seeds, the bands go from the lowest to the highest.

    ``start``: the updates before the cool-down begins; the nearest moment that was tried is taken. ``cosines``:
    whether they are shown. ``goal``: something to reach, or None. ``"plateau"``: begin as early as possible, and still
    end with a lower validation loss than the plateau at the end of the longest budget. ``"most"``: choose the cool-down
    that lowers the loss of its plateau the most.

    ``start``, ``cosines`` and ``goal`` are attributes as well, to read and to set; ``goal_met`` says whether the goal
    is reached. ``ValueError`` names the argument, the rule and the value; also for a goal that these runs cannot reach.
    """
    arguments = locals()
    from lrlab.explorers.cooldown.widget import CooldownExplorer

    return CooldownExplorer(**arguments)
