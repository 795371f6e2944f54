"""Unit "finding your learning rate"."""

import bisect
import contextlib
import functools
import math

import numpy as np
import torch

from lrlab import schedules, suggest
from lrlab.units import Corpus

corpus = Corpus()
right, wrong = corpus.right, corpus.wrong


@right("log_grid")
def geomspace(low, high, num):
    return np.geomspace(low, high, num).tolist()


@right("log_grid")
def by_factor(low, high, num):
    factor = (high / low) ** (1 / (num - 1))
    rates = [low]
    while len(rates) < num:
        rates.append(rates[-1] * factor)
    return tuple(rates)


@right("log_grid")
def logspace_in_torch(low, high, num):
    return torch.logspace(math.log10(low), math.log10(high), num)


@right("log_grid")
def exponents(low, high, num):
    return np.exp(np.linspace(np.log(low), np.log(high), num))


@wrong("log_grid", "evenly spaced")
def linspace(low, high, num):
    return np.linspace(low, high, num)


@wrong("log_grid", "upper end left out")
def endpoint_false(low, high, num):
    return np.geomspace(low, high, num, endpoint=False)


@wrong("log_grid", "ends for exponents")
def logspace_of_rates(low, high, num):
    return np.logspace(low, high, num)


@wrong("log_grid", "powers of ten")
def decades(low, high, num):
    return [low * 10**k for k in range(num)]


@wrong("log_grid", "bases mixed")
def mixed(low, high, num):
    return 10 ** np.linspace(np.log(low), np.log(high), num)


@wrong("log_grid", "returns nothing")
def no_return(low, high, num):
    np.geomspace(low, high, num)


@right("refine")
def padded(lrs, losses, num):
    lrs, losses = np.asarray(lrs), np.array(losses)
    losses[~np.isfinite(losses)] = np.inf
    padded_lrs = np.concatenate([lrs[:1], lrs, lrs[-1:]])
    k = losses.argmin() + 1
    return np.geomspace(padded_lrs[k - 1], padded_lrs[k + 1], num)


@right("refine")
def plain_python(lrs, losses, num):
    best = min((k for k in range(len(lrs)) if math.isfinite(losses[k])), key=lambda k: losses[k])
    low = lrs[best - 1] if best > 0 else lrs[best]
    high = lrs[best + 1] if best < len(lrs) - 1 else lrs[best]
    return [low * (high / low) ** (k / (num - 1)) for k in range(num)]


@right("refine")
def by_bisection_for_lists(lrs, losses, num):
    finite = [loss for loss in losses if -math.inf < loss < math.inf]
    rate = lrs[losses.index(min(finite))]
    left, right_ = bisect.bisect_left(lrs, rate), bisect.bisect_right(lrs, rate)
    ends = lrs[max(0, left - 1)], lrs[min(len(lrs) - 1, right_)]
    return 10 ** torch.linspace(math.log10(ends[0]), math.log10(ends[1]), num, dtype=torch.float64)


@wrong("refine", "broken runs win")
def argmin(lrs, losses, num):
    k = int(np.argmin(losses))
    return np.geomspace(lrs[max(k - 1, 0)], lrs[min(k + 1, len(lrs) - 1)], num)


@wrong("refine", "minus infinity wins")
def nanargmin(lrs, losses, num):
    k = int(np.nanargmin(losses))
    return np.geomspace(lrs[max(k - 1, 0)], lrs[min(k + 1, len(lrs) - 1)], num)


@wrong("refine", "wraps round at the lower end")
def minus_one(lrs, losses, num):
    k = int(np.argmin(np.where(np.isfinite(losses), losses, np.inf)))
    return np.geomspace(lrs[k - 1], lrs[min(k + 1, len(lrs) - 1)], num)


@wrong("refine", "IndexError")
def past_the_end(lrs, losses, num):
    k = int(np.argmin(np.where(np.isfinite(losses), losses, np.inf)))
    return np.geomspace(lrs[max(k - 1, 0)], lrs[k + 1], num)


@wrong("refine", "evenly spaced")
def linear(lrs, losses, num):
    k = int(np.argmin(np.where(np.isfinite(losses), losses, np.inf)))
    return np.linspace(lrs[max(k - 1, 0)], lrs[min(k + 1, len(lrs) - 1)], num)


@wrong("refine", "changes losses")
def overwrites(lrs, losses, num):
    losses[~np.isfinite(losses)] = np.inf
    k = int(losses.argmin())
    return np.geomspace(lrs[max(k - 1, 0)], lrs[min(k + 1, len(lrs) - 1)], num)


@wrong("refine", "positions after the filter")
def filtered(lrs, losses, num):
    best = int(np.argmin([x for x in losses if np.isfinite(x)]))
    return np.geomspace(lrs[max(best - 1, 0)], lrs[min(best + 1, len(lrs) - 1)], num)


@right("refine")
def glued(lrs, losses, num):
    finite = [x for x in losses if np.isfinite(x)]
    best = list(losses).index(min(finite))
    padded = [lrs[0]] + lrs + [lrs[-1]]  # noqa: RUF005
    return np.geomspace(padded[best], padded[best + 2], num)


@wrong("refine", "lrlab.suggest")
def with_lrlabs_help(lrs, losses, num):
    suggest.all_of(lrs, losses)
    return plain_python(lrs, losses, num)


@right("with_warmup")
def inner_function(schedule, steps):
    def warmed(n):
        if steps == 0:
            return schedule(n)
        return schedule(n) * min(1, (n + 1) / steps)

    return warmed


@right("with_warmup")
def as_a_lambda(schedule, steps):
    return (lambda n: schedule(n) * min(1.0, (n + 1) / steps)) if steps else schedule


@right("with_warmup")
def as_an_object(schedule, steps):
    class Warm:
        def __call__(self, n):
            print("asked for", n)
            return np.float64(schedule(n)) * (1 if n >= steps else (n + 1) / steps)

    return Warm()


@right("with_warmup")
def partial(schedule, steps):
    def rate(ramp, n):
        return torch.tensor(schedule(n), dtype=torch.float64) * (ramp[n] if n < len(ramp) else 1)

    return functools.partial(rate, [(k + 1) / steps for k in range(steps)])


@wrong("with_warmup", "starts at zero")
def from_zero(schedule, steps):
    return lambda n: schedule(n) * (min(1, n / steps) if steps else 1)


@wrong("with_warmup", "never stops")
def no_minimum(schedule, steps):
    return lambda n: schedule(n) * ((n + 1) / steps if steps else 1)


@wrong("with_warmup", "schedule delayed")
def delayed(schedule, steps):
    return lambda n: schedule(0) * (n + 1) / steps if n < steps else schedule(n - steps)


@wrong("with_warmup", "ZeroDivisionError")
def divides_by_zero(schedule, steps):
    return lambda n: schedule(n) * min(1, (n + 1) / steps)


@wrong("with_warmup", "should return a new schedule")
def a_number(schedule, steps):
    return schedule(0) / max(steps, 1)


@wrong("with_warmup", "lrlab.schedules")
def by_lrlab(schedule, steps):
    if steps == 0:
        return schedule
    ramp = schedules.Linear(1.0, start_factor=1 / steps, end_factor=1.0, total_iters=max(steps - 1, 1))
    return lambda n: schedule(n) * ramp(n)


@right("find_lr")
def bisect_the_edge(probe, budget):
    low, high = -3.0, 4.0
    while high - low > 0.1:
        middle = (low + high) / 2
        if probe(10**middle, 5) > 2.4:
            high = middle
        else:
            low = middle
    return 10**low


@right("find_lr")
def coarse_then_fine(probe, budget):
    updates = 4 if budget < 100 else 8
    coarse = {k: probe(10.0**k, updates) for k in range(-3, 5)}
    best = min(coarse, key=lambda k: coarse[k] if coarse[k] == coarse[k] else 99)
    fine = {best + k / 4: probe(10.0 ** (best + k / 4), updates) for k in (-2, -1, 1, 2, 3)} | {best: coarse[best]}
    best = min(fine, key=lambda k: fine[k] if fine[k] == fine[k] else 99)
    return 10 ** (best + 0.25)


@right("find_lr")
def climbs_until_it_breaks(probe, budget):
    rate = 0.001
    while probe(rate * 4, 3) < 2.4:
        rate *= 4
        print("still fine at", rate)
    return np.float64(rate * 1.5) if probe(rate * 2, 3) < 2.4 else rate


@right("find_lr")
def smallest_of_a_grid(probe, budget):
    rates = np.geomspace(1e-3, 1e4, 15)
    losses = [probe(rate, max(budget // 15, 3)) for rate in rates]
    best = int(np.nanargmin(losses))
    return torch.tensor(rates[best] * (1.6 if budget < 100 else 1.0), dtype=torch.float64)


@wrong("find_lr", "no probe")
def constant_rate(probe, budget):
    return 3.0


@wrong("find_lr", "were allowed. Add up the updates of all your calls of probe")
def spends_too_much(probe, budget):
    rates = np.geomspace(1e-3, 1e4, 15)
    return rates[np.nanargmin([probe(rate, 50) for rate in rates])]


@wrong("find_lr", "were allowed. Add up the updates of all your calls of probe")
def swallows_the_complaint(probe, budget):
    losses = {}
    for rate in np.geomspace(1e-3, 1e4, 60):
        with contextlib.suppress(Exception):
            losses[rate] = probe(rate, 20)
    return min(losses, key=losses.get)


@wrong("find_lr", "best at an end")
def narrow(probe, budget):
    rates = [0.05, 0.1, 0.2]
    return rates[np.nanargmin([probe(rate, 10) for rate in rates])]


@wrong("find_lr", "too low")
def cautious(probe, budget):
    return bisect_the_edge(probe, budget) / 100


@wrong("find_lr", "too high")
def daring(probe, budget):
    return bisect_the_edge(probe, budget) * 30


@wrong("find_lr", "should return one learning rate")
def forgets_to_return(probe, budget):
    probe(0.1, 10)


@wrong("find_lr", "a whole number, 1 or more")
def half_an_update(probe, budget):
    return probe(0.1, 0.5)


@wrong("find_lr", "a finite number above 0")
def negative_rate(probe, budget):
    return probe(-1, 5)


@right("my_schedule")
def cosine(total_steps):
    return lambda n: 0.02 * (1 + math.cos(math.pi * n / total_steps))


@right("my_schedule")
def warmup_then_line(total_steps):
    def rate(n):
        return 0.05 * min(1, (n + 1) / 20) * (1 - n / total_steps)

    return rate


@right("my_schedule")
def of_lrlab(total_steps):
    return schedules.ExponentialDecay(0.06, decay=2.5 / total_steps)


@right("my_schedule")
def stairs_of_tensors(total_steps):
    return lambda n: torch.tensor(0.02) * (0.1 if n > 0.6 * total_steps else 1)


@wrong("my_schedule", "too high")
def of_the_notebook(total_steps):
    return schedules.LinearWarmup(1, warmup=10) * schedules.Cosine(0.2, T_max=total_steps)


@right("my_schedule")
def in_double_precision(total_steps):
    torch.set_default_dtype(torch.float64)
    return cosine(total_steps)


@wrong("my_schedule", "too low")
def timid(total_steps):
    return lambda n: 0.0005


@wrong("my_schedule", "too low")
def nearly(total_steps):
    return lambda n: 0.003


@wrong("my_schedule", "restless to the end")
def constant(total_steps):
    return lambda n: 0.02


@wrong("my_schedule", "too high")
def wild(total_steps):
    return lambda n: 1.0


@wrong("my_schedule", "uphill")
def negative(total_steps):
    return lambda n: -0.1


@wrong("my_schedule", "over too early")
def gone(total_steps):
    return lambda n: 0.01 * math.exp(-0.05 * n)


@wrong("my_schedule", "should return a schedule")
def a_list(total_steps):
    return [0.1] * total_steps


@wrong("my_schedule", "should be a finite number")
def not_a_number(total_steps):
    return lambda n: 0.1 if n else math.nan


@wrong("my_schedule", "takes 0 positional arguments")
def forgets_n(total_steps):
    return lambda: 0.1


# Mutants of the solutions that compute the same as the solution on all that the prompt allows, with the reason.
EQUIVALENT_MUTANTS: dict[str, str] = {}


@wrong("refine", "broken runs left out with their rates")
def dropped_with_rates(lrs, losses, num):
    lrs, losses = np.array(lrs), np.array(losses)
    ok = np.isfinite(losses)
    lrs, losses = lrs[ok], losses[ok]
    i = int(np.argmin(losses))
    return np.geomspace(lrs[max(i - 1, 0)], lrs[min(i + 1, len(lrs) - 1)], num)


@wrong("with_warmup", "ramp to one rate")
def ramp_to_the_end(schedule, steps):
    def warm(n):
        if n < steps:
            return schedule(steps) * (n + 1) / steps
        return schedule(n)

    return warm


@right("refine")
def padded_edges(lrs, losses, num):
    padded = np.pad(np.asarray(lrs, dtype=float), 1, mode="edge")
    i = np.argmin(np.nan_to_num(losses, nan=np.inf, posinf=np.inf, neginf=np.inf))
    return np.exp(np.linspace(np.log(padded[i]), np.log(padded[i + 2]), num))


@right("with_warmup")
def schedule_itself(schedule, steps):
    if not steps:
        return schedule
    return lambda n: schedule(n) * min(1.0, (n + 1) / steps)


@wrong("find_lr", "loss returned")
def best_loss(probe, budget):
    return min(probe(10.0**k, budget // 8) for k in range(-3, 5))


@wrong("with_warmup", "ramp of whole numbers")
def whole_number_ramp(schedule, steps):
    def warm(n):
        if n < steps:
            return schedule(n) * ((n + 1) // steps)
        return schedule(n)

    return warm


@wrong("log_grid", "last one lost by rounding")
def while_at_most_high(low, high, num):
    q = (high / low) ** (1 / (num - 1))
    rates = []
    rate = low
    while rate <= high:
        rates.append(rate)
        rate *= q
    return rates


@wrong("find_lr", "evenly spaced")
def a_linear_grid(probe, budget):
    tries = 20 if budget >= 200 else 10
    rates = np.linspace(0.001, 10_000, tries)
    losses = np.array([probe(float(lr), budget // tries) for lr in rates], dtype=float)
    losses[~np.isfinite(losses)] = np.inf
    return float(rates[np.argmin(losses)])


@wrong("with_warmup", "curved ramp, a cosine")
def cosine_ramp(schedule, steps):
    def rate(n):
        share = (1 - math.cos(math.pi * (n + 1) / steps)) / 2 if n < steps else 1
        return schedule(n) * share

    return rate
