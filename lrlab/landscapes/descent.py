"""Walking down a landscape: any optimizer of torch, any schedule, and the path that they take."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from lrlab._formula import Floats
from lrlab._table import Table, Tabular, shortened
from lrlab._validation import COUNT, NON_NEGATIVE, POSITIVE, SEED, check, check_no_rate
from lrlab.landscapes.base import Landscape
from lrlab.schedules import Constant, Schedule

if TYPE_CHECKING:
    from torch.optim import Optimizer


@dataclass(frozen=True, eq=False, repr=False)
class Descent(Tabular):
    """The path of :func:`descend`: ``positions[n]`` is where *n* updates have led.

    ``positions``: shape ``(updates + 1,)``, or ``(updates + 1, 2)`` on a landscape of two parameters. ``loss``:
    ``(updates + 1,)``, of the landscape itself, without noise. ``lr``: ``(updates,)``, what each update used.
    ``diverged``: whether an update led to a place or a loss that is not finite; the path ends before that update.
    """

    positions: Floats
    loss: Floats
    lr: Floats
    diverged: bool

    def steps_to(self, loss_below: float) -> int | None:
        """Return the first number of updates after which the loss is below ``loss_below``; None if it never is."""
        below = np.flatnonzero(self.loss < loss_below)
        return int(below[0]) if len(below) else None

    def __repr__(self) -> str:
        end = "diverged" if self.diverged else f"loss {self.loss[0]:.4g} → {self.loss[-1]:.4g}"
        return f"Descent({len(self.lr)} update{'' if len(self.lr) == 1 else 's'}, {end})"

    def table(self) -> Table:
        rows = [
            [str(step), f"{loss:.4g}", *(f"{x:.4g}" for x in np.atleast_1d(point))]
            for step, (point, loss) in enumerate(zip(self.positions, self.loss, strict=True))
        ]
        return Table([["updates", "loss", "x", "y"][: len(rows[0])], *shortened(rows)], title=repr(self))


def descend(
    landscape: Landscape,
    *,
    schedule: Schedule | float,
    steps: int,
    start: ArrayLike | None = None,
    optimizer: Callable[..., Optimizer] | None = None,
    noise: float = 0.0,
    seed: int = 0,
    **optimizer_arguments: Any,
) -> Descent:
    """Walk ``steps`` updates of ``optimizer`` down ``landscape``, with the rates of ``schedule``.

    Args:
        landscape: what to walk on.
        schedule: a :class:`~lrlab.schedules.Schedule`, or one rate > 0 for all updates.
        steps: updates, >= 1.
        start: where to begin: a number, or two of them; default ``landscape.start``.
        optimizer: a class of ``torch.optim``, default plain ``SGD``, which is gradient descent; further keyword
            arguments go to it (``momentum=0.9``). One update of ``LBFGS`` asks for several gradients.
        noise: standard deviation of the Gaussian noise on each part of each gradient, >= 0, default 0: what the choice
            of a batch does to a gradient, in the simplest form. seed: of the noise, default 0; same seed, same path.

    Parameters are float64. A path that leaves for infinity ends before the first value that is not finite, and says so
    in ``diverged``.

    Raises:
        ValueError: an argument that breaks its rule; the optimizer's own for its arguments.
    """
    import torch

    if not isinstance(landscape, Landscape):
        raise ValueError(f"landscape must be a Landscape, got {landscape!r}")
    if not isinstance(schedule, Schedule):
        try:
            schedule = Constant(check("schedule", POSITIVE, schedule))
        except ValueError:
            raise ValueError(f"schedule must be a Schedule or a finite number > 0, got {schedule!r}") from None
    steps, seed = check("steps", COUNT, steps), check("seed", SEED, seed)
    noise = check("noise", NON_NEGATIVE, noise)
    if "lr" in optimizer_arguments:
        raise ValueError(f"lr must be left to schedule, got {optimizer_arguments['lr']!r}")
    check_no_rate(optimizer, {})
    optimizer = torch.optim.SGD if optimizer is None else optimizer
    if not callable(optimizer):
        raise ValueError(f"optimizer must be a class of torch.optim, got an object, {type(optimizer).__name__}(…)")

    point = torch.tensor(_start(landscape, start), requires_grad=True)
    update = optimizer([point], lr=schedule(0), **optimizer_arguments)
    scheduler = schedule.attach(update)
    generator = np.random.default_rng(seed)

    def here() -> Floats:
        x = point.detach().numpy().copy()
        return x[0] if landscape.dim == 1 else x

    def loss_and_gradient() -> float:
        x = here()
        gradient = np.atleast_1d(landscape.gradient(x))
        if noise:
            gradient = gradient + generator.normal(0, noise, size=gradient.shape)
        point.grad = torch.from_numpy(gradient)
        return float(landscape(x))

    positions, losses, lrs, diverged = [here()], [landscape(here())], [], False
    with np.errstate(over="ignore", invalid="ignore"):  # a diverging path overflows, and that ends it
        for _ in range(steps):
            lr = float(update.param_groups[0]["lr"])  # before the step: what this update uses
            update.step(loss_and_gradient)
            scheduler.step()
            x = here()
            loss = landscape(x)
            diverged = not (np.isfinite(x).all() and np.isfinite(loss))
            if diverged:
                break
            lrs.append(lr)
            positions.append(x)
            losses.append(loss)
    return Descent(positions=np.array(positions), loss=np.array(losses), lr=np.array(lrs), diverged=diverged)


def walk(f: Landscape, lr: Floats, start: ArrayLike, noise: Floats, momentum: float, nesterov: bool) -> Descent:
    """Return the path that :func:`descend` takes with SGD, without the seconds that loading torch takes.

    Args:
        lr: the rate of each update.
        noise: what is added to the gradients, part by part in one row.
    """
    x = np.array(start, dtype=np.float64)
    positions, losses, speed, diverged = [x], [f(x)], None, False
    noise = noise[: len(lr) * f.dim].reshape((len(lr), *x.shape))
    with np.errstate(over="ignore", invalid="ignore"):
        for rate, extra in zip(lr, noise, strict=True):
            slope = f.gradient(x) + extra
            speed = slope if speed is None else momentum * speed + slope
            x = x - rate * (slope + momentum * speed if nesterov else speed)
            loss = f(x)
            diverged = not (np.isfinite(x).all() and np.isfinite(loss))
            if diverged:
                break
            positions.append(x)
            losses.append(loss)
    used = lr[: len(positions) - 1]
    return Descent(positions=np.array(positions), loss=np.array(losses), lr=used, diverged=diverged)


def _start(landscape: Landscape, start: ArrayLike | None) -> Floats:
    """``start`` as an array of the landscape's dimension; the landscape must be finite there."""
    words = "a finite number" if landscape.dim == 1 else "two finite numbers"
    try:
        point = np.array(landscape.start if start is None else start, dtype=np.float64)
        with np.errstate(over="ignore", invalid="ignore"):
            good = point.shape == (() if landscape.dim == 1 else (2,)) and np.isfinite(landscape(point))
    except (TypeError, ValueError):
        good = False
    if not (good and np.isfinite(point).all()):
        raise ValueError(f"start must be {words} with a finite loss, got {start!r}")
    return np.atleast_1d(point)
