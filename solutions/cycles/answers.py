"""Right and wrong answers to the exercises of this unit, written as different people would write them."""

import math

import numpy as np
import torch

from lrlab import schedules
from lrlab.grading.unit import Corpus

corpus = Corpus()
right, wrong = corpus.right, corpus.wrong


@right("triangular")
def as_torch_does(n, base_lr, max_lr, step_size):
    cycle = np.floor(1 + np.asarray(n) / (2 * step_size))
    x = np.abs(np.asarray(n) / step_size - 2 * cycle + 1)
    return base_lr + (max_lr - base_lr) * np.maximum(0, 1 - x)


@right("triangular")
def number_by_number(n, base_lr, max_lr, step_size):
    def one(k):
        k = k % (2 * step_size)
        k = k if k <= step_size else 2 * step_size - k
        return base_lr + (max_lr - base_lr) * k / step_size

    if isinstance(n, np.ndarray):
        return np.array([one(k) for k in n])
    return one(n)


@right("triangular")
def interpolated(n, base_lr, max_lr, step_size):
    return np.interp(n, [0, step_size, 2 * step_size], [base_lr, max_lr, base_lr], period=2 * step_size)


@right("triangular")
def with_torch(n, base_lr, max_lr, step_size):
    n = torch.as_tensor(n, dtype=torch.float32)
    return torch.lerp(torch.tensor(base_lr), torch.tensor(max_lr), 1 - (n / step_size % 2 - 1).abs())


@wrong("triangular", "whole cycle")
def step_size_is_a_cycle(n, base_lr, max_lr, step_size):
    return base_lr + (max_lr - base_lr) * (1 - np.abs(2 * (n % step_size) / step_size - 1))


@wrong("triangular", "sawtooth")
def saw(n, base_lr, max_lr, step_size):
    return base_lr + (max_lr - base_lr) * (n % (2 * step_size)) / (2 * step_size)


@wrong("triangular", "starts at the top")
def downwards(n, base_lr, max_lr, step_size):
    return base_lr + (max_lr - base_lr) * np.abs(n % (2 * step_size) / step_size - 1)


@wrong("triangular", "works for one number n and fails for an array")
def with_if(n, base_lr, max_lr, step_size):
    n = n % (2 * step_size)
    height = n / step_size if n < step_size else 2 - n / step_size
    return base_lr + (max_lr - base_lr) * height


@wrong("triangular", "lrlab.schedules")
def by_lrlab(n, base_lr, max_lr, step_size):
    return schedules.Cyclic(base_lr, max_lr, step_size_up=step_size)(n)


@wrong("triangular", "torch.optim.lr_scheduler")
def by_torch(n, base_lr, max_lr, step_size):
    def one(k):
        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
        scheduler = torch.optim.lr_scheduler.CyclicLR(optimizer, base_lr, max_lr, step_size, cycle_momentum=False)
        for _ in range(k):
            optimizer.step()
            scheduler.step()
        return scheduler.get_last_lr()[0]

    return one(n) if np.ndim(n) == 0 else np.array([one(k) for k in n])


@wrong("triangular", "one cycle only")
def once(n, base_lr, max_lr, step_size):
    return base_lr + (max_lr - base_lr) * np.maximum(0, 1 - np.abs(n / step_size - 1))


@right("triangular2")
def one_formula(n, base_lr, max_lr, step_size):
    n = np.asarray(n)
    return base_lr + (max_lr - base_lr) * (1 - np.abs(n / step_size % 2 - 1)) * 0.5 ** (n // (2 * step_size))


@right("triangular2")
def shrinking_tops(n, base_lr, max_lr, step_size):
    def one(k):
        top = max_lr
        while k >= 2 * step_size:
            k -= 2 * step_size
            top = (top + base_lr) / 2
        return base_lr + (top - base_lr) * min(k, 2 * step_size - k) / step_size

    return np.vectorize(one, otypes=[float])(n)


@right("triangular2")
def by_list(n, base_lr, max_lr, step_size):
    steps = np.atleast_1d(n)
    rates = np.empty(steps.shape)
    for i, step in enumerate(steps):
        cycle, place = divmod(int(step), 2 * step_size)
        rates[i] = base_lr + math.ldexp((max_lr - base_lr) * (1 - abs(place / step_size - 1)), -cycle)
    return rates if np.ndim(n) else rates[0]


@wrong("triangular2", "no halving")
def plain_triangle(n, base_lr, max_lr, step_size):
    return base_lr + (max_lr - base_lr) * (1 - np.abs(n / step_size % 2 - 1))


@wrong("triangular2", "first cycle halved")
def too_early(n, base_lr, max_lr, step_size):
    return base_lr + (max_lr - base_lr) * (1 - np.abs(n / step_size % 2 - 1)) / 2.0 ** (1 + n // (2 * step_size))


@wrong("triangular2", "max_lr halved")
def halves_max(n, base_lr, max_lr, step_size):
    max_lr = max_lr / 2.0 ** (n // (2 * step_size))
    return base_lr + (max_lr - base_lr) * (1 - np.abs(n / step_size % 2 - 1))


@wrong("triangular2", "halved every half cycle")
def twice_as_often(n, base_lr, max_lr, step_size):
    return base_lr + (max_lr - base_lr) * (1 - np.abs(n / step_size % 2 - 1)) / 2.0 ** (n // step_size)


@wrong("triangular2", "divided by the cycle's number")
def linear_in_cycle(n, base_lr, max_lr, step_size):
    return base_lr + (max_lr - base_lr) * (1 - np.abs(n / step_size % 2 - 1)) / (1 + n // (2 * step_size))


@right("one_cycle")
def helper_function(n, total_steps, max_lr, pct_start, div_factor, final_div_factor):
    def anneal(a, b, t):
        return b + (a - b) / 2 * (1 + np.cos(np.pi * t))

    first = max_lr / div_factor
    p = pct_start * total_steps - 1
    n = np.asarray(n, dtype=float)
    return np.where(
        n < p,
        anneal(first, max_lr, n / p),
        anneal(max_lr, first / final_div_factor, (n - p) / (total_steps - 1 - p)),
    )


@right("one_cycle")
def each_step(n, total_steps, max_lr, pct_start, div_factor, final_div_factor):
    if np.ndim(n):
        return np.array([each_step(k, total_steps, max_lr, pct_start, div_factor, final_div_factor) for k in n])
    first, peak = max_lr / div_factor, pct_start * total_steps - 1
    if n <= peak:
        return max_lr - (max_lr - first) * (math.cos(math.pi * n / peak) + 1) / 2
    low = first / final_div_factor
    return low + (max_lr - low) * math.cos(math.pi / 2 * (n - peak) / (total_steps - 1 - peak)) ** 2


@right("one_cycle")
def whole_curve_then_index(n, total_steps, max_lr, pct_start, div_factor, final_div_factor):
    first, peak, curve = max_lr / div_factor, pct_start * total_steps - 1, []
    for k in range(total_steps):
        a, b, t = (
            (first, max_lr, k / peak)
            if k <= peak
            else (max_lr, first / final_div_factor, (k - peak) / (total_steps - 1 - peak))
        )
        curve.append(b + (a - b) * 0.5 * (1 + math.cos(math.pi * t)))
    return np.array(curve)[n]


@wrong("one_cycle", "final rate from max_lr")
def from_max(n, total_steps, max_lr, pct_start, div_factor, final_div_factor):
    return helper_function(n, total_steps, max_lr, pct_start, div_factor, final_div_factor / div_factor)


@wrong("one_cycle", "peak one step late")
def no_minus_one(n, total_steps, max_lr, pct_start, div_factor, final_div_factor):
    return helper_function(n, total_steps, max_lr, pct_start + 1 / total_steps, div_factor, final_div_factor)


@wrong("one_cycle", "straight flanks")
def linear(n, total_steps, max_lr, pct_start, div_factor, final_div_factor):
    first, p = max_lr / div_factor, pct_start * total_steps - 1
    return np.interp(n, [0, p, total_steps - 1], [first, max_lr, first / final_div_factor])


@wrong("one_cycle", "ends at zero")
def to_zero(n, total_steps, max_lr, pct_start, div_factor, final_div_factor):
    return helper_function(n, total_steps, max_lr, pct_start, div_factor, 1e99)


@wrong("one_cycle", "lrlab.schedules")
def from_the_library(n, total_steps, max_lr, pct_start, div_factor, final_div_factor):
    return schedules.OneCycle(
        max_lr, total_steps=total_steps, pct_start=pct_start, div_factor=div_factor, final_div_factor=final_div_factor
    )(n)


@right("steepest_lr")
def gradient(lrs, losses):
    return lrs[int(np.gradient(losses, np.log(lrs)).argmin())]


@right("steepest_lr")
def decimal_logarithm(lrs, losses):
    slopes = np.gradient(np.array(losses), np.log10(np.array(lrs)))
    return min(zip(slopes, lrs, strict=True))[1]


@right("steepest_lr")
def torch_gradient(lrs, losses):
    x, y = torch.tensor(lrs).log(), torch.tensor(losses)
    (slopes,) = torch.gradient(y, spacing=(x,))
    return torch.tensor(lrs)[slopes.argmin()]


@wrong("steepest_lr", "linear axis")
def on_a_linear_axis(lrs, losses):
    return lrs[np.argmin(np.gradient(losses, lrs))]


@wrong("steepest_lr", "smallest loss")
def lowest(lrs, losses):
    return lrs[np.argmin(losses)]


@wrong("steepest_lr", "position returned")
def where(lrs, losses):
    return np.argmin(np.gradient(losses, np.log(lrs)))


@wrong("steepest_lr", "steepest rise")
def rise(lrs, losses):
    return lrs[np.argmax(np.gradient(losses, np.log(lrs)))]


@wrong("steepest_lr", "by position")
def uneven(lrs, losses):
    return lrs[np.argmin(np.gradient(losses))]


@wrong("steepest_lr", "difference to the next")
def diff(lrs, losses):
    return lrs[np.argmin(np.diff(losses) / np.diff(np.log(lrs)))]


# Mutants of the solutions that compute the same as the solution on all that the prompt allows, with the reason.
EQUIVALENT_MUTANTS = {
    "one_cycle: LtE -> Lt, column 20 of `return np.where(n <= peak, up, down)`": "both are max_lr there",
}
