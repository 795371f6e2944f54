"""How the answers of unit "learning_rate" are called, and what is compared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lrlab.checks.adapters._fixtures import pair
from lrlab.checks.call import Answer, Facts, on_sequences
from lrlab.checks.exercise import Adapter
from lrlab.checks.serialize import WrongType

# Slopes by the loss that they belong to. The last one differs from call to call, as on mini-batches.
SLOPES: dict[str, Callable[[float, int], float]] = {
    "x²": lambda x, call: 2 * x,
    "x⁴/4 - 2x": lambda x, call: x**3 - 2,
    "3(x - 1)²": lambda x, call: 6 * (x - 1),
    "x² with noise": lambda x, call: 2 * x + (0.5, -1.0, 0.25)[call % 3],
}


def _gradient_descent(answer: Answer, loss: str, x0: float, lr: float, steps: int) -> Facts:
    calls = 0

    def grad(x: Any) -> Any:
        nonlocal calls
        calls += 1
        return SLOPES[loss](x, calls - 1)

    positions = answer(grad, x0, lr, steps)
    if positions is None:
        raise WrongType(positions)
    return {"positions": positions, "calls of grad": calls}


ADAPTERS = (
    Adapter("gradient_descent", ("grad", "x0", "lr", "steps"), _gradient_descent, watch=("torch.optim",)),
    Adapter("stability_limit", ("hessian",), on_sequences("limit", ("hessian",))),
    Adapter(
        "steps_to_reach",
        ("curvature", "x0", "lr", "tolerance"),
        lambda answer, *args: {"first step": answer(*args)},
        seconds=8.0,  # a loop of a million steps is slow while it is watched
    ),
    Adapter("best_lr", ("lrs", "losses"), on_sequences("best rate", ("lrs", "losses"))),
    Adapter("diagnose", ("losses", "reachable"), on_sequences("diagnosis", ("losses",))),
    Adapter("fewest_steps", ("curvatures", "shrink"), on_sequences(pair("learning rate", "steps"), ("curvatures",))),
)
