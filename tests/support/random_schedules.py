"""Schedules with arguments drawn from the ranges of the explorer's controls."""

from __future__ import annotations

import math
import random
from typing import Any

from lrlab.explorers.shared.catalogue import Entry
from lrlab.schedules import Schedule


def random_schedule(entry: Entry, rng: random.Random) -> Schedule:
    """Arguments from all of the sliders' ranges, their ends and notches more often than chance would bring them."""
    values: dict[str, Any] = {}
    for field, control in entry.controls.items():
        if control["kind"] == "switch":
            values[field] = rng.random() < 0.5
        elif control["kind"] == "choice":
            values[field] = rng.choice(control["options"])
        elif control["kind"] == "steps":
            values[field] = [rng.randrange(300) for _ in range(rng.randint(1, 4))]
        elif rng.random() < 0.25:
            values[field] = rng.choice([control["low"], control["high"], control.get("notch", control["low"])])
        elif control.get("whole"):
            values[field] = rng.randint(control["low"], control["high"])
        elif control.get("log"):
            values[field] = 10 ** rng.uniform(math.log10(control["low"]), math.log10(control["high"]))
        else:
            values[field] = rng.uniform(control["low"], control["high"])
    if "cycles" in values:
        values["cycles"] = min(values["cycles"], values["updates"])
    return entry.build(values)
