"""Small objects that adapters hand to answers, made from plain arguments, and what is to be seen on them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from lrlab.checks.serialize import WrongType, to_jsonable

if TYPE_CHECKING:
    from torch.nn import Linear
    from torch.optim import Optimizer

# By the words for them in a case's arguments.
SCHEDULES: dict[str, Callable[[int], float]] = {
    "0.4": lambda n: 0.4,
    "7": lambda n: 7.0,
    "1 / (1 + n)": lambda n: 1 / (1 + n),
    "0.8 / (1 + n)": lambda n: 0.8 / (1 + n),
    "1 / (1 + 0.5 n)": lambda n: 1 / (1 + 0.5 * n),
    "1 / (1 + n)²": lambda n: 1 / (1 + n) ** 2,
    "1 / √(1 + n)": lambda n: 1 / math.sqrt(1 + n),
    "(3 + cos n) / 4": lambda n: (3 + math.cos(n)) / 4,
    "0.8 · 0.9ⁿ": lambda n: 0.8 * 0.9**n,
    "0.5 · 0.5ⁿ": lambda n: 0.5 * 0.5**n,
    "0.1 + 0.2 n": lambda n: 0.1 + 0.2 * n,
    "1 + n": lambda n: 1.0 + n,
}


def schedule(words: str) -> Callable[[int], float]:
    """Return a schedule that an answer may call: made inside a function, as ``lrlab.checks.tracer`` asks."""
    return lambda n: SCHEDULES[words](n)


def optimizer(groups: Sequence[dict[str, Any]], *, kind: str = "SGD", moved: bool = False) -> Optimizer:
    """Return an optimizer with two parameters in each group; with ``moved``, one update has filled its buffers.

    No group uses its default learning rate, 9.0, so an answer that reads the defaults gives itself away.
    """
    import torch

    parameters = [
        [torch.nn.Parameter(torch.tensor([1.0 + k, -2.0])), torch.nn.Parameter(torch.tensor([[0.5 + k]]))]
        for k in range(len(groups))
    ]
    made: Optimizer = getattr(torch.optim, kind)(
        [{"params": own, **group} for own, group in zip(parameters, groups, strict=True)], lr=9.0
    )
    if moved:
        for k, own in enumerate(parameters):
            for parameter in own:
                parameter.grad = torch.full_like(parameter, 0.25 + k)
        made.step()
    return made


def sgd(lrs: Sequence[float]) -> Optimizer:
    """SGD with a group for each learning rate."""
    return optimizer([{"lr": lr} for lr in lrs])


def linear(weight: Sequence[Sequence[float]], bias: Sequence[float]) -> Linear:
    """Return a linear layer in double precision with these weights."""
    import torch

    layer = torch.nn.Linear(len(weight[0]), len(bias), dtype=torch.float64)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor(weight, dtype=torch.float64))
        layer.bias.copy_(torch.tensor(bias, dtype=torch.float64))
    return layer


def model_and_batches(weights: Sequence[float], rows: Sequence[Any], size: int) -> tuple[Any, list[Any]]:
    """Return a linear model of two inputs, and the rows (two inputs and a target) as batches of this size."""
    import torch

    table = torch.tensor(rows, dtype=torch.float64)
    batches = [(part[:, :2], part[:, 2:]) for part in table.split(size)]
    return torch.nn.Sequential(linear([weights[:2]], [weights[2]])), batches


def pair(*names: str) -> Callable[[Any], dict[str, Any]]:
    """Return what makes facts with these names of an answer that returns two things."""

    def facts(result: Any) -> dict[str, Any]:
        if not isinstance(result, tuple | list) or len(result) != 2:
            raise WrongType(result)
        return dict(zip(names, result, strict=True))

    return facts


def rates(made: Optimizer) -> list[Any]:
    """Return the learning rate of each group."""
    return [group.get("lr") for group in made.param_groups]


def rates_used(made: Optimizer) -> list[list[Any]]:
    """Return a list to which each update of the optimizer will add the learning rates that it uses."""
    used: list[list[Any]] = []
    made.register_step_pre_hook(lambda *_: used.append(rates(made)))
    return used


def all_but_rates(made: Optimizer) -> Any:
    """Everything but the rates: the groups' other keys, their parameters with values and flags, the buffers."""
    parameters = [p for group in made.param_groups for p in group["params"]]
    groups = [
        {k: list(map(id, v)) if k == "params" else to_jsonable(v) for k, v in group.items() if k != "lr"}
        for group in made.param_groups
    ]
    values = [[to_jsonable(p), p.requires_grad] for p in parameters]
    return [groups, values, [to_jsonable(made.state[p]) for p in parameters if p in made.state]]
