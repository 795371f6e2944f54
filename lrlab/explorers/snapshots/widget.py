"""The explorer of snapshot ensembles: its state in Python; the picture is in view.js and the files beside it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from traitlets import Dict, observe

from lrlab._validation import SEED, Validator, as_list, check, is_whole
from lrlab.data import Dataset
from lrlab.experiments.ensembles import Snapshots, ensemble_probabilities
from lrlab.explorers.shared.assets import front_end
from lrlab.explorers.shared.explorer import Explorer, Still
from lrlab.explorers.shared.traits import Ruled, choice
from lrlab.explorers.snapshots import snapshots
from lrlab.explorers.snapshots.run_data import run_of

if TYPE_CHECKING:
    from lrlab._formula import Floats

GOALS = ("beat", "fewest", "against")
SNAPSHOTS = 10  # the most: the page holds the mistakes of every choice of them, and these double with each


def _chosen(explorer: SnapshotExplorer, name: str, value: Any) -> list[int]:
    """Numbers of snapshots, from 1, each once and in their order; one at least."""
    cycles = explorer.result.schedule.cycles

    def clean(value: Any) -> list[int]:
        given = as_list(value)
        if not given or not all(is_whole(one) and 1 <= one <= cycles for one in given):
            raise ValueError
        return sorted({int(one) for one in given})

    return check(name, Validator(f"a list of snapshots from 1 to {cycles}, at least one", clean), value)


def _seed(explorer: SnapshotExplorer, name: str, value: Any) -> int:
    """Return the seed of one of the result's runs; the result refuses one that was not run, or diverged."""
    explorer.result.disputed(value)
    return int(value)


def _digit(explorer: SnapshotExplorer, name: str, value: Any) -> int:
    """One of the images shown, by its place among the validation images; None where there is none to show."""
    shown = explorer._run["index"]

    def clean(value: Any) -> int:
        if not (is_whole(value) and value in shown):
            raise ValueError
        return int(value)

    words = f"one of the validation images shown, {', '.join(map(str, shown))}" if shown else "None, as all agree"
    return check(name, Validator(words, clean), value)


class SnapshotExplorer(Explorer):
    """See :func:`lrlab.explorers.snapshots`, which makes one."""

    made_by = staticmethod(snapshots)
    made_from = ("result", "data")
    _esm, _css = front_end("snapshots")

    chosen = Ruled([1], _chosen).tag(sync=True)
    digit = Ruled(None, _digit).tag(sync=True)
    seed = Ruled(0, SEED, _seed).tag(sync=True)
    goal = choice(GOALS).tag(sync=True)

    _run = Dict().tag(sync=True)
    """What the page must know of the run of this seed."""

    def __init__(
        self,
        *,
        result: Snapshots,
        data: Dataset,
        seed: int | None = None,
        chosen: Iterable[int] | None = None,
        digit: int | None = None,
        **values: Any,
    ) -> None:
        self.result, self.data = _checked(result, data)
        cycles = result.schedule.cycles
        seed = result.seeds[0] if seed is None else seed
        result.disputed(check("seed", SEED, seed))
        super().__init__(seed=seed, _run=run_of(result, data, seed), **values)
        if chosen is None:
            grows = self.goal in ("fewest", "beat") or (self.goal == "against" and not self._run["against"])
            chosen = [cycles] if grows else range(1, cycles + 1)
        self.chosen = chosen
        self.digit = self._first() if digit is None else digit

    @observe("seed")
    def _rerun(self, change: Any) -> None:
        if self._run.get("seed") == change.new:
            return
        run = run_of(self.result, self.data, change.new)
        with self.hold_sync():
            self._run = run
            self.digit = self._first()

    def _first(self) -> int | None:
        """Return the most disputed digit; where one is to be found, the first that is not it."""
        shown = self._run["index"]
        if self.goal == "against":
            some, label = self.result.answers[self.result.seeds.index(self.seed)], self.result.labels
            wrong = (some[np.array(self.chosen) - 1] != label).sum(axis=0)
            against = (self.probabilities.argmax(axis=-1) == label) & (2 * wrong > len(self.chosen))
            shown = [index for index in shown if not against[index]] or shown
        return shown[0] if shown else None

    @property
    def probabilities(self) -> Floats:
        """What the chosen snapshots give together, the mean of their softmax, ``(images, classes)``."""
        run = self.result.probabilities[self.result.seeds.index(self.seed)]
        return ensemble_probabilities(run[np.array(self.chosen) - 1])

    @property
    def error(self) -> float:
        """The error of the chosen snapshots together, a fraction of the validation images."""
        return float((self.probabilities.argmax(axis=-1) != self.result.labels).mean())

    def still(self) -> Still:
        from lrlab.explorers.snapshots.static_svg import snapshots

        return snapshots(self.result, self.data, self.seed, self.chosen, self.error)


def _checked(result: Any, data: Any) -> tuple[Snapshots, Dataset]:
    if not isinstance(result, Snapshots):
        raise ValueError(f"result must be what lrlab.experiments.snapshots returns, got {_short(result)}")
    if result.schedule.cycles > SNAPSHOTS:
        raise ValueError(f"result must have at most {SNAPSHOTS} snapshots, got {result.schedule.cycles}")
    if not isinstance(data, Dataset):
        raise ValueError(f"data must be what lrlab.data.load returns, got {_short(data)}")
    if not np.array_equal(data.val_labels.cpu().numpy(), result.labels):
        raise ValueError(
            f"data must have the {len(result.labels):,} validation images that the snapshots answered for, got {data!r}"
        )
    return result, data


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"a {type(value).__name__}"
