"""The mistakes known in this unit: each has a name, a hint, and code that makes it. Students never get this file."""

from collections.abc import Callable
from typing import Any

from lrlab.grading.unit import Help, Misconception


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


MISTAKES = {
    "read_lrs": Help(
        hint="optimizer.param_groups is a list of dictionaries. Which key holds the learning rate?",
        problem_hints={"due": "a list of the groups' rates"},
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
                "You read optimizer.defaults, which says what a group gets that brings no rate of its own. What is "
                "used stands in the groups.",
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
    ),
    "set_lr": Help(
        hint='In a loop over optimizer.param_groups, assign to group["lr"].',
        problem_hints=SET_HINTS,
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
                lambda optimizer, value: _in_groups(lambda g, v, k: g["lr"] * v)(
                    optimizer, value / _first_of(optimizer)
                ),
            ),
            Misconception(
                "added",
                "You add to the rates: set them.",
                _in_groups(lambda group, value, k: group["lr"] + value),
            ),
        ),
    ),
    "scale_lrs": Help(
        hint="In a loop over optimizer.param_groups, multiply each group's own rate.",
        problem_hints=SET_HINTS,
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
                "divided",
                "You divide by the factor: multiply.",
                _in_groups(lambda group, value, k: group["lr"] / value),
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
    ),
    "two_speed_sgd": Help(
        hint='torch.optim.SGD takes a list of dictionaries, each with its "params" and its own "lr".',
        problem_hints={
            "parameters": "Look at which parameters stand in which group: all of the body's in the first, all of the "
            "head's in the second.",
            "all else default": "Some other setting of SGD differs from its default.",
            "class": "torch.optim.SGD is due.",
        },
        misconceptions=(
            Misconception("head first", "Your first group is the head's: the body comes first.", _sgd(first=1)),
            Misconception(
                "rates swapped", "The body has the head's rate, and the other way round.", _sgd(swapped=True)
            ),
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
    ),
    "train_with_decay": Help(
        hint="For each batch, in this order: set the rates, clear the gradients, loss, backward, step.",
        problem_hints={
            "rates": "Return a list with one rate for each batch.",
            "rates used": "What optimizer.step() saw differs from schedule(0), schedule(1), …: one update for each "
            "batch, and the rate set before it in every group of the optimizer that you were given.",
            "weights": (
                "The rates are right, but the weights come out otherwise: cross-entropy of this batch, "
                "gradients cleared before backward, one step of the optimizer given."
            ),
            "due": "a list with one rate for each batch",
        },
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
    ),
}
