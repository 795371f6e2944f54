"""The explorer of cool-downs from one plateau: its state in Python; the picture is in view.js beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from traitlets import Dict, Float, List

from lrlab._validation import Validator, check
from lrlab.explorers.cooldown import cooldown
from lrlab.explorers.shared.alt_text import number
from lrlab.explorers.shared.assets import bundle_css, bundle_js, deflated
from lrlab.explorers.shared.explorer import Explorer, Still
from lrlab.explorers.shared.results import Floats, banded, listed, reachable
from lrlab.explorers.shared.traits import Ruled, is_whole

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from lrlab.experiments import Cooldowns

GOALS = ("plateau", "most")


def _start(explorer: CooldownExplorer, name: str, value: Any) -> int:
    """The updates before a cool-down; the nearest moment that was tried is taken."""
    starts = np.array([branch["start"] for branch in explorer._branches])

    def clean(value: Any) -> int:
        if not (is_whole(value) and 0 <= value <= starts[-1]):
            raise ValueError
        return int(starts[np.argmin(np.abs(starts - value))])

    return check(name, Validator(f"a whole number from 0 to {starts[-1]}", clean), value)


class CooldownExplorer(Explorer):
    """See :func:`lrlab.explorers.cooldown`, which makes one."""

    made_by = staticmethod(cooldown)
    _esm = deflated(bundle_js("cooldown/view.js"))
    _css = bundle_css("shared/style.css", "cooldown/style.css")

    start = Ruled(0, _start).tag(sync=True)
    goal = Ruled(None, *reachable(GOALS)).tag(sync=True)

    _branches: List[Any] = List().tag(sync=True)
    """Each cool-down: where it begins and ends, its rates, and in ``words`` what it leads to."""
    _lines = Dict().tag(sync=True)
    """Validation losses over the budgets: on the plateau, cooled down, of a cosine for that budget."""
    _cosine_lr = Float().tag(sync=True)
    _targets = Dict().tag(sync=True)
    """The start that reaches each goal."""

    def __init__(self, *, found: Cooldowns, **values: Any) -> None:
        # Imported here: who has results has torch.
        from lrlab.experiments import Cooldowns

        if not isinstance(found, Cooldowns):
            raise ValueError(f"found must be the result of experiments.cooldowns, got {found!r}")
        kinds = {"plateau": found.plateau, "cooled": found.cooled, "cosine": found.cosine}
        super().__init__(
            _branches=[_branch(found, i) for i in range(len(found.budgets))],
            _lines={name: banded(losses.T) for name, losses in kinds.items()},
            _cosine_lr=found.cosine_lr,
            _targets=_targets(found),
            **values,
        )
        self._found = found

    def _made_from(self) -> list[str]:
        return ["…"]

    def still(self) -> Still:
        # Imported here: matplotlib is loaded once a picture is asked for.
        from lrlab.explorers.shared.static_svg import static_svg
        from lrlab.plots import cooldowns

        def draw(figure: Figure) -> None:
            cooldowns(self._found, ax=figure.subplots())

        svg = static_svg(draw, figsize=(7, 4), title="Results computed beforehand")
        return Still(svg, " ".join(["Validation loss over the budget.", *(one["words"] for one in self._branches)]))


def _branch(found: Cooldowns, i: int) -> dict[str, Any]:
    branch, budget = found.branches[i], int(found.budgets[i])
    start = branch.warmup + branch.stable
    return {
        "start": start,
        "budget": budget,
        "rates": listed(branch.curve(budget + 1)),
        "words": _words(found, i, start),
    }


def _words(found: Cooldowns, i: int, start: int) -> str:
    """What a cool-down leads to, in a sentence or two."""
    budget, plateau, cooled, cosine = (
        values[i] for values in (found.budgets, found.plateau, found.cooled, found.cosine)
    )
    said = [
        f"Cooled down from update {start:,} to {budget:,}, the run ends at a validation loss of {_mean(cooled)}; "
        f"left on its plateau it would be at {_mean(plateau)}."
    ]
    if np.isfinite(cosine).all():
        said.append(f"A cosine for {budget:,} updates alone ends at {_mean(cosine)}.")
    return " ".join(said)


def _mean(losses: Floats) -> str:
    return number(float(losses.mean()))


def _targets(found: Cooldowns) -> dict[str, int]:
    """What reaches each goal; a goal that these runs leave without an answer is not there."""
    cooled, plateau = found.cooled.mean(axis=1), found.plateau.mean(axis=1)
    starts = [branch.warmup + branch.stable for branch in found.branches]
    targets = {}
    lower = np.flatnonzero(cooled < plateau[-1])
    if len(lower):
        targets["plateau"] = starts[int(lower[0])]
    gained = plateau - cooled
    if (gained > 0).any():
        targets["most"] = starts[int(np.nanargmax(gained))]
    return targets
