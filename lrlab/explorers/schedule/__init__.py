"""The explorer of any schedule."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from lrlab.schedules import Cosine, Schedule

if TYPE_CHECKING:
    from lrlab.explorers.schedule.widget import ScheduleExplorer

_COSINE = Cosine(0.1, T_max=100)


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
    arguments = locals()
    from lrlab.explorers.schedule.widget import ScheduleExplorer

    return ScheduleExplorer(**arguments)
