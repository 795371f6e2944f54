"""The explorer of cool-downs from one plateau: its state in Python; the picture is in view.js beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from traitlets import Dict, Float, List

from lrlab._formula import Floats
from lrlab.explorers.cooldown import cooldown
from lrlab.explorers.shared.alt_text import number
from lrlab.explorers.shared.assets import front_end
from lrlab.explorers.shared.explorer import Explorer, Still
from lrlab.explorers.shared.results import banded, listed, nearest_tried, reachable
from lrlab.explorers.shared.traits import Ruled, switch

if TYPE_CHECKING:
    from lrlab.experiments import Cooldowns

GOALS = ("plateau", "most")


def _start(explorer: CooldownExplorer, name: str, value: Any) -> int:
    """Return the updates before a cool-down; the nearest moment that was tried is taken."""
    starts = [branch["start"] for branch in explorer._branches]
    return int(nearest_tried(name, value, starts, low=0, whole=True))


class CooldownExplorer(Explorer):
    """See :func:`lrlab.explorers.cooldown`, which makes one."""

    made_by = staticmethod(cooldown)
    made_from = ("…",)
    _esm, _css = front_end("cooldown")

    start = Ruled(0, _start).tag(sync=True)
    cosines = switch(True).tag(sync=True)
    goal = Ruled(None, *reachable(GOALS)).tag(sync=True)

    _branches: List[Any] = List().tag(sync=True)
    """Each cool-down: where it begins and ends, its rates, and in ``words`` what it leads to."""
    _lines = Dict().tag(sync=True)
    """Validation losses over the budgets: on the plateau, cooled down, of a cosine for that budget."""
    _cosine_lr = Float().tag(sync=True)
    _targets = Dict().tag(sync=True)
    """The start that reaches each goal."""

    def __init__(self, *, runs: Cooldowns, **values: Any) -> None:
        from lrlab.experiments import Cooldowns

        if not isinstance(runs, Cooldowns):
            raise ValueError(f"runs must be the result of experiments.cooldowns, got {runs!r}")
        kinds = {"plateau": runs.plateau, "cooled": runs.cooled, "cosine": runs.cosine}
        super().__init__(
            _branches=[_branch(runs, i) for i in range(len(runs.budgets))],
            _lines={name: banded(losses.T) for name, losses in kinds.items()},
            _cosine_lr=runs.cosine_lr,
            _targets=_targets(runs),
            **values,
        )
        self._result = runs

    def still(self) -> Still:
        from lrlab.explorers.shared.static_svg import static_svg
        from lrlab.plots import cooldowns

        svg = static_svg(
            lambda figure: cooldowns(self._result, ax=figure.subplots()),
            figsize=(7, 4),
            title="Results computed beforehand",
        )
        return Still(svg, " ".join(["Validation loss over the budget.", *(one["words"] for one in self._branches)]))


def _branch(runs: Cooldowns, i: int) -> dict[str, Any]:
    branch, budget = runs.branches[i], int(runs.budgets[i])
    start = branch.warmup + branch.stable
    return {
        "start": start,
        "budget": budget,
        "rates": listed(branch.curve(budget + 1)),
        "words": _words(runs, i, start),
    }


def _words(runs: Cooldowns, i: int, start: int) -> str:
    """Return what a cool-down leads to, in a sentence or two."""
    budget, plateau, cooled, cosine = (values[i] for values in (runs.budgets, runs.plateau, runs.cooled, runs.cosine))
    said = [
        f"Cooled down from update {start:,} to {budget:,}, the run {_end(cooled, 'ends at a validation loss of')}; "
        f"left on its plateau it {_end(plateau, 'would be at')}."
    ]
    if np.isfinite(cosine).any():  # else none was trained
        said.append(f"A cosine for {budget:,} updates alone {_end(cosine, 'ends at')}.")
    return " ".join(said)


def _end(losses: Floats, words: str) -> str:
    """``words`` and the mean of the seeds; or, where it has none, with how many of them it diverges."""
    gone = int((~np.isfinite(losses)).sum())
    return f"diverges with {gone} of {len(losses)} seeds" if gone else f"{words} {number(float(losses.mean()))}"


def _targets(runs: Cooldowns) -> dict[str, int]:
    """Return what reaches each goal; a goal that these runs leave without an answer is not there."""
    cooled, plateau = runs.cooled.mean(axis=1), runs.plateau.mean(axis=1)
    starts = [branch.warmup + branch.stable for branch in runs.branches]
    targets = {}
    lower = np.flatnonzero(cooled < plateau[-1])
    if len(lower):
        targets["plateau"] = starts[int(lower[0])]
    gained = plateau - cooled
    if (gained > 0).any():
        targets["most"] = starts[int(np.nanargmax(gained))]
    return targets
