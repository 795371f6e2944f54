"""Decay by hand in a training loop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from lrlab.checks import scenes
from lrlab.checks.drive import Facts
from lrlab.checks.exercise import Case, Exercise, Misconception

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
