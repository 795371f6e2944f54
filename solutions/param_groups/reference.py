"""The right values of this unit's exercises, and the generator of its hidden cases. Students never get this file.

Training is worked out in plain Python floats, with the gradient of the cross-entropy from its formula: independent of
numpy, torch, `lrlab` and of the solutions in the notebook. `python reference.py` prints the hidden cases.
"""

import math
import random
from pprint import pprint

INPUTS = [[1.0, 0.5], [-0.5, 2.0], [0.25, -1.0], [1.5, 1.0], [-1.0, -0.5], [2.0, -0.25], [0.5, 0.75], [-1.5, 1.0]]
LABELS = [0, 1, 2, 1, 0, 2, 2, 1]
SCHEDULES = {
    "0.8 / (1 + n)": lambda n: 0.8 / (n + 1),
    "0.5 · 0.5ⁿ": lambda n: 1 / 2 ** (n + 1),
    "0.1 + 0.2 n": lambda n: (1 + 2 * n) / 10,
}


def read_lrs(kind, groups):
    return {"rates": [group["lr"] for group in groups]}


def set_lr(kind, groups, lr):
    return {"rates": [lr for _ in groups], "builtin floats": True, "all else as it was": True}


def scale_lrs(kind, groups, factor):
    return {"rates": [group["lr"] * factor for group in groups], "builtin floats": True, "all else as it was": True}


def two_speed_sgd(body_lr, head_lr, momentum):
    return {
        "class": "SGD",
        "lr": [body_lr, head_lr],
        "momentum": [momentum, momentum],
        "parameters": ["body 0.bias, body 0.weight, body 2.bias, body 2.weight", "head bias, head weight"],
        "all else default": True,
    }


def added(numbers):
    """Return the sum, rounded after each addition on every Python; `sum` does so until Python 3.11 only."""
    total = 0.0
    for number in numbers:
        total += number
    return total


def train_with_decay(schedule, groups, momentum, batch_size, batches_as):
    weight, bias = [[0.0, 0.0] for _ in range(3)], [0.0] * 3
    speed = [[0.0] * 3 for _ in range(3)]  # of the two weights and the bias of each class
    rates = []
    for n, start in enumerate(range(0, len(LABELS), batch_size)):
        rows = range(start, min(start + batch_size, len(LABELS)))
        rate = SCHEDULES[schedule](n)
        rates.append(rate)
        slope = [[0.0] * 3 for _ in range(3)]
        for row in rows:
            x = [*INPUTS[row], 1.0]
            logits = [added([w * v for w, v in zip([*weight[c], bias[c]], x, strict=True)]) for c in range(3)]
            total = added([math.exp(z) for z in logits])
            for c in range(3):
                error = math.exp(logits[c]) / total - (c == LABELS[row])
                for k in range(3):
                    slope[c][k] += error * x[k] / len(rows)
        for c in range(3):
            for k in range(3):
                speed[c][k] = momentum * speed[c][k] + slope[c][k]
            weight[c] = [w - rate * s for w, s in zip(weight[c], speed[c], strict=False)]
            bias[c] -= rate * speed[c][2]
    return {"rates": rates, "rates used": [[rate] * groups for rate in rates], "weights": [weight, bias]}


def right(name, args):
    return globals()[name](*args)


def hidden_cases(seed=13):
    """For each exercise, by group, a few calls and their right values; the same for the same seed."""
    rng = random.Random(seed)

    def odd(low, high):
        return round(rng.uniform(low, high), 4)

    def groups(count, **more):
        return [{"lr": odd(0.01, 1), **more} for _ in range(count)]

    falling = sorted(groups(4), key=lambda group: -group["lr"])
    calls = {
        "read_lrs": {
            "": [("SGD", groups(3, momentum=0.8)), ("Adam", [*falling[:2], falling[0]]), ("RMSprop", groups(1))]
        },
        "set_lr": {"": [("SGD", groups(4, momentum=0.8), odd(0.001, 0.1)), ("Adam", groups(2), odd(1, 2))]},
        "scale_lrs": {"": [("SGD", groups(4, momentum=0.8), odd(0.1, 0.9)), ("Adam", groups(2), odd(1.5, 4))]},
        "two_speed_sgd": {"": [(odd(0.01, 0.1), odd(0.2, 1), odd(0.3, 0.9)), (odd(0.2, 1), odd(0.01, 0.1), 0.25)]},
        "train_with_decay": {
            "one group": [("0.5 · 0.5ⁿ", 1, 0.0, 2, "list"), ("0.8 / (1 + n)", 1, 0.0, 8, "list")],
            "everything": [("0.8 / (1 + n)", 2, 0.75, 3, "generator"), ("0.1 + 0.2 n", 2, 0.25, 2, "list")],
        },
    }
    return {
        name: {group: [(args, right(name, args)) for args in cases] for group, cases in groups.items()}
        for name, groups in calls.items()
    }


if __name__ == "__main__":
    pprint(hidden_cases(), sort_dicts=False, width=110)
