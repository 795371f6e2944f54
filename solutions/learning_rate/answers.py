"""Unit "learning rate"."""

import itertools
import math
import sys
import warnings

import numpy as np
import torch

from lrlab.grading.unit import Corpus

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


@wrong("gradient_descent", "exactly once per step")
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


@wrong("gradient_descent", "returns nothing")
def prints_only(grad, x0, lr, steps):
    for _ in range(steps):
        x0 = x0 - lr * grad(x0)
        print(x0)


@right("largest_stable_lr")
def two_over_c(curvature):
    return 2.0 / curvature


@right("largest_stable_lr")
def from_the_factor(curvature):
    return (1 - (-1)) / np.float64(curvature)


@right("largest_stable_lr")
def tensor_back(curvature):
    return torch.tensor(2.0) / curvature


@right("largest_stable_lr")
def by_bisection(curvature):
    low, high = 0.0, 1e6
    while high - low > 1e-12 * high:
        middle = (low + high) / 2
        if abs(1 - middle * curvature) < 1:
            low = middle
        else:
            high = middle
    return high


@wrong("largest_stable_lr", "best instead of largest")
def one_over_c(curvature):
    return 1 / curvature


@wrong("largest_stable_lr", "half the curvature")
def upside_down(curvature):
    return curvature / 2


@wrong("largest_stable_lr", "curvature not used")
def two(curvature):
    return 2


@wrong("largest_stable_lr", "just below")
def a_little_less(curvature):
    return 1.99 / curvature


@wrong("largest_stable_lr", "type str")
def as_text(curvature):
    return f"{2 / curvature}"


@right("steps_to_reach")
def closed_form(curvature, x0, lr, tolerance):
    if abs(x0) < tolerance:
        return 0
    factor = abs(1 - lr * curvature)
    if factor >= 1:
        return None
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


@wrong("steps_to_reach", "did not come to an end")
def endless(curvature, x0, lr, tolerance):
    step = 0
    while abs(x0) >= tolerance:
        x0 -= lr * curvature * x0
        step += 1
    return step


@wrong("steps_to_reach", "None where")
def minus_one(curvature, x0, lr, tolerance):
    for step in range(5000):
        if abs(x0) < tolerance:
            return step
        x0 -= lr * curvature * x0
    return -1


@wrong("steps_to_reach", "None where")
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


# Mutants of the solutions that compute the same as the solution on all that the prompt allows, with the reason.
EQUIVALENT_MUTANTS = {}
