"""The explorer of gradient descent on a loss of one or two parameters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lrlab.explorers.descent.widget import DescentExplorer
    from lrlab.landscapes import Landscape


def descent(
    landscape: Landscape | None = None,
    *,
    lr: float = 0.1,
    momentum: float = 0.0,
    nesterov: bool = False,
    schedule: str = "constant",
    step_decay: float = 0.5,
    step_every: int = 20,
    exponential_decay: float = 0.05,
    T_0: int = 25,
    T_mult: int = 1,
    eta_min: float = 0.0,
    steps: int = 60,
    start: float | Sequence[float] | None = None,
    noise: float = 0.0,
    seed: int = 0,
    compare: str | None = None,
    goal: str | None = None,
) -> DescentExplorer:
    r"""Gradient descent on a loss of one or two parameters: the path, the loss, the rate, and what happens in words.

    Args:
        landscape: from :mod:`lrlab.landscapes`, default ``Bowl()``; the page offers all of them.
        lr: the learning rate, or the first one of a schedule, > 0. momentum: of SGD, >= 0 and < 1. nesterov: with
            Nesterov's look-ahead, which does nothing without a momentum.
        schedule: ``"constant"``, ``"step"`` (with ``step_decay``, ``step_every``), ``"exponential"`` (with
            ``exponential_decay``), ``"cosine"`` (one over all steps, down to ``eta_min``) or
            ``"cosine warm restarts"`` (``T_0``, ``T_mult``, ``eta_min``), each as in :mod:`lrlab.schedules`.
        steps: updates, 1 to 500.
        start: where to begin, a number or two of them; default the landscape's own. Another landscape resets it.
        noise: standard deviation of the noise on each part of each gradient, >= 0; seed: of that noise.
        compare: the name of a second schedule, to see both paths side by side; default none.
        goal: something to reach, ``"converge"`` (on the bowl, a loss below 1e-6 within 100 steps), ``"ravine"`` (in the
            ravine, a loss below 1e-6 within 40 steps: on ``Ravine()`` no constant rate does that without a momentum),
            ``"well"`` (end in the well, from at least 2 away), ``"hop"`` (stay in three different minima, five steps
            in each), or None.

    Every argument is an attribute as well, to read and to set. A value beyond a slider's end widens the slider.
    ``explorer.run()`` is the path as a :class:`lrlab.landscapes.Descent`, ``explorer.as_schedule()`` its schedule, and
    ``goal_met`` says whether the goal is reached. Errors: ``ValueError`` names the argument, the rule and the value.
    """
    arguments = locals()
    from lrlab.explorers.descent.widget import DescentExplorer

    return DescentExplorer(**arguments)
