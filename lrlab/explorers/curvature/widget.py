"""The explorer of curvature beside its limit: its state in Python; the picture is in view.js beside it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from traitlets import Dict, List, Unicode

from lrlab._validation import check
from lrlab.explorers.curvature import curvature
from lrlab.explorers.shared.alt_text import number
from lrlab.explorers.shared.assets import front_end
from lrlab.explorers.shared.explorer import Explorer, Still
from lrlab.explorers.shared.results import banded, listed, reachable
from lrlab.explorers.shared.traits import Ruled, one_of, switch

if TYPE_CHECKING:
    from lrlab.experiments import SharpnessRuns

GOALS = ("edge", "flattest")
EDGE = (0.9, 1.3)
"""Between these shares of its limit, in the last third of a run, the sharpness hovers there."""


def _label(explorer: CurvatureExplorer, name: str, value: Any) -> str:
    return check(name, one_of([run["label"] for run in explorer._runs]), value)


class CurvatureExplorer(Explorer):
    """See :func:`lrlab.explorers.curvature`, which makes one."""

    made_by = staticmethod(curvature)
    made_from = ("…",)
    _esm, _css = front_end("curvature")

    label = Ruled("", _label).tag(sync=True)
    others = switch(True).tag(sync=True)
    goal = Ruled(None, *reachable(GOALS)).tag(sync=True)

    _steps: List[Any] = List().tag(sync=True)
    _runs: List[Any] = List().tag(sync=True)
    """Each run's lines, and in ``words`` what they show."""
    _kind = Unicode().tag(sync=True)
    """What the labels are: learning rates, or names of runs."""
    _targets = Dict().tag(sync=True)
    """The label that reaches each goal."""

    def __init__(self, *, runs: SharpnessRuns, label: str | None, **values: Any) -> None:
        from lrlab.experiments import SharpnessRuns

        if not isinstance(runs, SharpnessRuns):
            raise ValueError(f"runs must be the result of experiments.track_sharpness, got {runs!r}")
        known = {
            "_steps": runs.step.tolist(),
            "_runs": [_run(runs, i) for i in range(len(runs.labels))],
            "_kind": "learning rate" if all(map(_is_number, runs.labels)) else "run",
            "_targets": _targets(runs),
        }
        super().__init__(**known, label=runs.labels[0] if label is None else label, **values)
        self._result = runs

    def still(self) -> Still:
        from lrlab.explorers.shared.static_svg import static_svg
        from lrlab.plots import sharpness

        svg = static_svg(
            lambda figure: sharpness(self._result, axes=figure.subplots(1, 2)),
            figsize=(8, 3.6),
            title="Results computed beforehand",
        )
        said = [f"{self._kind.capitalize()} {run['label']}: {run['words']}" for run in self._runs]
        return Still(svg, " ".join(["Training loss and sharpness over the updates.", *said]))


def _is_number(label: str) -> bool:
    try:
        return math.isfinite(float(label))
    except ValueError:
        return False


def _run(runs: SharpnessRuns, i: int) -> dict[str, Any]:
    return {
        "label": runs.labels[i],
        "limit": listed(runs.limit[i]),
        "loss": banded(runs.loss[i]),
        "sharpness": banded(runs.sharpness[i]),
        "words": _words(runs, i),
    }


def _words(runs: SharpnessRuns, i: int) -> str:
    """Return what a run shows, in a sentence or two."""
    sharpness, limit, late = runs.sharpness[i].mean(axis=0), runs.limit[i], runs.late(runs.labels[i])
    gone = int(np.isnan(late).sum())
    if gone:
        return f"the loss diverges with {gone} of {len(late)} seeds."
    end = f"2/η = {number(float(limit[-1]))}"
    ratio = f"{number(float(late.mean()))} times as high in the last third of the run"
    low, high = EDGE
    if late.mean() < low:
        return f"the sharpness stays below {end}, and is {ratio}. The limit plays no part."
    if late.mean() > high:
        return f"the sharpness stays above {end}, and is {ratio}."
    if sharpness[0] > limit[0]:
        falls = runs.loss[i, :, -1].mean() < runs.loss[i, :, 0].mean()
        still = " The loss still falls." if falls else ""
        return f"the sharpness starts above {end}, comes down to it, and is {ratio}.{still}"
    reached = np.flatnonzero(sharpness >= limit)
    if not len(reached):
        return f"the sharpness comes close to {end} without reaching it, and is {ratio}."
    first = int(runs.step[reached[0]])
    return f"the sharpness reaches {end} by update {first:,} and hovers there: {ratio}. This is the edge of stability."


def _targets(runs: SharpnessRuns) -> dict[str, str]:
    """Return what reaches each goal; a goal that these runs leave without an answer is not there."""
    low, high = EDGE
    targets = {}
    at_edge = [label for label in runs.labels if low <= runs.late(label).mean() <= high]
    if at_edge:
        targets["edge"] = at_edge[0]
    ends = runs.sharpness[:, :, -1].mean(axis=1)
    if np.isfinite(ends).any():
        targets["flattest"] = runs.labels[int(np.nanargmin(ends))]
    return targets
