"""Unit "decay formulas"."""

import math

import numpy as np
import torch

from lrlab.units import Corpus

corpus = Corpus()
right, wrong = corpus.right, corpus.wrong


@right("step_decay")
def floor_of_asarray(n, lr0, d, r):
    return lr0 * d ** np.floor((np.asarray(n) + 1) / r)


@right("step_decay")
def stairs_by_division(n, lr0, d, r):
    return lr0 * d ** ((1 + n) // r)


@right("step_decay")
def vectorised(n, lr0, d, r):
    return np.vectorize(lambda k: lr0 * d ** math.floor((1 + k) / r), otypes=[float])(n)


@right("step_decay")
def counted_drops(n, lr0, d, r):
    rates = [lr0]
    for step in range(1, int(np.max(n)) + 1):
        rates.append(rates[-1] * d if (step + 1) % r == 0 else rates[-1])
    if r == 1:
        rates = [rate * d for rate in rates]
    return np.array(rates)[n]


@wrong("step_decay", "torch's exponent")
def as_step_lr(n, lr0, d, r):
    return lr0 * d ** (n // r)


@wrong("step_decay", "no floor")
def smooth(n, lr0, d, r):
    return lr0 * d ** ((1 + n) / r)


@wrong("step_decay", "multiplied")
def times(n, lr0, d, r):
    return lr0 * d * ((1 + n) // r)


@wrong("step_decay", "fails for an array")
def one_number(n, lr0, d, r):
    return lr0 * d ** math.floor((1 + n) / r)


@wrong("step_decay", "changes the array n")
def spoils_n(n, lr0, d, r):
    n += 1
    return lr0 * d ** (n // r)


@right("time_decay")
def products(n, lr0, d):
    rates = [lr0 / np.prod([1 + d * k for k in range(step)]) for step in np.ravel(n)]
    return np.array(rates).reshape(np.shape(n))


@right("time_decay")
def recurrence(n, lr0, d):
    rates = [lr0]
    for step in range(np.max(n)):
        rates.append(rates[-1] / (1 + d * step))
    return np.array(rates)[n]


@right("time_decay")
def logs(n, lr0, d):
    steps = np.arange(np.max(n) + 1)
    return lr0 * np.exp(-np.concatenate([[0], np.cumsum(np.log1p(d * steps))])[n])


@wrong("time_decay", "closed form")
def inverse(n, lr0, d):
    return lr0 / (1 + d * n)


@wrong("time_decay", "fails for an array")
def one_step(n, lr0, d):
    for step in range(n):
        lr0 = lr0 / (1 + d * step)
    return lr0


@wrong("time_decay", "returned a list")
def a_list(n, lr0, d):
    if np.ndim(n):
        return [recurrence(k, lr0, d) for k in n]
    return recurrence(n, lr0, d)


@wrong("time_decay", "starts at 1")
def from_one(n, lr0, d):
    rates = [lr0]
    for step in range(1, np.max(n) + 1):
        rates.append(rates[-1] / (1 + d * step))
    return np.array(rates)[n]


@wrong("time_decay", "constant factor")
def constant(n, lr0, d):
    return lr0 / (1 + d) ** n


@right("exponential_decay")
def power(n, lr0, d):
    return lr0 * np.exp(-d) ** np.asarray(n)


@right("exponential_decay")
def directly(n, lr0, d):
    return lr0 * np.exp(-d * n)


@right("exponential_decay")
def by_torch(n, lr0, d):
    return lr0 * torch.exp(-d * torch.as_tensor(n, dtype=torch.float64))


@wrong("exponential_decay", "sign")
def grows(n, lr0, d):
    return lr0 * np.exp(d * n)


@wrong("exponential_decay", "base 10")
def tens(n, lr0, d):
    return lr0 * 10 ** (-d * n)


@wrong("exponential_decay", "base 2")
def twos(n, lr0, d):
    return lr0 * 2 ** (-d * n)


@wrong("exponential_decay", "n outside the exponent")
def precedence(n, lr0, d):
    return lr0 * math.e**-d * n


@wrong("exponential_decay", "fails for an array")
def by_math(n, lr0, d):
    return lr0 * math.exp(-d * n)


@right("gamma_from_decay")
def over_exp(d):
    return 1 / np.exp(d)


@right("gamma_from_decay")
def math_exp(d):
    return math.exp(-d)


@right("gamma_from_decay")
def e_power(d):
    return torch.tensor(math.e, dtype=torch.float64) ** -d


@wrong("gamma_from_decay", "sign")
def positive(d):
    return math.exp(d)


@wrong("gamma_from_decay", "1 - d")
def linear(d):
    return 1 - d


@wrong("gamma_from_decay", "1 / (1 + d)")
def hyperbola(d):
    return 1 / (1 + d)


@wrong("gamma_from_decay", "d itself")
def itself(d):
    return d


@wrong("gamma_from_decay", "returns nothing")
def forgot_return(d):
    math.exp(-d)


@right("half_life")
def log_half(d):
    return -np.log(0.5) / d


@right("half_life")
def log_two(d):
    return math.log(2) / d


@right("half_life")
def by_base(d):
    return 1 / (d * math.log2(math.e))


@wrong("half_life", "log10")
def decimal(d):
    return math.log10(2) / d


@wrong("half_life", "no ln 2")
def one_over(d):
    return 1 / d


@wrong("half_life", "rounded up")
def up(d):
    return math.ceil(math.log(2) / d)


@wrong("half_life", "sign")
def negative(d):
    return math.log(0.5) / d


@wrong("half_life", "multiplied by d")
def by_d(d):
    return math.log(2) * d


@right("read_log")
def by_counting_falls(log):
    rates = [float(line.split("lr=")[1]) for line in log]
    falls = [n for n in range(1, len(rates)) if rates[n] != rates[n - 1]]
    ratio = rates[falls[0]] / rates[falls[0] - 1]
    if falls[0] == 1 and len(falls) == len(rates) - 1:
        return {"formula": "exponential", "lr0": rates[0], "d": -math.log(ratio)}
    if falls[:2] == [2, 3]:
        return {"formula": "time-based", "lr0": rates[0], "d": 1 / ratio - 1}
    return {"formula": "step-based", "lr0": rates[0], "d": ratio, "r": falls[0] + 1}


@right("read_log")
def by_trying_all_three(log):
    rates = np.array([float(line.rsplit("=", 1)[1]) for line in log])
    n = np.arange(len(rates))
    lr0 = rates[0]
    if rates[1] < lr0:
        d = np.log(lr0 / rates[1])
        if np.allclose(rates, lr0 * np.exp(-d * n)):
            return {"formula": "exponential", "lr0": lr0, "d": d}
    d = rates[1] / rates[2] - 1
    if d > 0 and np.allclose(rates, lr0 / np.concatenate([[1], np.cumprod(1 + d * n[:-1])])):
        return {"formula": "time-based", "lr0": lr0, "d": d}
    drop = int(np.argmax(rates < lr0))
    return {"formula": "step-based", "lr0": lr0, "d": rates[drop] / lr0, "r": drop + 1}


@right("read_log")
def with_regular_expressions(log):
    import re

    rates = [float(re.search(r"lr=(\S+)", line)[1]) for line in log]
    ratios = [rates[n] / rates[n - 1] for n in range(1, len(rates))]
    if ratios.count(1.0) == 1 and ratios[0] == 1.0 and ratios[1] != 1.0:
        return {"formula": "time-based", "lr0": rates[0], "d": 1 / ratios[1] - 1}
    if 1.0 in ratios:
        first = next(k for k, ratio in enumerate(ratios) if ratio < 1)
        return {"formula": "step-based", "lr0": rates[0], "d": ratios[first], "r": first + 2}
    return {"formula": "exponential", "lr0": rates[0], "d": -np.log(ratios[0])}


@wrong("read_log", "first stair taken for r")
def short_stair(log):
    found = by_counting_falls(log)
    return found | {"r": found["r"] - 1} if "r" in found else found


@wrong("read_log", "ratio as d of the exponential")
def the_ratio(log):
    found = by_counting_falls(log)
    return found | {"d": math.exp(-found["d"])} if found["formula"] == "exponential" else found


@wrong("read_log", "sign of d")
def minus_d(log):
    found = by_counting_falls(log)
    return found | {"d": -found["d"]} if found["formula"] == "exponential" else found


@wrong("read_log", "percent instead of factor")
def by_how_much(log):
    found = by_counting_falls(log)
    return found | {"d": 1 - found["d"]} if "r" in found else found


@wrong("read_log", "should return a dictionary")
def a_tuple(log):
    return tuple(by_counting_falls(log).values())


@wrong("read_log", "has the key 'gamma'")
def another_key(log):
    return {"formula": "exponential", "lr0": 0.1, "gamma": 0.9}


@wrong("read_log", "one of the texts")
def in_other_words(log):
    return by_counting_falls(log) | {"formula": "stairs"}


@wrong("exponential_decay", "torch.optim.lr_scheduler")
def by_torchs_scheduler(n, lr0, d):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=lr0)
    scheduler, rates = torch.optim.lr_scheduler.ExponentialLR(optimizer, float(np.exp(-d))), [lr0]
    for _ in range(int(np.max(n))):
        optimizer.step()
        scheduler.step()
        rates.append(scheduler.get_last_lr()[0])
    return np.array(rates)[n]


# Mutants of the solutions that compute the same as the solution on all that the prompt allows, with the reason.


@wrong("step_decay", "1 - d as the factor")
def share_lost(n, lr0, d, r):
    return lr0 * (1 - d) ** ((1 + n) // r)


@wrong("exponential_decay", "lr0 in the exponent")
def lr0_inside(n, lr0, d):
    return np.exp(-d * n * lr0)


@wrong("read_log", "loss taken for the rate")
def losses_read(log):
    lrs = [float(line.split("=")[2].split()[0]) for line in log]
    lr0 = lrs[0]
    drops = [i for i in range(1, len(lrs)) if lrs[i] < lrs[i - 1]]
    if len(drops) == len(lrs) - 1:
        return {"formula": "exponential", "lr0": lr0, "d": math.log(lr0 / lrs[1])}
    if drops == list(range(2, len(lrs))):
        return {"formula": "time-based", "lr0": lr0, "d": lrs[1] / lrs[2] - 1}
    return {"formula": "step-based", "lr0": lr0, "d": lrs[drops[0]] / lr0, "r": drops[0] + 1}


@wrong("read_log", "equal first rates taken for time-based")
def equal_pair(log):
    lrs = [float(line.split("lr=")[1]) for line in log]
    lr0 = lrs[0]
    if lrs[0] == lrs[1]:
        return {"formula": "time-based", "lr0": lr0, "d": lrs[1] / lrs[2] - 1}
    if math.isclose(lrs[1] / lrs[0], lrs[2] / lrs[1]):
        return {"formula": "exponential", "lr0": lr0, "d": math.log(lr0 / lrs[1])}
    drops = [i for i in range(1, len(lrs)) if lrs[i] < lrs[i - 1]]
    return {"formula": "step-based", "lr0": lr0, "d": lrs[drops[0]] / lr0, "r": drops[1] - drops[0]}


@right("step_decay")
def looked_up(n, lr0, d, r):
    n = np.asarray(n)
    drops = np.arange(r - 1, n.max() + 1, r)
    return lr0 * d ** np.searchsorted(drops, n, side="right")


@right("exponential_decay")
def tensor_of_exponents(n, lr0, d):
    value = lr0 * torch.exp(-d * torch.as_tensor(n, dtype=torch.float64))
    return value.item() if value.ndim == 0 else value.numpy()


@right("half_life")
def logarithm_to_gamma(d):
    gamma = math.exp(-d)
    return math.log(1 / 2, gamma)


@right("read_log")
def best_fit(log):
    lrs = np.array([float(line.split()[-1].split("=")[1]) for line in log])
    n, lr0 = np.arange(len(lrs)), lrs[0]
    found = [{"formula": "exponential", "lr0": lr0, "d": np.log(lr0 / lrs[-1]) / n[-1]}]
    curves = [lr0 * np.exp(-found[0]["d"] * n)]
    d = lrs[1] / lrs[2] - 1
    found.append({"formula": "time-based", "lr0": lr0, "d": d})
    curves.append(lr0 / np.concatenate([[1], np.cumprod(1 + d * n[:-1])]))
    r = int(np.argmax(lrs < lr0 * (1 - 1e-9))) + 1
    if r >= 2:
        d = lrs[r - 1] / lr0
        found.append({"formula": "step-based", "lr0": lr0, "d": d, "r": r})
        curves.append(lr0 * d ** ((1 + n) // r))
    return found[int(np.argmin([np.abs(c - lrs).max() / lr0 for c in curves]))]


@wrong("step_decay", "multiplied after the first drop")
def times_the_drops(n, lr0, d, r):
    drops = (1 + n) // r
    return lr0 * np.where(drops > 0, d * drops, 1.0)


@wrong("step_decay", "place for the step")
def counts_the_entries(n, lr0, d, r):
    if np.ndim(n):
        return np.array([lr0 * d ** ((1 + i) // r) for i in range(len(n))])
    return lr0 * d ** ((1 + n) // r)


@wrong("read_log", "closed form")
def solves_the_closed_form(log):
    found = by_counting_falls(log)
    return found | {"d": found["d"] / 2} if found["formula"] == "time-based" else found


EQUIVALENT_MUTANTS = {
    'read_log: 0 -> 1, column 54 of `return {"formula": "time-based", "lr0": rates[0], "d": 1 / ratios[1] - 1}`': "the first two rates are equal",
    'read_log: 0 -> 1, column 72 of `return {"formula": "step-based", "lr0": rates[0], "d": ratios[drops[0]], "r": drops[0] + 2}`': "every drop is by the same factor",
    'read_log: 0 -> -1, column 72 of `return {"formula": "step-based", "lr0": rates[0], "d": ratios[drops[0]], "r": drops[0] + 2}`': "every drop is by the same factor",
    "read_log: 1 -> 2, column 66 of `ratios = [rates[n + 1] / rates[n] for n in range(len(rates) - 1)]`": "the last ratio decides nothing",
    'read_log: 0 -> 1, column 79 of `return {"formula": "exponential", "lr0": rates[0], "d": -np.log(ratios[0])}`': "all ratios are equal",
    'read_log: 0 -> -1, column 79 of `return {"formula": "exponential", "lr0": rates[0], "d": -np.log(ratios[0])}`': "all ratios are equal",
}


@wrong("step_decay", "divided as in the time-based formula")
def divided_at_each_drop(n, lr0, d, r):
    return lr0 / (1 + d * ((1 + n) // r))


@wrong("exponential_decay", "counted from the lowest step")
def from_the_lowest_entry(n, lr0, d):
    steps = np.atleast_1d(n)
    first = steps.min() if np.ndim(n) else 0
    rates = lr0 * np.exp(-d * (steps - first))
    return rates if np.ndim(n) else rates[0]


@wrong("read_log", "rates rounded")
def four_decimals(log):
    rates = [round(float(line.split("lr=")[1]), 4) for line in log]
    ratios = [rates[n + 1] / rates[n] for n in range(len(rates) - 1)]
    drops = [n for n, ratio in enumerate(ratios) if ratio < 1]
    if len(drops) == len(ratios):
        return {"formula": "exponential", "lr0": rates[0], "d": -np.log(ratios[0])}
    if drops[:2] == [1, 2]:
        return {"formula": "time-based", "lr0": rates[0], "d": 1 / ratios[1] - 1}
    return {"formula": "step-based", "lr0": rates[0], "d": ratios[drops[0]], "r": drops[0] + 2}
