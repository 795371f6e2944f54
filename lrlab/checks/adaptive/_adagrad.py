"""Adagrad's step, and the rate that each weight has by it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from lrlab.checks.adaptive._common import GRADS, LIBRARY, QUIET, TINY, _default, _exercise, _over, _with
from lrlab.checks.drive import Facts, in_some_form
from lrlab.checks.exercise import Case, Exercise, Misconception


def _adagrad(
    p: float, g: float, s: float | None, *, lr: float = 0.01, eps: float = 1e-10, old: bool = False, **change: Any
) -> tuple[float, float]:
    total = (s or 0.0) + g * g
    if change.get("forget"):
        total = g * g
    used = (s or 0.0) if old else total
    root = used if change.get("square") else math.sqrt(used + eps) if change.get("inside") else math.sqrt(used) + eps
    if change.get("no_eps"):
        root = math.sqrt(used)
    if change.get("plain_sum"):
        total = root = (s or 0.0) + abs(g)
        root += eps
    return p - change.get("sign", 1) * lr * _over(g, root), total


adagrad_step = _exercise(
    "adagrad_step",
    (
        Case(
            ([1.0625, -2.1875], GRADS, {"lr": 0.5}),
            {
                "params": [
                    [0.562500000025, -1.6875000001],
                    [0.5004826327334727, -2.041053390643274],
                    [0.9469990904722619, -2.2077200572877183],
                ],
                "same when begun anew": True,
            },
            "given rates",
        ),
        Case(
            ([0.6875, 3.1875], GRADS, {"lr": 1.0, "eps": 0.5}),
            {
                "params": [
                    [-0.1125, 3.6875],
                    [-0.2118812745622713, 3.273286437626905],
                    [0.5914738228342671, 3.073286437626905],
                ],
                "same when begun anew": True,
            },
            "given rates",
        ),
        Case(
            ([0.8125, 1.6875], QUIET, {"lr": 0.25}),
            {"params": [[0.8125, 1.437500000025], [0.56250000005, 1.437500000025]], "same when begun anew": True},
            "given rates",
        ),
        Case(
            ([0.125, -0.25], TINY, {}),
            {
                "params": [[0.11596962873170195, -0.2400167491156469], [0.10743517443953575, -0.24243816420053027]],
                "same when begun anew": True,
            },
            "defaults",
        ),
        Case(
            ([0.125, -0.25], GRADS, {}),
            {
                "params": [
                    [0.1150000000005, -0.240000000002],
                    [0.11375965265466946, -0.24707106781286547],
                    [0.12268998180944524, -0.25040440114575435],
                ],
                "same when begun anew": True,
            },
            "defaults",
        ),
    ),
    (
        ("uphill", "Your step goes uphill: subtract it.", _with(_adagrad, sign=-1)),
        (
            "eps inside the root",
            "Your eps stands inside the root. In Adagrad it is added to the root: sqrt(sum) + eps.",
            _with(_adagrad, inside=True),
        ),
        ("eps forgotten", "eps is missing: a gradient of 0 at the start gives 0/0.", _with(_adagrad, no_eps=True)),
        (
            "no root",
            "You divide by the sum of squares itself: its square root is due, so that the units cancel.",
            _with(_adagrad, square=True),
        ),
        (
            "state forgotten",
            "You use the last gradient only. The state holds the sum of *all* squares so far: add to it.",
            _with(_adagrad, forget=True),
        ),
        (
            "sum before this gradient",
            "You divide by the sum as it was before. The present gradient belongs to it: add g² first.",
            _with(_adagrad, old=True),
        ),
        (
            "absolute values",
            "You add up |g|. Adagrad adds up the squares and takes the root at the end.",
            _with(_adagrad, plain_sum=True),
        ),
        ("other default", "Your default for lr is not torch's: Adagrad's is 0.01.", _default(_adagrad, lr=0.001)),
    ),
    "One coordinate, first step: the sum is g², its root is |g|, so the step is lr · g / (|g| + eps).",
)


def _effective(answer: Callable[..., Any], grads: Sequence[float], lr: float, eps: float) -> dict[str, Any]:
    def call(form: Any) -> dict[str, Any]:
        given = form(grads)
        found = answer(given, lr, eps)
        return {"rate": found, "changed": [] if list(given) == list(grads) else ["grad_history"]}

    return in_some_form(call)


def _root(grads: Any) -> float:
    return math.sqrt(sum(g * g for g in grads))


effective_lr = Exercise(
    name="effective_lr",
    parameters=("grad_history", "lr", "eps"),
    cases=(
        Case(([3.0, 4.0], 0.1, 1e-10), {"rate": 0.0199999999996}),
        Case(([0.5, -2.0, 1.0, 0.25], 0.01, 1e-10), {"rate": 0.004338609156184888}),
        Case(([-0.2], 1.0, 0.3), {"rate": 2.0}),
        Case(([1.0] * 9, 0.3, 0.5), {"rate": 0.08571428571428572}),
    ),
    misconceptions=(
        Misconception(
            "no root",
            "You divide by the sum of squares; its root is due.",
            lambda g, lr, eps: lr / (sum(x * x for x in g) + eps),
        ),
        Misconception(
            "eps inside the root",
            "Your eps stands inside the root; it is added to the root.",
            lambda g, lr, eps: lr / math.sqrt(sum(x * x for x in g) + eps),
        ),
        Misconception(
            "mean instead of sum",
            "You take the mean of the squares. Adagrad's sum grows for ever, and that is its point.",
            lambda g, lr, eps: lr / (math.sqrt(sum(x * x for x in g) / len(g)) + eps),
        ),
        Misconception(
            "sum of gradients",
            "You add up the gradients themselves, where plus and minus cancel: square them first.",
            lambda g, lr, eps: lr / (abs(sum(g)) + eps),
        ),
        Misconception(
            "absolute values",
            "You add up |g|; Adagrad adds up the squares and takes the root of the sum.",
            lambda g, lr, eps: lr / (sum(abs(x) for x in g) + eps),
        ),
        Misconception(
            "last gradient only",
            "You use the last gradient only: all of them so far count.",
            lambda g, lr, eps: lr / (abs(g[-1]) + eps),
        ),
        Misconception(
            "last left out",
            "You leave out the last gradient: it counts in its own step.",
            lambda g, lr, eps: lr / (_root(g[:-1]) + eps),
        ),
        Misconception(
            "the step instead of the rate",
            "You return the whole step; asked is what the gradient is multiplied by.",
            lambda g, lr, eps: lr / (_root(g) + eps) * g[-1],
        ),
        Misconception("lr forgotten", "lr is missing.", lambda g, lr, eps: 1 / (_root(g) + eps)),
        Misconception("eps forgotten", "eps is missing: sqrt(…) + eps.", lambda g, lr, eps: lr / _root(g)),
    ),
    hint="Square each gradient, add up, take the root, add eps; lr over that.",
    problem_hints={"due": "one number"},
    driver=Facts(_effective, watch=LIBRARY),
)
