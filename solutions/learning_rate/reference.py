"""The right values of this unit's exercises, and the generator of its hidden cases. Students never get this file.

Positions and distances are exact fractions, independent of numpy, of `lrlab` and of the solutions in the notebook, so
that an error in one of them shows. `python reference.py` prints the hidden cases; a test holds them and the notebook's
hidden tests together.
"""

import math
import random
from fractions import Fraction
from pprint import pprint

SLOPES = {
    "x²": lambda x, step: 2 * x,
    "x⁴/4 - 2x": lambda x, step: x * x * x - 2,
    "3(x - 1)²": lambda x, step: 6 * x - 6,
    "x² with noise": lambda x, step: 2 * x + [Fraction(1, 2), Fraction(-1), Fraction(1, 4)][step % 3],
}


def gradient_descent(loss, x0, lr, steps):
    x, positions = Fraction(x0), [float(x0)]
    for step in range(steps):
        x -= Fraction(lr) * SLOPES[loss](x, step)
        positions.append(float(x))
    return {"positions": positions, "calls of grad": steps}


def largest_stable_lr(curvature):
    """The rate at which one step lands at -x: 1 - lr c = -1."""
    return float(2 / Fraction(curvature))


def steps_to_reach(curvature, x0, lr, tolerance):
    x, factor = Fraction(x0), 1 - Fraction(lr) * Fraction(curvature)
    if abs(x) >= tolerance and abs(factor) >= 1:
        return {"first step": None}
    step = 0
    while abs(x) >= Fraction(tolerance):
        x, step = factor * x, step + 1
    return {"first step": step}


def best_lr(lrs, losses):
    best = None
    for lr, loss in zip(lrs, losses, strict=True):
        if math.isfinite(float(loss)) and (best is None or loss < best[0]):
            best = (loss, lr)
    return {"best rate": best[1]}


def right(name, args):
    return globals()[name](*args)


def hidden_cases(seed=11):
    """For each exercise, by group, a few calls and their right values; the same for the same seed."""
    rng = random.Random(seed)

    def odd(low, high):
        return round(rng.uniform(low, high), 4)

    def clear(make):
        """A descent drawn until no position comes near 0, where single precision has lost its digits."""
        while True:
            drawn = make()
            if all(abs(x) > 0.03 for x in right("gradient_descent", drawn)["positions"]):
                return drawn

    def reaching(low, high):
        """A descent whose factor lies in a range, and which misses the tolerance's edge by far."""
        while True:
            curvature, x0 = odd(0.5, 3), rng.choice([-1, 1]) * odd(1, 9)
            lr, tolerance = round((1 - rng.uniform(low, high)) / curvature, 4), odd(0.01, 0.2)
            factor = abs(1 - lr * curvature)
            exact = math.log(tolerance / abs(x0)) / math.log(factor)
            if abs(exact - round(exact)) > 0.05:
                return curvature, x0, lr, tolerance

    lrs = [odd(0.001, 0.01), odd(0.02, 0.1), odd(0.2, 0.9), odd(1, 3), odd(4, 9)]
    rng.shuffle(lrs)
    losses = [odd(0.2, 2) for _ in lrs]
    losses[lrs.index(sorted(lrs)[2])] = odd(0.05, 0.1)  # neither the smallest rate nor the largest is the best
    broken = [odd(0.5, 2) for _ in lrs]
    broken[lrs.index(max(lrs))], broken[lrs.index(sorted(lrs)[1])] = "nan", "-inf"
    broken[lrs.index(min(lrs))] = odd(0.2, 0.4)
    calls = {
        "gradient_descent": {
            "positions": [
                clear(lambda: ("3(x - 1)²", odd(-3, 0), odd(0.02, 0.1), 5)),
                clear(lambda: ("x⁴/4 - 2x", odd(0.2, 1.5), odd(0.05, 0.2), 3)),
                ("x²", odd(1, 3), 1.25, 3),
            ],
            "exactly": [
                clear(lambda: ("x² with noise", odd(1, 3), odd(0.1, 0.3), 6)),
                ("3(x - 1)²", odd(2, 3), 0.125, 1),
            ],
        },
        "largest_stable_lr": {"": [(odd(0.01, 0.1),), (odd(2, 9),), (odd(20, 90),)]},
        "steps_to_reach": {
            "within reach": [
                reaching(0.3, 0.9),
                reaching(-0.9, -0.3),
                (1.0, 1.5, 0.01, 0.02),
                (0.5, -12.0, 1.0, 0.75),
                (2.0, 0.25, 0.125, 0.25),
            ],
            "rate too high": [
                (odd(1, 2), odd(0.05, 0.2), odd(2.1, 4), 0.25),
                (2.0, odd(1, 3), 1.0, 0.5),
                (odd(1, 2), odd(-3, -1), odd(2.1, 4), 0.5),
                (1.0, -0.125, 3.0, 0.25),
            ],
        },
        "best_lr": {
            "finite losses": [(lrs, losses)],
            "losses that are not finite": [(lrs, broken), (lrs[:3], ["inf", odd(3, 9), "-inf"])],
        },
    }
    return {
        name: {group: [(args, right(name, args)) for args in cases] for group, cases in groups.items()}
        for name, groups in calls.items()
    }


if __name__ == "__main__":
    pprint(hidden_cases(), sort_dicts=False, width=110)
