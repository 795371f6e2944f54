"""Who steps when, and going on from a saved state."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from lrlab.checks import scenes
from lrlab.checks.drive import Facts
from lrlab.checks.exercise import Case, Exercise, Misconception
from lrlab.checks.plain import plain

IN_TURN = ["optimizer", "scheduler"]


def _scheduler(optimizer: Any, kind: str, settings: dict[str, Any]) -> Any:
    """One of torch's schedulers, from plain data."""
    from torch.optim import lr_scheduler

    if kind == "LambdaLR":
        return lr_scheduler.LambdaLR(optimizer, lambda n: 1 / (1 + settings["d"] * n))
    return getattr(lr_scheduler, kind)(optimizer, **settings)


def _pair(lr: float, kind: str, settings: dict[str, Any]) -> tuple[Any, Any]:
    optimizer = scenes.optimizer([{"lr": lr}])
    return optimizer, _scheduler(optimizer, kind, settings)


def _words(kind: str, settings: dict[str, Any]) -> str:
    return f"{kind}({', '.join(f'{k}={v}' for k, v in settings.items())})"


def _watch_steps(answer: Callable[..., Any], lr: float, kind: str, settings: dict[str, Any], steps: int) -> Any:
    optimizer, scheduler = _pair(lr, kind, settings)
    events: list[str] = []
    seen: list[Any] = []

    def before(*_: Any) -> None:
        events.append("optimizer")
        seen.append(scenes.rates(optimizer)[0])

    optimizer.register_step_pre_hook(before)
    step = scheduler.step

    def watched(*args: Any, **named: Any) -> Any:
        events.append("scheduler")
        return step(*args, **named)

    scheduler.step = watched
    found = answer(optimizer, scheduler, steps)
    return {"rates": found, "optimizer.step() used": seen, "steps in order": events}


def _recorded(
    note: str = "before", order: str = "os", more: int = 0, optimizer_steps: bool = True, as_list: bool = False
) -> Callable[..., Any]:
    """A wrong record: noted at another time, steps in another order (o optimizer, s scheduler), too many or too few."""

    def answer(optimizer: Any, scheduler: Any, steps: int) -> list[Any]:
        def now() -> Any:
            return scheduler.get_last_lr() if as_list else optimizer.param_groups[0]["lr"]

        rates = []
        for _ in range(steps + more):
            if note == "before":
                rates.append(now())
            for which in order:
                if which == "s":
                    scheduler.step()
                elif optimizer_steps:
                    optimizer.step()
            if note == "after":
                rates.append(now())
        return rates

    return answer


lrs_used = Exercise(
    name="lrs_used",
    parameters=("lr", "scheduler", "settings", "steps"),
    cases=(
        Case(
            (0.1, "StepLR", {"step_size": 2, "gamma": 0.5}, 5),
            {
                "rates": [0.1, 0.1, 0.05, 0.05, 0.025],
                "optimizer.step() used": [0.1, 0.1, 0.05, 0.05, 0.025],
                "steps in order": 5 * IN_TURN,
            },
        ),
        Case(
            (1.0, "ExponentialLR", {"gamma": 0.9}, 4),
            {
                "rates": [1.0, 0.9, 0.81, 0.7290000000000001],
                "optimizer.step() used": [1.0, 0.9, 0.81, 0.7290000000000001],
                "steps in order": 4 * IN_TURN,
            },
        ),
        Case(
            (0.5, "LambdaLR", {"d": 0.25}, 1),
            {"rates": [0.5], "optimizer.step() used": [0.5], "steps in order": IN_TURN},
        ),
        Case(
            (0.2, "MultiStepLR", {"milestones": [1, 3], "gamma": 0.1}, 6),
            {
                "rates": [
                    0.2,
                    0.020000000000000004,
                    0.020000000000000004,
                    0.0020000000000000005,
                    0.0020000000000000005,
                    0.0020000000000000005,
                ],
                "optimizer.step() used": [
                    0.2,
                    0.020000000000000004,
                    0.020000000000000004,
                    0.0020000000000000005,
                    0.0020000000000000005,
                    0.0020000000000000005,
                ],
                "steps in order": 6 * IN_TURN,
            },
        ),
    ),
    misconceptions=(
        Misconception(
            "read after the step",
            "You note the rate after scheduler.step(), when it is the rate of the *next* update. Note what is used "
            "before optimizer.step() uses it.",
            _recorded("after"),
        ),
        Misconception(
            "scheduler first",
            "You step the scheduler before the optimizer, so the first rate is never used. The order is optimizer, "
            "then scheduler.",
            _recorded("after", "so"),
        ),
        Misconception(
            "scheduler first, noted before",
            "You note the rate, then step the scheduler before the optimizer: what the optimizer uses is the next rate "
            "already.",
            _recorded("before", "so"),
        ),
        Misconception(
            "optimizer not stepped",
            "Your rates are right, but optimizer.step() is never called: nothing would be trained.",
            _recorded(optimizer_steps=False),
        ),
        Misconception(
            "scheduler not stepped",
            "scheduler.step() is never called, so the rate never changes.",
            _recorded(order="o"),
        ),
        Misconception("one step short", "You stop one step too early.", _recorded(more=-1)),
        Misconception("one step too many", "You take one step too many.", _recorded(more=1)),
        Misconception(
            "lists",
            "get_last_lr() gives a list with an entry for each group: the number in it, [0], is due.",
            _recorded(as_list=True),
        ),
    ),
    hint="In every round: note the rate, optimizer.step(), scheduler.step().",
    problem_hints={
        "optimizer.step() used": "optimizer.step() did not see the rates that belong to these steps.",
        "steps in order": "In every round the optimizer steps first, then the scheduler, `steps` times in all.",
        "due": "a list of rates",
    },
    labels={"rates": ("step",), "optimizer.step() used": ("used by update",), "steps in order": ("call",)},
    show_call=lambda lr, kind, settings, steps: f"lrs_used(SGD at {lr}, {_words(kind, settings)}, {steps})",
    driver=Facts(_watch_steps, torch=True),
)


def _resumed(
    answer: Callable[..., Any], lr: float, kind: str, settings: dict[str, Any], done: int, steps: int
) -> dict[str, Any]:
    optimizer, scheduler = _pair(lr, kind, settings)
    for _ in range(done):
        optimizer.step()
        scheduler.step()
    state = copy.deepcopy({"optimizer": optimizer.state_dict(), "scheduler": scheduler.state_dict()})
    before = plain(state)
    found = answer(lambda: _pair(lr, kind, settings), state, steps)
    return {"rates": found, "changed": [] if plain(state) == before else ["state"]}


def _resuming(load: str = "os", note: str = "before") -> Callable[..., Any]:
    """A wrong resumption: what is loaded (o optimizer, s scheduler), and when the rate is noted."""

    def answer(make: Callable[[], Any], state: Any, steps: int) -> list[float]:
        optimizer, scheduler = make()
        if "o" in load:
            optimizer.load_state_dict(state["optimizer"])
        if "s" in load:
            scheduler.load_state_dict(state["scheduler"])
        rates = []
        for _ in range(steps):
            if note == "before":
                rates.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            scheduler.step()
            if note == "after":
                rates.append(optimizer.param_groups[0]["lr"])
        return rates

    return answer


resume = Exercise(
    name="resume",
    parameters=("lr", "scheduler", "settings", "done", "steps"),
    cases=(
        Case((0.8, "StepLR", {"step_size": 3, "gamma": 0.5}, 4, 6), {"rates": [0.4, 0.4, 0.2, 0.2, 0.2, 0.1]}),
        Case(
            (1.0, "ExponentialLR", {"gamma": 0.9}, 3, 4),
            {"rates": [0.7290000000000001, 0.6561, 0.5904900000000001, 0.531441]},
        ),
        Case(
            (0.1, "CosineAnnealingLR", {"T_max": 10}, 6, 3),
            {"rates": [0.034549150281252626, 0.020610737385376346, 0.009549150281252632]},
        ),
    ),
    misconceptions=(
        Misconception(
            "nothing loaded",
            "Your rates start from the beginning: load both parts of the state into what make() gives.",
            _resuming(""),
        ),
        Misconception(
            "scheduler only",
            "You load the scheduler only. The rate itself lives in the optimizer's groups: load the optimizer's "
            "state too.",
            _resuming("s"),
        ),
        Misconception(
            "optimizer only",
            "You load the optimizer only: the scheduler then counts its steps from 0 again, and comes to its drops "
            "too late.",
            _resuming("o"),
        ),
        Misconception(
            "read after the step",
            "You note each rate after scheduler.step(); the first rate due is the one that the next update uses.",
            _resuming(note="after"),
        ),
    ),
    hint="make(), load both state dicts, then note, optimizer.step(), scheduler.step(), as in exercise 1.",
    problem_hints={
        "due": "a list of rates",
        "changed": "Load a copy of it (copy.deepcopy), or leave its entries alone.",
    },
    labels={"rates": ("step",)},
    show_call=lambda lr, kind, settings, done, steps: (
        f"resume(make, state after {done} steps at {lr}, {steps}), {_words(kind, settings)}"
    ),
    driver=Facts(_resumed, torch=True),
)
