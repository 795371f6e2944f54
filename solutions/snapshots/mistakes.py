"""The mistakes known in this unit: each has a name, a hint, and code that makes it. Students never get this file."""

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

from lrlab.grading.unit import Help, Misconception


def _snapshots(model: Any, train_cycle: Any, cycles: int, keep: Callable[[Any], Any], first: bool = False) -> list[Any]:
    kept = []
    for _ in range(cycles):
        if first:
            kept.append(keep(model))
        train_cycle(model)
        if not first:
            kept.append(keep(model))
    return kept


def _softmax(logits: Any, axis: int = -1) -> Any:
    powers = np.exp(np.asarray(logits))
    return powers / powers.sum(axis, keepdims=True)


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


def _ceil(total: int, cycles: int) -> int:
    return -(-total // cycles)


MISTAKES = {
    "cosine_restarts": Help(
        hint=(
            "For one step: subtract whole cycles, T_0, T_0·T_mult, …, until what is left lies within a cycle. "
            "Then the cosine."
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
    ),
    "snapshot_steps": Help(
        hint=(
            "One cycle is ⌈T/M⌉ steps long. After how many updates does each one end? The last ends with the training."
        ),
        problem_hints={"due": "a list of steps"},
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
                "You are one too low: asked is how many updates are *done*, not the number of the last one counted "
                "from 0.",
                lambda total, cycles: [min(_ceil(total, cycles) * k, total) - 1 for k in range(1, cycles + 1)],
            ),
            Misconception(
                "start included",
                "You begin with 0, when nothing has been trained: the first snapshot comes at the end of the first "
                "cycle.",
                lambda total, cycles: [min(_ceil(total, cycles) * k, total) for k in range(cycles + 1)],
            ),
            Misconception(
                "length only",
                "That is the length of a cycle; asked are the steps of all the snapshots, in a list.",
                _ceil,
            ),
        ),
    ),
    "ensemble_probabilities": Help(
        hint="Each row of the result must add up to 1. Work out one image by hand: the softmax of each model, then the "
        "mean.",
        problem_hints={"due": "an array or a tensor of shape (batch, classes)"},
        misconceptions=(
            Misconception(
                "logits averaged",
                "You average the logits and take the softmax of that. One model with huge logits then drowns the "
                "others: take each model's softmax first, and average the *probabilities*.",
                lambda logits: _softmax(np.asarray(logits).mean(0)),
            ),
            Misconception(
                "softmax over the models",
                "Your softmax runs over the models. It belongs to the classes, the last axis: there the probabilities "
                "add up to 1.",
                lambda logits: _softmax(logits, 0).mean(0),
            ),
            Misconception(
                "softmax over the batch",
                "Your softmax runs over the images of the batch. It belongs to the classes, the last axis.",
                lambda logits: _softmax(logits, 1).mean(0),
            ),
            Misconception(
                "mean over the batch",
                "You average over the images; asked is one row of probabilities for each image, averaged over the "
                "*models*.",
                lambda logits: _softmax(logits).mean(1),
            ),
            Misconception(
                "mean over the classes",
                "You average over the classes, where every mean is the same; average over the models, the first axis.",
                lambda logits: _softmax(logits).mean(2),
            ),
            Misconception(
                "not averaged",
                "You return each model's probabilities; average them over the models.",
                lambda logits: _softmax(logits),
            ),
            Misconception(
                "summed",
                "Your rows add up to the number of models: a mean is asked, not a sum.",
                lambda logits: _softmax(logits).sum(0),
            ),
            Misconception(
                "no softmax",
                "You average the logits; probabilities come out of a softmax.",
                lambda logits: np.asarray(logits).mean(0),
            ),
            Misconception(
                "classes instead of probabilities",
                "You return the winning classes; asked are the probabilities.",
                lambda logits: _softmax(logits).mean(0).argmax(-1),
            ),
            Misconception(
                "log-softmax",
                "You average the logarithms of the probabilities (log_softmax); average the probabilities themselves.",
                lambda logits: np.log(_softmax(logits)).mean(0),
            ),
            Misconception(
                "product",
                "You multiply the models' probabilities (a mean of logarithms does that too); asked is their plain "
                "mean.",
                lambda logits: np.prod(_softmax(logits), 0),
            ),
        ),
    ),
    "collect_snapshots": Help(
        hint="One list; in each cycle train, then append a full copy.",
        problem_hints={
            "memory of their own": "Some snapshots share memory with the model or with each other (a shallow copy, "
            "detach() or state_dict() does that). Copy the tensors themselves: copy.deepcopy, or clone().",
            "train_cycle was called": "Call train_cycle(model) once for each cycle, and not at all where cycles is 0.",
            "due": "a list with a snapshot for each cycle",
        },
        misconceptions=(
            Misconception(
                "aliased state dicts",
                "All your snapshots show the same, latest weights: model.state_dict() hands out the live tensors, "
                "which the next cycle changes. Copy them at the time (copy.deepcopy).",
                lambda model, train, cycles: _snapshots(model, train, cycles, lambda m: m.state_dict()),
            ),
            Misconception(
                "buffers missing",
                "Your snapshots hold the parameters only. BatchNorm's running mean and variance are buffers, and "
                "belong to the model as well: model.state_dict() has both.",
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
                "You keep the last snapshot only; one for each cycle is due.",
                lambda model, train, cycles: _snapshots(model, train, cycles, copy.deepcopy)[-1:],
            ),
            Misconception(
                "each cycle from the start",
                "Every one of your cycles starts from the untrained model. Snapshots lie on *one* path: each cycle "
                "goes on from where the last one ended.",
                lambda model, train, cycles: [
                    m for m in [copy.deepcopy(model) for _ in range(cycles)] if train(m) is not None
                ],
            ),
        ),
    ),
}
