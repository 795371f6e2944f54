"""The right values of this unit's exercises, and the generator of its hidden cases. Students never get this file.

The rates come from the schedulers' formulas, in plain Python: independent of torch, of `lrlab` and of the solutions in
the notebook. `python reference.py` prints the hidden cases.
"""

import math
import random
from pprint import pprint

SCHEDULES = {
    "1 / (1 + n)²": lambda n: (1 + n) ** -2.0,
    "1 / (1 + 0.5 n)": lambda n: 2 / (2 + n),
    "(3 + cos n) / 4": lambda n: 0.75 + math.cos(n) / 4,
    "1 / √(1 + n)": lambda n: (1 + n) ** -0.5,
    "1 + n": lambda n: n + 1.0,
}
FROM_THE_START = ("LambdaLR", "CosineAnnealingWarmRestarts")  # they don't look at the rate before


def formula(lr, scheduler, settings, n):
    if scheduler == "StepLR":
        return lr * settings["gamma"] ** (n // settings["step_size"])
    if scheduler == "MultiStepLR":
        return lr * settings["gamma"] ** sum(n >= m for m in settings["milestones"])
    if scheduler == "ExponentialLR":
        return lr * settings["gamma"] ** n
    if scheduler == "CosineAnnealingLR":
        return lr * math.cos(math.pi / 2 * n / settings["T_max"]) ** 2
    if scheduler == "CosineAnnealingWarmRestarts":
        length = settings["T_0"]
        while n >= length:
            n, length = n - length, length * settings["T_mult"]
        return lr * math.cos(math.pi / 2 * n / length) ** 2
    return lr / (1 + settings["d"] * n)


def reduced(losses, lr, factor, patience):
    """Counts, for each loss, the reductions before it: a run of patience + 1 losses that are no new best."""
    rates, run, drops = [], 0, 0
    for k, loss in enumerate(losses):
        rates.append(lr * factor**drops)
        run = 0 if all(loss < earlier for earlier in losses[:k]) else run + 1
        if run == patience + 1:
            run, drops = 0, drops + 1
    return rates


def scheduler_of_log(lrs, losses):
    columns = [[max(rate, 0.001) for rate in reduced(losses, lr, 0.2, 2)] for lr in lrs]
    return {"rates": [list(row) for row in zip(*columns, strict=True)]}


def as_multiplicative(lrs, schedule, epochs):
    rates = [[lr * SCHEDULES[schedule](n) for lr in lrs] for n in range(epochs + 2)]
    halved = [[rate / 2 for rate in of_groups] for of_groups in rates[epochs:]]
    return {"rates": rates[:epochs], "class": "MultiplicativeLR", "rates after a change by hand": halved}


def run_epochs(lr, scheduler, settings, epochs, batches):
    rates = [formula(lr, scheduler, settings, epoch) for epoch in range(epochs) for _ in range(batches)]
    order = ([*["optimizer"] * batches, "scheduler"]) * epochs
    return {"rates": rates, "rates used": rates, "order of steps": order}


def cosine_run(lrs, images, batch_size, epochs):
    updates = epochs * math.ceil(images / batch_size)
    used = [[lr * math.cos(math.pi / 2 * n / updates) ** 2 for lr in lrs] for n in range(updates)]
    return {"rates": [rates[0] for rates in used], "rates used": used}


def plateau_rates(losses, lr, factor, patience):
    return {"rates": reduced(losses, lr, factor, patience)}


def resume_scaled(lrs, scheduler, settings, done, by_hand, steps, factor):
    used = []
    for n in range(done, done + steps):
        changed = by_hand if n == done or scheduler not in FROM_THE_START else 1
        used.append([factor * changed * formula(lr, scheduler, settings, n) for lr in lrs])
    return {"rates": [rates[0] for rates in used], "rates used": used}


def right(name, args):
    return globals()[name](*args)


def hidden_cases(seed=17):
    """For each exercise, by group, a few calls and their right values; the same for the same seed."""
    rng = random.Random(seed)

    def odd(low, high):
        return round(rng.uniform(low, high), 4)

    def walk(count):
        """Losses that rise and fall, far enough apart for any threshold."""
        return [round(0.1 * rng.randrange(3, 12) - 0.02 * k, 3) for k in range(count)]

    flat = [0.9, 0.7, 0.8, 0.7, 0.75, 0.9, 0.7, 0.71, 0.7, 0.65, 0.66, 0.7, 0.65, 0.9, 0.6]
    batch = rng.randrange(5, 9)
    rare = [1.0 - 0.05 * k for k in range(4)]
    slow = [1.0 - 0.03 * k for k in range(9)]  # each an improvement, though a small one
    calls = {
        "scheduler_of_log": {
            "": [
                ([0.1], [*rare, *walk(14)]),
                ([odd(0.2, 0.5), odd(0.01, 0.05)], [*slow, 0.9, 0.91, 0.95, 0.92, *[0.95] * 12]),
                ([odd(0.5, 1)], [*[0.5] * 5, 0.4, *[0.45] * 5, *walk(6)]),
            ]
        },
        "as_multiplicative": {
            "": [
                ([odd(0.1, 1)], "(3 + cos n) / 4", 9),
                ([odd(1, 2), odd(0.1, 1)], "1 / √(1 + n)", 6),
                ([odd(0.1, 1)], "1 + n", 5),
            ]
        },
        "run_epochs": {
            "": [
                (odd(0.1, 1), "StepLR", {"step_size": 3, "gamma": odd(0.2, 0.8)}, 7, 2),
                (odd(0.1, 1), "LambdaLR", {"d": odd(0.1, 0.9)}, 4, 3),
                (odd(0.1, 1), "MultiStepLR", {"milestones": [1, 3], "gamma": odd(0.2, 0.8)}, 5, 1),
            ]
        },
        "cosine_run": {
            "": [
                ([odd(0.1, 1)], 4 * batch - 1, batch, rng.randrange(2, 4)),
                ([odd(0.1, 1), odd(1, 2)], 3 * batch, batch, 2),
                ([odd(0.1, 1)], 2 * batch + 1, batch, 3),
            ]
        },
        "plateau_rates": {
            "one plateau": [
                ([2.0, 1.5, 1.6, 1.7, 1.8, 1.4], odd(0.1, 1), odd(0.2, 0.8), 2),
                ([1.0, 1.1, 0.5], odd(0.1, 1), odd(0.2, 0.8), 0),
                ([2, 0, 3, 1, -1, 0, -1, -3], odd(0.1, 1), odd(0.2, 0.8), 1),
                ([-1.5, 1.5, -1.5, 1.0, 1.5, 0.5, 1.0], odd(0.1, 1), odd(0.2, 0.8), 2),
                ([4e4, 5e4, 7e4, 3e4, 5e4, 4e4, 2e4, 1e4], odd(0.1, 1), odd(0.2, 0.8), 2),
            ],
            "several": [
                (flat, odd(0.1, 1), odd(0.4, 0.8), 2),
                (flat[1:], odd(0.1, 1), odd(0.4, 0.8), 0),
                ([5.0 - 0.0001 * k for k in range(8)] + [6.0] * 4, odd(0.1, 1), odd(0.4, 0.8), 1),
                ([-0.1 * x for x in flat], odd(0.1, 1), odd(0.4, 0.8), 1),
            ],
        },
        "resume_scaled": {
            "recurrences": [
                ([odd(0.1, 1)], "StepLR", {"step_size": 4, "gamma": odd(0.2, 0.8)}, 5, odd(0.2, 0.8), 8, odd(0.1, 0.9)),
                ([odd(0.1, 1), odd(0.01, 0.1)], "ExponentialLR", {"gamma": odd(0.6, 0.9)}, 6, 1.0, 3, odd(1.5, 3)),
                ([odd(0.1, 1)], "MultiStepLR", {"milestones": [2, 7], "gamma": 0.3}, 3, odd(2, 3), 6, odd(0.1, 0.9)),
            ],
            "closed forms": [
                ([odd(0.1, 1)], "LambdaLR", {"d": odd(0.1, 0.9)}, 4, odd(0.2, 0.8), 5, odd(0.1, 0.9)),
                ([odd(0.1, 1), 0.05], "CosineAnnealingWarmRestarts", {"T_0": 3, "T_mult": 2}, 5, 1.0, 7, odd(1.5, 3)),
                ([odd(0.1, 1)], "LambdaLR", {"d": odd(1, 2)}, 1, 1.0, 4, odd(0.1, 0.9)),
            ],
        },
    }
    return {
        name: {group: [(args, right(name, args)) for args in cases] for group, cases in groups.items()}
        for name, groups in calls.items()
    }


if __name__ == "__main__":
    pprint(hidden_cases(), sort_dicts=False, width=110)
