"""The public cases of this unit, by exercise and group: arguments alone, as reference.py has the right values."""

import math


def _log(rates):
    """A training log with these learning rates; only they matter."""
    return [f"update={n} loss={2.3 * 0.9**n:.4f} lr={rate!r}" for n, rate in enumerate(rates)]


def _time_based(rate, d, steps):
    rates = []
    for n in range(steps):
        rates.append(rate)
        rate /= 1 + d * n
    return rates


CASES = {
    "step_decay": [
        (1, 0.1, 0.5, 3),
        (2, 0.1, 0.5, 3),
        ([0, 1, 2, 3, 4, 5], 0.1, 0.5, 3),
        ([39, 9, 19], 1.0, 0.1, 10),
        (4, 0.8, 0.25, 1),
        (11, 0.6, 0.5, 4),
    ],
    "time_decay": [
        (0, 1.0, 0.5),
        (1, 1.0, 0.5),
        ([0, 1, 2, 3, 4], 1.0, 0.5),
        ([5, 2, 3], 0.1, 1.0),
        (4, 0.2, 0.1),
        ([3, 1, 6, 3], 0.5, 0.25),
    ],
    "exponential_decay": [
        (0, 0.1, 0.5),
        (2, 0.1, 0.5),
        ([0, 1, 2, 3], 1.0, 0.1),
        ([100, 10], 0.3, 0.02),
        ([5, 30, 1], 0.2, 0.1),
    ],
    "gamma_from_decay": [
        (0.0,),
        (0.5,),
        (0.01,),
        (2.0,),
    ],
    "half_life": [
        (1.0,),
        (0.1,),
        (0.004,),
    ],
    "read_log": {
        "smooth": [
            (_log([0.1 * math.exp(-0.05 * n) for n in range(12)]),),
            (_log(_time_based(0.4, 0.02, 12)),),
            (_log([0.03 * math.exp(-0.2 * n) for n in range(9)]),),
        ],
        "stairs": [
            (_log([0.5 * 0.5 ** ((1 + n) // 4) for n in range(14)]),),
            (_log([0.2 * 0.8 ** ((1 + n) // 2) for n in range(9)]),),
            (_log([1.0 * 0.1 ** ((1 + n) // 5) for n in range(12)]),),
        ],
    },
}

# How the table shows a call, where a case's arguments are not what the student's function gets.
CALLS = {
    "read_log": lambda log: f"read_log({log})",
}
