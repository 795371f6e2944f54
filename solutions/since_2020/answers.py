"""Right and wrong answers to the exercises of this unit, written as different people would write them."""

import copy
import math
from collections import defaultdict

import numpy as np
import torch
from torch.nn import functional
from torch.optim.swa_utils import AveragedModel

from lrlab import adaptive, schedules
from lrlab.units import Corpus

corpus = Corpus()
right, wrong = corpus.right, corpus.wrong


@right("cooldown_rate")
def clipped(n, peak, floor, total, decay):
    p = np.clip((n - total + decay) / decay, 0, 1)
    return floor + (peak - floor) * (1 - np.sqrt(p))


@right("cooldown_rate")
def with_where(n, peak, floor, total, decay):
    begin = total - decay
    gone = np.minimum(np.maximum(np.asarray(n) - begin, 0.0), decay)
    tail = peak - (peak - floor) * (gone / decay) ** 0.5
    return np.where(np.asarray(n) < begin, float(peak), tail)[()]


@right("cooldown_rate")
def one_by_one(n, peak, floor, total, decay):
    def rate(step):
        if step < total - decay:
            return peak
        if step >= total:
            return floor
        p = (step - (total - decay)) / decay
        return math.sqrt(p) * floor + (1 - math.sqrt(p)) * peak

    return np.array([float(rate(step)) for step in n]) if isinstance(n, np.ndarray) else rate(n)


@right("cooldown_rate")
def in_torch(n, peak, floor, total, decay):
    p = ((torch.as_tensor(n, dtype=torch.float64) - (total - decay)) / decay).clamp(0, 1)
    return peak - (peak - floor) * p.sqrt()


@wrong("cooldown_rate", "linear tail")
def straight(n, peak, floor, total, decay):
    return floor + (peak - floor) * (1 - np.clip((n - total + decay) / decay, 0, 1))


@wrong("cooldown_rate", "root of what is left")
def root_outside(n, peak, floor, total, decay):
    return floor + (peak - floor) * np.sqrt(1 - np.clip((n - total + decay) / decay, 0, 1))


@wrong("cooldown_rate", "floor forgotten")
def to_zero(n, peak, floor, total, decay):
    return peak * (1 - np.sqrt(np.clip((n - total + decay) / decay, 0, 1)))


@wrong("cooldown_rate", "floor added on top")
def raised(n, peak, floor, total, decay):
    return floor + peak * (1 - np.sqrt(np.clip((n - total + decay) / decay, 0, 1)))


@wrong("cooldown_rate", "floor as a minimum")
def cut_off(n, peak, floor, total, decay):
    return np.maximum(floor, peak * (1 - np.sqrt(np.clip((n - total + decay) / decay, 0, 1))))


@wrong("cooldown_rate", "begins at decay")
def wrong_place(n, peak, floor, total, decay):
    return floor + (peak - floor) * (1 - np.sqrt(np.clip((n - decay) / decay, 0, 1)))


@wrong("cooldown_rate", "one step late")
def late(n, peak, floor, total, decay):
    return floor + (peak - floor) * (1 - np.sqrt(np.clip((n - total + decay - 1) / decay, 0, 1)))


@wrong("cooldown_rate", "falls on")
def no_end(n, peak, floor, total, decay):
    return floor + (peak - floor) * (1 - np.sqrt(np.maximum((n - total + decay) / decay, 0)))


@wrong("cooldown_rate", "for an array")
def with_if(n, peak, floor, total, decay):
    if n < total - decay:
        return peak
    return floor + (peak - floor) * (1 - math.sqrt(min(1, (n - total + decay) / decay)))


@wrong("cooldown_rate", "lrlab.schedules")
def of_lrlab(n, peak, floor, total, decay):
    s = schedules.WarmupStableDecay(1.0, warmup=0, stable=total - decay, decay=decay, tail="sqrt")
    return floor + (peak - floor) * s(n)


@wrong("cooldown_rate", "prints its result")
def prints(n, peak, floor, total, decay):
    print(floor + (peak - floor) * (1 - np.sqrt(np.clip((n - total + decay) / decay, 0, 1))))


@right("cooldown_plan")
def by_lists(budgets, part):
    lengths = [budget // part for budget in budgets]
    forks = [budget - length for budget, length in zip(budgets, lengths, strict=True)]
    return forks, sum(budgets) - max(forks) - sum(lengths)


@right("cooldown_plan")
def by_arrays(budgets, part):
    budgets = np.asarray(budgets)
    tails = budgets // part
    return budgets - tails, (budgets - tails).sum() - (budgets - tails).max()


@right("cooldown_plan")
def by_counting(budgets, part):
    trained, forks = set(), []
    for i, budget in enumerate(budgets):
        fork = int(budget) - int(budget) // part
        forks.append(fork)
        trained |= {("trunk", n) for n in range(fork)}
        trained |= {(i, n) for n in range(fork, int(budget))}
    return tuple(forks), int(sum(budgets)) - len(trained)


@right("cooldown_plan")
def by_tensors(budgets, part):
    b = torch.as_tensor(budgets)
    forks = b - b.div(part, rounding_mode="floor")
    return [forks, (forks.sum() - forks.max()).item()]


@wrong("cooldown_plan", "trunk to the last budget")
def whole_trunk(budgets, part):
    lengths = [budget // part for budget in budgets]
    return [b - n for b, n in zip(budgets, lengths, strict=True)], sum(budgets) - max(budgets) - sum(lengths)


@wrong("cooldown_plan", "only the longest budget counted")
def free_cooldowns(budgets, part):
    return [b - b // part for b in budgets], sum(budgets) - max(budgets)


@wrong("cooldown_plan", "updates trained")
def trained_updates(budgets, part):
    forks = [b - b // part for b in budgets]
    return forks, max(forks) + sum(b // part for b in budgets)


@wrong("cooldown_plan", "length for place")
def lengths_returned(budgets, part):
    lengths = [b // part for b in budgets]
    forks = [b - n for b, n in zip(budgets, lengths, strict=True)]
    return lengths, sum(forks) - max(forks)


@wrong("cooldown_plan", "sorted")
def in_order(budgets, part):
    forks = sorted(b - b // part for b in budgets)
    return forks, sum(forks[:-1])


@wrong("cooldown_plan", "last for longest")
def trusts_the_order(budgets, part):
    forks = [b - b // part for b in budgets]
    return forks, sum(forks[:-1])


@wrong("cooldown_plan", "not rounded")
def true_division(budgets, part):
    forks = [b - b / part for b in budgets]
    return forks, sum(forks) - max(forks)


@wrong("cooldown_plan", "rounded up")
def ceil(budgets, part):
    forks = [b - math.ceil(b / part) for b in budgets]
    return forks, sum(forks) - max(forks)


@wrong("cooldown_plan", "should return a pair")
def saved_alone(budgets, part):
    forks = [b - b // part for b in budgets]
    return sum(forks) - max(forks)


@right("read_sharpness")
def plain_loop(steps, sharpness, lr):
    first, third = None, len(steps) // 3
    for step, value in zip(steps, sharpness, strict=True):
        if value >= 2 / lr:
            first = step
            break
    if any(value != value for value in sharpness):
        return first, "diverged"
    ratio = sum(sharpness[-third:]) / third * lr / 2
    if ratio < 0.9:
        return first, "below"
    return (first, "edge") if ratio <= 1.1 else (first, "above")


@right("read_sharpness")
def by_masks(steps, sharpness, lr):
    sharpness = np.asarray(sharpness)
    at = np.flatnonzero(sharpness >= 2 / lr)
    first = int(steps[at[0]]) if at.size else None
    late = sharpness[-(len(sharpness) // 3) :].mean() * lr / 2
    if np.isnan(sharpness).any():
        return [first, "diverged"]
    return [first, "below" if late < 0.9 else "above" if late > 1.1 else "edge"]


@right("read_sharpness")
def with_next(steps, sharpness, lr):
    first = next((int(n) for n, s in zip(steps, sharpness, strict=True) if s * lr >= 2), None)
    if math.isnan(sum(sharpness)):
        verdict = "diverged"
    else:
        print("ratios", [s * lr / 2 for s in sharpness])
        middle = math.fsum(list(sharpness)[-(len(steps) // 3) :]) / (len(steps) // 3)
        verdict = ("below", "edge", "above")[(middle * lr / 2 >= 0.9) + (middle * lr / 2 > 1.1)]
    return first, verdict


@wrong("read_sharpness", "limit 1 / lr")
def one_over(steps, sharpness, lr):
    return plain_loop(steps, sharpness, 2 * lr)


@wrong("read_sharpness", "limit upside down")
def upside_down(steps, sharpness, lr):
    limit, third = lr / 2, len(steps) // 3
    first = next((n for n, s in zip(steps, sharpness, strict=True) if s >= limit), None)
    if any(s != s for s in sharpness):
        return first, "diverged"
    ratio = sum(sharpness[-third:]) / third / limit
    return first, "below" if ratio < 0.9 else "above" if ratio > 1.1 else "edge"


@wrong("read_sharpness", "place for step")
def place(steps, sharpness, lr):
    return plain_loop(list(range(len(steps))), sharpness, lr)


@wrong("read_sharpness", "first step where there is none")
def argmax(steps, sharpness, lr):
    return int(steps[np.argmax(np.asarray(sharpness) >= 2 / lr)]), plain_loop(steps, sharpness, lr)[1]


@wrong("read_sharpness", "strictly above")
def above(steps, sharpness, lr):
    first = next((n for n, s in zip(steps, sharpness, strict=True) if s > 2 / lr), None)
    return first, plain_loop(steps, sharpness, lr)[1]


@wrong("read_sharpness", "highest entry")
def highest(steps, sharpness, lr):
    first, verdict = plain_loop(steps, sharpness, lr)
    return (None if first is None else steps[int(np.nanargmax(sharpness))]), verdict


@wrong("read_sharpness", "broken run overlooked")
def skips_nan(steps, sharpness, lr):
    finite = [s for s in sharpness if s == s]
    late = np.mean(finite[-(len(steps) // 3) :]) * lr / 2
    return plain_loop(steps, sharpness, lr)[0], "below" if late < 0.9 else "above" if late > 1.1 else "edge"


@wrong("read_sharpness", "whole run")
def mean_of_all(steps, sharpness, lr):
    first, verdict = plain_loop(steps, sharpness, lr)
    ratio = np.mean(sharpness) * lr / 2
    return first, verdict if verdict == "diverged" else "below" if ratio < 0.9 else "above" if ratio > 1.1 else "edge"


@wrong("read_sharpness", "highest for mean")
def by_the_top(steps, sharpness, lr):
    first, verdict = plain_loop(steps, sharpness, lr)
    ratio = np.max(sharpness) * lr / 2
    return first, verdict if verdict == "diverged" else "below" if ratio < 0.9 else "above" if ratio > 1.1 else "edge"


@wrong("read_sharpness", "pair swapped")
def swapped(steps, sharpness, lr):
    return plain_loop(steps, sharpness, lr)[::-1]


@wrong("read_sharpness", "The verdict isn't right")
def other_words(steps, sharpness, lr):
    first, verdict = plain_loop(steps, sharpness, lr)
    return first, verdict.upper()


@wrong("read_sharpness", "should return a pair")
def verdict_alone(steps, sharpness, lr):
    return plain_loop(steps, sharpness, lr)[1]


@right("average_weights")
def corrected_at_the_end(model, batches, lr, decay):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    means = [torch.zeros_like(p) for p in model.parameters()]
    for inputs, targets in batches:
        loss = functional.mse_loss(model(inputs), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        means = [decay * m + (1 - decay) * p.detach() for m, p in zip(means, model.parameters(), strict=True)]
    return [m / (1 - decay ** len(batches)) for m in means]


@right("average_weights")
def with_no_grad_in_place(model, batches, lr, decay):
    means, t = [torch.zeros_like(p.data) for p in model.parameters()], 0
    for inputs, targets in batches:
        model.zero_grad()
        ((model(inputs) - targets) ** 2).mean().backward()
        with torch.no_grad():
            t += 1
            for p, m in zip(model.parameters(), means, strict=True):
                p.sub_(lr * p.grad)
                m.lerp_(p, 1 - decay)
    return tuple(m / (1 - decay**t) for m in means)


@right("average_weights")
def keeps_all_weights(model, batches, lr, decay):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    history = []
    for inputs, targets in batches:
        optimizer.zero_grad()
        functional.mse_loss(model(inputs), targets).backward()
        optimizer.step()
        history.append([p.detach().numpy().copy() for p in model.parameters()])
    shares = decay ** np.arange(len(history))[::-1]
    return [np.average(np.stack(one), axis=0, weights=shares) for one in zip(*history, strict=True)]


@right("average_weights")
def running_share(model, batches, lr, decay):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    mean = AveragedModel(
        model, avg_fn=lambda old, new, n: old + (new - old) * (1 - decay) / (1 - decay ** (int(n) + 1))
    )
    for inputs, targets in batches:
        loss = functional.mse_loss(model(inputs), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        mean.update_parameters(model)
    return [p.detach() for p in mean.module.parameters()]


@wrong("average_weights", "as it was")
def unchanged(model, batches, lr, decay):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    means = [torch.zeros_like(p) for p in model.parameters()]
    for inputs, targets in batches:
        means = [decay * m + (1 - decay) * p for m, p in zip(means, model.parameters(), strict=True)]
        loss = functional.mse_loss(model(inputs), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return means


@wrong("average_weights", "not corrected")
def starts_at_zero(model, batches, lr, decay):
    return [m * (1 - decay ** len(batches)) for m in corrected_at_the_end(model, batches, lr, decay)]


@wrong("average_weights", "before the update")
def too_early(model, batches, lr, decay):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    means = [torch.zeros_like(p) for p in model.parameters()]
    for inputs, targets in batches:
        means = [decay * m + (1 - decay) * p.detach() for m, p in zip(means, model.parameters(), strict=True)]
        loss = functional.mse_loss(model(inputs), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return [m / (1 - decay ** len(batches)) for m in means]


@wrong("average_weights", "started from the initial weights")
def from_the_start(model, batches, lr, decay):
    means = [p.detach().clone() for p in model.parameters()]
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for inputs, targets in batches:
        loss = functional.mse_loss(model(inputs), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        means = [decay * m + (1 - decay) * p.detach() for m, p in zip(means, model.parameters(), strict=True)]
    return means


@wrong("average_weights", "started from the first weights")
def with_averaged_model(model, batches, lr, decay):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    mean = AveragedModel(model, avg_fn=lambda old, new, n: decay * old + (1 - decay) * new)
    for inputs, targets in batches:
        loss = functional.mse_loss(model(inputs), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        mean.update_parameters(model)
    return [p.detach() for p in mean.module.parameters()]


@wrong("average_weights", "decay swapped")
def other_way_round(model, batches, lr, decay):
    return corrected_at_the_end(model, batches, lr, 1 - decay)


@wrong("average_weights", "plain mean")
def unweighted(model, batches, lr, decay):
    optimizer, seen = torch.optim.SGD(model.parameters(), lr=lr), []
    for inputs, targets in batches:
        loss = functional.mse_loss(model(inputs), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        seen.append([p.detach().clone() for p in model.parameters()])
    return [sum(one) / len(seen) for one in zip(*seen, strict=True)]


@wrong("average_weights", "carry a graph")
def keeps_the_graph(model, batches, lr, decay):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    means = [torch.zeros_like(p) for p in model.parameters()]
    for inputs, targets in batches:
        loss = functional.mse_loss(model(inputs), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        means = [decay * m + (1 - decay) * p for m, p in zip(means, model.parameters(), strict=True)]
    return [m / (1 - decay ** len(batches)) for m in means]


@wrong("average_weights", "must not change the training")
def averages_into_the_model(model, batches, lr, decay):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    means = [torch.zeros_like(p) for p in model.parameters()]
    for t, (inputs, targets) in enumerate(batches, 1):
        loss = functional.mse_loss(model(inputs), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        with torch.no_grad():
            for m, p in zip(means, model.parameters(), strict=True):
                m.mul_(decay).add_((1 - decay) * p)
                p.copy_(m / (1 - decay**t))
    return means


@wrong("average_weights", "returns nothing")
def forgets_to_return(model, batches, lr, decay):
    corrected_at_the_end(model, batches, lr, decay)


@right("mup_groups")
def a_group_each(model, base, lr):
    groups = []
    for p, narrow in zip(model.parameters(), base.parameters(), strict=True):
        times = p.shape[1] / narrow.shape[1] if p.ndim == 2 else 1
        groups.append({"params": [p], "lr": lr / times})
    return groups


@right("mup_groups")
def by_name(model, base, lr):
    others = dict(base.named_parameters())
    return [
        {"params": p, "lr": lr if p.ndim < 2 else lr * others[name].size(1) / p.size(1)}
        for name, p in model.named_parameters()
    ]


@right("mup_groups")
def gathered_by_rate(model, base, lr):
    by_rate = defaultdict(list)
    for p, narrow in zip(model.parameters(), base.parameters(), strict=True):
        by_rate[p.shape[-1] / narrow.shape[-1] if len(p.shape) > 1 else 1.0].append(p)
    print(sorted(by_rate))
    return tuple({"params": some, "lr": lr / k} for k, some in by_rate.items())


@right("mup_groups")
def generator(model, base, lr):
    for layer, narrow in zip(model.modules(), base.modules(), strict=True):
        if isinstance(layer, torch.nn.Linear):
            yield {"params": [layer.weight], "lr": lr * narrow.in_features / layer.in_features}
            if layer.bias is not None:
                yield {"params": [layer.bias], "lr": lr}
        elif isinstance(layer, torch.nn.LayerNorm):
            yield {"params": list(layer.parameters()), "lr": lr}


@wrong("mup_groups", "upside down")
def multiplied(model, base, lr):
    pairs = zip(model.parameters(), base.parameters(), strict=True)
    return [{"params": [p], "lr": lr * p.shape[1] / q.shape[1] if p.ndim > 1 else lr} for p, q in pairs]


@wrong("mup_groups", "outputs for inputs")
def first_axis(model, base, lr):
    pairs = zip(model.parameters(), base.parameters(), strict=True)
    return [{"params": [p], "lr": lr * len(q) / len(p) if p.ndim > 1 else lr} for p, q in pairs]


@wrong("mup_groups", "biases too")
def last_axis_of_all(model, base, lr):
    pairs = zip(model.parameters(), base.parameters(), strict=True)
    return [{"params": [p], "lr": lr * q.shape[-1] / p.shape[-1]} for p, q in pairs]


@wrong("mup_groups", "inputs themselves")
def by_fan_in(model, base, lr):
    return [{"params": [p], "lr": lr / p.shape[1] if p.ndim > 1 else lr} for p in model.parameters()]


@wrong("mup_groups", "square root")
def rooted(model, base, lr):
    pairs = zip(model.parameters(), base.parameters(), strict=True)
    return [{"params": [p], "lr": lr * (q.shape[1] / p.shape[1]) ** 0.5 if p.ndim > 1 else lr} for p, q in pairs]


@wrong("mup_groups", "one rate")
def no_groups(model, base, lr):
    return [{"params": list(model.parameters()), "lr": lr}]


@wrong("mup_groups", "base trained")
def wrong_network(model, base, lr):
    pairs = zip(model.parameters(), base.parameters(), strict=True)
    return [{"params": [q], "lr": lr * q.shape[1] / p.shape[1] if p.ndim > 1 else lr} for p, q in pairs]


@wrong("mup_groups", "biases left out")
def matrices_alone(model, base, lr):
    pairs = zip(model.parameters(), base.parameters(), strict=True)
    return [{"params": [p], "lr": lr * q.shape[1] / p.shape[1]} for p, q in pairs if p.ndim > 1]


@wrong("mup_groups", "does not accept the groups")
def twice(model, base, lr):
    return [*a_group_each(model, base, lr), {"params": list(model.parameters()), "lr": lr}]


@wrong("mup_groups", "a list of dictionaries")
def an_object(model, base, lr):
    return torch.optim.Adam(a_group_each(model, base, lr))


@right("critical_batch")
def polyfit(batch_sizes, updates):
    batch_sizes, updates = np.asarray(batch_sizes, dtype=float), np.asarray(updates, dtype=float)
    reached = np.isfinite(updates)
    slope, fewest = np.polyfit(1 / batch_sizes[reached], updates[reached], 1)
    return fewest, slope / fewest


@right("critical_batch")
def lstsq(batch_sizes, updates):
    rows = [(1, 1 / b) for b, s in zip(batch_sizes, updates, strict=True) if not np.isnan(s)]
    fewest, slope = np.linalg.lstsq(np.array(rows), [s for s in updates if s == s], rcond=None)[0]
    print(fewest, slope)
    return [fewest, slope / fewest]


@right("critical_batch")
def by_sums(batch_sizes, updates):
    points = [(1 / float(b), float(s)) for b, s in zip(batch_sizes, updates, strict=True) if not math.isnan(s)]
    x_mean, y_mean = (sum(values) / len(points) for values in zip(*points, strict=True))
    slope = sum((x - x_mean) * (y - y_mean) for x, y in points) / sum((x - x_mean) ** 2 for x, _ in points)
    fewest = y_mean - slope * x_mean
    return fewest, slope / fewest


@right("critical_batch")
def weights_of_nothing(batch_sizes, updates):
    b, s = torch.as_tensor(batch_sizes, dtype=torch.float64), torch.as_tensor(updates, dtype=torch.float64)
    b, s = b[~s.isnan()], s[~s.isnan()]
    x = torch.stack([torch.ones_like(b), 1 / b], dim=1)
    found = torch.linalg.solve(x.T @ x, x.T @ s)
    return found[0], found[1] / found[0]


@wrong("critical_batch", "nan kept")
def sums_with_nan(batch_sizes, updates):
    x, s = 1 / np.asarray(batch_sizes, dtype=float), np.asarray(updates, dtype=float)
    slope = ((x - x.mean()) * (s - s.mean())).sum() / ((x - x.mean()) ** 2).sum()
    fewest = s.mean() - slope * x.mean()
    return fewest, slope / fewest


@wrong("critical_batch", "line over the batch")
def over_the_batch(batch_sizes, updates):
    batch_sizes, updates = np.asarray(batch_sizes, dtype=float), np.asarray(updates, dtype=float)
    reached = np.isfinite(updates)
    slope, fewest = np.polyfit(batch_sizes[reached], updates[reached], 1)
    return fewest, slope / fewest


@wrong("critical_batch", "slope for batch")
def slope_alone(batch_sizes, updates):
    fewest, critical = polyfit(batch_sizes, updates)
    return fewest, fewest * critical


@wrong("critical_batch", "ratio upside down")
def inverse(batch_sizes, updates):
    fewest, critical = polyfit(batch_sizes, updates)
    return fewest, 1 / critical


@wrong("critical_batch", "pair swapped")
def other_order(batch_sizes, updates):
    return polyfit(batch_sizes, updates)[::-1]


@wrong("critical_batch", "fit swapped")
def mixed_up(batch_sizes, updates):
    batch_sizes, updates = np.asarray(batch_sizes, dtype=float), np.asarray(updates, dtype=float)
    reached = np.isfinite(updates)
    fewest, slope = np.polyfit(1 / batch_sizes[reached], updates[reached], 1)
    return fewest, slope / fewest


@wrong("critical_batch", "two points")
def first_and_last(batch_sizes, updates):
    reached = [(b, s) for b, s in zip(batch_sizes, updates, strict=True) if s == s]
    (b0, s0), (b1, s1) = reached[0], reached[-1]
    slope = (s0 - s1) / (1 / b0 - 1 / b1)
    fewest = s1 - slope / b1
    return fewest, slope / fewest


@wrong("critical_batch", "smallest in the table")
def minimum(batch_sizes, updates):
    return np.nanmin(updates), batch_sizes[int(np.nanargmin(updates))]


@wrong("critical_batch", "nan as 0")
def nan_kept(batch_sizes, updates):
    x, s = 1 / np.asarray(batch_sizes, dtype=float), np.nan_to_num(np.asarray(updates, dtype=float))
    slope, fewest = np.polyfit(x, s, 1)
    return fewest, slope / fewest


@wrong("critical_batch", "should return a pair")
def batch_alone(batch_sizes, updates):
    return polyfit(batch_sizes, updates)[1]


@right("dog_step")
def with_norms(param, grad, state, r_eps):
    start = state.get("start", param)
    total = state.get("total", 0.0) + (grad**2).sum()
    r = max(state.get("r", r_eps), float((param - start).norm()))
    return param - r / torch.sqrt(total + 1e-8) * grad, {"start": start, "total": total, "r": r}


@right("dog_step")
def keeps_everything(param, grad, state, r_eps):
    params, grads = [*state.get("params", []), param], [*state.get("grads", []), grad]
    far = max([r_eps, *(torch.dist(p, params[0]).item() for p in params)])
    squares = math.fsum(g.square().sum().item() for g in grads)
    return param - far / math.sqrt(squares + 1e-8) * grad, {"params": params, "grads": grads}


@right("dog_step")
def in_numpy(param, grad, state, r_eps):
    x, g = param.numpy(), grad.numpy()
    first, far, total = state or (x.copy(), r_eps, 1e-8)
    far, total = max(far, float(np.linalg.norm(x - first))), total + float((g * g).sum())
    return x - far * total**-0.5 * g, (first, far, total)


@right("dog_step")
def in_place_on_copies(param, grad, state, r_eps):
    state = copy.deepcopy(state)
    state.setdefault("origin", param.clone())
    state["g2"] = state.get("g2", 0) + torch.sum(grad * grad)
    distance = (param - state["origin"]).pow(2).sum().sqrt()
    state["r"] = torch.maximum(state.get("r", torch.tensor(r_eps)), distance)
    return [param.clone().sub_(state["r"] / (state["g2"] + 1e-8).sqrt() * grad), state]


@wrong("dog_step", "uphill")
def climbs(param, grad, state, r_eps):
    new, after = with_norms(param, grad, state, r_eps)
    return 2 * param - new, after


@wrong("dog_step", "last distance")
def no_maximum(param, grad, state, r_eps):
    start = state.get("start", param)
    total = state.get("total", 0.0) + (grad**2).sum()
    r = max(r_eps, float((param - start).norm()))
    return param - r / torch.sqrt(total + 1e-8) * grad, {"start": start, "total": total}


@wrong("dog_step", "this gradient only")
def normalized(param, grad, state, r_eps):
    start = state.get("start", param)
    r = max(state.get("r", r_eps), float((param - start).norm()))
    return param - r / torch.sqrt((grad**2).sum() + 1e-8) * grad, {"start": start, "r": r}


@wrong("dog_step", "no floor")
def from_nothing(param, grad, state, r_eps):
    start = state.get("start", param)
    total = state.get("total", 0.0) + (grad**2).sum()
    r = max(state.get("r", 0.0), float((param - start).norm()))
    return param - r / torch.sqrt(total + 1e-8) * grad, {"start": start, "total": total, "r": r}


@wrong("dog_step", "entry by entry")
def like_adagrad(param, grad, state, r_eps):
    start = state.get("start", param)
    total = state.get("total", 0.0) + grad**2
    r = torch.maximum(state.get("r", torch.full_like(param, r_eps)), (param - start).abs())
    return param - r / torch.sqrt(total + 1e-8) * grad, {"start": start, "total": total, "r": r}


@wrong("dog_step", "no root")
def without_root(param, grad, state, r_eps):
    start = state.get("start", param)
    total = state.get("total", 0.0) + (grad**2).sum()
    r = max(state.get("r", r_eps), float((param - start).norm()))
    return param - r / (total + 1e-8) * grad, {"start": start, "total": total, "r": r}


@wrong("dog_step", "distance never grows")
def from_the_last(param, grad, state, r_eps):
    total = state.get("total", 0.0) + (grad**2).sum()
    r = max(state.get("r", r_eps), float((param - state.get("last", param)).norm()))
    return param - r / torch.sqrt(total + 1e-8) * grad, {"last": param, "total": total, "r": r}


@wrong("dog_step", "mean of squares")
def averaged(param, grad, state, r_eps):
    start, t = state.get("start", param), state.get("t", 0) + 1
    total = state.get("total", 0.0) + (grad**2).sum()
    r = max(state.get("r", r_eps), float((param - start).norm()))
    return param - r / torch.sqrt(total / t + 1e-8) * grad, {"start": start, "total": total, "r": r, "t": t}


@wrong("dog_step", "changes the state")
def writes_into_the_state(param, grad, state, r_eps):
    new, after = with_norms(param, grad, state, r_eps)
    state.update(after)
    return new, state


@wrong("dog_step", "changes param")
def subtracts_in_place(param, grad, state, r_eps):
    new, after = with_norms(param.clone(), grad, state, r_eps)
    return param.copy_(new), after


@wrong("dog_step", "calls lrlab.adaptive")
def prodigy(param, grad, state, r_eps):
    return adaptive.prodigy_step(param, grad, state, d0=r_eps)


@wrong("dog_step", "should return two objects")
def param_alone(param, grad, state, r_eps):
    return with_norms(param, grad, state, r_eps)[0]


# Mutants of the solutions that compute the same as the solution on all that the prompt allows, with the reason.
_SAME_LENGTH = "both sequences have the same length"
_NOT_ON_A_BOUND = "the prompt says that no ratio is exactly 0.9 or 1.1"
_VERDICT = 'of `return first, "below" if ratio < 0.9 else "above" if ratio > 1.1 else "edge"`'


@wrong("mup_groups", "rounded down")
def ratio_rounded_down(model, base, lr):
    return [
        {"params": [p], "lr": lr / (p.shape[1] // b.shape[1]) if p.ndim == 2 else lr}
        for p, b in zip(model.parameters(), base.parameters(), strict=False)
    ]


@wrong("critical_batch", "nan as 0")
def nan_counted_as_0(batch_sizes, updates):
    b, s = np.array(batch_sizes, dtype=float), np.nan_to_num(np.array(updates, dtype=float))
    slope, low = np.polyfit(1 / b, s, 1)
    return low, slope / low


@wrong("dog_step", "root of the sum of lengths")
def lengths_under_the_root(param, grad, state, r_eps):
    start = state.get("start", param.clone())
    G = state.get("G", 0.0) + grad.norm()
    r = max(state.get("r", r_eps), (param - start).norm().item())
    return param - r / (G + 1e-8).sqrt() * grad, {"start": start, "G": G, "r": r}


@wrong("dog_step", "present gradient left out")
def without_this_gradient(param, grad, state, r_eps):
    start = state.get("start", param.clone())
    old = state.get("G", torch.tensor(0.0))
    r = max(state.get("r", r_eps), (param - start).norm().item())
    G = old + (grad**2).sum()
    return param - r / ((old if state else G) + 1e-8).sqrt() * grad, {"start": start, "G": G, "r": r}


@right("average_weights")
def weighted_past(model, batches, lr, decay):
    past = []
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for x, y in batches:
        optimizer.zero_grad()
        functional.mse_loss(model(x), y).backward()
        optimizer.step()
        past.append([p.detach().clone() for p in model.parameters()])
    w = torch.tensor([decay ** (len(past) - 1 - i) for i in range(len(past))])
    w = w / w.sum()
    return [sum(a * p for a, p in zip(w, ps, strict=False)) for ps in zip(*past, strict=False)]


@right("dog_step")
def whole_past(param, grad, state, r_eps):
    thetas = [*state.get("thetas", []), param.clone()]
    grads = [*state.get("grads", []), grad.clone()]
    r = max([r_eps] + [torch.linalg.vector_norm(t - thetas[0]).item() for t in thetas])
    G = sum(torch.linalg.vector_norm(g) ** 2 for g in grads)
    return param - r * grad / torch.sqrt(G + 1e-8), {"thetas": thetas, "grads": grads}


@right("read_sharpness")
def selected(steps, sharpness, lr):
    first = next((s for s, x in zip(steps, sharpness, strict=False) if x >= 2 / lr), None)
    k = len(steps) // 3
    mean = np.mean(np.array(sharpness)[-k:]) * lr / 2
    verdict = np.select([np.isnan(sharpness).any(), mean < 0.9, mean > 1.1], ["diverged", "below", "above"], "edge")
    return [first, str(verdict)]


@wrong("critical_batch", "nan left out of the updates only")
def updates_filtered_alone(batch_sizes, updates):
    s = np.array([u for u in updates if not np.isnan(u)])
    x = 1 / np.array(batch_sizes[: len(s)], dtype=float)
    slope, low = np.polyfit(x, s, 1)
    return low, slope / low


EQUIVALENT_MUTANTS = {
    "cooldown_plan: without strict, column 51 of "
    "`forks = [budget - length for budget, length in zip(budgets, lengths, strict=True)]`": _SAME_LENGTH,
    "read_sharpness: without strict, column 39 of "
    "`reached = [step for step, value in zip(steps, sharpness, strict=True) if value >= limit]`": _SAME_LENGTH,
    f"read_sharpness: Lt -> LtE, column 29 {_VERDICT}": _NOT_ON_A_BOUND,
    f"read_sharpness: Gt -> GtE, column 57 {_VERDICT}": _NOT_ON_A_BOUND,
    "average_weights: without strict, column 66 of "
    "`means = [decay * m + (1 - decay) * p.detach() for m, p in zip(means, model.parameters(), strict=True)]`": (
        _SAME_LENGTH
    ),
    "mup_groups: without strict, column 29 of "
    "`for parameter, narrow in zip(model.parameters(), base.parameters(), strict=True):`": _SAME_LENGTH,
}


@wrong("critical_batch", "images over the batch")
def line_through_images(batch_sizes, updates):
    b, s = np.array(batch_sizes, dtype=float), np.array(updates, dtype=float)
    b, s = b[np.isfinite(s)], s[np.isfinite(s)]
    fewest, height = np.polyfit(b, s * b, 1)
    return float(fewest), float(height / fewest)


@wrong("dog_step", "largest gradient")
def largest_gradient(param, grad, state, r_eps):
    start = state.get("start", param)
    total = max(state.get("total", 1e-8), (grad**2).sum())
    r = max(state.get("r", r_eps), float((param - start).norm()))
    return param - r / total**0.5 * grad, {"start": start, "total": total, "r": r}
