"""The right values of this unit's exercises, and the generator of its hidden cases. Students never get this file.

The functions are written from the formulas in decimal arithmetic of 40 digits, independent of numpy, of `lrlab` and
of the solutions in the notebook, so that an error in one of them shows. `python reference.py` prints the hidden cases
of one seed; the judge draws others for every submission.
"""

import random
from decimal import Decimal, getcontext
from pprint import pprint

getcontext().prec = 40


def step_decay(n: int, lr0: float, d: float, r: int) -> float:
    """η0 times d, once for every r-th of the steps 1 … n+1."""
    rate = Decimal(lr0)
    for step in range(1, n + 2):
        if step % r == 0:
            rate *= Decimal(d)
    return float(rate)


def time_decay(n: int, lr0: float, d: float) -> float:
    """The recurrence, step by step."""
    rate = Decimal(lr0)
    for step in range(n):
        rate /= 1 + Decimal(d) * step
    return float(rate)


def exponential_decay(n: int, lr0: float, d: float) -> float:
    return float(Decimal(lr0) * (-Decimal(d) * n).exp())


def gamma_from_decay(d: float) -> float:
    return float((-Decimal(d)).exp())


def half_life(d: float) -> float:
    return float(Decimal(2).ln() / Decimal(d))


def read_log(log):
    """The formula and its numbers, from the text of the rates alone."""
    rates = [Decimal(line.rpartition("lr=")[2]) for line in log]
    falls = [n for n in range(1, len(rates)) if rates[n] < rates[n - 1]]
    ratios = [rates[n] / rates[n - 1] for n in falls]
    if len(falls) == len(rates) - 1:
        return {"formula": "exponential", "lr0": float(rates[0]), "d": float(-ratios[0].ln())}
    if falls[0] == 2 and len(falls) == len(rates) - 2:  # the first two rates are equal, all others fall
        return {"formula": "time-based", "lr0": float(rates[0]), "d": float(1 / ratios[0] - 1)}
    return {"formula": "step-based", "lr0": float(rates[0]), "d": float(ratios[0]), "r": falls[0] + 1}


def written(rates, rng):
    """A log with these rates, as a training script prints it; the loss falls with some noise."""
    losses = [2.3 * 0.97**n * rng.uniform(0.95, 1.05) for n in range(len(rates))]
    return [f"update={n} loss={loss:.4f} lr={rate!r}" for n, (loss, rate) in enumerate(zip(losses, rates, strict=True))]


def over_array(function, n, *rest):
    """The function at one n or at each n of a list."""
    return [function(k, *rest) for k in n] if isinstance(n, list) else function(n, *rest)


def right(name, args):
    if name == "read_log":
        return read_log(*args)
    return over_array(globals()[name], *args)


def hidden_cases(seed: int = 20) -> dict[str, object]:
    """For each exercise a few calls and their right values; the same for the same seed.

    Every set holds what the public cases can't all hold: an unsorted array with a repeated step, an array of one step,
    a larger step, and arguments that no one would guess.
    """
    rng = random.Random(seed)

    def odd(low: float, high: float) -> float:
        return round(rng.uniform(low, high), 4)

    def steps(highest: int) -> list[int]:
        drawn = rng.sample(range(highest), 4)
        return [*drawn, drawn[1]]

    calls = {
        "step_decay": [
            (rng.randrange(20, 40), odd(0.01, 1), odd(0.3, 0.9), rng.randrange(4, 9)),
            (steps(60), odd(0.01, 1), odd(0.3, 0.9), rng.randrange(4, 9)),
            ([rng.randrange(5, 30)], odd(0.01, 1), odd(0.3, 0.9), rng.randrange(2, 6)),
            (0, odd(0.01, 1), odd(0.3, 0.9), 1),
        ],
        "time_decay": [
            (rng.randrange(12, 30), odd(0.01, 1), odd(0.01, 0.2)),
            (steps(25), odd(0.01, 1), odd(0.01, 0.2)),
            ([rng.randrange(5, 30)], odd(0.01, 1), odd(0.01, 0.2)),
            (0, odd(0.01, 1), odd(0.01, 0.2)),
        ],
        "exponential_decay": [
            (rng.randrange(20, 90), odd(0.01, 1), odd(0.01, 0.1)),
            (steps(90), odd(0.01, 1), odd(0.01, 0.1)),
            ([rng.randrange(5, 30)], odd(0.01, 1), odd(0.01, 0.1)),
        ],
        "gamma_from_decay": [(odd(0.001, 0.05),), (odd(0.1, 0.9),), (odd(1, 4),), (0,)],
        "half_life": [(odd(0.001, 0.01),), (odd(0.02, 0.5),), (odd(1, 4),)],
    }
    made = {name: [(args, right(name, args)) for args in cases] for name, cases in calls.items()}
    length = rng.randrange(25, 40)
    logs = {
        "smooth": [
            [exponential_decay(n, *numbers) for n in range(length)] for numbers in [(odd(0.01, 1), odd(0.01, 0.1))]
        ]
        + [[time_decay(n, *numbers) for n in range(length)] for numbers in [(odd(0.01, 1), odd(0.01, 0.05))]],
        "stairs": [
            [step_decay(n, *numbers) for n in range(length)]
            for numbers in [(odd(0.01, 1), odd(0.3, 0.9), rng.randrange(3, 12)), (odd(0.01, 1), odd(0.3, 0.9), 2)]
        ],
    }
    made["read_log"] = {
        group: [((log,), read_log(log)) for log in (written(rates, rng) for rates in some)]
        for group, some in logs.items()
    }
    return made


if __name__ == "__main__":
    pprint(hidden_cases(), sort_dicts=False, width=110)
