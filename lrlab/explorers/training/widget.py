"""The explorer of training runs: its state in Python; the picture is in view.js and plot.js beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from traitlets import Dict, List

from lrlab import palette
from lrlab._formula import Floats
from lrlab._validation import COUNT, check
from lrlab.explorers.shared.assets import front_end
from lrlab.explorers.shared.explorer import Explorer, Still
from lrlab.explorers.shared.results import banded, nearest_tried, packed, reachable, thinned
from lrlab.explorers.shared.traits import Ruled, some_of, switch
from lrlab.explorers.training import training
from lrlab.labels import labelled

if TYPE_CHECKING:
    from lrlab.experiments import Comparison
    from lrlab.train import History

    Histories = Comparison | History | Mapping[str, History | Sequence[History]] | Iterable[History]

GOALS = ("reach", "lead", "winner")
POINTS = 400  # about one for each second pixel
BYTES = 44_000  # of all curves together, so that the page stays light however many runs there are
LEVELS = (0.995, 0.99, 0.98, 0.97, 0.96, 0.95, 0.9, 0.85, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2)


def _step(explorer: TrainingExplorer, name: str, value: Any) -> int:
    """Completed updates, from 0 to the last; the nearest step that the page has is taken."""
    return int(nearest_tried(name, value, explorer._steps, low=0, whole=True))


def _labels(explorer: TrainingExplorer, name: str, value: Any) -> list[str]:
    return check(name, some_of([run["label"] for run in explorer._runs], "labels"), value)


class TrainingExplorer(Explorer):
    """See :func:`lrlab.explorers.training`, which makes one."""

    made_by = staticmethod(training)
    made_from = ("…",)
    _esm, _css = front_end("training")

    step = Ruled(0, _step).tag(sync=True)
    show = Ruled([], _labels).tag(sync=True)
    log_y = switch(False).tag(sync=True)
    goal = Ruled(None, *reachable(GOALS)).tag(sync=True)

    _steps: List[Any] = List().tag(sync=True)
    """Where the slider stops: all updates, or so many of them, and all ends of epochs."""
    _runs: List[Any] = List().tag(sync=True)
    _window = Dict().tag(sync=True)
    _targets = Dict().tag(sync=True)
    """Each goal that these runs can reach, and what reaches it."""

    def __init__(
        self, *, histories: Histories, step: int | None, show: Iterable[str] | None, window: int, **values: Any
    ) -> None:
        by_label = _gather(histories)
        window = check("window", COUNT, window)
        steps = _steps(by_label)
        of_labels = palette.looks(by_label)
        runs = [
            {**_run(label, several, steps, window), "look": look}
            for (label, several), look in zip(by_label.items(), of_labels, strict=True)
        ]
        known = {"_steps": steps.tolist(), "_runs": runs, "_window": {"updates": window}}
        # All that the values' rules ask, before the values.
        known["_targets"] = _targets(by_label)
        if step is None:  # the goals that ask for a step begin at the first one
            step = 0 if values.get("goal") in ("reach", "lead") else int(steps[-1])
        super().__init__(**known, step=step, show=list(by_label) if show is None else show, **values)

    def still(self) -> Still:
        from lrlab.explorers.training.static_svg import training

        shown = [run for run in self._runs if run["label"] in self.show]
        return training(shown, self._steps, self.step, log_y=self.log_y)


def _gather(histories: Any) -> dict[str, tuple[History, ...]]:
    """Label → the runs of all seeds; ``ValueError`` for anything else than histories, at least one."""
    from lrlab.experiments import Comparison
    from lrlab.train import History

    if isinstance(histories, Comparison):
        histories = histories.histories
    pairs = labelled(
        "histories",
        histories,
        History,
        lambda one: getattr(one, "label", ""),
        words="a Comparison or histories by their labels",
    )
    by_label: dict[str, tuple[History, ...]] = {}
    for label, one in pairs:
        several = tuple(one) if isinstance(one, (list, tuple)) else (one,)
        if not (isinstance(label, str) and several and all(isinstance(run, History) for run in several)):
            raise ValueError(f"histories must be histories of lrlab.train by their labels, got {one!r} for {label!r}")
        if any(len(run.step) == 0 for run in several):
            raise ValueError(f"histories must have an update or more, got none for {label!r}")
        by_label[label] = several
    if not by_label:
        raise ValueError("histories must have at least one history, got none")
    return by_label


def _compared(several: Sequence[History]) -> list[History]:
    """Return the seeds that are averaged: those that came to their end; if none did, the one that went furthest."""
    whole = [run for run in several if not run.diverged]
    return whole or [max(several, key=lambda run: len(run.step))]


def _steps(by_label: Mapping[str, Sequence[History]]) -> NDArray[np.int64]:
    shown = [run for several in by_label.values() for run in _compared(several)]
    last = max(len(run.step) for run in shown)
    arrays = sum(2 + 2 * (len(_compared(several)) > 1) for several in by_label.values())
    kept = thinned(last + 1, min(POINTS, max(50, int(BYTES / (arrays * 4 * 4 / 3)))))
    ends = np.unique(np.concatenate([run.epoch_end for run in shown]))
    # The ends of so few epochs are all steps to stop at, so that an accuracy is seen as soon as it is there.
    return np.union1d(kept, ends[thinned(len(ends), 50)] if len(ends) else ends).astype(np.int64)


def _run(label: str, several: Sequence[History], steps: NDArray[np.int64], window: int) -> dict[str, Any]:
    """One line for the page: what each step uses and leads to, over the seeds that are compared."""
    runs = _compared(several)
    last = min(len(run.step) for run in runs)
    # After the last update there is none whose rate and loss could stand there: its own stay.
    at = np.minimum(steps[steps <= last], last - 1)
    gone = [run for run in several if run.diverged]
    epochs = min(len(run.epoch_end) for run in runs)
    return {
        "label": label,
        "last": last,
        "seeds": len(runs),
        "diverged": [len(gone), len(several), min((len(run.step) - 1 for run in gone), default=0)],
        "lr": _spread([run.lr[at] for run in runs]),
        "loss": _spread([run.smooth_loss(window)[at] for run in runs]),
        "ends": runs[0].epoch_end[:epochs].tolist(),
        "val_loss": banded(np.array([run.val_loss[:epochs] for run in runs])),
        "accuracy": banded(np.array([run.val_accuracy[:epochs] for run in runs])),
    }


def _spread(values: Sequence[Floats]) -> dict[str, str | None]:
    """Return the seeds' mean, and the lowest and highest of them if they differ."""
    several = np.array(values)
    same = bool((several == several[0]).all())
    return {
        "mean": packed(several.mean(axis=0)),
        "low": None if same else packed(several.min(axis=0)),
        "high": None if same else packed(several.max(axis=0)),
    }


def _targets(by_label: Mapping[str, Sequence[History]]) -> dict[str, Any]:
    """Return what reaches each goal; a goal that these runs leave without an answer is not there."""
    whole = {label: runs for label, several in by_label.items() if not (runs := _compared(several))[0].diverged}
    judged = {label: runs for label, runs in whole.items() if all(len(run.epoch_end) for run in runs)}
    if not judged:
        return {}
    ends = {label: runs[0].epoch_end.tolist() for label, runs in judged.items()}
    accuracy = {label: np.mean([run.val_accuracy for run in runs], axis=0) for label, runs in judged.items()}
    targets: dict[str, Any] = {}
    # A level that all reach, if there is one: then it is the fastest that one looks for, not the only one.
    most = min(float(values.max()) for values in accuracy.values())
    level = next((level for level in LEVELS if level <= most), None)
    if level is not None:
        firsts = {label: int(np.argmax(values >= level)) for label, values in accuracy.items()}
        label = min(firsts, key=lambda label: ends[label][firsts[label]])
        targets["reach"] = {"level": level, **_from(ends[label], firsts[label])}
    if len(judged) > 1:
        best = max(float(values[-1]) for values in accuracy.values())
        targets["winner"] = {"labels": [label for label, values in accuracy.items() if values[-1] == best]}
    if len(judged) > 1 and len(set(map(tuple, ends.values()))) == 1:
        losses = np.array([np.mean([run.val_loss for run in runs], axis=0) for runs in judged.values()])
        behind = np.flatnonzero(losses.argmin(axis=0) != losses[:, -1].argmin())
        targets["lead"] = _from(next(iter(ends.values())), int(behind[-1]) + 1 if len(behind) else 0)
    return targets


def _from(ends: Sequence[int], place: int) -> dict[str, int | None]:
    """Return the steps at which an epoch is the last one that has ended; None: as long as there are steps."""
    return {"from": ends[place], "until": ends[place + 1] if place + 1 < len(ends) else None}
