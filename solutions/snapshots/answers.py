"""Right and wrong answers to the exercises of this unit, written as different people would write them."""

import copy
import io
import itertools
import math

import numpy as np
import torch

from lrlab import schedules
from lrlab.units import Corpus

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


@wrong("cosine_restarts", "fails for an array")
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


@wrong("snapshot_steps", "rounded to the nearest")
def nearest(total_steps, cycles):
    c = round(total_steps / cycles)
    return [c * k for k in range(1, cycles)] + [total_steps]


@right("snapshot_steps")
def counted_by_the_way(total_steps, cycles):
    length = 1
    while length * cycles < total_steps:
        length += 1
    return [n for n in range(1, total_steps + 1) if n % length == 0 or n == total_steps]


@right("majority_vote")
def with_numpy(probabilities):
    p = np.asarray(probabilities)
    votes = np.apply_along_axis(np.bincount, 0, p.argmax(2), minlength=p.shape[2])
    return np.where(votes == votes.max(0), p.mean(0).T, -1).argmax(0)


@right("majority_vote")
def one_image_at_a_time(probabilities):
    winners = []
    for image in range(probabilities.shape[1]):
        votes = [int(model[image].argmax()) for model in probabilities]
        most = max(votes.count(c) for c in votes)
        tied = [c for c in set(votes) if votes.count(c) == most]
        winners.append(max(tied, key=lambda c: float(probabilities[:, image, c].mean())))
    return winners


@right("majority_vote")
def sorted_by_pairs(probabilities):
    _, images, classes = probabilities.shape

    def key(i, c):
        return sum(int(m[i].argmax()) == c for m in probabilities), sum(float(m[i][c]) for m in probabilities)

    return tuple(max((key(i, c), c) for c in range(classes))[1] for i in range(images))


@right("majority_vote")
def votes_and_a_bit(probabilities):
    votes = torch.nn.functional.one_hot(probabilities.argmax(-1), probabilities.shape[-1]).sum(0)
    return (votes + probabilities.mean(0) / 2).argmax(-1)


@wrong("majority_vote", "mean of the probabilities")
def soft(probabilities):
    return probabilities.mean(0).argmax(-1)


@wrong("majority_vote", "first of the tied classes")
def bincount(probabilities):
    votes = np.asarray(probabilities).argmax(-1)
    return [int(np.bincount(column).argmax()) for column in votes.T]


@wrong("majority_vote", "lowest number")
def mode(probabilities):
    return probabilities.argmax(-1).mode(0).values


@wrong("majority_vote", "each model's vote")
def uncounted(probabilities):
    return probabilities.argmax(-1)


@wrong("majority_vote", "all classes at a tie")
def untied(probabilities):
    votes = torch.nn.functional.one_hot(probabilities.argmax(-1), probabilities.shape[-1]).sum(0)
    tie = (votes == votes.amax(-1, keepdim=True)).sum(-1) > 1
    return torch.where(tie, probabilities.mean(0).argmax(-1), votes.argmax(-1))


@wrong("majority_vote", "surest model")
def loudest(probabilities):
    return probabilities.amax(0).argmax(-1)


@wrong("majority_vote", "changes probabilities")
def hardened(probabilities):
    mean = probabilities.mean(0) / 2
    probabilities[:] = torch.nn.functional.one_hot(probabilities.argmax(-1), probabilities.shape[-1])
    return (probabilities.sum(0) + mean).argmax(-1)


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


@wrong("collect_snapshots", "returns nothing (None)")
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


@wrong("collect_snapshots", "another type")
def halves(model, train_cycle, cycles):
    kept = []
    for _ in range(cycles):
        train_cycle(model)
        kept.append({k: v.half() for k, v in model.state_dict().items()})
    return kept


@wrong("collect_snapshots", "another type")
def half_and_back(model, train_cycle, cycles):
    kept = []
    for _ in range(cycles):
        train_cycle(model)
        kept.append({k: v.half().double() for k, v in model.state_dict().items()})
    return kept


@wrong("collect_snapshots", "aliased state dicts")
def views_in_numpy(model, train_cycle, cycles):
    kept = []
    for _ in range(cycles):
        train_cycle(model)
        kept.append({k: v.numpy() for k, v in model.state_dict().items()})
    return kept


@right("snapshots_to_keep")
def step_by_step(log):
    top, last = {}, {}
    for cycle, update, lr, error in log:
        if cycle not in top or lr > top[cycle]:
            top[cycle] = lr
        last[cycle] = (update, lr, error)
    candidates = [(u, e) for c, (u, lr, e) in last.items() if lr <= 0.1 * top[c] and math.isfinite(e)]
    best = min(e for _, e in candidates)
    return [u for u, e in candidates if e <= 2 * best]


@right("snapshots_to_keep")
def as_an_array(log):
    log = np.array(log)
    ends = np.append(np.flatnonzero(np.diff(log[:, 0])), len(log) - 1)
    tops = np.array([log[log[:, 0] == log[k, 0], 2].max() for k in ends])
    ends = ends[(log[ends, 2] <= tops / 10) & np.isfinite(log[ends, 3])]
    return log[ends[log[ends, 3] <= 2 * log[ends, 3].min()], 1]


@right("snapshots_to_keep")
def grouped(log):
    found = []
    for _, rows in itertools.groupby(log, key=lambda row: row[0]):
        rows = list(rows)
        _, update, lr, error = rows[-1]
        if 10 * lr <= max(row[2] for row in rows):
            found.append((update, error))
    return tuple(u for u, e in found if e <= 2 * np.nanmin([e for _, e in found]))


@right("snapshots_to_keep")
def backwards(log):
    ends, tops = {}, {}
    for cycle, update, lr, error in reversed(log):
        ends.setdefault(cycle, (lr, update, error))
        tops[cycle] = max(lr, tops.get(cycle, lr))
    for cycle in list(ends):
        lr, _, error = ends[cycle]
        if lr > tops[cycle] / 10 or error != error:
            del ends[cycle]
    limit = 2 * min(error for _, _, error in ends.values())
    return sorted(update for _, update, error in ends.values() if error <= limit)


@wrong("snapshots_to_keep", "unfinished cycles kept")
def cut_ones_too(log):
    last = {row[0]: row for row in log}.values()
    best = min(row[3] for row in last if row[3] == row[3])
    return [row[1] for row in last if row[3] <= 2 * best]


@wrong("snapshots_to_keep", "broken runs kept")
def nan_passes(log):
    last = {row[0]: row for row in log}.values()
    last = [row for row in last if row[2] <= max(r[2] for r in log if r[0] == row[0]) / 10]
    best = min(row[3] for row in last if row[3] == row[3])
    return [row[1] for row in last if not row[3] > 2 * best]


@wrong("snapshots_to_keep", "best row of the cycle")
def best_rows(log):
    rows = []
    for cycle in sorted({row[0] for row in log}):
        mine = [row for row in log if row[0] == cycle]
        row = min(mine, key=lambda r: r[3] if r[3] == r[3] else 9)
        if row[2] <= max(r[2] for r in mine) / 10:
            rows.append(row)
    best = min(row[3] for row in rows)
    return [row[1] for row in rows if row[3] <= 2 * best]


@wrong("snapshots_to_keep", "poor snapshots kept")
def all_finished(log):
    last = {row[0]: row for row in log}.values()
    return [r[1] for r in last if r[2] <= max(x[2] for x in log if x[0] == r[0]) / 10 and r[3] == r[3]]


@wrong("snapshots_to_keep", "cycles returned")
def cycles_instead(log):
    return [next(row[0] for row in reversed(log) if row[1] == update) for update in step_by_step(log)]


@wrong("snapshots_to_keep", "returns nothing")
def prints_them(log):
    print("keep the good ones")


@right("greedy_ensemble")
def over_arrays(probabilities, labels, size):
    p = np.asarray(probabilities)
    own = p[:, np.arange(len(labels)), np.asarray(labels)]
    total, chosen = np.zeros(len(labels)), []
    for n in range(1, size + 1):
        losses = -np.log((total + own) / n).mean(1)
        chosen.append(losses.argmin())
        total += own[chosen[-1]]
    return np.array(chosen)


@right("greedy_ensemble")
def with_the_loss_of_torch(probabilities, labels, size):
    chosen = []
    while len(chosen) < size:
        averages = [probabilities[[*chosen, k]].mean(0) for k in range(len(probabilities))]
        losses = [float(torch.nn.functional.nll_loss(a.log(), labels)) for a in averages]
        chosen.append(losses.index(min(losses)))
    return chosen


@right("greedy_ensemble")
def nested_loops(probabilities, labels, size):
    chosen = ()
    for _ in range(size):
        best = None
        for k in range(len(probabilities)):
            loss = 0.0
            for i, label in enumerate(labels):
                share = sum(float(probabilities[m][i][label]) for m in (*chosen, k)) / (len(chosen) + 1)
                loss -= math.log(share)
            if best is None or loss < best[0]:
                best = (loss, k)
        chosen += (best[1],)
    return chosen


@right("greedy_ensemble")
def by_products(probabilities, labels, size):
    rows = torch.arange(len(labels))
    own, chosen = probabilities[:, rows, labels], []
    for _ in range(size):
        sums = own + (own[chosen].sum(0) if chosen else 0)
        chosen.append(int(sums.prod(1).argmax()))  # the lowest log loss is the largest product
    return chosen


@wrong("greedy_ensemble", "best models alone")
def ranking(probabilities, labels, size):
    losses = [-p[torch.arange(len(labels)), labels].log().mean() for p in probabilities]
    return sorted(range(len(losses)), key=lambda k: losses[k])[:size]


@wrong("greedy_ensemble", "mistakes counted")
def by_errors(probabilities, labels, size):
    chosen = []
    for _ in range(size):
        wrong_ones = [
            (probabilities[[*chosen, k]].mean(0).argmax(-1) != labels).sum() for k in range(len(probabilities))
        ]
        chosen.append(int(np.argmin(wrong_ones)))
    return chosen


@wrong("greedy_ensemble", "always the best model")
def geometric(probabilities, labels, size):
    rows, chosen = torch.arange(len(labels)), []
    for _ in range(size):
        logs = [probabilities[[*chosen, k]].log().mean(0).exp() for k in range(len(probabilities))]
        chosen.append(int(torch.stack([-one[rows, labels].log().mean() for one in logs]).argmin()))
    return chosen


@wrong("greedy_ensemble", "probability averaged")
def linear(probabilities, labels, size):
    own = probabilities[:, torch.arange(len(labels)), labels]
    return [int(own.mean(1).argmax())] * size


@wrong("greedy_ensemble", "largest loss")
def sign_forgotten(probabilities, labels, size):
    own, chosen = probabilities[:, torch.arange(len(labels)), labels], []
    for _ in range(size):
        sums = (own + own[chosen].sum(0)) / (len(chosen) + 1)
        chosen.append(int(sums.log().mean(1).argmin()))
    return chosen


@wrong("greedy_ensemble", "half")
def newest_counts_most(probabilities, labels, size):
    own, chosen, now = probabilities[:, torch.arange(len(labels)), labels], [], None
    for _ in range(size):
        means = own if now is None else (now + own) / 2
        chosen.append(int(means.log().mean(1).argmax()))
        now = means[chosen[-1]]
    return chosen


# Mutants of the solutions that compute the same as the solution on all that the prompt allows, with the reason.


@wrong("cosine_restarts", "restart at the bottom")
def strictly_longer(n, lr, T_0, T_mult, eta_min):
    def one(t):
        T = T_0
        while t > T:
            t, T = t - T, T * T_mult
        return eta_min + (lr - eta_min) / 2 * (1 + np.cos(np.pi * t / T))

    return one(n) if np.ndim(n) == 0 else np.array([one(k) for k in n.ravel()]).reshape(n.shape)


@wrong("greedy_ensemble", "no model twice")
def once_while_others_are_left(probabilities, labels, size):
    right = probabilities[:, torch.arange(len(labels)), labels]
    chosen = []
    for _ in range(size):
        rest = [m for m in range(len(right)) if m not in chosen] or list(range(len(right)))
        chosen.append(min(rest, key=lambda m: -right[[*chosen, m]].mean(0).log().mean().item()))
    return chosen


@right("majority_vote")
def masked_means(probabilities):
    best = probabilities.max(dim=2, keepdim=True).values
    counts = (probabilities == best).sum(dim=0)
    top = counts == counts.max(dim=1, keepdim=True).values
    return torch.where(top, probabilities.mean(dim=0), -1.0).argmax(dim=1).tolist()


@right("collect_snapshots")
def through_bytes(model, train_cycle, cycles):
    out = []
    for _ in range(cycles):
        train_cycle(model)
        memory = io.BytesIO()
        torch.save(model.state_dict(), memory)
        memory.seek(0)
        out.append(torch.load(memory))
    return out


@right("greedy_ensemble")
def in_plain_lists(probabilities, labels, size):
    table = [[float(model[i][int(c)]) for i, c in enumerate(labels)] for model in probabilities]
    chosen = []

    def loss(models):
        means = [sum(table[m][i] for m in models) / len(models) for i in range(len(labels))]
        return -sum(math.log(p) for p in means)

    for _ in range(size):
        chosen.append(min(range(len(table)), key=lambda m: loss([*chosen, m])))
    return chosen


@wrong("majority_vote", "largest over the images")
def over_the_images(probabilities):
    votes = probabilities.argmax(dim=1)
    return votes.mode(dim=0).values


@wrong("majority_vote", "first model at a tie")
def first_model_decides(probabilities):
    votes = probabilities.argmax(dim=2)
    out = []
    for i in range(votes.shape[1]):
        column = votes[:, i].tolist()
        out.append(max(column, key=column.count))
    return out


@wrong("majority_vote", "mean over its voters")
def own_voters(probabilities):
    votes = probabilities.argmax(dim=2)
    out = []
    for i in range(votes.shape[1]):
        column = votes[:, i].tolist()
        own = {c: [float(p[i, c]) for p, v in zip(probabilities, column, strict=True) if v == c] for c in column}
        top = max(map(len, own.values()))
        out.append(max((sum(ps) / top, c) for c, ps in own.items() if len(ps) == top)[1])
    return out


@wrong("cosine_restarts", "lengths add up")
def longer_by_t_mult(n, lr, T_0, T_mult, eta_min):
    def one(k):
        T = T_0
        while k >= T:
            k -= T
            T = T + T_mult
        return eta_min + (lr - eta_min) / 2 * (1 + np.cos(np.pi * k / T))

    return np.vectorize(one)(n)


@right("cosine_restarts")
def starts_looked_up(n, lr, T_0, T_mult, eta_min):
    n = np.asarray(n)
    starts, lengths = [0], [T_0]
    while starts[-1] + lengths[-1] <= n.max():
        starts.append(starts[-1] + lengths[-1])
        lengths.append(lengths[-1] * T_mult)
    i = np.searchsorted(starts, n, side="right") - 1
    t, T = n - np.array(starts)[i], np.array(lengths)[i]
    return eta_min + (lr - eta_min) * np.cos(np.pi * t / T / 2) ** 2


EQUIVALENT_MUTANTS = {
    "cosine_restarts: left operand "
    "alone, column 10 of `while "
    "starts[-1] + lengths[-1] <= "
    "np.max(n):`": "the list of cycles gets longer than needed; the look-up finds the same one",
    "cosine_restarts: 1 -> 0, column "
    "32 of `while starts[-1] + "
    "lengths[-1] <= np.max(n):`": "the list of cycles gets longer than needed; the look-up finds the same one",
    "majority_vote: 0.0 -> 0.0, column 56 of `return torch.where(tied, probabilities.mean(dim=0), "
    "0.0).argmax(dim=1)`": "the same number",
    "snapshots_to_keep: first two swapped, column 17 of `tops, ends = {}, {}`": "both are empty dictionaries",
    "greedy_ensemble: first two swapped, column 24 of `averages = [own[[*chosen, k]].mean(axis=0) for k in "
    "range(len(own))]`": "a mean does not depend on the order",
}


@wrong("cosine_restarts", "same amount longer")
def grown_by_the_same_amount(n, lr, T_0, T_mult, eta_min):
    def one(t):
        T = T_0
        while t >= T:
            t -= T
            T += T_0 * (T_mult - 1)
        return eta_min + (lr - eta_min) / 2 * (1 + np.cos(np.pi * t / T))

    if np.ndim(n) == 0:
        return one(int(n))
    return np.array([one(int(k)) for k in np.ravel(n)]).reshape(np.shape(n))


@wrong("cosine_restarts", "length not set back")
def length_of_the_entry_before(n, lr, T_0, T_mult, eta_min):
    steps = np.atleast_1d(n)
    out = np.zeros(steps.shape)
    T = T_0
    for i, t in np.ndenumerate(steps):
        while t >= T:
            t = t - T
            T = T * T_mult
        out[i] = eta_min + (lr - eta_min) / 2 * (1 + np.cos(np.pi * t / T))
    return out if np.ndim(n) else out[0]


@wrong("snapshot_steps", "remainder spread over the first cycles")
def first_ones_longer(total_steps, cycles):
    length, rest = divmod(total_steps, cycles)
    done, steps = 0, []
    for k in range(cycles):
        done += length + (k < rest)
        steps.append(done)
    return steps


@wrong("majority_vote", "all classes at a tie")
def highest_mean_of_all_at_a_tie(probabilities):
    votes = probabilities.argmax(dim=2)
    classes = probabilities.shape[2]
    counts = torch.nn.functional.one_hot(votes, classes).sum(dim=0)
    tied = (counts == counts.max(dim=1, keepdim=True).values).sum(dim=1) > 1
    return torch.where(tied, probabilities.mean(dim=0).argmax(dim=1), counts.argmax(dim=1))


@wrong("majority_vote", "ranks added up")
def borda(probabilities):
    return probabilities.argsort(2).argsort(2).sum(0).argmax(1)


@wrong("majority_vote", "ranks at a tie")
def borda_at_a_tie(probabilities):
    votes = torch.nn.functional.one_hot(probabilities.argmax(2), probabilities.shape[2]).sum(0)
    tied = votes == votes.amax(1, keepdim=True)
    return torch.where(tied, probabilities.argsort(2).argsort(2).sum(0), -1).argmax(1)


@wrong("majority_vote", "margins added up")
def by_margin(probabilities):
    top = probabilities.topk(2, dim=2)
    margin = top.values[..., 0] - top.values[..., 1]
    votes = torch.nn.functional.one_hot(top.indices[..., 0], probabilities.shape[2])
    return (votes * margin[..., None]).sum(0).argmax(1)


@wrong("snapshots_to_keep", "twice the second lowest")
def next_to_best(log):
    tops, ends = {}, {}
    for cycle, update, lr, error in log:
        tops[cycle] = max(tops.get(cycle, lr), lr)
        ends[cycle] = (update, lr, error)
    done = [(u, e) for cycle, (u, lr, e) in ends.items() if lr <= tops[cycle] / 10 and e == e]
    errors = sorted(e for _, e in done)
    return [u for u, e in done if e <= 2 * errors[min(1, len(errors) - 1)]]


@wrong("snapshots_to_keep", "lowest error and a little more")
def five_hundredths_more(log):
    tops, ends = {}, {}
    for cycle, update, lr, error in log:
        tops[cycle] = max(tops.get(cycle, lr), lr)
        ends[cycle] = (update, lr, error)
    done = [(u, e) for cycle, (u, lr, e) in ends.items() if lr <= tops[cycle] / 10 and e == e]
    return [u for u, e in done if e <= min(e for _, e in done) + 0.05]
