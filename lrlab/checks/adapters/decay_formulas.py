"""How the answers of unit "decay_formulas" are called, and what is looked at."""

from __future__ import annotations

from functools import partial

from lrlab.checks.drive import call_on_each
from lrlab.checks.exercise import Adapter

LIBRARY = ("lrlab.schedules",)  # torch has none of the three, and need not be loaded for this unit

ADAPTERS = (
    Adapter(name="step_decay", parameters=("n", "lr0", "d", "r"), driver=partial(call_on_each, watch=LIBRARY)),
    Adapter(name="time_decay", parameters=("n", "lr0", "d"), driver=partial(call_on_each, watch=LIBRARY)),
    Adapter(name="exponential_decay", parameters=("n", "lr0", "d"), driver=partial(call_on_each, watch=LIBRARY)),
    Adapter(name="gamma_from_decay", parameters=("d",)),
    Adapter(name="half_life", parameters=("d",)),
)
