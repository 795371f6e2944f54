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


def _up_to(low: float, high: float, num: int) -> list[float]:
    rates, rate = [], low
    while rate <= high:
        rates.append(rate)
        rate *= (high / low) ** (1 / (num - 1))
    return rates


def _without_broken(lrs: Any, losses: Any, num: int) -> list[float]:
    kept = [(lr, loss) for lr, loss in zip(lrs, losses, strict=True) if math.isfinite(loss)]
    return _around([lr for lr, _ in kept], min(range(len(kept)), key=lambda k: kept[k][1]), num)


def _ends(lrs: Any, losses: Any) -> tuple[int, float, float, float]:
    """The best position, and the rates at it and beside it, 0 where there is none."""
    k = _finite_best(losses)
    return k, lrs[k], lrs[k - 1] if k else 0.0, lrs[k + 1] if k + 1 < len(lrs) else 0.0


def _made_up(factor: float | None) -> Callable[..., Any]:
    """Beyond the ends, a neighbour that is so many times as far; None: as the next rate is."""

    def answer(lrs: Any, losses: Any, num: int) -> Any:
        _, best, left, right = _ends(lrs, losses)
        low = left or best / (factor or lrs[1] / lrs[0])
        high = right or best * (factor or lrs[-1] / lrs[-2])
        return np.geomspace(low, high, num).tolist()

    return answer


def _scaled(factor: float) -> Callable[..., Any]:
    return lambda lrs, losses, num: np.geomspace(
        lrs[_finite_best(losses)] / factor, lrs[_finite_best(losses)] * factor, num
    ).tolist()


def _two_best(lrs: Any, losses: Any) -> list[float]:
    order = sorted((loss, k) for k, loss in enumerate(losses) if math.isfinite(loss))
    return [float(lrs[k]) for _, k in order[:2]]


def _passing_broken(lrs: Any, losses: Any, num: int) -> Any:
    k, whole = _finite_best(losses), [i for i, loss in enumerate(losses) if math.isfinite(loss)]
    low = max((i for i in whole if i < k), default=0)
    high = min((i for i in whole if i > k), default=len(lrs) - 1)
    return np.geomspace(lrs[low], lrs[high], num).tolist()


def _warmed(factor: Callable[[int, int], float], delay: bool = False) -> Callable[..., Any]:
    """A wrong warm-up: another factor, or a schedule that starts only after it."""

    def answer(schedule: Callable[[int], float], steps: int) -> Callable[[int], float]:
        return lambda n: schedule(max(n - steps, 0) if delay else n) * factor(n, steps)

    return answer


def _counting(schedule: Callable[[int], float], steps: int) -> Callable[[int], float]:
    calls = 0

    def rate(n: int) -> float:
        nonlocal calls
        calls += 1
        return schedule(n) * (min(1, calls / steps) if steps else 1)

    return rate


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
            Misconception(
                "doubling",
                "Each of your rates is twice the last, whatever high and num are. The factor follows from both ends "
                "and num.",
                lambda low, high, num: [low * 2.0**k for k in range(num)],
            ),
            Misconception(
                "both ends left out",
                "You leave out both ends. low is the first rate and high the last, so there are num - 1 steps between "
                "num rates.",
                lambda low, high, num: np.geomspace(low, high, num + 2)[1:-1].tolist(),
            ),
            Misconception(
                "one too few",
                "You have one rate too few: num rates in all, both ends included.",
                lambda low, high, num: np.geomspace(low, high, num - 1).tolist(),
            ),
            Misconception(
                "last one cut off",
                "The upper end is missing: both ends are in the grid, num rates in all.",
                lambda low, high, num: np.geomspace(low, high, num).tolist()[:-1],
            ),
            Misconception(
                "last one lost by rounding",
                "Your loop goes on while a rate is at most high. Rounding can put the last rate just above high, and "
                "then it is missing: count to num in place of comparing.",
                _up_to,
            ),
            Misconception(
                "factor by division",
                "You divide high / low by the number of steps. num - 1 steps *multiply* by the factor, so it is the "
                "root of high / low.",
                lambda low, high, num: [low * (high / low / (num - 1)) ** k for k in range(num)],
            ),
            Misconception(
                "bases mixed the other way",
                "You take logarithms to base 10 and then powers of e: 10 ** … undoes np.log10, and np.exp undoes "
                "np.log.",
                lambda low, high, num: np.exp(np.linspace(np.log10(low), np.log10(high), num)).tolist(),
            ),
            Misconception(
                "powers of 2 and of 10 mixed",
                "np.logspace takes powers of 10, so its ends need np.log10. With the rates themselves, use "
                "np.geomspace.",
                lambda low, high, num: np.logspace(np.log2(low), np.log2(high), num).tolist(),
            ),
            Misconception(
                "exponents cut to whole numbers",
                "Your ends are whole powers of ten, but low and high need not be: keep the exponents' decimals.",
                lambda low, high, num: np.logspace(int(np.log10(low)), int(np.log10(high)), num).tolist(),
            ),
            *(
                Misconception(
                    name,
                    "Your rates are cut to whole numbers where low is one. An array made from low takes its integer "
                    "type: make it with dtype=float.",
                    lambda low, high, num, grid=grid: [
                        int(x) if isinstance(low, int) else x for x in grid(low, high, num)
                    ],
                )
                for name, grid in (
                    ("cut to whole rates", lambda low, high, num: np.geomspace(low, high, num).tolist()),
                    (
                        "powers cut to whole rates",
                        lambda low, high, num: [low * ((high / low) ** (1 / (num - 1))) ** k for k in range(num)],
                    ),
                )
            ),
        ),
    ),
    "refine": Help(
        labels={"rates": ("rate",)},
        hint="For the first wrong call, look up the smallest finite loss, its rate, and the rates one place to the "
        "left and to the right of it in lrs. Your grid should begin and end at these two. Where there is no such "
        "neighbour, it begins or ends at the best rate itself.",
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
            *(
                Misconception(
                    f"neighbour made up, {words}",
                    "Where the best rate is at an end of lrs, your grid goes on beyond it, to a rate that is not in "
                    "lrs. There the grid begins or ends at the best rate itself.",
                    _made_up(factor),
                )
                for words, factor in (
                    ("by the grid's factor", None),
                    ("ten times", 10),
                    ("twice", 2),
                )
            ),
            Misconception(
                "best moved inside",
                "Where the best rate is at an end of lrs, your grid reaches to the second rate from it. It should "
                "begin or end at the best rate, and have one neighbour only.",
                lambda lrs, losses, num: _around(lrs, min(max(_finite_best(losses), 1), len(lrs) - 2), num),
            ),
            Misconception(
                "wraps round at the upper end",
                "Where the best rate is the last one, your right neighbour is the *first* rate: the grid then ends at "
                "the best itself.",
                lambda lrs, losses, num: [
                    float(x)
                    for x in np.geomspace(
                        lrs[max(_finite_best(losses) - 1, 0)], lrs[(_finite_best(losses) + 1) % len(lrs)], num
                    )
                ],
            ),
            Misconception(
                "second best",
                "Your grid lies between the two rates with the lowest losses. It should go from the best rate's left "
                "neighbour to its right one, whatever their losses are.",
                lambda lrs, losses, num: [float(x) for x in np.geomspace(*sorted(_two_best(lrs, losses)), num)],
            ),
            Misconception(
                "twice and half",
                "Your grid goes from half the best rate to twice it. It should go from its left neighbour in lrs to "
                "its right one.",
                _scaled(2),
            ),
            Misconception(
                "a factor of ten",
                "Your grid goes from a tenth of the best rate to ten times it. It should go from its left neighbour in "
                "lrs to its right one, which may be another factor away.",
                _scaled(10),
            ),
            Misconception(
                "nan as 0",
                "You put a number in the place of nan (np.nan_to_num makes it 0), and it wins. Put inf there.",
                lambda lrs, losses, num: _around(lrs, int(np.argmin(np.nan_to_num(losses))), num),
            ),
            Misconception(
                "broken neighbours passed over",
                "You look for the next neighbour whose run did not break. The neighbour is the next rate in lrs, "
                "whatever its loss is.",
                _passing_broken,
            ),
            Misconception(
                "neighbours left out",
                "Your new rates lie between the neighbours, without them. Both neighbours are in the grid, as its "
                "first and its last rate.",
                lambda lrs, losses, num: _around(lrs, _finite_best(losses), num + 2)[1:-1],
            ),
            Misconception(
                "two grids",
                "You make a grid of num rates on each side of the best one. Make one grid of num rates, from the left "
                "neighbour to the right one.",
                lambda lrs, losses, num: [
                    *_around(lrs, _finite_best(losses), num, right=0),
                    *_around(lrs, _finite_best(losses), num, left=0),
                ],
            ),
            Misconception(
                "old rates",
                "You return the best rate and its neighbours as they are in lrs. Make a new grid of num rates between "
                "the neighbours.",
                lambda lrs, losses, num: [
                    float(x) for x in lrs[max(_finite_best(losses) - 1, 0) : _finite_best(losses) + 2]
                ],
            ),
            Misconception(
                "halfway to the neighbours",
                "Your grid reaches only halfway to the neighbours. It should begin and end at the neighbours "
                "themselves.",
                lambda lrs, losses, num: [
                    float(x)
                    for x in np.geomspace(
                        (lrs[max(_finite_best(losses) - 1, 0)] * lrs[_finite_best(losses)]) ** 0.5,
                        (lrs[min(_finite_best(losses) + 1, len(lrs) - 1)] * lrs[_finite_best(losses)]) ** 0.5,
                        num,
                    )
                ],
            ),
        ),
    ),
    "with_warmup": Help(
        labels={"rates": ("",)},
        hint="Take the first wrong n of the table and work out by hand what the given schedule gives at this n, and "
        "the factor min(1, (n + 1) / steps). The new rate is their product, and without a warm-up (steps=0) the factor "
        "is 1.",
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
                "ramp to the last rate of the warm-up",
                "Your ramp leads in a straight line to the rate of one step. The schedule runs during the warm-up too: "
                "multiply schedule(n), the rate of the same step, by the ramp.",
                lambda schedule, steps: lambda n: schedule(steps - 1) * (n + 1) / steps if n < steps else schedule(n),
            ),
            Misconception(
                "ramp first, then the whole schedule",
                "Your schedule starts only when the warm-up is over; here it runs from n = 0, and the factor "
                "multiplies it.",
                lambda schedule, steps: lambda n: schedule(0) * (n + 1) / steps if n < steps else schedule(n - steps),
            ),
            Misconception(
                "constant after the warm-up",
                "Your rate stays what it is at the end of the warm-up. After it, the new schedule goes on as the given "
                "one: schedule(n).",
                lambda schedule, steps: lambda n: schedule(n) * (n + 1) / steps if n < steps else schedule(steps),
            ),
            Misconception(
                "next step's rate",
                "You ask the schedule for the rate of the next step, schedule(n + 1). The + 1 belongs to the factor "
                "only.",
                lambda schedule, steps: lambda n: schedule(n + 1) * (min(1, (n + 1) / steps) if steps else 1),
            ),
            Misconception(
                "next step's rate, without a warm-up right",
                "You ask the schedule for the rate of the next step, schedule(n + 1). The + 1 belongs to the factor "
                "only.",
                lambda schedule, steps: lambda n: schedule(n + 1) * min(1, (n + 1) / steps) if steps else schedule(n),
            ),
            Misconception(
                "factor added",
                "You add the factor to the rate. Multiply the schedule's rate by it.",
                lambda schedule, steps: lambda n: schedule(n) + min(1, (n + 1) / steps) if steps else schedule(n),
            ),
            Misconception(
                "product limited",
                "You limit the product to 1. Limit the factor: min(1, (n + 1) / steps), and then multiply.",
                lambda schedule, steps: lambda n: min(1, schedule(n) * (n + 1) / steps) if steps else schedule(n),
            ),
            Misconception(
                "ramp as a limit",
                "You take the smaller of the schedule's rate and the ramp. The ramp is a factor: multiply the rate by "
                "it.",
                lambda schedule, steps: lambda n: min(schedule(n), (n + 1) / steps) if steps else schedule(n),
            ),
            Misconception(
                "bracket missing",
                "A bracket is missing: n + 1 / steps is n + (1 / steps). The factor is (n + 1) / steps.",
                _warmed(lambda n, steps: min(1, n + 1 / steps) if steps else 1),
            ),
            Misconception(
                "squared ramp",
                "Your ramp is a square: it starts too low. The factor grows in a straight line, (n + 1) / steps.",
                _warmed(lambda n, steps: min(1, (n + 1) / steps) ** 2 if steps else 1),
            ),
            Misconception(
                "root ramp",
                "Your ramp is a root: it starts too high. The factor grows in a straight line, (n + 1) / steps.",
                _warmed(lambda n, steps: min(1, (n + 1) / steps) ** 0.5 if steps else 1),
            ),
            *(
                Misconception(
                    f"curved ramp, {words}",
                    "Your ramp is curved. The factor grows in a straight line, (n + 1) / steps.",
                    _warmed(lambda n, steps, ramp=ramp: ramp((n + 1) / steps) if n < steps else 1),
                )
                for words, ramp in (
                    ("a cosine", lambda share: (1 - math.cos(math.pi * share)) / 2),
                    ("a sine", lambda share: math.sin(math.pi / 2 * share)),
                    ("an exponential", lambda share: 1 - math.exp(-share)),
                )
            ),
            Misconception(
                "first step twice",
                "Your factor is n / steps, and at n = 0 that of step 1. It is (n + 1) / steps at every n.",
                _warmed(lambda n, steps: min(1, max(n, 1) / steps) if steps else 1),
            ),
            Misconception(
                "ramp downwards",
                "Your ramp goes down. The factor rises to 1: (n + 1) / steps.",
                _warmed(lambda n, steps: 1 - (n + 1) / steps if n < steps else 1),
            ),
            Misconception(
                "calls counted",
                "Your factor depends on how often the schedule has been asked. It depends on n alone: the same n gives "
                "the same rate, in whatever order.",
                _counting,
            ),
            Misconception(
                "zero without a warm-up",
                "With steps=0 your rate is not the schedule's own. There is no warm-up then: return schedule(n).",
                lambda schedule, steps: lambda n: schedule(n) * min(1, (n + 1) / steps) if steps else 0.0,
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
                "evenly spaced",
                "You try rates that are evenly spaced, so nearly all of them are high. Between 0.001 and 10,000 there "
                "are seven powers of ten: go from one try to the next by the same *factor*.",
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
