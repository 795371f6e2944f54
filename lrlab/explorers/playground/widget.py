"""The playground: its state in Python; the picture and the training are in view.js and the files beside it."""

from __future__ import annotations

import dataclasses
import inspect
from typing import TYPE_CHECKING, Any

import numpy as np
from traitlets import Dict, List, Unicode, observe

from lrlab._validation import MOMENTUM, NON_NEGATIVE, Validator
from lrlab.explorers.playground import playground
from lrlab.explorers.shared.assets import front_end
from lrlab.explorers.shared.catalogue import available, drawn
from lrlab.explorers.shared.code import source
from lrlab.explorers.shared.explorer import Explorer, Still
from lrlab.explorers.shared.help import ARGUMENTS
from lrlab.explorers.shared.results import unpacked
from lrlab.explorers.shared.traits import Ruled, between, choice, limits, one_of, some_of, switch
from lrlab.schedules import Constant, Join, LinearWarmup, PiecewiseLinear, Schedule, warmup
from lrlab.schedules.product import ONE_SCHEDULE

if TYPE_CHECKING:
    from lrlab.explorers.playground.fit import Settings
    from lrlab.train import History

OPTIMIZERS = ("SGD", "Adam", "AdamW", "RMSprop", "Adagrad", "Lion", "ScheduleFreeSGD", "ScheduleFreeAdamW")
GOALS = ("reach", "three", "beat", "widest", "warmup")
FOLDS = ("network", "schedule", "measures", "python")
CHOICES = ("data", "model", "activation", "optimizer")
RUN = (*CHOICES, *("width", "momentum", "nesterov", "weight_decay", "batch_size", "updates", "noise"))
MATH = ("math", "hint", "torch", "where", "others")  # of a schedule's entry: what the playground does not show


def _schedule(value: Any) -> Schedule:
    drawn(ONE_SCHEDULE.convert(value), 1000)
    return value


SCHEDULE = Validator("a schedule", _schedule)


def _parts(schedule: Schedule) -> tuple[Schedule, int]:
    """Return a schedule without its warm-up, and the updates of that."""
    if isinstance(schedule, Join) and len(schedule.schedules) == 2 and isinstance(schedule.schedules[0], LinearWarmup):
        rest, steps = schedule.schedules[1], schedule.milestones[0]
        if rest(0) > 0 and warmup(rest, steps) == schedule:
            return rest, steps
    return schedule, 0


def _to_page(schedule: Schedule, explorer: Any) -> dict[str, Any]:
    rest, steps = _parts(schedule)
    entry = next((one for one in available().values() if one.in_page and one.fits(rest)), None)
    if entry:
        return {"name": entry.name, "values": entry.values(rest), "warmup": steps}
    if isinstance(schedule, PiecewiseLinear):
        return {"name": "drawn", "points": [list(point) for point in schedule.points], "warmup": 0}
    return {"name": "given", "text": source(schedule), "rates": drawn(schedule, 1000)[0].tolist(), "warmup": 0}


def _from_page(sent: dict[str, Any], explorer: Any) -> Schedule:
    if sent["name"] == "given":
        return explorer.schedule  # the page can't change it
    if sent["name"] == "drawn":
        return PiecewiseLinear(tuple((int(step), rate) for step, rate in sent["points"]))
    return warmup(available()[sent["name"]].build(sent["values"]), sent["warmup"])


def _light(page: dict[str, Any]) -> dict[str, Any]:
    """Return a schedule's entry without formulas."""
    fields = [{key: value for key, value in field.items() if key != "symbol"} for field in page["fields"]]
    return {**{key: value for key, value in page.items() if key not in MATH}, "fields": fields}


class Playground(Explorer):
    """See :func:`lrlab.explorers.playground`, which makes one."""

    made_by = staticmethod(playground)
    _esm, _css = front_end("playground", TRAINER="playground/worker.js")

    schedule = Ruled(Constant(0.1), SCHEDULE).tag(sync=True, to_json=_to_page, from_json=_from_page)
    data = Ruled("digits", one_of(("digits", "spirals", "rings"))).tag(sync=True)
    model = Ruled("hidden", one_of(("softmax", "hidden"))).tag(sync=True)
    width = between(32, 2, 128, whole=True).tag(sync=True)
    activation = Ruled("relu", one_of(("relu", "tanh"))).tag(sync=True)
    optimizer = Ruled("SGD", one_of(OPTIMIZERS)).tag(sync=True)
    momentum = Ruled(0.0, MOMENTUM, ends=(0.0, 0.99)).tag(sync=True)
    nesterov = switch(False).tag(sync=True)
    weight_decay = Ruled(0.0, NON_NEGATIVE, ends=(1e-5, 1.0)).tag(sync=True)
    batch_size = between(32, 1, 512, whole=True).tag(sync=True)
    updates = between(250, 20, 1000, whole=True).tag(sync=True)
    noise = between(0.0, 0.0, 0.8).tag(sync=True)
    seed = between(0, 0, 999, whole=True).tag(sync=True)
    seeds = between(1, 1, 4, whole=True).tag(sync=True)
    log_y = switch(False).tag(sync=True)
    show = Ruled([], some_of(FOLDS)).tag(sync=True)
    goal = choice(GOALS).tag(sync=True)

    _entries = Dict().tag(sync=True)
    _help = Dict(ARGUMENTS).tag(sync=True)
    _limits = Dict().tag(sync=True)
    _choices = Dict().tag(sync=True)
    _pins: List[Any] = List().tag(sync=True)
    """The states that A and B hold, as the page has them."""
    _results: List[Any] = List().tag(sync=True)
    """What the page has drawn, of each seed: losses and looks as base64 of float64, once the hand rests."""
    _mistake = Unicode("").tag(sync=True)

    def __init__(self, schedule: Schedule, **values: Any) -> None:
        entries = {name: entry.page() for name, entry in available().items() if entry.in_page}
        light = {name: _light(page) for name, page in entries.items()}
        rules = {name: self.traits()[name].rules[0] for name in CHOICES}
        choices = {name: list(rule.options) for name, rule in rules.items()}
        fixed = {"_entries": light, "_limits": limits(self.traits()), "_choices": choices}
        super().__init__(**fixed, _began_with=type(schedule).__name__, schedule=schedule, **values)

    def settings(self, seed: int | None = None) -> Settings:
        """Return all that a run depends on but its schedule; ``seed``: default the first of the page's."""
        from lrlab.explorers.playground.fit import Settings

        own = {f.name: getattr(self, f.name) for f in dataclasses.fields(Settings) if self.has_trait(f.name)}
        return Settings(**{**own, "seed": self.seed if seed is None else seed, "mistake": self._mistake or None})

    def fit(self) -> list[History]:
        """Train with torch what the page shows, in double precision; a result for each seed."""
        from lrlab.explorers.playground.fit import fit

        seeds = range(self.seed, self.seed + self.seeds)
        return [fit(self.settings(seed), self.schedule, label=f"seed {seed}") for seed in seeds]

    @property
    def results(self) -> list[History]:
        """The runs that the page has drawn, one for each seed; none before it has, or without a page."""
        from lrlab.train import History

        return [
            History(
                step=np.arange(len(loss := unpacked(run["loss"], "<f8"))),
                lr=self.schedule.curve(len(loss)),
                loss=loss,
                epoch_end=np.array(run["at"][1:]),
                val_loss=unpacked(run["val_loss"], "<f8")[1:],
                val_accuracy=unpacked(run["val_accuracy"], "<f8")[1:],
                seconds=float("nan"),
                diverged=run["diverged"],
                label=f"seed {run['seed']}",
            )
            for run in self._results
        ]

    @observe("schedule", *RUN, "seed", "seeds", "_mistake")
    def _forget(self, change: Any) -> None:
        """Results of other settings are none."""
        self._results = []

    def __repr__(self) -> str:
        names = list(inspect.signature(playground).parameters)[1:]
        changed = [name for name in names if getattr(self, name) != self.traits()[name].default_value]
        shown = [source(self.schedule), *(f"{name}={getattr(self, name)!r}" for name in changed)]
        return f"explorers.playground({', '.join(shown)})"

    def still(self) -> Still:
        from lrlab.explorers.playground.static_svg import training

        return training(self.fit(), source(self.schedule), log_y=self.log_y)
