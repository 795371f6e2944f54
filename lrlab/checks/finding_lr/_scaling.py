"""A warm-up before a schedule; a rate for another batch size."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from lrlab.checks.drive import Facts, call_on_each
from lrlab.checks.exercise import Case, Exercise, Misconception
from lrlab.checks.finding_lr._common import LIBRARY
from lrlab.checks.plain import Complaint

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
