"""The schedule explorer: its state in Python; the picture is in view.js beside it."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import anywidget
from traitlets import Dict, List, TraitType, Unicode, observe

from lrlab.explorers.schedule.catalogue import YOURS, Entry, drawn, offered
from lrlab.explorers.schedule.code import source, torch_source
from lrlab.explorers.shared import alt_text
from lrlab.explorers.shared.assets import bundle_css, bundle_js
from lrlab.explorers.shared.static_svg import LINES, Line, svg
from lrlab.explorers.shared.traits import Between, OneOf, Switch
from lrlab.schedules import Cosine, Schedule

GOALS = ("tenth", "quarter", "warmup", "restarts")
MOST_PINS = len(LINES) - 1
MOST_YOURS = 12  # in the list to choose from; the oldest go first
_ARGUMENTS = ("steps", "steps_per_epoch", "log_y", "compare", "goal")


class OneSchedule(TraitType[Any, Any]):
    """A schedule that can be drawn; the explorer makes an entry for it, if it has none."""

    def validate(self, obj: Any, value: Any) -> Schedule:
        if not isinstance(value, Schedule):
            raise ValueError(f"{self.name} must be a schedule, got {value!r}")
        obj._enter(value)
        return value


class Schedules(TraitType[Any, Any]):
    """A few schedules, given as any iterable, kept as a tuple."""

    def validate(self, obj: Any, value: Any) -> tuple[Schedule, ...]:
        given = tuple(value) if isinstance(value, Iterable) and not isinstance(value, str) else None
        if given is None or len(given) > MOST_PINS or not all(isinstance(one, Schedule) for one in given):
            shown = value if given is None else list(given)
            raise ValueError(f"{self.name} must be a list of at most {MOST_PINS} schedules, got {shown!r}")
        for one in given:
            obj._enter(one)
        return given


def _to_page(schedule: Schedule, explorer: Any) -> dict[str, Any]:
    entry = explorer._enter(schedule)
    return {"name": entry.name, "values": entry.values(schedule)}


def _from_page(made: Any, name: str) -> Any:
    """``made`` as the ``from_json`` of the trait ``name``: what is refused is said in the page, and changes nothing."""

    def read(sent: Any, explorer: Any) -> Any:
        try:
            found = made(sent, explorer)
            explorer._refused = ""
        except Exception as error:  # whatever a class of the user's own raises
            explorer._refused = _sentence(error)
            return getattr(explorer, name)
        return found

    return read


def _one(sent: dict[str, Any], explorer: Any) -> Schedule:
    entry: Entry = explorer._book[sent["name"]]
    schedule = entry.build(sent["values"])
    explorer._enter(schedule)
    return schedule


def _several(sent: list[dict[str, Any]], explorer: Any) -> tuple[Schedule, ...]:
    return tuple(_one(one, explorer) for one in sent)


def _sentence(error: Exception) -> str:
    return str(error) if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"


class ScheduleExplorer(anywidget.AnyWidget):
    """See :func:`lrlab.explorers.schedule`, which makes one."""

    _esm = bundle_js("schedule/view.js")
    _css = bundle_css("shared/style.css", "schedule/style.css")

    steps = Between(100, 2, 10_000, whole=True).tag(sync=True)
    steps_per_epoch = Between(1, 1, 10_000, whole=True).tag(sync=True)
    schedule = OneSchedule(Cosine(0.1, T_max=100)).tag(
        sync=True, to_json=_to_page, from_json=_from_page(_one, "schedule")
    )
    compare = Schedules(()).tag(
        sync=True,
        to_json=lambda pins, explorer: [_to_page(pin, explorer) for pin in pins],
        from_json=_from_page(_several, "compare"),
    )
    log_y = Switch(False).tag(sync=True)
    goal = OneOf(GOALS).tag(sync=True)
    goal_met = Switch(False).tag(sync=True)

    # What there is to choose, by name, with the controls of each (see Entry.page).
    _entries = Dict().tag(sync=True)
    # Of the schedule and of each pin: None if the page draws it itself, else its curve.
    _curves: List[Any] = List().tag(sync=True)
    _refused = Unicode("").tag(sync=True)
    _most_pins = Between(MOST_PINS, 1, MOST_PINS, whole=True).tag(sync=True)

    def __init__(self, schedule: Schedule, **values: Any) -> None:
        self._book = dict(offered())
        entries = {name: entry.page() for name, entry in self._book.items()}
        # The steps first: a schedule is taken if it can be drawn over so many.
        super().__init__(**{"_entries": entries, **values, "schedule": schedule})
        self._draw()

    def _enter(self, schedule: Schedule) -> Entry:
        """The entry of ``schedule``, made now if it has none; ``ValueError`` if it can't be drawn."""
        entry = next((entry for entry in self._book.values() if entry.fits(schedule)), None)
        if entry and entry.in_page:
            return entry
        drawn(schedule, self.steps)
        if entry is None:
            cls = type(schedule)
            # A class that a notebook defines again takes its place: the old one is out of reach there.
            old = [n for n, e in self._book.items() if e.group == YOURS and _redefines(cls, type(e.base))]
            names = old or [cls.__name__, *(f"{cls.__name__} {i}" for i in range(2, len(self._book) + 3))]
            name = next(name for name in names if old or name not in self._book)
            entry = self._book[name] = Entry(name, schedule, YOURS)
            self._forget(keep=entry)
            self._entries = {**{n: p for n, p in self._entries.items() if n in self._book}, name: entry.page()}
        return entry

    def _forget(self, keep: Entry) -> None:
        """Drop the oldest of the user's entries beyond so many, unless it is shown."""
        shown = [self.schedule, *self.compare]
        free = [e for e in self._book.values() if e.group == YOURS and e is not keep and not any(map(e.fits, shown))]
        many = sum(e.group == YOURS for e in self._book.values())
        for entry in free[: max(0, many - MOST_YOURS)]:
            del self._book[entry.name]

    @observe("schedule", "compare", "steps")
    def _draw(self, change: Any = None) -> None:
        """The curves that the page can't work out."""
        curves: list[Any] = []
        refused = ""
        for schedule in (self.schedule, *self.compare):
            try:
                entry = self._enter(schedule)
                curves.append(None if entry.in_page else self._curve(entry, schedule))
            except Exception as error:  # a class of the user's own that fails at more steps
                curves.append(None)
                refused = _sentence(error)
        self._curves, self._refused = curves, refused

    def _curve(self, entry: Entry, schedule: Schedule) -> dict[str, Any]:
        rates, momenta = drawn(schedule, self.steps)
        return {
            "name": entry.name,
            "rates": rates.tolist(),
            "momentum": None if momenta is None else momenta.tolist(),
            # Torch's own scheduler starts from the optimizer's rate, so the page must know that.
            "torch": torch_source(schedule) if "lr" in entry.controls else None,
        }

    def __repr__(self) -> str:
        values = {name: getattr(self, name) for name in _ARGUMENTS}
        shown = [source(self.schedule), *(f"{name}={source(value)}" for name, value in values.items())]
        return f"explorers.schedule({', '.join(shown)})"

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """The live widget, and a picture of it as it is now for pages without widgets: GitHub, exported HTML."""
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None:
            return None
        lines = []
        for schedule, (color, dashes) in zip((self.schedule, *self.compare), LINES, strict=False):
            with suppress(Exception):  # the explorer itself says what is wrong with a class of the user's own
                rates, momentum = drawn(schedule, self.steps)
                lines.append(Line(source(schedule), rates, color, dashes, momentum))
        return alt_text.with_alt(bundle, svg(lines, log_y=self.log_y), alt_text.rates(lines, log_y=self.log_y))


def _redefines(new: type, old: type) -> bool:
    return new is not old and (new.__module__, new.__qualname__) == (old.__module__, old.__qualname__)
