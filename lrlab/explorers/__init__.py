"""Explorers: pictures that answer while you drag.

Call one as the last line of a notebook cell::

    from lrlab import explorers

    explorers.decay()  # the lecture's three formulas
    explorers.schedule()  # any schedule of lrlab, and your own

An explorer evaluates its formula in the page, so it follows the slider at once, also while the kernel is
busy. What you choose is there for Python to read: keep the explorer in a variable, ``w = explorers.schedule()``,
and ask for ``w.schedule``; set it, and the picture follows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from lrlab.schedules import Cosine, Schedule

if TYPE_CHECKING:
    from lrlab.explorers._decay import DecayExplorer
    from lrlab.explorers._descent import DescentExplorer
    from lrlab.explorers._schedule import ScheduleExplorer
    from lrlab.landscapes import Landscape

__all__ = ["decay", "descent", "schedule"]

_COSINE = Cosine(0.1, T_max=100)


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
    r"""The lecture's three decay formulas over ``steps`` steps, each with sliders for its numbers.

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
    # Imported here: anywidget and ipywidgets take longer to load than all the rest of this package.
    from lrlab.explorers._decay import DecayExplorer

    return DecayExplorer(
        lr=lr,
        step_decay=step_decay,
        step_every=step_every,
        time_decay=time_decay,
        exponential_decay=exponential_decay,
        steps=steps,
        log_y=log_y,
        show=show,
        goal=goal,
    )


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
        goal: something to reach, ``"converge"`` (on the bowl, a loss below 1e-6 within 100 steps), ``"well"`` (end in
            the well, from at least 2 away), ``"hop"`` (stay in three different minima, five steps in each), or None.

    Every argument is an attribute as well, to read and to set. A value beyond a slider's end widens the slider.
    ``explorer.run()`` is the path as a :class:`lrlab.landscapes.Descent`, ``explorer.rule()`` its schedule, and
    ``goal_met`` says whether the goal is reached. Errors: ``ValueError`` names the argument, the rule and the value.
    """
    from lrlab.explorers._descent import DescentExplorer

    return DescentExplorer(
        landscape=landscape,
        lr=lr,
        momentum=momentum,
        nesterov=nesterov,
        schedule=schedule,
        step_decay=step_decay,
        step_every=step_every,
        exponential_decay=exponential_decay,
        T_0=T_0,
        T_mult=T_mult,
        eta_min=eta_min,
        steps=steps,
        start=start,
        noise=noise,
        seed=seed,
        compare=compare,
        goal=goal,
    )


def schedule(
    schedule: Schedule = _COSINE,
    *,
    steps: int = 100,
    steps_per_epoch: int = 1,
    log_y: bool = False,
    compare: Iterable[Schedule] = (),
    goal: str | None = None,
) -> ScheduleExplorer:
    r"""Any schedule of :mod:`lrlab.schedules` over ``steps`` steps, with a slider for each of its numbers.

    ``schedule``: where to start, default ``Cosine(0.1, T_max=100)``; in the page one chooses among all that are made
    of numbers, and pins curves to compare. The attribute of that name is the schedule as it is set now: read it,
    ``observe`` it, set it. A schedule of any other kind is welcome too (a ``Join``, a ``Lambda``, a class written in
    the notebook): it joins the list, has sliders where its fields have rules, and its curve comes from Python at each
    change. ``steps``: how many steps to draw, 2 to 10,000; the last is step ``steps - 1``. ``steps_per_epoch``: 1 to
    10,000; above 1 the axis counts epochs. ``log_y``: draw the learning rate on a logarithmic axis. ``compare``: the
    schedules pinned beside it, at most four.

    ``goal``: something to reach by dragging, or None. ``"tenth"``: the last rate is a tenth of the highest, within 5 %.
    ``"quarter"``: the mean of the rates is a quarter of the highest, within 2 %. ``"warmup"``: from a tenth or less to
    the highest within 5 to 15 % of the steps, and to a hundredth or less at the end. ``"restarts"``: three equal
    cycles, two restarts between them, the last one finished. ``goal_met`` says whether it is reached.

    Every argument is an attribute of the explorer as well. ``ValueError`` names the argument, the rule and the value.
    """
    from lrlab.explorers._schedule import ScheduleExplorer

    return ScheduleExplorer(
        schedule,
        steps=steps,
        steps_per_epoch=steps_per_epoch,
        log_y=log_y,
        compare=compare,
        goal=goal,
    )
