"""How the answers of unit "torch_schedulers" are called, and what is looked at."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any

from lrlab.checks import scenes
from lrlab.checks.drive import Facts, in_some_form
from lrlab.checks.exercise import Adapter
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


BY_HAND = ("lrlab.schedules", "torch.optim.lr_scheduler")


def _plateau(
    answer: Callable[..., Any], losses: Sequence[float], lr: float, factor: float, patience: int
) -> dict[str, Any]:
    def call(form: Any) -> dict[str, Any]:
        given = form(losses)
        found = answer(given, lr, factor, patience)
        return {"rates": found, "changed": [] if list(given) == list(losses) else ["losses"]}

    return in_some_form(call)


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


ADAPTERS = (
    Adapter(
        name="lrs_used",
        parameters=("lr", "scheduler", "settings", "steps"),
        driver=Facts(_watch_steps, torch=True),
        labels={"rates": ("step",), "optimizer.step() used": ("used by update",), "steps in order": ("call",)},
        show_call=lambda lr, kind, settings, steps: f"lrs_used(SGD at {lr}, {_words(kind, settings)}, {steps})",
    ),
    Adapter(
        name="lecture_step_lr",
        parameters=("lrs", "epochs"),
        driver=Facts(_attached, watch=OURS, torch=True),
        labels={"rates": ("", "group")},
        show_call=lambda lrs, epochs: f"lecture_step_lr(SGD at {', '.join(map(str, lrs))}), rates used at epoch n",
    ),
    Adapter(
        name="lecture_multistep_lr",
        parameters=("lrs", "epochs"),
        driver=Facts(_attached, watch=OURS, torch=True),
        labels={"rates": ("", "group")},
        show_call=lambda lrs, epochs: f"lecture_multistep_lr(SGD at {', '.join(map(str, lrs))}), rates used at epoch n",
    ),
    Adapter(
        name="time_based",
        parameters=("lrs", "epochs", "d"),
        driver=Facts(_attached, watch=OURS, torch=True),
        labels={"rates": ("", "group")},
        show_call=lambda lrs, epochs, d: f"time_based(SGD at {', '.join(map(str, lrs))}, d={d}), rates used at step n",
    ),
    Adapter(
        name="plateau_rates",
        parameters=("losses", "lr", "factor", "patience"),
        driver=Facts(_plateau, watch=BY_HAND),
        labels={"rates": ("loss",)},
    ),
    Adapter(
        name="resume",
        parameters=("lr", "scheduler", "settings", "done", "steps"),
        driver=Facts(_resumed, torch=True),
        labels={"rates": ("step",)},
        show_call=lambda lr, kind, settings, done, steps: (
            f"resume(make, state after {done} steps at {lr}, {steps}), {_words(kind, settings)}"
        ),
    ),
)
