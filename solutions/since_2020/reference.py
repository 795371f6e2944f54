"""The right values of this unit's exercises, and the generator of its hidden cases. Students never get this file.

Rates and fits are computed in fractions and in decimal arithmetic of 40 digits; the training run is worked out in plain
Python floats, its average as one weighted sum over all updates and not as a running mean: independent of numpy, torch,
`lrlab` and of the solutions in the notebook. `python reference.py` prints the hidden cases.
"""

import math
import random
from decimal import Decimal, getcontext
from fractions import Fraction
from pprint import pprint

getcontext().prec = 40


def cooldown_rate(n, peak, floor, total, decay):
    def rate(step):
        gone = min(max(step - (total - decay), 0), decay)
        left = 1 - (Decimal(gone) / decay).sqrt()
        return float(Decimal(floor) + (Decimal(peak) - Decimal(floor)) * left)

    return [rate(step) for step in n] if isinstance(n, list) else rate(n)


def cooldown_plan(budgets, part):
    cooling = {budget: {n for n in range(budget) if n >= budget - budget // part} for budget in budgets}
    trunk = {n for budget in budgets for n in range(budget) if n not in cooling[budget]}
    trained = len(trunk) + sum(map(len, cooling.values()))
    return {"branch points": [b - len(cooling[b]) for b in budgets], "updates saved": sum(budgets) - trained}


def read_sharpness(steps, sharpness, lr):
    edge = 2 / Fraction(lr)
    pairs = [(n, None if s == "nan" else Fraction(s)) for n, s in zip(steps, sharpness, strict=True)]
    first = next((n for n, s in pairs if s is not None and s >= edge), None)
    last = [s for _, s in pairs][-max(1, len(pairs) // 3) :]
    if any(s is None for _, s in pairs):
        verdict = "diverged"
    else:
        ratio = sum(last) / len(last) / edge
        verdict = "below" if ratio < Fraction(9, 10) else "above" if ratio > Fraction(11, 10) else "edge"
    return {"first step at the limit": first, "verdict": verdict}


def average_weights(weights, rows, batch_size, lr, decay):
    """Gradient descent on a line through points, with the mean squared error and its slope written out."""
    w, seen = list(weights), []
    for start in range(0, len(rows), batch_size):
        batch = rows[start : start + batch_size]
        errors = [math.fsum((w[0] * a, w[1] * b, w[2], -y)) for a, b, y in batch]
        for k, inputs in enumerate(zip(*[(a, b, 1.0) for a, b, _ in batch], strict=True)):
            w[k] -= lr * math.fsum(2 * e * x for e, x in zip(errors, inputs, strict=True)) / len(batch)
        seen.append(list(w))
    shares = [decay ** (len(seen) - 1 - t) for t in range(len(seen))]
    mean = [math.fsum(s * v[k] for s, v in zip(shares, seen, strict=True)) / math.fsum(shares) for k in range(3)]
    return {"average": [[mean[:2]], mean[2:]], "weights after the run": [[w[:2]], w[2:]], "with a graph": False}


LAYERS = {  # name, inputs of a matrix in widths (0: they don't grow), whether there is a bias
    "two hidden layers": [("0", 0, True), ("2", 1, True), ("4", 1, True)],
    "with norms": [("0", 0, True), ("1", None, True), ("2", 1, True), ("3", 1, True)],
    "with a block": [("0", 0, False), ("1.0", 1, True), ("1.2", 1, True), ("2", 1, False)],
    "narrow neck": [("0", 0, True), ("2", 0, True), ("4", 1, True)],
}


def mup_groups(kind, width, base, lr):
    rates = {}
    for name, grows, bias in LAYERS[kind]:
        rates[f"{name}.weight"] = float(Fraction(lr) * base / width) if grows else lr
        if bias:
            rates[f"{name}.bias"] = lr
    return {"rates": rates, "tensors of another network": 0}


def critical_batch(batch_sizes, updates):
    points = [(1 / Fraction(b), Fraction(s)) for b, s in zip(batch_sizes, updates, strict=True) if s != "nan"]
    count, x_sum, y_sum = len(points), sum(x for x, _ in points), sum(y for _, y in points)
    squares, products = sum(x * x for x, _ in points), sum(x * y for x, y in points)
    slope = (count * products - x_sum * y_sum) / (count * squares - x_sum**2)
    fewest = (y_sum - slope * x_sum) / count
    return {"fewest updates": float(fewest), "critical batch size": float(slope / fewest)}


def flat(values):
    return [x for v in values for x in flat(v)] if isinstance(values, list) else [values]


def shaped(entries, like):
    return [shaped(entries, v) for v in like] if isinstance(like, list) else float(next(entries))


def dog_step(start, grads, hyper):
    first = [Decimal(x) for x in flat(start)]
    at, path, squares, farthest = first, [], Decimal("1e-8"), Decimal(hyper["r_eps"])
    for grad in grads:
        gradient = [Decimal(g) for g in flat(grad)]
        squares += sum(g * g for g in gradient)
        farthest = max(farthest, sum((x - x0) ** 2 for x, x0 in zip(at, first, strict=True)).sqrt())
        at = [x - farthest / squares.sqrt() * g for x, g in zip(at, gradient, strict=True)]
        path.append(shaped(iter(at), start))
    return {"params": path, "same when run again": True}


def right(name, args):
    return globals()[name](*args)


def hidden_cases(seed=23):
    """For each exercise, by group, a few calls and their right values; the same for the same seed.

    Where single precision would lose digits, cases are drawn again; parameters and gradients are multiples of 1/32.
    """
    rng = random.Random(seed)

    def odd(low, high, digits=4):
        return round(rng.uniform(low, high), digits)

    def coarse(low, high):
        return rng.randrange(16 * low, 16 * high + 1) / 16 or 1.0

    def steps(total, decay):
        return [total - decay - 1, 0, total - decay + 1, total - 1, total, total + 7, rng.randrange(total)]

    def log(lr, ratios, every, nan_from=None):
        sharpness = ["nan" if math.isnan(r) else round(r * 2 / lr, 3) for r in ratios]
        if nan_from is not None:
            sharpness[nan_from:] = ["nan"] * (len(sharpness) - nan_from)
        return ([every * k for k in range(len(ratios))], sharpness, lr)

    def near(middle, count):
        return [middle + rng.uniform(-0.04, 0.04) for _ in range(count)]

    def measured(batch_sizes, fewest, critical):
        return [round(fewest * (1 + critical / b) * rng.uniform(0.95, 1.05)) for b in batch_sizes]

    def points(count):
        return [[coarse(-2, 2), coarse(-2, 2), coarse(-3, 3)] for _ in range(count)]

    def walk(size, count, r_eps):
        """A walk drawn until no entry comes near 0, where single precision has few digits, and until the distances that
        its steps use grow beyond r_eps and fall again."""
        while True:
            start = [coarse(-3, 3) + 1 / 32 for _ in range(size)]
            grads = [[coarse(-4, 4) for _ in range(size)] for _ in range(count)]
            path = dog_step(start, grads, {"r_eps": r_eps})["params"]
            used = [math.dist(one, start) for one in path[:-1]]
            turns = count == 1 or (max(used) > 1.2 * r_eps and used[-1] < 0.9 * max(used))
            if turns and all(abs(x) > 0.25 for one in path for x in one):
                return start, grads, {"r_eps": r_eps}

    first, second = rng.randrange(60, 120), rng.randrange(300, 900)
    sizes = [8, 16, 64, 256]
    lr = odd(0.05, 0.4)
    budgets = [rng.randrange(300, 600), rng.randrange(700, 1500), rng.randrange(50, 200)]
    out = measured([4, 16, 32, 128, 512], rng.randrange(40, 90), rng.randrange(30, 90))
    calls = {
        "cooldown_rate": {
            "one step": [(n, 0.3, 0.02, first, first // 4) for n in steps(first, first // 4)],
            "arrays": [(steps(second, 100), odd(0.1, 1), odd(0.001, 0.05), second, 100)],
        },
        "cooldown_plan": {
            "": [(budgets[1:] + budgets[:1], 5), (sorted(budgets), rng.randrange(3, 9)), (budgets[:1], 4)]
        },
        "read_sharpness": {
            "": [
                log(lr, [0.2, 0.5, 0.9, *near(1.0, 6)], 10),
                log(lr, [0.1, 0.2, 0.25, 0.3, 0.33, 0.35, 0.36], 25),
                log(lr, [1.6, 1.3, 1.1, 0.9, 0.8, *near(0.75, 4)], 20),
                log(0.5, [0.4, 0.7, 1.0, 1.05, *near(1.0, 5)], rng.randrange(2, 9)),
                log(lr, [0.3, 0.7, 1.02, 1.2, *near(1.3, 4)], 30),
                log(lr, [0.2, 0.4, 0.6, 0.8, 1.02, *near(1.0, 3), 1.3, 1.3, 1.0, 0.9], rng.randrange(2, 9)),
                log(lr, [0.4, 0.8, 1.5, 1.9, 3.0, 1.0, 1.0], 5, nan_from=rng.randrange(4, 6)),
                log(lr, [0.6, math.nan, 1.02, 0.97, 1.03, 1.02], 9),
                log(lr, [0.5, 0.75, 0.85, 1.02, 1.05, 0.97, 1.02, 1.15, 0.97, 0.97, 0.65], 15),
                log(lr, [2.0, 1.5, 1.02, 0.8, 1.5, 0.75, 0.76], 4),
                log(lr, [0.4, 0.7, 1.02, 1.05, 1.1, 1.02, 1.06, 1.08, 1.07], 40),
            ]
        },
        "average_weights": {
            "": [
                ([coarse(-2, 2) for _ in range(3)], points(12), 3, odd(0.02, 0.1), odd(0.5, 0.8)),
                ([coarse(-2, 2) for _ in range(3)], points(7), 2, odd(0.02, 0.1), odd(0.85, 0.98)),
                ([coarse(-2, 2) for _ in range(3)], points(4), 4, odd(0.02, 0.1), odd(0.5, 0.8)),
            ]
        },
        "mup_groups": {
            "": [
                ("two hidden layers", 8 * rng.randrange(2, 6), 8, odd(0.001, 0.03)),
                ("with norms", 12, 12, odd(0.001, 0.03)),
                ("with norms", rng.randrange(13, 20), 12, odd(0.001, 0.03)),
                ("with a block", 4 * rng.randrange(2, 6), 4, odd(0.001, 0.03)),
                ("narrow neck", 10 * rng.randrange(2, 6), 10, odd(0.001, 0.03)),
            ]
        },
        "critical_batch": {
            "every run reached it": [
                (sizes, measured(sizes, rng.randrange(40, 90), rng.randrange(20, 60))),
                ([32, 128, 2048], measured([32, 128, 2048], rng.randrange(300, 900), rng.randrange(200, 800))),
            ],
            "out of updates": [
                ([4, 16, 32, 128, 512], ["nan", *out[1:]]),
                ([4, 16, 32, 128, 512], ["nan", *out[1:3], "nan", out[4]]),
                ([4, 16, 32, 128, 512], [*out[:2], "nan", *out[3:]]),
            ],
        },
        "dog_step": {
            "first step": [walk(2, 1, 0.5), walk(3, 1, 0.25)],
            "several steps": [
                walk(2, 4, 0.5),
                walk(3, 5, 0.125),
                ([1.0625, -2.1875], [[0.0, 0.0], [2.0**-14, -(2.0**-15)], [2.0**-13, 0.0]], {"r_eps": 0.5}),
            ],
        },
    }
    return {
        name: {group: [(args, right(name, args)) for args in cases] for group, cases in groups.items()}
        for name, groups in calls.items()
    }


if __name__ == "__main__":
    pprint(hidden_cases(), sort_dicts=False, width=110)
