"""Adadelta's step."""

from __future__ import annotations

import math
from typing import Any

from lrlab.checks.adaptive._common import GRADS, QUIET, TINY, _default, _exercise, _over, _with
from lrlab.checks.exercise import Case


def _adadelta(
    p: float,
    g: float,
    s: tuple[float, float] | None,
    *,
    lr: float = 1.0,
    rho: float = 0.9,
    eps: float = 1e-6,
    **change: Any,
) -> tuple[float, tuple[float, float]]:
    v, u = s or (0.0, 0.0)
    v = rho * v + (1 - rho) * g * g
    below = math.sqrt(v) + eps if change.get("outside") else math.sqrt(v + eps)
    above = math.sqrt(u) + eps if change.get("outside") else math.sqrt(u + eps)
    if change.get("no_above"):
        above = 1.0
    delta = _over(below * g, above) if change.get("upside_down") else above / below * g
    kept = lr * delta if change.get("with_lr") else g if change.get("of_grad") else delta
    u = u if change.get("no_u") else rho * u + (1 - rho) * kept * kept
    if change.get("u_first"):
        delta = math.sqrt(u + eps) / below * g
    return p - change.get("sign", 1) * (1.0 if change.get("no_lr") else lr) * delta, (v, u)


adadelta_step = _exercise(
    "adadelta_step",
    (
        Case(
            ([1.0625, -2.1875], GRADS, {"lr": 0.5, "rho": 0.5, "eps": 0.125}),
            {
                "params": [
                    [0.819964374963667, -2.010723304703363],
                    [0.7627016968178968, -2.204372472013734],
                    [1.0595741186083985, -2.32459362239918],
                ],
                "same when begun anew": True,
            },
            "given rates",
        ),
        Case(
            ([0.6875, 3.1875], GRADS, {"rho": 0.75, "eps": 0.5}),
            {
                "params": [
                    [-0.4672005383792515, 3.658904520791032],
                    [-0.6700607448626464, 3.181494604764743],
                    [0.8782726653772746, 2.93128753263558],
                ],
                "same when begun anew": True,
            },
            "given rates",
        ),
        Case(
            ([0.8125, 1.6875], QUIET, {"lr": 2.0, "rho": 0.25, "eps": 0.25}),
            {"params": [[0.8125, 0.6875], [0.05657105398154554, 0.6875]], "same when begun anew": True},
            "given rates",
        ),
        Case(
            ([0.125, -0.25], TINY, {}),
            {
                "params": [[0.12499999906867743, -0.24999994039535522], [0.12499999720603228, -0.24999995529651642]],
                "same when begun anew": True,
            },
            "defaults",
        ),
        Case(
            ([0.125, -0.0625], GRADS, {}),
            {
                "params": [
                    [0.12183772629267128, -0.05933778558348752],
                    [0.12125352121751144, -0.06258214741195665],
                    [0.1252581839707679, -0.064522748818416],
                ],
                "same when begun anew": True,
            },
            "defaults",
        ),
    ),
    (
        ("uphill", "Your step goes uphill: subtract it.", _with(_adadelta, sign=-1)),
        (
            "eps outside the root",
            "Your eps stands outside the roots. In Adadelta it is inside both: sqrt(u + eps) / sqrt(v + eps).",
            _with(_adadelta, outside=True),
        ),
        (
            "steps not remembered",
            "Your u stays 0: after each step, bring the square of Δ into it, as v takes in the square of g.",
            _with(_adadelta, no_u=True),
        ),
        (
            "u before the step",
            "You bring Δ² into u first and take the step with the new u. The root above uses u of the step *before*.",
            _with(_adadelta, u_first=True),
        ),
        (
            "lr in the memory",
            "You keep the square of lr·Δ in u. u remembers Δ itself; lr comes in only where param changes.",
            _with(_adadelta, with_lr=True),
        ),
        ("no lr", "lr is missing: param changes by lr · Δ.", _with(_adadelta, no_lr=True)),
        (
            "numerator missing",
            "That is RMSProp: the root of u + eps above the line is missing.",
            _with(_adadelta, no_above=True),
        ),
        (
            "gradients in both",
            "Your u takes in g², as v does. It is the squares of the *steps* Δ that u remembers.",
            _with(_adadelta, of_grad=True),
        ),
        ("upside down", "Your fraction is upside down: u above, v below.", _with(_adadelta, upside_down=True)),
        ("other default", "Your default for lr is not torch's: Adadelta's is 1.0.", _default(_adadelta, lr=0.01)),
    ),
    "In this order: v with g², Δ from the old u and the new v, u with Δ², param minus lr · Δ.",
)
