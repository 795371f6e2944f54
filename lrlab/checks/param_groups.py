"""Unit "param groups": where an optimizer keeps its learning rates, and decay by hand in a training loop."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from lrlab.checks import scenes
from lrlab.checks.drive import Facts
from lrlab.checks.exercise import Case, Exercise, Misconception
from lrlab.checks.plain import Complaint

Groups = Sequence[dict[str, Any]]

# One case: groups with rates and other settings; the optimizer has made an update, so its buffers are filled.
ONE = [{"lr": 0.5, "momentum": 0.9}]
TWO = [{"lr": 0.1, "momentum": 0.9}, {"lr": 0.02, "momentum": 0.5}]
THREE = [{"lr": 0.3}, {"lr": 0.004, "weight_decay": 0.1}, {"lr": 0.07}]
SAME = [{"lr": 0.25}, {"lr": 0.25}]


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


read_lrs = Exercise(
    name="read_lrs",
    parameters=("kind", "groups"),
    cases=(
        Case(("SGD", ONE), {"rates": [0.5]}),
        Case(("SGD", TWO), {"rates": [0.1, 0.02]}),
        Case(("Adam", THREE), {"rates": [0.3, 0.004, 0.07]}),
        Case(("SGD", SAME), {"rates": [0.25, 0.25]}),
    ),
    misconceptions=(
        Misconception(
            "first group only",
            "You read the first group only. An optimizer may have several, each with a rate of its own: go through "
            "optimizer.param_groups.",
            lambda optimizer: [optimizer.param_groups[0]["lr"]],
        ),
        Misconception(
            "one number",
            "You return the first group's rate alone; a list is due, with an entry for each group.",
            lambda optimizer: optimizer.param_groups[0]["lr"],
        ),
        Misconception(
            "last group only",
            "You return the last group's rate alone: is the `return` inside the loop's body, or the variable "
            "overwritten?",
            lambda optimizer: optimizer.param_groups[-1]["lr"],
        ),
        Misconception(
            "defaults",
            "You read optimizer.defaults, which says what a group gets that brings no rate of its own. What is used "
            "stands in the groups.",
            lambda optimizer: [optimizer.defaults["lr"]] * len(optimizer.param_groups),
        ),
        Misconception(
            "one for each kind",
            "Equal rates are not one rate: an entry for each group is due.",
            lambda optimizer: list(dict.fromkeys(g["lr"] for g in optimizer.param_groups)),
        ),
        Misconception(
            "sorted",
            "Your rates are sorted; leave them in the groups' order.",
            lambda optimizer: sorted(g["lr"] for g in optimizer.param_groups),
        ),
        Misconception(
            "reversed",
            "Your rates come in reverse: keep the groups' order.",
            lambda optimizer: [g["lr"] for g in optimizer.param_groups][::-1],
        ),
        Misconception(
            "whole groups",
            "You return the groups; of each, its learning rate is due.",
            lambda optimizer: [dict(g) for g in optimizer.param_groups],
        ),
    ),
    hint="optimizer.param_groups is a list of dictionaries. Which key holds the learning rate?",
    problem_hints={"due": "a list of the groups' rates"},
    labels={"rates": ("group",)},
    show_call=_show("read_lrs"),
    driver=Facts(_read, torch=True),
)


def _setting(answer: Callable[..., Any], kind: str, groups: Groups, value: float) -> dict[str, Any]:
    made = scenes.optimizer(groups, kind=kind, moved=True)
    before = scenes.rest(made)
    answer(made, value)
    return {
        "rates": scenes.rates(made),
        "builtin floats": scenes.builtin(made),
        "all else as it was": scenes.rest(made) == before,
    }


def _in_groups(change: Callable[[Any, float, int], float]) -> Callable[..., None]:
    """A wrong answer from (group, value, number) -> its new rate."""

    def answer(optimizer: Any, value: float) -> None:
        for k, group in enumerate(optimizer.param_groups):
            group["lr"] = change(group, value, k)

    return answer


def _first_of(optimizer: Any) -> Any:
    return optimizer.param_groups[0]["lr"]


SET_HINTS = {
    "builtin floats": "Leave a builtin float in every group: an np.float64 or a tensor there works until a "
    "checkpoint is loaded, and then torch.load refuses it. float(…) makes one.",
    "all else as it was": "More than the learning rates has changed. A new optimizer, or one initialised again, has "
    "lost its momentum buffers and its other settings; the groups' other keys and the weights must stay too. Change "
    'group["lr"] alone, in place.',
}

NOT_CHANGED = Misconception(
    "nothing changed",
    "The optimizer's rates are as before. A new optimizer, a copy of the group or a plain variable doesn't help the "
    "caller, "
    'who holds the old one: write into group["lr"] of this optimizer\'s groups.',
    lambda optimizer, value: None,
)

set_lr = Exercise(
    name="set_lr",
    parameters=("kind", "groups", "lr"),
    cases=(
        Case(("SGD", ONE, 0.05), {"rates": [0.05], "builtin floats": True, "all else as it was": True}),
        Case(("SGD", TWO, 0.03), {"rates": [0.03, 0.03], "builtin floats": True, "all else as it was": True}),
        Case(
            ("Adam", THREE, 0.001), {"rates": [0.001, 0.001, 0.001], "builtin floats": True, "all else as it was": True}
        ),
    ),
    misconceptions=(
        NOT_CHANGED,
        Misconception(
            "first group only",
            "Only the first group has the new rate: set it in every group.",
            _in_groups(lambda group, value, k: group["lr"] if k else value),
        ),
        Misconception(
            "last group only",
            "Only the last group has the new rate: set it in every group.",
            lambda optimizer, value: optimizer.param_groups[-1].update(lr=value),
        ),
        Misconception(
            "scaled",
            "You multiply the rates by the new one: set it.",
            _in_groups(lambda group, value, k: group["lr"] * value),
        ),
        Misconception(
            "in proportion",
            "You keep the groups' proportion: every group gets the same rate here.",
            lambda optimizer, value: _in_groups(lambda g, v, k: g["lr"] * v)(optimizer, value / _first_of(optimizer)),
        ),
        Misconception(
            "added",
            "You add to the rates: set them.",
            _in_groups(lambda group, value, k: group["lr"] + value),
        ),
    ),
    hint='In a loop over optimizer.param_groups, assign to group["lr"].',
    problem_hints=SET_HINTS,
    labels={"rates": ("group",)},
    show_call=_show("set_lr"),
    driver=Facts(_setting, torch=True),
)

scale_lrs = Exercise(
    name="scale_lrs",
    parameters=("kind", "groups", "factor"),
    cases=(
        Case(("SGD", ONE, 0.1), {"rates": [0.05], "builtin floats": True, "all else as it was": True}),
        Case(("SGD", TWO, 0.5), {"rates": [0.05, 0.01], "builtin floats": True, "all else as it was": True}),
        Case(
            ("Adam", THREE, 3.0),
            {
                "rates": [0.8999999999999999, 0.012, 0.21000000000000002],
                "builtin floats": True,
                "all else as it was": True,
            },
        ),
    ),
    misconceptions=(
        NOT_CHANGED,
        Misconception(
            "first group only",
            "Only the first group is scaled: scale every group.",
            _in_groups(lambda group, value, k: group["lr"] * (1 if k else value)),
        ),
        Misconception(
            "first group's rate for all",
            "You scale the first group's rate and give it to all. Each group's own rate is multiplied.",
            lambda optimizer, value: _in_groups(lambda g, v, k: v)(optimizer, _first_of(optimizer) * value),
        ),
        Misconception(
            "set to the factor",
            "You set the rates to the factor: multiply them by it.",
            _in_groups(lambda group, value, k: value),
        ),
        Misconception(
            "divided", "You divide by the factor: multiply.", _in_groups(lambda group, value, k: group["lr"] / value)
        ),
        Misconception(
            "scaled twice",
            "The rates are scaled twice.",
            _in_groups(lambda group, value, k: group["lr"] * value * value),
        ),
        Misconception(
            "more for later groups",
            "Your factor piles up from group to group: multiply each group's rate by it once.",
            _in_groups(lambda group, value, k: group["lr"] * value ** (k + 1)),
        ),
        Misconception(
            "defaults scaled",
            "You start from optimizer.defaults: each group's present rate is what is multiplied.",
            lambda optimizer, value: _in_groups(lambda g, v, k: v)(optimizer, optimizer.defaults["lr"] * value),
        ),
    ),
    hint="In a loop over optimizer.param_groups, multiply each group's own rate.",
    problem_hints=SET_HINTS,
    labels={"rates": ("group",)},
    show_call=_show("scale_lrs"),
    driver=Facts(_setting, torch=True),
)


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


def _trainer(
    *,
    before: bool = True,
    groups: Callable[[list[Any]], list[Any]] = lambda g: g,
    shift: int = 0,
    clear: bool = True,
    loss: str = "mean",
    kept: int = 0,
    once: bool = False,
) -> Callable[..., Any]:
    """A wrong training loop: see the misconceptions for what each switch is."""

    def answer(model: Any, optimizer: Any, batches: Any, schedule: Callable[[int], float]) -> list[float]:
        from torch.nn import functional

        rates = []
        for n, (inputs, labels) in enumerate(batches):
            if before and not (once and n):
                for group in groups(optimizer.param_groups):
                    group["lr"] = schedule(n + shift)
            rates.append(schedule(n + kept) if kept else optimizer.param_groups[0]["lr"])
            if clear:
                optimizer.zero_grad()
            functional.cross_entropy(model(inputs), labels, reduction=loss).backward()
            optimizer.step()
            if not before:
                for group in groups(optimizer.param_groups):
                    group["lr"] = schedule(n + shift)
        return rates

    return answer


train_with_decay = Exercise(
    name="train_with_decay",
    parameters=("schedule", "groups", "momentum", "batch_size", "batches_as"),
    cases=(
        Case(
            ("0.8 / (1 + n)", 1, 0.0, 4, "list"),
            {
                "rates": [0.8, 0.4],
                "rates used": [[0.8], [0.4]],
                "weights": [
                    [
                        [-0.06539452273157105, -0.1395190455618875],
                        [-0.09475254862215984, 0.4681313429574141],
                        [0.16014707135373088, -0.32861229739552655],
                    ],
                    [-0.08552211403664012, 0.06543715798416593, 0.02008495605247429],
                ],
            },
            "one group",
        ),
        Case(
            ("0.1 + 0.2 n", 1, 0.0, 3, "list"),
            {
                "rates": [0.1, 0.3, 0.5],
                "rates used": [[0.1], [0.3], [0.5]],
                "weights": [
                    [
                        [-0.05297772028069406, -0.21276276449007656],
                        [-0.2446120884827321, 0.23172229234498515],
                        [0.2975898087634261, -0.01895952785490855],
                    ],
                    [-0.17348421122327795, 0.06904370767761822, 0.10444050354565976],
                ],
            },
            "one group",
        ),
        Case(
            ("0.5 · 0.5ⁿ", 2, 0.5, 2, "generator"),
            {
                "rates": [0.5, 0.25, 0.125, 0.0625],
                "rates used": [[0.5, 0.5], [0.25, 0.25], [0.125, 0.125], [0.0625, 0.0625]],
                "weights": [
                    [
                        [0.032024942365537004, -0.14734796637028572],
                        [-0.11669254292510506, 0.5525585288631787],
                        [0.08466760055956804, -0.40521056249289295],
                    ],
                    [-0.024484539995599294, 0.12211713581419648, -0.09763259581859704],
                ],
            },
            "everything",
        ),
    ),
    misconceptions=(
        Misconception(
            "rate set after the update",
            "You set the rate after the update, so the first one still uses the optimizer's old rate and "
            "each later one the rate of the batch before. Set it first.",
            _trainer(before=False),
        ),
        Misconception(
            "one step ahead",
            "You are one step ahead: the first update uses schedule(0).",
            _trainer(shift=1),
        ),
        Misconception(
            "first group only",
            "Only the first group follows the schedule: set the rate in every group.",
            _trainer(groups=lambda groups: groups[:1]),
        ),
        Misconception(
            "gradients not cleared",
            "The gradients pile up from batch to batch: clear them (optimizer.zero_grad()) for each batch.",
            _trainer(clear=False),
        ),
        Misconception(
            "summed loss",
            "Your loss is the sum over the batch. cross_entropy takes the mean by itself.",
            _trainer(loss="sum"),
        ),
        Misconception(
            "rate noted for the next step",
            "You train with the right rates, but note those of the next step: note the rate that the update uses.",
            _trainer(kept=1),
        ),
        Misconception(
            "rate never changed",
            "The optimizer keeps its first rate: set the rate of each step, in place.",
            _trainer(once=True),
        ),
    ),
    hint="For each batch, in this order: set the rates, clear the gradients, loss, backward, step.",
    problem_hints={
        "rates": "Return a list with one rate for each batch.",
        "rates used": "What optimizer.step() saw differs from schedule(0), schedule(1), …: one update for each "
        "batch, and the rate set before it in every group of the optimizer that you were given.",
        "weights": "The rates are right, but the weights come out otherwise: cross-entropy of this batch, gradients "
        "cleared before backward, one step of the optimizer given.",
        "due": "a list with one rate for each batch",
    },
    labels={"rates": ("rate returned,  batch",), "rates used": ("rate used, update", "group")},
    show_call=lambda schedule, groups, momentum, size, given: (
        f"train_with_decay(model, SGD with {groups} group{'s' * (groups > 1)}, a {given} of batches of {size}, "
        f"schedule {schedule})"
    ),
    driver=Facts(_train, torch=True),
)

EXERCISES = (read_lrs, set_lr, scale_lrs, two_speed_sgd, train_with_decay)
