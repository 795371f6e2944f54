"""Unit "learning rate"."""

import itertools
import math
import sys
import warnings

import numpy as np
import torch

from lrlab.units import Corpus

corpus = Corpus()
right, wrong = corpus.right, corpus.wrong


@right("gradient_descent")
def with_an_array(grad, x0, lr, steps):
    x = np.empty(steps + 1)
    x[0] = x0
    for n in range(steps):
        x[n + 1] = x[n] - lr * grad(x[n])
    return x


@right("gradient_descent")
def recursive(grad, x0, lr, steps):
    if steps == 0:
        return (x0,)
    return (x0, *recursive(grad, x0 - grad(x0) * lr, lr, steps - 1))


@right("gradient_descent")
def accumulated(grad, x0, lr, steps):
    return list(itertools.accumulate(range(steps), lambda x, _: x - lr * grad(x), initial=x0))


@right("gradient_descent")
def with_tensors_and_noise(grad, x0, lr, steps):
    x = torch.tensor(x0, dtype=torch.float64)
    path = [x]
    warnings.warn("this warns, prints and is right", stacklevel=1)
    for n in range(steps):
        print("step", n, x, file=sys.stderr)
        x = x - lr * grad(x)
        path.append(x)
    return path


@right("gradient_descent")
def in_single_precision(grad, x0, lr, steps):
    path = [torch.tensor(x0)]
    for _ in range(steps):
        path.append(path[-1] - lr * grad(path[-1]))
    return torch.stack(path)


@wrong("gradient_descent", "uphill")
def plus(grad, x0, lr, steps):
    x = [x0]
    for _ in range(steps):
        x.append(x[-1] + lr * grad(x[-1]))
    return x


@wrong("gradient_descent", "start left out")
def without_start(grad, x0, lr, steps):
    path = []
    for _ in range(steps):
        x0 = x0 - lr * grad(x0)
        path.append(x0)
    return path


@wrong("gradient_descent", "one step short")
def appends_before_the_step(grad, x0, lr, steps):
    path, x = [], x0
    for _ in range(max(steps, 1)):
        path.append(x)
        if len(path) < steps:
            x = x - lr * grad(x)
    return path


@wrong("gradient_descent", "grad called after the last step")
def one_call_too_many(grad, x0, lr, steps):
    path, x = [], x0
    for _ in range(steps + 1):
        path.append(x)
        x = x - lr * grad(x)
    return path


@wrong("gradient_descent", "slope of the start")
def slope_once(grad, x0, lr, steps):
    slope = grad(x0)
    return [x0 - n * lr * slope for n in range(steps + 1)]


@wrong("gradient_descent", "last position only")
def the_last(grad, x0, lr, steps):
    for _ in range(steps):
        x0 -= lr * grad(x0)
    return x0


@wrong("gradient_descent", "calls torch.optim")
def by_torch(grad, x0, lr, steps):
    x = torch.tensor(x0, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([x], lr=lr)
    path = [x.item()]
    for _ in range(steps):
        x.grad = torch.as_tensor(grad(x.detach()), dtype=torch.float64)
        optimizer.step()
        path.append(x.item())
    return path


@wrong("gradient_descent", "returns nothing (None)")
def prints_only(grad, x0, lr, steps):
    for _ in range(steps):
        x0 = x0 - lr * grad(x0)
        print(x0)


@right("stability_limit")
def two_over_the_largest(hessian):
    return 2 / np.linalg.eigvalsh(hessian)[-1]


@right("stability_limit")
def by_power_iteration(hessian):
    hessian = np.array(hessian, dtype=float)
    x = np.arange(1.0, len(hessian) + 1)
    for _ in range(2000):
        x = hessian @ x
        x = x / np.linalg.norm(x)
    return 2.0 / (x @ hessian @ x)


@right("stability_limit")
def with_torch(hessian):
    return 2.0 / torch.linalg.eigvalsh(torch.tensor(hessian, dtype=torch.float64)).max()


@right("stability_limit")
def by_spectral_norm(hessian):
    return 2 / np.linalg.norm(np.asarray(hessian), ord=2)


@right("stability_limit")
def by_trying_steps(hessian):
    hessian, low, high = np.array(hessian), 0.0, 2 / np.max(np.diag(hessian)) + 1e-9
    for _ in range(80):
        middle = (low + high) / 2
        factors = np.linalg.eigvals(np.eye(len(hessian)) - middle * hessian)
        low, high = (middle, high) if np.abs(factors).max() < 1 else (low, middle)
    return low


@wrong("stability_limit", "diagonal only")
def from_the_diagonal(hessian):
    return 2 / max(np.diag(hessian))


@wrong("stability_limit", "flattest direction")
def smallest_eigenvalue(hessian):
    return 2 / np.linalg.eigvalsh(hessian).min()


@wrong("stability_limit", "best instead of limit")
def one_over_the_largest(hessian):
    return 1 / np.linalg.eigvalsh(hessian).max()


@wrong("stability_limit", "upside down")
def half_the_curvature(hessian):
    return np.linalg.eigvalsh(hessian).max() / 2


@wrong("stability_limit", "average curvature")
def mean_of_all(hessian):
    return 2 / np.mean(np.linalg.eigvalsh(hessian))


@wrong("stability_limit", "diagonal only")
def entry(hessian):
    return 2 / np.max(hessian)


@wrong("stability_limit", "returned a text")
def as_text(hessian):
    return str(2 / np.linalg.eigvalsh(hessian).max())


@wrong("stability_limit", "returns nothing (None)")
def printed(hessian):
    print(2 / np.linalg.eigvalsh(hessian).max())


@right("steps_to_reach")
def closed_form(curvature, x0, lr, tolerance):
    if abs(x0) < tolerance:
        return 0
    factor = abs(1 - lr * curvature)
    if factor >= 1:
        return None
    if factor == 0:
        return 1
    return math.floor(math.log(tolerance / abs(x0)) / math.log(factor)) + 1


@right("steps_to_reach")
def patient_loop(curvature, x0, lr, tolerance):
    x = x0
    for step in range(10_001):
        if abs(x) < tolerance:
            return step
        x = x - lr * curvature * x
    return None


@right("steps_to_reach")
def until_it_grows(curvature, x0, lr, tolerance):
    step = 0
    while not -tolerance < x0 < tolerance:
        following = x0 - lr * (curvature * x0)
        if abs(following) >= abs(x0):
            return None
        x0, step = following, step + 1
    return np.int64(step)


@right("steps_to_reach")
def whole_walk_at_once(curvature, x0, lr, tolerance):
    distances = abs(x0) * np.abs(1 - lr * curvature) ** np.arange(5000.0)
    near = np.flatnonzero(distances < tolerance)
    return float(near[0]) if len(near) else None


@wrong("steps_to_reach", "not strict")
def less_or_equal(curvature, x0, lr, tolerance):
    for step in range(5000):
        if abs(x0) <= tolerance:
            return step
        x0 = x0 - lr * curvature * x0
    return None


@wrong("steps_to_reach", "counts from 1")
def one_too_many(curvature, x0, lr, tolerance):
    for step in range(5000):
        if abs(x0) < tolerance:
            return step + 1
        x0 -= lr * curvature * x0
    return None


@wrong("steps_to_reach", "no absolute value")
def signed(curvature, x0, lr, tolerance):
    for step in range(5000):
        if x0 < tolerance:
            return step
        x0 -= lr * curvature * x0
    return None


@wrong("steps_to_reach", "did not finish in time")
def endless(curvature, x0, lr, tolerance):
    step = 0
    while abs(x0) >= tolerance:
        x0 -= lr * curvature * x0
        step += 1
    return step


@wrong("steps_to_reach", "Return None only where")
def minus_one(curvature, x0, lr, tolerance):
    for step in range(5000):
        if abs(x0) < tolerance:
            return step
        x0 -= lr * curvature * x0
    return -1


@wrong("steps_to_reach", "Return None only where it is not")
def refuses_high_rates(curvature, x0, lr, tolerance):
    if lr >= 2 / curvature:
        return None
    step = 0
    while abs(x0) >= tolerance:
        x0, step = (1 - lr * curvature) * x0, step + 1
    return step


@wrong("steps_to_reach", "None where")
def impatient(curvature, x0, lr, tolerance):
    for step in range(100):
        if abs(x0) < tolerance:
            return step
        x0 -= lr * curvature * x0
    return None


@right("best_lr")
def filtered_pairs(lrs, losses):
    return min((loss, lr) for lr, loss in zip(lrs, losses, strict=True) if math.isfinite(loss))[1]


@right("best_lr")
def masked(lrs, losses):
    finite = np.isfinite(losses)
    return np.asarray(lrs)[finite][np.argmin(np.asarray(losses)[finite])]


@right("best_lr")
def torch_mask(lrs, losses):
    lrs, losses = torch.tensor(lrs), torch.tensor(losses)
    losses[~losses.isfinite()] = 1e30
    return lrs[losses.argmin()]


@right("best_lr")
def for_lists(lrs, losses):
    finite = [loss for loss in losses if abs(loss) < math.inf]
    return lrs[losses.index(min(finite))]


@right("best_lr")
def for_arrays(lrs, losses):
    order = losses.argsort()
    ranked = losses[order]
    return float(lrs[order][np.isfinite(ranked)][0])


@wrong("best_lr", "NaN wins")
def argmin(lrs, losses):
    return lrs[np.argmin(losses)]


@wrong("best_lr", "minus infinity wins")
def nanargmin(lrs, losses):
    return lrs[np.nanargmin(losses)]


@wrong("best_lr", "position returned")
def index(lrs, losses):
    return np.argmin(np.where(np.isfinite(losses), losses, np.inf))


@wrong("best_lr", "loss returned")
def smallest_loss(lrs, losses):
    return min(loss for loss in losses if math.isfinite(loss))


@wrong("best_lr", "positions after the filter")
def shifted(lrs, losses):
    return lrs[np.argmin(losses[np.isfinite(losses)])]


@wrong("best_lr", "changes losses")
def in_place(lrs, losses):
    losses[~np.isfinite(losses)] = np.inf
    return lrs[np.argmin(losses)]


@right("diagnose")
def four_questions(losses, reachable):
    losses = np.array(losses, dtype=float)
    end = losses[-len(losses) // 4 :].mean()
    if not np.isfinite(losses).all() or end > 0.95 * losses[0]:
        return "never fell"
    if end <= 2 * reachable:
        return "done"
    half = len(losses) // 2
    return "still falling" if (np.diff(losses[half - 1 :]) < 0).all() else "stuck high"


@right("diagnose")
def plain_loops(losses, reachable):
    for loss in losses:
        if math.isnan(loss) or math.isinf(loss):
            return "never fell"
    quarter = list(losses)[len(losses) * 3 // 4 :]
    end = sum(quarter) / len(quarter)
    if end > losses[0] - losses[0] * 5 / 100:
        return "never fell"
    if end / reachable <= 2:
        return "done"
    for k in range(len(losses) // 2, len(losses)):
        if losses[k] >= losses[k - 1]:
            return "stuck high"
    return "still falling"


@right("diagnose")
def with_tensors(losses, reachable):
    losses = torch.tensor(np.array(losses))
    *_, end = losses.reshape(4, -1).mean(1).tolist()
    later = losses[len(losses) // 2 :]
    if not torch.isfinite(losses).all() or end > 0.95 * losses[0]:
        return "never fell"
    before = losses[len(losses) // 2 - 1 : -1]
    steady = bool((later < before).all())
    return {True: "done", False: "still falling" if steady else "stuck high"}[end <= 2 * reachable]


@right("diagnose")
def table_of_answers(losses, reachable):
    x = np.asarray(losses)
    quarter, half = x.size // 4, x.size // 2
    asked = {
        "never fell": not np.all(np.isfinite(x)) or np.mean(x[-quarter:]) > 0.95 * x[0],
        "done": np.mean(x[-quarter:]) <= 2 * reachable,
        "still falling": all(x[k + 1] < x[k] for k in range(half - 1, x.size - 1)),
        "stuck high": True,
    }
    return next(name for name, yes in asked.items() if yes)


@wrong("diagnose", "broken runs not seen")
def no_look_at_nan(losses, reachable):
    end = np.mean(losses[-len(losses) // 4 :])
    if end > 0.95 * losses[0]:
        return "never fell"
    if end <= 2 * reachable:
        return "done"
    return "still falling" if all(np.diff(losses[len(losses) // 2 - 1 :]) < 0) else "stuck high"


@wrong("diagnose", "last loss instead of the last quarter")
def the_last_one(losses, reachable):
    if not np.isfinite(losses).all() or losses[-1] > 0.95 * losses[0]:
        return "never fell"
    if losses[-1] <= 2 * reachable:
        return "done"
    return "still falling" if all(np.diff(losses[len(losses) // 2 - 1 :]) < 0) else "stuck high"


@wrong("diagnose", "still falling before done")
def falling_first(losses, reachable):
    end = np.mean(losses[-len(losses) // 4 :])
    if not np.isfinite(losses).all() or end > 0.95 * losses[0]:
        return "never fell"
    if all(np.diff(losses[len(losses) // 2 - 1 :]) < 0):
        return "still falling"
    return "done" if end <= 2 * reachable else "stuck high"


@wrong("diagnose", "compared with the first and last only")
def ends_lower(losses, reachable):
    end = np.mean(losses[-len(losses) // 4 :])
    if not np.isfinite(losses).all() or end > 0.95 * losses[0]:
        return "never fell"
    if end <= 2 * reachable:
        return "done"
    return "still falling" if losses[-1] < losses[len(losses) // 2] else "stuck high"


@wrong("diagnose", "no factor 2")
def at_the_reachable(losses, reachable):
    end = np.mean(losses[-len(losses) // 4 :])
    if not np.isfinite(losses).all() or end > 0.95 * losses[0]:
        return "never fell"
    if end <= reachable:
        return "done"
    return "still falling" if all(np.diff(losses[len(losses) // 2 - 1 :]) < 0) else "stuck high"


@wrong("diagnose", "returned an object of type dict; it should return one of the texts")
def an_empty_dictionary(losses, reachable):
    return {}


@wrong("diagnose", "returns nothing (None)")
def no_return(losses, reachable):
    print("stuck high")


@right("fewest_steps")
def two_over_the_sum(curvatures, shrink):
    low, high = min(curvatures), max(curvatures)
    factor = (high - low) / (high + low)
    steps = 1 if factor == 0 else math.ceil(math.log(shrink) / math.log(factor))
    return 2 / (low + high), steps


@right("fewest_steps")
def counted(curvatures, shrink):
    lr = 2 / (np.min(curvatures) + np.max(curvatures))
    left, steps = np.ones(len(curvatures)), 0
    while left.max() > shrink:
        left = left * np.abs(1 - lr * np.asarray(curvatures))
        steps += 1
    return lr, steps


@right("fewest_steps")
def as_a_list(curvatures, shrink):
    c = sorted(float(x) for x in curvatures)
    lr, n, left = 2.0 / (c[0] + c[-1]), 0, 1.0
    while left > shrink:
        n, left = n + 1, left * abs(1 - lr * c[0])
    return [lr, n]


@right("fewest_steps")
def with_numpy_integers(curvatures, shrink):
    c = np.array(curvatures)
    lr = 2 / (c.min() + c.max())
    worst = np.abs(1 - lr * c).max()
    return np.float64(lr), np.int64(1) if worst < 1e-15 else np.ceil(np.log(shrink) / np.log(worst))


@wrong("fewest_steps", "best for the steepest direction")
def steepest(curvatures, shrink):
    lr = 1 / max(curvatures)
    left, steps = 1.0, 0
    while left > shrink:
        left, steps = left * max(abs(1 - lr * c) for c in curvatures), steps + 1
    return lr, steps


@wrong("fewest_steps", "mean curvature")
def of_the_mean(curvatures, shrink):
    lr = 1 / np.mean(curvatures)
    factor = max(abs(1 - lr * c) for c in curvatures)
    steps, left = 0, 1.0
    while left > shrink and steps < 5000:
        left, steps = left * factor, steps + 1
    return lr, steps


@wrong("fewest_steps", "one step short")
def rounded_down(curvatures, shrink):
    lr, steps = two_over_the_sum(curvatures, shrink)
    return lr, steps - 1


@wrong("fewest_steps", "not rounded up")
def a_fraction(curvatures, shrink):
    low, high = min(curvatures), max(curvatures)
    factor = (high - low) / (high + low)
    return 2 / (low + high), math.log(shrink) / math.log(factor) if factor else 1


@wrong("fewest_steps", "should return a pair")
def rate_alone(curvatures, shrink):
    return 2 / (min(curvatures) + max(curvatures))


@wrong("fewest_steps", "geometric mean")
def root(curvatures, shrink):
    lr = 1 / math.sqrt(min(curvatures) * max(curvatures))
    left, steps = 1.0, 0
    while left > shrink and steps < 5000:
        left, steps = left * max(abs(1 - lr * c) for c in curvatures), steps + 1
    return lr, steps


@right("steps_to_reach")
def a_million_rounds(curvature, x0, lr, tolerance):
    x = x0
    for step in range(1_000_000):
        if abs(x) < tolerance:
            return step
        x = x - lr * curvature * x
    return None


@wrong("steps_to_reach", "ValueError")
def logarithm_of_zero(curvature, x0, lr, tolerance):
    if abs(x0) < tolerance:
        return 0
    q = abs(1 - lr * curvature)
    if q >= 1:
        return None
    return math.floor(math.log(tolerance / abs(x0)) / math.log(q)) + 1


@wrong("gradient_descent", "return inside the loop")  # noqa: RET503 (that is the mistake)
def returns_in_the_loop(grad, x0, lr, steps):
    xs = [x0]
    if steps == 0:
        return xs
    for _ in range(steps):
        xs.append(xs[-1] - lr * grad(xs[-1]))
        return xs


@wrong("gradient_descent", "whole numbers")
def filled_with_the_start(grad, x0, lr, steps):
    xs = np.full(steps + 1, x0)
    for k in range(steps):
        xs[k + 1] = xs[k] - lr * grad(xs[k])
    return xs


@wrong("best_lr", "zero and below left out")
def positive_losses_alone(lrs, losses):
    return min((x, r) for r, x in zip(lrs, losses, strict=True) if x and 0 < x < np.inf)[1]


# Mutants of the solutions that compute the same as the solution on all that the prompt allows, with the reason.


@wrong("gradient_descent", "sign of the slope")
def sign_only(grad, x0, lr, steps):
    xs = [x0]
    for _n in range(steps):
        xs.append(xs[-1] - lr * np.sign(grad(xs[-1])))
    return xs


@wrong("stability_limit", "sums of rows")
def row_sums(hessian):
    return 2 / np.abs(np.array(hessian)).sum(axis=1).max()


@wrong("stability_limit", "Frobenius norm")
def frobenius(hessian):
    return 2 / np.linalg.norm(hessian)


@wrong("steps_to_reach", "start not looked at")
def start_skipped(curvature, x0, lr, tolerance):
    if lr >= 2 / curvature:
        return None
    x, n = x0, 0
    while True:
        x = x - lr * curvature * x
        n += 1
        if abs(x) < tolerance:
            return n


@wrong("steps_to_reach", "loop too short")
def hundred_steps(curvature, x0, lr, tolerance):
    x = x0
    for n in range(100):
        if abs(x) < tolerance:
            return n
        x = x - lr * curvature * x
    return None


@wrong("best_lr", "smallest rate that lives")
def smallest_rate(lrs, losses):
    return min(lr for lr, loss in zip(lrs, losses, strict=False) if np.isfinite(loss))


@wrong("best_lr", "closest to 0")
def closest_to_0(lrs, losses):
    best = None
    for lr, loss in zip(lrs, losses, strict=False):
        if np.isfinite(loss) and (best is None or abs(loss) < abs(best[1])):
            best = (lr, loss)
    return best[0]


@wrong("diagnose", "never fell only if broken")
def broken_only(losses, reachable):
    losses = np.array(losses)
    end = losses[-len(losses) // 4 :].mean()
    if not np.isfinite(losses).all():
        return "never fell"
    if end <= 2 * reachable:
        return "done"
    if (np.diff(losses)[len(losses) // 2 - 1 :] < 0).all():
        return "still falling"
    return "stuck high"


@wrong("fewest_steps", "strictly below")
def strictly_below(curvatures, shrink):
    lr = 2 / (min(curvatures) + max(curvatures))
    q = max(abs(1 - lr * c) for c in curvatures)
    n = 1
    while q**n >= shrink:
        n += 1
    return lr, n


@wrong("fewest_steps", "rounded to the nearest")
def nearest_count(curvatures, shrink):
    lr = 2 / (min(curvatures) + max(curvatures))
    q = max(abs(1 - lr * c) for c in curvatures)
    if q == 0:
        return lr, 1
    return lr, round(np.log(shrink) / np.log(q))


@right("stability_limit")
def spectral_norm(hessian):
    return 2.0 / np.linalg.norm(np.asarray(hessian, dtype=float), ord=2)


@right("steps_to_reach")
def stops_when_it_grows(curvature, x0, lr, tolerance):
    x, n = x0, 0
    while abs(x) >= tolerance:
        new = x - lr * curvature * x
        if abs(new) >= abs(x):
            return None
        x, n = new, n + 1
    return n


@right("best_lr")
def table_of_losses(lrs, losses):
    table = {lr: loss for lr, loss in zip(lrs, losses, strict=False) if math.isfinite(loss)}
    return min(table, key=table.get)


@right("diagnose")
def questions_in_a_list(losses, reachable):
    losses = np.array(losses)
    q, h = len(losses) // 4, len(losses) // 2
    tail = losses[-q:].mean()
    answers = [
        (not np.all(np.isfinite(losses)) or tail > 0.95 * losses[0], "never fell"),
        (tail <= 2 * reachable, "done"),
        (all(a > b for a, b in zip(losses[h - 1 :], losses[h:], strict=False)), "still falling"),
        (True, "stuck high"),
    ]
    return next(text for yes, text in answers if yes)


@right("fewest_steps")
def every_factor(curvatures, shrink):
    curvatures = np.array(curvatures)
    lr = 1 / ((curvatures.min() + curvatures.max()) / 2)
    factors = np.abs(1 - lr * curvatures)
    steps = 1
    while (factors**steps > shrink).any():
        steps += 1
    return (lr, steps)


@wrong("best_lr", "search ends at a broken run")
def stops_at_the_first_broken(lrs, losses):
    best, low = lrs[0], np.inf
    for lr, loss in zip(lrs, losses, strict=False):
        if not np.isfinite(loss):
            break
        if loss < low:
            best, low = lr, loss
    return best


@wrong("fewest_steps", "pair swapped")
def steps_first(curvatures, shrink):
    lr = 2 / (min(curvatures) + max(curvatures))
    q = max(abs(1 - lr * c) for c in curvatures)
    n = 1
    while q**n > shrink:
        n += 1
    return n, lr


@wrong("fewest_steps", "first and last for smallest and largest")
def ends_of_the_list(curvatures, shrink):
    lr = 2 / (curvatures[0] + curvatures[-1])
    q = max(abs(1 - lr * c) for c in curvatures)
    n = 1
    while q**n > shrink and n < 100000:
        n += 1
    return lr, n


@wrong("gradient_descent", "always from x0")
def always_from_the_start(grad, x0, lr, steps):
    positions, x = [x0], x0
    for _ in range(steps):
        x = x0 - lr * grad(x)
        positions.append(x)
    return positions


@wrong("gradient_descent", "learning rate divided by the step")
def shrinking_rate(grad, x0, lr, steps):
    xs = [x0]
    for n in range(steps):
        xs.append(xs[-1] - lr / (n + 1) * grad(xs[-1]))
    return xs


@wrong("gradient_descent", "ends at a short step")
def ends_when_steps_are_short(grad, x0, lr, steps):
    xs = [x0]
    for _ in range(steps):
        step = lr * grad(xs[-1])
        if abs(step) < 1e-6:
            break
        xs.append(xs[-1] - step)
    return xs


@wrong("best_lr", "search begins with the first loss")
def begins_with_the_first(lrs, losses):
    best, low = lrs[0], losses[0]
    for lr, loss in zip(lrs, losses, strict=True):
        if np.isfinite(loss) and loss < low:
            best, low = lr, loss
    return best


@wrong("diagnose", "first loss of the second half left out")
def compares_inside_the_second_half(losses, reachable):
    end = np.mean(losses[-len(losses) // 4 :])
    if not np.isfinite(losses).all() or end > 0.95 * losses[0]:
        return "never fell"
    if end <= 2 * reachable:
        return "done"
    return "still falling" if all(np.diff(losses[len(losses) // 2 :]) < 0) else "stuck high"


EQUIVALENT_MUTANTS = {
    "fewest_steps: first two swapped, column 18 of `flat, steep = min(curvatures), max(curvatures)`": "both directions "
    "shrink alike at the best rate",
}


@wrong("gradient_descent", "slope of the next position")
def looks_ahead(grad, x0, lr, steps):
    positions = [x0]
    for _ in range(steps):
        x = positions[-1]
        trial = x - lr * grad(x)
        positions.append(x - lr * grad(trial))
    return positions


@wrong("best_lr", "second lowest loss")
def next_to_best(lrs, losses):
    finite = sorted((loss, lr) for lr, loss in zip(lrs, losses, strict=True) if np.isfinite(loss))
    return finite[min(1, len(finite) - 1)][1]


@wrong("best_lr", "losses cut to whole numbers")
def whole_losses(lrs, losses):
    return min((int(loss), lr) for lr, loss in zip(lrs, losses, strict=True) if math.isfinite(loss))[1]


@wrong("diagnose", "last third")
def mean_of_the_last_third(losses, reachable):
    losses = np.array(losses, dtype=float)
    end = losses[-(len(losses) // 3) :].mean()
    if not np.isfinite(losses).all() or end > 0.95 * losses[0]:
        return "never fell"
    if end <= 2 * reachable:
        return "done"
    return "still falling" if (np.diff(losses)[len(losses) // 2 - 1 :] < 0).all() else "stuck high"


@wrong("diagnose", "difference for the share")
def five_hundredths(losses, reachable):
    losses = np.array(losses, dtype=float)
    end = losses[-(len(losses) // 4) :].mean()
    if not np.isfinite(losses).all() or losses[0] - end < 0.05:
        return "never fell"
    if end <= 2 * reachable:
        return "done"
    return "still falling" if (np.diff(losses)[len(losses) // 2 - 1 :] < 0).all() else "stuck high"


@wrong("fewest_steps", "the same amount at each step")
def in_a_straight_line(curvatures, shrink):
    lr = 2 / (min(curvatures) + max(curvatures))
    left, steps = 1.0, 0
    while left > shrink + 1e-12:
        left -= lr * min(curvatures)
        steps += 1
    return lr, steps


@wrong("diagnose", "most falls are enough")
def four_in_five(losses, reachable):
    losses = np.array(losses, dtype=float)
    end = losses[-(len(losses) // 4) :].mean()
    if not np.isfinite(losses).all() or end > 0.95 * losses[0]:
        return "never fell"
    if end <= 2 * reachable:
        return "done"
    return "still falling" if (np.diff(losses)[len(losses) // 2 - 1 :] < 0).mean() > 0.8 else "stuck high"
