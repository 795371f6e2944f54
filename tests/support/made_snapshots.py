"""A snapshot ensemble without the minutes of training: answers drawn at random, mostly right, and pictures to them."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from lrlab.data import Dataset
from lrlab.experiments.ensembles import Snapshots
from lrlab.schedules import Cosine, Schedule, SnapshotCosine
from lrlab.train import History

IMAGES = 60
DIVERGED = 3


def history(schedule: Schedule, updates: int) -> History:
    return History(
        step=np.arange(updates),
        lr=schedule.curve(updates),
        loss=np.ones(updates),
        epoch_end=np.array([updates]),
        val_loss=np.ones(1),
        val_accuracy=np.ones(1),
        seconds=1.0,
        diverged=False,
    )


def ensemble(*, cycles: int = 4, images: int = IMAGES, seed: int = 1, single: float = 2.7) -> tuple[Snapshots, Dataset]:
    """The result and its data: runs of the seeds 0 and 2, and of seed 3, which diverged before its last snapshot.

    The right digit's logit is 2.2 above the others, in the single model ``single``; their standard deviation is 1, half
    of the variance common to the snapshots of a run.
    """
    rng = np.random.default_rng(seed)
    labels = np.arange(images) % 10

    def probabilities(models: int, margin: float) -> NDArray[np.float32]:
        common, own = rng.standard_normal((3, 1, images, 10)), rng.standard_normal((3, models, images, 10))
        logits = np.sqrt(0.5) * (common + own) + margin * np.eye(10)[labels]
        return torch.softmax(torch.tensor(logits), dim=-1).numpy().astype(np.float32)

    run, one = probabilities(cycles, 2.2), probabilities(1, single)[:, 0]
    run[2, -1] = np.nan
    updates = 30 * cycles
    schedule, alone = SnapshotCosine(0.1, updates=updates, cycles=cycles), Cosine(0.1, T_max=updates)
    result = Snapshots(
        seeds=(0, 2, DIVERGED),
        schedule=schedule,
        labels=labels,
        probabilities=run,
        single_probabilities=one,
        independent_probabilities={"short": run},
        histories=(history(schedule, updates),) * 3,
        single_histories=(history(alone, updates),) * 3,
        states=((),) * 3,
    )
    pixels = torch.from_numpy(rng.integers(0, 256, (images, 1, 28, 28)).astype(np.float32) / 255)
    return result, Dataset("digits", *[pixels[:10], torch.arange(10)], *[pixels, torch.from_numpy(labels)] * 2)
