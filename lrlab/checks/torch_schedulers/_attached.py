"""Schedulers attached to an optimizer: the slides' examples, and the recurrence as a MultiplicativeLR."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from lrlab.checks import scenes
from lrlab.checks.drive import Facts
from lrlab.checks.exercise import Case, Exercise, Misconception
from lrlab.checks.plain import Complaint, plain

OURS = ("lrlab.schedules", "lrlab.bridge")


def _attached(answer: Callable[..., Any], lrs: Sequence[float], epochs: Sequence[int], *more: Any) -> dict[str, Any]:
    """The rates that an optimizer uses at some epochs with the scheduler that the answer attaches to it."""
    optimizer = scenes.optimizer([{"lr": lr} for lr in lrs])
    scheduler = answer(optimizer, *more)
    if not callable(getattr(scheduler, "step", None)):
        raise Complaint(
            f"The answer returns something of type {type(scheduler).__name__}; the scheduler is due (is there a "
            f"`return`?)."
        )
    at: dict[str, Any] = {}
    for epoch in range(max(epochs) + 1):
        if epoch in epochs:
            at[f"n = {epoch}"] = [plain(rate) for rate in scenes.rates(optimizer)]
        optimizer.step()
        scheduler.step()
    return {"rates": at, "class": type(scheduler).__name__}


def _making(make: Callable[..., Any]) -> Callable[..., Any]:
    """A wrong answer from (torch's lr_scheduler, optimizer, …)."""

    def answer(optimizer: Any, *more: Any) -> Any:
        from torch.optim import lr_scheduler

        return make(lr_scheduler, optimizer, *more)

    return answer


def _set_first(optimizer: Any, lr: float) -> Any:
    for group in optimizer.param_groups:
        group["lr"] = lr
    return optimizer


def _stepped(scheduler: Any) -> Any:
    scheduler.optimizer.step()
    scheduler.step()
    return scheduler


class _Still:
    """Stands for a scheduler that belongs to another optimizer."""

    def step(self) -> None:
        return None


ATTACH = (
    Misconception(
        "another optimizer",
        "The rates of the optimizer given never change: the scheduler belongs to another one, or to none. "
        "Give it this optimizer.",
        lambda optimizer, *_: _Still(),
    ),
)


lecture_step_lr = Exercise(
    name="lecture_step_lr",
    parameters=("lrs", "epochs"),
    cases=(
        Case(
            ([0.05], [0, 1, 28, 29, 30, 31, 59, 60, 61, 89, 90, 91]),
            {
                "rates": {
                    "n = 0": [0.05],
                    "n = 1": [0.05],
                    "n = 28": [0.05],
                    "n = 29": [0.05],
                    "n = 30": [0.005],
                    "n = 31": [0.005],
                    "n = 59": [0.005],
                    "n = 60": [0.0005],
                    "n = 61": [0.0005],
                    "n = 89": [0.0005],
                    "n = 90": [5e-05],
                    "n = 91": [5e-05],
                }
            },
        ),
        Case(
            ([0.4, 0.01], [0, 15, 29, 30, 45, 60, 120]),
            {
                "rates": {
                    "n = 0": [0.4, 0.01],
                    "n = 15": [0.4, 0.01],
                    "n = 29": [0.4, 0.01],
                    "n = 30": [0.04, 0.001],
                    "n = 45": [0.04, 0.001],
                    "n = 60": [0.004, 0.0001],
                    "n = 120": [4e-05, 1e-06],
                }
            },
        ),
    ),
    misconceptions=(
        *ATTACH,
        Misconception(
            "gamma in place of the step size",
            "Your rate falls every 10 epochs: a step is 30 epochs long.",
            _making(lambda s, optimizer: s.StepLR(optimizer, 10, 0.1)),
        ),
        Misconception(
            "halved",
            "Your factor is 0.5; the slide's rates fall to a tenth.",
            _making(lambda s, optimizer: s.StepLR(optimizer, 30, 0.5)),
        ),
        Misconception(
            "the slide's rate set",
            "You set the rate to 0.05. The optimizer brings its own; the slide only *assumes* 0.05.",
            _making(lambda s, optimizer: s.StepLR(_set_first(optimizer, 0.05), 30, 0.1)),
        ),
        Misconception(
            "stepped already",
            "Every drop comes one epoch early. Has the scheduler taken a step already? Return it as it is when made.",
            _making(lambda s, optimizer: _stepped(s.StepLR(optimizer, 30, 0.1))),
        ),
        Misconception(
            "the other example",
            "Those are the milestones 30 and 80 of the slide after; this one drops every 30 epochs.",
            _making(lambda s, optimizer: s.MultiStepLR(optimizer, [30, 80], 0.1)),
        ),
        Misconception(
            "two drops only",
            "Your rate stays after the second drop: it goes on falling every 30 epochs.",
            _making(lambda s, optimizer: s.MultiStepLR(optimizer, [30, 60], 0.1)),
        ),
    ),
    hint="Every 30 epochs, to a tenth, starting from whatever rate the optimizer has.",
    labels={"rates": ("", "group")},
    show_call=lambda lrs, epochs: f"lecture_step_lr(SGD at {', '.join(map(str, lrs))}), rates used at epoch n",
    driver=Facts(_attached, watch=OURS, torch=True),
)


lecture_multistep_lr = Exercise(
    name="lecture_multistep_lr",
    parameters=("lrs", "epochs"),
    cases=(
        Case(
            ([0.05], [0, 1, 28, 29, 30, 31, 60, 78, 79, 80, 81, 120]),
            {
                "rates": {
                    "n = 0": [0.05],
                    "n = 1": [0.05],
                    "n = 28": [0.05],
                    "n = 29": [0.05],
                    "n = 30": [0.005],
                    "n = 31": [0.005],
                    "n = 60": [0.005],
                    "n = 78": [0.005],
                    "n = 79": [0.005],
                    "n = 80": [0.0005],
                    "n = 81": [0.0005],
                    "n = 120": [0.0005],
                }
            },
        ),
        Case(
            ([0.4, 0.01], [0, 15, 29, 30, 79, 80, 110, 160]),
            {
                "rates": {
                    "n = 0": [0.4, 0.01],
                    "n = 15": [0.4, 0.01],
                    "n = 29": [0.4, 0.01],
                    "n = 30": [0.04, 0.001],
                    "n = 79": [0.04, 0.001],
                    "n = 80": [0.004, 0.0001],
                    "n = 110": [0.004, 0.0001],
                    "n = 160": [0.004, 0.0001],
                }
            },
        ),
    ),
    misconceptions=(
        *ATTACH,
        Misconception(
            "the other example",
            "Yours falls every 30 epochs, as in the slide before; here the milestones are 30 and 80.",
            _making(lambda s, optimizer: s.StepLR(optimizer, 30, 0.1)),
        ),
        Misconception(
            "milestones as lengths",
            "Your second drop comes 80 epochs after the first. Milestones are counted from the start: 30 and 80.",
            _making(lambda s, optimizer: s.MultiStepLR(optimizer, [30, 110], 0.1)),
        ),
        Misconception(
            "one milestone",
            "You have only one drop: the milestones are 30 and 80.",
            _making(lambda s, optimizer: s.MultiStepLR(optimizer, [30], 0.1)),
        ),
        Misconception(
            "every 30 and every 80",
            "Yours drops at further epochs: only at 30 and 80.",
            _making(lambda s, optimizer: s.MultiStepLR(optimizer, [30, 60, 80], 0.1)),
        ),
        Misconception(
            "halved",
            "Your factor is 0.5; the slide's rates fall to a tenth.",
            _making(lambda s, optimizer: s.MultiStepLR(optimizer, [30, 80], 0.5)),
        ),
        Misconception(
            "the slide's rate set",
            "You set the rate to 0.05. The optimizer brings its own; the slide only *assumes* 0.05.",
            _making(lambda s, optimizer: s.MultiStepLR(_set_first(optimizer, 0.05), [30, 80], 0.1)),
        ),
        Misconception(
            "stepped already",
            "Every drop comes one epoch early. Has the scheduler taken a step already? Return it as it is when made.",
            _making(lambda s, optimizer: _stepped(s.MultiStepLR(optimizer, [30, 80], 0.1))),
        ),
    ),
    hint="To a tenth at epoch 30, and again at epoch 80, starting from whatever rate the optimizer has.",
    labels={"rates": ("", "group")},
    show_call=lambda lrs, epochs: f"lecture_multistep_lr(SGD at {', '.join(map(str, lrs))}), rates used at epoch n",
    driver=Facts(_attached, watch=OURS, torch=True),
)


time_based = Exercise(
    name="time_based",
    parameters=("lrs", "epochs", "d"),
    cases=(
        Case(
            ([1.0], [0, 1, 2, 3, 4], 0.5),
            {
                "rates": {
                    "n = 0": [1.0],
                    "n = 1": [1.0],
                    "n = 2": [0.6666666666666666],
                    "n = 3": [0.3333333333333333],
                    "n = 4": [0.13333333333333333],
                },
                "class": "MultiplicativeLR",
            },
        ),
        Case(
            ([0.2, 0.01], [0, 1, 2, 5, 9], 0.1),
            {
                "rates": {
                    "n = 0": [0.2, 0.01],
                    "n = 1": [0.2, 0.01],
                    "n = 2": [0.18181818181818182, 0.00909090909090909],
                    "n = 5": [0.08325008325008325, 0.004162504162504162],
                    "n = 9": [0.01133579564952114, 0.0005667897824760569],
                },
                "class": "MultiplicativeLR",
            },
        ),
    ),
    misconceptions=(
        *ATTACH,
        Misconception(
            "divides by 1 + d·n too early",
            "Your divisions begin one step too early: torch calls the function with 1 first, and the first "
            "division, by 1 + d·0, belongs there. So the function needs n - 1.",
            _making(lambda s, optimizer, d: s.MultiplicativeLR(optimizer, lambda n: 1 / (1 + d * n))),
        ),
        Misconception(
            "closed form",
            "That is the closed form η₀ / (1 + d·n). The lecture's is a recurrence: each rate is the one before, "
            "divided.",
            _making(lambda s, optimizer, d: s.LambdaLR(optimizer, lambda n: 1 / (1 + d * n))),
        ),
        Misconception(
            "closed form multiplied up",
            "MultiplicativeLR multiplies the *present* rate; you give it the whole quotient since the start.",
            _making(
                lambda s, optimizer, d: s.MultiplicativeLR(
                    optimizer, lambda n: math.prod(1 / (1 + d * k) for k in range(n))
                )
            ),
        ),
        Misconception(
            "constant factor",
            "You divide by 1 + d at every step: the divisor grows with the step.",
            _making(lambda s, optimizer, d: s.MultiplicativeLR(optimizer, lambda n: 1 / (1 + d))),
        ),
        Misconception(
            "multiplied",
            "Your rate grows: divide by 1 + d·n.",
            _making(lambda s, optimizer, d: s.MultiplicativeLR(optimizer, lambda n: 1 + d * (n - 1))),
        ),
        Misconception(
            "right rates, other class",
            "The rates are right, but by another class: here a MultiplicativeLR is due, whose function gives the "
            "factor from one rate to the next.",
            _making(
                lambda s, optimizer, d: s.LambdaLR(optimizer, lambda n: math.prod(1 / (1 + d * k) for k in range(n)))
            ),
        ),
        Misconception(
            "two steps late",
            "Your divisions begin one step too late: the third rate is lr / (1 + d).",
            _making(lambda s, optimizer, d: s.MultiplicativeLR(optimizer, lambda n: 1 / (1 + d * max(n - 2, 0)))),
        ),
    ),
    hint="Print n inside the function and see with which n torch calls it first. Which factor is due then?",
    problem_hints={"class": "A torch.optim.lr_scheduler.MultiplicativeLR is due."},
    labels={"rates": ("", "group")},
    show_call=lambda lrs, epochs, d: f"time_based(SGD at {', '.join(map(str, lrs))}, d={d}), rates used at step n",
    driver=Facts(_attached, watch=OURS, torch=True),
)
