"""Grids of rates."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from lrlab.checks.drive import Facts, in_some_form
from lrlab.checks.exercise import Case, Exercise, Misconception
from lrlab.checks.finding_lr._common import LIBRARY

log_grid = Exercise(
    name="log_grid",
    parameters=("low", "high", "num"),
    cases=(
        Case((1e-4, 1.0, 5), {"rates": [0.0001, 0.001, 0.01, 0.1, 1.0]}),
        Case((0.5, 2.0, 3), {"rates": [0.5, 1.0, 2.0]}),
        Case(
            (1e-6, 1e-2, 9),
            {
                "rates": [
                    1e-06,
                    3.162277660168379e-06,
                    9.999999999999999e-06,
                    3.1622776601683795e-05,
                    0.0001,
                    0.00031622776601683794,
                    0.001,
                    0.0031622776601683794,
                    0.01,
                ]
            },
        ),
        Case((0.03, 0.3, 2), {"rates": [0.03, 0.3]}),
    ),
    misconceptions=(
        Misconception(
            "evenly spaced",
            "Your rates are evenly spaced. On a log grid each is the same *factor* from the next: with 1e-4 to 1, even "
            "spacing leaves nothing below a quarter.",
            lambda low, high, num: np.linspace(low, high, num).tolist(),
        ),
        Misconception(
            "upper end left out",
            "The upper end is missing: both ends belong to the grid, so there are num - 1 steps between num rates.",
            lambda low, high, num: [low * (high / low) ** (k / num) for k in range(num)],
        ),
        Misconception(
            "lower end left out",
            "The lower end is missing: both ends belong to the grid.",
            lambda low, high, num: [low * (high / low) ** ((k + 1) / num) for k in range(num)],
        ),
        Misconception(
            "falling",
            "Your rates fall; asked is a rising grid.",
            lambda low, high, num: np.geomspace(high, low, num).tolist(),
        ),
        Misconception(
            "one too many",
            "You have one rate too many: num rates in all, both ends included.",
            lambda low, high, num: np.geomspace(low, high, num + 1).tolist(),
        ),
        Misconception(
            "exponents returned",
            "Those are the exponents: raise 10 (or e) to them.",
            lambda low, high, num: np.linspace(np.log10(low), np.log10(high), num).tolist(),
        ),
        Misconception(
            "natural exponents returned",
            "Those are natural logarithms: take np.exp of them.",
            lambda low, high, num: np.linspace(np.log(low), np.log(high), num).tolist(),
        ),
        Misconception(
            "bases mixed",
            "You take natural logarithms and then powers of 10: np.log belongs to np.exp, np.log10 to 10 ** ….",
            lambda low, high, num: (10 ** np.linspace(np.log(low), np.log(high), num)).tolist(),
        ),
        Misconception(
            "ends for exponents",
            "np.logspace takes the exponents, not the rates: np.logspace(-4, 0, 5) goes from 1e-4 to 1.",
            lambda low, high, num: np.logspace(low, high, num).tolist(),
        ),
        Misconception(
            "powers of ten",
            "You step by a factor of 10 whatever num is: the factor follows from both ends and num.",
            lambda low, high, num: [low * 10.0**k for k in range(num)],
        ),
    ),
    hint="num rates have num - 1 steps between them; each step multiplies by the same factor, (high/low)^(1/(num-1)).",
    problem_hints={"due": "a sequence of rates"},
    labels={"rates": ("rate",)},
    driver=Facts(lambda answer, low, high, num: {"rates": answer(low, high, num)}, watch=LIBRARY),
)


def _refine(answer: Callable[..., Any], lrs: Sequence[float], losses: Sequence[Any], num: int) -> dict[str, Any]:
    measured = [float(loss) for loss in losses]

    def call(form: Any) -> dict[str, Any]:
        given = form(lrs), form(measured)
        found = answer(*given, num)
        kept = [np.array_equal(g, o, equal_nan=True) for g, o in zip(given, (lrs, measured), strict=True)]
        return {"rates": found, "changed": [w for w, same in zip(("lrs", "losses"), kept, strict=True) if not same]}

    return in_some_form(call)


def _finite_best(losses: Any) -> int:
    return min((loss, k) for k, loss in enumerate(losses) if math.isfinite(loss))[1]


def _around(lrs: Any, k: int, num: int, left: int = 1, right: int = 1) -> list[float]:
    low, high = lrs[max(k - left, 0)], lrs[min(k + right, len(lrs) - 1)]
    return [float(x) for x in np.geomspace(low, high, num)]


refine = Exercise(
    name="refine",
    parameters=("lrs", "losses", "num"),
    cases=(
        Case(
            ([0.001, 0.01, 0.1, 1.0], [2.0, 0.9, 0.4, 1.5], 5),
            {"rates": [0.01, 0.03162277660168379, 0.1, 0.31622776601683794, 1.0]},
            "inside",
        ),
        Case(
            ([0.001, 0.004, 0.05, 0.3, 2.0], [2.1, 1.0, 0.5, 0.7, 2.2], 4),
            {"rates": [0.004, 0.016868653306034986, 0.07113786608980126, 0.3]},
            "inside",
        ),
        Case(
            ([0.001, 0.01, 0.1, 1.0], [0.3, 0.5, 0.9, 1.5], 3),
            {"rates": [0.001, 0.0031622776601683794, 0.01]},
            "ends and broken runs",
        ),
        Case(
            ([0.001, 0.01, 0.1], [0.9, 0.8, 0.2], 4),
            {"rates": [0.01, 0.02154434690031884, 0.04641588833612779, 0.1]},
            "ends and broken runs",
        ),
        Case(
            ([0.001, 0.02, 0.1, 1.0, 5.0], [2.0, 0.9, 0.4, "nan", "-inf"], 3),
            {"rates": [0.02, 0.1414213562373095, 1.0]},
            "ends and broken runs",
        ),
    ),
    misconceptions=(
        Misconception(
            "broken runs win",
            "A loss of NaN or -inf is no result; the smallest *finite* loss is the best.",
            lambda lrs, losses, num: _around(lrs, int(np.argmin(losses)), num),
        ),
        Misconception(
            "minus infinity wins",
            "A loss of -inf is as broken as NaN: np.nanargmin lets it win. Look at finite losses only (np.isfinite).",
            lambda lrs, losses, num: _around(lrs, int(np.nanargmin(losses)), num),
        ),
        Misconception(
            "evenly spaced",
            "Your new rates are evenly spaced; a log grid is asked, as in exercise 1.",
            lambda lrs, losses, num: np.linspace(
                lrs[max(_finite_best(losses) - 1, 0)], lrs[min(_finite_best(losses) + 1, len(lrs) - 1)], num
            ).tolist(),
        ),
        Misconception(
            "left side only",
            "Your grid ends at the best rate: it goes on to the right neighbour.",
            lambda lrs, losses, num: _around(lrs, _finite_best(losses), num, right=0),
        ),
        Misconception(
            "right side only",
            "Your grid begins at the best rate: it begins at the left neighbour.",
            lambda lrs, losses, num: _around(lrs, _finite_best(losses), num, left=0),
        ),
        Misconception(
            "wraps round at the lower end",
            "Where the best rate is the first one, position -1 is the *last*: the grid then begins at the best itself.",
            lambda lrs, losses, num: [
                float(x)
                for x in np.geomspace(
                    lrs[_finite_best(losses) - 1], lrs[min(_finite_best(losses) + 1, len(lrs) - 1)], num
                )
            ],
        ),
        Misconception(
            "largest loss",
            "You refine around the largest loss: the smallest is the best.",
            lambda lrs, losses, num: _around(
                lrs, max((s, k) for k, s in enumerate(losses) if math.isfinite(s))[1], num
            ),
        ),
        Misconception(
            "whole range",
            "You make the same wide range finer: asked is the part between the best rate's neighbours.",
            lambda lrs, losses, num: [float(x) for x in np.geomspace(lrs[0], lrs[-1], num)],
        ),
        Misconception(
            "two neighbours away",
            "Your grid reaches too far: from the left neighbour to the right one.",
            lambda lrs, losses, num: _around(lrs, _finite_best(losses), num, left=2, right=2),
        ),
    ),
    hint="Three questions: which rate is best, which are its neighbours (if it has them), what is the log grid "
    "between them?",
    problem_hints={"due": "a sequence of rates"},
    labels={"rates": ("rate",)},
    driver=Facts(_refine, watch=LIBRARY),
)
