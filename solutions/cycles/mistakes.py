"""The mistakes known in this unit: each has a name, a hint, and code that makes it. Students never get this file."""

import contextlib
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch.nn import functional
from torch.optim import lr_scheduler

from lrlab.units import Help, Misconception

USE_NUMPY = (
    "`if`, `min`, `max` and `math` take one number at a time; np.where, np.minimum, np.floor, np.abs, // and % take "
    "arrays as well."
)

ROUNDED_DOWN = (
    "The plan is too short: len(inputs) // batch_size forgets the last, smaller batch of each epoch. The rate jumps "
    "up when "
    "the plan is over, and then OneCycleLR stops the run. Round up, or count the batches."
)
LIMIT_TIMES = (
    "You cut where the smoothed loss is above `limit` itself, or above limit *more* than the lowest one so far. Cut "
    "where it "
    "is above limit *times* the lowest one so far."
)


SORTED = "You sort the steps, or your result. Each entry of the result belongs to the entry of n at the same place."


def _height(n: Any, half: float) -> Any:
    """0 at the foot of each cycle, 1 at its top."""
    return 1 - np.abs(np.asarray(n) / half % 2 - 1)


def _uneven(n: Any, up: float, down: float, whole: float | None = None) -> Any:
    """The same for a way up and a way down of different lengths."""
    place = np.asarray(n) % (up + down if whole is None else whole)
    return np.where(place <= up, place / up, 1 - (place - up) / down)


def _cycle(n: Any, length: float) -> Any:
    """0 during the first cycle, 1 during the second, …"""
    return np.asarray(n) // length


def _one_cycle(
    n: Any,
    total: float,
    top: float,
    pct: float,
    div: float,
    final: float,
    *,
    peak: float = -1.0,
    last: float = -1.0,
    over_start: bool = True,
    bend: bool = True,
    turned: bool = False,
    wave: float = np.pi,
) -> Any:
    """One-cycle with some parts wrong: the peak's and the end's place, what final divides, straight flanks."""
    n = np.asarray(n, dtype=float)
    start, up, end = top / div, pct * total + peak, total + last
    lowest = (start if over_start else top) / final
    rising = n <= up
    done = np.where(rising, n / up, (n - up) / (end - up))
    done = (1 - np.cos(wave * done)) / 2 if bend else done
    done = 1 - done if turned else done
    return np.where(rising, start + (top - start) * done, top + (lowest - top) * done)


def _distance(
    lrs: Any,
    momenta: Any,
    *,
    share: Callable[[float], float] = lambda m: 1.0,
    lr_inside: bool = False,
    ahead: bool = False,
    shift: int = 0,
    start: float = 0.0,
    old: bool = False,
    kept: Callable[[list[float]], Any] = sum,
) -> Any:
    """A wrong `ground_covered`: momentum SGD down a slope of 1."""
    buffer, steps = start, []
    for k, lr in enumerate(lrs):
        m = momenta[max(k - shift, 0)] if shift else momenta[k]
        before, buffer = buffer, m * buffer + (lr if lr_inside else share(m))
        steps.append(buffer if lr_inside else lr * (1 + m * buffer if ahead else before if old else buffer))
    return kept(steps)


def _trained(
    total: Callable[[int, int, int], int],
    *,
    per: str = "batch",
    stop: bool = False,
    careful: bool = False,
    noted: str = "before",
    momentum: bool = False,
    sgd_momentum: float = 0.0,
    clear: bool = True,
    caught: bool = False,
    short: bool = False,
    each_epoch: bool = False,
    full_only: bool = False,
    reduction: str = "mean",
    whole: bool = False,
    method: Any = torch.optim.SGD,
    **settings: Any,
) -> Callable[..., Any]:
    """A wrong `train_one_cycle`; `total` counts the steps from the inputs, the batch size and the epochs."""

    def answer(model: Any, inputs: Any, targets: Any, batch_size: int, epochs: int, max_lr: float) -> Any:
        planned = total(len(inputs), batch_size, epochs)
        more = {"momentum": sgd_momentum} if sgd_momentum else {}
        optimizer = method(model.parameters(), lr=max_lr, **more)

        def cycle(steps: int) -> Any:
            return lr_scheduler.OneCycleLR(optimizer, max_lr, total_steps=steps, cycle_momentum=momentum, **settings)

        scheduler = cycle(planned)
        rates: list[float] = []
        for _ in range(epochs):
            if each_epoch:
                scheduler = cycle(max(planned // epochs, 2))
            for x, y in zip(inputs.split(batch_size), targets.split(batch_size), strict=True):
                smaller = len(x) < min(batch_size, len(inputs))
                if stop and smaller:
                    continue
                x, y = (inputs, targets) if whole else (x, y)
                loss = functional.mse_loss(model(x), y, reduction=reduction)
                if clear:
                    optimizer.zero_grad()
                loss.backward()
                rates += [scheduler.get_last_lr()[0]] if noted.startswith("before") else []
                first = noted.endswith("stepped first")
                if first:
                    scheduler.step()
                rates += [scheduler.get_last_lr()[0]] if noted == "stepped first" else []
                optimizer.step()
                if short and scheduler.last_epoch >= planned - 1:
                    return rates
                with contextlib.suppress(*[ValueError] * caught):
                    goes_on = not careful or scheduler.last_epoch < planned - 1
                    if not first and per == "batch" and goes_on and not (full_only and smaller):
                        scheduler.step()
                rates += [scheduler.get_last_lr()[0]] if noted == "after" else []
            if per == "epoch":
                scheduler.step()
            rates += [scheduler.get_last_lr()[0]] if noted == "once an epoch" else []
        return rates

    return answer


def _batches(count: int, size: int, epochs: int) -> int:
    return epochs * -(-count // size)


def _robust(
    lrs: Any,
    losses: Any,
    beta: float,
    limit: float,
    *,
    smooth: bool = True,
    corrected: bool = True,
    carried: bool = False,
    swapped: bool = False,
    from_first: bool = False,
    cut: str = "smooth",
    power: int = 1,
    more: int = 0,
    window: int = 0,
    slope: str = "log",
    kept: Callable[[Any, Any], Any] = lambda lrs, slopes: lrs[int(np.nanargmin(slopes))],
) -> Any:
    """A wrong `robust_lr`."""
    lrs, losses = np.asarray(lrs, dtype=float), np.asarray(losses, dtype=float)
    bad = np.flatnonzero(~np.isfinite(losses))
    end = int(bad[0]) if len(bad) else len(losses)
    share = 1 - beta if swapped else beta
    mean, found = (losses[0] if from_first else 0.0), []
    for k, loss in enumerate(losses[:end]):
        mean = share * mean + (1 - share) * loss
        if carried:
            mean /= 1 - share ** (k + 1)
            corrected = False
        if window:
            found.append(losses[max(0, k + 1 - window) : k + 1].mean())
            continue
        found.append((mean / ((1 - share ** (k + power)) or 1) if corrected else mean) if smooth else loss)
    curve = np.array(found)
    looked_at = losses[:end] if cut == "raw" else curve
    bounds = {
        "first": lambda k: limit * curve[0],
        "last": lambda k: limit * curve[k - 1],
        "highest": lambda k: limit * curve[:k].max(),
        "absolute": lambda k: limit,
        "added": lambda k: limit + curve[:k].min(),
        "not finite": lambda k: np.inf,
        "at the limit": lambda k: limit * curve[:k].min() * (1 - 1e-9),
    }
    bound = bounds.get(cut, lambda k: limit * looked_at[:k].min())
    stop = next((k for k in range(1, end) if looked_at[k] > bound(k)), end)
    stop = min(stop + more, end) if more > 0 else stop + more
    if slope == "lowest":
        return lrs[int(np.argmin(curve[:stop]))]
    axis = {"linear": lrs, "upside down": 1 / lrs, "position": np.arange(len(lrs))}.get(slope, np.log(lrs))
    if cut == "after":
        return kept(lrs[:stop], np.gradient(curve, axis[:end])[:stop])
    if slope == "difference":
        return kept(lrs[:stop], np.diff(curve[:stop]) / np.diff(axis[:stop]))
    if slope == "raw":
        curve = losses
    if slope == "log of both":
        curve = np.log(curve)
    return kept(lrs[:stop], np.gradient(curve[:stop], axis[:stop]))


def _passing_high_ones(lrs: Any, losses: Any, beta: float, limit: float) -> Any:
    """Losses above the limit are left out, and those after them are looked at again."""
    mean, kept = 0.0, []
    curve: list[float] = []
    for k, loss in enumerate(losses):
        if not np.isfinite(loss):
            break
        mean = beta * mean + (1 - beta) * loss
        smooth = mean / (1 - beta ** (k + 1))
        if not curve or smooth <= limit * min(curve):
            kept.append(lrs[k])
            curve.append(smooth)
    return kept[int(np.argmin(np.gradient(curve, np.log(kept))))]


def _without_broken(lrs: Any, losses: Any, beta: float, limit: float) -> Any:
    losses = np.asarray(losses, dtype=float)
    losses = losses[np.isfinite(losses)]
    return _robust(lrs[: len(losses)], losses, beta, limit)


def _with_their_rates(lrs: Any, losses: Any, beta: float, limit: float) -> Any:
    fine = np.isfinite(np.asarray(losses, dtype=float))
    return _robust(np.asarray(lrs)[fine], np.asarray(losses)[fine], beta, limit)


def _numbered(n: Any) -> Any:
    """The entries' places in the array in place of the steps."""
    n = np.asarray(n)
    return np.arange(n.size).reshape(n.shape) if n.ndim else n


def _triangular2(
    n: Any,
    low: float,
    high: float,
    half: float,
    *,
    height: Callable[[Any, float], Any] = _height,
    cycle: Callable[[Any, float], Any] = lambda n, half: n // (2 * half),
    top: Callable[[float, float], float] = lambda low, high: high - low,
    share: Callable[[Any], Any] = lambda c: 0.5**c,
) -> Any:
    """A wrong `triangular2` that is right in all but one thing."""
    n = np.asarray(n)
    return low + top(low, high) * height(n, half) * share(1.0 * cycle(n, half))


def _exp_range(
    n: Any,
    low: float,
    high: float,
    up: float,
    down: float,
    gamma: float,
    *,
    height: Callable[[Any, float, float], Any] = _uneven,
    factor: Callable[[float, Any, float, float], Any] = lambda gamma, n, up, down: gamma**n,
) -> Any:
    """A wrong `exp_range` that is right in all but one thing."""
    n = np.asarray(n, dtype=float)
    return low + (high - low) * height(n, up, down) * factor(gamma, n, up, down)


def _height_kept(n: Any, low: float, high: float, half: float) -> Any:
    """The height stays halved for the next entries of an array."""
    share, rates = 1.0, []
    for step in np.ravel(n):
        share *= 0.5 ** (step // (2 * half))
        rates.append(low + (high - low) * _height(step, half) * share)
    return np.array(rates) if np.ndim(n) else rates[0]


def _factor_kept(n: Any, low: float, high: float, up: float, down: float, gamma: float) -> Any:
    """The power of gamma goes on for the next entries of an array."""
    factor, rates = 1.0, []
    for step in np.ravel(n):
        factor *= gamma**step
        rates.append(low + (high - low) * _uneven(step, up, down) * factor)
    return np.array(rates) if np.ndim(n) else rates[0]


def _wave(a: float, b: float, t: Any) -> Any:
    return b + (a - b) / 2 * (1 + np.cos(np.pi * t))


def _straight(a: float, b: float, t: Any) -> Any:
    return a + (b - a) * t


def _phases(
    n: Any,
    total: float,
    top: float,
    pct: float,
    div: float,
    final: float,
    *,
    peak: Callable[[float], float] = lambda p: p,
    rising: Callable[[float, float, Any], Any] = _wave,
    falling: Callable[[float, float, Any], Any] = _wave,
    first: Callable[[float, float, float], float] = lambda top, div, final: top / div,
    last: Callable[[float, float, float], float] = lambda top, div, final: top / div / final,
    second: Callable[[Any, float, float], Any] = lambda n, p, end: (n - p) / (end - p),
) -> Any:
    """One-cycle from its two phases, each of which may be wrong."""
    n = np.asarray(n, dtype=float)
    p = peak(pct * total - 1)
    start, end = first(top, div, final), last(top, div, final)
    return np.where(n <= p, rising(start, top, n / p), falling(top, end, second(n, p, total - 1)))


def _shifted(values: Any, by: int) -> Any:
    """The values one place later or earlier; the one at the end twice."""
    values = list(values)
    return [values[min(max(k - by, 0), len(values) - 1)] for k in range(len(values))]


def _mean(values: Any) -> Any:
    return [sum(values) / len(values)] * len(values)


def _chosen(
    choose: Callable[[Any, Any, Any], Any],
    slopes: Callable[[Any, Any], Any] = lambda lrs, losses: np.gradient(losses, np.log(lrs)),
) -> Callable[..., Any]:
    """A wrong `steepest_lr`: what is chosen from (rates, losses, slopes)."""

    def answer(lrs: Any, losses: Any) -> Any:
        lrs, losses = np.asarray(lrs, dtype=float), np.asarray(losses, dtype=float)
        return choose(lrs, losses, slopes(lrs, losses))

    return answer


def _lowest(lrs: Any, losses: Any, slopes: Any) -> Any:
    return lrs[int(np.nanargmin(slopes))]


MISTAKES = {
    "triangular2": Help(
        hint="Number the cycles from 0: which cycle is step n in? Its height is (max_lr - base_lr) / 2 to that power.",
        problem_hints={"array_error": USE_NUMPY},
        misconceptions=(
            Misconception(
                "no halving",
                "Your cycles are all equally high. In triangular2 each one is half as high as the one before.",
                lambda n, low, high, half: low + (high - low) * _height(n, half),
            ),
            Misconception(
                "begins at the top",
                "Your rate begins at max_lr and goes down first. A cycle begins at base_lr: its height is 0 at its "
                "first step and 1 in its middle.",
                lambda n, low, high, half: (
                    low + (high - low) * (1 - _height(n, half)) * 0.5 ** (1.0 * _cycle(n, 2 * half))
                ),
            ),
            Misconception(
                "halved every half cycle",
                "You halve every step_size steps, in the middle of a cycle as well. A cycle has 2·step_size steps.",
                lambda n, low, high, half: low + (high - low) * _height(n, half) * 0.5 ** _cycle(n, half),
            ),
            Misconception(
                "first cycle halved",
                "You halve one cycle too early: the first cycle goes all the way up to max_lr.",
                lambda n, low, high, half: low + (high - low) * _height(n, half) * 0.5 ** (_cycle(n, 2 * half) + 1.0),
            ),
            Misconception(
                "max_lr halved",
                "You halve max_lr. What is halved is the height above base_lr, so the tops come down to base_lr "
                "and never fall below it.",
                lambda n, low, high, half: low + (high * 0.5 ** _cycle(n, 2 * half) - low) * _height(n, half),
            ),
            Misconception(
                "whole rate halved",
                "You halve the whole rate, base_lr included. base_lr stays; the height above it is halved.",
                lambda n, low, high, half: (low + (high - low) * _height(n, half)) * 0.5 ** _cycle(n, 2 * half),
            ),
            Misconception(
                "divided by the cycle's number",
                "You divide by the number of the cycle, 1, 2, 3, 4, …; halving each time gives 1, 2, 4, 8, …",
                lambda n, low, high, half: low + (high - low) * _height(n, half) / (_cycle(n, 2 * half) + 1),
            ),
            Misconception(
                "a quarter each cycle",
                "Your height falls to a quarter with each cycle. Each cycle is *half* as high as the one before.",
                lambda *a: _triangular2(*a, share=lambda c: 0.25**c),
            ),
            Misconception(
                "halved once",
                "From the third cycle on yours is too high: each cycle is half as high as the one *before*.",
                lambda n, low, high, half: (
                    low + (high - low) * _height(n, half) * np.where(np.asarray(n) < 2 * half, 1.0, 0.5)
                ),
            ),
            Misconception(
                "whole cycle",
                "Your cycle has step_size steps in all. step_size is *half* a cycle: that many steps up, and as many "
                "down.",
                lambda n, low, high, half: low + (high - low) * _height(n, half / 2) * 0.5 ** _cycle(n, half),
            ),
            Misconception(
                "halved at the top",
                "You halve in the middle of a cycle, at its top. A cycle ends at its foot: the number of the cycle is "
                "n // (2 * step_size).",
                lambda *a: _triangular2(*a, cycle=lambda n, half: (n + half) // (2 * half)),
            ),
            Misconception(
                "cycle number rounded",
                "You round the number of the cycle to the nearest one, so it goes up in the middle of a cycle. Round "
                "down: "
                "`//`.",
                lambda *a: _triangular2(*a, cycle=lambda n, half: np.round(n / (2 * half))),
            ),
            Misconception(
                "halved little by little",
                "Your height falls within a cycle as well, because the number of the cycle has a fraction. It is a "
                "whole "
                "number: `//` in place of `/`.",
                lambda *a: _triangular2(*a, cycle=lambda n, half: n / (2 * half)),
            ),
            Misconception(
                "max_lr on top of base_lr",
                "You add max_lr times the height to base_lr, so the first top is at base_lr + max_lr. The way from "
                "bottom "
                "to top is max_lr - base_lr.",
                lambda *a: _triangular2(*a, top=lambda low, high: high),
            ),
            Misconception(
                "sawtooth",
                "Your rate climbs through the whole cycle and drops at its end. It climbs for step_size steps and "
                "comes "
                "down for as many.",
                lambda *a: _triangular2(*a, height=lambda n, half: n % (2 * half) / (2 * half)),
            ),
            Misconception(
                "rises and stays",
                "Your rate climbs and stays at the top. From the middle of the cycle on it comes down again.",
                lambda *a: _triangular2(*a, height=lambda n, half: np.minimum(n % (2 * half) / half, 1)),
            ),
            *(
                Misconception(
                    f"curved, by {words}",
                    "Your way up and down is curved. The height climbs and falls in straight lines.",
                    lambda *a, height=height: _triangular2(*a, height=height),
                )
                for words, height in (
                    ("a sine", lambda n, half: np.sin(np.pi * (n % (2 * half)) / (2 * half))),
                    ("a cosine", lambda n, half: (1 - np.cos(np.pi * n / half)) / 2),
                    ("a square", lambda n, half: _height(n, half) ** 2),
                )
            ),
            *(
                Misconception(
                    f"cycle of {words} steps",
                    "Your cycle does not have 2 · step_size steps: it is one too long or one too short.",
                    lambda *a, more=more: _triangular2(
                        *a,
                        height=lambda n, half: 1 - np.abs(n % (2 * half + more) - half) / half,
                        cycle=lambda n, half: n // (2 * half + more),
                    ),
                )
                for words, more in (("2 · step_size + 1", 1), ("2 · step_size - 1", -1))
            ),
            Misconception(
                "one step ahead",
                "Your rates are one step ahead: steps are counted from 0, where the rate is base_lr.",
                lambda n, low, high, half: _triangular2(np.asarray(n) + 1, low, high, half),
            ),
            Misconception(
                "one step behind",
                "Your rates are one step late: steps are counted from 0, where the rate is base_lr.",
                lambda n, low, high, half: _triangular2(np.maximum(np.asarray(n) - 1, 0), low, high, half),
            ),
            Misconception(
                "place in the array",
                "For an array you use the place of an entry and not the entry. The steps may come in any order: use "
                "the "
                "values of n.",
                lambda n, *rest: _triangular2(_numbered(n), *rest),
            ),
            Misconception(
                "one cycle number for all",
                "You use the same cycle for all entries of the array. Each step has a cycle of its own.",
                lambda *a: _triangular2(*a, cycle=lambda n, half: np.max(n) // (2 * half)),
            ),
            Misconception(
                "height not set back",
                "For an array, your height stays halved from one entry to the next. Each entry begins with the full "
                "height: halve it from there.",
                _height_kept,
            ),
            Misconception(
                "in sorted order",
                SORTED,
                lambda n, *rest: _triangular2(np.sort(n) if np.ndim(n) else n, *rest),
            ),
        ),
    ),
    "exp_range": Help(
        hint="Write the height h alone first: 0 at the start of a cycle, 1 after step_size_up steps, 0 again "
        "at its end. "
        "Then multiply it by gamma to the power n.",
        problem_hints={"array_error": USE_NUMPY},
        misconceptions=(
            Misconception(
                "gamma left out",
                "Your triangles are all equally high: multiply the height by gamma to the power n.",
                lambda n, low, high, up, down, g: low + (high - low) * _uneven(n, up, down),
            ),
            Misconception(
                "begins at the top",
                "Your rate begins at max_lr and goes down first. A cycle begins at base_lr: its height is 0 at its "
                "first step and 1 after step_size_up steps.",
                lambda n, low, high, up, down, g: (
                    low + (high - low) * (1 - _uneven(n, up, down)) * g ** np.asarray(n, dtype=float)
                ),
            ),
            Misconception(
                "gamma per cycle",
                "You multiply by gamma once for each cycle. In exp_range it counts once for each step: gamma to the "
                "power n.",
                lambda n, low, high, up, down, g: (
                    low + (high - low) * _uneven(n, up, down) * g ** _cycle(n, up + down).astype(float)
                ),
            ),
            Misconception(
                "gamma starts again",
                "Your factor starts again with each cycle. It goes on: gamma to the power n, with n counted from the "
                "start of training.",
                lambda n, low, high, up, down, g: (
                    low + (high - low) * _uneven(n, up, down) * g ** (np.asarray(n) % (up + down))
                ),
            ),
            Misconception(
                "whole rate shrinks",
                "Your whole rate shrinks, base_lr included. base_lr stays; only the height above it is multiplied.",
                lambda n, low, high, up, down, g: (low + (high - low) * _uneven(n, up, down)) * g ** np.asarray(n),
            ),
            Misconception(
                "max_lr shrinks",
                "You multiply max_lr by gamma to the power n. Multiply the height max_lr - base_lr, or the tops fall "
                "below base_lr in the end.",
                lambda n, low, high, up, down, g: low + (high * g ** np.asarray(n) - low) * _uneven(n, up, down),
            ),
            Misconception(
                "one power ahead",
                "Your factor is gamma to the power n + 1. At n = 0 it is 1.",
                lambda n, low, high, up, down, g: (
                    low + (high - low) * _uneven(n, up, down) * g ** (np.asarray(n) + 1.0)
                ),
            ),
            Misconception(
                "times for power",
                "You multiply by gamma · n. It is gamma to the *power* n.",
                lambda n, low, high, up, down, g: low + (high - low) * _uneven(n, up, down) * g * np.asarray(n),
            ),
            Misconception(
                "down as long as up",
                "Your way down takes step_size_up steps. It takes step_size_down steps.",
                lambda n, low, high, up, down, g: low + (high - low) * _uneven(n, up, up) * g ** np.asarray(n),
            ),
            Misconception(
                "up and down swapped",
                "You have step_size_up and step_size_down the wrong way round.",
                lambda n, low, high, up, down, g: low + (high - low) * _uneven(n, down, up) * g ** np.asarray(n),
            ),
            Misconception(
                "cycle twice the way up",
                "Your cycle has 2 · step_size_up steps. It has step_size_up + step_size_down.",
                lambda n, low, high, up, down, g: (
                    low + (high - low) * _uneven(n, up, down, 2 * up) * g ** np.asarray(n)
                ),
            ),
            Misconception(
                "max_lr on top of base_lr",
                "You add max_lr times the height to base_lr, so the top is at base_lr + max_lr. The way from bottom to "
                "top is max_lr - base_lr.",
                lambda n, low, high, up, down, g: low + high * _uneven(n, up, down) * g ** np.asarray(n),
            ),
            Misconception(
                "one power behind",
                "Your factor is gamma to the power n - 1. At step n it has counted n times.",
                lambda *a: _exp_range(*a, factor=lambda g, n, up, down: g ** (n - 1)),
            ),
            Misconception(
                "gamma per cycle, little by little",
                "Your factor is gamma to the power n / (steps of a cycle). It is gamma to the power n.",
                lambda *a: _exp_range(*a, factor=lambda g, n, up, down: g ** (n / (up + down))),
            ),
            Misconception(
                "gamma per way up",
                "You multiply by gamma once for each step_size_up steps. It counts once for each step.",
                lambda *a: _exp_range(*a, factor=lambda g, n, up, down: g ** (n // up)),
            ),
            Misconception(
                "gamma by whole cycles",
                "Your factor changes only where a cycle begins. It changes at every step: gamma to the power n.",
                lambda *a: _exp_range(*a, factor=lambda g, n, up, down: g ** ((up + down) * (n // (up + down)))),
            ),
            Misconception(
                "halved each cycle",
                "You halve the height each cycle, as triangular2 does. Here it shrinks at every step, by gamma.",
                lambda *a: _exp_range(*a, factor=lambda g, n, up, down: 0.5 ** (n // (up + down))),
            ),
            Misconception(
                "1 - gamma",
                "Your factor is 1 - gamma to the power n. gamma is what is left at each step, not what is taken off.",
                lambda *a: _exp_range(*a, factor=lambda g, n, up, down: (1 - g) ** n),
            ),
            Misconception(
                "straight decay",
                "You take off the same amount at each step. Multiply by gamma at each step: gamma to the power n.",
                lambda *a: _exp_range(*a, factor=lambda g, n, up, down: 1 - (1 - g) * n),
            ),
            Misconception(
                "exponential function",
                "Your factor is exp(-gamma · n). It is gamma to the power n.",
                lambda *a: _exp_range(*a, factor=lambda g, n, up, down: np.exp(-g * n)),
            ),
            Misconception(
                "gamma on the way down only",
                "Your factor is 1 on the way up. It counts at every step: gamma to the power n.",
                lambda *a: _exp_range(*a, factor=lambda g, n, up, down: np.where(n % (up + down) > up, g**n, 1.0)),
            ),
            Misconception(
                "gamma from the first top on",
                "You count gamma's steps from the first top. n counts from the start of training.",
                lambda *a: _exp_range(*a, factor=lambda g, n, up, down: g ** np.maximum(n - up, 0)),
            ),
            Misconception(
                "base_lr shrinks, the height doesn't",
                "You multiply base_lr by gamma to the power n. It is the height above base_lr that shrinks.",
                lambda n, low, high, up, down, g: (
                    low * g ** np.asarray(n, dtype=float) + (high - low) * _uneven(n, up, down)
                ),
            ),
            Misconception(
                "measured from the top",
                "Your rate comes down to max_lr times a share and not to base_lr. Start from base_lr, and add the "
                "height "
                "times gamma to the power n.",
                lambda n, low, high, up, down, g: (
                    high - (high - low) * (1 - _uneven(n, up, down)) * g ** np.asarray(n, dtype=float)
                ),
            ),
            Misconception(
                "cycle twice the way down",
                "Your cycle has 2 · step_size_down steps. It has step_size_up + step_size_down.",
                lambda *a: _exp_range(*a, height=lambda n, up, down: _uneven(n, up, down, 2 * down)),
            ),
            Misconception(
                "equal flanks",
                "Your way up is as long as your way down, half of the cycle each. The top comes after step_size_up "
                "steps.",
                lambda *a: _exp_range(*a, height=lambda n, up, down: _height(n, (up + down) / 2)),
            ),
            *(
                Misconception(
                    f"cycle of {words}",
                    "Your cycle is one step too long or too short. It has step_size_up + step_size_down steps.",
                    lambda *a, more=more: _exp_range(
                        *a, height=lambda n, up, down: _uneven(n, up, down, up + down + more)
                    ),
                )
                for words, more in (("one step more", 1), ("one step less", -1))
            ),
            Misconception(
                "down by the whole cycle",
                "Your way down divides by the steps of the whole cycle. It takes step_size_down steps.",
                lambda *a: _exp_range(
                    *a,
                    height=lambda n, up, down: np.where(
                        n % (up + down) <= up, n % (up + down) / up, 1 - (n % (up + down) - up) / (up + down)
                    ),
                ),
            ),
            Misconception(
                "down counted from the cycle's start",
                "On the way down you count from the start of the cycle. Count from its top: step_size_up steps of the "
                "cycle are over there.",
                lambda *a: _exp_range(
                    *a,
                    height=lambda n, up, down: np.where(
                        n % (up + down) <= up, n % (up + down) / up, 1 - n % (up + down) / down
                    ),
                ),
            ),
            Misconception(
                "factor not set back",
                "For an array, your factor goes on from one entry to the next. Each entry has its own, gamma to the "
                "power n: begin at 1 for each.",
                _factor_kept,
            ),
            Misconception(
                "in sorted order",
                SORTED,
                lambda n, *rest: _exp_range(np.sort(n) if np.ndim(n) else n, *rest),
            ),
            Misconception(
                "down in steps of the way up",
                "Your way down divides by step_size_up. It takes step_size_down steps.",
                lambda *a: _exp_range(
                    *a,
                    height=lambda n, up, down: np.where(
                        n % (up + down) <= up, n % (up + down) / up, (up + down - n % (up + down)) / up
                    ),
                ),
            ),
            Misconception(
                "no second cycle",
                "Your height has one cycle only. It begins again after step_size_up + step_size_down steps.",
                lambda *a: _exp_range(
                    *a, height=lambda n, up, down: _uneven(np.minimum(n, up + down - 1e-9), up, down)
                ),
            ),
            Misconception(
                "higher of the two lines",
                "You take the higher of the line up and the line down. The height is the *lower* one: np.minimum.",
                lambda *a: _exp_range(
                    *a,
                    height=lambda n, up, down: np.maximum(n % (up + down) / up, (up + down - n % (up + down)) / down),
                ),
            ),
            Misconception(
                "stays at the top",
                "Your height climbs and stays at the top. From there it falls back to 0 in step_size_down steps.",
                lambda *a: _exp_range(*a, height=lambda n, up, down: np.minimum(n % (up + down) / up, 1)),
            ),
            Misconception(
                "sawtooth",
                "Your height climbs through the whole cycle. It reaches 1 after step_size_up steps, and falls after "
                "that.",
                lambda *a: _exp_range(*a, height=lambda n, up, down: n % (up + down) / (up + down)),
            ),
            Misconception(
                "curved",
                "Your way up and down is curved. The height climbs and falls in straight lines.",
                lambda *a: _exp_range(*a, height=lambda n, up, down: (1 - np.cos(np.pi * _uneven(n, up, down))) / 2),
            ),
            Misconception(
                "one step ahead",
                "Your rates are one step ahead: steps are counted from 0, where the rate is base_lr.",
                lambda n, *rest: _exp_range(np.asarray(n) + 1, *rest),
            ),
            Misconception(
                "place in the array",
                "For an array you use the place of an entry and not the entry. The steps may come in any order: use "
                "the "
                "values of n.",
                lambda n, *rest: _exp_range(_numbered(n), *rest),
            ),
            *(
                Misconception(
                    f"foot of the cycle, {words}",
                    "Your way down does not reach 0 after step_size_down steps: it comes there too early, or too late.",
                    lambda *a, left=left: _exp_range(
                        *a,
                        height=lambda n, up, down: np.where(
                            n % (up + down) <= up, n % (up + down) / up, left(up + down - n % (up + down), down)
                        ),
                    ),
                )
                for words, left in (
                    ("too low from the top on", lambda left, down: left / (down + 1)),
                    ("one step early", lambda left, down: (left - 1) / down),
                    ("one step less", lambda left, down: left / max(down - 1, 1)),
                )
            ),
        ),
    ),
    "one_cycle": Help(
        hint="Fix three points first: n = 0, n = pct_start · total_steps - 1, n = total_steps - 1. Then join them.",
        problem_hints={"array_error": USE_NUMPY},
        misconceptions=(
            Misconception(
                "ends of the phases swapped",
                "Each of your phases runs backwards: the formula must give a at t = 0 and b at t = 1.",
                lambda *a: _one_cycle(*a, turned=True),
            ),
            Misconception(
                "π left out",
                "Your cosine ends too early: it is the cosine of π · t, so that it goes from 1 to -1.",
                lambda *a: _one_cycle(*a, wave=1.0),
            ),
            Misconception(
                "pct_start in percent",
                "You divide pct_start by 100. It is a share from 0 to 1 already.",
                lambda n, total, top, pct, div, final: _one_cycle(n, total, top, pct / 100, div, final),
            ),
            Misconception(
                "final rate from max_lr",
                "Your last rate is max_lr / final_div_factor. It is the *first* rate, max_lr / div_factor, that is "
                "divided by final_div_factor.",
                lambda *a: _one_cycle(*a, over_start=False),
            ),
            Misconception(
                "straight flanks",
                "Your ways up and down are straight lines. Each should follow half a cosine wave.",
                lambda *a: _one_cycle(*a, bend=False),
            ),
            Misconception(
                "peak one step late",
                "Your top is at n = pct_start · total_steps. Steps count from 0, so the last of the first "
                "pct_start · total_steps steps is one less.",
                lambda *a: _one_cycle(*a, peak=0.0),
            ),
            Misconception(
                "end one step late",
                "Your lowest rate comes at n = total_steps, which is never used: the last step is total_steps - 1.",
                lambda *a: _one_cycle(*a, last=0.0),
            ),
            Misconception(
                "both one step late",
                "Your top is at pct_start · total_steps and your end at total_steps, both one step too late: steps "
                "count from 0.",
                lambda *a: _one_cycle(*a, peak=0.0, last=0.0),
            ),
            Misconception(
                "peak at a share of the last step",
                "Your top is at pct_start · (total_steps - 1); it should be at pct_start · total_steps - 1.",
                lambda n, total, top, pct, *rest: _one_cycle(n, total, top, pct, *rest, peak=-pct),
            ),
            Misconception(
                "factors swapped",
                "You have div_factor and final_div_factor the wrong way round.",
                lambda n, total, top, pct, div, final: _one_cycle(n, total, top, pct, final, div),
            ),
            Misconception(
                "starts at zero",
                "Your rate starts at 0: the first rate is max_lr / div_factor.",
                lambda n, total, top, pct, div, final: np.where(
                    np.asarray(n) <= pct * total - 1,
                    top * (1 - np.cos(np.pi * np.asarray(n) / (pct * total - 1))) / 2,
                    _one_cycle(n, total, top, pct, div, final),
                ),
            ),
            Misconception(
                "ends at zero",
                "Your rate ends at 0: the last rate is (max_lr / div_factor) / final_div_factor, small but not 0.",
                lambda n, total, top, pct, div, final: _one_cycle(n, total, top, pct, div, np.inf),
            ),
            *(
                Misconception(
                    f"peak {words}",
                    "You round the place of the top to a whole step. p need not be one: leave it as it is.",
                    lambda *a, peak=peak: _phases(*a, peak=peak),
                )
                for words, peak in (
                    ("rounded", np.round),
                    ("rounded up", np.ceil),
                    ("rounded down", lambda p: np.floor(p + 1e-9)),
                )
            ),
            Misconception(
                "second phase from step 0",
                "In your second phase t counts from step 0. It is 0 at p, where the phase begins.",
                lambda *a: _phases(*a, second=lambda n, p, end: n / end),
            ),
            Misconception(
                "second phase as long as the run",
                "Your second phase divides by the steps of the whole run. It takes total_steps - 1 - p of them.",
                lambda *a: _phases(*a, second=lambda n, p, end: (n - p) / end),
            ),
            Misconception(
                "second phase as long as the first",
                "Your second phase divides by p, the steps of the first one. It takes total_steps - 1 - p of them.",
                lambda *a: _phases(*a, second=lambda n, p, end: (n - p) / p),
            ),
            Misconception(
                "back to the first rate",
                "Your rate ends at the first rate. The last one is that, divided by final_div_factor.",
                lambda *a: _phases(*a, last=lambda top, div, final: top / div),
            ),
            Misconception(
                "never below the first rate",
                "Your rate stops falling at the first one, max_lr / div_factor. It goes on below it: the last rate is "
                "the "
                "first one divided by final_div_factor.",
                lambda n, total, top, pct, div, final: np.maximum(_phases(n, total, top, pct, div, final), top / div),
            ),
            Misconception(
                "final factor multiplied",
                "You multiply by final_div_factor. The last rate is the first one *divided* by it.",
                lambda *a: _phases(*a, last=lambda top, div, final: top / div * final),
            ),
            Misconception(
                "begins at the last rate",
                "Your rate begins at the lowest rate of all. It begins at max_lr / div_factor.",
                lambda *a: _phases(*a, first=lambda top, div, final: top / div / final),
            ),
            Misconception(
                "begins at the top",
                "Your rate begins at max_lr. It begins at max_lr / div_factor.",
                lambda *a: _phases(*a, first=lambda top, div, final: top),
            ),
            Misconception(
                "div_factor multiplied",
                "You multiply by div_factor. The first rate is max_lr *divided* by it.",
                lambda *a: _phases(
                    *a, first=lambda top, div, final: top * div, last=lambda top, div, final: top * div / final
                ),
            ),
            Misconception(
                "straight way up",
                "Your way up is a straight line. Both ways follow half a cosine wave.",
                lambda *a: _phases(*a, rising=_straight),
            ),
            Misconception(
                "straight way down",
                "Your way down is a straight line. Both ways follow half a cosine wave.",
                lambda *a: _phases(*a, falling=_straight),
            ),
            *(
                Misconception(
                    name,
                    hint,
                    lambda *a, wave=wave: _phases(*a, rising=wave, falling=wave),
                )
                for name, hint, wave in (
                    (
                        "a quarter of the wave",
                        "You use a quarter of a cosine wave, cos(π/2 · t). Half a wave is (1 + cos π t) / 2.",
                        lambda a, b, t: b + (a - b) * np.cos(np.pi / 2 * t),
                    ),
                    (
                        "a whole wave",
                        "You use a whole cosine wave, which comes back to where it began. Half a wave is cos(π · t).",
                        lambda a, b, t: b + (a - b) / 2 * (1 + np.cos(2 * np.pi * t)),
                    ),
                    (
                        "half left out",
                        "Your wave is twice as high: (a - b) is divided by 2.",
                        lambda a, b, t: b + (a - b) * (1 + np.cos(np.pi * t)),
                    ),
                    (
                        "b - a",
                        "Your wave goes the wrong way: the formula has (a - b) / 2, and yours (b - a) / 2.",
                        lambda a, b, t: b + (b - a) / 2 * (1 + np.cos(np.pi * t)),
                    ),
                    (
                        "from a",
                        "Your wave is added to a. The formula adds it to b.",
                        lambda a, b, t: a + (a - b) / 2 * (1 + np.cos(np.pi * t)),
                    ),
                    (
                        "1 left out",
                        "In your formula the 1 + is missing: (a - b) / 2 · (1 + cos π t).",
                        lambda a, b, t: b + (a - b) / 2 * np.cos(np.pi * t),
                    ),
                    (
                        "exponential",
                        "Your rate changes by the same factor at each step. It follows half a cosine wave.",
                        lambda a, b, t: a * (b / a) ** t,
                    ),
                    (
                        "degrees",
                        "np.cos and math.cos take radians: the angle is π · t, not 180 · t.",
                        lambda a, b, t: b + (a - b) / 2 * (1 + np.cos(180 * t)),
                    ),
                )
            ),
            Misconception(
                "pct_start for the way down",
                "You take pct_start as the share of the way down. It is that of the way up.",
                lambda n, total, top, pct, *rest: _phases(n, total, top, 1 - pct, *rest),
            ),
            Misconception(
                "one step ahead",
                "Your rates are one step ahead: steps are counted from 0, where the rate is max_lr / div_factor.",
                lambda n, *rest: _phases(np.asarray(n) + 1, *rest),
            ),
            Misconception(
                "phases exchanged",
                "You use the way down where the way up belongs, and the other way round: up to p it climbs.",
                lambda n, total, top, pct, div, final: np.where(
                    np.asarray(n) <= pct * total - 1,
                    _wave(top, top / div / final, (np.asarray(n) - pct * total + 1) / (total - pct * total)),
                    _wave(top / div, top, np.asarray(n) / (pct * total - 1)),
                ),
            ),
            Misconception(
                "place in the array",
                "For an array you use the place of an entry and not the entry. The steps may come in any order: use "
                "the "
                "values of n.",
                lambda n, *rest: _phases(_numbered(n), *rest),
            ),
        ),
    ),
    "ground_covered": Help(
        hint="Write down the first three updates: the buffer b of each, and the rate that it is multiplied by.",
        problem_hints={"should_return": "one number, the distance"},
        misconceptions=(
            Misconception(
                "no momentum",
                "You add up the rates, as if there were no momentum. Each update moves by lr times the buffer.",
                lambda lrs, momenta: _distance(lrs, 0 * np.asarray(momenta)),
            ),
            Misconception(
                "momentum times all",
                "Your momentum multiplies the new gradient too. It multiplies the old buffer alone: b ← m·b + 1, not "
                "m·(b + 1).",
                lambda lrs, momenta: _distance(lrs, momenta, share=lambda m: m),
            ),
            Misconception(
                "settled from the start",
                "You multiply each rate by 1 / (1 - momentum). The buffer needs many steps to get there: "
                "it starts at 0.",
                lambda lrs, momenta: float(np.sum(np.asarray(lrs) / (1 - np.asarray(momenta)))),
            ),
            Misconception(
                "gradient damped",
                "Your buffer takes in (1 - momentum) times the gradient, as Adam's mean does. Here the gradient counts "
                "in full: momentum · b + 1.",
                lambda lrs, momenta: _distance(lrs, momenta, share=lambda m: 1 - m),
            ),
            Misconception(
                "lr in the buffer",
                "Your buffer stores lr times the gradient, so earlier steps keep their old rate. In PyTorch the buffer "
                "contains gradients, and the present rate multiplies all of it.",
                lambda lrs, momenta: _distance(lrs, momenta, lr_inside=True),
            ),
            Misconception(
                "momentum one update late",
                "You use the momentum of the update before. Update n multiplies the buffer by momenta[n].",
                lambda lrs, momenta: _distance(lrs, momenta, shift=1),
            ),
            Misconception(
                "Nesterov",
                "Your step is lr · (1 + momentum · b), as with Nesterov's momentum. Here it is lr · b.",
                lambda lrs, momenta: _distance(lrs, momenta, ahead=True),
            ),
            Misconception(
                "way so far",
                "You return the distance after each update. Return the last one alone, one number.",
                lambda lrs, momenta: _distance(lrs, momenta, kept=lambda steps: np.cumsum(steps).tolist()),
            ),
            Misconception(
                "buffer starts at 1",
                "Your buffer starts at 1, so the first update steps with 1 + momentum. It starts at 0, and the first "
                "update makes it 1.",
                lambda lrs, momenta: _distance(lrs, momenta, start=1.0),
            ),
            Misconception(
                "old buffer",
                "You step before the buffer takes in the gradient of this update, so the first update doesn't move. "
                "Update the buffer first, then step with it.",
                lambda lrs, momenta: _distance(lrs, momenta, old=True),
            ),
            Misconception(
                "last step only",
                "You return the length of the last step. Add up all of them.",
                lambda lrs, momenta: _distance(lrs, momenta, kept=lambda steps: steps[-1]),
            ),
            Misconception(
                "every step",
                "You return the steps one by one. Return their sum, one number.",
                lambda lrs, momenta: _distance(lrs, momenta, kept=list),
            ),
            Misconception(
                "downwards",
                "Your distance is negative: return how far the weight goes, whatever the direction.",
                lambda lrs, momenta: _distance(lrs, momenta, kept=lambda steps: -sum(steps)),
            ),
            Misconception(
                "rate of the next update",
                "You use the rate of the update after. Update n uses lrs[n].",
                lambda lrs, momenta: _distance(_shifted(lrs, -1), momenta),
            ),
            Misconception(
                "rate of the update before",
                "You use the rate of the update before. Update n uses lrs[n].",
                lambda lrs, momenta: _distance(_shifted(lrs, 1), momenta),
            ),
            Misconception(
                "momentum of the next update",
                "You use the momentum of the update after. Update n multiplies the buffer by momenta[n].",
                lambda lrs, momenta: _distance(lrs, _shifted(momenta, -1)),
            ),
            Misconception(
                "mean momentum",
                "You use the mean of the momenta for all updates. Each update has its own.",
                lambda lrs, momenta: _distance(lrs, _mean(momenta)),
            ),
            Misconception(
                "one momentum for all",
                "You use the first momentum for all updates. Each update has its own.",
                lambda lrs, momenta: _distance(lrs, [momenta[0]] * len(momenta)),
            ),
            Misconception(
                "last momentum for all",
                "You use the last momentum for all updates. Each update has its own.",
                lambda lrs, momenta: _distance(lrs, [momenta[-1]] * len(momenta)),
            ),
            Misconception(
                "mean rate",
                "You use the mean of the rates for all updates. Each update has its own.",
                lambda lrs, momenta: _distance(_mean(lrs), momenta),
            ),
            Misconception(
                "first update left out",
                "You leave out the first update. With n = 0 the buffer is 1, and the weight moves already.",
                lambda lrs, momenta: _distance(lrs[1:], momenta[1:]),
            ),
            Misconception(
                "last update left out",
                "You leave out the last update.",
                lambda lrs, momenta: _distance(lrs[:-1], momenta[:-1]),
            ),
            Misconception(
                "mean step",
                "You return the mean of the steps. Return their sum: how far the weight moves in all.",
                lambda lrs, momenta: _distance(lrs, momenta, kept=lambda steps: sum(steps) / len(steps)),
            ),
            Misconception(
                "longest step",
                "You return the longest step. Add up all of them.",
                lambda lrs, momenta: _distance(lrs, momenta, kept=max),
            ),
            Misconception(
                "buffer returned",
                "You return the buffer. Return the distance: the sum of lr · b over all updates.",
                lambda lrs, momenta: _distance([1.0] * len(lrs), momenta, kept=lambda steps: steps[-1]),
            ),
            Misconception(
                "rates and momenta exchanged",
                "You have lrs and momenta the wrong way round.",
                lambda lrs, momenta: _distance(momenta, lrs),
            ),
            Misconception(
                "momentum twice",
                "You multiply the buffer by the momentum twice. It counts once: m · b + 1.",
                lambda lrs, momenta: _distance(lrs, np.asarray(momenta) ** 2),
            ),
            Misconception(
                "momenta added up",
                "You add the momentum to the buffer. It multiplies the old buffer: b ← m · b + 1.",
                lambda lrs, momenta: float(np.dot(lrs, 1 + np.cumsum(momenta))),
            ),
            Misconception(
                "buffer added up",
                "Your buffer keeps all gradients in full. The old buffer is multiplied by the momentum: b ← m · b + 1.",
                lambda lrs, momenta: _distance(lrs, [1.0] * len(momenta)),
            ),
            Misconception(
                "1 + momentum",
                "Each of your steps is lr · (1 + momentum), as if there were one update before. The buffer keeps all "
                "earlier gradients: b ← m · b + 1.",
                lambda lrs, momenta: float(np.dot(lrs, 1 + np.asarray(momenta))),
            ),
        ),
    ),
    "train_one_cycle": Help(
        labels={
            "rates used": ("rate used, update",),
            "rates returned": ("rate returned, update",),
            "weights": ("weight at the end,",),
        },
        causes=("rates used", "rates returned", "weights"),
        hint="Count the updates of one epoch by hand, for 10 inputs in batches of 4. How many does the "
        "scheduler expect?",
        problem_hints={
            "runs to the end": "OneCycleLR stopped the training: scheduler.step() was called more often than there are "
            "steps in its plan. Count the batches of an epoch, the last and smaller one included.",
            "rates used": "The optimizer's rates differ from those of one whole cycle over all updates. Compare the "
            "steps of "
            "your plan with the number of updates (epochs times the batches of one epoch), and call scheduler.step() "
            "after "
            "each.",
            "rates returned": "Return a list with the rate that each update used, noted before optimizer.step().",
            "weights": "The rates are right, but the trained weights are not: one update for each batch with its own "
            "gradients, the mean squared error, SGD without momentum.",
            "should_return": "a list with one rate for each update",
        },
        misconceptions=(
            Misconception(
                "rounded down",
                ROUNDED_DOWN,
                _trained(lambda count, size, epochs: epochs * (count // size)),
            ),
            Misconception(
                "epochs counted",
                "Your plan has one step for each epoch, but scheduler.step() is called for each batch.",
                _trained(lambda count, size, epochs: epochs),
            ),
            Misconception(
                "inputs counted",
                "Your plan has one step for each input, so the run ends long before the cycle does. Count batches.",
                _trained(lambda count, size, epochs: epochs * count),
            ),
            Misconception(
                "always one more",
                "You plan one step too many in each epoch where batch_size divides the number of inputs, so the last "
                "rate is not the lowest. Round up instead of adding 1.",
                _trained(lambda count, size, epochs: epochs * (count // size + 1)),
            ),
            Misconception(
                "one epoch planned",
                "Your plan covers one epoch. It must cover all of them: epochs times the batches of one.",
                _trained(lambda count, size, epochs: -(-count // size)),
            ),
            Misconception(
                "total rounded up",
                "You round up once, for the whole run. Each epoch ends with a smaller batch of its own: round up the "
                "batches of one epoch, then multiply.",
                _trained(lambda count, size, epochs: -(-epochs * count // size)),
            ),
            Misconception(
                "smaller batch skipped",
                "Your run leaves the last, smaller batch of each epoch out. The plan fits then, but those inputs are "
                "never used. Make the plan fit the batches instead.",
                _trained(lambda count, size, epochs: epochs * max(count // size, 1), stop=True),
            ),
            Misconception(
                "error avoided",
                "No error now, but the plan is still too short: the last updates all use the lowest rate, "
                "and the cycle "
                "is over too early. Plan for all updates.",
                _trained(lambda count, size, epochs: epochs * max(count // size, 1), careful=True),
            ),
            Misconception(
                "stepped per epoch",
                "You call scheduler.step() once an epoch, so the rate hardly leaves its start. Call it after each "
                "update.",
                _trained(_batches, per="epoch"),
            ),
            Misconception(
                "scheduler first",
                "You call scheduler.step() before optimizer.step(), so the first rate is never used.",
                _trained(_batches, noted="stepped first"),
            ),
            Misconception(
                "noted after the step",
                "You note the rate after scheduler.step(): that is the rate of the *next* update.",
                _trained(_batches, noted="after"),
            ),
            Misconception(
                "momentum cycled",
                "Your optimizer has momentum now: OneCycleLR switches it on unless it gets cycle_momentum=False.",
                _trained(_batches, momentum=True),
            ),
            Misconception(
                "gradients not cleared",
                "The rates are right, but the gradients of all batches add up: call optimizer.zero_grad() before each "
                "backward().",
                _trained(_batches, clear=False),
            ),
            Misconception(
                "one step too many",
                "Your plan has one step more than there are updates, so the lowest rate never comes. The last update "
                "is "
                "step total_steps - 1 of the plan: count the updates, and add nothing.",
                _trained(lambda *a: _batches(*a) + 1),
            ),
            Misconception(
                "one step too few",
                "Your plan has one step less than there are updates, so it is over before the last one. Count the "
                "updates, "
                "and take nothing off.",
                _trained(lambda *a: max(_batches(*a) - 1, 2), careful=True),
            ),
            Misconception(
                "rounded to the nearest",
                "You round len(inputs) / batch_size to the nearest whole number. A smaller batch is an update too: "
                "round "
                "up, or count the batches.",
                _trained(lambda count, size, epochs: max(1, epochs * round(count / size))),
            ),
            Misconception(
                "total rounded down",
                "You round down once, for the whole run. Each epoch ends with a smaller batch of its own: round up the "
                "batches of one epoch, then multiply.",
                _trained(lambda count, size, epochs: max(1, epochs * count // size)),
            ),
            Misconception(
                "total rounded down, one more",
                "You round once, for the whole run. Each epoch ends with a smaller batch of its own: round up the "
                "batches "
                "of one epoch, then multiply.",
                _trained(lambda count, size, epochs: epochs * count // size + 1),
            ),
            Misconception(
                "rounded down, 1 at least",
                ROUNDED_DOWN,
                _trained(lambda count, size, epochs: epochs * max(1, count // size)),
            ),
            Misconception(
                "error caught",
                "You catch the error, and the plan is still too short: past its end the rate jumps up and stays there. "
                "Plan for all updates.",
                _trained(lambda count, size, epochs: epochs * max(1, count // size), caught=True),
            ),
            Misconception(
                "stops where the plan is over",
                "You stop the training where the plan is over, so some batches are never trained on. Make the plan fit "
                "the updates instead.",
                _trained(lambda count, size, epochs: epochs * max(1, count // size), short=True),
            ),
            Misconception(
                "a cycle for each epoch",
                "You make a new scheduler for each epoch, so every epoch has a cycle. One cycle covers the whole "
                "run: make "
                "the scheduler before the loop, with the updates of all epochs.",
                _trained(lambda *a: _batches(*a), each_epoch=True),
            ),
            Misconception(
                "smaller batch without a step",
                "You don't call scheduler.step() for the smaller batch. It is an update like the others: one step of "
                "the "
                "plan for each.",
                _trained(lambda count, size, epochs: epochs * max(1, count // size), full_only=True),
            ),
            Misconception(
                "straight flanks",
                "Your cycle goes up and down in straight lines. Leave anneal_strategy at its default.",
                _trained(_batches, anneal_strategy="linear"),
            ),
            *(
                Misconception(
                    f"other setting, {key}",
                    "You give the scheduler settings that the script doesn't have. Only the number of steps changes.",
                    _trained(_batches, **{key: value}),
                )
                for key, value in (
                    ("pct_start", 0.5),
                    ("div_factor", 10.0),
                    ("final_div_factor", 1e3),
                    ("three_phase", True),
                )
            ),
            Misconception(
                "momentum in SGD",
                "Your SGD has momentum. The script's has none.",
                _trained(_batches, sgd_momentum=0.9),
            ),
            Misconception(
                "sum of the errors",
                "The rates are right, but your loss is the sum of the squared errors. The script takes their mean.",
                _trained(_batches, reduction="sum"),
            ),
            Misconception(
                "all inputs in each update",
                "The rates are right, but each of your updates uses all inputs. Each uses its own batch.",
                _trained(_batches, whole=True),
            ),
            Misconception(
                "one rate for each epoch",
                "You note one rate for each epoch. Note one for each update, before optimizer.step().",
                _trained(_batches, noted="once an epoch"),
            ),
            Misconception(
                "scheduler first, the rate noted before",
                "You call scheduler.step() before optimizer.step(), so the first rate is never used.",
                _trained(_batches, noted="before, stepped first"),
            ),
            Misconception(
                "stepped per epoch, planned in epochs",
                "You call scheduler.step() once an epoch, so all updates of an epoch use one rate. Call it after each "
                "update, and plan for all updates.",
                _trained(lambda count, size, epochs: max(epochs, 2), per="epoch"),
            ),
            Misconception(
                "Adam for SGD",
                "The rates are right, but your optimizer is another one. The script's is plain SGD.",
                _trained(_batches, method=torch.optim.Adam),
            ),
        ),
    ),
    "steepest_lr": Help(
        hint="Print np.gradient(losses, np.log(lrs)) and find its smallest value. Which learning rate has the "
        "same position?",
        problem_hints={"should_return": "one learning rate"},
        categories=("learning rate",),  # one of the given rates
        misconceptions=(
            Misconception(
                "linear axis",
                "You take the slope against the rate itself, which favours the lowest rates, because they are close "
                "together. Take it against np.log(lrs).",
                lambda lrs, losses: lrs[int(np.argmin(np.gradient(losses, lrs)))],
            ),
            Misconception(
                "smallest loss",
                "You return the rate with the smallest loss. Return the rate where the loss *falls* fastest, which "
                "comes before it.",
                lambda lrs, losses: lrs[int(np.argmin(losses))],
            ),
            Misconception(
                "steepest rise",
                "You return where the loss rises fastest: falling means a negative slope, so look for the smallest.",
                lambda lrs, losses: lrs[int(np.argmax(np.gradient(losses, np.log(lrs))))],
            ),
            Misconception(
                "steepest either way",
                "You look for the largest absolute slope, which may be a rise.",
                lambda lrs, losses: lrs[int(np.argmax(np.abs(np.gradient(losses, np.log(lrs)))))],
            ),
            Misconception(
                "by position",
                "You take the slope from one position to the next, as if the rates were evenly spaced: "
                "give np.log(lrs) "
                "to np.gradient as its second argument.",
                lambda lrs, losses: lrs[int(np.argmin(np.gradient(losses)))],
            ),
            Misconception(
                "difference to the next",
                "You use plain differences to the next loss (np.diff), in steps of the logarithm or not. "
                "np.gradient looks at both neighbours; use it.",
                lambda lrs, losses: lrs[int(np.argmin(np.diff(losses) / np.diff(np.log(lrs))))],
            ),
            Misconception(
                "difference from the last",
                "You use plain differences to the loss before (np.diff). np.gradient looks at both neighbours.",
                lambda lrs, losses: lrs[int(np.argmin(np.diff(losses) / np.diff(np.log(lrs)))) + 1],
            ),
            Misconception(
                "ends left out",
                "You leave the first and the last rate out of the search. The loss may fall fastest there.",
                lambda lrs, losses: lrs[1 + int(np.argmin(np.gradient(losses, np.log(lrs))[1:-1]))],
            ),
            Misconception(
                "edge_order=2",
                "Your slopes at both ends differ: you use edge_order=2. Leave it at its default, 1.",
                lambda lrs, losses: lrs[int(np.argmin(np.gradient(losses, np.log(lrs), edge_order=2)))],
            ),
            Misconception(
                "logarithm of the loss",
                "You take the logarithm of the losses. Take that of the learning rates alone.",
                lambda lrs, losses: lrs[int(np.argmin(np.gradient(np.log(losses), np.log(lrs))))],
            ),
            Misconception(
                "slope returned",
                "You return the slope. Return the learning rate where it is smallest.",
                lambda lrs, losses: float(np.min(np.gradient(losses, np.log(lrs)))),
            ),
            Misconception(
                "position returned",
                "You return a position in the array. Return the learning rate at that position.",
                lambda lrs, losses: int(np.argmin(np.gradient(losses, np.log(lrs)))),
            ),
            Misconception(
                "next rate",
                "You return the rate after the steepest one. Return the one where the slope is smallest.",
                _chosen(lambda lrs, losses, slopes: lrs[min(int(np.argmin(slopes)) + 1, len(lrs) - 1)]),
            ),
            Misconception(
                "rate before",
                "You return the rate before the steepest one. Return the one where the slope is smallest.",
                _chosen(lambda lrs, losses, slopes: lrs[max(int(np.argmin(slopes)) - 1, 0)]),
            ),
            Misconception(
                "a tenth",
                "You divide the rate by 10, as is often done with the rate of the *smallest loss*. Here the rate "
                "itself is "
                "returned.",
                _chosen(lambda lrs, losses, slopes: lrs[int(np.argmin(slopes))] / 10),
            ),
            Misconception(
                "last rate left out",
                "You leave the last rate out of the search. The loss may fall fastest there.",
                _chosen(lambda lrs, losses, slopes: lrs[int(np.argmin(slopes[:-1]))]),
            ),
            Misconception(
                "first rate left out",
                "You leave the first rate out of the search. The loss may fall fastest there.",
                _chosen(lambda lrs, losses, slopes: lrs[1 + int(np.argmin(slopes[1:]))]),
            ),
            Misconception(
                "up to the smallest loss",
                "You search up to the smallest loss only. The exercise looks at all rates.",
                _chosen(lambda lrs, losses, slopes: lrs[int(np.argmin(slopes[: int(np.argmin(losses)) + 1]))]),
            ),
            Misconception(
                "slope closest to 0",
                "You look for the slope closest to 0, where the curve is flat. The smallest one is the most negative.",
                _chosen(lambda lrs, losses, slopes: lrs[int(np.argmin(np.abs(slopes)))]),
            ),
            Misconception(
                "first falling rate",
                "You return the first rate where the loss falls. Return the one where it falls fastest.",
                _chosen(
                    lambda lrs, losses, slopes: next((lr for lr, s in zip(lrs, slopes, strict=True) if s < 0), lrs[0])
                ),
            ),
            Misconception(
                "arguments exchanged",
                "You give np.gradient its arguments the wrong way round: the losses come first.",
                _chosen(_lowest, lambda lrs, losses: np.gradient(np.log(lrs), losses)),
            ),
            Misconception(
                "largest drop to the next",
                "You look for the largest drop from one loss to the next (np.diff), whatever the step of the rate. "
                "np.gradient(losses, np.log(lrs)) looks at both neighbours and at their distance.",
                _chosen(_lowest, lambda lrs, losses: np.diff(losses)),
            ),
            Misconception(
                "largest drop from the last",
                "You look for the largest drop from one loss to the next (np.diff), whatever the step of the rate. "
                "np.gradient(losses, np.log(lrs)) looks at both neighbours and at their distance.",
                _chosen(lambda lrs, losses, slopes: lrs[1 + int(np.argmin(np.diff(losses)))]),
            ),
            Misconception(
                "gradients divided",
                "You divide the gradient of the losses by that of the logarithms. On an uneven grid that is another "
                "slope: "
                "give np.log(lrs) to np.gradient as its second argument.",
                _chosen(_lowest, lambda lrs, losses: np.gradient(losses) / np.gradient(np.log(lrs))),
            ),
            Misconception(
                "gradients divided, on a linear axis",
                "You divide by the differences of the rates themselves. Take the slope against np.log(lrs).",
                _chosen(_lowest, lambda lrs, losses: np.gradient(losses) / np.gradient(lrs)),
            ),
            Misconception(
                "ratio of neighbouring losses",
                "You compare each loss with the next one by their ratio. Take the slope: np.gradient(losses, "
                "np.log(lrs)).",
                _chosen(_lowest, lambda lrs, losses: losses[1:] / losses[:-1]),
            ),
            Misconception(
                "axis upside down",
                "You take the slope against 1 / lr, and that falls where the rate rises. Take it against np.log(lrs).",
                _chosen(_lowest, lambda lrs, losses: np.gradient(losses, 1 / lrs)),
            ),
            Misconception(
                "root axis",
                "You take the slope against the root of the rate. Take it against np.log(lrs).",
                _chosen(_lowest, lambda lrs, losses: np.gradient(losses, np.sqrt(lrs))),
            ),
            Misconception(
                "smoothed first",
                "You smooth the losses first. Here they are taken as they are.",
                _chosen(
                    _lowest,
                    lambda lrs, losses: np.gradient(
                        np.convolve(np.pad(losses, 1, mode="edge"), np.ones(3) / 3, mode="valid"), np.log(lrs)
                    ),
                ),
            ),
            Misconception(
                "second slope",
                "You take the slope of the slope. Take np.gradient once.",
                _chosen(_lowest, lambda lrs, losses: np.gradient(np.gradient(losses, np.log(lrs)), np.log(lrs))),
            ),
            Misconception(
                "between two rates",
                "You return a rate between two of those given. Return one of the given rates.",
                _chosen(
                    lambda lrs, losses, slopes: float(
                        np.sqrt(lrs[k := int(np.argmin(slopes))] * lrs[min(k + 1, len(lrs) - 1)])
                    )
                ),
            ),
        ),
    ),
    "robust_lr": Help(
        hint="Three separate steps: smooth, cut off, search. Print the smoothed losses, and where you cut.",
        problem_hints={"should_return": "one learning rate"},
        categories=("learning rate",),  # one of the given rates
        misconceptions=(
            Misconception(
                "not smoothed",
                "You search in the losses as they are, so one lucky batch decides. Smooth them first.",
                lambda *a: _robust(*a, smooth=False),
            ),
            Misconception(
                "not corrected",
                "Your smoothed losses start near 0, because the mean does. Divide by 1 - beta to the "
                "power k + 1, as Adam "
                "does with its means.",
                lambda *a: _robust(*a, corrected=False),
            ),
            Misconception(
                "starts at the first loss",
                "Your mean starts at the first loss, which then counts too much for many steps. Start at 0, and divide "
                "by 1 - beta to the power k + 1.",
                lambda *a: _robust(*a, from_first=True, corrected=False),
            ),
            Misconception(
                "corrected mean carried on",
                "You keep the corrected mean for the next loss, so it is corrected again and again. Keep the mean "
                "without the correction.",
                lambda *a: _robust(*a, carried=True),
            ),
            Misconception(
                "slope of the losses themselves",
                "You smooth for the cut, but take the slopes of the losses themselves. Take those of the smoothed "
                "ones.",
                lambda *a: _robust(*a, slope="raw"),
            ),
            Misconception(
                "shares swapped",
                "You have the shares the wrong way round: beta is the share of the old mean, 1 - beta "
                "that of the loss.",
                lambda *a: _robust(*a, swapped=True),
            ),
            Misconception(
                "not cut off",
                "You search beyond the place where the loss blows up. Stop before the first smoothed loss above limit "
                "times the lowest one so far: what comes after it is a ruined model.",
                lambda *a: _robust(*a, cut="not finite"),
            ),
            Misconception(
                "cut by the losses themselves",
                "You compare the losses themselves with the limit. Compare the smoothed ones, or one bad "
                "batch ends the "
                "search.",
                lambda *a: _robust(*a, cut="raw"),
            ),
            Misconception(
                "compared with the first",
                "You compare with limit times the first smoothed loss. Compare with the lowest one so far.",
                lambda *a: _robust(*a, cut="first"),
            ),
            Misconception(
                "slope before the cut",
                "You take the slopes of the whole curve and cut afterwards, so the last slope kept still looks at a "
                "point beyond the cut. Cut first.",
                lambda *a: _robust(*a, cut="after"),
            ),
            Misconception(
                "linear axis",
                "You take the slope against the rate itself. Take it against np.log(lrs).",
                lambda *a: _robust(*a, slope="linear"),
            ),
            Misconception(
                "by position",
                "You take the slope from one position to the next: give np.log(lrs) to np.gradient as its second "
                "argument.",
                lambda *a: _robust(*a, slope="position"),
            ),
            Misconception(
                "smallest loss",
                "You return the rate with the smallest smoothed loss. Return the one where it falls fastest.",
                lambda *a: _robust(*a, slope="lowest"),
            ),
            Misconception(
                "steepest rise",
                "You return where the loss rises fastest: falling means a negative slope, so look for the smallest.",
                lambda *a: _robust(*a, kept=lambda lrs, slopes: lrs[int(np.nanargmax(slopes))]),
            ),
            Misconception(
                "correction one loss late",
                "Your correction has the power k. After k + 1 losses it is 1 - beta to the power k + 1.",
                lambda *a: _robust(*a, power=0),
            ),
            Misconception(
                "correction one loss early",
                "Your correction has the power k + 2. After k + 1 losses it is 1 - beta to the power k + 1.",
                lambda *a: _robust(*a, power=2),
            ),
            Misconception(
                "compared with the last",
                "You compare with limit times the smoothed loss just before. Compare with the lowest one so far.",
                lambda *a: _robust(*a, cut="last"),
            ),
            Misconception(
                "compared with the highest",
                "You compare with limit times the highest smoothed loss so far. Compare with the lowest.",
                lambda *a: _robust(*a, cut="highest"),
            ),
            Misconception(
                "limit as a loss",
                LIMIT_TIMES,
                lambda *a: _robust(*a, cut="absolute"),
            ),
            *(
                Misconception(
                    f"mean of the last {width}",
                    "You smooth with the plain mean of some losses. Here the older ones count less and less, by beta.",
                    lambda *a, width=width: _robust(*a, window=width),
                )
                for width in (2, 3, 5)
            ),
            Misconception(
                "mean of all so far",
                "You smooth with the plain mean of some losses. Here the older ones count less and less, by beta.",
                lambda *a: _robust(*a, window=10**6),
            ),
            Misconception(
                "axis upside down",
                "You take the slope against 1 / lr, and that falls where the rate rises. Take it against np.log(lrs).",
                lambda *a: _robust(*a, slope="upside down"),
            ),
            Misconception(
                "goes on after the blow-up",
                "You leave out the losses above the limit and go on. End at the first one: what comes after it doesn't "
                "count, even if it is low.",
                _passing_high_ones,
            ),
            Misconception(
                "cut at the limit itself",
                "You cut where the smoothed loss is exactly `limit` times the lowest one so far. It has to be *above* "
                "that.",
                lambda *a: _robust(*a, cut="at the limit"),
            ),
            Misconception(
                "limit added",
                LIMIT_TIMES,
                lambda *a: _robust(*a, cut="added"),
            ),
            Misconception(
                "one too many kept",
                "You keep the first rate that is above the limit. Keep the rates *before* it.",
                lambda *a: _robust(*a, more=1),
            ),
            Misconception(
                "one too few kept",
                "You leave out the last rate before the cut. Keep all rates before the first one that is above the "
                "limit.",
                lambda *a: _robust(*a, more=-1),
            ),
            Misconception(
                "logarithm of the loss",
                "You take the logarithm of the smoothed losses. Take that of the learning rates alone.",
                lambda *a: _robust(*a, slope="log of both"),
            ),
            Misconception(
                "difference to the next",
                "You use plain differences to the next loss (np.diff). np.gradient looks at both neighbours.",
                lambda *a: _robust(*a, slope="difference"),
            ),
            Misconception(
                "steepest either way",
                "You look for the largest absolute slope, which may be a rise.",
                lambda *a: _robust(*a, kept=lambda lrs, slopes: lrs[int(np.nanargmax(np.abs(slopes)))]),
            ),
            Misconception(
                "ends left out",
                "You leave the first and the last rate out of the search. The loss may fall fastest there.",
                lambda *a: _robust(*a, kept=lambda lrs, slopes: lrs[1 + int(np.nanargmin(slopes[1:-1]))]),
            ),
            Misconception(
                "a tenth",
                "You divide the rate by 10, as is often done with the rate of the *smallest loss*. Here the rate "
                "itself is "
                "returned.",
                lambda *a: _robust(*a, kept=lambda lrs, slopes: lrs[int(np.nanargmin(slopes))] / 10),
            ),
            Misconception(
                "position returned",
                "You return a position in the array. Return the learning rate at that position.",
                lambda *a: _robust(*a, kept=lambda lrs, slopes: int(np.nanargmin(slopes))),
            ),
            *(
                Misconception(
                    f"goes on after a broken loss{variant}",
                    "You leave out a loss that is not finite, and go on with those after it. Keep only the rates "
                    "before the "
                    "first one: what comes after it is a ruined model.",
                    code,
                )
                for variant, code in (("", _without_broken), (", with the rates of the others", _with_their_rates))
            ),
        ),
    ),
}
