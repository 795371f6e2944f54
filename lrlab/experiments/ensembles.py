"""What a snapshot ensemble gave: its errors beside those of one model, and where its snapshots disagree."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from lrlab._formula import Floats
from lrlab._table import Cell, Table, Tabular, seeds_are, shortened, spread
from lrlab.experiments._ran import above
from lrlab.schedules import SnapshotCosine
from lrlab.train import History

__all__ = ["Disputed", "Snapshots", "ensemble_probabilities"]

Probabilities = NDArray[np.float32]
State = Mapping[str, Tensor]


@dataclass(frozen=True, eq=False, repr=False)
class Disputed(Tabular):
    """Validation images on which the snapshots of one run disagree, the most disputed first.

    ``index`` ``(n,)``: their positions in ``data.val_images``; ``label`` ``(n,)``: what they are; ``answers``
    ``(n, cycles)``: what each snapshot says; ``ensemble`` ``(n,)``: what all of them say together.
    """

    index: NDArray[np.int64]
    label: NDArray[np.int64]
    answers: NDArray[np.int64]
    ensemble: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.index)

    def __repr__(self) -> str:
        right = int((self.ensemble == self.label).sum())
        return f"Disputed({len(self)} images, the ensemble is right on {right})"

    def table(self) -> Table:
        answers = np.column_stack([self.index, self.label, self.answers, self.ensemble])
        head = ["image", "label", *(f"snapshot {k}" for k in range(1, self.answers.shape[1] + 1)), "together"]
        return Table([head, *shortened([[str(value) for value in row] for row in answers])], title=repr(self))


@dataclass(frozen=True, eq=False, repr=False)
class Snapshots(Tabular):
    """The runs of :func:`~lrlab.experiments.snapshots`.

    Errors are fractions of the validation images, 0 to 1; NaN where a run diverged.

    ``schedule``: the rate of the snapshots. ``labels``: the right answers, ``(images,)``. ``probabilities``: each
    snapshot's softmax on the validation images, float32 ``(seeds, cycles, images, classes)``; ``single_probabilities``:
    ``(seeds, images, classes)``; ``independent_probabilities``: kind → ``(seeds, cycles, images, classes)``.
    ``histories``, ``single_histories``: one for each seed. ``states[i][k]``: the weights of seed *i*'s snapshot *k*, on
    the CPU, for ``model.load_state_dict``. ``ran``: network, optimizer, batch size and epochs in words.
    """

    seeds: tuple[int, ...]
    schedule: SnapshotCosine
    labels: NDArray[np.int64]
    probabilities: Probabilities
    single_probabilities: Probabilities
    independent_probabilities: Mapping[str, Probabilities]
    histories: tuple[History, ...]
    single_histories: tuple[History, ...]
    states: tuple[tuple[State, ...], ...]
    ran: str = ""

    @cached_property
    def errors(self) -> Floats:
        """Each snapshot's error, ``(seeds, cycles)``."""
        return _error(self.probabilities, self.labels)

    @cached_property
    def ensemble_errors(self) -> Floats:
        """The growing ensemble's error, ``(seeds, cycles)``: at ``[:, k - 1]`` that of the **last** *k* snapshots."""
        return _growing(_error, self.probabilities[:, ::-1], self.labels)

    @cached_property
    def single_errors(self) -> Floats:
        """The error of the one model with the same budget, ``(seeds,)``."""
        return _error(self.single_probabilities, self.labels)

    @cached_property
    def ensemble_losses(self) -> Floats:
        """The growing ensemble's cross-entropy, in nats, ``(seeds, cycles)``: as :attr:`ensemble_errors`."""
        return _growing(_loss, self.probabilities[:, ::-1], self.labels)

    @cached_property
    def single_losses(self) -> Floats:
        """The single model's cross-entropy, in nats, ``(seeds,)``."""
        return _loss(self.single_probabilities, self.labels)

    def independent_errors(self, kind: str) -> Floats:
        """Return the error of the first 1, 2, … independent models of ``kind`` together, ``(seeds, cycles)``."""
        return _growing(_error, self.independent_probabilities[kind], self.labels)

    @property
    def difference(self) -> Floats:
        """The error of all snapshots together minus the single model's, ``(seeds,)``: below 0 the ensemble wins."""
        return self.ensemble_errors[:, -1] - self.single_errors

    @property
    def answers(self) -> NDArray[np.int64]:
        """What each snapshot takes each image for, ``(seeds, cycles, images)``; -1 for a snapshot not reached."""
        return np.where(np.isnan(self.errors)[..., None], -1, self.probabilities.argmax(axis=-1))

    @property
    def disagreement(self) -> Floats:
        """The fraction of validation images on which two snapshots differ, ``(seeds, cycles, cycles)``."""
        differ = (self.answers[:, :, None] != self.answers[:, None]).mean(axis=-1)
        missing = np.isnan(self.errors)
        return np.where(missing[:, :, None] | missing[:, None], np.nan, differ)

    def disputed(self, seed: int | None = None) -> Disputed:
        """Return the validation images on which the snapshots of ``seed`` (default the first) do not agree.

        First come those with the fewest snapshots behind the most frequent answer, and of these the ones on which the
        ensemble is least sure. ``ValueError`` for a seed that was not run, or whose run diverged.
        """
        seed = self.seeds[0] if seed is None else seed
        if seed not in self.seeds:
            raise ValueError(f"seed must be one of {self.seeds}, got {seed!r}")
        run = self.probabilities[self.seeds.index(seed)]
        if np.isnan(run).any():
            raise ValueError(f"seed must be one whose run did not diverge, got {seed!r}")
        answers, mean = run.argmax(axis=-1).T, run.mean(axis=0, dtype=float)
        votes = np.array([np.bincount(row).max() for row in answers])
        order = np.lexsort((mean.max(axis=-1), votes))
        index = order[votes[order] < len(run)]
        return Disputed(index, self.labels[index], answers[index], mean.argmax(axis=-1)[index])

    def table(self) -> Table:
        cycles = self.schedule.cycles
        rows: dict[str, list[Any]] = {
            "k": [str(k) for k in range(1, cycles + 1)],
            "snapshot k": _spreads(self.errors),
            "the last k together": _spreads(self.ensemble_errors),
            "single model": _spreads(self.single_errors[:, None]),
        }
        for kind in self.independent_probabilities:
            rows[f"k {kind} models together"] = _spreads(self.independent_errors(kind))
        what = f"{self.schedule.updates:,} updates in {cycles} cycles; error on the validation images in %"
        return Table(
            [[name, *cells, *[""] * (cycles - len(cells))] for name, cells in rows.items()],
            title=above(self.ran, f"{what}, {seeds_are(len(self.seeds))}"),
            left=(0,),
            one_scale=True,
        )


def _spreads(errors: Floats) -> list[Cell]:
    """Per cent, over the first axis: the seeds."""
    return [spread(values, 2) for values in 100 * errors.T]


def _error(probabilities: NDArray[Any], labels: NDArray[np.int64]) -> Any:
    """Return the fraction of wrong answers over the images; NaN if a probability is: argmax would answer with it."""
    wrong = (probabilities.argmax(axis=-1) != labels).mean(axis=-1)
    return np.where(np.isnan(probabilities).any(axis=(-2, -1)), np.nan, wrong)


def _loss(probabilities: NDArray[Any], labels: NDArray[np.int64]) -> Any:
    """Return the mean over the images of -log p(label); a probability of 0 counts as float32's smallest."""
    right = probabilities[..., np.arange(len(labels)), labels].astype(float)
    return -np.log(np.maximum(right, np.finfo(np.float32).tiny)).mean(axis=-1)


def _growing(measure: Callable[..., Any], probabilities: Probabilities, labels: NDArray[np.int64]) -> Floats:
    """``measure`` of the first 1, 2, … models together, ``(seeds, models)``."""
    models = range(1, probabilities.shape[1] + 1)
    # Not ensemble_probabilities: it refuses the NaN of a run that diverged.
    return np.array([[measure(run[:k].mean(axis=0, dtype=float), labels) for k in models] for run in probabilities])


def ensemble_probabilities(outputs: ArrayLike | Tensor, *, logits: bool = False) -> Floats:
    """Return the mean of the models' softmax probabilities, shape ``(batch, classes)``.

    Args:
        outputs: ``(models, batch, classes)``: probabilities, or with ``logits=True`` the logits. These go through each
            model's own softmax first: the softmax of mean logits is another thing, in which one model that is very
            sure can outvote the rest.

    Raises:
        ValueError: another shape, no model, or, with ``logits=False``, numbers that are no probabilities.
    """
    values = np.asarray(outputs.detach().cpu() if isinstance(outputs, Tensor) else outputs, dtype=np.float64)
    if values.ndim != 3 or 0 in values.shape:
        raise ValueError(f"outputs must have the shape (models, batch, classes), got {values.shape}")
    if logits:
        values = np.exp(values - values.max(axis=-1, keepdims=True))
        values /= values.sum(axis=-1, keepdims=True)
    elif not ((values >= 0).all() and (abs(values.sum(axis=-1) - 1) <= 1e-3).all()):  # so asked, NaN is none either
        worst = values.sum(axis=-1).flat[abs(values.sum(axis=-1) - 1).argmax()]
        raise ValueError(
            "outputs must be probabilities, >= 0 with the sum 1 over the classes (or say logits=True), "
            f"got a sum of {worst:.4g} and a lowest number of {values.min():.4g}"
        )
    return values.mean(axis=0)
