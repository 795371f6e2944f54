"""The explorer of descents: its state in Python; the picture is in view.js and the files beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from traitlets import Dict, TraitError, observe

from lrlab import landscapes, palette
from lrlab._formula import Floats
from lrlab._validation import COUNT, FRACTION, MOMENTUM, NON_NEGATIVE, POSITIVE, SEED, Validator, check
from lrlab.explorers.descent import descent
from lrlab.explorers.descent.landscape_data import KINDS, place
from lrlab.explorers.shared.assets import front_end
from lrlab.explorers.shared.explorer import Explorer, Still
from lrlab.explorers.shared.results import packed
from lrlab.explorers.shared.traits import Ruled, between, choice, limits, one_of, switch
from lrlab.landscapes import Landscape
from lrlab.schedules import Constant, Cosine, CosineWarmRestarts, ExponentialDecay, Schedule, StepDecay

if TYPE_CHECKING:
    from lrlab.landscapes import Descent

SCHEDULES = ("constant", "step", "exponential", "cosine", "cosine warm restarts")
GOALS = ("converge", "ravine", "well", "hop")
STEPS = 500  # the most: each change of a slider walks them all, in the page


def _landscape(value: Any) -> Landscape:
    if type(value) not in KINDS:
        raise ValueError
    return value


LANDSCAPE = Validator(f"a landscape, one of {', '.join(kind.__name__ for kind in KINDS)}", _landscape)
"""Those whose formula the page has."""


def _start(explorer: DescentExplorer, name: str, value: Any) -> float | tuple[float, ...]:
    """Return a place on the landscape: a number, or two; None for the landscape's own start."""
    f = explorer.landscape

    def clean(value: Any) -> float | tuple[float, ...]:
        if isinstance(value, (bool, str)):
            raise TypeError
        start = np.array(value, dtype=np.float64)
        with np.errstate(over="ignore", invalid="ignore"):
            if start.shape != (() if f.dim == 1 else (2,)) or not np.isfinite(f(start)):
                raise ValueError
        return float(start) if start.ndim == 0 else tuple(start.tolist())

    words = "a number" if f.dim == 1 else "two numbers"
    return check(name, Validator(f"None or {words} with a finite loss", clean), value)


class DescentExplorer(Explorer):
    """See :func:`lrlab.explorers.descent`, which makes one."""

    made_by = staticmethod(descent)
    _esm, _css = front_end("descent")

    landscape = Ruled(landscapes.Bowl(), LANDSCAPE).tag(
        sync=True, to_json=lambda value, _: type(value).__name__, from_json=lambda name, self: self._named(name)
    )
    lr = Ruled(0.1, POSITIVE, ends=(1e-4, 10.0)).tag(sync=True)
    momentum = Ruled(0.0, MOMENTUM, ends=(0.0, 0.99)).tag(sync=True)
    nesterov = switch(False).tag(sync=True)
    schedule = Ruled("constant", one_of(SCHEDULES)).tag(sync=True)
    step_decay = Ruled(0.5, FRACTION, ends=(0.1, 1.0)).tag(sync=True)
    step_every = Ruled(20, COUNT, ends=(1, 100)).tag(sync=True)
    exponential_decay = Ruled(0.05, NON_NEGATIVE, ends=(1e-3, 1.0)).tag(sync=True)
    T_0 = Ruled(25, COUNT, ends=(2, 100)).tag(sync=True)
    T_mult = Ruled(1, COUNT, ends=(1, 4)).tag(sync=True)
    eta_min = Ruled(0.0, NON_NEGATIVE, ends=(1e-4, 1.0)).tag(sync=True)
    steps = between(60, 1, STEPS, whole=True).tag(sync=True)
    start = Ruled(None, _start).tag(sync=True)
    noise = Ruled(0.0, NON_NEGATIVE, ends=(0.0, 2.0)).tag(sync=True)
    seed = Ruled(0, SEED, ends=(0, 9)).tag(sync=True)
    compare = choice(SCHEDULES).tag(sync=True)
    goal = choice(GOALS).tag(sync=True)

    _limits = Dict().tag(sync=True)
    """Where the page's sliders end; one that is set beyond goes as far as that."""
    _places = Dict().tag(sync=True)
    """What the page must know of each landscape: minima, bounds, stability limits, and a sentence."""
    _looks = Dict({name: palette.look(name) for name in SCHEDULES}).tag(sync=True)
    _draws = Dict().tag(sync=True)
    """The noise of this seed: numpy's, so that the page takes the path that :func:`lrlab.landscapes.descend` takes."""

    def __init__(self, *, landscape: Landscape | None = None, start: Any = None, **values: Any) -> None:
        self._walkable = {kind.__name__: kind() for kind in KINDS}
        places = {name: place(f) for name, f in self._walkable.items()}
        if landscape is not None:
            values["landscape"] = landscape
        super().__init__(_limits=limits(self.traits()), _places=places, **values)
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
        self._draws = {"seed": self.seed, "normals": packed(normals, "<f8")}

    def as_schedule(self, name: str | None = None) -> Schedule:
        """Return the schedule as it is set now, or the one called ``name`` (``"cosine"``) with those arguments."""
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
        """Return the descent as it is set now, worked out by :func:`lrlab.landscapes.descend` with torch's SGD.

        ``name``: another schedule with all else as it is; ``explorer.run(explorer.compare)`` is the second path.
        """
        return landscapes.descend(
            self.landscape,
            schedule=self.as_schedule(name),
            steps=self.steps,
            start=self.start,
            noise=self.noise,
            seed=self.seed,
            momentum=self.momentum,
            nesterov=self.nesterov and self.momentum > 0,  # torch refuses it without a momentum
        )

    def still(self) -> Still:
        from lrlab.explorers.descent.static_svg import descents
        from lrlab.landscapes.descent import walk

        names = [self.schedule] if self.compare is None else [self.schedule, self.compare]
        noise: Floats = np.random.default_rng(self.seed).standard_normal(2 * STEPS) * self.noise
        start = self.landscape.start if self.start is None else self.start
        walks = {
            name: walk(
                self.landscape, self.as_schedule(name).curve(self.steps), start, noise, self.momentum, self.nesterov
            )
            for name in names
        }
        return descents(self.landscape, walks)
