"""The mistakes known in this unit: each has a name, a hint, and code that makes it. Students never get this file."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from lrlab.units import Help, Misconception

USE_NUMPY = (
    "The functions of `math` and `if` take one number at a time; np.floor, np.exp, // and ** take arrays as well."
)


def _product(n: Any, lr0: float, factors: Any) -> Any:
    """lr0 times the product of the first n of `factors`, for a number or an array n."""
    rates = lr0 * np.concatenate([[1.0], np.cumprod(factors)])
    return rates[np.asarray(n)]


def _recurrence(n: Any, lr0: float, d: float, *, first: int) -> Any:
    """The time-based recurrence with a wrong first step number."""
    return _product(n, lr0, 1 / (1 + d * np.arange(first, first + np.max(n))))


def _log_reader(
    *,
    r: int = 0,
    first: int = 0,
    column: str = "lr=",
    time_name: str = "time-based",
    exponential: Callable[[float], float] = lambda ratio: -math.log(ratio),
    step: Callable[[float], float] = lambda ratio: ratio,
    time: Callable[[float], float] = lambda ratio: 1 / ratio - 1,
) -> Callable[..., dict[str, Any]]:
    """A reader of logs with a change for each mistake."""

    def answer(log: list[str]) -> dict[str, Any]:
        rates = [float(line.split(column)[1].split()[0]) for line in log]
        falls = [n for n in range(1, len(rates)) if rates[n] < rates[n - 1]]
        ratio, lr0 = rates[falls[0]] / rates[falls[0] - 1], rates[first]
        if len(falls) == len(rates) - 1:
            return {"formula": "exponential", "lr0": lr0, "d": exponential(ratio)}
        if falls[0] == 2 and len(falls) == len(rates) - 2:
            return {"formula": time_name, "lr0": lr0, "d": time(ratio)}
        return {"formula": "step-based", "lr0": lr0, "d": step(ratio), "r": falls[0] + 1 + r}

    return answer


def _equal_pair(log: list[str]) -> dict[str, Any]:
    """The reader that takes every log with two equal rates at its start for time-based."""
    rates = [float(line.split("lr=")[1]) for line in log]
    if rates[0] == rates[1]:
        return {"formula": "time-based", "lr0": rates[0], "d": rates[1] / rates[2] - 1}
    return _log_reader()(log)


MISTAKES = {
    "step_decay": Help(
        hint="Take the first wrong row and work out (1 + n) / r by hand, then round down, then d to that power.",
        problem_hints={"array_error": USE_NUMPY},
        misconceptions=(
            Misconception(
                "torch's exponent",
                "You use ⌊n/r⌋, as torch's StepLR does. The lecture writes ⌊(1+n)/r⌋, which drops one step earlier: "
                "with r = 3 at n = 2, not at n = 3.",
                lambda n, lr0, d, r: lr0 * d ** (n // r),
            ),
            Misconception(
                "no floor",
                "Your rate falls a little at every step: (1+n)/r is divided, but not rounded down. The floor "
                "⌊ ⌋ is what makes the stairs: `//` or np.floor.",
                lambda n, lr0, d, r: lr0 * d ** ((1 + n) / r),
            ),
            Misconception(
                "multiplied",
                "You multiply by the number of drops. Each drop multiplies by d once more, so d is raised to that "
                "power: d ** exponent.",
                lambda n, lr0, d, r: lr0 * d * ((1 + n) // r),
            ),
            Misconception(
                "multiplied after the first drop",
                "You multiply by the number of drops. Each drop multiplies by d once more, so d is raised to that "
                "power: d ** exponent.",
                lambda n, lr0, d, r: lr0 * np.where((1 + n) // r > 0, d * ((1 + n) // r), 1.0),
            ),
            Misconception(
                "rounded up",
                "Your exponent is 1 + ⌊n/r⌋, which is (1+n)/r rounded *up*. The 1 belongs inside, (1 + n) / r, "
                "and ⌊ ⌋ rounds down: `//` or np.floor, not np.ceil.",
                lambda n, lr0, d, r: lr0 * d ** (1 + n // r),
            ),
            Misconception(
                "rounded to the nearest",
                "You round (1+n)/r to the nearest whole number; ⌊ ⌋ rounds down: `//` or np.floor, not round.",
                lambda n, lr0, d, r: lr0 * d ** np.round((1 + n) / r),
            ),
            Misconception(
                "one step early",
                "Your stairs drop one step too early: the numerator is 1 + n, not 2 + n.",
                lambda n, lr0, d, r: lr0 * d ** ((2 + n) // r),
            ),
            Misconception(
                "one step late",
                "Your stairs drop two steps too late: the numerator is 1 + n, not n - 1.",
                lambda n, lr0, d, r: lr0 * d ** ((n - 1) // r),
            ),
            Misconception(
                "no initial rate",
                "Your values are the factor alone: multiply by the initial learning rate lr0.",
                lambda n, lr0, d, r: d ** ((1 + n) // r),
            ),
            Misconception(
                "1 - d as the factor",
                "You multiply by 1 - d at each drop. d is the factor that stays: with d = 0.8 the rate falls to 80 "
                "percent, not to 20.",
                lambda n, lr0, d, r: lr0 * (1 - d) ** ((1 + n) // r),
            ),
            Misconception(
                "always one drop",
                "Your exponent is 1 + n: the rate drops at every step instead of every r steps. Divide by r, round "
                "down.",
                lambda n, lr0, d, r: lr0 * d ** (1.0 + n),
            ),
        ),
    ),
    "time_decay": Help(
        hint="Write the first rates on paper: η₁ = η₀ / (1 + d·0), η₂ = η₁ / (1 + d·1), η₃ = η₂ / (1 + d·2).",
        problem_hints={
            "array_error": (
                "`range(n)` and `if n` need one number. One way: build the list of all rates up to the largest n, "
                "turn it into an array, and index that array with n."
            )
        },
        misconceptions=(
            Misconception(
                "closed form",
                "You compute η₀ / (1 + d·n), the closed form that other texts call inverse-time decay. The "
                "lecture's formula is a recurrence: each rate is the *previous rate* divided by (1 + d·n), so the "
                "divisions pile up.",
                lambda n, lr0, d: lr0 / (1 + d * n),
            ),
            Misconception(
                "starts at 1",
                "Your divisions begin with n = 1. The recurrence starts at n = 0: η₁ = η₀ / (1 + d·0) = η₀, so the "
                "first two rates are equal.",
                lambda n, lr0, d: _recurrence(n, lr0, d, first=1),
            ),
            Misconception(
                "one division short",
                "You stop one division too early: η_n takes n divisions, by 1 + d·0, 1 + d·1, … up to 1 + d·(n-1).",
                lambda n, lr0, d: _recurrence(np.maximum(np.asarray(n) - 1, 0), lr0, d, first=0),
            ),
            Misconception(
                "not accumulated",
                "You divide lr0 once, by the last factor alone. In the recurrence every rate starts from the one "
                "before it: keep the result (rate = rate / …) from step to step.",
                lambda n, lr0, d: lr0 / (1 + d * np.maximum(np.asarray(n) - 1, 0)),
            ),
            Misconception(
                "constant factor",
                "You divide by the same 1 + d at every step. The divisor grows with the step: 1 + d·n.",
                lambda n, lr0, d: lr0 / (1 + d) ** np.asarray(n),
            ),
            Misconception(
                "positions for steps",
                "For an array you use the position in the array as the step. The array says itself which steps are "
                "wanted, in any order: [5, 2, 3] asks for η₅, η₂, η₃.",
                lambda n, lr0, d: _recurrence(np.arange(np.size(n)) if np.ndim(n) else n, lr0, d, first=0),
            ),
            Misconception(
                "multiplied",
                "You multiply by (1 + d·n), so the rate grows: the recurrence divides.",
                lambda n, lr0, d: _product(n, lr0, 1 + d * np.arange(np.max(n))),
            ),
            Misconception(
                "no initial rate",
                "Your values are the factor alone: start from the initial learning rate lr0.",
                lambda n, lr0, d: _recurrence(n, 1.0, d, first=0),
            ),
        ),
    ),
    "exponential_decay": Help(
        hint="At n = 0 the value must be lr0, and each further step multiplies by the same factor e⁻ᵈ.",
        problem_hints={"array_error": USE_NUMPY},
        misconceptions=(
            Misconception(
                "sign", "Your rate grows: the exponent is *minus* d·n.", lambda n, lr0, d: lr0 * np.exp(d * n)
            ),
            Misconception(
                "base 2",
                "Your base is 2; the formula's is e = 2.718…: np.exp.",
                lambda n, lr0, d: lr0 * 2.0 ** (-d * n),
            ),
            Misconception(
                "base 10",
                "Your base is 10; the formula's is e = 2.718…: np.exp.",
                lambda n, lr0, d: lr0 * 10.0 ** (-d * n),
            ),
            Misconception(
                "no initial rate",
                "Your values are the factor alone: multiply by the initial learning rate lr0.",
                lambda n, lr0, d: np.exp(-d * n),
            ),
            Misconception(
                "d as the base",
                "You compute lr0 · dⁿ, taking d for the factor per step. The factor per step is e⁻ᵈ: "
                "for d = 0.1 that is 0.905, not 0.1.",
                lambda n, lr0, d: lr0 * d ** np.asarray(n, dtype=float),
            ),
            Misconception(
                "1 - d as the base",
                "You compute lr0 · (1 - d)ⁿ. That is close for a small d, but the factor per step is e⁻ᵈ.",
                lambda n, lr0, d: lr0 * (1 - d) ** np.asarray(n, dtype=float),
            ),
            Misconception(
                "lr0 in the exponent",
                "Your lr0 is inside the exponential. Multiply by it outside: lr0 · e⁻ᵈⁿ.",
                lambda n, lr0, d: np.exp(-d * n * lr0),
            ),
            Misconception(
                "n outside the exponent",
                "Your n multiplies instead of being in the exponent: `e ** -d * n` means (e ** -d) · n. "
                "Put brackets round the product, or use np.exp(-d * n).",
                lambda n, lr0, d: lr0 * np.exp(-d) * n,
            ),
            Misconception(
                "one step ahead",
                "You are one step ahead: at n = 0 nothing has decayed yet, and the exponent is -d·n, not -d·(n+1).",
                lambda n, lr0, d: lr0 * np.exp(-d * (np.asarray(n) + 1)),
            ),
            Misconception(
                "n not used",
                "Your rate is the same at every step: n is missing from the exponent.",
                lambda n, lr0, d: lr0 * np.exp(-d) * np.ones(np.shape(n)),
            ),
        ),
    ),
    "gamma_from_decay": Help(
        hint="Write e⁻ᵈⁿ as (something)ⁿ: that something is γ.",
        misconceptions=(
            Misconception("sign", "Your γ is above 1, so the rate would grow: γ = e⁻ᵈ, with a minus.", np.exp),
            Misconception(
                "1 - d",
                "1 - d is only the beginning of e⁻ᵈ = 1 - d + d²/2 - …: close for a small d, and "
                "nonsense (a negative rate) for d = 2.",
                lambda d: 1 - d,
            ),
            Misconception(
                "1 / (1 + d)",
                "1 / (1 + d) is the factor of a division by 1 + d. One step of e⁻ᵈⁿ multiplies by e⁻ᵈ.",
                lambda d: 1 / (1 + d),
            ),
            Misconception("base 2", "Your base is 2; the formula's is e = 2.718…: np.exp.", lambda d: 2.0**-d),
            Misconception("base 10", "Your base is 10; the formula's is e = 2.718…: np.exp.", lambda d: 10.0**-d),
            Misconception(
                "d itself",
                "d is not γ: in e⁻ᵈⁿ = (e⁻ᵈ)ⁿ the thing that is raised to the power n is e⁻ᵈ.",
                lambda d: d,
            ),
            Misconception(
                "solved for d",
                "You solve for d: -ln(γ) turns torch's γ into the lecture's d. Here d is given and γ is wanted.",
                lambda d: -np.log(d),
            ),
        ),
    ),
    "half_life": Help(
        hint="Set e⁻ᵈⁿ = ½, take the natural logarithm of both sides, and solve for n.",
        misconceptions=(
            Misconception(
                "no ln 2",
                "After 1/d steps the rate has fallen to 1/e = 0.37 of lr0, not to 0.5: the ln 2 is missing. "
                "(log₂ 2 is 1: the natural logarithm, np.log, is the one for base e.)",
                lambda d: 1 / d,
            ),
            Misconception(
                "log10",
                "You use the logarithm to base 10. The inverse of eˣ is the natural logarithm: np.log.",
                lambda d: np.log10(2) / d,
            ),
            Misconception(
                "sign",
                "Your number of steps is negative. From e⁻ᵈⁿ = ½ follows -d·n = ln ½ = -ln 2: the two minus signs "
                "cancel.",
                lambda d: -np.log(2) / d,
            ),
            Misconception(
                "half of 1/d",
                "1/(2d) would be right if the rate fell on a straight line with slope d. Solve e⁻ᵈⁿ = ½ for n.",
                lambda d: 1 / (2 * d),
            ),
            Misconception(
                "upside down",
                "Your fraction is upside down: a larger d decays faster, so it takes fewer steps.",
                lambda d: d / np.log(2),
            ),
            Misconception(
                "multiplied by d",
                "You multiply by d. A larger d decays faster, so it takes fewer steps: divide by d.",
                lambda d: np.log(2) * d,
            ),
            Misconception(
                "rounded up", "Don't round: the half-life may lie between two steps.", lambda d: np.ceil(np.log(2) / d)
            ),
            Misconception(
                "rounded", "Don't round: the half-life may lie between two steps.", lambda d: np.round(np.log(2) / d)
            ),
            Misconception(
                "rounded down", "Don't round: the half-life may lie between two steps.", lambda d: np.log(2) / d // 1
            ),
        ),
    ),
    "read_log": Help(
        hint=(
            "Write the learning rates of the log in one row and the ratio of each to the one before in "
            "the next. Stairs have ratios of 1 with a drop now and then, an exponential always has the "
            "same ratio, and in the time-based recurrence the ratio changes at every step."
        ),
        problem_hints={
            "should_return": 'a dictionary such as {"formula": "exponential", "lr0": 0.1, "d": 0.02}',
            "formula": 'Return one of the texts "step-based", "time-based" and "exponential" under the key "formula". '
            "If you do, another formula made this log: compare the ratios of all neighbours, not just the first ones.",
            "lr0": "lr0 is the learning rate of update 0: the number after `lr=`, not the loss.",
            "d": (
                "Take d from the ratio of two neighbouring learning rates where the rate falls. How does "
                "each of the three formulas turn d into that ratio?"
            ),
            "r": "r is the number of updates on a full stair. The first stair is one update shorter.",
        },
        misconceptions=(
            Misconception(
                "first stair taken for r",
                "Your r is one too small. With ⌊(1+n)/r⌋ the first stair has only r - 1 updates; the full "
                "stairs come after.",
                _log_reader(r=-1),
            ),
            Misconception(
                "ratio as d of the exponential",
                "For the exponential you return the ratio of two neighbours. That ratio is e⁻ᵈ: solve it for d.",
                _log_reader(exponential=lambda ratio: ratio),
            ),
            Misconception(
                "sign of d",
                "For the exponential your d is negative. The ratio is e⁻ᵈ, with a minus.",
                _log_reader(exponential=math.log),
            ),
            Misconception(
                "1 - ratio",
                "For the exponential you return 1 minus the ratio. That is close for a small d, but the ratio is e⁻ᵈ.",
                _log_reader(exponential=lambda ratio: 1 - ratio),
            ),
            Misconception(
                "percent instead of factor",
                "For the stairs you return by how much the rate falls. d is the factor that stays: 0.8 if "
                "the rate falls to 80 percent.",
                _log_reader(step=lambda ratio: 1 - ratio),
            ),
            Misconception(
                "time-based ratio as it is",
                "For the time-based formula you return the ratio of two neighbours. From update 1 to "
                "update 2 the rate is divided by 1 + d: solve that for d.",
                _log_reader(time=lambda ratio: ratio),
            ),
            Misconception(
                "time-based taken for exponential",
                "You call the time-based log exponential. In an exponential all ratios are equal; here the "
                "first two rates are the same, and then the ratios change.",
                _log_reader(time_name="exponential", time=lambda ratio: -math.log(ratio)),
            ),
            Misconception(
                "loss taken for the rate",
                "You read the losses. The learning rate is the number after `lr=`.",
                _log_reader(column="loss="),
            ),
            Misconception(
                "equal first rates taken for time-based",
                "You call a log time-based as soon as its first two rates are equal. Stairs may begin so, too. In the "
                "time-based formula the rate then falls at *every* update.",
                _equal_pair,
            ),
            Misconception(
                "lr0 from the second update",
                "Your lr0 is the learning rate of update 1. The log begins with update 0.",
                _log_reader(first=1),
            ),
        ),
    ),
}
