"""Two groups with a rate each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lrlab.checks import scenes
from lrlab.checks.drive import Facts
from lrlab.checks.exercise import Case, Exercise, Misconception
from lrlab.checks.plain import Complaint


def _modules() -> tuple[Any, Any]:
    import torch
    from torch import nn

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2)), nn.Linear(2, 5)


def _two_speed(answer: Callable[..., Any], body_lr: float, head_lr: float, momentum: float) -> dict[str, Any]:
    import torch

    body, head = _modules()
    names = {id(p): f"body {n}" for n, p in body.named_parameters()}
    names |= {id(p): f"head {n}" for n, p in head.named_parameters()}
    before = [p.tolist() for m in (body, head) for p in m.parameters()]
    made = answer(body, head, body_lr, head_lr, momentum)
    if not isinstance(made, torch.optim.Optimizer):
        raise Complaint(
            f"two_speed_sgd returns something of type {type(made).__name__}; an optimizer is due (is there a "
            f"`return`?)."
        )
    usual = torch.optim.SGD([torch.zeros(1)]).param_groups[0]
    keys = sorted(usual.keys() - {"params", "lr", "momentum"})
    return {
        "class": "SGD" if isinstance(made, torch.optim.SGD) else type(made).__name__,
        "lr": scenes.rates(made),
        "momentum": [group.get("momentum") for group in made.param_groups],
        "parameters": [
            ", ".join(sorted(names.get(id(p), "a stranger") for p in group["params"])) for group in made.param_groups
        ],
        "all else default": [key for group in made.param_groups for key in keys if group.get(key) != usual[key]] == [],
        "changed": [] if before == [p.tolist() for m in (body, head) for p in m.parameters()] else ["the modules"],
    }


def _sgd(first: int = 0, swapped: bool = False, **fixed: Any) -> Callable[..., Any]:
    """A wrong answer: head first, rates swapped, or settings of SGD's."""

    def answer(body: Any, head: Any, body_lr: float, head_lr: float, momentum: float) -> Any:
        import torch

        lrs = (head_lr, body_lr) if swapped else (body_lr, head_lr)
        groups = [{"params": m.parameters(), "lr": lr} for m, lr in zip((body, head), lrs, strict=True)]
        return torch.optim.SGD(groups[::-1] if first else groups, **{"momentum": momentum, **fixed})

    return answer


def _momentum_in_one(body: Any, head: Any, body_lr: float, head_lr: float, momentum: float) -> Any:
    import torch

    return torch.optim.SGD(
        [
            {"params": body.parameters(), "lr": body_lr, "momentum": momentum},
            {"params": head.parameters(), "lr": head_lr},
        ]
    )


def _momentum_in_head(body: Any, head: Any, body_lr: float, head_lr: float, momentum: float) -> Any:
    import torch

    return torch.optim.SGD(
        [
            {"params": body.parameters(), "lr": body_lr},
            {"params": head.parameters(), "lr": head_lr, "momentum": momentum},
        ]
    )


def _one_group(body: Any, head: Any, body_lr: float, head_lr: float, momentum: float) -> Any:
    import torch

    return torch.optim.SGD([*body.parameters(), *head.parameters()], lr=body_lr, momentum=momentum)


def _first_rate_for_both(body: Any, head: Any, body_lr: float, head_lr: float, momentum: float) -> Any:
    import torch

    return torch.optim.SGD(
        [{"params": body.parameters()}, {"params": head.parameters()}], lr=body_lr, momentum=momentum
    )


two_speed_sgd = Exercise(
    name="two_speed_sgd",
    parameters=("body_lr", "head_lr", "momentum"),
    cases=(
        Case(
            (0.001, 0.1, 0.9),
            {
                "class": "SGD",
                "lr": [0.001, 0.1],
                "momentum": [0.9, 0.9],
                "parameters": ["body 0.bias, body 0.weight, body 2.bias, body 2.weight", "head bias, head weight"],
                "all else default": True,
            },
        ),
        Case(
            (0.5, 0.02, 0.0),
            {
                "class": "SGD",
                "lr": [0.5, 0.02],
                "momentum": [0.0, 0.0],
                "parameters": ["body 0.bias, body 0.weight, body 2.bias, body 2.weight", "head bias, head weight"],
                "all else default": True,
            },
        ),
    ),
    misconceptions=(
        Misconception("head first", "Your first group is the head's: the body comes first.", _sgd(first=1)),
        Misconception("rates swapped", "The body has the head's rate, and the other way round.", _sgd(swapped=True)),
        Misconception("no momentum", "The momentum is missing.", _sgd(momentum=0.0)),
        Misconception(
            "momentum in the body only",
            "Only the body's group has the momentum. Both are to have it: put it into both, or give it "
            "to SGD once for all groups.",
            _momentum_in_one,
        ),
        Misconception(
            "momentum in the head only",
            "Only the head's group has the momentum. Both are to have it.",
            _momentum_in_head,
        ),
        Misconception(
            "one group",
            "All parameters are in one group, which can have one rate only. Give SGD a list of two dictionaries.",
            _one_group,
        ),
        Misconception(
            "one rate",
            'Both groups have the same rate: a group\'s own "lr" belongs into its dictionary.',
            _first_rate_for_both,
        ),
        Misconception(
            "Nesterov", "You switch nesterov on; all else is to stay default.", _sgd(nesterov=True, momentum=0.9)
        ),
    ),
    hint='torch.optim.SGD takes a list of dictionaries, each with its "params" and its own "lr".',
    problem_hints={
        "parameters": "Look at which parameters stand in which group: all of the body's in the first, all of the "
        "head's in the second.",
        "all else default": "Some other setting of SGD differs from its default.",
        "class": "torch.optim.SGD is due.",
    },
    labels={"lr": ("lr of group",), "momentum": ("momentum of group",), "parameters": ("parameters of group",)},
    show_call=lambda *args: f"two_speed_sgd(body, head, {', '.join(map(str, args))})",
    driver=Facts(_two_speed, torch=True),
)
