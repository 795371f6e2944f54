"""The still picture of a snapshot ensemble, which stands in for its explorer where no widget can run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from lrlab import plots
from lrlab.explorers.shared.alt_text import percent
from lrlab.explorers.shared.explorer import Still
from lrlab.explorers.shared.static_svg import static_svg

if TYPE_CHECKING:
    from lrlab.data import Dataset
    from lrlab.experiments.ensembles import Snapshots

DIGITS = 8


def snapshots(result: Snapshots, data: Dataset, seed: int, chosen: Sequence[int], error: float) -> Still:
    """Return the picture of the run of ``seed`` and of the digits that divide its snapshots, and its words.

    Args:
        chosen: the snapshots in the ensemble. error: what the page says that they get wrong together.
    """
    at = result.seeds.index(seed)
    one = replace(
        result,
        seeds=(seed,),
        probabilities=result.probabilities[[at]],
        single_probabilities=result.single_probabilities[[at]],
        independent_probabilities={},
        histories=(result.histories[at],),
        single_histories=(result.single_histories[at],),
    )

    def draw(figure: Figure) -> None:
        axes = figure.subplot_mosaic([["rates", "errors", "differ"], ["digits"] * 3], height_ratios=[1, 1.1])
        plots.snapshots(one, axes=[axes["rates"], axes["errors"], axes["differ"]])
        plots.disagreements(one.disputed(), data.val_images, most=DIGITS, ax=axes["digits"])
        single = one.single_errors[0]
        beside = "diverged" if np.isnan(single) else f"error {single:.2%}"
        together = f"snapshots {', '.join(map(str, chosen))} together: error {error:.2%}"
        figure.suptitle(f"{together}; single model: {beside}", fontsize="medium")

    svg = static_svg(draw, figsize=(11, 6.4), title="A snapshot ensemble")
    return Still(svg, _in_words(one, chosen, error, min(DIGITS, len(one.disputed().index))))


def _in_words(one: Snapshots, chosen: Sequence[int], error: float, pictures: int) -> str:
    """Draw a result of one run: each snapshot, the chosen together, digits in dispute."""
    alone = ", ".join(percent(error_of) for error_of in one.errors[0])
    single = one.single_errors[0]
    beside = "diverged" if np.isnan(single) else f"has {percent(single)}"
    return (
        f"Snapshots at the ends of {one.schedule.cycles} cycles of the learning rate. "
        f"Validation error of each: {alone}. "
        f"Snapshots {', '.join(map(str, chosen))} together have {percent(error)}; the single model {beside}. "
        f"Beside: how often two snapshots differ. Below: {pictures} validation digits that they do not agree on."
    )
