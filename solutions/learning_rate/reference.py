"""The right values of this unit's exercises, and the generator of its hidden cases. Students never get this file.

Positions and distances are exact fractions, independent of numpy, of `lrlab` and of the solutions in the notebook, so
that an error in one of them shows. `python reference.py` prints the hidden cases of one seed.
"""

import math
import random
from fractions import Fraction
from pprint import pprint

# Losses of twelve epochs, recorded on the bundled digits: a network with 32 hidden units, batches of 32.
CURVES = {
    "SGD 0.03": [2.2397, 2.0454, 1.744, 1.3509, 0.9904, 0.7462, 0.5969, 0.5023, 0.4349, 0.3865, 0.3504, 0.3231],
    "SGD 0.003, another seed": [
        2.3044, 2.2881, 2.2729, 2.2578, 2.2423, 2.2264, 2.2099, 2.1922, 2.1731, 2.1539, 2.134, 2.1136,
    ],
    "Adam 0.003": [1.724, 0.675, 0.378, 0.288, 0.24, 0.204, 0.181, 0.16, 0.154, 0.139, 0.125, 0.115],
    "SGD 0.5": [1.952, 1.42, 1.574, 1.284, 0.925, 0.858, 0.66, 1.242, 1.361, 1.256, 1.271, 1.588],
    "Adam 0.05": [1.255, 0.641, 0.375, 0.442, 0.374, 0.361, 0.421, 0.277, 0.335, 0.206, 0.288, 0.296],
    "SGD 0.3": [1.6454, 0.6363, 0.3119, 0.2289, 0.2034, 0.1686, 0.1703, 0.1333, 0.1199, 0.1834, 0.0923, 0.1005],
    "SGD 2": [2.3384, 2.3176, 2.3206, 2.3213, 2.3202, 2.3215, 2.3178, 2.3172, 2.3209, 2.3164, 2.3186, 2.3124],
    "momentum 0.1": [1.08, 0.31, 0.399, 0.337, 0.428, 0.271, 0.241, 0.192, 0.182, 0.14, 0.086, 0.13],
}  # fmt: skip
# Made up: each decides one question exactly, or one wrong way to ask it.
DECISIVE = [
    ([2.0, 1.6, 1.3, 0.7, 0.9, 0.8, 0.7, 0.6], 0.1),
    ([2.0, 1.6, 1.1, 1.3, 0.9, 0.8, 0.7, 0.6], 0.1),
    ([2.0, 1.5, 1.2, 1.0, 0.9, 0.8, 0.7, 0.7], 0.1),
    ([2.0, 1.0, 0.5, 0.5, 0.4, 0.3, 0.2, 0.2], 0.1),
    ([2.0, 1.95, 1.9, 1.95, 1.9, 1.95, 1.9, 1.9], 0.1),
    ([2.0, *[1.2, 1.1] * 7, 1.0, 0.1, 0.1, 0.1, 0.1], 0.12),
    ([2.0, 1.2, "inf", 0.5, 0.3, 0.2, 0.1, 0.1], 0.1),
    ([2.0, 1.2, "nan", 0.5, 0.3, 0.2, 0.1, 0.1], 0.1),
    ([0.2] * 8, 0.15),
    ([2.0, 2.6, 2.5, 2.2, 2.1, 2.0, 2.0, 1.98], 0.1),
    ([2.0, 1.9, 2.1, 2.0, 1.95, 2.05, 2.1, 1.8], 0.1),
    ([2.0, 1.2, 1.5, 1.8, 1.9, 1.95, 2.2, 2.2], 0.1),
    ([2.0, 1.2, 0.9, 0.5, 0.3, 0.2, "nan", 0.1], 0.1),
    ([2.0, 1.99, 1.98, 1.97, 1.96, 1.95, 1.94, 1.93], 0.1),
    ([2.0, 1.0, 0.8, 0.5, 0.6, 0.4, 0.3, 0.15], 0.1),
    ([2.0, 1.0, 0.5, 0.3, 0.2, 0.1, 0.08, 0.08], 0.1),
    ([2.0, 1.8, 1.6, 1.0, 1.0, 1.1, 1.2, 1.3], 0.1),
    ([2.0, 1.5, 1.2, 1.0, 1.1, 1.0, 1.1, 1.2], 0.1),
    ([2.0, 1.5, 1.2, 0.9, 0.8, 0.9, 0.7, 0.6], 0.1),
    ([2.0, 2.1, 1.3, 1.1, 0.9, 0.8, 0.7, 0.6], 0.1),
    ([2.0, 1.9, 1.8, 1.7, 1.6, 1.5, 1.4, 1.3, 1.2, 1.1, 1.05, 1.0, 0.95, 0.9, 0.95, 0.85, 0.8, 0.75, 0.7, 0.65], 0.1),
    ([2.0, 1.6, 1.3, 1.1, 1.2, 1.0, 0.9, 1.0, 0.6, 0.15, 0.15, 0.15], 0.1),
]
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


def stability_limit(hessian):
    """2 over the largest eigenvalue, found by halving: the matrix lr H / 2 has none above 1 up to the limit.

    A symmetric matrix A has no eigenvalue above 1 exactly where 1 - A has none below 0, which elimination shows.
    """
    low, high = 0.0, 2 / max(row[i] for i, row in enumerate(hessian))  # the largest eigenvalue is at least that
    for _ in range(200):
        middle = (low + high) / 2
        inside = [[float(i == j) - middle / 2 * h for j, h in enumerate(row)] for i, row in enumerate(hessian)]
        low, high = (middle, high) if _none_below_zero(inside) else (low, middle)
    return {"limit": (low + high) / 2}


def _none_below_zero(matrix):
    matrix = [row[:] for row in matrix]
    for k in range(len(matrix)):
        if matrix[k][k] <= 0:
            return False
        for i in range(k + 1, len(matrix)):
            share = matrix[i][k] / matrix[k][k]
            matrix[i] = [a - share * b for a, b in zip(matrix[i], matrix[k], strict=True)]
    return True


def fewest_steps(curvatures, shrink):
    """The rate at which flattest and steepest direction shrink alike, and the steps until both are small enough."""
    exact = [Fraction(c) for c in curvatures]
    lr = 2 / (min(exact) + max(exact))
    steps, factor = 0, max(abs(1 - lr * c) for c in exact)
    left = Fraction(1)
    while left > Fraction(shrink):
        left, steps = left * factor, steps + 1
    return {"learning rate": float(lr), "steps": steps}


def diagnose(losses, reachable):
    values = [float(loss) for loss in losses]
    quarter, half = len(values) // 4, len(values) // 2
    end = math.fsum(values[-quarter:]) / quarter
    if not all(map(math.isfinite, values)) or end > 0.95 * values[0]:
        return {"diagnosis": "never fell"}
    if end <= 2 * reachable:
        return {"diagnosis": "done"}
    falls = [values[k] < values[k - 1] for k in range(half, len(values))]
    return {"diagnosis": "still falling" if all(falls) else "stuck high"}


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

    def valley(*ends):
        """A bowl turned by an angle, from its two curvatures."""
        (a, b), angle = ends, rng.uniform(0.3, 1.2)
        c, s = math.cos(angle), math.sin(angle)
        across = round(c * s * (a - b), 4)
        return [[round(a * c * c + b * s * s, 4), across], [across, round(a * s * s + b * c * c, 4)]]

    def halved():
        """Curvatures for which a step leaves half, exactly, and two steps leave `shrink`."""
        flat = 2.0 ** rng.choice([-3, -2, -1, 1, 2, 3, 4])
        return rng.sample([flat, 3 * flat], 2), 0.25

    def curve(name, *, broken=False, reachable=0.1):
        """A recorded curve on another scale, which changes no diagnosis."""
        scale = rng.uniform(0.4, 2.5)
        losses = [round(scale * loss, 4) for loss in CURVES[name]]
        return ([*losses[:-2], "nan", "nan"] if broken else losses), round(scale * reachable, 4)

    def bowl(make):
        """Curvatures whose number of steps no rounding decides."""
        while True:
            curvatures, shrink = make()
            factor = (max(curvatures) - min(curvatures)) / (max(curvatures) + min(curvatures))
            exact = math.log(shrink) / math.log(factor) if factor else 0.5
            if abs(exact - round(exact)) > 0.05:
                return curvatures, shrink

    curves = [
        curve("SGD 0.03"),
        curve("SGD 0.003, another seed"),
        curve("Adam 0.003"),
        curve("SGD 0.5"),
        curve("Adam 0.05"),
        curve("SGD 2"),
        curve("SGD 0.3", reachable=0.06),
        curve("momentum 0.1", broken=True),
    ]
    for losses, reachable in DECISIVE:
        unit = 2.0 ** rng.choice([-5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 6])  # which changes no digit
        curves.append(([x if isinstance(x, str) else unit * x for x in losses], unit * reachable))
    rng.shuffle(curves)
    lrs = [odd(0.001, 0.01), odd(0.02, 0.1), odd(0.2, 0.9), odd(1, 3), odd(4, 9)]
    rng.shuffle(lrs)
    losses = [odd(0.2, 2) for _ in lrs]
    losses[lrs.index(sorted(lrs)[2])] = odd(0.05, 0.1)  # neither the smallest rate nor the largest is the best
    few = [odd(0.01, 0.1), odd(0.2, 0.9), odd(1, 3), odd(4, 9)]
    rng.shuffle(few)

    def rescaled(curvature, x0, lr, tolerance):
        """The same number of steps, in other units; powers of two change no digit of a float."""
        one, other = 2.0 ** rng.randrange(-4, 5), 2.0 ** rng.randrange(-4, 5)
        return curvature * one, x0 * other, lr / one, tolerance * other

    calls = {
        "gradient_descent": {
            "positions": [
                clear(lambda: ("3(x - 1)²", odd(-3, 0), odd(0.02, 0.1), 5)),
                clear(lambda: ("x⁴/4 - 2x", odd(0.2, 1.5), odd(0.05, 0.2), 3)),
                ("x²", odd(1, 3), 1.25, 3),
                ("x²", rng.randrange(1, 9), 0.375, 3),
                ("x²", rng.choice([-1, 1]) * rng.randrange(1, 9) * 1e-9, 0.125, 3),
            ],
            "exactly": [
                clear(lambda: ("x² with noise", odd(1, 3), odd(0.1, 0.3), 6)),
                ("3(x - 1)²", odd(2, 3), 0.125, 1),
                ("x² with noise", odd(1, 3), odd(0.1, 0.3), 0),
                ("x² with noise", -0.25, rng.choice([0.125, 0.25, 0.375, 0.625]), rng.randrange(4, 7)),
            ],
        },
        "stability_limit": {
            "along the axes": [([[odd(0.1, 0.9), 0.0], [0.0, odd(3, 9)]],), ([[odd(20, 90)]],)],
            "any direction": [
                (valley(odd(0.2, 1), odd(5, 40)),),
                ([[odd(3, 4), 1.0, 0.5], [1.0, odd(2, 3), -0.5], [0.5, -0.5, odd(1.5, 2)]],),
            ],
        },
        "steps_to_reach": {
            "within reach": [
                reaching(0.3, 0.9),
                reaching(-0.9, -0.3),
                rescaled(1.0, 1.5, 0.01, 0.02),
                rescaled(0.5, -12.0, 1.0, 0.75),
                rescaled(2.0, 0.25, 0.125, 0.25),
                rescaled(2.0, rng.choice([-1, 1]) * odd(2, 5), 0.5, odd(0.1, 0.5)),
            ],
            "rate too high": [
                (odd(1, 2), odd(0.05, 0.2), odd(2.1, 4), 0.25),
                (2.0, odd(1, 3), 1.0, 0.5),
                (odd(1, 2), odd(-3, -1), odd(2.1, 4), 0.5),
                (1.0, -0.125, 3.0, 0.25),
            ],
        },
        "best_lr": {
            "finite losses": [
                (lrs, losses),
                (lrs, [round(loss - 1.1, 4) for loss in losses]),
                (few, [odd(0.3, 0.5), odd(0.6, 0.9), 0.0, odd(0.1, 0.2)]),
            ],
            "losses that are not finite": [
                ([*few[:2], 0.003, 10.0, *few[2:]], ["nan", 0.9, odd(0.7, 0.8), "-inf", odd(0.2, 0.4), odd(0.5, 0.6)]),
                ([20.0, *few], [odd(0.8, 0.9), "inf", odd(0.1, 0.2), "nan", odd(0.3, 0.7)]),
                (few[:3], ["nan", odd(2000, 9000), "inf"]),
                (few[:3], [odd(2000, 9000), "nan", odd(200, 900)]),
            ],
        },
        "diagnose": {"": curves},
        "fewest_steps": {
            "": [
                bowl(lambda: ([odd(1, 1.5), odd(4, 5), odd(2.8, 3.2)], odd(0.005, 0.02))),
                bowl(lambda: ([odd(20, 40), odd(1, 2)], odd(0.05, 0.2))),
                ([odd(1, 9)], odd(0.1, 0.5)),
                halved(),
                (rng.sample([1.5, 4.5, 3.0], 3), odd(0.34, 0.45)),
            ]
        },
    }
    return {
        name: {group: [(args, right(name, args)) for args in cases] for group, cases in groups.items()}
        for name, groups in calls.items()
    }


if __name__ == "__main__":
    pprint(hidden_cases(), sort_dicts=False, width=110)
