"""The exercises by name. A new unit adds its module's name to UNITS."""

from __future__ import annotations

import functools
import importlib

from lrlab.checks.exercise import Exercise

UNITS = (
    "learning_rate",
    "decay_formulas",
    "param_groups",
    "torch_schedulers",
    "cycles",
    "snapshots",
    "adaptive",
    "finding_lr",
)


@functools.cache
def exercises() -> dict[str, Exercise]:
    """All exercises of all units, by name."""
    found: dict[str, Exercise] = {}
    for unit in UNITS:
        for exercise in importlib.import_module(f"lrlab.checks.{unit}").EXERCISES:
            if exercise.name in found:
                raise ValueError(f"exercise names must be unique, got {exercise.name!r} twice")
            found[exercise.name] = exercise
    return found


def find(name: str) -> Exercise:
    """The exercise called `name`.

    Raises:
        ValueError: there is none.
    """
    known = exercises()
    if name not in known:
        raise ValueError(f"name must be one of {', '.join(known)}, got {name!r}")
    return known[name]
