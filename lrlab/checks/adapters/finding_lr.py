"""How the answers of unit "finding_lr" are called, and what is compared."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from statistics import fmean
from typing import Any

from lrlab.checks.adapters import _training
from lrlab.checks.adapters._fixtures import schedule
from lrlab.checks.call import Answer, Facts, load_torch, on_sequences
from lrlab.checks.exercise import Adapter, Arguments
from lrlab.checks.serialize import Unusable, WrongType, is_number, to_jsonable

LIBRARY = ("lrlab.schedules", "lrlab.suggest", "lrlab.experiments", "torch.optim.lr_scheduler")


def _with_warmup(answer: Answer, words: str, steps: int, at: Sequence[int]) -> Facts:
    made = answer(schedule(words), steps)
    if not callable(made):
        raise WrongType(made)
    answer(schedule("7"), steps + 3)  # a second schedule must leave the first one as it is
    return {"rates": {f"n = {n}": made(n) for n in at}}


def _my_schedule(answer: Answer, total_steps: int, seeds: Sequence[int], goal: float) -> Facts:
    made = answer(total_steps)
    if not callable(made):
        raise WrongType(made)
    rates = [to_jsonable(made(n)) for n in range(total_steps)]
    for n, rate in enumerate(rates):
        if not is_number(rate):
            raise Unusable(f"The learning rate at n = {n} is {rate!r}; it should be a finite number.")
    return {"rates": rates}


def _train(args: Arguments, facts: dict[str, Any]) -> Facts:
    """Return the accuracy from the worst start, at most the goal, so that what is better is equal to it.

    A constant rate that is high enough to learn in time reaches the goal from some starts and not from others; a mean
    hides that.

    Raises:
        ValueError: these are no rates for so many updates. The adapter's are; the judge gets them from elsewhere.
    """
    total_steps, seeds, goal = args
    rates: Any = facts.get("rates")
    if not isinstance(rates, list) or len(rates) != total_steps or not all(map(is_number, rates)):
        raise ValueError(f"rates must be a list of {total_steps} numbers")
    results = [_training.accuracy(tuple(rates), seed) for seed in seeds]
    mean = fmean(results)  # the same on every Python: `sum` rounds otherwise from Python 3.12 on
    top = max(rates)
    seen = {
        "uphill": min(rates) < 0,
        "too high": mean < 0.7 and sum(rate > 0.06 for rate in rates) > 0.05 * total_steps,
        "too low": top < 0.005,
        "rises to the end": rates.index(top) > 0.8 * total_steps,
        "over too early": sum(rate < 0.02 * top for rate in rates) > 0.3 * total_steps,
        "restless to the end": rates[-1] > 0.3 * top,
    }
    return {
        "accuracy": min(*results, goal),
        "seen": [name for name, is_so in seen.items() if is_so],
        "note": f"Accuracy on held-out digits from {len(results)} starts: {', '.join(f'{a:.3f}' for a in results)}; "
        f"the worst {min(results):.3f}, on average {mean:.3f}.",
    }


LOWEST, HIGHEST = 0.001, 10_000  # where the exercise looks for a good learning rate
UPDATES = 100  # of the training run that judges a rate


def _find_lr(answer: Answer, budget: int, scale: float, seed: int, starts: Sequence[int], goal: float) -> Facts:
    probes: list[list[float]] = []
    losses: list[float] = []
    left = budget

    def probe(lr: float, updates: int) -> float:
        nonlocal left
        rate, count = to_jsonable(lr), to_jsonable(updates)
        if not is_number(rate) or rate <= 0:
            raise Unusable(f"probe was called with the learning rate {rate!r}; it should be a finite number above 0.")
        if not is_number(count) or count != int(count) or count < 1:
            raise Unusable(f"probe was called with {count!r} updates; it should be a whole number, 1 or more.")
        left -= int(count)
        if left < 0:
            raise _over(budget, budget - left)
        probes.append([rate, int(count)])
        losses.append(_training.one_layer_loss(rate, int(count), scale, seed))
        return losses[-1]

    result = answer(probe, budget)
    if left < 0:  # also where the answer caught the complaint
        raise _over(budget, budget - left)
    rate = to_jsonable(result)
    if (is_number(rate) and rate <= 0) or isinstance(rate, str):
        raise Unusable(f"find_lr returned {rate!r}; it should return one learning rate, a finite number above 0.")
    if not is_number(rate):
        raise WrongType(result)
    return {"rate": rate, "probes": probes, "is a loss": rate in losses}


def _over(budget: int, asked: int) -> Unusable:
    return Unusable(
        f"find_lr asked for {asked} updates or more, and only {budget} were allowed. Add up the updates of all your "
        "calls of probe: fewer learning rates, or fewer updates for each."
    )


def _evenly_spaced(rates: Sequence[float]) -> bool:
    """Whether four rates or more, over a power of ten or more, are as far apart in numbers and not in factors."""
    gaps = [after - before for before, after in itertools.pairwise(rates)]
    return len(gaps) > 2 and max(gaps) < 1.01 * min(gaps) and rates[-1] > 10 * rates[0]


def _judge_rate(args: Arguments, facts: dict[str, Any]) -> Facts:
    """Return the accuracy of the worst order of batches, at most the goal, so that what is better is equal to it.

    Raises:
        ValueError: the facts are not the adapter's; the judge gets them from elsewhere.
    """
    budget, scale, _, starts, goal = args
    rate: Any = facts.get("rate")
    probes: Any = facts.get("probes")
    if not is_number(rate) or not isinstance(probes, list) or sum(int(n) for _, n in probes) > budget:
        raise ValueError("rate must be a number, and the probes within the budget")

    def worst(lr: float) -> float:
        losses = [_training.one_layer_loss(lr, UPDATES, scale, start, test=True) for start in starts]
        return max(losses) if all(map(math.isfinite, losses)) else math.inf

    loss, used = worst(rate), sum(n for _, n in probes)
    probed = {lr for lr, _ in probes}
    higher_is_better = loss > goal and worst(3 * rate) < worst(rate / 3)
    seen = {
        "loss returned": facts.get("is a loss") is True,
        "no probe": not probes,
        "evenly spaced": _evenly_spaced(sorted(probed)),
        "best at an end": len(probed) > 1
        and ((rate == min(probed) > LOWEST * 1.001) or (rate == max(probed) < HIGHEST / 1.001)),
        "too low": rate > 0 and higher_is_better,
        "too high": rate > 0 and not higher_is_better,
    }
    return {
        "loss": max(loss, goal),
        "seen": [name for name, is_so in seen.items() if is_so],
        "note": f"Learning rate {rate:.3g}, from {used:g} of {budget} updates in {len(probes)} probes: loss on "
        f"held-out digits {loss:.3f}; it should be {goal} or less.",
    }


ADAPTERS = (
    Adapter("log_grid", ("low", "high", "num"), lambda answer, *args: {"rates": answer(*args)}, LIBRARY),
    Adapter("refine", ("lrs", "losses", "num"), on_sequences("rates", ("lrs", "losses")), LIBRARY),
    Adapter("with_warmup", ("schedule", "steps", "at"), _with_warmup, LIBRARY),
    Adapter(
        "find_lr",
        ("budget", "scale", "seed", "starts", "goal"),
        _find_lr,
        load=_training.shrunk_digits,
        finish=_judge_rate,
    ),
    Adapter("my_schedule", ("total_steps", "seeds", "goal"), _my_schedule, load=load_torch, finish=_train),
)
