"""How the answers of unit "cycles" are called, and what is looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from lrlab.checks.drive import Facts, call_on_each, in_some_form
from lrlab.checks.exercise import Adapter

LIBRARY = ("lrlab.schedules", "lrlab.suggest", "torch.optim")
OUT_OF_STEPS = "Tried to step"  # how OneCycleLR's error begins when it is called too often


def _on_arrays(names: Sequence[str], fact: str, answer: Callable[..., Any], *args: Any) -> dict[str, Any]:
    """The answer's value for arrays, the first arguments, and the numbers after them. A loss may be "nan" or "inf"."""
    arrays = [[float(x) if isinstance(x, str) else x for x in values] for values in args[: len(names)]]

    def call(form: Callable[[Any], Any]) -> dict[str, Any]:
        given = [form(values) for values in arrays]
        found = answer(*given, *args[len(names) :])
        pairs = zip(names, given, arrays, strict=True)
        return {fact: found, "changed": [name for name, after, before in pairs if _texts(after) != _texts(before)]}

    return in_some_form(call)


def _texts(values: Sequence[float]) -> list[str]:
    """Numbers as texts, in which nan equals nan."""
    return list(map(repr, map(float, values)))


def _train(
    answer: Callable[..., Any], rows: Sequence[Any], batch_size: int, epochs: int, max_lr: float
) -> dict[str, Any]:
    import torch
    from torch.optim.optimizer import register_optimizer_step_pre_hook

    model = torch.nn.Sequential(torch.nn.Linear(1, 1, dtype=torch.float64))
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.fill_(0.5)
    table = torch.tensor(rows, dtype=torch.float64)
    used: list[Any] = []
    hook = register_optimizer_step_pre_hook(
        lambda optimizer, *_: used.append(optimizer.param_groups[0]["lr"])  # the hook's own result must be None
    )
    found, finished = None, True
    try:
        found = answer(model, table[:, :1], table[:, 1:], batch_size, epochs, max_lr)
    except ValueError as error:
        if not str(error).startswith(OUT_OF_STEPS):
            raise
        finished = False
    finally:
        hook.remove()
    weights = [p.item() for p in model.parameters()]
    facts = {"rates used": used, "runs to the end": finished, "weights": weights}
    return facts | ({"rates returned": found} if finished else {})


def _curve(name: str, *parameters: str) -> Adapter:
    """The adapter of an exercise that computes the rates of a schedule."""
    return Adapter(name=name, parameters=("n", *parameters), driver=partial(call_on_each, watch=LIBRARY))


ADAPTERS = (
    _curve("triangular2", "base_lr", "max_lr", "step_size"),
    _curve("exp_range", "base_lr", "max_lr", "step_size_up", "step_size_down", "gamma"),
    _curve("one_cycle", "total_steps", "max_lr", "pct_start", "div_factor", "final_div_factor"),
    Adapter(
        name="ground_covered",
        parameters=("lrs", "momenta"),
        driver=Facts(partial(_on_arrays, ("lrs", "momenta"), "distance"), watch=LIBRARY),
    ),
    Adapter(
        name="train_one_cycle",
        parameters=("rows", "batch_size", "epochs", "max_lr"),
        driver=Facts(_train, torch=True),
        causes=("rates used", "rates returned", "weights"),
        labels={
            "rates used": ("rate used, update",),
            "rates returned": ("rate returned, update",),
            "weights": ("weight at the end,",),
        },
        show_call=lambda rows, size, epochs, top: (
            f"train_one_cycle(model, inputs={[[x] for x, _ in rows]}, targets={[[y] for _, y in rows]}, "
            f"batch_size={size}, epochs={epochs}, max_lr={top})"
        ),
    ),
    Adapter(
        name="steepest_lr",
        parameters=("lrs", "losses"),
        driver=Facts(partial(_on_arrays, ("lrs", "losses"), "learning rate"), watch=LIBRARY),
    ),
    Adapter(
        name="robust_lr",
        parameters=("lrs", "losses", "beta", "limit"),
        driver=Facts(partial(_on_arrays, ("lrs", "losses"), "learning rate"), watch=LIBRARY),
    ),
)
