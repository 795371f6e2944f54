"""The right values of this unit's exercises, and the generator of its hidden cases. Students never get this file.

Training is worked out in plain Python floats, with the gradient of the cross-entropy from its formula: independent of
numpy, torch, `lrlab` and of the solutions in the notebook. `python reference.py` prints the hidden cases.
"""

import math
import random
from fractions import Fraction
from pprint import pprint

INPUTS = [[1.0, 0.5], [-0.5, 2.0], [0.25, -1.0], [1.5, 1.0], [-1.0, -0.5], [2.0, -0.25], [0.5, 0.75], [-1.5, 1.0]]
LABELS = [0, 1, 2, 1, 0, 2, 2, 1]
BODY = [[1.0, 0.5, 0.1], [-0.5, 1.0, -0.1]]  # of each output: its weights, then its bias
HEAD = [[0.5, -0.25, 0.0], [0.0, 0.5, 0.1], [-0.5, 0.25, -0.1]]
SCHEDULES = {
    "0.8 / (1 + n)": lambda n: 0.8 / (n + 1),
    "0.5 · 0.5ⁿ": lambda n: 1 / 2 ** (n + 1),
    "0.1 + 0.2 n": lambda n: (1 + 2 * n) / 10,
}
# The axes of each parameter of a layer; 0 for a frozen one.
AXES = {
    "Linear": {"weight": 2, "bias": 1},
    "Linear without bias": {"weight": 2},
    "shared Linear": {"weight": 2, "bias": 1},
    "Conv1d": {"weight": 3, "bias": 1},
    "Embedding": {"weight": 2},
    "BatchNorm1d": {"weight": 1, "bias": 1},
    "LayerNorm": {"weight": 1, "bias": 1},
    "PReLU": {"weight": 1},
    "frozen Linear": {"weight": 0, "bias": 0},
}


def lr_of(kind, groups, counts, place):
    return {"rate": None if place is None else groups[place[0]]["lr"]}


def rescale_lrs(kind, groups, highest):
    rates = [Fraction(group["lr"]) for group in groups]
    return {
        "rates": [float(Fraction(highest) * rate / max(rates)) for rate in rates],
        "builtin floats": True,
        "everything else unchanged": True,
    }


def decay_groups(layers, weight_decay):
    found, seen, words = {}, set(), {0: "no group", 1: "second group"}

    def walk(some, path):
        for index, layer in enumerate(some):
            if isinstance(layer, list):
                walk(layer, f"{path}{index}.")
            elif layer != "shared Linear" or layer not in seen:
                seen.add(layer)
                for name, axes in AXES[layer].items():
                    found[f"{path}{index}.{name}"] = words.get(axes, "first group")

    walk(layers, "")
    return {"tensors": found, "weight_decay": [weight_decay, 0.0]}


def one_rate_for_all(curvatures, steps):
    """A part's distance is half or less when 1 - left <= lr · curvature <= 1 + left, where left ** steps = 1/2."""
    left = math.exp(-math.log(2) / steps)
    ends = [(1 - left) / min(curvatures), (1 + left) / max(curvatures)]
    return {"rates": ends if ends[0] <= ends[1] else None}


def train_and_unfreeze(schedule, ratio, start, momentum, batch_size, batches_as):
    body, head = [row[:] for row in BODY], [row[:] for row in HEAD]
    speed = {id(row): [0.0] * 3 for row in [*body, *head]}
    used = []
    for n, first in enumerate(range(0, len(LABELS), batch_size)):
        rows = range(first, min(first + batch_size, len(LABELS)))
        rate = SCHEDULES[schedule](n)
        used.append([rate] if n < start else [rate, ratio * rate])
        slope = {id(row): [0.0] * 3 for row in [*body, *head]}
        for row in rows:
            x = [*INPUTS[row], 1.0]
            hidden = [*(math.fsum(w * v for w, v in zip(unit, x, strict=True)) for unit in body), 1.0]
            logits = [math.fsum(w * v for w, v in zip(unit, hidden, strict=True)) for unit in head]
            total = math.fsum(map(math.exp, logits))
            errors = [(math.exp(z) / total - (c == LABELS[row])) / len(rows) for c, z in enumerate(logits)]
            for c, unit in enumerate(head):
                for k in range(3):
                    slope[id(unit)][k] += errors[c] * hidden[k]
            for j, unit in enumerate(body):
                back = math.fsum(error * top[j] for error, top in zip(errors, head, strict=True))
                for k in range(3):
                    slope[id(unit)][k] += back * x[k]
        for units, lr in [(head, rate), *([(body, ratio * rate)] if n >= start else [])]:
            for unit in units:
                for k in range(3):
                    speed[id(unit)][k] = momentum * speed[id(unit)][k] + slope[id(unit)][k]
                    unit[k] -= lr * speed[id(unit)][k]
    return {
        "rates": used,
        "rates used": used,
        "head": {"head weight": [unit[:2] for unit in head], "head bias": [unit[2] for unit in head]},
        "body": {"body weight": [unit[:2] for unit in body], "body bias": [unit[2] for unit in body]},
    }


def several_runs(groups, starts, d, steps):
    rates = [start / (1 + d * n) for start in starts for n in range(steps)]
    return {"rates": rates, "rates used": [[rate] * len(groups) for rate in rates], "momentum kept": True}


def right(name, args):
    return globals()[name](*args)


def hidden_cases(seed=13):
    """For each exercise, by group, a few calls and their right values; the same for the same seed."""
    rng = random.Random(seed)

    def odd(low, high):
        return round(rng.uniform(low, high), 4)

    def groups(count, **more):
        return [{"lr": odd(0.01, 1), **more} for _ in range(count)]

    def model():
        """Layers in a random order, one of them in a block within a block."""
        names = ["Linear", "Conv1d", "PReLU", "frozen Linear", rng.choice(["LayerNorm", "BatchNorm1d"])]
        rng.shuffle(names)
        return [*names[:3], [names[3], [names[4], "Linear without bias"]], "shared Linear", "shared Linear"]

    steps = rng.randrange(8, 30)
    left = 0.5 ** (1 / steps)
    steep = odd(3, 9)
    wide, narrow = round(steep * 1.6 * (1 + left) / (1 - left), 3), round(steep * 0.6 * (1 + left) / (1 - left), 3)
    calls = {
        "lr_of": {
            "": [
                ("SGD", groups(3), [2, 1, 3], [2, 1]),
                ("Adam", groups(4), [1, 2, 2, 1], [1, 1]),
                ("RMSprop", groups(2), [2, 2], None),
                ("SGD", groups(2, initial_lr=odd(1, 2)), [3, 1], [0, 2]),
                ("SGD", [*groups(1), {"lr": 0.0}, *groups(2)], [1, 3, 2, 1], [1, 0]),
            ]
        },
        "rescale_lrs": {
            "": [
                ("SGD", groups(4, momentum=0.8), odd(0.001, 0.1)),
                ("Adam", [*groups(2), {"lr": 0.0}], odd(1, 2)),
                ("SGD", [{"lr": 1}, {"lr": 3}, {"lr": 2}], rng.randrange(4, 9)),
                ("SGD", groups(3, initial_lr=odd(1, 2)), odd(0.1, 0.9)),
            ]
        },
        "decay_groups": {
            "": [(model(), odd(0.001, 0.1)), (model(), odd(0.2, 1)), (["PReLU", "Conv1d", "Embedding", "PReLU"], 1)]
        },
        "one_rate_for_all": {
            "": [
                ([steep, odd(1, 2.9), odd(1, 2.9)], steps),
                ([steep, wide], steps),
                ([narrow, steep, odd(steep, narrow)], steps),
                ([rng.randrange(2, 9)], 1),
                ([odd(0.2, 0.3), odd(0.1, 0.2)], 4),
                ([odd(2, 2.5), odd(2.6, 2.9), odd(1.9, 2)], rng.randrange(3, 6)),
            ]
        },
        "train_and_unfreeze": {
            "head alone": [
                ("0.5 · 0.5ⁿ", odd(0.1, 0.5), 9, 0.0, 2, "list"),
                ("0.8 / (1 + n)", odd(0.1, 0.5), 5, odd(0.3, 0.9), 3, "generator"),
                ("0.1 + 0.2 n", odd(0.1, 0.5), 8, odd(0.3, 0.9), 4, "list"),
            ],
            "unfreezing": [
                ("0.8 / (1 + n)", odd(0.1, 0.5), 2, 0.75, 2, "generator"),
                ("0.1 + 0.2 n", odd(0.1, 0.5), 1, odd(0.3, 0.9), 2, "list"),
                ("0.5 · 0.5ⁿ", odd(0.1, 0.5), 0, 0.0, 3, "list"),
            ],
        },
        "several_runs": {
            "": [
                (groups(3), [odd(0.01, 1), odd(0.01, 1), odd(0.01, 1)], odd(0.1, 0.9), 3),
                (groups(2, initial_lr=odd(1, 2)), [odd(0.01, 1)], odd(0.1, 0.9), 4),
                (groups(1), [1, odd(0.1, 0.9), 2], odd(0.1, 0.9), 2),
            ]
        },
    }
    return {
        name: {group: [(args, right(name, args)) for args in cases] for group, cases in groups.items()}
        for name, groups in calls.items()
    }


if __name__ == "__main__":
    pprint(hidden_cases(), sort_dicts=False, width=110)
