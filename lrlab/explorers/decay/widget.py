"""The explorer of the decay formulas: its state in Python; the picture is in view.js beside it."""

from __future__ import annotations

from typing import Any

import anywidget
from traitlets import Dict

from lrlab.explorers.shared import alt_text
from lrlab.explorers.shared.assets import bundle_css, bundle_js
from lrlab.explorers.shared.static_svg import BLUE, DASH_DOT, DASHED, DOTTED, GREEN, PURPLE, VERMILION, Line, svg
from lrlab.explorers.shared.traits import Between, OneOf, SomeOf, Switch
from lrlab.schedules import ExponentialDecay, InverseTimeDecay, Schedule, StepDecay, TimeDecay

SCHEDULES = ("step", "time", "inverse", "exponential")
GOALS = ("tenth", "meet")
LOOKS = {
    "step": ("step-based", BLUE, "-"),
    "time": ("time-based", VERMILION, DASHED),
    "inverse": ("inverse time", PURPLE, DOTTED),
    "exponential": ("exponential", GREEN, DASH_DOT),
}
_ARGUMENTS = (
    "lr",
    "step_decay",
    "step_every",
    "time_decay",
    "exponential_decay",
    "steps",
    "log_y",
    "show",
    "goal",
)


class DecayExplorer(anywidget.AnyWidget):
    """See :func:`lrlab.explorers.decay`, which makes one."""

    _esm = bundle_js("decay/view.js")
    _css = bundle_css("shared/style.css", "decay/style.css")

    lr = Between(0.1, 1e-4, 1.0).tag(sync=True)
    step_decay = Between(0.5, 0.1, 1.0).tag(sync=True)
    step_every = Between(30, 1, 50, whole=True).tag(sync=True)
    time_decay = Between(0.001, 1e-4, 1.0).tag(sync=True)
    exponential_decay = Between(0.01, 1e-4, 1.0).tag(sync=True)
    steps = Between(100, 20, 500, whole=True).tag(sync=True)
    log_y = Switch(False).tag(sync=True)
    show = SomeOf(("step", "time", "exponential"), SCHEDULES).tag(sync=True)
    goal = OneOf(GOALS).tag(sync=True)
    goal_met = Switch(False).tag(sync=True)

    # The page takes its sliders' ends from here, so that it cannot offer what Python would refuse.
    _limits = Dict().tag(sync=True)

    def __init__(self, **values: Any) -> None:
        traits = self.traits()
        limits = {name: [t.low, t.high] for name, t in traits.items() if isinstance(t, Between)}
        super().__init__(_limits=limits, **values)

    def schedules(self) -> dict[str, Schedule]:
        """The schedules as they are set now, by name; also those that are switched off."""
        return {
            "step": StepDecay(self.lr, decay=self.step_decay, every=self.step_every),
            "time": TimeDecay(self.lr, decay=self.time_decay),
            "inverse": InverseTimeDecay(self.lr, decay=self.time_decay),
            "exponential": ExponentialDecay(self.lr, decay=self.exponential_decay),
        }

    def __repr__(self) -> str:
        return f"explorers.decay({', '.join(f'{name}={getattr(self, name)!r}' for name in _ARGUMENTS)})"

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """The live widget, and a picture of it as it is now for pages without widgets: GitHub, exported HTML."""
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None:
            return None
        lines = []
        for name in self.show:
            label, color, dashes = LOOKS[name]
            lines.append(Line(label, self.schedules()[name].curve(self.steps), color, dashes))
        return alt_text.with_alt(bundle, svg(lines, log_y=self.log_y), alt_text.rates(lines, log_y=self.log_y))
