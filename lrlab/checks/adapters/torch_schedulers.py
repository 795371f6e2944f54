"""How the answers of unit "torch_schedulers" are called, and what is looked at."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Sequence
from typing import Any

from lrlab.checks import scenes
from lrlab.checks.drive import Facts, in_some_form
from lrlab.checks.exercise import Adapter
from lrlab.checks.plain import Complaint, plain

OURS = ("lrlab.schedules", "lrlab.torch_scheduler")
BY_HAND = ("lrlab.schedules", "torch.optim.lr_scheduler")
Values = Sequence[float]
Settings = dict[str, Any]

SCHEDULES: dict[str, Callable[[int], float]] = {
    "1 / (1 + n)²": lambda n: 1 / (1 + n) ** 2,
    "1 / (1 + 0.5 n)": lambda n: 1 / (1 + 0.5 * n),
    "(3 + cos n) / 4": lambda n: (3 + math.cos(n)) / 4,
    "1 / √(1 + n)": lambda n: 1 / math.sqrt(1 + n),
    "1 + n": lambda n: 1.0 + n,
}


def _walk(name: str, optimizer: Any, scheduler: Any, losses: Sequence[float | None]) -> dict[str, Any]:
    """The learning rates that an optimizer uses in some epochs; a loss is for the scheduler that asks for one."""
    from torch.optim.lr_scheduler import ReduceLROnPlateau

    if not callable(getattr(scheduler, "step", None)):
        kind = "None (nothing)" if scheduler is None else f"an object of type {type(scheduler).__name__}"
        raise Complaint(f"{name} returned {kind}; it should return the scheduler.")
    rates = []
    for loss in losses:
        rates.append([plain(rate) for rate in scenes.rates(optimizer)])
        optimizer.step()
        scheduler.step(*[loss] * isinstance(scheduler, ReduceLROnPlateau))
    return {"rates": rates, "class": type(scheduler).__name__}


def _from_log(answer: Callable[..., Any], lrs: Values, losses: Values) -> dict[str, Any]:
    optimizer = scenes.optimizer([{"lr": lr} for lr in lrs])
    return _walk("scheduler_of_log", optimizer, answer(optimizer), losses)


def _multiplicative(answer: Callable[..., Any], lrs: Values, schedule: str, epochs: int) -> dict[str, Any]:
    optimizer = scenes.optimizer([{"lr": lr} for lr in lrs])
    return _walk("as_multiplicative", optimizer, answer(optimizer, lambda n: SCHEDULES[schedule](n)), [None] * epochs)


def _pair(lrs: Values, kind: str, settings: Settings) -> tuple[Any, Any]:
    """An optimizer and one of torch's schedulers, from plain data."""
    from torch.optim import lr_scheduler

    optimizer = scenes.optimizer([{"lr": lr} for lr in lrs])
    if kind == "LambdaLR":
        return optimizer, lr_scheduler.LambdaLR(optimizer, lambda n: 1 / (1 + settings["d"] * n))
    return optimizer, getattr(lr_scheduler, kind)(optimizer, **settings)


def _words(kind: str, settings: Settings) -> str:
    if kind == "LambdaLR":
        return f"LambdaLR with 1 / (1 + {settings['d']} n)"
    return f"{kind}({', '.join(f'{k}={v}' for k, v in settings.items())})"


def _from(lrs: Values) -> str:
    return f"from {' and '.join(map(str, lrs))}"


def _watched(optimizer: Any, used: list[Any], order: list[str] | None = None) -> None:
    """Note the rates, and the order, of the optimizer's steps."""

    def before(*_: Any) -> None:
        used.append(scenes.rates(optimizer))
        if order is not None:
            order.append("optimizer")

    optimizer.register_step_pre_hook(before)


def _run_epochs(
    answer: Callable[..., Any], lr: float, kind: str, settings: Settings, epochs: int, batches: int
) -> dict[str, Any]:
    optimizer, scheduler = _pair([lr], kind, settings)
    order: list[str] = []
    used: list[Any] = []
    _watched(optimizer, used, order)
    step = scheduler.step

    def watched(*args: Any, **named: Any) -> Any:
        order.append("scheduler")
        return step(*args, **named)

    scheduler.step = watched
    return {
        "rates": answer(optimizer, scheduler, epochs, batches),
        "rates used": [rates[0] for rates in used],
        "order of steps": order,
    }


def _cosine_run(answer: Callable[..., Any], lrs: Values, images: int, batch_size: int, epochs: int) -> dict[str, Any]:
    optimizer = scenes.optimizer([{"lr": lr} for lr in lrs])
    used: list[Any] = []
    _watched(optimizer, used)
    return {"rates": answer(optimizer, images, batch_size, epochs), "rates used": used}


def _plateau(answer: Callable[..., Any], losses: Values, lr: float, factor: float, patience: int) -> dict[str, Any]:
    def call(form: Any) -> dict[str, Any]:
        given = form(losses)
        found = answer(given, lr, factor, patience)
        return {"rates": found, "changed": [] if list(given) == list(losses) else ["losses"]}

    return in_some_form(call)


def _resumed(
    answer: Callable[..., Any],
    lrs: Values,
    kind: str,
    settings: Settings,
    done: int,
    by_hand: float,
    steps: int,
    factor: float,
) -> dict[str, Any]:
    optimizer, scheduler = _pair(lrs, kind, settings)
    for _ in range(done):
        optimizer.step()
        scheduler.step()
    for group in optimizer.param_groups:
        group["lr"] *= by_hand
    state = copy.deepcopy({"optimizer": optimizer.state_dict(), "scheduler": scheduler.state_dict()})
    before = plain(state)
    used: list[Any] = []

    def make() -> tuple[Any, Any]:
        made = _pair(lrs, kind, settings)
        _watched(made[0], used)
        return made

    found = answer(make, state, steps, factor)
    return {"rates": found, "rates used": used, "changed": [] if plain(state) == before else ["state"]}


def _show_resumed(
    lrs: Values, kind: str, settings: Settings, done: int, by_hand: float, steps: int, factor: float
) -> str:
    halted = f"{done} steps" + (f", rate × {by_hand} by hand" if by_hand != 1 else "")
    return f"resume_scaled(…, {steps}, {factor}): {_words(kind, settings)} {_from(lrs)}, {halted}"


GROUPS = {"rates": ("epoch", "group")}
USED = {"rates": ("rate returned for update",), "rates used": ("rate used by update", "group")}

ADAPTERS = (
    Adapter(
        name="scheduler_of_log",
        parameters=("lrs", "losses"),
        driver=Facts(_from_log, watch=OURS, torch=True),
        labels=GROUPS,
        show_call=lambda lrs, losses: f"scheduler_of_log(SGD {_from(lrs)}), losses {', '.join(map(str, losses))}",
    ),
    Adapter(
        name="as_multiplicative",
        parameters=("lrs", "schedule", "epochs"),
        driver=Facts(_multiplicative, watch=OURS, torch=True),
        labels=GROUPS,
        show_call=lambda lrs, schedule, epochs: f"as_multiplicative(SGD {_from(lrs)}, {schedule}), {epochs} epochs",
    ),
    Adapter(
        name="run_epochs",
        parameters=("lr", "scheduler", "settings", "epochs", "batches"),
        driver=Facts(_run_epochs, torch=True),
        causes=("rates used", "rates"),
        labels={**USED, "order of steps": ("call",)},
        show_call=lambda lr, kind, settings, epochs, batches: (
            f"run_epochs(SGD from {lr}, {_words(kind, settings)}, {epochs}, {batches})"
        ),
    ),
    Adapter(
        name="cosine_run",
        parameters=("lrs", "images", "batch_size", "epochs"),
        driver=Facts(_cosine_run, watch=OURS, torch=True),
        causes=("rates used", "rates"),
        labels=USED,
        show_call=lambda lrs, *sizes: f"cosine_run(SGD {_from(lrs)}, {', '.join(map(str, sizes))})",
    ),
    Adapter(
        name="plateau_rates",
        parameters=("losses", "lr", "factor", "patience"),
        driver=Facts(_plateau, watch=BY_HAND),
        labels={"rates": ("loss",)},
    ),
    Adapter(
        name="resume_scaled",
        parameters=("lrs", "scheduler", "settings", "done", "by_hand", "steps", "factor"),
        driver=Facts(_resumed, torch=True),
        causes=("rates used", "rates"),
        labels=USED,
        show_call=_show_resumed,
    ),
)
