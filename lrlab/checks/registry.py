"""The exercises by name: each unit has adapters in ``lrlab.checks.adapters`` and a generated file in ``data``.

A unit is found by its files, so a new one needs no entry anywhere.
"""

from __future__ import annotations

import functools
import importlib
import json
import pkgutil
from dataclasses import fields, replace
from importlib import resources
from typing import Any

from lrlab.checks import adapters
from lrlab.checks.exercise import Adapter, Case, Exercise, Guidance, Mistake

UNITS = tuple(sorted(m.name for m in pkgutil.iter_modules(adapters.__path__) if not m.name.startswith("_")))


@functools.cache
def unit_adapters(unit: str) -> dict[str, Adapter]:
    """Return a unit's adapters by the name of their exercise, in the order of the exercises."""
    refused = unavailable_modules(unit)
    made = importlib.import_module(f"{adapters.__name__}.{unit}").ADAPTERS
    return {adapter.name: replace(adapter, watch=(*refused, *adapter.watch)) for adapter in made}


def unavailable_modules(unit: str) -> tuple[str, ...]:
    """Return the modules of lrlab that no exercise of a unit may use, so that they are not in the judge's sandbox."""
    if unit not in UNITS:
        return ()
    return getattr(importlib.import_module(f"{adapters.__name__}.{unit}"), "UNAVAILABLE", ())


@functools.cache
def unit_exercises(unit: str) -> dict[str, Exercise]:
    """Return a unit's exercises by name. One whose data was not generated yet is missing."""
    try:
        text = (resources.files("lrlab.checks") / "data" / f"{unit}.json").read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    data = json.loads(text)
    return {name: _exercise(adapter, data[name]) for name, adapter in unit_adapters(unit).items() if name in data}


def _exercise(adapter: Adapter, data: dict[str, Any]) -> Exercise:
    return Exercise(
        adapter,
        tuple(_case(case, k, data["variants"]) for k, case in enumerate(data["cases"])),
        tuple(Mistake(**one) for one in data["mistakes"]),
        **{each.name: data[each.name] for each in fields(Guidance)},
    )


def _case(case: dict[str, Any], number: int, variants: dict[str, dict[str, list[float | None]]]) -> Case:
    marks = {
        fact: {words: mark for words, row in rows.items() if (mark := row[number]) is not None}
        for fact, rows in variants.items()
    }
    return Case(**(case | {"args": tuple(case["args"]), "variants": marks}))


@functools.cache
def exercises() -> dict[str, Exercise]:
    """Return all exercises of all units, by name.

    Raises:
        ValueError: two exercises have the same name.
    """
    by_name: dict[str, Exercise] = {}
    for unit in UNITS:
        for name, exercise in unit_exercises(unit).items():
            if name in by_name:
                raise ValueError(f"exercise names must be unique, got {name!r} twice")
            by_name[name] = exercise
    return by_name


def find(name: str) -> Exercise:
    """Return the exercise called ``name``.

    Raises:
        ValueError: there is none.
    """
    known = exercises()
    if name not in known:
        raise ValueError(f"name must be one of {', '.join(known)}, got {name!r}")
    return known[name]
