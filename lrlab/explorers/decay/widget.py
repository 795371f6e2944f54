"""The explorer of the decay formulas: its state in Python; the picture is in view.js beside it."""

from __future__ import annotations

from functools import cache
from typing import Any

from traitlets import Dict

from lrlab.explorers.decay import decay
from lrlab.explorers.shared.assets import front_end
from lrlab.explorers.shared.explorer import Explorer, Still
from lrlab.explorers.shared.mathml import formulas
from lrlab.explorers.shared.traits import Ruled, between, choice, limits, some_of, switch
from lrlab.schedules import ExponentialDecay, InverseTimeDecay, Schedule, StepDecay, TimeDecay

SCHEDULES = ("step", "time", "inverse", "exponential")
GOALS = ("tenth", "meet")


# Each schedule's class, and which trait is which of its arguments.
_FIELDS: dict[str, tuple[Any, dict[str, str]]] = {
    "step": (StepDecay, {"decay": "step_decay", "every": "step_every"}),
    "time": (TimeDecay, {"decay": "time_decay"}),
    "inverse": (InverseTimeDecay, {"decay": "time_decay"}),
    "exponential": (ExponentialDecay, {"decay": "exponential_decay"}),
}


@cache
def _math() -> dict[str, str]:
    """Return each schedule's formula as MathML, with slots for the numbers of the moment."""
    math = {}
    for name, (schedule, traits) in _FIELDS.items():
        symbols = {traits.get(field, field): symbol for field, symbol in schedule.symbols.items()}
        math[name] = "".join(formulas(schedule.latex, symbols))
    return math


class DecayExplorer(Explorer):
    """See :func:`lrlab.explorers.decay`, which makes one."""

    made_by = staticmethod(decay)
    _esm, _css = front_end("decay")

    lr = between(0.1, 1e-4, 1.0).tag(sync=True)
    step_decay = between(0.5, 0.1, 1.0).tag(sync=True)
    step_every = between(30, 1, 50, whole=True).tag(sync=True)
    time_decay = between(0.001, 1e-4, 1.0).tag(sync=True)
    exponential_decay = between(0.01, 1e-4, 1.0).tag(sync=True)
    steps = between(100, 20, 500, whole=True).tag(sync=True)
    log_y = switch(False).tag(sync=True)
    show = Ruled(["step", "time", "exponential"], some_of(SCHEDULES)).tag(sync=True)
    goal = choice(GOALS).tag(sync=True)

    # The page takes its sliders' ends from here, so that it cannot offer what Python would refuse.
    _limits = Dict().tag(sync=True)
    _math = Dict().tag(sync=True)

    def __init__(self, **values: Any) -> None:
        super().__init__(_limits=limits(self.traits()), _math=_math(), **values)

    def schedules(self) -> dict[str, Schedule]:
        """Return the schedules as they are set now, by name; also those that are switched off."""
        return {
            name: schedule(lr=self.lr, **{field: getattr(self, trait) for field, trait in traits.items()})
            for name, (schedule, traits) in _FIELDS.items()
        }

    def still(self) -> Still:
        from lrlab.explorers.shared.static_svg import (
            DASH_DOT,
            DASHED,
            DOTTED,
            GREEN,
            ORANGE,
            PURPLE,
            VERMILION,
            Line,
            rates,
        )

        looks = {
            "step": ("step-based", VERMILION, "-"),
            "time": ("time-based", ORANGE, DASHED),
            "inverse": ("inverse time", PURPLE, DOTTED),
            "exponential": ("exponential", GREEN, DASH_DOT),
        }
        lines = []
        for name in self.show:
            label, color, dashes = looks[name]
            lines.append(Line(label, self.schedules()[name].curve(self.steps), color, dashes))
        return rates(lines, log_y=self.log_y)
