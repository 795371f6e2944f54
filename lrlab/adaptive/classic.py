"""Adagrad, Adadelta, RMSProp, Adam and AdamW: the lecture's methods, and what became of the last."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from lrlab._validation import check
from lrlab.adaptive._rule import ARGUMENTS, State, Step, Values, checked


@checked
def adagrad_step(
    param: Values,
    grad: Values,
    state: State = None,
    *,
    lr: float = 0.01,
    lr_decay: float = 0.0,
    weight_decay: float = 0.0,
    initial_accumulator_value: float = 0.0,
    eps: float = 1e-10,
    maximize: bool = False,
) -> Step:
    r"""Adagrad: each coordinate's rate falls with all the gradients that it has seen.

    .. math:: G_t = G_{t-1} + g_t^2, \qquad
              \theta_t = \theta_{t-1} - \frac{\eta}{1 + (t-1)\,d} \cdot \frac{g_t}{\sqrt{G_t} + \epsilon}

    ``lr_decay`` *d*, ``initial_accumulator_value`` :math:`G_0`, ``eps`` :math:`\epsilon`: all >= 0.
    State: ``step`` *t*, ``sum`` *G*. As *G* never falls, this is a decay schedule of its own: under steady gradients
    the rate goes with :math:`1/\sqrt t`; see :func:`effective_lr`.
    Source: Duchi, Hazan and Singer 2011; *d* is torch's.
    """
    t = int(state.get("step", 0)) + 1
    g = (-grad if maximize else grad) + weight_decay * param
    total = state.get("sum", initial_accumulator_value) + g * g
    rate = lr / (1 + (t - 1) * lr_decay) / (total**0.5 + eps)
    return param - rate * g, {"step": t, "sum": total}


@checked
def adadelta_step(
    param: Values,
    grad: Values,
    state: State = None,
    *,
    lr: float = 1.0,
    rho: float = 0.9,
    eps: float = 1e-6,
    weight_decay: float = 0.0,
    maximize: bool = False,
) -> Step:
    r"""Adadelta: the size of the past steps over the size of the past gradients, so that the units cancel.

    .. math:: v_t = \rho v_{t-1} + (1-\rho)\, g_t^2, \quad
              \Delta_t = \frac{\sqrt{u_{t-1} + \epsilon}}{\sqrt{v_t + \epsilon}}\, g_t, \quad
              u_t = \rho u_{t-1} + (1-\rho)\, \Delta_t^2, \quad
              \theta_t = \theta_{t-1} - \eta \Delta_t

    ``rho`` :math:`\rho`, 0 to 1; ``eps`` :math:`\epsilon` >= 0, inside the roots, where it alone starts the first step.
    State: ``step``, ``square_avg`` *v*, ``acc_delta`` *u*. Source: Zeiler 2012; there :math:`\eta = 1`.
    """
    g = (-grad if maximize else grad) + weight_decay * param
    v = rho * state.get("square_avg", 0.0) + (1 - rho) * g * g
    u = state.get("acc_delta", 0.0)
    delta = (u + eps) ** 0.5 / (v + eps) ** 0.5 * g
    u = rho * u + (1 - rho) * delta * delta
    return param - lr * delta, {"step": int(state.get("step", 0)) + 1, "square_avg": v, "acc_delta": u}


@checked
def rmsprop_step(
    param: Values,
    grad: Values,
    state: State = None,
    *,
    lr: float = 0.01,
    alpha: float = 0.99,
    eps: float = 1e-8,
    weight_decay: float = 0.0,
    momentum: float = 0.0,
    centered: bool = False,
    maximize: bool = False,
) -> Step:
    r"""RMSProp: Adagrad that forgets; the gradient over the root of its recent mean square.

    .. math:: v_t = \alpha v_{t-1} + (1-\alpha)\, g_t^2, \qquad
              b_t = \mu b_{t-1} + \frac{g_t}{\sqrt{v_t} + \epsilon}, \qquad
              \theta_t = \theta_{t-1} - \eta\, b_t

    ``alpha`` :math:`\alpha`, 0 to 1; ``momentum`` :math:`\mu` and ``eps`` :math:`\epsilon`, both >= 0.
    With ``centered=True`` the root is of the variance :math:`v_t - m_t^2`, where
    :math:`m_t = \alpha m_{t-1} + (1-\alpha)\, g_t`; under a gradient that stands still, rounding can take it below
    zero, and then the step is NaN, here as in torch.
    State: ``step``, ``square_avg`` *v*; ``grad_avg`` *m* if centered, ``momentum_buffer`` *b* if there is momentum.
    Source: Hinton, lecture 6e, 2012; centered: Graves 2013.
    """
    g = (-grad if maximize else grad) + weight_decay * param
    v = alpha * state.get("square_avg", 0.0) + (1 - alpha) * g * g
    after = {"step": int(state.get("step", 0)) + 1, "square_avg": v}
    if centered:
        after["grad_avg"] = m = alpha * state.get("grad_avg", 0.0) + (1 - alpha) * g
        v = v - m * m
    b = g / (v**0.5 + eps)
    if momentum:
        after["momentum_buffer"] = b = momentum * state.get("momentum_buffer", 0.0) + b
    return param - lr * b, after


@checked
def adam_step(
    param: Values,
    grad: Values,
    state: State = None,
    *,
    lr: float = 0.001,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
    weight_decay: float = 0.0,
    amsgrad: bool = False,
    maximize: bool = False,
) -> Step:
    r"""Adam: the mean gradient over the root of the mean square, both corrected for their start at zero.

    .. math:: m_t = \beta_1 m_{t-1} + (1-\beta_1)\, g_t, \quad v_t = \beta_2 v_{t-1} + (1-\beta_2)\, g_t^2, \quad
              \theta_t = \theta_{t-1} - \eta\,
              \frac{m_t / (1-\beta_1^t)}{\sqrt{v_t / (1-\beta_2^t)} + \epsilon}

    ``betas`` :math:`(\beta_1, \beta_2)`, >= 0 and < 1; ``eps`` :math:`\epsilon` >= 0.
    But for :math:`\epsilon`, the first step is :math:`\eta` long in every coordinate, be the gradient large or small.
    With ``amsgrad=True`` the largest :math:`v` so far takes the place of :math:`v_t`.
    State: ``step`` *t*, ``exp_avg`` *m*, ``exp_avg_sq`` *v*; ``max_exp_avg_sq`` if amsgrad.
    Source: Kingma and Ba 2015; amsgrad: Reddi, Kale and Kumar 2018.
    """
    beta1, beta2 = betas
    t = int(state.get("step", 0)) + 1
    g = (-grad if maximize else grad) + weight_decay * param
    m = beta1 * state.get("exp_avg", 0.0) + (1 - beta1) * g
    v = beta2 * state.get("exp_avg_sq", 0.0) + (1 - beta2) * g * g
    after = {"step": t, "exp_avg": m, "exp_avg_sq": v}
    if amsgrad:
        after["max_exp_avg_sq"] = v = _larger(state.get("max_exp_avg_sq", v), v)
    return param - lr * (m / (1 - beta1**t)) / ((v / (1 - beta2**t)) ** 0.5 + eps), after


@checked
def adamw_step(
    param: Values,
    grad: Values,
    state: State = None,
    *,
    lr: float = 0.001,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
    weight_decay: float = 0.01,
    amsgrad: bool = False,
    maximize: bool = False,
) -> Step:
    r"""AdamW: Adam, with the weights shrunk beside the step and not through the gradient.

    .. math:: \theta_t = (1 - \eta \lambda)\, \theta_{t-1} - \eta\,
              \frac{m_t / (1-\beta_1^t)}{\sqrt{v_t / (1-\beta_2^t)} + \epsilon}

    ``weight_decay`` :math:`\lambda` >= 0, default 0.01; all else as in :func:`adam_step`. So a large gradient does not
    hide the decay, and the decay follows the schedule of :math:`\eta`. Source: Loshchilov and Hutter 2019.
    """
    shrunk = (1 - lr * weight_decay) * param
    return adam_step(shrunk, grad, state, lr=lr, betas=betas, eps=eps, amsgrad=amsgrad, maximize=maximize)


def _larger(a: Values, b: Values) -> Values:
    return a.maximum(b) if hasattr(a, "maximum") else np.maximum(a, b)


def effective_lr(rule: Callable[..., Step], state: Mapping[str, Any], **arguments: Any) -> Values:
    """Return what the step that left ``state`` multiplied in each coordinate: its own learning rate, shaped as
    ``param``.

    Multiplied is the gradient (:func:`adagrad_step`, :func:`rmsprop_step`) or its mean ``exp_avg`` (:func:`adam_step`,
    :func:`adamw_step`). ``arguments`` are those of the step, with the same defaults.

    Raises:
        ValueError: another rule, or a ``state`` in which no step was taken.
    """
    parts = {adagrad_step: "sum", rmsprop_step: "square_avg", adam_step: "exp_avg_sq", adamw_step: "exp_avg_sq"}
    if rule not in parts:
        raise ValueError(f"rule must be one of {', '.join(r.__name__ for r in parts)}, got {rule!r}")
    if parts[rule] not in state:
        raise ValueError(f"state must be what {rule.__name__} returned, got {state!r}")
    bound = inspect.signature(rule).bind(None, None, **arguments)
    bound.apply_defaults()
    a = {name: check(name, ARGUMENTS[name], value) for name, value in bound.kwargs.items()}
    t, v = int(state["step"]), state[parts[rule]]
    if rule is adagrad_step:
        return a["lr"] / (1 + (t - 1) * a["lr_decay"]) / (v**0.5 + a["eps"])
    if rule is rmsprop_step:
        v = v - state["grad_avg"] * state["grad_avg"] if a["centered"] else v
        return a["lr"] / (v**0.5 + a["eps"])
    beta1, beta2 = a["betas"]
    v = state["max_exp_avg_sq"] if a["amsgrad"] else v
    return a["lr"] / (1 - beta1**t) / ((v / (1 - beta2**t)) ** 0.5 + a["eps"])
