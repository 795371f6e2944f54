"""The schedule explorer: its state in Python; the picture is in view.js beside it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from traitlets import Dict, List, Unicode, observe

from lrlab._validation import Validator, as_list
from lrlab.explorers.schedule import schedule as call
from lrlab.explorers.shared.assets import front_end
from lrlab.explorers.shared.catalogue import YOURS, Entry, available, drawn
from lrlab.explorers.shared.code import source, torch_source
from lrlab.explorers.shared.explorer import Explorer, Still
from lrlab.explorers.shared.help import ARGUMENTS
from lrlab.explorers.shared.traits import Ruled, between, choice, switch
from lrlab.schedules import Cosine, Schedule
from lrlab.schedules.product import ONE_SCHEDULE

GOALS = ("tenth", "quarter", "warmup", "restarts")
MOST_PINS = 4  # the page has letters and looks for so many
MOST_YOURS = 12  # in the list to choose from; the oldest go first


def _pins(value: Any) -> tuple[Schedule, ...]:
    given = as_list(value)
    if len(given) > MOST_PINS:
        raise ValueError
    return tuple(map(ONE_SCHEDULE.convert, given))


PINS = Validator(f"a list of at most {MOST_PINS} schedules", _pins)


def _entered(explorer: ScheduleExplorer, name: str, value: Any) -> Any:
    """Add an entry for each schedule, and return what was given; ``ValueError`` if the explorer can't draw one."""
    for one in value if isinstance(value, tuple) else (value,):
        explorer._enter(one)
    return value


def _to_page(schedule: Schedule, explorer: Any) -> dict[str, Any]:
    entry = explorer._enter(schedule)
    return {"name": entry.name, "values": entry.values(schedule)}


def _from_page(made: Any, name: str) -> Any:
    """``made`` as the ``from_json`` of the trait ``name``: what is refused is said in the page, and changes nothing."""

    def read(sent: Any, explorer: Any) -> Any:
        try:
            value = made(sent, explorer)
            explorer._refused = ""
        except Exception as error:  # whatever a class of the user's own raises
            explorer._refused = _sentence(error)
            return getattr(explorer, name)
        return value

    return read


def _one(sent: dict[str, Any], explorer: Any) -> Schedule:
    entry: Entry = explorer._options[sent["name"]]
    schedule = entry.build(sent["values"])
    explorer._enter(schedule)
    return schedule


def _several(sent: list[dict[str, Any]], explorer: Any) -> tuple[Schedule, ...]:
    return tuple(_one(one, explorer) for one in sent)


def _sentence(error: Exception) -> str:
    return str(error) if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"


class ScheduleExplorer(Explorer):
    """See :func:`lrlab.explorers.schedule`, which makes one."""

    made_by = staticmethod(call)
    _esm, _css = front_end("schedule")

    steps = between(100, 2, 10_000, whole=True).tag(sync=True)
    steps_per_epoch = between(1, 1, 10_000, whole=True).tag(sync=True)
    schedule = Ruled(Cosine(0.1, T_max=100), ONE_SCHEDULE, _entered).tag(
        sync=True, to_json=_to_page, from_json=_from_page(_one, "schedule")
    )
    compare = Ruled((), PINS, _entered).tag(
        sync=True,
        to_json=lambda pins, explorer: [_to_page(pin, explorer) for pin in pins],
        from_json=_from_page(_several, "compare"),
    )
    log_y = switch(False).tag(sync=True)
    goal = choice(GOALS).tag(sync=True)

    # What there is to choose, by name, with the controls of each (see Entry.page).
    _entries = Dict().tag(sync=True)
    # Of the schedule and of each pin: None if the page draws it itself, else its curve.
    _curves: List[Any] = List().tag(sync=True)
    _help = Dict(ARGUMENTS).tag(sync=True)
    _refused = Unicode("").tag(sync=True)
    _most_pins = between(MOST_PINS, 1, MOST_PINS, whole=True).tag(sync=True)

    def __init__(self, schedule: Schedule, **values: Any) -> None:
        self._options = dict(available())
        entries = {name: entry.page() for name, entry in self._options.items()}
        # The steps first: a schedule is taken if it can be drawn over so many.
        began = {"_entries": entries, "_began_with": type(schedule).__name__}
        super().__init__(**{**began, **values, "schedule": schedule})
        self._draw()

    def _enter(self, schedule: Schedule) -> Entry:
        """Return the entry of ``schedule``, made now if it has none; ``ValueError`` if it can't be drawn."""
        entry = next((entry for entry in self._options.values() if entry.fits(schedule)), None)
        if entry and entry.in_page:
            return entry
        drawn(schedule, self.steps)
        if entry is None:
            cls = type(schedule)
            # A class that a notebook defines again takes its place: the old one is out of reach there.
            old = [n for n, e in self._options.items() if e.group == YOURS and _redefines(cls, type(e.base))]
            names = old or [cls.__name__, *(f"{cls.__name__} {i}" for i in range(2, len(self._options) + 3))]
            name = next(name for name in names if old or name not in self._options)
            entry = self._options[name] = Entry(name, schedule, YOURS)
            self._forget(keep=entry)
            self._entries = {**{n: p for n, p in self._entries.items() if n in self._options}, name: entry.page()}
        return entry

    def _forget(self, keep: Entry) -> None:
        """Drop the oldest of the user's entries beyond so many, unless it is shown."""
        shown = [self.schedule, *self.compare]
        free = [e for e in self._options.values() if e.group == YOURS and e is not keep and not any(map(e.fits, shown))]
        many = sum(e.group == YOURS for e in self._options.values())
        for entry in free[: max(0, many - MOST_YOURS)]:
            del self._options[entry.name]

    @observe("schedule", "compare", "steps")
    def _draw(self, change: Any = None) -> None:
        """Return the curves that the page can't work out."""
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
        names = ("steps", "steps_per_epoch", "log_y", "compare", "goal")
        shown = [source(self.schedule), *(f"{name}={source(getattr(self, name))}" for name in names)]
        return f"explorers.schedule({', '.join(shown)})"

    def still(self) -> Still:
        from lrlab.explorers.shared.static_svg import DASHES, Line, rates
        from lrlab.plots import colors

        every = (self.schedule, *self.compare)
        lines = []
        for schedule, color, dashes in zip(every, colors(type(one).__name__ for one in every), DASHES, strict=False):
            with suppress(Exception):  # the explorer itself says what is wrong with a class of the user's own
                values, momentum = drawn(schedule, self.steps)
                lines.append(Line(source(schedule), values, color, dashes, momentum))
        return rates(lines, log_y=self.log_y)


def _redefines(new: type, old: type) -> bool:
    return new is not old and (new.__module__, new.__qualname__) == (old.__module__, old.__qualname__)
