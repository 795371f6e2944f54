"""The mistakes known in this unit: each has a name, a hint, and code that makes it. Students never get this file."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from lrlab.units import Help, Misconception


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


def _late(curvature: float, x0: float, lr: float, tolerance: float) -> int | None:
    """The first step after the start, with the start itself never looked at."""
    if lr * curvature >= 2:
        return None
    return _plus(_steps(curvature, x0 - lr * curvature * x0, lr, lambda x: abs(x) < tolerance), 1)


def _within(most: int, curvature: float, x0: float, lr: float, tolerance: float) -> int | None:
    """The answer of a loop that ends after so many steps."""
    found = _steps(curvature, x0, lr, lambda x: abs(x) < tolerance)
    return found if found is not None and found < most else None


def _plus(count: int | None, more: int) -> int | None:
    return None if count is None else count + more


def _lowest(lrs: Any, losses: Any, ignore: Callable[[float], bool]) -> float:
    usable = [(loss, lr) for lr, loss in zip(lrs, losses, strict=True) if not ignore(loss)]
    return min(usable)[1] if usable else math.nan


def _until_broken(lrs: Any, losses: Any) -> float:
    best, low = lrs[0], math.inf
    for lr, loss in zip(lrs, losses, strict=True):
        if not math.isfinite(loss):
            break
        best, low = (lr, loss) if loss < low else (best, low)
    return float(best)


def _cut(grad: Callable[[float], float], x0: float, lr: float, steps: int) -> list[float]:
    """A walk in an array that was filled with x0, of x0's type."""
    xs = np.full(steps + 1, x0)
    for k in range(steps):
        xs[k + 1] = xs[k] - lr * grad(xs[k])
    return [float(x) for x in xs]


def _diagnosis(
    *,
    finite: bool = True,
    quarter: bool = True,
    steady: bool = True,
    factor: float = 2.0,
    start: float = 0.05,
    order: tuple[str, str] = ("done", "still falling"),
    names: dict[str, str] | None = None,
) -> Callable[..., str]:
    """The rule for curves with a change for each mistake."""

    def answer(losses: Any, reachable: float) -> str:
        values = [float(loss) for loss in losses]
        end = float(np.mean(values[-len(values) // 4 :])) if quarter else values[-1]
        later = values[len(values) // 2 :]
        before = values[len(values) // 2 - 1 :]
        falls = all(b < a for a, b in zip(before, later, strict=False)) if steady else later[-1] < later[0]
        said = {"done": end <= factor * reachable, "still falling": falls}
        if (finite and not np.isfinite(values).all()) or end > (1 - start) * values[0]:
            found = "never fell"
        else:
            found = next((name for name in order if said[name]), "stuck high")
        return (names or {}).get(found, found)

    return answer


def _count(curvatures: Any, lr: float, shrink: float) -> int:
    left, steps = [1.0 for _ in curvatures], 0
    while max(left) > shrink and steps < 5000:
        left, steps = [x * abs(1 - lr * c) for x, c in zip(left, curvatures, strict=True)], steps + 1
    return steps


def _walked(best: Callable[[float, float], float]) -> Callable[..., tuple[float, int]]:
    """A wrong answer from its learning rate for the smallest and the largest curvature."""

    def answer(curvatures: Any, shrink: float) -> tuple[float, int]:
        lr = best(min(curvatures), max(curvatures))
        return lr, _count(curvatures, lr, shrink)

    return answer


MISTAKES = {
    "gradient_descent": Help(
        labels={"positions": ("step",)},
        hint=(
            "Take the first wrong position and work it out by hand: the position before, minus lr times the slope "
            "there."
        ),
        problem_hints={
            "calls "
            "of "
            "grad": "Call grad exactly once per step and keep what it gives in a variable. In real training each "
            "call costs as much as a whole forward and backward pass, and on another batch it gives another slope.",
            "should_return": "a list or an array of positions",
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
                "You use the slope at x0 for every step. Each step needs the slope at its own position: "
                "call grad(x) inside the loop.",
                lambda grad, x0, lr, steps: _walk(grad, x0, lr, steps, fixed=True),
            ),
            Misconception(
                "sign of the slope",
                "You use the sign of the slope only, so all steps have the same length. Multiply lr by the slope: a "
                "steep place makes a long step.",
                lambda grad, x0, lr, steps: _walk(lambda x: float(np.sign(grad(x))), x0, lr, steps),
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
                "return inside the loop",
                "You return too few positions: x0 and the first step. Is the `return` inside the loop? It ends the "
                "function at the first round.",
                lambda grad, x0, lr, steps: _walk(grad, x0, lr, min(steps, 1)),
            ),
            Misconception(
                "whole numbers",
                "Your positions are cut to whole numbers where x0 is one. An array made from x0 takes its "
                "integer type: make it with dtype=float.",
                lambda grad, x0, lr, steps: _cut(grad, x0, lr, steps),
            ),
            Misconception(
                "last position only",
                "You return the last position only. Return all of them, from x0 on: collect them in a list.",
                lambda grad, x0, lr, steps: _walk(grad, x0, lr, steps)[-1],
            ),
        ),
    ),
    "stability_limit": Help(
        hint=(
            "Find the largest curvature that the bowl has in any direction, not just along the axes. Its curvatures "
            "are the eigenvalues of its matrix. How far may a step go in that direction?"
        ),
        problem_hints={"should_return": "one number", "changed": "Work with the matrix as it is; a new array is fine."},
        misconceptions=(
            Misconception(
                "flattest direction",
                "Your limit belongs to the flattest direction. The steepest one runs away first, so it sets the limit.",
                lambda h: 2 / float(np.linalg.eigvalsh(h)[0]),
            ),
            Misconception(
                "diagonal only",
                "You take the largest number in the matrix, which is always on the diagonal. That is the "
                "curvature along an axis; a direction between the axes may be steeper. The curvatures of a "
                "bowl are the eigenvalues of its matrix.",
                lambda h: 2 / max(row[i] for i, row in enumerate(h)),
            ),
            Misconception(
                "best instead of limit",
                "With 1/c a step lands exactly at the bottom of the steepest direction. The limit, where the distance "
                "stops shrinking, is higher.",
                lambda h: 1 / float(np.linalg.eigvalsh(h)[-1]),
            ),
            Misconception(
                "upside down",
                "Your value grows with the curvature. A steeper bowl allows smaller steps only: divide by it.",
                lambda h: float(np.linalg.eigvalsh(h)[-1]) / 2,
            ),
            Misconception(
                "average curvature",
                "You use the average of the curvatures. One steep direction is enough to run away, so the "
                "largest counts.",
                lambda h: 2 / float(np.mean(np.linalg.eigvalsh(h))),
            ),
            Misconception(
                "sum of curvatures",
                "You use the sum of the curvatures (the trace). Each direction moves by itself, so the largest counts.",
                lambda h: 2 / float(np.trace(h)),
            ),
            Misconception(
                "sums of rows",
                "You take the largest sum of a row. It is a bound for the curvatures, and often too high: the "
                "curvatures of a bowl are the eigenvalues of its matrix (np.linalg.eigvalsh).",
                lambda h: 2 / float(np.abs(h).sum(axis=1).max()),
            ),
            Misconception(
                "Frobenius norm",
                "You take the root of the sum of all squared entries (np.linalg.norm), which mixes all directions. The "
                "largest curvature alone counts: np.linalg.eigvalsh gives them.",
                lambda h: 2 / float(np.linalg.norm(h)),
            ),
            Misconception(
                "determinant",
                "You use the determinant, the product of all curvatures. The largest one alone sets the limit.",
                lambda h: 2 / float(np.linalg.det(h)),
            ),
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
                "You stop at |x| = tolerance. The distance must be strictly below the tolerance: |x| < tolerance.",
                lambda c, x0, lr, tolerance: _steps(c, x0, lr, lambda x: abs(x) <= tolerance),
            ),
            Misconception(
                "counts from 1",
                "You are one too high: x0 itself is step 0, and after one update it is step 1.",
                lambda c, x0, lr, tolerance: _plus(_steps(c, x0, lr, lambda x: abs(x) < tolerance), 1),
            ),
            Misconception(
                "start not looked at",
                "You look at x only after each update. Step 0 is x0 itself: where it is close enough, return 0.",
                _late,
            ),
            Misconception(
                "refuses high rates",
                "You return None wherever the rate is too high. Look at x0 first: where it is close enough, return 0.",
                lambda c, x0, lr, tolerance: (
                    None if abs(1 - lr * c) >= 1 else _steps(c, x0, lr, lambda x: abs(x) < tolerance)
                ),
            ),
            Misconception(
                "loop too short",
                "Your loop ends too early, and returns None where the step comes later. Decide by the factor 1 - lr·c "
                "whether it ever comes, or let the loop run longer.",
                lambda *a: _within(100, *a),
            ),
            Misconception(
                "last step outside",
                "You are one too low: that is the last step outside. Return the first step with |x| < tolerance.",
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
                "You compare the loss c·x²/2 with the tolerance. Compare the distance |x|.",
                lambda c, x0, lr, tolerance: _steps(c, x0, lr, lambda x: c * x * x / 2 < tolerance),
            ),
            Misconception(
                "slope instead of distance",
                "You compare the slope c·x with the tolerance. Compare the distance |x|.",
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
        hint="Which losses are finite? Which of these is the smallest, and which rate belongs to it?",
        problem_hints={"should_return": "one learning rate"},
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
                "zero and below left out",
                "You leave out losses that are 0 or negative. They are finite, so they are results like the others.",
                lambda lrs, losses: min(
                    (s, r) for r, s in zip(lrs, losses, strict=True) if np.isfinite(s) and (s > 0 or max(losses) <= 0)
                )[1],
            ),
            Misconception(
                "search ends at a broken run",
                "Your search ends at the first loss that is not finite. Go on to the next: `continue`, not `break`.",
                _until_broken,
            ),
            Misconception(
                "closest to 0",
                "You pick the loss closest to 0. A negative loss is smaller than 0: compare the losses as they are.",
                lambda lrs, losses: min((abs(s), r) for r, s in zip(lrs, losses, strict=True) if math.isfinite(s))[1],
            ),
            Misconception(
                "smallest rate that lives",
                "You return the smallest rate with a finite loss. Return the one with the smallest loss.",
                lambda lrs, losses: min(r for r, s in zip(lrs, losses, strict=True) if math.isfinite(s)),
            ),
            Misconception(
                "largest loss",
                "You pick the largest loss: the smallest is the best.",
                lambda lrs, losses: max((s, r) for r, s in zip(lrs, losses, strict=True) if math.isfinite(s))[1],
            ),
            Misconception(
                "loss returned",
                "You return the smallest loss. Return the learning rate that gave it.",
                lambda lrs, losses: min(s for s in losses if math.isfinite(s)),
            ),
            Misconception(
                "position returned",
                "You return a position in the list. Return the learning rate at that position.",
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
                "You return the largest rate with a finite loss. Return the one with the smallest loss.",
                lambda lrs, losses: max(r for r, s in zip(lrs, losses, strict=True) if math.isfinite(s)),
            ),
        ),
    ),
    "diagnose": Help(
        hint="Go through the four questions in their order, and stop at the first that you answer with yes.",
        problem_hints={
            "should_return": 'one of the texts "never fell", "done", "still falling" and "stuck high"',
            "changed": "Work on a copy, for instance np.array(losses).",
        },
        misconceptions=(
            Misconception(
                "broken runs not seen",
                "A curve with inf or nan in it counts as never fell. Comparisons with nan are always false, so ask for "
                "np.isfinite first.",
                _diagnosis(finite=False),
            ),
            Misconception(
                "last loss instead of the last quarter",
                "You look at the last loss alone, which may be high or low by chance. Use the mean of the "
                "last quarter.",
                _diagnosis(quarter=False),
            ),
            Misconception(
                "still falling before done",
                "You ask whether the curve is still falling before you ask whether it is done. A curve that is low "
                "enough is done, even if it goes on falling a little.",
                _diagnosis(order=("still falling", "done")),
            ),
            Misconception(
                "compared with the first and last only",
                "You call a curve still falling when it ends lower than its middle. A noisy curve may do that by "
                "chance: every loss of the second half must be lower than the one before it.",
                _diagnosis(steady=False),
            ),
            Misconception(
                "no factor 2",
                "You ask for the reachable loss itself. Up to twice the reachable loss counts as done.",
                _diagnosis(factor=1.0),
            ),
            Misconception(
                "five percent not asked for",
                "A curve whose end is less than 5 percent below its start counts as never fell.",
                _diagnosis(start=0.0),
            ),
            Misconception(
                "never fell only if broken",
                "You call a curve never fell only where it has nan or inf. One whose last quarter is still above 95 % "
                "of the first loss counts as never fell, too.",
                _diagnosis(start=-math.inf),
            ),
            Misconception(
                "still falling means too low",
                'The texts are "never fell", "done", "still falling" and "stuck high". A single curve '
                "can't tell whether the learning rate is too low or the budget too short, so there is no "
                '"too low".',
                _diagnosis(names={"still falling": "too low", "stuck high": "too high"}),
            ),
        ),
    ),
    "fewest_steps": Help(
        hint="Every direction shrinks by |1 - lr·c| per step. Draw that factor for the smallest and for the largest "
        "curvature over lr: at which lr is the larger of the two as small as possible?",
        problem_hints={
            "should_return": "a pair, the learning rate and the number of steps: `return lr, steps`",
            "steps": (
                "Count the steps until the slowest direction has shrunk to `shrink` of its start, or "
                "less. A whole number, at least 1."
            ),
            "learning rate": "At the best learning rate the steepest and the flattest direction shrink equally fast.",
        },
        misconceptions=(
            Misconception(
                "best for the steepest direction",
                "1/c with the largest c is best for the steepest direction alone; the flattest one then "
                "crawls. A higher learning rate makes the steep direction jump from side to side, but "
                "speeds the flat one up.",
                _walked(lambda low, high: 1 / high),
            ),
            Misconception(
                "best for the flattest direction",
                "1/c with the smallest c is best for the flattest direction alone; the steepest one runs away.",
                _walked(lambda low, high: 1 / low),
            ),
            Misconception(
                "the limit",
                "At 2/c with the largest c the steepest direction jumps from side to side forever.",
                _walked(lambda low, high: 1.999999 / high),
            ),
            Misconception(
                "mean curvature",
                "You take the mean of all curvatures. Only the smallest and the largest decide: those between them "
                "shrink faster than both.",
                lambda c, shrink: (1 / float(np.mean(c)), _count(c, 1 / float(np.mean(c)), shrink)),
            ),
            Misconception(
                "geometric mean",
                "You take one over the geometric mean of the two curvatures. Set the two factors equal instead: "
                "1 - lr·c for the flattest, lr·c - 1 for the steepest.",
                _walked(lambda low, high: 1 / (low * high) ** 0.5),
            ),
            Misconception(
                "one step short",
                "Your number of steps is one too low: at that step the slowest direction is still too far away.",
                lambda c, shrink: (lambda lr, n: (lr, n - 1))(*_walked(lambda low, high: 2 / (low + high))(c, shrink)),
            ),
            Misconception(
                "pair swapped",
                "Your pair is swapped: first the learning rate, then the number of steps.",
                lambda c, shrink: _walked(lambda low, high: 2 / (low + high))(c, shrink)[::-1],
            ),
            Misconception(
                "first and last for smallest and largest",
                "You take the first and the last curvature for the smallest and the largest. They can come in any "
                "order: use min and max.",
                lambda c, shrink: (2 / (c[0] + c[-1]), _count(c, 2 / (c[0] + c[-1]), shrink)),
            ),
            Misconception(
                "strictly below",
                "You count one step too many where a direction shrinks to exactly `shrink`: that, or less, is enough.",
                lambda c, shrink: _walked(lambda low, high: 2 / (low + high))(c, shrink * (1 - 1e-9)),
            ),
            Misconception(
                "rounded to the nearest",
                "You round the number of steps to the nearest whole one. Round up: after fewer steps the slowest "
                "direction is still too far away.",
                lambda c, shrink: (
                    2 / (min(c) + max(c)),
                    round(np.log(shrink) / np.log((max(c) - min(c)) / (max(c) + min(c)))) if max(c) > min(c) else 1,
                ),
            ),
            Misconception(
                "not rounded up",
                "You return the solution of factorⁿ = shrink as it is. Steps are whole: round up.",
                lambda c, shrink: (
                    2 / (min(c) + max(c)),
                    np.log(shrink) / np.log((max(c) - min(c)) / (max(c) + min(c))) if max(c) > min(c) else 1,
                ),
            ),
        ),
    ),
}
