"""How the answers of unit "cycles" are called, and what is looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from lrlab.checks.drive import Facts, call_on_each, in_some_form
from lrlab.checks.exercise import Adapter

LIBRARY = ("lrlab.schedules", "lrlab.suggest", "torch.optim.lr_scheduler")


def _find_steepest(answer: Callable[..., Any], lrs: Sequence[float], losses: Sequence[float]) -> dict[str, Any]:
    def call(form: Any) -> dict[str, Any]:
        given = form(lrs), form(losses)
        found = answer(*given)
        names = [w for w, g, o in zip(("lrs", "losses"), given, (lrs, losses), strict=True) if list(g) != list(o)]
        return {"rate": found, "changed": names}

    return in_some_form(call)


ADAPTERS = (
    Adapter(
        name="triangular",
        parameters=("n", "base_lr", "max_lr", "step_size"),
        driver=partial(call_on_each, watch=LIBRARY),
    ),
    Adapter(
        name="triangular2",
        parameters=("n", "base_lr", "max_lr", "step_size"),
        driver=partial(call_on_each, watch=LIBRARY),
    ),
    Adapter(
        name="one_cycle",
        parameters=("n", "total_steps", "max_lr", "pct_start", "div_factor", "final_div_factor"),
        driver=partial(call_on_each, watch=LIBRARY),
    ),
    Adapter(name="steepest_lr", parameters=("lrs", "losses"), driver=Facts(_find_steepest, watch=LIBRARY)),
)
