"""Adam's step."""

from __future__ import annotations

import math
from typing import Any

from lrlab.checks.adaptive._common import GRADS, QUIET, TINY, _default, _exercise, _over, _with
from lrlab.checks.exercise import Case


def _adam(
    p: float,
    g: float,
    s: tuple[int, float, float] | None,
    *,
    lr: float = 1e-3,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
    **change: Any,
) -> tuple[float, tuple[int, float, float]]:
    t, m, v = s or (0, 0.0, 0.0)
    b1, b2 = reversed(betas) if change.get("swapped") else betas
    t += 0 if change.get("stuck") and s else 1
    m = b1 * m + (1 - b1) * g
    v = b2 * v + (1 - b2) * g * g
    k = t + change.get("late", 0)
    c1, c2 = 1 - b1**k, 1 - b2**k
    if change.get("uncorrected"):
        c1 = c2 = 1.0
    if change.get("only_m"):
        c2 = 1.0
    if change.get("times_t"):
        c1, c2 = 1 - b1 * k, 1 - b2 * k
    used = g if change.get("no_m") else m / c1
    root = math.sqrt(v / c2 + eps) if change.get("inside") else math.sqrt(abs(v / c2)) + eps
    if change.get("early_eps"):
        root = (math.sqrt(v) + eps) / math.sqrt(c2)
    if change.get("square"):
        root = v / c2 + eps
    after = (t, m / c1, v / c2) if change.get("kept") else (t, m, v)
    return p - change.get("sign", 1) * lr * _over(used, root), after


adam_step = _exercise(
    "adam_step",
    (
        Case(
            ([1.0625, -2.1875], GRADS, {"lr": 0.5, "betas": [0.5, 0.75]}),
            {
                "params": [
                    [0.5625000025, -1.6875000099999997],
                    [0.24752961070659632, -1.8541666733333333],
                    [0.590343288567738, -2.1148564897175426],
                ],
                "same when begun anew": True,
            },
            "given rates",
        ),
        Case(
            ([0.6875, 3.1875], GRADS, {"lr": 1.0, "betas": [0.75, 0.5], "eps": 0.5}),
            {
                "params": [
                    [-0.1125, 3.6875],
                    [-0.710370168849651, 3.6160714285714284],
                    [-0.38929881322989607, 3.4467608776112573],
                ],
                "same when begun anew": True,
            },
            "given rates",
        ),
        Case(
            ([0.8125, 1.6875], QUIET, {"lr": 0.25, "betas": [0.5, 0.25]}),
            {"params": [[0.8125, 1.4375000025], [0.6261610060416841, 1.251161008541684]], "same when begun anew": True},
            "given rates",
        ),
        Case(
            ([0.125, -0.25], TINY, {}),
            {
                "params": [[0.12491480238843393, -0.24914366857315728], [0.12479090099458562, -0.2487620592114298]],
                "same when begun anew": True,
            },
            "defaults",
        ),
        Case(
            ([0.03125, -0.015625], GRADS, {}),
            {
                "params": [
                    [0.030250000005, -0.014625000019999999],
                    [0.029492776861770053, -0.014677631597894737],
                    [0.029800185551619937, -0.014929065897387425],
                ],
                "same when begun anew": True,
            },
            "defaults",
        ),
    ),
    (
        ("uphill", "Your step goes uphill: subtract it.", _with(_adam, sign=-1)),
        (
            "no bias correction",
            "The bias correction is missing: m and v start at 0, so their first values are far too small. "
            "Divide by 1 - β₁ᵗ and 1 - β₂ᵗ.",
            _with(_adam, uncorrected=True),
        ),
        (
            "only m corrected",
            "You correct m but not v: v is divided by 1 - β₂ᵗ as well.",
            _with(_adam, only_m=True),
        ),
        (
            "t stands still",
            "Your t is 1 at every step: count the steps in the state.",
            _with(_adam, stuck=True),
        ),
        (
            "t one too high",
            "Your t is one too high: it is 1 at the first step.",
            _with(_adam, late=1),
        ),
        (
            "corrected values kept",
            "You put the corrected m and v into the state, so they are corrected again at the next step. "
            "Keep the uncorrected ones.",
            _with(_adam, kept=True),
        ),
        (
            "eps inside the root",
            "Your eps stands inside the root: it is added to the root, sqrt(v̂) + eps.",
            _with(_adam, inside=True),
        ),
        (
            "eps before the correction",
            "You add eps to the root of the uncorrected v: correct v first, take its root, then add eps.",
            _with(_adam, early_eps=True),
        ),
        (
            "betas swapped",
            "You have the two betas the wrong way round: β₁ belongs to m, β₂ to v.",
            _with(_adam, swapped=True),
        ),
        ("gradient for its mean", "You step with g itself: Adam steps with the mean m.", _with(_adam, no_m=True)),
        ("no root", "You divide by v̂ itself: its root is due.", _with(_adam, square=True)),
        (
            "times for power",
            "You take β·t for βᵗ: t is an exponent.",
            _with(_adam, times_t=True),
        ),
        ("other default", "Your default for lr is not torch's: Adam's is 0.001.", _default(_adam, lr=0.01)),
    ),
    "One coordinate, first step: m/(1 - β₁) is g, v/(1 - β₂) is g², so the step is lr · g / (|g| + eps).",
)
