"""The mistakes known in this unit: each has a name, a hint, and code that makes it. Students never get this file."""

from typing import Any

import numpy as np

from lrlab.grading.unit import Help, Misconception

USE_NUMPY = (
    "`if`, `min`, `max` and `math` take one number at a time; np.where, np.minimum, np.floor, np.abs, // and % take "
    "arrays as well."
)


def _height(n: Any, half: float) -> Any:
    """0 at the foot of each cycle, 1 at its top."""
    return 1 - np.abs(np.asarray(n) / half % 2 - 1)


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
) -> Any:
    """One-cycle with some parts wrong: the peak's and the end's place, what final divides, straight flanks."""
    n = np.asarray(n, dtype=float)
    start, up, end = top / div, pct * total + peak, total + last
    lowest = (start if over_start else top) / final
    rising = n <= up
    done = np.where(rising, n / up, (n - up) / (end - up))
    done = (1 - np.cos(np.pi * done)) / 2 if bend else done
    return np.where(rising, start + (top - start) * done, top + (lowest - top) * done)


MISTAKES = {
    "triangular": Help(
        hint="Draw the first cycle: base_lr at n = 0, max_lr at n = step_size, base_lr again at n = 2·step_size.",
        problem_hints={"array_error": USE_NUMPY},
        misconceptions=(
            Misconception(
                "whole cycle",
                "Your cycle has step_size steps in all. step_size is *half* a cycle: so many steps up, and as many "
                "down.",
                lambda n, low, high, half: low + (high - low) * _height(n, half / 2),
            ),
            Misconception(
                "starts at the top",
                "Your cycle starts at max_lr and goes down first: at n = 0 the rate is base_lr.",
                lambda n, low, high, half: high - (high - low) * _height(n, half),
            ),
            Misconception(
                "sawtooth",
                "Your rate climbs and then falls back at once, like a saw: the way down takes step_size steps too.",
                lambda n, low, high, half: low + (high - low) * (np.asarray(n) % (2 * half) / (2 * half)),
            ),
            Misconception(
                "no way down",
                "Your rate starts anew after step_size steps: there is a way down as well.",
                lambda n, low, high, half: low + (high - low) * (np.asarray(n) % half / half),
            ),
            Misconception(
                "one cycle only",
                "Your rate stays at the bottom after the first cycle: it begins again every 2·step_size steps.",
                lambda n, low, high, half: low + (high - low) * np.maximum(0, 1 - np.abs(np.asarray(n) / half - 1)),
            ),
            Misconception(
                "below zero",
                "Your rate runs on below base_lr after the first cycle: the cycle begins again every 2·step_size "
                "steps.",
                lambda n, low, high, half: low + (high - low) * (1 - np.abs(np.asarray(n) / half - 1)),
            ),
            Misconception(
                "max_lr on top of base_lr",
                "You add max_lr times the height to base_lr, so the top lies at base_lr + max_lr. The way from "
                "bottom to top is max_lr - base_lr.",
                lambda n, low, high, half: low + high * _height(n, half),
            ),
            Misconception(
                "one step ahead",
                "You are one step ahead: at n = 0 the rate is base_lr, at n = step_size it is max_lr.",
                lambda n, low, high, half: low + (high - low) * _height(np.asarray(n) + 1, half),
            ),
            Misconception(
                "cosine",
                "Your flanks are bent like a cosine: a triangle goes up and down in straight lines.",
                lambda n, low, high, half: low + (high - low) * (1 - np.cos(np.pi * np.asarray(n) / half)) / 2,
            ),
            Misconception(
                "height as the rate",
                "Your values are the height between 0 and 1: stretch it to run from base_lr to max_lr.",
                lambda n, low, high, half: _height(n, half),
            ),
        ),
    ),
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
                "Your cycle has step_size steps in all. step_size is *half* a cycle: so many steps up, and as many "
                "down.",
                lambda n, low, high, half: low + (high - low) * _height(n, half / 2) * 0.5 ** _cycle(n, half),
            ),
        ),
    ),
    "one_cycle": Help(
        hint="Fix three points first: n = 0, n = pct_start · total_steps - 1, n = total_steps - 1. Then join them.",
        problem_hints={"array_error": USE_NUMPY},
        misconceptions=(
            Misconception(
                "final rate from max_lr",
                "Your last rate is max_lr / final_div_factor. It is the *first* rate, max_lr / div_factor, that is "
                "divided by final_div_factor.",
                lambda *a: _one_cycle(*a, over_start=False),
            ),
            Misconception(
                "straight flanks",
                "Your flanks are straight: each runs along half a cosine wave.",
                lambda *a: _one_cycle(*a, bend=False),
            ),
            Misconception(
                "peak one step late",
                "Your top lies at n = pct_start · total_steps. Steps count from 0, so the last of the first "
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
                "Your top lies at pct_start · total_steps and your end at total_steps, both one step too late: steps "
                "count from 0.",
                lambda *a: _one_cycle(*a, peak=0.0, last=0.0),
            ),
            Misconception(
                "peak at a share of the last step",
                "Your top lies at pct_start · (total_steps - 1); it belongs at pct_start · total_steps - 1.",
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
    "steepest_lr": Help(
        hint="Print np.gradient(losses, np.log(lrs)) and find its smallest value: which rate stands there?",
        problem_hints={"due": "one learning rate"},
        misconceptions=(
            Misconception(
                "linear axis",
                "You take the slope against the rate itself, which favours the lowest rates, where they stand "
                "close together. Take it against np.log(lrs).",
                lambda lrs, losses: lrs[int(np.argmin(np.gradient(losses, lrs)))],
            ),
            Misconception(
                "smallest loss",
                "You return the rate with the smallest loss. Asked is where the loss *falls* fastest, which comes "
                "before.",
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
                "You take the slope from one position to the next as if the rates stood evenly: give np.log(lrs) to "
                "np.gradient as its second argument.",
                lambda lrs, losses: lrs[int(np.argmin(np.gradient(losses)))],
            ),
            Misconception(
                "difference to the next",
                "You use plain differences to the next loss (np.diff), in steps of the logarithm or not. "
                "np.gradient looks at both neighbours, and that is what is asked.",
                lambda lrs, losses: lrs[int(np.argmin(np.diff(losses) / np.diff(np.log(lrs))))],
            ),
            Misconception(
                "difference from the last",
                "You use plain differences to the loss before (np.diff). np.gradient looks at both neighbours.",
                lambda lrs, losses: lrs[int(np.argmin(np.diff(losses) / np.diff(np.log(lrs)))) + 1],
            ),
            Misconception(
                "logarithm of the loss",
                "You take the logarithm of the losses; it is the rates whose logarithm is asked for.",
                lambda lrs, losses: lrs[int(np.argmin(np.gradient(np.log(losses), np.log(lrs))))],
            ),
            Misconception(
                "slope returned",
                "You return the slope; asked is the rate at which it is smallest.",
                lambda lrs, losses: float(np.min(np.gradient(losses, np.log(lrs)))),
            ),
            Misconception(
                "position returned",
                "You return a position in the array; asked is the rate at that position.",
                lambda lrs, losses: int(np.argmin(np.gradient(losses, np.log(lrs)))),
            ),
        ),
    ),
}
