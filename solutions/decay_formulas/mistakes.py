"""The mistakes known in this unit: each has a name, a hint, and code that makes it. Students never get this file."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from lrlab.units import Help, Misconception

USE_NUMPY = (
    "The functions of `math` and `if` take one number at a time; np.floor, np.exp, // and ** take arrays as well."
)

PLACE = (
    "For an array you use the position in the array as the step. The array says itself which steps are wanted, in any "
    "order: [5, 2, 3] asks for η₅, η₂, η₃."
)


def _product(n: Any, lr0: float, factors: Any) -> Any:
    """lr0 times the product of the first n of `factors`, for a number or an array n."""
    rates = lr0 * np.concatenate([[1.0], np.cumprod(factors)])
    return rates[np.asarray(n)]


def _recurrence(n: Any, lr0: float, d: float, *, first: int) -> Any:
    """The time-based recurrence with a wrong first step number."""
    return _product(n, lr0, 1 / (1 + d * np.arange(first, first + np.max(n))))


def _one_after_another(n: Any, lr0: float, d: float) -> Any:
    """Each entry of an array divides the rate of the one before it."""
    if np.ndim(n) == 0:
        return _recurrence(n, lr0, d, first=0)
    return lr0 * np.cumprod(np.concatenate([[1.0], 1 / (1 + d * np.asarray(n)[:-1])]))


def _by_place(formula: Callable[..., Any]) -> Callable[..., Any]:
    """A formula that takes the place in an array for the step."""
    return lambda n, *more: formula(np.arange(np.size(n)) if np.ndim(n) else n, *more)


def _in_order(formula: Callable[..., Any]) -> Callable[..., Any]:
    """A formula whose rates for an array come in the order of the steps."""
    return lambda n, *more: formula(np.sort(n) if np.ndim(n) else n, *more)


def _from_the_lowest(formula: Callable[..., Any]) -> Callable[..., Any]:
    """A formula that counts the steps of an array from its lowest entry."""
    return lambda n, *more: formula(n - np.min(n) if np.ndim(n) else n, *more)


def _going_on(formula: Callable[..., Any]) -> Callable[..., Any]:
    """A formula that starts each entry of an array from the rate of the entry before."""

    def answer(n: Any, lr0: float, *more: Any) -> Any:
        rates = [lr0]
        for step in np.ravel(n):
            rates.append(float(np.ravel(formula(int(step), rates[-1], *more))[0]))
        return np.array(rates[1:]) if np.ndim(n) else rates[1]

    return answer


def _stairs(n: Any, lr0: float, d: float, r: int) -> Any:
    return lr0 * d ** ((1 + np.asarray(n)) // r)


def _time(n: Any, lr0: float, d: float) -> Any:
    return _recurrence(n, lr0, d, first=0)


def _exponential(n: Any, lr0: float, d: float) -> Any:
    return lr0 * np.exp(-d * np.asarray(n))


def _for_arrays(formula: Callable[..., Any]) -> tuple[Misconception, ...]:
    """The mistakes of an answer that is right for one step and wrong for an array of steps."""
    return (
        Misconception("place for the step", PLACE, _by_place(formula)),
        Misconception(
            "order of the steps",
            "For an array you return the rates in the order of the steps. Return them in the order of the array: [7, "
            "0, 3] "
            "asks for η₇, η₀, η₃.",
            _in_order(formula),
        ),
        Misconception(
            "counted from the lowest step",
            "For an array you count the steps from its lowest entry. They are counted from the start of "
            "the training: the first entry of [5, 2, 3] asks for η₅.",
            _from_the_lowest(formula),
        ),
        Misconception(
            "goes on from the entry before",
            "For an array each of your entries starts from the rate of the entry before. Each starts from lr0: don't "
            "overwrite lr0 in the loop.",
            _going_on(formula),
        ),
    )


def _log_reader(
    *,
    r: int = 0,
    first: int = 0,
    column: str = "lr=",
    time_name: str = "time-based",
    exponential: Callable[[float], float] = lambda ratio: -math.log(ratio),
    step: Callable[[float], float] = lambda ratio: ratio,
    time: Callable[[float], float] = lambda ratio: 1 / ratio - 1,
    as_text: bool = False,
) -> Callable[..., dict[str, Any]]:
    """A reader of logs with a change for each mistake."""

    def answer(log: list[str]) -> dict[str, Any]:
        rates = [float(line.split(column)[1].split()[0]) for line in log]
        falls = [n for n in range(1, len(rates)) if rates[n] < rates[n - 1]]
        ratio, lr0 = rates[falls[0]] / rates[falls[0] - 1], rates[first]
        if as_text:
            lr0 = log[0].split(column)[1]
        if len(falls) == len(rates) - 1:
            return {"formula": "exponential", "lr0": lr0, "d": exponential(ratio)}
        if falls[0] == 2 and len(falls) == len(rates) - 2:
            return {"formula": time_name, "lr0": lr0, "d": time(ratio)}
        return {"formula": "step-based", "lr0": lr0, "d": step(ratio), "r": falls[0] + 1 + r}

    return answer


def _stairs_in(rates: list[float], r: int | None = None) -> dict[str, Any]:
    drop = next(n for n in range(1, len(rates)) if rates[n] < rates[n - 1])
    return {"formula": "step-based", "lr0": rates[0], "d": rates[drop] / rates[drop - 1], "r": r or drop + 1}


def _rates(log: list[str]) -> list[float]:
    return [float(line.split("lr=")[1]) for line in log]


def _first_ratio(log: list[str]) -> dict[str, Any]:
    """The reader that takes every log whose rate falls at once for exponential."""
    rates = _rates(log)
    if rates[1] < rates[0]:
        return {"formula": "exponential", "lr0": rates[0], "d": -math.log(rates[1] / rates[0])}
    return _log_reader()(log)


def _equal_ratios(log: list[str]) -> dict[str, Any]:
    """The reader that takes two equal ratios for exponential, also two ratios of 1."""
    rates = _rates(log)
    if math.isclose(rates[1] / rates[0], rates[2] / rates[1]):
        return {"formula": "exponential", "lr0": rates[0], "d": -math.log(rates[1] / rates[0])}
    return _log_reader()(log)


def _any_pair(log: list[str]) -> dict[str, Any]:
    """The reader that takes every log with two equal rates for stairs."""
    rates = _rates(log)
    return _stairs_in(rates) if len(set(rates)) < len(rates) else _log_reader()(log)


def _counted_stairs(log: list[str]) -> dict[str, Any]:
    """The reader that takes the number of different rates for r."""
    rates, found = _rates(log), _log_reader()(log)
    return found | {"r": len(set(rates))} if "r" in found else found


def _second_drop(log: list[str]) -> dict[str, Any]:
    """The reader that takes the update of the second drop for r."""
    rates, found = _rates(log), _log_reader()(log)
    drops = [n for n in range(1, len(rates)) if rates[n] < rates[n - 1]]
    return found | {"r": drops[1]} if "r" in found else found


def _last_ratio(log: list[str]) -> dict[str, Any]:
    """The reader that takes the time-based d from the last two rates, as if it were the first division."""
    rates, found = _rates(log), _log_reader()(log)
    return found | {"d": rates[-2] / rates[-1] - 1} if found["formula"] == "time-based" else found


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
                "one drop only",
                "Your rate drops once and then stays. It drops every r steps: the exponent is the number of drops "
                "so far.",
                lambda n, lr0, d, r: lr0 * np.where((1 + np.asarray(n)) >= r, d, 1.0),
            ),
            Misconception(
                "drop at multiples only",
                "Your rate is lower at every r-th step alone, and back at lr0 after it. A drop stays: the exponent "
                "is the "
                "number of drops so far.",
                lambda n, lr0, d, r: lr0 * np.where((1 + np.asarray(n)) % r == 0, d, 1.0),
            ),
            Misconception(
                "divided by d",
                "You divide by d at each drop, so the rate grows. Multiply by d.",
                lambda n, lr0, d, r: lr0 / d ** ((1 + n) // r),
            ),
            Misconception(
                "lr0 to the power",
                "You raise lr0 to the power, too. Only d has the exponent: lr0 * d ** exponent.",
                lambda n, lr0, d, r: (lr0 * d) ** ((1 + n) // r),
            ),
            Misconception(
                "divided as in the time-based formula",
                "You divide by 1 + d · drops. Each drop *multiplies* the rate by d: lr0 · d ** drops.",
                lambda n, lr0, d, r: lr0 / (1 + d * ((1 + np.asarray(n)) // r)),
            ),
            Misconception(
                "subtracted",
                "You subtract d at each drop. Each drop multiplies by d.",
                lambda n, lr0, d, r: lr0 - d * ((1 + n) // r),
            ),
            Misconception(
                "share subtracted",
                "You take the same amount off at each drop. Each drop multiplies the rate before it by d.",
                lambda n, lr0, d, r: lr0 * (1 - (1 - d) * ((1 + n) // r)),
            ),
            Misconception(
                "drops counted with 1 + r",
                "Your stairs have one step too many: divide by r, not by r + 1.",
                lambda n, lr0, d, r: lr0 * d ** ((1 + n) // (r + 1)),
            ),
            Misconception(
                "always one drop",
                "Your exponent is 1 + n: the rate drops at every step instead of every r steps. Divide by r, round "
                "down.",
                lambda n, lr0, d, r: lr0 * d ** (1.0 + n),
            ),
            *_for_arrays(_stairs),
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
                "multiplied",
                "You multiply by (1 + d·n), so the rate grows: the recurrence divides.",
                lambda n, lr0, d: _product(n, lr0, 1 + d * np.arange(np.max(n))),
            ),
            Misconception(
                "1 minus as the factor",
                "You multiply by 1 - d·n. The recurrence *divides* by 1 + d·n.",
                lambda n, lr0, d: _product(n, lr0, 1 - d * np.arange(np.max(n))),
            ),
            Misconception(
                "entries one after another",
                "You divide from one entry of the array to the next. The entries are steps that are asked for, in any "
                "order: each rate is the one after all the steps from 0 on.",
                _one_after_another,
            ),
            Misconception(
                "divisors added up",
                "You add up the divisors' parts and divide once. Divide by each divisor, 1 + d·0, 1 + d·1, …, one "
                "after the "
                "other.",
                lambda n, lr0, d: lr0 / (1 + d * np.asarray(n) * (np.asarray(n) - 1) / 2),
            ),
            Misconception(
                "last divisor at every step",
                "You divide by 1 + d·n every time, with the n that is asked for. The divisor grows with the step: "
                "1 + d·0, 1 + d·1, … up to 1 + d·(n-1).",
                lambda n, lr0, d: lr0 / (1 + d * np.asarray(n)) ** np.asarray(n),
            ),
            Misconception(
                "exponential",
                "You compute η₀ · e⁻ᵈⁿ, the exponential decay of exercise 3. Here each rate is the one before, "
                "divided by "
                "1 + d·n.",
                _exponential,
            ),
            Misconception(
                "no initial rate",
                "Your values are the factor alone: start from the initial learning rate lr0.",
                lambda n, lr0, d: _recurrence(n, 1.0, d, first=0),
            ),
            *_for_arrays(_time),
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
                "as a recurrence",
                "You multiply by e⁻ᵈᵏ, with another k at every step. The factor from one step to the next is the same "
                "everywhere: e⁻ᵈ.",
                lambda n, lr0, d: lr0 * np.exp(-d * np.asarray(n) * (np.asarray(n) - 1) / 2),
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
                "divided by d",
                "You divide n by d. The exponent is the product, -d·n.",
                lambda n, lr0, d: lr0 * np.exp(-np.asarray(n) / d),
            ),
            Misconception(
                "time-based",
                "You compute lr0 / (1 + d·n). The exponential formula is lr0 · e⁻ᵈⁿ.",
                lambda n, lr0, d: lr0 / (1 + d * np.asarray(n)),
            ),
            Misconception(
                "1 / (1 + d) as the base",
                "You divide by 1 + d at each step. That is close for a small d, but the factor per step is e⁻ᵈ.",
                lambda n, lr0, d: lr0 / (1 + d) ** np.asarray(n),
            ),
            Misconception(
                "straight line",
                "You compute lr0 · (1 - d·n), a straight line. It is close at the beginning, but the formula is lr0 "
                "· e⁻ᵈⁿ.",
                lambda n, lr0, d: lr0 * (1 - d * np.asarray(n)),
            ),
            Misconception(
                "n squared",
                "Your exponent is -d·n². The formula's is -d·n.",
                lambda n, lr0, d: lr0 * np.exp(-d * np.asarray(n) ** 2),
            ),
            Misconception(
                "subtracted",
                "You subtract e⁻ᵈⁿ from lr0. Multiply lr0 by it.",
                lambda n, lr0, d: lr0 - np.exp(-d * np.asarray(n)),
            ),
            Misconception(
                "e rounded to 2.72",
                "Your e is rounded (2.718 or 2.72). Use np.exp or math.e, which have all digits.",
                lambda n, lr0, d: lr0 * 2.72 ** (-d * np.asarray(n)),
            ),
            Misconception(
                "power in the exponent",
                "Your exponent is dⁿ: `-d**n` is a power. The formula's is the product, -d * n.",
                lambda n, lr0, d: lr0 * np.exp(-(d ** np.asarray(n, dtype=float))),
            ),
            Misconception(
                "one step behind",
                "You are one step behind: the exponent is -d·n, not -d·(n-1).",
                lambda n, lr0, d: lr0 * np.exp(-d * (np.asarray(n) - 1)),
            ),
            Misconception(
                "what is lost",
                "You return what the rate has lost. Return what is left: lr0 · e⁻ᵈⁿ.",
                lambda n, lr0, d: lr0 * (1 - np.exp(-d * np.asarray(n))),
            ),
            Misconception(
                "e rounded",
                "Your e is rounded (2.718 or 2.72). Use np.exp or math.e, which have all digits.",
                lambda n, lr0, d: lr0 * 2.718 ** (-d * np.asarray(n)),
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
            *_for_arrays(_exponential),
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
                "what is lost",
                "1 - e⁻ᵈ is what one step takes off. γ is what is left: e⁻ᵈ.",
                lambda d: 1 - np.exp(-d),
            ),
            Misconception(
                "0 taken for none",
                "For d = 0 you use another d: in Python 0 counts as false. Nothing decays then, and γ is 1.",
                lambda d: np.exp(-(d or 1.0)),
            ),
            Misconception(
                "beginning of the series",
                "1 - d + d²/2 is only the beginning of e⁻ᵈ, close for a small d. Use np.exp.",
                lambda d: 1 - d + d * d / 2,
            ),
            Misconception(
                "minus outside",
                "Your minus is outside: -eᵈ. It belongs to the exponent, e⁻ᵈ.",
                lambda d: -np.exp(d),
            ),
            Misconception(
                "1 - d, not below 0",
                "1 - d is only the beginning of e⁻ᵈ = 1 - d + d²/2 - …: close for a small d only, and max(0, …) hides "
                "that.",
                lambda d: max(0.0, 1 - d),
            ),
            Misconception(
                "e⁻ᵈ upside down in the exponent",
                "You divide by d in the exponent. One step of e⁻ᵈⁿ multiplies by e⁻ᵈ.",
                lambda d: np.exp(-1 / d) if d else 0.0,
            ),
            Misconception("minus d", "-d is the exponent. γ is e raised to it.", lambda d: -d),
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
                "2 in place of ln 2",
                "You divide 2 by d. Take the logarithm of both sides of e⁻ᵈⁿ = ½: ln 2 / d.",
                lambda d: 2 / d,
            ),
            Misconception(
                "divided by ln 2",
                "You divide by ln 2 where it should multiply: from d·n = ln 2 follows n = ln 2 / d.",
                lambda d: 1 / (d * np.log(2)),
            ),
            Misconception(
                "1 - d as the factor",
                "You take 1 - d for the factor of a step, which is close for a small d only. It is e⁻ᵈ, so e⁻ᵈⁿ = ½.",
                lambda d: np.log(0.5) / np.log(np.float64(1 - d)),
            ),
            Misconception(
                "1 + d as the divisor",
                "You take 1 + d for the divisor of a step, which is close for a small d only. It is eᵈ, so eᵈⁿ = 2.",
                lambda d: np.log(2) / np.log(1 + d),
            ),
            Misconception(
                "ln 2 rounded",
                "Your ln 2 is rounded (0.69 or 0.693). Use np.log(2), which has all digits.",
                lambda d: 0.693 / d,
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
                "rates rounded",
                "You round the rates, and the ratio of two of them with it. Keep all their digits.",
                lambda log: _log_reader()([f"lr={round(rate, 4)}" for rate in _rates(log)]),
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
                "closed form",
                "For the time-based formula you solve η₂ = η₀ / (1 + d·2), the closed form. In the recurrence "
                "η₂ = η₁ / (1 + d·1).",
                _log_reader(time=lambda ratio: (1 / ratio - 1) / 2),
            ),
            Misconception(
                "1 - ratio for the time-based",
                "For the time-based formula you return 1 minus the ratio. The rate is *divided* by 1 + d from update "
                "1 to "
                "update 2: solve that for d.",
                _log_reader(time=lambda ratio: 1 - ratio),
            ),
            Misconception(
                "1 left in the divisor",
                "For the time-based formula you return the divisor 1 + d. Take the 1 off.",
                _log_reader(time=lambda ratio: 1 / ratio),
            ),
            Misconception(
                "ratio one update later",
                "You take the time-based d from update 2 to update 3, where the divisor is 1 + 2·d. It is 1 + d from "
                "update 1 to update 2.",
                lambda log: (
                    lambda found, rates: (
                        found | {"d": rates[2] / rates[3] - 1} if found["formula"] == "time-based" else found
                    )
                )(_log_reader()(log), _rates(log)),
            ),
            Misconception(
                "all drops at once",
                "For the stairs you divide the last rate by the first, which holds several drops. d is the factor "
                "of one.",
                lambda log: (lambda found, rates: found | {"d": rates[-1] / rates[0]} if "r" in found else found)(
                    _log_reader()(log), _rates(log)
                ),
            ),
            Misconception(
                "one division too many",
                "For the exponential you divide the whole fall by the number of updates. Between them are one fewer "
                "steps.",
                lambda log: (
                    lambda found, rates: (
                        found | {"d": -math.log(rates[-1] / rates[0]) / len(rates)}
                        if found["formula"] == "exponential"
                        else found
                    )
                )(_log_reader()(log), _rates(log)),
            ),
            Misconception(
                "length of the last stair",
                "Your r is the length of the last stair, which the log may cut short. Take the updates from one drop "
                "to "
                "the next.",
                lambda log: (lambda found, rates: found | {"r": rates.count(rates[-1])} if "r" in found else found)(
                    _log_reader()(log), _rates(log)
                ),
            ),
            Misconception(
                "last ratio for the time-based",
                "You take the time-based d from the last two rates. There the divisor is 1 + d·n with a large n; it is "
                "1 + d from update 1 to update 2.",
                _last_ratio,
            ),
            Misconception(
                "logarithm to base 10",
                "For the exponential you use the logarithm to base 10. The ratio is e⁻ᵈ: np.log or math.log.",
                _log_reader(exponential=lambda ratio: -math.log10(ratio)),
            ),
            Misconception(
                "1 / ratio for the stairs",
                "For the stairs you return the rate before a drop divided by that after it. d is the factor of a "
                "drop, the "
                "new rate divided by the old one.",
                _log_reader(step=lambda ratio: 1 / ratio),
            ),
            Misconception(
                "stairs that begin with a drop",
                "You call a log exponential as soon as its rate falls at update 1. Stairs with r = 2 do that, too: an "
                "exponential falls at *every* update.",
                _first_ratio,
            ),
            Misconception(
                "two ratios of 1",
                "You call a log exponential as soon as its first two ratios are equal. On a stair both are 1: an "
                "exponential's are below 1.",
                _equal_ratios,
            ),
            Misconception(
                "time-based taken for stairs",
                "You call the time-based log step-based, since two of its rates are equal. On stairs that comes "
                "again and "
                "again; in the recurrence it happens at the first two updates only.",
                _any_pair,
            ),
            Misconception(
                "r one too large",
                "Your r is one too large: the first drop is at update r - 1.",
                _log_reader(r=1),
            ),
            Misconception(
                "number of stairs",
                "Your r is the number of different rates. It is the number of updates on a full stair.",
                _counted_stairs,
            ),
            Misconception(
                "update of the second drop",
                "Your r is the update of the second drop. It is the number of updates from the first drop to the "
                "second.",
                _second_drop,
            ),
            Misconception(
                "lr0 as text",
                "Your lr0 is a text. Make a number of it: float(…).",
                _log_reader(as_text=True),
            ),
            Misconception(
                "lr0 from the second update",
                "Your lr0 is the learning rate of update 1. The log begins with update 0.",
                _log_reader(first=1),
            ),
        ),
    ),
}
