"""The explorer of snapshot ensembles: its state in Python; the picture is in snapshots.js and the files beside it."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import replace
from numbers import Integral
from typing import TYPE_CHECKING, Any

import anywidget
import numpy as np
from traitlets import Dict, TraitType, observe

from lrlab.data import Dataset
from lrlab.experiments.snapshots import Snapshots, ensemble_probabilities
from lrlab.explorers import _alt
from lrlab.explorers._page import script, style
from lrlab.explorers._picture import embedded
from lrlab.explorers._snapshots_run import run_of
from lrlab.explorers._traits import OneOf, Switch
from lrlab.schedules.rules import SEED, check

if TYPE_CHECKING:
    from lrlab.schedules.base import Floats

GOALS = ("beat", "against")
SNAPSHOTS = 10  # the most: the page holds the mistakes of every choice of them, and these double with each
PICTURES = 8  # digits in the still picture
_ARGUMENTS = ("seed", "chosen", "digit", "goal")


class Chosen(TraitType[Any, Any]):
    """Numbers of snapshots, from 1, each once and in their order; one at least."""

    def validate(self, obj: Any, value: Any) -> list[int]:
        # A generator would be empty by the time that the message quotes it.
        given = list(value) if isinstance(value, Iterable) and not isinstance(value, str) else None
        cycles = obj.result.schedule.cycles
        if not given or not all(_whole(one) and 1 <= one <= cycles for one in given):
            raise ValueError(
                f"{self.name} must be a list of snapshots from 1 to {cycles}, at least one, "
                f"got {value if given is None else given!r}"
            )
        return sorted({int(one) for one in given})


class Seed(TraitType[Any, Any]):
    """The seed of one of the result's runs."""

    def validate(self, obj: Any, value: Any) -> int:
        obj.result.disputed(check("seed", SEED, value))  # it says what is wrong with one that was not run, or diverged
        return int(value)


class Digit(TraitType[Any, Any]):
    """One of the images shown, by its place among the validation images; None where there is none to show."""

    def __init__(self) -> None:
        super().__init__(None, allow_none=True)

    def validate(self, obj: Any, value: Any) -> int:
        shown = obj._run["index"]
        if not (_whole(value) and value in shown):
            words = (
                f"one of the validation images shown, {', '.join(map(str, shown))}" if shown else "None, as all agree"
            )
            raise ValueError(f"{self.name} must be {words}, got {value!r}")
        return int(value)


class SnapshotExplorer(anywidget.AnyWidget):
    """See :func:`lrlab.explorers.snapshots`, which makes one."""

    _esm = script("common.js", "snapshots_words.js", "snapshots_plot.js", "snapshots.js")
    _css = style("common.css", "snapshots.css")

    chosen = Chosen([1]).tag(sync=True)
    digit = Digit().tag(sync=True)
    seed = Seed(0).tag(sync=True)
    goal = OneOf(GOALS).tag(sync=True)
    goal_met = Switch(False).tag(sync=True)

    _run = Dict().tag(sync=True)
    """What the page must know of the run of this seed."""

    def __init__(
        self,
        result: Snapshots,
        data: Dataset,
        *,
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
            chosen = [cycles] if self.goal == "beat" else range(1, cycles + 1)
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
        """The most disputed digit; where one is to be found, the first that is not it."""
        shown = self._run["index"]
        if self.goal == "against":
            some, label = self.result.answers[self.result.seeds.index(self.seed)], self.result.labels
            wrong = (some[np.array(self.chosen) - 1] != label).sum(axis=0)
            found = (self.probabilities.argmax(axis=-1) == label) & (2 * wrong > len(self.chosen))
            shown = [index for index in shown if not found[index]] or shown
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

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={getattr(self, name)!r}" for name in _ARGUMENTS)
        return f"explorers.snapshots(result, data, {values})"

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """The live widget, and a picture of it as it is now for pages without widgets: GitHub, exported HTML."""
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None:
            return None
        at, pictures = self.result.seeds.index(self.seed), min(PICTURES, len(self.result.disputed(self.seed).index))
        return _alt.with_alt(bundle, self._svg(), _alt.snapshots(self.result, at, self.chosen, self.error, pictures))

    def _svg(self) -> str:
        # Imported here, and pyplot's figures never: they would be flushed into the cell's output.
        import matplotlib as mpl
        from matplotlib.figure import Figure

        from lrlab.plots import disagreements, snapshots

        at = self.result.seeds.index(self.seed)
        one = replace(
            self.result,
            seeds=(self.seed,),
            probabilities=self.result.probabilities[[at]],
            single_probabilities=self.result.single_probabilities[[at]],
            independent_probabilities={},
            histories=(self.result.histories[at],),
            single_histories=(self.result.single_histories[at],),
        )
        # Text stays text: smaller, sharper, selectable. A fixed salt makes the same state the same file.
        with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "lrlab", "font.family": "sans-serif"}):
            figure = Figure(figsize=(11, 6.4), layout="constrained", facecolor="white")
            axes = figure.subplot_mosaic([["rates", "errors", "differ"], ["digits"] * 3], height_ratios=[1, 1.1])
            snapshots(one, axes=[axes["rates"], axes["errors"], axes["differ"]])
            disagreements(one.disputed(), self.data.val_images, most=PICTURES, ax=axes["digits"])
            single = one.single_errors[0]
            beside = "diverged" if np.isnan(single) else f"error {single:.2%}"
            chosen = ", ".join(map(str, self.chosen))
            title = f"snapshots {chosen} together: error {self.error:.2%}; single model: {beside}"
            figure.suptitle(title, fontsize="medium")
            out = io.StringIO()
            figure.savefig(out, format="svg", metadata={"Date": None, "Title": "A snapshot ensemble"})
        return embedded(out.getvalue())


def _whole(value: Any) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool)


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
