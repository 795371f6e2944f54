"""The playground: a small network that trains in the page while one drags."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from lrlab.schedules import Constant, Schedule

if TYPE_CHECKING:
    from lrlab.explorers.playground.widget import Playground

_CONSTANT = Constant(0.1)


def playground(
    schedule: Schedule = _CONSTANT,
    *,
    data: str = "digits",
    model: str = "hidden",
    width: int = 32,
    activation: str = "relu",
    optimizer: str = "SGD",
    momentum: float = 0.0,
    nesterov: bool = False,
    weight_decay: float = 0.0,
    batch_size: int = 32,
    updates: int = 250,
    noise: float = 0.0,
    seed: int = 0,
    seeds: int = 1,
    log_y: bool = False,
    show: Iterable[str] = (),
    goal: str | None = None,
) -> Playground:
    r"""Show a small network that trains in the page, the whole run again at each move of a slider.

    Args:
        schedule: the learning rate of each update: any of :mod:`lrlab.schedules`, alone or after a warm-up; the page
            offers all that are made of numbers, and one drawn by hand (:class:`~lrlab.schedules.PiecewiseLinear`).
        data: ``"digits"`` (1,437 images at 8 x 8, and 180 to validate with), ``"spirals"`` or ``"rings"`` (two classes
            of points in the plane).
        model: ``"softmax"`` (regression) or ``"hidden"``: one hidden layer of ``width`` units, 2 to 128, with the
            ``activation`` ``"relu"`` or ``"tanh"``.
        optimizer: ``"SGD"`` (with ``momentum`` and ``nesterov``), ``"Adam"``, ``"AdamW"``, ``"RMSprop"``,
            ``"Adagrad"``, as ``torch.optim`` defines them; ``"Lion"``, ``"ScheduleFreeSGD"`` or
            ``"ScheduleFreeAdamW"``, as :mod:`lrlab.optimizers` does. The last two are validated at the mean of their
            points. weight_decay: >= 0.
        batch_size: rows an update, 1 to 512. updates: 20 to 1,000. noise: share of wrong training labels, 0 to 0.8.
        seed: of the weights, the order and the noise. seeds: how many runs, from ``seed`` on, 1 to 4.
        log_y: draw the loss on a logarithmic axis. show: what is folded out: ``"network"``, ``"schedule"``,
            ``"measures"``, ``"python"``.
        goal: something to reach, or None. ``"reach"``: 95 % of the validation rows within 200 updates. ``"three"``: a
            rate that is too low, one that is too high and one that is right, the first two pinned. ``"beat"``: a lower
            validation loss than the best constant rate. ``"widest"``: good runs over two decades of rates.
            ``"warmup"``: save a rate of 0.3, too high for Adam, by a warm-up alone. Harder levels follow.

    Every argument is an attribute as well, to read and to set. ``playground.results`` are the page's runs by their
    seeds, once it has drawn them; ``playground.fit()`` makes the same runs with torch in double precision, equal to
    1e-9. ``goal_met`` says whether the goal is reached. ``ValueError`` names the argument, the rule and the value.
    """
    arguments = locals()
    from lrlab.explorers.playground.widget import Playground

    return Playground(**arguments)
