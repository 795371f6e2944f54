"""Unit "learning rate": gradient descent by hand, and what the size of its steps does."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from lrlab.checks.drive import Facts, call_on_each, in_some_form
from lrlab.checks.exercise import Case, Exercise, Misconception
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
        raise Complaint("gradient_descent returns nothing (None): is there a `return` on every path through it?")
    return {"positions": positions, "calls of grad": len(calls)}


def _walk(
    grad: Callable[[float], float], x: float, lr: float, steps: int, sign: float = -1.0, fixed: bool = False
) -> list[float]:
    """Positions of a descent that may go uphill, or look at the slope of the start alone."""
    path, slope = [x], grad(x) if fixed else 0.0
    for _ in range(steps):
        x = x + sign * lr * (slope if fixed else grad(x))
        path.append(x)
    return path


gradient_descent = Exercise(
    name="gradient_descent",
    parameters=("grad", "x0", "lr", "steps"),
    cases=(
        Case(("x²", 1.0, 0.1, 3), {"positions": [1.0, 0.8, 0.64, 0.512], "calls of grad": 3}, "positions"),
        Case(("x²", -4.0, 0.75, 2), {"positions": [-4.0, 2.0, -1.0], "calls of grad": 2}, "positions"),
        Case(
            ("x⁴/4 - 2x", 0.5, 0.25, 4),
            {
                "positions": [0.5, 0.96875, 1.2414627075195312, 1.2631179226782798, 1.2593022178050488],
                "calls of grad": 4,
            },
            "positions",
        ),
        Case(("x²", 2.5, 0.1, 0), {"positions": [2.5], "calls of grad": 0}, "exactly"),
        Case(
            ("x² with noise", 1.0, 0.25, 4),
            {"positions": [1.0, 0.375, 0.4375, 0.15625, -0.046875], "calls of grad": 4},
            "exactly",
        ),
    ),
    misconceptions=(
        Misconception(
            "uphill",
            "Your walk goes uphill: the slope points to where the function grows, so the step is *minus* lr times it.",
            lambda grad, x0, lr, steps: _walk(grad, x0, lr, steps, sign=1.0),
        ),
        Misconception(
            "start left out",
            "Your positions begin after the first step. The starting point x0 belongs to them, so `steps` steps give "
            "steps + 1 positions.",
            lambda grad, x0, lr, steps: _walk(grad, x0, lr, steps)[1:],
        ),
        Misconception(
            "one step short",
            "You take one step too few: x0 and `steps` steps make steps + 1 positions.",
            lambda grad, x0, lr, steps: _walk(grad, x0, lr, max(steps - 1, 0)),
        ),
        Misconception(
            "slope of the start",
            "You use the slope at x0 for every step. The slope belongs to the position of the moment: "
            "call grad(x) anew in each step.",
            lambda grad, x0, lr, steps: _walk(grad, x0, lr, steps, fixed=True),
        ),
        Misconception(
            "no learning rate",
            "Your steps are as long as the slope itself: multiply it by lr.",
            lambda grad, x0, lr, steps: _walk(grad, x0, 1.0, steps),
        ),
        Misconception(
            "divided by the learning rate",
            "You divide the slope by lr; a larger learning rate makes larger steps, so multiply.",
            lambda grad, x0, lr, steps: _walk(grad, x0, 1 / lr, steps),
        ),
        Misconception(
            "last position only",
            "You return the last position only; all of them are wanted, from x0 on: collect them in a list.",
            lambda grad, x0, lr, steps: _walk(grad, x0, lr, steps)[-1],
        ),
    ),
    hint="Take the first wrong position and work it out by hand: the position before, minus lr times the slope there.",
    problem_hints={
        "calls of grad": "Call grad exactly once per step and keep what it gives in a variable. In real training each "
        "call costs as much as a whole forward and backward pass, and on another batch it gives another slope.",
        "due": "a list or an array of positions",
    },
    driver=Facts(_descend, watch=LIBRARY),
    labels={"positions": ("step",)},
    show_call=lambda loss, x0, lr, steps: f"gradient_descent(slope of {loss}, x0={x0}, lr={lr}, steps={steps})",
)

largest_stable_lr = Exercise(
    name="largest_stable_lr",
    parameters=("curvature",),
    cases=(Case((1.0,), 2.0), Case((4.0,), 0.5), Case((0.1,), 20.0)),
    misconceptions=(
        Misconception(
            "best instead of largest",
            "1/c is the best rate: it jumps to the minimum in one step. How much larger may it get before the steps "
            "grow instead of shrinking?",
            lambda c: 1 / c,
        ),
        Misconception(
            "half of the best", "1/(2c) creeps: the edge lies higher than the best rate 1/c.", lambda c: 0.5 / c
        ),
        Misconception(
            "proportional",
            "Yours grows with c. A steeper valley needs smaller steps: c belongs below.",
            lambda c: 2 * c,
        ),
        Misconception("half the curvature", "Your fraction is upside down: a larger c allows less.", lambda c: c / 2),
        Misconception(
            "square root",
            "No root: one step multiplies x by (1 - lr·c), in which c stands as it is.",
            lambda c: 2 / c**0.5,
        ),
        Misconception("curvature not used", "2 is right for c = 1 alone.", lambda c: 2.0),
        Misconception("just below", "The edge itself is asked for, not a rate a little below.", lambda c: 1.99 / c),
    ),
    hint="One step turns x into x - lr·c·x = (1 - lr·c)·x. For which lr does the distance |x| stop shrinking?",
    driver=partial(call_on_each, watch=LIBRARY),
)


def _count_steps(answer: Callable[..., Any], *args: float) -> dict[str, Any]:
    return {"first step": answer(*args)}


def _steps(curvature: float, x: float, lr: float, reached: Callable[[float], bool]) -> int | None:
    for step in range(20_000):
        if reached(x):
            return step
        if not math.isfinite(x) or abs(x) > 1e30:
            return None
        x -= lr * curvature * x
    return None


def _plus(count: int | None, more: int) -> int | None:
    return None if count is None else count + more


steps_to_reach = Exercise(
    name="steps_to_reach",
    parameters=("curvature", "x0", "lr", "tolerance"),
    cases=(
        Case((1.0, 8.0, 0.5, 1.5), {"first step": 3}, "within reach"),
        Case((1.0, 8.0, 0.5, 1.0), {"first step": 4}, "within reach"),
        Case((2.0, -3.0, 0.1, 0.01), {"first step": 26}, "within reach"),
        Case((1.0, 5.0, 0.02, 0.01), {"first step": 308}, "within reach"),
        Case((4.0, 5.0, 0.45, 0.3), {"first step": 13}, "within reach"),
        Case((1.0, 0.3, 0.1, 0.5), {"first step": 0}, "within reach"),
        Case((1.0, 2.0, 3.0, 0.01), {"first step": None}, "rate too high"),
        Case((4.0, 1.0, 0.5, 0.01), {"first step": None}, "rate too high"),
        Case((1.0, -0.1, 2.5, 0.2), {"first step": 0}, "rate too high"),
    ),
    misconceptions=(
        Misconception(
            "not strict",
            "You stop at |x| = tolerance already; asked is |x| < tolerance, strictly below.",
            lambda c, x0, lr, tolerance: _steps(c, x0, lr, lambda x: abs(x) <= tolerance),
        ),
        Misconception(
            "counts from 1",
            "You are one too high: x0 itself is step 0, and after one update it is step 1.",
            lambda c, x0, lr, tolerance: _plus(_steps(c, x0, lr, lambda x: abs(x) < tolerance), 1),
        ),
        Misconception(
            "last step outside",
            "You are one too low: that is the last step outside. The first one with |x| < tolerance is asked for.",
            lambda c, x0, lr, tolerance: _plus(_steps(c, x0, lr, lambda x: abs(x) < tolerance), -1),
        ),
        Misconception(
            "no absolute value",
            "You compare x, not |x|: a negative x far from 0 counts as reached. And with a high rate x jumps from "
            "side to side.",
            lambda c, x0, lr, tolerance: _steps(c, x0, lr, lambda x: x < tolerance),
        ),
        Misconception(
            "loss instead of distance",
            "You compare the loss c·x²/2 with the tolerance; asked is the distance |x|.",
            lambda c, x0, lr, tolerance: _steps(c, x0, lr, lambda x: c * x * x / 2 < tolerance),
        ),
        Misconception(
            "slope instead of distance",
            "You compare the slope c·x with the tolerance; asked is the distance |x|.",
            lambda c, x0, lr, tolerance: _steps(c, x0, lr, lambda x: abs(c * x) < tolerance),
        ),
        Misconception(
            "slope 2cx",
            "Your slope is 2·c·x. The function is c·x²/2, and the half cancels the 2: its slope is c·x.",
            lambda c, x0, lr, tolerance: _steps(2 * c, x0, lr, lambda x: abs(x) < tolerance),
        ),
        Misconception(
            "curvature not used",
            "Your slope is x: the curvature c is missing. f(x) = c·x²/2 has the slope c·x.",
            lambda c, x0, lr, tolerance: _steps(1.0, x0, lr, lambda x: abs(x) < tolerance),
        ),
        Misconception(
            "not rounded",
            "You return the solution of |1 - lr·c|ⁿ · |x0| = tolerance, which is no whole number: steps are whole.",
            lambda c, x0, lr, tolerance: (
                None
                if abs(1 - lr * c) >= 1 and abs(x0) >= tolerance
                else max(0.0, math.log(tolerance / abs(x0)) / math.log(abs(1 - lr * c)))
            ),
        ),
    ),
    hint="Write down x for the first steps, each (1 - lr·c) times the one before, and count from step 0.",
    problem_hints={
        "slow": "With some rates x never comes near 0. By which factor does each step multiply x, and when does it get "
        "no smaller?",
        "first step": "Count from step 0, which is x0 itself; return None where |x| gets no smaller.",
    },
    driver=Facts(_count_steps, watch=LIBRARY, seconds=2.0),
)


def _best(answer: Callable[..., Any], lrs: Sequence[float], losses: Sequence[Any]) -> dict[str, Any]:
    measured = [float(loss) for loss in losses]

    def call(form: Any) -> dict[str, Any]:
        given = form(lrs), form(measured)
        found = answer(*given)
        kept = [np.array_equal(g, o, equal_nan=True) for g, o in zip(given, (lrs, measured), strict=True)]
        changed = [name for name, same in zip(("lrs", "losses"), kept, strict=True) if not same]
        return {"best rate": found, "changed": changed}

    return in_some_form(call)


def _lowest(lrs: Any, losses: Any, ignore: Callable[[float], bool]) -> float:
    usable = [(loss, lr) for lr, loss in zip(lrs, losses, strict=True) if not ignore(loss)]
    return min(usable)[1] if usable else math.nan


best_lr = Exercise(
    name="best_lr",
    parameters=("lrs", "losses"),
    cases=(
        Case(([0.001, 0.01, 0.1, 1.0], [2.1, 0.7, 0.4, 1.9]), {"best rate": 0.1}, "finite losses"),
        Case(([1.0, 0.03, 0.3, 0.1], [2.5, 0.9, 0.2, 0.5]), {"best rate": 0.3}, "finite losses"),
        Case(([0.01, 0.1, 1.0, 10.0], [0.6, 0.8, "nan", "inf"]), {"best rate": 0.01}, "losses that are not finite"),
        Case(([10.0, 0.3, 0.1, 3.0], ["-inf", 0.8, 0.5, "nan"]), {"best rate": 0.1}, "losses that are not finite"),
        Case(([3.0, 0.2, 1.0], ["nan", 0.9, "inf"]), {"best rate": 0.2}, "losses that are not finite"),
    ),
    misconceptions=(
        Misconception(
            "minus infinity wins",
            "A loss of -inf is as broken as inf and NaN: leave out every loss that is not finite (np.isfinite).",
            lambda lrs, losses: _lowest(lrs, losses, math.isnan),
        ),
        Misconception(
            "NaN wins",
            "np.argmin takes NaN for the smallest. Leave out the losses that are not finite first (np.isfinite).",
            lambda lrs, losses: lrs[int(np.argmin(losses))],
        ),
        Misconception(
            "largest loss",
            "You pick the largest loss: the smallest is the best.",
            lambda lrs, losses: max((s, r) for r, s in zip(lrs, losses, strict=True) if math.isfinite(s))[1],
        ),
        Misconception(
            "loss returned",
            "You return the smallest loss; asked is the learning rate that it belongs to.",
            lambda lrs, losses: min(s for s in losses if math.isfinite(s)),
        ),
        Misconception(
            "position returned",
            "You return a position in the list; asked is the learning rate at that position.",
            lambda lrs, losses: min((s, i) for i, s in enumerate(losses) if math.isfinite(s))[1],
        ),
        Misconception(
            "positions after the filter",
            "After the losses are filtered, positions count in the shorter list. Filter the rates in the same way, or "
            "put inf in the place of what is not finite.",
            lambda lrs, losses: lrs[int(np.argmin([s for s in losses if math.isfinite(s)]))],
        ),
        Misconception(
            "rates sorted alone",
            "You sort the rates, and they no longer belong to their losses.",
            lambda lrs, losses: sorted(lrs)[min((s, i) for i, s in enumerate(losses) if math.isfinite(s))[1]],
        ),
        Misconception(
            "largest rate that lives",
            "You return the largest rate with a finite loss; asked is the one with the smallest loss.",
            lambda lrs, losses: max(r for r, s in zip(lrs, losses, strict=True) if math.isfinite(s)),
        ),
    ),
    hint="Which losses are finite? Of these, which is the smallest, and which rate stands at its place?",
    problem_hints={"due": "one learning rate"},
    driver=Facts(_best),
)

EXERCISES = (gradient_descent, largest_stable_lr, steps_to_reach, best_lr)
