"""Unit "snapshots": cosine restarts, and an ensemble of what the model was at the end of each cycle."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from lrlab.checks.drive import Facts, call_on_each
from lrlab.checks.exercise import Case, Exercise, Misconception
from lrlab.checks.plain import Complaint, plain

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


def _ensemble(answer: Callable[..., Any], logits: Sequence[Any]) -> dict[str, Any]:
    import torch

    def call(given: Any) -> dict[str, Any]:
        before = plain(given)
        found = answer(given)
        return {"probabilities": found, "changed": [] if plain(given) == before else ["the logits"]}

    try:
        return call(torch.tensor(logits, dtype=torch.float64))
    except Exception:
        try:
            return call(np.array(logits, dtype=float))  # the prompt leaves open which of the two it is
        except Exception:
            pass
        raise


def _softmax(logits: Any, axis: int = -1) -> Any:
    powers = np.exp(np.asarray(logits))
    return powers / powers.sum(axis, keepdims=True)


ensemble_probabilities = Exercise(
    name="ensemble_probabilities",
    parameters=("logits",),
    cases=(
        Case(
            ([[[2.0, 0.0, 0.0], [0.0, 1.0, 3.0]], [[0.0, 4.0, 0.0], [1.0, 1.0, 1.0]]],),
            {
                "probabilities": [
                    [0.4023272320878233, 0.5355850674455523, 0.0620877004666244],
                    [0.18767169973369968, 0.2237642663589639, 0.5885640339073364],
                ]
            },
        ),
        Case(
            ([[[1.0, -1.0, 0.5, 2.0]], [[6.0, 0.0, 3.0, -2.0]], [[0.0, 0.5, 8.0, 0.0]]],),
            {"probabilities": [[0.3915234044308078, 0.011083506373419344, 0.3940218262663599, 0.20337126292941296]]},
        ),
        Case(
            ([[[1.0, 3.0], [-2.0, 2.0], [0.5, 0.0]]],),
            {
                "probabilities": [
                    [0.11920292202211756, 0.8807970779778824],
                    [0.01798620996209156, 0.9820137900379085],
                    [0.6224593312018546, 0.37754066879814546],
                ]
            },
        ),
    ),
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
            "You multiply the models' probabilities (a mean of logarithms does that too); asked is their plain mean.",
            lambda logits: np.prod(_softmax(logits), 0),
        ),
    ),
    hint="Each row of the result must add up to 1. Work out one image by hand: the softmax of each model, then the "
    "mean.",
    problem_hints={"due": "an array or a tensor of shape (batch, classes)"},
    labels={"probabilities": ("image", "class")},
    show_call=lambda logits: f"ensemble_probabilities(logits of shape {np.shape(logits)})",
    driver=Facts(_ensemble, torch=True),
)


def _model() -> Any:
    """A small model with parameters and buffers, all of them with values of their own."""
    import torch
    from torch import nn

    model = nn.Sequential(nn.Linear(2, 1), nn.BatchNorm1d(1))
    values = {**dict(model.named_parameters()), **{k: v for k, v in model.named_buffers() if v.dtype.is_floating_point}}
    with torch.no_grad():
        for k, tensor in enumerate(values.values()):
            tensor.copy_(torch.arange(tensor.numel()).reshape(tensor.shape) + float(k))
    return model


def _train_cycle(model: Any) -> float:
    """In place, parameters and buffers alike; each cycle goes on from the last."""
    import torch

    with torch.no_grad():
        for tensor in model.state_dict().values():
            tensor.mul_(2).add_(1)
    return 0.5


def _state(snapshot: Any) -> Mapping[str, Any]:
    state = snapshot if isinstance(snapshot, Mapping) else getattr(snapshot, "state_dict", lambda: None)()
    if not isinstance(state, Mapping):
        raise Complaint(
            f"collect_snapshots returns a sequence that holds something of type {type(snapshot).__name__}; each "
            f"snapshot "
            "is a model or a state dict."
        )
    return state


def _memory(state: Mapping[str, Any]) -> set[int]:
    return {v.untyped_storage().data_ptr() for v in state.values() if hasattr(v, "untyped_storage")}


def _collect(answer: Callable[..., Any], cycles: int) -> dict[str, Any]:
    model, count = _model(), 0

    def train_cycle(given: Any) -> float:
        nonlocal count
        count += 1
        return _train_cycle(given)

    snapshots = answer(model, train_cycle, cycles)
    if not isinstance(snapshots, Sequence):
        raise Complaint(
            f"collect_snapshots returns something of type {type(snapshots).__name__}; a list with a snapshot for each "
            "cycle is due."
        )
    states = [_state(s) for s in snapshots]
    seen = [_memory(s) for s in states]
    live = _memory(model.state_dict())
    apart = all(not m & live for m in seen) and all(not a & b for i, a in enumerate(seen) for b in seen[:i])
    _train_cycle(model)  # what aliases the live model changes with it
    values = [{name: state[name] for name in model.state_dict() if name in state} for state in states]
    return {"snapshots": values, "train_cycle was called": count, "memory of their own": apart}


def _snapshots(model: Any, train_cycle: Any, cycles: int, keep: Callable[[Any], Any], first: bool = False) -> list[Any]:
    kept = []
    for _ in range(cycles):
        if first:
            kept.append(keep(model))
        train_cycle(model)
        if not first:
            kept.append(keep(model))
    return kept


collect_snapshots = Exercise(
    name="collect_snapshots",
    parameters=("cycles",),
    cases=(
        Case(
            (1,),
            {
                "snapshots": [
                    {
                        "0.weight": [[1.0, 3.0]],
                        "0.bias": [3.0],
                        "1.weight": [5.0],
                        "1.bias": [7.0],
                        "1.running_mean": [9.0],
                        "1.running_var": [11.0],
                        "1.num_batches_tracked": 1.0,
                    }
                ],
                "train_cycle was called": 1,
                "memory of their own": True,
            },
        ),
        Case(
            (3,),
            {
                "snapshots": [
                    {
                        "0.weight": [[1.0, 3.0]],
                        "0.bias": [3.0],
                        "1.weight": [5.0],
                        "1.bias": [7.0],
                        "1.running_mean": [9.0],
                        "1.running_var": [11.0],
                        "1.num_batches_tracked": 1.0,
                    },
                    {
                        "0.weight": [[3.0, 7.0]],
                        "0.bias": [7.0],
                        "1.weight": [11.0],
                        "1.bias": [15.0],
                        "1.running_mean": [19.0],
                        "1.running_var": [23.0],
                        "1.num_batches_tracked": 3.0,
                    },
                    {
                        "0.weight": [[7.0, 15.0]],
                        "0.bias": [15.0],
                        "1.weight": [23.0],
                        "1.bias": [31.0],
                        "1.running_mean": [39.0],
                        "1.running_var": [47.0],
                        "1.num_batches_tracked": 7.0,
                    },
                ],
                "train_cycle was called": 3,
                "memory of their own": True,
            },
        ),
        Case((0,), {"snapshots": [], "train_cycle was called": 0, "memory of their own": True}),
    ),
    misconceptions=(
        Misconception(
            "aliased state dicts",
            "All your snapshots show the same, latest weights: model.state_dict() hands out the live tensors, which "
            "the next cycle changes. Copy them at the time (copy.deepcopy).",
            lambda model, train, cycles: _snapshots(model, train, cycles, lambda m: m.state_dict()),
        ),
        Misconception(
            "buffers missing",
            "Your snapshots hold the parameters only. BatchNorm's running mean and variance are buffers, and belong "
            "to the model as well: model.state_dict() has both.",
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
            "Every one of your cycles starts from the untrained model. Snapshots lie on *one* path: each cycle goes on "
            "from where the last one ended.",
            lambda model, train, cycles: [
                m for m in [copy.deepcopy(model) for _ in range(cycles)] if train(m) is not None
            ],
        ),
    ),
    hint="One list; in each cycle train, then append a full copy.",
    problem_hints={
        "memory of their own": "Some snapshots share memory with the model or with each other (a shallow copy, "
        "detach() or state_dict() does that). Copy the tensors themselves: copy.deepcopy, or clone().",
        "train_cycle was called": "Call train_cycle(model) once for each cycle, and not at all where cycles is 0.",
        "due": "a list with a snapshot for each cycle",
    },
    labels={"snapshots": ("snapshot",)},
    show_call=lambda cycles: f"collect_snapshots(model, train_cycle, cycles={cycles})",
    driver=Facts(_collect, torch=True),
)

EXERCISES = (cosine_restarts, snapshot_steps, ensemble_probabilities, collect_snapshots)
