"""The mistakes known in this unit: each has a name, a hint, and code that makes it. Students never get this file."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from lrlab.units import Help, Misconception


def _finite_best(losses: Any) -> int:
    return min((loss, k) for k, loss in enumerate(losses) if math.isfinite(loss))[1]


def _around(lrs: Any, k: int, num: int, left: int = 1, right: int = 1) -> list[float]:
    low, high = lrs[max(k - left, 0)], lrs[min(k + right, len(lrs) - 1)]
    return [float(x) for x in np.geomspace(low, high, num)]


def _without_broken(lrs: Any, losses: Any, num: int) -> list[float]:
    kept = [(lr, loss) for lr, loss in zip(lrs, losses, strict=True) if math.isfinite(loss)]
    return _around([lr for lr, _ in kept], min(range(len(kept)), key=lambda k: kept[k][1]), num)


def _warmed(factor: Callable[[int, int], float], delay: bool = False) -> Callable[..., Any]:
    """A wrong warm-up: another factor, or a schedule that starts only after it."""

    def answer(schedule: Callable[[int], float], steps: int) -> Callable[[int], float]:
        return lambda n: schedule(max(n - steps, 0) if delay else n) * factor(n, steps)

    return answer


MISTAKES = {
    "log_grid": Help(
        labels={"rates": ("rate",)},
        hint=(
            "num rates have num - 1 steps between them; each step multiplies by the same factor, "
            "(high/low)^(1/(num-1))."
        ),
        problem_hints={"should_return": "a sequence of rates"},
        misconceptions=(
            Misconception(
                "evenly spaced",
                "Your rates are evenly spaced. On a log grid each is the same *factor* from the next: with 1e-4 to "
                "1, even spacing leaves nothing below a quarter.",
                lambda low, high, num: np.linspace(low, high, num).tolist(),
            ),
            Misconception(
                "upper end left out",
                "The upper end is missing: both ends are in the grid, so there are num - 1 steps between num rates.",
                lambda low, high, num: [low * (high / low) ** (k / num) for k in range(num)],
            ),
            Misconception(
                "lower end left out",
                "The lower end is missing: both ends are in the grid.",
                lambda low, high, num: [low * (high / low) ** ((k + 1) / num) for k in range(num)],
            ),
            Misconception(
                "falling",
                "Your rates fall. The grid should rise, from low to high.",
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
                "You take natural logarithms and then powers of 10: np.exp undoes np.log, and 10 ** … undoes np.log10.",
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
            Misconception(
                "powers of ten from 1",
                "Your rates are 1, 10, 100, … whatever low and high are. Start at low; the factor follows from both "
                "ends and num.",
                lambda low, high, num: [10.0**k for k in range(num)],
            ),
        ),
    ),
    "refine": Help(
        labels={"rates": ("rate",)},
        hint="Three questions: which rate is best, which are its neighbours (if it has them), what is the log grid "
        "between them?",
        problem_hints={"should_return": "a sequence of rates"},
        misconceptions=(
            Misconception(
                "broken runs win",
                "A loss of NaN or -inf is no result; the smallest *finite* loss is the best.",
                lambda lrs, losses, num: _around(lrs, int(np.argmin(losses)), num),
            ),
            Misconception(
                "positions after the filter",
                "You look for the best loss among the finite ones only, and use its position in that shorter list. "
                "Where a broken run comes before the best one, this is not its position in lrs: put inf in the place "
                "of broken losses (np.where) instead of leaving them out.",
                lambda lrs, losses, num: _around(lrs, int(np.argmin([s for s in losses if math.isfinite(s)])), num),
            ),
            Misconception(
                "broken runs left out with their rates",
                "You leave the broken runs out with their rates, so a neighbour is missing. A broken run never wins, "
                "but its rate is still a neighbour: put inf in the place of its loss (np.where).",
                _without_broken,
            ),
            Misconception(
                "minus infinity wins",
                "A loss of -inf is as broken as NaN: np.nanargmin lets it win. Look at finite losses only "
                "(np.isfinite).",
                lambda lrs, losses, num: _around(lrs, int(np.nanargmin(losses)), num),
            ),
            Misconception(
                "evenly spaced",
                "Your new rates are evenly spaced. Make a log grid, as in exercise 1.",
                lambda lrs, losses, num: np.linspace(
                    lrs[max(_finite_best(losses) - 1, 0)], lrs[min(_finite_best(losses) + 1, len(lrs) - 1)], num
                ).tolist(),
            ),
            Misconception(
                "left side only",
                "Your grid ends at the best rate. It should go on to the right neighbour.",
                lambda lrs, losses, num: _around(lrs, _finite_best(losses), num, right=0),
            ),
            Misconception(
                "right side only",
                "Your grid begins at the best rate. It should begin at the left neighbour.",
                lambda lrs, losses, num: _around(lrs, _finite_best(losses), num, left=0),
            ),
            Misconception(
                "wraps round at the lower end",
                "Where the best rate is the first one, position -1 is the *last*: the grid then begins at the best "
                "itself.",
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
                "You make the whole range finer. Make only the part between the best rate's neighbours finer.",
                lambda lrs, losses, num: [float(x) for x in np.geomspace(lrs[0], lrs[-1], num)],
            ),
            Misconception(
                "two neighbours away",
                "Your grid reaches too far. It should go from the left neighbour to the right one.",
                lambda lrs, losses, num: _around(lrs, _finite_best(losses), num, left=2, right=2),
            ),
        ),
    ),
    "with_warmup": Help(
        labels={"rates": ("",)},
        hint="Inside with_warmup, define a function of n that asks schedule(n) and multiplies; return that function.",
        problem_hints={
            "should_return": "a new schedule, a function of n. Define one inside with_warmup (def or lambda) and "
            "return it without calling it"
        },
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
                "Your factor grows beyond 1. After the warm-up it should stay at 1: min(1, …).",
                _warmed(lambda n, steps: (n + 1) / steps if steps else 1),
            ),
            Misconception(
                "never stops, whatever the number of steps",
                "Your factor grows beyond 1. After the warm-up it should stay at 1: min(1, …).",
                _warmed(lambda n, steps: (n + 1) / max(steps, 1)),
            ),
            Misconception(
                "schedule delayed",
                "Your schedule starts only when the warm-up is over; here it runs from n = 0, and the factor "
                "multiplies it.",
                _warmed(lambda n, steps: min(1, (n + 1) / steps) if steps else 1, delay=True),
            ),
            Misconception(
                "ramp of whole numbers",
                "Your ramp has only the values 0 and 1: `//` rounds down. Divide with `/`.",
                _warmed(lambda n, steps: (n + 1) // steps if n < steps else 1),
            ),
            Misconception(
                "ramp to one rate",
                "Your ramp leads in a straight line to the rate of one step. The schedule runs during the warm-up too: "
                "multiply schedule(n), the rate of the same step, by the ramp.",
                lambda schedule, steps: lambda n: schedule(steps) * (n + 1) / steps if n < steps else schedule(n),
            ),
            Misconception(
                "ramp to the first rate",
                "Your ramp leads in a straight line to the rate of one step. The schedule runs during the warm-up too: "
                "multiply schedule(n), the rate of the same step, by the ramp.",
                lambda schedule, steps: lambda n: schedule(0) * (n + 1) / steps if n < steps else schedule(n),
            ),
            Misconception(
                "one step too long",
                "Your warm-up takes one step too many: the factor is 1 at n = steps - 1.",
                _warmed(lambda n, steps: min(1, (n + 1) / (steps + 1)) if steps else 1),
            ),
            Misconception(
                "larger instead of smaller",
                "You take the larger of 1 and the ramp. Take the smaller.",
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
    ),
    "find_lr": Help(
        hint="Print each probe: the learning rate and the loss. Where does the loss begin to fall, and where does it "
        "rise above 2.3 (the loss of a network that knows nothing)?",
        problem_hints={"should_return": "one learning rate, a finite number above 0"},
        misconceptions=(
            Misconception(
                "loss returned", "You return a loss that probe gave. Return the learning rate that led to it."
            ),
            Misconception(
                "no probe",
                "You return a learning rate without a single call of probe. Each network has another scale, so one "
                "learning rate can't be right for all of them: probe first.",
            ),
            Misconception(
                "best at an end",
                "The learning rate that you return is the lowest or the highest of those that you probed. Better ones "
                "may be outside: probe the whole range from 0.001 to 10,000.",
            ),
            Misconception(
                "too low",
                "The learning rate that you return is too low: three times as much gives a lower loss. A short probe "
                "favours different rates than the whole run, and a grid may step over the good ones.",
            ),
            Misconception(
                "too high",
                "The learning rate that you return is too high: the weights jump back and forth. Look at the probes "
                "just below it.",
            ),
        ),
    ),
    "my_schedule": Help(
        hint=(
            "Find a good constant rate first, with a coarse log grid. Then let it fall towards the end, perhaps "
            "after a warm-up."
        ),
        problem_hints={
            "should_return": "a schedule, a function that takes n and returns the learning rate of update n"
        },
        misconceptions=(
            Misconception("uphill", "Some of your rates are below 0: such a step goes uphill."),
            Misconception(
                "too high",
                "Your highest rate is too much for this model: the loss runs away. Try a third of it, or warm "
                "up to it.",
            ),
            Misconception(
                "too low",
                "Your rates are so low that 250 updates don't get far enough. Try a highest rate three to ten times as "
                "high.",
            ),
            Misconception("rises to the end", "Your rate is highest at the end, when the weights should come to rest."),
            Misconception(
                "over too early",
                "Your rate is nearly 0 for a large share of the updates, so they change next to nothing.",
            ),
            Misconception(
                "restless to the end",
                "Your rate is still high in the last updates, so where the weights come to rest is left to chance, "
                "and the worst start counts. Let it fall towards the end.",
            ),
        ),
    ),
}
