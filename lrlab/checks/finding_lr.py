"""Unit "finding your learning rate": grids, warm-up, batch size, and a schedule of one's own that is trained with."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from lrlab.checks.drive import Facts, call_on_each, in_some_form
from lrlab.checks.exercise import Arguments, Case, Exercise, Misconception
from lrlab.checks.plain import Complaint, plain

LIBRARY = ("lrlab.schedules", "lrlab.suggest", "torch.optim.lr_scheduler")

log_grid = Exercise(
    name="log_grid",
    parameters=("low", "high", "num"),
    cases=(
        Case((1e-4, 1.0, 5), {"rates": [0.0001, 0.001, 0.01, 0.1, 1.0]}),
        Case((0.5, 2.0, 3), {"rates": [0.5, 1.0, 2.0]}),
        Case(
            (1e-6, 1e-2, 9),
            {
                "rates": [
                    1e-06,
                    3.162277660168379e-06,
                    9.999999999999999e-06,
                    3.1622776601683795e-05,
                    0.0001,
                    0.00031622776601683794,
                    0.001,
                    0.0031622776601683794,
                    0.01,
                ]
            },
        ),
        Case((0.03, 0.3, 2), {"rates": [0.03, 0.3]}),
    ),
    misconceptions=(
        Misconception(
            "evenly spaced",
            "Your rates are evenly spaced. On a log grid each is the same *factor* from the next: with 1e-4 to 1, even "
            "spacing leaves nothing below a quarter.",
            lambda low, high, num: np.linspace(low, high, num).tolist(),
        ),
        Misconception(
            "upper end left out",
            "The upper end is missing: both ends belong to the grid, so there are num - 1 steps between num rates.",
            lambda low, high, num: [low * (high / low) ** (k / num) for k in range(num)],
        ),
        Misconception(
            "lower end left out",
            "The lower end is missing: both ends belong to the grid.",
            lambda low, high, num: [low * (high / low) ** ((k + 1) / num) for k in range(num)],
        ),
        Misconception(
            "falling",
            "Your rates fall; asked is a rising grid.",
            lambda low, high, num: np.geomspace(high, low, num).tolist(),
        ),
        Misconception(
            "one too many",
            "You have one rate too many: num rates in all, both ends included.",
            lambda low, high, num: np.geomspace(low, high, num + 1).tolist(),
        ),
        Misconception(
            "exponents returned",
            "Those are the exponents: raise 10 (or e) to them.",
            lambda low, high, num: np.linspace(np.log10(low), np.log10(high), num).tolist(),
        ),
        Misconception(
            "natural exponents returned",
            "Those are natural logarithms: take np.exp of them.",
            lambda low, high, num: np.linspace(np.log(low), np.log(high), num).tolist(),
        ),
        Misconception(
            "bases mixed",
            "You take natural logarithms and then powers of 10: np.log belongs to np.exp, np.log10 to 10 ** ….",
            lambda low, high, num: (10 ** np.linspace(np.log(low), np.log(high), num)).tolist(),
        ),
        Misconception(
            "ends for exponents",
            "np.logspace takes the exponents, not the rates: np.logspace(-4, 0, 5) goes from 1e-4 to 1.",
            lambda low, high, num: np.logspace(low, high, num).tolist(),
        ),
        Misconception(
            "powers of ten",
            "You step by a factor of 10 whatever num is: the factor follows from both ends and num.",
            lambda low, high, num: [low * 10.0**k for k in range(num)],
        ),
    ),
    hint="num rates have num - 1 steps between them; each step multiplies by the same factor, (high/low)^(1/(num-1)).",
    problem_hints={"due": "a sequence of rates"},
    labels={"rates": ("rate",)},
    driver=Facts(lambda answer, low, high, num: {"rates": answer(low, high, num)}, watch=LIBRARY),
)


def _refine(answer: Callable[..., Any], lrs: Sequence[float], losses: Sequence[Any], num: int) -> dict[str, Any]:
    measured = [float(loss) for loss in losses]

    def call(form: Any) -> dict[str, Any]:
        given = form(lrs), form(measured)
        found = answer(*given, num)
        kept = [np.array_equal(g, o, equal_nan=True) for g, o in zip(given, (lrs, measured), strict=True)]
        return {"rates": found, "changed": [w for w, same in zip(("lrs", "losses"), kept, strict=True) if not same]}

    return in_some_form(call)


def _finite_best(losses: Any) -> int:
    return min((loss, k) for k, loss in enumerate(losses) if math.isfinite(loss))[1]


def _around(lrs: Any, k: int, num: int, left: int = 1, right: int = 1) -> list[float]:
    low, high = lrs[max(k - left, 0)], lrs[min(k + right, len(lrs) - 1)]
    return [float(x) for x in np.geomspace(low, high, num)]


refine = Exercise(
    name="refine",
    parameters=("lrs", "losses", "num"),
    cases=(
        Case(
            ([0.001, 0.01, 0.1, 1.0], [2.0, 0.9, 0.4, 1.5], 5),
            {"rates": [0.01, 0.03162277660168379, 0.1, 0.31622776601683794, 1.0]},
            "inside",
        ),
        Case(
            ([0.001, 0.004, 0.05, 0.3, 2.0], [2.1, 1.0, 0.5, 0.7, 2.2], 4),
            {"rates": [0.004, 0.016868653306034986, 0.07113786608980126, 0.3]},
            "inside",
        ),
        Case(
            ([0.001, 0.01, 0.1, 1.0], [0.3, 0.5, 0.9, 1.5], 3),
            {"rates": [0.001, 0.0031622776601683794, 0.01]},
            "ends and broken runs",
        ),
        Case(
            ([0.001, 0.01, 0.1], [0.9, 0.8, 0.2], 4),
            {"rates": [0.01, 0.02154434690031884, 0.04641588833612779, 0.1]},
            "ends and broken runs",
        ),
        Case(
            ([0.001, 0.02, 0.1, 1.0, 5.0], [2.0, 0.9, 0.4, "nan", "-inf"], 3),
            {"rates": [0.02, 0.1414213562373095, 1.0]},
            "ends and broken runs",
        ),
    ),
    misconceptions=(
        Misconception(
            "broken runs win",
            "A loss of NaN or -inf is no result; the smallest *finite* loss is the best.",
            lambda lrs, losses, num: _around(lrs, int(np.argmin(losses)), num),
        ),
        Misconception(
            "minus infinity wins",
            "A loss of -inf is as broken as NaN: np.nanargmin lets it win. Look at finite losses only (np.isfinite).",
            lambda lrs, losses, num: _around(lrs, int(np.nanargmin(losses)), num),
        ),
        Misconception(
            "evenly spaced",
            "Your new rates are evenly spaced; a log grid is asked, as in exercise 1.",
            lambda lrs, losses, num: np.linspace(
                lrs[max(_finite_best(losses) - 1, 0)], lrs[min(_finite_best(losses) + 1, len(lrs) - 1)], num
            ).tolist(),
        ),
        Misconception(
            "left side only",
            "Your grid ends at the best rate: it goes on to the right neighbour.",
            lambda lrs, losses, num: _around(lrs, _finite_best(losses), num, right=0),
        ),
        Misconception(
            "right side only",
            "Your grid begins at the best rate: it begins at the left neighbour.",
            lambda lrs, losses, num: _around(lrs, _finite_best(losses), num, left=0),
        ),
        Misconception(
            "wraps round at the lower end",
            "Where the best rate is the first one, position -1 is the *last*: the grid then begins at the best itself.",
            lambda lrs, losses, num: [
                float(x)
                for x in np.geomspace(
                    lrs[_finite_best(losses) - 1], lrs[min(_finite_best(losses) + 1, len(lrs) - 1)], num
                )
            ],
        ),
        Misconception(
            "largest loss",
            "You refine around the largest loss: the smallest is the best.",
            lambda lrs, losses, num: _around(
                lrs, max((s, k) for k, s in enumerate(losses) if math.isfinite(s))[1], num
            ),
        ),
        Misconception(
            "whole range",
            "You make the same wide range finer: asked is the part between the best rate's neighbours.",
            lambda lrs, losses, num: [float(x) for x in np.geomspace(lrs[0], lrs[-1], num)],
        ),
        Misconception(
            "two neighbours away",
            "Your grid reaches too far: from the left neighbour to the right one.",
            lambda lrs, losses, num: _around(lrs, _finite_best(losses), num, left=2, right=2),
        ),
    ),
    hint="Three questions: which rate is best, which are its neighbours (if it has them), what is the log grid "
    "between them?",
    problem_hints={"due": "a sequence of rates"},
    labels={"rates": ("rate",)},
    driver=Facts(_refine, watch=LIBRARY),
)

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


def _warmed(factor: Callable[[int, int], float], delay: bool = False) -> Callable[..., Any]:
    """A wrong warm-up: another factor, or a schedule that starts only after it."""

    def answer(schedule: Callable[[int], float], steps: int) -> Callable[[int], float]:
        return lambda n: schedule(max(n - steps, 0) if delay else n) * factor(n, steps)

    return answer


with_warmup = Exercise(
    name="with_warmup",
    parameters=("schedule", "steps", "at"),
    cases=(
        Case(
            ("0.4", 4, [0, 1, 2, 3, 4, 50]),
            {"rates": {"n = 0": 0.1, "n = 1": 0.2, "n = 2": 0.3, "n = 3": 0.4, "n = 4": 0.4, "n = 50": 0.4}},
        ),
        Case(
            ("0.8 · 0.9ⁿ", 5, [7, 0, 3, 4, 5]),
            {"rates": {"n = 7": 0.38263752, "n = 0": 0.16, "n = 3": 0.46656, "n = 4": 0.52488, "n = 5": 0.472392}},
        ),
        Case(("1 / (1 + n)", 0, [0, 1, 9]), {"rates": {"n = 0": 1.0, "n = 1": 0.5, "n = 9": 0.1}}),
        Case(("1 / (1 + n)", 1, [0, 1, 2]), {"rates": {"n = 0": 1.0, "n = 1": 0.5, "n = 2": 0.3333333333333333}}),
    ),
    misconceptions=(
        Misconception(
            "starts at zero",
            "Your first rate is 0, and the first update changes nothing: the factor is (n + 1) / steps.",
            _warmed(lambda n, steps: min(1, n / steps) if steps else 1),
        ),
        Misconception(
            "starts at zero, ends a step early",
            "Your first rate is 0, and the factor is 1 a step early: it is (n + 1) / steps.",
            _warmed(lambda n, steps: min(1, n / (steps - 1)) if steps > 1 else 1),
        ),
        Misconception(
            "never stops",
            "Your factor grows beyond 1: min(1, …) holds it there after the warm-up.",
            _warmed(lambda n, steps: (n + 1) / steps if steps else 1),
        ),
        Misconception(
            "schedule delayed",
            "Your schedule starts only when the warm-up is over; here it runs from n = 0, and the factor multiplies "
            "it.",
            _warmed(lambda n, steps: min(1, (n + 1) / steps) if steps else 1, delay=True),
        ),
        Misconception(
            "one step too long",
            "Your warm-up takes one step too many: the factor is 1 at n = steps - 1.",
            _warmed(lambda n, steps: min(1, (n + 1) / (steps + 1)) if steps else 1),
        ),
        Misconception(
            "larger instead of smaller",
            "You take the larger of 1 and the ramp: the smaller is due.",
            _warmed(lambda n, steps: max(1, (n + 1) / steps) if steps else 1),
        ),
        Misconception(
            "no warm-up", "Your rates are the schedule's own: the factor is missing.", _warmed(lambda n, s: 1)
        ),
        Misconception(
            "factor alone",
            "You return the factor alone: multiply the schedule's rate by it.",
            lambda schedule, steps: lambda n: min(1, (n + 1) / steps) if steps else schedule(n),
        ),
    ),
    hint="Inside with_warmup, define a function of n that asks schedule(n) and multiplies; return that function.",
    labels={"rates": ("",)},
    show_call=lambda schedule, steps, at: f"with_warmup(schedule {schedule}, {steps}), at n",
    driver=Facts(_warm, watch=LIBRARY),
)

scaled_lr = Exercise(
    name="scaled_lr",
    parameters=("lr", "batch_size", "new_batch_size"),
    cases=(Case((0.1, 32, 128), 0.4), Case((0.4, 256, 64), 0.1), Case((0.3, 50, 20), 0.12), Case((0.02, 8, 8), 0.02)),
    misconceptions=(
        Misconception(
            "upside down",
            "Your ratio is upside down: a larger batch takes a larger rate.",
            lambda lr, old, new: lr * old / new,
        ),
        Misconception(
            "square root",
            "That is the square-root rule, which some use with Adam; asked is the linear one.",
            lambda lr, old, new: lr * (new / old) ** 0.5,
        ),
        Misconception("not scaled", "Your rate does not depend on the batch size.", lambda lr, old, new: lr),
        Misconception(
            "rounded ratio",
            "Your ratio is rounded down (//): a smaller batch then gets the rate 0.",
            lambda lr, old, new: lr * (new // old),
        ),
        Misconception("only the new size", "The ratio to the old batch size is due.", lambda lr, old, new: lr * new),
        Misconception(
            "difference",
            "You use the difference of the sizes; it is their ratio that counts.",
            lambda lr, old, new: lr * (1 + (new - old) / new),
        ),
        Misconception(
            "logarithm",
            "You use how often the size doubled; the rule is linear in the size.",
            lambda lr, old, new: lr * (1 + math.log2(new / old)),
        ),
    ),
    hint="Twice the batch, twice the rate.",
    driver=partial(call_on_each, watch=LIBRARY),
)

# ---- the capstone: judged by training

BATCH_SIZE, HIDDEN = 16, 32


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


@functools.lru_cache(maxsize=8)
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
    """Accuracy counts up to the goal, so that what is better is equal to it."""
    _, seeds, goal = args
    found = [_accuracy(tuple(facts["rates"]), seed) for seed in seeds]
    mean = sum(found) / len(found)
    return {
        "accuracy": min(mean, goal),
        "rates": facts["rates"],
        "mean": mean,
        "note": f"Test accuracy from {len(found)} starts: {', '.join(f'{a:.3f}' for a in found)}; on average "
        f"{mean:.3f}.",
    }


def _high(args: Arguments, facts: Any) -> bool:
    return facts["mean"] < 0.7 and max(facts["rates"]) > 0.3


my_schedule = Exercise(
    name="my_schedule",
    parameters=("total_steps", "seeds", "goal"),
    cases=(
        Case((250, [0, 1, 2], 0.8), {"accuracy": 0.8}, "a start"),
        Case((250, [0, 1, 2], 0.92), {"accuracy": 0.92}, "the goal"),
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
    ),
    hint="Find a good constant rate first, with a coarse log grid. Then let it fall towards the end, perhaps after a "
    "warm-up.",
    labels={},
    show_call=lambda total_steps, seeds, goal: f"my_schedule({total_steps}), accuracy {goal} or more",
    driver=Facts(_rates, torch=True),
    finish=_train,
)

EXERCISES = (log_grid, refine, with_warmup, scaled_lr, my_schedule)
