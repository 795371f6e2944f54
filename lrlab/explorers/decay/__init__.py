"""The explorer of the lecture's three decay formulas."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lrlab.explorers.decay.widget import DecayExplorer


def decay(
    *,
    lr: float = 0.1,
    step_decay: float = 0.5,
    step_every: int = 30,
    time_decay: float = 0.001,
    exponential_decay: float = 0.01,
    steps: int = 100,
    log_y: bool = False,
    show: Iterable[str] = ("step", "time", "exponential"),
    goal: str | None = None,
) -> DecayExplorer:
    r"""Show the lecture's three decay formulas over ``steps`` steps, each with sliders for its numbers.

    ``lr``: the initial learning rate :math:`\eta_0`, from 0.0001 to 1. ``step_decay``: the factor *d* of the
    step-based schedule, 0.1 to 1; ``step_every``: its *r*, a whole number of steps from 1 to 50.
    ``time_decay``: *d* of the time-based recurrence and of the inverse-time closed form, 0.0001 to 1.
    ``exponential_decay``: *d* of the exponential schedule, 0.0001 to 1. ``steps``: how many steps to draw, 20
    to 500; the last is step ``steps - 1``. ``log_y``: draw the learning rate on a logarithmic axis.
    ``show``: the schedules that are switched on, any of ``"step"``, ``"time"``, ``"inverse"``,
    ``"exponential"``. ``goal``: something to reach by dragging, ``"tenth"`` (the exponential schedule ends at
    a tenth of where it started, within 5 %), ``"meet"`` (the step-based and the exponential schedule end at
    the same rate, within 10 %) or None.

    Every argument is an attribute of the explorer as well, and ``goal_met`` says whether the goal is reached.
    ``ValueError`` names the argument, the rule and the value. Source: lecture, slides "Learning Rate Decay
    Methods"; the same formulas in Python: :class:`lrlab.schedules.StepDecay`,
    :class:`~lrlab.schedules.TimeDecay`, :class:`~lrlab.schedules.InverseTimeDecay`,
    :class:`~lrlab.schedules.ExponentialDecay`.
    """
    arguments = locals()
    from lrlab.explorers.decay.widget import DecayExplorer

    return DecayExplorer(**arguments)
