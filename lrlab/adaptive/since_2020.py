r"""Rules that came after the lecture: Lion, Muon, schedule-free SGD and AdamW, Prodigy."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lrlab.adaptive._rule import State, Step, Values, checked


@checked
def lion_step(
    param: Values,
    grad: Values,
    state: State = None,
    *,
    lr: float = 1e-4,
    betas: tuple[float, float] = (0.9, 0.99),
    weight_decay: float = 0.0,
) -> Step:
    r"""Lion: a step of length :math:`\eta` in each coordinate; only the sign comes from the gradients.

    .. math:: \theta_t = (1 - \eta \lambda)\, \theta_{t-1}
              - \eta\, \operatorname{sign}\left(\beta_1 m_{t-1} + (1-\beta_1)\, g_t\right), \qquad
              m_t = \beta_2 m_{t-1} + (1-\beta_2)\, g_t

    State: ``step``, ``exp_avg`` *m*. Its rate is three to ten times lower than AdamW's, its decay as much higher, say
    the authors. Source: Chen et al. 2023, "Symbolic Discovery of Optimization Algorithms", algorithm 2.
    """
    beta1, beta2 = betas
    m = state.get("exp_avg", 0.0 * grad)
    mixed = beta1 * m + (1 - beta1) * grad
    sign = mixed.sign() if hasattr(mixed, "sign") else np.sign(mixed)
    after = {"step": int(state.get("step", 0)) + 1, "exp_avg": beta2 * m + (1 - beta2) * grad}
    return (1 - lr * weight_decay) * param - lr * sign, after


@checked
def muon_step(
    param: Values,
    grad: Values,
    state: State = None,
    *,
    lr: float = 1e-3,
    weight_decay: float = 0.1,
    momentum: float = 0.95,
    nesterov: bool = True,
    ns_coefficients: tuple[float, float, float] = (3.4445, -4.775, 2.0315),
    eps: float = 1e-7,
    ns_steps: int = 5,
    adjust_lr_fn: str | None = None,
) -> Step:
    r"""Muon, for a matrix of weights: the momentum, with all its singular values brought near 1.

    .. math:: b_t = \mu b_{t-1} + (1-\mu)\, g_t, \qquad u_t = (1-\mu)\, g_t + \mu b_t, \qquad
              \theta_t = (1 - \eta \lambda)\, \theta_{t-1} - \eta\, c\, \operatorname{orth}(u_t)

    :math:`\operatorname{orth}` is ``orthogonalized``. Without ``nesterov`` :math:`u_t = b_t`. For *A* rows and *B*
    columns :math:`c = \sqrt{\max(1, A/B)}`, or :math:`0.2 \sqrt{\max(A, B)}` with
    ``adjust_lr_fn="match_rms_adamw"``, which makes the entries as large as those of AdamW's step, so that AdamW's rate
    serves.
    State: ``momentum_buffer`` *b*. Torch orthogonalizes in bfloat16, this in the precision that it is given.

    Sources: Jordan et al. 2024; Liu et al. 2025 (the second *c*).

    Raises:
        ValueError: if ``param`` is not a matrix.
    """
    if len(np.shape(param)) != 2:
        raise ValueError(f"param must be a matrix for Muon, got shape {tuple(np.shape(param))}")
    b = momentum * state.get("momentum_buffer", 0.0) + (1 - momentum) * grad
    u = (1 - momentum) * grad + momentum * b if nesterov else b
    rows, columns = np.shape(param)
    c = 0.2 * max(rows, columns) ** 0.5 if adjust_lr_fn == "match_rms_adamw" else max(1.0, rows / columns) ** 0.5
    step = orthogonalized(u, coefficients=ns_coefficients, eps=eps, steps=ns_steps)
    return (1 - lr * weight_decay) * param - lr * c * step, {"momentum_buffer": b}


def orthogonalized(
    matrix: Values,
    *,
    coefficients: tuple[float, float, float] = (3.4445, -4.775, 2.0315),
    eps: float = 1e-7,
    steps: int = 5,
) -> Values:
    r"""Return the matrix with its singular values pushed to about 1 (0.7 to 1.2), its singular vectors kept.

    Newton-Schulz: with :math:`X_0 = G / \lVert G \rVert_F` and the coefficients *a, b, c*, ``steps`` times

    .. math:: X \leftarrow a X + \left(b\, X X^\top + c\, (X X^\top)^2\right) X
    """
    a, b, c = coefficients
    tall = matrix.shape[0] > matrix.shape[1]
    x = matrix.T if tall else matrix
    x = x / max(float((x * x).sum()) ** 0.5, eps)
    for _ in range(steps):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.T if tall else x


@checked
def schedule_free_sgd_step(
    param: Values,
    grad: Values,
    state: State = None,
    *,
    lr: float = 1.0,
    momentum: float = 0.9,
    weight_decay: float = 0.0,
) -> Step:
    r"""Schedule-free SGD: a mean of all points takes the place of the decay.

    .. math:: z_{t+1} = z_t - \eta\, g_t, \quad x_{t+1} = (1 - c_t)\, x_t + c_t\, z_{t+1}, \quad
              y_{t+1} = (1-\beta)\, z_{t+1} + \beta\, x_{t+1}

    ``param`` is *y*, where the gradient is taken; *x* is what is evaluated; both start at *z*. ``momentum`` is
    :math:`\beta`; :math:`c_t = \eta_t^2 / \sum_{i \le t} \eta_i^2` with the highest rate so far, hence 1/t at a
    constant one. State: ``step``, ``z``, ``x``, ``lr_max``, ``weight_sum``.
    Source: Defazio et al. 2024, "The Road Less Scheduled", and the authors' code.
    """
    return _schedule_free(param, grad + weight_decay * param, dict(state), lr, momentum)


@checked
def schedule_free_adamw_step(
    param: Values,
    grad: Values,
    state: State = None,
    *,
    lr: float = 0.0025,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
    weight_decay: float = 0.0,
) -> Step:
    r"""Schedule-free AdamW: as :func:`~lrlab.adaptive.schedule_free_sgd_step`, with Adam's scaled gradient.

    :math:`g_t` becomes :math:`g_t / (\sqrt{v_t / (1 - \beta_2^t)} + \epsilon) + \lambda y_t`, where *v* is Adam's mean
    of squares; :math:`\beta_1` is the momentum of *y*. The authors advise a warm-up. State: also ``exp_avg_sq``.
    """
    beta1, beta2 = betas
    t = int(state.get("step", 0)) + 1
    v = beta2 * state.get("exp_avg_sq", 0.0) + (1 - beta2) * grad * grad
    scaled = grad / ((v / (1 - beta2**t)) ** 0.5 + eps) + weight_decay * param
    return _schedule_free(param, scaled, {**state, "exp_avg_sq": v}, lr, beta1)


def _schedule_free(y: Values, gradient: Values, state: dict[str, Any], lr: float, beta: float) -> Step:
    highest = max(lr, state.get("lr_max", 0.0))
    total = state.get("weight_sum", 0.0) + highest**2
    c = highest**2 / total if total else 0.0
    before = {"z": y, "x": y} | state
    z = before["z"] - lr * gradient
    x = (1 - c) * before["x"] + c * z
    after = {"step": int(state.get("step", 0)) + 1, "z": z, "x": x, "lr_max": highest, "weight_sum": total}
    return (1 - beta) * z + beta * x, {**state, **after}


@checked
def prodigy_step(
    param: Values,
    grad: Values,
    state: State = None,
    *,
    lr: float = 1.0,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
    weight_decay: float = 0.0,
    d0: float = 1e-6,
) -> Step:
    r"""Prodigy: Adam that estimates its own rate *d* from the way it has gone; ``lr`` stays 1.

    .. math:: r_t = \sqrt{\beta_2}\, r_{t-1} + \tfrac{d_t^2}{d_0} \eta \langle g_t, \theta_0 - \theta_t \rangle, \quad
              s_t = \sqrt{\beta_2}\, s_{t-1} + \tfrac{d_t^2}{d_0} \eta\, g_t, \quad
              d_{t+1} = \max\left(d_t, \frac{r_t}{\lVert s_t \rVert_1}\right)

    and Adam's *m* and *v* of the gradients :math:`d_t g_t`, uncorrected:
    :math:`\theta_{t+1} = (1 - d_t \eta \lambda)\, \theta_t - d_t \eta\, m_t / (\sqrt{v_t} + d_{t+1} \epsilon)`.
    *d* is one number for all weights, so ``param`` is all of them in one vector. State: ``step``, ``d``, ``r``, ``s``,
    ``p0``, ``exp_avg``, ``exp_avg_sq``. Source: Mishchenko and Defazio 2023, "Prodigy", and the authors' code.
    """
    beta1, beta2 = betas
    d: float = state.get("d", d0)
    beta3, start = math.sqrt(beta2), state.get("p0", param)
    r = beta3 * state.get("r", 0.0) + d * d / d0 * lr * float((grad * (start - param)).sum())
    s = beta3 * state.get("s", 0.0) + d * d / d0 * lr * grad
    m = beta1 * state.get("exp_avg", 0.0) + (1 - beta1) * d * grad
    v = beta2 * state.get("exp_avg_sq", 0.0) + (1 - beta2) * d * d * grad * grad
    after = {"step": int(state.get("step", 0)) + 1, "r": r, "s": s, "p0": start, "exp_avg": m, "exp_avg_sq": v}
    length = float(abs(s).sum())
    if length == 0:  # no gradient yet
        return param, {**after, "d": d}
    after["d"] = max(d, r / length)
    return (1 - d * lr * weight_decay) * param - d * lr * m / (v**0.5 + after["d"] * eps), after
