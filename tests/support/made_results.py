"""Results as experiments return them, made of formulas: the explorers' tests need their shapes, not their training."""

from __future__ import annotations

import numpy as np

from lrlab.experiments import Comparison, Cooldowns, RangeTest, SharpnessRuns, Sweep
from lrlab.schedules import Constant, Cosine, Schedule, StepDecay, WarmupStableDecay
from lrlab.train import History


def made_sweep(*, seeds: int = 3, updates: int = 200) -> Sweep:
    """13 rates from 1e-4 to 100: the lowest loss at 0.1, as good within 10 % at 0.316, diverged from 10 on.

    At 10 one seed alone diverges, after 50 updates; at 31.6 and 100 all do, after 20.
    """
    lrs = np.geomspace(1e-4, 100, 13)
    steps = np.arange(updates)
    ends = np.array([2.29, 2.25, 2.0, 1.2, 0.5, 0.25, 0.2, 0.21, 0.6, 2.31, 2.5, np.nan, np.nan])
    wobble = 1 + 0.05 * (np.arange(seeds) - (seeds - 1) / 2)
    val_loss = ends[:, None] * wobble
    fall = np.exp(-steps / (updates / 5))
    loss = val_loss[..., None] + (2.3 - val_loss[..., None]) * fall
    loss[11:] = 2.3 * 1.5 ** np.minimum(steps, 20)
    loss[11:, :, 20:] = np.nan
    loss[10, 0, 50:], val_loss[10, 0] = np.nan, np.nan
    accuracy = np.where(np.isfinite(val_loss), np.clip(1.05 - 0.42 * val_loss, 0.1, 1), np.nan)
    return Sweep(lrs, tuple(range(seeds)), loss, val_loss, accuracy, np.ones_like(val_loss, dtype=bool), True, False)


def made_range_test(*, updates: int = 90) -> RangeTest:
    """From 1e-5 to 3: falls from 0.001 on, is lowest near 0.3, blows up and stops."""
    lr = np.geomspace(1e-5, 3, updates)
    depth = np.log10(lr / 1e-3).clip(0)
    smooth = 2.3 - 0.25 * depth**2 + 40 * (lr / 3) ** 3
    noise = 0.1 * np.sin(7.0 * np.arange(updates))
    return RangeTest(lr=lr, loss=smooth + noise, smooth_loss=smooth, stopped="diverged")


def made_history(
    schedule: Schedule, *, label: str = "", seed: int = 0, updates: int = 300, epochs: int = 6, diverges: bool = False
) -> History:
    """The loss falls with the sum of the rates, and carries noise that grows with the rate."""
    stop = updates // 3 if diverges else updates
    lr = schedule.curve(updates)[:stop]
    noise = np.random.default_rng(seed).standard_normal(stop)
    loss = 2.3 * np.exp(-2 * np.cumsum(lr) / (1 + np.cumsum(lr) / 8)) + (0.05 + 0.8 * lr) * np.abs(noise)
    if diverges:
        loss[:] = 2.3 * 1.2 ** np.arange(stop)
        loss[-1] = np.nan
    ends = np.arange(1, epochs + 1) * (updates // epochs)
    ends = ends[ends < stop] if diverges else ends
    means = np.array([loss[end - 5 : end].mean() for end in ends])
    return History(
        step=np.arange(stop),
        lr=lr,
        loss=loss,
        epoch_end=ends,
        val_loss=1.1 * means,
        val_accuracy=np.clip(1 - 0.35 * means, 0.1, 1),
        seconds=1.0,
        diverged=diverges,
        label=label,
    )


SCHEDULES = {
    "constant": Constant(0.2),
    "step": StepDecay(0.3, decay=0.3, every=100),
    "cosine": Cosine(0.3, T_max=300),
}


def made_comparison(*, seeds: int = 3, updates: int = 300) -> Comparison:
    """Three schedules, and one whose rate makes one seed diverge."""
    histories = {
        label: tuple(made_history(schedule, label=label, seed=seed, updates=updates) for seed in range(seeds))
        for label, schedule in SCHEDULES.items()
    }
    histories["too high"] = tuple(
        made_history(Constant(0.9), label="too high", seed=seed, updates=updates, diverges=seed == 1)
        for seed in range(seeds)
    )
    return Comparison(seeds=tuple(range(seeds)), histories=histories)


def made_sharpness(*, seeds: int = 3) -> SharpnessRuns:
    """At 0.2 the sharpness stays below its limit, 0.8 reaches it, 1.6 starts above it, 5 runs away with one seed."""
    rates = np.array([0.2, 0.8, 1.6, 5.0])
    step = np.arange(0, 300, 15)
    wobble = 1 + 0.04 * (np.arange(seeds) - (seeds - 1) / 2)
    share = 1 - np.exp(-step / 40)
    ends = np.array([4.0, 1.05 * 2 / 0.8, 1.05 * 2 / 1.6, 1.0])
    sharpness = 2.0 + (ends[:, None] - 2.0) * share
    loss = 0.5 * np.exp(-rates[:, None] * step / 100) + 0.05
    several = [values[:, None, :] * wobble[:, None] for values in (loss, sharpness)]
    for values in several:
        values[3, 0, 3:] = np.nan
    lr = np.repeat(rates[:, None], len(step), axis=1)
    return SharpnessRuns(tuple(f"{rate:g}" for rate in rates), tuple(range(seeds)), step, lr, *several)


def made_cooldowns(*, seeds: int = 3) -> Cooldowns:
    """Budgets of 50 to 400 updates; from 160 on, cooled down to 200, the end is below the plateau's at 400."""
    budgets = np.arange(50, 401, 50)
    stem = WarmupStableDecay(0.3, warmup=0, stable=0, decay=1)
    branches = tuple(stem.branch(int(budget), decay=int(budget) // 5) for budget in budgets)
    wobble = 1 + 0.03 * (np.arange(seeds) - (seeds - 1) / 2)
    plateau = (0.25 + 20 / budgets)[:, None] * wobble
    cooled = plateau - 0.06
    cosine = cooled + 0.01
    cosine[::2] = np.nan
    return Cooldowns(budgets, branches, 0.4, tuple(range(seeds)), plateau, cooled, cosine)
