"""Reducing on a plateau, by hand."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from lrlab.checks.drive import Facts, in_some_form
from lrlab.checks.exercise import Case, Exercise, Misconception

BY_HAND = ("lrlab.schedules", "torch.optim.lr_scheduler")


def _plateau(
    answer: Callable[..., Any], losses: Sequence[float], lr: float, factor: float, patience: int
) -> dict[str, Any]:
    def call(form: Any) -> dict[str, Any]:
        given = form(losses)
        found = answer(given, lr, factor, patience)
        return {"rates": found, "changed": [] if list(given) == list(losses) else ["losses"]}

    return in_some_form(call)


def _fold(
    losses: Sequence[float],
    lr: float,
    factor: float,
    patience: int,
    *,
    after: bool = False,
    ties: bool = False,
    early: int = 0,
    keep_count: bool = False,
    never_reset: bool = False,
    last: bool = False,
    threshold: float = 0.0,
    subtract: bool = False,
    every: bool = False,
    best_moves: bool = False,
) -> list[float]:
    """The plateau rule with a switch for each mistake."""
    best, bad, rates, start = math.inf, 0, [], lr
    for loss in losses:
        if not after:
            rates.append(lr)
        if loss < best * (1 - threshold) or (ties and loss <= best):
            best, bad = loss, bad if never_reset else 0
        else:
            bad += 1
            if last:
                best = loss
        if bad > patience - early:
            lr = lr - start * (1 - factor) if subtract else lr * factor
            bad = bad if keep_count else 0
            if best_moves:
                best = math.inf
        if every and loss >= best and bad:
            lr = lr * factor
        if after:
            rates.append(lr)
    return rates


def _folded(**change: Any) -> Callable[..., Any]:
    return lambda losses, lr, factor, patience: _fold(losses, lr, factor, patience, **change)


plateau_rates = Exercise(
    name="plateau_rates",
    parameters=("losses", "lr", "factor", "patience"),
    cases=(
        Case(
            ([1.0, 0.8, 0.9, 0.85, 0.7, 0.6], 0.1, 0.5, 1), {"rates": [0.1, 0.1, 0.1, 0.1, 0.05, 0.05]}, "one plateau"
        ),
        Case(
            ([1.0, 0.9, 0.95, 0.93, 0.94, 0.92, 0.8], 1.0, 0.1, 2),
            {"rates": [1.0, 1.0, 1.0, 1.0, 1.0, 0.1, 0.1]},
            "one plateau",
        ),
        Case(([0.5, 0.6, 0.4, 0.3], 0.2, 0.5, 0), {"rates": [0.2, 0.2, 0.1, 0.1]}, "one plateau"),
        Case(
            ([1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0], 0.8, 0.5, 1),
            {"rates": [0.8, 0.8, 0.8, 0.4, 0.4, 0.2, 0.2, 0.1]},
            "several",
        ),
        Case(
            ([1.0, 1.2, 0.9, 1.1, 0.95, 0.8, 0.85, 0.82, 0.81, 0.9, 0.85], 0.1, 0.25, 1),
            {"rates": [0.1, 0.1, 0.1, 0.1, 0.1, 0.025, 0.025, 0.025, 0.00625, 0.00625, 0.0015625]},
            "several",
        ),
        Case(
            ([0.5, 0.49998, 0.49996, 0.49994, 0.49992, 0.6, 0.7, 0.55], 0.1, 0.5, 1),
            {"rates": [0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.05]},
            "several",
        ),
    ),
    misconceptions=(
        Misconception(
            "rate after the loss",
            "You note the rate after the loss has been looked at. The rate in use *when the loss was measured* is "
            "due, so the first one is lr.",
            _folded(after=True),
        ),
        Misconception(
            "one bad loss too early",
            "You reduce at the patience-th bad loss. patience bad losses are borne; the next one reduces the rate.",
            _folded(early=1),
        ),
        Misconception("one bad loss too late", "You wait for one bad loss too many.", _folded(early=-1)),
        Misconception(
            "an equal loss counts as better",
            "A loss equal to the best is no improvement: it has to be smaller.",
            _folded(ties=True),
        ),
        Misconception(
            "count not started anew",
            "After a reduction the count of bad losses starts again at 0; yours goes on, and reduces at every "
            "further one.",
            _folded(keep_count=True),
        ),
        Misconception(
            "improvement does not reset",
            "A better loss sets the count of bad ones back to 0: they have to come in a row.",
            _folded(never_reset=True),
        ),
        Misconception(
            "compared with the loss before",
            "You compare with the loss before. Bad is what is no better than the *best* loss so far.",
            _folded(last=True),
        ),
        Misconception(
            "torch's default threshold",
            "You ask for an improvement by 0.01 percent, torch's default threshold; here the threshold is 0: any "
            "smaller loss counts.",
            _folded(threshold=1e-4),
        ),
        Misconception(
            "best forgotten",
            "You forget the best loss at a reduction: it stays what it was.",
            _folded(best_moves=True),
        ),
        Misconception(
            "subtracted", "You subtract: each reduction multiplies the rate by factor.", _folded(subtract=True)
        ),
    ),
    hint="Walk through the losses with three things in hand: the rate, the best loss so far, the number of bad ones "
    "in a row.",
    problem_hints={"due": "a list with one rate for each loss"},
    labels={"rates": ("loss",)},
    driver=Facts(_plateau, watch=BY_HAND),
)
