"""Snapshots that share no memory."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lrlab.checks.drive import Facts
from lrlab.checks.exercise import Case, Exercise, Misconception
from lrlab.checks.plain import Complaint


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
