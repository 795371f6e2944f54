"""A schedule of one's own, judged by training with it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from statistics import fmean
from typing import Any

import numpy as np

from lrlab.checks.drive import Facts
from lrlab.checks.exercise import Arguments, Case, Exercise, Misconception
from lrlab.checks.plain import Complaint, plain

BATCH_SIZE, HIDDEN = 16, 32
STARTS = list(range(10))


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


my_schedule = Exercise(
    name="my_schedule",
    parameters=("total_steps", "seeds", "goal"),
    cases=(
        Case((250, STARTS, 0.8), {"accuracy": 0.8}, "a start"),
        Case((250, STARTS, 0.93), {"accuracy": 0.93}, "the goal"),
    ),
    misconceptions=(
        Misconception(
            "uphill",
            "Some of your rates are below 0: such a step goes uphill.",
            shown_by=lambda args, facts: min(facts["rates"]) < 0,
        ),
        Misconception(
            "too high",
            "Your highest rate is more than this model bears: the loss runs away. Try a third of it, or warm up to it.",
            shown_by=_high,
        ),
        Misconception(
            "too low",
            "Your rates are so low that 250 updates don't get far enough. Try a highest rate three to ten times as "
            "high.",
            shown_by=lambda args, facts: max(facts["rates"]) < 0.05,
        ),
        Misconception(
            "rises to the end",
            "Your rate is highest at the end, when the weights should come to rest.",
            shown_by=lambda args, facts: int(np.argmax(facts["rates"])) > 0.8 * len(facts["rates"]),
        ),
        Misconception(
            "over too early",
            "Your rate is as good as 0 for a good part of the training, and these updates are lost.",
            shown_by=lambda args, facts: (
                sum(r < 0.02 * max(facts["rates"]) for r in facts["rates"]) > 0.3 * len(facts["rates"])
            ),
        ),
        Misconception(
            "restless to the end",
            "Your rate is still high in the last updates, so where the weights come to rest is left to chance, and the "
            "worst start counts. Let it fall towards the end.",
            shown_by=lambda args, facts: facts["rates"][-1] > 0.3 * max(facts["rates"]),
        ),
    ),
    hint="Find a good constant rate first, with a coarse log grid. Then let it fall towards the end, perhaps after a "
    "warm-up.",
    labels={},
    show_call=lambda total_steps, seeds, goal: f"my_schedule({total_steps}), accuracy {goal} or more",
    driver=Facts(_rates, torch=True),
    finish=_train,
)
