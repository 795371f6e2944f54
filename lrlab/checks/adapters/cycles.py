"""How the answers of unit "cycles" are called, and what is compared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lrlab.checks.adapters import _fixtures
from lrlab.checks.call import Answer, Facts, load_torch, on_sequences
from lrlab.checks.exercise import Adapter

UNAVAILABLE = ("lrlab.schedules", "lrlab.suggest")
LIBRARY = ("torch.optim",)
OUT_OF_STEPS = "Tried to step"  # how OneCycleLR's error begins when it is called too often


def _train_one_cycle(answer: Answer, rows: Sequence[Any], batch_size: int, epochs: int, max_lr: float) -> Facts:
    import torch
    from torch.optim.optimizer import register_optimizer_step_pre_hook

    model = torch.nn.Sequential(_fixtures.linear([[0.5]], [0.5]))
    table = torch.tensor(rows, dtype=torch.float64)
    used: list[Any] = []
    hook = register_optimizer_step_pre_hook(
        lambda optimizer, *_: used.append(optimizer.param_groups[0]["lr"])  # the hook's own result must be None
    )
    returned = {}
    try:
        returned["rates returned"] = answer(model, table[:, :1], table[:, 1:], batch_size, epochs, max_lr)
    except ValueError as error:
        if not str(error).startswith(OUT_OF_STEPS):
            raise
    finally:
        hook.remove()
    weights = [p.item() for p in model.parameters()]
    return {"rates used": used, "runs to the end": bool(returned), "weights": weights} | returned


ADAPTERS = (
    Adapter("triangular2", ("n", "base_lr", "max_lr", "step_size"), watch=LIBRARY),
    Adapter("exp_range", ("n", "base_lr", "max_lr", "step_size_up", "step_size_down", "gamma"), watch=LIBRARY),
    Adapter("one_cycle", ("n", "total_steps", "max_lr", "pct_start", "div_factor", "final_div_factor"), watch=LIBRARY),
    Adapter("ground_covered", ("lrs", "momenta"), on_sequences("distance", ("lrs", "momenta")), LIBRARY),
    Adapter("train_one_cycle", ("rows", "batch_size", "epochs", "max_lr"), _train_one_cycle, load=load_torch),
    Adapter("steepest_lr", ("lrs", "losses"), on_sequences("learning rate", ("lrs", "losses")), LIBRARY),
    Adapter("robust_lr", ("lrs", "losses", "beta", "limit"), on_sequences("learning rate", ("lrs", "losses")), LIBRARY),
)
