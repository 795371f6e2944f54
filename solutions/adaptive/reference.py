"""The right values of this unit's exercises, and the generator of its hidden cases. Students never get this file.

Each coordinate walks by itself in decimal arithmetic of 40 digits, from the whole history of its gradients and not
from a running state: independent of numpy, torch, `lrlab` and of the solutions in the notebook.
`python reference.py` prints the hidden cases.
"""

import random
from decimal import Decimal, getcontext
from pprint import pprint

getcontext().prec = 40


def mean(values, share):
    """Of all values so far, each older one counting `share` times as much, from 0 on."""
    n = len(values)
    return sum((1 - share) * share ** (n - 1 - i) * v for i, v in enumerate(values))


def adagrad(grads, steps, lr="0.01", eps="1e-10"):
    return Decimal(lr) * grads[-1] / (sum(g * g for g in grads).sqrt() + Decimal(eps))


def rmsprop(grads, steps, lr="0.01", alpha="0.99", eps="1e-8"):
    return Decimal(lr) * grads[-1] / (mean([g * g for g in grads], Decimal(alpha)).sqrt() + Decimal(eps))


def adadelta(grads, steps, lr="1", rho="0.9", eps="1e-6"):
    lr, rho, eps = Decimal(lr), Decimal(rho), Decimal(eps)
    before = mean([(s / lr) ** 2 for s in steps], rho)
    return lr * (Decimal(before) + eps).sqrt() / (mean([g * g for g in grads], rho) + eps).sqrt() * grads[-1]


def adam(grads, steps, lr="0.001", betas=("0.9", "0.999"), eps="1e-8"):
    b1, b2 = map(Decimal, betas)
    m = mean(grads, b1) / (1 - b1 ** len(grads))
    v = mean([g * g for g in grads], b2) / (1 - b2 ** len(grads))
    return Decimal(lr) * m / (v.sqrt() + Decimal(eps))


def walk(rule, start, grads, hyper):
    path = []
    for k in range(1, len(grads) + 1):
        row = []
        for i, x in enumerate(start):
            history, steps = [Decimal(g[i]) for g in grads[:k]], []
            for n in range(1, k + 1):
                steps.append(rule(history[:n], steps, **hyper))
            row.append(float(Decimal(x) - sum(steps)))
        path.append(row)
    return {"params": path, "same when begun anew": True}


def adagrad_step(*args):
    return walk(adagrad, *args)


def rmsprop_step(*args):
    return walk(rmsprop, *args)


def adadelta_step(*args):
    return walk(adadelta, *args)


def adam_step(*args):
    return walk(adam, *args)


def effective_lr(grad_history, lr, eps):
    return {"rate": float(Decimal(lr) / (sum(Decimal(g) ** 2 for g in grad_history).sqrt() + Decimal(eps)))}


def right(name, args):
    return globals()[name](*args)


def hidden_cases(seed=5):
    """For each exercise, by group, a few calls and their right values; the same for the same seed.

    Parameters and gradients are multiples of 1/32, so that single precision holds them exactly.
    """
    rng = random.Random(seed)

    def coarse(low, high):
        return rng.randrange(16 * low, 16 * high + 1) / 16 or 1.0

    def start(size):
        return [coarse(-3, 3) + 1 / 32 for _ in range(size)]  # no step of theirs leads to 0, where digits are lost

    def grads(steps, size):
        return [[coarse(-4, 4) for _ in range(size)] for _ in range(steps)]

    quiet = [[0.0, 1.5, -0.75], [0.5, 0.0, 2.0], [0.0, -0.5, 0.0]]
    hypers = {
        "adagrad_step": [{"lr": 0.75, "eps": 0.25}, {"lr": 0.3}],
        "rmsprop_step": [{"lr": 0.75, "alpha": 0.6, "eps": 0.25}, {"lr": 0.3, "alpha": 0.8}],
        "adadelta_step": [{"lr": 0.75, "rho": 0.6, "eps": 0.25}, {"lr": 0.3, "rho": 0.8, "eps": 0.0625}],
        "adam_step": [{"lr": 0.75, "betas": [0.6, 0.7], "eps": 0.25}, {"lr": 0.3, "betas": [0.8, 0.9]}],
    }
    tiny = [[2.0**-28, -(2.0**-31)], [2.0**-25, 2.0**-29]]  # as small as the defaults of eps
    # Near 0, where the small default steps are a good part of the parameter.
    small = [[0.0625, -0.03125], [-0.015625, 0.0625]]

    def clear(name, make, hyper, least):
        """A walk drawn until no parameter comes near 0, where single precision has lost its digits."""
        while True:
            drawn = (*make(), hyper)
            if all(abs(x) > least for row in right(name, drawn)["params"] for x in row):
                return drawn

    calls = {
        name: {
            "given rates": [
                clear(name, lambda: (start(2), grads(4, 2)), first, 0.15),
                clear(name, lambda: (start(3), quiet), second, 0.15),
                clear(name, lambda: (start(1), grads(6, 1)), second, 0.15),
            ],
            "defaults": [
                clear(name, lambda: (small[0], grads(3, 2)), {}, 0.005),
                clear(name, lambda: (small[1], grads(2, 2)), {}, 0.005),
                (small[0], tiny, {}),
            ],
        }
        for name, (first, second) in hypers.items()
    }
    calls["effective_lr"] = {
        "": [
            ([round(rng.uniform(-2, 2), 3) for _ in range(7)], 0.07, 1e-10),
            ([round(rng.uniform(-0.5, 0.5), 3) for _ in range(3)], 1.3, 0.2),
        ]
    }
    return {
        name: {group: [(args, right(name, args)) for args in cases] for group, cases in groups.items()}
        for name, groups in calls.items()
    }


if __name__ == "__main__":
    pprint(hidden_cases(), sort_dicts=False, width=110)
