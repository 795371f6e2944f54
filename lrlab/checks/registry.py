"""The exercises by name: each unit has adapters in `lrlab.checks.adapters` and a generated file in `data`.

A unit is found by its files, so a new one needs no entry anywhere.
"""

from __future__ import annotations

import functools
import importlib
import json
import pkgutil
from importlib import resources
from typing import Any

from lrlab.checks import adapters
from lrlab.checks.exercise import Adapter, Case, Exercise, Mistake

UNITS = tuple(sorted(module.name for module in pkgutil.iter_modules(adapters.__path__)))


@functools.cache
def unit_adapters(unit: str) -> dict[str, Adapter]:
    """A unit's adapters by the name of their exercise, in the order of the exercises."""
    return {a.name: a for a in importlib.import_module(f"{adapters.__name__}.{unit}").ADAPTERS}


@functools.cache
def all_adapters() -> dict[str, Adapter]:
    """Every unit's adapters.

    Raises:
        ValueError: two exercises have the same name.
    """
    found: dict[str, Adapter] = {}
    for unit in UNITS:
        for name, adapter in unit_adapters(unit).items():
            if name in found:
                raise ValueError(f"exercise names must be unique, got {name!r} twice")
            found[name] = adapter
    return found


@functools.cache
def exercises() -> dict[str, Exercise]:
    """All exercises of all units, by name."""
    return {name: exercise for unit in UNITS for name, exercise in unit_exercises(unit).items()}


@functools.cache
def unit_exercises(unit: str) -> dict[str, Exercise]:
    """A unit's exercises by name. One whose data was not generated yet is missing."""
    try:
        text = (resources.files("lrlab.checks") / "data" / f"{unit}.json").read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    data = json.loads(text)
    return {name: _exercise(adapter, data[name]) for name, adapter in unit_adapters(unit).items() if name in data}


def _exercise(adapter: Adapter, data: dict[str, Any]) -> Exercise:
    return Exercise(
        adapter,
        tuple(Case(tuple(case["args"]), case["expected"], case["group"], case["mistaken"]) for case in data["cases"]),
        tuple(Mistake(one["name"], one["hint"]) for one in data["mistakes"]),
        data["hint"],
        data["problem_hints"],
    )


def find(name: str) -> Exercise:
    """The exercise called `name`.

    Raises:
        ValueError: there is none.
    """
    known = exercises()
    if name not in known:
        raise ValueError(f"name must be one of {', '.join(known)}, got {name!r}")
    return known[name]


def find_adapter(name: str) -> Adapter:
    """The adapter of the exercise called `name`.

    Raises:
        ValueError: there is none.
    """
    known = all_adapters()
    if name not in known:
        raise ValueError(f"name must be one of {', '.join(known)}, got {name!r}")
    return known[name]
