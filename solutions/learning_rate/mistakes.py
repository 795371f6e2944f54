"""The mistakes known in this unit: each has a name, a hint, and code that makes it. Students never get this file."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from lrlab.grading.unit import Help, Misconception


def _walk(
    grad: Callable[[float], float], x: float, lr: float, steps: int, sign: float = -1.0, fixed: bool = False
) -> list[float]:
    """Positions of a descent that may go uphill, or look at the slope of the start alone."""
    path, slope = [x], grad(x) if fixed else 0.0
    for _ in range(steps):
        x = x + sign * lr * (slope if fixed else grad(x))
        path.append(x)
    return path


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


def _lowest(lrs: Any, losses: Any, ignore: Callable[[float], bool]) -> float:
    usable = [(loss, lr) for lr, loss in zip(lrs, losses, strict=True) if not ignore(loss)]
    return min(usable)[1] if usable else math.nan


MISTAKES = {
    "gradient_descent": Help(
        hint=(
            "Take the first wrong position and work it out by hand: the position before, minus lr times the slope "
            "there."
        ),
        problem_hints={
            "calls "
            "of "
            "grad": "Call grad exactly once per step and keep what it gives in a variable. In real training each "
            "call costs as much as a whole forward and backward pass, and on another batch it gives another slope.",
            "due": "a list or an array of positions",
        },
        misconceptions=(
            Misconception(
                "uphill",
                "Your walk goes uphill: the slope points to where the function grows, so the step is *minus* lr "
                "times it.",
                lambda grad, x0, lr, steps: _walk(grad, x0, lr, steps, sign=1.0),
            ),
            Misconception(
                "start left out",
                "Your positions begin after the first step. The starting point x0 belongs to them, so `steps` "
                "steps give steps + 1 positions.",
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
    ),
    "largest_stable_lr": Help(
        hint="One step turns x into x - lr·c·x = (1 - lr·c)·x. For which lr does the distance |x| stop shrinking?",
        misconceptions=(
            Misconception(
                "best instead of largest",
                "1/c is the best rate: it jumps to the minimum in one step. How much larger may it get before the "
                "steps grow instead of shrinking?",
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
            Misconception(
                "half the curvature", "Your fraction is upside down: a larger c allows less.", lambda c: c / 2
            ),
            Misconception(
                "square root",
                "No root: one step multiplies x by (1 - lr·c), in which c stands as it is.",
                lambda c: 2 / c**0.5,
            ),
            Misconception("curvature not used", "2 is right for c = 1 alone.", lambda c: 2.0),
            Misconception("just below", "The edge itself is asked for, not a rate a little below.", lambda c: 1.99 / c),
        ),
    ),
    "steps_to_reach": Help(
        hint="Write down x for the first steps, each (1 - lr·c) times the one before, and count from step 0.",
        problem_hints={
            "slow": (
                "With some rates x never comes near 0. By which factor does each step multiply x, and when "
                "does it get no smaller?"
            ),
            "first step": "Count from step 0, which is x0 itself; return None where |x| gets no smaller.",
        },
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
    ),
    "best_lr": Help(
        hint="Which losses are finite? Of these, which is the smallest, and which rate stands at its place?",
        problem_hints={"due": "one learning rate"},
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
                "After the losses are filtered, positions count in the shorter list. Filter the rates in the same "
                "way, or put inf in the place of what is not finite.",
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
    ),
}
