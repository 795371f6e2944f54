"""How the answers of unit "snapshots" are called, and what is looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from lrlab.checks.drive import Facts, call_on_each
from lrlab.checks.exercise import Adapter
from lrlab.checks.plain import Complaint, plain


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
        name="ensemble_probabilities",
        parameters=("logits",),
        driver=Facts(_ensemble, torch=True),
        labels={"probabilities": ("image", "class")},
        show_call=lambda logits: f"ensemble_probabilities(logits of shape {np.shape(logits)})",
    ),
    Adapter(
        name="collect_snapshots",
        parameters=("cycles",),
        driver=Facts(_collect, torch=True),
        labels={"snapshots": ("snapshot",)},
        show_call=lambda cycles: f"collect_snapshots(model, train_cycle, cycles={cycles})",
    ),
)
