"""Cosine restarts, and when snapshots are taken."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from lrlab.checks.drive import Facts, call_on_each
from lrlab.checks.exercise import Case, Exercise, Misconception

LIBRARY = ("lrlab.schedules", "torch.optim.lr_scheduler")


def _cosine(done: Any, lr: float, low: float) -> Any:
    return low + (lr - low) / 2 * (1 + np.cos(np.pi * np.asarray(done)))


def _since_restart(n: Any, T_0: int, T_mult: int) -> tuple[Any, Any]:
    """Steps since the last restart, and the length of the cycle."""
    starts, lengths = [0], [T_0]
    while starts[-1] <= np.max(n):
        starts.append(starts[-1] + lengths[-1])
        lengths.append(lengths[-1] * T_mult)
    at = np.searchsorted(starts, n, side="right") - 1
    return n - np.array(starts)[at], np.array(lengths)[at]


def _by_logarithm(n: Any, lr: float, T_0: int, T_mult: int, low: float) -> Any:
    """The closed form with a floored logarithm, as texts and torch write it."""
    n = np.asarray(n)
    if T_mult == 1:
        return _cosine(n % T_0 / T_0, lr, low)
    cycle = np.floor(np.log(n / T_0 * (T_mult - 1) + 1) / np.log(T_mult))
    return _cosine((n - T_0 * (T_mult**cycle - 1) / (T_mult - 1)) / (T_0 * T_mult**cycle), lr, low)


def _restarting(change: Callable[..., Any]) -> Callable[..., Any]:
    """An answer from (steps since the restart, cycle's length, lr, low), with something changed."""

    def answer(n: Any, lr: float, T_0: int, T_mult: int, low: float) -> Any:
        return change(*_since_restart(n, T_0, T_mult), lr, low)

    return answer


cosine_restarts = Exercise(
    name="cosine_restarts",
    parameters=("n", "lr", "T_0", "T_mult", "eta_min"),
    cases=(
        Case((0, 0.1, 4, 1, 0.0), 0.1, "equal cycles"),
        Case((3, 0.1, 4, 1, 0.01), 0.023180194846605363, "equal cycles"),
        Case((8, 0.1, 4, 1, 0.01), 0.1, "equal cycles"),
        Case(([0, 1, 2, 3, 4, 5, 6, 13], 1.0, 3, 1, 0.2), [1.0, 0.8, 0.4, 1.0, 0.8, 0.4, 1.0, 0.8], "equal cycles"),
        Case((10, 0.5, 2, 2, 0.1), 0.3, "growing cycles"),
        Case((155, 0.3, 5, 5, 0.001), 0.3, "growing cycles"),
        Case(
            ([0, 1, 2, 3, 4, 5, 6, 13, 14], 1.0, 2, 2, 0.1),
            [1.0, 0.55, 1.0, 0.8681980515339464, 0.55, 0.23180194846605362, 1.0, 0.13425421036992097, 1.0],
            "growing cycles",
        ),
        Case(
            ([847, 846, 6, 7, 30], 0.1, 7, 3, 0.005),
            [0.1, 0.005000729115163666, 0.009703978774635092, 0.1, 0.09976396182985657],
            "growing cycles",
        ),
    ),
    misconceptions=(
        Misconception(
            "no restart",
            "Your cosine runs on after the first cycle and climbs again slowly: at a restart the rate jumps back to "
            "lr.",
            lambda n, lr, T_0, T_mult, low: _cosine(np.asarray(n) / T_0, lr, low),
        ),
        Misconception(
            "stays at the bottom",
            "Your rate stays at eta_min after the first cycle: at n = T_0 it jumps back to lr.",
            lambda n, lr, T_0, T_mult, low: _cosine(np.minimum(n, T_0) / T_0, lr, low),
        ),
        Misconception(
            "cycles do not grow",
            "All your cycles have T_0 steps; each is T_mult times as long as the one before.",
            lambda n, lr, T_0, T_mult, low: _cosine(np.asarray(n) % T_0 / T_0, lr, low),
        ),
        Misconception(
            "rounded logarithm",
            "Your cycle's number comes from a logarithm, and rounding makes it one too small exactly at some restarts "
            "(T_0 = 5, T_mult = 5, n = 155 gives 2.9999999999999996). Add up the cycles' lengths in whole numbers.",
            _by_logarithm,
        ),
        Misconception(
            "restarts a step late",
            "You restart one step too late: step T_0 is the first of the second cycle, with rate lr.",
            lambda n, lr, T_0, T_mult, low: _restarting(lambda t, T, lr, low: _cosine(t / T, lr, low))(
                np.maximum(np.asarray(n) - 1, 0), lr, T_0, T_mult, low
            ),
        ),
        Misconception(
            "one step ahead",
            "You are one step ahead: at n = 0 and at each restart the rate is lr itself.",
            _restarting(lambda t, T, lr, low: _cosine((t + 1) / T, lr, low)),
        ),
        Misconception(
            "reaches the bottom",
            "Your cycle comes down to eta_min at its last step: you divide by T - 1. At whole steps the rate stays "
            "above eta_min, as step T would be the restart.",
            _restarting(lambda t, T, lr, low: _cosine(t / np.maximum(T - 1, 1), lr, low)),
        ),
        Misconception(
            "no eta_min",
            "eta_min is missing: the rate falls towards eta_min, not to 0.",
            _restarting(lambda t, T, lr, low: _cosine(t / T, lr, 0.0)),
        ),
        Misconception(
            "eta_min added",
            "You add eta_min on top of lr's cosine: the way down is lr - eta_min long.",
            _restarting(lambda t, T, lr, low: low + _cosine(t / T, lr, 0.0)),
        ),
        Misconception(
            "straight line",
            "You come down in a straight line: asked is half a cosine wave.",
            _restarting(lambda t, T, lr, low: low + (lr - low) * (1 - t / T)),
        ),
        Misconception(
            "full wave",
            "Your cosine makes a full wave in a cycle: half of one, from 0 to π, is asked.",
            _restarting(lambda t, T, lr, low: _cosine(2 * t / T, lr, low)),
        ),
        Misconception(
            "turned over",
            "Your rate climbs within a cycle: it falls from lr, so it is 1 + cos.",
            _restarting(lambda t, T, lr, low: _cosine(1 + t / T, lr, low)),
        ),
    ),
    hint="For one step: subtract whole cycles, T_0, T_0·T_mult, …, until what is left lies within a cycle. Then the "
    "cosine.",
    problem_hints={
        "array_error": "`while` and `if` take one number at a time. One way: work out one step in a function of its "
        "own, and collect np.array([one(k) for k in n]) for an array."
    },
    driver=partial(call_on_each, watch=LIBRARY),
)


def _ceil(total: int, cycles: int) -> int:
    return -(-total // cycles)


snapshot_steps = Exercise(
    name="snapshot_steps",
    parameters=("total_steps", "cycles"),
    cases=(
        Case((20, 4), {"steps": [5, 10, 15, 20]}),
        Case((20, 3), {"steps": [7, 14, 20]}),
        Case((100, 6), {"steps": [17, 34, 51, 68, 85, 100]}),
        Case((7, 1), {"steps": [7]}),
        Case((5, 5), {"steps": [1, 2, 3, 4, 5]}),
    ),
    misconceptions=(
        Misconception(
            "last past the end",
            "Your last snapshot comes after the training is over: where the cycles don't divide the steps, the last "
            "one is cut short and ends at total_steps.",
            lambda total, cycles: [_ceil(total, cycles) * k for k in range(1, cycles + 1)],
        ),
        Misconception(
            "rounded down",
            "You round T/M down; the lecture's paper takes ⌈T/M⌉, rounded *up*, so that the last cycle is the short "
            "one.",
            lambda total, cycles: [*(total // cycles * k for k in range(1, cycles)), total],
        ),
        Misconception(
            "last short of the end",
            "You round T/M down and never reach total_steps: the last snapshot is due when the training ends.",
            lambda total, cycles: [total // cycles * k for k in range(1, cycles + 1)],
        ),
        Misconception(
            "spread evenly",
            "You round k·T/M for each snapshot; the length of a cycle is ⌈T/M⌉, the same for all but the last.",
            lambda total, cycles: [_ceil(total * k, cycles) for k in range(1, cycles + 1)],
        ),
        Misconception(
            "not whole",
            "Your steps are not whole numbers: a cycle has ⌈T/M⌉ steps, rounded up.",
            lambda total, cycles: [total / cycles * k for k in range(1, cycles + 1)],
        ),
        Misconception(
            "starts",
            "Those are the starts of the cycles: a snapshot is taken at a cycle's end.",
            lambda total, cycles: [_ceil(total, cycles) * k for k in range(cycles)],
        ),
        Misconception(
            "one too low",
            "You are one too low: asked is how many updates are *done*, not the number of the last one counted from 0.",
            lambda total, cycles: [min(_ceil(total, cycles) * k, total) - 1 for k in range(1, cycles + 1)],
        ),
        Misconception(
            "start included",
            "You begin with 0, when nothing has been trained: the first snapshot comes at the end of the first cycle.",
            lambda total, cycles: [min(_ceil(total, cycles) * k, total) for k in range(cycles + 1)],
        ),
        Misconception(
            "length only", "That is the length of a cycle; asked are the steps of all the snapshots, in a list.", _ceil
        ),
    ),
    hint="One cycle is ⌈T/M⌉ steps long. After how many updates does each one end? The last ends with the training.",
    problem_hints={"due": "a list of steps"},
    labels={"steps": ("snapshot",)},
    driver=Facts(lambda answer, total, cycles: {"steps": answer(total, cycles)}, watch=LIBRARY),
)
