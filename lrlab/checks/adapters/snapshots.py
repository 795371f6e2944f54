"""How the answers of unit "snapshots" are called, and what is looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from lrlab.checks.drive import Facts, call_on_each
from lrlab.checks.exercise import Adapter
from lrlab.checks.plain import Complaint, plain


def _model(start: float) -> Any:
    """A small model, one module inside another, whose parameters and buffers all have values of their own."""
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
        raise Complaint(
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


def _collect(answer: Callable[..., Any], cycles: int, start: float) -> dict[str, Any]:
    model, count = _model(start), 0

    def train_cycle(given: Any) -> float:
        nonlocal count
        count += 1
        return _train_cycle(given)

    snapshots = answer(model, train_cycle, cycles)
    if not isinstance(snapshots, Sequence):
        raise Complaint(
            f"collect_snapshots returned an object of type {type(snapshots).__name__}; it should return a list with "
            "one snapshot for each cycle."
        )
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


def _arrays(answer: Callable[..., Any], what: str, tables: Sequence[Any], rest: Sequence[Any] = ()) -> dict[str, Any]:
    """Call on tensors, or else on arrays: the prompt leaves open which of the two they are."""
    import torch

    def call(*given: Any) -> dict[str, Any]:
        before = plain(list(given))
        found = answer(*given, *rest)
        return {what: found, "changed": [] if plain(list(given)) == before else ["the values"]}

    try:
        return call(*(torch.tensor(t, dtype=None if _whole(t) else torch.float64) for t in tables))
    except Exception:
        try:
            return call(*(np.array(t) for t in tables))
        except Exception:
            pass
        raise


def _whole(table: Any) -> bool:
    return isinstance(table[0], int)


def _tensor(table: Any) -> str:
    return f"torch.tensor({table}{'' if _whole(table) else ', dtype=torch.float64'})"


def _rows(log: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
    return [(cycle, update, lr, float(error)) for cycle, update, lr, error in log]


def _kept(answer: Callable[..., Any], log: Sequence[Sequence[Any]]) -> dict[str, Any]:
    return {"updates": answer(_rows(log))}


LIBRARY = ("lrlab.schedules", "torch.optim.lr_scheduler")

ADAPTERS = (
    Adapter(
        name="cosine_restarts",
        parameters=("n", "lr", "T_0", "T_mult", "eta_min"),
        driver=partial(call_on_each, watch=LIBRARY),
    ),
    Adapter(
        name="snapshot_steps",
        parameters=("total_steps", "cycles"),
        driver=Facts(lambda answer, total, cycles: {"steps": answer(total, cycles)}, watch=LIBRARY),
        labels={"steps": ("snapshot",)},
    ),
    Adapter(
        name="majority_vote",
        parameters=("probabilities",),
        driver=Facts(lambda answer, p: _arrays(answer, "classes", [p]), torch=True),
        labels={"classes": ("image",)},
        show_call=lambda p: f"majority_vote({_tensor(p)})",
    ),
    Adapter(
        name="collect_snapshots",
        parameters=("cycles", "start"),
        driver=Facts(_collect, torch=True),
        labels={"snapshots": ("snapshot",)},
        show_call=lambda cycles, start: f"collect_snapshots(model, train_cycle, cycles={cycles})",
    ),
    Adapter(
        name="snapshots_to_keep",
        parameters=("log",),
        driver=Facts(_kept),
        labels={"updates": ("snapshot",)},
        show_call=lambda log: f"snapshots_to_keep({_rows(log)})".replace("inf", "math.inf").replace("nan", "math.nan"),
    ),
    Adapter(
        name="greedy_ensemble",
        parameters=("probabilities", "labels", "size"),
        driver=Facts(lambda answer, p, labels, size: _arrays(answer, "members", [p, labels], [size]), torch=True),
        labels={"members": ("choice",)},
        show_call=lambda p, labels, size: f"greedy_ensemble({_tensor(p)}, {_tensor(labels)}, {size})",
    ),
)
