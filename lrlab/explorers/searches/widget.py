"""The explorer of searches for a rate: its state in Python; the picture is in view.js and plot.js beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from traitlets import Dict, List

from lrlab import suggest
from lrlab._formula import Floats
from lrlab.explorers.searches import searches
from lrlab.explorers.shared.assets import front_end
from lrlab.explorers.shared.explorer import Explorer, Still
from lrlab.explorers.shared.results import listed, nearest_tried, packed, reachable, thinned
from lrlab.explorers.shared.traits import Ruled, switch

if TYPE_CHECKING:
    from lrlab.experiments.range_test import RangeTest
    from lrlab.experiments.sweep import Sweep

GOALS = ("best", "highest", "diverges")
CURVE = 120  # points of a training curve: about one for each third pixel
UPDATES = 400  # of a range test


def _measured(explorer: SearchesExplorer, name: str, value: Any) -> float:
    """Return a rate within the range that was measured; the nearest one that was, by ratio, is taken."""
    return float(nearest_tried(name, value, explorer._rates, low=explorer._rates[0], by_ratio=True))


class SearchesExplorer(Explorer):
    """See :func:`lrlab.explorers.searches`, which makes one."""

    made_by = staticmethod(searches)
    _esm, _css = front_end("searches")

    lr = Ruled(1.0, _measured).tag(sync=True)
    log_y = switch(False).tag(sync=True)
    goal = Ruled(None, *reachable(GOALS)).tag(sync=True)

    _rates: List[Any] = List().tag(sync=True)
    """What the slider moves through: the sweep's rates, or without a sweep the range test's."""
    _sweep = Dict(None, allow_none=True).tag(sync=True)
    _range = Dict(None, allow_none=True).tag(sync=True)
    _labels = Dict(suggest.LABELS).tag(sync=True)
    _targets = Dict().tag(sync=True)
    """Each goal that there is in these results, and the place in ``_rates`` that reaches it."""

    def __init__(self, *, range_test: RangeTest | None, sweep: Sweep | None, lr: float | None, **values: Any) -> None:
        _check(range_test, sweep)
        self._results = range_test, sweep
        named = zip(("range_test", "sweep"), self._results, strict=True)
        self.made_from = [f"{name}=…" for name, one in named if one is not None]
        known: dict[str, Any] = {"_sweep": None, "_range": None}
        if range_test is not None:
            tested = _tested(range_test)
            known |= {"_range": tested, "_rates": tested["lr"], "_targets": _range_targets(range_test)}
        if sweep is not None:
            swept = _swept(sweep)
            known |= {"_sweep": swept, "_rates": swept["lrs"], "_targets": _sweep_targets(swept)}
        rates = known["_rates"]
        super().__init__(**known, lr=rates[0] if lr is None else lr, **values)  # lr and goal ask what is known

    def still(self) -> Still:
        from lrlab.explorers.searches.static_svg import searches

        return searches(self._sweep, self._range, self._results, self.lr, log_y=self.log_y)


def _check(range_test: Any, sweep: Any) -> None:
    """``ValueError`` for anything else than results, at least one."""
    if range_test is None and sweep is None:
        raise ValueError("range_test or sweep must be given, got None for both")
    from lrlab.experiments.range_test import RangeTest
    from lrlab.experiments.sweep import Sweep

    for name, result, kind in (("range_test", range_test, RangeTest), ("sweep", sweep, Sweep)):
        if result is not None and not isinstance(result, kind):
            raise ValueError(
                f"{name} must be None or a result of lrlab.experiments.{name}, got a {type(result).__name__}"
            )


def _swept(result: Sweep) -> dict[str, Any]:
    """Return a sweep for the page: curves of the seeds' means, thinned, what came of each rate, the suggestions."""
    seeds, values, accuracy = result.compared, result.final(), result.final("val_accuracy")
    updates = result.loss.shape[2]
    curves = suggest.running_mean(result.loss[:, seeds].mean(axis=1), max(1, updates // 40))
    kept = thinned(updates, CURVE)
    mean = result.mean_val_loss
    return {
        "lrs": result.lrs.tolist(),
        "seeds": int(seeds.sum()),
        "updates": updates,
        "steps": kept.tolist(),
        "curves": [packed(curve[kept]) for curve in curves],
        "loss": listed(mean),
        "low": listed(values.min(axis=1)),
        "high": listed(values.max(axis=1)),
        "accuracy": listed(accuracy.mean(axis=1)),
        "diverged": result.diverged[:, seeds].sum(axis=1).tolist(),
        "done": result.done[:, seeds].all(axis=1).tolist(),
        "suggestions": suggest.all_of(result.lrs, mean),
    }


def _tested(result: RangeTest) -> dict[str, Any]:
    """Return a range test for the page; of a long one only so many updates."""
    kept = thinned(len(result.lr), UPDATES)
    return {
        "lr": result.lr[kept].tolist(),
        "loss": packed(result.loss[kept]),
        "smooth": packed(result.smooth_loss[kept]),
        "stopped": result.stopped,
        "suggestions": result.suggestions,
    }


def _sweep_targets(sweep: dict[str, Any]) -> dict[str, int]:
    losses: Floats = np.array(sweep["loss"], dtype=np.float64)  # None becomes NaN
    targets: dict[str, int] = {}
    if np.isfinite(losses).any():
        targets["best"] = int(np.nanargmin(losses))
        targets["highest"] = int(np.flatnonzero(losses <= 1.1 * np.nanmin(losses))[-1])
    gone = np.flatnonzero(sweep["diverged"])
    if len(gone):
        targets["diverges"] = int(gone[0])
    return targets


def _range_targets(result: RangeTest) -> dict[str, int]:
    losses = result.smooth_loss[thinned(len(result.lr), UPDATES)]
    targets = {"best": int(np.nanargmin(losses))} if np.isfinite(losses).any() else {}
    return {**targets, "diverges": len(losses) - 1} if result.stopped else targets
