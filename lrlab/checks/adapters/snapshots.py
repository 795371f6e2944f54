"""How the answers of unit "snapshots" are called, and what is compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lrlab.checks.call import Answer, Facts, load_torch, on_sequences
from lrlab.checks.exercise import Adapter
from lrlab.checks.serialize import Unusable, WrongType

UNAVAILABLE = ("lrlab.schedules",)
LIBRARY = ("torch.optim.lr_scheduler",)


def _model(start: float) -> Any:
    """Return a small model, one module inside another, whose parameters and buffers all have values of their own."""
    import torch
    from torch import nn

    model = nn.Sequential(nn.Linear(2, 1), nn.Sequential(nn.BatchNorm1d(1)))
    values = {**dict(model.named_parameters()), **{k: v for k, v in model.named_buffers() if v.dtype.is_floating_point}}
    with torch.no_grad():
        for k, tensor in enumerate(values.values()):
            tensor.copy_(torch.arange(tensor.numel()).reshape(tensor.shape) + k + start)
    return model.float()


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
        raise Unusable(
            f"collect_snapshots returned a sequence with an object of type {type(snapshot).__name__} in it; each "
            "snapshot should be a model or a state dict."
        )
    return state


def _memory(state: Mapping[str, Any]) -> set[int]:
    """Where the values are in memory. A numpy array may be a view of a tensor."""
    tensors = {v.untyped_storage().data_ptr() for v in state.values() if hasattr(v, "untyped_storage")}
    return tensors | {v.__array_interface__["data"][0] for v in state.values() if isinstance(v, np.ndarray)}


def _types(state: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(getattr(v, "dtype", type(v).__name__)).removeprefix("torch.") for name, v in state.items()}


def _collect_snapshots(answer: Answer, cycles: int, start: float) -> Facts:
    model, count = _model(start), 0

    def train_cycle(given: Any) -> float:
        nonlocal count
        count += 1
        return _train_cycle(given)

    snapshots = answer(model, train_cycle, cycles)
    if not isinstance(snapshots, Sequence):
        raise WrongType(snapshots)
    states = [_state(s) for s in snapshots]
    seen = [_memory(s) for s in states]
    live, types = _memory(model.state_dict()), _types(model.state_dict())
    apart = all(not m & live for m in seen) and all(not a & b for i, a in enumerate(seen) for b in seen[:i])
    kept = all(types.get(name, kind) == kind for s in states for name, kind in _types(s).items())
    _train_cycle(model)  # what aliases the live model changes with it
    values = [{name: state[name] for name in model.state_dict() if name in state} for state in states]
    return {
        "snapshots": values,
        "train_cycle was called": count,
        "memory of their own": apart,
        "same number types": kept,
    }


def _tensor(table: Any) -> Any:
    import torch

    return torch.tensor(table, dtype=None if isinstance(table[0], int) else torch.float64)


TENSORS_OR_ARRAYS = (_tensor, np.array)  # the prompts leave open which


def _snapshots_to_keep(answer: Answer, log: Sequence[Sequence[Any]]) -> Facts:
    return {"updates": answer([(cycle, update, lr, float(error)) for cycle, update, lr, error in log])}


ADAPTERS = (
    Adapter("cosine_restarts", ("n", "lr", "T_0", "T_mult", "eta_min"), watch=LIBRARY),
    Adapter("snapshot_steps", ("total_steps", "cycles"), lambda answer, *args: {"steps": answer(*args)}, watch=LIBRARY),
    Adapter(
        "majority_vote",
        ("probabilities",),
        on_sequences("classes", ("probabilities",), TENSORS_OR_ARRAYS),
        load=load_torch,
    ),
    Adapter("collect_snapshots", ("cycles", "start"), _collect_snapshots, load=load_torch),
    Adapter("snapshots_to_keep", ("log",), _snapshots_to_keep),
    Adapter(
        "greedy_ensemble",
        ("probabilities", "labels", "size"),
        on_sequences("members", ("probabilities", "labels"), TENSORS_OR_ARRAYS),
        load=load_torch,
    ),
)
