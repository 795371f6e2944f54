"""How the answers of unit "finding_lr" are called, and what is looked at."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from functools import partial
from statistics import fmean
from typing import Any

import numpy as np

from lrlab.checks.drive import Facts, call_on_each, in_some_form
from lrlab.checks.exercise import Adapter, Arguments
from lrlab.checks.plain import Complaint, plain

LIBRARY = ("lrlab.schedules", "lrlab.suggest", "torch.optim.lr_scheduler")


def _rates(answer: Callable[..., Any], total_steps: int, seeds: Sequence[int], goal: float) -> dict[str, Any]:
    schedule = answer(total_steps)
    if not callable(schedule):
        raise Complaint(
            f"my_schedule returns something of type {type(schedule).__name__}; a schedule is due, a function that "
            f"takes n "
            "and gives the rate of update n."
        )
    rates = [plain(schedule(n)) for n in range(total_steps)]
    odd = next(
        (n for n, rate in enumerate(rates) if isinstance(rate, bool | str) or not isinstance(rate, int | float)), None
    )
    if odd is not None:
        raise Complaint(f"The rate at n = {odd} is {rates[odd]!r}; a finite number is due.")
    return {"rates": rates}


BATCH_SIZE, HIDDEN = 16, 32


@functools.lru_cache(maxsize=64)
def _accuracy(rates: tuple[float, ...], seed: int) -> float:
    """The share of the test digits that an MLP gets right after plain SGD at these rates."""
    import torch
    from torch.nn import functional

    from lrlab.models import MLP

    digits = _digits()
    model = MLP(seed, hidden=HIDDEN)
    parameters = list(model.parameters())
    order = torch.Generator().manual_seed(seed)
    waiting = torch.empty(0, dtype=torch.long)
    with torch.enable_grad():
        for rate in rates:
            if len(waiting) < BATCH_SIZE:
                waiting = torch.randperm(len(digits.train_labels), generator=order)
            batch, waiting = waiting[:BATCH_SIZE], waiting[BATCH_SIZE:]
            loss = functional.cross_entropy(model(digits.train_images[batch]), digits.train_labels[batch])
            for parameter, slope in zip(parameters, torch.autograd.grad(loss, parameters), strict=True):
                parameter.data -= rate * slope
    with torch.no_grad():
        return float((model(digits.test_images).argmax(1) == digits.test_labels).double().mean())


@functools.cache
def _digits() -> Any:
    from lrlab import data

    return data.load("digits")


def _train(args: Arguments, facts: dict[str, Any]) -> dict[str, Any]:
    """The worst start's accuracy counts, up to the goal, so that what is better is equal to it.

    A constant rate that is high enough to learn in time reaches the goal from some starts and not from others; a mean
    hides that.

    Raises:
        ValueError: these are no rates for so many updates. The driver's are; the judge gets them from elsewhere.
    """
    total_steps, seeds, goal = args
    rates = facts.get("rates")
    if not isinstance(rates, list) or len(rates) != total_steps:
        raise ValueError(f"rates must be a list of {total_steps} numbers")
    if not all(isinstance(rate, int | float) and not isinstance(rate, bool) for rate in rates):
        raise ValueError("rates must be numbers")
    found = [_accuracy(tuple(rates), seed) for seed in seeds]
    mean = fmean(found)  # the same on every Python: `sum` rounds otherwise from Python 3.12 on
    return {
        "accuracy": min(*found, goal),
        "rates": facts["rates"],
        "mean": mean,
        "note": f"Test accuracy from {len(found)} starts: {', '.join(f'{a:.3f}' for a in found)}; the worst "
        f"{min(found):.3f}, on average {mean:.3f}.",
    }


def _high(args: Arguments, facts: Any) -> bool:
    return facts["mean"] < 0.7 and max(facts["rates"]) > 0.3


def _refine(answer: Callable[..., Any], lrs: Sequence[float], losses: Sequence[Any], num: int) -> dict[str, Any]:
    measured = [float(loss) for loss in losses]

    def call(form: Any) -> dict[str, Any]:
        given = form(lrs), form(measured)
        found = answer(*given, num)
        kept = [np.array_equal(g, o, equal_nan=True) for g, o in zip(given, (lrs, measured), strict=True)]
        return {"rates": found, "changed": [w for w, same in zip(("lrs", "losses"), kept, strict=True) if not same]}

    return in_some_form(call)


SCHEDULES: dict[str, Callable[[int], float]] = {
    "0.4": lambda n: 0.4,
    "0.8 · 0.9ⁿ": lambda n: 0.8 * 0.9**n,
    "1 / (1 + n)": lambda n: 1 / (1 + n),
}


def _warm(answer: Callable[..., Any], schedule: str, steps: int, at: Sequence[int]) -> dict[str, Any]:
    made = answer(lambda n: SCHEDULES[schedule](n), steps)
    if not callable(made):
        raise Complaint(
            f"with_warmup returns something of type {type(made).__name__}; a new schedule is due, a function of n: "
            "define one inside with_warmup (def or lambda) and return it, without calling it."
        )
    return {"rates": {f"n = {n}": made(n) for n in at}}


ADAPTERS = (
    Adapter(
        name="log_grid",
        parameters=("low", "high", "num"),
        driver=Facts(lambda answer, low, high, num: {"rates": answer(low, high, num)}, watch=LIBRARY),
        labels={"rates": ("rate",)},
    ),
    Adapter(
        name="refine",
        parameters=("lrs", "losses", "num"),
        driver=Facts(_refine, watch=LIBRARY),
        labels={"rates": ("rate",)},
    ),
    Adapter(
        name="with_warmup",
        parameters=("schedule", "steps", "at"),
        driver=Facts(_warm, watch=LIBRARY),
        labels={"rates": ("",)},
        show_call=lambda schedule, steps, at: f"with_warmup(schedule {schedule}, {steps}), at n",
    ),
    Adapter(
        name="scaled_lr", parameters=("lr", "batch_size", "new_batch_size"), driver=partial(call_on_each, watch=LIBRARY)
    ),
    Adapter(
        name="my_schedule",
        parameters=("total_steps", "seeds", "goal"),
        driver=Facts(_rates, torch=True),
        show_call=lambda total_steps, seeds, goal: f"my_schedule({total_steps}), accuracy {goal} or more",
        finish=_train,
        shown_by={
            "uphill": lambda args, facts: min(facts["rates"]) < 0,
            "too high": _high,
            "too low": lambda args, facts: max(facts["rates"]) < 0.05,
            "rises to the end": lambda args, facts: int(np.argmax(facts["rates"])) > 0.8 * len(facts["rates"]),
            "over too early": lambda args, facts: (
                sum(r < 0.02 * max(facts["rates"]) for r in facts["rates"]) > 0.3 * len(facts["rates"])
            ),
            "restless to the end": lambda args, facts: facts["rates"][-1] > 0.3 * max(facts["rates"]),
        },
    ),
)
