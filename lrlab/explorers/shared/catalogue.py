"""What the schedule explorer lets one choose: every schedule that is made of numbers alone, and those given to it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, replace
from functools import cache, cached_property
from html import escape
from typing import Any

import numpy as np

from lrlab import palette
from lrlab._formula import Floats
from lrlab.explorers.shared import help as words
from lrlab.explorers.shared.code import source, torch_template
from lrlab.explorers.shared.fields import Control, controls
from lrlab.explorers.shared.libraries import calls
from lrlab.explorers.shared.mathml import formulas, symbol
from lrlab.schedules import Schedule, catalogue

# The page draws these itself, by the formulas of their names in shared/formulas.js; other curves come from Python.
IN_PAGE = frozenset(
    [
        *("Constant", "StepDecay", "TimeDecay", "InverseTimeDecay", "ExponentialDecay"),
        *("Step", "MultiStep", "Exponential", "ConstantFactor", "Linear", "Polynomial", "SWA"),
        *("LinearWarmup", "InverseSquareRoot", "WarmupStableDecay"),
        *("Cosine", "CosineWarmRestarts", "SnapshotCosine", "Cyclic", "OneCycle"),
    ]
)
# Schedule.group, as the page's list shows it.
GROUPS = {"lecture": "the lecture's", "torch": "torch's", "field": "of the field", "": "yours"}
YOURS = GROUPS[""]


@dataclass(frozen=True, eq=False)
class Entry:
    """A schedule to choose, ``base`` being one of them, and the controls of those of its fields that can be moved."""

    name: str
    base: Schedule
    group: str

    @cached_property
    def controls(self) -> dict[str, Control]:
        return controls(self.base)

    @property
    def in_page(self) -> bool:
        return self.group != YOURS and self.name in IN_PAGE

    def fits(self, schedule: Schedule) -> bool:
        """Whether ``schedule`` differs from the base in nothing but what can be moved."""
        return type(schedule) is type(self.base) and _same(self._fixed(schedule), self._fixed(self.base))

    def _fixed(self, schedule: Schedule) -> dict[str, Any]:
        return {name: v for name, v in vars(schedule).items() if name not in self.controls and name[0] != "_"}

    def values(self, schedule: Schedule) -> dict[str, Any]:
        """Return the fields that can be moved, as JSON has them."""
        values = {name: getattr(schedule, name) for name in self.controls}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}

    def build(self, values: Mapping[str, Any]) -> Schedule:
        """Return the schedule with these values; ``ValueError`` as its class says."""
        given = {name: tuple(v) if isinstance(v, list) else v for name, v in values.items() if name in self.controls}
        return replace(self.base, **given) if given else self.base

    def page(self) -> dict[str, Any]:
        """All that the page needs to know of it."""
        cls, symbols = type(self.base), self.base.symbols
        doc = (cls.__doc__ or "").strip().split("\n")[0]
        written = []
        for f in fields(self.base):
            one: dict[str, Any] = {"name": f.name, "control": self.controls.get(f.name)}
            if f.kw_only:
                one["keyword"] = True
            if f.default is not MISSING:
                one["default"] = list(f.default) if isinstance(f.default, tuple) else f.default
            if f.name not in self.controls:
                fixed = getattr(self.base, f.name)
                one |= {"text": source(fixed), "default": None, "left_out": "default" in one and fixed == f.default}
            if f.name in symbols:
                one["symbol"] = _or_code(symbol, symbols[f.name])
            written.append(one)
        return {
            "group": self.group,
            "in_page": self.in_page,
            "class": cls.__name__,
            "look": palette.look(self.name),
            # A dataclass without a docstring gets one from Python, its signature.
            "hint": "" if doc.startswith(f"{cls.__name__}(") else _html(doc),
            "math": _or_code(lambda text: "".join(formulas(text, symbols)), self.base.latex or self.base.tex()),
            "step": words.step_of(self.base.latex or self.base.tex()),
            "where": words.further_symbols(self.name),
            "fields": written,
            "start": self.values(self.base),
            "torch": torch_template(self.name, self.base, self.controls) if self.in_page else None,
            "others": calls().get(self.name, []) if self.in_page else [],
        }


def _or_code(convert: Any, latex: str) -> str:
    """LaTeX of a schedule of your own that can't be converted is shown as it is."""
    try:
        return str(convert(latex)) if latex else ""
    except ValueError:
        return f"<code>{escape(latex)}</code>"


def _html(line: str) -> str:
    """Return a docstring's first line, with its code and its emphasis."""
    return re.sub(r"\*(.+?)\*", r"<em>\1</em>", re.sub(r"``?(.+?)``?", r"<code>\1</code>", escape(line)))


def _same(one: Any, other: Any) -> bool:
    try:
        return bool(one == other)
    except ValueError:  # arrays
        return False


@cache
def available() -> dict[str, Entry]:
    """Every schedule of :func:`lrlab.schedules.catalogue` that is made of numbers, choices and switches."""
    entries = {}
    for name, cls in catalogue().items():
        entry = Entry(name, cls(**cls.example), GROUPS[cls.group])
        if all(f.name in entry.controls or f.default is not MISSING for f in fields(cls)):
            entries[name] = entry
    return entries


def drawn(schedule: Schedule, steps: int) -> tuple[Floats, Floats | None]:
    """Return the rates of the first ``steps`` updates, fewer if it ends before, and the momenta if it has any.

    ``ValueError`` if they can't be drawn: not one for each step, not finite, negative.
    """
    steps = min(steps, schedule.length or steps)
    rates = schedule.curve(steps)
    if getattr(rates, "shape", None) != (steps,):
        raise ValueError(f"{source(schedule)} must give one rate for each step, got {rates!r}")
    bad = ~(np.isfinite(rates) & (rates >= 0))
    if bad.any():
        n = int(bad.argmax())
        raise ValueError(f"{source(schedule)} must give finite rates >= 0, got {float(rates[n])!r} at step {n}")
    return rates, schedule.momentum(np.arange(steps)) if schedule.cycles_momentum else None
