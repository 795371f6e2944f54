"""Right and wrong answers to the exercises of this unit, written as different people would write them."""

import itertools
import math

import numpy as np
import torch
from torch.nn import functional
from torch.optim import lr_scheduler

from lrlab import schedules
from lrlab.units import Corpus

corpus = Corpus()
right, wrong = corpus.right, corpus.wrong


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


@right("triangular2")
def interpolated_and_scaled(n, base_lr, max_lr, step_size):
    height = np.interp(n, [0, step_size, 2 * step_size], [0, 1, 0], period=2 * step_size)
    return base_lr + (max_lr - base_lr) * height * np.exp2(-1.0 * (n // (2 * step_size)))


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


@wrong("triangular2", "fails for an array")
def with_if(n, base_lr, max_lr, step_size):
    cycle, place = n // (2 * step_size), n % (2 * step_size)
    if place > step_size:
        place = 2 * step_size - place
    return base_lr + (max_lr - base_lr) * place / step_size * 0.5**cycle


@wrong("triangular2", "lrlab.schedules")
def by_lrlab(n, base_lr, max_lr, step_size):
    return schedules.Cyclic(base_lr, max_lr, step_size_up=step_size, mode="triangular2")(n)


@wrong("triangular2", "calls torch.optim")
def by_torch(n, base_lr, max_lr, step_size):
    def one(k):
        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
        how = {"mode": "triangular2", "cycle_momentum": False}
        scheduler = torch.optim.lr_scheduler.CyclicLR(optimizer, base_lr, max_lr, step_size, **how)
        for _ in range(k):
            optimizer.step()
            scheduler.step()
        return scheduler.get_last_lr()[0]

    return one(n) if np.ndim(n) == 0 else np.array([one(k) for k in n])


@right("exp_range")
def as_torch_does(n, base_lr, max_lr, step_size_up, step_size_down, gamma):
    n = np.asarray(n)
    total = step_size_up + step_size_down
    x = n / total - np.floor(n / total)
    ratio = step_size_up / total
    return base_lr + (max_lr - base_lr) * np.where(x <= ratio, x / ratio, (x - 1) / (ratio - 1)) * gamma**n


@right("exp_range")
def number_by_number(n, base_lr, max_lr, step_size_up, step_size_down, gamma):
    def one(k):
        place = k % (step_size_up + step_size_down)
        h = place / step_size_up
        if place > step_size_up:
            h = (step_size_up + step_size_down - place) / step_size_down
        return base_lr + (max_lr - base_lr) * h * gamma**k

    if isinstance(n, np.ndarray):
        return np.array([one(k) for k in n])
    return one(n)


@right("exp_range")
def interpolated(n, base_lr, max_lr, step_size_up, step_size_down, gamma):
    whole = step_size_up + step_size_down
    h = np.interp(n, [0, step_size_up, whole], [0, 1, 0], period=whole)
    return base_lr + (max_lr - base_lr) * h * np.power(float(gamma), n)


@right("exp_range")
def lower_of_two_lines(n, base_lr, max_lr, step_size_up, step_size_down, gamma):
    place = n % (step_size_up + step_size_down)
    up, down = place / step_size_up, (step_size_up + step_size_down - place) / step_size_down
    return base_lr + (max_lr - base_lr) * np.minimum(up, down) * np.exp(np.log(gamma) * n)


@wrong("exp_range", "gamma left out")
def as_high_as_ever(n, base_lr, max_lr, step_size_up, step_size_down, gamma):
    place = n % (step_size_up + step_size_down)
    down = (step_size_up + step_size_down - place) / step_size_down
    return base_lr + (max_lr - base_lr) * np.minimum(place / step_size_up, down)


@wrong("exp_range", "down as long as up")
def the_triangle_of_the_notebook(n, base_lr, max_lr, step_size_up, step_size_down, gamma):
    cycle = np.floor(1 + n / (2 * step_size_up))
    x = np.abs(n / step_size_up - 2 * cycle + 1)
    return base_lr + (max_lr - base_lr) * np.maximum(0, 1 - x) * gamma**n


@wrong("exp_range", "gamma per cycle")
def once_a_cycle(n, base_lr, max_lr, step_size_up, step_size_down, gamma):
    cycle, place = np.divmod(n, step_size_up + step_size_down)
    down = (step_size_up + step_size_down - place) / step_size_down
    return base_lr + (max_lr - base_lr) * np.minimum(place / step_size_up, down) * gamma ** cycle.astype(float)


@wrong("exp_range", "whole rate shrinks")
def everything_shrinks(n, base_lr, max_lr, step_size_up, step_size_down, gamma):
    return as_high_as_ever(n, base_lr, max_lr, step_size_up, step_size_down, gamma) * gamma**n


@wrong("exp_range", "gamma starts again")
def by_place(n, base_lr, max_lr, step_size_up, step_size_down, gamma):
    place = n % (step_size_up + step_size_down)
    down = (step_size_up + step_size_down - place) / step_size_down
    return base_lr + (max_lr - base_lr) * np.minimum(place / step_size_up, down) * gamma**place


@wrong("exp_range", "max_lr shrinks")
def top_shrinks(n, base_lr, max_lr, step_size_up, step_size_down, gamma):
    return as_high_as_ever(n, base_lr, max_lr * gamma**n, step_size_up, step_size_down, gamma)


@wrong("exp_range", "fails for an array")
def if_on_an_array(n, base_lr, max_lr, step_size_up, step_size_down, gamma):
    place = n % (step_size_up + step_size_down)
    h = place / step_size_up
    if place > step_size_up:
        h = (step_size_up + step_size_down - place) / step_size_down
    return base_lr + (max_lr - base_lr) * h * gamma**n


@wrong("exp_range", "lrlab.schedules")
def lrlabs(n, base_lr, max_lr, step_size_up, step_size_down, gamma):
    how = {"step_size_up": step_size_up, "step_size_down": step_size_down, "mode": "exp_range", "gamma": gamma}
    return schedules.Cyclic(base_lr, max_lr, **how)(n)


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


@right("one_cycle")
def with_sines(n, total_steps, max_lr, pct_start, div_factor, final_div_factor):
    first, p = max_lr / div_factor, pct_start * total_steps - 1
    up = np.sin(np.pi / 2 * np.minimum(n / p, 1)) ** 2
    down = np.sin(np.pi / 2 * np.maximum((n - p) / (total_steps - 1 - p), 0)) ** 2
    return first + (max_lr - first) * up - (max_lr - first / final_div_factor) * down


@wrong("one_cycle", "both one step late")
def counted_from_one(n, total_steps, max_lr, pct_start, div_factor, final_div_factor):
    first, p = max_lr / div_factor, pct_start * total_steps
    up = first + (max_lr - first) / 2 * (1 - np.cos(np.pi * n / p))
    low = first / final_div_factor
    down = low + (max_lr - low) / 2 * (1 + np.cos(np.pi * (n - p) / (total_steps - p)))
    return np.where(n <= p, up, down)


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


@right("ground_covered")
def a_loop(lrs, momenta):
    b = total = 0
    for lr, m in zip(lrs, momenta, strict=True):
        b = m * b + 1
        total += lr * b
    return total


@right("ground_covered")
def as_a_weight_moves(lrs, momenta):
    w, buf = torch.zeros(1, dtype=torch.float64), None
    for n in range(len(lrs)):
        grad = torch.ones_like(w)
        buf = grad if buf is None else float(momenta[n]) * buf + grad
        w = w - float(lrs[n]) * buf
    return -w.item()


@right("ground_covered")
def accumulated(lrs, momenta):
    buffers = itertools.accumulate(list(momenta)[1:], lambda b, m: m * b + 1, initial=1.0)
    return sum(lr * b for lr, b in zip(lrs, buffers, strict=True))


@right("ground_covered")
def buffers_first(lrs, momenta):
    buffers = np.ones(len(lrs))
    for n in range(1, len(lrs)):
        buffers[n] += momenta[n] * buffers[n - 1]
    return np.dot(lrs, buffers)


@wrong("ground_covered", "no momentum")
def adds_up_rates(lrs, momenta):
    return sum(lrs)


@wrong("ground_covered", "settled from the start")
def geometric_limit(lrs, momenta):
    return np.sum(lrs / (1 - momenta))


@wrong("ground_covered", "lr in the buffer")
def velocity(lrs, momenta):
    v = w = 0
    for lr, m in zip(lrs, momenta, strict=True):
        v = m * v - lr
        w += v
    return -w


@wrong("ground_covered", "gradient damped")
def like_adams_mean(lrs, momenta):
    b, way = 0.0, 0.0
    for lr, m in zip(lrs, momenta, strict=True):
        b = m * b + (1 - m)
        way += lr * b
    return way


@wrong("ground_covered", "momentum one update late")
def late_momentum(lrs, momenta):
    b, way, m = 0.0, 0.0, momenta[0]
    for lr, new in zip(lrs, momenta, strict=True):
        b = m * b + 1
        way += lr * b
        m = new
    return way


@wrong("ground_covered", "every step")
def all_the_steps(lrs, momenta):
    b, steps = 0, []
    for lr, m in zip(lrs, momenta, strict=True):
        b = m * b + 1
        steps.append(lr * b)
    return steps


@wrong("ground_covered", "changes momenta")
def scales_in_place(lrs, momenta):
    b = way = 0.0
    for n in range(len(lrs)):
        momenta[n] = b = momenta[n] * b + 1
        way += lrs[n] * b
    return way


@right("train_one_cycle")
def rounded_up(model, inputs, targets, batch_size, epochs, max_lr):
    optimizer = torch.optim.SGD(model.parameters(), lr=max_lr)
    per_epoch = math.ceil(len(inputs) / batch_size)
    scheduler = lr_scheduler.OneCycleLR(
        optimizer, max_lr, epochs=epochs, steps_per_epoch=per_epoch, cycle_momentum=False
    )
    rates = []
    for _ in range(epochs):
        for x, y in zip(inputs.split(batch_size), targets.split(batch_size), strict=True):
            loss = functional.mse_loss(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            rates.append(scheduler.get_last_lr()[0])
            optimizer.step()
            scheduler.step()
    return rates


@right("train_one_cycle")
def batches_counted(model, inputs, targets, batch_size, epochs, max_lr):
    batches = list(zip(inputs.split(batch_size), targets.split(batch_size), strict=True)) * epochs
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    scheduler = lr_scheduler.OneCycleLR(optimizer, max_lr, total_steps=len(batches), cycle_momentum=False)
    rates = np.zeros(len(batches))
    for n, (x, y) in enumerate(batches):
        optimizer.zero_grad()
        ((model(x) - y) ** 2).mean().backward()
        rates[n] = optimizer.param_groups[0]["lr"]
        optimizer.step()
        if n + 1 < len(batches):
            scheduler.step()
    return rates


@right("train_one_cycle")
def with_a_loader(model, inputs, targets, batch_size, epochs, max_lr):
    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(inputs, targets), batch_size=batch_size)
    optimizer = torch.optim.SGD(model.parameters(), lr=max_lr)
    how = {"epochs": epochs, "steps_per_epoch": len(loader), "cycle_momentum": False}
    scheduler = lr_scheduler.OneCycleLR(optimizer, max_lr, **how)
    rates = []
    for _ in range(epochs):
        for x, y in loader:
            optimizer.zero_grad()
            functional.mse_loss(model(x), y).backward()
            rates += scheduler.get_last_lr()
            optimizer.step()
            scheduler.step()
    return tuple(rates)


@right("train_one_cycle")
def with_slices(model, inputs, targets, batch_size, epochs, max_lr):
    starts = range(0, len(inputs), batch_size)
    optimizer = torch.optim.SGD([{"params": list(model.parameters())}], lr=1)
    how = {"total_steps": epochs * len(starts), "cycle_momentum": False}
    scheduler = lr_scheduler.OneCycleLR(optimizer, max_lr=max_lr, **how)
    rates = []
    for _, start in itertools.product(range(epochs), starts):
        loss = functional.mse_loss(model(inputs[start : start + batch_size]), targets[start : start + batch_size])
        loss.backward()
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        optimizer.zero_grad()
        scheduler.step()
    return rates


@wrong("train_one_cycle", "rounded down")
def as_it_was(model, inputs, targets, batch_size, epochs, max_lr):
    optimizer = torch.optim.SGD(model.parameters(), lr=max_lr)
    how = {"epochs": epochs, "steps_per_epoch": len(inputs) // batch_size, "cycle_momentum": False}
    scheduler = lr_scheduler.OneCycleLR(optimizer, max_lr, **how)
    rates = []
    for _ in range(epochs):
        for x, y in zip(inputs.split(batch_size), targets.split(batch_size), strict=True):
            loss = functional.mse_loss(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            rates.append(scheduler.get_last_lr()[0])
            optimizer.step()
            scheduler.step()
    return rates


@wrong("train_one_cycle", "always one more")
def plus_one(model, inputs, targets, batch_size, epochs, max_lr):
    optimizer = torch.optim.SGD(model.parameters(), lr=max_lr)
    total = epochs * (len(inputs) // batch_size + 1)
    scheduler = lr_scheduler.OneCycleLR(optimizer, max_lr, total_steps=total, cycle_momentum=False)
    rates = []
    for _ in range(epochs):
        for x, y in zip(inputs.split(batch_size), targets.split(batch_size), strict=True):
            optimizer.zero_grad()
            functional.mse_loss(model(x), y).backward()
            rates.append(scheduler.get_last_lr()[0])
            optimizer.step()
            scheduler.step()
    return rates


@wrong("train_one_cycle", "smaller batch skipped")
def whole_batches_only(model, inputs, targets, batch_size, epochs, max_lr):
    batch_size = min(batch_size, len(inputs))
    per_epoch = len(inputs) // batch_size
    optimizer = torch.optim.SGD(model.parameters(), lr=max_lr)
    scheduler = lr_scheduler.OneCycleLR(optimizer, max_lr, total_steps=epochs * per_epoch, cycle_momentum=False)
    rates = []
    for _ in range(epochs):
        for k in range(per_epoch):
            part = slice(k * batch_size, (k + 1) * batch_size)
            optimizer.zero_grad()
            functional.mse_loss(model(inputs[part]), targets[part]).backward()
            rates.append(scheduler.get_last_lr()[0])
            optimizer.step()
            scheduler.step()
    return rates


@wrong("train_one_cycle", "error avoided")
def steps_while_it_may(model, inputs, targets, batch_size, epochs, max_lr):
    total = max(epochs * (len(inputs) // batch_size), epochs)
    optimizer = torch.optim.SGD(model.parameters(), lr=max_lr)
    scheduler = lr_scheduler.OneCycleLR(optimizer, max_lr, total_steps=total, cycle_momentum=False)
    rates = []
    for _ in range(epochs):
        for x, y in zip(inputs.split(batch_size), targets.split(batch_size), strict=True):
            optimizer.zero_grad()
            functional.mse_loss(model(x), y).backward()
            rates.append(scheduler.get_last_lr()[0])
            optimizer.step()
            if scheduler.last_epoch < total - 1:
                scheduler.step()
    return rates


@wrong("train_one_cycle", "momentum cycled")
def with_momentum(model, inputs, targets, batch_size, epochs, max_lr):
    optimizer = torch.optim.SGD(model.parameters(), lr=max_lr)
    per_epoch = -(-len(inputs) // batch_size)
    scheduler = lr_scheduler.OneCycleLR(optimizer, max_lr, epochs=epochs, steps_per_epoch=per_epoch)
    rates = []
    for _ in range(epochs):
        for x, y in zip(inputs.split(batch_size), targets.split(batch_size), strict=True):
            optimizer.zero_grad()
            functional.mse_loss(model(x), y).backward()
            rates.append(scheduler.get_last_lr()[0])
            optimizer.step()
            scheduler.step()
    return rates


@wrong("train_one_cycle", "inputs counted")
def one_step_each(model, inputs, targets, batch_size, epochs, max_lr):
    optimizer = torch.optim.SGD(model.parameters(), lr=max_lr)
    how = {"epochs": epochs, "steps_per_epoch": len(inputs), "cycle_momentum": False}
    scheduler = lr_scheduler.OneCycleLR(optimizer, max_lr, **how)
    rates = []
    for _ in range(epochs):
        for x, y in zip(inputs.split(batch_size), targets.split(batch_size), strict=True):
            optimizer.zero_grad()
            functional.mse_loss(model(x), y).backward()
            rates.append(scheduler.get_last_lr()[0])
            optimizer.step()
            scheduler.step()
    return rates


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


@right("steepest_lr")
def differences_by_hand(lrs, losses):
    x, best = [math.log(lr) for lr in lrs], (math.inf, None)
    for i in range(len(x)):
        left = (losses[i] - losses[i - 1]) / (x[i] - x[i - 1]) if i else None
        right = (losses[i + 1] - losses[i]) / (x[i + 1] - x[i]) if i + 1 < len(x) else None
        if left is None or right is None:
            slope = right if left is None else left
        else:
            slope = (left * (x[i + 1] - x[i]) + right * (x[i] - x[i - 1])) / (x[i + 1] - x[i - 1])
        best = min(best, (slope, lrs[i]))
    return best[1]


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


@wrong("steepest_lr", "ends left out")
def inside_only(lrs, losses):
    return lrs[1 + int(np.argmin(np.gradient(losses, np.log(lrs))[1:-1]))]


@wrong("steepest_lr", "edge_order=2")
def other_ends(lrs, losses):
    return lrs[int(np.argmin(np.gradient(losses, np.log(lrs), edge_order=2)))]


@right("robust_lr")
def three_steps(lrs, losses, beta, limit):
    mean, smooth = 0.0, []
    for k, loss in enumerate(losses):
        mean = beta * mean + (1 - beta) * loss
        now = mean / (1 - beta ** (k + 1))
        if not math.isfinite(loss) or (smooth and now > limit * min(smooth)):
            break
        smooth.append(now)
    slopes = np.gradient(smooth, np.log(lrs[: len(smooth)]))
    return lrs[int(np.argmin(slopes))]


@right("robust_lr")
def with_numpy(lrs, losses, beta, limit):
    lrs, losses = np.asarray(lrs), np.asarray(losses)
    k = np.arange(len(losses))
    with np.errstate(all="ignore"):
        weights = np.where(k[:, None] >= k, float(beta) ** np.maximum(k[:, None] - k, 0), 0)
        finite = np.cumprod(np.isfinite(losses)).astype(bool)
        smooth = (weights @ np.where(finite, losses, 0.0)) / weights.sum(axis=1)
        over = np.append(False, smooth[1:] > limit * np.minimum.accumulate(smooth)[:-1]) | ~finite
    end = int(np.argmax(over)) if over.any() else len(losses)
    return lrs[np.gradient(smooth[:end], np.log(lrs[:end])).argmin()]


@right("robust_lr")
def with_functions(lrs, losses, beta, limit):
    def smooth():
        above = below = 0.0
        for loss in losses:
            above, below = beta * above + loss, beta * below + 1
            yield above / below

    kept, lowest = [], math.inf
    for lr, value in zip(lrs, smooth(), strict=True):
        if not value <= limit * lowest:
            break
        lowest = min(lowest, value)
        kept.append((lr, value))
    rates, values = map(np.array, zip(*kept, strict=True))
    return rates[np.argmin(np.gradient(values, np.log10(rates)))]


@right("robust_lr")
def in_torch(lrs, losses, beta, limit):
    x, y = torch.as_tensor(lrs, dtype=torch.float64), torch.as_tensor(losses, dtype=torch.float64)
    mean, values = torch.zeros((), dtype=torch.float64), []
    for k in range(len(y)):
        mean = torch.lerp(y[k], mean, float(beta))
        values.append(mean / (1 - beta ** (k + 1)))
        if not torch.isfinite(values[-1]) or values[-1] > limit * min(values):
            values.pop()
            break
    kept = torch.stack(values)
    (slopes,) = torch.gradient(kept, spacing=(x[: len(kept)].log(),))
    return x[slopes.argmin()].item()


@wrong("robust_lr", "not smoothed")
def raw(lrs, losses, beta, limit):
    end = next((k for k in range(1, len(losses)) if not losses[k] <= limit * min(losses[:k])), len(losses))
    return lrs[np.argmin(np.gradient(losses[:end], np.log(lrs[:end])))]


@wrong("robust_lr", "not corrected")
def starts_at_zero(lrs, losses, beta, limit):
    mean, smooth = 0.0, []
    for loss in losses:
        mean = beta * mean + (1 - beta) * loss
        if not math.isfinite(loss) or (smooth and mean > limit * min(smooth)):
            break
        smooth.append(mean)
    return lrs[np.argmin(np.gradient(smooth, np.log(lrs[: len(smooth)])))]


@wrong("robust_lr", "not cut off")
def no_limit(lrs, losses, beta, limit):
    mean, smooth = 0.0, []
    for k, loss in enumerate(losses):
        if not math.isfinite(loss):
            break
        mean = beta * mean + (1 - beta) * loss
        smooth.append(mean / (1 - beta ** (k + 1)))
    return lrs[np.argmin(np.gradient(smooth, np.log(lrs[: len(smooth)])))]


@wrong("robust_lr", "smallest loss")
def lowest_smoothed(lrs, losses, beta, limit):
    mean, smooth = 0.0, []
    for k, loss in enumerate(losses):
        mean = beta * mean + (1 - beta) * loss
        now = mean / (1 - beta ** (k + 1))
        if not math.isfinite(loss) or (smooth and now > limit * min(smooth)):
            break
        smooth.append(now)
    return lrs[int(np.argmin(smooth))]


@wrong("robust_lr", "linear axis")
def linear_slope(lrs, losses, beta, limit):
    mean, smooth = 0.0, []
    for k, loss in enumerate(losses):
        mean = beta * mean + (1 - beta) * loss
        now = mean / (1 - beta ** (k + 1))
        if not math.isfinite(loss) or (smooth and now > limit * min(smooth)):
            break
        smooth.append(now)
    return lrs[int(np.argmin(np.gradient(smooth, lrs[: len(smooth)])))]


@wrong("robust_lr", "lrlab.suggest")
def suggested(lrs, losses, beta, limit):
    from lrlab.suggest import steepest

    return steepest(lrs, losses)


# Mutants of the solutions that compute the same as the solution on all that the prompt allows, with the reason.
SCALE = "every mean is multiplied by the same number, which changes neither the cut nor the place of the steepest fall"


@wrong("triangular2", "begins at the top")
def top_first(n, base_lr, max_lr, step_size):
    cycle = n // (2 * step_size)
    height = np.abs(n % (2 * step_size) - step_size) / step_size
    return base_lr + (max_lr - base_lr) * height * 0.5**cycle


@wrong("ground_covered", "buffer starts at 1")
def one_at_the_start(lrs, momenta):
    b, w = 1.0, 0.0
    for lr, m in zip(lrs, momenta, strict=False):
        b = m * b + 1
        w += lr * b
    return w


@wrong("ground_covered", "old buffer")
def old_buffer(lrs, momenta):
    b, w = 0.0, 0.0
    for lr, m in zip(lrs, momenta, strict=False):
        w += lr * b
        b = m * b + 1
    return w


@wrong("train_one_cycle", "gradients not cleared")
def never_cleared(model, inputs, targets, batch_size, epochs, max_lr):
    optimizer = torch.optim.SGD(model.parameters(), lr=max_lr)
    k = len(inputs.split(batch_size))
    scheduler = lr_scheduler.OneCycleLR(optimizer, max_lr, epochs=epochs, steps_per_epoch=k, cycle_momentum=False)
    rates = []
    for _ in range(epochs):
        for x, y in zip(inputs.split(batch_size), targets.split(batch_size), strict=True):
            functional.mse_loss(model(x), y).backward()
            rates.append(scheduler.get_last_lr()[0])
            optimizer.step()
            scheduler.step()
    return rates


@wrong("robust_lr", "corrected mean carried on")
def corrected_again(lrs, losses, beta, limit):
    mean, smooth = 0.0, []
    for k, loss in enumerate(losses):
        if not np.isfinite(loss):
            break
        mean = (beta * mean + (1 - beta) * loss) / (1 - beta ** (k + 1))
        if smooth and mean > limit * min(smooth):
            break
        smooth.append(mean)
    kept = lrs[: len(smooth)]
    return kept[np.argmin(np.gradient(smooth, np.log(kept)))]


@wrong("robust_lr", "slope of the losses themselves")
def raw_slopes(lrs, losses, beta, limit):
    mean, smooth = 0.0, []
    for k, loss in enumerate(losses):
        if not np.isfinite(loss):
            break
        mean = beta * mean + (1 - beta) * loss
        value = mean / (1 - beta ** (k + 1))
        if smooth and value > limit * min(smooth):
            break
        smooth.append(value)
    k = len(smooth)
    return lrs[np.argmin(np.gradient(losses[:k], np.log(lrs[:k])))]


@right("triangular2")
def interpolated_heights(n, base_lr, max_lr, step_size):
    n = np.asarray(n)
    place = n % (2 * step_size)
    height = np.interp(place, [0, step_size, 2 * step_size], [0.0, 1.0, 0.0])
    return base_lr + (max_lr - base_lr) * height / 2.0 ** (n // (2 * step_size))


@right("exp_range")
def periodic(n, base_lr, max_lr, step_size_up, step_size_down, gamma):
    h = np.interp(n, [0, step_size_up], [0, 1], period=step_size_up + step_size_down)
    return base_lr + (max_lr - base_lr) * h * np.power(float(gamma), n)


@right("one_cycle")
def masked(n, total_steps, max_lr, pct_start, div_factor, final_div_factor):
    steps = np.atleast_1d(np.array(n, dtype=float))
    p, end = pct_start * total_steps - 1, total_steps - 1
    first = max_lr / div_factor
    rates = np.zeros_like(steps)
    up = steps <= p
    rates[up] = max_lr + (first - max_lr) / 2 * (1 + np.cos(np.pi * steps[up] / p))
    last = first / final_div_factor
    rates[~up] = last + (max_lr - last) / 2 * (1 + np.cos(np.pi * (steps[~up] - p) / (end - p)))
    return float(rates[0]) if np.ndim(n) == 0 else rates


@right("ground_covered")
def recursive_distance(lrs, momenta, b=0.0):
    if len(lrs) == 0:
        return 0.0
    b = momenta[0] * b + 1
    return lrs[0] * b + recursive_distance(lrs[1:], momenta[1:], b)


@right("robust_lr")
def triangle_of_weights(lrs, losses, beta, limit):
    bad = np.flatnonzero(~np.isfinite(losses))
    stop = bad[0] if len(bad) else len(losses)
    x = np.asarray(losses[:stop], dtype=float)
    k = np.arange(stop)
    weights = np.tril((1 - beta) * np.power(float(beta), np.maximum(k[:, None] - k, 0)))
    smooth = weights @ x / (1 - np.power(float(beta), k + 1))
    lowest = np.minimum.accumulate(smooth)
    over = np.flatnonzero(smooth[1:] > limit * lowest[:-1])
    if len(over):
        stop = over[0] + 1
    slopes = np.gradient(smooth[:stop], np.log(lrs[:stop]))
    return lrs[:stop][slopes.argmin()]


@wrong("one_cycle", "ends of the phases swapped")
def backwards(n, total_steps, max_lr, pct_start, div_factor, final_div_factor):
    def cos(a, b, t):
        return a + (b - a) / 2 * (1 + np.cos(np.pi * t))

    p, first = pct_start * total_steps - 1, max_lr / div_factor
    return np.where(
        n <= p, cos(first, max_lr, n / p), cos(max_lr, first / final_div_factor, (n - p) / (total_steps - 1 - p))
    )


@wrong("one_cycle", "π left out")
def without_pi(n, total_steps, max_lr, pct_start, div_factor, final_div_factor):
    def cos(a, b, t):
        return b + (a - b) / 2 * (1 + np.cos(t))

    p, first = pct_start * total_steps - 1, max_lr / div_factor
    return np.where(
        n <= p, cos(first, max_lr, n / p), cos(max_lr, first / final_div_factor, (n - p) / (total_steps - 1 - p))
    )


@wrong("one_cycle", "pct_start in percent")
def in_percent(n, total_steps, max_lr, pct_start, div_factor, final_div_factor):
    def cos(a, b, t):
        return b + (a - b) / 2 * (1 + np.cos(np.pi * t))

    p, first = pct_start / 100 * total_steps - 1, max_lr / div_factor
    return np.where(
        n <= p, cos(first, max_lr, n / p), cos(max_lr, first / final_div_factor, (n - p) / (total_steps - 1 - p))
    )


@wrong("ground_covered", "way so far")
def all_positions(lrs, momenta):
    b, w, out = 0.0, 0.0, []
    for lr, m in zip(lrs, momenta, strict=False):
        b = m * b + 1
        w += lr * b
        out.append(w)
    return np.array(out)


@wrong("ground_covered", "momentum times all")
def gradient_within_the_bracket(lrs, momenta):
    b = d = 0.0
    for lr, m in zip(lrs, momenta, strict=True):
        b = m * (b + 1)
        d += lr * b
    return d


@right("ground_covered")
def from_the_end(lrs, momenta):
    total, tail = 0.0, 0.0
    for k in reversed(range(len(lrs))):
        tail = lrs[k] + (momenta[k + 1] * tail if k + 1 < len(lrs) else 0)
        total += tail
    return total


@wrong("robust_lr", "starts at the first loss")
def mean_from_the_first_loss(lrs, losses, beta, limit):
    m, smooth = losses[0], []
    for x in losses:
        if not np.isfinite(x):
            break
        m = beta * m + (1 - beta) * x
        if smooth and m > limit * min(smooth):
            break
        smooth.append(m)
    lr = np.asarray(lrs)[: len(smooth)]
    return lr[np.argmin(np.gradient(np.array(smooth), np.log(lr)))]


EQUIVALENT_MUTANTS = {
    "one_cycle: LtE -> Lt, column 20 of `return np.where(n <= peak, up, down)`": "both are max_lr there",
    "ground_covered: without strict, column 24 of `for lr, momentum in zip(lrs, momenta, strict=True):`": (
        "both have one length"
    ),
    "train_one_cycle: without lr, column 16 of `optimizer = torch.optim.SGD(model.parameters(), lr=max_lr)`": (
        "OneCycleLR sets the rate"
    ),
    "train_one_cycle: without strict, column 20 of "
    "`for x, y in zip(inputs.split(batch_size), targets.split(batch_size), strict=True):`": "both have one length",
    "train_one_cycle: 0 -> -1, column 49 of `rates.append(scheduler.get_last_lr()[0])`": "there is one group",
    "robust_lr: 0.0 -> 0.0, column 19 of `mean, smooth = 0.0, []`": "twice 0 is 0",
    "robust_lr: right operand alone, column 29 of `mean = beta * mean + (1 - beta) * loss`": SCALE,
    "robust_lr: Sub -> Add, column 30 of `mean = beta * mean + (1 - beta) * loss`": SCALE,
    "robust_lr: left operand alone, column 30 of `mean = beta * mean + (1 - beta) * loss`": SCALE,
    "robust_lr: 1 -> 2, column 30 of `mean = beta * mean + (1 - beta) * loss`": SCALE,
}


@wrong("train_one_cycle", "one step too many")
def one_for_the_last_call(model, inputs, targets, batch_size, epochs, max_lr):
    optimizer = torch.optim.SGD(model.parameters(), lr=max_lr)
    total = epochs * -(-len(inputs) // batch_size) + 1
    scheduler = lr_scheduler.OneCycleLR(optimizer, max_lr, total_steps=total, cycle_momentum=False)
    rates = []
    for _ in range(epochs):
        for x, y in zip(inputs.split(batch_size), targets.split(batch_size), strict=True):
            loss = functional.mse_loss(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            rates.append(scheduler.get_last_lr()[0])
            optimizer.step()
            scheduler.step()
    return rates


@wrong("exp_range", "down counted from the cycle's start")
def down_from_the_start(n, base_lr, max_lr, step_size_up, step_size_down, gamma):
    place = n % (step_size_up + step_size_down)
    height = np.where(place <= step_size_up, place / step_size_up, 1 - place / step_size_down)[()]
    return base_lr + (max_lr - base_lr) * height * gamma**n


@wrong("exp_range", "factor not set back")
def one_factor_for_all(n, base_lr, max_lr, step_size_up, step_size_down, gamma):
    factor, rates = 1.0, []
    for k in np.atleast_1d(n):
        for _ in range(int(k)):
            factor *= gamma
        place = k % (step_size_up + step_size_down)
        h = place / step_size_up if place <= step_size_up else 1 - (place - step_size_up) / step_size_down
        rates.append(base_lr + (max_lr - base_lr) * h * factor)
    return np.array(rates) if np.ndim(n) else rates[0]


@wrong("triangular2", "height not set back")
def halved_for_good(n, base_lr, max_lr, step_size):
    height, rates = max_lr - base_lr, []
    for k in np.atleast_1d(n):
        k = int(k)
        while k >= 2 * step_size:
            k -= 2 * step_size
            height /= 2
        rates.append(base_lr + height * (1 - abs(k / step_size - 1)))
    return np.array(rates) if np.ndim(n) else rates[0]


@wrong("triangular2", "a quarter each cycle")
def quartered(n, base_lr, max_lr, step_size):
    cycle = n // (2 * step_size)
    height = 1 - np.abs(n % (2 * step_size) / step_size - 1)
    return base_lr + (max_lr - base_lr) * height / 4.0**cycle


@wrong("exp_range", "higher of the two lines")
def maximum_of_the_lines(n, base_lr, max_lr, step_size_up, step_size_down, gamma):
    whole = step_size_up + step_size_down
    place = n % whole
    height = np.maximum(place / step_size_up, (whole - place) / step_size_down)
    return base_lr + (max_lr - base_lr) * height * gamma**n


@wrong("steepest_lr", "axis upside down")
def over_one_divided_by_lr(lrs, losses):
    return lrs[int(np.argmin(np.gradient(losses, 1 / np.array(lrs))))]


@wrong("steepest_lr", "smoothed first")
def mean_of_three(lrs, losses):
    smooth = np.convolve(np.pad(losses, 1, mode="edge"), np.ones(3) / 3, mode="valid")
    return lrs[int(np.argmin(np.gradient(smooth, np.log(lrs))))]


@wrong("robust_lr", "mean of the last 5")
def window_of_five(lrs, losses, beta, limit):
    smooth = []
    for k, loss in enumerate(losses):
        mean = np.mean(losses[max(0, k - 4) : k + 1])
        if not np.isfinite(loss) or (smooth and mean > limit * min(smooth)):
            break
        smooth.append(mean)
    kept = lrs[: len(smooth)]
    return kept[int(np.argmin(np.gradient(smooth, np.log(kept))))]


@wrong("robust_lr", "goes on after the blow-up")
def leaves_high_ones_out(lrs, losses, beta, limit):
    mean, smooth, kept = 0.0, [], []
    for k, loss in enumerate(losses):
        if not np.isfinite(loss):
            break
        mean = beta * mean + (1 - beta) * loss
        corrected = mean / (1 - beta ** (k + 1))
        if smooth and corrected > limit * min(smooth):
            continue
        smooth.append(corrected)
        kept.append(lrs[k])
    return kept[int(np.argmin(np.gradient(smooth, np.log(kept))))]


@wrong("robust_lr", "axis upside down")
def against_one_divided_by_lr(lrs, losses, beta, limit):
    mean, smooth = 0.0, []
    for k, loss in enumerate(losses):
        mean = beta * mean + (1 - beta) * loss
        corrected = mean / (1 - beta ** (k + 1))
        if not np.isfinite(loss) or (smooth and corrected > limit * min(smooth)):
            break
        smooth.append(corrected)
    kept = np.array(lrs[: len(smooth)])
    return kept[int(np.argmin(np.gradient(smooth, 1 / kept)))]


@wrong("robust_lr", "cut at the limit itself")
def not_above_but_at(lrs, losses, beta, limit):
    mean, smooth = 0.0, []
    for k, loss in enumerate(losses):
        mean = beta * mean + (1 - beta) * loss
        corrected = mean / (1 - beta ** (k + 1))
        if not np.isfinite(loss) or (smooth and corrected >= limit * min(smooth)):
            break
        smooth.append(corrected)
    kept = lrs[: len(smooth)]
    return kept[np.argmin(np.gradient(smooth, np.log(kept)))]
