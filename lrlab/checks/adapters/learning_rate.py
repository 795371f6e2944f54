"""How the answers of unit "learning_rate" are called, and what is looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from lrlab.checks.drive import Facts, in_some_form
from lrlab.checks.exercise import Adapter
from lrlab.checks.plain import Complaint

LIBRARY = ("torch.optim",)


# Slopes by the loss that they belong to. The last one differs from call to call, as on mini-batches.
SLOPES: dict[str, Callable[[float, int], float]] = {
    "x²": lambda x, call: 2 * x,
    "x⁴/4 - 2x": lambda x, call: x**3 - 2,
    "3(x - 1)²": lambda x, call: 6 * (x - 1),
    "x² with noise": lambda x, call: 2 * x + (0.5, -1.0, 0.25)[call % 3],
}


def _descend(answer: Callable[..., Any], loss: str, x0: float, lr: float, steps: int) -> dict[str, Any]:
    calls: list[Any] = []

    def grad(x: Any) -> Any:
        calls.append(x)
        return SLOPES[loss](x, len(calls) - 1)

    positions = answer(grad, x0, lr, steps)
    if positions is None:
        raise Complaint("gradient_descent returned nothing (None). Does every path through it end in a `return`?")
    return {"positions": positions, "calls of grad": len(calls)}


def _count_steps(answer: Callable[..., Any], *args: float) -> dict[str, Any]:
    return {"first step": answer(*args)}


def _limit(answer: Callable[..., Any], hessian: Sequence[Sequence[float]]) -> dict[str, Any]:
    def call(form: Any) -> dict[str, Any]:
        given = form(hessian)
        found = answer(given)
        return {"limit": found, "changed": [] if np.array_equal(given, hessian) else ["hessian"]}

    return in_some_form(call)


def _fewest(answer: Callable[..., Any], curvatures: Sequence[float], shrink: float) -> dict[str, Any]:
    def call(form: Any) -> dict[str, Any]:
        given = form(curvatures)
        found = answer(given, shrink)
        if not isinstance(found, tuple | list) or len(found) != 2:
            raise Complaint(
                "fewest_steps should return a pair, the learning rate and the number of steps: `return lr, steps`. "
                f"Yours returned an object of type {type(found).__name__}."
            )
        changed = [] if np.array_equal(given, curvatures) else ["curvatures"]
        return {"learning rate": found[0], "steps": found[1], "changed": changed}

    return in_some_form(call)


def _diagnose(answer: Callable[..., Any], losses: Sequence[Any], reachable: float) -> dict[str, Any]:
    measured = [float(loss) for loss in losses]

    def call(form: Any) -> dict[str, Any]:
        given = form(measured)
        found = answer(given, reachable)
        return {"diagnosis": found, "changed": [] if np.array_equal(given, measured, equal_nan=True) else ["losses"]}

    return in_some_form(call)


def _best(answer: Callable[..., Any], lrs: Sequence[float], losses: Sequence[Any]) -> dict[str, Any]:
    measured = [float(loss) for loss in losses]

    def call(form: Any) -> dict[str, Any]:
        given = form(lrs), form(measured)
        found = answer(*given)
        kept = [np.array_equal(g, o, equal_nan=True) for g, o in zip(given, (lrs, measured), strict=True)]
        changed = [name for name, same in zip(("lrs", "losses"), kept, strict=True) if not same]
        return {"best rate": found, "changed": changed}

    return in_some_form(call)


ADAPTERS = (
    Adapter(
        name="gradient_descent",
        parameters=("grad", "x0", "lr", "steps"),
        driver=Facts(_descend, watch=LIBRARY),
        labels={"positions": ("step",)},
        show_call=lambda loss, x0, lr, steps: f"gradient_descent(slope of {loss}, x0={x0}, lr={lr}, steps={steps})",
    ),
    Adapter(name="stability_limit", parameters=("hessian",), driver=Facts(_limit)),
    Adapter(
        name="steps_to_reach",
        parameters=("curvature", "x0", "lr", "tolerance"),
        driver=Facts(_count_steps, seconds=8.0),  # a loop of a million steps is slow while it is watched
    ),
    Adapter(name="best_lr", parameters=("lrs", "losses"), driver=Facts(_best)),
    Adapter(name="diagnose", parameters=("losses", "reachable"), driver=Facts(_diagnose)),
    Adapter(name="fewest_steps", parameters=("curvatures", "shrink"), driver=Facts(_fewest)),
)
