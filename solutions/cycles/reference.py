"""The right values of this unit's exercises, and the generator of its hidden cases. Students never get this file.

The curves are walked in exact fractions and in decimal arithmetic of 40 digits, with a cosine of its own, independent
of numpy, torch, `lrlab` and of the solutions in the notebook. `python reference.py` prints the hidden cases.
"""

import random
from decimal import Decimal, getcontext
from fractions import Fraction
from pprint import pprint

getcontext().prec = 40
PI = Decimal("3.14159265358979323846264338327950288419716939937510")

# Found by search: on these, every known mistake leads to another rate.
RANGE_TESTS = [
    ([0.0003, 0.0008, 0.0009, 0.004, 0.9, 2.0], [2.4, 1.8, 2.1, 1.0, 0.9, 1.6]),
    ([0.0001, 0.0009, 0.003, 0.03, 0.2, 1.0], [2.2, 1.9, 1.5, 1.7, 0.9, 2.1]),
    ([0.006, 0.009, 0.04, 0.2, 0.5, 1.0], [2.2, 2.0, 1.5, 0.6, 1.0, 1.2]),
]


def cosine(x):
    """By its series; x is a Decimal between 0 and π."""
    term = total = Decimal(1)
    k = 0
    while abs(term) > Decimal(10) ** -38:
        k += 2
        term *= -x * x / (k * (k - 1))
        total += term
    return total


def triangular(n, base_lr, max_lr, step_size):
    """Up and down in equal steps, one at a time."""
    rate, step = Fraction(base_lr), (Fraction(max_lr) - Fraction(base_lr)) / step_size
    for k in range(n):
        rate += step if k % (2 * step_size) < step_size else -step
    return float(rate)


def triangular2(n, base_lr, max_lr, step_size):
    rate, step = Fraction(base_lr), (Fraction(max_lr) - Fraction(base_lr)) / step_size
    for k in range(n):
        if k and k % (2 * step_size) == 0:
            step /= 2
        rate += step if k % (2 * step_size) < step_size else -step
    return float(rate)


def one_cycle(n, total_steps, max_lr, pct_start, div_factor, final_div_factor):
    top, first = Decimal(max_lr), Decimal(max_lr) / Decimal(div_factor)
    peak, end = Decimal(pct_start) * total_steps - 1, Decimal(total_steps - 1)
    if n <= peak:
        a, b, done = first, top, n / peak
    else:
        a, b, done = top, first / Decimal(final_div_factor), (n - peak) / (end - peak)
    return float(b + (a - b) * (1 + cosine(PI * done)) / 2)


def steepest_lr(lrs, losses):
    """Second-order differences on an uneven grid, from their formula."""
    x, y = [Decimal(lr).ln() for lr in lrs], [Decimal(loss) for loss in losses]
    slopes = [(y[1] - y[0]) / (x[1] - x[0])]
    for i in range(1, len(x) - 1):
        h, k = x[i] - x[i - 1], x[i + 1] - x[i]
        slopes.append((h * h * y[i + 1] + (k * k - h * h) * y[i] - k * k * y[i - 1]) / (h * k * (h + k)))
    slopes.append((y[-1] - y[-2]) / (x[-1] - x[-2]))
    return {"rate": lrs[slopes.index(min(slopes))]}


def right(name, args):
    if isinstance(args[0], list) and name != "steepest_lr":
        return [right(name, (n, *args[1:])) for n in args[0]]
    return globals()[name](*args)


def hidden_cases(seed=7):
    """For each exercise, by group, a few calls and their right values; the same for the same seed."""
    rng = random.Random(seed)

    def odd(low, high):
        return round(rng.uniform(low, high), 4)

    def steps(highest):
        drawn = rng.sample(range(highest), 4)
        return [*drawn, drawn[1]]

    def cycling():
        half = rng.randrange(3, 12)
        return odd(0.001, 0.1), odd(0.2, 2), half

    def one(total):
        return total, odd(0.1, 2), odd(0.2, 0.6), odd(3, 30), odd(10, 1000)

    calls = {
        name: {
            "one step": [
                (k * half + extra, low, high, half) for k, extra in ((0, 1), (5, 2)) for low, high, half in [cycling()]
            ],
            "arrays": [
                (steps(80), *cycling()),
                ([rng.randrange(5, 90)], *cycling()),
                ([0, 6, 12, 18], *cycling()[:2], 6),
            ],
        }
        for name in ("triangular", "triangular2")
    }
    calls["triangular2"]["one step"].append((5000, 0.25, 3.5, 24))
    calls["one_cycle"] = {
        "one step": [(0, *one(30)), (rng.randrange(5, 15), *one(60)), (59, *one(60)), (33, *one(37))],
        "arrays": [(steps(50), *one(50)), ([rng.randrange(5, 70)], *one(75))],
    }
    calls["steepest_lr"] = {"": RANGE_TESTS}
    return {
        name: {group: [(args, right(name, args)) for args in cases] for group, cases in groups.items()}
        for name, groups in calls.items()
    }


if __name__ == "__main__":
    pprint(hidden_cases(), sort_dicts=False, width=110)
