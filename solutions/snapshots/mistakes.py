"""The mistakes known in this unit: each has a name, a hint, and code that makes it. Students never get this file."""

import copy
import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from lrlab.units import Help, Misconception


def _snapshots(model: Any, train_cycle: Any, cycles: int, keep: Callable[[Any], Any], first: bool = False) -> list[Any]:
    kept = []
    for _ in range(cycles):
        if first:
            kept.append(keep(model))
        train_cycle(model)
        if not first:
            kept.append(keep(model))
    return kept


def _averaged(model: Any, train_cycle: Any, cycles: int) -> list[Any]:
    kept: list[Any] = []
    for one in _snapshots(model, train_cycle, cycles, lambda m: copy.deepcopy(m.state_dict())):
        kept.append({k: (kept[-1][k] + v) / 2 for k, v in one.items()} if kept else one)
    return [{k: v.to(model.state_dict()[k].dtype) for k, v in one.items()} for one in kept]


def _votes(probabilities: Any) -> Any:
    """How many models vote for each class of each image."""
    p = np.asarray(probabilities)
    return (p.argmax(-1)[..., None] == np.arange(p.shape[2])).sum(0)


def _tie_by(probabilities: Any, measure: Any) -> Any:
    votes = _votes(probabilities)
    return np.where(votes == votes.max(-1, keepdims=True), measure, -1).argmax(-1)


def _first_of_the_tied(votes: Any) -> list[int]:
    return [max(column, key=column.count) for column in votes.T.tolist()]


def _mean_of_voters(p: Any) -> Any:
    voted = p.argmax(-1)[..., None] == np.arange(p.shape[2])
    return (p * voted).sum(0) / np.maximum(voted.sum(0), 1)


def _keep(
    log: Any,
    end: Callable[[Any], Any] = lambda rows: rows[-1],
    finished: Callable[..., bool] = lambda end, top, highest: end[2] <= top / 10,
    fits: Callable[[float, float], bool] = lambda error, best: error <= 2 * best,
    best: float | None = None,
) -> list[int]:
    """The rules for the log of a run, with one of them changed."""
    cycles = [[row for row in log if row[0] == cycle] for cycle in dict.fromkeys(row[0] for row in log)]
    highest = max(row[2] for row in log)
    ends = [end(rows) for rows in cycles if finished(end(rows), max(r[2] for r in rows), highest)]
    errors = [row[3] for row in ends if math.isfinite(row[3])]
    lowest = best if best is not None else min(errors, default=math.inf)
    return [row[1] for row in ends if fits(row[3], lowest)]


def _ends_of(log: Any) -> list[Any]:
    """The last row of each cycle."""
    return list({row[0]: row for row in log}.values())


def _first_rate(log: Any, cycle: Any) -> float:
    return next(float(row[2]) for row in log if row[0] == cycle)


def _low_rows(log: Any) -> list[int]:
    top = {cycle: max(r[2] for r in log if r[0] == cycle) for cycle, *_ in log}
    rows = [row for row in log if row[2] <= top[row[0]] / 10 and math.isfinite(row[3])]
    return [row[1] for row in rows if row[3] <= 2 * min(r[3] for r in rows)]


def _within(bound: Callable[[list[float]], float]) -> Callable[[Any], list[int]]:
    """Keep what is good enough by another bound, which comes from the errors of the finished cycles."""

    def answer(log: Any) -> list[int]:
        done = [row for row in _ends_of(log) if row[2] <= max(r[2] for r in log if r[0] == row[0]) / 10]
        errors = [row[3] for row in done if math.isfinite(row[3])]
        return [row[1] for row in done if row[3] <= bound(errors)]

    return answer


def _own(p: Any, y: Any) -> Any:
    return np.take_along_axis(p, np.asarray(y)[:, None], -1)[:, 0]


def _ranked(p: Any, y: Any, size: int) -> list[int]:
    losses = [-np.log(_own(np.asarray(model), y)).mean() for model in p]
    return [int(k) for k in np.argsort(losses)[:size]]


def _greedy(
    p: Any,
    y: Any,
    size: int,
    loss: Callable[[Any, Any], float] = lambda mean, own: -np.log(own).mean(),
    again: bool = True,
    round_again: bool = False,
    halves: bool = False,
    once: bool = False,
    logarithms: bool = False,
    begun: Sequence[int] = (),
) -> list[int]:
    """Greedy selection with something changed."""
    p, y = np.asarray(p), np.asarray(y)
    chosen = list(begun)
    now = None

    def mean(members: list[int]) -> Any:
        some = p[sorted(set(members)) if once else members]
        if not logarithms:
            return some.mean(0)
        power = np.exp(np.log(some).mean(0))
        return power / power.sum(-1, keepdims=True)

    while len(chosen) < size:
        candidates = [k for k in range(len(p)) if again or k not in chosen] or list(range(len(p) * round_again))
        if not candidates:
            break
        means = {k: (now + p[k]) / 2 if halves and now is not None else mean([*chosen, k]) for k in candidates}
        best = min(candidates, key=lambda k: loss(means[k], _own(means[k], y)))
        chosen.append(best)
        now = means[best]
    return chosen


def _log_loss(p: Any, y: Any, members: Sequence[int]) -> float:
    return float(-np.log(_own(np.asarray(p)[list(members)].mean(0), y)).mean())


def _until_no_better(p: Any, y: Any, size: int) -> list[int]:
    chosen = _greedy(p, y, size)
    losses = [_log_loss(p, y, chosen[: k + 1]) for k in range(size)]
    return chosen[: next((k for k in range(1, size) if losses[k] >= losses[k - 1]), size)]


def _best_together(p: Any, y: Any, size: int) -> list[int]:
    every = itertools.combinations_with_replacement(range(len(p)), size)
    return list(min(every, key=lambda members: _log_loss(p, y, members)))


def _most_accurate(p: Any, y: Any) -> int:
    return int((np.asarray(p).argmax(-1) == np.asarray(y)).mean(-1).argmax())


def _cosine(done: Any, lr: float, low: float) -> Any:
    return low + (lr - low) / 2 * (1 + np.cos(np.pi * np.asarray(done)))


def _since_restart(n: Any, T_0: int, T_mult: int, side: str = "right") -> tuple[Any, Any]:
    """Steps since the last restart, and the length of the cycle; from the left a restart belongs to the old cycle."""
    starts, lengths = [0], [T_0]
    while starts[-1] <= np.max(n):
        starts.append(starts[-1] + lengths[-1])
        lengths.append(lengths[-1] * T_mult)
    at = np.maximum(np.searchsorted(starts, n, side=side) - 1, 0)
    return n - np.array(starts)[at], np.array(lengths)[at]


def _by_logarithm(n: Any, lr: float, T_0: int, T_mult: int, low: float) -> Any:
    """The closed form with a floored logarithm, as texts and torch write it."""
    n = np.asarray(n)
    if T_mult == 1:
        return _cosine(n % T_0 / T_0, lr, low)
    cycle = np.floor(np.log(n / T_0 * (T_mult - 1) + 1) / np.log(T_mult))
    return _cosine((n - T_0 * (T_mult**cycle - 1) / (T_mult - 1)) / (T_0 * T_mult**cycle), lr, low)


def _restarting(change: Callable[..., Any], side: str = "right") -> Callable[..., Any]:
    """An answer from (steps since the restart, cycle's length, lr, low), with something changed."""

    def answer(n: Any, lr: float, T_0: int, T_mult: int, low: float) -> Any:
        return change(*_since_restart(n, T_0, T_mult, side), lr, low)

    return answer


def _lengths_add_up(n: Any, lr: float, T_0: int, T_mult: int, low: float) -> Any:
    """Each cycle T_mult steps longer than the one before."""

    def one(t: int) -> Any:
        length = T_0
        while t >= length:
            t, length = t - length, length + T_mult
        return _cosine(t / length, lr, low)

    return np.array([one(t) for t in n]) if np.ndim(n) else one(n)


def _cycles(
    after: Callable[[int, int, int, int], int] = lambda length, T_0, T_mult, k: length * T_mult,
    rate: Callable[..., Any] = lambda t, T, lr, low, k: _cosine(t / T, lr, low),
    fits: Callable[[int, int, int], bool] = lambda t, length, k: t >= length,
    before: bool = False,
) -> Callable[..., Any]:
    """A loop over the cycles with one thing changed: the next length, when a cycle fits, or the rate in cycle k."""

    def one(n: int, lr: float, T_0: int, T_mult: int, low: float) -> Any:
        t, length, k = n, T_0, 0
        while fits(t, length, k):
            k += 1
            longer = after(length, T_0, T_mult, k)
            t, length = t - (longer if before else length), longer
        return rate(t, length, lr, low, k)

    def answer(n: Any, lr: float, T_0: int, T_mult: int, low: float) -> Any:
        return np.array([one(int(t), lr, T_0, T_mult, low) for t in n]) if np.ndim(n) else one(n, lr, T_0, T_mult, low)

    return answer


def _length_of_the_first(n: Any, lr: float, T_0: int, T_mult: int, low: float) -> Any:
    return _cosine(_since_restart(n, T_0, T_mult)[0] / T_0, lr, low)


def _remainder_of_the_first(n: Any, lr: float, T_0: int, T_mult: int, low: float) -> Any:
    return _cosine(n % T_0 / _since_restart(n, T_0, T_mult)[1], lr, low)


def _places(n: Any, lr: float, T_0: int, T_mult: int, low: float) -> Any:
    t, T = _since_restart(np.arange(len(n)) if np.ndim(n) else n, T_0, T_mult)
    return _cosine(t / T, lr, low)


def _restarts_multiplied(n: Any, lr: float, T_0: int, T_mult: int, low: float) -> Any:
    def one(t: int) -> Any:
        start, end = 0, T_0
        while t >= end:
            start, end = end, end * T_mult if T_mult > 1 else end + T_0
        return _cosine((t - start) / (end - start), lr, low)

    return np.array([one(t) for t in n]) if np.ndim(n) else one(n)


def _one_step_more(n: Any, lr: float, T_0: int, T_mult: int, low: float) -> Any:
    def one(t: int) -> Any:
        length = T_0
        while t > length:
            t, length = t - length - 1, length * T_mult
        return _cosine(t / length, lr, low)

    return np.array([one(t) for t in n]) if np.ndim(n) else one(n)


def _length_kept(n: Any, lr: float, T_0: int, T_mult: int, low: float) -> Any:
    """Each entry of an array begins with the length of the cycle that the one before was in."""
    length, rates = T_0, []
    for step in np.ravel(n):
        t = int(step)
        while t >= length:
            t, length = t - length, length * T_mult
        rates.append(_cosine(t / length, lr, low))
    return np.array(rates) if np.ndim(n) else rates[0]


def _ceil(total: int, cycles: int) -> int:
    return -(-total // cycles)


MISTAKES = {
    "cosine_restarts": Help(
        hint=(
            "For one step: subtract whole cycles, T_0, T_0·T_mult, …, until what is left is inside a cycle. "
            "Then take the cosine."
        ),
        problem_hints={
            "array_error": (
                "`while` and `if` take one number at a time. One way: work out one step in a function of "
                "its own, and collect np.array([one(k) for k in n]) for an array."
            )
        },
        misconceptions=(
            Misconception(
                "no restart",
                "Your cosine runs on after the first cycle and climbs again slowly: at a restart the rate jumps "
                "back to lr.",
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
                "lengths add up",
                "You make each cycle T_mult steps longer. It is T_mult *times* as long as the one before.",
                _lengths_add_up,
            ),
            Misconception(
                "rounded logarithm",
                "Your cycle's number comes from a logarithm, and rounding makes it one too small exactly at some "
                "restarts (T_0 = 5, T_mult = 5, n = 155 gives 2.9999999999999996). Add up the cycles' lengths in "
                "whole numbers.",
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
                "restart at the bottom",
                "At each restart your rate is still eta_min: a cycle of T steps has the steps 0 to T - 1. Step T is "
                "step 0 of the next one, with the rate lr. Take a cycle away as soon as it fits: >=, not >.",
                _restarting(lambda t, T, lr, low: _cosine(t / T, lr, low), side="left"),
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
                "Your rate falls in a straight line. It should follow half a cosine wave.",
                _restarting(lambda t, T, lr, low: low + (lr - low) * (1 - t / T)),
            ),
            Misconception(
                "full wave",
                "Your cosine makes a full wave in each cycle. It should make half of one, from 0 to π.",
                _restarting(lambda t, T, lr, low: _cosine(2 * t / T, lr, low)),
            ),
            Misconception(
                "turned over",
                "Your rate climbs within a cycle: it falls from lr, so it is 1 + cos.",
                _restarting(lambda t, T, lr, low: _cosine(1 + t / T, lr, low)),
            ),
            Misconception(
                "cycles grow once",
                "All your cycles after the first have T_0·T_mult steps. Each cycle is T_mult times as long as the one "
                "before, so the third has T_0·T_mult·T_mult.",
                _cycles(after=lambda length, T_0, T_mult, k: T_0 * T_mult),
            ),
            Misconception(
                "only one cycle taken away",
                "You take at most one cycle away, so a later step is beyond the end of its cycle. Take cycles away as "
                "long as one fits: `while`, not `if`.",
                _cycles(fits=lambda t, length, k: t >= length and k < 1),
            ),
            Misconception(
                "cosine of the first cycle's length",
                "Your restarts are where they should be, but each cosine has T_0 steps. In a cycle of T steps divide "
                "t by this T.",
                _length_of_the_first,
            ),
            Misconception(
                "remainder of the first cycle's length",
                "Your t is n % T_0, also where the cycles grow. t counts the steps since the last restart.",
                _remainder_of_the_first,
            ),
            Misconception(
                "one longer length for all",
                "All your cycles have T_0·T_mult steps, the first one too. The first has T_0 steps.",
                lambda n, lr, T_0, T_mult, low: _cosine(n % (T_0 * T_mult) / (T_0 * T_mult), lr, low),
            ),
            Misconception(
                "lengths times the cycle's number",
                "The lengths of your cycles are T_0·T_mult times 1, 2, 3, … Each cycle is T_mult times as long as the "
                "one before: T_0, T_0·T_mult, T_0·T_mult², …",
                _cycles(after=lambda length, T_0, T_mult, k: T_0 * T_mult * k),
            ),
            Misconception(
                "same amount longer",
                "Each of your cycles is the same amount longer than the one before. It is T_mult *times* as long: T_0, "
                "T_0·T_mult, T_0·T_mult², …",
                _cycles(after=lambda length, T_0, T_mult, k: length + T_0 * (T_mult - 1)),
            ),
            Misconception(
                "length not set back",
                "For an array, your cycle's length goes on from one entry to the next. Each entry begins with a cycle "
                "of T_0 steps: set the length back for each.",
                _length_kept,
            ),
            Misconception(
                "in sorted order",
                "You sort the steps, or your result. Each entry of the result belongs to the entry of n at the same "
                "place.",
                lambda n, *rest: _restarting(lambda t, T, lr, low: _cosine(t / T, lr, low))(
                    np.sort(n) if np.ndim(n) else n, *rest
                ),
            ),
            Misconception(
                "restarts multiplied",
                "Your restarts are at T_0, T_0·T_mult, T_0·T_mult², … These are the cycles' *lengths*: add them up, "
                "and the sums are the restarts.",
                _restarts_multiplied,
            ),
            Misconception(
                "length grown first",
                "You multiply the length before you take the old cycle away, so you take away the next one. Take the "
                "old length away first.",
                _cycles(before=True),
            ),
            Misconception(
                "places in the array",
                "For an array, you take the place in the array for the step. The steps are its entries, in any order.",
                _places,
            ),
            Misconception(
                "top halved",
                "Your top is halved at each restart. The rate jumps back to lr itself.",
                _cycles(rate=lambda t, T, lr, low, k: _cosine(t / T, lr / 2**k, low)),
            ),
            Misconception(
                "not halved",
                "Your cycle starts too high, as 1 + cos is 2 there: halve lr - eta_min.",
                _restarting(lambda t, T, lr, low: low + (lr - low) * (1 + np.cos(np.pi * t / T))),
            ),
            Misconception(
                "quarter wave",
                "You take the cosine over a quarter of a wave, without the 1 +. It should go over half a wave, from 1 "
                "to -1: (1 + cos) / 2.",
                _restarting(lambda t, T, lr, low: low + (lr - low) * np.cos(np.pi * t / T / 2)),
            ),
            Misconception(
                "degrees",
                "Your angle is in degrees, 180 for half a wave. np.cos takes it in radians: np.pi.",
                _restarting(lambda t, T, lr, low: low + (lr - low) / 2 * (1 + np.cos(180 * t / T))),
            ),
            Misconception(
                "sum for difference",
                "Your way down is lr + eta_min long. It is lr - eta_min, from lr down to eta_min.",
                _restarting(lambda t, T, lr, low: low + (lr + low) / 2 * (1 + np.cos(np.pi * t / T))),
            ),
            Misconception(
                "sine",
                "You take a sine. It begins in the middle; the cosine begins at the top, where the rate is lr.",
                _restarting(lambda t, T, lr, low: low + (lr - low) / 2 * (1 + np.sin(np.pi * t / T))),
            ),
            Misconception(
                "cosine alone",
                "The 1 + before the cosine is missing, so the rate falls below eta_min.",
                _restarting(lambda t, T, lr, low: low + (lr - low) / 2 * np.cos(np.pi * t / T)),
            ),
            Misconception(
                "eta_min as a limit",
                "You let the cosine fall to 0 and cut it off at eta_min. The cosine itself ends at eta_min: eta_min + "
                "(lr - eta_min) / 2 · (1 + cos).",
                _restarting(lambda t, T, lr, low: np.maximum(low, _cosine(t / T, lr, 0.0))),
            ),
            Misconception(
                "cycles a step too long",
                "Your cycles have a step too many, T + 1: the step that reaches eta_min is the first of the next "
                "cycle. Restart when T steps are done.",
                _one_step_more,
            ),
        ),
    ),
    "snapshot_steps": Help(
        labels={"steps": ("snapshot",)},
        hint=(
            "One cycle is ⌈T/M⌉ steps long. After how many updates does each one end? The last one ends with the run."
        ),
        problem_hints={"should_return": "a list of steps"},
        misconceptions=(
            Misconception(
                "last past the end",
                "Your last snapshot comes after the training is over: where the cycles don't divide the steps, the "
                "last one is cut short and ends at total_steps.",
                lambda total, cycles: [_ceil(total, cycles) * k for k in range(1, cycles + 1)],
            ),
            Misconception(
                "rounded down",
                "You round T/M down; the lecture's paper takes ⌈T/M⌉, rounded *up*, so that the last cycle is the "
                "short one.",
                lambda total, cycles: [*(total // cycles * k for k in range(1, cycles)), total],
            ),
            Misconception(
                "rounded to the nearest",
                "You round T/M to the nearest whole number: round(10 / 3) is 3. A cycle has ⌈T/M⌉ steps, always "
                "rounded *up* (math.ceil).",
                lambda total, cycles: [*(round(total / cycles) * k for k in range(1, cycles)), total],
            ),
            Misconception(
                "last short of the end",
                "You round T/M down and never reach total_steps: take the last snapshot when the training ends.",
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
                "You are one too low: return how many updates are *done*, not the number of the last one counted from "
                "0.",
                lambda total, cycles: [min(_ceil(total, cycles) * k, total) - 1 for k in range(1, cycles + 1)],
            ),
            Misconception(
                "start included",
                "You begin with 0, when nothing has been trained: the first snapshot comes at the end of the first "
                "cycle.",
                lambda total, cycles: [min(_ceil(total, cycles) * k, total) for k in range(cycles + 1)],
            ),
            Misconception(
                "last one missing",
                "You leave out the last snapshot. There is one for each cycle, the last one when the training ends, at "
                "total_steps.",
                lambda total, cycles: list(range(_ceil(total, cycles), total, _ceil(total, cycles))),
            ),
            Misconception(
                "always one more",
                "Your cycle has T // M + 1 steps. Where M divides T, it has T / M: ⌈T/M⌉ adds one only where "
                "something is left over.",
                lambda total, cycles: [min((total // cycles + 1) * k, total) for k in range(1, cycles + 1)],
            ),
            Misconception(
                "short cycle first",
                "Your first cycle is the short one. The *last* cycle is cut short; the first snapshot comes after "
                "⌈T/M⌉ updates.",
                lambda total, cycles: [total - _ceil(total, cycles) * k for k in range(cycles - 1, -1, -1)],
            ),
            Misconception(
                "spread evenly, rounded down",
                "You round k·T/M for each snapshot; the length of a cycle is ⌈T/M⌉, the same for all but the last.",
                lambda total, cycles: [total * k // cycles for k in range(1, cycles + 1)],
            ),
            Misconception(
                "spread evenly, rounded to the nearest",
                "You round k·T/M for each snapshot; the length of a cycle is ⌈T/M⌉, the same for all but the last.",
                lambda total, cycles: [round(total * k / cycles) for k in range(1, cycles + 1)],
            ),
            Misconception(
                "remainder spread over the first cycles",
                "Your first cycles are one update longer than the others. All cycles have ⌈T/M⌉ updates, and the "
                "*last* "
                "one is cut short.",
                lambda total, cycles: [k * (total // cycles) + min(k, total % cycles) for k in range(1, cycles + 1)],
            ),
            Misconception(
                "lengths",
                "You return how long each cycle is. Return how many updates are done at its end: add the lengths up.",
                lambda total, cycles: (
                    [_ceil(total, cycles)] * (cycles - 1) + [total - _ceil(total, cycles) * (cycles - 1)]
                ),
            ),
            Misconception(
                "updates and cycles swapped",
                "You take a snapshot every M updates. M is the number of cycles; a cycle has ⌈T/M⌉ updates.",
                lambda total, cycles: [cycles * k for k in range(1, total // cycles + 1)],
            ),
            Misconception(
                "last one twice",
                "Where the cycles divide total_steps, your list has total_steps twice, and one snapshot too many.",
                lambda total, cycles: [*range(_ceil(total, cycles), total + 1, _ceil(total, cycles)), total],
            ),
            Misconception(
                "rounded down, as many as fit",
                "You round T/M down, so more than M snapshots fit in. A cycle has ⌈T/M⌉ steps, rounded *up*.",
                lambda total, cycles: [*range(total // cycles, total, total // cycles), total],
            ),
            Misconception(
                "length only",
                "That is the length of a cycle. Return the steps of all the snapshots, in a list.",
                _ceil,
            ),
        ),
    ),
    "majority_vote": Help(
        categories=("classes",),
        labels={"classes": ("image",)},
        hint="Take one image. Write down which class each model votes for, and count the votes of each class. Only if "
        "several classes have the most votes do their mean probabilities decide.",
        problem_hints={"should_return": "one class for each image, as whole numbers in a list, an array or a tensor"},
        misconceptions=(
            Misconception(
                "mean of the probabilities",
                "You average the probabilities and take the largest. Here each model has one vote; the averages "
                "decide only between classes with equally many votes.",
                lambda p: np.asarray(p).mean(0).argmax(-1),
            ),
            Misconception(
                "first of the tied classes",
                "At a tie you take the tied class with the lowest number (np.argmax and np.bincount do that). Take the "
                "tied class with the highest mean probability.",
                lambda p: _votes(p).argmax(-1),
            ),
            Misconception(
                "last of the tied classes",
                "At a tie you take the tied class with the highest number. Take the tied class with the highest mean "
                "probability.",
                lambda p: p.shape[2] - 1 - _votes(p)[:, ::-1].argmax(-1),
            ),
            Misconception(
                "all classes at a tie",
                "At a tie you take the class with the highest mean probability of all classes. Compare only the tied "
                "classes: another one can have a higher mean and fewer votes.",
                lambda p: np.where(
                    (_votes(p) == _votes(p).max(-1, keepdims=True)).sum(-1) > 1,
                    np.asarray(p).mean(0).argmax(-1),
                    _votes(p).argmax(-1),
                ),
            ),
            Misconception(
                "surest model at a tie",
                "At a tie you follow the single highest probability. The *mean* over all the models decides.",
                lambda p: _tie_by(p, np.asarray(p).max(0)),
            ),
            Misconception(
                "first model at a tie",
                "At a tie you follow the first of the models. Take the tied class with the highest mean probability.",
                lambda p: _first_of_the_tied(np.asarray(p).argmax(-1)),
            ),
            Misconception(
                "mean over its voters",
                "At a tie you take the mean over the models that voted for the class. The mean over *all* models "
                "decides.",
                lambda p: _tie_by(p, _mean_of_voters(np.asarray(p))),
            ),
            Misconception(
                "last model at a tie",
                "At a tie you follow the last of the models. Take the tied class with the highest mean probability.",
                lambda p: _first_of_the_tied(np.asarray(p).argmax(-1)[::-1]),
            ),
            Misconception(
                "lowest mean at a tie",
                "At a tie you take the tied class with the lowest mean probability. Take the one with the highest.",
                lambda p: _tie_by(p, 1 - np.asarray(p).mean(0)),
            ),
            Misconception(
                "ranks added up",
                "You add up the ranks of the classes. Each model has one vote, for its most probable class.",
                lambda p: np.asarray(p).argsort(-1).argsort(-1).sum(0).argmax(-1),
            ),
            Misconception(
                "ranks at a tie",
                "At a tie you add up the ranks of the classes. The mean of their probabilities decides.",
                lambda p: _tie_by(p, np.asarray(p).argsort(-1).argsort(-1).sum(0)),
            ),
            Misconception(
                "margins added up",
                "You weigh each vote by how far it is ahead of the second class. Each vote counts one, however sure "
                "the "
                "model is.",
                lambda p: (
                    np.where(
                        np.asarray(p) == np.asarray(p).max(-1, keepdims=True),
                        np.asarray(p) - np.sort(p, axis=-1)[..., -2:-1],
                        0,
                    )
                    .sum(0)
                    .argmax(-1)
                ),
            ),
            Misconception(
                "product at a tie",
                "At a tie you multiply the probabilities (or add their logarithms). Take their mean.",
                lambda p: _tie_by(p, np.asarray(p).prod(0)),
            ),
            Misconception(
                "median at a tie",
                "At a tie you take the median of the probabilities. Take their mean.",
                lambda p: _tie_by(p, np.median(np.asarray(p), axis=0)),
            ),
            Misconception(
                "sure votes count more",
                "You add up how sure the votes are. Each vote counts one, however sure the model is.",
                lambda p: (
                    np.where(np.asarray(p) == np.asarray(p).max(-1, keepdims=True), np.asarray(p), 0).sum(0).argmax(-1)
                ),
            ),
            Misconception(
                "more than one half",
                "You count only votes with a probability above 0.5. Each model votes for its most probable class, "
                "also with less.",
                lambda p: (np.asarray(p) > 0.5).sum(0).argmax(-1),
            ),
            Misconception(
                "class numbers averaged",
                "You average the numbers of the classes. They are names, not amounts: count the votes of each class.",
                lambda p: np.asarray(p).argmax(-1).mean(0).round().astype(int),
            ),
            Misconception(
                "median of the class numbers",
                "You take the middle one of the class numbers. They are names, not amounts: count the votes of each "
                "class.",
                lambda p: np.sort(np.asarray(p).argmax(-1), axis=0)[(len(p) - 1) // 2],
            ),
            Misconception(
                "one class for all images",
                "You count the votes of all images together. Count them for each image, and return one class for each.",
                lambda p: [int(np.bincount(np.asarray(p).argmax(-1).ravel()).argmax())] * p.shape[1],
            ),
            Misconception(
                "votes of the winner",
                "You return how many votes the winner has. Return its class: argmax, not max.",
                lambda p: _votes(p).max(-1),
            ),
            Misconception(
                "largest over the images",
                "You look for the largest probability over the images (axis 1). Each model looks over the classes, the "
                "last axis.",
                lambda p: [max(range(p.shape[1]), key=column.count) for column in np.asarray(p).argmax(1).T.tolist()],
            ),
            Misconception(
                "surest model",
                "You follow the model with the highest probability. Each model has one vote, however sure it is.",
                lambda p: np.asarray(p).max(0).argmax(-1),
            ),
            Misconception(
                "each model's vote",
                "You return each model's vote. Count the votes for each image, and return one class for each image.",
                lambda p: np.asarray(p).argmax(-1),
            ),
            Misconception(
                "votes for models",
                "Your votes are numbers of models, not of classes: take the largest over the last axis, the classes.",
                lambda p: np.array([np.bincount(row).argmax() for row in np.asarray(p).argmax(0)]),
            ),
            Misconception(
                "counts",
                "You return how many votes each class has. Return the class that wins.",
                lambda p: _votes(p),
            ),
        ),
    ),
    "collect_snapshots": Help(
        labels={"snapshots": ("snapshot",)},
        hint="One list; in each cycle train, then append a full copy.",
        problem_hints={
            "memory of their own": "Some snapshots share memory with the model or with each other (a shallow copy, "
            "detach() or state_dict() does that). Copy the tensors themselves: copy.deepcopy, or clone().",
            "train_cycle was called": "Call train_cycle(model) once for each cycle, and not at all where cycles is 0.",
            "same number types": "Some snapshots hold numbers of another type (dtype) than the model, for example half "
            "precision, which rounds the weights. Keep each tensor's own type.",
            "should_return": "a list with one snapshot for each cycle",
        },
        misconceptions=(
            Misconception(
                "aliased state dicts",
                "All your snapshots show the same, latest weights: model and model.state_dict() are the live tensors, "
                "which the next cycle changes. Copy them at the time (copy.deepcopy).",
                lambda model, train, cycles: _snapshots(model, train, cycles, lambda m: m.state_dict()),
            ),
            Misconception(
                "buffers missing",
                "Your snapshots hold the parameters only. BatchNorm's running mean and variance are buffers, and "
                "are a piece of the model as well: model.state_dict() has both.",
                lambda model, train, cycles: _snapshots(
                    model, train, cycles, lambda m: {k: v.detach().clone() for k, v in m.named_parameters()}
                ),
            ),
            Misconception(
                "before the cycle",
                "You take each snapshot before the cycle. The weights are in a minimum at a cycle's *end*.",
                lambda model, train, cycles: _snapshots(model, train, cycles, copy.deepcopy, first=True),
            ),
            Misconception(
                "start included",
                "You also keep the untrained model: there is one snapshot for each cycle, taken at its end.",
                lambda model, train, cycles: [copy.deepcopy(model), *_snapshots(model, train, cycles, copy.deepcopy)],
            ),
            Misconception(
                "last only",
                "You keep only the last snapshot. Keep one for each cycle.",
                lambda model, train, cycles: _snapshots(model, train, cycles, copy.deepcopy)[-1:],
            ),
            Misconception(
                "one too few",
                "You have one snapshot too few: train and keep one for each cycle, cycles in all.",
                lambda model, train, cycles: _snapshots(model, train, cycles - 1, copy.deepcopy),
            ),
            Misconception(
                "one for no cycle",
                "With cycles=0 there is nothing to train and nothing to keep: return an empty list.",
                lambda model, train, cycles: _snapshots(model, train, max(cycles, 1), copy.deepcopy),
            ),
            Misconception(
                "copied after the run",
                "You copy only when all cycles are done, so each snapshot is the last one. Copy at the end of each "
                "cycle.",
                lambda model, train, cycles: [copy.deepcopy(m) for m in _snapshots(model, train, cycles, lambda m: m)],
            ),
            Misconception(
                "latest first",
                "Your snapshots are in reverse order. Put each at the end of the list: append.",
                lambda model, train, cycles: _snapshots(model, train, cycles, copy.deepcopy)[::-1],
            ),
            Misconception(
                "averaged",
                "You average each snapshot with the ones before it. A snapshot is the model as it is at the end of "
                "its cycle.",
                _averaged,
            ),
            Misconception(
                "each cycle from the start",
                "Every one of your cycles starts from the untrained model. All snapshots come from *one* run: each "
                "cycle continues where the last one ended.",
                lambda model, train, cycles: [
                    m for m in [copy.deepcopy(model) for _ in range(cycles)] if train(m) is not None
                ],
            ),
        ),
    ),
    "snapshots_to_keep": Help(
        labels={"updates": ("snapshot",)},
        hint="Go through the rules one by one, with the first log of the check on paper: the snapshot of each cycle, "
        "the finished cycles, the finite errors, and only then the lowest error and the factor 2.",
        problem_hints={"should_return": "a list with the updates of the snapshots that you keep"},
        misconceptions=(
            Misconception(
                "best row of the cycle",
                "You look at the row with the lowest error of each cycle. The snapshot is the cycle's *last* row, "
                "which may not be its best.",
                lambda log: _keep(log, end=lambda rows: min(rows, key=lambda r: (not r[3] < 9, r[3]))),
            ),
            Misconception(
                "first row of the cycle",
                "You look at the first row of each cycle, right after the restart. The snapshot is the cycle's *last* "
                "row.",
                lambda log: _keep(log, end=lambda rows: rows[0]),
            ),
            Misconception(
                "unfinished cycles kept",
                "You keep the snapshot of a cycle that was cut short: its learning rate is still above a tenth of the "
                "cycle's highest.",
                lambda log: _keep(log, finished=lambda end, top, highest: True),
            ),
            Misconception(
                "highest rate of the run",
                "You compare the last learning rate with the highest of other cycles as well. Compare it with the "
                "highest of its own cycle: the cycles start at different rates.",
                lambda log: _keep(log, finished=lambda end, top, highest: end[2] <= highest / 10),
            ),
            Misconception(
                "broken runs kept",
                "You keep a snapshot whose error is nan. Every comparison with nan is False, so `not error > …` lets "
                "it pass; ask math.isfinite(error).",
                lambda log: _keep(log, fits=lambda error, best: not error > 2 * best),
            ),
            Misconception(
                "poor snapshots kept",
                "You keep a snapshot whose error is more than twice the lowest one.",
                lambda log: _keep(log, fits=lambda error, best: math.isfinite(error)),
            ),
            Misconception(
                "best only",
                "You keep only the snapshot with the lowest error. Keep all with at most *twice* that error.",
                lambda log: _keep(log, fits=lambda error, best: error <= best),
            ),
            Misconception(
                "lowest error of all rows",
                "You compare with the lowest error in the whole log. Compare with the lowest error of the finished "
                "snapshots: no other row is a model that you could keep.",
                lambda log: _keep(log, best=min(r[3] for r in log if math.isfinite(r[3]))),
            ),
            Misconception(
                "less than a tenth",
                "You leave out a cycle whose last learning rate is exactly a tenth of its highest. At most a tenth "
                "means <=.",
                lambda log: _keep(log, finished=lambda end, top, highest: end[2] < top / 10),
            ),
            Misconception(
                "any rate below the top",
                "You keep cycles that end with a larger part of their highest rate. At most a *tenth* of it is left at "
                "the end of a finished cycle.",
                lambda log: _keep(log, finished=lambda end, top, highest: end[2] <= top / 5),
            ),
            Misconception(
                "less than twice",
                "You leave out a snapshot whose error is exactly twice the lowest. At most twice means <=.",
                lambda log: _keep(log, fits=lambda error, best: error < 2 * best),
            ),
            Misconception(
                "first rate for the highest",
                "You take the first learning rate of a cycle for its highest. Within a cycle the rate may rise first "
                "(a warm-up): take the largest.",
                lambda log: _keep(log, finished=lambda end, top, highest: end[2] <= _first_rate(log, end[0]) / 10),
            ),
            Misconception(
                "highest rate so far",
                "You compare the last learning rate with the highest of other cycles as well. Compare it with the "
                "highest of its own cycle: the cycles start at different rates.",
                lambda log: _keep(
                    log,
                    finished=lambda end, top, highest: end[2] <= max(r[2] for r in log if r[1] <= end[1]) / 10,
                ),
            ),
            Misconception(
                "lowest error of all snapshots",
                "You compare with the lowest error of all snapshots, also of those that were cut short. Leave these "
                "out first, and then take the lowest error of the rest.",
                lambda log: _keep(log, best=min(r[3] for r in _ends_of(log) if math.isfinite(r[3]))),
            ),
            Misconception(
                "nan is the lowest",
                "A nan among the errors makes the lowest one nan (np.min does so, and min where it comes first), and "
                "then nothing is kept. Leave nan out before you take the lowest.",
                lambda log: _keep(log) if all(math.isfinite(r[3]) for r in _ends_of(log)) else [],
            ),
            Misconception(
                "nan rows left out first",
                "You leave out the rows with nan before you look for a cycle's last row, so an earlier row of a "
                "broken run takes its place. First take the last row of each cycle, then leave out those with nan.",
                lambda log: _keep([row for row in log if math.isfinite(row[3])]),
            ),
            Misconception(
                "unfinished ones alone",
                "You keep the cycles that were cut short, and leave out the finished ones. Finished means: the last "
                "learning rate is at most a tenth of the highest.",
                lambda log: _keep(log, finished=lambda end, top, highest: end[2] > top / 10),
            ),
            Misconception(
                "every row with a low rate",
                "You keep every row with a low learning rate. A cycle has one snapshot, its *last* row.",
                _low_rows,
            ),
            Misconception(
                "last cycle missing",
                "Your last cycle is missing: it ends with the log, and no row of another cycle comes after it.",
                lambda log: _keep([row for row in log if row[0] != log[-1][0]]),
            ),
            Misconception(
                "sorted by error",
                "Your updates are in the order of the errors. Keep the order of the log.",
                lambda log: sorted(_keep(log), key=lambda update: next(r[3] for r in log if r[1] == update)),
            ),
            Misconception(
                "twice the second lowest",
                "You compare with twice the *second* lowest error. Compare with twice the lowest one.",
                _within(lambda errors: 2 * sorted(errors)[min(1, len(errors) - 1)]),
            ),
            Misconception(
                "lowest error and a little more",
                "You compare with the lowest error plus a fixed number. Keep a snapshot up to *twice* the lowest "
                "error.",
                _within(lambda errors: min(errors) + 0.05),
            ),
            Misconception(
                "twice the mean",
                "You compare with the mean of the errors. Compare with twice the *lowest* one.",
                _within(lambda errors: 2 * sum(errors) / len(errors)),
            ),
            Misconception(
                "errors returned",
                "You return the errors. Return the update at which each snapshot was taken.",
                lambda log: [r[3] for r in _ends_of(log) if r[1] in _keep(log)],
            ),
            Misconception(
                "places returned",
                "You return places in a list. Return the update at which each snapshot was taken.",
                lambda log: [k for k, r in enumerate(_ends_of(log)) if r[1] in _keep(log)],
            ),
            Misconception(
                "cycles returned",
                "You return the numbers of the cycles. Return the update at which each snapshot was taken.",
                lambda log: [r[0] for r in log if r[1] in _keep(log) and r == [x for x in log if x[0] == r[0]][-1]],
            ),
        ),
    ),
    "greedy_ensemble": Help(
        categories=("members",),
        labels={"members": ("choice",)},
        hint="In each round, try every model: average the probabilities of the chosen ones and this one, and work out "
        "the log loss. The model with the lowest log loss is chosen, also if it was chosen before.",
        problem_hints={"should_return": "a list with the positions of the chosen models"},
        misconceptions=(
            Misconception(
                "best models alone",
                "You rank the models by their own loss. A model that is worse alone may help more: in each round, "
                "judge the *average* of the chosen models and the new one.",
                lambda p, y, size: _ranked(p, y, size),
            ),
            Misconception(
                "no model twice",
                "You choose each model at most once. A model may be chosen again, which gives it more weight.",
                lambda p, y, size: _greedy(p, y, size, again=False),
            ),
            Misconception(
                "no model twice, as long as there are others",
                "You choose each model at most once. A model may be chosen again, which gives it more weight.",
                lambda p, y, size: _greedy(p, y, size, again=False, round_again=True),
            ),
            Misconception(
                "always the best model",
                "You choose the best single model in every round (an average of logarithms does that too). Average the "
                "*probabilities* of the chosen models and the new one, then take the logarithm.",
                lambda p, y, size: _ranked(p, y, 1) * size,
            ),
            Misconception(
                "mistakes counted",
                "You count wrong images. The log loss also sees how sure the average is, and has hardly any ties.",
                lambda p, y, size: _greedy(p, y, size, loss=lambda mean, own: (mean.argmax(-1) != y).mean()),
            ),
            Misconception(
                "largest loss",
                "You choose the model with the largest log loss (or forget the minus sign). The smallest is the best.",
                lambda p, y, size: _greedy(p, y, size, loss=lambda mean, own: np.log(own).mean()),
            ),
            Misconception(
                "halves",
                "You average the last average with the new model, so that the newest one counts for a half. Every "
                "chosen model counts equally: divide the sum by their number.",
                lambda p, y, size: _greedy(p, y, size, halves=True),
            ),
            Misconception(
                "stops when nothing gets better",
                "You stop when the loss falls no further. There are always `size` rounds.",
                _until_no_better,
            ),
            Misconception(
                "one round more",
                "You choose one model too many: there are `size` rounds in all.",
                lambda p, y, size: _greedy(p, y, size + 1),
            ),
            Misconception(
                "one round fewer",
                "You choose one model too few: there are `size` rounds in all, the first one included.",
                lambda p, y, size: _greedy(p, y, size - 1),
            ),
            Misconception(
                "sorted",
                "Your list is sorted. Keep the order in which the models were chosen.",
                lambda p, y, size: sorted(_greedy(p, y, size)),
            ),
            Misconception(
                "best combination",
                "You look for the best combination of all. Choose one model after another, and never take one back.",
                _best_together,
            ),
            Misconception(
                "starts with the first model",
                "You begin with model 0. The first round is like the others: the model with the lowest log loss alone.",
                lambda p, y, size: _greedy(p, y, size, begun=[0]),
            ),
            Misconception(
                "counted once",
                "A model that was chosen twice counts once in your average. It counts twice: average over the whole "
                "list, not over a set.",
                lambda p, y, size: _greedy(p, y, size, once=True),
            ),
            Misconception(
                "probabilities for scores",
                "You give probabilities to a function that takes scores (cross_entropy applies a softmax, log_softmax "
                "too). Take the mean of -ln of the right class's probability.",
                lambda p, y, size: _greedy(
                    p, y, size, loss=lambda mean, own: (np.log(np.exp(mean).sum(-1)) - own).mean()
                ),
            ),
            Misconception(
                "surest class",
                "You take the largest probability of each image, whatever its label is. Take that of the label.",
                lambda p, y, size: _greedy(p, y, size, loss=lambda mean, own: -np.log(mean.max(-1)).mean()),
            ),
            Misconception(
                "largest of each model",
                "You take the largest probability of each image, whatever its label is. Take that of the label.",
                lambda p, y, size: _greedy(np.asarray(p).max(-1, keepdims=True), np.zeros(len(y), dtype=int), size),
            ),
            Misconception(
                "geometric mean",
                "You average the logarithms of the probabilities, and make probabilities of that. Average the "
                "probabilities themselves.",
                lambda p, y, size: _greedy(p, y, size, logarithms=True),
            ),
            Misconception(
                "starts with the most accurate",
                "Your first model is the one with the fewest wrong images. Choose by the log loss in each round, the "
                "first one too.",
                lambda p, y, size: _greedy(p, y, size, begun=[_most_accurate(p, y)]),
            ),
            Misconception(
                "probability averaged",
                "You choose by the mean probability of the right classes. Choose by the mean of its *logarithm*.",
                lambda p, y, size: _greedy(p, y, size, loss=lambda mean, own: -own.mean()),
            ),
        ),
    ),
}
