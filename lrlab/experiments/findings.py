"""The experiments behind what the course claims: each trains, and says whether the claim held, with its figures.

:mod:`lrlab.experiments.claims` has the sentences.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import torch

from lrlab._table import spread
from lrlab.data import Dataset
from lrlab.experiments.batch_size import batch_size_grid
from lrlab.experiments.comparison import Recipe, compare, paired
from lrlab.experiments.cooldowns import cooldowns
from lrlab.experiments.range_test import range_test
from lrlab.experiments.sharpness import track_sharpness
from lrlab.experiments.snapshots import snapshots
from lrlab.experiments.sweep import Sweep, log_grid, sweep
from lrlab.experiments.warmup import compare_warmup
from lrlab.models import MLP
from lrlab.schedules import Constant, Cosine, InverseTimeDecay, ReduceOnPlateau, Schedule, StepDecay, TimeDecay
from lrlab.train import count_updates, epochs_for


class Finding(NamedTuple):
    """Whether the claim held, and the figures that say so."""

    holds: bool
    evidence: str


FIVE = range(5)
MOST = 6000  # training images of an experiment: MNIST as small as the digits, so that both train equally long
QUIETLY: dict[str, Any] = {"progress": False, "device": "cpu"}


def part(data: Dataset, images: int) -> Dataset:
    """Return the data with the first ``images`` training images alone."""
    return replace(data, train_images=data.train_images[:images], train_labels=data.train_labels[:images])


def recurrence_vanishes(data: Dataset) -> Finding:
    recurrence, closed = TimeDecay(1, decay=0.01)(100), InverseTimeDecay(1, decay=0.01)(100)
    return Finding(recurrence < 1e-16 and closed == 0.5, f"recurrence {recurrence:.1e} of lr, closed form {closed:.2f}")


def decay_helps(data: Dataset) -> Finding:
    """Make the runs of notebook 02."""
    epochs = epochs_for(data, 1200, batch_size=8)
    third = count_updates(data, batch_size=8, epochs=epochs) // 3
    plan = {"constant": Constant(0.25), "decay": StepDecay(0.25, decay=0.3, every=third)}
    result = compare(plan, data, epochs=epochs, batch_size=8, seeds=FIVE, **QUIETLY)
    constant, decay = (result.final(label, "val_loss") for label in plan)
    holds = decay.mean() < constant.mean() and np.ptp(decay) < np.ptp(constant) / 2
    return Finding(bool(holds), f"validation loss {spread(constant, 4)} constant, {spread(decay, 4)} with decay")


def plateau_helps(data: Dataset) -> Finding:
    """On the digits most of the difference is one seed's: the interval of the paired differences contains 0 there."""
    drops = ReduceOnPlateau(0.25, factor=0.3, patience=0, threshold=0.01)
    plan: dict[str, Schedule | ReduceOnPlateau] = {"constant": Constant(0.25), "plateau": drops}
    result = compare(plan, part(data, 1500), epochs=10, batch_size=8, seeds=range(8), **QUIETLY)
    constant, plateau = (result.final(label, "val_loss") for label in plan)
    holds = plateau.mean() < constant.mean() and plateau.max() < constant.max()
    words = f"validation loss {spread(constant, 4)}, worst {constant.max():.4f}, constant"
    words += f"; {spread(plateau, 4)}, worst {plateau.max():.4f}, with plateau"
    return Finding(bool(holds), f"{words}; paired difference {result.paired('plateau', 'constant', 'val_loss')}")


def adam_gains_from_a_schedule(data: Dataset) -> Finding:
    """Each at its own best rate, so that the schedule is not helped by a rate that suits only it.

    The claim is about the mean. On the digits the interval contains 0: [-0.055, +0.007] with seeds 0 to 4, and in the
    search of notebook 07 [-0.110, +0.024] with seeds 110 to 114.
    """
    epochs = epochs_for(data, 600, batch_size=32)
    updates = count_updates(data, batch_size=32, epochs=epochs)
    recipes = {f"{lr:g}": Recipe(torch.optim.Adam, lr=lr) for lr in (1e-3, 3e-3, 1e-2)}
    plan = {"constant": Constant(1), "cosine": Cosine(1, T_max=updates)}
    result = compare(plan, data, epochs=epochs, batch_size=32, seeds=FIVE, optimizer=recipes, **QUIETLY)
    best = {
        shape: min((f"{lr}, {shape}" for lr in recipes), key=lambda label: result.final(label, "val_loss").mean())
        for shape in plan
    }
    difference = result.paired(best["cosine"], best["constant"], "val_loss")
    losses = "; ".join(f"{label} {spread(result.final(label, 'val_loss'), 4)}" for label in best.values())
    return Finding(difference.mean < 0, f"validation loss, each at its best rate: {losses}; difference {difference}")


def karpathys_rate(data: Dataset) -> Finding:
    runs = _constant_rates(data, torch.optim.Adam, log_grid(3e-4, 3e-2, 5))
    joke, best = runs.val_loss[0], runs.val_loss[runs.lrs == runs.best][0]
    words = f"validation loss {spread(joke, 4)} at 3e-4, {spread(best, 4)} at {runs.best:.2g}"
    return Finding(bool((best < joke).all()), words)


def rates_depend_on_the_optimizer(data: Dataset) -> Finding:
    adam = _constant_rates(data, torch.optim.Adam, log_grid(1e-4, 1e-1, 7)).best
    sgd = _constant_rates(data, torch.optim.SGD, log_grid(1e-3, 1, 7)).best
    return Finding(sgd >= 10 * adam, f"best rate {sgd:.2g} for SGD, {adam:.2g} for Adam")


def default_is_not_best(data: Dataset) -> Finding:
    runs = _constant_rates(data, torch.optim.SGD, log_grid(1e-3, 1, 7))
    default, best = runs.val_accuracy[0], runs.val_accuracy[runs.lrs == runs.best][0]
    words = f"accuracy {_percent(default)} at torch's default of 1e-3, {_percent(best)} at {runs.best:.2g}"
    return Finding(bool((best > default + 0.2).all()), words)


def rate_before_decay(data: Dataset) -> Finding:
    """Return what a tenth of the best rate costs, against what leaving the decay out costs."""
    epochs = epochs_for(data, 400)
    grid = log_grid(10 ** (-5 / 3), 1, 6)  # a third of a decade apart, so that a tenth of the best is on it
    updates = count_updates(data, epochs=epochs)
    constant, cosine = (
        sweep(grid, data, schedule=shape, seeds=FIVE, epochs=epochs, **QUIETLY)
        for shape in (Constant(1), Cosine(1, T_max=updates))
    )
    at = int(np.flatnonzero(grid == constant.best)[0])
    best = constant.val_loss[at]
    tenth, decay = constant.val_loss[at - 3] - best, best - cosine.val_loss[grid == cosine.best][0]
    words = f"validation loss {spread(best, 4)} at {constant.best:.2g}; a tenth of that rate adds {spread(tenth, 4)}"
    words += f", a cosine at its own best rate takes off {spread(decay, 4)}"
    return Finding(bool(tenth.mean() > decay.mean()), words)


def range_test_finds_it(data: Dataset) -> Finding:
    best = _constant_rates(data, torch.optim.SGD, log_grid(1e-2, 1, 9)).best
    rates = []
    for seed in FIVE:
        model = MLP(seed)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        test = range_test(model, data, optimizer, low=1e-4, seed=seed, **QUIETLY)
        rates.append(test.suggestions["steepest"] or np.nan)
    holds = all(best / 3 <= rate <= 3 * best for rate in rates)
    return Finding(holds, f"steepest at {', '.join(f'{rate:.2g}' for rate in rates)}; best of a sweep {best:.2g}")


def small_batches_small_rates(data: Dataset) -> Finding:
    rates = log_grid(0.01, 2.56, 9)  # a factor of two apart
    grid = batch_size_grid(rates, [8, 128], data, seeds=range(3), **QUIETLY)
    small, large = grid.best_lrs
    holds = small <= large / 2 and (grid.best_lrs_by_seed[0] <= grid.best_lrs_by_seed[1]).all()
    return Finding(bool(holds), f"best rate {small:.2g} for batches of 8, {large:.2g} for batches of 128")


def warmup_saves_a_high_rate(data: Dataset) -> Finding:
    """Compare warm-up on a cosine, which falls at the same time, so the runs with warm-up never use the rate that they
    are named for: see :func:`lower_rate_saves_it_too`.
    """
    words, holds = [], True
    for name, optimizer, calm, high in (
        ("SGD with momentum", partial(torch.optim.SGD, momentum=0.9), 0.1, 0.5),
        ("Adam", torch.optim.Adam, 0.01, 0.1),
    ):
        runs = compare_warmup(data, lr=[calm, high], epochs=epochs_for(data, 450), optimizer=optimizer, **QUIETLY)
        without, after = runs.comparison(high).labels
        gained = runs.comparison(high).difference(after, without)
        calm_rate = runs.comparison(calm).paired(after, without)
        holds &= gained.min() > 0 and calm_rate.mean < 0.005
        seeds = ", ".join(f"{gain:+.2f}" for gain in gained)
        words.append(f"{name}: accuracy {seeds} at {high:g}, {calm_rate} at {calm:g}")
    return Finding(bool(holds), "; ".join(words))


def lower_rate_saves_it_too(data: Dataset) -> Finding:
    """Make the runs of notebook 08."""
    named, lower = 0.5, 0.3
    runs = compare_warmup(data, lr=[lower, named], epochs=epochs_for(data, 450), **QUIETLY)
    highest = runs.histories[1][1][0].lr.max()
    without, after = runs.val_accuracy[0, 0], runs.val_accuracy[1, 1]
    holds = highest < 0.65 * named and abs(np.mean(without - after)) < 0.01
    words = f"highest rate used {highest:.2f} of {named:g}; accuracy {_percent(after)} with warm-up to {named:g}"
    return Finding(bool(holds), f"{words}, {_percent(without)} without at {lower:g}")


def snapshots_beat_their_own(data: Dataset) -> Finding:
    """Not what the paper found for large networks: there the ensemble also beats the single model.

    On average, because not every seed agrees: of three on the digits one ensemble makes as many mistakes as its members
    do on average (seed 100).
    """
    runs = snapshots(data, seeds=range(3), **QUIETLY)
    own, together, single = runs.errors.mean(axis=1), runs.ensemble_errors[:, -1], runs.single_errors
    holds = together.mean() < own.mean() and abs(runs.difference.mean()) < 0.005
    words = f"error of a snapshot {_percent(own)}, of all together {_percent(together)}, of the single model"
    return Finding(bool(holds), f"{words} {_percent(single)}; together minus single {_percent(runs.difference)}")


def snapshots_want_their_own_rate(data: Dataset) -> Finding:
    """Make the runs of notebook 06."""
    fast, slow = (snapshots(data, model=MLP, lr=lr, seeds=range(3), **QUIETLY) for lr in (0.2, 0.05))
    high, low = fast.errors.mean(axis=1), slow.errors.mean(axis=1)
    words = f"error of a snapshot {_percent(high)} at 0.2, {_percent(low)} at 0.05"
    words += f"; at 0.05 together minus single {_percent(slow.difference)}"
    return Finding(bool(low.mean() > high.mean() and slow.difference.min() >= 0), words)


def snapshots_win_with_wrong_labels(data: Dataset) -> Finding:
    """Make the runs of notebook 06: the ensemble's early members have not learned the wrong labels yet.

    It is no cheap way to do well: the first snapshot, a fifth of the budget, is about as good alone, or better. Of the
    settings tried on the way (500 and 1,000 images, none, a fifth and two fifths of the labels wrong, 80 to 480
    updates, rates of 0.05 and 0.2) the ensemble won where labels were wrong and the single model had trained too long.
    A CNN on MNIST gained more by it (6.8 points after 240 updates), on the digits its seeds left it open.
    """
    data, draw = part(data, 500), torch.Generator().manual_seed(0)
    wrong = torch.rand(500, generator=draw) < 0.2
    other = (data.train_labels + torch.randint(1, 10, (500,), generator=draw)) % 10
    noisy = replace(data, train_labels=torch.where(wrong, other, data.train_labels))
    runs = snapshots(noisy, model=MLP, lr=0.05, epochs=60, seeds=FIVE, **QUIETLY)
    beside, early = paired(runs.difference), paired(runs.ensemble_errors[:, -1] - runs.errors[:, 0])
    words = f"error of all together minus that of the single model {beside}, minus that of the first snapshot {early}"
    return Finding(beside.high < 0 and early.high > -0.005, words)


def sharpness_meets_the_limit(data: Dataset) -> Finding:
    """Make the runs of notebook 01. The loss is lower at the higher rate, too."""
    runs = track_sharpness({"0.2": Constant(0.2), "0.8": Constant(0.8)}, data, progress=False)
    late, calm = runs.late("0.8"), runs.late("0.2")
    loss = runs.loss[:, :, -1].mean(axis=1)
    holds = late.min() > 0.95 and late.max() < 1.35 and calm.max() < 0.8 and loss[1] < loss[0]
    words = f"sharpness times rate / 2, late: {spread(calm, 4)} at 0.2, {spread(late, 4)} at 0.8"
    return Finding(bool(holds), f"{words}; loss {loss[0]:.3f} and {loss[1]:.3f}")


def cooldown_saves_updates(data: Dataset) -> Finding:
    """Compare with cosines that start at 0.4, one rate for all budgets, so nothing is said of which is lower."""
    runs = cooldowns(0.3, [100, 200, 400], data, cosine_lr=0.4, progress=False)
    plateau, cooled, cosine = (losses.mean(axis=1) for losses in (runs.plateau, runs.cooled, runs.cosine))
    holds = (cooled < plateau).all() and (cooled < cosine + 0.03).all()
    words = ", ".join(
        f"{n}: {a:.3f} → {b:.3f} (cosine {c:.3f})"
        for n, a, b, c in zip(runs.budgets, plateau, cooled, cosine, strict=True)
    )
    return Finding(bool(holds), f"validation loss after {words}; updates {runs.updates[0]} and {runs.updates[1]}")


def _constant_rates(data: Dataset, optimizer: type[torch.optim.Optimizer], lrs: np.ndarray) -> Sweep:
    """Train the MLP at constant rates, five seeds, some 400 updates."""
    return sweep(lrs, data, optimizer=optimizer, seeds=FIVE, epochs=epochs_for(data, 400), **QUIETLY)


def _percent(values: np.ndarray) -> str:
    return spread(100 * values, 2, " %")
