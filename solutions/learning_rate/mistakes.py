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


def _by_logarithm(
    c: float, x0: float, lr: float, tolerance: float, whole: Callable[[float], int], start: float | None = None
) -> int | None:
    """The solution of |1 - lr c|ⁿ |x0| = tolerance, made whole."""
    q = abs(1 - lr * c)
    if abs(x0) < tolerance or q >= 1 or q == 0:
        return 0 if abs(x0) < tolerance else None if q >= 1 else 1
    return whole(math.log(tolerance / abs(start or x0)) / math.log(q))


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


def _pairs(lrs: Any, losses: Any, keep: Callable[[float], bool] = math.isfinite) -> list[tuple[float, float]]:
    return [(loss, lr) for lr, loss in zip(lrs, losses, strict=True) if keep(loss)]


def _put(lrs: Any, losses: Any, nan: float, plus: float, minus: float) -> float:
    """The best rate with numbers in place of the losses that are not finite."""
    return lrs[int(np.argmin(np.nan_to_num(np.asarray(losses, dtype=float), nan=nan, posinf=plus, neginf=minus)))]


def _searched(lrs: Any, losses: Any, low: Any, *, rise: bool = False) -> float | None:
    """A search that begins with a number for the lowest loss, or may end at the first rise; None is none yet."""
    best = None
    for lr, loss in zip(lrs, losses, strict=True):
        if math.isfinite(loss):
            if rise and low is not None and loss > low:
                break
            if low is None or loss < low:
                best, low = lr, loss
    return best


def _first_kept(lrs: Any, losses: Any, low: float) -> float:
    """A search that begins with the first loss, whatever it is."""
    best = lrs[0]
    for lr, loss in zip(lrs, losses, strict=True):
        if math.isfinite(loss) and loss < low:
            best, low = lr, loss
    return best


def _zero_is_none(lrs: Any, losses: Any) -> float | None:
    """A search with `if not low or loss < low`."""
    best, low = None, None
    for lr, loss in zip(lrs, losses, strict=True):
        if math.isfinite(loss) and (not low or loss < low):
            best, low = lr, loss
    return best


def _last_quarter(x: np.ndarray) -> np.ndarray:
    return x[-len(x) // 4 :]


def _steady(x: np.ndarray, first: int) -> bool:
    return bool((np.diff(x[first - 1 :]) < 0).all())


def _diagnosis(
    *,
    broken: Callable[[np.ndarray], bool] = lambda x: not np.isfinite(x).all(),
    end: Callable[[np.ndarray], Any] = lambda x: np.mean(_last_quarter(x)),
    first_end: Callable[[np.ndarray], Any] | None = None,
    start: Callable[[np.ndarray], Any] = lambda x: x[0],
    never: Callable[[bool, bool], bool] = lambda broken, high: broken or high,
    falls: Callable[[np.ndarray, int], bool] = _steady,
    factor: float = 2.0,
    share: float = 0.95,
    order: tuple[str, ...] = ("never fell", "done", "still falling"),
    names: dict[str, str] | None = None,
) -> Callable[..., str]:
    """The rule for curves with a change for each mistake; ``first_end`` is the end in the first question alone."""

    def answer(losses: Any, reachable: float) -> str:
        x = np.array(losses, dtype=float)
        said = {
            "never fell": never(broken(x), bool((first_end or end)(x) > share * start(x))),
            "done": end(x) <= factor * reachable,
            "still falling": falls(x, len(x) // 2),
        }
        found = next((name for name in order if said[name]), "stuck high")
        return (names or {}).get(found, found)

    return answer


def _count(
    curvatures: Any, lr: float, shrink: float, of: Callable[[Any], float] = max, power: float = 1.0, first: int = 0
) -> int:
    """The steps until what ``of`` makes of the distances, each to a power, is small enough."""
    left, steps = [1.0 for _ in curvatures], 0
    while (of([x**power for x in left]) > shrink or steps < first) and steps < 5000:
        left, steps = [x * abs(1 - lr * c) for x, c in zip(left, curvatures, strict=True)], steps + 1
    return steps


def _best(curvatures: Any) -> float:
    return 2 / (min(curvatures) + max(curvatures))


def _walked(best: Callable[[float, float], float]) -> Callable[..., tuple[float, int]]:
    """A wrong answer from its learning rate for the smallest and the largest curvature."""
    return _walked_from(lambda c: best(min(c), max(c)))


def _walked_from(best: Callable[[Any], float]) -> Callable[..., tuple[float, int]]:
    """A wrong answer from its learning rate for all curvatures."""
    return lambda curvatures, shrink: (float(best(curvatures)), _count(curvatures, float(best(curvatures)), shrink))


def _counted(**change: Any) -> Callable[..., tuple[float, int]]:
    """A wrong count at the right learning rate."""
    return lambda curvatures, shrink: (_best(curvatures), _count(curvatures, _best(curvatures), shrink, **change))


def _descent(
    grad: Callable[[float], float],
    x: float,
    lr: float,
    steps: int,
    *,
    stop: Callable[[float, float], bool] = lambda slope, step: False,
    twice: bool = False,
    move: Callable[[float, float, float, int], float] = lambda x, step, x0, n: x - step,
) -> list[float]:
    """A descent that may end early, call grad twice, or move in another way: by (x, lr times the slope, x0, n)."""
    x0, path = x, [x]
    for n in range(steps):
        slope = grad(x)
        if stop(slope, lr * slope):
            break
        if twice:
            slope = grad(x)
        x = move(x, lr * slope, x0, n)
        path.append(x)
    return path


def _until_it_grows(grad: Callable[[float], float], x: float, lr: float, steps: int) -> list[float]:
    path = [x]
    for _ in range(steps):
        x = path[-1] - lr * grad(path[-1])
        if abs(x) > abs(path[-1]):
            break
        path.append(x)
    return path


def _one_more_call(grad: Callable[[float], float], x0: float, lr: float, steps: int) -> list[float]:
    path = _walk(grad, x0, lr, steps)
    grad(path[-1])
    return path


def _kept_before(grad: Callable[[float], float], x0: float, lr: float, steps: int) -> list[float]:
    """Each position is kept before the update, and x0 before the loop."""
    path = _walk(grad, x0, lr, steps)
    return [x0, *path[:-1]] if steps else path


def _slopes(grad: Callable[[float], float], x: float, lr: float, steps: int, *, times: float | None) -> list[float]:
    """x0 and the moves, or the slopes alone (``times`` None)."""
    found = [] if times is None else [x]
    for _ in range(steps):
        slope = grad(x)
        found.append(slope if times is None else times * lr * slope)
        x -= lr * slope
    return found


def _with_momentum(grad: Callable[[float], float], x: float, lr: float, steps: int) -> list[float]:
    path, v = [x], 0.0
    for _ in range(steps):
        v = 0.9 * v + grad(x)
        x -= lr * v
        path.append(x)
    return path


# Hints of several mistakes.
AVERAGE = (
    "You use an average (the mean or the median) of the curvatures. One steep direction is enough to run away, so the "
    "largest counts."
)
NAN_FIRST = (
    "Your search begins with the first loss, even where it is NaN or -inf (min and sorted do that, too). No loss "
    "compares "
    "as smaller than that: leave out what is not finite first, and begin with inf."
)
ZERO_IS_A_LOSS = (
    "A loss of 0 is lost in your search: in Python 0 counts as false (`if loss`, `not low`). It is finite, so it is a "
    "result: ask with np.isfinite, or `is None`."
)
TOO_LOW = "You are one too low: that is the last step outside. Return the first step with |x| < tolerance."
ENDS_EARLY = (
    "Your walk ends early where a step is short or the slope is 0. Take all `steps` steps: at the next call "
    "the slope may be another one, as on another batch."
)
START_FIRST = (
    "You don't return 0 where x0 itself is close enough. Step 0 is x0: look at it before the rate and before any "
    "update. And mind that 0 counts as false in Python: `n or None` is None."
)
ONE_ENTRY = (
    "You take one curvature by its place, the first or the last. Any direction may be the steepest: take the largest "
    "eigenvalue of the matrix."
)
LOWER_ON_THE_WHOLE = (
    "You call a curve still falling when it is lower later on, on the whole. A noisy curve may do that by chance:"
    " every loss of the second half must be lower than the one before it."
)
FIRST_HALF_TOO = (
    "You look at losses of the first half, too. Only those of the second half have to be lower than the one before."
)
LOW_START = "Your search begins with a number that a loss may exceed. Begin with inf."
A_PAIR = "You return a pair. Return the learning rate alone."


MISTAKES = {
    "gradient_descent": Help(
        labels={"positions": ("step",)},
        causes=("positions", "calls of grad"),
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
                "ends at a short step",
                ENDS_EARLY,
                lambda *a: _descent(*a, stop=lambda slope, step: abs(step) < 1e-6),
            ),
            Misconception(
                "ends at a slope of 0",
                ENDS_EARLY,
                lambda *a: _descent(*a, stop=lambda slope, step: slope == 0),
            ),
            Misconception(
                "one step too many",
                "You take one step too many: `steps` steps make steps + 1 positions, x0 among them.",
                lambda grad, x0, lr, steps: _walk(grad, x0, lr, steps + 1),
            ),
            Misconception(
                "grad called twice in a step",
                "You call grad twice in each step. Call it once and keep the slope in a variable: on another batch the "
                "second call gives another slope.",
                lambda *a: _descent(*a, twice=True),
            ),
            Misconception(
                "grad called after the last step",
                "You call grad once more than there are steps. After the last step no slope is needed: call grad at "
                "the beginning of each round.",
                _one_more_call,
            ),
            Misconception(
                "always from x0",
                "You take every step from x0. Each step starts at the position where the one before ended.",
                lambda *a: _descent(*a, move=lambda x, step, x0, n: x0 - step),
            ),
            Misconception(
                "one place late",
                "You keep each position before you move, so x0 is in your list twice and the last position is "
                "missing. Append after the update.",
                _kept_before,
            ),
            Misconception(
                "slopes returned",
                "You return the slopes. Return the positions, from x0 on.",
                lambda *a: _slopes(*a, times=None),
            ),
            Misconception(
                "moves returned",
                "You return the moves, each -lr times a slope. Add each to the position before it, and return the "
                "positions.",
                lambda *a: _slopes(*a, times=-1.0),
            ),
            Misconception(
                "slope without its sign",
                "You take the slope without its sign, so every step goes to the left. Where the slope is negative, "
                "x has to grow.",
                lambda *a: _descent(*a, move=lambda x, step, x0, n: x - abs(step)),
            ),
            Misconception(
                "slope clipped",
                "You limit the slope to 1. The rule multiplies lr by the slope as it is.",
                lambda grad, x0, lr, steps: _walk(lambda x: max(-1.0, min(1.0, grad(x))), x0, lr, steps),
            ),
            Misconception(
                "momentum",
                "You mix the slopes before into each step, which is momentum. Here a step uses the slope at its own "
                "position alone.",
                _with_momentum,
            ),
            Misconception(
                "learning rate divided by the step",
                "Your learning rate falls from step to step. Here lr stays the same.",
                lambda *a: _descent(*a, move=lambda x, step, x0, n: x - step / (n + 1)),
            ),
            Misconception(
                "times the position",
                "You multiply the position by 1 - lr times the slope. Subtract lr times the slope from it.",
                lambda *a: _descent(*a, move=lambda x, step, x0, n: x * (1 - step)),
            ),
            Misconception(
                "no position below 0",
                "Your positions stop at 0. The lowest point may be anywhere, so x may be negative.",
                lambda *a: _descent(*a, move=lambda x, step, x0, n: max(0, x - step)),
            ),
            Misconception(
                "ends where it runs away",
                "Your walk ends where |x| grows. Take all `steps` steps, also where the walk runs away.",
                _until_it_grows,
            ),
            Misconception(
                "first position is 0",
                "Your positions begin at 0. They begin at x0: put it in the first place.",
                lambda grad, x0, lr, steps: _walk(grad, 0.0, lr, steps),
            ),
            Misconception(
                "start cut",
                "You cut x0 to a whole number. Begin at x0 as it is.",
                lambda grad, x0, lr, steps: _walk(grad, float(int(x0)), lr, steps),
            ),
            Misconception(
                "slope of the next position",
                "You take the slope where the step would lead. Take the slope at the position itself: x - lr * "
                "grad(x).",
                lambda grad, x0, lr, steps: _walk(lambda x: grad(x - lr * grad(x)), x0, lr, steps),
            ),
            Misconception(
                "half steps",
                "Your steps are half as long as they should be: x - lr * grad(x), without a 2 or ½.",
                lambda grad, x0, lr, steps: _walk(grad, x0, lr / 2, steps),
            ),
            Misconception(
                "nothing for no steps",
                "For steps=0 you return nothing. The walk is x0 alone then: [x0].",
                lambda grad, x0, lr, steps: _walk(grad, x0, lr, steps) if steps else [],
            ),
            Misconception(
                "start left out, but for no steps",
                "Your positions begin after the first step. The starting point x0 belongs to them, so `steps` "
                "steps give steps + 1 positions.",
                lambda grad, x0, lr, steps: _walk(grad, x0, lr, steps)[1 if steps else 0 :],
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
                AVERAGE,
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
                "curvature itself",
                "You return the largest curvature. The limit is a learning rate: above which lr does a step in that "
                "direction end farther out than it began?",
                lambda h: float(np.linalg.eigvalsh(h)[-1]),
            ),
            Misconception(
                "a limit for each direction",
                "You return a limit for each direction. Return one number: the direction that runs away first decides.",
                lambda h: [2 / float(c) for c in np.linalg.eigvalsh(h)],
            ),
            Misconception(
                "best for both ends",
                "2 / (smallest + largest) is the best learning rate for a ravine. Up to the limit no direction runs "
                "away, and that depends on the largest curvature alone.",
                lambda h: 2 / float(np.linalg.eigvalsh(h)[0] + np.linalg.eigvalsh(h)[-1]),
            ),
            Misconception(
                "condition number",
                "You divide the largest curvature by the smallest. The limit is a learning rate, and depends on the "
                "largest alone.",
                lambda h: float(np.linalg.eigvalsh(h)[-1] / np.linalg.eigvalsh(h)[0]),
            ),
            Misconception(
                "sums of rows with their signs",
                "You take the largest sum of a row. Those are no curvatures: the curvatures of a bowl are the "
                "eigenvalues of its matrix (np.linalg.eigvalsh).",
                lambda h: 2 / float(np.sum(h, axis=1).max()),
            ),
            Misconception(
                "length of a row",
                "You take the longest row of the matrix. The curvatures of a bowl are the eigenvalues of its matrix "
                "(np.linalg.eigvalsh).",
                lambda h: 2 / float(np.linalg.norm(h, axis=1).max()),
            ),
            Misconception(
                "first on the diagonal",
                ONE_ENTRY,
                lambda h: 2 / h[0][0],
            ),
            Misconception(
                "last on the diagonal",
                ONE_ENTRY,
                lambda h: 2 / h[-1][-1],
            ),
            Misconception(
                "root of the curvature",
                "You take the root of the largest curvature. The limit is 2 divided by the curvature itself.",
                lambda h: 2 / float(np.linalg.eigvalsh(h)[-1]) ** 0.5,
            ),
            Misconception(
                "squared curvature",
                "You square the curvature (the eigenvalues of H @ H are squares). Use the eigenvalues of H itself.",
                lambda h: 2 / float(np.linalg.eigvalsh(h)[-1]) ** 2,
            ),
            Misconception(
                "middle curvature",
                AVERAGE,
                lambda h: 2 / float(np.median(np.linalg.eigvalsh(h))),
            ),
            Misconception(
                "two directions only",
                "You use a formula for two directions. The matrix may have any size: np.linalg.eigvalsh gives all its "
                "eigenvalues.",
                lambda h: 2 / float(np.linalg.eigvalsh([row[:2] for row in h[:2]])[-1]),
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
            "first step": "Count from step 0, which is x0 itself and may be close enough. Return None only where it is "
            "not, and |1 - lr·c| is 1 or more: then |x| gets no smaller.",
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
                START_FIRST,
                _late,
            ),
            Misconception(
                "refuses high rates",
                START_FIRST,
                lambda c, x0, lr, tolerance: (
                    None if abs(1 - lr * c) >= 1 else _steps(c, x0, lr, lambda x: abs(x) < tolerance)
                ),
            ),
            Misconception(
                "0 taken for none",
                START_FIRST,
                lambda c, x0, lr, tolerance: _steps(c, x0, lr, lambda x: abs(x) < tolerance) or None,
            ),
            Misconception(
                "jump taken for running away",
                "You return None where a step jumps over 0 (lr above 1/c). It lands on the other side, and nearer: "
                "only from lr = 2/c on |x| gets no smaller.",
                lambda c, x0, lr, tolerance: (
                    None if lr * c > 1 and abs(x0) >= tolerance else _steps(c, x0, lr, lambda x: abs(x) < tolerance)
                ),
            ),
            Misconception(
                "stops at a jump",
                "You stop where x is on the other side of 0. It may still be too far away there: compare |x|.",
                lambda c, x0, lr, tolerance: _steps(c, abs(x0), lr, lambda x: x < tolerance),
            ),
            Misconception(
                "share of the start",
                "You compare |x| with tolerance times |x0|. The tolerance is a distance: |x| < tolerance.",
                lambda c, x0, lr, tolerance: _steps(c, x0, lr, lambda x: abs(x) < tolerance * abs(x0)),
            ),
            Misconception(
                "length of the step",
                "You compare the length of a step, lr·c·x, with the tolerance. Compare the distance |x|.",
                lambda c, x0, lr, tolerance: _steps(c, x0, lr, lambda x: abs(lr * c * x) < tolerance),
            ),
            Misconception(
                "squared distance",
                "You compare x² with the tolerance. Compare the distance |x|.",
                lambda c, x0, lr, tolerance: _steps(c, x0, lr, lambda x: x * x < tolerance),
            ),
            Misconception(
                "learning rate not used",
                "Your steps are as long as the slope itself: multiply it by lr.",
                lambda c, x0, lr, tolerance: _steps(c, x0, 1.0, lambda x: abs(x) < tolerance),
            ),
            Misconception(
                "half the slope",
                "Your slope is c·x/2. The function is c·x²/2, and its slope is c·x.",
                lambda c, x0, lr, tolerance: _steps(c / 2, x0, lr, lambda x: abs(x) < tolerance),
            ),
            Misconception(
                "rounded to the nearest",
                "You round to the nearest step. The first step with |x| < tolerance is asked for: ⌊…⌋ + 1.",
                lambda c, x0, lr, tolerance: _by_logarithm(c, x0, lr, tolerance, round),
            ),
            Misconception(
                "start left out of the logarithm",
                "You solve |1 - lr·c|ⁿ < tolerance. The walk begins at x0, so it is |1 - lr·c|ⁿ · |x0|.",
                lambda c, x0, lr, tolerance: _by_logarithm(
                    c, x0, lr, tolerance, lambda n: math.floor(n) + 1, start=1.0
                ),
            ),
            Misconception(
                "uphill",
                "Your walk goes uphill: the step is *minus* lr times the slope.",
                lambda c, x0, lr, tolerance: _steps(-c, x0, lr, lambda x: abs(x) < tolerance),
            ),
            Misconception(
                "exponential in place of powers",
                "You count as if |x| fell by e^(-lr·c) in each step. A step multiplies it by |1 - lr·c|.",
                lambda c, x0, lr, tolerance: (
                    0
                    if abs(x0) < tolerance
                    else None
                    if lr * c >= 2
                    else math.floor(math.log(abs(x0) / tolerance) / (lr * c)) + 1
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
                TOO_LOW,
                lambda c, x0, lr, tolerance: _plus(_steps(c, x0, lr, lambda x: abs(x) < tolerance), -1),
            ),
            Misconception(
                "last step outside, at least 0",
                TOO_LOW,
                lambda c, x0, lr, tolerance: (lambda n: None if n is None else max(n - 1, 0))(
                    _steps(c, x0, lr, lambda x: abs(x) < tolerance)
                ),
            ),
            Misconception(
                "start not looked at, at any rate",
                START_FIRST,
                lambda c, x0, lr, tolerance: _plus(_steps(c, x0 - lr * c * x0, lr, lambda x: abs(x) < tolerance), 1),
            ),
            Misconception(
                "landing at 0 taken for none",
                "Where lr = 1/c the factor 1 - lr·c is 0, and the first step lands at 0. The answer is 1 there, though "
                "the logarithm of 0 is no number.",
                lambda c, x0, lr, tolerance: (
                    None if lr * c == 1 and abs(x0) >= tolerance else _steps(c, x0, lr, lambda x: abs(x) < tolerance)
                ),
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
        hint="Leave out every loss that is nan, inf or -inf, but none that is 0 or negative. Of the others take the "
        "smallest, and return the rate at its place in `lrs`.",
        categories=("best rate",),
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
                lambda lrs, losses: min(_pairs(lrs, losses, lambda s: np.isfinite(s) and (s > 0 or max(losses) <= 0)))[
                    1
                ],
            ),
            Misconception(
                "negative left out",
                "You leave out negative losses. They are finite, so they are results like the others.",
                lambda lrs, losses: min(_pairs(lrs, losses, lambda s: np.isfinite(s) and (s >= 0 or max(losses) < 0)))[
                    1
                ],
            ),
            Misconception(
                "zero left out",
                ZERO_IS_A_LOSS,
                lambda lrs, losses: min(_pairs(lrs, losses, lambda s: s != 0 and np.isfinite(s)))[1],
            ),
            Misconception(
                "zero taken for none yet",
                ZERO_IS_A_LOSS,
                _zero_is_none,
            ),
            Misconception(
                "search begins at 0",
                "Your search begins with a lowest loss of 0, so it finds negative losses only. Begin with inf.",
                lambda lrs, losses: _searched(lrs, losses, 0.0),
            ),
            Misconception(
                "search begins at 1",
                LOW_START,
                lambda lrs, losses: _searched(lrs, losses, 1.0),
            ),
            Misconception(
                "search begins at 1000",
                LOW_START,
                lambda lrs, losses: _searched(lrs, losses, 1000.0),
            ),
            Misconception(
                "search begins with the first loss",
                NAN_FIRST,
                lambda lrs, losses: _first_kept(lrs, losses, losses[0]),
            ),
            Misconception(
                "NaN in min",
                NAN_FIRST,
                lambda lrs, losses: min(zip(lrs, losses, strict=True), key=lambda pair: pair[1])[0],
            ),
            Misconception(
                "NaN in sorted",
                NAN_FIRST,
                lambda lrs, losses: sorted(zip(losses, lrs, strict=True))[0][1],
            ),
            Misconception(
                "0 for the broken",
                "You put 0 in the place of broken losses, and 0 is lower than your other losses. Leave them out, or "
                "put inf there.",
                lambda lrs, losses: _put(lrs, losses, 0.0, 0.0, 0.0),
            ),
            Misconception(
                "nan_to_num",
                "np.nan_to_num puts 0 in the place of NaN, and a very low number in the place of -inf: both win. Leave "
                "out what is not finite, or put inf there.",
                lambda lrs, losses: _put(lrs, losses, 0.0, 1e300, -1e300),
            ),
            Misconception(
                "1 for the broken",
                "You put a number in the place of broken losses, and a result may be higher than that. Leave them out, "
                "or put inf there.",
                lambda lrs, losses: _put(lrs, losses, 1.0, 1.0, 1.0),
            ),
            Misconception(
                "mean for the broken",
                "You put the mean in the place of broken losses. Where one run is left, that is its own loss. Leave "
                "them out, or put inf there.",
                lambda lrs, losses: (
                    lambda mean: lrs[int(np.argmin([s if math.isfinite(s) else mean for s in losses]))]
                )(float(np.mean([s for s in losses if math.isfinite(s)]))),
            ),
            Misconception(
                "search ends at a rise",
                "Your search ends where the loss rises for the first time. The runs come in any order: look at all.",
                lambda lrs, losses: _searched(lrs, losses, None, rise=True),
            ),
            Misconception(
                "pair returned",
                A_PAIR,
                lambda lrs, losses: list(min(_pairs(lrs, losses))),
            ),
            Misconception(
                "pair returned, rate first",
                A_PAIR,
                lambda lrs, losses: list(min(_pairs(lrs, losses)))[::-1],
            ),
            Misconception(
                "second lowest loss",
                "You return the rate with the second lowest loss. Return the one with the lowest.",
                lambda lrs, losses: sorted(_pairs(lrs, losses))[:2][-1][1],
            ),
            Misconception(
                "losses cut to whole numbers",
                "You cut the losses to whole numbers, so many of them seem equal. Compare the losses as they are.",
                lambda lrs, losses: min(_pairs(lrs, [int(x) if math.isfinite(x) else x for x in losses]))[1],
            ),
            Misconception(
                "losses cut to whole numbers, the first of the lowest",
                "You cut the losses to whole numbers, so many of them seem equal. Compare the losses as they are.",
                lambda lrs, losses: min(
                    _pairs(lrs, [int(x) if math.isfinite(x) else x for x in losses]), key=lambda pair: pair[0]
                )[1],
            ),
            Misconception(
                "a tenth",
                "You return a tenth of the best rate, as with a learning-rate finder. Here the best one is asked for.",
                lambda lrs, losses: min(_pairs(lrs, losses))[1] / 10,
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
        hint="Take the first wrong row and work out its numbers: is a loss nan or inf, the mean of the last quarter, "
        "95 % of the first loss, twice the reachable loss. Then ask the four questions in their order.",
        categories=("diagnosis",),
        problem_hints={
            "should_return": 'one of the texts "never fell", "done", "still falling" and "stuck high"',
            "changed": "Work on a copy, for instance np.array(losses).",
        },
        misconceptions=(
            Misconception(
                "broken runs not seen",
                "A curve with inf or nan in it counts as never fell. Comparisons with nan are always false, so "
                "ask for np.isfinite first.",
                _diagnosis(broken=lambda x: False),
            ),
            Misconception(
                "inf not seen",
                "You look for nan alone. A curve with inf in it counts as never fell, too: np.isfinite is false "
                "for both.",
                _diagnosis(broken=lambda x: bool(np.isnan(x).any())),
            ),
            Misconception(
                "nan not seen",
                "You look for inf alone. A curve with nan in it counts as never fell, too: np.isfinite is false "
                "for both.",
                _diagnosis(broken=lambda x: bool(np.isinf(x).any())),
            ),
            Misconception(
                "broken at the last loss",
                "You look for nan and inf at the end of the curve only. *Any* loss that is nan or inf makes it "
                '"never fell".',
                _diagnosis(broken=lambda x: not np.isfinite(x[-1])),
            ),
            Misconception(
                "broken in the last quarter",
                "You look for nan and inf at the end of the curve only. *Any* loss that is nan or inf makes it "
                '"never fell".',
                _diagnosis(broken=lambda x: not np.isfinite(_last_quarter(x)).all()),
            ),
            Misconception(
                "both asked for",
                'You say "never fell" only where a loss is nan or inf *and* the end is high. One of the two is '
                "enough: `or`.",
                _diagnosis(never=lambda broken, high: broken and high),
            ),
            Misconception(
                "nanmean",
                "np.nanmean leaves nan out, and the curve looks fine. A curve with nan or inf in it counts as "
                "never fell: ask for np.isfinite first.",
                _diagnosis(broken=lambda x: False, end=lambda x: np.nanmean(_last_quarter(x))),
            ),
            Misconception(
                "done asked first",
                'You ask the first question later. A curve that did not fall is "never fell", even where its loss'
                ' is low enough to be "done": keep the order of the questions.',
                _diagnosis(order=("done", "never fell", "still falling")),
            ),
            Misconception(
                "never fell asked last",
                'You ask the first question last. Keep the order of the questions: "never fell" comes before '
                '"done" and "still falling".',
                _diagnosis(order=("done", "still falling", "never fell")),
            ),
            Misconception(
                "last loss instead of the last quarter",
                "You look at the last loss alone, which may be high or low by chance. Use the mean of the last "
                "quarter.",
                _diagnosis(end=lambda x: x[-1]),
            ),
            Misconception(
                "last loss in the first question",
                "In the first question you look at the last loss alone. Use the mean of the last quarter there, too.",
                _diagnosis(first_end=lambda x: x[-1]),
            ),
            Misconception(
                "last loss in the second question",
                "In the second question you look at the last loss alone. Use the mean of the last quarter there, too.",
                _diagnosis(end=lambda x: x[-1], first_end=lambda x: np.mean(_last_quarter(x))),
            ),
            Misconception(
                "lowest of the last quarter",
                "You take the lowest loss of the last quarter, which may be low by chance. Take its mean.",
                _diagnosis(end=lambda x: _last_quarter(x).min()),
            ),
            Misconception(
                "lowest of all",
                "You take the lowest loss of the curve, which may be low by chance. Take the mean of the last quarter.",
                _diagnosis(end=lambda x: x.min()),
            ),
            Misconception(
                "all losses high",
                'You say "never fell" only where every loss is above 95 % of the first. The mean of the last '
                "quarter decides.",
                _diagnosis(first_end=lambda x: x[1:].min()),
            ),
            Misconception(
                "median",
                "You take the median of the last quarter. Take its mean.",
                _diagnosis(end=lambda x: np.median(_last_quarter(x))),
            ),
            Misconception(
                "last third",
                "You take the mean of the last third. Take that of the last *quarter*: of twelve losses it has three.",
                _diagnosis(end=lambda x: np.mean(x[-(len(x) // 3) :])),
            ),
            Misconception(
                "difference for the share",
                "You ask whether the loss fell by less than 0.05. It has to fall by 5 % of the *first loss*: compare "
                "with "
                "0.95 * losses[0].",
                _diagnosis(share=0.0, first_end=lambda x: 0.05 - (x[0] - np.mean(_last_quarter(x)))),
            ),
            Misconception(
                "last four losses",
                "You take the last four losses. Take the last quarter: of twelve losses it has three, of twenty "
                "it has five.",
                _diagnosis(end=lambda x: np.mean(x[-4:])),
            ),
            Misconception(
                "mean of the second half",
                "You take the mean of the second half. Take that of the last quarter.",
                _diagnosis(end=lambda x: np.mean(x[len(x) // 2 :])),
            ),
            Misconception(
                "mean of all losses",
                "You take the mean of all losses. Take that of the last quarter.",
                _diagnosis(end=np.mean),
            ),
            Misconception(
                "highest loss for the first",
                "You compare the end with the highest loss. Compare it with the first one.",
                _diagnosis(start=np.max),
            ),
            Misconception(
                "first quarter for the first loss",
                "You compare the end with the mean of the first quarter. Compare it with the first loss.",
                _diagnosis(start=lambda x: np.mean(x[: len(x) // 4])),
            ),
            Misconception(
                "95 percent itself",
                'You say "never fell" at exactly 95 % of the first loss, too. It has to be more than 95 %: `>`.',
                _diagnosis(share=0.95 - 1e-9),
            ),
            Misconception(
                "five percent not asked for",
                "A curve whose end is less than 5 percent below its start counts as never fell.",
                _diagnosis(share=1.0),
            ),
            Misconception(
                "five percent above",
                "You ask for an end of 105 % of the first loss. More than 95 % of it already counts as never fell.",
                _diagnosis(share=1.05),
            ),
            Misconception(
                "never fell only if broken",
                "You call a curve never fell only where it has nan or inf. One whose last quarter is still above "
                "95 % of the first loss counts as never fell, too.",
                _diagnosis(share=math.inf),
            ),
            Misconception(
                "still falling before done",
                "You ask whether the curve is still falling before you ask whether it is done. A curve that is "
                "low enough is done, even if it goes on falling a little.",
                _diagnosis(order=("never fell", "still falling", "done")),
            ),
            Misconception(
                "no factor 2",
                "You ask for the reachable loss itself. Up to twice the reachable loss counts as done.",
                _diagnosis(factor=1.0),
            ),
            Misconception(
                "half the reachable",
                "Your factor 2 is on the wrong side: you ask for half the reachable loss. Up to twice the "
                "reachable loss counts as done.",
                _diagnosis(factor=0.5),
            ),
            Misconception(
                "twice itself left out",
                'An end of exactly twice the reachable loss is "done": at most twice, `<=`.',
                _diagnosis(factor=2 - 1e-9),
            ),
            Misconception(
                "compared with the first and last only",
                LOWER_ON_THE_WHOLE,
                _diagnosis(falls=lambda x, half: bool(x[-1] < x[half])),
            ),
            Misconception(
                "mean of the halves",
                LOWER_ON_THE_WHOLE,
                _diagnosis(falls=lambda x, half: bool(x[half:].mean() < x[:half].mean())),
            ),
            Misconception(
                "line through the second half",
                LOWER_ON_THE_WHOLE,
                _diagnosis(falls=lambda x, half: bool(np.polyfit(range(half), x[half:], 1)[0] < 0)),
            ),
            Misconception(
                "most falls are enough",
                "You call a curve still falling where most losses of the second half are lower than the one before. "
                "*Every* one has to be.",
                _diagnosis(falls=lambda x, half: bool((np.diff(x[half - 1 :]) < 0).mean() > 0.8)),
            ),
            Misconception(
                "one fall is enough",
                "You call a curve still falling where *one* loss of the second half is lower than the one before."
                " *Every* one has to be: all, not any.",
                _diagnosis(falls=lambda x, half: bool((np.diff(x[half - 1 :]) < 0).any())),
            ),
            Misconception(
                "first loss of the second half left out",
                "You don't look at the first loss of the second half. It has to be lower than the last loss of "
                "the first half.",
                _diagnosis(falls=lambda x, half: _steady(x, half + 1)),
            ),
            Misconception(
                "one loss too early",
                FIRST_HALF_TOO,
                _diagnosis(falls=lambda x, half: _steady(x, half - 1)),
            ),
            Misconception(
                "whole curve",
                FIRST_HALF_TOO,
                _diagnosis(falls=lambda x, half: _steady(x, 1)),
            ),
            Misconception(
                "last quarter falls",
                "You look at the last quarter alone. Every loss of the second *half* has to be lower than the one"
                " before.",
                _diagnosis(falls=lambda x, half: _steady(x, len(x) * 3 // 4)),
            ),
            Misconception(
                "equal counts as lower",
                "Two equal losses in a row are not falling: each has to be lower than the one before, `<`.",
                _diagnosis(falls=lambda x, half: bool((np.diff(x[half - 1 :]) <= 0).all())),
            ),
            Misconception(
                "still falling means too low",
                'The texts are "never fell", "done", "still falling" and "stuck high". A single curve can\'t tell '
                'whether the learning rate is too low or the budget too short, so there is no "too low".',
                _diagnosis(names={"still falling": "too low", "stuck high": "too high"}),
            ),
            Misconception(
                "capital letters",
                'The texts have no capital letters: "never fell", "done", "still falling" and "stuck high".',
                _diagnosis(
                    names={
                        "never fell": "Never fell",
                        "done": "Done",
                        "still falling": "Still falling",
                        "stuck high": "Stuck high",
                    }
                ),
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
            "learning rate": "Your learning rate isn't the best one. Only the smallest and the largest curvature "
            "decide: at the best one, 1 - lr·c of the flattest direction equals lr·c - 1 of the steepest.",
        },
        causes=("learning rate", "steps"),
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
                _walked_from(lambda c: 1 / np.mean(c)),
            ),
            Misconception(
                "median curvature",
                "You take the curvature in the middle (the median). Only the smallest and the largest decide.",
                _walked_from(lambda c: 1 / np.median(c)),
            ),
            Misconception(
                "sum of all curvatures",
                "You take the sum of all curvatures. Only the smallest and the largest decide: those between them "
                "shrink faster than both.",
                _walked_from(lambda c: 2 / sum(c)),
            ),
            Misconception(
                "1 in place of 2",
                "Your learning rate is half of the best one: 1 - lr·c = lr·c' - 1 gives a 2 above the sum of the two.",
                _walked(lambda low, high: 1 / (low + high)),
            ),
            Misconception(
                "mean of the two rates",
                "You take the mean of 1/c of the flattest and of the steepest direction. Set their two factors equal "
                "instead: 1 - lr·c for the flattest, lr·c - 1 for the steepest.",
                _walked(lambda low, high: (1 / low + 1 / high) / 2),
            ),
            Misconception(
                "fastest direction",
                "You stop when the *fastest* direction has shrunk enough. Every direction has to: the slowest decides.",
                _counted(of=min, first=1),
            ),
            Misconception(
                "mean of the directions",
                "You take the mean over the directions. Every direction has to shrink enough: the slowest decides.",
                _counted(of=lambda left: sum(left) / len(left)),
            ),
            Misconception(
                "sum of the directions",
                "You add up the directions. Each by itself has to shrink enough: the slowest decides.",
                _counted(of=sum),
            ),
            Misconception(
                "length of the vector",
                "You take the length of the vector (the root of the sum of squares), which grows with the number of "
                "directions. Each by itself has to shrink enough: the slowest decides.",
                _counted(of=lambda left: sum(x * x for x in left) ** 0.5),
            ),
            Misconception(
                "loss instead of distance",
                "You square the distances, as in the loss. The distance itself has to shrink to `shrink`.",
                _counted(power=2.0, first=1),
            ),
            Misconception(
                "no step",
                "Where all curvatures are equal you count 0 steps. One step is needed to get there: at least 1.",
                lambda c, shrink: (_best(c), _count(c, _best(c), shrink) if max(c) > min(c) else 0),
            ),
            Misconception(
                "one step too many",
                "Your number of steps is one too high: the slowest direction is close enough one step earlier.",
                lambda c, shrink: (_best(c), _count(c, _best(c), shrink) + 1),
            ),
            Misconception(
                "rounded down, not below 1",
                "You round the number of steps down, and there the slowest direction is still too far away. Round up.",
                lambda c, shrink: (
                    _best(c),
                    max(1, math.floor(math.log(shrink) / math.log((max(c) - min(c)) / (max(c) + min(c))) + 1e-9))
                    if max(c) > min(c)
                    else 1,
                ),
            ),
            Misconception(
                "1 - shrink",
                "You stop when a direction has lost `shrink` of its start. `shrink` is what is left.",
                lambda c, shrink: (_best(c), _count(c, _best(c), 1 - shrink)),
            ),
            Misconception(
                "roots of the curvatures",
                "Your factor is (√κ - 1) / (√κ + 1), that of gradient descent with the best momentum. Here it is "
                "|1 - lr·c| of the slowest direction.",
                lambda c, shrink: (_best(c), _count([x**0.5 for x in c], _best([x**0.5 for x in c]), shrink)),
            ),
            Misconception(
                "geometric mean",
                "You take one over the geometric mean of the two curvatures. Set the two factors equal instead: "
                "1 - lr·c for the flattest, lr·c - 1 for the steepest.",
                _walked(lambda low, high: 1 / (low * high) ** 0.5),
            ),
            Misconception(
                "the same amount at each step",
                "You take the same amount off the distance at each step. Each step *multiplies* it by 1 - lr · c.",
                lambda c, shrink: (_best(c), math.ceil((1 - shrink) / (_best(c) * min(c)) - 1e-9)),
            ),
            Misconception(
                "one step short",
                "Your number of steps is one too low: at that step the slowest direction is still too far away.",
                lambda c, shrink: (_best(c), _count(c, _best(c), shrink) - 1),
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
