"""How the answers of unit "param_groups" are called, and what is looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from lrlab.checks import scenes
from lrlab.checks.drive import Facts
from lrlab.checks.exercise import Adapter
from lrlab.checks.plain import Complaint

Groups = Sequence[dict[str, Any]]


def _show(name: str) -> Callable[..., str]:
    def show(kind: str, groups: Groups, *more: float) -> str:
        lrs = ", ".join(str(group["lr"]) for group in groups)
        return f"{name}({', '.join([f'{kind} with lr {lrs}', *map(str, more)])})"

    return show


def _read(answer: Callable[..., Any], kind: str, groups: Groups) -> dict[str, Any]:
    made = scenes.optimizer(groups, kind=kind, moved=True)
    before = scenes.rest(made), scenes.rates(made)
    found = answer(made)
    return {"rates": found, "changed": [] if (scenes.rest(made), scenes.rates(made)) == before else ["the optimizer"]}


def _setting(answer: Callable[..., Any], kind: str, groups: Groups, value: float) -> dict[str, Any]:
    made = scenes.optimizer(groups, kind=kind, moved=True)
    before = scenes.rest(made)
    answer(made, value)
    return {
        "rates": scenes.rates(made),
        "builtin floats": scenes.builtin(made),
        "all else as it was": scenes.rest(made) == before,
    }


# Two batches' worth of inputs and labels, cut into batches by the driver.
INPUTS = [[1.0, 0.5], [-0.5, 2.0], [0.25, -1.0], [1.5, 1.0], [-1.0, -0.5], [2.0, -0.25], [0.5, 0.75], [-1.5, 1.0]]


LABELS = [0, 1, 2, 1, 0, 2, 2, 1]


SCHEDULES: dict[str, Callable[[int], float]] = {
    "0.8 / (1 + n)": lambda n: 0.8 / (1 + n),
    "0.5 · 0.5ⁿ": lambda n: 0.5 * 0.5**n,
    "0.1 + 0.2 n": lambda n: 0.1 + 0.2 * n,
}


def _training(groups: int, momentum: float) -> tuple[Any, Any]:
    """A linear classifier in double precision, weights 0, with each parameter in a group of its own or all in one."""
    import torch

    model = torch.nn.Linear(2, 3, dtype=torch.float64)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.zero_()
    parameters = [{"params": [p]} for p in model.parameters()] if groups == 2 else model.parameters()
    return model, torch.optim.SGD(parameters, lr=7.0, momentum=momentum)


def _batches(size: int, stop: int) -> Iterator[tuple[Any, Any]]:
    import torch

    for start in range(0, stop, size):
        rows = slice(start, min(start + size, stop))
        yield torch.tensor(INPUTS[rows], dtype=torch.float64), torch.tensor(LABELS[rows])


def _train(
    answer: Callable[..., Any], schedule: str, groups: int, momentum: float, size: int, given: str
) -> dict[str, Any]:
    model, optimizer = _training(groups, momentum)
    used: list[Any] = []
    optimizer.register_step_pre_hook(lambda *_: used.append(scenes.rates(optimizer)))
    batches = _batches(size, len(LABELS))
    found = answer(model, optimizer, list(batches) if given == "list" else batches, lambda n: SCHEDULES[schedule](n))
    return {
        "rates": found,
        "rates used": used,
        "weights": [p.tolist() for p in model.parameters()],
    }


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


ADAPTERS = (
    Adapter(
        name="read_lrs",
        parameters=("kind", "groups"),
        driver=Facts(_read, torch=True),
        labels={"rates": ("group",)},
        show_call=_show("read_lrs"),
    ),
    Adapter(
        name="set_lr",
        parameters=("kind", "groups", "lr"),
        driver=Facts(_setting, torch=True),
        labels={"rates": ("group",)},
        show_call=_show("set_lr"),
    ),
    Adapter(
        name="scale_lrs",
        parameters=("kind", "groups", "factor"),
        driver=Facts(_setting, torch=True),
        labels={"rates": ("group",)},
        show_call=_show("scale_lrs"),
    ),
    Adapter(
        name="two_speed_sgd",
        parameters=("body_lr", "head_lr", "momentum"),
        driver=Facts(_two_speed, torch=True),
        labels={"lr": ("lr of group",), "momentum": ("momentum of group",), "parameters": ("parameters of group",)},
        show_call=lambda *args: f"two_speed_sgd(body, head, {', '.join(map(str, args))})",
    ),
    Adapter(
        name="train_with_decay",
        parameters=("schedule", "groups", "momentum", "batch_size", "batches_as"),
        driver=Facts(_train, torch=True),
        labels={"rates": ("rate returned,  batch",), "rates used": ("rate used, update", "group")},
        show_call=lambda schedule, groups, momentum, size, given: (
            f"train_with_decay(model, SGD with {groups} group{'s' * (groups > 1)}, a {given} of batches of {size}, "
            f"schedule {schedule})"
        ),
    ),
)
