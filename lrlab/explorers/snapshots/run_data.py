"""What the page must know of a run of snapshots: mistakes of every choice of them, and the digits that divide them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lrlab.explorers.shared.results import packed

if TYPE_CHECKING:
    from lrlab.data import Dataset
    from lrlab.experiments.ensembles import Disputed, Snapshots
    from lrlab.train import History

DIGITS = 24  # the most that are shown: each is about a kilobyte of the page
POINTS = 240  # of a rate's line: more than there are pixels for
CHUNK = 256  # images at a time: a thousand choices of ten snapshots on all of them would be gigabytes


def choices(cycles: int) -> NDArray[np.bool_]:
    """Every choice of snapshots, ``(2 ** cycles, cycles)``: bit *k* of a row's number is snapshot *k + 1*."""
    bits = np.arange(2**cycles)[:, None] >> np.arange(cycles)
    return np.asarray(bits % 2 == 1)


def answers_together(probabilities: NDArray[Any]) -> NDArray[np.int8]:
    """Return what every choice of the models takes each image for, ``(2 ** models, images)``; row 0, for no model, has
    0.

    ``probabilities``: ``(models, images, classes)``. The mean's answer is that of the sum, which grows model by model.
    """
    models, images, classes = probabilities.shape
    answers = np.zeros((2**models, images), np.int8)
    for start in range(0, images, CHUNK):
        part = probabilities[:, start : start + CHUNK].astype(float)
        sums = np.zeros((2**models, part.shape[1], classes))
        for k in range(models):
            np.add(sums[: 2**k], part[k], out=sums[2**k : 2 ** (k + 1)])
        answers[:, start : start + CHUNK] = sums.argmax(axis=-1)
    return answers


def against_the_most(right: NDArray[np.bool_], alone: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Where a choice is right together although most of its snapshots, more than half of them, are wrong.

    ``right``: whether each choice is, ``(choices, images)``. ``alone``: each snapshot, ``(images, cycles)``.
    """
    chosen = choices(alone.shape[1])
    wrong = chosen.astype(int) @ ~alone.T
    return right & (2 * wrong > chosen.sum(axis=1, keepdims=True))


def run_of(result: Snapshots, data: Dataset, seed: int) -> dict[str, Any]:
    """Return the run of ``seed``, as the page takes it."""
    at = result.seeds.index(seed)
    probabilities, disputed = result.probabilities[at], result.disputed(seed)
    wrong, right = _mistakes(probabilities, result.labels, disputed)
    own = np.count_nonzero(result.answers[at] != result.labels, axis=1)
    single = result.single_errors[at]
    single_wrong = None if np.isnan(single) else round(float(single) * len(result.labels))
    sizes = choices(len(probabilities)).sum(axis=1)
    fewer = sizes[(sizes > 1) & (wrong < (0 if single_wrong is None else single_wrong))]
    against = np.asarray(against_the_most(right, disputed.answers == disputed.label[:, None]).any(axis=0))
    shown = np.arange(min(DIGITS, len(disputed)))
    if against.any() and not against[shown].any():  # the one place of many that a goal needs
        shown[-1] = against.argmax()
    index = disputed.index[shown]
    pixels = (255 * data.val_images[index.tolist(), 0].cpu().numpy()).round().clip(0, 255)
    return {
        "seed": seed,
        "images": len(result.labels),
        "updates": result.schedule.updates,
        "ends": list(result.schedule.ends),
        "rates": _thinned(result.histories[at], result.schedule.ends),
        "single_rates": _thinned(result.single_histories[at]),
        "own": own.tolist(),
        "single": single_wrong,
        "wrong": packed(wrong, "<u4"),
        "differ": np.rint(result.disagreement[at] * len(result.labels)).astype(int).tolist(),
        "disputed": len(disputed),
        "index": index.tolist(),
        "label": disputed.label[shown].tolist(),
        "size": list(pixels.shape[1:]),
        "pixels": packed(pixels, "u1"),
        "classes": probabilities.shape[-1],
        "probabilities": packed(probabilities[:, index].swapaxes(0, 1), "<f4"),
        "least": int(fewer.min()) if len(fewer) else None,
        "against": bool(against[shown].any()),
    }


def _mistakes(
    probabilities: NDArray[Any], labels: NDArray[np.int64], disputed: Disputed
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """How many images each choice gets wrong, and which of the disputed ones it gets right.

    On all others the snapshots agree, and so does any choice of them.
    """
    right = answers_together(probabilities[:, disputed.index]) == disputed.label
    agreed = np.ones(len(labels), bool)
    agreed[disputed.index] = False
    always = np.count_nonzero(agreed & (probabilities[0].argmax(axis=-1) != labels))
    return always + (~right).sum(axis=1), right


def _thinned(history: History, ends: tuple[int, ...] = ()) -> list[list[float]]:
    """Return Steps and rates of a line; of a cycle the last and, after it, the first are always there."""
    updates = len(history.lr)
    jumps = [step for end in ends for step in (end - 1, end) if step < updates]
    steps = np.union1d(np.linspace(0, updates - 1, min(updates, POINTS)).round().astype(int), np.array(jumps, int))
    return [history.step[steps].tolist(), [float(f"{rate:.4g}") for rate in history.lr[steps]]]
