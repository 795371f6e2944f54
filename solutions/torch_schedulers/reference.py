"""The right values of this unit's exercises, and the generator of its hidden cases. Students never get this file.

The rates come from the schedulers' formulas, in plain Python: independent of torch, of `lrlab` and of the solutions in
the notebook. `python reference.py` prints the hidden cases.
"""

import math
import random
from fractions import Fraction
from pprint import pprint


def formula(lr, scheduler, settings, n):
    if scheduler == "StepLR":
        return lr * settings["gamma"] ** (n // settings["step_size"])
    if scheduler == "MultiStepLR":
        return lr * settings["gamma"] ** sum(n >= m for m in settings["milestones"])
    if scheduler == "ExponentialLR":
        return lr * settings["gamma"] ** n
    if scheduler == "CosineAnnealingLR":
        return lr * math.cos(math.pi / 2 * n / settings["T_max"]) ** 2
    return lr / (1 + settings["d"] * n)


def lrs_used(lr, scheduler, settings, steps):
    rates = [formula(lr, scheduler, settings, n) for n in range(steps)]
    return {"rates": rates, "optimizer.step() used": rates, "steps in order": ["optimizer", "scheduler"] * steps}


def lecture_step_lr(lrs, epochs):
    return {"rates": {f"n = {n}": [lr / 10 ** (n // 30) for lr in lrs] for n in epochs}}


def lecture_multistep_lr(lrs, epochs):
    return {"rates": {f"n = {n}": [lr / 10 ** ((n >= 30) + (n >= 80)) for lr in lrs] for n in epochs}}


def time_based(lrs, epochs, d):
    at = {}
    for n in epochs:
        divisor = math.prod(1 + Fraction(d) * k for k in range(n))
        at[f"n = {n}"] = [float(Fraction(lr) / divisor) for lr in lrs]
    return {"rates": at, "class": "MultiplicativeLR"}


def plateau_rates(losses, lr, factor, patience):
    """Counts, for each loss, the reductions before it: a run of patience + 1 losses that are no new best."""
    rates, run, drops = [], 0, 0
    for k, loss in enumerate(losses):
        rates.append(lr * factor**drops)
        run = 0 if all(loss < earlier for earlier in losses[:k]) else run + 1
        if run == patience + 1:
            run, drops = 0, drops + 1
    return {"rates": rates}


def resume(lr, scheduler, settings, done, steps):
    return {"rates": [formula(lr, scheduler, settings, n) for n in range(done, done + steps)]}


def right(name, args):
    return globals()[name](*args)


def hidden_cases(seed=17):
    """For each exercise, by group, a few calls and their right values; the same for the same seed."""
    rng = random.Random(seed)

    def odd(low, high):
        return round(rng.uniform(low, high), 4)

    flat = [0.9, 0.7, 0.8, 0.7, 0.75, 0.9, 0.7, 0.71, 0.7, 0.65, 0.66, 0.7, 0.65, 0.9, 0.6]
    calls = {
        "lrs_used": {
            "": [
                (odd(0.1, 1), "StepLR", {"step_size": 3, "gamma": odd(0.2, 0.8)}, 8),
                (odd(0.1, 1), "LambdaLR", {"d": odd(0.1, 0.9)}, 5),
                (odd(0.1, 1), "MultiStepLR", {"milestones": [2, 3], "gamma": odd(0.2, 0.8)}, 4),
            ]
        },
        "lecture_step_lr": {
            "": [([odd(0.1, 1)], list(range(25, 100, 5))), ([odd(1, 2), odd(0.1, 0.5)], [29, 30, 119, 120])]
        },
        "lecture_multistep_lr": {
            "": [([odd(0.1, 1)], list(range(25, 125, 5))), ([odd(1, 2), odd(0.1, 0.5)], [29, 30, 79, 80, 200])]
        },
        "time_based": {
            "": [([odd(0.1, 1)], [0, 1, 2, 3, 12], odd(0.05, 0.3)), ([odd(1, 2), odd(0.1, 1)], [1, 4, 7], odd(0.3, 2))]
        },
        "plateau_rates": {
            "one plateau": [
                ([2.0, 1.5, 1.6, 1.7, 1.8, 1.4], odd(0.1, 1), odd(0.2, 0.8), 2),
                ([1.0, 1.1, 0.5], odd(0.1, 1), odd(0.2, 0.8), 0),
            ],
            "several": [
                (flat, odd(0.1, 1), odd(0.4, 0.8), 2),
                (flat[1:], odd(0.1, 1), odd(0.4, 0.8), 0),
                ([5.0 - 0.0001 * k for k in range(8)] + [6.0] * 4, odd(0.1, 1), odd(0.4, 0.8), 1),
            ],
        },
        "resume": {
            "": [
                (odd(0.1, 1), "StepLR", {"step_size": 4, "gamma": odd(0.2, 0.8)}, 5, 8),
                (odd(0.1, 1), "ExponentialLR", {"gamma": odd(0.6, 0.9)}, 6, 3),
                (odd(0.1, 1), "MultiStepLR", {"milestones": [2, 7], "gamma": odd(0.2, 0.8)}, 3, 6),
            ]
        },
    }
    return {
        name: {group: [(args, right(name, args)) for args in cases] for group, cases in groups.items()}
        for name, groups in calls.items()
    }


if __name__ == "__main__":
    pprint(hidden_cases(), sort_dicts=False, width=110)
