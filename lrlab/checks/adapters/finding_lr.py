"""How the answers of unit "finding_lr" are called, and what is looked at."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from statistics import fmean
from typing import Any

import numpy as np

from lrlab.checks import training
from lrlab.checks.drive import Facts, in_some_form
from lrlab.checks.exercise import Adapter, Arguments
from lrlab.checks.plain import Complaint, plain

LIBRARY = ("lrlab.schedules", "lrlab.suggest", "lrlab.experiments", "torch.optim.lr_scheduler")


def _rates(answer: Callable[..., Any], total_steps: int, seeds: Sequence[int], goal: float) -> dict[str, Any]:
    schedule = answer(total_steps)
    if not callable(schedule):
        raise Complaint(
            f"my_schedule returned an object of type {type(schedule).__name__}; it should return a schedule, a "
            "function that takes n and returns the learning rate of update n."
        )
    rates = [plain(schedule(n)) for n in range(total_steps)]
    odd = next(
        (n for n, rate in enumerate(rates) if isinstance(rate, bool | str) or not isinstance(rate, int | float)), None
    )
    if odd is not None:
        raise Complaint(f"The learning rate at n = {odd} is {rates[odd]!r}; it should be a finite number.")
    return {"rates": rates}


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
    found = [training.accuracy(tuple(rates), seed) for seed in seeds]
    mean = fmean(found)  # the same on every Python: `sum` rounds otherwise from Python 3.12 on
    return {
        "accuracy": min(*found, goal),
        "rates": facts["rates"],
        "mean": mean,
        "note": f"Test accuracy from {len(found)} starts: {', '.join(f'{a:.3f}' for a in found)}; the worst "
        f"{min(found):.3f}, on average {mean:.3f}.",
    }


def _high(args: Arguments, facts: Any) -> bool:
    return facts["mean"] < 0.7 and max(facts["rates"]) > 0.06


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
            f"with_warmup returned an object of type {type(made).__name__}; it should return a new schedule, a "
            "function of n. Define one inside with_warmup (def or lambda) and return it without calling it."
        )
    answer(lambda n: 7.0, steps + 3)  # a second schedule must leave the first one as it is
    return {"rates": {f"n = {n}": made(n) for n in at}}


UPDATES = 100  # of the training run that judges a rate


def _search(
    answer: Callable[..., Any], budget: int, scale: float, seed: int, starts: Sequence[int], goal: float
) -> dict[str, Any]:
    probes: list[list[float]] = []
    left = budget

    def probe(lr: float, updates: int) -> float:
        nonlocal left
        rate, count = plain(lr), plain(updates)
        if not _is_number(rate) or rate <= 0:
            raise Complaint(f"probe was called with the learning rate {rate!r}; it should be a finite number above 0.")
        if not _is_number(count) or count != int(count) or count < 1:
            raise Complaint(f"probe was called with {count!r} updates; it should be a whole number, 1 or more.")
        left -= int(count)
        if left < 0:
            raise _over(budget, budget - left)
        probes.append([rate, int(count)])
        return training.one_layer_loss(rate, int(count), scale, seed)

    rate = plain(answer(probe, budget))
    if left < 0:  # also where the answer caught the complaint
        raise _over(budget, budget - left)
    if not _is_number(rate) or rate <= 0:
        kind = f"an object of type {rate['type']}" if isinstance(rate, dict) and "type" in rate else repr(rate)
        raise Complaint(f"find_lr returned {kind}; it should return one learning rate, a finite number above 0.")
    return {"rate": rate, "probes": probes}


def _search_loaded(answer: Callable[..., Any], calls: Sequence[tuple[Any, ...]]) -> Any:
    training.one_layer_loss(1.0, 1, 1.0, 0)  # loads the digits, which may take seconds, outside the answer's time
    return Facts(_search, torch=True)(answer, calls)


def _over(budget: int, asked: int) -> Complaint:
    return Complaint(
        f"find_lr asked for {asked} updates or more, and only {budget} were allowed. Add up the updates of all your "
        "calls of probe: fewer learning rates, or fewer updates for each."
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _judge_rate(args: Arguments, facts: dict[str, Any]) -> dict[str, Any]:
    """The worst order of batches counts, up to the goal, so that what is better is equal to it.

    Raises:
        ValueError: the facts are not the driver's; the judge gets them from elsewhere.
    """
    budget, scale, _, starts, goal = args
    rate: Any = facts.get("rate")
    probes: Any = facts.get("probes")
    if not _is_number(rate) or not isinstance(probes, list) or sum(int(n) for _, n in probes) > budget:
        raise ValueError("rate must be a number, and the probes within the budget")

    def worst(lr: float) -> float:
        losses = [training.one_layer_loss(lr, UPDATES, scale, start, test=True) for start in starts]
        return max(losses) if all(map(math.isfinite, losses)) else math.inf

    found, used = worst(rate), sum(n for _, n in probes)
    return {
        "loss": max(found, goal),
        "higher is better": found > goal and worst(3 * rate) < worst(rate / 3),
        "rate": rate,
        "probes": probes,
        "note": f"Learning rate {rate:.3g}, from {used:g} of {budget} updates in {len(probes)} probes: test loss "
        f"{found:.3f}; it should be {goal} or less.",
    }


def _at_an_end(args: Arguments, facts: Any) -> bool:
    probed = [rate for rate, _ in facts["probes"]]
    return len(set(probed)) > 1 and facts["rate"] in (min(probed), max(probed))


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
        name="find_lr",
        parameters=("budget", "scale", "seed", "starts", "goal"),
        driver=_search_loaded,
        show_call=lambda budget, scale, seed, starts, goal: f"find_lr(probe, {budget}), loss {goal} or less",
        finish=_judge_rate,
        shown_by={
            "no probe": lambda args, facts: not facts["probes"],
            "best at an end": _at_an_end,
            "too low": lambda args, facts: facts["higher is better"],
            "too high": lambda args, facts: not facts["higher is better"],
        },
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
            "too low": lambda args, facts: max(facts["rates"]) < 0.005,
            "rises to the end": lambda args, facts: int(np.argmax(facts["rates"])) > 0.8 * len(facts["rates"]),
            "over too early": lambda args, facts: (
                sum(r < 0.02 * max(facts["rates"]) for r in facts["rates"]) > 0.3 * len(facts["rates"])
            ),
            "restless to the end": lambda args, facts: facts["rates"][-1] > 0.3 * max(facts["rates"]),
        },
    ),
)
