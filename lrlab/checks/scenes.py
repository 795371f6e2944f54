"""Small torch objects that drivers hand to answers, made from plain arguments, and what there is to see on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from lrlab.checks.plain import plain

if TYPE_CHECKING:
    from torch.optim import Optimizer


def optimizer(groups: Sequence[dict[str, Any]], *, kind: str = "SGD", moved: bool = False) -> Optimizer:
    """An optimizer with two parameters in each group; with `moved`, one update has filled its buffers.

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


def rates(made: Optimizer) -> list[Any]:
    """The learning rate of each group."""
    return [group.get("lr") for group in made.param_groups]


def builtin(made: Optimizer) -> bool:
    """Whether every rate is a builtin float, which a checkpoint holds without trouble."""
    return all(type(group.get("lr")) is float for group in made.param_groups)


def rest(made: Optimizer) -> Any:
    """Everything but the rates: the groups' other keys, their parameters with values and flags, the buffers."""
    groups = [
        {
            key: [id(p) for p in value] if key == "params" else plain(value)
            for key, value in group.items()
            if key != "lr"
        }
        for group in made.param_groups
    ]
    values = [[plain(p), p.requires_grad] for group in made.param_groups for p in group["params"]]
    buffers = [plain(made.state[p]) for group in made.param_groups for p in group["params"] if p in made.state]
    return [groups, values, buffers]
