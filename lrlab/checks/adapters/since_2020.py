"""How the answers of unit "since_2020" are called, and what is compared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from lrlab.checks.adapters._fixtures import model_and_batches, pair
from lrlab.checks.adapters._stepping import optimizer_step
from lrlab.checks.call import Answer, Facts, load_torch, on_sequences
from lrlab.checks.exercise import Adapter
from lrlab.checks.serialize import Unusable, WrongType

UNAVAILABLE = ("lrlab.schedules", "lrlab.adaptive")


def _average_weights(
    answer: Answer, weights: Sequence[float], rows: Sequence[Any], size: int, lr: float, decay: float
) -> Facts:
    import torch

    model, batches = model_and_batches(weights, rows, size)
    result = answer(model, batches, lr, decay)
    if not isinstance(result, Iterable):
        raise WrongType(result)
    averages = list(result)
    return {
        "average": averages,
        "weights after the run": list(model.parameters()),
        "with a graph": any(isinstance(one, torch.Tensor) and one.requires_grad for one in averages),
    }


def _network(kind: str, width: int) -> Any:
    """Networks of any width for pictures of six pixels and three classes."""
    from torch.nn import LayerNorm, Linear, ReLU, Sequential

    layers = {
        "two hidden layers": lambda: [Linear(6, width), ReLU(), Linear(width, width), ReLU(), Linear(width, 3)],
        "with norms": lambda: [Linear(6, width), LayerNorm(width), Linear(width, width), Linear(width, 3)],
        "with a block": lambda: [
            Linear(6, width, bias=False),
            Sequential(Linear(width, 4 * width), ReLU(), Linear(4 * width, width)),
            Linear(width, 3, bias=False),
        ],
        "narrow neck": lambda: [Linear(6, 4), ReLU(), Linear(4, width), ReLU(), Linear(width, 3)],
    }
    return Sequential(*layers[kind]())


def _mup_groups(answer: Answer, kind: str, width: int, base: int, lr: float) -> Facts:
    import torch

    model, narrow = _network(kind, width), _network(kind, base)
    before = [p.tolist() for p in model.parameters()]
    groups = answer(model, narrow, lr)
    if not isinstance(groups, Iterable):
        raise WrongType(groups)
    try:
        made = torch.optim.Adam(list(groups), lr=9.0)
    except Exception as error:
        raise Unusable(f"torch.optim.Adam does not accept the groups that mup_groups returned: {error}.") from error
    rates = {id(p): group["lr"] for group in made.param_groups for p in group["params"]}
    return {
        "rates": {name: rates.pop(id(p), "no group") for name, p in model.named_parameters()},
        "tensors of another network": len(rates),
        "changed": [] if [p.tolist() for p in model.parameters()] == before else ["the model"],
    }


ADAPTERS = (
    Adapter(
        "cooldown_rate",
        ("n", "peak", "floor", "total", "decay"),
        watch=("torch.optim.lr_scheduler",),
    ),
    Adapter("cooldown_plan", ("budgets", "part"), on_sequences(pair("branch points", "updates saved"), ("budgets",))),
    Adapter(
        "read_sharpness",
        ("steps", "sharpness", "lr"),
        on_sequences(pair("first step at the limit", "verdict"), ("steps", "sharpness")),
    ),
    Adapter("average_weights", ("weights", "rows", "batch_size", "lr", "decay"), _average_weights, load=load_torch),
    Adapter("mup_groups", ("kind", "width", "base", "lr"), _mup_groups, load=load_torch),
    Adapter(
        "critical_batch",
        ("batch_sizes", "updates"),
        on_sequences(pair("fewest updates", "critical batch size"), ("batch_sizes", "updates")),
    ),
    optimizer_step("dog_step"),
)
