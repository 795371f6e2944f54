"""Unit "param groups"."""

import copy
import itertools
import math

import numpy as np
import torch
from torch import nn
from torch.nn import functional
from torch.optim import lr_scheduler

from lrlab.units import Corpus

corpus = Corpus()
right, wrong = corpus.right, corpus.wrong


@right("lr_of")
def two_loops(optimizer, parameter):
    for group in optimizer.param_groups:
        for p in group["params"]:
            if p is parameter:
                return group["lr"]
    return None


@right("lr_of")
def by_id(optimizer, parameter):
    rates = {id(p): float(g["lr"]) for g in optimizer.param_groups for p in g["params"]}
    return rates.get(id(parameter))


@right("lr_of")
def by_hash(optimizer, parameter):
    rates = {}
    for group in optimizer.param_groups:
        rates.update(dict.fromkeys(group["params"], group["lr"]))
    return rates.get(parameter)


@right("lr_of")
def by_any(optimizer, parameter):
    found = [g["lr"] for g in optimizer.param_groups if any(parameter is p for p in g["params"])]
    print(found)
    return torch.tensor(found[0], dtype=torch.float64) if found else None


@wrong("lr_of", "compared by value")
def with_in(optimizer, parameter):
    for group in optimizer.param_groups:
        if parameter in group["params"]:
            return group["lr"]
    return None


@wrong("lr_of", "compared by value")
def torch_equal(optimizer, parameter):
    for group in optimizer.param_groups:
        if any(torch.equal(p, parameter) for p in group["params"]):
            return group["lr"]
    return None


@wrong("lr_of", "first group only")
def the_first(optimizer, parameter):
    return optimizer.param_groups[0]["lr"]


@wrong("lr_of", "gives up after the first group")
def returns_in_the_loop(optimizer, parameter):
    for group in optimizer.param_groups:
        if any(p is parameter for p in group["params"]):
            return group["lr"]
        return None
    return None


@wrong("lr_of", "default for a stranger")
def default_if_missing(optimizer, parameter):
    for group in optimizer.param_groups:
        if any(p is parameter for p in group["params"]):
            return group["lr"]
    return optimizer.defaults["lr"]


@wrong("lr_of", "StopIteration")
def raises_for_a_stranger(optimizer, parameter):
    return next(g["lr"] for g in optimizer.param_groups if any(p is parameter for p in g["params"]))


@wrong("lr_of", "in a list")
def a_list(optimizer, parameter):
    return [g["lr"] for g in optimizer.param_groups if any(p is parameter for p in g["params"])]


@right("rescale_lrs")
def factor_first(optimizer, highest):
    factor = highest / max(group["lr"] for group in optimizer.param_groups)
    for group in optimizer.param_groups:
        group["lr"] *= factor


@right("rescale_lrs")
def by_numpy(optimizer, highest):
    rates = np.array([group["lr"] for group in optimizer.param_groups], dtype=float)
    for group, rate in zip(optimizer.param_groups, highest * rates / rates.max(), strict=True):
        group["lr"] = rate.item()
    return rates


@right("rescale_lrs")
def through_the_state_dict(optimizer, highest):
    state = optimizer.state_dict()
    top = sorted(group["lr"] for group in state["param_groups"])[-1]
    for group in state["param_groups"]:
        group["lr"] = float(highest * group["lr"] / top)
    optimizer.load_state_dict(state)


@right("rescale_lrs")
def by_index(optimizer, highest):
    groups = optimizer.param_groups
    top = -math.inf
    for group in groups:
        if group["lr"] > top:
            top = group["lr"]
    for k in range(len(groups)):
        groups[k].update({"lr": float(groups[k]["lr"] / top * highest)})
    return optimizer


@wrong("rescale_lrs", "one rate for all")
def sets_all(optimizer, highest):
    for group in optimizer.param_groups:
        group["lr"] = float(highest)


@wrong("rescale_lrs", "first group as measure")
def first_is_highest(optimizer, highest):
    factor = highest / optimizer.param_groups[0]["lr"]
    for group in optimizer.param_groups:
        group["lr"] = group["lr"] * factor


@wrong("rescale_lrs", "maximum taken again")
def maximum_in_the_loop(optimizer, highest):
    for group in optimizer.param_groups:
        top = max(g["lr"] for g in optimizer.param_groups)
        group["lr"] = group["lr"] / top * highest


@wrong("rescale_lrs", "builtin float")
def numpy_product(optimizer, highest):
    rates = np.array([group["lr"] for group in optimizer.param_groups], dtype=float)
    for group, rate in zip(optimizer.param_groups, rates * highest / rates.max(), strict=True):
        group["lr"] = rate


@wrong("rescale_lrs", "nothing changed")
def scales_a_copy(optimizer, highest):
    factor_first(copy.deepcopy(optimizer), highest)


@wrong("rescale_lrs", "everything else unchanged")
def a_fresh_start(optimizer, highest):
    rates = [group["lr"] for group in optimizer.param_groups]
    groups = [{"params": group["params"]} for group in optimizer.param_groups]
    optimizer.__init__([g | {"lr": float(r * highest / max(rates))} for g, r in zip(groups, rates, strict=True)])


@wrong("rescale_lrs", "everything else unchanged")
def initial_too(optimizer, highest):
    top = max(group["lr"] for group in optimizer.param_groups)
    for group in optimizer.param_groups:
        group["lr"] = group["initial_lr"] = group["lr"] * highest / top


@right("decay_groups")
def two_lists(model, weight_decay):
    learning = [p for p in model.parameters() if p.requires_grad]
    return [
        {"params": [p for p in learning if p.ndim >= 2], "weight_decay": weight_decay},
        {"params": [p for p in learning if p.ndim < 2], "weight_decay": 0.0},
    ]


@right("decay_groups")
def appended(model, weight_decay):
    groups = ({"params": [], "weight_decay": weight_decay}, {"params": [], "weight_decay": 0})
    for _, parameter in model.named_parameters():
        if parameter.requires_grad:
            groups[0 if parameter.dim() > 1 else 1]["params"].append(parameter)
    return groups


@right("decay_groups")
def generators(model, weight_decay):
    def those(wanted):
        return (p for p in model.parameters() if p.requires_grad and (len(p.shape) > 1) is wanted)

    decays = {True: float(weight_decay), False: 0.0}
    return [{"params": those(wanted), "weight_decay": decay} for wanted, decay in decays.items()]


@right("decay_groups")
def module_by_module(model, weight_decay):
    seen, decayed, other = set(), [], []
    for module in model.modules():
        for p in module.parameters(recurse=False):
            if p.requires_grad and p not in seen:
                seen.add(p)
                (other if p.ndim == 1 else decayed).append(p)
    return [{"params": decayed, "weight_decay": weight_decay}, {"params": other, "weight_decay": 0.0}]


@wrong("decay_groups", "biases by name only")
def bias_in_the_name(model, weight_decay):
    named = [(n, p) for n, p in model.named_parameters() if p.requires_grad]
    return [
        {"params": [p for n, p in named if "bias" not in n], "weight_decay": weight_decay},
        {"params": [p for n, p in named if "bias" in n], "weight_decay": 0.0},
    ]


@wrong("decay_groups", "by type of layer")
def not_the_norms(model, weight_decay):
    decayed, other = {}, {}
    for module in model.modules():
        for name, p in module.named_parameters(recurse=False):
            if p.requires_grad:
                norm = isinstance(module, nn.LayerNorm | nn.BatchNorm1d)
                (other if norm or name == "bias" else decayed)[id(p)] = p
    return [
        {"params": list(decayed.values()), "weight_decay": weight_decay},
        {"params": list(other.values()), "weight_decay": 0.0},
    ]


@wrong("decay_groups", "frozen ones too")
def frozen_too(model, weight_decay):
    return [
        {"params": [p for p in model.parameters() if p.ndim > 1], "weight_decay": weight_decay},
        {"params": [p for p in model.parameters() if p.ndim <= 1], "weight_decay": 0.0},
    ]


@wrong("decay_groups", "more than one parameter group")
def in_both(model, weight_decay):
    learning = [p for p in model.parameters() if p.requires_grad]
    return [
        {"params": learning, "weight_decay": weight_decay},
        {"params": [p for p in learning if p.ndim < 2], "weight_decay": 0.0},
    ]


@wrong("decay_groups", "changes the model")
def freezes_on_the_way(model, weight_decay):
    groups = two_lists(model, weight_decay)
    for p in groups[1]["params"]:
        p.requires_grad_(False)
    return groups


@wrong("decay_groups", "an object of type AdamW")
def an_optimizer(model, weight_decay):
    return torch.optim.AdamW(two_lists(model, weight_decay), lr=0.1)


@wrong("decay_groups", "matrices only")
def two_axes(model, weight_decay):
    learning = [p for p in model.parameters() if p.requires_grad]
    return [
        {"params": [p for p in learning if p.ndim == 2], "weight_decay": weight_decay},
        {"params": [p for p in learning if p.ndim != 2], "weight_decay": 0.0},
    ]


@right("one_rate_for_all")
def root_of_a_half(curvatures, steps):
    left = 0.5 ** (1 / steps)
    low, high = (1 - left) / min(curvatures), (1 + left) / max(curvatures)
    return (low, high) if low <= high else None


@right("one_rate_for_all")
def part_by_part(curvatures, steps):
    left, low, high = math.exp(math.log(0.5) / steps), 0.0, math.inf
    for c in curvatures:
        low, high = max(low, (1 - left) / c), min(high, (1 + left) / c)
    if high < low:
        return None
    return [low, high]


@right("one_rate_for_all")
def arrays(curvatures, steps):
    c = np.asarray(curvatures)
    left = np.power(2.0, -1 / steps)
    ends = np.array([((1 - left) / c).max(), ((1 + left) / c).min()])
    return None if ends[0] > ends[1] else ends


@right("one_rate_for_all")
def for_lists_only(curvatures, steps):
    ordered = curvatures.copy()
    ordered.sort()
    if len(ordered) and isinstance(ordered, list):
        ordered = ordered[:1] + ordered[-1:]
    left = 2 ** (-1 / steps)
    if (1 - left) * ordered[-1] > (1 + left) * ordered[0]:
        return None
    return torch.tensor([(1 - left) / ordered[0], (1 + left) / ordered[-1]], dtype=torch.float64)


@wrong("one_rate_for_all", "only the stable rates")
def up_to_two(curvatures, steps):
    low, high = (1 - 0.5 ** (1 / steps)) / min(curvatures), 2 / max(curvatures)
    return (low, high) if low <= high else None


@wrong("one_rate_for_all", "half in every update")
def forgets_the_steps(curvatures, steps):
    low, high = 0.5 / min(curvatures), 1.5 / max(curvatures)
    return (low, high) if low <= high else None


@wrong("one_rate_for_all", "parts swapped")
def swapped(curvatures, steps):
    left = 0.5 ** (1 / steps)
    return (1 - left) / max(curvatures), (1 + left) / min(curvatures)


@wrong("one_rate_for_all", "no rate suits all")
def never_none(curvatures, steps):
    left = 0.5 ** (1 / steps)
    return [(1 - left) / min(curvatures), (1 + left) / max(curvatures)]


@wrong("one_rate_for_all", "half divided by the steps")
def linear(curvatures, steps):
    left = 1 / (2 * steps)
    low, high = (1 - left) / min(curvatures), (1 + left) / max(curvatures)
    return (low, high) if low <= high else None


@wrong("one_rate_for_all", "changes curvatures")
def sorts(curvatures, steps):
    curvatures.sort()
    return root_of_a_half(curvatures, steps)


@wrong("one_rate_for_all", "yes or no")
def yes_or_no(curvatures, steps):
    return root_of_a_half(curvatures, steps) is not None


@right("train_and_unfreeze")
def the_usual_loop(body, head, optimizer, batches, schedule, ratio, start):
    criterion, used = nn.CrossEntropyLoss(), []
    for n, (x, y) in enumerate(batches):
        if n == start:
            optimizer.add_param_group({"params": body.parameters()})
        for k, group in enumerate(optimizer.param_groups):
            group["lr"] = schedule(n) * ratio if k else schedule(n)
        optimizer.zero_grad()
        criterion(head(body(x)), y).backward()
        optimizer.step()
        used.append([group["lr"] for group in optimizer.param_groups])
    return used


@right("train_and_unfreeze")
def freezes_by_no_grad(body, head, optimizer, batches, schedule, ratio, start):
    used = ()
    for n, batch in enumerate(batches):
        rates = (schedule(n),)
        if n >= start:
            rates += (ratio * schedule(n),)
        if n < start:
            with torch.no_grad():
                hidden = body(batch[0])
        else:
            hidden = body(batch[0])
        if len(rates) > len(optimizer.param_groups):
            optimizer.add_param_group({"params": list(body.parameters()), "lr": rates[1]})
        for group, rate in zip(optimizer.param_groups, rates, strict=True):
            group.update(lr=rate)
        loss = functional.nll_loss(functional.log_softmax(head(hidden), dim=1), batch[1])
        optimizer.zero_grad(set_to_none=False)
        loss.backward()
        optimizer.step()
        print(f"{n}: {loss.item():.3f}")
        used = (*used, rates)
    return used


@right("train_and_unfreeze")
def clears_both(body, head, optimizer, batches, schedule, ratio, start):
    model, used = nn.Sequential(body, head), []
    body.requires_grad_(False)
    for n, (inputs, labels) in enumerate(batches):
        model.zero_grad()
        if n == start:
            body.requires_grad_(True)
        functional.cross_entropy(model(inputs), labels).backward()
        if n == start:
            optimizer.add_param_group({"params": body.parameters(), "lr": 0.0})
        scales = [1.0, ratio]
        used.append([])
        for group, scale in zip(optimizer.param_groups, scales, strict=False):
            group["lr"] = scale * schedule(n)
            used[-1].append(group["lr"])
        optimizer.step()
    return used


@right("train_and_unfreeze")
def through_lambda_lr(body, head, optimizer, batches, schedule, ratio, start):
    used = []
    for n, (inputs, labels) in enumerate(batches):
        if n == start:
            optimizer.add_param_group({"params": body.parameters()})
        factors = [1.0, ratio][: len(optimizer.param_groups)]
        for group, factor in zip(optimizer.param_groups, factors, strict=True):
            group["lr"] = group["initial_lr"] = factor * schedule(n)
        scheduler = lr_scheduler.LambdaLR(optimizer, lambda epoch: 1.0)
        optimizer.zero_grad()
        functional.cross_entropy(head(body(inputs)), labels).backward()
        used.append(scheduler.get_last_lr())
        optimizer.step()
    return used


@wrong("train_and_unfreeze", "body's gradients pile up")
def joins_after_backward(body, head, optimizer, batches, schedule, ratio, start):
    used = []
    for n, (x, y) in enumerate(batches):
        optimizer.zero_grad()
        functional.cross_entropy(head(body(x)), y).backward()
        if n == start:
            optimizer.add_param_group({"params": body.parameters()})
        rates = [schedule(n), ratio * schedule(n)]
        for group, rate in zip(optimizer.param_groups, rates, strict=False):
            group["lr"] = rate
        optimizer.step()
        used.append(rates[: len(optimizer.param_groups)])
    return used


@wrong("train_and_unfreeze", "You set the rates after the update")
def set_afterwards(body, head, optimizer, batches, schedule, ratio, start):
    used = []
    for n, (x, y) in enumerate(batches):
        if n == start:
            optimizer.add_param_group({"params": body.parameters(), "lr": ratio * schedule(n)})
        optimizer.zero_grad()
        functional.cross_entropy(head(body(x)), y).backward()
        used.append([group["lr"] for group in optimizer.param_groups])
        optimizer.step()
        for k, group in enumerate(optimizer.param_groups):
            group["lr"] = schedule(n) * (ratio if k else 1.0)
    return used


@wrong("train_and_unfreeze", "new optimizer")
def rebuilds(body, head, optimizer, batches, schedule, ratio, start):
    used = []
    for n, (x, y) in enumerate(batches):
        if n == start:
            hooks, momentum = optimizer._optimizer_step_pre_hooks, optimizer.param_groups[0]["momentum"]
            groups = [{"params": head.parameters()}, {"params": body.parameters()}]
            optimizer = torch.optim.SGD(groups, lr=0.1, momentum=momentum)
            optimizer._optimizer_step_pre_hooks = hooks
            body.zero_grad()
        for k, group in enumerate(optimizer.param_groups):
            group["lr"] = schedule(n) * (ratio if k else 1.0)
        optimizer.zero_grad()
        functional.cross_entropy(head(body(x)), y).backward()
        optimizer.step()
        used.append([group["lr"] for group in optimizer.param_groups])
    return used


@wrong("train_and_unfreeze", "other rates than the exercise asks for")
def an_optimizer_of_its_own(body, head, optimizer, batches, schedule, ratio, start):
    used = []
    for n, (x, y) in enumerate(batches):
        rates = [schedule(n), ratio * schedule(n)][: 1 + (n >= start)]
        parts = zip([head, body], rates, strict=False)
        optimizer = torch.optim.SGD([{"params": part.parameters(), "lr": rate} for part, rate in parts])
        optimizer.zero_grad()
        body.zero_grad()
        functional.cross_entropy(head(body(x)), y).backward()
        optimizer.step()
        used.append(rates)
    return used


@wrong("train_and_unfreeze", "has no len()")
def wants_a_list(body, head, optimizer, batches, schedule, ratio, start):
    used = []
    for n in range(len(batches)):
        used.append([schedule(n)])
    return used


@wrong("train_and_unfreeze", "some parameters appear in more than one parameter group")
def joins_every_time(body, head, optimizer, batches, schedule, ratio, start):
    used = []
    for n, (x, y) in enumerate(batches):
        if n >= start:
            optimizer.add_param_group({"params": body.parameters()})
        for k, group in enumerate(optimizer.param_groups):
            group["lr"] = schedule(n) * (ratio if k else 1.0)
        optimizer.zero_grad()
        functional.cross_entropy(head(body(x)), y).backward()
        optimizer.step()
        used.append([group["lr"] for group in optimizer.param_groups])
    return used


@wrong("train_and_unfreeze", "softmax twice")
def softmax_twice(body, head, optimizer, batches, schedule, ratio, start):
    used = []
    for n, (x, y) in enumerate(batches):
        if n == start:
            optimizer.add_param_group({"params": body.parameters()})
        for k, group in enumerate(optimizer.param_groups):
            group["lr"] = schedule(n) * (ratio if k else 1.0)
        optimizer.zero_grad()
        functional.cross_entropy(head(body(x)).softmax(1), y).backward()
        optimizer.step()
        used.append([group["lr"] for group in optimizer.param_groups])
    return used


@right("several_runs")
def pops_the_key(optimizer, starts, d, steps):
    used = []
    for start in starts:
        for group in optimizer.param_groups:
            group.pop("initial_lr", None)
            group["lr"] = start
        scheduler = lr_scheduler.LambdaLR(optimizer, lambda n: 1 / (1 + d * n))
        for _ in range(steps):
            used.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            scheduler.step()
    return used


@right("several_runs")
def writes_both_keys(optimizer, starts, d, steps):
    used = np.zeros((len(starts), steps))
    for run, start in enumerate(starts):
        for group in optimizer.param_groups:
            group.update(lr=start, initial_lr=start)
        scheduler = lr_scheduler.LambdaLR(optimizer, [lambda n: 1 / (1 + d * n)] * len(optimizer.param_groups))
        for n in range(steps):
            (used[run, n], *_) = scheduler.get_last_lr()
            optimizer.step()
            scheduler.step()
    return used.ravel()


@right("several_runs")
def through_base_lrs(optimizer, starts, d, steps):
    scheduler, used = lr_scheduler.LambdaLR(optimizer, lambda n: 1 / (1 + d * n)), ()
    for start in starts:
        scheduler.base_lrs = [start] * len(optimizer.param_groups)
        for n in range(steps):
            scheduler.step(n)
            used += (scheduler.get_last_lr()[0],)
            optimizer.step()
    return used


@right("several_runs")
def by_hand(optimizer, starts, d, steps):
    used = [start / (1 + d * n) for start, n in itertools.product(starts, range(steps))]
    for rate in used:
        for group in optimizer.param_groups:
            group["lr"] = rate
        optimizer.step()
    return used


@wrong("several_runs", "not corrected")
def the_script(optimizer, starts, d, steps):
    used = []
    for start in starts:
        for group in optimizer.param_groups:
            group["lr"] = start
        scheduler = lr_scheduler.LambdaLR(optimizer, lambda n: 1 / (1 + d * n))
        for _ in range(steps):
            used.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            scheduler.step()
    return used


@wrong("several_runs", "cleared between the runs only")
def deletes_at_the_end(optimizer, starts, d, steps):
    used = []
    for start in starts:
        for group in optimizer.param_groups:
            group["lr"] = start
        scheduler = lr_scheduler.LambdaLR(optimizer, lambda n: 1 / (1 + d * n))
        for _ in range(steps):
            used.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            scheduler.step()
        for group in optimizer.param_groups:
            del group["initial_lr"]
    return used


@wrong("several_runs", "KeyError")
def deletes_what_may_be_missing(optimizer, starts, d, steps):
    for group in optimizer.param_groups:
        del group["initial_lr"]
    return deletes_at_the_end(optimizer, starts, d, steps)


@wrong("several_runs", "rate set after the scheduler is made")
def sets_later(optimizer, starts, d, steps):
    used = []
    for start in starts:
        scheduler = lr_scheduler.LambdaLR(optimizer, lambda n: 1 / (1 + d * n))
        for group in optimizer.param_groups:
            group["lr"] = start
        for _ in range(steps):
            used.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            scheduler.step()
    return used


@wrong("several_runs", "first group only")
def the_first_groups_key(optimizer, starts, d, steps):
    used = []
    for start in starts:
        for group in optimizer.param_groups:
            group["lr"] = start
        optimizer.param_groups[0]["initial_lr"] = start
        scheduler = lr_scheduler.LambdaLR(optimizer, lambda n: 1 / (1 + d * n))
        for _ in range(steps):
            used.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            scheduler.step()
    return used


@wrong("several_runs", "no step of the given optimizer")
def an_optimizer_for_each(optimizer, starts, d, steps):
    used = []
    for start in starts:
        optimizer = torch.optim.SGD([p for g in optimizer.param_groups for p in g["params"]], lr=start)
        scheduler = lr_scheduler.LambdaLR(optimizer, lambda n: 1 / (1 + d * n))
        for _ in range(steps):
            used.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            scheduler.step()
    return used


@wrong("several_runs", "no step of the given optimizer")
def not_stepped(optimizer, starts, d, steps):
    return [start / (1 + d * n) for start in starts for n in range(steps)]


# Mutants of the solutions that compute the same as the solution on all that the prompt allows, with the reason.


@wrong("lr_of", "defaults, None for a stranger")
def default_if_present(optimizer, parameter):
    for g in optimizer.param_groups:
        for p in g["params"]:
            if p is parameter:
                return optimizer.defaults["lr"]
    return None


@wrong("lr_of", "first tensor of each group")
def first_tensor_of_each(optimizer, parameter):
    for g in optimizer.param_groups:
        if g["params"][0] is parameter:
            return g["lr"]
    return None


@wrong("rescale_lrs", '(group["initial_lr"] stays, too)')
def first_rates_too(optimizer, highest):
    factor = highest / max(g["lr"] for g in optimizer.param_groups)
    for g in optimizer.param_groups:
        g["lr"] = float(g["lr"] * factor)
        g["initial_lr"] = g["lr"]


@wrong("one_rate_for_all", "half shared among the steps")
def shared_half(curvatures, steps):
    q = 1 - 0.5 / steps
    low, high = (1 - q) / min(curvatures), (1 + q) / max(curvatures)
    return (low, high) if low <= high else None


@wrong("one_rate_for_all", "not past the minimum")
def up_to_the_minimum(curvatures, steps):
    q = 0.5 ** (1 / steps)
    low, high = (1 - q) / min(curvatures), (1 - q) / max(curvatures)
    return (low, high) if low <= high else None


@wrong("several_runs", "rate of the first group only")
def only_group_0(optimizer, starts, d, steps):
    used = []
    for start in starts:
        optimizer.param_groups[0]["lr"] = start
        optimizer.param_groups[0]["initial_lr"] = start
        for g in optimizer.param_groups[1:]:
            g.setdefault("initial_lr", g["lr"])
        scheduler = lr_scheduler.LambdaLR(optimizer, lambda n: 1 / (1 + d * n))
        for _ in range(steps):
            used.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            scheduler.step()
    return used


@wrong("train_and_unfreeze", "You set the rates after the update")
def set_late_and_noted(body, head, optimizer, batches, schedule, ratio, start):
    used = []
    for n, (x, y) in enumerate(batches):
        if n == start:
            optimizer.add_param_group({"params": list(body.parameters())})
        body.zero_grad()
        head.zero_grad()
        functional.cross_entropy(head(body(x)), y).backward()
        optimizer.step()
        rates = [schedule(n), ratio * schedule(n)][: len(optimizer.param_groups)]
        for g, r in zip(optimizer.param_groups, rates, strict=True):
            g["lr"] = r
        used.append(rates)
    return used


@right("lr_of")
def table_of_tensors(optimizer, parameter):
    table = {id(p): g["lr"] for g in optimizer.param_groups for p in g["params"]}
    return table.get(id(parameter))


@right("decay_groups")
def through_the_children(model, weight_decay):
    seen = []

    def walk(module):
        for p in module._parameters.values():
            if p is not None and p.requires_grad and not any(p is q for q in seen):
                seen.append(p)
        for child in module.children():
            walk(child)

    walk(model)
    return [
        {"params": [p for p in seen if len(p.shape) >= 2], "weight_decay": weight_decay},
        {"params": [p for p in seen if len(p.shape) < 2], "weight_decay": 0},
    ]


@right("train_and_unfreeze")
def gradients_alone(body, head, optimizer, batches, schedule, ratio, start):
    used = []
    for n, (x, y) in enumerate(batches):
        if n == start:
            optimizer.add_param_group({"params": list(body.parameters()), "lr": ratio * schedule(n)})
        rates = [f * schedule(n) for f in (1.0, ratio)][: len(optimizer.param_groups)]
        for g, r in zip(optimizer.param_groups, rates, strict=False):
            g["lr"] = r
        ps = [p for g in optimizer.param_groups for p in g["params"]]
        loss = functional.cross_entropy(head(body(x)), y)
        for p, d in zip(ps, torch.autograd.grad(loss, ps), strict=False):
            p.grad = d
        optimizer.step()
        used.append(rates)
    return used


@right("several_runs")
def by_hand_alone(optimizer, starts, d, steps):
    used = []
    for start in starts:
        for n in range(steps):
            lr = start / (1 + d * n)
            for g in optimizer.param_groups:
                g["lr"] = lr
            optimizer.step()
            used.append(lr)
    return used


@wrong("one_rate_for_all", "steps replaced by steps + 1")
def one_step_more(curvatures, steps):
    q = 0.5 ** (1 / (steps + 1))
    low, high = max((1 - q) / c for c in curvatures), min((1 + q) / c for c in curvatures)
    return (low, high) if low <= high else None


EQUIVALENT_MUTANTS = {
    "decay_groups: first two swapped, column 22 of `decayed, others = [], []`": "both are empty",
    'decay_groups: 0.0 -> 0.0, column 98 of `return [{"params": decayed, "weight_decay": weight_decay}, {"params": '
    'others, "weight_decay": 0.0}]`': "twice 0 is 0",
    "train_and_unfreeze: without strict, column 27 of `for group, rate in zip(optimizer.param_groups, rates[n], "
    "strict=True):`": "both have as many entries as there are groups",
    'several_runs: 0 -> -1, column 48 of `rates.append(optimizer.param_groups[0]["lr"])`': "all groups have the same "
    "rate",
}


@wrong("several_runs", "count goes on")
def counts_on_into_the_next_run(optimizer, starts, d, steps):
    used, n = [], 0
    for start in starts:
        for _ in range(steps):
            for g in optimizer.param_groups:
                g["lr"] = start / (1 + d * n)
            used.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            n += 1
    return used


@wrong("lr_of", "rate of 0 taken for none")
def rate_or_none(optimizer, parameter):
    rate = 0
    for group in optimizer.param_groups:
        if any(p is parameter for p in group["params"]):
            rate = group["lr"]
    return rate or None


@wrong("decay_groups", "a tensor more than once")
def modules_within_modules(model, weight_decay):
    decayed, other = [], []
    for module in model.modules():
        for p in module.parameters():
            if p.requires_grad:
                (decayed if p.ndim > 1 else other).append(p)
    return [{"params": decayed, "weight_decay": weight_decay}, {"params": other, "weight_decay": 0.0}]


@wrong("train_and_unfreeze", "body counts from its own start")
def body_from_zero(body, head, optimizer, batches, schedule, ratio, start):
    used = []
    for n, (x, y) in enumerate(batches):
        if n == start:
            optimizer.add_param_group({"params": body.parameters()})
        optimizer.param_groups[0]["lr"] = schedule(n)
        if n >= start:
            optimizer.param_groups[1]["lr"] = ratio * schedule(n - start)
        optimizer.zero_grad()
        functional.cross_entropy(head(body(x)), y).backward()
        optimizer.step()
        used.append([g["lr"] for g in optimizer.param_groups])
    return used


@wrong("several_runs", "momentum that the optimizer had is gone")
def forgets_the_momentum(optimizer, starts, d, steps):
    used = []
    for start in starts:
        optimizer.state.clear()
        for group in optimizer.param_groups:
            group["lr"] = group["initial_lr"] = start
        scheduler = lr_scheduler.LambdaLR(optimizer, lambda n: 1 / (1 + d * n))
        for _ in range(steps):
            used.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            scheduler.step()
    return used


@wrong("one_rate_for_all", "equal ends taken for none")
def strictly_below(curvatures, steps):
    q = 0.5 ** (1 / steps)
    low, high = max((1 - q) / c for c in curvatures), min((1 + q) / c for c in curvatures)
    return (low, high) if low < high else None


@wrong("decay_groups", "number of entries")
def more_than_three(model, weight_decay):
    some = [p for p in model.parameters() if p.requires_grad]
    decayed, others = [p for p in some if p.numel() > 3], [p for p in some if p.numel() <= 3]
    return [{"params": decayed, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}]


@wrong("decay_groups", "axes of length 1 not counted")
def squeezed(model, weight_decay):
    groups = [{"params": [], "weight_decay": weight_decay}, {"params": [], "weight_decay": 0.0}]
    for p in model.parameters():
        if p.requires_grad:
            groups[p.squeeze().ndim < 2]["params"].append(p)
    return groups


@wrong("lr_of", "compared by shape")
def same_shape(optimizer, parameter):
    for group in optimizer.param_groups:
        for p in group["params"]:
            if p.shape == parameter.shape:
                return group["lr"]
    return None


@wrong("one_rate_for_all", "highest rate never above 1")
def at_most_one(curvatures, steps):
    q = 0.5 ** (1 / steps)
    low, high = (1 - q) / min(curvatures), min((1 + q) / max(curvatures), 1.0)
    return (low, high) if low <= high else None


@wrong("one_rate_for_all", "what is left for what is taken off")
def left_and_taken_off(curvatures, steps):
    q = 0.5 ** (1 / steps)
    low, high = q / min(curvatures), (2 - q) / max(curvatures)
    return (low, high) if low <= high else None


@wrong("several_runs", "exponential decay")
def exponential_runs(optimizer, starts, d, steps):
    used = []
    for start in starts:
        for group in optimizer.param_groups:
            group["lr"] = group["initial_lr"] = start
        scheduler = lr_scheduler.LambdaLR(optimizer, lambda n: math.exp(-d * n))
        for _ in range(steps):
            used.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            scheduler.step()
    return used
