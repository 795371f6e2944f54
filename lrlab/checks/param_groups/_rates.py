"""Rates read and changed in place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from lrlab.checks import scenes
from lrlab.checks.drive import Facts
from lrlab.checks.exercise import Case, Exercise, Misconception

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
