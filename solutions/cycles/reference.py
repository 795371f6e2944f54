"""The right values of this unit's exercises, and the generator of its hidden cases. Students never get this file.

The curves are walked in exact fractions and in decimal arithmetic of 40 digits, with a cosine of its own, independent
of numpy, torch, `lrlab` and of the solutions in the notebook. `python reference.py` prints the hidden cases.
"""

import functools
import math
import random
from decimal import Decimal, getcontext
from fractions import Fraction
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


def triangular2(n, base_lr, max_lr, step_size):
    """Up and down in equal steps, one at a time; the steps are halved where a cycle begins."""
    rate, step = Fraction(base_lr), (Fraction(max_lr) - Fraction(base_lr)) / step_size
    for k in range(n):
        if k and k % (2 * step_size) == 0:
            step /= 2
        rate += step if k % (2 * step_size) < step_size else -step
    return float(rate)


def exp_range(n, base_lr, max_lr, step_size_up, step_size_down, gamma):
    """The height goes up and down in steps of its own; gamma is multiplied in once for every step."""
    height, factor = Fraction(0), Fraction(1)
    for k in range(n):
        rising = k % (step_size_up + step_size_down) < step_size_up
        height += Fraction(1, step_size_up) if rising else -Fraction(1, step_size_down)
        factor *= Fraction(gamma)
    return float(Fraction(base_lr) + (Fraction(max_lr) - Fraction(base_lr)) * height * factor)


def one_cycle(n, total_steps, max_lr, pct_start, div_factor, final_div_factor):
    top, first = Decimal(max_lr), Decimal(max_lr) / Decimal(div_factor)
    peak, end = Decimal(pct_start) * total_steps - 1, Decimal(total_steps - 1)
    if n <= peak:
        a, b, done = first, top, n / peak
    else:
        a, b, done = top, first / Decimal(final_div_factor), (n - peak) / (end - peak)
    return float(b + (a - b) * (1 + cosine(PI * done)) / 2)


def ground_covered(lrs, momenta):
    """Each gradient counts in its own update and, multiplied by all momenta since, in every later one."""
    lrs, momenta = list(map(Fraction, lrs)), list(map(Fraction, momenta))
    total = Fraction(0)
    for k in range(len(lrs)):
        share = Fraction(1)
        for later in range(k, len(lrs)):
            share *= momenta[later] if later > k else 1
            total += lrs[later] * share
    return {"distance": float(total)}


def train_one_cycle(rows, batch_size, epochs, max_lr):
    """A line through points by gradient descent on the mean squared error, its slope written out."""
    starts = range(0, len(rows), batch_size)
    total = epochs * len(starts)
    rates = [one_cycle(n, total, max_lr, 0.3, 25, 1e4) for n in range(total)]
    w = b = 0.5
    for n, rate in enumerate(rates):
        start = starts[n % len(starts)]
        batch = rows[start : start + batch_size]
        errors = [w * x + b - y for x, y in batch]
        w, b = (
            w - rate * math.fsum(2 * e * x for e, (x, _) in zip(errors, batch, strict=True)) / len(batch),
            b - rate * math.fsum(2 * e for e in errors) / len(batch),
        )
    return {"rates used": rates, "rates returned": rates, "runs to the end": True, "weights": [w, b]}


def slopes(x, y):
    """Second-order differences on an uneven grid, from their formula; plain ones at both ends."""
    found = [(y[1] - y[0]) / (x[1] - x[0])]
    for i in range(1, len(x) - 1):
        h, k = x[i] - x[i - 1], x[i + 1] - x[i]
        found.append((h * h * y[i + 1] + (k * k - h * h) * y[i] - k * k * y[i - 1]) / (h * k * (h + k)))
    return [*found, (y[-1] - y[-2]) / (x[-1] - x[-2])]


@functools.cache
def log(rate):
    return Decimal(rate).ln()


def steepest(lrs, losses):
    found = slopes(list(map(log, lrs)), losses)
    return lrs[found.index(min(found))], sorted(found)


def steepest_lr(lrs, losses):
    return {"learning rate": steepest(lrs, [Decimal(loss) for loss in losses])[0]}


def smoothed(losses, beta):
    """Each value from the whole history, its weights adding up to 1; up to the first loss that is not finite."""
    beta, kept = Decimal(beta), []
    for k, loss in enumerate(losses):
        if not math.isfinite(float(loss)):
            break
        weights = [beta**i if i else Decimal(1) for i in range(k + 1)]
        past = [Decimal(x) for x in losses[: k + 1]]
        kept.append(sum(w * x for w, x in zip(reversed(weights), past, strict=True)) / sum(weights))
    return kept


def before_it_diverges(lrs, losses, beta, limit):
    smooth = smoothed(losses, beta)
    end = next((k for k in range(1, len(smooth)) if smooth[k] > limit * min(smooth[:k])), len(smooth))
    return lrs[:end], smooth[:end]


def robust_lr(lrs, losses, beta, limit):
    return {"learning rate": steepest(*before_it_diverges(lrs, losses, beta, limit))[0]}


def right(name, args):
    if isinstance(args[0], list) and name in ("triangular2", "exp_range", "one_cycle"):
        return [right(name, (n, *args[1:])) for n in args[0]]
    return globals()[name](*args)


def range_test(rng, points, noise, *, broken=False):
    """Rates and losses: flat, with one lucky batch; a fall; a blow-up with jumps in it, and perhaps a nan."""
    lrs, losses = [0.001], []
    while len(lrs) < points:
        lrs.append(float(f"{lrs[-1] * rng.uniform(1.1, 1.6) ** (25 / points):.4g}"))
    middle, edge = points * rng.uniform(0.5, 0.6), round(points * 0.78)
    for k in range(points):
        loss = 0.4 + 2 / (1 + math.exp((k - middle) / points * 25))
        if k >= edge:
            loss += (rng.uniform(3, 5), 0.3, rng.choice([9.0, 30.0, 14.0]))[(k - edge) % 3]
        losses.append(round(loss * (1 + noise * rng.uniform(-1, 1)), 4))
    if noise:
        losses[points // 4] = 0.5
    return lrs, [*losses[:-2], "nan", losses[-1]] if broken else losses


def hidden_cases(seed=7):
    """For each exercise, by group, a few calls and their right values; the same for the same seed."""
    rng = random.Random(seed)

    def odd(low, high):
        return round(rng.uniform(low, high), 4)

    def steps(highest):
        drawn = rng.sample(range(highest), 4)
        return [*drawn, drawn[1]]

    def cycling():
        half = rng.randrange(3, 12)
        return odd(0.001, 0.1), odd(0.2, 2), half

    def uneven():
        up = rng.randrange(3, 9)
        return odd(0.001, 0.1), odd(0.2, 2), up, up + rng.choice([-2, 3, 5]), odd(0.9, 0.99)

    def one(total):
        return total, odd(0.1, 2), odd(0.2, 0.6), odd(3, 30), odd(10, 1000)

    def rows(count):
        return [[rng.randrange(-8, 9) / 4, rng.randrange(-8, 9) / 4] for _ in range(count)]

    def clear(make, kept, accept=lambda lrs, losses: True):
        """Drawn until no second slope comes near the smallest one."""
        while True:
            args = make()
            rates, smooth = kept(*args)
            found = steepest(rates, smooth)[1]
            if len(rates) > 4 and found[1] - found[0] > Decimal("0.02") and accept(rates, smooth):
                return args

    def drawn_curve():
        lrs = sorted(rng.sample([a * b for b in (0.0001, 0.001, 0.01, 0.1) for a in (1, 2, 3, 5, 7, 9)], 6))
        return [float(f"{lr:.1g}") for lr in lrs], [odd(0.4, 2.4) for _ in lrs]

    def not_the_obvious(lrs, losses):
        """No answer by plain differences, by position, on a linear axis, or the smallest loss."""
        x = list(map(log, lrs))
        falls = [(losses[i + 1] - losses[i]) / (x[i + 1] - x[i]) for i in range(len(x) - 1)]
        fall = falls.index(min(falls))
        flat = slopes(list(map(Decimal, range(len(x)))), losses)
        line = slopes(list(map(Decimal, lrs)), losses)
        logs = slopes(list(map(float, x)), list(map(math.log, losses)))
        others = {fall, fall + 1, losses.index(min(losses)), *(s.index(min(s)) for s in (flat, line, logs))}
        return lrs.index(steepest(lrs, losses)[0]) not in others

    def at_an_end(lrs, losses):
        """A fall at an end that a parabola through three points does not see."""
        x, found = list(map(log, lrs)), steepest(lrs, losses)
        curved = slopes(x, losses)
        for end, step in ((0, 1), (-1, -1)):
            a, b, c = losses[end], losses[end + step], losses[end + 2 * step]
            h, k = x[end + step] - x[end], x[end + 2 * step] - x[end + step]
            curved[end] = (b - a) / h * (1 + h / (h + k)) - (c - b) / k * h / (h + k)
        return found[0] in (lrs[0], lrs[-1]) and lrs[curved.index(min(curved))] != found[0]

    def as_decimals(lrs, losses):
        return lrs, [Decimal(loss) for loss in losses]

    def noisy(points, noise, broken, beta, limit):
        """With the steepest fall after the lucky batch."""
        return clear(
            lambda: (*range_test(rng, points, noise, broken=broken), beta, limit),
            before_it_diverges,
            lambda lrs, losses: lrs.index(steepest(lrs, losses)[0]) > points // 4 + 1,
        )

    def falls_to_the_end():
        """The fastest fall is the last one before the loss blows up."""
        lrs, _ = range_test(rng, 8, 0)
        return lrs, [2.3, odd(2.2, 2.3), odd(2, 2.2), odd(1.5, 1.7), odd(0.3, 0.5), odd(9, 30), odd(4, 6), 2.0], 0, 4

    def comes_back():
        """Losses that are low again after the blow-up: who goes on there finds another rate."""
        own = random.Random(seed)  # so that the other cases stay as they are
        while True:
            lrs, _ = range_test(own, 8, 0)
            falling = [2.3, *(round(loss + own.uniform(-0.03, 0.03), 3) for loss in (2.2, 2.0, 1.7, 1.5))]
            losses = [*falling, round(own.uniform(5, 7), 3), round(own.uniform(0.05, 0.1), 3), 0.05]
            found = steepest(lrs[:5], list(map(Decimal, falling)))
            goes_on = steepest(lrs[:5] + lrs[6:], list(map(Decimal, falling + losses[6:])))
            if found[1][1] - found[1][0] > Decimal("0.02") and found[0] != goes_on[0]:
                return lrs, losses, 0, 3

    def breaks_in_the_middle():
        """Losses that fall faster still after one that is not finite."""
        first, broken = odd(0.001, 0.002), rng.choice(["nan", "inf"])
        lrs = [first * 2**k for k in range(8)]
        return lrs, [2.4, odd(2.25, 2.3), odd(1.9, 2), odd(1.3, 1.35), odd(1.2, 1.25), broken, 1.1, 0.05], 0, 4

    def early():
        """A fall among the first losses, where the correction matters: a nearly right one gives another rate."""

        def tells(lrs, smooth):
            means = [s * (1 - Decimal(beta) ** (k + 1)) for k, s in enumerate(smooth)]
            late = [m / (1 - Decimal(beta) ** (k + 2)) for k, m in enumerate(means)]
            large = [m / (2 - Decimal(beta) ** (k + 1)) for k, m in enumerate(means)]
            first = [m + Decimal(beta) ** (k + 1) * smooth[0] for k, m in enumerate(means)]
            found = steepest(lrs, smooth)[0]
            return all(steepest(lrs, other)[0] != found for other in (means, late, large, first))

        beta, lrs = rng.choice([0.6, 0.75]), range_test(rng, 8, 0)[0]
        return clear(lambda: (lrs, [odd(0.8, 2.4) for _ in lrs], beta, 4), before_it_diverges, tells)

    tests = ((False, 4), (True, 3), (False, 4))
    calls = {
        "triangular2": {
            "one step": [
                *(
                    (k * half + extra, low, high, half)
                    for k, extra in ((0, 1), (5, 2))
                    for low, high, half in [cycling()]
                ),
                (5000, 0.25, 3.5, 24),
            ],
            "arrays": [
                (steps(80), *cycling()),
                ([rng.randrange(5, 90)], *cycling()),
                ([0, 6, 12, 18], *cycling()[:2], 6),
            ],
        },
        "exp_range": {
            "one step": [(0, *uneven()), (rng.randrange(2, 20), *uneven()), (rng.randrange(25, 60), *uneven())],
            "arrays": [
                (steps(60), *uneven()),
                ([rng.randrange(5, 90)], *uneven()),
                ([0, 4, 10, 14, 20], 0, 1, 4, 6, odd(0.9, 0.99)),
            ],
        },
        "one_cycle": {
            "one step": [(0, *one(30)), (rng.randrange(5, 15), *one(60)), (59, *one(60)), (33, *one(37))],
            "arrays": [(steps(50), *one(50)), ([rng.randrange(5, 70)], *one(75))],
        },
        "ground_covered": {
            "": [
                ([odd(0.01, 0.5) for _ in range(6)], [odd(0.1, 0.95) for _ in range(6)]),
                ([odd(0.01, 0.5) for _ in range(40)], [0.9] * 40),
                ([odd(0.01, 0.5), 0, odd(0.01, 0.5), 1], [odd(0.5, 0.95) for _ in range(4)]),
            ]
        },
        "train_one_cycle": {
            "": [
                (rows(4 * rng.randrange(2, 4) + rng.randrange(1, 4)), 4, rng.randrange(2, 4), odd(0.01, 0.1)),
                (rows(12), rng.choice([3, 4]), 2, odd(0.01, 0.1)),
                (rows(3), 4, rng.randrange(5, 8), odd(0.01, 0.1)),
            ]
        },
        "steepest_lr": {
            "": [
                clear(drawn_curve, as_decimals, not_the_obvious),
                clear(drawn_curve, as_decimals, not_the_obvious),
                clear(drawn_curve, as_decimals, at_an_end),
                clear(drawn_curve, as_decimals, at_an_end),
            ]
        },
        "robust_lr": {
            "calm": [
                *(noisy(14, 0.0, broken, 0, 4) for broken in (False, True)),
                falls_to_the_end(),
                comes_back(),
                breaks_in_the_middle(),
            ],
            "noisy": [*(noisy(40, 0.25, broken, rng.choice([0.7, 0.8]), limit) for broken, limit in tests), early()],
        },
    }
    return {
        name: {group: [(args, right(name, args)) for args in cases] for group, cases in groups.items()}
        for name, groups in calls.items()
    }


if __name__ == "__main__":
    pprint(hidden_cases(), sort_dicts=False, width=110)
