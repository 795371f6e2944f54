"""How the answers of unit "decay_formulas" are called, and what is looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from lrlab.checks.drive import Facts, call_on_each
from lrlab.checks.exercise import Adapter
from lrlab.checks.plain import Complaint

LIBRARY = ("lrlab.schedules", "torch.optim.lr_scheduler")
KEYS = ("formula", "lr0", "d", "r")


def _read(answer: Callable[..., Any], log: Sequence[str]) -> dict[str, Any]:
    given = list(log)
    found = answer(given)
    if not isinstance(found, dict):
        raise Complaint(
            f"read_log returned an object of type {type(found).__name__}; it should return a dictionary such as "
            '{"formula": "exponential", "lr0": 0.1, "d": 0.02}.'
        )
    unknown = sorted(str(key) for key in found if key not in KEYS)
    if unknown:
        raise Complaint(
            f"The dictionary that read_log returned has the key {unknown[0]!r}. The keys are formula, lr0, d, and r "
            "for the step-based formula."
        )
    return {**found, "changed": [] if given == list(log) else ["log"]}


ADAPTERS = (
    Adapter(name="step_decay", parameters=("n", "lr0", "d", "r"), driver=partial(call_on_each, watch=LIBRARY)),
    Adapter(name="time_decay", parameters=("n", "lr0", "d"), driver=partial(call_on_each, watch=LIBRARY)),
    Adapter(name="exponential_decay", parameters=("n", "lr0", "d"), driver=partial(call_on_each, watch=LIBRARY)),
    Adapter(name="gamma_from_decay", parameters=("d",)),
    Adapter(name="half_life", parameters=("d",)),
    Adapter(
        name="read_log",
        parameters=("log",),
        driver=Facts(_read),
        show_call=lambda log: f"read_log({list(log)})",
    ),
)
