"""The right values of this unit's exercises, and the generator of its hidden cases. Students never get this file.

Restarts are counted in whole numbers, cosines and exponentials come from decimal arithmetic of 40 digits, and the
snapshots from the numbers themselves: independent of numpy, torch, `lrlab` and of the solutions in the notebook.
`python reference.py` prints the hidden cases.
"""

import random
from decimal import Decimal, getcontext
from pprint import pprint

getcontext().prec = 40
PI = Decimal("3.14159265358979323846264338327950288419716939937510")


def cosine(x):
    """By its series; x is a Decimal between 0 and π."""
    term = total = Decimal(1)
    k = 0
    while abs(term) > Decimal(10) ** -38:
        k += 2
        term *= -x * x / (k * (k - 1))
        total += term
    return total


def cosine_restarts(n, lr, T_0, T_mult, eta_min):
    length = T_0
    while n >= length:
        n, length = n - length, length * T_mult
    low = Decimal(eta_min)
    return float(low + (Decimal(lr) - low) * (1 + cosine(PI * n / length)) / 2)


def snapshot_steps(total_steps, cycles):
    """Count every update; a cycle is full when M times its length reaches T for the first time."""
    length = next(c for c in range(1, total_steps + 1) if c * cycles >= total_steps)
    return {"steps": [n for n in range(1, total_steps + 1) if n % length == 0 or n == total_steps]}


def ensemble_probabilities(logits):
    rows = []
    for image in range(len(logits[0])):
        shares = []
        for model in logits:
            powers = [Decimal(z).exp() for z in model[image]]
            shares.append([p / sum(powers) for p in powers])
        rows.append([float(sum(column) / len(shares)) for column in zip(*shares, strict=True)])
    return {"probabilities": rows}


def collect_snapshots(cycles):
    """Every value x becomes 2x + 1 in a cycle; see the driver's model for the values at the start."""
    start = {
        "0.weight": [[0.0, 1.0]],
        "0.bias": [1.0],
        "1.weight": [2.0],
        "1.bias": [3.0],
        "1.running_mean": [4.0],
        "1.running_var": [5.0],
        "1.num_batches_tracked": 0.0,
    }

    def trained(value):
        return [trained(v) for v in value] if isinstance(value, list) else 2 * value + 1

    snapshots = []
    for _ in range(cycles):
        start = {name: trained(value) for name, value in start.items()}
        snapshots.append(start)
    return {"snapshots": snapshots, "train_cycle was called": cycles, "memory of their own": True}


def right(name, args):
    if name == "cosine_restarts" and isinstance(args[0], list):
        return [right(name, (n, *args[1:])) for n in args[0]]
    return globals()[name](*args)


def hidden_cases(seed=3):
    """For each exercise, by group, a few calls and their right values; the same for the same seed."""
    rng = random.Random(seed)

    def odd(low, high):
        return round(rng.uniform(low, high), 4)

    def rates():
        return odd(0.1, 2), odd(0.001, 0.05)

    def restarts(n, T_0, T_mult):
        lr, low = rates()
        return n, lr, T_0, T_mult, low

    def logits(*shape):
        return [logits(*shape[1:]) for _ in range(shape[0])] if shape else odd(-6, 6)

    calls = {
        "cosine_restarts": {
            "equal cycles": [
                restarts(rng.randrange(20, 40), 9, 1),
                restarts(54, 6, 1),
                restarts([rng.randrange(50), 20, 19, 41, 20], 10, 1),
            ],
            "growing cycles": [
                restarts(1210, 10, 3),
                restarts(215, 5, 6),
                restarts(rng.randrange(30, 60), 4, 2),
                restarts([555, 554, 54, 5, 300], 5, 10),
                restarts([rng.randrange(100)], 3, 2),
            ],
        },
        "snapshot_steps": {"": [(30, 4), (100, 7), (64, 8), (11, 2), (50, 1)]},
        "ensemble_probabilities": {"": [(logits(3, 2, 4),), (logits(2, 4, 3),), (logits(1, 2, 2),)]},
        "collect_snapshots": {"": [(2,), (4,)]},
    }
    return {
        name: {group: [(args, right(name, args)) for args in cases] for group, cases in groups.items()}
        for name, groups in calls.items()
    }


if __name__ == "__main__":
    pprint(hidden_cases(), sort_dicts=False, width=110)
