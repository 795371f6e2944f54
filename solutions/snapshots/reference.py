"""The right values of this unit's exercises, and the generator of its hidden cases. Students never get this file.

Restarts and votes are counted in whole numbers, cosines and logarithms come from decimal arithmetic of 40 digits, and
the snapshots from the numbers themselves: independent of numpy, torch, `lrlab` and of the solutions in the notebook.
`python reference.py` prints the hidden cases.
"""

import math
import random
from decimal import Decimal, getcontext
from pprint import pprint

getcontext().prec = 40
PI = Decimal("3.14159265358979323846264338327950288419716939937510")


def cosine(x):
    """By its series; x is a Decimal between 0 and π."""
    term = total = Decimal(1)
    k = 0
    while abs(term) > Decimal(10) ** -38:
        k += 2
        term *= -x * x / (k * (k - 1))
        total += term
    return total


def cosine_restarts(n, lr, T_0, T_mult, eta_min):
    length = T_0
    while n >= length:
        n, length = n - length, length * T_mult
    low = Decimal(eta_min)
    return float(low + (Decimal(lr) - low) * (1 + cosine(PI * n / length)) / 2)


def snapshot_steps(total_steps, cycles):
    """Count every update; a cycle is full when M times its length reaches T for the first time."""
    length = next(c for c in range(1, total_steps + 1) if c * cycles >= total_steps)
    return {"steps": [n for n in range(1, total_steps + 1) if n % length == 0 or n == total_steps]}


def majority_vote(probabilities):
    winners = []
    for image in range(len(probabilities[0])):
        rows = [[Decimal(str(p)) for p in model[image]] for model in probabilities]
        votes = [row.index(max(row)) for row in rows]
        winners.append(max(range(len(rows[0])), key=lambda c: (votes.count(c), sum(row[c] for row in rows))))
    return {"classes": winners}


def collect_snapshots(cycles, start):
    """Every value x becomes 2x + 1 in a cycle; see the driver's model for the values at the start."""
    now = {
        "0.weight": [[start, 1 + start]],
        "0.bias": [1 + start],
        "1.0.weight": [2 + start],
        "1.0.bias": [3 + start],
        "1.0.running_mean": [4 + start],
        "1.0.running_var": [5 + start],
        "1.0.num_batches_tracked": 0.0,
    }

    def trained(value):
        return [trained(v) for v in value] if isinstance(value, list) else 2 * value + 1

    snapshots = []
    for _ in range(cycles):
        now = {name: trained(value) for name, value in now.items()}
        snapshots.append(now)
    return {
        "snapshots": snapshots,
        "train_cycle was called": cycles,
        "memory of their own": True,
        "same number types": True,
    }


def snapshots_to_keep(log):
    tops, ends = {}, {}
    for cycle, update, lr, error in log:
        tops[cycle] = max(lr, tops.get(cycle, 0))
        ends[cycle] = (update, lr, error)
    finished = [(u, e) for c, (u, lr, e) in ends.items() if Decimal(str(lr)) * 10 <= Decimal(str(tops[c]))]
    usable = [(u, e) for u, e in finished if isinstance(e, float)]  # "nan" is text
    return {"updates": [u for u, e in usable if Decimal(str(e)) <= 2 * Decimal(str(min(e for _, e in usable)))]}


def log_losses(probabilities, labels, chosen):
    """For each model, the log loss of the average when it is added to the chosen ones."""

    def loss(members):
        shares = [math.fsum(probabilities[m][i][y] for m in members) for i, y in enumerate(labels)]
        return -math.fsum(math.log(share / len(members)) for share in shares) / len(labels)

    return [loss([*chosen, m]) for m in range(len(probabilities))]


def greedy_ensemble(probabilities, labels, size):
    chosen = []
    for _ in range(size):
        losses = log_losses(probabilities, labels, chosen)
        chosen.append(losses.index(min(losses)))
    return {"members": chosen}


def draw_probabilities(rng, models, images, classes, sure=2.0):
    """Rows of shares in hundredths, of which no two are equal."""
    table = []
    for _ in range(models):
        rows = []
        while len(rows) < images:
            weights = [rng.random() ** sure + 0.02 for _ in range(classes)]
            row = [round(w / sum(weights), 2) for w in weights[:-1]]
            row.append(round(1 - sum(row), 2))
            if len(set(row)) == classes and min(row) > 0:
                rows.append(row)
        table.append(rows)
    return table


def draw_votes(rng, models, classes, *, ties):
    """Five images with as many ties as wanted (an average can decide each of them, and says another class than the
    first of the tied ones in two of them), or with none."""
    chosen = []
    while len(chosen) < 5:
        image = [model[0] for model in draw_probabilities(rng, models, 1, classes)]
        votes = [row.index(max(row)) for row in image]
        most = [c for c in range(classes) if votes.count(c) == max(map(votes.count, votes))]
        means = [round(sum(row[c] for row in image), 2) for c in range(classes)]
        best = max(most, key=lambda c: means[c])
        if ties and len(chosen) < 4:
            fits = len(most) > 1 and sum(means[c] == means[best] for c in most) == 1
            fits = fits and best != most[len(chosen) % 2 - 1] and (len(chosen) != 2 or means[best] < max(means))
        else:
            fits = len(most) == 1 and (len(chosen) > 1 or means[best] < max(means))
        if fits:
            chosen.append(image)
    return [[image[m] for image in chosen] for m in range(models)]


def few_sure(rng):
    """One image whose winner has less in sum than the sure choice of one model, by more than a vote."""
    order = rng.sample(range(3), 3)
    rows = [[0.36, 0.34, 0.3], [0.37, 0.34, 0.29], [0.01, 0.96, 0.03], [0.02, 0.46, 0.52]]
    return [[[row[c] for c in order]] for row in rows]


def exact_log(rng):
    """A log with a rate of exactly a tenth, an error of exactly twice the lowest, and a better one that was cut."""
    every = rng.randrange(10, 90)
    ends = [(0.6, 0.06, 0.15), (0.6, 0.07, 0.11), (0.5, 0.002, 0.3), (0.5, 0.002, 0.4), (0.5, 0.002, 0.25)]
    rows = [
        row for k, (top, last, error) in enumerate(ends, start=1) for row in ([k, top, 0.5 + error], [k, last, error])
    ]
    return [[cycle, every * n, lr, error] for n, (cycle, lr, error) in enumerate(rows, start=1)]


def draw_log(rng, cycles, cut):
    """A run of four or five cycles: number `cut` is cut short, one is poor, the fifth kind is broken. The lowest error
    of all is in no snapshot, and would leave out one that is good enough."""
    log, update, kinds = [], 0, ["good", "fair", "poor", "nan"][: cycles - 1]
    rng.shuffle(kinds)
    kinds.insert(cut - 1, "cut")
    good = rng.uniform(0.04, 0.06)
    for cycle, kind in enumerate(kinds, start=1):
        top = 0.3 * 0.6 ** (cycle - 1) * rng.uniform(0.95, 1.05)
        error = good * {"fair": rng.uniform(1.7, 1.9), "poor": rng.uniform(2.5, 4)}.get(kind, rng.uniform(1, 1.1))
        if kind == "good":
            error = good
        length = 20 * rng.randrange(5, 12)
        log.append([cycle, update + 1, round(top * 0.05, 5), round(error * 8, 4)])  # the rate rises first
        for share, factor in ((0.1, 6), (0.5, 1.7), (0.95, 0.8), (1, 1)):
            rate = top * max(1 - share * (0.8 if kind == "cut" else 1), 0.02)
            value = "nan" if kind == "nan" and share == 1 else round(error * factor, 4)
            log.append([cycle, update + int(length * share), round(rate, 5), value])
        update += length
    return log


def halving(probabilities, labels, size):
    """What is chosen where the newest model counts for a half of the average."""
    chosen, now = [], None
    for _ in range(size):
        own = [[model[i][y] for i, y in enumerate(labels)] for model in probabilities]
        means = own if now is None else [[(a + b) / 2 for a, b in zip(now, one, strict=True)] for one in own]
        best = max(range(len(own)), key=lambda k: math.fsum(map(math.log, means[k])))
        chosen, now = [*chosen, best], means[best]
    return chosen


def draw_selection(rng, models, images, classes, size):
    """Models and labels where every choice is clear, one is made twice, and the best alone are not the choice."""
    while True:
        table = draw_probabilities(rng, models, images, classes, sure=1.5)
        labels = [rng.randrange(classes) for _ in range(images)]
        chosen = greedy_ensemble(table, labels, size)["members"]
        alone = log_losses(table, labels, [])
        rounds = [sorted(log_losses(table, labels, chosen[:k])) for k in range(size)]
        clear = all(losses[1] - losses[0] > 0.003 for losses in rounds)
        clear = clear and (size < 4 or halving(table, labels, size) != chosen)
        if clear and 1 < len(set(chosen)) < size and chosen[1] != sorted(range(models), key=alone.__getitem__)[1]:
            return table, labels, size


def draw_steps(rng):
    """T and M, every cycle but the last full: T/M a whole number, and one to round up, from below and above a half."""
    found = {}
    while len(found) < 3:
        total, cycles = rng.randrange(20, 300), rng.randrange(3, 12)
        length = -(-total // cycles)
        if length * (cycles - 1) < total:
            rest = total % cycles / cycles
            found.setdefault("whole" if not rest else "down" if rest < 0.5 else "up", (total, cycles))
    return list(found.values())


def right(name, args):
    if name == "cosine_restarts" and isinstance(args[0], list):
        return [right(name, (n, *args[1:])) for n in args[0]]
    return globals()[name](*args)


def hidden_cases(seed=3):
    """For each exercise, by group, a few calls and their right values; the same for the same seed."""
    rng = random.Random(seed)

    def odd(low, high):
        return round(rng.uniform(low, high), 4)

    def rates():
        return odd(0.1, 2), odd(0.001, 0.05)

    def restarts(n, T_0, T_mult):
        lr, low = rates()
        return n, lr, T_0, T_mult, low

    calls = {
        "cosine_restarts": {
            "equal cycles": [
                restarts(rng.randrange(20, 40), 9, 1),
                restarts(54, 6, 1),
                restarts([rng.randrange(50), 20, 19, 41, 20], 10, 1),
            ],
            "growing cycles": [
                restarts(1210, 10, 3),
                restarts(215, 5, 6),
                restarts(rng.randrange(30, 60), 4, 2),
                restarts([555, 554, 54, 5, 300], 5, 10),
                restarts([rng.randrange(100)], 3, 2),
            ],
        },
        "snapshot_steps": {"": [*draw_steps(rng), (rng.randrange(300, 400), 1)]},
        "majority_vote": {
            "clear majorities": [(draw_votes(rng, models, 4, ties=False),) for models in (3, 5, 7)]
            + [(few_sure(rng),)],
            "ties": [(draw_votes(rng, models, 4, ties=True),) for models in (4, 5, 6)],
        },
        "collect_snapshots": {"": [(cycles, odd(0.1, 0.9)) for cycles in [*rng.sample(range(2, 7), 3), 0]]},
        "snapshots_to_keep": {
            "": [(draw_log(rng, *shape),) for shape in ((5, 1), (4, 4), (5, rng.randrange(3, 6)))] + [(exact_log(rng),)]
        },
        "greedy_ensemble": {"": [draw_selection(rng, 4, 8, 3, size) for size in (4, 5, 3)]},
    }
    return {
        name: {group: [(args, right(name, args)) for args in cases] for group, cases in groups.items()}
        for name, groups in calls.items()
    }


if __name__ == "__main__":
    pprint(hidden_cases(), sort_dicts=False, width=110)
