"""Explorers: pictures that answer while you drag.

Call one as the last line of a notebook cell::

    from lrlab import explorers

    explorers.decay()  # the lecture's three formulas
    explorers.schedule()  # any schedule of lrlab, and your own
    explorers.descent()  # gradient descent on a loss of one or two parameters
    explorers.searches(test, sweep)  # a range test and a sweep, made beforehand: the loss against the rate
    explorers.training(histories)  # training runs: rate, loss and accuracy at each step
    explorers.snapshots(result, data)  # a snapshot ensemble: its members, their mistakes, the digits that divide them
    explorers.predict("01-sweep")  # a question of the course, to answer before the next cell is run

The first three evaluate their formula in the page, the others move over results computed beforehand, so all of them
follow the slider at once, also while the kernel is busy. What you choose is there for Python to read: keep the
explorer in a variable, ``w = explorers.schedule()``, and ask for ``w.schedule``; set it, and the picture follows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from lrlab.schedules import Cosine, Schedule

if TYPE_CHECKING:
    from lrlab.data import Dataset
    from lrlab.experiments.range_test import RangeTest
    from lrlab.experiments.snapshots import Snapshots
    from lrlab.experiments.sweep import Sweep
    from lrlab.explorers._decay import DecayExplorer
    from lrlab.explorers._descent import DescentExplorer
    from lrlab.explorers._schedule import ScheduleExplorer
    from lrlab.explorers._searches import SearchesExplorer
    from lrlab.explorers._snapshots import SnapshotExplorer
    from lrlab.explorers._training import Histories, TrainingExplorer
    from lrlab.explorers.prediction.widget import Prediction
    from lrlab.landscapes import Landscape

__all__ = ["decay", "descent", "predict", "schedule", "searches", "snapshots", "training"]

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
        goal: something to reach, ``"converge"`` (on the bowl, a loss below 1e-6 within 100 steps), ``"ravine"`` (in the
            ravine, a loss below 1e-6 within 40 steps: on ``Ravine()`` no constant rate does that without a momentum),
            ``"well"`` (end in the well, from at least 2 away), ``"hop"`` (stay in three different minima, five steps
            in each), or None.

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


def searches(
    range_test: RangeTest | None = None,
    sweep: Sweep | None = None,
    *,
    lr: float | None = None,
    log_y: bool = False,
    goal: str | None = None,
) -> SearchesExplorer:
    """Searches for a learning rate, made beforehand: move through the rates and see what each led to.

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
    from lrlab.explorers._searches import SearchesExplorer

    return SearchesExplorer(range_test, sweep, lr=lr, log_y=log_y, goal=goal)


def snapshots(
    result: Snapshots,
    data: Dataset,
    *,
    seed: int | None = None,
    chosen: Iterable[int] | None = None,
    digit: int | None = None,
    goal: str | None = None,
) -> SnapshotExplorer:
    r"""A snapshot ensemble to take apart: who is in it, what it gets wrong, and the digits that divide its members.

    Args:
        result: from :func:`lrlab.experiments.snapshots`, of at most 10 snapshots.
        data: what was given to that; the pictures of the digits come from its validation images.
        seed: whose run to show, default the first of the result's.
        chosen: the snapshots in the ensemble, numbers from 1, default all of them; with the goal ``"beat"`` the last.
        digit: which of the disputed images to look at, its place in ``data.val_images``, default the most disputed;
            with the goal ``"against"`` the most disputed one that does not reach it.
        goal: something to reach, ``"beat"`` (the smallest ensemble that makes fewer mistakes than the single model),
            ``"against"`` (a digit that the chosen get right together although most of them get it wrong), or None.
            Where the run holds no such thing, the page says so.

    ``seed``, ``chosen``, ``digit`` and ``goal`` are attributes as well, to read and to set. ``explorer.probabilities``
    is what the chosen snapshots give together, ``explorer.error`` their error, and ``goal_met`` says whether the goal
    is reached. Errors: ``ValueError`` names the argument, the rule and the value.
    """
    from lrlab.explorers._snapshots import SnapshotExplorer

    return SnapshotExplorer(result, data, seed=seed, chosen=chosen, digit=digit, goal=goal)


def training(
    histories: Histories,
    *,
    step: int = 0,
    show: Iterable[str] | None = None,
    window: int = 25,
    log_y: bool = False,
    goal: str | None = None,
) -> TrainingExplorer:
    """Training runs on one axis of steps: scrub along them and see rate, loss and accuracy of each together.

    ``histories``: a :class:`~lrlab.experiments.Comparison`, or label → :class:`~lrlab.train.History` (or the
    histories of several seeds), or histories that carry their labels. Of several seeds the mean is shown, and the
    lowest and the highest; seeds that diverged are left out of it and counted.

    ``step``: completed updates, from 0 to the last: the rate and the loss are those of the update that comes then, the
    validation those of the last epoch that had ended. Of a long run the page has some hundred steps, and the nearest is
    taken. ``show``: the labels that are switched on, default all. ``window``: updates over which the training loss is
    averaged, as in :meth:`~lrlab.train.History.smooth_loss`. ``log_y``: draw rates and losses on logarithmic axes.

    ``goal``: something to reach, or None. ``"reach"``: find the step at which the first run has reached a validation
    accuracy that all of them reach. ``"lead"``: find the step from which the run that ends with the lowest validation
    loss has the lowest. ``"winner"``: leave only the run with the highest validation accuracy at the end switched on.

    ``step``, ``show``, ``log_y`` and ``goal`` are attributes as well, to read and to set; ``goal_met`` says whether the
    goal is reached. ``ValueError`` names the argument, the rule and the value; also for a goal that these runs cannot
    reach.
    """
    from lrlab.explorers._training import TrainingExplorer

    return TrainingExplorer(histories, step=step, show=show, window=window, log_y=log_y, goal=goal)


def predict(name: str) -> Prediction:
    """Ask a question of the course before a cell is run, and compare the answer with what came out.

    Most have four choices, some ask for a curve to sketch. First answers are counted over the course, in the browser.

    Args:
        name: the question's ``id`` in ``course/questions.json``, such as ``"01-sweep"``.

    Returns:
        The widget. Its ``choice`` (``"a"`` to ``"d"``) or ``sketch`` (a value for each position) is the answer, and
        ``right`` says whether that is right.

    Raises:
        ValueError: there is no such question, or one is not well formed.
    """
    from lrlab.explorers.prediction.widget import Prediction

    return Prediction(name)
