"""RMSProp's step."""

from __future__ import annotations

import math
from typing import Any

from lrlab.checks.adaptive._common import GRADS, QUIET, TINY, _default, _exercise, _over, _with
from lrlab.checks.exercise import Case


def _rmsprop(
    p: float, g: float, s: float | None, *, lr: float = 0.01, alpha: float = 0.99, eps: float = 1e-8, **change: Any
) -> tuple[float, float]:
    old = (s or 0.0) if s is not None or not change.get("start") else g * g
    a = 1 - alpha if change.get("swapped") else alpha
    v = a * old + (1 - a) * g * g
    if change.get("sum"):
        v = old + g * g
    if change.get("no_share"):
        v = a * old + g * g
    used = old if change.get("old") else v
    root = math.sqrt(used + eps) if change.get("inside") else math.sqrt(used) + eps
    if change.get("square"):
        root = used + eps
    return p - change.get("sign", 1) * lr * _over(g, root), v


rmsprop_step = _exercise(
    "rmsprop_step",
    (
        Case(
            ([1.0625, -2.1875], GRADS, {"lr": 0.5, "alpha": 0.75}),
            {
                "params": [
                    [0.0625000099999999, -1.1875000399999984],
                    [-0.08035713122448991, -1.9434289631613106],
                    [0.8547718759020644, -2.3434289503613113],
                ],
                "same when begun anew": True,
            },
            "given rates",
        ),
        Case(
            ([0.6875, 3.1875], GRADS, {"lr": 1.0, "alpha": 0.5, "eps": 0.5}),
            {
                "params": [
                    [-0.35731549985496575, 3.773286437626905],
                    [-0.5222770360404042, 3.2373880527646595],
                    [0.6479451225899174, 2.944494833951207],
                ],
                "same when begun anew": True,
            },
            "given rates",
        ),
        Case(
            ([0.8125, 1.6875], QUIET, {"lr": 0.25, "alpha": 0.75}),
            {
                "params": [[0.8125, 1.1875000099999997], [0.3125000199999992, 1.1875000099999997]],
                "same when begun anew": True,
            },
            "given rates",
        ),
        Case(
            ([0.125, -0.25], TINY, {}),
            {
                "params": [[0.12407727100878226, -0.21265481818572923], [0.12225258689875614, -0.22190162567199215]],
                "same when begun anew": True,
            },
            "defaults",
        ),
        Case(
            ([0.125, -0.25], GRADS, {}),
            {
                "params": [
                    [0.02500000499999975, -0.150000019999996],
                    [0.012535014247898053, -0.22088813045057976],
                    [0.1020173920149154, -0.25444517292614455],
                ],
                "same when begun anew": True,
            },
            "defaults",
        ),
    ),
    (
        ("uphill", "Your step goes uphill: subtract it.", _with(_rmsprop, sign=-1)),
        (
            "sum instead of mean",
            "You add up the squares, as Adagrad does. RMSProp forgets: alpha of the old mean, 1 - alpha of the new "
            "square.",
            _with(_rmsprop, sum=True),
        ),
        (
            "shares swapped",
            "You have alpha the wrong way round: alpha is the share of the *old* mean.",
            _with(_rmsprop, swapped=True),
        ),
        (
            "shares don't add up",
            "The new square comes in whole; only its share 1 - alpha is due.",
            _with(_rmsprop, no_share=True),
        ),
        (
            "eps inside the root",
            "Your eps stands inside the root. torch's RMSprop adds it to the root: sqrt(v) + eps.",
            _with(_rmsprop, inside=True),
        ),
        (
            "starts at the first square",
            "Your mean starts at the first gradient's square. It starts at 0.",
            _with(_rmsprop, start=True),
        ),
        (
            "mean before this gradient",
            "You divide by the mean as it was before: bring the present gradient in first.",
            _with(_rmsprop, old=True),
        ),
        ("no root", "You divide by the mean square itself: its root is due.", _with(_rmsprop, square=True)),
        ("other default", "Your default for lr is not torch's: RMSprop's is 0.01.", _default(_rmsprop, lr=0.001)),
        (
            "alpha 0.9",
            "Your default for alpha is 0.9, as in Hinton's lecture; torch's is 0.99.",
            _default(_rmsprop, alpha=0.9),
        ),
    ),
    "One coordinate, first step: the mean is (1 - alpha) · g², and the step lr · g over (its root + eps).",
)
