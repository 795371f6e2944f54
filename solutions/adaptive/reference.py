"""The right values of this unit's exercises, and the generator of its hidden cases. Students never get this file.

Each entry of a parameter walks by itself in decimal arithmetic of 40 digits. What an optimizer remembers is computed
from the whole history of the gradients and not from a running state, and the two training runs are worked out in plain
Python floats: independent of numpy, torch, `lrlab` and of the solutions in the notebook.
`python reference.py` prints the hidden cases.
"""

import math
import random
from decimal import Decimal, getcontext
from pprint import pprint

getcontext().prec = 40


def mean(values, share):
    """Of all values so far, each older one counting `share` times as much, from 0 on."""
    n = len(values)
    return sum(((1 - share) * share ** (n - 1 - i) * v for i, v in enumerate(values)), Decimal(0))


def nesterov(x, grads, lr="0.001", momentum="0.9"):
    momentum = Decimal(momentum)
    buffer = sum((momentum**i * g for i, g in enumerate(reversed(grads))), Decimal(0))
    return x - Decimal(lr) * (grads[-1] + momentum * buffer)


def corrected(grads, betas):
    t, (b1, b2) = len(grads), map(Decimal, betas)
    return mean(grads, b1) / (1 - b1**t), mean([g * g for g in grads], b2) / (1 - b2**t)


def adamw(x, grads, lr="0.001", betas=("0.9", "0.999"), eps="1e-8", weight_decay="0.01"):
    lr = Decimal(lr)
    m, v = corrected(grads, betas)
    return x - lr * Decimal(weight_decay) * x - lr * m / (v.sqrt() + Decimal(eps))


def blend(grads, betas=("0.9", "0.99")):
    """What Lion takes the sign of."""
    b1, b2 = map(Decimal, betas)
    return b1 * mean(grads[:-1], b2) + (1 - b1) * grads[-1]


def lion(x, grads, lr="0.0001", betas=("0.9", "0.99"), weight_decay="0"):
    c = blend(grads, betas)
    return x - Decimal(lr) * ((c > 0) - (c < 0) + Decimal(weight_decay) * x)


def radam(x, grads, lr="0.001", betas=("0.9", "0.999"), eps="1e-8"):
    t, b2 = len(grads), Decimal(betas[1])
    m, v = corrected(grads, betas)
    longest = 2 / (1 - b2) - 1
    length = longest - 2 * t * b2**t / (1 - b2**t)
    if length <= 5:
        return x - Decimal(lr) * m
    factor = ((length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)).sqrt()
    # torch adds eps to the root before it corrects v
    return x - Decimal(lr) * factor * m / (v.sqrt() + Decimal(eps) / (1 - b2**t).sqrt())


RULES = {"nesterov_step": nesterov, "adamw_step": adamw, "lion_step": lion, "radam_step": radam}


def flat(values):
    return [x for v in values for x in flat(v)] if isinstance(values, list) else [values]


def shaped(entries, like):
    return [shaped(entries, v) for v in like] if isinstance(like, list) else float(next(entries))


def walk(rule, start, grads, hyper):
    steps = range(len(grads))
    lrs = hyper.get("lr")
    settings = [hyper | {"lr": lrs[k]} if isinstance(lrs, list) else hyper for k in steps]
    histories = zip(*[[Decimal(g) for g in flat(one)] for one in grads], strict=True)
    columns = []
    for x, history in zip(flat(start), histories, strict=True):
        at, column = Decimal(x), []
        for k in steps:
            at = rule(at, history[: k + 1], **settings[k])
            column.append(at)
        columns.append(column)
    return [shaped(iter([column[k] for column in columns]), start) for k in steps]


def step_length(method, n, g, lr, alpha):
    lr, size = Decimal(lr), abs(Decimal(g))
    shares = {
        "SGD": size,
        "Adagrad": size / (n * size * size).sqrt(),
        "RMSProp": size / mean([size * size] * n, Decimal(alpha)).sqrt(),
        "Adam": Decimal(1),
    }
    return float(lr * shares[method])


def compare_rates(weights, rows, batch_size, lrs):
    """Adam on a line through points, with the mean squared error and its slope written out."""
    runs = []
    for lr in lrs:
        w, m, v, losses = list(weights), [0.0] * 3, [0.0] * 3, []
        for t, start in enumerate(range(0, len(rows), batch_size), 1):
            batch = rows[start : start + batch_size]
            inputs = [(a, b, 1.0) for a, b, _ in batch]
            errors = [
                math.fsum(map(math.prod, zip(w, x, strict=True))) - y
                for x, (_, _, y) in zip(inputs, batch, strict=True)
            ]
            losses.append(math.fsum(e * e for e in errors) / len(batch))
            for k in range(3):
                slope = math.fsum(2 * e * x[k] for e, x in zip(errors, inputs, strict=True)) / len(batch)
                m[k] += 0.1 * (slope - m[k])
                v[k] += 0.001 * (slope * slope - v[k])
                w[k] -= lr * (m[k] / (1 - 0.9**t)) / (math.sqrt(v[k] / (1 - 0.999**t)) + 1e-8)
        runs.append(losses)
    return {"losses": runs}


def right(name, args):
    if name in RULES:
        return {"params": walk(RULES[name], *args), "same when run again": True}
    return globals()[name](*args)


def hidden_cases(seed=5):
    """For each exercise, by group, a few calls and their right values; the same for the same seed.

    Parameters and gradients are multiples of 1/32, so that single precision holds them exactly.
    """
    rng = random.Random(seed)

    def coarse(low, high):
        return rng.randrange(16 * low, 16 * high + 1) / 16 or 1.0

    def odd(low, high):
        return round(rng.uniform(low, high), 4)

    def start(size):
        return [coarse(-3, 3) + 1 / 32 for _ in range(size)]

    def grads(steps, size):
        return [[coarse(-4, 4) for _ in range(size)] for _ in range(steps)]

    def clear(name, make, hyper, least):
        """A walk drawn until no parameter comes near 0, and nothing of which a sign is taken: single precision has few
        digits left there."""
        while True:
            drawn = (*make(), hyper)
            paths = [list(map(abs, path)) for path in zip(*map(flat, right(name, drawn)["params"]), strict=True)]
            columns = zip(*map(flat, drawn[1]), strict=True) if name == "lion_step" else ()
            blends = [
                blend([Decimal(g) for g in column[:k]], hyper.get("betas", ("0.9", "0.99")))
                for column in columns
                for k in range(1, len(column) + 1)
            ]
            if all(min(path) > max(least, max(path) / 12) for path in paths) and all(
                c == 0 or abs(c) > Decimal("0.001") for c in blends
            ):
                return drawn

    def matrix():
        return [start(2), start(2)], [[[coarse(-4, 4) for _ in range(2)] for _ in range(2)] for _ in range(3)]

    quiet = [[0.0, 1.5, -0.75], [0.5, 0.0, 2.0], [0.0, -0.5, 0.0]]
    tiny = [[2.0**-28, -(2.0**-31)], [2.0**-25, 2.0**-29]]  # as small as the defaults of eps
    small = [[0.0625, -0.03125], [-0.015625, 0.0625]]  # where small default steps are a good part of the parameter
    hypers = {
        "nesterov_step": [{"lr": 0.75, "momentum": 0.6}, {"momentum": 0.8}],
        "adamw_step": [
            {"lr": 0.75, "betas": [0.6, 0.7], "eps": 0.25, "weight_decay": 0.3},
            {"betas": [0.8, 0.9], "weight_decay": 0.15},
        ],
        "lion_step": [
            {"lr": 0.75, "betas": [0.6, 0.8], "weight_decay": 0.3},
            {"betas": [0.8, 0.5], "weight_decay": 0.1},
        ],
    }
    calls = {
        name: {
            "first step": [
                clear(name, lambda: (start(2), grads(1, 2)), first, 0.15),
                clear(name, lambda: (start(3), quiet[:1]), {"lr": 1, **second}, 0.15),
                (small[0], grads(1, 2), {}),
            ],
            "several steps": [
                clear(name, matrix, first, 0.15),
                clear(name, lambda: (start(3), quiet), {"lr": [0.5, 0.5, 0.0625], **second}, 0.15),
                clear(name, lambda: (start(1), grads(4, 1)), {"lr": [0.25, 0.125, 0.75, 0.5], **second}, 0.15),
                clear(name, lambda: (small[0], grads(3, 2)), {}, 0.005),
                clear(name, lambda: (small[1], grads(2, 2)), {}, 0.005),
                *([] if name == "lion_step" else [(small[0], tiny, {})]),
            ],
        }
        for name, (first, second) in hypers.items()
    }
    # A mean that takes in a share of each gradient and forgets with another is noticed only by a far larger gradient.
    large = float(rng.randrange(34, 46))
    calls["lion_step"]["several steps"].append(
        (start(1), [[4.0], [4.0], [4.0], [-large]], {"lr": 0.75, "betas": [0.9, 0.5]})
    )
    calls["radam_step"] = {
        "before the switch": [
            clear("radam_step", lambda: (start(2), grads(3, 2)), {"lr": 0.125, "betas": [0.6, 0.9], "eps": 0.25}, 0.15),
            clear("radam_step", lambda: (start(3), quiet), {"lr": [0.25, 0.5, 0.125], "betas": [0.5, 0.5]}, 0.15),
            clear("radam_step", lambda: (small[1], grads(2, 2)), {}, 0.005),
        ],
        "across the switch": [
            clear("radam_step", lambda: (start(2), grads(8, 2)), {"lr": 0.125, "betas": [0.6, 0.9], "eps": 0.25}, 0.05),
            clear(
                "radam_step",
                lambda: (start(1), grads(10, 1)),
                {"lr": [0.125] * 9 + [0.0625], "betas": [0.8, rng.choice([0.75, 0.8, 0.85])]},
                0.05,
            ),
            clear("radam_step", lambda: (small[0], grads(8, 2)), {}, 0.005),
            ([0.03125, -0.03125], [tiny[0], tiny[1]] * 4, {}),
        ],
    }
    calls["step_length"] = {
        "SGD and Adagrad": [
            ("SGD", rng.randrange(2, 50), -odd(0.5, 4), odd(0.01, 0.5), 0.99),
            ("Adagrad", rng.randrange(2, 40), odd(2, 9), odd(0.01, 0.5), 0.99),
            ("Adagrad", rng.randrange(200, 2000), -odd(0.1, 0.5), odd(0.01, 0.5), 0.9),
        ],
        "RMSProp": [
            ("RMSProp", 1, odd(2, 9), odd(0.01, 0.5), rng.choice([0.9, 0.95])),
            ("RMSProp", rng.randrange(3, 30), -odd(0.5, 4), odd(0.01, 0.5), rng.choice([0.8, 0.98])),
            ("RMSProp", rng.randrange(500, 1500), odd(0.5, 4), odd(0.01, 0.5), 0.9),
        ],
        "Adam": [
            ("Adam", 1, -odd(2, 9), odd(0.01, 0.5), 0.99),
            ("Adam", rng.randrange(3, 30), odd(0.1, 0.5), odd(0.01, 0.5), 0.9),
            ("Adam", rng.randrange(500, 1500), -odd(2, 9), odd(0.01, 0.5), 0.99),
        ],
    }

    def points(count):
        return [[coarse(-2, 2), coarse(-2, 2), coarse(-3, 3)] for _ in range(count)]

    calls["compare_rates"] = {
        "": [
            (start(3), points(12), 4, [odd(0.05, 0.5)] * 2),
            (start(3), points(10), 4, [odd(0.01, 0.1), odd(0.2, 0.5), odd(0.005, 0.01)]),
            (start(3), points(5), 1, [odd(0.2, 0.5), odd(0.01, 0.1)]),
        ]
    }
    return {
        name: {group: [(args, right(name, args)) for args in cases] for group, cases in groups.items()}
        for name, groups in calls.items()
    }


if __name__ == "__main__":
    pprint(hidden_cases(), sort_dicts=False, width=110)
