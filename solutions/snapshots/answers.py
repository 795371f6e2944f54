"""Right and wrong answers to the exercises of this unit, written as different people would write them."""

import copy
import math

import numpy as np
import torch

from lrlab import schedules
from lrlab.grading.unit import Corpus

corpus = Corpus()
right, wrong = corpus.right, corpus.wrong


@right("cosine_restarts")
def subtracting_cycles(n, lr, T_0, T_mult, eta_min):
    def one(t):
        T = T_0
        while t >= T:
            t, T = t - T, T * T_mult
        return eta_min + (lr - eta_min) / 2 * (1 + math.cos(math.pi * t / T))

    return np.array([one(int(k)) for k in n]) if np.ndim(n) else one(n)


@right("cosine_restarts")
def walk_through_all(n, lr, T_0, T_mult, eta_min):
    t, T, rates = 0, T_0, []
    for _ in range(int(np.max(n)) + 1):
        rates.append(eta_min + (lr - eta_min) * math.cos(math.pi / 2 * t / T) ** 2)
        t += 1
        if t == T:
            t, T = 0, T * T_mult
    return np.array(rates)[n]


@right("cosine_restarts")
def masks(n, lr, T_0, T_mult, eta_min):
    steps = torch.atleast_1d(torch.as_tensor(n))
    t, T = steps.clone(), torch.full_like(steps, T_0)
    while (t >= T).any():
        over = t >= T
        t = torch.where(over, t - T, t)
        T = torch.where(over, T * T_mult, T)
    rates = eta_min + (lr - eta_min) / 2 * (1 + torch.cos(torch.pi * t.double() / T))
    return rates if np.ndim(n) else rates[0]


@wrong("cosine_restarts", "rounded logarithm")
def logarithm(n, lr, T_0, T_mult, eta_min):
    n = np.asarray(n)
    if T_mult == 1:
        t, T = n % T_0, T_0
    else:
        i = np.floor(np.log(n / T_0 * (T_mult - 1) + 1) / np.log(T_mult))
        t, T = n - T_0 * (T_mult**i - 1) / (T_mult - 1), T_0 * T_mult**i
    return eta_min + (lr - eta_min) / 2 * (1 + np.cos(np.pi * t / T))


@wrong("cosine_restarts", "cycles do not grow")
def equal_cycles(n, lr, T_0, T_mult, eta_min):
    return eta_min + (lr - eta_min) / 2 * (1 + np.cos(np.pi * (n % T_0) / T_0))


@wrong("cosine_restarts", "no restart")
def annealing_only(n, lr, T_0, T_mult, eta_min):
    return eta_min + (lr - eta_min) / 2 * (1 + np.cos(np.pi * n / T_0))


@wrong("cosine_restarts", "lrlab.schedules")
def by_lrlab(n, lr, T_0, T_mult, eta_min):
    return schedules.CosineWarmRestarts(lr, T_0=T_0, T_mult=T_mult, eta_min=eta_min)(n)


@wrong("cosine_restarts", "works for one number n and fails for an array")
def one_only(n, lr, T_0, T_mult, eta_min):
    while n >= T_0:
        n, T_0 = n - T_0, T_0 * T_mult
    return eta_min + (lr - eta_min) / 2 * (1 + math.cos(math.pi * n / T_0))


@wrong("cosine_restarts", "changes the array n")
def subtracts_in_place(n, lr, T_0, T_mult, eta_min):
    if np.ndim(n) == 0:
        return subtracting_cycles(n, lr, T_0, T_mult, eta_min)
    T = np.full(len(n), T_0)
    while (n >= T).any():
        over = n >= T
        n[over] -= T[over]
        T[over] *= T_mult
    return eta_min + (lr - eta_min) / 2 * (1 + np.cos(np.pi * n / T))


@right("snapshot_steps")
def minimum(total_steps, cycles):
    length = -(-total_steps // cycles)
    return tuple(min(k * length, total_steps) for k in range(1, cycles + 1))


@right("snapshot_steps")
def array(total_steps, cycles):
    return np.minimum(math.ceil(total_steps / cycles) * np.arange(1, cycles + 1), total_steps)


@right("snapshot_steps")
def floats_in_a_tensor(total_steps, cycles):
    steps = torch.ceil(torch.tensor(total_steps / cycles)) * torch.arange(1, cycles + 1)
    steps[-1] = total_steps
    return steps


@wrong("snapshot_steps", "last past the end")
def past(total_steps, cycles):
    return [k * math.ceil(total_steps / cycles) for k in range(1, cycles + 1)]


@wrong("snapshot_steps", "rounded down")
def down(total_steps, cycles):
    return [k * (total_steps // cycles) for k in range(1, cycles)] + [total_steps]


@wrong("snapshot_steps", "starts")
def starts(total_steps, cycles):
    return list(range(0, total_steps, math.ceil(total_steps / cycles)))


@wrong("snapshot_steps", "one too low")
def minus_one(total_steps, cycles):
    return [s - 1 for s in minimum(total_steps, cycles)]


@wrong("snapshot_steps", "type generator")
def generator(total_steps, cycles):
    return (s for s in minimum(total_steps, cycles))


@wrong("snapshot_steps", "spread evenly")
def linspace(total_steps, cycles):
    return np.ceil(np.linspace(0, total_steps, cycles + 1)[1:] - 1e-9).astype(int)


@right("ensemble_probabilities")
def functional(logits):
    return torch.nn.functional.softmax(logits, dim=-1).mean(0)


@right("ensemble_probabilities")
def by_hand(logits):
    powers = (logits - logits.amax(dim=-1, keepdim=True)).exp()
    return sum(p / p.sum(-1, keepdim=True) for p in powers) / len(powers)


@right("ensemble_probabilities")
def numpy_arrays(logits):
    powers = np.exp(np.asarray(logits))
    return (powers / powers.sum(axis=2, keepdims=True)).mean(axis=0)


@right("ensemble_probabilities")
def for_numpy_only(logits):
    powers = np.exp(logits - logits.max(axis=2, keepdims=True))
    return np.mean(powers / powers.sum(axis=2, keepdims=True), axis=0).tolist()


@wrong("ensemble_probabilities", "logits averaged")
def mean_first(logits):
    return logits.mean(0).softmax(-1)


@wrong("ensemble_probabilities", "softmax over the models")
def wrong_axis(logits):
    return logits.softmax(0).mean(0)


@wrong("ensemble_probabilities", "softmax over the batch")
def batch_axis(logits):
    return logits.softmax(1).mean(0)


@wrong("ensemble_probabilities", "summed")
def summed(logits):
    return logits.softmax(2).sum(0)


@wrong("ensemble_probabilities", "changes the logits")
def in_place(logits):
    logits.sub_(logits.amax(-1, keepdim=True)).exp_()
    return (logits / logits.sum(-1, keepdim=True)).mean(0)


@wrong("ensemble_probabilities", "no softmax")
def raw(logits):
    return logits.mean(0)


@right("collect_snapshots")
def deep_models(model, train_cycle, cycles):
    kept = []
    for _ in range(cycles):
        train_cycle(model)
        kept.append(copy.deepcopy(model))
    return kept


@right("collect_snapshots")
def deep_states(model, train_cycle, cycles):
    return [(train_cycle(model), copy.deepcopy(model.state_dict()))[1] for _ in range(cycles)]


@right("collect_snapshots")
def names_and_clones(model, train_cycle, cycles):
    kept = ()
    for cycle in range(cycles):
        train_cycle(model)
        print("cycle", cycle)
        state = {name: p.detach().clone() for name, p in model.named_parameters()}
        state.update((name, b.clone()) for name, b in model.named_buffers())
        kept += (state,)
    return kept


@right("collect_snapshots")
def a_copy_is_trained(model, train_cycle, cycles):
    model, kept = copy.deepcopy(model), []
    while len(kept) < cycles:
        train_cycle(model)
        kept.append({k: v.numpy().copy() for k, v in model.state_dict().items()})
    return kept


@wrong("collect_snapshots", "aliased state dicts")
def aliased(model, train_cycle, cycles):
    kept = []
    for _ in range(cycles):
        train_cycle(model)
        kept.append(model.state_dict())
    return kept


@wrong("collect_snapshots", "aliased state dicts")
def shallow(model, train_cycle, cycles):
    kept = []
    for _ in range(cycles):
        train_cycle(model)
        kept.append(copy.copy(model))
    return kept


@wrong("collect_snapshots", "before the cycle")
def too_early(model, train_cycle, cycles):
    kept = []
    for _ in range(cycles):
        kept.append(copy.deepcopy(model.state_dict()))
        train_cycle(model)
    return kept


@wrong("collect_snapshots", "buffers missing")
def parameters_only(model, train_cycle, cycles):
    kept = []
    for _ in range(cycles):
        train_cycle(model)
        kept.append({name: p.detach().clone() for name, p in model.named_parameters()})
    return kept


@wrong("collect_snapshots", "share memory")
def buffers_aliased(model, train_cycle, cycles):
    kept = []
    for _ in range(cycles):
        train_cycle(model)
        state = model.state_dict()
        for name, p in model.named_parameters():
            state[name] = p.detach().clone()
        kept.append(state)
    return kept


@wrong("collect_snapshots", "type NoneType")
def nothing(model, train_cycle, cycles):
    for _ in range(cycles):
        train_cycle(model)


@wrong("collect_snapshots", "not at all where cycles is 0")
def at_least_one(model, train_cycle, cycles):
    train_cycle(model)
    kept = [copy.deepcopy(model)]
    for _ in range(cycles - 1):
        train_cycle(model)
        kept.append(copy.deepcopy(model))
    return kept[:cycles]


# Mutants of the solutions that compute the same as the solution on all that the prompt allows, with the reason.
EQUIVALENT_MUTANTS = {
    "cosine_restarts: left operand "
    "alone, column 10 of `while "
    "starts[-1] + lengths[-1] <= "
    "np.max(n):`": "the list of cycles gets longer than needed; the look-up finds the same one",
    "cosine_restarts: 1 -> 0, column "
    "32 of `while starts[-1] + "
    "lengths[-1] <= np.max(n):`": "the list of cycles gets longer than needed; the look-up finds the same one",
}
