"""How the answers of unit "adaptive" are called, and what is compared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lrlab.checks.adapters._fixtures import model_and_batches
from lrlab.checks.adapters._stepping import LIBRARY, optimizer_step
from lrlab.checks.call import Answer, Facts, load_torch
from lrlab.checks.exercise import Adapter

UNAVAILABLE = ("lrlab.adaptive",)


def _compare_rates(
    answer: Answer, weights: Sequence[float], rows: Sequence[Any], size: int, lrs: Sequence[float]
) -> Facts:
    model, batches = model_and_batches(weights, rows, size)
    return {"losses": answer(model, batches, list(lrs))}


ADAPTERS = (
    optimizer_step("nesterov_step"),
    optimizer_step("adamw_step"),
    Adapter("step_length", ("method", "n", "g", "lr", "alpha"), watch=LIBRARY),
    Adapter("compare_rates", ("weights", "rows", "batch_size", "lrs"), _compare_rates, load=load_torch),
    optimizer_step("lion_step"),
    optimizer_step("radam_step"),
)
