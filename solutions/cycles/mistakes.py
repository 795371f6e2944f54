"""The mistakes known in this unit: each has a name, a hint, and code that makes it. Students never get this file."""

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
    clear: bool = True,
) -> Callable[..., Any]:
    """A wrong `train_one_cycle`; `total` counts the steps from the inputs, the batch size and the epochs."""

    def answer(model: Any, inputs: Any, targets: Any, batch_size: int, epochs: int, max_lr: float) -> Any:
        planned = total(len(inputs), batch_size, epochs)
        optimizer = torch.optim.SGD(model.parameters(), lr=max_lr)
        scheduler = lr_scheduler.OneCycleLR(optimizer, max_lr, total_steps=planned, cycle_momentum=momentum)
        rates: list[float] = []
        for _ in range(epochs):
            for x, y in zip(inputs.split(batch_size), targets.split(batch_size), strict=True):
                if stop and len(x) < min(batch_size, len(inputs)):
                    continue
                loss = functional.mse_loss(model(x), y)
                if clear:
                    optimizer.zero_grad()
                loss.backward()
                rates += [scheduler.get_last_lr()[0]] if noted == "before" else []
                if noted == "stepped first":
                    scheduler.step()
                    rates.append(scheduler.get_last_lr()[0])
                optimizer.step()
                if noted != "stepped first" and per == "batch" and (not careful or scheduler.last_epoch < planned - 1):
                    scheduler.step()
                rates += [scheduler.get_last_lr()[0]] if noted == "after" else []
            if per == "epoch":
                scheduler.step()
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
        found.append((mean / (1 - share ** (k + 1)) if corrected else mean) if smooth else loss)
    curve = np.array(found)
    looked_at = losses[:end] if cut == "raw" else curve
    below = curve[0] if cut == "first" else None
    stop = next(
        (k for k in range(1, end) if looked_at[k] > limit * (looked_at[:k].min() if below is None else below)), end
    )
    if cut == "not finite":
        stop = end
    if slope == "lowest":
        return lrs[int(np.argmin(curve[:stop]))]
    axis = {"linear": lrs, "position": np.arange(len(lrs))}.get(slope, np.log(lrs))
    if cut == "after":
        return kept(lrs[:stop], np.gradient(curve, axis[:end])[:stop])
    if slope == "raw":
        curve = losses
    return kept(lrs[:stop], np.gradient(curve[:stop], axis[:stop]))


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
            "rates used": "The optimizer's rates differ from those of one whole cycle over all updates.",
            "rates returned": "Return a list with the rate that each update used, noted before optimizer.step().",
            "weights": "The rates are right, but the trained weights are not: one update for each batch with its own "
            "gradients, the mean squared error, SGD without momentum.",
            "should_return": "a list with one rate for each update",
        },
        misconceptions=(
            Misconception(
                "rounded down",
                "The plan is too short: len(inputs) // batch_size forgets the last, smaller batch of each "
                "epoch. The rate "
                "jumps up when the plan is over, and then OneCycleLR stops the run. Round up, or count the batches.",
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
        ),
    ),
    "steepest_lr": Help(
        hint="Print np.gradient(losses, np.log(lrs)) and find its smallest value. Which learning rate has the "
        "same position?",
        problem_hints={"should_return": "one learning rate"},
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
        ),
    ),
    "robust_lr": Help(
        hint="Three separate steps: smooth, cut off, search. Print the smoothed losses, and where you cut.",
        problem_hints={"should_return": "one learning rate"},
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
        ),
    ),
}
