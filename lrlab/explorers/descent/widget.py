"""The explorer of descents: its state in Python; the picture is in view.js and the files beside it."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import anywidget
import numpy as np
from traitlets import Dict, TraitError, TraitType, observe

from lrlab import landscapes
from lrlab.explorers.descent.landscape_data import KINDS, place
from lrlab.explorers.shared import alt_text
from lrlab.explorers.shared.assets import bundle_css, bundle_js
from lrlab.explorers.shared.traits import Between, OneOf, Switch
from lrlab.landscapes import Landscape
from lrlab.schedules import Constant, Cosine, CosineWarmRestarts, ExponentialDecay, Schedule, StepDecay
from lrlab.schedules.base import Floats
from lrlab.schedules.rules import COUNT, FRACTION, MOMENTUM, NON_NEGATIVE, POSITIVE, SEED, Rule, check

if TYPE_CHECKING:
    from lrlab.landscapes import Descent

SCHEDULES = ("constant", "step", "exponential", "cosine", "cosine warm restarts")
GOALS = ("converge", "ravine", "well", "hop")
STEPS = 500  # the most: each change of a slider walks them all, in the page
_ARGUMENTS = (
    *("landscape", "lr", "momentum", "nesterov", "schedule", "step_decay", "step_every", "exponential_decay"),
    *("T_0", "T_mult", "eta_min", "steps", "start", "noise", "seed", "compare", "goal"),
)


class Ruled(TraitType[Any, Any]):
    """A value under a rule of :mod:`lrlab.schedules.rules`; ``low`` and ``high`` are only where its slider ends."""

    def __init__(self, default: float, rule: Rule, low: float, high: float) -> None:
        super().__init__(default)
        self.rule, self.low, self.high = rule, low, high

    def validate(self, obj: Any, value: Any) -> float | int:
        return check(self.name or "value", self.rule, value)


class Choice(TraitType[Any, Any]):
    """One of ``names``."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(names[0])
        self.names = names

    def validate(self, obj: Any, value: Any) -> str:
        if not (isinstance(value, str) and value in self.names):
            raise ValueError(f"{self.name} must be one of {', '.join(self.names)}, got {value!r}")
        return value


class Walkable(TraitType[Any, Any]):
    """A landscape whose formula the page has; the page sees its name, and what ``_places`` says of it."""

    def validate(self, obj: Any, value: Any) -> Landscape:
        if type(value) not in KINDS:
            names = ", ".join(kind.__name__ for kind in KINDS)
            raise ValueError(f"{self.name} must be a landscape, one of {names}, got {value!r}")
        return value


class Start(TraitType[Any, Any]):
    """A place on the landscape: a number, or two; None for the landscape's own start."""

    def __init__(self) -> None:
        super().__init__(None, allow_none=True)

    def validate(self, obj: Any, value: Any) -> float | tuple[float, ...]:
        words = "a number" if obj.landscape.dim == 1 else "two numbers"
        try:
            start = np.array(value, dtype=np.float64)
            with np.errstate(over="ignore", invalid="ignore"):
                good = start.shape == (() if obj.landscape.dim == 1 else (2,)) and np.isfinite(obj.landscape(start))
        except (TypeError, ValueError):
            good = False
        if not good or isinstance(value, (bool, str)):
            raise ValueError(f"{self.name} must be None or {words} with a finite loss, got {value!r}")
        return float(start) if start.ndim == 0 else tuple(start.tolist())


class DescentExplorer(anywidget.AnyWidget):
    """See :func:`lrlab.explorers.descent`, which makes one."""

    _esm = bundle_js("descent/view.js")
    _css = bundle_css("shared/style.css", "descent/style.css")

    landscape = Walkable(landscapes.Bowl()).tag(
        sync=True, to_json=lambda value, _: type(value).__name__, from_json=lambda name, self: self._named(name)
    )
    lr = Ruled(0.1, POSITIVE, 1e-4, 10.0).tag(sync=True)
    momentum = Ruled(0.0, MOMENTUM, 0.0, 0.99).tag(sync=True)
    nesterov = Switch(False).tag(sync=True)
    schedule = Choice(SCHEDULES).tag(sync=True)
    step_decay = Ruled(0.5, FRACTION, 0.1, 1.0).tag(sync=True)
    step_every = Ruled(20, COUNT, 1, 100).tag(sync=True)
    exponential_decay = Ruled(0.05, NON_NEGATIVE, 1e-3, 1.0).tag(sync=True)
    T_0 = Ruled(25, COUNT, 2, 100).tag(sync=True)
    T_mult = Ruled(1, COUNT, 1, 4).tag(sync=True)
    eta_min = Ruled(0.0, NON_NEGATIVE, 1e-4, 1.0).tag(sync=True)
    steps = Between(60, 1, STEPS, whole=True).tag(sync=True)
    start = Start().tag(sync=True)
    noise = Ruled(0.0, NON_NEGATIVE, 0.0, 2.0).tag(sync=True)
    seed = Ruled(0, SEED, 0, 9).tag(sync=True)
    compare = OneOf(SCHEDULES).tag(sync=True)
    goal = OneOf(GOALS).tag(sync=True)
    goal_met = Switch(False).tag(sync=True)

    _limits = Dict().tag(sync=True)
    """Where the page's sliders end; one that is set beyond goes as far as that."""
    _places = Dict().tag(sync=True)
    """What the page must know of each landscape: minima, bounds, stability limits, and a sentence."""
    _draws = Dict().tag(sync=True)
    """The noise of this seed: numpy's, so that the page takes the path that :func:`lrlab.landscapes.descend` takes."""

    def __init__(self, *, landscape: Landscape | None = None, start: Any = None, **values: Any) -> None:
        self._walkable = {kind.__name__: kind() for kind in KINDS}
        traits = self.traits()
        limits = {name: [t.low, t.high] for name, t in traits.items() if isinstance(t, (Between, Ruled))}
        places = {name: place(f) for name, f in self._walkable.items()}
        if landscape is not None:
            values["landscape"] = landscape
        super().__init__(_limits=limits, _places=places, **values)
        self._draw()
        self.start = start  # only now: what a start may be depends on the landscape

    def _named(self, name: Any) -> Landscape:
        if name not in self._walkable:
            raise TraitError(f"landscape must be one of {', '.join(self._walkable)}, got {name!r}")
        return self._walkable[name]

    @observe("landscape")
    def _arrive(self, change: Any) -> None:
        name = type(change.new).__name__
        self.start = None
        if self._walkable[name] != change.new:
            self._walkable[name] = change.new
            self._places = {**self._places, name: place(change.new)}

    @observe("seed")
    def _draw(self, change: Any = None) -> None:
        normals = np.random.default_rng(self.seed).standard_normal(2 * STEPS)
        self._draws = {"seed": self.seed, "normals": base64.b64encode(normals.astype("<f8").tobytes()).decode()}

    def rule(self, name: str | None = None) -> Schedule:
        """The schedule as it is set now, or the one called ``name`` (``"cosine"``) with the arguments set now."""
        name = self.schedule if name is None else name
        if name not in SCHEDULES:
            raise ValueError(f"name must be None or one of {', '.join(SCHEDULES)}, got {name!r}")
        if name == "step":
            return StepDecay(self.lr, decay=self.step_decay, every=self.step_every)
        if name == "exponential":
            return ExponentialDecay(self.lr, decay=self.exponential_decay)
        if name == "cosine":
            return Cosine(self.lr, T_max=self.steps, eta_min=self.eta_min)
        if name == "cosine warm restarts":
            return CosineWarmRestarts(self.lr, T_0=self.T_0, T_mult=self.T_mult, eta_min=self.eta_min)
        return Constant(self.lr)

    def run(self, name: str | None = None) -> Descent:
        """The descent as it is set now, worked out by :func:`lrlab.landscapes.descend` with torch's SGD.

        ``name``: another schedule with all else as it is; ``explorer.run(explorer.compare)`` is the second path.
        """
        return landscapes.descend(
            self.landscape,
            schedule=self.rule(name),
            steps=self.steps,
            start=self.start,
            noise=self.noise,
            seed=self.seed,
            momentum=self.momentum,
            nesterov=self.nesterov and self.momentum > 0,  # torch refuses it without a momentum
        )

    def __repr__(self) -> str:
        return f"explorers.descent({', '.join(f'{name}={getattr(self, name)!r}' for name in _ARGUMENTS)})"

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """The live widget, and a picture of it as it is now for pages without widgets: GitHub, exported HTML."""
        from lrlab.explorers.descent.static_svg import svg, walk

        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None:
            return None
        names = [self.schedule] if self.compare is None else [self.schedule, self.compare]
        noise: Floats = np.random.default_rng(self.seed).standard_normal(2 * STEPS) * self.noise
        start = self.landscape.start if self.start is None else self.start
        walks = {
            name: walk(self.landscape, self.rule(name).curve(self.steps), start, noise, self.momentum, self.nesterov)
            for name in names
        }
        return alt_text.with_alt(bundle, svg(self.landscape, walks), alt_text.descents(self.landscape, walks))
