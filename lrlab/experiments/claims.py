"""What the course claims, each with the experiment that shows it and the test that it must pass.

``CLAIMS`` is the list. A notebook says what stands in ``says``, and no more; :func:`report` runs them on a data set and
prints what was found. They hold on the bundled digits and on a part of MNIST, at the settings written here: that, and
not more, is what is claimed. One that stops holding is not weakened until it passes: the course says what was found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import torch

from lrlab.data import Dataset
from lrlab.experiments.comparison import Paired, Recipe, compare
from lrlab.schedules import Constant, Cosine, InverseTimeDecay, ReduceOnPlateau, Schedule, StepDecay, TimeDecay
from lrlab.train import count_updates, epochs_for

__all__ = ["CLAIMS", "Claim", "Finding", "find", "report"]


class Finding(NamedTuple):
    """Whether the claim held, and the figures that say so."""

    holds: bool
    evidence: str


@dataclass(frozen=True)
class Claim:
    """A sentence of the course, and how it is shown.

    ``says``: the sentence. ``slide``: the lecture's slide that it answers. ``seeds``: how many runs of each kind stand
    behind it; 0 if nothing is trained. ``test``: the experiment and its criterion, on a data set.
    """

    name: str
    says: str
    slide: str
    seeds: int
    test: Callable[[Dataset], Finding]


def find(name: str) -> Claim:
    """The claim called ``name``; ``ValueError`` if there is none."""
    found = {claim.name: claim for claim in CLAIMS}
    if name not in found:
        raise ValueError(f"name must be one of {', '.join(found)}, got {name!r}")
    return found[name]


def report(data: Dataset, claims: Iterable[Claim] | None = None) -> bool:
    """Test every claim on ``data``, print sentence and figures, and return whether all hold. Takes a few minutes."""
    everything = True
    for claim in CLAIMS if claims is None else claims:
        holds, evidence = claim.test(data)
        everything &= holds
        print(f"{'holds' if holds else 'DOES NOT HOLD'}  {claim.name}: {claim.says}\n    {evidence}")
    return everything


# ---- experiments

FIVE = range(5)


def part(data: Dataset, images: int) -> Dataset:
    """The first ``images`` training images: MNIST as small as the digits are, so that both train equally long."""
    return replace(data, train_images=data.train_images[:images], train_labels=data.train_labels[:images])


def _below(difference: Paired) -> bool:
    """The whole confidence interval below zero: more than the seeds explain."""
    return difference.high < 0


def recurrence_vanishes(data: Dataset) -> Finding:
    recurrence, closed = TimeDecay(1, decay=0.01)(100), InverseTimeDecay(1, decay=0.01)(100)
    return Finding(recurrence < 1e-16 and closed == 0.5, f"recurrence {recurrence:.1e} of lr, closed form {closed:.2f}")


def decay_helps(data: Dataset) -> Finding:
    """The runs of notebook 02."""
    data = part(data, 6000)
    epochs = epochs_for(data, 1200, batch_size=8)
    third = count_updates(data, batch_size=8, epochs=epochs) // 3
    plan = {"constant": Constant(0.25), "decay": StepDecay(0.25, decay=0.3, every=third)}
    result = compare(plan, data, epochs=epochs, batch_size=8, seeds=FIVE, progress=False, device="cpu")
    constant, decay = (result.final(label, "val_loss") for label in plan)
    holds = decay.mean() < constant.mean() and np.ptp(decay) < np.ptp(constant) / 2
    return Finding(bool(holds), f"validation loss {_mean(constant)} constant, {_mean(decay)} with decay")


def plateau_helps(data: Dataset) -> Finding:
    """On the digits most of the difference is one seed's: the interval of the paired differences holds 0 there."""
    data = part(data, 1500)
    drops = ReduceOnPlateau(0.25, factor=0.3, patience=0, threshold=0.01)
    plan: dict[str, Schedule | ReduceOnPlateau] = {"constant": Constant(0.25), "plateau": drops}
    result = compare(plan, data, epochs=10, batch_size=8, seeds=range(8), progress=False, device="cpu")
    constant, plateau = (result.final(label, "val_loss") for label in plan)
    holds = plateau.mean() < constant.mean() and plateau.max() < constant.max()
    words = f"validation loss {_mean(constant)}, worst {constant.max():.4f}, constant"
    words += f"; {_mean(plateau)}, worst {plateau.max():.4f}, with plateau"
    return Finding(bool(holds), f"{words}; paired difference {result.paired('plateau', 'constant', 'val_loss')}")


def adam_gains_from_a_schedule(data: Dataset) -> Finding:
    """Each at its own best rate, so that the schedule is not helped by a rate that suits only it."""
    data = part(data, 6000)
    epochs = epochs_for(data, 600, batch_size=32)
    updates = count_updates(data, batch_size=32, epochs=epochs)
    recipes = {f"{lr:g}": Recipe(torch.optim.Adam, lr=lr) for lr in (1e-3, 3e-3, 1e-2)}
    plan = {"constant": Constant(1), "cosine": Cosine(1, T_max=updates)}
    result = compare(
        plan, data, epochs=epochs, batch_size=32, seeds=FIVE, optimizer=recipes, progress=False, device="cpu"
    )
    best = {
        shape: min((f"{lr}, {shape}" for lr in recipes), key=lambda label: result.final(label, "val_loss").mean())
        for shape in plan
    }
    difference = result.paired(best["cosine"], best["constant"], "val_loss")
    losses = "; ".join(f"{label} {_mean(result.final(label, 'val_loss'))}" for label in best.values())
    return Finding(_below(difference), f"validation loss, each at its best rate: {losses}; difference {difference}")


def _mean(values: np.ndarray) -> str:
    return f"{values.mean():.4f} ± {values.std(ddof=1):.4f}"


CLAIMS = (
    Claim(
        "recurrence-vanishes",
        "With d = 0.01 the lecture's time-based recurrence is all but zero after 100 steps, and the closed form at a "
        "half.",
        "Learning Rate Decay Methods",
        0,
        recurrence_vanishes,
    ),
    Claim(
        "decay-helps",
        "At a rate that is high for a small batch, step decay ends at a lower loss, and at much the same one for every "
        "seed.",
        "Can Learning Rate Decay Affect Results?",
        5,
        decay_helps,
    ),
    Claim(
        "plateau-helps",
        "From a high rate, dropping it where the validation loss stops improving lowers the mean loss, and that of the "
        "worst seed.",
        "Learning Rate Decay (torch.optim.lr_scheduler)",
        8,
        plateau_helps,
    ),
    Claim(
        "adam-gains-from-a-schedule",
        "Adam ends lower with a cosine than without, each at its best rate.",
        "Adaptive Learning Algorithms",
        5,
        adam_gains_from_a_schedule,
    ),
)
