"""How the answers of unit "torch_schedulers" are called, and what is compared."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

from lrlab.checks.adapters._fixtures import rates, rates_used, schedule, sgd
from lrlab.checks.call import Answer, Facts, load_torch, on_sequences
from lrlab.checks.exercise import Adapter
from lrlab.checks.serialize import WrongType, to_jsonable

UNAVAILABLE = ("lrlab.schedules", "lrlab.torch_scheduler")
BY_HAND = ("torch.optim.lr_scheduler",)
Values = Sequence[float]
Settings = dict[str, Any]


def _rates_and_class(optimizer: Any, scheduler: Any, losses: Sequence[float | None]) -> Facts:
    """Return the learning rates that an optimizer uses in some epochs; a loss is for a scheduler that asks for one."""
    from torch.optim.lr_scheduler import ReduceLROnPlateau

    if not callable(getattr(scheduler, "step", None)):
        raise WrongType(scheduler)
    used = []
    for loss in losses:
        used.append(to_jsonable(rates(optimizer)))
        optimizer.step()
        scheduler.step(*[loss] * isinstance(scheduler, ReduceLROnPlateau))
    return {"rates": used, "class": type(scheduler).__name__}


def _scheduler_of_log(answer: Answer, lrs: Values, losses: Values) -> Facts:
    optimizer = sgd(lrs)
    return _rates_and_class(optimizer, answer(optimizer), losses)


def _as_multiplicative(answer: Answer, lrs: Values, words: str, epochs: int) -> Facts:
    optimizer = sgd(lrs)
    scheduler = answer(optimizer, schedule(words))
    facts = _rates_and_class(optimizer, scheduler, [None] * epochs)
    for group in optimizer.param_groups:
        group["lr"] /= 2
    after = _rates_and_class(optimizer, scheduler, [None] * 2)["rates"]
    return {**facts, "rates after a change by hand": after}


def _with_scheduler(lrs: Values, kind: str, settings: Settings) -> tuple[Any, Any]:
    """Return an optimizer and one of torch's schedulers, from plain data."""
    from torch.optim import lr_scheduler

    optimizer = sgd(lrs)
    if kind == "LambdaLR":
        return optimizer, lr_scheduler.LambdaLR(optimizer, lambda n: 1 / (1 + settings["d"] * n))
    return optimizer, getattr(lr_scheduler, kind)(optimizer, **settings)


def _run_epochs(answer: Answer, lr: float, kind: str, settings: Settings, epochs: int, batches: int) -> Facts:
    optimizer, scheduler = _with_scheduler([lr], kind, settings)
    order: list[str] = []
    used = rates_used(optimizer)
    optimizer.register_step_pre_hook(lambda *_: order.append("optimizer"))
    step = scheduler.step

    def watched(*args: Any, **named: Any) -> Any:
        order.append("scheduler")
        return step(*args, **named)

    scheduler.step = watched
    returned = answer(optimizer, scheduler, epochs, batches)
    return {"rates": returned, "rates used": [of_groups[0] for of_groups in used], "order of steps": order}


def _cosine_run(answer: Answer, lrs: Values, *sizes: int) -> Facts:
    optimizer = sgd(lrs)
    used = rates_used(optimizer)
    return {"rates": answer(optimizer, *sizes), "rates used": used}


def _resume_scaled(answer: Answer, lrs: Values, kind: str, settings: Settings, *rest: Any) -> Facts:
    done, by_hand, steps, factor = rest
    optimizer, scheduler = _with_scheduler(lrs, kind, settings)
    for _ in range(done):
        optimizer.step()
        scheduler.step()
    for group in optimizer.param_groups:
        group["lr"] *= by_hand
    state = copy.deepcopy({"optimizer": optimizer.state_dict(), "scheduler": scheduler.state_dict()})
    before = to_jsonable(state)
    used: list[list[list[Any]]] = []

    def make() -> tuple[Any, Any]:
        made = _with_scheduler(lrs, kind, settings)
        used.append(rates_used(made[0]))
        return made

    returned = answer(make, state, steps, factor)
    changed = [] if to_jsonable(state) == before else ["state"]
    return {"rates": returned, "rates used": [update for run in used for update in run], "changed": changed}


ADAPTERS = (
    Adapter("scheduler_of_log", ("lrs", "losses"), _scheduler_of_log, load=load_torch),
    Adapter("as_multiplicative", ("lrs", "schedule", "epochs"), _as_multiplicative, load=load_torch),
    Adapter("run_epochs", ("lr", "scheduler", "settings", "epochs", "batches"), _run_epochs, load=load_torch),
    Adapter("cosine_run", ("lrs", "images", "batch_size", "epochs"), _cosine_run, load=load_torch),
    Adapter("plateau_rates", ("losses", "lr", "factor", "patience"), on_sequences("rates", ("losses",)), BY_HAND),
    Adapter(
        "resume_scaled",
        ("lrs", "scheduler", "settings", "done", "by_hand", "steps", "factor"),
        _resume_scaled,
        load=load_torch,
    ),
)
